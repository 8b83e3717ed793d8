# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_plan_files
short_description: Show a plan in files for people and pipelines
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes an HTML page, JSON, Markdown and JUnit of a document of P(community.dynatrace.settings_plan#filter), and a file C(outcome) that
    holds one word, V(unchanged), V(changes) or V(failed).
  - The page loads nothing. The Markdown has at most 64,000 bytes, so that it fits a comment on a pull request.
positional: _input
options:
  _input:
    description: The document.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Write the files
  community.dynatrace.settings_files:
    path: plan
    files: "{{ {'production': planned} | community.dynatrace.settings_plan | community.dynatrace.settings_plan_files }}"
"""

RETURN = r"""
_value:
  description:
    - The files, as M(community.dynatrace.settings_files) takes them. They are named after the view of the document, such as C(plan.html),
      C(plan.json), C(plan.md) and C(plan.xml).
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping
from typing import Any


def _files(document: Mapping[str, Any]) -> Any:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_files import files_of_plan

    return files_of_plan(document)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_plan_files": _files}
