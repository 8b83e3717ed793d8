# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Comparing and showing values of which no schema is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from .._errors import InputError
from .._task import MASK, SHORTEST_SECRET

# Names of properties that hold secrets in the API's bodies. Rather one too many than one too few.
_SECRET = re.compile(r"passw|secret|token|credential|private.?key|api.?key|access.?key|authorization|certificate", re.I)
# Each costs frames wherever values are compared and shown, and Python has a thousand of them.
_MOST_LEVELS = 100


def check_levels(option: str, value: Any) -> None:
    """Raises InputError for an option that is nested more deeply than anything that the API takes."""
    level = [value]
    for dummy in range(_MOST_LEVELS):
        level = [item for container in level for item in _items(container)]
    if level:
        raise InputError(f"{option} is nested more than {_MOST_LEVELS} levels deep")


def _items(value: Any) -> Collection[Any]:
    """What an object or a list holds."""
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def contains(found: Any, wanted: Any) -> bool:
    """Whether everything that ``wanted`` says is so in ``found``, which may say more. Null is the same as absent.

    Lists must be as long, and contain each other item by item.
    """
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(contains(found.get(name), item) for name, item in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(contains, found, wanted))
    # True is no number here, though it is one to Python.
    return isinstance(found, bool) == isinstance(wanted, bool) and bool(found == wanted)


def equal(one: Any, other: Any, ignored: Collection[str] = ()) -> bool:
    """Whether both say the same, apart from the properties ``ignored`` at the top."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        one, other = ({name: side[name] for name in side if name not in ignored} for side in (one, other))
    return contains(one, other) and contains(other, one)


def merged(found: Any, wanted: Any) -> Any:
    """``found`` with what ``wanted`` says."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return {**found, **{name: merged(found.get(name), item) for name, item in wanted.items()}}
    return wanted


def masked(value: Any, names: Collection[str] = (), hides: bool = False) -> Any:
    """``value`` to be shown: without what is below a property that is called like a secret, or one of ``names``."""
    if isinstance(value, Mapping):
        return {name: masked(item, names, hides or is_secret(name, names)) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item, names, hides) for item in value]
    return MASK if hides and _says_something(value) else value


def _says_something(value: Any) -> bool:
    return not isinstance(value, bool) and value not in (None, "")


def secrets(value: Any, names: Collection[str] = (), hides: bool = False) -> Iterator[str]:
    """The texts that ``masked`` hides."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from secrets(item, names, hides or is_secret(name, names))
    elif isinstance(value, list):
        for item in value:
            yield from secrets(item, names, hides)
    elif hides and isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value


def is_secret(name: Any, names: Collection[str] = ()) -> bool:
    """Whether a property or parameter is called like a secret, or one of ``names``."""
    return name in names or _SECRET.search(str(name)) is not None
