# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From objects as they are stored to items of settings_objects that say the same. Pure.

An item must be found again where it comes from, be created where it is not, and be found there from then on.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CollectionError
from .._lists import grouped
from .._marks import REFERENCE
from .._marks import SECRET as SECRET_MARK
from .comparison import comparable
from .export_choice import Choice, chosen_ids
from .identity import Index, find, given_keys, is_whole
from .naming import called, how_telling, slug
from .schema import ENUM, OBJECT, SECRET, SET, Property, Schema, lookup, split_path
from .stored import StoredObject
from .values import completed, default_of, same
from .walk import assembled, inside, place_below, texts_in, with_texts, without_nulls
from .wanted import ENVIRONMENT, WantedObject

# A reference to another object (API facts, 3.1).
_SETTING = "setting"
# By these people tell objects apart. Numbers and switches tell them apart too, but change too easily to find an object by.
_TELLING = ("text", ENUM, "local_date", "local_time", "local_date_time", "zoned_date_time", "time_zone")


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


@dataclass(frozen=True)
class _Item:
    """``identity``: the options that make settings_objects find it again. ``rank``: its place in the list that was read."""

    schema: Schema
    stored: StoredObject
    identity: Mapping[str, Any]
    rank: int
    key: str = ""

    @property
    def identifying_paths(self) -> list[str]:
        """The properties of its unique keys, and of match_on."""
        paths = [path for key in self.schema.unique_keys for path in key.paths]
        return paths + self.match_on

    @property
    def match_on(self) -> list[str]:
        return list(self.identity.get("match_on", ()))

    @property
    def order(self) -> tuple[str, bool, str, int, str]:
        """What the items of an export are sorted by: the environment before other scopes, then the rank where it has a meaning."""
        scope = self.stored.scope
        rank = 0
        if self.schema.is_ordered:
            rank = self.rank
        return self.stored.schema_id, scope != ENVIRONMENT, scope, rank, self.key


def export(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], choice: Choice) -> Export:
    """All of ``stored`` that is not left out, in an order that does not depend on the server's but where order has a meaning."""
    items = _keyed(_identified(schemas, stored, chosen_ids(schemas, stored, choice)))
    keys = _reference_keys(items)
    result = Export()
    for item in items:
        writer = _Writer(item, keys)
        value = writer.value
        if choice.omit_defaults:
            value = _without_defaults(item, value)
        scope = {} if item.stored.scope == ENVIRONMENT else {"scope": item.stored.scope}
        row = {"key": item.key, **scope, **item.identity, "value": value}
        result.files.setdefault(item.schema.schema_id, []).append(row)
        result.keys[item.stored.object_id] = item.key
        result.secrets += writer.secrets
        result.outside += writer.outside
    return result


# identity


def _identified(schemas: Mapping[str, Schema], stored: Sequence[StoredObject], chosen: Collection[str]) -> list[_Item]:
    """Those whose ids are ``chosen``, told from all others; keys come later."""
    by_schema = grouped(stored, lambda stored_object: stored_object.schema_id)
    items: list[_Item] = []
    for schema_id, schema in sorted(schemas.items()):
        for stored_object, identity in _identities(schema, by_schema.get(schema_id, [])):
            if stored_object.object_id in chosen:
                items.append(_Item(schema, stored_object, identity, len(items)))
    return items


def _identities(schema: Schema, ours: Sequence[StoredObject]) -> Iterator[tuple[StoredObject, Mapping[str, Any]]]:
    """Of the objects of one schema, in their order."""
    by_scope = grouped(ours, lambda stored_object: stored_object.scope)
    indexes = {scope: Index(schema, listed) for scope, listed in by_scope.items()}
    known = [_own_identity(schema, stored_object, indexes[stored_object.scope]) for stored_object in ours]
    nameless = [stored_object for stored_object, identity in zip(ours, known) if identity is None]
    paths = _telling_paths(schema, nameless, indexes)
    for stored_object, identity in zip(ours, known):
        if identity is None:
            identity = _identity(stored_object, paths)
        yield stored_object, identity


def _own_identity(schema: Schema, stored_object: StoredObject, index: Index) -> Mapping[str, Any] | None:
    """None for an object that has neither external id nor unique key."""
    if stored_object.external_id:
        return {"external_id": stored_object.external_id}
    if schema.is_single:
        return {}
    parts = _parts_of_key(schema, stored_object.value)
    if not _is_found(schema, stored_object, index, parts):
        return None
    if parts:
        return {"match_on": parts}
    return {}


def _parts_of_key(schema: Schema, value: Mapping[str, Any]) -> list[str]:
    """Of a unique key whose parts exclude each other, those that are there; empty where another key says it all."""
    parts: list[str] = []
    for key in schema.unique_keys:
        if is_whole(schema, key, value):
            parts = [path for path in key.paths if lookup(value, path, schema) is not None]
            if len(parts) == len(key.paths):
                return []
    return parts


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
    wanted = WantedObject(schema.schema_id, stored_object.scope, value, match_on=tuple(match_on))
    try:
        match = find(schema, wanted, value, index)
    except CollectionError:
        return False
    return match is stored_object


def _telling_paths(schema: Schema, ours: Sequence[StoredObject], indexes: Mapping[str, Index]) -> Sequence[str]:
    """The fewest properties, the same for all objects of the schema, by which each is found."""
    paths = sorted(_shared_leaves(schema, ours), key=how_telling)
    for key in _candidate_keys(paths):
        if all(_is_found(schema, stored_object, indexes[stored_object.scope], key) for stored_object in ours):
            return key
    return ()


