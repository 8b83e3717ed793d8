# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""``{"$ref": NAME}`` in a value: the object id of another item of the list, by its key or external id. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

REFERENCE = "$ref"


def references(value: Any, path: str = "value") -> Iterator[tuple[str, str]]:
    """Path and name of each reference in ``value``."""
    if isinstance(value, Mapping):
        if set(value) == {REFERENCE}:
            yield path, str(value[REFERENCE])
        else:
            for name, item in value.items():
                yield from references(item, f"{path}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references(item, f"{path}[{index}]")


def resolved(value: Any, lookup: Callable[[str], str]) -> Any:
    """``value`` with what ``lookup`` gives for the name of each reference."""
    if isinstance(value, Mapping):
        if set(value) == {REFERENCE}:
            return lookup(str(value[REFERENCE]))
        return {name: resolved(item, lookup) for name, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, lookup) for item in value]
    return value


def levels(names: Iterable[str], needs: Mapping[str, Iterable[str]], why: str) -> dict[str, int]:
    """For each name how many steps must come before it; ``needs``: what each waits for.

    Raises InputError for a circle, with the names in it and ``why`` that is an error.
    """
    found: dict[str, int] = {}
    for start in names:
        # A stack of our own, since a chain may be longer than Python's.
        stack = [(start, iter(needs.get(start, ())))]
        trail = [start]
        while stack:
            name, waiting = stack[-1]
            following = next((one for one in waiting if one not in found), None)
            if following is None:
                found[name] = max((found[one] + 1 for one in needs.get(name, ())), default=0)
                stack.pop()
                trail.pop()
            elif following in trail:
                circle = " -> ".join([*trail[trail.index(following) :], following])
                raise InputError(f"{circle}: {why}")
            else:
                stack.append((following, iter(needs.get(following, ()))))
                trail.append(following)
    return found
