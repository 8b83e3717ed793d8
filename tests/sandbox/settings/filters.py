# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The useful part of the platform's language for ``filter``, and ``sort`` of the objects list (API facts, 2.6 and 3.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ApiError

_LONGEST, _DEEPEST = 1024, 5
_PLAIN_FIELDS = ("created", "modified", "createdBy", "modifiedBy", "author")
_TOKEN = re.compile(r"""\s*(\(|\)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|!=|<=|>=|==?|<|>|[^\s()=!<>'"]+)""")

Lookup = Callable[[str], Any]
Predicate = Callable[[Lookup], bool]


def parse_filter(text: str, check_field: Callable[[str], None]) -> Predicate:
    """A predicate over a function that gives the value of a field. ``check_field`` raises for one that may not be named."""
    return _Parser(tokens(text), check_field).whole()


def of_objects(fields: Sequence[str], parameter: str = "filter") -> Callable[[str], None]:
    """Fields of settings objects, of which only requested ones may be named."""

    def check(name: str) -> None:
        root = name.partition(".")[0]
        if name not in _PLAIN_FIELDS and not name.startswith("value."):
            raise ApiError.violation(parameter, f"Field '{name}' is not supported")
        if root not in fields:
            raise ApiError.violation(parameter, f"Field '{name}' is not part of the requested fields")

    return check


def parse_sort(text: str, fields: Sequence[str]) -> list[tuple[str, bool]]:
    """``value.name,-modified`` as pairs of a field and whether it descends."""
    check_field = of_objects(fields, "sort")
    order = []
    for part in (part.strip() for part in text.split(",") if part.strip()):
        name = part.lstrip("+-")
        check_field(name)
        order.append((name, part.startswith("-")))
    return order


def sort_key(value: Any) -> tuple[int, float, str]:
    """Nothing before numbers before texts."""
    if value is None:
        return (0, 0.0, "")
    if isinstance(value, (int, float)):
        return (1, float(value), "")
    return (2, 0.0, str(value))


def tokens(text: str) -> list[str]:
    """The words, signs and quoted literals of an expression."""
    if len(text) > _LONGEST:
        raise ApiError.violation("filter", f"must not be longer than {_LONGEST} characters")
    words, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ApiError.violation("filter", f"Invalid format at position {position}.")
        words.append(match[1])
        position = match.end()
    return words


class _Parser:
    """or < and < not < comparison."""

    def __init__(self, tokens: list[str], check_field: Callable[[str], None]) -> None:
        self._tokens = tokens
        self._check_field = check_field
        self._depth = 0

    def whole(self) -> Predicate:
        predicate = self._any()
        if self._tokens:
            raise ApiError.violation("filter", f"Unexpected '{self._tokens[0]}'.")
        return predicate

    def _any(self) -> Predicate:
        parts = [self._all()]
        while self._taken("or"):
            parts.append(self._all())
        return lambda lookup: any(part(lookup) for part in parts)

    def _all(self) -> Predicate:
        parts = [self._one()]
        while self._taken("and"):
            parts.append(self._one())
        return lambda lookup: all(part(lookup) for part in parts)

    def _one(self) -> Predicate:
        if self._taken("not"):
            inner = self._one()
            return lambda lookup: not inner(lookup)
        if not self._taken("("):
            return self._comparison()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ApiError.violation("filter", f"must not be nested deeper than {_DEEPEST}")
        predicate = self._any()
        if not self._taken(")"):
            raise ApiError.violation("filter", "A closing parenthesis is missing.")
        self._depth -= 1
        return predicate

    def _comparison(self) -> Predicate:
        name, operator, literal = self._next(), self._next().lower(), self._next()
        self._check_field(name)
        compare = _OPERATORS.get(operator)
        if compare is None:
            raise ApiError.violation("filter", f"Unknown operator '{operator}'.")
        wanted = re.sub(r"\\(.)", r"\1", literal[1:-1]) if literal[0] in "'\"" else literal
        return lambda lookup: compare(lookup(name), wanted)

    def _next(self) -> str:
        if not self._tokens:
            raise ApiError.violation("filter", "The expression is not complete.")
        return self._tokens.pop(0)

    def _taken(self, word: str) -> bool:
        if self._tokens and self._tokens[0].lower() == word:
            self._tokens.pop(0)
            return True
        return False


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equal(value: Any, wanted: str) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(wanted) == value
        except ValueError:
            return False
    return value is not None and _as_text(value) == wanted


def _contains(value: Any, wanted: str) -> bool:
    if isinstance(value, list):
        return any(_equal(element, wanted) for element in value)
    return value is not None and wanted in _as_text(value)


def _relation(holds: Callable[[Any, Any], bool]) -> Callable[[Any, str], bool]:
    def compare(value: Any, wanted: str) -> bool:
        if value is None or isinstance(value, (bool, list, dict)):
            return False
        try:
            return holds(value, wanted if isinstance(value, str) else float(wanted))
        except ValueError:
            return False

    return compare


_OPERATORS: dict[str, Callable[[Any, str], bool]] = {
    "=": _equal,
    "==": _equal,
    "!=": lambda value, wanted: not _equal(value, wanted),
    "contains": _contains,
    "starts-with": lambda value, wanted: value is not None and _as_text(value).startswith(wanted),
    "ends-with": lambda value, wanted: value is not None and _as_text(value).endswith(wanted),
    "<": _relation(lambda a, b: bool(a < b)),
    "<=": _relation(lambda a, b: bool(a <= b)),
    ">": _relation(lambda a, b: bool(a > b)),
    ">=": _relation(lambda a, b: bool(a >= b)),
}
