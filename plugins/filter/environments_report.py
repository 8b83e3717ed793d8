# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: environments_report
short_description: Report what a role did in several environments
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes one report of what a role did in the environments of a play, each of which is a host.
  - The roles P(community.dynatrace.settings_apply#role), P(community.dynatrace.extension_rollout#role) and
    P(community.dynatrace.activegate_rollout#role) use it.
positional: _input
options:
  _input:
    description:
      - Of each environment, by its name, a dictionary with its C(outcome) (V(failed), V(changed) or V(unchanged)), a C(sentence), and
        the C(lines) that were shown of it, if any. Null for one that was not reached.
    type: dict
    required: true
  title:
    description: What was done.
    type: str
    default: Environments
  made:
    description: When it was done.
    type: str
    default: ""
  prediction:
    description: Whether it was a run in check mode, which changed nothing.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show the results of two environments
  ansible.builtin.debug:
    msg: "{{ (told | community.dynatrace.environments_report).lines }}"
  vars:
    told:
      stage: {outcome: changed, sentence: "3 objects: 1 updated, 2 unchanged."}
      production: null
"""

RETURN = r"""
_value:
  description:
    - C(sentence), the counts. C(lines), the sentence and a line for each environment. C(environments), a list of C(name), C(outcome) and
      C(sentence), what failed first. C(files), the same as C(environments.json), C(environments.md), C(environments.html), and
      C(environments.xml) for servers that read JUnit.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any


def _report(
    told: Mapping[str, Any], title: str = "Environments", made: str = "", prediction: bool = False
) -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._environments_report import environments_report

    return environments_report(told, title, made, prediction)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"environments_report": _report}
