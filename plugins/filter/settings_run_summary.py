# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_run_summary
short_description: Say in a sentence and a table what a run of settings_objects did
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Counts what M(community.dynatrace.settings_objects) did, and lists what failed. Equal errors stand together, each with file, key and
    path.
  - The lines fit a terminal of 100 columns when P(ansible.builtin.debug#module) shows them.
  - The role P(community.dynatrace.settings_apply#role) uses it.
positional: _input
options:
  _input:
    description: What the task registered, failed or not.
    type: dict
    required: true
  view:
    description:
      - V(run) describes what was done. For a task in check mode, V(plan) describes what would be done, and V(drift) how the environment
        differs.
    type: str
    choices: [run, plan, drift]
    default: run
"""

EXAMPLES = r"""
- name: Apply a folder of files
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: [settings]
    continue_on_error: true
  register: applied
  failed_when: false

- name: Show what came of it
  ansible.builtin.debug:
    msg: "{{ (applied | community.dynatrace.settings_run_summary).lines }}"
"""

RETURN = r"""
_value:
  description:
    - C(sentence), the counts, or why there are none. C(lines), the sentence and a table of what failed, as a list of texts. C(outcome),
      V(unchanged), V(changes) or V(failed). C(plan_digest), that of the result, null if it has none.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def settings_run_summary(result: Mapping[str, Any], view: str = "run") -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._run_summary import run_summary

    try:
        return run_summary(result, view)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_run_summary": settings_run_summary}
