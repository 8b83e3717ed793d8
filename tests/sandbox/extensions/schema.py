# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of an extension's monitoring configurations (FACTS section 2.1), as simple as can be."""

from __future__ import annotations

from typing import Any

from .package import Package

_SCOPES = ["environment", "ag_group", "management_zone", "HOST", "HOST_GROUP"]


def schema(package: Package) -> dict[str, Any]:
    """The model SchemaDefinitionRestDto."""
    body = package.body("bundle")
    properties = {
        "enabled": _property("boolean", default=True),
        "description": _property("text", default=""),
        "version": _property("text", default=package.version),
    }
    enums = {}
    if body["featureSets"]:
        items = [{"value": name, "displayName": name} for name in body["featureSets"]]
        enums["FeatureSetsType"] = {
            "type": "enum",
            "displayName": "",
            "description": "",
            "documentation": "",
            "items": items,
        }
        properties["featureSets"] = _property("set", nullable=True, items={"type": {"$ref": "#/enums/FeatureSetsType"}})
    if body["variables"]:
        # Every variable is a text here; the real schema has their types from the manifest's vars.
        properties["vars"] = _property({"$ref": "#/types/vars"}, nullable=True)
    types = {
        "vars": {
            "type": "object",
            "version": package.version,
            "description": "",
            "documentation": "",
            "summaryPattern": "",
            "properties": {name: _property("text", nullable=True) for name in body["variables"]},
        }
    }
    return {
        "schemaId": f"ext:{package.name}",
        "version": package.version,
        "displayName": package.name,
        "description": "",
        "documentation": "",
        "dynatrace": "1",
        "multiObject": True,
        "ordered": False,
        "maxObjects": 100,
        "allowedScopes": _SCOPES,
        "enums": enums,
        "types": types if body["variables"] else {},
        "properties": properties,
        "constraints": [],
    }


def _property(kind: Any, nullable: bool = False, **more: Any) -> dict[str, Any]:
    return {"type": kind, "displayName": "", "description": "", "nullable": nullable, "maxObjects": 1, **more}
