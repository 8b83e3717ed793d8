# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: counted
short_description: A number and its noun
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Such as C(1 object) and C(2 objects), for messages.
positional: _input, noun
options:
  _input:
    description: How many there are.
    type: int
    required: true
  noun:
    description: One of them. Several have an C(s) more.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Say how many files there are
  ansible.builtin.debug:
    msg: "{{ ['tags.yml'] | length | community.dynatrace.counted('file') }}"
"""

RETURN = r"""
_value:
  description: Both.
  type: str
"""

from collections.abc import Callable

from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count


class FilterModule:
    def filters(self) -> dict[str, Callable[..., str]]:
        return {"counted": count}
