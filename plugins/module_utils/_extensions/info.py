# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_info does (FACTS sections 2.1 to 2.4)."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task


def extensions(task: Task) -> Result:
    """One extension with its versions, or a row for each of those whose name contains a text."""
    given = task.params
    if given["name"] and given["query"]:
        raise InputError("name means one extension and query several: leave out one of them")
    if not given["name"]:
        for option in ("version", "monitoring_configurations"):
            if given[option]:
                raise InputError(f"{option} belongs to one extension: give name as well")
        return Result({"extensions": _all(task.client, given["query"])})
    return Result(
        {"extensions": _one(task.client, given["name"], given["version"], given["monitoring_configurations"])}
    )


def _all(client: Client, query: str | None) -> list[dict[str, Any]]:
    params: dict[str, Any] = {"pageSize": stored.PAGE_SIZE}
    if query:
        params["name"] = query
    try:
        rows = list(client.pages(f"{stored.EXTENSIONS}/info", params, "extensions"))
    except ApiError as error:
        if not error.is_absence:
            raise
        # Servers of before that endpoint take "info" for the name of an extension.
        rows = list(client.pages(stored.EXTENSIONS, params, "extensions"))
        for row in rows:
            row["activeVersion"] = stored.active_version(client, row["extensionName"])
    return [
        {
            "name": row["extensionName"],
            "version": row.get("version"),
            "active_version": row.get("activeVersion"),
            "keywords": row.get("keywords") or [],
        }
        for row in rows
    ]


def _one(client: Client, name: str, version: str | None, with_configurations: bool) -> list[dict[str, Any]]:
    """At most one item; none for an unknown extension or an unknown version of it."""
    versions = stored.versions(client, name)
    if not versions or (version and version not in versions):
        return []
    active = stored.active_version(client, name)
    shown = version or active or versions[0]
    item: dict[str, Any] = {"name": name, "version": shown, "active_version": active, "versions": versions}
    item["details"] = stored.version_details(client, name, shown)
    if with_configurations:
        item["monitoring_configurations"] = stored.configurations(client, name, version)
    return [item]
