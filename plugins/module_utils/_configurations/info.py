# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What extension_monitoring_configuration_info does (API facts, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._settings.stored import StoredObject
from .._task import Result, Task
from .api import DESCRIPTION, VERSION, Configurations, ConfigurationStatus, version_of
from .wanted import checked


@dataclass(frozen=True)
class ConfigurationFilter:
    """The module's options; None: it does not matter."""

    name: str
    configuration_id: str | None
    scope: str | None
    version: str | None
    active: bool | None
    with_status: bool

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> ConfigurationFilter:
        return cls(
            checked(params["extension_name"]),
            params["configuration_id"],
            params["scope"],
            params["version"],
            params["active"],
            params["status"],
        )

    def passes(self, stored: StoredObject) -> bool:
        """What the API has no filter for; and the version, which servers were seen not to apply (API facts, 2.6)."""
        wanted = (self.configuration_id, self.scope, self.version)
        held = (stored.object_id, stored.scope, version_of(stored))
        return all(value is None or value == own for value, own in zip(wanted, held))


def read(task: Task) -> Result:
    """extension_monitoring_configuration_info: the configurations that pass all filters, in the order of the API.

    Their secrets are masked by the server. An id is looked for in the list, which has all that one answer about it would have.
    """
    options = ConfigurationFilter.from_params(task.params)
    api = Configurations(task.client, options.name)
    stored = list(filter(options.passes, api.listed(options.version, options.active)))
    statuses: Mapping[str, ConfigurationStatus] = {}
    if stored and options.with_status:
        statuses = api.statuses([there.object_id for there in stored])
    return Result({"configurations": [_shown(api.name, there, statuses.get(there.object_id)) for there in stored]})


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
