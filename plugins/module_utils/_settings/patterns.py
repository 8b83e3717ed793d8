# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether a text matches a regular expression of a schema. Pure.

These expressions are Java's. Python's ``re`` reads some of them otherwise, refuses some, and may take hours for others. So the part of
the syntax that schemas use is read here, and matched in bounded time; whatever else stands in an expression makes the answer unknown.
"""

from __future__ import annotations

import functools
import re
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

# Longer texts and expressions, deeper groups and more steps than these leave the answer unknown: a match takes 0.1 s at most.
_LONGEST_TEXT = 10_000
_LONGEST_PATTERN = 2_000
_MOST_GROUPS_WITHIN_EACH_OTHER = 30
_MOST_STEPS = 100_000

Accepts = Callable[[str], bool]

_LINE_ENDS = frozenset("\n\r\u0085\u2028\u2029")
_COUNT = re.compile(r"\{(?P<least>[0-9]{1,6})(?:,(?P<most>[0-9]{0,6}))?\}")
_SIGNS: Mapping[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
_GROUP = re.compile(r"\?[:=!]")
_CATEGORY = re.compile(r"\{(?:Is)?(L[ultmo]?|M[nec]?|N[dlo]?|Z[slp]?|C[cfo]?|P[dsecoif]?|S[mcko]?)\}|([LMNZCPS])")

_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "a": "\a", "e": "\x1b"}
_CLASSES = {
    "d": frozenset(string.digits),
    "w": frozenset(string.ascii_letters + string.digits + "_"),
    "s": frozenset(" \t\n\x0b\f\r"),
}


class _UnknownError(Exception):
    """Nobody here can say what Java makes of it."""


def matches(pattern: str, text: str) -> bool | None:
    """Whether the whole of ``text`` matches ``pattern``, None where that is not certain."""
    expression = _read(pattern)
    if expression is None or len(text) > _LONGEST_TEXT or any(map(_is_surrogate, text)):
        return None
    subject = _Subject(text)
    try:
        return bool(expression.starts(subject, 1) & subject.begin)
    except _UnknownError:
        return None


@functools.lru_cache(maxsize=512)
def _read(pattern: str) -> _Node | None:
    if len(pattern) > _LONGEST_PATTERN:
        return None
    try:
        return _Reader(pattern).expression()
    except _UnknownError:
        return None


# Matching. A set of places in a text is an integer: bit N is the place with N characters behind it. From the places where the rest of
# an expression may begin, each node computes all places at which it may begin itself. So no way is ever tried twice.


@dataclass
class _Subject:
    """A text to match. ``begin`` and ``everywhere``: the place before its first character, and all places."""

    text: str
    steps: int = 0
    sets: dict[Accepts, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begin = 1 << len(self.text)
        self.everywhere = 2 * self.begin - 1

    def before(self, accepts: Accepts) -> int:
        """The places behind such a character, seen from its other side: the character of bit N has N others behind it."""
        if accepts not in self.sets:
            marks = {ord(character): "1" if accepts(character) else "0" for character in set(self.text)}
            self.sets[accepts] = int(self.text.translate(marks) or "0", 2)
        self.count_step()
        return self.sets[accepts]

    def count_step(self) -> None:
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise _UnknownError


class _Node(Protocol):
    """A part of an expression."""

    def starts(self, subject: _Subject, ends: int) -> int:
        """All places from which this part leads to one of ``ends``."""


@dataclass(frozen=True)
class _Character:
    accepts: Accepts

    def starts(self, subject: _Subject, ends: int) -> int:
        return (ends & subject.before(self.accepts)) << 1

    def repeated(self, subject: _Subject, ends: int) -> int:
        """From any number of such characters: the carry of an addition runs through all that stand together."""
        there = subject.before(self.accepts)
        return (((ends & there) + there) ^ there) | ends


@dataclass(frozen=True)
class _Sequence:
    parts: Sequence[_Node]

    def starts(self, subject: _Subject, ends: int) -> int:
        for part in reversed(self.parts):
            ends = part.starts(subject, ends)
        return ends


@dataclass(frozen=True)
class _Either:
    choices: Sequence[_Node]

    def starts(self, subject: _Subject, ends: int) -> int:
        places = 0
        for choice in self.choices:
            places |= choice.starts(subject, ends)
        return places


@dataclass(frozen=True)
class _Repeat:
    """``most`` None: any number of times."""

    part: _Node
    least: int
    most: int | None

    def starts(self, subject: _Subject, ends: int) -> int:
        for _round in range(self.least):
            subject.count_step()
            ends = self.part.starts(subject, ends)
        if self.most is None and isinstance(self.part, _Character):
            return self.part.repeated(subject, ends)
        places = fresh = ends
        rounds = self.least
        while fresh and rounds != self.most:
            subject.count_step()
            fresh = self.part.starts(subject, fresh) & ~places
            places |= fresh
            rounds += 1
        return places


@dataclass(frozen=True)
class _Ahead:
    """``(?=…)``, and ``(?!…)`` if not ``wanted``."""

    part: _Node
    wanted: bool

    def starts(self, subject: _Subject, ends: int) -> int:
        places = self.part.starts(subject, subject.everywhere)
        if self.wanted:
            return ends & places
        return ends & ~places


class _Begin:
    """``^``."""

    def starts(self, subject: _Subject, ends: int) -> int:
        return ends & subject.begin


class _End:
    """``$``: also the place before a line's end that is the last thing in the text."""

    def starts(self, subject: _Subject, ends: int) -> int:
        if subject.text.endswith("\r\n"):
            return ends & 0b101
        if subject.text[-1:] in _LINE_ENDS:
            return ends & 0b11
        return ends & 0b1


