# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The plan for a whole list of objects: each by the plan of one, then what they mean for each other. Pure.

Everything that can be known to be wrong is raised here, for all items together, before the first write.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from .._errors import CollectionError, InputError, StateError
from .._lists import grouped, is_chosen
from .identity import Index, find, is_whole, key_texts, named_object
from .object_plan import FoundObjects, ObjectChange, placed, plan
from .order import Arrangement, Slot, arrange
from .problems import ItemsError, Problems, of_each
from .references import levels, pending, pending_keys, references, resolved
from .schema import UNKNOWN, ObjectKey, Schema, lookup, property_at, split_path
from .stored import StoredObject
from .values import comparable, conform, merged, texts_in, with_texts
from .wanted import Position, WantedObject

_SAME = "is the same object as"
_UNARRANGED = Arrangement((), {}, {})


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

    def objects_of(self, wanted: WantedObject, named: Collection[str] = ()) -> FoundObjects:
        stored = self.stored.get(wanted.place) or Index(self.schema(wanted))
        return FoundObjects(stored, self.inherited.get(wanted.place), named)


@dataclass(frozen=True)
class PlannedObject:
    """``step``: those of a lower step come first. ``unresolved``: paths of references to what does not exist yet.

    ``awaited_keys``: properties of a unique key that another item has to give up first. ``named``: the ids of objects that items of the
    same place name. ``is_released``: its object gives up elements by a write of its own before all others.
    """

    key: str
    wanted: WantedObject
    schema: Schema
    change: ObjectChange
    step: int = 0
    needs: frozenset[str] = frozenset()
    unresolved: tuple[str, ...] = ()
    awaited_keys: tuple[str, ...] = ()
    named: Collection[str] = ()
    is_released: bool = False

    @property
    def place(self) -> tuple[str, str]:
        return self.wanted.place

    @property
    def lane(self) -> tuple[str, str] | None:
        """What is written one after the other: each place in an order depends on those before it. None: it does not matter."""
        if self.schema.is_ordered:
            return self.place
        return None

    @property
    def is_new(self) -> bool:
        return self.change.action == "create"

    @property
    def is_placed(self) -> bool:
        """Whether the write chooses its place in an order, or may."""
        return self.is_new or bool(self.change.place)


@dataclass(frozen=True)
class Fence:
    """Where prune may delete; all conditions together. ``scopes`` empty: on all scopes."""

    schema_ids: Sequence[str]
    scopes: Sequence[str] = ()
    external_id_prefix: str | None = None
    limit: int = 10
    allow_empty: bool = False

    def holds(self, stored_object: StoredObject) -> bool:
        """Whether it is inside, and the server lets it be deleted."""
        conditions = (
            stored_object.can_delete,
            stored_object.schema_id in self.schema_ids,
            is_chosen(stored_object.scope, self.scopes),
            stored_object.belongs_to(self.external_id_prefix or ""),
        )
        return all(conditions)


@dataclass(frozen=True)
class BulkPlan:
    """``items`` in list order. ``pruned``: referrers before what they refer to.

    ``released``: by the same keys, what objects that take elements from each other give up before anything else is written.
    """

    items: Sequence[PlannedObject]
    arrangements: Mapping[tuple[str, str], Arrangement] = field(default_factory=dict)
    pruned: Sequence[StoredObject] = ()
    released: Sequence[PlannedObject] = ()


@dataclass(frozen=True)
class _References:
    """``places``: path and name of each reference, by the key of the item. ``targets``: the key of the item that a name means."""

    places: Mapping[str, Sequence[tuple[str, str]]]
    targets: Mapping[str, str]

    def needed(self, key: str) -> set[str]:
        """The keys of the items that the one with ``key`` refers to."""
        return {self.targets[name] for _path, name in self.places[key]}


def plan_all(entries: Sequence[SettingsEntry], read: ReadObjects, keep_order: bool, fence: Fence | None) -> BulkPlan:
    """Raises InputError that names every item that cannot be right."""
    items = _Each(entries, read, _references(entries)).planned()
    _check_distinct(items)
    _check_found_again(items)
    arrangements = _arrangements(items, read, keep_order)
    items = [_with_place(item, arrangements) for item in items]
    waits = _Waits(items, read)
    items = waits.with_steps()
    pruned: Sequence[StoredObject] = []
    if fence is not None:
        pruned = _pruned(items, read, fence)
    return BulkPlan(items, arrangements, pruned, waits.released)


