# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_export_info: reads an environment as items of settings_objects, with few requests.

Schemas share a list of objects, but for ordered ones: that the order of several schemas' objects is their rank is not said
anywhere (FACTS section 3.2). Only schemas that have objects are read.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_plan import (
    Choice,
    Export,
    export,
    file_name,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task

# The length of a query is limited, as far as is known to 2,000 characters by proxies; the rest of it needs some.
_LONGEST_LIST = 1200
_MOST_SCOPES = 20


def export_all(task: Task) -> Result:
    """The work of settings_export_info."""
    given = task.params
    if given["parallel"] < 1:
        raise InputError("parallel must be at least 1")
    settings = Settings(task.client, given["admin_access"], validate_only=False)
    chosen = _chosen(settings.catalog(), given["schema_ids"], given["exclude"] or ())
    with ThreadPoolExecutor(given["parallel"]) as pool:
        reader = _Reader(task, settings, set(given["schema_ids"]))
        lists = pool.map(reader.listed, _groups(chosen, given["parallel"]))
        stored = [one for some in lists for one in some]
        reader.raise_if_nothing_was_readable()
        there = sorted({one.schema_id for one in stored})
        schemas = dict(zip(there, pool.map(settings.schema, there)))
    found = export(schemas, stored, Choice(given["omit_read_only"], given["omit_defaults"]))
    _warn(task, found)
    return Result({"files": _files(found), "secrets": found.secrets, "outside": found.outside})


def _files(found: Export) -> list[dict[str, object]]:
    names: dict[str, str] = {}
    for schema_id in found.files:
        name = file_name(schema_id)
        if name in names.values():  # of "a:b" and "a_b"
            name = f"{len(names)}.{name}"
        names[schema_id] = name
    return [
        {
            "name": names[schema_id],
            "schema_id": schema_id,
            "content": {"schema_id": schema_id, "value_mode": "replace", "objects": items},
        }
        for schema_id, items in found.files.items()
    ]


def _warn(task: Task, found: Export) -> None:
    if found.outside:
        names = sorted({one["schema_id"] or "an unknown schema" for one in found.outside})
        task.warn(
            f"references lead to objects of {', '.join(names)} that are not exported ({len(found.outside)}, see outside): they mean "
            "something only in this environment. Export these schemas as well"
        )


def _chosen(catalog: Mapping[str, bool], patterns: Sequence[str], excluded: Sequence[str]) -> dict[str, bool]:
    """Raises InputError for a name, or a pattern, that the environment has no schema for."""
    found: dict[str, bool] = {}
    for pattern in patterns:
        names = fnmatch.filter(catalog, pattern)
        if not names:
            raise InputError(f"this environment has no schema {pattern}")
        found.update((name, catalog[name]) for name in names)
    for pattern in excluded:
        for name in fnmatch.filter(list(found), pattern):
            del found[name]
    return found


def _groups(chosen: Mapping[str, bool], parallel: int) -> Iterator[list[str]]:
    """Which schemas share a list: as few lists as their names allow, but no fewer than can be read at the same time."""
    yield from ([name] for name, is_ordered in sorted(chosen.items()) if is_ordered)
    together = sorted(name for name, is_ordered in chosen.items() if not is_ordered)
    needed = -(-sum(len(name) + 1 for name in together) // _LONGEST_LIST)
    count = max(needed, min(parallel, len(together)))
    yield from (together[number::count] for number in range(count))


class _Reader:
    """``named``: schemas that the user asked for by their whole name."""

    def __init__(self, task: Task, settings: Settings, named: set[str]) -> None:
        self._task = task
        self._settings = settings
        self._named = named
        self._scopes: Sequence[str] = task.params["scopes"] or ()
        self._refused: list[ApiError] = []
        self._was_readable = False

    def listed(self, schema_ids: Sequence[str]) -> list[Stored]:
        """The objects of schemas on the wanted scopes.

        A schema that the environment lists but does not let read is an error only when it was asked for by name.
        """
        few = len(self._scopes) <= _MOST_SCOPES
        try:
            found = self._settings.listed_together(schema_ids, self._scopes if few else ())
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            if len(schema_ids) > 1:
                return [one for name in schema_ids for one in self.listed([name])]
            if schema_ids[0] in self._named:
                raise
            self._refused.append(error)
            self._task.warn(f"{schema_ids[0]} is left out: {error.message}")
            return []
        self._was_readable = True
        return found if few else [one for one in found if one.scope in self._scopes]

    def raise_if_nothing_was_readable(self) -> None:
        """Then it is not about single schemas: the token lacks a scope."""
        if self._refused and not self._was_readable:
            raise self._refused[0]
