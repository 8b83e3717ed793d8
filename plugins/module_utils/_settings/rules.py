# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The rules of a property (API facts, 3.1): constraints, each against one value, and when it may be there: preconditions. Pure.

A fault is only what the server is certain to refuse; kinds of rules that are not known here are left to the server. A precondition
holds, does not, or is unknown (None). Nothing is filled in, dropped, demanded or refused by an unknown one: the server decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._patterns import matches

Constraint = Mapping[str, Any]
# Whether the server takes other characters for whitespace, such as the no-break space, is not known.
_WHITESPACE = " \t\n\r\f\v"


def fault_of(rule: Constraint, value: Any) -> str:
    """What is wrong, as the end of a sentence; empty if the value keeps the rule."""
    kind = rule.get("type")
    if kind == "NOT_EMPTY" and value in ("", []):
        return "must not be empty"
    if kind == "RANGE" and is_number(value):
        return outside("must be {}", rule.get("minimum"), rule.get("maximum"), value, value)
    if isinstance(value, str):
        return _text_fault(kind, rule, value)
    return ""


def is_number(value: Any) -> bool:
    """Python takes true and false for numbers as well."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _text_fault(kind: Any, rule: Constraint, text: str) -> str:
    if kind == "LENGTH":
        return _length(rule, text)
    if kind in ("PATTERN", "REGEX"):
        return _pattern(rule, text)
    if kind == "NOT_BLANK" and not text.strip(_WHITESPACE):
        return "must not be blank"
    if kind == "NO_WHITESPACE" and not set(_WHITESPACE).isdisjoint(text):
        return "must not contain whitespace"
    if kind == "TRIMMED" and text != text.strip(_WHITESPACE):
        return "must not begin or end with whitespace"
    return ""


def outside(text: str, low: Any, high: Any, least: float, most: float) -> str:
    """``text`` with the limit that is exceeded, empty if none is.

    ``least`` and ``most``: the lowest and the highest that the server may count for the value.
    """
    if isinstance(low, (int, float)) and most < low:
        return text.format(f"at least {low}")
    if isinstance(high, (int, float)) and least > high:
        return text.format(f"at most {high}")
    return ""


def _length(rule: Constraint, text: str) -> str:
    # Java counts a character beyond U+FFFF as two; whether the server does is not known.
    most = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return outside("must have {} characters", rule.get("minLength"), rule.get("maxLength"), len(text), most)


def _pattern(rule: Constraint, text: str) -> str:
    pattern = rule.get("pattern")
    # Without a pattern the value itself is an expression (API facts, 3.1).
    if isinstance(pattern, str) and matches(pattern, text) is False:
        return f"must match {pattern}"
    return ""


# Stands among the siblings for a property of which nobody knows what it is.
NOT_GIVEN = object()
_OPPOSITES = {True: False, False: True, None: None}
# One part of which the answer is this settles it, whatever the others are.
_DECISIVE = {"AND": False, "OR": True}


def holds(precondition: Mapping[str, Any] | None, siblings: Mapping[str, Any]) -> bool | None:
    """Whether a property with this precondition may (and, if it is not nullable, must) be there beside ``siblings``.

    Without one it may always be there.
    """
    if precondition is None:
        return True
    kind = str(precondition.get("type"))
    if kind == "NOT":
        return _OPPOSITES[holds(precondition.get("precondition"), siblings)]
    if kind not in _DECISIVE:
        return _tested(kind, precondition, siblings.get(str(precondition.get("property"))))
    answers = [holds(part, siblings) for part in precondition.get("preconditions") or ()]
    for answer in (_DECISIVE[kind], None):
        if answer in answers:
            return answer
    return not _DECISIVE[kind]


def _tested(kind: str, precondition: Mapping[str, Any], actual: Any) -> bool | None:
    """Of the one property that a precondition names."""
    if actual is NOT_GIVEN:
        return None
    if kind == "NULL":
        return actual is None
    if kind == "EQUALS":
        return is_same_scalar(actual, precondition.get("expectedValue"))
    if kind == "IN" and precondition.get("expectedValues"):
        return any(is_same_scalar(actual, value) for value in precondition["expectedValues"])
    if kind == "REGEX_MATCH" and isinstance(precondition.get("pattern"), str):
        return isinstance(actual, str) and matches(precondition["pattern"], actual)
    return None


def deciding(precondition: Mapping[str, Any], siblings: Mapping[str, Any]) -> list[str]:
    """The names of the siblings by which it holds or does not."""
    if precondition.get("precondition"):
        return deciding(precondition["precondition"], siblings)
    parts = precondition.get("preconditions")
    if not parts:
        return [str(precondition.get("property"))]
    answer = holds(precondition, siblings)
    names = []
    for part in parts:
        if holds(part, siblings) is answer:
            names += deciding(part, siblings)
    return list(dict.fromkeys(names))


def is_same_scalar(left: Any, right: Any) -> bool:
    """Whether both are the same to the API: 1 is 1.0, but not true."""
    return bool(left == right) and isinstance(left, bool) == isinstance(right, bool)
