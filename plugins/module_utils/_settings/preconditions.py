# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""When a property of a settings value may be there: preconditions of a schema (API facts, 3.1). Pure.

An answer is yes, no or unknown (None). Nothing is filled in, dropped, demanded or refused by an unknown one: the server decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .patterns import matches

# Stands among the siblings for a property of which nobody knows what it is.
NOT_GIVEN = object()
_OPPOSITES = {True: False, False: True, None: None}
# One part of which the answer is this settles it, whatever the others are.
_DECISIVE = {"AND": False, "OR": True}


def holds(precondition: Any, siblings: Mapping[str, Any]) -> bool | None:
    """Whether a property with this precondition may (and, if it is not nullable, must) be there beside ``siblings``.

    Without one it may always be there.
    """
    if precondition is None:
        return True
    if not isinstance(precondition, Mapping):
        return None
    kind = str(precondition.get("type"))
    if kind == "NOT":
        return _OPPOSITES[holds(precondition.get("precondition"), siblings)]
    if kind not in _DECISIVE:
        return _tested(kind, precondition, siblings.get(str(precondition.get("property"))))
    decisive = _DECISIVE[kind]
    answers = [holds(part, siblings) for part in _parts(precondition)]
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _tested(kind: str, precondition: Mapping[str, Any], actual: Any) -> bool | None:
    """Of the one property that a precondition names."""
    if actual is NOT_GIVEN:
        return None
    if kind == "NULL":
        return actual is None
    if kind == "EQUALS":
        return is_same_scalar(actual, precondition.get("expectedValue"))
    if kind == "IN" and isinstance(precondition.get("expectedValues"), list):
        return any(is_same_scalar(actual, value) for value in precondition["expectedValues"])
    if kind == "REGEX_MATCH" and isinstance(precondition.get("pattern"), str):
        return isinstance(actual, str) and matches(precondition["pattern"], actual)
    return None


def deciding(precondition: Any, siblings: Mapping[str, Any]) -> list[str]:
    """The names of the siblings by which it holds or does not."""
    if not isinstance(precondition, Mapping):
        return []
    inner = [precondition.get("precondition"), *_parts(precondition)]
    parts = [part for part in inner if part is not None]
    if not parts:
        return [str(precondition.get("property"))]
    if len(parts) == 1:
        return deciding(parts[0], siblings)
    answer = holds(precondition, siblings)
    names = []
    for part in parts:
        if holds(part, siblings) is answer:
            names += deciding(part, siblings)
    return list(dict.fromkeys(names))


def is_same_scalar(left: Any, right: Any) -> bool:
    """Whether both are the same to the API: 1 is 1.0, but not true."""
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)


def _parts(precondition: Mapping[str, Any]) -> Sequence[Any]:
    """Of AND and OR. What is not a list counts as one part."""
    parts = precondition.get("preconditions") or []
    return parts if isinstance(parts, list) else [parts]
