#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_object_info
short_description: Read Settings 2.0 objects of a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads settings objects by id, by schema, scope, external id or filter, all pages of them.
  - Reads effective values as well, which include defaults and what is inherited from another scope.
  - The server masks secrets.
options:
  object_id:
    description:
      - Object to read. An unknown one is not an error; the list is empty then.
      - Excludes all other options but O(admin_access).
    type: str
  schema_ids:
    description:
      - Schemas whose objects are read. Without O(object_id) either this or O(scopes) is required.
      - A list that is too long for one request is split over several, and cannot be combined with O(sort) then.
    type: list
    elements: str
  scopes:
    description:
      - Scopes on which the objects lie, such as V(environment) or V(HOST-D3A3C5A146830A79).
      - With O(effective=true) each scope is requested separately, and V(environment) is the default.
    type: list
    elements: str
  external_ids:
    description:
      - External ids of the objects.
    type: list
    elements: str
  filter:
    description:
      - Filter in the API's own language, such as V(value.name = 'production').
    type: str
  sort:
    description:
      - Sort order in the API's own language, such as V(-modified).
    type: str
  effective:
    description:
      - Whether effective values are read instead of persisted objects. They have no object id.
      - Needs O(schema_ids).
    type: bool
    default: false
  admin_access:
    description:
      - Whether to read objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scope C(settings.read) (API token) or C(settings:objects:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.settings_object
  - module: community.dynatrace.settings_schema_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read all management zones
  community.dynatrace.settings_object_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:management-zones
  register: zones

- name: Read one object by its external id
  community.dynatrace.settings_object_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:management-zones
    external_ids:
      - team-a-zone

- name: Read what is in force on a host, inherited values included
  community.dynatrace.settings_object_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:anomaly-detection.infrastructure-hosts
    scopes:
      - HOST-D3A3C5A146830A79
    effective: true
"""

RETURN = r"""
objects:
  description:
    - The objects as the API gives them, in the order of the API, which for an ordered schema is their rank.
    - Effective values have RV(ignore:origin) and the RV(ignore:scope) that was asked for, but no object id.
  returned: success
  type: list
  elements: dict
  sample:
    - objectId: vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM
      schemaId: builtin:management-zones
      schemaVersion: 1.0.13
      scope: environment
      externalId: team-a-zone
      value:
        name: team a
        rules: []
      updateToken: vu9U3hXY3q0ATAAk
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
    url: https://abc12345.live.dynatrace.com/api/v2/settings/objects
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_info import read

MODULE = Module(
    read,
    {
        "object_id": {"type": "str"},
        "schema_ids": {"type": "list", "elements": "str"},
        "scopes": {"type": "list", "elements": "str"},
        "external_ids": {"type": "list", "elements": "str"},
        "filter": {"type": "str"},
        "sort": {"type": "str"},
        "effective": {"type": "bool", "default": False},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
