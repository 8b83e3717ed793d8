# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What people call an object. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema, lookup, split_path

# Properties that name an object in most schemas, the best first.
_NAMES = ("name", "title", "displayName", "label", "summary", "key", "id", "description")


def called(schema: Schema, value: Mapping[str, Any], match_on: Sequence[str] = ()) -> str:
    """By ``match_on``, else by the shortest unique key, else by what mostly is a name; empty when there is none of them."""
    keys = [key for key in schema.unique_keys if all(isinstance(lookup(value, path, schema), str) for path in key)]
    keys.sort(key=lambda key: (len(key), how_telling(key[0])))
    paths: Sequence[str] = match_on or next(iter(keys), ())
    if not paths:
        named = [path for path in _NAMES if schema.properties.get(path) and isinstance(value.get(path), str)]
        paths = named[:1]
    return " ".join(str(text) for text in (lookup(value, path, schema) for path in paths) if text is not None)


def how_telling(path: str) -> tuple[int, int]:
    """To sort property paths by: what names an object comes first."""
    name = split_path(path)[-1]
    return (_NAMES.index(name) if name in _NAMES else len(_NAMES), path.count("."))
