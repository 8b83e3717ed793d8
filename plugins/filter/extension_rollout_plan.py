# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: extension_rollout_plan
short_description: Name the plan of an extension's rollout, and compare it with the expected one
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes the digest of what the tasks of the role P(community.dynatrace.extension_rollout#role) said in check mode.
  - The digest covers the environment, the root certificate, the version and its package by SHA-256, the version that is active before and
    after, and of each monitoring configuration that would be changed or moved the value as read and the value to be sent, secrets masked.
    As long as the version is not stored, the values to be sent are not known and not covered.
positional: _input
options:
  _input:
    description:
      - What the tasks registered, C(trusted), C(uploaded), C(before), C(activated), C(configured) and C(pruned), each a dictionary that is
        empty where its task was skipped.
      - The listed configurations as C(wanted), and C(other_configurations) and C(keep_versions) as the role has them.
    type: dict
    required: true
  expect_plan:
    description: The digest of the only plan that is right, or a dictionary or JSON text that has it. Empty for any plan.
    type: raw
    default: ""
"""

EXAMPLES = r"""
- name: See what an upload would do
  community.dynatrace.extension_upload:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    path: "{{ playbook_dir }}/dist/custom_my.extension-1.2.0.zip"
  check_mode: true
  register: uploaded

- name: Show the digest of that plan
  ansible.builtin.debug:
    msg: "{{ (results | community.dynatrace.extension_rollout_plan).plan_digest }}"
  vars:
    results:
      trusted: {}
      uploaded: "{{ uploaded }}"
      before: {}
      activated: {}
      configured: {}
      pruned: {}
      wanted: []
      other_configurations: keep
      keep_versions: 0
"""

RETURN = r"""
_value:
  description:
    - C(plan_digest). C(difference), how the plan differs from the expected one, empty where it does not. C(lines), the same as a list of
      texts for a terminal.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError


def _plan(results: Mapping[str, Any], expect_plan: Any = "") -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._extension_plan import results_of, rollout_plan

    try:
        return rollout_plan(results_of(results), expect_plan)
    except InputError as error:
        raise AnsibleFilterError(error.msg) from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"extension_rollout_plan": _plan}
