# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""What a run of settings_objects in check mode and with a diff says about drift. Pure; secrets are masked in its result already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# From what bringing the environment back would take, to what is the matter with the object now.
_KINDS = {"create": "missing", "update": "different", "reset": "different", "move": "moved", "delete": "unwanted"}
KINDS = ("missing", "different", "moved", "unwanted", "unlisted", "refused", "failed")
EQUAL = "equal"


def report(result: Mapping[str, Any]) -> dict[str, Any]:
    """Counts, and each object that differs, by schema.

    ``complete`` is false when something could not be compared. Raises ValueError for a result that compares nothing: the
    task failed before it could.
    """
    objects = result.get("objects")
    if not isinstance(objects, (list, tuple)) and not result.get("errors"):
        raise ValueError(str(result.get("msg") or "this is no result of settings_objects"))
    schemas: dict[str, dict[str, Any]] = {}
    for entry in [
        *map(_entry, objects or ()),
        *map(_unlisted, result.get("pruned") or ()),
        *(_failed(str(key), str(text)) for key, text in (result.get("errors") or {}).items()),
    ]:
        _add(schemas, entry)
    listed = [{"schema_id": name, **schemas[name]} for name in sorted(schemas)]
    summary = {kind: sum(one["summary"][kind] for one in listed) for kind in (EQUAL, *KINDS)}
    return {
        "drift": any(summary[kind] for kind in KINDS if kind != "failed"),
        "complete": not summary["failed"],
        "objects": sum(summary.values()),
        "summary": summary,
        "schemas": listed,
    }


def _unlisted(row: Mapping[str, Any]) -> dict[str, Any]:
    before = _side((row.get("diff") or {}).get("before") or {})
    return {**_named(row), "kind": "unlisted", "before": before, "after": {}, "error": None}


def _failed(key: str, text: str) -> dict[str, Any]:
    named = {"key": key, "schema_id": "", "scope": ""}
    return {**named, "kind": "failed", "error": text, "before": {}, "after": {}}


def _add(schemas: dict[str, dict[str, Any]], entry: Mapping[str, Any]) -> None:
    schema_id = str(entry["schema_id"] or "")
    schema = schemas.setdefault(schema_id, {"summary": dict.fromkeys((EQUAL, *KINDS), 0), "objects": []})
    schema["summary"][entry["kind"]] += 1
    if entry["kind"] != EQUAL:
        schema["objects"].append(dict(entry))


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    """Only of what differs does the server hear, so that what it refuses differs as well."""
    error = row.get("error")
    if error or not row.get("reached", True):
        text = str(error.get("message") or error) if isinstance(error, Mapping) else "it was not reached"
        violations = error.get("constraint_violations") if isinstance(error, Mapping) else None
        said = [f"{one.get('path') or ''}: {one.get('message')}".lstrip(": ") for one in violations or ()]
        return {**_named(row), "kind": "refused", "before": {}, "after": {}, "error": "; ".join([text, *said])}
    diff = row.get("diff") or {}
    kind = _KINDS.get(str(row.get("action")), EQUAL)
    sides = {side: _side(diff.get(side) or {}) for side in ("before", "after")}
    return {**_named(row), "kind": kind, **sides, "error": None}


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("key", "schema_id", "scope", "external_id", "object_id")
    found = {name: row.get(name) for name in names}
    return {**found, "key": str(found["key"] or row.get("name") or found["external_id"] or found["object_id"] or "")}


def _side(side: Mapping[str, Any]) -> dict[str, Any]:
    """What may differ. Schema and scope are the same on both sides."""
    return {name: side[name] for name in ("position", "value") if side.get(name) is not None}
