#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activegate_info
short_description: Read ActiveGates of a Dynatrace environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads one ActiveGate, or all that pass the filters. An ActiveGate must match all filters; without any, all ActiveGates are returned.
  - The API knows the ActiveGates that are connected, or were within the last two hours.
options:
  activegate_id:
    description:
      - Id of one ActiveGate, a decimal number that may be negative. Excludes the filters.
      - An unknown one is not an error; the list is empty then.
    type: str
notes:
  - Needs the scope C(activeGates.read) (API token) or C(environment-api:activegates:read) (platform token and OAuth).
  - Texts that are part of a name or address are compared by the server; whether upper and lower case differ is not documented.
seealso:
  - module: community.dynatrace.activegate_update_job
  - module: community.dynatrace.activegate_update_job_info
extends_documentation_fragment:
  - community.dynatrace.activegate_filters
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read all ActiveGates
  community.dynatrace.activegate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
  register: result

- name: Read the outdated ActiveGates of a network zone that are online
  community.dynatrace.activegate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    network_zone: dmz
    update_status: OUTDATED
    online: true

- name: Read those below a version on which extensions run
  community.dynatrace.activegate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    version: "1.331.0"
    version_compare_type: LOWER
    enabled_modules:
      - EXTENSIONS_V2

- name: Read one ActiveGate
  community.dynatrace.activegate_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "-1284619327"
"""

RETURN = r"""
activegates:
  description: The ActiveGates as the API gives them.
  returned: success
  type: list
  elements: dict
  sample:
    - id: "-1284619327"
      hostname: gateway.example.com
      osType: LINUX
      osArchitecture: X86
      type: ENVIRONMENT
      version: 1.198.0.20200630-163221
      group: default
      networkZone: default
      autoUpdateStatus: UP2DATE
      offlineSince:
      containerized: false
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: activeGates.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/activeGates
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.info import FILTERS, read
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(read, {"activegate_id": {"type": "str"}, **FILTERS}, scopes=["environment-api:activegates:read"])


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
