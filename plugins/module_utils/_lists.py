# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is done with lists of anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

Thing = TypeVar("Thing")
Group = TypeVar("Group")


def grouped(things: Iterable[Thing], key: Callable[[Thing], Group]) -> dict[Group, list[Thing]]:
    """By ``key``, in the order of the list."""
    groups: dict[Group, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that hold something: an empty text, list or object says no more than a field that is left out."""
    return {name: value for name, value in fields.items() if value}
