# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The plan for a whole list of objects: each by the plan of one, then what they mean for each other. Pure.

Everything that can be known to be wrong is raised here, for all items together, before the first write.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CollectionError, InputError
from .identity import Index, key_text
from .object_plan import FoundObjects, ObjectChange, placed, plan
from .order import Arrangement, Slot, arrange
from .references import levels, references, resolved
from .schema import Schema, lookup
from .stored import StoredObject
from .wanted import WantedObject

# Path and name of each reference, by the key of the item.
References = Mapping[str, Sequence[tuple[str, str]]]
# Stands in a planned value, and so in a diff, for the id of an object that does not exist yet.
_PENDING = "(object id of item "
# How many items with a problem a message names.
_NAMED = 10


@dataclass(frozen=True)
class SettingsEntry:
    """One item of the list. The values of ``wanted`` may hold references."""

    key: str
    wanted: WantedObject


@dataclass(frozen=True)
class ReadObjects:
    """What was read: schemas by (id, version asked for), objects and inherited values by (schema id, scope)."""

    schemas: Mapping[tuple[str, str | None], Schema]
    stored: Mapping[tuple[str, str], Index]
    inherited: Mapping[tuple[str, str], Mapping[str, Any]]

    def schema(self, wanted: WantedObject) -> Schema:
        return self.schemas[wanted.document]

    def found(self, wanted: WantedObject) -> FoundObjects:
        return FoundObjects(
            self.stored.get(wanted.place) or Index(self.schema(wanted)), self.inherited.get(wanted.place)
        )


@dataclass(frozen=True)
class PlannedObject:
    """``step``: those of a lower step come first. ``unresolved``: paths of references to what does not exist yet.

    ``awaited_keys``: properties of a unique key that another item has to give up first.
    """

    key: str
    wanted: WantedObject
    schema: Schema
    change: ObjectChange
    step: int = 0
    needs: frozenset[str] = frozenset()
    unresolved: tuple[str, ...] = ()
    awaited_keys: tuple[str, ...] = ()

    @property
    def wanted_alone(self) -> WantedObject:
        """Without its position, which only the plan of all can place."""
        return dataclasses.replace(self.wanted, position=None)

    @property
    def place(self) -> tuple[str, str]:
        return self.wanted.place


@dataclass(frozen=True)
class Fence:
    """Where prune may delete; all conditions together. ``scopes`` empty: on all scopes."""

    schema_ids: Sequence[str]
    scopes: Sequence[str] = ()
    external_id_prefix: str | None = None
    limit: int = 10
    allow_empty: bool = False

    def holds(self, one: StoredObject) -> bool:
        in_scope = not self.scopes or one.scope in self.scopes
        return in_scope and (one.external_id or "").startswith(self.external_id_prefix or "")


@dataclass(frozen=True)
class BulkPlan:
    """``items`` in list order. ``pruned``: referrers before what they refer to."""

    items: Sequence[PlannedObject]
    arrangements: Mapping[tuple[str, str], Arrangement] = field(default_factory=dict)
    pruned: Sequence[StoredObject] = ()


def plan_all(entries: Sequence[SettingsEntry], read: ReadObjects, keep_order: bool, fence: Fence | None) -> BulkPlan:
    """Raises InputError that names every item that cannot be right."""
    named = _references(entries)
    targets = _reference_targets(entries, named)
    items = _planned_each(entries, read, targets, named)
    _check_distinct(items)
    arrangements = _arrangements(items, read, keep_order)
    items = [_with_place(item, arrangements) for item in items]
    items = _with_steps(items, read, targets)
    return BulkPlan(items, arrangements, [] if fence is None else _pruned(items, read, fence))


def pending(key: str) -> str:
    return f"{_PENDING}{key})"


def _pending_key(text: str) -> str:
    return text[len(_PENDING) : -1]


def settled(value: Any, ids: Mapping[str, str]) -> Any:
    """``value`` with the ids of objects that exist by now."""
    if isinstance(value, str) and value.startswith(_PENDING):
        return ids.get(_pending_key(value), value)
    if isinstance(value, Mapping):
        return {name: settled(item, ids) for name, item in value.items()}
    if isinstance(value, list):
        return [settled(item, ids) for item in value]
    return value


def _references(entries: Sequence[SettingsEntry]) -> References:
    named = {}
    problems = {}
    for entry in entries:
        try:
            named[entry.key] = list(references(entry.wanted.value))
        except InputError as error:
            problems[entry.key] = error.msg
    raise_problems(problems)
    return named


