# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From objects as they are stored to items of settings_objects that say the same. Pure.

An item must be found again where it comes from, be created where it is not, and be found there from then on.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CollectionError
from .identity import Index, find, given_keys
from .naming import called, how_telling
from .references import REFERENCE
from .schema import ENUM, OBJECT, SECRET, SET, Property, Schema, lookup, split_path
from .stored import StoredObject
from .values import comparable, completed, default_of, same, without_nulls
from .wanted import ENVIRONMENT, WantedObject

# Stands in a file for a secret, which nobody can read back; plugin_utils/_folder.py fills it in.
TO_FILL_IN = "$secret"
# A reference to another object (API facts, 3.1).
_SETTING = "setting"
# By these people tell objects apart. Numbers and switches tell them apart too, but change too easily to find an object by.
_TELLING = ("text", ENUM, "local_date", "local_time", "local_date_time", "zoned_date_time", "time_zone")
_LONGEST_SLUG = 60


@dataclass(frozen=True)
class Choice:
    """What is left out: objects that may be neither written nor deleted; required properties that have the schema's default."""

    omit_read_only: bool = True
    omit_defaults: bool = False


@dataclass
class Export:
    """``files``: by schema id, the items. ``secrets``: names of what is to be filled in.

    ``outside``: references that lead out of the export, and so mean something only in the same environment.
    """

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    outside: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    schema: Schema
    stored: StoredObject
    identity: Mapping[str, Any]
    key: str


def export(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> Export:
    """All of ``stored`` that is not left out, in an order that does not depend on the server's but where order has a meaning."""
    chosen = _without_read_only(stored) if choice.omit_read_only else list(stored)
    items = _keyed(_identified(schemas, stored, {stored_object.object_id for stored_object in chosen}))
    keys = _reference_keys(items)
    result = Export()
    for item in items:
        writer = _Writer(item, keys)
        value = writer.value
        if choice.omit_defaults:
            value = _without_defaults(item, value)
        row = {"key": item.key, **item.identity, "value": value}
        if item.stored.scope != ENVIRONMENT:
            row = {"key": item.key, "scope": item.stored.scope, **item.identity, "value": value}
        result.files.setdefault(item.schema.schema_id, []).append(row)
        result.secrets += writer.secrets
        result.outside += writer.outside
    return result


def is_read_only(stored_object: StoredObject) -> bool:
    """Whether nothing of it may be changed; of some built-in objects a colour or a switch may."""
    may_be_changed = stored_object.can_write or stored_object.can_delete or stored_object.writable_only
    return not may_be_changed


def _without_read_only(stored: Sequence[StoredObject]) -> list[StoredObject]:
    """Read-only ones that others refer to stay, since a reference by name holds in other environments, and one by id does not."""
    by_id = {stored_object.object_id: stored_object for stored_object in stored}
    waiting = [stored_object for stored_object in stored if not is_read_only(stored_object)]
    kept = {stored_object.object_id for stored_object in waiting}
    while waiting:
        named = by_id.keys() & set(_texts(waiting.pop().value))
        waiting += [by_id[object_id] for object_id in named - kept]
        kept |= named
    return [stored_object for stored_object in stored if stored_object.object_id in kept]


# identity


def _identified(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], wanted: Iterable[str]) -> list[_Item]:
    """Each with the options that make settings_objects find it again; keys come later."""
    by_schema: dict[str, list[StoredObject]] = {}
    for stored_object in stored:
        by_schema.setdefault(stored_object.schema_id, []).append(stored_object)
    chosen = set(wanted)
    items: list[_Item] = []
    for schema_id, schema in sorted(schemas.items()):
        identities = _identities(schema, by_schema.get(schema_id, []))
        for stored_object, identity in identities:
            if stored_object.object_id in chosen:
                items.append(_Item(schema, stored_object, identity, ""))
    return items


def _identities(schema: Schema, ours: Sequence[StoredObject]) -> Iterator[tuple[StoredObject, Mapping[str, Any]]]:
    """Of the objects of one schema, in their order."""
    by_scope: dict[str, list[StoredObject]] = {}
    for stored_object in ours:
        by_scope.setdefault(stored_object.scope, []).append(stored_object)
    indexes = {scope: Index(schema, listed) for scope, listed in by_scope.items()}
    nameless = [stored_object for stored_object in ours if not _is_named(schema, stored_object, indexes)]
    unnamed = {stored_object.object_id for stored_object in nameless}
    paths = _telling_paths(schema, nameless, indexes)
    for stored_object in ours:
        if stored_object.object_id in unnamed:
            yield stored_object, _identity(stored_object, paths)
        else:
            yield stored_object, {"external_id": stored_object.external_id} if stored_object.external_id else {}


