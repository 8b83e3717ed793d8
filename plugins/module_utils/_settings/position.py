# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Where an object of an ordered schema shall stand (FACTS sections 3.4, 3.5). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Position


@dataclass(frozen=True)
class Move:
    """What to send, and the rank (from 1) before (None: not there yet) and after. ``body`` empty: it stands there already."""

    body: Mapping[str, str]
    before: int | None
    after: int


def move(position: Position, target: StoredObject | None, ranked: Sequence[StoredObject]) -> Move:
    """How to bring ``target`` (None: a new object) to ``position`` among ``ranked``, the objects of its scope in rank order.

    A POST knows insertAfter alone, so a new object goes before X by going after X's predecessor.
    """
    ids = [one.object_id for one in ranked]
    before = None if target is None else ids.index(target.object_id) + 1
    others = [one for one in ids if target is None or one != target.object_id]
    index = _index(position, target, ranked, others)
    after = index + 1
    if before == after:
        return Move({}, before, after)
    if target is None:
        at_end = index == len(others)
        return Move({} if at_end else {"insertAfter": others[index - 1] if index else ""}, None, after)
    if position.kind == "last":
        return Move({"insertBefore": ""}, before, after)
    if position.kind == "insert_before":
        return Move({"insertBefore": others[index]}, before, after)
    return Move({"insertAfter": others[index - 1] if index else ""}, before, after)


def _index(
    position: Position, target: StoredObject | None, ranked: Sequence[StoredObject], others: Sequence[str]
) -> int:
    """The place among the other objects, from 0."""
    if position.kind == "first":
        return 0
    if position.kind == "last":
        return len(others)
    neighbor = next((one for one in ranked if position.neighbor in (one.object_id, one.external_id)), None)
    if neighbor is None:
        raise InputError(f"{position.kind} names {position.neighbor}, which is no object of this schema and scope")
    if target is not None and neighbor.object_id == target.object_id:
        raise InputError(f"{position.kind} names the object itself")
    return others.index(neighbor.object_id) + (1 if position.kind == "insert_after" else 0)
