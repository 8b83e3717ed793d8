#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_object
short_description: Manage a Settings 2.0 object of a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Creates, updates, moves and removes one settings object of any schema.
  - What is there is read and compared by the schema first, and nothing is written when it is equal already. Sets have no order, null
    is the same as absent, and numbers are equal whether written as V(1) or V(1.0).
  - In check mode the same payload is validated by the server.
options:
  schema_id:
    description:
      - Schema of the object, such as V(builtin:management-zones). M(community.dynatrace.settings_schema_info) lists them.
      - Required unless O(object_id) names an existing object.
    type: str
  scope:
    description:
      - Where the object lies, V(environment) or an entity such as V(HOST-D3A3C5A146830A79).
      - If unset, it is V(environment), or with O(object_id) the scope of that object.
      - The server chooses the scope of new objects of V(builtin:cloud.kubernetes). If unset, such an object is looked for on all scopes by
        O(match_on), which is required then. The result of its creation has V(environment) as its scope.
    type: str
  value:
    description:
      - The properties of the object, as the schema has them. Not needed where O(object_id) or O(external_id) selects an object that is only
        moved or deleted.
      - Texts are turned into the numbers and booleans that the schema asks for where that loses nothing. Times, dates and secrets must be
        quoted, since YAML makes numbers of C(22:00:00) and C(007).
      - Before anything is sent, properties that are given and change are checked against the schema for their names, types and choices,
        their lengths and ranges, the number of elements, and keys that two elements of a list share. All else is left to the server.
    type: dict
  state:
    description:
      - V(present) creates or updates the object.
      - V(absent) deletes it. An object of a single-object schema that may not be deleted is set back to its defaults.
    type: str
    choices: [present, absent]
    default: present
  object_id:
    description:
      - Selects the object by its id. Where there is no such object, the other ways to identify it count.
      - "The ways in their order: O(object_id), O(external_id), O(match_on), and what the schema says: the only object of a single-object
        schema on the scope, or each of its unique keys that O(value) gives completely. Defaults are never used to identify an object."
      - A part of a key that other properties in O(value) rule out counts as null.
      - Where a key counts by element, an object with one of the given elements is meant. It is deleted only if it has exactly these.
      - Without any of them the task fails. It also fails when several objects match; it never creates a duplicate.
    type: str
  external_id:
    description:
      - Selects the object by an id of your own, of at most 500 characters. A new object is created with it.
    type: str
  match_on:
    description:
      - Properties of O(value) that together identify the object, such as V(name) or V(eventTemplate.title).
      - A dot or a slash separates the names in a path. A dot that belongs to the name of a property does not.
      - Where neither O(external_id) nor a unique constraint of the schema keeps an object from being created twice, a creation that timed
        out is not sent again. The module looks for the object for two minutes. If it is not there by then, the task fails.
      - After such a creation the module looks once more. If another task created the same object at the same time and was first, the module
        deletes its own one and continues with the other one. If several objects match later all the same, the task fails and lists them.
    type: list
    elements: str
  adopt:
    description:
      - Whether to take over an object that has no external id and was found by something other than O(external_id). It is updated and stays
        without an external id, since the API cannot add one.
      - With V(false) finding such an object is an error. An object with another external id is never taken.
    type: bool
    default: true
  value_mode:
    description:
      - V(merge) changes the properties that O(value) gives. Lists and sets are replaced whole, an explicit null removes a property.
        Where a single-object schema has no object on the scope yet, the values in force there are the starting point.
      - V(replace) makes the object what O(value) says, with the schema's defaults for required properties.
      - Properties that the schema's preconditions rule out in the new value are dropped, and required properties that are left out get
        their defaults. A default that the schema's own constraints refuse is not sent, because the server may set such a property itself,
        nor is one of a unique key.
    type: str
    choices: [merge, replace]
    default: merge
  position:
    description:
      - Where the object stands among the objects of an ordered schema. Excludes O(insert_after) and O(insert_before).
      - Without one of the three, an object keeps its place, and a new one becomes the last.
      - What the server always keeps first or last stays there, and the object stands next to it.
    type: str
    choices: [first, last]
  insert_after:
    description:
      - Object id or external id of the object of an ordered schema that it stands directly after.
    type: str
  insert_before:
    description:
      - Object id or external id of the object of an ordered schema that it stands directly before.
    type: str
  schema_version:
    description:
      - Version of the schema that O(value) is written for, such as V("1.0.13"). If unset, it is the newest.
    type: str
  update_secrets:
    description:
      - Secrets are masked when they are read, so they cannot be compared.
      - With V(on_create) they are sent when the object has none yet, and when the server demands them for another change; else they
        stay as they are.
      - With V(always) those in O(value) are sent each time, and the task is always changed.
    type: str
    choices: [on_create, always]
    default: on_create
  on_conflict:
    description:
      - What to do if somebody changes the object between reading and writing it. V(retry) reads and plans again, V(fail) stops.
    type: str
    choices: [retry, fail]
    default: retry
  admin_access:
    description:
      - Whether to access objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scopes C(settings.read) and C(settings.write) (API token), or C(settings:objects:read), C(settings:objects:write)
    and C(settings:schemas:read) (platform token and OAuth), in check mode too.
  - Secrets in O(value) are masked in everything that this module returns. It cannot mask the items of a loop that Ansible prints, so give
    such loops a C(loop_control.label), or set C(no_log).