def _is_named(schema: Schema, stored_object: StoredObject, indexes: Mapping[str, Index]) -> bool:
    if schema.is_single or stored_object.external_id:
        return True
    return _is_found(schema, stored_object, indexes[stored_object.scope])


def _identity(stored_object: StoredObject, paths: Sequence[str]) -> dict[str, Any]:
    """Of an object without external id and unique key: what it looks like, if that tells it from all others of its schema.

    Else its object id, which means nothing elsewhere: there it is created with the external id, and found by it from then on.
    """
    if paths:
        return {"match_on": list(paths)}
    return {"object_id": stored_object.object_id, "external_id": f"exported-{_digest(stored_object.object_id)}"}


def _is_found(schema: Schema, stored_object: StoredObject, index: Index, match_on: Sequence[str] = ()) -> bool:
    """By the very rules that settings_objects will find it by."""
    value = without_nulls(stored_object.value)
    try:
        match = find(
            schema, WantedObject(schema.schema_id, stored_object.scope, value, match_on=tuple(match_on)), value, index
        )
    except CollectionError:
        return False
    return match is stored_object


def _telling_paths(schema: Schema, ours: Sequence[StoredObject], indexes: Mapping[str, Index]) -> Sequence[str]:
    """The fewest properties, the same for all objects of the schema, by which each is found."""
    if not ours:
        return ()
    paths = [
        path
        for path in _leaves(schema)
        if all(lookup(stored_object.value, path, schema) is not None for stored_object in ours)
    ]
    paths.sort(key=how_telling)
    pairs = ((paths[0], other) for other in paths[1:])
    for key in itertools.chain(((path,) for path in paths), pairs, [tuple(paths)] if paths else []):
        if all(_is_found(schema, stored_object, indexes[stored_object.scope], key) for stored_object in ours):
            return key
    return ()


def _leaves(prop: Property, path: str = "") -> Iterator[str]:
    for name, below in prop.properties.items():
        here = f"{path}.{name}" if path else name
        if below.kind in _TELLING:
            yield here
        elif below.kind == OBJECT and path.count(".") < 2:  # a type may hold itself
            yield from _leaves(below, here)


# keys


def _keyed(items: Sequence[_Item]) -> list[_Item]:
    """Keys that are unique in the whole export and stay the same as long as what names the objects does."""
    plain: dict[str, list[_Item]] = {}
    for item in items:
        plain.setdefault(_plain_key(item), []).append(item)
    marked = []
    for key, alike in plain.items():
        if len(alike) == 1:
            marked.append(_with_key(alike[0], key))
            continue
        # All of them get a mark, since which one comes first may change.
        marks = [_mark(item) for item in alike]
        if len(set(marks)) < len(marks):
            marks = [_digest(item.stored.object_id) for item in alike]
        marked += [_with_key(item, f"{key}-{mark[:8]}") for item, mark in zip(alike, marks)]
    ranks = {item.stored.object_id: rank for rank, item in enumerate(items)}

    def order(item: _Item) -> tuple[str, bool, str, int, str]:
        stored_object = item.stored
        rank = ranks[stored_object.object_id] if item.schema.is_ordered else 0
        scope = stored_object.scope
        return stored_object.schema_id, scope != ENVIRONMENT, scope, rank, item.key

    return sorted(marked, key=order)


def _with_key(item: _Item, key: str) -> _Item:
    return _Item(item.schema, item.stored, item.identity, key)


def _plain_key(item: _Item) -> str:
    scope = item.stored.scope
    parts = [item.stored.schema_id] + ([] if scope == ENVIRONMENT else [scope])
    if not item.schema.is_single:
        parts.append(_slug(_title(item)) or _digest(_mark(item))[:8])
    return "/".join(parts)


def _title(item: _Item) -> str:
    return called(item.schema, item.stored.value, item.identity.get("match_on") or ()) or item.stored.external_id or ""


def _slug(text: str) -> str:
    return re.sub(r"[^\w.]+", "-", text).lower()[:_LONGEST_SLUG].strip("-._")


