#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: api
short_description: Write to any endpoint of the Dynatrace API
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Sends a POST, PUT, PATCH or DELETE to any endpoint of an environment, with the authentication, retries and errors of this collection.
  - Use it for what has no module of its own. It does not know the rules of the endpoint, so it compares values literally.
  - For PUT and PATCH it reads the same path first, and sends nothing if the answer has everything in O(body). For DELETE it sends nothing
    if there is nothing at the path. For POST it sends nothing if O(unless_found) finds what would be created.
  - If the answer to a request is lost, it checks in the same way whether the request was carried out, and sends a PUT or DELETE again if
    not. It never sends a POST or PATCH twice, unless O(idempotent) allows that. After a time-out, and after 502 or 504 from a proxy, it
    checks for two minutes, since the server may still be at work. If it cannot check, or finds nothing, it fails and says that the request
    may still be carried out.
  - An answer without a body counts as success. An HTML page, such as that of a login service, and an answer that is cut off count as lost.
options:
  method:
    description: Method of the request. Use M(community.dynatrace.api_info) for GET.
    type: str
    choices: [POST, PUT, PATCH, DELETE]
    required: true
  path:
    description:
      - Path of the endpoint as in the API's documentation, such as V(/api/v2/slo), V(/api/config/v1/dashboards) or
        V(/platform/automation/v1/workflows). It may hold a query.
      - Paths below C(/api/) work with all kinds of tokens; where a platform token needs another path, it is chosen. Other paths below
        C(/platform/) need a platform token or OAuth.
      - It goes to the host of O(environment_url) and to no other. Encode names and ids in it with the filter C(urlencode), and a slash in
        them as C(%2F).
    type: str
    required: true
  query:
    description: Query parameters, not encoded. A list stands for a parameter that is given several times.
    type: dict
  body:
    description:
      - Data, which is sent as JSON, or a text, which is sent as it is. A text that is not JSON needs O(content_type).
      - The module cannot tell which parts of a text are secret. So the body is not shown, and the text and all values in it with eight or
        more characters are masked in errors.
    type: raw
  src:
    description:
      - File to send instead of O(body), as it is, on the machine that the module runs on. It is not read into memory. It must be a regular
        file, or a link to one.
    type: path
  content_type:
    description: Type of what is sent. If unset, it is JSON for O(body) and V(application/octet-stream) for O(src).
    type: str
  headers:
    description: Further headers. Those for authentication are not taken.
    type: dict
  compare:
    description:
      - How PUT and PATCH tell that there is nothing to do. Only data in O(body) can be compared.
      - V(subset) is satisfied if the answer to a GET of the same path has everything that O(body) says. Lists must have the same items in
        the same order. What O(body) leaves out is not looked at. A secret that the API masks always differs.
      - With PUT, V(exact) requires in addition that the answer has no other properties, except those in O(ignore).
      - V(none) reads nothing first. The request is always sent. For DELETE this means that it is left to the server to say that there
        is nothing to delete.
    type: str
    choices: [subset, exact, none]
    default: subset
  ignore:
    description: Properties at the top that V(exact) of O(compare) does not look at, such as those that the server adds.
    type: list
    elements: str
  unless_found:
    description: How to find out that a POST has been carried out already. It is not sent if a list has a matching item. All pages are read.
    type: dict
    suboptions:
      path:
        description: Path of the list. If unset, it is O(path).
        type: str
      query:
        description: Query parameters for it, such as a filter by name.
        type: dict
      items:
        description: Property of the answer with the list. If unset, it is the only list that the answer has, but C(warnings).
        type: str
      match:
        description: Properties that the item must have, with their values.
        type: dict
        required: true
  validator:
    description:
      - What is sent in check mode, with the same body, for the server to validate it. Without it, check mode only reads.
      - It must be a request that stores nothing. It may be another path, or the same one with a query parameter that says so.
    type: dict
    suboptions:
      method:
        description: Method of the validation.
        type: str
        choices: [POST, PUT]
        default: POST
      path:
        description: Path of the validation. If unset, it is O(path).
        type: str
      query:
        description: Query parameters of the validation.
        type: dict
  read_only:
    description:
      - Says that a POST changes nothing on the server, such as a search. It is sent in check mode too, tried again like a read, and never
        reported as a change.
    type: bool
    default: false
  idempotent:
    description: Says that sending the request twice does the same as sending it once, so that it may be sent again after a lost answer.
    type: bool
    default: false
  accept_status:
    description: HTTP status codes that do not fail the task, and with which nothing was changed, such as V(409). For DELETE, V(404) is one.
    type: list
    elements: int
  secret_properties:
    description:
      - Names of properties and query parameters whose values are masked in the diff, in the invocation and in errors. Those whose names
        suggest passwords, secrets, tokens, credentials, keys or certificates are always masked.
    type: list
    elements: str
