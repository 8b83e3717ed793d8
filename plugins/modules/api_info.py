#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api_info
short_description: Read from any endpoint of the Dynatrace API
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Sends a GET to any endpoint of an environment, with the authentication, retries and errors of this collection, and follows the pages
    of its answer.
  - Use it for what has no module of its own.
options:
  path:
    description:
      - Path of the endpoint as in the API's documentation, such as V(/api/v2/slo), V(/api/v1/config/clusterversion),
        V(/api/config/v1/dashboards) or V(/platform/automation/v1/workflows). It may hold a query.
      - Paths below C(/api/) work with all kinds of tokens; where a platform token needs another path, it is chosen. Other paths below
        C(/platform/) need a platform token or OAuth.
      - It goes to the host of O(environment_url) and to no other. Encode names and ids in it with the filter C(urlencode), and a slash in
        them as C(%2F).
    type: str
    required: true
  query:
    description: Query parameters, not encoded. A list stands for a parameter that is given several times.
    type: dict
  headers:
    description: Further headers, such as C(Accept) for an answer that is not JSON. Those for authentication are not taken.
    type: dict
  items:
    description:
      - Property of the answer with the list that continues on the next page. If unset, it is the only list that the answer has, but
        C(warnings).
    type: str
  page_parameter:
    description:
      - Query parameter that asks for the next page by the C(nextPageKey) of the one before. It goes alone, as the API demands.
      - If unset, it is V(nextPageKey), and V(page-key) for the services of the platform.
    type: str
  limit:
    description: Number of items to read at most. If unset, all of them are read.
    type: int
  accept_status:
    description: HTTP status codes that do not fail the task, such as V(404).
    type: list
    elements: int
notes:
  - The scopes that the token needs are those that the API's documentation names for the endpoint. For OAuth give them in
    O(oauth_scopes).
  - This module cannot tell what is secret in an answer. Use C(no_log) on the task if the answer contains a secret.
  - Parameters in O(path) and O(query) whose names suggest passwords, secrets, tokens, credentials, keys or certificates are masked in the
    invocation and in errors.
seealso:
  - module: community.dynatrace.api
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read all service-level objectives
  community.dynatrace.api_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: /api/v2/slo
    query:
      pageSize: 1000
      enabledSlos: all
  register: result

- name: Show their names
  ansible.builtin.debug:
    msg: "{{ result.content.slo | map(attribute='name') }}"

- name: See whether there is a dashboard
  community.dynatrace.api_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "/api/config/v1/dashboards/{{ dashboard_id | urlencode }}"
    accept_status: [404]
  register: dashboard

- name: Read metric data as CSV
  community.dynatrace.api_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: /api/v2/metrics/query
    query:
      metricSelector: builtin:host.cpu.usage
      from: now-1h
    headers:
      Accept: text/csv; header=present
"""

RETURN = r"""
content:
  description:
    - The answer, decoded where it is JSON and a text where not, null where there is none.
    - The list that went over several pages is whole, and C(nextPageKey) is left out.
  returned: success
  type: raw
  sample:
    totalCount: 1
    slo:
      - id: 7d07efde-b714-3e6e-ad95-08490e2540c4
        name: Payment
status:
  description: HTTP status of the answer.
  returned: success
  type: int
  sample: 200
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: slo.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/slo
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._request.info import read

MODULE = Module(
    read,
    {
        "path": {"type": "str", "required": True},
        "query": {"type": "dict"},
        "headers": {"type": "dict"},
        "items": {"type": "str"},
        "page_parameter": {"type": "str"},
        "limit": {"type": "int"},
        "accept_status": {"type": "list", "elements": "int"},
    },
    scopes=[],
    withheld=["headers", "query"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
