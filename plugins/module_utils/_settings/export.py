# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_export_info: reads an environment as items of settings_objects, with few requests.

Only schemas that have objects are read.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._errors import ApiError
from .._lists import filled, not_blank, read_all
from .._task import Result, Task
from .api import Settings
from .export_plan import Choice, Export, export
from .export_values import ValueRules, value_rules, with_values
from .naming import file_names
from .schema import Schema
from .selection import chosen, groups, read_apart
from .stored import StoredObject


@dataclass(frozen=True)
class ExportOptions:
    """``schema_ids`` and ``exclude`` may be patterns."""

    schema_ids: Sequence[str]
    exclude: Sequence[str]
    choice: Choice
    values: ValueRules
    parallel: int
    admin_access: bool


def read(task: Task) -> Result:
    """settings_export_info: files that settings_objects can apply, here and elsewhere."""
    options = _options(task.params)
    settings = Settings(task.client, options.admin_access)
    catalog = settings.catalog()
    with ThreadPoolExecutor(options.parallel) as pool:
        more = {name: catalog[name] for name in chosen(catalog, options.schema_ids, options.exclude)}
        choice = dataclasses.replace(options.choice, schema_ids=more.keys())
        reader = _Reader(task, settings, options, pool)
        exported = Export()
        while more:
            reader.read(more)
            reader.raise_if_nothing_was_readable()
            exported = reader.exported(choice)
            more = _referenced(exported, catalog, reader.known, choice)
    _warn(task, exported)
    return Result(_things(exported, options))


def _things(exported: Export, options: ExportOptions) -> dict[str, Any]:
    choice = options.choice
    written = with_values(exported.files, options.values)
    names = file_names(written.files)
    files = []
    for schema_id, items in written.files.items():
        content = {"schema_id": schema_id, "value_mode": "replace", "objects": items}
        files.append({"name": names[schema_id], "schema_id": schema_id, "content": content})
    things: dict[str, Any] = {"files": files, "secrets": exported.secrets, "outside": exported.outside}
    things["extracted_values"] = written.values
    if choice.object_ids is not None:
        things["object_keys"] = {object_id: exported.keys.get(object_id) for object_id in sorted(choice.object_ids)}
    return things


def _referenced(
    exported: Export, catalog: Mapping[str, bool], known: Collection[str], choice: Choice
) -> dict[str, bool]:
    """The schemas that references lead to and that were not read yet, if they are wanted."""
    if not choice.with_referenced:
        return {}
    named = {reference["schema_id"] for reference in exported.outside}
    return {name: catalog[name] for name in sorted(named & catalog.keys() - known)}


def _options(params: Mapping[str, Any]) -> ExportOptions:
    return ExportOptions(
        schema_ids=params["schema_ids"],
        exclude=not_blank(params["exclude"]),
        choice=_choice(params),
        values=value_rules(not_blank(params["values_matching"]), not_blank(params["values_of"])),
        parallel=params["parallel"],
        admin_access=params["admin_access"],
    )


def _choice(params: Mapping[str, Any]) -> Choice:
    object_ids = params["object_ids"]
    return Choice(
        omit_read_only=params["omit_read_only"],
        omit_defaults=params["omit_defaults"],
        scopes=not_blank(params["scopes"]),
        object_ids=None if object_ids is None else frozenset(object_ids),
        external_id_prefix=filled(params).get("external_id_prefix", ""),
        names=not_blank(params["names"]),
        with_referenced=params["with_referenced"],
    )


def _warn(task: Task, exported: Export) -> None:
    if exported.outside:
        names = sorted({reference["schema_id"] or "an unknown schema" for reference in exported.outside})
        task.warn(
            f"references lead to objects of {', '.join(names)} that are not exported ({len(exported.outside)}, see outside): they mean "
            "something only in this environment. Export these schemas as well"
        )


class _Reader:
    """Reads what the token may read."""

    def __init__(self, task: Task, settings: Settings, options: ExportOptions, pool: ThreadPoolExecutor) -> None:
        self._task = task
        self._settings = settings
        self._options = options
        self._pool = pool
        # What others refer to may lie on another scope than they.
        self._scopes = () if options.choice.with_referenced else options.choice.scopes
        self._refused: list[ApiError] = []
        self._was_readable = False
        self._stored: list[StoredObject] = []
        self._schemas: dict[str, Schema] = {}
        self.known: set[str] = set()

    def read(self, ordered: Mapping[str, bool]) -> None:
        """The objects of schemas, which may be ordered, beside what was read before."""
        self.known.update(ordered)
        lists = read_all(self._pool, self._readable, groups(ordered, self._options.parallel))
        stored = list(itertools.chain.from_iterable(lists))
        schema_ids = sorted({stored_object.schema_id for stored_object in stored})
        self._schemas.update(zip(schema_ids, read_all(self._pool, self._settings.schema, schema_ids)))
        self._stored += stored

    def exported(self, choice: Choice) -> Export:
        return export(self._schemas, self._stored, choice)

    def _readable(self, schema_ids: Sequence[str]) -> list[StoredObject]:
        """The objects of schemas on the wanted scopes.

        A schema that the environment lists but does not let read is an error only when it was asked for by name.
        """
        return read_apart(self._listed, schema_ids, self._leave_out)

    def _listed(self, schema_ids: Sequence[str]) -> list[StoredObject]:
        stored = self._settings.listed_together(schema_ids, self._scopes)
        self._was_readable = True
        return stored

    def _leave_out(self, schema_id: str, error: ApiError) -> None:
        if schema_id in self._options.schema_ids:
            raise error
        self._refused.append(error)
        self._task.warn(f"{schema_id} is left out: {error.message}")

    def raise_if_nothing_was_readable(self) -> None:
        """Then it is not about single schemas: the token lacks a scope."""
        if self._refused and not self._was_readable:
            raise self._refused[0]
