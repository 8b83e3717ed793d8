# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The rules of a property (API facts, 3.1): constraints, each against one value, and when it may be there: preconditions. Pure.

A fault is only what the server is certain to refuse; kinds of rules that are not known here are left to the server. A precondition
holds, does not, or is unknown (None). Nothing is filled in, dropped, demanded or refused by an unknown one: the server decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .patterns import matches

Constraint = Mapping[str, Any]
# Whether the server takes other characters for whitespace, such as the no-break space, is not known.
_WHITESPACE = " \t\n\r\f\v"


def fault_of(rule: Constraint, value: Any) -> str:
    """What is wrong, as the end of a sentence; empty if the value keeps the rule."""
    faults = _TEXT_FAULTS if isinstance(value, str) else _OTHER_FAULTS
    return faults.get(str(rule.get("type")), _no_fault)(rule, value)


def is_number(value: Any) -> bool:
    """Python takes true and false for numbers as well."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _no_fault(_rule: Constraint, _value: Any) -> str:
    return ""


def _range(rule: Constraint, value: Any) -> str:
    if not is_number(value):
        return ""
    fault = outside(rule.get("minimum"), rule.get("maximum"), value, value)
    if fault:
        return f"must be {fault}"
    return ""


def outside(low: Any, high: Any, least: float, most: float) -> str:
    """Which limit is exceeded. ``least`` and ``most``: the lowest and the highest that the server may count for the value."""
    if isinstance(low, (int, float)) and most < low:
        return f"at least {low}"
    if isinstance(high, (int, float)) and least > high:
        return f"at most {high}"
    return ""


def _length(rule: Constraint, text: str) -> str:
    # Java counts a character beyond U+FFFF as two; whether the server does is not known.
    most = len(text.encode("utf-16-le", "surrogatepass")) // 2
    fault = outside(rule.get("minLength"), rule.get("maxLength"), len(text), most)
    if fault:
        return f"must have {fault} characters"
    return ""


def _pattern(rule: Constraint, text: str) -> str:
    pattern = rule.get("pattern")
    # Without a pattern the value itself is an expression (API facts, 3.1).
    if isinstance(pattern, str) and matches(pattern, text) is False:
        return f"must match {pattern}"
    return ""


def _unless(is_kept: Callable[[Any], bool], fault: str) -> Callable[[Constraint, Any], str]:
    """Of a rule that has no parameters."""
    return lambda _rule, value: "" if is_kept(value) else fault


_TEXT_FAULTS: Mapping[str, Callable[[Constraint, str], str]] = {
    "LENGTH": _length,
    "PATTERN": _pattern,
    "REGEX": _pattern,
    "NOT_BLANK": _unless(lambda text: text.strip(_WHITESPACE) != "", "must not be blank"),
    "NOT_EMPTY": _unless(lambda text: text != "", "must not be empty"),
    "NO_WHITESPACE": _unless(set(_WHITESPACE).isdisjoint, "must not contain whitespace"),
    "TRIMMED": _unless(lambda text: text == text.strip(_WHITESPACE), "must not begin or end with whitespace"),
}
_OTHER_FAULTS: Mapping[str, Callable[[Constraint, Any], str]] = {
    "NOT_EMPTY": _unless(lambda value: value != [], "must not be empty"),
    "RANGE": _range,
}


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
