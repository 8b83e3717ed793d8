# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""How two values differ: which properties, which lines, and what within a line. Pure."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Unchanged lines that are shown around a change.
_CONTEXT = 3
# Beyond this length finding what changed within a line would take too long and tell too little.
_LONGEST_LINE = 2000
# Within words of this length the letters that differ are marked, if not more than half of them do.
_LONG_WORD = 12
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
# A text, and whether it differs from the other side.
Words = Sequence[tuple[str, bool]]


def differing_paths(before: Any, after: Any, path: str = "") -> list[str]:
    """The paths of what differs, such as ``rules[1].name``, in the order of ``before``. A list of another length is one difference."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _differing_properties(before, after, path)
    if _are_lists(before, after) and len(before) == len(after):
        return _differing_elements(before, after, path)
    # To Python, True is 1.
    if before == after and isinstance(before, bool) == isinstance(after, bool):
        return []
    return [path]


def _differing_properties(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> list[str]:
    paths = []
    for name in {**before, **after}:
        place = str(name)
        if path:
            place = f"{path}.{name}"
        paths += differing_paths(before.get(name), after.get(name), place)
    return paths


def _differing_elements(before: Sequence[Any], after: Sequence[Any], path: str) -> list[str]:
    paths = []
    for index, (old, new) in enumerate(zip(before, after)):
        paths += differing_paths(old, new, f"{path}[{index}]")
    return paths


def ordered_like(pattern: Any, value: Any) -> Any:
    """``value`` with its properties in the order of ``pattern``, so that lines of text differ only where values do."""
    if isinstance(value, Mapping) and isinstance(pattern, Mapping):
        names = dict.fromkeys(name for name in (*pattern, *value) if name in value)
        return {name: ordered_like(pattern.get(name), value[name]) for name in names}
    if _are_lists(value, pattern):
        return [ordered_like(like, element) for like, element in itertools.zip_longest(pattern, value)][: len(value)]
    return value


def _are_lists(*values: Any) -> bool:
    return all(isinstance(value, (list, tuple)) for value in values)


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
    first, last = 0, len(rows)
    if not at_start:
        first = _CONTEXT
    if not at_end:
        last = max(first, len(rows) - _CONTEXT)
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
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    old_words: list[tuple[str, bool]] = []
    new_words: list[tuple[str, bool]] = []
    for tag, left_from, left_to, right_from, right_to in codes:
        old_text, new_text = "".join(left[left_from:left_to]), "".join(right[right_from:right_to])
        if tag == "equal":
            old_words.append((old_text, False))
            new_words.append((new_text, False))
        else:
            old_letters, new_letters = _marked_letters(old_text, new_text)
            old_words += old_letters
            new_words += new_letters
    return _joined(old_words), _joined(new_words)


def _marked_letters(old: str, new: str) -> tuple[Words, Words]:
    """Two words that differ, marked whole where they are short or have little in common."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    if min(len(old), len(new)) < _LONG_WORD or matcher.ratio() < 0.5:
        return [(old, True)], [(new, True)]
    old_letters, new_letters = [], []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        old_letters.append((old[old_from:old_to], tag != "equal"))
        new_letters.append((new[new_from:new_to], tag != "equal"))
    return old_letters, new_letters


def _joined(words: Words) -> Words:
    """Without empty texts, and with neighbours of one kind as one."""
    joined: list[tuple[str, bool]] = []
    for text, differs in words:
        if not text:
            continue
        if joined and joined[-1][1] == differs:
            text = joined.pop()[0] + text
        joined.append((text, differs))
    return joined
