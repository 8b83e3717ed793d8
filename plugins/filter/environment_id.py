# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: environment_id
short_description: Find out which environment a connection leads to
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Returns the id of the environment, which is the same for all of its addresses. C(.live.) and C(.apps.) of SaaS are one environment, and
    so are a Managed cluster and an ActiveGate in front of it.
positional: _input
options:
  _input:
    description: Options of modules by name, such as C(environment_url) and C(api_token), or a JSON or YAML text of such a dictionary.
    type: raw
    required: true
  name:
    description: Name of the variable, for errors.
    type: str
    default: the connection
"""

EXAMPLES = r"""
- name: Show the id, abc12345
  ansible.builtin.debug:
    msg: "{{ stage_connection | community.dynatrace.environment_id }}"
  vars:
    stage_connection:
      environment_url: https://abc12345.live.dynatrace.com
      api_token: "{{ vault_dynatrace_token }}"
"""

RETURN = r"""
_value:
  description: The id. Of a host that is none of Dynatrace's and says no id, host and port.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError


def _id(given: Any, name: str = "the connection") -> str:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._connections import connection_of, environment_id

    try:
        return environment_id(connection_of(given, name), name)
    except InputError as error:
        raise AnsibleFilterError(error.msg) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"environment_id": _id}
