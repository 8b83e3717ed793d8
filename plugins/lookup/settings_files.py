# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: settings_files
short_description: Read files of Dynatrace settings as one list of objects
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads files as M(community.dynatrace.settings_export_info) describes and the role
    P(community.dynatrace.settings_export#role) writes them, and returns all their objects as one list
    for M(community.dynatrace.settings_objects), so that they can refer to each other from file to file.
  - A file holds a list under C(objects), and beside it whatever holds for all of them, namely C(schema_id), C(scope), C(match_on),
    C(adopt), C(value_mode), C(schema_version), C(update_secrets) and C(state).
  - What the files say is data. Templates in them are not evaluated.
  - C({"$secret":NAME}) in a value is replaced by the secret of that name.
  - Use it with C(query), which always gives a list.
options:
  _terms:
    description:
      - Folders or files. Of a folder all files are read whose name ends in V(.yml), V(.yaml) or V(.json), in the order of their names,
        but those whose name begins with V(secrets.) or a dot.
    type: list
    elements: path
    required: true
  secrets:
    description: Secrets by name, a dictionary, or a JSON or YAML text of one. An empty one counts as missing.
    type: raw
  missing_secrets:
    description:
      - What to do about secrets that are not in O(secrets).
      - V(omit) leaves them out. An object that exists keeps those it has; a new one is created without. A warning names them.
      - V(fail) is an error.
      - V(placeholder) puts a text in their place, which is for check mode alone, where nothing is written.
    type: str
    choices: [omit, fail, placeholder]
    default: omit
seealso:
  - module: community.dynatrace.settings_objects
  - module: community.dynatrace.settings_export_info
"""

EXAMPLES = r"""
- name: Apply a folder of settings
  community.dynatrace.settings_objects:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    objects: "{{ query('community.dynatrace.settings_files', 'settings', secrets=dynatrace_secrets) }}"
"""

RETURN = r"""
_list:
  description: Items for O(community.dynatrace.settings_objects#module:objects), secrets in clear.
  type: list
  elements: dict
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import FolderError
from ansible_collections.community.dynatrace.plugins.plugin_utils._settings_files import read_items, secrets_of

display = Display()


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        paths = [self._found(term, variables) for term in terms]
        try:
            secrets = secrets_of(self.get_option("secrets"))
            return read_items(self._loader, paths, secrets, self.get_option("missing_secrets"), display.warning)
        except FolderError as error:
            raise AnsibleLookupError(str(error)) from error

    def _found(self, term: str, variables: Any) -> str:
        path: str | None = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        if path is None:
            raise AnsibleLookupError(f"there is no file or folder {term}")
        return path
