# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What activegate_info does, and its filters, which the inventory plugin has as well (API facts, 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._task import Result, Task
from . import filters
from .api import ActiveGateApi
from .filters import COMPARE_TYPES
from .model import checked_id

UPDATE_STATUSES = [
    "INCOMPATIBLE",
    "OUTDATED",
    "SCHEDULED",
    "SUPPRESSED",
    "UNKNOWN",
    "UP2DATE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_PENDING",
    "UPDATE_PROBLEM",
]
TOKEN_STATES = ["ABSENT", "EXPIRING", "INVALID", "UNKNOWN", "UNSUPPORTED", "VALID"]
MODULES = [
    "AWS",
    "AZURE",
    "BEACON_FORWARDER",
    "CLOUD_FOUNDRY",
    "DB_INSIGHT",
    "DEBUGGING",
    "EXTENSIONS_V1",
    "EXTENSIONS_V2",
    "KUBERNETES",
    "LOGS",
    "MEMORY_DUMPS",
    "METRIC_API",
    "ONE_AGENT_ROUTING",
    "OTLP_INGEST",
    "REST_API",
    "SYNTHETIC",
    "VMWARE",
    "Z_OS",
]

# The filters as options, of the module activegate_info and of the inventory plugin.
FILTERS: Mapping[str, Mapping[str, Any]] = {
    "hostname": {"type": "str"},
    "os_type": {"type": "str", "choices": ["LINUX", "WINDOWS"]},
    "os_architecture": {"type": "str", "choices": ["X86", "S390", "ARM", "PPCLE"]},
    "network_address": {"type": "str"},
    "load_balancer_address": {"type": "str"},
    "type": {"type": "str", "choices": ["ENVIRONMENT", "ENVIRONMENT_MULTI"]},
    "network_zone": {"type": "str"},
    "group": {"type": "str"},
    "update_status": {"type": "str", "choices": UPDATE_STATUSES},
    "version": {"type": "str"},
    "version_compare_type": {"type": "str", "choices": COMPARE_TYPES},
    "auto_update": {"type": "str", "choices": ["DISABLED", "ENABLED"]},
    "online": {"type": "bool"},
    "enabled_modules": {"type": "list", "elements": "str", "choices": MODULES},
    "disabled_modules": {"type": "list", "elements": "str", "choices": MODULES},
    "containerized": {"type": "bool"},
    "token_state": {"type": "str", "choices": TOKEN_STATES},
    "token_expiration_set": {"type": "bool"},
    "fips_mode": {"type": "bool"},
}
_NAMES = filters.names(list(FILTERS), enabled_modules="enabledModule", disabled_modules="disabledModule")


def read(task: Task) -> Result:
    """activegate_info: one ActiveGate, or all that pass every filter."""
    activegate_id = task.params["activegate_id"]
    asked = fleet_query(task.params)
    api = ActiveGateApi(task.client)
    if not activegate_id:
        return Result({"activegates": [activegate.row for activegate in api.activegates(asked)]})
    filters.refuse("activegate_id names one ActiveGate", asked, _NAMES)
    activegate = api.activegate(checked_id(activegate_id))
    return Result({"activegates": [activegate.row] if activegate else []})


def fleet_query(given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the API for the options of FILTERS, of which None is one that was not given."""
    return filters.query(given, _NAMES, ("version",))
