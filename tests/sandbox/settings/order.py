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
    if moved and moved.object_id == (after or before):
        return None
    return _beside(bucket, after, before, moved, variants)


def _beside(bucket: Bucket, after: str | None, before: str | None, moved: Stored | None, variants: Variants) -> int:
    others = [row for row in bucket.objects.values() if row is not moved]
    start, end = _movable_range(others)
    if after:
        position = _index(others, after, variants) + 1
    elif before:
        position = _index(others, before, variants)
    else:
        position = end if after is None else start
    if moved and position == bucket.position(moved.object_id):
        return position
    if (moved and not moved.movable) or not start <= position <= end:
        raise PlaceError(_NOT_THERE)
    return position


def _movable_range(rows: list[Stored]) -> tuple[int, int]:
    """Between the objects that always come first and those that always come last."""
    fixed = [row for row in rows if not row.movable]
    start = sum(row.first for row in fixed)
    return start, len(rows) - len(fixed) + start


def _end_of_movable(schema: Schema, bucket: Bucket) -> int | None:
    fixed = 0
    if schema.ordered:
        for stored in reversed(bucket.objects.values()):
            if stored.movable or stored.first:
                break
            fixed += 1
    return len(bucket.objects) - fixed if fixed else None


def _index(rows: list[Stored], neighbor: str, variants: Variants) -> int:
    for index, stored in enumerate(rows):
        if stored.object_id == neighbor:
            return index
    if variants["settings_unknown_neighbor"] == 404:
        raise ApiError(404, "Settings not found")
    known = read_object_id(neighbor)
    key = known.key if known else neighbor
    raise PlaceError(f"Neighbor with key '{key}' not found for '{neighbor}'")
