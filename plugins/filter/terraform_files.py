# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: terraform_files
short_description: Say what is left of a state of Terraform, and make Terraform forget the rest
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - After an export, says which resources of a state were exported and which are left, and writes the C(removed) blocks that let Terraform
    forget what was exported without destroying it.
  - The role P(community.dynatrace.settings_from_terraform#role) uses it.
positional: _input
options:
  _input:
    description: What the filter P(community.dynatrace.terraform_objects#filter) returns.
    type: dict
    required: true
  exported:
    description:
      - The result of M(community.dynatrace.settings_export_info), run with the C(object_ids) of the state. Empty where there are none.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what is left
  ansible.builtin.debug:
    msg: "{{ (state | community.dynatrace.terraform_files(exported={})).summary }}"
  vars:
    state: "{{ query('community.dynatrace.terraform_settings', 'terraform.tfstate') | first }}"
"""

RETURN = r"""
_value:
  description:
    - C(resources), those of the input with the C(key) of what was exported. C(counts), how many objects were C(exported), how many
      resources are C(left), and how many objects C(other_providers) have. C(summary), the same as a sentence. C(files), names and contents
      of C(report.txt) and C(removed.tf).
  type: dict
"""

from collections.abc import Callable
from typing import Any


def _files(*args: Any, **kwargs: Any) -> Any:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform import finished

    return finished(*args, **kwargs)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"terraform_files": _files}
