# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which stored object is meant: only what the user gave identifies, never a default. Pure.

Order: object_id, external_id, match_on, then what the schema says: the only object of a single-object schema on the scope, or
its UNIQUE constraints. Always within schema and scope. Of a constraint on each element of a collection one element is enough;
an object that another item of a list names by one of the first three is then out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from .._errors import StateError, refuse_if
from .._lists import grouped, keyed
from .comparison import comparable, text_of
from .naming import called
from .rules import NOT_GIVEN
from .schema import LIST, SET, UNKNOWN, ObjectKey, Property, Schema, properties_along, property_at, split_path
from .stored import StoredObject, ids_of
from .walk import given_at, lookup
from .wanted import WantedObject


class Index:
    """The objects of one schema and scope in rank order, found by what identifies them without looking at all of them."""

    def __init__(self, schema: Schema, stored: Iterable[StoredObject] = ()) -> None:
        self.all = list(stored)
        self._schema = schema
        self._by_id = keyed(self.all, attrgetter("object_id"))
        self._by_external_id = grouped(self.all, attrgetter("external_id"))
        self._by_key: dict[ObjectKey, dict[str, list[int]]] = {}

    def by_id(self, object_id: str) -> StoredObject | None:
        return self._by_id.get(object_id)

    def by_external_id(self, external_id: str) -> list[StoredObject]:
        return self._by_external_id.get(external_id, [])

    def matching(self, keys: Iterable[ObjectKey], value: Mapping[str, Any]) -> list[StoredObject]:
        """The objects that agree with ``value`` in all properties of one of the keys, in rank order."""
        indexes: set[int] = set()
        for key in keys:
            table = self._table(key)
            for text in key_texts(self._schema, key, value):
                indexes.update(table.get(text, ()))
        return [self.all[index] for index in sorted(indexes)]

    def _table(self, key: ObjectKey) -> Mapping[str, Collection[int]]:
        """Places in the list by text."""
        if key not in self._by_key:
            table = self._by_key[key] = {}
            for index, stored_object in enumerate(self.all):
                for text in key_texts(self._schema, key, stored_object.value):
                    table.setdefault(text, []).append(index)
        return self._by_key[key]


def key_texts(schema: Schema, key: ObjectKey, value: Mapping[str, Any]) -> Collection[str]:
    """The values at the paths of ``key``, in a form that is equal when they mean the same.

    One text for each element where elements count by themselves, so none for an empty collection.
    """
    parts = [_at(schema, value, path) for path in key.paths]
    if not key.by_element:
        return [text_of(parts)]
    return set(map(text_of, itertools.product(*map(_elements, parts))))


def _at(schema: Schema, value: Mapping[str, Any], path: str) -> Any:
    return comparable(property_at(schema, path), lookup(value, path, schema))


def _elements(part: Any) -> list[Any]:
    if isinstance(part, list):
        return part
    return [part]


def find(
    schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index, named: Collection[str] = ()
) -> StoredObject | None:
    """The object among ``stored`` that is meant, None if there is none yet.

    ``given`` is the user's value, already coerced. ``named``: the ids of objects that other items of a list name. Raises InputError
    if nothing identifies the object, StateError if several objects are meant or the one found is not ours.
    """
    target = _by_ids(schema, wanted, stored)
    if target is not None:
        return target
    if can_identify(schema, wanted, given):
        return _by_value(schema, wanted, given, stored, named)
    refuse_if(not wanted.object_id, _nothing_identifies(schema, wanted))
    refuse_if(
        wanted.is_present,
        f"there is no object {wanted.object_id}, and nothing else identifies it",
        StateError,
    )
    return None


def named_object(schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index) -> StoredObject | None:
    """The object that is named by object_id, external_id or match_on, whatever its unique keys are."""
    if wanted.match_on:
        return find(schema, wanted, given, stored)
    return _by_ids(schema, wanted, stored)


def _by_ids(schema: Schema, wanted: WantedObject, stored: Index) -> StoredObject | None:
    target = stored.by_id(wanted.object_id or "")
    if target is None and wanted.external_id:
        alike = stored.by_external_id(wanted.external_id)
        target = _only(schema, alike, f"external id {wanted.external_id}", "object_id")
    return target


def _by_value(
    schema: Schema, wanted: WantedObject, given: Mapping[str, Any], stored: Index, named: Collection[str]
) -> StoredObject | None:
    keys = given_keys(schema, wanted, given)
    described = ", or ".join(map(_description, keys))
    candidates = _alike(wanted, keys, given, stored, named)
    if schema.is_single and not wanted.match_on:
        described, candidates = "the one object of a single-object schema", stored.all
    others = "object_id, external_id or match_on"
    if wanted.match_on:
        others = "object_id. To delete one, give its object_id and state absent"
    target = _only(schema, candidates, described, others)
    if target is None or not _is_ours(wanted, target, described):
        return None
    if not (wanted.is_present or schema.is_single):
        _check_elements(schema, keys, given, target)
    return target


def _alike(
    wanted: WantedObject, keys: Sequence[ObjectKey], given: Mapping[str, Any], stored: Index, named: Collection[str]
) -> Sequence[StoredObject]:
    """Those that agree with a whole key, or have one of the given elements and are not named otherwise."""
    candidates = stored.matching(keys, given)
    if wanted.match_on and wanted.external_id:
        # Somebody else's object may well look the same; it is just not the one that is meant.
        return [candidate for candidate in candidates if not candidate.external_id]
    whole = stored.matching(itertools.filterfalse(attrgetter("by_element"), keys), given)
    others = set(named).difference(ids_of(whole))
    return [candidate for candidate in candidates if candidate.object_id not in others]


