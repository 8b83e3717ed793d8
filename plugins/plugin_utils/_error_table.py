# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Errors as lines for a terminal: equal ones together, each with a table of where it is. Pure."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.module_utils._text import cut
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible

# A terminal has 100 columns, of which Ansible's debug takes some for indentation, quotes and a comma.
_WIDTH = 86
_INDENT = "  "
_GAP = "  "
# The narrowest that a column becomes when all are too wide together.
_NARROWEST = 16
_MOST_ROWS = 12
_MOST_GROUPS = 12
_LONGEST_MESSAGE = 400
_FILLER = "\0"
# Categories of Unicode: what is put onto the character before, and joins it with the next one.
_WITHOUT_WIDTH = ("Mn", "Me", "Cf")
_QUOTED = re.compile("'[^']*'|\"[^\"]*\"")


def error_table(titles: Sequence[str], errors: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """The lines. ``errors``: the message of each, and where it is, a cell for each of the titles.

    The most frequent one comes first. Errors that differ in the values that they quote are one.
    """
    groups = _groups(errors)
    lines: list[str] = []
    for message, places in groups[:_MOST_GROUPS]:
        lines += ["", *wrapped(f"{len(places)} × {message}"), *_rows(titles, places)]
    left = [len(places) for _message, places in groups[_MOST_GROUPS:]]
    if left:
        lines += ["", f"and {sum(left)} more, of {len(left)} other kinds"]
    return lines


def wrapped(text: str, indent: str = "") -> list[str]:
    """As lines of a terminal."""
    line = cut(_line(text), _LONGEST_MESSAGE)
    # Characters of two columns count as two.
    counted = "".join(character + _FILLER * (_columns(character) - 1) for character in line)
    lines = textwrap.wrap(counted, _WIDTH, initial_indent=indent, subsequent_indent=indent + _INDENT)
    return [line.replace(_FILLER, "") for line in lines]


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def first_of(texts: Sequence[str], most: int = _MOST_ROWS) -> list[str]:
    """The first of them as lines, and how many more there are."""
    lines: list[str] = []
    for text in texts[:most]:
        lines += wrapped(text, _INDENT)
    return [*lines, *_more(len(texts) - most)]


def _groups(errors: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, list[Sequence[str]]]]:
    groups = []
    for kind, alike in grouped(errors, lambda error: _QUOTED.sub("'…'", error[0])).items():
        messages, places = zip(*alike)
        text = kind
        if len(set(messages)) == 1:
            text = messages[0]
        groups.append((text, list(places)))
    return sorted(groups, key=lambda group: -len(group[1]))


def _rows(titles: Sequence[str], places: Sequence[Sequence[str]]) -> Iterator[str]:
    shown = places[:_MOST_ROWS]
    columns = []
    for title, *cells in zip(titles, *shown):
        if any(cells):
            columns.append([title, *map(_line, cells)])
    widths = _widths(columns)
    for row in zip(*columns):
        yield (_INDENT + _GAP.join(map(_fitted, row, widths))).rstrip()
    yield from _more(len(places) - len(shown))


def _more(number: int) -> list[str]:
    if number <= 0:
        return []
    return [f"{_INDENT}and {number} more"]


def _widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """As wide as the content; where that is too much together, the widest columns give way."""
    widths = [max(map(_columns, column)) for column in columns]
    room = _WIDTH - len(_INDENT) - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = widths.index(max(widths))
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _fitted(cell: str, width: int) -> str:
    """Filled up or cut to the width. The end of a name tells most."""
    text = cell
    if _columns(text) > width:
        while _columns(text) >= width:
            text = text[1:]
        text = f"…{text}"
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _WITHOUT_WIDTH:
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    return 1