def settled(value: Any, ids: Mapping[str, str]) -> Any:
    """``value`` with the ids of objects that exist by now."""
    known = {pending(key): object_id for key, object_id in ids.items()}
    return with_texts(value, lambda text: known.get(text, text))


# each by itself


def _references(entries: Sequence[SettingsEntry]) -> _References:
    places = dict(of_each(entries, lambda entry: (entry.key, list(references(entry.wanted.value)))))
    problems = Problems()
    targets: dict[str, str] = {}
    meant = _meant_by(entries)
    for entry in entries:
        for path, name in places[entry.key]:
            with problems.of(entry.key):
                targets[name] = _target(entry, path, name, meant)
    problems.raise_all()
    return _References(places, targets)


def _meant_by(entries: Sequence[SettingsEntry]) -> dict[str, Sequence[SettingsEntry]]:
    """The items that each name means: a key, else an external id, which items of several schemas and scopes may share."""
    by_external_id = grouped(entries, lambda entry: entry.wanted.external_id or "")
    by_external_id.pop("", None)
    return {**by_external_id, **{entry.key: [entry] for entry in entries}}


def _target(entry: SettingsEntry, path: str, name: str, meant: Mapping[str, Sequence[SettingsEntry]]) -> str:
    targets = meant.get(name, ())
    if not targets:
        raise InputError(f"{path} refers to {name}, which is neither key nor external id of an item")
    if len(targets) > 1:
        keys = ", ".join(target.key for target in targets)
        raise InputError(
            f"{path} refers to {name}, which is the external id of {keys}: refer to one of them by its key"
        )
    if entry.wanted.is_present and not targets[0].wanted.is_present:
        raise InputError(f"{path} refers to {name}, which has state=absent")
    return targets[0].key


class _Each:
    """Plans each item as if it were alone, but for what others name."""

    def __init__(self, entries: Sequence[SettingsEntry], read: ReadObjects, references_of: _References) -> None:
        needs = {entry.key: references_of.needed(entry.key) for entry in entries}
        self._entries = entries
        self._read = read
        self._references = references_of
        self._depth = levels(needs, needs, "these items refer to each other in a cycle")
        # Of the objects that exist, by the key of the item.
        self._ids: dict[str, str] = {}
        self._named: dict[tuple[tuple[str, str], int], frozenset[str]] = {}

    def planned(self) -> list[PlannedObject]:
        """Those that others refer to first, and of these the ones that name their object; in list order again at the end."""
        in_order = sorted(self._entries, key=lambda entry: (self._depth[entry.key], not entry.wanted.is_named))
        items = {item.key: item for item in of_each(in_order, self._planned)}
        return [items[entry.key] for entry in self._entries]

    def _planned(self, entry: SettingsEntry) -> PlannedObject:
        wanted = self._resolved(entry)
        places, targets = self._references.places[entry.key], self._references.targets
        unresolved = tuple(path for path, name in places if targets[name] not in self._ids)
        schema = self._read.schema(wanted)
        if wanted.position and not schema.is_ordered:
            raise InputError(f"schema {schema.schema_id} is not ordered: leave out its position")
        named = self._named_beside(entry, schema)
        change = plan(schema, wanted.without_position, self._read.objects_of(wanted, named))
        if change.target is not None:
            self._ids[entry.key] = change.target.object_id
        return PlannedObject(entry.key, wanted, schema, change, unresolved=unresolved, named=named)

    def _resolved(self, entry: SettingsEntry) -> WantedObject:
        """With ids in the place of references, as far as they are known."""
        if not self._references.places[entry.key]:
            return entry.wanted
        targets = self._references.targets
        value = resolved(entry.wanted.value, lambda name: self._ids.get(targets[name], pending(targets[name])))
        return dataclasses.replace(entry.wanted, value=value)

    def _named_beside(self, entry: SettingsEntry, schema: Schema) -> frozenset[str]:
        """The ids of objects that items of the same place name. It matters only where an object is found by a part of it."""
        if not any(key.by_element for key in schema.unique_keys):
            return frozenset()
        known = (entry.wanted.place, self._depth[entry.key])
        if known not in self._named:
            beside = [other for other in self._entries if other.wanted.place == entry.wanted.place]
            self._named[known] = frozenset(filter(None, map(self._named_by, beside)))
        return self._named[known]

    def _named_by(self, entry: SettingsEntry) -> str | None:
        wanted, schema = self._resolved(entry), self._read.schema(entry.wanted)
        # What is wrong with an item is said when it is planned itself.
        with contextlib.suppress(CollectionError):
            stored = self._read.objects_of(wanted).stored
            target = named_object(schema, wanted, conform(schema, wanted.value), stored)
            if target is not None:
                return target.object_id
        return None


