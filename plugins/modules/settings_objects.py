#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_objects
short_description: Apply a list of Settings 2.0 objects to a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Creates, updates, moves and removes any number of settings objects in one task, in the order that their references demand.
  - Each schema and each list of objects is read once. What is equal is not written. New objects are created many at a time.
  - Everything that is certain to be wrong is reported before the first write, for all items at once. In values, properties that are given
    and change are checked against the schema for their names, types and choices, their lengths and ranges, the number of elements, and keys
    that two elements of a list share.
  - Required properties that are missing, patterns, and the validators of the server are left to the server. O(validate_first) lets it look
    before the first write.
  - Two items must not identify the same object, whether it exists already or not.
  - In check mode the same payloads are validated by the server.
options:
  objects:
    description:
      - The objects. An empty list is not an error.
      - Exactly one of O(objects) and O(path) is given.
    type: list
    elements: dict
    suboptions:
      key:
        description:
          - Name of the item, unique in the list. Errors, results and references use it; Dynatrace never sees it.
        type: str
        required: true
      schema_id:
        description: Schema of the object. If unset, O(schema_id) of the task.
        type: str
      scope:
        description: Where the object lies. If unset, O(scope) of the task.
        type: str
      value:
        description:
          - The properties of the object, as for M(community.dynatrace.settings_object).
          - Where the API wants the id of another object, C({"$ref":NAME}) stands for the id of the item with that key or external id.
          - Items may refer to each other in a circle if one of their objects exists already. If none does, leave one of the references out
            in a first run, and add it in a second.
        type: dict
      state:
        description: If unset, O(state) of the task.
        type: str
        choices: [present, absent]
      object_id:
        description: Selects the object by its id.
        type: str
      external_id:
        description: Selects the object by an id of your own, of at most 500 characters. A new object is created with it.
        type: str
      match_on:
        description: Properties that together identify the object. If unset, O(match_on) of the task.
        type: list
        elements: str
      adopt:
        description: If unset, O(adopt) of the task.
        type: bool
      value_mode:
        description: If unset, O(value_mode) of the task.
        type: str
        choices: [merge, replace]
      position:
        description: Where the object stands in an ordered schema. Excludes O(objects[].insert_after) and O(objects[].insert_before).
          Without one of the three, O(keep_order) decides.
        type: str
        choices: [first, last]
      insert_after:
        description: The object that it stands directly after, by object id or external id, or by the key of another item.
        type: str
      insert_before:
        description: The object that it stands directly before, by object id or external id, or by the key of another item.
        type: str
      schema_version:
        description: Version of the schema that the value is written for. If unset, O(schema_version) of the task.
        type: str
      update_secrets:
        description: If unset, O(update_secrets) of the task.
        type: str
        choices: [on_create, always]
      file:
        description: The file that the item comes from, for messages and results. Items of O(path) have it.
        type: str
      secret_paths:
        description:
          - The name of each secret in O(objects[].value) by its path, such as C(token) or C(headers[0].value). Items of O(path) have it.
          - Where a secret is a part of a text, it is that text with the names in braces.
          - What is there is masked, even if the schema does not call it a secret. RV(plan_digest) covers the name instead of the secret; a
            secret without a name is called by its path.
        type: dict
      missing_secret_paths:
        description:
          - Those of the paths in O(objects[].secret_paths) whose secret is not given. Items of O(path) have it.
          - It is an error where the schema says that the property is not a secret, since leaving it out would change the object.
        type: list
        elements: str
  path:
    description:
      - Folders or files of settings, as the role P(community.dynatrace.settings_export#role) writes them. Their objects take the place of
        O(objects). The lookup P(community.dynatrace.settings_files#lookup) says what is read, and how.
      - They are read on the controller, where ansible-vault decrypts them, and they do not become a variable, which saves time with
        thousands of objects. Templates in them are not evaluated. A relative path starts where P(ansible.builtin.file#lookup) looks.
      - Each folder or file is a layer. What a later one says of a key changes the object of that key in an earlier one.
    type: list
    elements: path
  environment_name:
    description:
      - Name of the environment that the files of O(path) are for. In each folder, C(values/NAME.yml) gives values, and the folder
        C(layers/NAME) is a layer after all others. One of them must be there.
    type: str
  values_files:
    description:
      - Files of values by name, which ansible-vault may have encrypted. They take precedence over those of O(environment_name), and a later
        file over an earlier one.
    type: list
    elements: path
  values:
    description:
      - Values by name, for each C({"$value":NAME}) in the files of O(path). They take precedence over those of files.
      - A dictionary, or a JSON or YAML text of one. They keep their types. Templates in files of values are not evaluated.
    type: raw
  secrets:
    description:
      - Secrets by name, for each C({"$secret":NAME}) in the files of O(path). An empty one counts as missing.
      - A dictionary, or a JSON or YAML text of one.
    type: raw
  missing_secrets:
    description:
      - What to do about secrets of the files of O(path) that are not in O(secrets).
      - V(omit) leaves them out. An object that exists keeps those it has; a new one is created without. A warning names them. Where the
        schema does not mark the property as a secret, nothing can be kept, and it is an error.
      - V(fail) is an error.
      - V(placeholder) puts a text in their place, which is for check mode alone, where nothing is written.
    type: str
    choices: [omit, fail, placeholder]
    default: omit
  schema_id:
    description: Schema of all items that do not name one.
    type: str
  scope:
    description:
      - Scope of all items that do not name one. If unset, it is V(environment).
      - Where the server chooses the scope, see M(community.dynatrace.settings_object), items need O(match_on) without one.
    type: str
  state:
    description:
      - V(present) creates or updates the objects, V(absent) deletes them, those that refer to others first.
    type: str
    choices: [present, absent]
    default: present
  match_on:
    description: Properties that together identify the object, for all items that do not name any.
    type: list
    elements: str
  adopt:
    description:
      - Whether to take over an object that has no external id and was found by something else. See M(community.dynatrace.settings_object).
    type: bool
    default: true
  value_mode:
    description:
      - V(merge) changes the properties that are given, V(replace) makes the object what is given.
      - See M(community.dynatrace.settings_object).
    type: str
    choices: [merge, replace]
    default: merge
  schema_version:
    description: Version of the schema that the values are written for. If unset, it is the newest.
    type: str
  update_secrets:
    description:
      - Whether secrets are sent only for new objects and where the server demands them, or always.
      - See M(community.dynatrace.settings_object).
    type: str
    choices: [on_create, always]
    default: on_create
  keep_order:
    description:
      - Whether the listed objects of an ordered schema and scope stand in the order of the list, relative to each other. Objects that are
        not listed keep their place. The fewest objects are moved.
      - A task that placed objects looks at their order again after its last write. If somebody else has changed it at the same time, the
        task corrects it once, and warns if that does not help.
    type: bool
    default: true
  prune:
    description:
      - Deletes objects that match all of these conditions and are not in the list.
      - It runs last, and not at all when anything failed before. Objects that may not be deleted are left alone.
      - It cannot be combined with O(state=absent).
    type: dict
    suboptions:
      schema_ids:
        description: Schemas in which objects may be deleted, by their whole ids. Single-object schemas are an error.
        type: list
        elements: str
        required: true
      scopes:
        description: Scopes on which objects may be deleted. If unset, on all of them.
        type: list
        elements: str
      external_id_prefix:
        description: Only objects whose external id begins with this may be deleted. If unset, objects without an external id may be, too.
        type: str
      limit:
        description: Maximum number of objects to delete. If there are more, the task fails before the first write.
        type: int
        default: 10
      allow_empty:
        description: Whether an empty list, which would delete all objects that match these conditions, is meant and not a broken variable.
        type: bool
        default: false
  parallel:
    description: How many requests are sent at the same time, from 1 to 32.
    type: int
    default: 8
  batch_size:
    description: Maximum number of new objects in one request. A request never exceeds the 1 MB that the API takes.
    type: int
    default: 100
  continue_on_error:
    description:
      - Whether the other objects are still written when one failed. The task fails in the end in any case, and reports what was done.
      - With V(false) no request is begun after the first failure. What was written then is what came before it, what was on its way at that
        moment (O(parallel) requests at most), and the other new objects of the request that failed. The API takes what it can of the
        O(batch_size) objects in a request. Nothing is pruned. With O(parallel=1) and O(batch_size=1) nothing is written after a failure.
    type: bool
    default: false
  validate_first:
    description:
      - Whether the server validates, before the first write, what depends on no other write of the list. If it refuses any of that, the
        task fails with RV(errors) of all these items, and nothing was written.
      - Left out are deletions, objects that refer to new ones or take over the unique key of another item, and new objects where the list
        deletes others.
      - It costs as many requests as the writes. In check mode, which validates anyway, and with O(continue_on_error=true) it has no effect.
    type: bool
    default: false
  on_conflict:
    description:
      - What to do if somebody changes an object between reading and writing it. V(retry) reads and plans it again, V(fail) stops.
    type: str
    choices: [retry, fail]
    default: retry
  expect_plan:
    description:
      - The RV(plan_digest) of a run in check mode. The task plans again, and carries out exactly this plan or nothing.
      - If anything differs, it fails before the first write and says which objects differ.
      - What somebody else changes while the task writes is not planned again, whatever O(on_conflict) and O(continue_on_error) say.
        The task stops and says what was done. What is left needs a new plan.
      - The whole result of that run will do as well, and so will the JSON document and the statistic of the role
        P(community.dynatrace.settings_plan#role), as a dictionary or a text. If it holds several environments, the plan of this one is
        used. Where they have the objects, those that are no longer in the list are named, too.
    type: raw
  admin_access:
    description: Whether to access objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scopes C(settings.read) and C(settings.write) (API token), or C(settings:objects:read), C(settings:objects:write)
    and C(settings:schemas:read) (platform token and OAuth), in check mode too.
  - Secrets are masked in everything that this module returns.
seealso:
  - module: community.dynatrace.settings_object
  - module: community.dynatrace.settings_object_info
  - plugin: community.dynatrace.settings_files
    plugin_type: lookup
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Keep the management zones of a team, and nothing else that the team has made
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:management-zones
    objects:
      - key: shop
        external_id: team-a/shop
        value:
          name: shop
          rules: []
      - key: payment
        external_id: team-a/payment
        value:
          name: payment
          rules: []
    prune:
      schema_ids:
        - builtin:management-zones
      external_id_prefix: team-a/

- name: Apply a folder of files
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path:
      - settings
    secrets: "{{ dynatrace_secrets }}"

- name: Apply the same files with what is different in production
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path:
      - settings
    environment_name: production
    values:
      owner: team-a

- name: Plan what the files would change
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path:
      - settings
  check_mode: true
  register: planned

- name: Carry out that plan, unless somebody has changed one of its objects since
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path:
      - settings
    expect_plan: "{{ planned.plan_digest }}"

- name: Keep objects that refer to each other
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    objects:
      - key: nightly
        schema_id: builtin:deployment.management.update-windows
        value: "{{ nightly_window }}"
      - key: updates
        schema_id: builtin:deployment.activegate.updates
        value:
          updateMode: AUTOMATIC_DURING_UW
          targetVersion: latest
          updateWindows:
            - updateWindow:
                $ref: nightly

- name: Keep rules in the order in which they are listed
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_id: builtin:rum.ip-determination
    objects:
      - key: client
        value:
          headerName: X-Client-IP
      - key: forwarded
        value:
          headerName: X-Forwarded-For
"""

RETURN = r"""
objects:
  description: The result of each item, in the order of the list.
  returned: success, and on failure once everything was planned
  type: list
  elements: dict
  contains:
    key:
      description: Its key.
      type: str
    name:
      description: Name of the object as its value has it, null where no property holds one.
      type: str
    file:
      description: The file that it comes from, null if none is known.
      type: str
    action:
      description: What was done, or would be done in check mode.
      type: str
      choices: [create, update, move, reset, delete, none]
    changed:
      description: Whether it was changed, or would be.
      type: bool
    object_id:
      description: Id of the object. Null in check mode for one that does not exist yet.
      type: str
    schema_id:
      description: Its schema.
      type: str
    scope:
      description: Where it lies.
      type: str
    external_id:
      description: Its external id.
      type: str
    reached:
      description: Whether its turn came before another item's failure ended the run.
      type: bool
    error:
      description: What failed, null if nothing did. The same shape as RV(error).
      type: dict
    validated:
      description: In check mode, what the prediction rests on, V(server), V(local) or V(none).
      type: str
    unresolved:
      description: In check mode, paths of references to objects that do not exist yet, which the server could not check.
      type: list
      elements: str
    diff:
      description: In diff mode, both sides of the change, null if there is none. Of one that failed, what was planned.
      type: dict
  sample:
    - key: shop
      name: shop
      file: settings/zones.yml
      action: create
      changed: true
      object_id: vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM
      schema_id: builtin:management-zones
      scope: environment
      external_id: team-a/shop
      reached: true
      error:
pruned:
  description: Objects that were deleted by O(prune), or would be. In diff mode each has its C(diff).
  returned: success, and on failure once everything was planned
  type: list
  elements: dict
  sample:
    - name: checkout
      object_id: vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM
      schema_id: builtin:management-zones
      scope: environment
      external_id: team-a/checkout
summary:
  description: How many items each action was done for.
  returned: success, and on failure once everything was planned
  type: dict
  sample:
    create: 2
    none: 98
    prune: 0
    error: 0
plan_digest:
  description:
    - Identifies the plan that was made in check mode, or carried out, for O(expect_plan). The same plan has the same digest, in whatever
      order the list has the objects. It has 60 characters, plus 8 for each change.
    - It covers the environment's id, and of each change its action, schema, scope, object id or key, place, the value as it was read, and
      the value to be sent, with every secret replaced by its name. So it does not change when a secret changes.
    - It does not cover objects that stay as they are, nor versions of schemas.
  returned: success
  type: str
  sample: plan1.8iqZ3m1oOhH9kT1l6mCwB0nqgQ0XnS6cQ2l1JdN0Yk4hC1dBn3Yq5zXc0aTn
action:
  description: V(update) if anything changed.
  returned: success
  type: str
  choices: [update, none]
  sample: update
validated:
  description: The weakest basis of the predictions of all items.
  returned: in check mode
  type: str
  choices: [server, local, none]
  sample: server
errors:
  description: What is wrong with which item, by key. Nothing was written.
  returned: failure before the first write
  type: dict
  sample:
    shop: value.name must be a text
error_files:
  description: The file of each item that something is wrong with, by key, null if none is known.
  returned: failure before the first write
  type: dict
  sample:
    shop: settings/zones.yml
other_plan:
  description: The plan differs from O(expect_plan), so nothing was written. RV(errors) has the objects that differ.
  returned: when the plan differs from O(expect_plan)
  type: bool
  sample: true
error:
  description:
    - What failed first, for programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - Before the first write, V(constraint_violations) are those of all items, each with the V(key) of its item.
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 400
    code: 400
    message: Validation failed for 1 Validators.
    constraint_violations:
      - path: name
        message: must be unique
        parameter_location: PAYLOAD_BODY
        location:
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/settings/objects
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects import ensure

_CHOICES = {
    "state": ["present", "absent"],
    "value_mode": ["merge", "replace"],
    "update_secrets": ["on_create", "always"],
}


_SHARED = {
    "schema_id": {"type": "str"},
    "scope": {"type": "str"},
    "match_on": {"type": "list", "elements": "str"},
    "schema_version": {"type": "str"},
}
_ITEM = {
    "key": {"type": "str", "required": True, "no_log": False},
    **_SHARED,
    "value": {"type": "dict"},
    "state": {"type": "str", "choices": _CHOICES["state"]},
    "object_id": {"type": "str"},
    "external_id": {"type": "str"},
    "adopt": {"type": "bool"},
    "value_mode": {"type": "str", "choices": _CHOICES["value_mode"]},
    "position": {"type": "str", "choices": ["first", "last"]},
    "insert_after": {"type": "str"},
    "insert_before": {"type": "str"},
    "update_secrets": {"type": "str", "choices": _CHOICES["update_secrets"], "no_log": False},
    "file": {"type": "str"},
    "secret_paths": {"type": "dict", "no_log": False},
    "missing_secret_paths": {"type": "list", "elements": "str", "no_log": False},
}
_FENCE = {
    "schema_ids": {"type": "list", "elements": "str", "required": True},
    "scopes": {"type": "list", "elements": "str"},
    "external_id_prefix": {"type": "str"},
    "limit": {"type": "int", "default": 10},
    "allow_empty": {"type": "bool", "default": False},
}
MODULE = Module(
    ensure,
    {
        "objects": {"type": "list", "elements": "dict", "options": _ITEM},
        "path": {"type": "list", "elements": "path"},
        "environment_name": {"type": "str"},
        "values_files": {"type": "list", "elements": "path"},
        "values": {"type": "raw"},
        "secrets": {"type": "raw", "no_log": True},
        "missing_secrets": {
            "type": "str",
            "choices": ["omit", "fail", "placeholder"],
            "default": "omit",
            "no_log": False,
        },
        **_SHARED,
        "state": {"type": "str", "choices": _CHOICES["state"], "default": "present"},
        "adopt": {"type": "bool", "default": True},
        "value_mode": {"type": "str", "choices": _CHOICES["value_mode"], "default": "merge"},
        "update_secrets": {
            "type": "str",
            "choices": _CHOICES["update_secrets"],
            "default": "on_create",
            "no_log": False,
        },
        "keep_order": {"type": "bool", "default": True},
        "prune": {"type": "dict", "options": _FENCE},
        "parallel": {"type": "int", "default": 8},
        "batch_size": {"type": "int", "default": 100},
        "continue_on_error": {"type": "bool", "default": False},
        "validate_first": {"type": "bool", "default": False},
        "on_conflict": {"type": "str", "choices": ["retry", "fail"], "default": "retry"},
        "expect_plan": {"type": "raw"},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read", "settings:objects:write", "settings:schemas:read"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
    withheld=["objects", "values"],
    mutually_exclusive=[["objects", "path"]],
    required_one_of=[["objects", "path"]],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
