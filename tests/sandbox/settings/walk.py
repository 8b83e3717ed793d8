# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walking a value along its schema. Values of a wrong type are passed over: saying so is the validator's work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .catalog import Schema
from .preconditions import holds

Path = tuple[str, ...]
Definition = Mapping[str, Any]
COLLECTIONS = ("list", "set")


def visit(schema: Schema, value: Mapping[str, Any]) -> Iterator[tuple[Path, Definition, Any]]:
    """Each property that has a value, and each element of a collection with the definition of its items."""
    for name, definition in schema.properties.items():
        if value.get(name) is not None:
            yield from _visit(schema, definition, value[name], (name,))


def _visit(schema: Schema, definition: Definition, value: Any, path: Path) -> Iterator[tuple[Path, Definition, Any]]:
    yield path, definition, value
    kind, described = schema.resolve(definition["type"])
    if kind == "object" and isinstance(value, Mapping):
        for name, inner in described["properties"].items():
            if value.get(name) is not None:
                yield from _visit(schema, inner, value[name], (*path, name))
    elif kind in COLLECTIONS and isinstance(value, list):
        for index, element in enumerate(value):
            yield from _visit(schema, definition["items"], element, (*path, str(index)))


Leaf = Callable[[Path, Definition, Any], Any]


def rebuild(schema: Schema, value: Mapping[str, Any], leaf: Leaf, nulls: bool = False) -> dict[str, Any]:
    """A copy in which ``leaf`` replaced each scalar; with ``nulls`` the absent nullable properties are there as null."""
    return _rebuild_object(schema, schema.properties, value, (), leaf, nulls)


def _rebuild_object(
    schema: Schema, properties: Mapping[str, Definition], value: Mapping[str, Any], path: Path, leaf: Leaf, nulls: bool
) -> dict[str, Any]:
    copy = {
        name: _rebuild(schema, properties[name], part, (*path, name), leaf, nulls) if name in properties else part
        for name, part in value.items()
    }
    if nulls:
        for name, definition in properties.items():
            if name not in copy and definition["nullable"] and holds(definition.get("precondition"), value):
                copy[name] = None
    return copy


def _rebuild(schema: Schema, definition: Definition, value: Any, path: Path, leaf: Leaf, nulls: bool) -> Any:
    kind, described = schema.resolve(definition["type"])
    if kind == "object" and isinstance(value, Mapping):
        return _rebuild_object(schema, described["properties"], value, path, leaf, nulls)
    if kind in COLLECTIONS and isinstance(value, list):
        items = definition["items"]
        return [
            _rebuild(schema, items, element, (*path, str(index)), leaf, nulls) for index, element in enumerate(value)
        ]
    return leaf(path, definition, value)
