# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_monitoring_configuration_info does (API facts, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._settings.stored import StoredObject
from .._task import Result, Task
from .api import DESCRIPTION, VERSION, Configurations, ConfigurationStatus, version_of
from .wanted import checked


def read(task: Task) -> Result:
    """extension_monitoring_configuration_info: the configurations that pass all filters, in the order of the API.

    Their secrets are masked by the server. An id is looked for in the list, which has all that one answer about it would have.
    """
    params = task.params
    api = Configurations(task.client, checked(params["extension_name"]))
    stored = [there for there in api.listed(params["version"], params["active"]) if _passes(there, params)]
    statuses: Mapping[str, ConfigurationStatus] = {}
    if stored and params["status"]:
        statuses = api.statuses([there.object_id for there in stored])
    return Result({"configurations": [_shown(api.name, there, statuses.get(there.object_id)) for there in stored]})


def _passes(stored: StoredObject, given: Mapping[str, Any]) -> bool:
    """What the API has no filter for; and the version, which servers were seen not to apply (API facts, 2.6)."""
    held = {"configuration_id": stored.object_id, "scope": stored.scope, "version": version_of(stored)}
    return all(given[option] in (None, own) for option, own in held.items())


def _shown(name: str, stored: StoredObject, status: ConfigurationStatus | None) -> dict[str, Any]:
    return {
        "configuration_id": stored.object_id,
        "extension_name": name,
        "scope": stored.scope,
        VERSION: stored.value.get(VERSION),
        "enabled": stored.value.get("enabled"),
        DESCRIPTION: stored.value.get(DESCRIPTION),
        "value": stored.value,
        "status": status.word if status else None,
        "status_timestamp": status.timestamp if status else None,
    }
