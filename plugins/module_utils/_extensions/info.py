# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_info does (API facts, 2.1 to 2.4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .._errors import InputError
from .._task import Result, Task
from .api import Extensions
from .extension_plan import identity


@dataclass(frozen=True)
class _Asked:
    """The module's options."""

    name: str | None
    query: str | None
    version: str | None
    monitoring_configurations: bool


def read(task: Task) -> Result:
    """extension_info: one extension with its versions, or a row for each of those whose name contains a text."""
    asked = _Asked(*(task.params[name] for name in _Asked.__annotations__))
    if asked.name and asked.query:
        raise InputError("name means one extension and query several: leave out one of them")
    extensions = Extensions(task.client)
    if asked.name:
        return Result({"extensions": _one(extensions, asked.name, asked)})
    for option in ("version", "monitoring_configurations"):
        if getattr(asked, option):
            raise InputError(f"{option} belongs to one extension: give name as well")
    items = []
    for row in extensions.listed(asked.query):
        items.append({**asdict(row), "keywords": list(row.keywords)})
    return Result({"extensions": items})


def _one(extensions: Extensions, name: str, asked: _Asked) -> list[dict[str, Any]]:
    """At most one item; none for an unknown extension or an unknown version of it."""
    versions = extensions.versions(name)
    if not versions or asked.version not in (None, *versions):
        return []
    active = extensions.active_version(name)
    shown = asked.version or active or versions[0]
    item: dict[str, Any] = {"name": name, "version": shown, "active_version": active, "versions": versions}
    stored_version = extensions.version(name, shown)
    item["details"] = None if stored_version is None else dict(stored_version.row)
    if asked.monitoring_configurations:
        rows = extensions.configurations(name, asked.version)
        item["monitoring_configurations"] = [dict(row.row) for row in rows]
        item["outdated_configurations"] = outdated = []
        for row in rows:
            if row.version != active:
                outdated.append({**identity(row), "version": row.version})
    return [item]
