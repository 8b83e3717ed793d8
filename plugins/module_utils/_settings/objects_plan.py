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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from .._errors import CollectionError, refuse_if
from .._lists import keyed
from .conform import conform
from .identity import named_object
from .object_plan import plan
from .objects_distinct import check_distinct
from .objects_items import PlannedObject, ReadObjects, SettingsEntry
from .objects_order import arrangements_of, with_places
from .objects_prune import Fence, pruned_objects
from .objects_references import ItemReferences, references_of
from .objects_steps import Waits
from .order import Arrangement
from .problems import of_each
from .references import levels, pending, resolved
from .schema import Schema
from .stored import StoredObject
from .wanted import WantedObject


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
    arrangements = arrangements_of(items, read, keep_order)
    items = with_places(items, arrangements)
    waits = Waits(items, read)
    items = waits.with_steps()
    return BulkPlan(items, arrangements, pruned_objects(items, read, fence), waits.released)


class _Each:
    """Plans each item as if it were alone, but for what others name."""

    def __init__(self, entries: Sequence[SettingsEntry], read: ReadObjects, targets_of: ItemReferences) -> None:
        needs = {entry.key: targets_of.needed(entry.key) for entry in entries}
        self._entries = entries
        self._read = read
        self._references = targets_of
        self._depth = levels(needs, needs, "these items refer to each other in a cycle")
        # Of the objects that exist, by the key of the item.
        self._ids: dict[str, str] = {}
        self._named: dict[tuple[tuple[str, str], int], frozenset[str]] = {}

    def planned(self) -> list[PlannedObject]:
        """Those that others refer to first, and of these the ones that name their object; in list order again at the end."""
        in_order = sorted(self._entries, key=lambda entry: (self._depth[entry.key], not entry.wanted.is_named))
        items = keyed(of_each(in_order, self._planned), attrgetter("key"))
        return [items[entry.key] for entry in self._entries]

    def _planned(self, entry: SettingsEntry) -> PlannedObject:
        wanted = self._resolved(entry)
        places, targets = self._references.places[entry.key], self._references.targets
        unresolved = tuple(path for path, name in places if targets[name] not in self._ids)
        schema = self._read.schema(wanted)
        refuse_if(
            wanted.position and not schema.is_ordered,
            f"schema {schema.schema_id} is not ordered: leave out its position",
        )
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
        if not any(key.by_element for key in schema.unique_keys):
            return frozenset()
        known = (entry.wanted.location, self._depth[entry.key])
        if known not in self._named:
            beside = [other for other in self._entries if other.wanted.location == entry.wanted.location]
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
