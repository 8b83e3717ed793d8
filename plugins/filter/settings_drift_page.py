# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_drift_page
short_description: Show a drift report as a page
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes one HTML page of a report of P(community.dynatrace.settings_drift#filter).
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
  source:
    description: Name of the files that it was compared with.
    type: str
    default: ""
  made:
    description: When it was compared.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Write the page
  ansible.builtin.copy:
    content: "{{ compared | community.dynatrace.settings_drift | community.dynatrace.settings_drift_page(title='production') }}"
    dest: drift.html
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The page.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._drift_page import page


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_drift_page": page}
