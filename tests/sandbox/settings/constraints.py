# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Constraints of a property and of an object (API facts, 3.1). Each check gives the message of its violation or None.

Only the texts of API facts, 5.2 are the real server's; the others are the sandbox's own. ``customMessage`` wins over all.
Custom validators and kinds of a newer time are not known here, so they pass.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Mapping
from functools import cache
from itertools import pairwise
from typing import Any

from .values import at_path, canonical

Constraint = Mapping[str, Any]
# Java's largest integer, which a limit that is not given stands for.
_LONGEST = 2147483647
_MOST_SECONDS = 0.5
# A class within a class, or an intersection of classes: Python takes these characters for what they are.
_CLASS_OF_CLASSES = re.compile(r"(?<!\\)\[[^\]\\]*(?:\\.[^\]\\]*)*(?:\[|&&)")


@cache
def java_pattern(pattern: str) -> re.Pattern[str] | None:
    """None when Python's ``re`` does not take the Java expression, or means something else by it: it is not checked."""
    if _CLASS_OF_CLASSES.search(pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None


class _TooLongError(Exception):
    """Python tries all ways to match one after the other, and of some expressions there are more than anybody can wait for."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches the Java expression; true as well where nobody here can say, or not in time."""
    compiled = java_pattern(pattern)
    if compiled is None:
        return True
    # Only the main thread, which is the server's, is sent signals.
    if threading.current_thread() is not threading.main_thread():
        return compiled.fullmatch(text) is not None
    handler = signal.signal(signal.SIGALRM, _give_up)
    timer = signal.setitimer(signal.ITIMER_REAL, _MOST_SECONDS)
    try:
        return compiled.fullmatch(text) is not None
    except _TooLongError:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def _give_up(*_signal: object) -> None:
    raise _TooLongError


def check_property(constraint: Constraint, value: Any) -> str | None:
    return _message(_PROPERTY, constraint, value)


def check_object(constraint: Constraint, value: Mapping[str, Any]) -> str | None:
    return _message(_OBJECT, constraint, value)


def _message(
    checks: Mapping[str, Callable[[Constraint, Any], str | None]], constraint: Constraint, value: Any
) -> str | None:
    # An old deletionConstraint of the real server has no type, and so may any constraint.
    check = checks.get(constraint.get("type", ""))
    message = None if check is None else check(constraint, value)
    return message and (constraint.get("customMessage") or message)


def _length(constraint: Constraint, value: Any) -> str | None:
    low, high = constraint.get("minLength"), constraint.get("maxLength")
    if not isinstance(value, str):
        return None
    low, high = low or 0, _LONGEST if high is None else high
    return None if low <= len(value) <= high else f"'{value}' violates Size must be between {low} and {high}"


def _range(constraint: Constraint, value: Any) -> str | None:
    low, high = constraint.get("minimum"), constraint.get("maximum")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if low is not None and value < low:
        return f"must be greater than or equal to {low}"
    return f"must be less than or equal to {high}" if high is not None and value > high else None


def _regex(constraint: Constraint, value: Any) -> str | None:
    """Without a pattern the value is a regular expression itself; Python's ``re`` refuses some that Java takes."""
    if constraint.get("pattern") is not None:
        return _pattern(constraint, value)
    balanced = not isinstance(value, str) or java_pattern(value) is not None or _takes_only_java(value)
    return None if balanced else "must be a valid regular expression"


def _takes_only_java(pattern: str) -> bool:
    """Whether it holds anything that Java's expressions have and Python's have not, so that nobody here can say."""
    if _CLASS_OF_CLASSES.search(pattern):
        return True
    return re.search(r"\\[pPQERXKhHvVGkzZ]|\(\?[<>a-z-]|[+*?}]\+", pattern) is not None


def _pattern(constraint: Constraint, value: Any) -> str | None:
    if not isinstance(value, str) or matches(constraint["pattern"], value):
        return None
    return f'must match "{constraint["pattern"]}"'


def _not_blank(constraint: Constraint, value: Any) -> str | None:
    return "must not be blank" if isinstance(value, str) and not value.strip() else None


def _not_empty(constraint: Constraint, value: Any) -> str | None:
    return "must not be empty" if isinstance(value, (str, list)) and not value else None


def _no_whitespace(constraint: Constraint, value: Any) -> str | None:
    return "must not contain whitespace" if isinstance(value, str) and re.search(r"\s", value) else None


def _trimmed(constraint: Constraint, value: Any) -> str | None:
    is_padded = isinstance(value, str) and value != value.strip()
    return "must not have leading or trailing whitespace" if is_padded else None


def _unique(constraint: Constraint, value: Any) -> str | None:
    """Inside one collection; without properties the elements themselves are compared."""
    if not isinstance(value, list):
        return None
    names = constraint.get("uniqueProperties") or []
    keys = [canonical([at_path(item, name) for name in names] if names else item) for item in value]
    return f"[{', '.join(names)}] must be unique" if len(set(keys)) < len(keys) else None


_PROPERTY: Mapping[str, Callable[[Constraint, Any], str | None]] = {
    "LENGTH": _length,
    "RANGE": _range,
    "PATTERN": _pattern,
    "REGEX": _regex,
    "NOT_BLANK": _not_blank,
    "NOT_EMPTY": _not_empty,
    "NO_WHITESPACE": _no_whitespace,
    "TRIMMED": _trimmed,
    "UNIQUE": _unique,
}


def _ordered(wanted: Callable[[Any, Any], bool], words: str) -> Callable[[Constraint, Any], str | None]:
    """``properties`` must stand in that relation, each to the next; dates are texts that sort like what they mean."""

    def check(constraint: Constraint, value: Mapping[str, Any]) -> str | None:
        for left, right in pairwise(constraint["properties"]):
            first, second = at_path(value, left), at_path(value, right)
            if first is None or second is None or isinstance(first, str) is not isinstance(second, str):
                continue
            if not wanted(first, second):
                return f"'{left}' must be {words} '{right}'"
        return None

    return check


def _property_count(constraint: Constraint, value: Mapping[str, Any]) -> str | None:
    count = sum(value.get(name) is not None for name in constraint["properties"])
    low, high = constraint.get("minimumPropertyCount"), constraint.get("maximumPropertyCount")
    if low is not None and count < low:
        return f"at least {low} of [{', '.join(constraint['properties'])}] must be set"
    if high is not None and count > high:
        return f"at most {high} of [{', '.join(constraint['properties'])}] may be set"
    return None


_OBJECT: Mapping[str, Callable[[Constraint, Any], str | None]] = {
    "LESS_THAN": _ordered(lambda a, b: bool(a < b), "less than"),
    "LESS_THAN_OR_EQUAL": _ordered(lambda a, b: bool(a <= b), "less than or equal to"),
    "GREATER_THAN": _ordered(lambda a, b: bool(a > b), "greater than"),
    "GREATER_THAN_OR_EQUAL": _ordered(lambda a, b: bool(a >= b), "greater than or equal to"),
    "PROPERTY_COUNT_RANGE": _property_count,
}
