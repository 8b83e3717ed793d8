# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the guards run: for each module tasks that change something, or read something, in a fresh sandbox.

A module without an entry here fails a guard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.configurations import NAME as CONFIGURED
from tests.support.configurations import ship
from tests.support.packages import build_package, keys
from tests.support.sandbox import RunningSandbox

SECRET = "hush-SECRET-hush"


def _nothing(sandbox: RunningSandbox) -> None:
    pass


@dataclass(frozen=True)
class Case:
    """``action``: what the first run does, None for a module that only reads. ``prepare`` runs in the fresh sandbox.

    ``args`` may hold ``{package}``, replaced by the path of a signed extension package, and ``{folder}``, of a folder to write to.
    """

    module: str
    args: Mapping[str, Any]
    action: str | None = None
    prepare: Callable[[RunningSandbox], None] = field(default=_nothing)

    def __str__(self) -> str:
        return f"{self.module}-{self.action or 'read'}"

    def arguments(self, package: Path) -> dict[str, Any]:
        texts = {"{package}": str(package), "{folder}": str(written_folder(package))}
        return {name: texts.get(value, value) if isinstance(value, str) else value for name, value in self.args.items()}


def written_folder(package: Path) -> Path:
    """Of what is written by a module that sends nothing."""
    return package.parent / "written"


def write_package(folder: Path) -> Path:
    path = folder / "extension.zip"
    path.write_bytes(build_package("custom:guarded", "1.0.0"))
    return path


_SCHEMA = "builtin:sandbox."
_REMOTE: dict[str, Any] = {"name": "guard", "url": "https://guard.example.com", "token": SECRET}


def _remote(sandbox: RunningSandbox) -> None:
    sandbox.run("settings_object", schema_id=f"{_SCHEMA}remote-connection", value=_REMOTE)


_TICKETING = "app:sandbox.ticketing:connection"
_DESK: dict[str, Any] = {"schema_id": _TICKETING, "external_id": "desk"}
_EVERYBODY = {"type": "all_users"}
_TEAM = {"type": "group", "id": "0a1b", "access": "write"}


def _desk(sandbox: RunningSandbox) -> None:
    value = {"name": "desk", "user": "guard", "password": SECRET}
    made = sandbox.run("settings_object", **_DESK, value=value)
    assert not made.get("failed"), made


def _shared_desk(sandbox: RunningSandbox) -> None:
    _desk(sandbox)
    given = sandbox.run("settings_object_permission", **_DESK, accessors=[_EVERYBODY])
    assert not given.get("failed"), given


_LIST = [
    {"key": "remote", "schema_id": f"{_SCHEMA}remote-connection", "value": _REMOTE},
    {"key": "header", "schema_id": f"{_SCHEMA}header-rule", "value": {"headerName": "X-Real-IP"}, "position": "first"},
    {"key": "gone", "schema_id": f"{_SCHEMA}tag-rule", "value": {"name": "Databases"}, "state": "absent"},
]

_CONFIGURATION = "extension_monitoring_configuration"
_ENDPOINTS = [{"url": "https://guard.example.com", "password": SECRET}]
_GUARDED: dict[str, Any] = {
    "extension_name": CONFIGURED,
    "scope": "ag_group-guard",
    "value": {"description": "guard", "pythonRemote": {"endpoints": _ENDPOINTS, "token": SECRET}},
}


def _configurable(sandbox: RunningSandbox) -> None:
    """Also where another case has shipped it already."""
    if not sandbox.run("extension_info", name=CONFIGURED)["extensions"]:
        ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")


def _configured(sandbox: RunningSandbox) -> None:
    _configurable(sandbox)
    made = sandbox.run(_CONFIGURATION, **_GUARDED)
    assert not made.get("failed"), made


_ACTIVEGATE = "1730152904"


def _frozen(sandbox: RunningSandbox) -> None:
    """Jobs stay as they are, so that two runs see the same."""
    sandbox.variants(job_outcome="HANG_PENDING")


