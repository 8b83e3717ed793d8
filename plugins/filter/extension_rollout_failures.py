# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: extension_rollout_failures
short_description: Say in a table which monitoring configurations failed
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Lists what M(community.dynatrace.extension_monitoring_configuration) could not do. Equal errors stand together, each with the
    configuration and the path.
  - The lines fit a terminal of 100 columns when P(ansible.builtin.debug#module) shows them.
  - The role P(community.dynatrace.extension_rollout#role) uses it.
positional: _input
options:
  _input:
    description: What the task registered.
    type: dict
    required: true
  configurations:
    description: The option O(community.dynatrace.extension_monitoring_configuration#module:configurations) of that task.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Configure an extension
  community.dynatrace.extension_monitoring_configuration:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    extension_name: custom:my.extension
    configurations: "{{ lookup('ansible.builtin.file', 'configurations.yml') | from_yaml }}"
  register: configured
  failed_when: false

- name: Show what failed
  ansible.builtin.debug:
    msg: "{{ configured | community.dynatrace.extension_rollout_failures(configurations) }}"
  vars:
    configurations: "{{ lookup('ansible.builtin.file', 'configurations.yml') | from_yaml }}"
"""

RETURN = r"""
_value:
  description: The lines. None where no configuration failed by itself.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def _failures(result: Mapping[str, Any], configurations: Sequence[Mapping[str, Any]] = ()) -> list[str]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._extension_plan import configuration_failures

    return configuration_failures(result, configurations)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"extension_rollout_failures": _failures}
