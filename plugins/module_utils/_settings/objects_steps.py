# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which items of a list wait for others, and so in how many steps the list is written. Pure."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from operator import attrgetter
from typing import Any

from .._errors import CollectionError, refuse_if
from .._lists import keyed
from .comparison import comparable
from .identity import Index, key_texts, label
from .object_plan import FoundObjects, plan
from .objects_items import PlannedObject, ReadObjects
from .problems import Problems
from .references import levels, pending_keys, without_circles
from .schema import UNKNOWN, ObjectKey, property_at, split_path
from .stored import StoredObject
from .values import merged
from .walk import elements_of, lookup, texts_in
from .wanted import WantedObject


class Waits:
    """Who has to wait for whom: for an id, for a reference to be gone, for a unique key to be free."""

    def __init__(self, items: Sequence[PlannedObject], read: ReadObjects) -> None:
        self._items = items
        self._read = read
        # What the list deletes, by object id.
        self._deleted = keyed(filter(attrgetter("is_deleted"), items), attrgetter("change.target_id"))
        self._by_object = keyed(items, attrgetter("change.target_id"))
        self._needs: dict[str, set[str]] = defaultdict(set)
        # Who refers to what is deleted, by the key of the deletion.
        self._let_go: dict[str, set[str]] = defaultdict(set)
        # From whom an item takes elements.
        self._takes: dict[str, set[str]] = defaultdict(set)
        # By key, what gives up elements before all other writes.
        self._released: dict[str, PlannedObject] = {}
        self._awaited: dict[str, set[str]] = defaultdict(set)

    @property
    def released(self) -> Sequence[PlannedObject]:
        return list(self._released.values())

    def with_steps(self) -> list[PlannedObject]:
        """Raises ItemsError for items that wait for each other, or for what never comes."""
        problems = Problems()
        keys = {item.key for item in self._items}
        for item in self._items:
            if item.change.action != "none":
                if item.unresolved:
                    self._needs[item.key] |= pending_keys(item.change.value) & keys
                self._let_go_first(item)
                with problems.of(item.key):
                    self._await_keys(item)
        problems.raise_all()
        for key, owners in without_circles(self._let_go).items():
            self._needs[key] |= owners
        self._release()
        steps = levels(self._needs, "each takes the unique key of the next; change them in two steps")
        return [self._with_step(item, steps.get(item.key, 0)) for item in self._items]

    def _let_go_first(self, item: PlannedObject) -> None:
        """What refers to an object now is written before that object is deleted, unless both go, and refer to each other."""
        if not self._deleted:
            return
        for object_id in self._deleted.keys() & set(texts_in(item.change.read)) - {item.change.target_id}:
            self._let_go[self._deleted[object_id].key].add(item.key)

    def _await_keys(self, item: PlannedObject) -> None:
        """Unique keys that ``item`` will have, which another listed object has now and will not have any more."""
        if item.change.action not in ("create", "update"):
            return
        stored = self._read.objects_of(item.wanted).stored
        for key in item.whole_keys:
            edges = self._takes if key.by_element else self._needs
            for holder in stored.matching([key], item.change.value):
                owner = self._by_object.get(holder.object_id)
                if owner is None:
                    _check_not_taken(item, key, holder)
                elif owner.key != item.key:
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
        return dataclasses.replace(
            item,
            step=step,
            needs=frozenset(self._needs[item.key]),
            awaited_keys=tuple(sorted(self._awaited[item.key])),
            is_released=item.key in self._released,
        )


def _check_not_taken(item: PlannedObject, key: ObjectKey, holder: StoredObject) -> None:
    """Raises InputError if ``item`` gets what an object has that is not in the list, and so keeps it."""
    values = (item.change.value, item.change.read, holder.value)
    wanted, own, held = (set(key_texts(item.schema, key, value)) for value in values)
    refuse_if(
        wanted & held - own,
        f"no two objects may have the same {key}, and {label(item.schema, holder)} has it, which is not in the list: change "
        "one of the two, or list that object as well",
    )


def _reachable(start: str, edges: Mapping[str, Collection[str]]) -> set[str]:
    """What can be reached from ``start``; itself only in a circle."""
    reached: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            waiting += edges.get(key, ())
    return reached


def _released(item: PlannedObject) -> PlannedObject:
    """The same object with those of its elements that it has and will have. Raises InputError if that cannot be."""
    target = item.change.existing
    value: dict[str, Any] = {}
    for key in item.schema.unique_keys:
        if key.by_element and len(key.paths) == 1:
            value = merged(item.schema, value, _kept(item, target, key.paths[0]))
    wanted = WantedObject(*item.location, value, object_id=target.object_id, schema_version=item.wanted.schema_version)
    change = plan(item.schema, wanted, FoundObjects(Index(item.schema, [target])))
    refuse_if(change.action == "none", "it has nothing to give up")
    return PlannedObject(item.key, wanted, item.schema, change)


def _kept(item: PlannedObject, target: StoredObject, path: str) -> dict[str, Any]:
    """The elements at a path that stay, in dictionaries that lead there; empty where there is no collection."""
    prop, stored = property_at(item.schema, path), elements_of(lookup(target.value, path, item.schema))
    if prop is UNKNOWN or not stored:
        return {}
    wanted = elements_of(comparable(prop, lookup(item.change.value, path, item.schema)))
    value: Any = [element for element in stored if comparable(prop, [element])[0] in wanted]
    for name in reversed(split_path(path, item.schema)):
        value = {name: value}
    return dict(value)
