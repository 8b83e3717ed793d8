# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Values as Go has and prints them: Monaco's parameters are Go values. Pure.

A value is None, a bool, an int, a float, a str, a list, or a mapping with texts as keys.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

# Go's JSON escapes these two, JSON itself need not. It shows where Monaco escapes a text twice.
_LINE_SEPARATORS = {"\u2028": "\\u2028", "\u2029": "\\u2029"}
_WORDS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}
# A float whose exponent is outside of these is printed with one.
_SMALLEST_EXPONENT, _LARGEST_EXPONENT = -4, 5
# Of Unicode's private use: in no text that people write.
_BEGIN, _END = "\ue000", "\ue001"
MARK = re.compile(f"{_BEGIN}(\\d+){_END}")


class MonacoError(Exception):
    """Why something cannot be converted."""


class UnknownError(MonacoError):
    """It depends on what is known later, which the mark of this ``number`` stands for."""

    def __init__(self, number: int) -> None:
        super().__init__("it depends on what is known only when it is applied")
        self.number = number


def mark(number: int) -> str:
    """Stands in a text for what is known when the settings are applied: the id of another object, or a secret."""
    return f"{_BEGIN}{number}{_END}"


def marks(text: str) -> list[int]:
    """The numbers of the marks in ``text``."""
    return [int(number) for number in MARK.findall(text)]


def has_marks_of_its_own(text: str) -> bool:
    """Whether what somebody wrote would be taken for one."""
    return _BEGIN in text


def require_known(*values: Any) -> None:
    """Raises UnknownError for a text that holds a mark."""
    for value in values:
        for number in marks(value) if isinstance(value, str) else ():
            raise UnknownError(number)


def printed(value: Any) -> str:
    """The text that Go's verb ``%v`` makes of ``value``."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _printed_float(value)
    if isinstance(value, Mapping):
        return "map[" + " ".join(f"{name}:{printed(value[name])}" for name in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(map(printed, value)) + "]"
    return str(value)


def _printed_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    power = len(digits) + int(exponent) - 1
    if _SMALLEST_EXPONENT <= power <= _LARGEST_EXPONENT:
        return f"{Decimal(repr(value)).normalize():f}"
    tail = "".join(map(str, digits[1:]))
    mantissa = f"{digits[0]}.{tail}" if tail else str(digits[0])
    return f"{'-' if sign else ''}{mantissa}e{power:+03d}"


def truth_of_text(text: str) -> bool | None:
    """What Go's strconv.ParseBool makes of ``text``; None where that fails."""
    return _WORDS.get(text)


def escaped(value: Any) -> Any:
    """As Monaco puts a value into a template: a text is fit to stand between the quotes of JSON.

    Texts in lists and maps stay as they are, and so do ``<``, ``>`` and ``&``.
    """
    if not isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)[1:-1]
    return "".join(_LINE_SEPARATORS.get(character, character) for character in text)


def unescaped(value: Any) -> Any:
    """What ``escaped`` was given."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(f'"{value}"', strict=False)
    except ValueError:
        return value


def texts_of(value: Any) -> Iterator[str]:
    """All texts in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (Mapping, list)):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from texts_of(item)


def is_integer(value: Any) -> bool:
    """Whether it is an integer to Go too, where true is none."""
    return isinstance(value, int) and not isinstance(value, bool)