# what they mean for each other


def _check_distinct(items: Sequence[PlannedObject]) -> None:
    """No two items may mean the same object, nor make two of what must be one."""
    owners: dict[tuple[Any, ...], str] = {}
    problems = Problems()
    for item in items:
        for mark, text in _marks(item):
            owner = owners.setdefault(mark, item.key)
            if owner != item.key:
                problems.add(item.key, f"{text} {owner}")
    problems.raise_all()


def _marks(item: PlannedObject) -> Iterator[tuple[tuple[Any, ...], str]]:
    """What no two items may share, and how to say that they do."""
    wanted = item.wanted
    if item.change.target is not None:
        yield ("object", item.change.target.object_id), _SAME
    if wanted.object_id:
        yield ("object", wanted.object_id), _SAME
    if wanted.external_id:
        yield ("external id", item.place, wanted.external_id), _SAME
    if item.schema.is_single and not wanted.is_on_any_scope:
        yield ("single", item.place), _SAME
    if wanted.is_present:
        yield from _key_marks(item)


def _key_marks(item: PlannedObject) -> Iterator[tuple[tuple[Any, ...], str]]:
    for key in _whole_keys(item):
        text = _SAME
        if key.by_element:
            text = f"shares an element of {key}, which only one object may have, with"
        for value in key_texts(item.schema, key, item.change.value):
            yield ("unique key", item.place, key, value), text


def _whole_keys(item: PlannedObject) -> list[ObjectKey]:
    """The unique keys of which the planned value has every property, as far as it may be there."""
    return [key for key in item.schema.unique_keys if is_whole(item.schema, key, item.change.value)]


def _check_found_again(items: Sequence[PlannedObject]) -> None:
    """By what they say, items must mean the same objects when everything is written, and the list is carried out again."""
    problems = Problems()
    for listed in grouped(items, lambda item: item.place).values():
        _check_later(listed, problems)
    problems.raise_all()


def _check_later(listed: Sequence[PlannedObject], problems: Problems) -> None:
    """Of one place. Where a unique key or an id identifies what is present, ``_check_distinct`` has seen to that."""
    doubtful = list(filter(_is_doubtful, listed))
    if not doubtful:
        return
    present = {slot_name(item): item for item in filter(attrgetter("wanted.is_present"), listed)}
    later = Index(listed[0].schema, map(_as_written, present.values()))
    named = list(map(slot_name, filter(attrgetter("wanted.is_named"), present.values())))
    for item in doubtful:
        for name in _found_later(item, later, named) - {slot_name(item)}:
            first, second = sorted((item, present[name]), key=listed.index)
            problems.add(second.key, f"{_SAME} {first.key}")


def _is_doubtful(item: PlannedObject) -> bool:
    return bool(item.wanted.match_on) or not item.wanted.is_present


def _as_written(item: PlannedObject) -> StoredObject:
    """As it will be stored."""
    return StoredObject(slot_name(item), *item.place, item.change.value, item.change.external_id(item.wanted))


def _found_later(item: PlannedObject, later: Index, named: Collection[str]) -> set[str]:
    """The names of the objects that the item means then."""
    given = item.change.value
    if not item.wanted.is_present:
        given = conform(item.schema, item.wanted.value)
    try:
        target = find(item.schema, item.wanted, given, later, named)
    except StateError as error:
        return set(error.details.get("candidates", ()))
    if target is None:
        return set()
    return {target.object_id}


def _arrangements(
    items: Sequence[PlannedObject], read: ReadObjects, keep_order: bool
) -> dict[tuple[str, str], Arrangement]:
    deleted = _deleted(items)
    arrangements = {}
    problems = Problems()
    for place, listed in ordered_places(items).items():
        if keep_order or any(item.wanted.position for item in listed):
            with problems.of(f"{place[0]} on {place[1]}"):
                stored = read.objects_of(listed[0].wanted).stored
                arrangements[place] = arrangement(listed, stored, keep_order, deleted)
    problems.raise_all()
    return arrangements