def _reference_targets(entries: Sequence[SettingsEntry], named: References) -> dict[str, str]:
    """The key of the item that each name in a reference means: a key, else an external id."""
    by_external_id = {one.wanted.external_id: one.key for one in entries if one.wanted.external_id}
    keys = {one.key for one in entries}
    by_key = {one.key: one for one in entries}
    targets = {}
    problems = {}
    for entry in entries:
        for path, name in named[entry.key]:
            key = name if name in keys else by_external_id.get(name)
            if key is None:
                problems[entry.key] = f"{path} refers to {name}, which is neither key nor external id of an item"
            elif entry.wanted.is_present and not by_key[key].wanted.is_present:
                problems[entry.key] = f"{path} refers to {name}, which shall be absent"
            else:
                targets[name] = key
    raise_problems(problems)
    return targets


def _planned_each(
    entries: Sequence[SettingsEntry], read: ReadObjects, targets: Mapping[str, str], named: References
) -> list[PlannedObject]:
    """Each by itself, those that others refer to first; in list order again at the end."""
    needs = {key: {targets[name] for _path, name in some} for key, some in named.items()}
    depth = levels([one.key for one in entries], needs, "these items refer to each other in a circle")
    done: dict[str, PlannedObject] = {}
    problems: dict[str, str] = {}
    for entry in sorted(entries, key=lambda one: depth[one.key]):
        unresolved = []

        def object_id(name: str) -> str:
            other = done.get(targets[name])
            target = other.change.target if other else None
            return target.object_id if target else pending(targets[name])

        for path, name in named[entry.key]:
            if object_id(name).startswith(_PENDING):
                unresolved.append(path)
        wanted = entry.wanted
        if named[entry.key]:
            wanted = dataclasses.replace(wanted, value=resolved(wanted.value, object_id))
        schema = read.schema(wanted)
        alone = dataclasses.replace(wanted, position=None) if wanted.position else wanted
        try:
            if wanted.position and not schema.is_ordered:
                raise InputError(f"schema {schema.schema_id} is not ordered: leave out its position")
            change = plan(schema, alone, read.found(wanted))
        except CollectionError as error:
            problems[entry.key] = error.msg
            continue
        done[entry.key] = PlannedObject(entry.key, wanted, schema, change, unresolved=tuple(unresolved))
    raise_problems(problems)
    return [done[entry.key] for entry in entries]


def _check_distinct(items: Sequence[PlannedObject]) -> None:
    """No two items may mean the same object, nor make two of what must be one."""
    owners: dict[tuple[Any, ...], str] = {}
    problems: dict[str, str] = {}
    for item in items:
        for mark in _marks(item):
            if mark in owners:
                problems[item.key] = f"means the same object as {owners[mark]}"
            owners.setdefault(mark, item.key)
    raise_problems(problems)


def _marks(item: PlannedObject) -> Iterator[tuple[Any, ...]]:
    """What no two items may share."""
    if item.change.target is not None:
        yield "object", item.change.target.object_id
    elif item.wanted.is_present and item.schema.is_single:
        yield "single", item.place
    if not item.wanted.is_present:
        return
    if item.wanted.external_id and item.change.target is None:
        yield "external id", item.place, item.wanted.external_id
    for key in item.schema.unique_keys:
        if all(lookup(item.change.value, path, item.schema) is not None for path in key):
            yield "unique key", item.place, tuple(key), key_text(item.schema, key, item.change.value)


def _arrangements(
    items: Sequence[PlannedObject], read: ReadObjects, keep_order: bool
) -> dict[tuple[str, str], Arrangement]:
    places: dict[tuple[str, str], list[PlannedObject]] = {}
    for item in items:
        if item.wanted.is_present and item.schema.is_ordered:
            places.setdefault(item.place, []).append(item)
    found = {}
    problems = {}
    gone = {item.change.target.object_id for item in items if item.change.action == "delete" and item.change.target}
    for place, listed in places.items():
        if not keep_order and all(item.wanted.position is None for item in listed):
            continue
        try:
            found[place] = arrangement(listed, read.found(listed[0].wanted).stored, keep_order, gone)
        except InputError as error:
            problems[f"{place[0]} on {place[1]}"] = error.msg
    raise_problems(problems)
    return found


def arrangement(
    listed: Sequence[PlannedObject], stored: Index, keep_order: bool, deleted: Container[str] = ()
) -> Arrangement:
    """How the present items of one ordered schema and scope shall stand among what is stored there. Raises InputError."""
    current = [stored_object.object_id for stored_object in stored.all if stored_object.object_id not in deleted]
    return arrange(current, [_slot(item, stored, listed) for item in listed], keep_order)


def slot_name(item: PlannedObject) -> str:
    """What an object is called in an arrangement."""
    return item.change.target.object_id if item.change.target else pending(item.key)


def _slot(item: PlannedObject, stored: Index, listed: Sequence[PlannedObject]) -> Slot:
    position = item.wanted.position
    neighbor = None
    if position is not None and position.neighbor:
        there = [one.object_id for one in stored.all if position.neighbor in (one.object_id, one.external_id)]
        new = [slot_name(one) for one in listed if position.neighbor in (one.key, one.wanted.external_id)]
        neighbor = next(iter(there + new), None)
        if neighbor is None:
            text = f"{position.kind} names {position.neighbor}, which is no object of this schema and scope"
            raise ItemsError({item.key: text})
        if neighbor == slot_name(item):
            raise ItemsError({item.key: f"{position.kind} names the object itself"})
    return Slot(item.key, slot_name(item), item.change.target is None, position, neighbor)


