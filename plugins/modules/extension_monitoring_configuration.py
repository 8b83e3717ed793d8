#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_monitoring_configuration
short_description: Create, update and remove monitoring configurations of a Dynatrace extension
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - A monitoring configuration says where and with which endpoints and credentials an Extensions 2.0 extension works.
  - Manages one of them, or with O(configurations) any number at once. What is equal is not written.
  - Values are compared, coerced and checked by the configuration schema of the extension, before anything is sent, since the API
    offers no validation for them.
  - Several configurations on one scope are normal. O(configuration_id) selects one, else O(scope) and the properties in O(match_on) do. If
    they match several, or select nothing, the task fails and lists them; it never creates a duplicate.
options:
  extension_name:
    description: Extension that is configured, such as V(custom:my.extension). One of its versions has to be active.
    type: str
    required: true
  scope:
    description:
      - Where the configuration lies, V(environment), V(ag_group-NAME), V(management_zone-NAME), or the id of a host or host group such
        as V(HOST-D3A3C5A146830A79). It cannot be changed later.
      - If unset, it is V(environment), or with O(configuration_id) the scope that the configuration has.
    type: str
  value:
    description:
      - The properties of the configuration, as its schema has them; required when O(state=present).
      - Scalars are coerced to the schema's types where that loses nothing. Lists keep their order, sets have none.
    type: dict
  version:
    description:
      - Version of the extension whose schema the value follows, such as V("1.2.0"). It is written as C(version) into the value, where
        it may be given just as well.
      - If unset, a configuration keeps the version it has, and a new one gets the active version.
    type: str
  state:
    description: V(present) creates or updates the configuration, V(absent) removes it.
    type: str
    choices: [present, absent]
    default: present
  configuration_id:
    description: Selects the configuration by its id. An unknown one is an error, unless it is to be absent.
    type: str
  match_on:
    description:
      - Properties of the value that together identify the configuration on the scope, for example C(description), or C(pythonRemote.url).
        Only properties that the task gives are compared, never defaults.
    type: list
    elements: str
    default: [description]
  value_mode:
    description:
      - V(merge) changes the properties that are given, an explicit null removes one. Lists and sets are replaced whole.
      - V(replace) makes the configuration what is given, the rest as the schema has it by default. Secrets and the version that
        are left out are kept.
    type: str
    choices: [merge, replace]
    default: merge
  update_secrets:
    description:
      - Secrets cannot be read back, so the module cannot tell that one has changed. V(on_create) sends them for new configurations and
        where the schema demands it for a change, V(always) with each run, which then always reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  configurations:
    description:
      - Any number of configurations of this extension. New ones are created many at a time.
      - Options of the task hold for all items that do not say otherwise. An empty list is not an error.
      - Everything that is certain to be wrong is reported before the first write, for all items at once. When the server refuses some, the
        others are kept and reported; another run does the rest.
      - Excludes O(value) and O(configuration_id).
    type: list
    elements: dict
    suboptions:
      scope:
        description: If unset, O(scope) of the task.
        type: str
      value:
        description: The properties of the configuration, as O(value).
        type: dict
      version:
        description: If unset, O(version) of the task.
        type: str
      state:
        description: If unset, O(state) of the task.
        type: str
        choices: [present, absent]
      configuration_id:
        description: Selects the configuration by its id.
        type: str
      match_on:
        description: If unset, O(match_on) of the task.
        type: list
        elements: str
      value_mode:
        description: If unset, O(value_mode) of the task.
        type: str
        choices: [merge, replace]
      update_secrets:
        description: If unset, O(update_secrets) of the task.
        type: str
        choices: [on_create, always]
  wait:
    description:
      - Whether to wait until the status of all configurations that are enabled is V(OK) or V(WARNING). V(ERROR) fails the task.
      - In check mode nothing is waited for.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait, for the status, and just after the first activation for the configuration schema.
    type: float
    default: 300
notes:
  - Needs the scopes C(extensionConfigurations.read), C(extensionConfigurations.write) and C(extensions.read) (API token), or
    C(extensions:configurations:read), C(extensions:configurations:write) and
    C(extensions:definitions:read) (platform token and OAuth). In check mode the write scopes are not needed.
  - Secrets are masked in everything that this module returns.
  - The API cannot refuse a write when somebody else has changed the configuration since it was read. So each one is read once more right
    before it is changed or removed, which costs one more request, and if it was changed, everything is compared again. What somebody else
    changes between that request and the next one is overwritten.
  - When the request that creates a configuration times out, or a proxy answers it with 502 or 504, the server may still carry it out.
    The module then looks for the configuration for two minutes and does not send it again. If it is not there by then, the task fails
    and says so; run it again to see.
seealso:
  - module: community.dynatrace.extension_monitoring_configuration_info
  - module: community.dynatrace.extension_upload
  - module: community.dynatrace.settings_object
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.progress
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Let an ActiveGate group monitor a service, and see that it works
  community.dynatrace.extension_monitoring_configuration:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    scope: ag_group-default
    version: "1.2.0"
    value:
      description: production
      enabled: true
      featureSets:
        - basic
      activationContext: REMOTE
      pythonRemote:
        endpoints:
          - url: https://service.example.com
            user: dynatrace
            password: "{{ service_password }}"
    wait: true

