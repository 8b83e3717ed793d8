# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Defaults: filled in for ``repairInput`` and effective values, never by a plain POST or PUT (API facts, 3.1, 3.4)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .catalog import Schema
from .preconditions import holds
from .walk import COLLECTIONS, Definition


def default_value(schema: Schema) -> dict[str, Any]:
    """What a single-object schema is worth where nothing is persisted."""
    value = repaired(schema, {})
    for name, one in schema.properties.items():
        if one["nullable"] and one.get("default") is not None and holds(one.get("precondition"), value):
            value[name] = copy.deepcopy(one["default"])
    return repaired(schema, value)


def repaired(schema: Schema, value: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with the defaults of what is required and absent."""
    return _object(schema, schema.properties, value)


def _object(schema: Schema, properties: Mapping[str, Definition], value: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: one for name, one in value.items() if one is not None}
    filled = dict(given)
    # A default may be what another property's precondition waits for, or rules out: so until nothing changes.
    for _pass in range(len(properties) + 1):
        wanted = dict(given)
        for name, one in properties.items():
            if name not in given and not one["nullable"] and holds(one.get("precondition"), filled):
                default = filled[name] if name in filled else _default(schema, one)
                if default is not None:
                    wanted[name] = default
        if wanted == filled:
            break
        filled = wanted
    return {name: _inner(schema, properties[name], one) if name in properties else one for name, one in filled.items()}


def _inner(schema: Schema, definition: Definition, value: Any) -> Any:
    kind, found = schema.resolve(definition["type"])
    if kind == "object" and isinstance(value, Mapping):
        return _object(schema, found["properties"], value)
    if kind in COLLECTIONS and isinstance(value, list):
        return [_inner(schema, definition["items"], one) for one in value]
    return value


def _default(schema: Schema, definition: Definition) -> Any:
    if definition.get("default") is not None:
        return copy.deepcopy(definition["default"])
    kind, _dummy = schema.resolve(definition["type"])
    if kind == "object":
        return {}
    return [] if kind in COLLECTIONS else None
