# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: terraform_objects
short_description: Find the settings objects of a state of Terraform in an environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Some resources have the id that a classic API gives a settings object. This filter finds their object ids. It also marks what the
    environment has no schema for.
  - The role P(community.dynatrace.settings_from_terraform#role) uses it.
positional: _input
options:
  _input:
    description: What the lookup P(community.dynatrace.terraform_settings#lookup) returns, its one item.
    type: dict
    required: true
  schema_ids:
    description: All schemas of the environment.
    type: list
    elements: str
    required: true
  object_ids:
    description: Ids of all objects of the schemas in C(legacy_schema_ids) of the state.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: List the schemas of the environment
  community.dynatrace.settings_schema_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
  register: known

- name: Show the ids of the objects that Terraform manages there
  ansible.builtin.debug:
    msg: "{{ (state | community.dynatrace.terraform_objects(schema_ids=known.schemas | map(attribute='schemaId') | list)).object_ids }}"
  vars:
    state: "{{ query('community.dynatrace.terraform_settings', 'terraform.tfstate') | first }}"
"""

RETURN = r"""
_value:
  description: The item of the lookup P(community.dynatrace.terraform_settings#lookup), with C(object_ids) and C(reason) by what was found.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any


def _objects(state: Mapping[str, Any], schema_ids: Sequence[str], object_ids: Sequence[str] = ()) -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform import identified

    return identified(state, frozenset(schema_ids), object_ids)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"terraform_objects": _objects}
