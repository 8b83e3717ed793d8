#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension
short_description: Activate an extension in a Dynatrace environment, from what is stored or from the Hub, or remove it
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes a version of an Extensions 2.0 extension the active one of the environment. Where asked to, the version is installed from
    Dynatrace Hub first.
  - Switches an extension off, or removes it with all its versions, and with its monitoring configurations if asked to.
  - Nothing is sent when the version is the active one.
options:
  name:
    description:
      - Name of the extension, such as V(custom:my.extension) or V(com.dynatrace.extension.snmp-generic).
    type: str
    required: true
  version:
    description:
      - Version that is to be active, three numbers in quotes, such as V("1.0.0").
      - V(latest), which it is if unset, is the newest version that is stored; with O(source=hub) it is the one that the Hub recommends for
        the environment, if that is newer.
      - O(state=absent) is about all versions and takes none. To delete one of them use M(community.dynatrace.extension_upload).
    type: str
  state:
    description:
      - V(present) means that the version is the active one.
      - V(absent) means that the extension is not active and none of its versions is stored.
    type: str
    choices:
      - present
      - absent
    default: present
  active:
    description:
      - V(false) means that no version is active, whatever is stored, as after an upload. Then O(version) must be left out.
    type: bool
    default: true
  source:
    description:
      - Where the version comes from if it is not stored in the environment.
      - V(stored) takes what is stored; a version that is not is an error. M(community.dynatrace.extension_upload) stores packages.
      - V(hub) installs it from Dynatrace Hub.
    type: str
    choices:
      - stored
      - hub
    default: stored
  configurations:
    description:
      - What to do with monitoring configurations whose version is not the one that is to be active.
      - V(keep) leaves them alone. They go on with their own version as long as it is stored. An older version cannot be activated while
        a configuration uses a newer one, which is an error that lists them.
      - V(move) sets this version and changes nothing else in them. Configurations of newer versions are moved before the activation, those
        of older ones after it. If the schema of the version does not allow the value of one of them, nothing is changed. A run that was
        interrupted is continued by the next one.
      - With O(source=hub) the schema is known only when the version is installed, which activates it.
    type: str
    choices:
      - keep
      - move
    default: keep
  remove_configurations:
    description:
      - Whether O(state=absent) and O(active=false) delete the monitoring configurations of the extension too.
      - V(false) makes them an error that lists them, and nothing is deleted.
    type: bool
    default: false
  wait:
    description:
      - Whether to wait until the server is done. With O(state=present) that is when the assets of the version are imported and the schema
        of its monitoring configurations is there, so that the next task can make them. With O(state=absent) it is when no version is listed
        any more. The module always waits until no version is active any more.
      - Errors in the import of assets are an error of the task then.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds that may pass until the server is done, and is ready for the next step (it answers 409 while it is not). V(0) tries once.
    type: float
    default: 300
notes:
  - Needs the scopes C(extensions.read) and C(extensions.write) (API token), or C(extensions:definitions:read) and
    C(extensions:definitions:write) (platform token and OAuth).
  - With O(wait=true) and O(state=present), with O(active=false) and with O(state=absent), it needs C(extensionConfigurations.read) or
    C(extensions:configurations:read) too, and with O(remove_configurations=true) or O(configurations=move)
    C(extensionConfigurations.write) or C(extensions:configurations:write).
  - With O(source=hub) a platform token or OAuth client needs C(hub:catalog:read) to find out what V(latest) is, and in check mode.
  - With O(source=hub) an API token needs C(hub.read) to find out what V(latest) is, and in check mode, and C(hub.install) where another
    version of the extension is stored already.
  - An unchanged run sends one request, or two for V(latest), and three more with O(wait=true).
  - The server cannot validate any of this, so in check mode RV(validated) is V(local). It is V(none) where a version of the Hub is
    asked for and the Hub's catalog cannot be read; a warning says why.
seealso:
  - module: community.dynatrace.extension_info
  - module: community.dynatrace.extension_upload
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.progress
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Make the newest version that is stored the active one
  community.dynatrace.extension:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension

