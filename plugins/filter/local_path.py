# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: local_path
short_description: Read a variable that names a folder on the controller
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes an absolute path. C(~) stands for the home directory, and a relative path starts where Ansible was started.
  - Anything that is not a text is refused, with the name of the variable.
  - The roles of this collection use it.
positional: _input, name, default
options:
  _input:
    description: The path. If it is blank, empty or null, O(default) counts.
    type: raw
    required: true
  name:
    description: Name of the variable, for the error.
    type: str
    required: true
  default:
    description: The path if none is given.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Say where the plan is
  ansible.builtin.debug:
    msg: "{{ '~/plans' | community.dynatrace.local_path('settings_plan_report_path', 'plan') }}"
"""

RETURN = r"""
_value:
  description: The absolute path.
  type: path
"""

import os
from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError


def _local_path(value: Any, name: str, default: str) -> str:
    path = (value.strip() if isinstance(value, str) else value) or default
    if not isinstance(path, str) or "\0" in path:
        raise AnsibleFilterError(f"{name} must be the path of a folder, as a text")
    return os.path.realpath(os.path.expanduser(path))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"local_path": _local_path}