notes:
  - The scopes that the token needs are those that the API's documentation names for the endpoint, for reading as well unless O(compare) is
    V(none). For OAuth give them in O(oauth_scopes).
  - This module cannot tell what is secret in an answer, and returns RV(content) as it is. Use C(no_log) on the task if the answer contains
    a secret, such as a new token.
  - Settings, extensions and ActiveGate updates have modules of their own, which know more.
seealso:
  - module: community.dynatrace.api_info
  - module: community.dynatrace.settings_object
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes
attributes:
  diff_mode:
    details:
      - Secrets are recognized by the names of properties, see O(secret_properties).
  idempotent:
    support: partial
    details:
      - A POST without O(unless_found), a body that is not data, and requests with O(compare=none) are sent each time.
"""

EXAMPLES = r"""
- name: Keep a service-level objective
  community.dynatrace.api:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    method: POST
    path: /api/v2/slo
    body: "{{ slo }}"
    unless_found:
      query:
        sloSelector: name("{{ slo.name }}")
      match:
        name: "{{ slo.name }}"

- name: Keep a dashboard, and have it validated in check mode
  community.dynatrace.api:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    method: PUT
    path: "/api/config/v1/dashboards/{{ dashboard.id }}"
    body: "{{ dashboard }}"
    validator:
      path: "/api/config/v1/dashboards/{{ dashboard.id }}/validator"

- name: Remove a network zone
  community.dynatrace.api:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    method: DELETE
    path: /api/v2/networkZones/obsolete

- name: Send an event
  community.dynatrace.api:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    method: POST
    path: /api/v2/events/ingest
    body:
      eventType: CUSTOM_DEPLOYMENT
      title: Deployed by Ansible

- name: Ask for data, which changes nothing
  community.dynatrace.api:
    environment_url: https://abc12345.apps.dynatrace.com
    oauth_client_id: dt0s02.ABCDEFGH
    oauth_client_secret: "{{ dynatrace_client_secret }}"
    oauth_scopes:
      - storage:buckets:read
      - storage:logs:read
    method: POST
    path: /platform/storage/query/v1/query:execute
    body:
      query: fetch logs | limit 1
      requestTimeoutMilliseconds: 10000
    read_only: true
"""

RETURN = r"""
content:
  description:
    - The answer, decoded where it is JSON and a text where not, null where there is none.
    - Where nothing was sent, in check mode too, what was found there.
  returned: success
  type: raw
  sample:
    id: 7d07efde-b714-3e6e-ad95-08490e2540c4
    name: Payment
status:
  description: HTTP status of the answer, null where nothing was sent, and where the answer was lost and the request had arrived.
  returned: success
  type: int
  sample: 201
location:
  description: Header C(Location) of the answer, in which some endpoints return the address of what was created. Null without it.
  returned: success
  type: str
  sample: https://abc12345.live.dynatrace.com/api/v2/slo/7d07efde-b714-3e6e-ad95-08490e2540c4
action:
  description: What was done, or would be done in check mode. POST is called V(create) whatever it does.
  returned: success
  type: str
  choices: [create, update, delete, none]
  sample: create
validated:
  description: What the prediction rests on, V(server) with O(validator), else V(local), or V(none) where nothing would be sent.
  returned: in check mode
  type: str
  choices: [server, local, none]
  sample: server
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 400
    code: 400
    message: Constraints violated.
    constraint_violations:
      - path: target
        message: must be greater than warning
        parameter_location: PAYLOAD_BODY
        location:
    method: POST
    url: https://abc12345.live.dynatrace.com/api/v2/slo
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._request.api import ensure

_WHERE = {"path": {"type": "str"}, "query": {"type": "dict"}}
MODULE = Module(
    ensure,
    {
        "method": {"type": "str", "choices": ["POST", "PUT", "PATCH", "DELETE"], "required": True},
        "path": {"type": "str", "required": True},
        "query": {"type": "dict"},
        "body": {"type": "raw"},
        "src": {"type": "path"},
        "content_type": {"type": "str"},
        "headers": {"type": "dict"},
        "compare": {"type": "str", "choices": ["subset", "exact", "none"], "default": "subset"},
        "ignore": {"type": "list", "elements": "str"},
        "unless_found": {
            "type": "dict",
            "options": {**_WHERE, "items": {"type": "str"}, "match": {"type": "dict", "required": True}},
        },
        "validator": {
            "type": "dict",
            "options": {"method": {"type": "str", "choices": ["POST", "PUT"], "default": "POST"}, **_WHERE},
        },
        "read_only": {"type": "bool", "default": False},
        "idempotent": {"type": "bool", "default": False},
        "accept_status": {"type": "list", "elements": "int"},
        "secret_properties": {"type": "list", "elements": "str", "no_log": False},
    },
    scopes=[],
    withheld=["body", "headers", "query", "unless_found", "validator"],
    mutually_exclusive=[("body", "src"), ("read_only", "unless_found"), ("read_only", "validator")],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
