# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The files of the module ``settings_files`` as texts: modules have no PyYAML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml


def files_as_texts(action: Any, params: Mapping[str, Any], warn: Callable[[str], None]) -> Mapping[str, Any]:
    """What takes the place of ``files``. Raises InputError for a content that YAML cannot hold, and a comment that nothing can take."""
    del action, warn
    return {"files": [{"name": file["name"], "content": _text(file)} for file in params["files"]]}


def _text(file: Mapping[str, Any]) -> str:
    content, comment = file["content"], file.get("comment") or ""
    if isinstance(content, (dict, list)):
        try:
            return _yaml.document(content, comment)
        except _yaml.YamlError as error:
            raise InputError(f"files: the content of {file['name']} cannot be written: {error}") from None
    if comment:
        raise InputError(
            f"files: {file['name']} has a comment, and its content is a text: write the comment into the text"
        )
    return str(content)
