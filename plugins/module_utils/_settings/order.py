# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Where objects of an ordered schema and scope shall stand, reached with the fewest moves (API facts, 3.4, 3.5). Pure.

One object is moved by ``move``; many are arranged together, where only listed ones are moved and the others keep their place.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from .._errors import refuse_if
from .stored import StoredObject, ids_of
from .wanted import Position

# Positions that speak of no other object.
_ENDS = ("first", "last")


@dataclass(frozen=True)
class Ends:
    """The ids of what the server keeps before all other objects, and behind them: nothing can be first or last but next to it."""

    first: Collection[str] = ()
    last: Collection[str] = ()

    @classmethod
    def of(cls, ranked: Iterable[StoredObject]) -> Ends:
        first, last = [], []
        for stored_object in ranked:
            if stored_object.is_movable:
                continue
            if stored_object.is_first:
                first.append(stored_object.object_id)
            else:
                last.append(stored_object.object_id)
        return cls(first, last)

    def index(self, kind: str, names: Collection[str]) -> int:
        """The place among ``names``, from 0, of what comes ``first`` or ``last``."""
        if kind == "first":
            return len(set(self.first).intersection(names))
        return len(names) - len(set(self.last).intersection(names))

    def are_kept(self, names: Sequence[str]) -> bool:
        start, end = self.index("first", names), self.index("last", names)
        return set(self.first).issuperset(names[:start]) and set(self.last).issuperset(names[end:])

    def check(self, position: Position, index: int, others: Collection[str]) -> None:
        """Raises InputError for a place among ``others`` that no object can have."""
        refuse_if(
            not self.index("first", others) <= index <= self.index("last", others),
            f"{position.kind} names {position.neighbor}, which the environment keeps at that end of the order",
        )


_NO_ENDS = Ends()


@dataclass(frozen=True)
class Move:
    """What to send, and the rank (from 1) before (None: not there yet) and after. ``body`` empty: it stands there already."""

    body: Mapping[str, str]
    before: int | None
    after: int


def move(position: Position, target: StoredObject | None, ranked: Sequence[StoredObject]) -> Move:
    """How to bring ``target`` (None: a new object) to ``position`` among ``ranked``, the objects of its scope in rank order.

    Raises InputError for a neighbor that is not there.
    """
    others = ids_of(ranked)
    before = own = None
    if target is not None:
        own = target.object_id
        before = others.index(own) + 1
        others.remove(own)
    ends = Ends.of(ranked)
    index = _index(position, others, neighbor(position, ids_called(position.neighbor, ranked), own), ends)
    body: Mapping[str, str] = {}
    if before != index + 1:
        ends.check(position, index, others)
        body = _body_of_move(position, others, index)
    if before is None:
        body = _body_of_new(others, index, ends)
    return Move(body, before, index + 1)


def ids_called(name: str, ranked: Sequence[StoredObject]) -> list[str]:
    """The ids of the objects that have ``name`` as object id or external id."""
    return ids_of(stored_object for stored_object in ranked if stored_object.is_called(name))


def neighbor(position: Position, names: Sequence[str], own: str | None) -> str | None:
    """The object that a position speaks of, None where it speaks of none.

    ``names``: what is called as the position says, of which the first is meant; ``own``: that of the object itself. Raises InputError.
    """
    if position.kind in _ENDS:
        return None
    refuse_if(not names, f"{position.kind} names {position.neighbor}, which is not an object of this schema and scope")
    refuse_if(names[0] == own, f"{position.kind} names the object itself")
    return names[0]


def _index(position: Position, others: Sequence[str], neighbor: str | None, ends: Ends) -> int:
    """The place among the other objects, from 0."""
    if position.kind in _ENDS:
        return ends.index(position.kind, others)
    index = others.index(str(neighbor))
    if position.kind == "insert_after":
        index += 1
    return index


def _body_of_new(others: Sequence[str], index: int, ends: Ends) -> dict[str, str]:
    """A POST knows insertAfter alone, so a new object goes before X by going after X's predecessor; without it, to the end."""
    if index == ends.index("last", others):
        return {}
    return _behind(others, index)


def _body_of_move(position: Position, others: Sequence[str], index: int) -> dict[str, str]:
    if position.kind == "last":
        return {"insertBefore": ""}
    if position.kind == "insert_before":
        return {"insertBefore": others[index]}
    return _behind(others, index)


