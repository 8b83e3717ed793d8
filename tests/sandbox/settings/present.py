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


def render(one: Stored, schema: Schema, fields: Iterable[str], secrets: Secrets, variants: Variants) -> dict[str, Any]:
    """The asked fields, without those that the object does not have."""
    found = {}
    for name in fields:
        value = shown_value(schema, one.value, secrets, variants) if name == "value" else _FIELDS[name](one, schema)
        if value is not None:
            found[name] = value
    return found


def summary(schema: Schema, value: Mapping[str, Any]) -> str:
    """The first text that looks like a title."""
    wanted = schema.document.get("keyProperty")
    texts = [name for name, one in schema.properties.items() if one["type"] == "text"]
    for name in (wanted, *_TITLES, *texts):
        if name in texts and isinstance(value.get(name), str):
            return str(value[name])
    return str(schema.document["displayName"])


def operations(one: Stored, schema: Schema) -> list[str]:
    deletable = one.deletable and not never_deleted(schema)
    return ["read", *(["write"] if one.modifiable else []), *(["delete"] if deletable else [])]


def _modifications(one: Stored, schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {
        "modifiablePaths": list(schema.always_modifiable),
        "nonModifiablePaths": list(schema.never_modified),
    }
    if schema.ordered:
        found["movable"] = one.movable
        if not one.movable:
            found["first"] = one.first
    return found


def _modification_info(one: Stored, schema: Schema) -> dict[str, Any]:
    allowed = operations(one, schema)
    return {
        "movable": False,
        **_modifications(one, schema),
        "deletable": "delete" in allowed,
        "modifiable": "write" in allowed,
    }


def _resource_context(one: Stored, schema: Schema) -> Mapping[str, Any]:
    if one.context is not None:
        return one.context
    return {"operations": operations(one, schema), "modifications": _modifications(one, schema)}


_FIELDS: Mapping[str, Callable[[Stored, Schema], Any]] = {
    "objectId": lambda one, schema: one.object_id,
    "summary": lambda one, schema: summary(schema, one.value),
    "searchSummary": lambda one, schema: summary(schema, one.value),
    "created": lambda one, schema: one.created,
    "modified": lambda one, schema: one.modified,
    "createdBy": lambda one, schema: one.created_by,
    "modifiedBy": lambda one, schema: one.modified_by,
    "author": lambda one, schema: one.modified_by,
    "updateToken": lambda one, schema: make_update_token(one.key, one.modified, one.revision),
    "scope": lambda one, schema: one.scope,
    "modificationInfo": _modification_info,
    "resourceContext": _resource_context,
    "owner": lambda one, schema: {"type": one.owner.type, "id": one.owner.id} if schema.owned else None,
    "schemaId": lambda one, schema: one.schema_id,
    "schemaVersion": lambda one, schema: one.schema_version,
    "externalId": lambda one, schema: one.external_id,
}