- name: Move all configurations of a file to a new version
  community.dynatrace.extension_monitoring_configuration:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    version: "1.3.0"
    configurations: "{{ lookup('ansible.builtin.file', 'configurations.yml') | from_yaml }}"

- name: Switch one off
  community.dynatrace.extension_monitoring_configuration:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    configuration_id: 331e416f-9ab7-4694-8408-816026820645
    value:
      enabled: false

- name: Remove one
  community.dynatrace.extension_monitoring_configuration:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    scope: ag_group-default
    value:
      description: production
    state: absent
"""

RETURN = r"""
configuration:
  description: The configuration as it is now, or would be in check mode. Null when it is absent.
  returned: without O(configurations), on success, and on failure once the first write was tried
  type: dict
  contains: &configuration
    configuration_id:
      description: Its id. Null in check mode for one that does not exist yet.
      type: str
    extension_name:
      description: Its extension.
      type: str
    scope:
      description: Where it lies.
      type: str
    version:
      description: The version of the extension that it is made for.
      type: str
    value:
      description: Its value, secrets masked.
      type: dict
    status:
      description: The status that O(wait) has seen last, null without it.
      type: str
  sample:
    configuration_id: 331e416f-9ab7-4694-8408-816026820645
    extension_name: custom:my.extension
    scope: ag_group-default
    version: 1.2.0
    value:
      version: 1.2.0
      enabled: true
      description: production
    status: OK
configurations:
  description:
    - The result of each item of O(configurations), in their order. The value is null of those that shall be absent, and of those
      that failed or were not reached.
  returned: with O(configurations), on success, and on failure once the first write was tried
  type: list
  elements: dict
  contains:
    <<: *configuration
    action:
      description: What was done, or would be done in check mode.
      type: str
      choices: [create, update, delete, none]
    changed:
      description: Whether it was changed, or would be.
      type: bool
    reached:
      description: Whether its turn came before another item's failure ended the run.
      type: bool
    error:
      description: What failed, null if nothing did. The same shape as RV(error).
      type: dict
  sample:
    - configuration_id: 331e416f-9ab7-4694-8408-816026820645
      extension_name: custom:my.extension
      scope: ag_group-default
      version: 1.2.0
      value:
        version: 1.2.0
        enabled: true
        description: production
      status:
      action: create
      changed: true
      reached: true
      error:
summary:
  description: How many items each action was done for.
  returned: with O(configurations), on success, and on failure once the first write was tried
  type: dict
  sample:
    create: 1
    none: 8
    error: 0
action:
  description: What was done, or would be done in check mode; with O(configurations) V(update) if anything changed.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: create
validated:
  description: What the prediction rests on. V(local), this module and the extension's schema, or V(none) if nothing would be sent.
  returned: in check mode
  type: str
  choices: [local, none]
  sample: local
candidates:
  description: The configurations that could be meant, each with RV(configuration.configuration_id), scope and description.
  returned: failure, if it is not clear which configuration is meant
  type: list
  elements: dict
  sample:
    - configuration_id: 331e416f-9ab7-4694-8408-816026820645
      scope: ag_group-default
      description: production
errors:
  description: What is wrong with which item of O(configurations). Nothing was written.
  returned: failure before the first write
  type: dict
  sample:
    configurations[0] (production): "value.pythonRemote.endpoints[0].url is missing, but the schema requires it"
error:
  description:
    - What failed first, for programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 400
    code: 400
    message: Constraints violated.
    constraint_violations:
      - path: value/version
        message: Unknown version '9.9.9'
        parameter_location: PAYLOAD_BODY
        location:
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/extensions/custom:my.extension/monitoringConfigurations
    done: []
    unknown: []
"""

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._connection import progress_option
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

_ITEM: dict[str, dict[str, Any]] = {
    "scope": {"type": "str"},
    "value": {"type": "dict"},
    "version": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"]},
    "configuration_id": {"type": "str"},
    "match_on": {"type": "list", "elements": "str"},
    "value_mode": {"type": "str", "choices": ["merge", "replace"]},
    "update_secrets": {"type": "str", "choices": ["on_create", "always"], "no_log": False},
}
_DEFAULTS = {"state": "present", "match_on": ["description"], "value_mode": "merge", "update_secrets": "on_create"}
MODULE = Module(
    ensure,
    {
        "extension_name": {"type": "str", "required": True},
        **{name: {**spec, "default": _DEFAULTS[name]} if name in _DEFAULTS else spec for name, spec in _ITEM.items()},
        "configurations": {"type": "list", "elements": "dict", "options": _ITEM},
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 300},
        **progress_option(),
    },
    scopes=[
        "extensions:configurations:read",
        "extensions:configurations:write",
        "extensions:definitions:read",
    ],
    withheld=["value", "configurations"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
