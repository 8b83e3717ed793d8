# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From objects as they are stored to items of settings_objects that say the same. Pure.

An item must be found again where it comes from, be created where it is not, and be found there from then on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._marks import REFERENCE
from .._marks import SECRET as SECRET_MARK
from .export_choice import Choice, chosen_ids
from .export_defaults import without_defaults
from .export_identity import ExportItem, identified
from .export_keys import reference_keys, with_keys
from .schema import SECRET, SET, Property, Schema
from .stored import StoredObject
from .walk import assembled, inside, place_below, with_texts, without_nulls
from .wanted import ENVIRONMENT

# A reference to another object (API facts, 3.1).
_SETTING = "setting"


@dataclass
class Export:
    """``files``: by schema id, the items. ``secrets``: names of what is to be filled in.

    ``outside``: references that lead out of the export, and so mean something only in the same environment. ``keys``: of the items,
    by object id.
    """

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    outside: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)


def export(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> Export:
    """All of ``stored`` that is not left out, in an order that does not depend on the server's but where order has a meaning."""
    items = with_keys(identified(schemas, stored, chosen_ids(schemas, stored, choice)))
    keys = reference_keys(items)
    result = Export()
    for item in items:
        writer = _Writer(item, keys)
        value = writer.value
        if choice.omit_defaults:
            value = without_defaults(item, value)
        scope = {} if item.stored.scope == ENVIRONMENT else {"scope": item.stored.scope}
        row = {"key": item.key, **scope, **item.identity, "value": value}
        result.files.setdefault(item.schema.schema_id, []).append(row)
        result.keys[item.stored.object_id] = item.key
        result.secrets += writer.secrets
        result.outside += writer.outside
    return result


class _Writer:
    """The value of one item, with references, marks for secrets, and in the order of the schema."""

    def __init__(self, item: ExportItem, keys: Mapping[tuple[str, str], str]) -> None:
        self._item = item
        self._keys = keys
        self.secrets: list[str] = []
        self.outside: list[dict[str, Any]] = []
        self.value: dict[str, Any] = self._written(item.schema, item.stored.value, "")

    def _written(self, prop: Property, value: Any, path: str) -> Any:
        if prop.kind == SECRET:
            name = f"{self._item.key}/{path}"
            self.secrets.append(name)
            return {SECRET_MARK: name}
        if isinstance(value, str):
            return self._text(prop, value, path)
        ordered = self._ordered(prop, value)
        parts = {}
        for name, below, part in inside(prop, ordered):
            parts[name] = self._written(below, part, place_below(path, name))
        return assembled(ordered, parts)

    def _text(self, prop: Property, text: str, path: str) -> Any:
        key = self._keys.get((self._item.stored.object_id, text))
        if key is not None:
            return {REFERENCE: key}
        if prop.kind == _SETTING:
            place = {"key": self._item.key, "path": path}
            self.outside.append({**place, "object_id": text, "schema_id": prop.referenced_type})
        return text

    def _ordered(self, prop: Property, value: Any) -> Any:
        """Properties as the schema has them, and sets by what is in them."""
        if prop.kind == SET and isinstance(value, list):
            return sorted(value, key=self._in_a_set)
        if isinstance(value, dict):
            there = without_nulls(value)
            unknown = sorted(there.keys() - prop.properties.keys())
            return {name: there[name] for name in (*prop.properties, *unknown) if name in there}
        return value

    def _in_a_set(self, value: Any) -> str:
        """A set has no order, so it gets one that does not depend on the ids of other objects."""
        owner = self._item.stored.object_id
        named = with_texts(value, lambda text: self._keys.get((owner, text), text))
        return json.dumps(named, sort_keys=True, default=str)
