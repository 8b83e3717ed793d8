# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: terraform_settings
short_description: Read which settings objects a state of Terraform manages
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads a state of Terraform or OpenTofu, and returns which Settings 2.0 objects Dynatrace's provider manages in it, by their ids.
    The role P(community.dynatrace.settings_from_terraform#role) exports them from the environment.
  - Of the state only addresses and ids of resources are read. Values, which may be secret, are not.
options:
  _terms:
    description:
      - A state file of version 4, such as C(terraform.tfstate), or a file with what C(terraform show -json) prints. One only. It may be
        encrypted by ansible-vault.
    type: list
    elements: path
    required: true
seealso:
  - module: community.dynatrace.settings_export_info
  - plugin: community.dynatrace.terraform_objects
    plugin_type: filter
"""

EXAMPLES = r"""
- name: See which objects Terraform manages
  ansible.builtin.debug:
    msg: "{{ (query('community.dynatrace.terraform_settings', 'terraform.tfstate') | first).resources }}"
"""

RETURN = r"""
_list:
  description: One item.
  type: list
  elements: dict
  contains:
    resources:
      description:
        - One entry for each instance of a resource of Dynatrace's provider, with its C(address), the C(resource) without keys, its C(kind),
          C(object_id), C(schema_id), C(legacy_id), and C(reason), why it cannot be exported, null if it can be.
      type: list
      elements: dict
    schema_ids:
      description: The schemas of the settings objects.
      type: list
      elements: str
    legacy_schema_ids:
      description: The schemas of objects that the state names by an id of a classic API.
      type: list
      elements: str
    object_ids:
      description: The ids of the settings objects.
      type: list
      elements: str
    others:
      description: How many objects of other providers the state has.
      type: int
"""

import os
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.community.dynatrace.plugins.module_utils._text import shortened
from ansible_collections.community.dynatrace.plugins.plugin_utils._disk import read_text
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform import state_of
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform_state import TerraformError, read_state


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1:
            raise AnsibleLookupError("give one state of Terraform")
        path = self.find_file_in_search_path(variables, "files", terms[0], ignore_missing=True)
        if path is None or os.path.isdir(path):
            raise AnsibleLookupError(
                f"there is no file {terms[0]}: give a state file, or what terraform show -json prints"
            )
        try:
            return [state_of(read_state(read_text(self._loader, path)))]
        except (TerraformError, AnsibleError, OSError) as error:
            raise AnsibleLookupError(shortened(f"{path} cannot be read: {error}")) from None