def ordered_places(items: Sequence[PlannedObject]) -> dict[tuple[str, str], list[PlannedObject]]:
    """The present items of each ordered schema and scope."""
    places: dict[tuple[str, str], list[PlannedObject]] = {}
    for item in items:
        if item.wanted.is_present and item.schema.is_ordered:
            places.setdefault(item.place, []).append(item)
    return places


def _deleted(items: Sequence[PlannedObject]) -> dict[str, PlannedObject]:
    """What the list deletes, by object id."""
    return {item.change.existing.object_id: item for item in items if item.change.action == "delete"}


def arrangement(
    listed: Sequence[PlannedObject], stored: Index, keep_order: bool, deleted: Container[str] = ()
) -> Arrangement:
    """How the present items of one ordered schema and scope shall stand among what is stored there. Raises InputError."""
    current = [stored_object.object_id for stored_object in stored.all if stored_object.object_id not in deleted]
    return arrange(current, [_slot(item, stored, listed) for item in listed], keep_order)


def slot_name(item: PlannedObject) -> str:
    """What an object is called in an arrangement."""
    return item.change.target_id or pending(item.key)


def _slot(item: PlannedObject, stored: Index, listed: Sequence[PlannedObject]) -> Slot:
    position = item.wanted.position
    neighbor = None
    if position is not None and position.neighbor:
        neighbor = _neighbor(item, position, stored, listed)
    return Slot(item.key, slot_name(item), item.change.target is None, position, neighbor)


def _neighbor(item: PlannedObject, position: Position, stored: Index, listed: Sequence[PlannedObject]) -> str:
    """The object that a position speaks of, as the arrangement calls it: what is stored, else a new one of the list."""
    names = [stored_object.object_id for stored_object in stored.all if stored_object.is_called(position.neighbor)]
    names += [slot_name(other) for other in listed if position.neighbor in (other.key, other.wanted.external_id)]
    if not names:
        text = f"{position.kind} names {position.neighbor}, which is not an object of this schema and scope"
        raise ItemsError({item.key: InputError(text)})
    if names[0] == slot_name(item):
        raise ItemsError({item.key: InputError(f"{position.kind} names the object itself")})
    return names[0]


def _with_place(item: PlannedObject, arrangements: Mapping[tuple[str, str], Arrangement]) -> PlannedObject:
    place = arrangements.get(item.place, _UNARRANGED).places.get(slot_name(item))
    if place is None:
        return item
    stands_there = item.change.target is not None and not place.body
    if stands_there:
        return item
    try:
        return dataclasses.replace(item, change=placed(item.change, place))
    except CollectionError as error:
        raise ItemsError({item.key: error}) from error


# what comes first


class _Waits:
    """Who has to wait for whom: for an id, for a reference to be gone, for a unique key to be free."""

    def __init__(self, items: Sequence[PlannedObject], read: ReadObjects) -> None:
        self._items = items
        self._read = read
        self._deleted = _deleted(items)
        self._by_object = {item.change.target_id: item for item in items}
        self._needs: dict[str, set[str]] = {item.key: set() for item in items}
        # From whom an item takes elements.
        self._takes: dict[str, set[str]] = {item.key: set() for item in items}
        # By key, what gives up elements before all other writes.
        self._released: dict[str, PlannedObject] = {}
        self._awaited: dict[str, set[str]] = {item.key: set() for item in items}

    @property
    def released(self) -> Sequence[PlannedObject]:
        return list(self._released.values())

    def with_steps(self) -> list[PlannedObject]:
        for item in self._items:
            if item.change.action != "none":
                self._needs[item.key] |= pending_keys(item.change.value)
                self._let_go_first(item)
                self._await_keys(item)
        self._release()
        steps = levels(self._needs, self._needs, "each takes the unique key of the next; change them in two steps")
        return [self._with_step(item, steps[item.key]) for item in self._items]

    def _let_go_first(self, item: PlannedObject) -> None:
        """What refers to an object now is written before that object is deleted."""
        if not self._deleted:
            return
        for object_id in self._deleted.keys() & set(texts_in(item.change.read)) - {item.change.target_id}:
            self._needs[self._deleted[object_id].key].add(item.key)

    def _await_keys(self, item: PlannedObject) -> None:
        """Unique keys that ``item`` will have, which another listed object has now and will not have any more."""
        if item.change.action not in ("create", "update"):
            return
        stored = self._read.objects_of(item.wanted).stored
        for key in _whole_keys(item):
            for holder in stored.matching([key], item.change.value):
                owner = self._by_object.get(holder.object_id, item)
                if owner.key != item.key:
                    edges = self._needs
                    if key.by_element:
                        edges = self._takes
                    edges[item.key].add(owner.key)
                    self._awaited[item.key].update(key.paths)

    def _release(self) -> None:
        """Where objects take elements from each other, each first gives up those that it will not keep."""
        for item in self._items:
            if item.key in _reachable(item.key, self._takes):
                with contextlib.suppress(CollectionError):
                    self._released[item.key] = _released(item)
        for key, owners in self._takes.items():
            self._needs[key] |= owners - self._released.keys()

    def _with_step(self, item: PlannedObject, step: int) -> PlannedObject:
        needs, awaited = self._needs[item.key], self._awaited[item.key]
        if not needs and not awaited:
            return item
        is_released = item.key in self._released
        return dataclasses.replace(
            item, step=step, needs=frozenset(needs), awaited_keys=tuple(sorted(awaited)), is_released=is_released
        )