- name: Go back to an older version
  community.dynatrace.extension:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    version: "1.1.0"
    configurations: move

- name: Install an extension from Dynatrace Hub and activate it
  community.dynatrace.extension:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: com.dynatrace.extension.snmp-generic
    source: hub

- name: Switch an extension off, and keep its versions
  community.dynatrace.extension:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    active: false

- name: Remove an extension and all that belongs to it
  community.dynatrace.extension:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    name: custom:my.extension
    state: absent
    remove_configurations: true
"""

RETURN = r"""
extension:
  description: The extension as it is afterwards; in check mode as it would be.
  returned: success, and on failure when the version was activated before
  type: dict
  contains:
    name:
      description: Name of the extension.
      type: str
      sample: custom:my.extension
    version:
      description: The active version, or null with O(active=false) and O(state=absent).
      type: str
      sample: 1.2.0
    active:
      description: Whether there is an active version.
      type: bool
      sample: true
  sample:
    name: custom:my.extension
    version: 1.2.0
    active: true
previous_version:
  description: The version that was active before, or null. It is what to go back to if the new one does not work.
  returned: success, and on failure when the version was activated before
  type: str
  sample: 1.1.0
moved_configurations:
  description: The monitoring configurations that were moved, or would be, to the version. Empty with O(configurations=keep).
  returned: success, and on failure when something was done before
  type: list
  elements: dict
  contains:
    configuration_id:
      description: Id of the monitoring configuration.
      type: str
      sample: 331e416f-9ab7-4694-8408-816026820645
    scope:
      description: What it applies to.
      type: str
      sample: ag_group-default
    description:
      description: Its description, or null.
      type: str
      sample: Databases of the shop
    previous_version:
      description: The version that it was made for before.
      type: str
      sample: 1.1.0
    version:
      description: The version that it is made for then.
      type: str
      sample: 1.2.0
  sample: []
action:
  description:
    - What was done, or would be done.
    - V(create) for an installation from the Hub with the activation, V(update) for an activation, a deactivation or moved configurations,
      V(delete), or V(none).
  returned: success, and on failure when something was done before
  type: str
  sample: update
reason:
  description: What was found in the environment, and so why this was done.
  returned: success
  type: str
  sample: custom:my.extension 1.1.0 is active
validated:
  description: Who has checked what would be sent. V(local) (this module), or V(none) (nothing would be sent, or it is not known).
  returned: in check mode
  type: str
  sample: local
configurations:
  description: The monitoring configurations that prevent O(active=false), O(state=absent) or an older version.
  returned: on failure, when there are some
  type: list
  elements: dict
  contains:
    configuration_id:
      description: Id of the monitoring configuration.
      type: str
      sample: vu9U3hXa3q0AAAABABRleHQ6Y3VzdG9t
    scope:
      description: What it applies to.
      type: str
      sample: ag_group-default
    description:
      description: Its description, or null.
      type: str
      sample: Databases of the shop
  sample:
    - configuration_id: vu9U3hXa3q0AAAABABRleHQ6Y3VzdG9t
      scope: ag_group-default
      description: Databases of the shop
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 404
    code: 404
    message: Extension custom:my.extension not found in the Hub
    constraint_violations: []
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/extensions/custom%3Amy.extension
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.moving import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._connection import progress_option
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    ensure,
    {
        "name": {"type": "str", "required": True},
        "version": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "active": {"type": "bool", "default": True},
        "source": {"type": "str", "choices": ["stored", "hub"], "default": "stored"},
        "configurations": {"type": "str", "choices": ["keep", "move"], "default": "keep"},
        "remove_configurations": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "float", "default": 300},
        **progress_option(),
    },
    scopes=[
        "extensions:definitions:read",
        "extensions:definitions:write",
        "extensions:configurations:read",
    ],
    scopes_if={
        "remove_configurations": ["extensions:configurations:write"],
        "configurations=move": ["extensions:configurations:write"],
        "source=hub": ["hub:catalog:read"],
    },
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
