# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""How two values differ: which properties, which lines, and what within a line. Pure."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Unchanged lines that are shown around a change.
_CONTEXT = 3
# Beyond this length finding what changed within a line would take too long and tell too little.
_LONGEST_LINE = 2000
# Within words of this length the letters that differ are marked, if not more than half of them do.
_LONG_WORD = 12
# A text, and whether it differs from the other side.
Words = Sequence[tuple[str, bool]]


def differing_paths(before: Any, after: Any, path: str = "") -> list[str]:
    """The paths of what differs, such as ``rules[1].name``, in the order of ``before``. A list of another length is one difference."""
    pairs = _parts(before, after, path)
    if pairs is None:
        is_same = before == after and isinstance(before, bool) == isinstance(after, bool)
        return [] if is_same else [path]
    paths = []
    for name, old, new in pairs:
        paths += differing_paths(old, new, name)
    return paths


def _parts(before: Any, after: Any, path: str) -> list[tuple[str, Any, Any]] | None:
    """What can be compared by itself: its path and both sides. None where only the whole can."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = [*before, *(name for name in after if name not in before)]
        return [(f"{path}.{name}" if path else str(name), before.get(name), after.get(name)) for name in names]
    are_lists = isinstance(before, (list, tuple)) and isinstance(after, (list, tuple))
    if are_lists and len(before) == len(after):
        return [(f"{path}[{index}]", *pair) for index, pair in enumerate(zip(before, after))]
    return None


@dataclass(frozen=True)
class LinePair:
    """One line of both sides, or lines that are folded away (``hidden``). The kinds are classes of the style."""

    left: Words = ()
    right: Words = ()
    left_kind: str = ""
    right_kind: str = ""
    hidden: Sequence[LinePair] = ()


def side_by_side(left: Sequence[str], right: Sequence[str]) -> list[LinePair]:
    """Two texts, with what is far from a change folded away."""
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    rows: list[LinePair] = []
    for index, (tag, left_from, left_to, right_from, right_to) in enumerate(codes):
        if tag == "equal":
            rows += _unchanged(left[left_from:left_to], at_start=index == 0, at_end=index == len(codes) - 1)
        else:
            rows += _changed(left[left_from:left_to], right[right_from:right_to])
    return rows


def _unchanged(lines: Sequence[str], at_start: bool, at_end: bool) -> list[LinePair]:
    rows = [LinePair([(line, False)], [(line, False)], "", "again") for line in lines]
    first = 0 if at_start else _CONTEXT
    last = len(rows) if at_end else max(first, len(rows) - _CONTEXT)
    hidden = rows[first:last]
    if len(hidden) < 2 * _CONTEXT:
        return rows
    return [*rows[:first], LinePair(hidden=hidden), *rows[last:]]


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[LinePair]:
    for old, new in itertools.zip_longest(left, right):
        if old is None:
            yield LinePair((), [(new, False)], "empty", "new")
        elif new is None:
            yield LinePair([(old, False)], (), "old", "empty")
        else:
            yield LinePair(*marked(old, new), "old", "new")


def marked(old: str, new: str) -> tuple[Words, Words]:
    """Both lines, with the words marked that differ, and in a long word the letters."""
    if max(len(old), len(new)) > _LONGEST_LINE:
        return [(old, False)], [(new, False)]
    left, right = (re.findall(r"\s+|\w+|[^\w\s]", line) for line in (old, new))
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    parts = [
        _part(tag == "equal", "".join(left[left_from:left_to]), "".join(right[right_from:right_to]))
        for tag, left_from, left_to, right_from, right_to in codes
    ]
    return _joined(part[0] for part in parts), _joined(part[1] for part in parts)


def _part(is_equal: bool, old: str, new: str) -> tuple[Words, Words]:
    if is_equal:
        return [(old, False)], [(new, False)]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if min(len(old), len(new)) < _LONG_WORD or matcher.ratio() < 0.5:
        return [(old, True)], [(new, True)]
    codes = matcher.get_opcodes()
    return (
        [(old[code[1] : code[2]], code[0] != "equal") for code in codes],
        [(new[code[3] : code[4]], code[0] != "equal") for code in codes],
    )


def _joined(parts: Iterable[Words]) -> Words:
    """Without empty texts, and with neighbours of one kind as one."""
    words = [word for part in parts for word in part if word[0]]
    return [
        ("".join(text for text, _differs in group), differs)
        for differs, group in itertools.groupby(words, key=lambda word: word[1])
    ]