def _behind(names: Sequence[str], index: int) -> dict[str, str]:
    """To stand at ``index``: behind what stands before it, or first."""
    return {"insertAfter": names[index - 1] if index else ""}


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

    ``places``: where each listed object stands before and after, for the diff. ``end``: the index in ``target`` of what always is behind.
    """

    target: Sequence[str]
    moves: Mapping[str, Mapping[str, str]]
    places: Mapping[str, Move]
    end: int = 0

    @property
    def ranks(self) -> dict[str, int]:
        """Where each name shall stand, from 1."""
        return _ranks(self.target)


def arrange(current: Sequence[str], slots: Sequence[Slot], keep_order: bool, ends: Ends = _NO_ENDS) -> Arrangement:
    """From ``current``, the object ids in rank order, to what ``slots`` ask for.

    ``keep_order``: listed objects stand in list order relative to each other. Raises InputError, which names the keys, for
    positions that cannot be had together.
    """
    if keep_order:
        target = _ordered(current, slots, ends)
    else:
        target = _ordered(current, [slot for slot in slots if slot.is_new], ends)
    for slot in slots:
        target = _positioned(target, slot, ends)
    unmet = [slot.key for slot in slots if target != _positioned(target, slot, ends)]
    refuse_if(unmet, f"the positions of {', '.join(unmet)} contradict each other")
    if keep_order:
        _check_order(target, slots)
    arrangement = _arrangement(current, target, slots, ends)
    kept = [slot.key for slot in slots if slot.name in (*ends.first, *ends.last)]
    refuse_if(
        # That one of them cannot be moved is said of the object itself.
        not ends.are_kept(target) and arrangement.moves.keys().isdisjoint([*ends.first, *ends.last]),
        f"the environment keeps the objects of {', '.join(kept)} at the ends of the order: list those at the beginning before the "
        "others and those at the end after them, or set keep_order to false",
    )
    return arrangement


def _arrangement(current: Sequence[str], target: Sequence[str], slots: Sequence[Slot], ends: Ends) -> Arrangement:
    before = _ranks(current)
    after = _ranks(target)
    existing = list(filter(before.__contains__, target))
    stay = _stay(current, existing, _names(slots))
    moves = {}
    for index, name in enumerate(existing):
        if name not in stay:
            moves[name] = _behind(existing, index)
    places = {}
    for slot in slots:
        places[slot.name] = Move(moves.get(slot.name, {}), before.get(slot.name), after[slot.name])
    return Arrangement(target, moves, places, ends.index("last", target))


def _names(slots: Iterable[Slot]) -> list[str]:
    return list(map(attrgetter("name"), slots))


def _ranks(names: Sequence[str]) -> dict[str, int]:
    """The place of each name, from 1."""
    return dict(zip(names, itertools.count(1)))


def insertions(
    target: Sequence[str], existing: Collection[str], new: Collection[str]
) -> list[tuple[str, dict[str, str]]]:
    """In which order to create ``new`` among what is ``existing`` by now, and what to say of the place of each.

    One array creates them all, although the id of a new object is not known before the answer: those behind the same object
    are created last first, each directly behind it. At the end of the list none needs a place.
    """
    result: list[tuple[str, dict[str, str]]] = []
    waiting: list[str] = []
    before = ""
    for name in target:
        if name in new:
            waiting.append(name)
        elif name in existing:
            result += [(new_name, {"insertAfter": before}) for new_name in reversed(waiting)]
            before, waiting = name, []
    return result + [(new_name, {}) for new_name in waiting]


def _ordered(current: Sequence[str], slots: Sequence[Slot], ends: Ends) -> list[str]:
    """``current`` with the listed ones in list order: the fewest are taken out and put behind the one listed before them."""
    ranks = _ranks(current)
    names = _names(slots)
    stay = _longest_run(list(filter(ranks.__contains__, names)), ranks)
    leading, following = _behind_whom(names, set(stay))
    moved = set(names) - set(stay)
    target: list[str] = []
    for name in current:
        if name not in moved:
            target.append(name)
            target += following.get(name, ())
    # Before the first one that stays; if none does, at the end.
    index = target.index(stay[0]) if stay else ends.index("last", target)
    return [*target[:index], *leading, *target[index:]]


def _behind_whom(names: Sequence[str], stay: Collection[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Those of ``names`` that stand before the first of ``stay``, and those that follow each of them."""
    leading: list[str] = []
    following: dict[str, list[str]] = {}
    group = leading
    for name in names:
        if name in stay:
            group = following[name] = []
        else:
            group.append(name)
    return leading, following


def _positioned(target: list[str], slot: Slot, ends: Ends) -> list[str]:
    if slot.position is None:
        return target
    names = list(target)
    names.remove(slot.name)
    index = _index(slot.position, names, slot.neighbor, ends)
    if index != target.index(slot.name):
        ends.check(slot.position, index, names)
    names.insert(index, slot.name)
    return names


def _check_order(target: Sequence[str], slots: Sequence[Slot]) -> None:
    """Raises InputError if listed objects do not stand in list order."""
    ranks = _ranks(target)
    for left, right in zip(slots, slots[1:]):
        refuse_if(
            ranks[left.name] > ranks[right.name],
            f"{left.key} comes before {right.key} in the list, but the position of one of them contradicts that: "
            "correct it, or set keep_order to false",
        )


def _stay(current: Sequence[str], existing: Sequence[str], listed: Collection[str]) -> set[str]:
    """The objects that need no move: all that are not listed, and as many of the listed ones as can be."""
    unlisted_before = _counted(current, listed)
    unlisted_after = _counted(existing, listed)
    candidates = [name for name, count in unlisted_after.items() if unlisted_before[name] == count]
    return set(_longest_run(candidates, _ranks(current))) | set(current).difference(listed)


def _counted(names: Sequence[str], listed: Collection[str]) -> dict[str, int]:
    """How many that are not listed stand before each listed one."""
    counts = {}
    count = 0
    for name in names:
        if name in listed:
            counts[name] = count
        else:
            count += 1
    return counts


def _longest_run(names: Sequence[str], ranks: Mapping[str, int]) -> list[str]:
    """The longest part of ``names`` whose ranks rise (patience sorting)."""
    # The lowest rank at which a run of each length ends, and the index of it; before the first one stands the run of nothing.
    tails: list[int] = []
    ends = [-1]
    previous: list[int] = []
    for index, name in enumerate(names):
        length = bisect.bisect_left(tails, ranks[name])
        previous.append(ends[length])
        tails[length : length + 1] = [ranks[name]]
        ends[length + 1 : length + 2] = [index]
    run = []
    index = ends[-1]
    while index >= 0:
        run.append(names[index])
        index = previous[index]
    return run[::-1]
