# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The filter of a list by which the server finds an object instead of us (API facts, 3.2). Pure.

What it finds is looked through like a whole list; so it may find too much, but must not leave out the object that is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from .schema import ENUM, Schema, lookup, property_at, split_path

# The API takes 1,024 characters, and the whole query is limited as well.
_LONGEST = 1000


def key_filter(schema: Schema, keys: Iterable[Sequence[str]], value: Mapping[str, Any]) -> str:
    """For the objects that agree with ``value`` in one of the keys; empty where the server cannot be asked for them."""
    alternatives = []
    for key in keys:
        comparisons = filter(None, (_comparison(schema, path, value) for path in key))
        alternatives.append(" and ".join(comparisons))
    if not all(alternatives):
        return ""
    if len(alternatives) > 1:
        alternatives = [f"({text})" for text in alternatives]
    text = " or ".join(alternatives)
    if len(quote(text, safe="")) <= _LONGEST:
        return text
    return ""


def quoted(text: str) -> str:
    """A text in the language of filters."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _comparison(schema: Schema, path: str, value: Mapping[str, Any]) -> str:
    """Of one property; empty where it cannot be compared exactly."""
    prop = property_at(schema, path)
    part = lookup(value, path)
    if prop is None or not _compares_exactly(prop.kind, part):
        return ""
    written = part
    if isinstance(part, str):
        written = quoted(part)
    return f"{'.'.join(('value', *split_path(path)))} = {written}"


def _compares_exactly(kind: str, value: Any) -> bool:
    """Equal to us may not be equal to the server: 1 and 1.0, times with and without seconds."""
    if isinstance(value, str):
        return kind in ("text", ENUM) and value != "" and value.isprintable()
    return kind == "integer" and isinstance(value, int) and not isinstance(value, bool)
