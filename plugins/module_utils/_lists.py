# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is done with lists, and with values made of lists and dictionaries."""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from ._errors import InputError

# Levels of objects and lists. Values and schemas of the API have some 20; each level costs frames wherever values are compared and
# shown, and Python has a thousand of them.
_MOST_LEVELS = 100
Thing = TypeVar("Thing")
Group = TypeVar("Group")
Value = TypeVar("Value")


def grouped(things: Iterable[Thing], key: Callable[[Thing], Group]) -> dict[Group, list[Thing]]:
    """By ``key``, in the order of the list."""
    groups: dict[Group, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def keyed(things: Iterable[Thing], key: Callable[[Thing], Group]) -> dict[Group, Thing]:
    """Each by its key; the first one of those with the same."""
    first: dict[Group, Thing] = {}
    for thing in things:
        first.setdefault(key(thing), thing)
    return first


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that hold something: an empty text, list or object says no more than a field that is left out."""
    return {name: value for name, value in fields.items() if value}


def not_blank(given: Iterable[str] | None) -> tuple[str, ...]:
    """Without blank ones: Ansible makes a list of one empty text of what a survey left blank."""
    return tuple(filter(str.strip, given or ()))


def is_chosen(value: Any, chosen: Collection[Any]) -> bool:
    """Whether ``value`` is one of those ``chosen``; where none are, all are meant."""
    return not chosen or value in chosen


def parts_of(value: Any) -> Collection[Any]:
    """What is directly in a dictionary or list; nothing in anything else."""
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, list):
        return value
    return ()


def is_too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than those of the API by far."""
    level = [value]
    for _number in range(_MOST_LEVELS):
        parts = itertools.chain.from_iterable(map(parts_of, level))
        level = [part for part in parts if isinstance(part, (dict, list))]
        if not level:
            return False
    return True


def check_depth(option: str, value: Any) -> None:
    """Raises InputError for an option that is nested too deep. What walks a value relies on it, and answers are looked at likewise."""
    if is_too_deep(value):
        raise InputError(
            f"{option} is nested more than {_MOST_LEVELS} levels deep, and values of the API have some 20: give fewer levels"
        )


def read_all(pool: ThreadPoolExecutor, read: Callable[[Thing], Value], things: Iterable[Thing]) -> list[Value]:
    """What ``read`` gives for each, in the order of the list. Raises the first failure in it; after a failure none is begun."""
    has_failed = threading.Event()

    def guarded(thing: Thing) -> list[Value]:
        if has_failed.is_set():
            return []
        # Whatever ends the reading, a warning of Python included, begins no other one.
        with contextlib.ExitStack() as failure:
            failure.callback(has_failed.set)
            value = read(thing)
            failure.pop_all()
        return [value]

    return [value for values in pool.map(guarded, things) for value in values]
