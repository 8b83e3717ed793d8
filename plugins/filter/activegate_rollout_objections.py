# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: activegate_rollout_objections
short_description: List the objections to beginning a rollout
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Checks whether ActiveGates are known and online, whether updates of them run already, and whether the version is newer than that of the
    cluster.
  - ActiveGates that cannot be updated by jobs, such as those in containers, are not objections; neither are those that restart after an
    update.
  - The role P(community.dynatrace.activegate_rollout#role) uses it.
positional: _input
options:
  _input:
    description: Ids of the ActiveGates.
    type: list
    elements: str
    required: true
  activegates:
    description: All ActiveGates as M(community.dynatrace.activegate_info) reads them.
    type: list
    elements: dict
    required: true
  jobs:
    description: The jobs as M(community.dynatrace.activegate_update_job_info) reads them.
    type: list
    elements: dict
    required: true
  target_version:
    description: The version to update to.
    type: str
    required: true
  now:
    description: The time, in milliseconds since the epoch.
    type: int
    required: true
  cluster_version:
    description: The version of the cluster. If unset, it is not compared.
    type: str
  may_be_offline:
    description: Whether ActiveGates may be offline.
    type: bool
    default: false
  may_be_running:
    description: Whether updates may run already.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Begin only if there is no objection
  ansible.builtin.assert:
    that: objections | length == 0
  vars:
    objections: >-
      {{ ids | community.dynatrace.activegate_rollout_objections(activegates=read.activegates, jobs=running.jobs,
           target_version='1.331', now=now().timestamp() * 1000) }}
"""

RETURN = r"""
_value:
  description: The objections, in words. Empty if there are none.
  type: list
  elements: str
"""

from collections.abc import Callable
from typing import Any


def _objections(*args: Any, **kwargs: Any) -> Any:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import objections

    return objections(*args, **kwargs)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"activegate_rollout_objections": _objections}
