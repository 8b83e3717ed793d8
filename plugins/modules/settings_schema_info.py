#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_schema_info
short_description: Read Settings 2.0 schemas of a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Lists the settings schemas of an environment, or reads one whole schema document.
  - A schema says which properties an object has, of which types, with which defaults and constraints, and on which scopes it may lie.
options:
  schema_id:
    description:
      - Schema to read, such as V(builtin:management-zones). If unset, all schemas are listed, in short form.
      - An unknown schema is not an error; the list is empty then.
    type: str
  schema_version:
    description:
      - Version of the schema, such as V("1.0.13"). If unset, the newest is read.
      - Needs O(schema_id).
    type: str
notes:
  - Needs the scope C(settings.read) (API token) or C(settings:schemas:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.settings_object
  - module: community.dynatrace.settings_object_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: List all schemas
  community.dynatrace.settings_schema_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
  register: result

- name: Read what a management zone is made of
  community.dynatrace.settings_schema_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:management-zones
  register: result
"""

RETURN = r"""
schemas:
  description:
    - The schemas as the API gives them.
    - With O(schema_id) one whole schema document, or nothing when there is no such schema; else the short form of all.
  returned: success
  type: list
  elements: dict
  sample:
    - schemaId: builtin:management-zones
      displayName: Management zones
      latestSchemaVersion: 1.0.13
      multiObject: true
      ordered: false
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
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
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema_info import read

MODULE = Module(
    read,
    {
        "schema_id": {"type": "str"},
        "schema_version": {"type": "str"},
    },
    scopes=["settings:schemas:read"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
