# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The settings calls of the API, with what they take and give in this collection's terms (FACTS sections 3.1 to 3.7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    TransportError,
    Violation,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import Change
from ansible_collections.community.dynatrace.plugins.module_utils._settings.permission_plan import (
    Accessor,
    Levels,
    letters_of,
    read_levels,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema, split_path
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored, Wanted

OBJECTS = "/v2/settings/objects"
SCHEMAS = "/v2/settings/schemas"
EFFECTIVE_VALUES = "/v2/settings/effectiveValues"
HISTORY = "/v2/settings/history"
# The largest page that the API gives.
PAGE_SIZE = 500
# The list gives no more than objectId and value unless asked for it (FACTS section 3.2).
_FIELDS = "objectId,value,scope,schemaVersion,externalId,updateToken,resourceContext"
_READ_FIELDS = "objectId,schemaId,value,scope,externalId,resourceContext"


class Settings:
    """Reads and writes as one user: ``admin_access`` goes with every request on objects.

    ``validate_only``: POST and PUT are validated by the server and not carried out.
    """

    def __init__(self, client: Client, admin_access: bool, validate_only: bool) -> None:
        self._client = client
        self._params = {"adminAccess": "true"} if admin_access else {}
        self._write_params = {**self._params, **({"validateOnly": "true"} if validate_only else {})}
        self._validate_only = validate_only

    def schema(self, schema_id: str, version: str | None = None) -> Schema:
        """Raises InputError for one that the environment does not have."""
        try:
            params = {"schemaVersion": version} if version else {}
            return Schema(self._client.get(f"{SCHEMAS}/{path_segment(schema_id)}", params))
        except ApiError as error:
            if not error.is_absence:
                raise
            name = f"schema {schema_id}" + (f" in version {version}" if version else "")
            raise InputError(f"this environment has no {name}: {error.message}") from error

    def listed(self, schema_id: str, scopes: Sequence[str] = (), external_id: str | None = None) -> list[Stored]:
        """The persisted objects of a schema in rank order; ``scopes`` empty: on all scopes."""
        params: dict[str, Any] = {"schemaIds": schema_id, "fields": _FIELDS, "pageSize": PAGE_SIZE, **self._params}
        if scopes:
            params["scopes"] = ",".join(scopes)
        if external_id:
            params["externalIds"] = external_id
        scope = scopes[0] if len(scopes) == 1 else ""
        return [Stored.read(row, schema_id, scope) for row in self._client.pages(OBJECTS, params, "items")]

    def catalog(self) -> dict[str, bool]:
        """The ids of all schemas, and whether their objects have an order."""
        rows = self._client.get(SCHEMAS, {"fields": "schemaId,ordered"})["items"]
        return {row["schemaId"]: bool(row.get("ordered")) for row in rows}

    def listed_together(self, schema_ids: Sequence[str], scopes: Sequence[str] = ()) -> list[Stored]:
        """The objects of several schemas by one list, to be read and not written: they have no update tokens."""
        params: dict[str, Any] = {
            "schemaIds": ",".join(schema_ids),
            "fields": _READ_FIELDS,
            "pageSize": PAGE_SIZE,
            **self._params,
        }
        if scopes:
            params["scopes"] = ",".join(scopes)
        return [Stored.read(row, schema_ids[0], "") for row in self._client.pages(OBJECTS, params, "items")]

    def one(self, object_id: str) -> Stored | None:
        try:
            return Stored.read(self._client.get(object_path(object_id), self._params), "", "")
        except ApiError as error:
            if error.is_absence:
                return None
            raise

    def inherited(self, schema_id: str, scope: str) -> Mapping[str, Any] | None:
        """What is in force on a scope; always an answer, defaults included."""
        params = {"schemaIds": schema_id, "scope": scope, "fields": "value", **self._params}
        for row in self._client.pages(EFFECTIVE_VALUES, params, "items"):
            value: Mapping[str, Any] | None = row.get("value")
            if value:
                return value
        return None

    def create(self, items: Sequence[Mapping[str, Any]]) -> Any:
        """The answer: one entry an item. If every item is refused the API answers with an error that holds them."""
        return self._client.post(OBJECTS, list(items), self._write_params, is_read=self._validate_only)

    def refusal(self, code: int, row: Any) -> ApiError:
        """What one entry of the answer to ``create`` says that was not accepted."""
        return answers.from_decoded("POST", self._client.url(OBJECTS), code, row)

    def update(self, wanted: Wanted, change: Change) -> None:
        target = change.existing
        body = {
            "value": change.value,
            **({"updateToken": target.update_token} if target.update_token else {}),
            **({"schemaVersion": wanted.schema_version} if wanted.schema_version else {}),
            **change.place,
        }
        self._client.put(object_path(target.object_id), body, self._write_params, is_read=self._validate_only)

    def delete(self, target: Stored) -> None:
        """Never to be called for a validation: DELETE does not know validateOnly, and the object would be gone."""
        token = {"updateToken": target.update_token} if target.update_token else {}
        self._client.delete(object_path(target.object_id), {**self._params, **token})


class Permissions:
    """Who may reach single objects of owner-based schemas, read and written as one user (FACTS section 3.7)."""

    def __init__(self, client: Client, admin_access: bool) -> None:
        self._client = client
        self._params = {"adminAccess": "true"} if admin_access else {}

    def levels(self, object_id: str) -> Levels:
        """Everybody but the owner."""
        path = f"{object_path(object_id)}/permissions"
        answer = self._client.get(path, self._params)
        if not isinstance(answer, Mapping):
            raise TransportError(f"GET {path} answered without a list of accessors: is it the API?", "GET", path)
        return read_levels(answer.get("accessors") or ())

    def add(self, object_id: str, accessor: Accessor, level: str) -> None:
        body = {"accessor": accessor.identity, "permissions": letters_of(level)}
        self._client.post(f"{object_path(object_id)}/permissions", body, self._params)

    def change(self, object_id: str, accessor: Accessor, level: str) -> None:
        body = {"permissions": letters_of(level)}
        self._client.put(_accessor_path(object_id, accessor), body, self._params)

    def remove(self, object_id: str, accessor: Accessor) -> None:
        self._client.delete(_accessor_path(object_id, accessor), self._params)


def _accessor_path(object_id: str, accessor: Accessor) -> str:
    """All users have a path of their own."""
    parts = [path_segment(part) for part in accessor.identity.values()]
    return "/".join([object_path(object_id), "permissions", *parts])


def creation(wanted: Wanted, change: Change) -> dict[str, Any]:
    """One item for ``Settings.create``."""
    return {
        "schemaId": wanted.schema_id,
        "scope": wanted.scope,
        "value": change.value,
        **({"externalId": wanted.external_id} if wanted.external_id else {}),
        **({"schemaVersion": wanted.schema_version} if wanted.schema_version else {}),
        **change.place,
    }


def object_path(object_id: str) -> str:
    return f"{OBJECTS}/{path_segment(object_id)}"


def explained(error: ApiError, wanted: Wanted) -> ApiError:
    """The server's paths begin with the schema and the place in the array (FACTS section 5.2); users know ``value``."""
    prefix = re.compile(rf"{re.escape(wanted.schema_id or '')}/\d+/?")
    found = [
        Violation(
            prefix.sub("", one.path, count=1) if one.path else None, one.message, one.parameter_location, one.location
        )
        for one in error.violations
    ]
    said = [f"value.{'.'.join(split_path(one.path))}: {one.message}" if one.path else one.message for one in found]
    msg = (
        f"{wanted.name}: the server refuses it ({error.status}): {error.message}: {'; '.join(said)}"
        if said
        else error.msg
    )
    return ApiError(msg, error.method, error.url, error.status, error.message, error.code, found, error.body)


def may_be_overtaken(schema: Schema, error: ApiError) -> bool:
    """Whether a refused creation may mean that somebody else has just created the same object.

    What the server says of a unique key that is taken differs from schema to schema, so any 400 may be that.
    """
    return error.status == 400 and bool(schema.unique_keys)
