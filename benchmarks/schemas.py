# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten schemas to measure with, invented for it: sets, lists, nesting, an order, a secret, a reference; all with a UNIQUE name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# More than any benchmark creates.
_ROOM = 100_000


def documents() -> list[dict[str, Any]]:
    """In the form of ``GET /api/v2/settings/schemas/{schemaId}``."""
    condition = {"metric": _property("text"), "threshold": _property("float")}
    hours = {"start": _property("local_time"), "end": _property("local_time")}
    return [
        _schema("team", {"mail": _property("text"), "tags": _many("set", "text")}),
        _schema(
            "service", {"tier": _property(_enum("Tier")), "target": _property("float")}, enums={"Tier": "GOLD SILVER"}
        ),
        _schema("alert", {"conditions": _many("list", _type("Condition"))}, types={"Condition": condition}),
        _schema("link", {"url": _property("text"), "order": _property("integer")}),
        _schema("header", {}, ordered=True),
        _schema("connection", {"url": _property("text"), "token": _property("secret")}),
        _schema("window", {"hours": _property(_type("Hours"))}, types={"Hours": hours}),
        _schema("plan", {"window": {**_property("setting"), "referencedType": "builtin:bench.window"}}),
        _schema("event", {"limit": _property("integer"), "unit": _property("text", nullable=True)}),
        _schema("naming", {"kinds": _many("set", _enum("Kind"))}, enums={"Kind": "HOST PROCESS SERVICE"}),
    ]


def write(folder: Path) -> None:
    """As files for the sandbox's ``--schemas``."""
    for document in documents():
        name = document["schemaId"].replace(":", "_")
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")


def _schema(
    name: str,
    properties: Mapping[str, Any],
    types: Mapping[str, Any] | None = None,
    enums: Mapping[str, str] | None = None,
    ordered: bool = False,
) -> dict[str, Any]:
    common = {
        "name": _property("text"),
        "enabled": {**_property("boolean"), "default": True},
        "description": _property("text", nullable=True),
    }
    return {
        "dynatrace": "1",
        "schemaId": f"builtin:bench.{name}",
        "version": "1.0",
        "displayName": name,
        "description": "",
        "documentation": "",
        "maturity": "GENERAL_AVAILABILITY",
        "schemaGroups": ["group:bench"],
        "multiObject": True,
        "ordered": ordered,
        "maxObjects": _ROOM,
        "allowedScopes": ["environment"],
        "enums": {name: _named(name, items=_items(values.split())) for name, values in (enums or {}).items()},
        "types": {name: _named(name, version="0", properties=inner) for name, inner in (types or {}).items()},
        "properties": {**common, **properties},
        "schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": ["name"], "flattenCollections": False}],
    }


def _named(name: str, **more: Any) -> dict[str, Any]:
    kind = "enum" if "items" in more else "object"
    return {"type": kind, "displayName": name, "description": "", "documentation": "", **more}


def _items(values: Iterable[str]) -> list[dict[str, str]]:
    return [{"value": value, "displayName": value.title()} for value in values]


def _property(kind: str | Mapping[str, str], nullable: bool = False) -> dict[str, Any]:
    return {
        "type": kind,
        "displayName": "",
        "description": "",
        "documentation": "",
        "nullable": nullable,
        "maxObjects": 1,
        "modificationPolicy": "DEFAULT",
    }


def _many(kind: str, item: str | Mapping[str, str]) -> dict[str, Any]:
    items = {"type": item, "displayName": "", "description": "", "documentation": ""}
    return {**_property(kind), "minObjects": 0, "maxObjects": 20, "items": items}


def _type(name: str) -> dict[str, str]:
    return {"$ref": f"#/types/{name}"}


def _enum(name: str) -> dict[str, str]:
    return {"$ref": f"#/enums/{name}"}


SCHEMA_IDS = [str(document["schemaId"]) for document in documents()]
