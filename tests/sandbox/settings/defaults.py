# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults: filled in for ``repairInput`` and effective values, never by a plain POST or PUT (API facts, 3.1, 3.4)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .catalog import Schema
from .constraints import check_property
from .preconditions import holds
from .walk import COLLECTIONS, Definition


def default_value(schema: Schema) -> dict[str, Any]:
    """What a single-object schema is worth where nothing is persisted."""
    filling = _Filling(schema, _default)
    value = filling.completed(schema.properties, {})
    for name, definition in schema.properties.items():
        if (
            definition["nullable"]
            and definition.get("default") is not None
            and holds(definition.get("precondition"), value)
        ):
            value[name] = copy.deepcopy(definition["default"])
    return filling.completed(schema.properties, value)


def repaired(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the defaults of what is required and absent, but for those that the property's own constraints refuse."""
    return _Filling(schema, _usable_default).completed(schema.properties, value)


@dataclass(frozen=True)
class _Filling:
    """``default_of``: what is filled in for a property, None: nothing."""

    schema: Schema
    default_of: Callable[[Schema, Definition], Any]

    def completed(self, properties: Mapping[str, Definition], value: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: item for name, item in value.items() if item is not None}
        filled = dict(given)
        # A default may be what another property's precondition waits for, or rules out: so until nothing changes.
        for _pass in range(len(properties) + 1):
            wanted = {**self._defaults(properties, given, filled), **given}
            if wanted == filled:
                break
            filled = wanted
        return {
            name: self._inner(properties[name], item) if name in properties else item for name, item in filled.items()
        }

    def _defaults(
        self, properties: Mapping[str, Definition], given: Mapping[str, Any], filled: Mapping[str, Any]
    ) -> dict[str, Any]:
        defaults = {}
        for name, definition in properties.items():
            if name not in given and not definition["nullable"] and holds(definition.get("precondition"), filled):
                default = filled[name] if name in filled else self.default_of(self.schema, definition)
                if default is not None:
                    defaults[name] = default
        return defaults

    def _inner(self, definition: Definition, value: Any) -> Any:
        kind, described = self.schema.resolve(definition["type"])
        if kind == "object" and isinstance(value, Mapping):
            return self.completed(described["properties"], value)
        if kind in COLLECTIONS and isinstance(value, list):
            return [self._inner(definition["items"], element) for element in value]
        return value


def _usable_default(schema: Schema, definition: Definition) -> Any:
    """None for one that the property's own constraints refuse: such a default is never filled in (API facts, 3.4)."""
    default = _default(schema, definition)
    refused = any(check_property(constraint, default) for constraint in definition.get("constraints") or [])
    return None if refused else default


def _default(schema: Schema, definition: Definition) -> Any:
    if definition.get("default") is not None:
        return copy.deepcopy(definition["default"])
    kind, _dummy = schema.resolve(definition["type"])
    if kind == "object":
        return {}
    return [] if kind in COLLECTIONS else None
