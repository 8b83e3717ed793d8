# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Checks a value against its schema where the API offers no validation. Pure (API facts, 3.1).

It reports only what the server is certain to refuse. Custom validators, references to other objects and kinds of constraints that
are not known here are left to the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .patterns import matches
from .schema import ENUM, LIST, OBJECT, SECRET, SET, Property, lookup
from .values import counterparts, is_number, mapping, text_of

Constraint = Mapping[str, Any]
# Whether the server takes other characters for whitespace, such as the no-break space, is not known.
_WHITESPACE = " \t\n\r\f\v"


def problems(prop: Property, value: Any, read: Any = None, path: str = "value") -> Iterator[str]:
    """One sentence for each fault of ``value``; no sentence repeats the value.

    ``read``: the stored value. Its masked secrets stand for texts that nobody can check.
    """
    if value is None:
        return
    if prop.fits(value):
        yield from _PARTS.get(prop.kind, _nothing)(prop, value, read, path)
    if prop.kind == SECRET and value == read:
        return
    for rule in prop.rules:
        text = _fault(rule, value)
        if text:
            yield _said(path, rule, text)


def _said(path: str, rule: Constraint, text: str) -> str:
    """In the words of the schema's author, if there are any."""
    return f"{path}: {rule.get('customMessage') or text}"


def _nothing(_prop: Property, _value: Any, _read: Any, _path: str) -> Iterator[str]:
    return iter(())


def _object(prop: Property, value: Mapping[str, Any], read: Any, path: str) -> Iterator[str]:
    stored = mapping(read)
    for name, below in prop.properties.items():
        item = value.get(name)
        is_possible = below.is_possible(value)
        if item is None and is_possible and not below.is_nullable:
            yield f"{path}.{name} is missing, and the schema demands it"
        if item is not None and is_possible is False:
            yield f"{path}.{name} is not possible beside the other values: its precondition does not hold"
        yield from problems(below, item, stored.get(name), f"{path}.{name}")


def _collection(prop: Property, value: Sequence[Any], read: Any, path: str) -> Iterator[str]:
    text = _outside(prop.min_objects, prop.max_objects, len(value), len(value))
    if text:
        yield f"{path} must have {text} elements, not {len(value)}"
    for index, (item, stored) in enumerate(zip(value, counterparts(value, read))):
        yield from problems(prop.item, item, stored, f"{path}[{index}]")
    for rule in prop.rules:
        if rule.get("type") == "UNIQUE" and _has_repetition(prop.item, rule, value):
            names = ", ".join(_unique_names(rule)) or "value"
            yield _said(path, rule, f"must not have two elements with the same {names}")


def _unique_names(rule: Constraint) -> Sequence[str]:
    return rule.get("uniqueProperties") or ()


def _has_repetition(item: Property, rule: Constraint, values: Sequence[Any]) -> bool:
    seen = set()
    for value in values:
        key = [lookup(value, name, item) for name in _unique_names(rule)] or [value]
        text = text_of(key)
        if text in seen:
            return True
        # Whether elements without a key are repetitions of each other is not known.
        if any(part is not None for part in key):
            seen.add(text)
    return False


def _enum(prop: Property, value: Any, _read: Any, path: str) -> Iterator[str]:
    if prop.choices and value not in prop.choices:
        yield f"{path} must be one of {', '.join(map(str, prop.choices))}"


_PARTS: Mapping[str, Callable[[Property, Any, Any, str], Iterator[str]]] = {
    OBJECT: _object,
    LIST: _collection,
    SET: _collection,
    ENUM: _enum,
}


def _fault(rule: Constraint, value: Any) -> str:
    """What is wrong, as the end of a sentence; empty if the value keeps the rule."""
    kind = str(rule.get("type"))
    if isinstance(value, str):
        return _TEXT_FAULTS.get(kind, _no_fault)(rule, value)
    if kind == "NOT_EMPTY" and value == []:
        return "must not be empty"
    if kind == "RANGE" and is_number(value):
        text = _outside(rule.get("minimum"), rule.get("maximum"), value, value)
        if text:
            return f"must be {text}"
        return ""
    return ""


def _no_fault(_rule: Constraint, _text: str) -> str:
    return ""


def _outside(low: Any, high: Any, least: float, most: float) -> str:
    """Which limit is exceeded. ``least`` and ``most``: the lowest and the highest that the server may count for the value."""
    if isinstance(low, (int, float)) and most < low:
        return f"at least {low}"
    if isinstance(high, (int, float)) and least > high:
        return f"at most {high}"
    return ""


def _length(rule: Constraint, text: str) -> str:
    # Java counts a character beyond U+FFFF as two; whether the server does is not known.
    most = len(text.encode("utf-16-le", "surrogatepass")) // 2
    fault = _outside(rule.get("minLength"), rule.get("maxLength"), len(text), most)
    if fault:
        return f"must have {fault} characters"
    return ""


def _pattern(rule: Constraint, text: str) -> str:
    pattern = rule.get("pattern")
    # Without a pattern the value itself is an expression (API facts, 3.1).
    if isinstance(pattern, str) and matches(pattern, text) is False:
        return f"must match {pattern}"
    return ""


def _unless(is_kept: Callable[[str], bool], fault: str) -> Callable[[Constraint, str], str]:
    """Of a rule that has no parameters."""
    return lambda _rule, text: "" if is_kept(text) else fault


_TEXT_FAULTS: Mapping[str, Callable[[Constraint, str], str]] = {
    "LENGTH": _length,
    "PATTERN": _pattern,
    "REGEX": _pattern,
    "NOT_BLANK": _unless(lambda text: text.strip(_WHITESPACE) != "", "must not be blank"),
    "NOT_EMPTY": _unless(lambda text: text != "", "must not be empty"),
    "NO_WHITESPACE": _unless(set(_WHITESPACE).isdisjoint, "must not contain whitespace"),
    "TRIMMED": _unless(lambda text: text == text.strip(_WHITESPACE), "must not begin or end with whitespace"),
}