def _check_elements(schema: Schema, keys: Sequence[ObjectKey], given: Mapping[str, Any], target: StoredObject) -> None:
    """Nothing is deleted that was found by some of its elements, and has others than the given ones."""
    for key in keys:
        if set(key_texts(schema, key, given)) == set(key_texts(schema, key, target.value)):
            return
    raise StateError(
        f"object {label(schema, target)} has one of the given {', '.join(map(str, keys))}, but not exactly these: give those "
        "that it has, or say by object_id, external_id or match_on that it is to be removed",
        {"candidates": [target.object_id]},
    )


def can_identify(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> bool:
    """Whether anything but object_id tells which object is meant."""
    return bool(wanted.external_id or schema.is_single or given_keys(schema, wanted, given))


def given_keys(schema: Schema, wanted: WantedObject, given: Mapping[str, Any]) -> list[ObjectKey]:
    """Those whose values the user gave, each of which identifies an object."""
    if not wanted.match_on:
        return [key for key in schema.unique_keys if is_given(schema, key, given)]
    for path in wanted.match_on:
        _check_match_on(schema, path, given)
    return [ObjectKey(tuple(wanted.match_on))]


def _check_match_on(schema: Schema, path: str, given: Mapping[str, Any]) -> None:
    """Raises InputError for a path by which no object can be found."""
    *above, prop = properties_along(schema, path)
    refuse_if(not above, "match_on has an empty element: name a property in each, or leave it out")
    refuse_if(
        any(owner.kind in (LIST, SET) for owner in above),
        f"match_on names {path}, which leads into a collection: name the whole collection, or another property",
    )
    refuse_if(prop is UNKNOWN, f"match_on names {path}, which schema {schema.schema_id} does not have")
    refuse_if(
        prop.has_secrets,
        f"match_on names {path}: secrets are masked when they are read, so no object is found by one",
    )
    refuse_if(lookup(given, path, schema) is None, f"match_on names {path}, but value does not give it")


def is_given(schema: Schema, key: ObjectKey, given: Mapping[str, Any]) -> bool:
    """Whether ``given`` has a value for each property of a key, or rules it out, which counts as null.

    Only what was given rules something out: what is not said may be anything on the server.
    """
    return _has_key(schema, key, given, _as_far_as_known)


def is_whole(schema: Schema, key: ObjectKey, value: Mapping[str, Any]) -> bool:
    """The same of a value that says everything."""
    return _has_key(schema, key, value, lambda _prop, fields: fields)


# Takes an object's type and what is known of its properties, and gives what to judge preconditions by.
Siblings = Callable[[Property, Mapping[str, Any]], Mapping[str, Any]]


def _has_key(schema: Schema, key: ObjectKey, value: Mapping[str, Any], siblings: Siblings) -> bool:
    given = given_at(value, key.paths, schema)
    # An empty collection has no element that could tell.
    if not given or not key_texts(schema, key, value):
        return False
    missing = itertools.filterfalse(given.__contains__, key.paths)
    return all(_is_ruled_out(schema, path, value, siblings) for path in missing)


def _is_ruled_out(schema: Schema, path: str, value: Any, siblings: Siblings) -> bool:
    """Whether the property at ``path``, or one above it, may not be there beside the others."""
    prop: Property = schema
    for name in split_path(path, schema):
        below = prop.properties.get(name)
        if below is None or not isinstance(value, dict):
            return False
        if below.is_conditional and below.is_possible(siblings(prop, value)) is False:
            return True
        prop, value = below, value.get(name)
    return False


def _as_far_as_known(prop: Property, given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**dict.fromkeys(prop.properties, NOT_GIVEN), **given}


def _only(schema: Schema, candidates: Sequence[StoredObject], described: str, others: str) -> StoredObject | None:
    """``others``: the options that can tell them apart."""
    if len(candidates) > 1:
        names = ", ".join(label(schema, candidate) for candidate in candidates)
        raise StateError(
            f"several objects have {described}: {names}. Say which one by {others}",
            {"candidates": ids_of(candidates)},
        )
    if candidates:
        return candidates[0]
    return None


def label(schema: Schema, candidate: StoredObject) -> str:
    """How messages call a stored object: with what people call it, since an id tells them nothing."""
    title = called(schema, candidate.value)
    if title:
        return f"{candidate.name} '{title}'"
    return candidate.name


def _is_ours(wanted: WantedObject, target: StoredObject, described: str) -> bool:
    """Whether an object found by something else than the external id that it shall have is the one that is meant.

    It is ours to take if it has none and ``adopt`` allows it. Raises StateError if it stands in the way of a new one.
    """
    if not wanted.external_id:
        return True
    advice = ": an object with another external id is never adopted"
    if target.external_id is None:
        if wanted.adopt:
            return True
        advice = ", which has no external id: allow adopt, or remove that object"
    refuse_if(
        wanted.is_present,
        f"external id {wanted.external_id} does not exist, and {described} belongs to object {target.name}{advice}",
        StateError,
    )
    return False


def _description(key: ObjectKey) -> str:
    if key.by_element:
        return f"one of the given {key}"
    return f"the same {key}"


def _nothing_identifies(schema: Schema, wanted: WantedObject) -> str:
    text = f"it is not clear which object of {schema.schema_id} on {wanted.scope} is meant: give object_id, external_id or match_on"
    if schema.unique_keys:
        keys = "; ".join(", ".join(key.paths) for key in schema.unique_keys)
        text += f", or the properties of a unique key ({keys})"
    return text
