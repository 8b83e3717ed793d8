# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""When a property of a settings value may be there: preconditions of a schema (API facts, 3.1). Pure.

An answer is yes, no or unknown (None). Nothing is filled in, dropped, demanded or refused by an unknown one: the server decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .patterns import matches

# Takes the properties that stand beside the one in question.
Condition = Callable[[Mapping[str, Any]], "bool | None"]
# Stands among them for a property of which nobody knows what it is.
NOT_GIVEN = object()
_OPPOSITES = {True: False, False: True, None: None}


def condition(precondition: Any) -> Condition:
    """The precondition of a property, prepared for many values; without one a property may always be there."""
    if precondition is None:
        return _always
    if not isinstance(precondition, Mapping):
        return _unknown
    return _KINDS.get(str(precondition.get("type")), _unknown_kind)(precondition)


def holds(precondition: Any, siblings: Mapping[str, Any]) -> bool | None:
    """Whether a property with this precondition may (and, if it is not nullable, must) be there beside ``siblings``."""
    return condition(precondition)(siblings)


def deciding(precondition: Any, siblings: Mapping[str, Any]) -> list[str]:
    """The names of the siblings by which it holds or does not."""
    if not isinstance(precondition, Mapping):
        return []
    inner = [precondition.get("precondition"), *_listed(precondition, "preconditions")]
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


def _always(_siblings: Mapping[str, Any]) -> bool | None:
    return True


def _unknown(_siblings: Mapping[str, Any]) -> bool | None:
    return None


def _unknown_kind(_precondition: Mapping[str, Any]) -> Condition:
    return _unknown


def _not(precondition: Mapping[str, Any]) -> Condition:
    inner = condition(precondition.get("precondition"))

    def answer(siblings: Mapping[str, Any]) -> bool | None:
        return _OPPOSITES[inner(siblings)]

    return answer


def _and(precondition: Mapping[str, Any]) -> Condition:
    return _decided_by(False, _parts(precondition))


def _or(precondition: Mapping[str, Any]) -> Condition:
    return _decided_by(True, _parts(precondition))


def _parts(precondition: Mapping[str, Any]) -> list[Condition]:
    return list(map(condition, _listed(precondition, "preconditions")))


def _decided_by(decisive: bool, parts: Sequence[Condition]) -> Condition:
    """One part that is ``decisive`` settles it, whatever the others are."""

    def answer(siblings: Mapping[str, Any]) -> bool | None:
        answers = [part(siblings) for part in parts]
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    return answer


def _null(precondition: Mapping[str, Any]) -> Condition:
    return _tested(precondition, lambda actual: actual is None)


def _equals(precondition: Mapping[str, Any]) -> Condition:
    expected = precondition.get("expectedValue")
    return _tested(precondition, lambda actual: is_same_scalar(actual, expected))


def _in(precondition: Mapping[str, Any]) -> Condition:
    expected = _listed(precondition, "expectedValues")
    return _tested(precondition, lambda actual: any(is_same_scalar(actual, value) for value in expected))


def _regex_match(precondition: Mapping[str, Any]) -> Condition:
    pattern = precondition.get("pattern")
    if not isinstance(pattern, str):
        return _unknown

    def test(actual: Any) -> bool | None:
        if isinstance(actual, str):
            return matches(pattern, actual)
        return False

    return _tested(precondition, test)


def _tested(precondition: Mapping[str, Any], test: Callable[[Any], bool | None]) -> Condition:
    """Tests the one property that a precondition names."""
    name = str(precondition.get("property"))

    def answer(siblings: Mapping[str, Any]) -> bool | None:
        actual = siblings.get(name)
        if actual is NOT_GIVEN:
            return None
        return test(actual)

    return answer


def _listed(precondition: Mapping[str, Any], name: str) -> Sequence[Any]:
    parts = precondition.get(name)
    return parts if isinstance(parts, list) else ()


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Condition]] = {
    "NOT": _not,
    "AND": _and,
    "OR": _or,
    "NULL": _null,
    "EQUALS": _equals,
    "IN": _in,
    "REGEX_MATCH": _regex_match,
}
