# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: switch
short_description: Read a variable that is true or false
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Surveys answer with texts, and with an empty one where nothing was answered. P(ansible.builtin.bool#filter) takes whatever it does not
    know for false. This filter refuses it.
  - The roles of this collection use it.
positional: _input, name
options:
  _input:
    description: The value. If it is blank or null, the result is O(default).
    type: raw
    required: true
  name:
    description: Name of the variable, for the error, which does not repeat the value.
    type: str
    required: true
  default:
    description: What a value that is blank or null stands for.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Say whether a plan with changes fails
  ansible.builtin.debug:
    msg: "{{ 'yes' | community.dynatrace.switch('settings_plan_fail') }}"
"""

RETURN = r"""
_value:
  description: The value as a boolean.
  type: bool
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible.module_utils.parsing.convert_bool import boolean


def _switch(value: Any, name: str, default: bool = False) -> bool:
    if value is None or (isinstance(value, str) and not value.strip()):
        return default
    try:
        return bool(boolean(value))
    except TypeError:
        raise AnsibleFilterError(f"{name} is neither true nor false: give true or false") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., bool]]:
        return {"switch": _switch}
