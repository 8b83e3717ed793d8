# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether a text matches a regular expression of a schema of the API. Pure.

These expressions are Java's. Python reads some of them otherwise, and may take hours for others. So there is an answer only for what
both read alike, and as long as there are few ways to match: the defaults of schemas, of which most are empty, and short values. Whatever
else there is, the answer is unknown, and the server gives it.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass

_LONGEST_PATTERN = 2_000
# Python tries so many in about 0.1 s.
_MOST_WAYS = 200_000

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SAME_ESCAPES = frozenset("dDwWsSb")
# Stands for the border of a word in what follows, and x for all else that is escaped.
_BORDER = "\0"
_CLASS = re.compile(r"\[[^\]]*\]")
# An empty class, one in another, classes that are combined, and the border of a word in one.
_ODD_CLASS = re.compile(r"\[\^?\]|\[[^\]]*(?:\[|&&|--|~~|\|\||\0)")
# What is not a count, groups beside plain ones and those that look ahead, repeated places, and repetitions that give nothing back.
_ODD = re.compile(
    r"\{(?![0-9]{1,6}(?:,[0-9]{0,6})?\})|\(\?(?![:=!])|(?:[\^$\0]|\(\?[=!][^()]*\))[*+?{]|[*+?}][*+{]|\?\?|\["
)
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_GROUP_COUNT = re.compile(r"\)\{([0-9]+)(?:,([0-9]*))?\}")
# A look ahead, and a place that is not an edge of the whole: Java forgets ways where a group with one must be repeated.
_PLACE_INSIDE = re.compile(r"\(\?[=!]|\0|.\^|\$.", re.DOTALL)
_REPETITION = re.compile(r"[*+]|\{[0-9]+,")


@dataclass(frozen=True)
class _Expression:
    """``plain``: what of it stands outside of classes, without what is escaped."""

    compiled: re.Pattern[str]
    plain: str

    def ways(self, length: int) -> int:
        """To match a text of that length, at most."""
        repetitions = len(_REPETITION.findall(self.plain))
        choices = self.plain.count("?") + self.plain.count("|")
        if _REPEATED_GROUP.search(self.plain) is None:
            return int((length + 1) ** repetitions) << choices
        rounds = math.prod(int(most or least) for least, most in _GROUP_COUNT.findall(self.plain))
        return int(rounds * (repetitions + choices + 2) ** length)


def matches(pattern: str, text: str) -> bool | None:
    """Whether the whole of ``text`` matches ``pattern``, None where that is not certain."""
    expression = _read(pattern)
    # Java and Python do not know the same characters, and have other ends of lines.
    if expression is None or not (text.isascii() and text.isprintable()):
        return None
    if expression.ways(len(text)) > _MOST_WAYS:
        return None
    return expression.compiled.fullmatch(text) is not None


@functools.lru_cache(maxsize=512)
def _read(pattern: str) -> _Expression | None:
    if len(pattern) > _LONGEST_PATTERN or not all(map(_is_same_escape, _ESCAPED.findall(pattern))):
        return None
    escaped = _ESCAPED.sub(_stand_in, pattern)
    plain = _CLASS.sub("c", escaped)
    is_odd = _BORDER in pattern or _ODD_CLASS.search(escaped) or _ODD.search(plain)
    if is_odd or (_GROUP_COUNT.search(plain) and _PLACE_INSIDE.search(plain)):
        return None
    try:
        return _Expression(re.compile(pattern, re.ASCII), plain.replace("(?:", "("))
    except (re.error, OverflowError, RecursionError):
        return None


def _is_same_escape(character: str) -> bool:
    return character in _SAME_ESCAPES or (character.isascii() and not character.isalnum())


def _stand_in(escape: re.Match[str]) -> str:
    return _BORDER if escape[1] == "b" else "x"
