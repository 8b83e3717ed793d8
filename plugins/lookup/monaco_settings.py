# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: monaco_settings
short_description: Read the settings of a Monaco project
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads a project of version 2 of Dynatrace Configuration as Code (Monaco), and returns the Settings 2.0 objects in it in the form in
    which the lookup P(community.dynatrace.settings_files#lookup) reads it. The role P(community.dynatrace.settings_from_monaco#role) writes
    it to files.
  - The objects have the external ids that Monaco gave them, so that they are found again and not created twice.
  - Files and templates are read as Monaco reads them, the logic of templates included.
  - Whatever cannot be converted is in RV(_list[].report), each with a reason.
options:
  _terms:
    description: The manifest, or the folder of the C(manifest.yaml). One only.
    type: list
    elements: path
    required: true
  environment:
    description:
      - Environments of the manifest whose overrides apply, one or several. If empty, all of them.
      - Of several, what they have in common is in RV(_list[].files), and what differs in RV(_list[].environments).
      - A list of names, or one text with commas.
    type: raw
  projects:
    description:
      - Projects of the manifest, grouping projects as well. If empty, all of them.
      - A list of names, or one text with commas.
    type: raw
  environment_variables:
    description:
      - Values of environment variables that parameters name. They are written to files, so do not give secrets.
      - A variable that is not given is its default, with a note about that. Without a default, in a text, it becomes C({"$secret":NAME}),
        within C($join) where the text is longer. It is filled in when the settings are applied.
      - Anywhere else a variable without a value is an error, since it can be no secret there.
      - A dictionary, or a JSON or YAML text of one.
    type: raw
  values:
    description:
      - Values of references that cannot be known, by C(PROJECT:TYPE:CONFIG-ID:PROPERTY), such as the ids of what is not a settings object,
        or the numbers of management zones where an object id is not taken.
      - A dictionary, or a JSON or YAML text of one.
    type: raw
  legacy_external_ids:
    description: Whether to use the external ids of the first releases of Monaco 2, in which the name of the project is not part.
    type: bool
    default: false
seealso:
  - plugin: community.dynatrace.settings_files
    plugin_type: lookup
  - module: community.dynatrace.settings_objects
"""

EXAMPLES = r"""
- name: See what can be converted
  ansible.builtin.debug:
    msg: "{{ (query('community.dynatrace.monaco_settings', 'monaco', environment='production') | first).report }}"
"""

RETURN = r"""
_list:
  description: One item.
  type: list
  elements: dict
  contains:
    files:
      description: Files with their C(name) and C(content), one for each schema.
      type: list
      elements: dict
    environments:
      description:
        - Of several environments, the C(name) of each, its C(values) by name, and the C(files) of its layer. They are named as
          parameters are, where those differ, and else after the object and the path. Empty if there is only one.
      type: list
      elements: dict
    secrets:
      description: Names of what has to be filled in when the settings are applied.
      type: list
      elements: str
    counts:
      description: How many objects are C(converted), and how many entries of each level the report has.
      type: dict
    report:
      description:
        - What is left out (V(left_out)), what Monaco skips as well (V(skipped)), and what is to be known about something that is there
          (V(note)), each with its C(level), C(config), C(file) and C(message).
      type: list
      elements: dict
"""

import os
from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.community.dynatrace.plugins.module_utils._text import shortened
from ansible_collections.community.dynatrace.plugins.plugin_utils._disk import Folder
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco import MANIFEST, Wanted, migrated
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import MonacoError
from ansible_collections.community.dynatrace.plugins.plugin_utils._yaml import dictionary


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        if len(terms) != 1:
            raise AnsibleLookupError("give one manifest, or its folder")
        path = self._manifest(variables, terms[0])
        folder, manifest = os.path.split(path)
        wanted = Wanted(
            environments=self._names("environment"),
            projects=self._names("projects"),
            variables=self._dictionary("environment_variables"),
            values=self._dictionary("values"),
            legacy_ids=self.get_option("legacy_external_ids"),
        )
        try:
            return [migrated(Folder(self._loader, folder, MonacoError), manifest, wanted)]
        except MonacoError as error:
            # Ansible would add the text of a cause, and so say it twice.
            raise AnsibleLookupError(shortened(f"{path}: {error}")) from None

    def _manifest(self, variables: Any, term: str) -> str:
        path: str | None = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        if path is None:
            raise AnsibleLookupError(f"there is no file or folder {term}")
        if os.path.isdir(path):
            path = os.path.join(path, MANIFEST)
        if not os.path.isfile(path):
            raise AnsibleLookupError(f"there is no manifest {path}")
        return path

    def _names(self, option: str) -> list[str]:
        """Without blank ones, as a survey gives what was left empty. Ansible would repeat a wrong value, which may be secret."""
        given = self.get_option(option) or ()
        names = given.split(",") if isinstance(given, str) else given
        if not isinstance(names, Sequence) or not all(name is None or isinstance(name, (str, int)) for name in names):
            raise AnsibleLookupError(f"{option} must be a list of names, or one text with commas")
        return [str(name).strip() for name in names if name is not None and str(name).strip()]

    def _dictionary(self, name: str) -> dict[str, Any]:
        """Ansible would repeat a wrong value, which may be secret."""
        entries = dictionary(self.get_option(name))
        if entries is None:
            raise AnsibleLookupError(f"{name} must be a dictionary, or a JSON or YAML text of one")
        return entries
