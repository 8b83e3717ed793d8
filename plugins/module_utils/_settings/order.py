# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The order of many objects of one ordered schema and scope, reached with the fewest moves (FACTS sections 3.4, 3.5). Pure.

Objects that are not listed keep their place: only listed ones are moved.
"""

from __future__ import annotations

import bisect
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.position import Move
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Position


@dataclass(frozen=True)
class Slot:
    """A listed object. ``name``: its object id, or a name of ours for one that does not exist yet.

    ``neighbor``: the name of the object that ``position`` speaks of, where it speaks of one.
    """

    key: str
    name: str
    is_new: bool
    position: Position | None = None
    neighbor: str | None = None


@dataclass(frozen=True)
class Arrangement:
    """``target``: all names as they shall stand. ``moves``: by name, in the order in which they must be carried out.

    ``places``: where each listed object stands before and after, for the diff.
    """

    target: Sequence[str]
    moves: Mapping[str, Mapping[str, str]]
    places: Mapping[str, Move]


def arrange(current: Sequence[str], slots: Sequence[Slot], keep_order: bool) -> Arrangement:
    """From ``current``, the object ids in rank order, to what ``slots`` ask for.

    ``keep_order``: listed objects stand in list order relative to each other. Raises InputError, which names the keys, for
    positions that cannot be had together.
    """
    target = _ordered(current, slots) if keep_order else [*current, *(slot.name for slot in slots if slot.is_new)]
    for slot in slots:
        if slot.position is not None:
            target = _positioned(target, slot)
    _check(target, slots, keep_order)
    new = {slot.name for slot in slots if slot.is_new}
    existing = [name for name in target if name not in new]
    stay = _stay(current, existing, {slot.name for slot in slots if not slot.is_new})
    moves = {
        name: {"insertAfter": existing[index - 1] if index else ""}
        for index, name in enumerate(existing)
        if name not in stay
    }
    rank_before = {name: index + 1 for index, name in enumerate(current)}
    rank_after = {name: index + 1 for index, name in enumerate(target)}
    places = {
        slot.name: Move(moves.get(slot.name, {}), rank_before.get(slot.name), rank_after[slot.name]) for slot in slots
    }
    return Arrangement(target, moves, places)


def insertions(target: Sequence[str], there: Collection[str], new: Collection[str]) -> list[tuple[str, dict[str, str]]]:
    """In which order to create ``new`` among what is ``there`` by now, and what to say of the place of each.

    One array creates them all, although the id of a new object is not known before the answer: those behind the same object
    are created last first, each directly behind it. At the end of the list none needs a place.
    """
    found: list[tuple[str, dict[str, str]]] = []
    run: list[str] = []
    before = ""
    for name in target:
        if name in new:
            run.append(name)
        elif name in there:
            found += [(one, {"insertAfter": before}) for one in reversed(run)]
            before, run = name, []
    return found + [(one, {}) for one in run]


def _ordered(current: Sequence[str], slots: Sequence[Slot]) -> list[str]:
    """``current`` with the listed ones in list order: the fewest are taken out and put behind the one listed before them."""
    ranks = {name: index for index, name in enumerate(current)}
    existing = [slot.name for slot in slots if not slot.is_new]
    stay = set(_longest_run(existing, ranks))
    moved = set(existing) - stay
    target = [name for name in current if name not in moved]
    first = next((name for name in existing if name in stay), None)
    before: str | None = None
    for slot in slots:
        if slot.name not in stay:
            if before is not None:
                target.insert(target.index(before) + 1, slot.name)
            elif first is not None:
                target.insert(target.index(first), slot.name)
            else:
                target.append(slot.name)
        before = slot.name
    return target


def _positioned(target: Sequence[str], slot: Slot) -> list[str]:
    others = [name for name in target if name != slot.name]
    kind = slot.position.kind if slot.position else ""
    if kind in ("first", "last"):
        index = 0 if kind == "first" else len(others)
    else:
        index = others.index(str(slot.neighbor)) + (1 if kind == "insert_after" else 0)
    return [*others[:index], slot.name, *others[index:]]


def _check(target: Sequence[str], slots: Sequence[Slot], keep_order: bool) -> None:
    """Whether everybody got what he asked for."""
    unmet = [slot.key for slot in slots if slot.position is not None and list(target) != _positioned(target, slot)]
    if unmet:
        raise InputError(f"the positions of {', '.join(unmet)} contradict each other: they cannot be had together")
    if keep_order:
        ranks = {name: index for index, name in enumerate(target)}
        for left, right in zip(slots, slots[1:]):
            if ranks[left.name] > ranks[right.name]:
                raise InputError(
                    f"{left.key} comes before {right.key} in the list, and the position of one of them says otherwise: "
                    "correct it, or set keep_order to false"
                )


def _stay(current: Sequence[str], existing: Sequence[str], listed: Collection[str]) -> set[str]:
    """The objects that need no move: all that are not listed, and as many of the listed ones as can be."""
    unlisted_before = _counted(current, listed)
    unlisted_after = _counted(existing, listed)
    ranks = {name: index for index, name in enumerate(current)}
    candidates = [name for name in existing if name in listed and unlisted_before[name] == unlisted_after[name]]
    return {*_longest_run(candidates, ranks), *(name for name in current if name not in listed)}


def _counted(names: Sequence[str], listed: Collection[str]) -> dict[str, int]:
    """How many that are not listed stand before each listed one."""
    found = {}
    count = 0
    for name in names:
        if name in listed:
            found[name] = count
        else:
            count += 1
    return found


def _longest_run(names: Sequence[str], ranks: Mapping[str, int]) -> list[str]:
    """The longest part of ``names`` whose ranks rise (patience sorting)."""
    tails: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, name in enumerate(names):
        place = bisect.bisect_left(tails, ranks[name])
        tails[place : place + 1] = [ranks[name]]
        ends[place : place + 1] = [index]
        previous.append(ends[place - 1] if place else -1)
    found = []
    index = ends[-1] if ends else -1
    while index >= 0:
        found.append(names[index])
        index = previous[index]
    return found[::-1]
