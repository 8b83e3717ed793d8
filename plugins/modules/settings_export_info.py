#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: settings_export_info
short_description: Read settings of a Dynatrace environment in the form in which settings_objects takes them
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads all objects of the chosen schemas and scopes, and returns them as items of M(community.dynatrace.settings_objects), a list
    for each schema.
  - Given back to the same environment, they change nothing. Given to another one, they create the same objects.
  - The role P(community.dynatrace.settings_export#role) writes them to files, P(community.dynatrace.settings_apply#role) applies them.
  - An object is found again by its external id, else by a unique key of its schema, else by what its properties say. Where the parts of a
    key exclude each other, the item names those that the object has in C(match_on). Where none of this distinguishes it from others, it has
    its object id, which holds in the same environment, and an external id to be created with elsewhere.
  - Ids of other exported objects become references by key, C({"$ref":KEY}).
  - Secrets cannot be read. They are replaced by C({"$secret":NAME}), which the lookup plugin P(community.dynatrace.settings_files#lookup)
    fills in.
  - The order of everything depends on the objects alone, so that two exports of equal environments are equal.
options:
  schema_ids:
    description:
      - Schemas to export. V(*) stands for any text, as in V(builtin:alerting.*); V(*) alone means all schemas.
    type: list
    elements: str
    required: true
  exclude:
    description:
      - Schemas to leave out of O(schema_ids), in the same form.
    type: list
    elements: str
  scopes:
    description:
      - Scopes to export, such as V(environment) or V(HOST-D3A3C5A146830A79). If unset, all of them.
    type: list
    elements: str
  object_ids:
    description:
      - Object ids of what is exported. Of O(schema_ids) no other objects are exported then. RV(object_keys) says which of them are there.
    type: list
    elements: str
  external_id_prefix:
    description:
      - Beginning of the external ids of what is exported, such as V(team-a/).
    type: str
  names:
    description:
      - Names of the objects that are exported. V(*) stands for any text. The name of an object is the unique key of its schema, else a
        property such as C(name), C(title) or C(displayName).
      - Of O(object_ids), O(external_id_prefix) and O(names), whatever is given must hold together.
    type: list
    elements: str
  with_referenced:
    description:
      - Whether objects that the exported ones refer to are exported too, of all schemas and scopes that can be read, and in turn what
        these refer to.
    type: bool
    default: false
  omit_read_only:
    description:
      - Whether objects that may be neither written nor deleted are left out. Those that other objects refer to are never left out.
    type: bool
    default: true
  omit_defaults:
    description:
      - Whether required properties that have the default of the schema are left out. It makes shorter files, whose meaning may change when
        a newer version of the schema has other defaults.
    type: bool
    default: false
  values_matching:
    description:
      - Regular expressions. What one of them matches in a text of a value, in a scope or in an external id becomes C({"$value":NAME}),
        within C($join) where it is a part of a text.
      - Of an expression with named groups, what a group matches becomes a value with the name of the group. If a group matches several
        texts, or has no name, the text is a part of the name.
    type: list
    elements: str
  values_of:
    description:
      - Properties that become C({"$value":NAME}), whatever they hold. A path such as V(eventTemplate.title) is meant in all schemas,
        V(builtin:alerting.*/severityRules) in those that the first part names. A path leads into all elements of a collection.
    type: list
    elements: str
  parallel:
    description: How many requests are sent at the same time, from 1 to 32.
    type: int
    default: 8
  admin_access:
    description:
      - Whether to read objects of other owners as an administrator. The token needs C(settings:objects:admin) in addition.
    type: bool
    default: false
notes:
  - Needs the scope C(settings.read) (API token), or C(settings:objects:read) and C(settings:schemas:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.settings_objects
  - plugin: community.dynatrace.settings_files
    plugin_type: lookup
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read alerting and management zones
  community.dynatrace.settings_export_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:alerting.*
      - builtin:management-zones
    scopes:
      - environment
  register: exported

- name: Read what sends notifications, with names for what is different elsewhere
  community.dynatrace.settings_export_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    schema_ids:
      - builtin:problem.notifications
    values_matching:
      - https://(?P<domain>[\w.-]+)
    values_of:
      - builtin:problem.notifications/enabled
  register: exported_with_values

- name: Apply them to another environment
  community.dynatrace.settings_objects:
    environment_url: https://xyz98765.live.dynatrace.com
    api_token: "{{ other_api_token }}"
    schema_id: builtin:management-zones
    value_mode: replace
    objects: "{{ (exported.files | selectattr('schema_id', 'eq', 'builtin:management-zones') | first).content.objects }}"
"""

RETURN = r"""
files:
  description: What to write, one entry for each schema that has objects.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: A name for the file.
      type: str
    schema_id:
      description: The schema.
      type: str
    content:
      description: Schema, C(value_mode) and C(objects), as the lookup plugin P(community.dynatrace.settings_files#lookup) reads them.
      type: dict
  sample:
    - name: builtin_management-zones.yml
      schema_id: builtin:management-zones
      content:
        schema_id: builtin:management-zones
        value_mode: replace
        objects:
          - key: builtin:management-zones/payment
            value:
              name: payment
              rules: []
extracted_values:
  description: The values that O(values_matching) and O(values_of) extracted, by name, in the form of files of values.
  returned: success
  type: dict
  sample:
    domain: shop.example.com
secrets:
  description: Names of the secrets that are to be filled in.
  returned: success
  type: list
  elements: str
  sample:
    - builtin:remote.environment/production/token
object_keys:
  description: The keys of the exported objects, by object id. Null for one that is not exported.
  returned: success, with O(object_ids)
  type: dict
  sample:
    vu9U3hXa3q0AAAABACdidWlsdGluOm1hbmFnZW1lbnQtem9uZXM: builtin:management-zones/payment
outside:
  description: References to objects that are not exported. They mean something only in the same environment.
  returned: success
  type: list
  elements: dict
  contains:
    key:
      description: The object that refers.
      type: str
    path:
      description: The property that does.
      type: str
    object_id:
      description: The object it refers to.
      type: str
    schema_id:
      description: The schema of that object, if it is known.
      type: str
  sample: []
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
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export import read

MODULE = Module(
    read,
    {
        "schema_ids": {"type": "list", "elements": "str", "required": True},
        "exclude": {"type": "list", "elements": "str"},
        "scopes": {"type": "list", "elements": "str"},
        "object_ids": {"type": "list", "elements": "str"},
        "external_id_prefix": {"type": "str"},
        "names": {"type": "list", "elements": "str"},
        "with_referenced": {"type": "bool", "default": False},
        "omit_read_only": {"type": "bool", "default": True},
        "omit_defaults": {"type": "bool", "default": False},
        "values_matching": {"type": "list", "elements": "str"},
        "values_of": {"type": "list", "elements": "str"},
        "parallel": {"type": "int", "default": 8},
        "admin_access": {"type": "bool", "default": False},
    },
    scopes=["settings:objects:read", "settings:schemas:read"],
    scopes_if={"admin_access": ["settings:objects:admin"]},
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
