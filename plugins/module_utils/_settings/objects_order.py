# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Where the items of a list shall stand in an order (API facts, 3.4). Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Mapping, Sequence
from operator import attrgetter

from .._errors import refuse_if
from .._lists import grouped
from .identity import Index
from .object_plan import placed
from .objects_items import PlannedObject, ReadObjects
from .order import Arrangement, Ends, Slot, arrange, ids_called, neighbor
from .problems import Problems, of_each
from .stored import StoredObject, ids_of

# By schema id and scope.
Arrangements = Mapping["tuple[str, str]", Arrangement]
_UNARRANGED = Arrangement((), {}, {})


def arrangements_of(
    items: Sequence[PlannedObject], read: ReadObjects, keep_order: bool, pruned: Sequence[StoredObject]
) -> Arrangements:
    """Of each ordered schema and scope in which something is to be arranged. Raises ItemsError for what cannot be had together.

    What the list deletes and what is pruned has no place any more, although it may still be there when others get theirs.
    """
    deleted = {item.change.existing.object_id for item in items if item.is_deleted}.union(ids_of(pruned))
    arrangements = {}
    problems = Problems()
    for location, listed in ordered_locations(items).items():
        if keep_order or any(map(attrgetter("wanted.position"), listed)):
            with problems.of(f"{location[0]} on {location[1]}"):
                stored = read.objects_of(listed[0].wanted).stored
                arrangements[location] = arrangement(listed, stored, keep_order, deleted)
    problems.raise_all()
    return arrangements


def ordered_locations(items: Sequence[PlannedObject]) -> dict[tuple[str, str], list[PlannedObject]]:
    """The present items of each ordered schema and scope."""
    present = filter(attrgetter("wanted.is_present"), items)
    return grouped(filter(attrgetter("schema.is_ordered"), present), attrgetter("location"))


def arrangement(
    listed: Sequence[PlannedObject], stored: Index, keep_order: bool, deleted: Container[str] = ()
) -> Arrangement:
    """How the present items of one ordered schema and scope shall stand among what is stored there. Raises InputError."""
    remaining = [stored_object for stored_object in stored.all if stored_object.object_id not in deleted]
    slots = of_each(listed, lambda item: _slot(item, listed, remaining, stored))
    return arrange(ids_of(remaining), slots, keep_order, Ends.of(remaining))


def _slot(
    item: PlannedObject,
    listed: Sequence[PlannedObject],
    remaining: Sequence[StoredObject],
    stored: Index,
) -> Slot:
    position = item.wanted.position
    beside = None
    if position is not None:
        # What is stored and stays, else a new one of the list.
        names = ids_called(position.neighbor, remaining)
        names += [other.slot for other in listed if position.neighbor in (other.key, other.wanted.external_id)]
        refuse_if(
            not names and ids_called(position.neighbor, stored.all),
            f"{position.kind} names {position.neighbor}, which this task deletes",
        )
        beside = neighbor(position, names, item.slot)
    return Slot(item.key, item.slot, item.is_new, position, beside)


def with_places(items: Sequence[PlannedObject], arrangements: Arrangements) -> list[PlannedObject]:
    """The items with where each shall stand. Raises ItemsError for those that cannot be moved."""
    return of_each(items, lambda item: _with_place(item, arrangements.get(item.location, _UNARRANGED)))


def _with_place(item: PlannedObject, arranged: Arrangement) -> PlannedObject:
    place = arranged.places.get(item.slot)
    if place is None or not (item.is_new or place.body):
        return item
    return dataclasses.replace(item, change=placed(item.change, place))
