# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Comparing and showing values of which no schema is known. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from .._masking import MASK

# Names of properties that hold secrets in the API's bodies. Rather one too many than one too few.
_SECRET = re.compile(r"passw|secret|token|credential|private.?key|api.?key|access.?key|authorization|certificate", re.I)


def contains(current: Any, wanted: Any) -> bool:
    """Whether everything that ``wanted`` says is so in ``current``, which may say more. Null is the same as absent.

    Lists must be as long, and contain each other item by item.
    """
    for kind, has_all in _CONTAINERS:
        if isinstance(wanted, kind):
            return isinstance(current, kind) and has_all(current, wanted)
    # True is not a number here, though it is one to Python.
    return (isinstance(current, bool), current) == (isinstance(wanted, bool), wanted)


def _has_properties(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(contains(current.get(name), item) for name, item in wanted.items())


def _has_items(current: Sequence[Any], wanted: Sequence[Any]) -> bool:
    if len(current) != len(wanted):
        return False
    return all(map(contains, current, wanted))


_CONTAINERS: Sequence[tuple[type, Callable[[Any, Any], bool]]] = ((Mapping, _has_properties), (list, _has_items))


def equal(current: Any, wanted: Any, ignored: Collection[str] = ()) -> bool:
    """Whether both say the same, apart from the properties ``ignored`` at the top."""
    sides = (_compared(current, ignored), _compared(wanted, ignored))
    return contains(*sides) and contains(*reversed(sides))


def _compared(side: Any, ignored: Collection[str]) -> Any:
    """What of one side is compared."""
    if not isinstance(side, Mapping):
        return side
    compared = dict(side)
    for name in ignored:
        compared.pop(name, None)
    return compared


def merged(current: Any, wanted: Any) -> Any:
    """``current`` with what ``wanted`` says."""
    if not isinstance(current, Mapping) or not isinstance(wanted, Mapping):
        return wanted
    merger = dict(current)
    for name, item in wanted.items():
        merger[name] = merged(current.get(name), item)
    return merger


def masked(value: Any, names: Collection[str] = ()) -> Any:
    """``value`` to be shown: without what is below a property that is called like a secret, or one of ``names``."""
    return _walked(value, names, _shown, _mask)


def _walked(value: Any, names: Collection[str], visit: Callable[[Any], Any], visit_secret: Callable[[Any], Any]) -> Any:
    """``value`` with what ``visit`` makes of each scalar in it, and ``visit_secret`` of those below a secret."""
    if isinstance(value, Mapping):
        walked = {}
        for name, item in value.items():
            visit_item = visit_secret if is_secret(name, names) else visit
            walked[name] = _walked(item, names, visit_item, visit_secret)
        return walked
    if isinstance(value, list):
        return [_walked(item, names, visit, visit_secret) for item in value]
    return visit(value)


def _shown(scalar: Any) -> Any:
    return scalar


def _mask(secret: Any) -> Any:
    """What says nothing may be seen."""
    if isinstance(secret, bool) or secret in (None, ""):
        return secret
    return MASK


def secrets(value: Any, names: Collection[str] = ()) -> set[str]:
    """The texts that ``masked`` hides."""
    hidden: list[Any] = []
    _walked(value, names, _shown, hidden.append)
    return set(filter(_is_text, hidden))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_secret(name: Any, names: Collection[str] = ()) -> bool:
    """Whether a property or parameter is called like a secret, or one of ``names``."""
    return name in names or _SECRET.search(str(name)) is not None