def _updating(sandbox: RunningSandbox) -> None:
    _frozen(sandbox)
    sandbox.run("activegate_update_job", activegate_id=_ACTIVEGATE, target_version="latest")


_AUTO_UPDATE = "/api/v2/activeGates/autoUpdate"
_REMOTE_BY_HAND: dict[str, Any] = {
    "method": "POST",
    "path": "/api/v2/settings/objects",
    "body": [
        {"schemaId": f"{_SCHEMA}remote-connection", "scope": "environment", "value": {**_REMOTE, "scope": "INTERNAL"}}
    ],
    "unless_found": {
        "query": {"schemaIds": f"{_SCHEMA}remote-connection", "fields": "objectId,value"},
        "match": {"value": {"name": "guard"}},
    },
    "validator": {"query": {"validateOnly": True}},
}
_CERTIFICATE: dict[str, Any] = {"content": keys().ca_pem.decode()}


def _certified(sandbox: RunningSandbox) -> None:
    made = sandbox.run("extension_certificate", **_CERTIFICATE)
    assert not made.get("failed"), made


CASES = [
    Case("settings_schema_info", {}),
    Case("settings_schema_info", {"schema_id": f"{_SCHEMA}note"}),
    Case("settings_object_info", {"schema_ids": [f"{_SCHEMA}tag-rule"]}),
    Case("settings_object_info", {"schema_ids": [f"{_SCHEMA}remote-connection"]}, prepare=_remote),
    Case(
        "settings_object_info", {"schema_ids": [f"{_SCHEMA}host-monitoring"], "effective": True, "scopes": ["HOST-1"]}
    ),
    Case("settings_export_info", {"schema_ids": ["*"]}, prepare=_remote),
    Case("settings_export_info", {"schema_ids": [f"{_SCHEMA}*-rule"], "omit_defaults": True}),
    Case("settings_object", {"schema_id": f"{_SCHEMA}remote-connection", "value": _REMOTE}, "create"),
    Case(
        "settings_object",
        {"schema_id": f"{_SCHEMA}remote-connection", "value": {**_REMOTE, "url": "https://new.example.com"}},
        "update",
        _remote,
    ),
    Case(
        "settings_object",
        {"schema_id": f"{_SCHEMA}header-rule", "value": {"headerName": "X-Real-IP"}, "position": "first"},
        "move",
    ),
    Case("settings_object", {"schema_id": f"{_SCHEMA}zone-switch", "state": "absent"}, "reset"),
    Case(
        "settings_object",
        {"schema_id": f"{_SCHEMA}remote-connection", "value": _REMOTE, "state": "absent"},
        "delete",
        _remote,
    ),
    Case("settings_objects", {"objects": _LIST}, "update"),
    Case("settings_objects", {"objects": _LIST[:1], "prune": {"schema_ids": [f"{_SCHEMA}tag-rule"]}}, "update"),
    Case("settings_objects", {"objects": json.dumps(_LIST[:1])}, "update"),
    Case("settings_files", {"path": "{folder}", "files": [{"name": "a.yml", "content": "a: 1"}]}, "update"),
    Case("sandbox_record", {"path": "{folder}", "exclude": ["builtin:*"]}, "update", _desk),
    Case(
        "sandbox_record", {"path": "{folder}", "exclude": ["builtin:*"], "parts": ["settings", "extensions"]}, "update"
    ),
    Case("settings_object_permission", {**_DESK, "accessors": [_EVERYBODY, _TEAM]}, "create", _desk),
    Case("settings_object_permission", {**_DESK, "accessors": [_TEAM], "purge": True}, "update", _shared_desk),
    Case(
        "settings_object_permission",
        {**_DESK, "accessors": [_EVERYBODY], "state": "absent"},
        "delete",
        _shared_desk,
    ),
    Case("settings_history_info", {"schema_ids": [_TICKETING]}, prepare=_shared_desk),
    Case("extension_certificate", _CERTIFICATE, "create"),
    Case("extension_certificate", {**_CERTIFICATE, "name": "Guards", "description": "guarded"}, "update", _certified),
    Case("extension_certificate", {**_CERTIFICATE, "state": "absent"}, "delete", _certified),
    Case("extension_certificate_info", {}, prepare=_certified),
    Case("extension_certificate_info", {"expires_within": 5000}, prepare=_certified),
    Case("extension_info", {}),
    Case("extension_info", {"name": "com.dynatrace.extension.sandbox-seed"}),
    Case("extension_monitoring_configuration", {**_GUARDED, "wait": True}, "create", _configurable),
    Case("extension_monitoring_configuration", {**_GUARDED, "version": "1.1.0"}, "update", _configured),
    Case("extension_monitoring_configuration", {**_GUARDED, "state": "absent"}, "delete", _configured),
    Case(
        "extension_monitoring_configuration",
        {
            "extension_name": CONFIGURED,
            "scope": "ag_group-guard",
            "configurations": [
                {"value": _GUARDED["value"], "state": "absent"},
                {"value": {**_GUARDED["value"], "description": "another", "enabled": False}},
                {"value": {**_GUARDED["value"], "description": "one more"}, "scope": "environment"},
            ],
        },
        "update",
        _configured,
    ),
    Case("extension_monitoring_configuration_info", {"extension_name": CONFIGURED}, prepare=_configured),
    Case("extension", {"name": "com.dynatrace.extension.sandbox-seed", "version": "1.0.0"}, "update"),
    Case("extension", {"name": "com.dynatrace.extension.sandbox-hub", "source": "hub"}, "create"),
    Case("extension", {"name": "com.dynatrace.extension.sandbox-seed", "active": False}, "update"),
    Case(
        "extension",
        {"name": "com.dynatrace.extension.sandbox-seed", "state": "absent", "remove_configurations": True},
        "delete",
    ),
    Case("extension_upload", {"path": "{package}"}, "create"),
    Case("extension_upload", {"path": "{package}", "activate": True}, "create"),
    Case("extension_upload", {"path": "{package}", "verify_signature": [_CERTIFICATE["content"]]}, "create"),
    Case(
        "extension_upload",
        {"name": "com.dynatrace.extension.sandbox-seed", "version": "1.0.0", "state": "absent"},
        "delete",
    ),
    Case("activegate_info", {"os_type": "LINUX"}),
    Case("activegate_update_job_info", {}),
    Case("activegate_update_job_info", {"activegate_id": _ACTIVEGATE, "from": "now-31d"}),
    Case("activegate_update_job", {"activegate_id": _ACTIVEGATE, "target_version": "latest"}, "create", _frozen),
    Case("activegate_update_job", {"activegate_id": _ACTIVEGATE, "state": "absent"}, "cancel", _updating),
    Case("activegate_update_jobs", {"selector": {}, "target_version": "latest", "poll_interval": 0.06}, "create"),
    Case(
        "api",
        {
            "method": "PUT",
            "path": _AUTO_UPDATE,
            "body": {"globalSetting": "ENABLED"},
            "validator": {"path": f"{_AUTO_UPDATE}/validator"},
        },
        "update",
    ),
    Case("api", _REMOTE_BY_HAND, "create"),
    Case(
        "api",
        {"method": "DELETE", "path": "api/v2/extensions/com.dynatrace.extension.sandbox-seed/1.0.0"},
        "delete",
    ),
    Case("api_info", {"path": "/api/v2/settings/objects", "query": {"schemaIds": f"{_SCHEMA}tag-rule", "pageSize": 1}}),
]
# Modules that send nothing, and the cases of all others.
LOCAL = ("settings_files",)
CONNECTED = [case for case in CASES if case.module not in LOCAL]
