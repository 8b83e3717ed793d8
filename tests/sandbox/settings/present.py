# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a stored object looks from outside: the fields of lists and single reads (API facts, 3.2, 3.3, 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..variants import Variant, Variants
from .between import never_deleted
from .catalog import Schema
from .ids import make_update_token
from .masking import Secrets
from .store import Stored

VARIANTS = {
    "settings_null_properties": Variant("how nullable properties without a value come back", ("absent", "null")),
}

FIELDS = (
    "objectId",
    "summary",
    "searchSummary",
    "created",
    "modified",
    "createdBy",
    "modifiedBy",
    "author",
    "updateToken",
    "scope",
    "modificationInfo",
    "resourceContext",
    "owner",
    "schemaId",
    "schemaVersion",
    "value",
    "externalId",
)
# A single read has all but the deprecated one.
GET_FIELDS = tuple(name for name in FIELDS if name != "modificationInfo")

_TITLES = ("name", "title", "summary", "label", "displayName", "key")


def shown_value(schema: Schema, value: Mapping[str, Any], secrets: Secrets, variants: Variants) -> Mapping[str, Any]:
    nulls = variants["settings_null_properties"] == "null"
    return secrets.masked(schema, value, nulls) if nulls or schema.has_secrets else value


def render(
    stored: Stored, schema: Schema, fields: Iterable[str], secrets: Secrets, variants: Variants
) -> dict[str, Any]:
    """The asked fields, without those that the object does not have."""
    shown = {}
    for name in fields:
        value = (
            shown_value(schema, stored.value, secrets, variants) if name == "value" else _FIELDS[name](stored, schema)
        )
        if value is not None:
            shown[name] = value
    return shown


def summary(schema: Schema, value: Mapping[str, Any]) -> str:
    """The first text that looks like a title."""
    wanted = schema.document.get("keyProperty")
    texts = [name for name, definition in schema.properties.items() if definition["type"] == "text"]
    for name in (wanted, *_TITLES, *texts):
        if name in texts and isinstance(value.get(name), str):
            return str(value[name])
    return str(schema.document["displayName"])


def operations(stored: Stored, schema: Schema) -> list[str]:
    deletable = stored.deletable and not never_deleted(schema)
    return ["read", *(["write"] if stored.modifiable else []), *(["delete"] if deletable else [])]


def _modifications(stored: Stored, schema: Schema) -> dict[str, Any]:
    modifications: dict[str, Any] = {
        "modifiablePaths": list(schema.always_modifiable),
        "nonModifiablePaths": list(schema.never_modified),
    }
    if schema.ordered:
        modifications["movable"] = stored.movable
        if not stored.movable:
            modifications["first"] = stored.first
    return modifications


def _modification_info(stored: Stored, schema: Schema) -> dict[str, Any]:
    allowed = operations(stored, schema)
    return {
        "movable": False,
        **_modifications(stored, schema),
        "deletable": "delete" in allowed,
        "modifiable": "write" in allowed,
    }


def _resource_context(stored: Stored, schema: Schema) -> Mapping[str, Any]:
    if stored.context is not None:
        return stored.context
    return {"operations": operations(stored, schema), "modifications": _modifications(stored, schema)}


_FIELDS: Mapping[str, Callable[[Stored, Schema], Any]] = {
    "objectId": lambda stored, schema: stored.object_id,
    "summary": lambda stored, schema: summary(schema, stored.value),
    "searchSummary": lambda stored, schema: summary(schema, stored.value),
    "created": lambda stored, schema: stored.created,
    "modified": lambda stored, schema: stored.modified,
    "createdBy": lambda stored, schema: stored.created_by,
    "modifiedBy": lambda stored, schema: stored.modified_by,
    "author": lambda stored, schema: stored.modified_by,
    "updateToken": lambda stored, schema: make_update_token(stored.key, stored.modified, stored.revision),
    "scope": lambda stored, schema: stored.scope,
    "modificationInfo": _modification_info,
    "resourceContext": _resource_context,
    "owner": lambda stored, schema: {"type": stored.owner.type, "id": stored.owner.id} if schema.owned else None,
    "schemaId": lambda stored, schema: stored.schema_id,
    "schemaVersion": lambda stored, schema: stored.schema_version,
    "externalId": lambda stored, schema: stored.external_id,
}
