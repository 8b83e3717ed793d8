# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.
"""A drift report as one HTML page that needs nothing else: no script, no request, no cookie. Pure."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._drift import EQUAL, KINDS
from ansible_collections.community.dynatrace.plugins.plugin_utils._pages import Head, Tile, Verdict, count, rendered
from ansible_collections.community.dynatrace.plugins.plugin_utils._yaml import dump

_SAYS = {
    EQUAL: "as in the files",
    "missing": "missing in the environment",
    "different": "different",
    "moved": "in another order",
    "unwanted": "should not be there",
    "unlisted": "not in the files",
    "refused": "different, and refused",
    "failed": "could not be compared",
}
# Kinds that are counted on every page, with or without objects.
_ALWAYS_COUNTED = ("missing", "different", EQUAL)
# Unchanged lines that are shown around a change; with more objects than this only their titles are seen at first.
_CONTEXT = 3
_MOST_OPEN = 30
# Beyond this length finding what changed within a line would take too long and tell too little.
_LONGEST_LINE = 2000
# A text, and whether it differs from the other side.
Words = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Row:
    """One line of both sides, or lines that are folded away (``hidden``). The kinds are classes of the style."""

    left: Words = ()
    right: Words = ()
    left_kind: str = ""
    right_kind: str = ""
    hidden: Sequence[Row] = ()


@dataclass(frozen=True)
class ShownObject:
    """``places``: its number in the order now, and the wanted one."""

    name: str
    kind: str
    facts: Sequence[tuple[str, str]]
    error: str
    places: Mapping[str, Any] | None
    rows: Sequence[Row]


@dataclass(frozen=True)
class ShownSchema:
    name: str
    summary: Mapping[str, int]
    objects: Sequence[ShownObject]


def page(report: Mapping[str, Any], title: str = "", source: str = "", made: str = "") -> str:
    """The whole document. ``title`` names the environment, ``source`` the files, ``made`` the time."""
    heading = f"Drift of {title}" if title else "Drift of settings"
    facts = [("Environment", title), ("Files", source), ("Compared", made)]
    differing = [schema for schema in report["schemas"] if schema["objects"]]
    equal = len(report["schemas"]) - len(differing)
    shown = sum(len(schema["objects"]) for schema in differing)
    return rendered(
        "drift.html.j2",
        Head(heading, facts, _verdict(report), _tiles(report["summary"])),
        schemas=[_schema(schema) for schema in differing],
        equal_schemas=count(equal, "schema") if equal else "",
        kinds=[kind for kind in (*KINDS, EQUAL) if any(schema["summary"][kind] for schema in report["schemas"])],
        is_open=shown <= _MOST_OPEN,
        says=_SAYS,
    )


def _verdict(report: Mapping[str, Any]) -> Verdict:
    summary = report["summary"]
    failed = summary["failed"]
    differing = sum(summary[kind] for kind in KINDS) - failed
    if differing:
        text = f"{count(differing, 'object')} of {report['objects']} not as in the files"
        return Verdict(f"{text}; {failed} could not be compared" if failed else text, "different")
    if failed:
        return Verdict("No difference found, but not everything could be compared", "failed")
    return Verdict(f"No drift: {count(report['objects'], 'object')} compared, all as in the files", EQUAL)


def _tiles(summary: Mapping[str, int]) -> Iterator[Tile]:
    for kind in (*KINDS, EQUAL):
        if summary[kind] or kind in _ALWAYS_COUNTED:
            yield Tile(kind, summary[kind], _SAYS[kind])


def _schema(schema: Mapping[str, Any]) -> ShownSchema:
    schema_id = str(schema["schema_id"])
    objects = [_object(entry, schema_id) for entry in schema["objects"]]
    return ShownSchema(schema_id or "not looked at", schema["summary"], objects)


def _object(entry: Mapping[str, Any], schema_id: str) -> ShownObject:
    key = str(entry["key"])
    name = key[len(schema_id) + 1 :] if schema_id and key.startswith(f"{schema_id}/") else key
    before, after = entry["before"], entry["after"]
    left, right = _lines(before), _lines(after)
    return ShownObject(
        name,
        entry["kind"],
        list(_facts(entry, name)),
        _error(entry),
        _places(before, after),
        _side_by_side(left, right) if left != right else (),
    )


def _facts(entry: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """What tells the object from others, beside its name."""
    for what in ("scope", "external_id", "object_id"):
        text = str(entry.get(what) or "")
        if text and text not in (name, "environment"):
            yield what.replace("_", " "), text


def _error(entry: Mapping[str, Any]) -> str:
    if not entry["error"]:
        return ""
    why = "The server does not accept what the files say: " if entry["kind"] == "refused" else ""
    return why + str(entry["error"])


def _places(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    now, wanted = before.get("position"), after.get("position")
    is_moved = bool(before) and bool(after) and now != wanted
    return {"now": now, "wanted": wanted} if is_moved else None


def _lines(side: Mapping[str, Any]) -> list[str]:
    return dump(side["value"]).splitlines() if side.get("value") is not None else []


# two texts side by side


def _side_by_side(left: Sequence[str], right: Sequence[str]) -> list[Row]:
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    rows: list[Row] = []
    for index, (tag, left_from, left_to, right_from, right_to) in enumerate(codes):
        if tag == "equal":
            rows += _unchanged(left[left_from:left_to], at_start=index == 0, at_end=index == len(codes) - 1)
        else:
            rows += _changed(left[left_from:left_to], right[right_from:right_to])
    return rows


def _unchanged(lines: Sequence[str], at_start: bool, at_end: bool) -> list[Row]:
    """With what is far from a change folded away."""
    rows = [Row([(line, False)], [(line, False)], "", "again") for line in lines]
    first = 0 if at_start else _CONTEXT
    last = len(rows) if at_end else max(first, len(rows) - _CONTEXT)
    hidden = rows[first:last]
    if len(hidden) < 2 * _CONTEXT:
        return rows
    return [*rows[:first], Row(hidden=hidden), *rows[last:]]


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    for old, new in itertools.zip_longest(left, right):
        if old is None:
            yield Row((), [(new, False)], "empty", "new")
        elif new is None:
            yield Row([(old, False)], (), "old", "empty")
        else:
            yield Row(*_marked(old, new), "old", "new")


def _marked(old: str, new: str) -> tuple[Words, Words]:
    """Both lines, with the words marked that differ."""
    if max(len(old), len(new)) > _LONGEST_LINE:
        return [(old, False)], [(new, False)]
    left, right = (re.findall(r"\s+|\w+|[^\w\s]", line) for line in (old, new))
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        _joined((left[code[1] : code[2]], code[0] != "equal") for code in codes),
        _joined((right[code[3] : code[4]], code[0] != "equal") for code in codes),
    )


def _joined(parts: Iterable[tuple[Sequence[str], bool]]) -> Words:
    return [("".join(words), differs) for words, differs in parts]