def _reachable(start: str, edges: Mapping[str, Collection[str]]) -> set[str]:
    """What can be reached from ``start``; itself only in a circle."""
    reached: set[str] = set()
    waiting = list(edges[start])
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += edges[key]
    return reached


def _released(item: PlannedObject) -> PlannedObject:
    """The same object with those of its elements that it has and will have. Raises InputError if that cannot be."""
    target = item.change.existing
    value: dict[str, Any] = {}
    for key in item.schema.unique_keys:
        if key.by_element and len(key.paths) == 1:
            value = merged(item.schema, value, _kept(item, target, key.paths[0]))
    wanted = WantedObject(*item.place, value, object_id=target.object_id, schema_version=item.wanted.schema_version)
    change = plan(item.schema, wanted, FoundObjects(Index(item.schema, [target])))
    if change.action == "none":
        raise InputError("it has nothing to give up")
    return PlannedObject(item.key, wanted, item.schema, change)


def _kept(item: PlannedObject, target: StoredObject, path: str) -> dict[str, Any]:
    """The elements at a path that stay, in dictionaries that lead there; empty where there is no collection."""
    prop, stored = property_at(item.schema, path), lookup(target.value, path, item.schema)
    if prop is UNKNOWN or not isinstance(stored, list):
        return {}
    wanted = comparable(prop, lookup(item.change.value, path, item.schema)) or ()
    value: Any = [element for element in stored if comparable(prop, [element])[0] in wanted]
    for name in reversed(split_path(path, item.schema)):
        value = {name: value}
    return dict(value)


# prune


def _pruned(items: Sequence[PlannedObject], read: ReadObjects, fence: Fence) -> list[StoredObject]:
    """What is inside the fence and not in the list, unless that is more than the fence allows."""
    if not items and not fence.allow_empty:
        raise InputError(
            "prune with an empty list would delete everything in its schemas and scopes: check for an empty variable, or set allow_empty"
        )
    prunable = _prunable({item.change.target_id for item in items}, read, fence)
    if len(prunable) > fence.limit:
        raise InputError(
            f"prune would delete {len(prunable)} objects, more than its limit of {fence.limit}: correct the list or the fence, "
            "or raise the limit",
            {"prunable": list(prunable)},
        )
    needs: dict[str, set[str]] = {object_id: set() for object_id in prunable}
    for object_id, stored_object in prunable.items():
        for other in needs.keys() & set(texts_in(stored_object.value)) - {object_id}:
            needs[other].add(object_id)
    steps = levels(needs, needs, "these objects refer to each other in a cycle, so none can be deleted first")
    return sorted(prunable.values(), key=lambda stored_object: steps[stored_object.object_id])


def _prunable(listed: Container[str | None], read: ReadObjects, fence: Fence) -> dict[str, StoredObject]:
    """By object id."""
    prunable = {}
    for index in read.stored.values():
        for stored_object in filter(fence.holds, index.all):
            if stored_object.object_id not in listed:
                prunable[stored_object.object_id] = stored_object
    return prunable
