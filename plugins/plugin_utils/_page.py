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
from html import escape
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._drift import EQUAL, KINDS
from ansible_collections.community.dynatrace.plugins.plugin_utils._html import count, document, tiles, verdict
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
# Unchanged lines that are shown around a change; with more objects than this only their titles are seen at first.
_CONTEXT = 3
_MOST_OPEN = 30
# Beyond this length finding what changed within a line would take too long and tell too little.
_LONGEST_LINE = 2000


def page(report: Mapping[str, Any], title: str = "", source: str = "", made: str = "") -> str:
    """The whole document. ``title`` names the environment, ``source`` the files, ``made`` the time."""
    heading = f"Drift of {title}" if title else "Drift of settings"
    facts = [("Environment", title), ("Files", source), ("Compared", made)]
    differing = [one for one in report["schemas"] if one["objects"]]
    shown = sum(len(one["objects"]) for one in differing)
    parts = [
        _tiles(report["summary"]),
        _table(report["schemas"]),
        *(_schema(one, number, shown <= _MOST_OPEN) for number, one in enumerate(differing, 1)),
    ]
    return document(heading, facts, _verdict(report), parts)


def _verdict(report: Mapping[str, Any]) -> str:
    summary = report["summary"]
    differing = sum(summary[kind] for kind in KINDS if kind != "failed")
    if differing:
        text, kind = f"{count(differing, 'object')} of {report['objects']} not as in the files", "different"
    elif summary["failed"]:
        text, kind = "No difference found, but not everything could be compared", "failed"
    else:
        text, kind = f"No drift: {count(report['objects'], 'object')} compared, all as in the files", EQUAL
    if differing and summary["failed"]:
        text += f"; {summary['failed']} could not be compared"
    return verdict(text, kind)


def _tiles(summary: Mapping[str, int]) -> str:
    return tiles(
        (kind, summary[kind], _SAYS[kind])
        for kind in (*KINDS, EQUAL)
        if summary[kind] or kind in ("missing", "different", EQUAL)
    )


def _table(schemas: Sequence[Mapping[str, Any]]) -> str:
    """Schemas with differences, which link to them; then how many there are without."""
    numbers = itertools.count(1)
    kinds = [kind for kind in (*KINDS, EQUAL) if any(one["summary"][kind] for one in schemas)]
    rows = []
    for one in (one for one in schemas if one["objects"]):
        cells = "".join(
            f'<td class="{kind if one["summary"][kind] else "none"}" data-says="{_SAYS[kind]}">'
            f"{one['summary'][kind] or '–'}</td>"
            for kind in kinds
        )
        rows.append(
            f'<tr><th scope="row"><a href="#schema-{next(numbers)}">{escape(_schema_name(one))}</a></th>{cells}</tr>'
        )
    equal = sum(1 for one in schemas if not one["objects"])
    rest = f'<p class="quiet">{count(equal, "schema")} without a difference</p>' if equal else ""
    if not rows:
        return rest
    head = "".join(f'<th scope="col">{_SAYS[kind]}</th>' for kind in kinds)
    return (
        '<table><caption>By schema</caption><thead><tr><th scope="col">schema</th>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>{rest}"
    )


def _schema_name(schema: Mapping[str, Any]) -> str:
    return str(schema["schema_id"] or "not looked at")


def _schema(schema: Mapping[str, Any], number: int, is_open: bool) -> str:
    objects = "".join(_object(one, str(schema["schema_id"]), is_open) for one in schema["objects"])
    return f'<section id="schema-{number}"><h2>{escape(_schema_name(schema))}</h2>{objects}</section>'


def _object(one: Mapping[str, Any], schema_id: str, is_open: bool) -> str:
    key = str(one["key"])
    name = key[len(schema_id) + 1 :] if schema_id and key.startswith(f"{schema_id}/") else key
    facts = [("scope", one.get("scope")), ("external id", one.get("external_id")), ("object id", one.get("object_id"))]
    shown = " · ".join(
        f"<span>{what} <code>{escape(str(text))}</code></span>"
        for what, text in facts
        if text and text not in (name, "environment")
    )
    return (
        f'<details class="object"{" open" if is_open else ""}><summary><span class="badge {one["kind"]}">'
        f"{_SAYS[one['kind']]}</span> <strong>{escape(name)}</strong></summary>"
        + (f'<p class="quiet">{shown}</p>' if shown else "")
        + _body(one)
        + "</details>"
    )


