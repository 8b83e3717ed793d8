# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_export_info: reads an environment as items of settings_objects, with few requests.

Only schemas that have objects are read.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .._errors import ApiError, InputError
from .._lists import read_all
from .._task import Result, Task
from .api import Settings
from .export_plan import Choice, Export, export
from .naming import file_names
from .selection import chosen, groups, read_apart
from .stored import StoredObject


@dataclass(frozen=True)
class ExportOptions:
    """``schema_ids`` and ``exclude`` may be patterns."""

    schema_ids: Sequence[str]
    exclude: Sequence[str]
    scopes: Sequence[str]
    choice: Choice
    parallel: int
    admin_access: bool


def read(task: Task) -> Result:
    """settings_export_info: files that settings_objects can apply, here and elsewhere."""
    options = _options(task.params)
    settings = Settings(task.client, options.admin_access)
    catalog = settings.catalog()
    ordered = {name: catalog[name] for name in chosen(catalog, options.schema_ids, options.exclude)}
    with ThreadPoolExecutor(options.parallel) as pool:
        reader = _Reader(task, settings, options)
        lists = read_all(pool, reader.listed, groups(ordered, options.parallel))
        stored = list(itertools.chain.from_iterable(lists))
        reader.raise_if_nothing_was_readable()
        there = sorted({stored_object.schema_id for stored_object in stored})
        schemas = dict(zip(there, read_all(pool, settings.schema, there)))
    exported = export(schemas, stored, options.choice)
    _warn(task, exported)
    names = file_names(exported.files)
    files = [
        {
            "name": names[schema_id],
            "schema_id": schema_id,
            "content": {"schema_id": schema_id, "value_mode": "replace", "objects": items},
        }
        for schema_id, items in exported.files.items()
    ]
    return Result({"files": files, "secrets": exported.secrets, "outside": exported.outside})


def _options(params: Mapping[str, Any]) -> ExportOptions:
    if params["parallel"] < 1:
        raise InputError("parallel must be at least 1")
    return ExportOptions(
        schema_ids=params["schema_ids"],
        exclude=params["exclude"] or (),
        scopes=params["scopes"] or (),
        choice=Choice(params["omit_read_only"], params["omit_defaults"]),
        parallel=params["parallel"],
        admin_access=params["admin_access"],
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

    def __init__(self, task: Task, settings: Settings, options: ExportOptions) -> None:
        self._task = task
        self._settings = settings
        self._options = options
        self._refused: list[ApiError] = []
        self._was_readable = False

    def listed(self, schema_ids: Sequence[str]) -> list[StoredObject]:
        """The objects of schemas on the wanted scopes.

        A schema that the environment lists but does not let read is an error only when it was asked for by name.
        """
        return read_apart(self._listed, schema_ids, self._leave_out)

    def _listed(self, schema_ids: Sequence[str]) -> list[StoredObject]:
        stored = self._settings.listed_together(schema_ids, self._options.scopes)
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
