# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small schemas under the names of real ones, so that snippets which name those run. They have the properties that snippets use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def _property(kind: Any, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """``kind``: a type; ``[kind]``: a list, ``{kind}``: a set of it; a dict: an object with these properties."""
    more = {"nullable": True, "displayName": "", "description": "", "maxObjects": 1, "modificationPolicy": "DEFAULT"}
    if isinstance(kind, (list, set)):
        (item,) = kind
        container = "list" if isinstance(kind, list) else "set"
        return {**more, "type": container, "minObjects": 0, "maxObjects": 100, "items": {"type": item}, **(given or {})}
    return {**more, "type": kind, **(given or {})}


def _schema(
    schema_id: str,
    properties: Mapping[str, Any],
    unique: str = "",
    types: Mapping[str, Mapping[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    made = {
        "dynatrace": "1",
        "schemaId": schema_id,
        "version": "1.0",
        "displayName": schema_id,
        "description": "",
        "documentation": "",
        "maturity": "GENERAL_AVAILABILITY",
        "schemaGroups": [],
        "multiObject": True,
        "ordered": False,
        "maxObjects": 1000,
        "allowedScopes": ["environment"],
        "enums": {},
        "types": {
            name: {"type": "object", "version": "0", "displayName": name, "description": "", "properties": _all(one)}
            for name, one in (types or {}).items()
        },
        "properties": _all(properties),
    }
    if unique:
        made["schemaConstraints"] = [{"type": "UNIQUE", "uniqueProperties": [unique], "flattenCollections": False}]
    return {**made, **more}


def _all(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _property(_kind(one)) for name, one in properties.items()}


def _kind(given: Any) -> Any:
    """``@Name`` is a type of the schema."""
    if isinstance(given, list):
        return [_kind(given[0])]
    return {"$ref": f"#/types/{given[1:]}"} if str(given).startswith("@") else given


_STAND_INS = [
    _schema("builtin:management-zones", {"name": "text", "description": "text", "rules": ["text"]}, "name"),
    _schema(
        "builtin:alerting.maintenance-window",
        {"enabled": "boolean", "generalProperties": "@General"},
        types={"General": {"name": "text", "suppression": "text"}},
    ),
    _schema("builtin:alerting.profile", {"name": "text"}, "name"),
    _schema(
        "builtin:anomaly-detection.metric-events",
        {"enabled": "boolean", "summary": "text", "eventTemplate": "@Template"},
        types={"Template": {"title": "text"}},
    ),
    _schema("builtin:rum.ip-determination", {"headerName": "text"}, "headerName", ordered=True),
    _schema(
        "builtin:remote.environment", {"name": "text", "uri": "text", "token": "secret", "networkScope": "text"}, "name"
    ),
    _schema("builtin:deployment.management.update-windows", {"name": "text", "enabled": "boolean"}),
    _schema(
        "builtin:deployment.activegate.updates",
        {"updateMode": "text", "targetVersion": "text", "updateWindows": ["@Use"]},
        types={"Use": {"updateWindow": "setting"}},
        multiObject=False,
    ),
    _schema("builtin:host.monitoring", {"enabled": "boolean"}, multiObject=False, allowedScopes=["HOST", "environment"]),
    _schema(
        "builtin:problem.notifications",
        {"enabled": "boolean", "type": "text", "displayName": "text", "alertingProfile": "setting",
         "webHookNotification": "@WebHook"},
        types={
            "WebHook": {"url": "text", "headers": ["@Header"]},
            "Header": {"name": "text", "secret": "boolean", "secretValue": "secret"},
        },
    ),
    _schema(
        "app:dynatrace.jira:connection", {"name": "text"}, "name", ownerBasedAccessControl=True
    ),
]  # fmt: skip


def write(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for one in _STAND_INS:
        (folder / f"{one['schemaId'].replace(':', '_')}.json").write_text(json.dumps(one), encoding="utf-8")
    return folder
