#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: extension_monitoring_configuration_info
short_description: Read the monitoring configurations of a Dynatrace extension
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Lists the monitoring configurations of an Extensions 2.0 extension, all pages of them, with their status.
  - All filters must hold together. What is not there is not an error; the list is empty then.
options:
  extension_name:
    description: Extension whose configurations are read, such as V(custom:my.extension).
    type: str
    required: true
  configuration_id:
    description: Id of the one configuration to read.
    type: str
  scope:
    description: Scope whose configurations are read, such as V(environment), V(ag_group-default) or V(HOST-D3A3C5A146830A79).
    type: str
  version:
    description: Version of the extension whose configurations are read, such as V("1.2.0").
    type: str
  active:
    description: V(true) reads those that the server counts as active, V(false) those that it does not. If unset, all are read.
    type: bool
  status:
    description: Whether the status is read as well, by one more request.
    type: bool
    default: true
notes:
  - Needs the scope C(extensionConfigurations.read) (API token), or C(extensions:configurations:read) and
    C(extensions:definitions:read) (platform token and OAuth).
  - Secrets are masked by the server.
seealso:
  - module: community.dynatrace.extension_monitoring_configuration
  - module: community.dynatrace.extension_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read the configurations of an extension that do not work
  community.dynatrace.extension_monitoring_configuration_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    active: true
  register: result

- name: Show them
  ansible.builtin.debug:
    msg: "{{ result.configurations | rejectattr('status', 'equalto', 'OK') }}"

- name: Read those of an ActiveGate group that still use an old version
  community.dynatrace.extension_monitoring_configuration_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    scope: ag_group-default
    version: "1.1.0"
    status: false
"""

RETURN = r"""
configurations:
  description: One item per configuration, in the order of the API.
  returned: success
  type: list
  elements: dict
  contains:
    configuration_id:
      description: Id of the configuration.
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
    enabled:
      description: Whether it is switched on.
      type: bool
    description:
      description: Its description.
      type: str
    value:
      description: Its value as the API gives it.
      type: dict
    status:
      description: V(OK), V(WARNING), V(ERROR), V(PENDING) or V(UNKNOWN). Null where none is known or asked for.
      type: str
    status_timestamp:
      description: When that status was reported, in milliseconds since the epoch.
      type: int
  sample:
    - configuration_id: 331e416f-9ab7-4694-8408-816026820645
      extension_name: custom:my.extension
      scope: ag_group-default
      version: 1.2.0
      enabled: true
      description: production
      value:
        version: 1.2.0
        enabled: true
        description: production
      status: OK
      status_timestamp: 1795363200000
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: extensionConfigurations.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/extensions/custom:my.extension/monitoringConfigurations
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.info import read
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    read,
    {
        "extension_name": {"type": "str", "required": True},
        "configuration_id": {"type": "str"},
        "scope": {"type": "str"},
        "version": {"type": "str"},
        "active": {"type": "bool"},
        "status": {"type": "bool", "default": True},
    },
    scopes=["extensions:configurations:read", "extensions:definitions:read"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
