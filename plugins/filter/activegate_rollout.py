# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: activegate_rollout
short_description: Turn a run of activegate_update_jobs into a report
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reports the result of a rollout, wave by wave, with the times of the update jobs, and whether each ActiveGate shows its new version now.
  - The role P(community.dynatrace.activegate_rollout#role) uses it.
positional: _input
options:
  _input:
    description: What a task with M(community.dynatrace.activegate_update_jobs) registered.
    type: dict
    required: true
  activegates:
    description: The ActiveGates as M(community.dynatrace.activegate_info) reads them afterwards. If unset, nothing is verified.
    type: list
    elements: dict
  jobs:
    description: The jobs as M(community.dynatrace.activegate_update_job_info) reads them afterwards.
    type: list
    elements: dict
    default: []
  begun:
    description: When the task began, in milliseconds since the epoch.
    type: int
    default: 0
  ended:
    description: When it ended, in milliseconds since the epoch.
    type: int
    default: 0
  is_check:
    description: Whether it ran in check mode.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Say how many are done
  ansible.builtin.debug:
    msg: "{{ (rolled_out | community.dynatrace.activegate_rollout).summary.done }}"
"""

RETURN = r"""
_value:
  description:
    - The report. C(outcome) is V(succeeded), V(failed) or V(predicted), C(msg) is the error. C(sentence) is its beginning,
      C(failures) lists what failed, with C(name), C(wave) and C(reason), and C(lines) says both for a terminal. C(prediction) is true in
      check mode. C(counts) is a sentence of numbers, C(summary) counts as the module's does, and
      C(unverified) those that are done but do not show it. C(waves) holds the ActiveGates of each wave with C(begun) and C(ended), in
      milliseconds since the epoch, and C(verified), null where that could not be asked.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def rollout(result: Mapping[str, Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import report

    try:
        return report(result, *args, **kwargs)
    except ValueError as error:
        raise AnsibleFilterError(f"the rollout cannot be reported: {error}") from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"activegate_rollout": rollout}
