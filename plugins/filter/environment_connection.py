# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: environment_connection
short_description: Check a connection to an environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Returns the options of a connection that a variable holds, for C(module_defaults). It must include an address and its own credentials;
    otherwise environment variables would be used instead, which belong to one environment.
  - No error repeats what the connection holds.
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
- name: Read the schemas of another environment
  community.dynatrace.settings_schema_info:
  module_defaults:
    group/community.dynatrace.all: "{{ stage_connection | community.dynatrace.environment_connection }}"
  vars:
    stage_connection:
      environment_url: https://abc12345.live.dynatrace.com
      api_token: "{{ vault_dynatrace_token }}"
"""

RETURN = r"""
_value:
  description: The options that are given.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError


def _connection(given: Any, name: str = "the connection") -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._connections import connection_of

    try:
        return connection_of(given, name)
    except InputError as error:
        raise AnsibleFilterError(error.msg) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"environment_connection": _connection}
