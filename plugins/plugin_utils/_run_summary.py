# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What a run of settings_objects says on a terminal: a sentence with the counts, and a table of what failed. Pure."""

from __future__ import annotations

import os
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._plan import plan_document
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    PLAN,
    REFUSED,
    UNCHANGED,
    WRONG,
)

# Of a run that was not in check mode.
RUN = "run"
# A terminal has 100 columns, of which Ansible's debug takes some for indentation, quotes and a comma.
_WIDTH = 86
_INDENT = "  "
_GAP = "  "
_TITLES = ("FILE", "KEY", "PATH")
# The narrowest that a column becomes when all three are too wide together.
_NARROWEST = 16
_MOST_ROWS = 12
_MOST_GROUPS = 12
_MOST_UNKNOWN = 12
_LONGEST_MESSAGE = 400
_DONE = {
    "create": "created",
    "update": "updated",
    "move": "moved",
    "reset": "reset",
    "delete": "deleted",
    "prune": "pruned",
}


@dataclass(frozen=True)
class Place:
    """Where something is wrong. ``path``: of the property, empty if it is about the whole object."""

    file: str
    key: str
    path: str

    @property
    def cells(self) -> tuple[str, str, str]:
        return (self.file, self.key, self.path)


def run_summary(result: Mapping[str, Any], view: str = RUN) -> dict[str, Any]:
    """``sentence``: the counts, or why there are none; ``lines``: it and the table; ``outcome``: as plans have it.

    ``result``: what the task registered, failed or not. ``view``: it was a run, or one in check mode, of which is spoken as a plan or as
    drift. Raises ValueError for any other view.
    """
    is_run = view == RUN
    (environment,) = plan_document({"": result}, PLAN if is_run else view)["environments"]
    sentence = _sentence(environment) if is_run else environment["sentence"]
    lines = [*_wrapped(sentence), *_unknown(result), *_table(_groups(environment["objects"]))]
    return {"sentence": sentence, "lines": lines, "outcome": environment["outcome"]}


def _sentence(environment: Mapping[str, Any]) -> str:
    summary = environment["summary"]
    if summary[WRONG]:
        return f"Nothing was written: {_objects(summary[WRONG])} wrong."
    if environment["message"]:
        return str(environment["message"])
    objects = _all_objects(summary)
    if summary[REFUSED]:
        return f"{summary[REFUSED]} of {objects} failed: {_counts(summary)}."
    return f"{objects}: {_counts(summary)}."


def _counts(summary: Mapping[str, int]) -> str:
    parts = [f"{summary[action]} {done}" for action, done in _DONE.items() if summary[action]]
    if summary[UNCHANGED] or not parts:
        parts.append(f"{summary[UNCHANGED]} unchanged")
    return ", ".join(parts)


def _objects(number: int) -> str:
    return "1 object is" if number == 1 else f"{number} objects are"


def _all_objects(summary: Mapping[str, int]) -> str:
    number = sum(summary.values())
    return f"{number} object" + ("" if number == 1 else "s")


def _unknown(result: Mapping[str, Any]) -> list[str]:
    """Writes whose answers were lost."""
    error = result.get("error")
    texts = list(error.get("unknown") or ()) if isinstance(error, Mapping) else []
    if not texts:
        return []
    shown = [line for text in texts[:_MOST_UNKNOWN] for line in _wrapped(str(text), _INDENT)]
    more = _more(len(texts) - _MOST_UNKNOWN)
    return ["Nobody knows whether these writes were carried out; another run tells:", *shown, *more]


# the table


def _groups(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Place]]]:
    """The places of each error, the most frequent one first."""
    groups: dict[str, list[Place]] = {}
    rows = [row for row in rows if row["error"]]
    folder = _folder(rows)
    for row in rows:
        file = os.path.relpath(row["file"], folder) if row["file"] else ""
        for path, message in _errors(row["error"]):
            groups.setdefault(message, []).append(Place(file, str(row["key"]), path))
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _folder(rows: Iterable[Mapping[str, Any]]) -> str:
    """What all files have in common."""
    folders = {os.path.dirname(os.path.abspath(row["file"])) for row in rows if row["file"]}
    return os.path.commonpath(folders) if folders else "."


def _errors(error: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Path and message of each. What the server says above its list of violations says nothing more."""
    violations = [(violation["path"], violation["message"]) for violation in error["violations"]]
    return [violation for violation in violations if violation[1]] or [("", error["message"])]


def _table(groups: Sequence[tuple[str, Sequence[Place]]]) -> Iterator[str]:
    for message, places in groups[:_MOST_GROUPS]:
        yield ""
        yield from _wrapped(f"{len(places)} × {message}")
        yield from _rows(places)
    left = groups[_MOST_GROUPS:]
    if left:
        number = sum(len(places) for _message, places in left)
        yield ""
        yield f"and {number} more, of {len(left)} other kinds"


def _rows(places: Sequence[Place]) -> Iterator[str]:
    shown = places[:_MOST_ROWS]
    used = [index for index in range(len(_TITLES)) if any(place.cells[index] for place in shown)]
    columns = [[_TITLES[index], *(place.cells[index] for place in shown)] for index in used]
    widths = _widths(columns)
    for cells in zip(*columns):
        yield (_INDENT + _GAP.join(_fitted(cell, width) for cell, width in zip(cells, widths))).rstrip()
    yield from _more(len(places) - len(shown))


def _more(number: int) -> list[str]:
    return [f"{_INDENT}and {number} more"] if number > 0 else []


def _widths(columns: Sequence[Sequence[str]]) -> list[int]:
    """As wide as the content; where that is too much together, the widest columns give way."""
    widths = [max(_columns(cell) for cell in column) for column in columns]
    room = _WIDTH - len(_INDENT) - len(_GAP) * (len(widths) - 1)
    while sum(widths) > room:
        widest = widths.index(max(widths))
        if widths[widest] <= _NARROWEST:
            break
        widths[widest] -= 1
    return widths


def _fitted(cell: str, width: int) -> str:
    """Filled up or cut to the width. The end of a name tells most."""
    text = "".join(character if character.isprintable() else " " for character in cell)
    if _columns(text) > width:
        while _columns(text) >= width:
            text = text[1:]
        text = f"…{text}"
    return text + " " * (width - _columns(text))


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(1 for character in text if unicodedata.east_asian_width(character) in "WF")
    combining = sum(1 for character in text if unicodedata.combining(character))
    return len(text) + wide - combining


def _wrapped(text: str, indent: str = "") -> list[str]:
    line = " ".join(text.split())
    if len(line) > _LONGEST_MESSAGE:
        line = line[:_LONGEST_MESSAGE] + " …"
    return textwrap.wrap(line, _WIDTH, initial_indent=indent, subsequent_indent=indent + _INDENT)
