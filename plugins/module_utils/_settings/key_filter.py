# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A filter that makes the server return few objects instead of a whole list (API facts, 3.2). Pure.

Identity is decided from what comes back, so the filter may match too many objects, but never leave out the one that is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .schema import ENUM, ObjectKey, Schema, property_at, split_path
from .walk import lookup

# Kinds of properties that the server compares as they are, if the value is of this type; true is not an integer.
_EXACT = {"text": str, ENUM: str, "integer": int}
# The API takes 1,024 characters, and the whole query is limited as well.
_LONGEST = 1000


def key_filter(schema: Schema, keys: Iterable[ObjectKey], value: Mapping[str, Any]) -> str:
    """Matches the objects that agree with ``value`` in one of the keys; empty where no filter can express that."""
    alternatives = []
    for key in keys:
        comparisons = filter(None, (_comparison(schema, path, value) for path in key.paths))
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
    """The comparison of one property; empty where the server may compare it differently."""
    part = lookup(value, path, schema)
    if not _compares_exactly(property_at(schema, path).kind, part):
        return ""
    names = split_path(path, schema)
    dotted = ".".join(names)
    # Nobody says how the server reads names that hold dots themselves.
    if split_path(dotted) != names or split_path(dotted, schema) != names:
        return ""
    written = part
    if isinstance(part, str):
        written = quoted(part)
    return f"value.{dotted} = {written}"


def _compares_exactly(kind: str, value: Any) -> bool:
    """False where the server may tell apart what is equal here: 1 and 1.0, times with and without seconds."""
    if isinstance(value, bool) or not isinstance(value, _EXACT.get(kind, ())):
        return False
    return value != "" and str(value).isprintable()
