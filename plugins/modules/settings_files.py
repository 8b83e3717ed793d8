#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_files
short_description: Write the files of a settings export
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Writes any number of files to one folder in one task, only those that differ, and removes files of earlier exports.
  - It writes them on the host of the task. The files are UTF-8, and each is written as a whole or not at all.
  - The roles write their files and reports with it. No request is sent to Dynatrace.
options:
  path:
    description: The folder. It is made if it is missing.
    type: path
    required: true
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the file, without a folder.
        type: str
        required: true
      content:
        description: What the file holds. A dictionary or a list is written as YAML, anything else as the text that it is.
        type: raw
        required: true
      comment:
        description: Lines at the top of a file that is written as YAML, without C(#).
        type: str
      schema_id:
        description:
          - Without a meaning here, so that RV(community.dynatrace.settings_export_info#module:files) can be given as it is.
        type: str
  remove_others:
    description:
      - Whether files of the folder that end in C(.yml) and are not listed are removed. Those that begin with a dot never are, and of those
        that begin with C(secrets.) only C(secrets.example.yml) is.
    type: bool
    default: false
attributes:
  check_mode:
    details:
      - It looks at the folder and writes nothing.
  diff_mode:
    details:
      - There is a diff for each file.
  action_group:
    support: none
    details:
      - It connects to nothing, so it has none of the common options.
    membership: []
notes:
  - Needs no scope, since it sends no request.
  - A file that exists keeps its mode. A new one gets 0644.
seealso:
  - module: community.dynatrace.settings_export_info
  - module: community.dynatrace.settings_objects
extends_documentation_fragment:
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Export the management zones
  community.dynatrace.settings_export_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:management-zones
  register: exported

- name: Write them to a folder
  community.dynatrace.settings_files:
    path: settings/production
    files: "{{ exported.files }}"
    remove_others: true
"""

RETURN = r"""
folder:
  description: The folder.
  returned: always
  type: str
  sample: /home/me/settings/production
files:
  description: The result of each file, in the order of O(files), then those that were removed.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    action:
      description: What was done, or would be done in check mode.
      type: str
      choices: [create, update, delete, none]
  sample:
    - name: builtin_management-zones.yml
      action: create
summary:
  description: How many files each action was done for.
  returned: success
  type: dict
  sample:
    create: 1
    update: 0
    delete: 0
    none: 9
action:
  description: V(update) if anything changed.
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
    - What failed, for programs. V(done) lists the files that were written or removed before the failure, a text each.
  returned: failure
  type: dict
  sample:
    status:
    code:
    message: "/home/me/settings/production/x.yml cannot be written: Permission denied"
    constraint_violations: []
    method:
    url:
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.files import ensure

_FILE = {
    "name": {"type": "str", "required": True},
    "content": {"type": "raw", "required": True},
    "comment": {"type": "str"},
    "schema_id": {"type": "str"},
}
MODULE = Module(
    ensure,
    {
        "path": {"type": "path", "required": True},
        "files": {"type": "list", "elements": "dict", "required": True, "options": _FILE},
        "remove_others": {"type": "bool", "default": False},
    },
    is_local=True,
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
