# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of settings that are in memory, as the objects that settings_objects gets of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._filling import OMIT, Given, filled_in
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import gathered


def objects_of(
    *layers: Iterable[Mapping[str, Any]],
    values: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    missing: str = OMIT,
) -> list[dict[str, Any]]:
    """``layers``: files with name and content, which are written as YAML and read again."""
    read = [[(file["name"], _yaml.load(_yaml.document(file["content"]))) for file in files] for files in layers]
    return filled_in(gathered(read), Given(values or {}, secrets or {}, missing))[0]
