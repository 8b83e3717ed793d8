# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the modules that only read settings do (FACTS sections 3.1, 3.2, 3.3, 3.7)."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import (
    EFFECTIVE_VALUES,
    OBJECTS,
    PAGE_SIZE,
    SCHEMAS,
    object_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task

_OBJECT_FIELDS = (
    "objectId,schemaId,schemaVersion,scope,externalId,value,summary,author,created,modified,createdBy,modifiedBy,"
    "updateToken,resourceContext"
)
_EFFECTIVE_FIELDS = "schemaId,schemaVersion,origin,value,summary,author,created,modified,externalId"
_SCHEMA_FIELDS = "schemaId,displayName,latestSchemaVersion,maturity,multiObject,ordered,ownerBasedAccessControl"


def schemas(task: Task) -> Result:
    """settings_schema_info: one whole document, or the list of all."""
    schema_id = task.params["schema_id"]
    if not schema_id:
        if task.params["schema_version"]:
            raise InputError("schema_version belongs to one schema: give schema_id as well")
        listed = task.client.get(SCHEMAS, {"fields": _SCHEMA_FIELDS})
        return Result({"schemas": listed["items"]})
    params = {"schemaVersion": task.params["schema_version"]} if task.params["schema_version"] else None
    try:
        return Result({"schemas": [task.client.get(f"{SCHEMAS}/{path_segment(schema_id)}", params)]})
    except ApiError as error:
        if error.is_absence:
            return Result({"schemas": []})
        raise


def objects(task: Task) -> Result:
    """settings_object_info: one object, the objects of schemas and scopes, or effective values."""
    given = task.params
    others = [name for name in ("schema_ids", "scopes", "external_ids", "filter", "sort") if given[name]]
    if given["object_id"]:
        if others or given["effective"]:
            raise InputError(f"object_id names one object: leave out {', '.join([*others, 'effective'][:1])}")
        return Result({"objects": _one(task, given["object_id"])})
    if given["effective"]:
        return Result({"objects": _effective(task)})
    if not given["schema_ids"] and not given["scopes"]:
        raise InputError("give object_id, schema_ids or scopes: the API lists no objects without one of them")
    params: dict[str, Any] = {"fields": _OBJECT_FIELDS, "pageSize": PAGE_SIZE}
    for option, name in (("schema_ids", "schemaIds"), ("scopes", "scopes"), ("external_ids", "externalIds")):
        if given[option]:
            params[name] = ",".join(given[option])
    for option in ("filter", "sort"):
        if given[option]:
            params[option] = given[option]
    _add_admin_access(params, task)
    return Result({"objects": list(task.client.pages(OBJECTS, params, "items"))})


def _one(task: Task, object_id: str) -> list[Any]:
    params: dict[str, Any] = {}
    _add_admin_access(params, task)
    try:
        return [task.client.get(object_path(object_id), params)]
    except ApiError as error:
        if error.is_absence:
            return []
        raise


def _effective(task: Task) -> list[Any]:
    """Always an answer for a known schema, defaults included; ``origin`` tells the scope that a value comes from."""
    given = task.params
    for name in ("external_ids", "filter", "sort"):
        if given[name]:
            raise InputError(f"{name} has no meaning for effective values")
    if not given["schema_ids"]:
        raise InputError("effective values need schema_ids")
    scopes = given["scopes"] or ["environment"]
    found: list[Any] = []
    for scope in scopes:
        params: dict[str, Any] = {
            "schemaIds": ",".join(given["schema_ids"]),
            "scope": scope,
            "fields": _EFFECTIVE_FIELDS,
            "pageSize": PAGE_SIZE,
        }
        _add_admin_access(params, task)
        rows = task.client.pages(EFFECTIVE_VALUES, params, "items")
        found += [{**row, "scope": scope} for row in rows]
    return found


def _add_admin_access(params: dict[str, Any], task: Task) -> None:
    if task.params["admin_access"]:
        params["adminAccess"] = "true"
