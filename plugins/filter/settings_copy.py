# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_copy
short_description: Say which objects of an export can be copied to another environment
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Leaves out objects that the other environment cannot have, and objects that refer to them. Replaces texts, and says which secrets are
    missing.
  - The role P(community.dynatrace.settings_copy#role) uses it.
positional: _input
options:
  _input:
    description: The result of M(community.dynatrace.settings_export_info).
    type: dict
    required: true
  schema_ids:
    description: All schemas of the other environment.
    type: list
    elements: str
    required: true
  replace:
    description: Replacements in values, scopes and external ids, by the text that they replace. A dictionary, or JSON or YAML of one.
    type: raw
    default: {}
  secrets:
    description: Secrets by name, as for M(community.dynatrace.settings_objects). Only whether they are given matters here.
    type: raw
    default: {}
  planned:
    description:
      - Results of M(community.dynatrace.settings_objects), run in check mode with these files. What they refuse stays behind.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Read the schemas of the other environment
  community.dynatrace.settings_schema_info:
    environment_url: https://xyz98765.live.dynatrace.com
    api_token: "{{ other_api_token }}"
  register: known

- name: Show what would be copied of an export
  ansible.builtin.debug:
    msg: "{{ (exported | community.dynatrace.settings_copy(schema_ids=known.schemas | map(attribute='schemaId') | list)).summary }}"
"""

RETURN = r"""
_value:
  description:
    - C(files), as M(community.dynatrace.settings_files) takes them. C(keys) of the objects that are copied. C(missing), names of secrets
      that are not given. C(report), a list of C(level) (V(left), V(note) or V(secret)), C(name) and C(message). C(summary), one sentence.
      C(text), summary and report for people. C(lines), the same for a terminal of 100 columns, with equal messages together.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError


def _copied(
    exported: Mapping[str, Any],
    schema_ids: Sequence[str],
    replace: Any = None,
    secrets: Any = None,
    planned: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    from ansible_collections.community.dynatrace.plugins.plugin_utils._copy import copied, refused
    from ansible_collections.community.dynatrace.plugins.plugin_utils._filling import secrets_of
    from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import FolderError

    try:
        given = {name for name, text in secrets_of(secrets).items() if text}
    except FolderError as error:
        raise AnsibleFilterError(str(error)) from None
    try:
        replacements = secrets_of(replace)
    except FolderError:
        raise AnsibleFilterError("replace must be a dictionary of texts, or a JSON or YAML text of one") from None
    if "" in replacements:
        raise AnsibleFilterError("replace has an empty text, which would be found everywhere")
    reasons = {key: reason for result in planned for key, reason in refused(result).items()}
    return copied(exported, frozenset(schema_ids), replacements, given, reasons)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"settings_copy": _copied}
