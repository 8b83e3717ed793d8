# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_yaml
short_description: Write settings as readable YAML
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Makes the text of a file of settings. Unlike P(ansible.builtin.to_nice_yaml#filter), it writes texts of several lines as blocks,
    never folds lines, keeps the order of properties, and gives the same text on every version of ansible-core.
positional: _input
options:
  _input:
    description: What to write, such as RV(community.dynatrace.settings_export_info#module:files[].content).
    type: dict
    required: true
  comment:
    description: Lines at the top of the file, without their mark.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Write exported settings
  ansible.builtin.copy:
    content: "{{ item.content | community.dynatrace.settings_yaml }}"
    dest: "settings/{{ item.name }}"
    mode: "0644"
  loop: "{{ exported.files }}"
  loop_control:
    label: "{{ item.name }}"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def settings_yaml(value: Mapping[str, Any], comment: str = "") -> str:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._yaml import YamlError, document

    try:
        return document(value, comment)
    except YamlError as error:
        raise AnsibleFilterError(f"it cannot be written: {error}") from None


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_yaml": settings_yaml}