def _with_place(item: PlannedObject, arrangements: Mapping[tuple[str, str], Arrangement]) -> PlannedObject:
    arrangement = arrangements.get(item.place)
    place = arrangement.places.get(slot_name(item)) if arrangement and item.wanted.is_present else None
    if place is None or (item.change.target is not None and not place.body):
        return item
    try:
        return dataclasses.replace(item, change=placed(item.change, place))
    except CollectionError as error:
        raise ItemsError({item.key: error.msg}) from error


def _with_steps(items: Sequence[PlannedObject], read: ReadObjects, targets: Mapping[str, str]) -> list[PlannedObject]:
    """Who has to wait for whom: for an id, for a unique key to be free, for a reference to be gone."""
    by_key = {item.key: item for item in items}
    by_object = {item.change.target.object_id: item for item in items if item.change.target}
    deleted = {object_id for object_id, item in by_object.items() if item.change.action == "delete"}
    needs: dict[str, set[str]] = {item.key: set() for item in items}
    awaited: dict[str, set[str]] = {}
    for item in items:
        if item.change.action == "none":
            continue
        for text in _texts(item.change.value):
            if text.startswith(_PENDING):
                needs[item.key].add(_pending_key(text))
        if deleted and item.change.target is not None:
            for text in deleted.intersection(_texts(item.change.target.value)) - {item.change.target.object_id}:
                needs[by_object[text].key].add(item.key)
        for key, owner in _taken_keys(item, read, by_object):
            needs[item.key].add(owner.key)
            awaited.setdefault(item.key, set()).update(key)
    step = levels(by_key, needs, "each takes the unique key of the next; change them in two steps")
    return [
        dataclasses.replace(
            item,
            step=step[item.key],
            needs=frozenset(needs[item.key]),
            awaited_keys=tuple(sorted(awaited.get(item.key, ()))),
        )
        if needs[item.key]
        else item
        for item in items
    ]


def _taken_keys(
    item: PlannedObject, read: ReadObjects, by_object: Mapping[str, PlannedObject]
) -> Iterator[tuple[Sequence[str], PlannedObject]]:
    """Unique keys that ``item`` will have, which another listed object has now and will not have any more."""
    if item.change.action not in ("create", "update"):
        return
    stored = read.found(item.wanted).stored
    for key in item.schema.unique_keys:
        if any(lookup(item.change.value, path, item.schema) is None for path in key):
            continue
        for holder in stored.matching([key], item.change.value):
            owner = by_object.get(holder.object_id)
            if owner is not None and owner.key != item.key:
                yield key, owner


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _pruned(items: Sequence[PlannedObject], read: ReadObjects, fence: Fence) -> list[StoredObject]:
    """What is inside the fence and not in the list, unless that is more than the fence allows."""
    if not items and not fence.allow_empty:
        raise InputError(
            "prune with an empty list would delete everything inside its fence: is a variable empty? Set allow_empty if not"
        )
    kept = {item.change.target.object_id for item in items if item.change.target}
    found = [
        one
        for (schema_id, _scope), index in read.stored.items()
        if schema_id in fence.schema_ids
        for one in index.all
        if fence.holds(one) and one.object_id not in kept and one.can_delete
    ]
    if len(found) > fence.limit:
        raise InputError(
            f"prune would delete {len(found)} objects, more than its limit of {fence.limit}: correct the list or the fence, "
            "or raise the limit",
            {"prunable": [one.object_id for one in found]},
        )
    by_id = {one.object_id: one for one in found}
    needs: dict[str, set[str]] = {object_id: set() for object_id in by_id}
    for one in found:
        for other in set(_texts(one.value)) & set(by_id) - {one.object_id}:
            needs[other].add(one.object_id)
    step = levels(by_id, needs, "these objects refer to each other in a circle, so none can be deleted first")
    return sorted(found, key=lambda one: step[one.object_id])


class ItemsError(InputError):
    """What is wrong with items of the list, by their keys."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("", {"errors": dict(problems)})
        self._problems = problems
        self.name_items({})

    def name_items(self, names: Mapping[str, str]) -> None:
        """``names``: how the message calls an item instead of by its key."""
        first = [f"{names.get(key, key)}: {text}" for key, text in list(self._problems.items())[:_NAMED]]
        more = len(self._problems) - _NAMED
        self.msg = "; ".join(first) + (f"; and {more} more" if more > 0 else "")


def raise_problems(problems: Mapping[str, str]) -> None:
    """ItemsError that names each item with a problem, if there is one."""
    if problems:
        raise ItemsError(problems)
