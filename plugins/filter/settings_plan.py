# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_plan
short_description: Turn runs of settings_objects in check mode into a plan
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes one document of what M(community.dynatrace.settings_objects) returned in check mode with a diff, for one environment or several.
  - The roles P(community.dynatrace.settings_plan#role) and P(community.dynatrace.settings_drift#role) use it.
positional: _input
options:
  _input:
    description: The registered results of the tasks, by the names of the environments.
    type: dict
    required: true
  view:
    description:
      - The point of view of the files that are made of it. V(plan) describes what applying the settings would do, V(drift) how the
        environment differs.
      - To a plan it is a failure when the server refuses an object, to drift it is a difference.
    type: str
    choices: [plan, drift]
    default: plan
  source:
    description: Name of the settings.
    type: str
    default: ""
  made:
    description: When it was planned.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Plan
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: [settings]
  check_mode: true
  diff: true
  register: planned

- name: Say how much would change
  ansible.builtin.debug:
    var: "({'production': planned} | community.dynatrace.settings_plan).summary"
"""

RETURN = r"""
_value:
  description:
    - The plan. The guide of plans describes its parts. C(outcome) is V(unchanged), V(changes) or V(failed), C(sentence) says it in
      words, C(summary) counts the objects, and C(environments) holds the same for each environment, with C(plan_digest), C(message) and
      C(objects).
  type: dict
"""

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def settings_plan(
    results: Mapping[str, Mapping[str, Any]], view: str = "plan", source: str = "", made: str = ""
) -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._plan import plan_document

    try:
        # People and pipelines look for the files where they started Ansible.
        return plan_document(results, view, source, made, base=os.path.join(os.getcwd(), ""))
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_plan": settings_plan}