def _body(one: Mapping[str, Any]) -> str:
    if one["error"]:
        why = "The server does not accept what the files say: " if one["kind"] == "refused" else ""
        return f'<p class="error">{why}{escape(str(one["error"]))}</p>'
    before, after = one["before"], one["after"]
    place = ""
    if before.get("position") != after.get("position") and before and after:
        place = (
            f'<p class="place">It is number {escape(str(before.get("position")))} in its order and should be number '
            f"{escape(str(after.get('position')))}.</p>"
        )
    left, right = _lines(before), _lines(after)
    if one["kind"] == "unlisted":
        place = '<p class="quiet">It lies within the fence of prune; applying the files with it would delete the object.</p>'
    return place + (_side_by_side(left, right) if left != right else "")


def _lines(side: Mapping[str, Any]) -> list[str]:
    return dump(side["value"]).splitlines() if side.get("value") is not None else []


# two texts side by side


def _side_by_side(left: Sequence[str], right: Sequence[str]) -> str:
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    rows: list[str] = []
    codes = matcher.get_opcodes()
    for index, (tag, left_from, left_to, right_from, right_to) in enumerate(codes):
        if tag == "equal":
            lines = list(left[left_from:left_to])
            rows += _unchanged(lines, at_start=index == 0, at_end=index == len(codes) - 1)
        else:
            rows += _changed(left[left_from:left_to], right[right_from:right_to])
    head = '<div class="head"><span>in the environment</span><span>in the files</span></div>'
    return f'<div class="diff">{head}{"".join(rows)}</div>'


def _unchanged(lines: Sequence[str], at_start: bool, at_end: bool) -> Iterator[str]:
    """With what is far from a change folded away."""
    first = 0 if at_start else _CONTEXT
    last = len(lines) if at_end else len(lines) - _CONTEXT
    last = len(lines) if at_end and not at_start and len(lines) <= first else last
    hidden = lines[first:last]
    if len(hidden) < 2 * _CONTEXT:
        yield from (_same(line) for line in lines)
        return
    yield from (_same(line) for line in lines[:first])
    inside = "".join(_same(line) for line in hidden)
    yield f'<details class="fold"><summary>{len(hidden)} equal lines</summary>{inside}</details>'
    yield from (_same(line) for line in lines[last:])


def _same(line: str) -> str:
    text = escape(line)
    return f'<div class="row"><code>{text}</code><code class="again">{text}</code></div>'


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    for old, new in itertools.zip_longest(left, right):
        if old is None or new is None:
            yield _row(old, new, _plain(old), _plain(new))
        else:
            yield _row(old, new, *_marked(old, new))


def _row(old: str | None, new: str | None, left: str, right: str) -> str:
    first = "empty" if old is None else "old"
    second = "empty" if new is None else "new"
    return f'<div class="row"><code class="{first}">{left}</code><code class="{second}">{right}</code></div>'


def _plain(line: str | None) -> str:
    return escape(line or "")


def _marked(old: str, new: str) -> tuple[str, str]:
    """Both lines, with the words marked that differ."""
    if max(len(old), len(new)) > _LONGEST_LINE:
        return escape(old), escape(new)
    left, right = (re.findall(r"\s+|\w+|[^\w\s]", line) for line in (old, new))
    codes = difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        _words((left[one[1] : one[2]], one[0] != "equal") for one in codes),
        _words((right[one[3] : one[4]], one[0] != "equal") for one in codes),
    )


def _words(parts: Iterable[tuple[Sequence[str], bool]]) -> str:
    shown = ((escape("".join(words)), differs) for words, differs in parts)
    return "".join(f"<mark>{text}</mark>" if differs and text else text for text, differs in shown)
