#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_history_info
short_description: Read who changed which Settings 2.0 objects
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads who changed which settings objects of one scope, when, and what they were before and after, all pages of it.
  - Objects that have been deleted are part of it.
  - Values are as the server shows them, which masks secrets.
options:
  scope:
    description:
      - The scope of the objects, such as V(environment) or V(HOST-D3A3C5A146830A79). Only objects directly on that scope count.
      - If unset, it is V(environment), or with O(object_id) the scope of that object as long as it is there.
    type: str
  schema_ids:
    description:
      - Schemas of the objects. If unset, all schemas are meant.
      - Dynatrace Managed, and environments that are not connected to the platform, take a single schema only.
    type: list
    elements: str
  object_id:
    description:
      - Only changes of this object. For one that the environment never had, the list is empty.
    type: str
  from:
    description:
      - Start of the time frame, a date such as V(2026-01-25T05:57:01+01:00), a number of milliseconds since the epoch, or a time back from
        now such as V(now-2d), with the units V(m), V(h), V(d) and V(w). A date without a zone is UTC.
      - The time of the machine that the module runs on counts as now.
      - If unset, the API goes back a year, or two weeks if none of O(object_id), O(to) and O(filter) is given either.
    type: str
  to:
    description:
      - End of the time frame, in the same forms as O(from). If unset, it is now.
    type: str
  filter:
    description:
      - Filter in the API's own language, instead of O(object_id), O(from) and O(to). It knows C(objectId) and
        C(modificationInfo.lastModifiedTime), joined by V(and).
    type: str
  sort:
    description:
      - Sort order in the API's own language. V(modificationInfo.lastModifiedTime) is oldest first; unset, it is newest first.
    type: str
  limit:
    description:
      - Number of changes to read at most. If unset, all of them are read.
    type: int
  admin_access:
    description:
      - Whether to read the history of objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scope C(settings.read) (API token) or C(settings:objects:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.settings_object_info
  - module: community.dynatrace.settings_object
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: See what was changed in the last day, and by whom
  community.dynatrace.settings_history_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    from: now-1d
  register: result

- name: Print it
  ansible.builtin.debug:
    msg: "{{ item.modificationInfo.lastModifiedBy }}: {{ item.type }} {{ item.schemaDisplayName }} {{ item.summary }}"
  loop: "{{ result.changes }}"
  loop_control:
    label: "{{ item.revision }}"

- name: Find the last change of an object
  community.dynatrace.settings_history_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    object_id: "{{ zone.object.object_id }}"
    limit: 1

- name: Read what happened to management zones in one night
  community.dynatrace.settings_history_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:management-zones
    from: "2026-01-25T22:00:00+01:00"
    to: "2026-01-26T06:00:00+01:00"
"""

RETURN = r"""
changes:
  description:
    - The changes with the keys that the API gives them, newest first unless O(sort) says otherwise.
    - Instead of the API's texts C(jsonBefore) and C(jsonAfter) there are their values as data, RV(changes[].before) and
      RV(changes[].after).
  returned: success
  type: list
  elements: dict
  contains:
    type:
      description: C(CREATE), C(UPDATE), C(DELETE), C(REORDER) or C(NO_CHANGE).
      type: str
    objectId:
      description: Id of the object.
      type: str
    schemaId:
      description: Its schema.
      type: str
    schemaVersion:
      description: Version of the schema.
      type: str
    schemaDisplayName:
      description: What the schema is called.
      type: str
    ownerAfter:
      description: Who owns the object after the change, null where its schema knows no owners.
      type: dict
    source:
      description: Where the change came from, as the API says it.
      type: str
    summary:
      description: What the object is called by its schema.
      type: str
    modificationInfo:
      description: Who (C(lastModifiedBy)) and when (C(lastModifiedTime)), and for a change by the system why (C(lastModifiedReason)).
      type: dict
    revision:
      description: Id of the change.
      type: str
    before:
      description: The value before the change, null for a new object.
      type: dict
    after:
      description: The value after the change, null for a deleted object.
      type: dict
    jsonPatch:
      description: The difference as a JSON Patch, null unless the value changed.
      type: raw
  sample:
    - type: UPDATE
      objectId: vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM
      schemaId: builtin:management-zones
      schemaVersion: 1.0.13
      schemaDisplayName: Management zones
      summary: team a
      modificationInfo:
        lastModifiedBy: fab17b7a-2eb2-4c95-b818-743d94be2c30
        lastModifiedTime: "2026-01-25T05:57:01.123Z"
      revision: 8e8a2a60-b7a1-11f0-8000-010000000008
      before:
        name: team
        rules: []
      after:
        name: team a
        rules: []
      jsonPatch:
        - op: replace
          path: /name
          value: team a
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
    url: https://abc12345.live.dynatrace.com/api/v2/settings/history
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.history import read

MODULE = Module(
    read,
    {
        "scope": {"type": "str"},
        "schema_ids": {"type": "list", "elements": "str"},
        "object_id": {"type": "str"},
        "from": {"type": "str"},
        "to": {"type": "str"},
        "filter": {"type": "str"},
        "sort": {"type": "str"},
        "limit": {"type": "int"},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
