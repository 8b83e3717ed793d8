# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What makes settings_objects find an exported object again, here and elsewhere; keys of items, and where they are references. Pure."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from .._errors import CollectionError
from .._lists import filled, grouped, keyed
from .identity import Index, find, is_whole
from .naming import called, digest, how_telling, slug
from .references import without_circles
from .schema import ENUM, OBJECT, Property, Schema
from .stored import StoredObject
from .walk import given_at, lookup, non_null, place_below, texts_in, without_nulls
from .wanted import ENVIRONMENT, WantedObject

# By these people tell objects apart. Numbers and switches tell them apart too, but change too easily to find an object by.
_TELLING = ("text", ENUM, "local_date", "local_time", "local_date_time", "zoned_date_time", "time_zone")


@dataclass(frozen=True)
class ExportItem:
    """``identity``: the options that make settings_objects find it again. ``rank``: its place in the list that was read."""

    schema: Schema
    stored: StoredObject
    identity: Mapping[str, Any]
    rank: int
    key: str = ""

    @property
    def identifying_paths(self) -> list[str]:
        """The properties of its unique keys, and of match_on."""
        keys = map(attrgetter("paths"), self.schema.unique_keys)
        return [*itertools.chain.from_iterable(keys), *self.match_on]

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


def identified(
    schemas: Mapping[str, Schema], stored: Sequence[StoredObject], chosen: Collection[str]
) -> list[ExportItem]:
    """Those whose ids are ``chosen``, told from all others; keys come later."""
    items: list[ExportItem] = []
    for schema_id, ours in sorted(grouped(stored, attrgetter("schema_id")).items()):
        identities = _identities(schemas[schema_id], ours)
        for stored_object in ours:
            if stored_object.object_id in chosen:
                identity = identities[stored_object.object_id]
                items.append(ExportItem(schemas[schema_id], stored_object, identity, len(items)))
    return items


def _identities(schema: Schema, ours: Sequence[StoredObject]) -> dict[str, Mapping[str, Any]]:
    """Of the objects of one schema, by their ids."""
    by_scope = grouped(ours, attrgetter("scope"))
    indexes = {scope: Index(schema, listed) for scope, listed in by_scope.items()}
    own = {row.object_id: _own_identity(schema, row, indexes[row.scope]) for row in ours}
    nameless = []
    for row in ours:
        if own[row.object_id] is None:
            nameless.append(row)
    paths = _telling_paths(schema, nameless, indexes)
    return {**non_null(own), **{row.object_id: _identity(row, paths) for row in nameless}}


def _own_identity(schema: Schema, stored_object: StoredObject, index: Index) -> Mapping[str, Any] | None:
    """None for an object that has neither external id nor unique key."""
    if stored_object.external_id:
        return {"external_id": stored_object.external_id}
    if schema.is_single:
        return {}
    parts = _parts_of_key(schema, stored_object.value)
    if not _is_found(schema, stored_object, index, parts):
        return None
    return filled({"match_on": parts})


def _parts_of_key(schema: Schema, value: Mapping[str, Any]) -> list[str]:
    """Of a unique key whose parts exclude each other, those that are there; empty where another key says it all."""
    parts: list[str] = []
    for key in schema.unique_keys:
        if is_whole(schema, key, value):
            parts = list(given_at(value, key.paths, schema))
            if len(parts) == len(key.paths):
                return []
    return parts


def _identity(stored_object: StoredObject, paths: Sequence[str]) -> dict[str, Any]:
    """Of an object without external id and unique key: what it looks like, if that tells it from all others of its schema.

    Else its object id, which means nothing elsewhere: there it is created with the external id, and found by it from then on.
    """
    if paths:
        return {"match_on": list(paths)}
    return {"object_id": stored_object.object_id, "external_id": f"exported-{digest(stored_object.object_id)}"}


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
    leaves = sorted(_leaves(schema), key=how_telling)
    shared = set(leaves)
    for row in ours:
        shared &= given_at(row.value, leaves, schema).keys()
    for key in _candidate_keys(list(filter(shared.__contains__, leaves))):
        if all(_is_found(schema, row, indexes[row.scope], key) for row in ours):
            return key
    return ()


def _candidate_keys(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Each alone, then the first with each other one, then all of them."""
    yield from zip(paths)
    for path in paths[1:]:
        yield paths[0], path
    yield tuple(paths)


def _leaves(prop: Property, path: str = "") -> Iterator[str]:
    for name, below in prop.properties.items():
        place = place_below(path, name)
        if below.kind in _TELLING:
            yield place
        elif below.kind == OBJECT and path.count(".") < 2:  # a type may hold itself
            yield from _leaves(below, place)


def with_keys(items: Sequence[ExportItem]) -> list[ExportItem]:
    """Keys that are unique in the whole export and stay the same as long as what names the objects does."""
    complete: list[ExportItem] = []
    for plain_key, alike in grouped(items, _plain_key).items():
        for item, key in zip(alike, _distinct_keys(plain_key, alike)):
            complete.append(dataclasses.replace(item, key=key))
    return sorted(complete, key=attrgetter("order"))


def _distinct_keys(plain_key: str, alike: Sequence[ExportItem]) -> list[str]:
    """All of several items get a mark, since which one comes first may change."""
    if len(alike) == 1:
        return [plain_key]
    marks = list(map(_mark, alike))
    if len(set(marks)) < len(marks):
        marks = [digest(item.stored.object_id) for item in alike]
    return [f"{plain_key}-{mark[:8]}" for mark in marks]


def _plain_key(item: ExportItem) -> str:
    parts = [item.stored.schema_id]
    if item.stored.scope != ENVIRONMENT:
        parts.append(item.stored.scope)
    if not item.schema.is_single:
        parts.append(slug(_title(item)) or digest(_mark(item))[:8])
    return "/".join(parts)


def _title(item: ExportItem) -> str:
    return called(item.schema, item.stored.value, item.match_on) or item.stored.external_id or ""


def _mark(item: ExportItem) -> str:
    """What tells an object from others of the same title, in other environments as well."""
    names = [lookup(item.stored.value, path, item.schema) for path in item.identifying_paths]
    return digest(json.dumps([item.stored.external_id, names], sort_keys=True, default=str))


def reference_keys(items: Sequence[ExportItem]) -> dict[tuple[str, str], str]:
    """The key to write where the first object refers to the second; not there where that would close a circle."""
    by_id = keyed(items, attrgetter("stored.object_id"))
    targets = {}
    for object_id, item in by_id.items():
        targets[object_id] = by_id.keys() & set(texts_in(item.stored.value))
    keys: dict[tuple[str, str], str] = {}
    for owner, others in without_circles(targets).items():
        for other in others:
            keys[owner, other] = by_id[other].key
    return keys
