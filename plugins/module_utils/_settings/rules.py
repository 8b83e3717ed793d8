# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The rules of a single property (API facts, 3.1), each against one value. Pure.

A fault is only what the server is certain to refuse. Kinds of rules that are not known here are left to the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
