# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.
"""A plan document as one HTML page that needs nothing else. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils import _plan_words as words
from ansible_collections.community.dynatrace.plugins.plugin_utils._difference import LinePair, side_by_side
from ansible_collections.community.dynatrace.plugins.plugin_utils._pages import Head, Tile, Verdict, rendered
from ansible_collections.community.dynatrace.plugins.plugin_utils._plan_rows import (
    DRIFT,
    FAILED,
    NOTHING_DIFFERS,
    UNCHANGED,
    SchemaRows,
    schemas_of,
)

# With more objects than this only their titles are seen at first.
_MOST_OPEN = 30
# Statuses that have a tile with or without objects.
_ALWAYS_COUNTED = ("create", "update", UNCHANGED)
_VERDICTS = {NOTHING_DIFFERS: UNCHANGED, FAILED: "failed"}


@dataclass(frozen=True)
class ShownObject:
    """``search``: what the filter looks in."""

    name: str
    status: str
    properties: Sequence[str]
    facts: Sequence[tuple[str, str]]
    errors: Sequence[str]
    places: tuple[Any, Any] | None
    lines: Sequence[LinePair]
    search: str


@dataclass(frozen=True)
class ShownSchema:
    """``unchanged``: the names of the objects that are as in the files."""

    name: str
    counts: Sequence[Tile]
    objects: Sequence[ShownObject]


@dataclass(frozen=True)
class ShownEnvironment:
    name: str
    verdict: Verdict
    message: str
    digest: str
    counts: Sequence[Tile]
    schemas: Sequence[ShownSchema]
    unchanged: Sequence[tuple[str, Sequence[str]]]


def page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    environments = [_environment(document, environment) for environment in document["environments"]]
    shown = sum(len(schema.objects) for environment in environments for schema in environment.schemas)
    speaks = words.WORDS[document["view"]]
    facts = [("Files", document["source"]), (speaks.made, document["made"])]
    tiles = _tiles(document, document["summary"], _ALWAYS_COUNTED)
    return rendered(
        "plan.html.j2",
        Head(words.title(document), facts, _verdict(document, document), tiles),
        environments=environments,
        is_open=shown <= _MOST_OPEN,
        shown=shown,
        says=speaks.statuses,
        sides=("in the environment", speaks.after),
        is_drift=document["view"] == DRIFT,
    )


def _verdict(document: Mapping[str, Any], part: Mapping[str, Any]) -> Verdict:
    return Verdict(
        words.verdict(document["view"], part["outcome"], part["summary"]), _VERDICTS.get(part["outcome"], "update")
    )


def _tiles(document: Mapping[str, Any], summary: Mapping[str, int], always: Collection[str] = ()) -> list[Tile]:
    tallied = words.tallied(document["view"], summary, always)
    return [Tile.leading(status, number, says) for status, number, says in tallied]


def _environment(document: Mapping[str, Any], environment: Mapping[str, Any]) -> ShownEnvironment:
    schemas = schemas_of(environment)
    return ShownEnvironment(
        environment["name"],
        _verdict(document, environment),
        environment["message"],
        environment["plan_digest"] or "",
        _tiles(document, environment["summary"]),
        [_schema(document, schema) for schema in schemas if schema.rows],
        _unchanged(environment),
    )


def _unchanged(environment: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    names: dict[str, list[str]] = {}
    for row in environment["objects"]:
        if row["status"] == UNCHANGED:
            names.setdefault(row["schema_id"] or "", []).append(words.name_of(row))
    return sorted(names.items())


def _schema(document: Mapping[str, Any], schema: SchemaRows) -> ShownSchema:
    counts = _tiles(document, schema.summary)
    return ShownSchema(schema.schema_id or "No schema", counts, [_object(row) for row in schema.rows])


def _object(row: Mapping[str, Any]) -> ShownObject:
    left, right = words.lines_of(row["before"]), words.lines_of(row["after"])
    name, facts = words.name_of(row), list(words.facts_of(row))
    searched = [name, str(row["schema_id"] or ""), *row["properties"], *(text for _fact, text in facts)]
    return ShownObject(
        name,
        row["status"],
        words.properties_of(row),
        facts,
        words.errors_of(row),
        words.places_of(row),
        side_by_side(left, right) if left != right else (),
        " ".join(searched).lower(),
    )
