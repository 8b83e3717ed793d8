# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is deleted because no item of a list means it. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Container, Sequence
from dataclasses import dataclass
from operator import attrgetter

from .._errors import InputError, refuse_if
from .._lists import is_chosen, keyed
from .objects_items import PlannedObject, ReadObjects
from .references import levels
from .stored import StoredObject
from .walk import texts_in


@dataclass(frozen=True)
class Fence:
    """Where prune may delete; all conditions together. ``scopes`` empty: on all scopes. Without ``schema_ids`` nothing is pruned."""

    schema_ids: Sequence[str] = ()
    scopes: Sequence[str] = ()
    external_id_prefix: str = ""
    limit: int = 10
    allow_empty: bool = False

    def holds(self, stored_object: StoredObject) -> bool:
        """Whether it is inside, and the server lets it be deleted."""
        conditions = (
            stored_object.can_delete,
            stored_object.schema_id in self.schema_ids,
            is_chosen(stored_object.scope, self.scopes),
            stored_object.belongs_to(self.external_id_prefix),
        )
        return all(conditions)


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
    # Who refers to each.
    needs: dict[str, set[str]] = {object_id: set() for object_id in prunable}
    for object_id, stored_object in prunable.items():
        for other in needs.keys() & set(texts_in(stored_object.value)) - {object_id}:
            needs[other].add(object_id)
    steps = levels(needs, needs, "these objects refer to each other in a cycle, so none can be deleted first")
    return sorted(prunable.values(), key=lambda stored_object: steps[stored_object.object_id])


def _prunable(listed: Container[str | None], read: ReadObjects, fence: Fence) -> dict[str, StoredObject]:
    """By object id."""
    stored = itertools.chain.from_iterable(index.all for index in read.stored.values())
    inside = keyed(filter(fence.holds, stored), attrgetter("object_id"))
    return {object_id: inside[object_id] for object_id in itertools.filterfalse(listed.__contains__, inside)}
