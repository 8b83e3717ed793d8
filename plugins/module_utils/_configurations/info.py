# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_monitoring_configuration_info does (FACTS section 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import (
    VERSION,
    Configurations,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_plan import (
    DESCRIPTION,
    checked,
)
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task


def configurations(task: Task) -> Result:
    """The monitoring configurations of one extension that pass all filters, in the order of the API.

    Their secrets are masked by the server. An id is looked for in the list, which has all that one answer about it would have.
    """
    given = task.params
    api = Configurations(task.client, checked(given["extension_name"]))
    rows = [row for row in api.rows(given["version"], given["active"]) if _passes(row, given)]
    statuses = api.statuses([str(row["objectId"]) for row in rows]) if rows and given["status"] else {}
    return Result({"configurations": [_shown(api.name, row, statuses.get(str(row["objectId"]))) for row in rows]})


def _passes(row: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """What the API has no filter for; and the version, which servers were seen not to apply (FACTS section 2.6)."""
    wanted = {"objectId": given["configuration_id"], "scope": given["scope"]}
    if given["version"] and _value(row).get(VERSION) != given["version"]:
        return False
    return all(value is None or row.get(name) == value for name, value in wanted.items())


def _shown(name: str, row: Mapping[str, Any], status: Mapping[str, Any] | None) -> dict[str, Any]:
    value = _value(row)
    return {
        "configuration_id": row["objectId"],
        "extension_name": name,
        "scope": row.get("scope"),
        VERSION: value.get(VERSION),
        "enabled": value.get("enabled"),
        DESCRIPTION: value.get(DESCRIPTION),
        "value": value,
        "status": status.get("status") if status else None,
        "status_timestamp": status.get("timestamp") if status else None,
    }


def _value(row: Mapping[str, Any]) -> Mapping[str, Any]:
    value = row.get("value")
    return value if isinstance(value, Mapping) else {}