def _shared_leaves(schema: Schema, ours: Sequence[StoredObject]) -> Iterator[str]:
    """The paths of the properties by which people tell objects apart, and which all of them have."""
    for path in _leaves(schema):
        if all(lookup(stored_object.value, path, schema) is not None for stored_object in ours):
            yield path


def _candidate_keys(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each alone, then the first with each other one, then all of them."""
    yield from zip(paths)
    for path in paths[1:]:
        yield paths[0], path
    yield tuple(paths)


def _leaves(prop: Property, path: str = "") -> Iterator[str]:
    for name, below in prop.properties.items():
        here = place_below(path, name)
        if below.kind in _TELLING:
            yield here
        elif below.kind == OBJECT and path.count(".") < 2:  # a type may hold itself
            yield from _leaves(below, here)


# keys


def _keyed(items: Sequence[_Item]) -> list[_Item]:
    """Keys that are unique in the whole export and stay the same as long as what names the objects does."""
    keyed: list[_Item] = []
    for plain_key, alike in grouped(items, _plain_key).items():
        for item, key in zip(alike, _distinct_keys(plain_key, alike)):
            keyed.append(dataclasses.replace(item, key=key))
    return sorted(keyed, key=lambda item: item.order)


def _distinct_keys(plain_key: str, alike: Sequence[_Item]) -> list[str]:
    """All of several items get a mark, since which one comes first may change."""
    if len(alike) == 1:
        return [plain_key]
    marks = list(map(_mark, alike))
    if len(set(marks)) < len(marks):
        marks = [_digest(item.stored.object_id) for item in alike]
    return [f"{plain_key}-{mark[:8]}" for mark in marks]


def _plain_key(item: _Item) -> str:
    parts = [item.stored.schema_id]
    if item.stored.scope != ENVIRONMENT:
        parts.append(item.stored.scope)
    if not item.schema.is_single:
        parts.append(slug(_title(item)) or _digest(_mark(item))[:8])
    return "/".join(parts)


def _title(item: _Item) -> str:
    return called(item.schema, item.stored.value, item.match_on) or item.stored.external_id or ""


def _mark(item: _Item) -> str:
    """What tells an object from others of the same title, in other environments as well."""
    names = [lookup(item.stored.value, path, item.schema) for path in item.identifying_paths]
    return _digest(json.dumps([item.stored.external_id, names], sort_keys=True, default=str))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# references


def _reference_keys(items: Sequence[_Item]) -> dict[tuple[str, str], str]:
    """The key to write where the first object refers to the second; not there where that would close a circle."""
    by_id = {item.stored.object_id: item for item in items}
    targets = {}
    for object_id, item in by_id.items():
        targets[object_id] = sorted(by_id.keys() & set(texts_in(item.stored.value)))
    keys: dict[tuple[str, str], str] = {}
    done: set[str] = set()
    for start in by_id:
        if start not in done:
            for owner, other in _without_circles(start, targets, done):
                keys[owner, other] = by_id[other].key
    return keys


def _without_circles(start: str, targets: Mapping[str, Sequence[str]], done: set[str]) -> Iterator[tuple[str, str]]:
    """Who refers to whom, as far as it can be reached from ``start``, but for what would close a circle.

    ``done``: what was walked already; what is walked now is added.
    """
    # A stack of our own, since a chain may be longer than Python's.
    stack = [(start, iter(targets[start]))]
    trail = {start}
    while stack:
        owner, others = stack[-1]
        other = next(others, None)
        if other is None:
            done.add(owner)
            trail.discard(owner)
            stack.pop()
        elif other not in trail:
            yield owner, other
            if other not in done:
                trail.add(other)
                stack.append((other, iter(targets[other])))


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


def _without_defaults(item: _Item, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value`` without required properties that would be filled in again as they are; whole where that is not sure."""
    schema = item.schema
    original = without_nulls(item.stored.value)
    keys = given_keys(schema, WantedObject(schema.schema_id, item.stored.scope, original), original)
    identifying = {split_path(path, schema) for key in keys for path in key.paths}
    identifying.update(split_path(path, schema) for path in item.match_on)
    lean = _lean(schema, original, identifying)
    if not same(schema, original, completed(schema, lean, lean)):
        return dict(value)
    return dict(_only_there(value, lean))


def _lean(prop: Property, value: Mapping[str, Any], kept: Collection[tuple[str, ...]]) -> dict[str, Any]:
    lean = {}
    for name, item in value.items():
        below = prop.below(name)
        inside = {path[1:] for path in kept if path[:1] == (name,)}
        if not inside and _is_default(below, item):
            continue
        if below.kind == OBJECT and isinstance(item, Mapping):
            item = _lean(below, item, inside)
        lean[name] = item
    return lean


def _is_default(prop: Property, value: Any) -> bool:
    """Whether a required property has the value that it would be given."""
    if prop.kind == SECRET or prop.is_nullable:
        return False
    return bool(comparable(prop, value) == comparable(prop, default_of(prop, ())))


def _only_there(value: Mapping[str, Any], lean: Mapping[str, Any]) -> dict[str, Any]:
    """Of ``value`` what ``lean`` has too. What stands for a reference or a secret is a dictionary in ``value`` alone."""
    result = {}
    for name, item in value.items():
        if name in lean:
            is_object = isinstance(item, Mapping) and isinstance(lean[name], Mapping)
            result[name] = _only_there(item, lean[name]) if is_object else item
    return result
