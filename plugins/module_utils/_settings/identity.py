# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which stored object is meant (DESIGN section 4): only what the user gave identifies, never a default. Pure.

Order: object_id, external_id, match_on, then what the schema says: the only object of a single-object schema on the scope, or
its UNIQUE constraints. Always within schema and scope.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    Schema,
    lookup,
    property_at,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import comparable
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


class Index:
    """The objects of one schema and scope in rank order, found by what identifies them without looking at all of them."""

    def __init__(self, schema: Schema, stored: Iterable[StoredObject] = ()) -> None:
        self.all = list(stored)
        self._schema = schema
        self._by_id = {one.object_id: one for one in self.all}
        self._by_external_id: dict[str | None, list[StoredObject]] = {}
        for one in self.all:
            self._by_external_id.setdefault(one.external_id, []).append(one)
        self._by_key: dict[tuple[str, ...], dict[str, list[StoredObject]]] = {}

    def by_id(self, object_id: str) -> StoredObject | None:
        return self._by_id.get(object_id)

    def by_external_id(self, external_id: str) -> list[StoredObject]:
        return self._by_external_id.get(external_id, [])

    def matching(self, keys: Iterable[Sequence[str]], value: Mapping[str, Any]) -> list[StoredObject]:
        """The objects that agree with ``value`` in all properties of one of the keys, in rank order."""
        found = {}
        for key in keys:
            for one in self._table(tuple(key)).get(key_text(self._schema, key, value), []):
                found[one.object_id] = one
        return [one for one in self.all if one.object_id in found] if len(found) > 1 else list(found.values())

    def _table(self, key: tuple[str, ...]) -> dict[str, list[StoredObject]]:
        table = self._by_key.get(key)
        if table is None:
            table = self._by_key[key] = {}
            for one in self.all:
                table.setdefault(key_text(self._schema, key, one.value), []).append(one)
        return table


def key_text(schema: Schema, key: Sequence[str], value: Mapping[str, Any]) -> str:
    """The values at the paths of ``key``, in a form that is equal when they mean the same."""
    return _ENCODER.encode([_at(schema, value, path) for path in key])


def find(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index) -> StoredObject | None:
    """The object among ``stored`` that is meant, None if there is none yet.

    ``given`` is the user's value, already coerced. Raises InputError if nothing identifies the object, StateError if several
    objects are meant or the one found is not ours.
    """
    if wanted.object_id:
        by_id = stored.by_id(wanted.object_id)
        if by_id is not None:
            return by_id
    if wanted.external_id:
        same = stored.by_external_id(wanted.external_id)
        if same:
            return _only(same, f"external id {wanted.external_id}")
    keys = given_keys(schema, wanted, given)
    if not can_identify(schema, wanted, given):
        if not wanted.object_id:
            raise InputError(_nothing_identifies(schema, wanted))
        if wanted.is_present:
            raise StateError(f"there is no object {wanted.object_id}, and nothing else tells which one is meant")
        return None
    if wanted.match_on:
        found = stored.matching(keys, given)
        if wanted.external_id:
            # Somebody else's object may well look the same; it is just not the one that is meant.
            found = [one for one in found if one.external_id is None]
    else:
        found = stored.all if schema.is_single else stored.matching(keys, given)
    described = "the one object of a single-object schema" if schema.is_single else _described(keys)
    target = _only(found, described)
    return _adopted(wanted, target, described) if target and wanted.external_id else target


def can_identify(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> bool:
    """Whether anything but object_id tells which object is meant."""
    return bool(wanted.external_id or schema.is_single or given_keys(schema, wanted, given))


def given_keys(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> list[Sequence[str]]:
    """Each a list of property paths whose values together identify an object."""
    if wanted.match_on:
        for path in wanted.match_on:
            if property_at(schema, path) is None:
                raise InputError(f"match_on names {path}, which schema {schema.schema_id} does not have")
            if lookup(given, path) is None:
                raise InputError(f"match_on names {path}, but value does not give it")
        return [tuple(wanted.match_on)]
    return [key for key in schema.unique_keys if all(lookup(given, path) is not None for path in key)]


def _at(schema: Schema, value: Mapping[str, Any], path: str) -> Any:
    prop = property_at(schema, path)
    found = lookup(value, path)
    return found if prop is None else comparable(prop, found)


def _only(found: Sequence[StoredObject], described: str) -> StoredObject | None:
    if len(found) > 1:
        names = ", ".join(one.name for one in found)
        raise StateError(
            f"several objects have {described}: {names}. Say which one by object_id",
            {"candidates": [one.object_id for one in found]},
        )
    return found[0] if found else None


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