def _mark(item: _Item) -> str:
    """What tells an object from others of the same title, in other environments as well."""
    value = item.stored.value
    names = [lookup(value, path, item.schema) for key in item.schema.unique_keys for path in key]
    names += [lookup(value, path, item.schema) for path in item.identity.get("match_on", ())]
    return _digest(json.dumps([item.stored.external_id, names], sort_keys=True, default=str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# references


def _reference_keys(items: Sequence[_Item]) -> dict[tuple[str, str], str]:
    """The key to write where the first object refers to the second; not there where that would close a circle."""
    by_id = {item.stored.object_id: item for item in items}
    targets = {
        object_id: sorted({text for text in _texts(item.stored.value) if text in by_id})
        for object_id, item in by_id.items()
    }
    keys: dict[tuple[str, str], str] = {}
    done: set[str] = set()
    for start in by_id:
        # A stack of our own, since a chain may be longer than Python's.
        stack = [] if start in done else [(start, iter(targets[start]))]
        trail = {start}
        while stack:
            name, others = stack[-1]
            other = next(others, None)
            if other is None:
                done.add(name)
                trail.discard(name)
                stack.pop()
            elif other not in trail:
                keys[(name, other)] = by_id[other].key
                if other not in done:
                    trail.add(other)
                    stack.append((other, iter(targets[other])))
    return keys


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


# values


class _Writer:
    """The value of one item, with references, marks for secrets, and in the order of the schema."""

    def __init__(self, item: _Item, keys: Mapping[tuple[str, str], str]) -> None:
        self._item = item
        self._keys = keys
        self.secrets: list[str] = []
        self.outside: list[dict[str, Any]] = []
        self.value: dict[str, Any] = self._written(item.schema, item.stored.value, "")

    def _written(self, prop: Property, value: Any, path: str) -> Any:
        if prop.kind == SECRET:
            name = f"{self._item.key}/{path}"
            self.secrets.append(name)
            return {TO_FILL_IN: name}
        if isinstance(value, Mapping):
            return self._object(prop, value, path)
        if isinstance(value, list):
            items = sorted(value, key=self._in_a_set) if prop.kind == SET else value
            return [self._written(prop.item, item, f"{path}[{index}]") for index, item in enumerate(items)]
        if not isinstance(value, str):
            return value
        key = self._keys.get((self._item.stored.object_id, value))
        if key is not None:
            return {REFERENCE: key}
        if prop.kind == _SETTING:
            self.outside.append(
                {"key": self._item.key, "path": path, "object_id": value, "schema_id": prop.referenced_type}
            )
        return value

    def _in_a_set(self, value: Any) -> str:
        """A set has no order, so it gets one that does not depend on the ids of other objects."""
        owner = self._item.stored.object_id
        named = replaced(value, lambda text: self._keys.get((owner, text), text))
        return json.dumps(named, sort_keys=True, default=str)

    def _object(self, prop: Property, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        names = [name for name in prop.properties if name in value]
        names += sorted(name for name in value if name not in prop.properties)
        return {
            name: self._written(prop.properties.get(name, _UNKNOWN), value[name], f"{path}.{name}" if path else name)
            for name in names
            if value[name] is not None
        }


_UNKNOWN = Property({}, {})


def replaced(value: Any, change: Callable[[str], Any]) -> Any:
    """``value`` with what ``change`` makes of each text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: replaced(item, change) for name, item in value.items()}
    return [replaced(item, change) for item in value] if isinstance(value, list) else value


def _without_defaults(item: _Item, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` without required properties that would be filled in again as they are; whole where that is not sure."""
    schema = item.schema
    original = without_nulls(item.stored.value)
    keys = given_keys(schema, WantedObject(schema.schema_id, item.stored.scope, original), original)
    identifying = {split_path(path, schema) for key in keys for path in key}
    identifying |= {split_path(path, schema) for path in item.identity.get("match_on", ())}
    lean = _lean(schema, original, identifying)
    if not same(schema, original, completed(schema, lean, lean)):
        return dict(value)
    return dict(_only_there(value, lean))


def _lean(prop: Property, value: Mapping[str, Any], kept: set[tuple[str, ...]]) -> dict[str, Any]:
    lean = {}
    for name, item in value.items():
        below = prop.properties.get(name, _UNKNOWN)
        inside = {path[1:] for path in kept if path[0] == name}
        if not inside and _is_default(below, item):
            continue
        if below.kind == OBJECT and isinstance(item, Mapping):
            item = _lean(below, item, {path for path in inside if path})
        lean[name] = item
    return lean


def _is_default(prop: Property, value: Any) -> bool:
    """Whether a required property has the value that it would be given."""
    if prop.kind == SECRET or prop.is_nullable:
        return False
    return bool(comparable(prop, value) == comparable(prop, default_of(prop, ())))


def _only_there(value: Mapping[str, Any], lean: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``value`` what ``lean`` has too. What stands for a reference or a secret is a dictionary in ``value`` alone."""
    return {
        name: _only_there(item, lean[name]) if isinstance(item, Mapping) and isinstance(lean[name], Mapping) else item
        for name, item in value.items()
        if name in lean
    }
