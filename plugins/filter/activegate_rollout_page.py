# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: activegate_rollout_page
short_description: Show the report of a rollout as a page
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes one HTML page of a report of P(community.dynatrace.activegate_rollout#filter), with a time line of the waves.
  - The page needs nothing else, neither scripts nor a network.
positional: _input
options:
  _input:
    description: The report.
    type: dict
    required: true
  title:
    description: Name of the environment.
    type: str
    default: ""
  target_version:
    description: The version that was asked for.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Write the page
  ansible.builtin.copy:
    content: "{{ rolled_out | community.dynatrace.activegate_rollout | community.dynatrace.activegate_rollout_page(title='production') }}"
    dest: rollout.html
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The page.
  type: str
"""

from collections.abc import Callable
from typing import Any


def _page(*args: Any, **kwargs: Any) -> Any:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout_page import page

    return page(*args, **kwargs)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"activegate_rollout_page": _page}