class _Boundary:
    """Between a character of a word and another one, or the edge of the text. What Java takes for words beyond ASCII is not known."""

    def starts(self, subject: _Subject, ends: int) -> int:
        if not subject.text.isascii():
            raise _UnknownError
        behind_word = subject.before(_CLASSES["w"].__contains__)
        return ends & (behind_word ^ (behind_word << 1)) & subject.everywhere


# They match places, not characters.
_EDGES: Mapping[str, _Node] = {"^": _Begin(), "$": _End()}
_CONDITIONS = (_Begin, _End, _Boundary, _Ahead)


class _Reader:
    """Reads an expression from left to right; raises _UnknownError for what it does not know, and for what Java refuses."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0
        self._conditions = 0

    def expression(self) -> _Node:
        node = self._choices()
        self._require(self._at == len(self._pattern))
        return node

    @staticmethod
    def _require(is_known: bool) -> None:
        if not is_known:
            raise _UnknownError

    def _sees(self, *texts: str) -> bool:
        """Whether one of ``texts`` comes next."""
        return self._pattern.startswith(texts, self._at)

    def _takes(self, text: str) -> bool:
        """Whether ``text`` comes next; it is read then."""
        is_next = self._sees(text)
        if is_next:
            self._at += len(text)
        return is_next

    def _matched(self, form: re.Pattern[str]) -> re.Match[str] | None:
        match = form.match(self._pattern, self._at)
        if match:
            self._at = match.end()
        return match

    def _next(self) -> str:
        self._require(self._at < len(self._pattern))
        self._at += 1
        return self._pattern[self._at - 1]

    def _choices(self) -> _Node:
        choices = [self._sequence()]
        while self._takes("|"):
            choices.append(self._sequence())
        return _Either(choices)

    def _sequence(self) -> _Node:
        parts: list[_Node] = []
        while self._at < len(self._pattern) and not self._sees("|", ")"):
            parts.append(self._quantified())
        return _Sequence(parts)

    def _quantified(self) -> _Node:
        conditions = self._conditions
        part = self._atom()
        times = self._times()
        if times is None:
            return part
        # Whether as much or as little as possible is tried first changes nothing; that nothing is given back would.
        self._takes("?")
        self._require(not self._sees("+") and not isinstance(part, _CONDITIONS))
        # Java forgets ways on which something is empty at one place and not at another.
        self._require(times[0] <= 1 or self._conditions == conditions)
        return _Repeat(part, *times)

    def _times(self) -> tuple[int, int | None] | None:
        if self._sees(*_SIGNS):
            return _SIGNS[self._next()]
        count = self._matched(_COUNT)
        if count is None:
            return None
        least = int(count["least"])
        if count["most"] == "":
            return least, None
        most = int(count["most"] or least)
        self._require(least <= most)
        return least, most

    def _atom(self) -> _Node:
        first = self._next()
        self._require(first not in "*+?{")
        if first in _EDGES:
            return self._condition(_EDGES[first])
        read = {"(": self._group, "[": self._any_of, "\\": self._after_backslash}
        if first in read:
            return read[first]()
        if first == ".":
            return _Character(_among(_LINE_ENDS, False))
        return _Character(first.__eq__)

    def _after_backslash(self) -> _Node:
        if self._takes("b"):
            return self._condition(_Boundary())
        return _Character(_accepting(self._escaped()))

    def _condition(self, node: _Node) -> _Node:
        self._conditions += 1
        return node

    def _group(self) -> _Node:
        self._depth += 1
        begin = self._matched(_GROUP)
        kind = ""
        if begin:
            kind = begin[0]
        self._require(self._depth <= _MOST_GROUPS_WITHIN_EACH_OTHER)
        self._require(not self._sees("?", "*", "+"))
        node = self._choices()
        self._require(self._next() == ")")
        self._depth -= 1
        if kind not in ("?=", "?!"):
            return node
        return self._condition(_Ahead(node, kind == "?="))

    def _any_of(self) -> _Node:
        is_wanted = not self._takes("^")
        members: list[Accepts] = []
        while not members or not self._sees("]"):
            self._require(not self._sees("[", "]", "&&"))
            members.append(self._member())
        self._next()
        return _Character(lambda character: any(accepts(character) for accepts in members) is is_wanted)

    def _member(self) -> Accepts:
        first = self._class_character()
        if self._sees("-]") or not self._sees("-") or not isinstance(first, str):
            return _accepting(first)
        self._next()
        last = self._class_character()
        if not isinstance(last, str) or last < first or last in "[&":
            raise _UnknownError
        return lambda character: first <= character <= last

    def _class_character(self) -> str | Accepts:
        first = self._next()
        if first == "\\":
            return self._escaped()
        return first

    def _escaped(self) -> str | Accepts:
        """What stands behind a backslash: one character, or which ones."""
        letter = self._next()
        if letter in _CONTROLS:
            return _CONTROLS[letter]
        if letter.lower() in _CLASSES:
            return _among(_CLASSES[letter.lower()], letter.islower())
        if letter in "pP":
            return self._property(letter == "p")
        self._require(letter.isascii() and not letter.isalnum())
        return letter

    def _property(self, is_wanted: bool) -> Accepts:
        match = self._matched(_CATEGORY)
        if match is None:
            raise _UnknownError
        prefix = match[match.lastindex or 0]
        return lambda character: _category(character).startswith(prefix) is is_wanted


def _accepting(characters: str | Accepts) -> Accepts:
    if isinstance(characters, str):
        return characters.__eq__
    return characters


def _among(characters: frozenset[str], is_wanted: bool) -> Accepts:
    return lambda character: (character in characters) is is_wanted


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _category(character: str) -> str:
    """The Unicode category, if it is the same in old and new versions of Unicode: whose the server has is not known."""
    category = unicodedata.category(character)
    if category == "Cn" or category != unicodedata.ucd_3_2_0.category(character):
        raise _UnknownError
    return category
