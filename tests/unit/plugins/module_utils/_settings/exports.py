# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports of two schemas, and what else is given."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_plan import Choice, Export, export
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import TEXT, schema, stored

PLAIN = schema("s", ["name"])
NAMELESS = schema("n")
EVERYTHING = Choice(omit_read_only=False)
# With defaults, a secret, and objects in objects.
DETAILED = schema(
    "s",
    ["name"],
    properties={
        "name": {**TEXT, "default": "x"},
        "level": {"type": "integer", "nullable": False, "default": 1},
        "token": {"type": "secret", "nullable": True},
        "inner": {"type": {"$ref": "#/types/Inner"}, "nullable": False},
        "rows": {"type": "list", "nullable": True, "items": {"type": {"$ref": "#/types/Inner"}}},
    },
    types={"Inner": {"properties": {"on": {"type": "boolean", "nullable": False, "default": True}, "key": TEXT}}},
)


def exported(
    *there: StoredObject, schemas: tuple[Schema, ...] = (PLAIN, NAMELESS), choice: Choice = EVERYTHING
) -> Export:
    return export({document.schema_id: document for document in schemas}, there, choice)


def items(*there: StoredObject, **more: Any) -> dict[str, dict[str, Any]]:
    """All items without their keys, by key."""
    rows = [dict(row) for listed in exported(*there, **more).files.values() for row in listed]
    return {row.pop("key"): row for row in rows}


def exported_value(omit_defaults: bool = False, **value: Any) -> Any:
    """Of an object of the schema DETAILED."""
    rows = items(stored("1", **value), schemas=(DETAILED,), choice=Choice(False, omit_defaults))
    return next(iter(rows.values()))["value"]
