# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The way through a value, with or without its schema. Pure.

A type may hold itself, so that only the value itself bounds the recursions: options and answers are checked where they come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from .._lists import parts_of
from .schema import UNKNOWN, Property, split_path

Key = TypeVar("Key")
# Makes something of a property's value and of its counterpart in another value.
Change = Callable[[Property, Any, Any], Any]


def named_parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """What is directly in a dictionary or list, by name or index; nothing in anything else."""
    if isinstance(value, dict):
        return value.items()
    if isinstance(value, list):
        return enumerate(value)
    return ()


def assembled(value: Any, parts: Mapping[Any, Any]) -> Any:
    """``value`` with these parts, by name or index; all of them for a list."""
    if isinstance(value, dict):
        return {**value, **parts}
    if isinstance(value, list):
        return list(parts.values())
    return value


def inside(prop: Property, value: Any, *others: Any) -> Iterator[tuple[Any, ...]]:
    """Of what is directly in ``value``: name or index, the property (UNKNOWN where the schema has none), the part and its counterparts.

    ``others``: values of the same property. A counterpart is None where there is none, and where which was which is not known.
    """
    if isinstance(value, dict):
        fields = list(map(mapping, others))
        for name, part in value.items():
            counterparts = [other.get(name) for other in fields]
            yield name, prop.below(name), part, *counterparts
    elif isinstance(value, list):
        rows = zip(value, *(_elements(other, len(value)) for other in others))
        for index, parts in enumerate(rows):
            yield index, prop.item, *parts


def _elements(value: Any, count: int) -> Sequence[Any]:
    """None for each if there are more or fewer."""
    if isinstance(value, list) and len(value) == count:
        return value
    return [None] * count


def rebuilt(prop: Property, value: Any, other: Any, change: Change) -> Any:
    """``value`` with what ``change`` makes of all that is directly in it and of its counterparts in ``other``."""
    parts = {name: change(below, part, counterpart) for name, below, part, counterpart in inside(prop, value, other)}
    return assembled(value, parts)


def lookup(value: Any, path: str, prop: Property = UNKNOWN) -> Any:
    """The value at ``path`` (``a/b`` or ``a.b``), None where there is none. ``prop``: what ``value`` is by its schema."""
    for name in split_path(path, prop):
        value = mapping(value).get(name)
    return value


def given_at(value: Any, paths: Iterable[str], prop: Property) -> dict[str, Any]:
    """What there is at each of these paths, without those at which there is nothing."""
    return non_null({path: lookup(value, path, prop) for path in paths})


def place_below(place: str, name: str | int) -> str:
    """How people write a property or an element of what is at ``place``, which is empty at the root."""
    if isinstance(name, int):
        return f"{place}[{name}]"
    return f"{place}.{name}" if place else name


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
    return assembled(value, {name: change(part) for name, part in named_parts(value)})


def without_nulls(value: Any) -> Any:
    """Null and absent are the same to the API (API facts, 3.1)."""
    if isinstance(value, dict):
        value = non_null(value)
    return with_parts(value, without_nulls)


def non_null(fields: Mapping[Key, Any]) -> dict[Key, Any]:
    """Without those that are null."""
    return {name: part for name, part in fields.items() if part is not None}


def elements_of(value: Any) -> list[Any]:
    """``value``, or an empty list if it is none."""
    if isinstance(value, list):
        return value
    return []


def mapping(value: Any) -> Mapping[str, Any]:
    """``value``, or an empty one if it is none."""
    if isinstance(value, dict):
        return value
    return {}
