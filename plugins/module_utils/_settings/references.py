# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""``{"$ref": NAME}`` in a value: the object id of another item of the list, by its key or external id. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from .._errors import InputError
from .._marks import REFERENCE, mark_in
from .walk import named_parts, place_below, texts_in, with_parts

# Stands in a planned value, and so in a diff, for the id of an object that does not exist yet.
_PENDING = "(object id of item "
# A number that YAML makes of a key such as 2026.
_MOST_BITS = 64


def references(value: Any, path: str = "value") -> Iterator[tuple[str, str]]:
    """Path and name of each reference in ``value``. Raises InputError for names that are none."""
    if mark_in(value) == REFERENCE:
        yield path, _name(value[REFERENCE], path)
        return
    for name, part in named_parts(value):
        yield from references(part, place_below(path, name))


def _name(name: Any, path: str) -> str:
    if isinstance(name, str) or (isinstance(name, int) and name.bit_length() <= _MOST_BITS):
        return str(name)
    raise InputError(f"{path}: {REFERENCE} must be the key or the external id of an item, which is a text")


def resolved(value: Any, lookup: Callable[[str], str]) -> Any:
    """``value`` with what ``lookup`` gives for the name of each reference."""
    if mark_in(value) == REFERENCE:
        return lookup(_name(value[REFERENCE], "value"))
    return with_parts(value, lambda part: resolved(part, lookup))


def pending(key: str) -> str:
    """What stands for the id of the item with ``key``."""
    return f"{_PENDING}{key})"


def is_pending(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_PENDING)


def pending_keys(value: Any) -> set[str]:
    """The items whose ids ``value`` waits for."""
    return {text[len(_PENDING) : -1] for text in texts_in(value) if is_pending(text)}


def levels(needs: Mapping[str, Iterable[str]], why: str) -> dict[str, int]:
    """For each name, and whatever it needs, how many steps must come before it; ``needs``: what each waits for.

    Raises InputError for a circle, with the names in it and ``why`` that is an error.
    """
    result: dict[str, int] = {}
    try:
        for name in TopologicalSorter(needs).static_order():
            result[name] = max((result[needed] + 1 for needed in needs.get(name, ())), default=0)
    except CycleError as error:
        raise InputError(f"{' -> '.join(_from_first(error.args[1]))}: {why}") from None
    return result


def _from_first(circle: Sequence[str]) -> list[str]:
    """A circle as graphlib has it, each name before the one that needs it, the other way round and from the smallest name on."""
    names = list(reversed(circle[1:]))
    start = names.index(min(names))
    return [*names[start:], *names[: start + 1]]


def without_circles(needs: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """``needs`` without what would close a circle."""
    kept: dict[str, set[str]] = {name: set() for name in needs}
    done: set[str] = set()
    for start in needs:
        if start not in done:
            for name, needed in _walked(start, needs, done):
                kept[name].add(needed)
    return kept


def _walked(start: str, needs: Mapping[str, Collection[str]], done: set[str]) -> Iterator[tuple[str, str]]:
    """Who needs whom, as far as it can be reached from ``start``, but for what would close a circle.

    ``done``: what was walked already; what is walked now is added.
    """
    # A stack of our own, since a chain may be longer than Python's.
    stack = [(start, iter(sorted(needs[start])))]
    trail = {start}
    while stack:
        name, others = stack[-1]
        needed = next(others, None)
        if needed is None:
            done.add(name)
            trail.discard(name)
            stack.pop()
        elif needed not in trail:
            yield name, needed
            if needed not in done:
                trail.add(needed)
                stack.append((needed, iter(sorted(needs.get(needed, ())))))
