# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_drift
short_description: Sum up how an environment differs from a list of settings
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes a report of the result of M(community.dynatrace.settings_objects), run in check mode with a diff.
  - The role P(community.dynatrace.settings_drift#role) uses it.
positional: _input
options:
  _input:
    description: The registered result of the task.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Compare
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    objects: "{{ query('community.dynatrace.settings_files', 'settings', missing_secrets='placeholder') }}"
  check_mode: true
  diff: true
  register: compared

- name: Say how much differs
  ansible.builtin.debug:
    var: (compared | community.dynatrace.settings_drift).summary
"""

RETURN = r"""
_value:
  description:
    - C(drift), whether anything differs. C(complete), whether all could be compared. C(objects), how many were. C(summary), how many are
      C(equal), C(missing), C(different), C(moved), C(unwanted), C(unlisted) or C(failed). C(schemas), the same for each schema, with
      all objects that differ, and of each both sides.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.plugin_utils._drift import report


def _report(result: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return report(result)
    except ValueError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_drift": _report}
