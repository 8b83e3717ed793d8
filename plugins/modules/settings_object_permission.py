#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_object_permission
short_description: Manage who has access to a Settings 2.0 object
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Grants all users, groups and single users access to one settings object, changes it, and takes it away.
  - Only objects of schemas with owner-based access control have such permissions, mostly those of apps, such as connections and
    credentials. RV(community.dynatrace.settings_schema_info#module:schemas) marks them with RV(ignore:ownerBasedAccessControl).
  - Who has access is read and compared first, and nothing is sent when it is as wanted already. The owner of an object always has access
    and is not listed as an accessor.
options:
  object_id:
    description:
      - Id of the object, as RV(community.dynatrace.settings_object#module:object) has it.
      - Either this, or O(schema_id) and O(external_id) are required.
      - An unknown one is an error with O(state=present), and unchanged with O(state=absent).
    type: str
  schema_id:
    description:
      - Schema of the object that O(external_id) names.
    type: str
  scope:
    description:
      - Scope of the object that O(external_id) names. If unset, it is V(environment).
    type: str
  external_id:
    description:
      - Says which object is meant, by the external id that it was created with.
      - In check mode the object need not exist yet, since an earlier task may be the one that creates it. A warning says so.
    type: str
  accessors:
    description:
      - Who is to have access with O(state=present), or is not to have any with O(state=absent).
      - With O(state=present) and an empty list nothing changes; RV(accessors) lists who has access.
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - Whether it is a single user, a group, or everybody in the environment.
        type: str
        choices: [all_users, group, user]
        required: true
      id:
        description:
          - UUID of the user or group. V(all_users) have none.
        type: str
      access:
        description:
          - V(write) allows reading and writing, and passing on the access.
          - Has no meaning with O(state=absent).
        type: str
        choices: [read, write]
        default: read
  purge:
    description:
      - Whether all others lose their access with O(state=present). An empty list of O(accessors) is an error then, because most likely a
        variable is broken.
      - With O(state=absent) and without O(accessors) everybody but the owner loses it.
    type: bool
    default: false
  state:
    description:
      - V(present) gives O(accessors) the access that is wanted, no less and no more.
      - V(absent) takes away all their access.
    type: str
    choices: [present, absent]
    default: present
  admin_access:
    description:
      - Whether to access objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scopes C(settings.read) and C(settings.write) (API token), or C(settings:objects:read) and C(settings:objects:write)
    (platform token and OAuth). Check mode only reads.
  - Dynatrace's description of the API names platform tokens and OAuth alone for permissions, and objects of many of these schemas cannot
    be reached with an API token at all; the server says so.
  - The API has no validation for permissions, so check mode predicts from what is there, and RV(validated) is V(local).
  - Access is taken away after all other changes. If the token has its own access from something that O(purge) takes away, and does not
    own the object, the next run fails.
seealso:
  - module: community.dynatrace.settings_object
  - module: community.dynatrace.settings_schema_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Let everybody use a connection, and a team change it
  community.dynatrace.settings_object_permission:
    environment_url: https://abc12345.apps.dynatrace.com
    platform_token: "{{ dynatrace_platform_token }}"
    object_id: "{{ connection.object.object_id }}"
    accessors:
      - type: all_users
        access: read
      - type: group
        id: 2a9c8f4e-9c1c-4b8e-a8e5-0f6f0f2f3b11
        access: write

- name: Keep a connection, found by its external id, to one team and nobody else
  community.dynatrace.settings_object_permission:
    environment_url: https://abc12345.apps.dynatrace.com
    platform_token: "{{ dynatrace_platform_token }}"
    schema_id: app:dynatrace.jira:connection
    external_id: jira-team-a
    accessors:
      - type: group
        id: 2a9c8f4e-9c1c-4b8e-a8e5-0f6f0f2f3b11
        access: write
    purge: true

- name: Take away the access of a user who left
  community.dynatrace.settings_object_permission:
    environment_url: https://abc12345.apps.dynatrace.com
    platform_token: "{{ dynatrace_platform_token }}"
    object_id: "{{ connection.object.object_id }}"
    accessors:
      - type: user
        id: fab17b7a-2eb2-4c95-b818-743d94be2c30
    state: absent

- name: As an administrator, remove everybody but the owner from a connection
  community.dynatrace.settings_object_permission:
    environment_url: https://abc12345.apps.dynatrace.com
    platform_token: "{{ dynatrace_platform_token }}"
    object_id: "{{ connection_id }}"
    purge: true
    state: absent
    admin_access: true
"""

RETURN = r"""
object_id:
  description: Id of the object. Null for one that is not there.
  returned: success, and on failure once something may have been changed
  type: str
  sample: vu9U3hXa3q0AAAABACBhcHA6ZHluYXRyYWNlLmppcmE6Y29ubmVjdGlvbg
accessors:
  description:
    - All who have access now, or would have in check mode, in the form of the option O(accessors). The owner is not among them.
    - Of a failed task, all who have access as far as the task knows.
  returned: success, and on failure once something may have been changed
  type: list
  elements: dict
  contains:
    type:
      description: C(all_users), C(group) or C(user).
      type: str
    id:
      description: UUID of the user or group, null for all users.
      type: str
    access:
      description: C(read) or C(write). Other combinations of permissions are the API's letters.
      type: str
  sample:
    - type: all_users
      id:
      access: read
    - type: group
      id: 2a9c8f4e-9c1c-4b8e-a8e5-0f6f0f2f3b11
      access: write
action:
  description: What was done, or would be done in check mode. Steps of several kinds are an V(update).
  returned: success
  type: str
  sample: update
  choices: [create, update, delete, none]
validated:
  description: What the prediction rests on, the module's own comparison or, when nothing would be sent, nothing.
  returned: in check mode
  type: str
  sample: local
  choices: [local, none]
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: settings:objects:write"
    constraint_violations: []
    method: POST
    url: https://abc12345.apps.dynatrace.com/platform/classic/environment-api/v2/settings/objects/vu9U3hXa3q0AAAAB/permissions
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.permission import ensure

MODULE = Module(
    ensure,
    {
        "object_id": {"type": "str"},
        "schema_id": {"type": "str"},
        "scope": {"type": "str"},
        "external_id": {"type": "str"},
        "accessors": {
            "type": "list",
            "elements": "dict",
            "options": {
                "type": {"type": "str", "choices": ["all_users", "group", "user"], "required": True},
                "id": {"type": "str"},
                "access": {"type": "str", "choices": ["read", "write"], "default": "read"},
            },
        },
        "purge": {"type": "bool", "default": False},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read", "settings:objects:write"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
