# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object_info: one object, the objects of schemas and scopes, or effective values (API facts, 3.2, 3.3, 3.7)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import refuse_if
from .._lists import filled, not_blank
from .._task import Result, Task
from .api import Settings, in_lists
from .wanted import ENVIRONMENT

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ObjectQuery:
    """The options; empty is not given."""

    object_id: str | None
    schema_ids: Sequence[str]
    scopes: Sequence[str]
    external_ids: Sequence[str]
    filter: str | None
    sort: str | None
    effective: bool

    def given(self, *names: str) -> list[str]:
        """Those of the options that were given."""
        return [name for name in names if getattr(self, name)]


def read(task: Task) -> Result:
    """Raises InputError for options that exclude each other."""
    params = task.params
    query = ObjectQuery(
        object_id=params["object_id"],
        schema_ids=not_blank(params["schema_ids"]),
        scopes=not_blank(params["scopes"]),
        external_ids=not_blank(params["external_ids"]),
        filter=params["filter"],
        sort=params["sort"],
        effective=params["effective"],
    )
    settings = Settings(task.client, params["admin_access"])
    return Result({"objects": _rows(settings, query)})


def _rows(settings: Settings, query: ObjectQuery) -> Rows:
    if query.object_id:
        others = query.given("schema_ids", "scopes", "external_ids", "filter", "sort", "effective")
        refuse_if(others, f"object_id names one object: leave out {', '.join(others)}")
        row = settings.row(query.object_id)
        if row is None:
            return []
        return [row]
    if query.effective:
        return _effective(settings, query)
    return _listed(settings, query)


def _listed(settings: Settings, query: ObjectQuery) -> Rows:
    """By several requests where the ids of the schemas are too long for one."""
    refuse_if(
        not query.schema_ids and not query.scopes,
        "give object_id, schema_ids or scopes: the API lists no objects without one of them",
    )
    lists = in_lists(query.schema_ids)
    refuse_if(
        query.sort and len(lists) > 1,
        "sort orders the objects of one request, and so many schema_ids need several: give fewer of them",
    )
    shared = {
        "scopes": ",".join(query.scopes),
        "externalIds": ",".join(query.external_ids),
        "filter": query.filter,
        "sort": query.sort,
    }
    queries = [filled({"schemaIds": ",".join(schema_ids), **shared}) for schema_ids in lists]
    return list(itertools.chain.from_iterable(map(settings.rows, queries)))


def _effective(settings: Settings, query: ObjectQuery) -> Rows:
    """Always an answer for a known schema, defaults included; ``origin`` tells the scope that a value comes from."""
    others = query.given("external_ids", "filter", "sort")
    refuse_if(others, f"leave out {', '.join(others)}: effective values can be neither filtered nor sorted")
    refuse_if(not query.schema_ids, "effective values need schema_ids")
    rows: list[Mapping[str, Any]] = []
    for scope, schema_ids in itertools.product(query.scopes or [ENVIRONMENT], in_lists(query.schema_ids)):
        rows += [{**row, "scope": scope} for row in settings.effective_rows(schema_ids, scope)]
    return rows
