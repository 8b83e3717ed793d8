# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the modules that only read ActiveGates and their update jobs do (FACTS sections 1.1, 1.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import found, job_path
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import Job, checked_id
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import filter_version
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task

_JOBS = "/v2/activeGates/updateJobs"
_ACTIVEGATES = "/v2/activeGates"

COMPARE_TYPES = ["EQUAL", "GREATER", "GREATER_EQUAL", "LOWER", "LOWER_EQUAL"]
UPDATE_TYPES = ["ACTIVE_GATE", "REMOTE_PLUGIN_AGENT", "SYNTHETIC", "Z_REMOTE"]
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
# Option to parameter of the API.
_ACTIVEGATE_FILTERS = {
    "hostname": "hostname",
    "os_type": "osType",
    "os_architecture": "osArchitecture",
    "network_address": "networkAddress",
    "load_balancer_address": "loadBalancerAddress",
    "type": "type",
    "network_zone": "networkZone",
    "update_status": "updateStatus",
    "version": "version",
    "version_compare_type": "versionCompareType",
    "auto_update": "autoUpdate",
    "group": "group",
    "online": "online",
    "enabled_modules": "enabledModule",
    "disabled_modules": "disabledModule",
    "containerized": "containerized",
    "token_state": "tokenState",
    "token_expiration_set": "tokenExpirationSet",
    "fips_mode": "fipsMode",
}
_JOB_FILTERS = {
    "from": "from",
    "to": "to",
    "start_version": "startVersion",
    "start_version_compare_type": "startVersionCompareType",
    "target_version": "targetVersion",
    "target_version_compare_type": "targetVersionCompareType",
    "update_type": "updateType",
    "last_updates": "lastUpdates",
}
# Options that only mean something when they are true; of the others, false is a filter as well.
_OFF_BY_DEFAULT = ("last_updates",)


def activegates(task: Task) -> Result:
    """activegate_info: one ActiveGate, or all that pass every filter."""
    activegate_id = task.params["activegate_id"]
    query = fleet_query(task.params)
    if not activegate_id:
        return Result({"activegates": fleet(task.client, query)})
    _refuse_filters("activegate_id names one ActiveGate", query, _ACTIVEGATE_FILTERS)
    one = found(task.client, f"{_ACTIVEGATES}/{path_segment(checked_id(activegate_id))}")
    return Result({"activegates": [] if one is None else [one]})


def fleet_query(filters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the API for the options of FILTERS, of which None is one that was not given."""
    return _query(filters, _ACTIVEGATE_FILTERS, ("version",))


def fleet(client: Client, query: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All ActiveGates that pass, in one request: the API has no pages here."""
    listed: list[dict[str, Any]] = client.get(_ACTIVEGATES, query)["activeGates"]
    return listed


def jobs(task: Task) -> Result:
    """activegate_update_job_info: one job, those of one ActiveGate, or those of all."""
    activegate_id, job_id = task.params["activegate_id"], task.params["job_id"]
    query = _query(task.params, _JOB_FILTERS, ("start_version", "target_version"))
    if job_id:
        if not activegate_id:
            raise InputError("job_id belongs to one ActiveGate: give activegate_id as well")
        _refuse_filters("job_id names one job", query, _JOB_FILTERS)
        one = found(task.client, job_path(checked_id(activegate_id), job_id))
        return Result({"jobs": [] if one is None else [Job.from_api(activegate_id, one).shown()]})
    if activegate_id:
        # The API's answer is the same for one ActiveGate as one row of the list for all.
        listed = [found(task.client, job_path(checked_id(activegate_id)), query) or {}]
    else:
        listed = task.client.get(_JOBS, query)["allUpdateJobs"]
    return Result({"jobs": [shown for row in listed for shown in _shown(row, activegate_id)]})


def _shown(row: Mapping[str, Any], activegate_id: str | None) -> list[dict[str, Any]]:
    owner = activegate_id or str(row.get("agId"))
    return [Job.from_api(owner, one).shown() for one in row.get("updateJobs") or ()]


def _query(given: Mapping[str, Any], names: Mapping[str, str], version_options: tuple[str, ...]) -> dict[str, Any]:
    """The parameters of the API. A version without a comparison means exactly that version."""
    query: dict[str, Any] = {}
    for option, name in names.items():
        value = given[option]
        if value in (None, []) or (value is False and option in _OFF_BY_DEFAULT):
            continue
        query[name] = str(value).lower() if isinstance(value, bool) else value
    for option in version_options:
        compared = f"{option}_compare_type"
        if given[option]:
            filter_version(option, given[option])
            query.setdefault(names[compared], "EQUAL")
        elif given[compared]:
            raise InputError(f"{compared} compares with {option}: give that as well")
    return query


def _refuse_filters(reason: str, query: Mapping[str, Any], names: Mapping[str, str]) -> None:
    others = [option for option, name in names.items() if name in query]
    if others:
        raise InputError(f"{reason}: leave out {', '.join(others)}")
