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
  - C({"$value":NAME}) in C(value), C(scope), C(external_id), C(insert_after) or C(insert_before) is replaced by the value of that name,
    whatever type it has. A name without a value is an error. A value may itself hold what is replaced.
  - C({"$join":[PART, ...]}) becomes one text of its parts, which are texts, numbers, values and secrets. It is secret if a part is, and
    missing if a part is.
  - Each of O(_terms) is a layer. A later layer changes the object that has the same key in an earlier one. There C(value) is merged by
    property, and every other option is replaced; so is a list, and C({"$value":NAME}) and its like. Options of an object take precedence
    over options at the top of its file. The order is that of the first layer that names an object. C(state=absent) in a later layer deletes
    the object, and C(skip=true) takes it out of the list.
  - Use it with C(query), which always gives a list.
options:
  _terms:
    description:
      - Folders or files. Of a folder all files are read whose name ends in V(.yml), V(.yaml) or V(.json), in the order of their names,
        but those whose name begins with V(secrets.) or a dot.
      - Within one of them a key is an error if it is given twice.
    type: list
    elements: path
    required: true
  environment_name:
    description:
      - Name of the environment that the settings are for. In each folder, C(values/NAME.yml) gives values, and the folder C(layers/NAME) is
        a layer after all others. One of them must be there.
    type: str
  values_files:
    description: Files of values by name. They take precedence over those of O(environment_name), and a later file over an earlier one.
    type: list
    elements: path
  values:
    description: Values by name, a dictionary, or a JSON or YAML text of one. They take precedence over those of files.
    type: raw
  secrets:
    description: Secrets by name, a dictionary, or a JSON or YAML text of one. An empty one counts as missing.
    type: raw
  missing_secrets:
    description:
      - What to do about secrets that are not in O(secrets).
      - V(omit) leaves them out. An object that exists keeps those it has; a new one is created without. A warning names them. Where the
        schema does not mark the property as a secret, nothing can be kept, and it is an error.
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

- name: Look at what the settings are in production
  ansible.builtin.debug:
    msg: "{{ query('community.dynatrace.settings_files', 'settings', environment_name='production') | map(attribute='key') }}"
"""

RETURN = r"""
_list:
  description: Items for O(community.dynatrace.settings_objects#module:objects), secrets in clear.
  type: list
  elements: dict
"""

from collections.abc import Iterable
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display
from ansible_collections.community.dynatrace.plugins.module_utils._files import printable
from ansible_collections.community.dynatrace.plugins.module_utils._lists import not_blank
from ansible_collections.community.dynatrace.plugins.module_utils._text import shortened
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import FolderError
from ansible_collections.community.dynatrace.plugins.plugin_utils._settings_files import Sources, read_items

display = Display()


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        sources = Sources(
            paths=self._paths(terms, variables),
            environment=(self.get_option("environment_name") or "").strip(),
            values_files=self._paths(not_blank(self.get_option("values_files")), variables),
            values=self.get_option("values"),
            secrets=self.get_option("secrets"),
            missing=self.get_option("missing_secrets"),
        )
        try:
            return read_items(self._loader, sources, display.warning)
        except FolderError as error:
            # Ansible would add the text of a cause, and so say it twice.
            raise AnsibleLookupError(shortened(str(error))) from None

    def _paths(self, terms: Iterable[str], variables: Any) -> list[str]:
        paths = []
        for term in terms:
            path = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
            if path is None:
                raise AnsibleLookupError(shortened(f"there is no file or folder {printable(term)}"))
            paths.append(path)
        return paths
