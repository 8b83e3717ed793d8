# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exports of two schemas, and what else is given."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_choice import Choice
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_plan import Export, export
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import schema

PLAIN = schema("s", ["name"])
NAMELESS = schema("n")
EVERYTHING = Choice(omit_read_only=False)


def exported(
    *there: StoredObject, schemas: tuple[Schema, ...] = (PLAIN, NAMELESS), choice: Choice = EVERYTHING
) -> Export:
    return export({document.schema_id: document for document in schemas}, there, choice)


def items(*there: StoredObject, **more: Any) -> dict[str, dict[str, Any]]:
    """All items without their keys, by key."""
    rows = [dict(row) for listed in exported(*there, **more).files.values() for row in listed]
    return {row.pop("key"): row for row in rows}
