# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules between the objects of a schema: UNIQUE, sizes and numbers, and who refers to whom (API facts, 3.1)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from .catalog import Schema
from .store import Bucket, Store, Stored
from .values import at_path, canonical
from .walk import Path, visit

# The one custom validator that the sandbox's own schemas have: nothing of them may be deleted.
NEVER_DELETED = "sandbox-never-deleted"


def index_keys(schema: Schema, scope: str, value: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The places of a value in the unique indexes, one for each constraint; more with ``flattenCollections``."""
    keys = []
    for number, constraint in enumerate(schema.schema_constraints):
        place = scope if constraint.get("type") == "UNIQUE" else ""
        if place or constraint.get("type") == "MULTI_SCOPE_UNIQUE":
            keys += [(f"{schema.id} {number} {place}", key) for key in _keys(constraint, value)]
    return keys


def _keys(constraint: Mapping[str, Any], value: Mapping[str, Any]) -> list[str]:
    parts = [at_path(value, name) for name in constraint["uniqueProperties"]]
    if all(part is None for part in parts):
        return []
    if not constraint.get("flattenCollections"):
        return [canonical(parts)]
    choices = [part if isinstance(part, list) else [part] for part in parts]
    return sorted({canonical(combination) for combination in itertools.product(*choices)})


def duplicates(
    schema: Schema, scope: str, value: Mapping[str, Any], own_id: str | None, wrong: set[str], store: Store
) -> list[tuple[Path, str]]:
    """A violation for each constraint that another object stands in the way of; ``wrong`` properties are not compared."""
    problems: list[tuple[Path, str]] = []
    taken = {
        int(name[len(schema.id) + 1 :].split(" ")[0])
        for name, key in index_keys(schema, scope, value)
        if store.holder((name, key)) not in (None, own_id)
    }
    for number in sorted(taken):
        constraint = schema.schema_constraints[number]
        names = constraint["uniqueProperties"]
        if not wrong.isdisjoint(name.partition("/")[0] for name in names):
            continue
        path = tuple(names[0].split("/")) if len(names) == 1 else ()
        problems.append((path, constraint.get("customMessage") or f"[{', '.join(names)}] must be unique"))
    return problems


def too_much(schema: Schema, bucket: Bucket, size: int, old: Stored | None) -> list[tuple[Path, str]]:
    """maxObjects and BYTE_SIZE_LIMIT, which counts all objects of the scope."""
    problems: list[tuple[Path, str]] = []
    if old is None and len(bucket.objects) >= schema.max_objects:
        problems.append(((), f"The maximum number of {schema.max_objects} objects is reached"))
    total = bucket.size + size - (old.size if old else 0)
    for constraint in schema.schema_constraints:
        if constraint.get("type") == "BYTE_SIZE_LIMIT" and total > constraint["byteLimit"]:
            problems.append(
                ((), constraint.get("customMessage") or f"The limit of {constraint['byteLimit']} bytes is exceeded")
            )
    return problems


def references(schema: Schema, value: Mapping[str, Any]) -> tuple[str, ...]:
    if not schema.has_references:
        return ()
    referred = (target for dummy, definition, target in visit(schema, value) if definition["type"] == "setting")
    return tuple(dict.fromkeys(target for target in referred if isinstance(target, str)))


def never_deleted(schema: Schema) -> bool:
    return any(constraint.get("customValidatorId") == NEVER_DELETED for constraint in schema.deletion_constraints)


def in_use(schema: Schema, stored: Stored, store: Store) -> str | None:
    """The message of REFERENTIAL_INTEGRITY, when an object of one of its schemas refers to this one."""
    for constraint in schema.deletion_constraints:
        if constraint.get("type") != "REFERENTIAL_INTEGRITY":
            continue
        schemas = constraint.get("schemaIds")
        for referrer in store.referrers(stored.object_id):
            if not schemas or referrer.schema_id in schemas:
                return constraint.get("customMessage") or f"The object is used by '{referrer.object_id}'"
    return None
