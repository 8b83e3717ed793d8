# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The plan for a whole list of objects: each by the plan of one, then what they mean for each other, and what is pruned. Pure.

Everything that can be known to be wrong is raised here, for all items together, before the first write.
"""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Optional

from .._errors import CollectionError, InputError, refuse_if
from .._lists import grouped, keyed
from .conform import conform
from .identity import Index, find, named_object
from .object_plan import check_position, plan
from .objects_distinct import check_distinct
from .objects_items import Fence, PlannedObject, ReadObjects, SettingsEntry
from .objects_order import arrangements_of, with_places
from .objects_steps import Waits
from .order import Arrangement
from .problems import Problems, of_each
from .references import levels, pending, references, resolved, without_circles
from .schema import Schema
from .stored import StoredObject
from .walk import non_null, texts_in, with_texts
from .wanted import WantedObject

_CIRCLE = (
    "these items refer to each other in a cycle, and none of their objects exists yet, so that none can be created first: leave one of "
    "the references out in a first run, and add it in a second"
)
Search = Callable[[Schema, WantedObject, Mapping[str, Any], Index], Optional[StoredObject]]


@dataclass(frozen=True)
class BulkPlan:
    """``items`` in list order. ``pruned``: referrers before what they refer to.

    ``released``: by the same keys, what objects that take elements from each other give up before anything else is written.
    """

    items: Sequence[PlannedObject]
    arrangements: Mapping[tuple[str, str], Arrangement] = field(default_factory=dict)
    pruned: Sequence[StoredObject] = ()
    released: Sequence[PlannedObject] = ()


def plan_all(entries: Sequence[SettingsEntry], read: ReadObjects, keep_order: bool, fence: Fence) -> BulkPlan:
    """Raises InputError that names every item that cannot be right."""
    items = _Each(entries, read, references_of(entries)).planned()
    check_distinct(items)
    pruned = pruned_objects(items, read, fence)
    arrangements = arrangements_of(items, read, keep_order, pruned)
    items = with_places(items, arrangements)
    waits = Waits(items, read)
    items = waits.with_steps()
    return BulkPlan(items, arrangements, pruned, waits.released)


class _Each:
    """Plans each item as if it were alone, but for what others name."""

    def __init__(self, entries: Sequence[SettingsEntry], read: ReadObjects, targets_of: ItemReferences) -> None:
        self._entries = entries
        self._read = read
        self._references = targets_of
        # Of the objects that exist, by the key of the item.
        self._ids: dict[str, str] = {}
        self._depth = self._depths()
        self._named: dict[tuple[tuple[str, str], int], frozenset[str]] = {}

    def planned(self) -> list[PlannedObject]:
        """Those that others refer to first, and of these the ones that name their object; in list order again at the end."""
        in_order = sorted(self._entries, key=lambda entry: (self._depth[entry.key], not entry.wanted.is_named))
        items = keyed(of_each(in_order, self._planned), attrgetter("key"))
        return [items[entry.key] for entry in self._entries]

    def _depths(self) -> Mapping[str, int]:
        """How many items must be planned before each. In a circle, nobody has to wait for an object that exists already."""
        needs = {entry.key: self._references.needed(entry.key) for entry in self._entries}
        with contextlib.suppress(InputError):
            return levels(needs, "")
        self._ids.update(
            non_null({entry.key: self._found_by(self._search_in(entry), entry) for entry in self._entries})
        )
        needs = {key: targets - self._ids.keys() for key, targets in needs.items()}
        return levels(needs, _CIRCLE)

    def _search_in(self, entry: SettingsEntry) -> Search:
        """Where one element of a collection is enough, what others name is out, and that is not known yet."""
        if self._read.schema(entry.wanted).has_keys_by_element:
            return named_object
        return find

    def _planned(self, entry: SettingsEntry) -> PlannedObject:
        wanted = self._resolved(entry)
        places, targets = self._references.places[entry.key], self._references.targets
        unresolved = tuple(path for path, name in places if targets[name] not in self._ids)
        schema = self._read.schema(wanted)
        check_position(schema, wanted)
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
        """The ids of objects that items of the same schema and scope name. It matters only where an object is found by a part of it."""
        if not schema.has_keys_by_element:
            return frozenset()
        known = (entry.wanted.location, self._depth[entry.key])
        if known not in self._named:
            beside = [other for other in self._entries if other.wanted.location == entry.wanted.location]
            self._named[known] = frozenset(filter(None, (self._found_by(named_object, other) for other in beside)))
        return self._named[known]

    def _found_by(self, search: Search, entry: SettingsEntry) -> str | None:
        """The id of the object of an item, as far as references are known."""
        wanted, schema = self._resolved(entry), self._read.schema(entry.wanted)
        # What is wrong with an item is said when it is planned itself.
        with contextlib.suppress(CollectionError):
            stored = self._read.objects_of(wanted).stored
            target = search(schema, wanted, conform(schema, wanted.value), stored)
            if target is not None:
                return target.object_id
        return None


def pruned_objects(items: Sequence[PlannedObject], read: ReadObjects, fence: Fence) -> list[StoredObject]:
    """What is inside the fence and not in the list, unless that is more than the fence allows."""
    refuse_if(
        fence.schema_ids and not (items or fence.allow_empty),
        "prune with an empty list would delete everything in its schemas and scopes: check for an empty variable, or set allow_empty",
    )
    prunable = _prunable({item.change.target_id for item in items}, read, fence)
    if len(prunable) > fence.limit:
        raise InputError(
            f"prune would delete {len(prunable)} objects, more than its limit of {fence.limit}: correct the list or the fence, "
            "or raise the limit",
            {"prunable": list(prunable)},
        )
    targets = {}
    for object_id, stored_object in prunable.items():
        targets[object_id] = prunable.keys() & set(texts_in(stored_object.value)) - {object_id}
    # In a circle, the server says whether any may be deleted first.
    steps = levels(without_circles(targets), "")
    return sorted(prunable.values(), key=lambda stored_object: -steps[stored_object.object_id])


def _prunable(listed: Container[str | None], read: ReadObjects, fence: Fence) -> dict[str, StoredObject]:
    """By object id."""
    stored = itertools.chain.from_iterable(index.all for index in read.stored.values())
    inside = keyed(filter(fence.holds, stored), attrgetter("object_id"))
    return {object_id: inside[object_id] for object_id in itertools.filterfalse(listed.__contains__, inside)}


@dataclass(frozen=True)
class ItemReferences:
    """``places``: path and name of each reference, by the key of the item. ``targets``: the key of the item that a name means."""

    places: Mapping[str, Sequence[tuple[str, str]]]
    targets: Mapping[str, str]

    def needed(self, key: str) -> set[str]:
        """The keys of the items that the one with ``key`` refers to."""
        return {self.targets[name] for _path, name in self.places[key]}


def references_of(entries: Sequence[SettingsEntry]) -> ItemReferences:
    places = dict(of_each(entries, lambda entry: (entry.key, list(references(entry.wanted.value)))))
    problems = Problems()
    targets: dict[str, str] = {}
    meant = _meant_by(entries)
    for entry in entries:
        for path, name in places[entry.key]:
            with problems.of(entry.key):
                targets[name] = _target(entry, path, name, meant)
    problems.raise_all()
    return ItemReferences(places, targets)


def _meant_by(entries: Sequence[SettingsEntry]) -> dict[str, Sequence[SettingsEntry]]:
    """The items that each name means: a key, else an external id, which items of several schemas and scopes may share."""
    by_external_id = grouped(entries, lambda entry: entry.wanted.external_id or "")
    by_external_id.pop("", None)
    return {**by_external_id, **{entry.key: [entry] for entry in entries}}


def _target(entry: SettingsEntry, path: str, name: str, meant: Mapping[str, Sequence[SettingsEntry]]) -> str:
    targets = meant.get(name, ())
    refuse_if(not targets, f"{path} refers to {name}, which is neither key nor external id of an item")
    if len(targets) > 1:
        keys = ", ".join(target.key for target in targets)
        raise InputError(
            f"{path} refers to {name}, which is the external id of {keys}: refer to one of them by its key"
        )
    refuse_if(
        entry.wanted.is_present and not targets[0].wanted.is_present, f"{path} refers to {name}, which has state=absent"
    )
    return targets[0].key


def settled(value: Any, ids: Mapping[str, str]) -> Any:
    """``value`` with the ids of objects that exist by now."""
    known = {pending(key): object_id for key, object_id in ids.items()}
    return with_texts(value, lambda text: known.get(text, text))
