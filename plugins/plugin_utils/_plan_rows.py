# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The rows of a plan: what a run of settings_objects in check mode and with a diff says of each object. Pure.

Secrets are masked in the results already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.plugin_utils._difference import differing_paths, ordered_like

# How a document speaks: of what applying the files would do, or of how the environment differs from them.
PLAN, DRIFT = "plan", "drift"
VIEWS = (PLAN, DRIFT)
# What applying would do to an object, or why that is not known.
CHANGES = ("create", "update", "move", "reset", "delete", "prune")
REFUSED, WRONG, NOT_REACHED, UNCHANGED = "refused", "wrong", "not_reached", "unchanged"
STATUSES = (*CHANGES, REFUSED, WRONG, NOT_REACHED, UNCHANGED)
# What a row takes over from a result.
_FIELDS = ("key", "name", "file", "schema_id", "scope", "external_id", "object_id", "validated")
NOTHING_DIFFERS, SOMETHING_DIFFERS, FAILED = "unchanged", "changes", "failed"


@dataclass(frozen=True)
class SchemaRows:
    """The rows of one schema in a document. ``summary``: how many have each status, ``rows``: those that are not unchanged."""

    schema_id: str
    summary: Mapping[str, int]
    rows: Sequence[Mapping[str, Any]]


def rows_of(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One for each item of the list, each object that is pruned, and each item that something is wrong with."""
    rows = list(map(_row, result.get("objects") or ()))
    rows += [_with_sides(_named(given, "prune"), given) for given in result.get("pruned") or ()]
    return rows + _wrong_rows(result)


def is_result(result: Mapping[str, Any]) -> bool:
    """Whether it says anything of objects."""
    return isinstance(result.get("objects"), (list, tuple)) or bool(result.get("errors"))


def schemas_of(environment: Mapping[str, Any]) -> list[SchemaRows]:
    """Those with most to tell first."""
    by_schema: dict[str, list[Mapping[str, Any]]] = {}
    for row in environment["objects"]:
        by_schema.setdefault(row["schema_id"] or "", []).append(row)
    schemas = []
    for schema_id, rows in by_schema.items():
        telling = [row for row in rows if row["status"] != UNCHANGED]
        schemas.append(SchemaRows(schema_id, counted(rows), telling))
    return sorted(schemas, key=lambda schema: (-len(schema.rows), schema.schema_id))


def changes_in(summary: Mapping[str, int]) -> int:
    """How many objects differ, those that the server refuses among them."""
    return sum(summary[status] for status in (*CHANGES, REFUSED))


def counted(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many have each status."""
    summary = dict.fromkeys(STATUSES, 0)
    for row in rows:
        summary[row["status"]] += 1
    return summary


def total(summaries: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Of all of them."""
    numbers = dict.fromkeys(STATUSES, 0)
    for summary in summaries:
        for status, number in summary.items():
            numbers[status] += number
    return numbers


def _wrong_rows(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Of items that were never sent. What is wrong in each is listed for all of them together."""
    files = result.get("error_files") or {}
    violations = grouped(_violations(result.get("error")), lambda violation: violation.get("key"))
    rows = []
    for key, message in (result.get("errors") or {}).items():
        error = {"message": message, "constraint_violations": violations.get(key, ())}
        rows.append({**_named({"key": key, "file": files.get(key)}, WRONG), "error": _error(error)})
    return rows


def _row(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("error"):
        return {**_with_sides(_named(given, REFUSED), given), "error": _error(given["error"])}
    if not given.get("reached", True):
        return _named(given, NOT_REACHED)
    if given.get("action") in CHANGES:
        return _with_sides(_named(given, given["action"]), given)
    return _named(given, UNCHANGED)


def _named(given: Mapping[str, Any], status: str) -> dict[str, Any]:
    """A row, as every one is: what is not known of it is null or empty."""
    row: dict[str, Any] = {name: given.get(name) for name in _FIELDS}
    row["key"] = _key_of(given)
    row.update(status=status, properties=[], before=None, after=None, error=None)
    row["unresolved"] = list(given.get("unresolved") or ())
    return row


def _key_of(given: Mapping[str, Any]) -> str:
    """What is pruned has no key, and is called by what it has."""
    for name in ("key", "name", "external_id", "object_id"):
        if given.get(name):
            return str(given[name])
    return ""


def _with_sides(row: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    diff = given.get("diff") or {}
    before, after = _side(diff.get("before")), _side(diff.get("after"))
    if before and after:
        row["properties"] = differing_paths(before.get("value"), after.get("value"))
        if "value" in before:
            before["value"] = ordered_like(after.get("value"), before["value"])
    return {**row, "before": before, "after": after}


def _side(side: Any) -> dict[str, Any] | None:
    """What may differ, null where there is no object. Schema and scope are the same on both sides."""
    if not isinstance(side, Mapping) or not side:
        return None
    return {name: side[name] for name in ("position", "value") if side.get(name) is not None}


def _error(error: Any) -> dict[str, Any]:
    if not isinstance(error, Mapping):
        return {"message": str(error), "violations": []}
    violations = [
        {"path": _text_of(violation, "path"), "message": _text_of(violation, "message")}
        for violation in _violations(error)
    ]
    return {"message": _text_of(error, "message"), "violations": violations}


def _text_of(given: Mapping[str, Any], name: str) -> str:
    """Empty for what is null, or is not there."""
    return str(given.get(name) or "")


def _violations(error: Any) -> Sequence[Mapping[str, Any]]:
    if not isinstance(error, Mapping):
        return ()
    violations: Sequence[Mapping[str, Any]] = error.get("constraint_violations") or ()
    return violations
