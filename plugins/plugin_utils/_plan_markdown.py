# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A plan document as Markdown that fits a comment on a pull request. Pure."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils import _plan_words as words
from ansible_collections.community.dynatrace.plugins.plugin_utils._markdown import (
    cell,
    code,
    escaped,
    fenced,
    plain,
    shortened,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import SchemaRows, schemas_of
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

# GitHub takes 65,536 characters; what is over is for what a pipeline puts around it.
MOST_BYTES = 64_000
# For the sentence that says what was left out.
_RESERVE = 200
_SMALLEST = 100
# Beyond this length a difference says less than the page does.
_LONGEST_DIFFERENCE = 6_000
# Makes a part of the text when its turn comes.
_Part = Callable[[], str]


def markdown(document: Mapping[str, Any]) -> str:
    """Counts first, then what changes most, folded. What does not fit is left out, and a sentence says so."""
    text = _Bounded(MOST_BYTES - _RESERVE)
    text.add(lambda: f"## {plain(words.title(document))}\n\n{plain(document['sentence'])}\n")
    environments = document["environments"]
    if len(environments) > 1:
        text.add(lambda: _overview(document))
    for environment in environments:
        for part in _environment(document, environment, len(environments) > 1):
            text.add(part)
    return text.whole(document["view"])


class _Bounded:
    """Parts, as many as fit in ``most`` bytes."""

    def __init__(self, most: int) -> None:
        self._left = most
        self._parts: list[str] = []
        self._omitted = 0

    def add(self, make: Callable[[], str]) -> None:
        """What is to be made is not made where nothing has room any more."""
        part = make() if self._left > _SMALLEST else None
        if part is None:
            self._omitted += 1
            return
        size = len(part.encode("utf-8", "replace")) + 1
        if size > self._left:
            self._omitted += 1
            return
        self._left -= size
        self._parts.append(part)

    def whole(self, view: str) -> str:
        if self._omitted:
            parts = count(self._omitted, "part")
            self._parts.append(f"\n_{parts} of this report did not fit here. `{view}.html` has all of it._\n")
        return "\n".join(self._parts)


def _overview(document: Mapping[str, Any]) -> str:
    lines = ["", "| environment | outcome | objects |", "| --- | --- | --- |"]
    for environment in document["environments"]:
        counts = words.counts_sentence(document["view"], environment["summary"])
        lines.append(f"| {cell(environment['name'])} | {environment['outcome']} | {counts} |")
    return "\n".join([*lines, ""])


def _environment(document: Mapping[str, Any], environment: Mapping[str, Any], is_titled: bool) -> Iterator[_Part]:
    if is_titled:
        yield lambda: f"\n### {plain(environment['name'])}\n"
    if environment["message"]:
        yield lambda: f"\n> {plain(shortened(environment['message'], 1000))}\n"
    yield functools.partial(_counts, document, environment)
    if environment["plan_digest"]:
        digest = code(environment["plan_digest"])
        yield lambda: f"\n<details><summary>Digest of this plan</summary>\n\n{digest}\n</details>\n"
    for schema in schemas_of(environment):
        if schema.rows:
            yield from _schema(document, schema)


def _counts(document: Mapping[str, Any], environment: Mapping[str, Any]) -> str:
    """A table of the schemas in which something is to be told, with most to tell first."""
    schemas = [schema for schema in schemas_of(environment) if schema.rows]
    lines = []
    if schemas:
        lines += ["", "| schema | objects |", "| --- | --- |"]
    for schema in schemas[:50]:
        lines.append(f"| {cell(schema.schema_id or '-')} | {words.counts_sentence(document['view'], schema.summary)} |")
    if len(schemas) > 50:
        lines.append(f"| {len(schemas) - 50} more | |")
    return "\n".join([*lines, ""])


def _schema(document: Mapping[str, Any], schema: SchemaRows) -> Iterator[_Part]:
    """A line for each object; what differs in it is folded."""
    yield lambda: f"\n#### {code(schema.schema_id or 'no schema')}\n"
    for row in schema.rows:
        yield functools.partial(_object, document, row)


def _object(document: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    says = words.WORDS[document["view"]].statuses[row["status"]]
    properties = ", ".join(words.properties_of(row))
    summary = f"{says}: <code>{escaped(shortened(words.name_of(row), 200))}</code>"
    if properties:
        summary += f" <code>{escaped(shortened(properties, 200))}</code>"
    return f"<details><summary>{summary}</summary>\n\n{_details(row)}\n</details>"


def _details(row: Mapping[str, Any]) -> str:
    lines = [f"{fact} {code(shortened(text, 500))}" for fact, text in words.facts_of(row)]
    parts = [" · ".join(lines)] if lines else []
    errors = [f"- {code(shortened(text, 1000))}" for text in words.errors_of(row)]
    if errors:
        parts.append("\n".join(errors))
    places = words.places_of(row)
    if places:
        parts.append(f"It is number {places[0]} in its order and should be number {places[1]}.")
    difference = _difference(row)
    if difference:
        parts.append(fenced(shortened(difference, _LONGEST_DIFFERENCE)))
    return "\n\n".join(parts) + "\n"


def _difference(row: Mapping[str, Any]) -> str:
    before, after = words.lines_of(row["before"]), words.lines_of(row["after"])
    lines = list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
    return "\n".join(lines)
