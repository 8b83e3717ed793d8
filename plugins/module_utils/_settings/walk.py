# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The way through a value, with or without its schema. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .._errors import InputError
from .._lists import parts_of
from .schema import COLLECTIONS, OBJECT, Property

# A type may hold itself, so that only the value itself bounds the recursions here. No schema has more than about 15 levels.
MOST_LEVELS = 100
# Makes something of a property's value and of its counterpart in another value.
Change = Callable[[Property, Any, Any], Any]


def check_depth(value: Any, path: str = "value") -> None:
    """Raises InputError for a value that is nested deeper than ``MOST_LEVELS``."""
    layer = [value]
    for _level in range(MOST_LEVELS):
        parts = itertools.chain.from_iterable(map(parts_of, layer))
        layer = [part for part in parts if isinstance(part, (dict, list))]
        if not layer:
            return
    raise InputError(f"{path} is nested more than {MOST_LEVELS} levels deep: is it what you mean?")


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value but the names of properties."""
    if isinstance(value, str):
        yield value
    for part in parts_of(value):
        yield from texts_in(part)


def with_texts(value: Any, change: Callable[[str], Any]) -> Any:
    """``value`` with what ``change`` makes of each text in it."""
    if isinstance(value, str):
        return change(value)
    return with_parts(value, lambda part: with_texts(part, change))


def with_parts(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with what ``change`` makes of all that is directly in it, if it is a dictionary or list."""
    if isinstance(value, dict):
        return {name: change(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(change, value))
    return value


def rebuilt(prop: Property, value: Any, other: Any, change: Change) -> Any:
    """``value`` with all that its schema describes directly in it replaced by what ``change`` makes of it.

    ``other``: a value of the same property, of which ``change`` gets the part at the same place, None where there is none.
    """
    if not prop.fits(value):
        return value
    if prop.kind == OBJECT:
        return _rebuilt_object(prop, value, mapping(other), change)
    if prop.kind in COLLECTIONS:
        return _rebuilt_collection(prop, value, other, change)
    return value


def _rebuilt_object(
    prop: Property, value: Mapping[str, Any], other: Mapping[str, Any], change: Change
) -> dict[str, Any]:
    result = dict(value)
    for name in value.keys() & prop.properties.keys():
        result[name] = change(prop.properties[name], value[name], other.get(name))
    return result


def _rebuilt_collection(prop: Property, value: Sequence[Any], other: Any, change: Change) -> list[Any]:
    item = prop.item
    return [change(item, element, counterpart) for element, counterpart in zip(value, counterparts(value, other))]


def counterparts(value: Sequence[Any], other: Any) -> Sequence[Any]:
    """The elements of ``other``; None for each if which was which is not known, because there are more or fewer of them."""
    if isinstance(other, list) and len(other) == len(value):
        return other
    return [None] * len(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """``value``, or an empty one if it is none."""
    if isinstance(value, dict):
        return value
    return {}


def without_nulls(value: Any) -> Any:
    """Null and absent are the same to the API (API facts, 3.1)."""
    if isinstance(value, Mapping):
        there = {name: item for name, item in value.items() if item is not None}
        return dict(zip(there, map(without_nulls, there.values())))
    if isinstance(value, list):
        return list(map(without_nulls, value))
    return value


def path_below(path: str, name: str) -> str:
    """Of the property ``name`` of the object at ``path``, which is empty at the root."""
    return f"{path}.{name}" if path else name
