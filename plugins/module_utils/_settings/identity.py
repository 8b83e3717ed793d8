# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which stored object is meant: only what the user gave identifies, never a default. Pure.

Order: object_id, external_id, match_on, then what the schema says: the only object of a single-object schema on the scope, or
its UNIQUE constraints. Always within schema and scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._errors import InputError, StateError
from .._lists import grouped
from .schema import Schema, lookup, property_at
from .stored import StoredObject
from .values import check_depth, comparable, text_of
from .wanted import WantedObject


class Index:
    """The objects of one schema and scope in rank order, found by what identifies them without looking at all of them.

    Raises InputError for an object whose value is nested deeper than anything here walks.
    """

    def __init__(self, schema: Schema, stored: Iterable[StoredObject] = ()) -> None:
        self.all = list(stored)
        self._schema = schema
        self._by_id = {stored_object.object_id: stored_object for stored_object in self.all}
        self._by_external_id = grouped(self.all, lambda stored_object: stored_object.external_id)
        for stored_object in self.all:
            check_depth(stored_object.value, f"the value of object {stored_object.name}")
        self._by_key: dict[tuple[str, ...], dict[str, list[StoredObject]]] = {}

    def by_id(self, object_id: str) -> StoredObject | None:
        return self._by_id.get(object_id)

    def by_external_id(self, external_id: str) -> list[StoredObject]:
        return self._by_external_id.get(external_id, [])

    def matching(self, keys: Iterable[Sequence[str]], value: Mapping[str, Any]) -> list[StoredObject]:
        """The objects that agree with ``value`` in all properties of one of the keys, in rank order."""
        matches: dict[str, StoredObject] = {}
        for key in keys:
            table = self._table(tuple(key))
            same = table.get(key_text(self._schema, key, value), ())
            matches.update((stored_object.object_id, stored_object) for stored_object in same)
        if len(matches) < 2:
            return list(matches.values())
        return [stored_object for stored_object in self.all if stored_object.object_id in matches]

    def _table(self, key: tuple[str, ...]) -> dict[str, list[StoredObject]]:
        if key not in self._by_key:
            self._by_key[key] = grouped(
                self.all, lambda stored_object: key_text(self._schema, key, stored_object.value)
            )
        return self._by_key[key]


def key_text(schema: Schema, key: Sequence[str], value: Mapping[str, Any]) -> str:
    """The values at the paths of ``key``, in a form that is equal when they mean the same."""
    return text_of([_at(schema, value, path) for path in key])


def _at(schema: Schema, value: Mapping[str, Any], path: str) -> Any:
    prop = property_at(schema, path)
    part = lookup(value, path, schema)
    if prop is None:
        return part
    return comparable(prop, part)


def find(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index) -> StoredObject | None:
    """The object among ``stored`` that is meant, None if there is none yet.

    ``given`` is the user's value, already coerced. Raises InputError if nothing identifies the object, StateError if several
    objects are meant or the one found is not ours.
    """
    target = _by_ids(wanted, stored)
    if target is not None:
        return target
    if can_identify(schema, wanted, given):
        return _by_value(schema, wanted, given, stored)
    if not wanted.object_id:
        raise InputError(_nothing_identifies(schema, wanted))
    if wanted.is_present:
        raise StateError(f"there is no object {wanted.object_id}, and nothing else tells which one is meant")
    return None


def _by_ids(wanted: WantedObject, stored: Index) -> StoredObject | None:
    target = stored.by_id(wanted.object_id or "")
    if target is None and wanted.external_id:
        target = _only(stored.by_external_id(wanted.external_id), f"external id {wanted.external_id}")
    return target


def _by_value(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index) -> StoredObject | None:
    keys = given_keys(schema, wanted, given)
    described = _described(keys)
    if schema.is_single:
        described = "the one object of a single-object schema"
    candidates = stored.all if schema.is_single and not wanted.match_on else stored.matching(keys, given)
    if wanted.match_on and wanted.external_id:
        # Somebody else's object may well look the same; it is just not the one that is meant.
        candidates = [candidate for candidate in candidates if candidate.external_id is None]
    target = _only(candidates, described)
    if target is None or not wanted.external_id:
        return target
    return _adopted(wanted, target, described)


def can_identify(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> bool:
    """Whether anything but object_id tells which object is meant."""
    return bool(wanted.external_id or schema.is_single or given_keys(schema, wanted, given))


def given_keys(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> list[Sequence[str]]:
    """Each a list of property paths whose values together identify an object."""
    if not wanted.match_on:
        return [key for key in schema.unique_keys if is_given(schema, key, given)]
    for path in wanted.match_on:
        if property_at(schema, path) is None:
            raise InputError(f"match_on names {path}, which schema {schema.schema_id} does not have")
        if not is_given(schema, (path,), given):
            raise InputError(f"match_on names {path}, but value does not give it")
    return [tuple(wanted.match_on)]


def is_given(schema: Schema, key: Sequence[str], given: Mapping[str, Any]) -> bool:
    """Whether ``given`` has a value for each property of a key."""
    return all(lookup(given, path, schema) is not None for path in key)


def _only(candidates: Sequence[StoredObject], described: str) -> StoredObject | None:
    if len(candidates) > 1:
        names = ", ".join(candidate.name for candidate in candidates)
        raise StateError(
            f"several objects have {described}: {names}. Say which one by object_id",
            {"candidates": [candidate.object_id for candidate in candidates]},
        )
    if candidates:
        return candidates[0]
    return None


def _adopted(wanted: WantedObject, target: StoredObject, described: str) -> StoredObject | None:
    """An object found by something else than its external id: ours to take if it has none and ``adopt`` allows it."""
    if target.external_id is not None:
        if not wanted.is_present:
            return None
        raise StateError(
            f"external id {wanted.external_id} does not exist, and {described} belongs to object {target.name}: "
            "an object with another external id is never adopted"
        )
    if wanted.adopt:
        return target
    if not wanted.is_present:
        return None
    raise StateError(
        f"external id {wanted.external_id} does not exist, but {described} belongs to object {target.name}, which has no "
        "external id: allow adopt, or remove that object"
    )


def _described(keys: Sequence[Sequence[str]]) -> str:
    return "the same " + ", or the same ".join(" and ".join(key) for key in keys)


def _nothing_identifies(schema: Schema, wanted: WantedObject) -> str:
    text = f"nothing tells which object of {schema.schema_id} on {wanted.scope} is meant: give object_id, external_id or match_on"
    if schema.unique_keys:
        text += f", or the properties of a unique key ({'; '.join(', '.join(key) for key in schema.unique_keys)})"
    return text
