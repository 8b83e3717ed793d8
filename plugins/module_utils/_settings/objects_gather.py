# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Reads what settings_objects needs for its plan: each schema once, each list once, several at a time."""

from __future__ import annotations

import dataclasses
import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from .._errors import InputError, refuse_if
from .._lists import grouped, read_all
from .api import Settings
from .identity import Index
from .object import located, on_its_scope
from .object_plan import check_scope
from .objects_items import Fence, ReadObjects, SettingsEntry
from .problems import ItemsError, of_each
from .schema import Schema
from .stored import StoredObject
from .walk import non_null
from .wanted import ENVIRONMENT

# By schema id and the version that was asked for.
Schemas = Mapping[tuple[str, "str | None"], Schema]


@dataclass(frozen=True)
class ObjectsReader:
    """``fence``: where prune may delete, so that it is known what is there."""

    settings: Settings
    pool: ThreadPoolExecutor
    fence: Fence

    def located(self, entries: Sequence[SettingsEntry]) -> list[SettingsEntry]:
        """With schema and scope of items that say no more than an object id; without those that are gone as they shall be."""
        ids = {entry.key: str(entry.wanted.object_id) for entry in entries if entry.wanted.schema_id is None}
        by_key = dict(zip(ids, read_all(self.pool, self.settings.stored_object, ids.values())))
        return list(filter(None, of_each(entries, lambda entry: _located(entry, by_key))))

    def schemas(self, entries: Sequence[SettingsEntry]) -> dict[tuple[str, str | None], Schema]:
        """Raises InputError for a schema that is unknown, or that nothing is ever pruned in."""
        documents = {entry.wanted.document for entry in entries}
        named = {schema_id for schema_id, _version in documents}
        for schema_id in self.fence.schema_ids:
            if schema_id not in named:
                documents.add((schema_id, None))
        ordered = sorted(documents, key=str)
        schemas = dict(zip(ordered, read_all(self.pool, lambda key: self._schema(key, entries), ordered)))
        for schema in schemas.values():
            refuse_if(
                schema.is_single and schema.schema_id in self.fence.schema_ids,
                f"prune.schema_ids names {schema.schema_id}, a single-object schema: nothing is ever pruned there",
            )
        return schemas

    def _schema(self, key: tuple[str, str | None], entries: Sequence[SettingsEntry]) -> Schema:
        """Raises ItemsError that names the items which want one that is unknown."""
        try:
            return self.settings.schema(*key)
        except InputError as error:
            users = [entry.key for entry in entries if entry.wanted.document == key]
            if not users:
                raise
            raise ItemsError(dict.fromkeys(users, error)) from error

    def stored(self, entries: Sequence[SettingsEntry]) -> list[StoredObject]:
        """The objects on all scopes that items and fence name, each schema by one list."""
        lists = read_all(self.pool, lambda query: self.settings.listed(*query), _lists(entries, self.fence))
        return list(itertools.chain.from_iterable(lists))

    def read(self, entries: Sequence[SettingsEntry], schemas: Schemas, stored: Sequence[StoredObject]) -> ReadObjects:
        """All of it in one value, with what is inherited where a single-object schema has nothing stored yet."""
        by_schema = grouped(stored, attrgetter("schema_id"))
        by_location = grouped(stored, attrgetter("location"))
        renewed, newest = {}, {}
        for (schema_id, version), schema in schemas.items():
            schema = self.settings.renewed(schema, version, by_schema.get(schema_id, ()))
            renewed[schema_id, version] = newest[schema_id] = schema
        indexes = {location: Index(newest[location[0]], listed) for location, listed in by_location.items()}
        return ReadObjects(renewed, indexes, self._inherited(_inheriting(entries, newest) - by_location.keys()))

    def _inherited(self, locations: Collection[tuple[str, str]]) -> dict[tuple[str, str], Mapping[str, Any]]:
        """What is in force there; without those where the server says nothing."""
        ordered = sorted(locations)
        values = read_all(self.pool, lambda location: self.settings.inherited(*location), ordered)
        return non_null(dict(zip(ordered, values)))


def check_scopes(entries: Sequence[SettingsEntry], schemas: Schemas) -> None:
    """Raises InputError that names all items whose scope their schema does not allow."""
    with_scope = [entry for entry in entries if entry.wanted.scope]
    of_each(with_scope, lambda entry: check_scope(schemas[entry.wanted.document], entry.wanted.location[1]))


def with_scopes(
    entries: Sequence[SettingsEntry], schemas: Schemas, stored: Sequence[StoredObject]
) -> list[SettingsEntry]:
    """Where an object lies that its id names, or that the server has put somewhere, turns out with the list."""
    scopes = {stored_object.object_id: stored_object.scope for stored_object in stored}
    by_schema = grouped(stored, attrgetter("schema_id"))

    def with_scope(entry: SettingsEntry) -> SettingsEntry:
        scope = entry.wanted.scope or scopes.get(entry.wanted.object_id or "", ENVIRONMENT)
        wanted = dataclasses.replace(entry.wanted, scope=scope)
        stored_objects = by_schema.get(wanted.location[0], [])
        wanted, _stored = on_its_scope(schemas[wanted.document], wanted, stored_objects)
        return SettingsEntry(entry.key, wanted)

    return of_each(entries, with_scope)


def _located(entry: SettingsEntry, by_key: Mapping[str, StoredObject | None]) -> SettingsEntry | None:
    if entry.key not in by_key:
        return entry
    stored_object = by_key[entry.key]
    if stored_object is not None:
        return SettingsEntry(entry.key, located(entry.wanted, stored_object))
    refuse_if(
        entry.wanted.is_present,
        f"there is no object {entry.wanted.object_id}, and no schema_id to look or create with",
    )
    return None


def _lists(entries: Sequence[SettingsEntry], fence: Fence) -> list[tuple[str, Sequence[str]]]:
    """Which scopes of which schemas to list; none means all of them."""
    scopes_of: dict[str, set[str | None]] = defaultdict(set)
    for entry in entries:
        scopes_of[entry.wanted.location[0]].add(entry.wanted.known_scope)
    for schema_id in fence.schema_ids:
        scopes_of[schema_id].update(fence.scopes or [None])
    lists: list[tuple[str, Sequence[str]]] = []
    for schema_id, scopes in sorted(scopes_of.items()):
        # None stands for all scopes.
        named = sorted(filter(None, scopes))
        if None in scopes:
            named = []
        lists.append((schema_id, named))
    return lists


def _inheriting(entries: Sequence[SettingsEntry], schemas: Mapping[str, Schema]) -> set[tuple[str, str]]:
    """Schema and scope of items that start from what is inherited, if nothing is stored there."""
    locations = set()
    for entry in entries:
        if entry.wanted.starts_from_inherited and schemas[entry.wanted.location[0]].is_single:
            locations.add(entry.wanted.location)
    return locations
