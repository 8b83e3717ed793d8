# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an object stands in an ordered schema (API facts, 3.4 and 3.5).

Objects that may not be moved form a group at the start of the list and one at its end; nothing else gets into them.
"""

from __future__ import annotations

from ..errors import ApiError
from ..variants import Variant, Variants
from .catalog import Schema
from .ids import read_object_id
from .store import Bucket, Stored

VARIANTS = {
    "settings_unknown_neighbor": Variant("code for an insertAfter or insertBefore that is not in the list", (400, 404)),
}

_NOT_THERE = "Setting value cannot be inserted to the specified position"


class PlaceError(Exception):
    """The object cannot stand there; says why."""


def place(
    schema: Schema, bucket: Bucket, after: str | None, before: str | None, moved: Stored | None, variants: Variants
) -> int | None:
    """The position, counted without the object itself; None for a new object at the end or one that stays.

    An empty ``after`` means first, an empty ``before`` last. A PlaceError says why not, a 404 that nobody knows the neighbour.
    """
    if after is None and before is None:
        return None if moved else _end_of_movable(schema, bucket)
    if not schema.ordered:
        raise PlaceError(_NOT_THERE)
    neighbor = after or before
    if moved is not None and neighbor == moved.object_id:
        return None
    rows = [one for one in bucket.objects.values() if moved is None or one.object_id != moved.object_id]
    start = sum(not one.movable and one.first for one in rows)
    end = len(rows) - sum(not one.movable and not one.first for one in rows)
    position = start if after is not None else end
    if neighbor:
        position = _index(rows, neighbor, variants) + (1 if after else 0)
    stays = moved is not None and position == bucket.position(moved.object_id)
    if not stays and (not start <= position <= end or (moved is not None and not moved.movable)):
        raise PlaceError(_NOT_THERE)
    return position


def _end_of_movable(schema: Schema, bucket: Bucket) -> int | None:
    fixed = 0
    if schema.ordered:
        for one in reversed(bucket.objects.values()):
            if one.movable or one.first:
                break
            fixed += 1
    return len(bucket.objects) - fixed if fixed else None


def _index(rows: list[Stored], neighbor: str, variants: Variants) -> int:
    for index, one in enumerate(rows):
        if one.object_id == neighbor:
            return index
    if variants["settings_unknown_neighbor"] == 404:
        raise ApiError(404, "Settings not found")
    known = read_object_id(neighbor)
    key = known.key if known else neighbor
    raise PlaceError(f"Neighbor with key '{key}' not found for '{neighbor}'")
