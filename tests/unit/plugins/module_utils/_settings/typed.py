# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Schemas whose properties are given by their types alone."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema


def schema(types: dict[str, Any] | None = None, enums: dict[str, Any] | None = None, **properties: Any) -> Schema:
    return Schema(
        {
            "schemaId": "test",
            "version": "1",
            "multiObject": True,
            "properties": {name: prop(one) for name, one in properties.items()},
            "types": {
                name: {"properties": {key: prop(one) for key, one in found.items()}}
                for name, found in (types or {}).items()
            },
            "enums": {
                name: {"items": [{"value": value} for value in values]} for name, values in (enums or {}).items()
            },
        }
    )


def prop(spec: Any) -> dict[str, Any]:
    """A type alone, or a whole property; required unless said otherwise."""
    found = {"type": spec} if isinstance(spec, str) else dict(spec)
    if str(found["type"]).startswith("#"):
        found["type"] = {"$ref": found["type"]}
    return {"nullable": False, **found}


ROWS = {"type": "set", "items": {"type": {"$ref": "#/types/T"}}}


def nest(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _level in range(levels - 1):
        value = {"t": value}
    return value