seealso:
  - module: community.dynatrace.settings_object_info
  - module: community.dynatrace.settings_schema_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Keep a management zone, found by its unique name
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:management-zones
    value:
      name: team a
      rules: []

- name: Monitor a Kubernetes cluster, on whatever scope the server puts its settings
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:cloud.kubernetes
    match_on:
      - clusterId
    value:
      label: shop
      clusterIdEnabled: true
      clusterId: 5b5a2d3c-6d5f-4f2c-9d0e-0c1f2d3e4f5a

- name: Keep an object without a unique key, by an id of your own
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:alerting.profile
    external_id: profile-team-a
    value:
      name: team a

- name: Change one threshold of a host, and keep what else it inherits
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:host.monitoring
    scope: HOST-D3A3C5A146830A79
    value:
      enabled: false

- name: Put a rule in front of all others
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:rum.ip-determination
    value:
      headerName: X-Forwarded-For
    position: first

- name: Keep objects with secrets in a loop, without printing them
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:remote.environment
    value:
      name: "{{ item.name }}"
      uri: "{{ item.uri }}"
      token: "{{ item.token }}"
      networkScope: EXTERNAL
  loop: "{{ remote_environments }}"
  loop_control:
    label: "{{ item.name }}"

- name: Remove an object
  community.dynatrace.settings_object:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:alerting.profile
    external_id: profile-team-a
    state: absent
"""

RETURN = r"""
object:
  description:
    - The object as it is now, or would be in check mode, secrets masked. Null with O(state=absent).
  returned: success
  type: dict
  contains:
    object_id:
      description: Its id. Null in check mode for an object that does not exist yet.
      type: str
    schema_id:
      description: Its schema.
      type: str
    schema_version:
      description: Version of the schema.
      type: str
    scope:
      description: Where it lies.
      type: str
    external_id:
      description: Its external id, null if it has none.
      type: str
    value:
      description: Its properties.
      type: dict
  sample:
    object_id: vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM
    schema_id: builtin:management-zones
    schema_version: 1.0.13
    scope: environment
    external_id:
    value:
      name: team a
      rules: []
action:
  description: What was done, or would be done in check mode.
  returned: success
  type: str
  sample: update
  choices: [create, update, move, reset, delete, none]
validated:
  description: What the prediction rests on, the server's validation or the module's own check. V(none) when there is nothing to check.
  returned: in check mode
  type: str
  sample: server
  choices: [server, local, none]
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  contains:
    status:
      description: HTTP status, null if there was no answer.
      type: int
    code:
      description: The code in the answer, mostly the same.
      type: int
    message:
      description: The server's message.
      type: str
    constraint_violations:
      description: Each with path, message, parameter_location and location. A path is that of a property of O(value).
      type: list
      elements: dict
    method:
      description: HTTP method of the request.
      type: str
    url:
      description: Address of the request.
      type: str
    done:
      description: The writes that were carried out before the failure.
      type: list
      elements: str
    unknown:
      description: The writes whose outcome is not known.
      type: list
      elements: str
  sample:
    status: 400
    code: 400
    message: Validation failed for 1 Validators.
    constraint_violations:
      - path: threshold
        message: Must be of type float
        parameter_location: PAYLOAD_BODY
        location:
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/settings/objects
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object import ensure

MODULE = Module(
    ensure,
    {
        "schema_id": {"type": "str"},
        "scope": {"type": "str"},
        "value": {"type": "dict"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "object_id": {"type": "str"},
        "external_id": {"type": "str"},
        "match_on": {"type": "list", "elements": "str"},
        "adopt": {"type": "bool", "default": True},
        "value_mode": {"type": "str", "choices": ["merge", "replace"], "default": "merge"},
        "position": {"type": "str", "choices": ["first", "last"]},
        "insert_after": {"type": "str"},
        "insert_before": {"type": "str"},
        "schema_version": {"type": "str"},
        "update_secrets": {
            "type": "str",
            "choices": ["on_create", "always"],
            "default": "on_create",
            "no_log": False,
        },
        "on_conflict": {"type": "str", "choices": ["retry", "fail"], "default": "retry"},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read", "settings:objects:write", "settings:schemas:read"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
    withheld=["value"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
