#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: sandbox_record
short_description: Record a Dynatrace environment, so that the sandbox can start as it is
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads schemas, settings, ActiveGates and extensions of an environment, and writes them to a folder. The collection's sandbox,
    started with C(--from FOLDER), is then a twin of that environment, in which you rehearse what you would not try on the real one.
  - It reads only. The files are written on the host of the task.
  - Objects keep their ids, external ids, order and masked secrets. Packages of extensions are not recorded.
  - The files depend on the environment alone. A second recording of the same environment changes nothing.
  - Documents of schemas, and of versions of extensions, are read once for each version. A run that was interrupted goes on with the next
    one.
  - A recording is not anonymous. Texts of settings may hold secrets, whatever the server masks.
options:
  path:
    description:
      - The folder. It is made if it is missing. One that holds anything but an earlier recording is refused.
    type: path
    required: true
  parts:
    description:
      - What is recorded.
    type: list
    elements: str
    choices: [settings, activegates, extensions]
    default: [settings, activegates, extensions]
  schema_ids:
    description:
      - Schemas to record with their objects. V(*) stands for any text, as in V(builtin:alerting.*).
    type: list
    elements: str
    default: ["*"]
  exclude:
    description:
      - Schemas to leave out of O(schema_ids), in the same form.
    type: list
    elements: str
  scopes:
    description:
      - Scopes whose objects are recorded, such as V(environment) or V(HOST-D3A3C5A146830A79). If unset, all of them.
    type: list
    elements: str
  extensions:
    description:
      - Extensions to record, in the same form as O(schema_ids). A name that the environment does not have is an error.
    type: list
    elements: str
    default: ["*"]
  pseudonym_key:
    description:
      - Any text that nobody else knows. If given, names, hosts and mail addresses are replaced by pseudonyms, the same text by the same
        pseudonym everywhere, in all recordings with that key.
      - Replaced are the values of properties that are called a name, title, label, group, user, account, channel, host or address, hosts,
        networks and groups of ActiveGates, users, the id of the environment, and all of these where other texts mention them; moreover mail
        addresses, hosts of URLs, and IPv4 addresses, wherever they are.
      - The names of extensions and their authors, of schemas and of entities, and ids, stay.
    type: str
  parallel:
    description: How many requests are sent at the same time, from 1 to 32.
    type: int
    default: 8
  admin_access:
    description:
      - Whether to read objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
attributes:
  check_mode:
    details:
      - It reads everything, looks at the folder and writes nothing.
  diff_mode:
    details:
      - There is a diff for each file.
notes:
  - Needs the scopes C(settings.read), C(activeGates.read), C(extensions.read) and C(extensionConfigurations.read) (API token), or
    C(settings:objects:read), C(settings:schemas:read), C(environment-api:activegates:read), C(extensions:definitions:read) and
    C(extensions:configurations:read) (platform token and OAuth).
  - For the versions of ActiveGates on offer it needs C(InstallerDownload) or C(fleet-management:activegates:download).
  - What the token may not read is listed in RV(not_recorded).
  - New files have the mode 0600, the folder 0700.
seealso:
  - module: community.dynatrace.settings_export_info
    description: Settings in the form in which they are kept as code.
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Record an environment
  community.dynatrace.sandbox_record:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: recording

- name: Record what a bug report is about, without names
  community.dynatrace.sandbox_record:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: for-the-report
    parts: [settings]
    schema_ids:
      - builtin:alerting.*
      - builtin:management-zones
    pseudonym_key: "{{ vaulted_pseudonym_key }}"
"""

RETURN = r"""
folder:
  description: The folder.
  returned: success
  type: str
  sample: /home/me/recording
recorded:
  description: How much of each kind the recording holds.
  returned: success
  type: dict
  sample:
    schemas: 331
    objects: 5120
    effective_values: 118
    activegates: 12
    extensions: 9
    monitoring_configurations: 14
not_recorded:
  description: What could not be read, and why. It stands in the file C(recording.json), too.
  returned: success
  type: list
  elements: dict
  contains:
    what:
      description: What is missing.
      type: str
    reason:
      description: What the server said.
      type: str
  sample:
    - what: ActiveGate versions for LINUX/X86
      reason: the versions on offer cannot be read (status 403)
summary:
  description: How many files each action was done for, or would be done in check mode.
  returned: success
  type: dict
  sample:
    create: 540
    update: 0
    delete: 0
    none: 0
action:
  description: V(update) if any file changed.
  returned: success
  type: str
  choices: [update, none]
  sample: update
validated:
  description: What the prediction rests on. V(local), a look at the folder, or V(none) if nothing would be written.
  returned: in check mode
  type: str
  choices: [local, none]
  sample: local
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
      V(done) lists the files that were written before the failure, a text each.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: settings.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/settings/schemas
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._sandbox.record import PARTS, ensure

MODULE = Module(
    ensure,
    {
        "path": {"type": "path", "required": True},
        "parts": {"type": "list", "elements": "str", "choices": PARTS, "default": PARTS},
        "schema_ids": {"type": "list", "elements": "str", "default": ["*"]},
        "exclude": {"type": "list", "elements": "str"},
        "scopes": {"type": "list", "elements": "str"},
        "extensions": {"type": "list", "elements": "str", "default": ["*"]},
        "pseudonym_key": {"type": "str", "no_log": True},
        "parallel": {"type": "int", "default": 8},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=[
        "settings:objects:read",
        "settings:schemas:read",
        "environment-api:activegates:read",
        "extensions:definitions:read",
        "extensions:configurations:read",
    ],
    scopes_if={"admin_access": ["settings:objects:admin"]},
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
