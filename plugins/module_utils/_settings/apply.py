# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object: reads what is there, plans, and writes it or lets the server validate the very same payload."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    StateError,
    Violation,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._result import LOCAL, NONE, SERVER, Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import can_identify
from ansible_collections.community.dynatrace.plugins.module_utils._settings.info import PAGE_SIZE
from ansible_collections.community.dynatrace.plugins.module_utils._settings.plan import Change, Found, plan, reset
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema, lookup, split_path
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import conform
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    ENVIRONMENT,
    Stored,
    Wanted,
    from_options,
)

_OBJECTS = "/v2/settings/objects"
# The list gives no more than objectId and value unless asked for it (FACTS section 3.2).
_FIELDS = "objectId,value,scope,schemaVersion,externalId,updateToken,resourceContext"
# The shortest text worth hiding in what the server says.
_SHORTEST_SECRET = 3


@dataclasses.dataclass(frozen=True)
class _Outcome:
    """What was carried out in the end, and the id of the object that was written (None in check mode)."""

    change: Change
    object_id: str | None


def ensure(task: Task) -> Result:
    """The work of settings_object."""
    return _Work(task).run()


class _Work:
    """One run: the schema is read once, the objects anew for each plan."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._client = task.client
        self._wanted = from_options(task.params)
        self._params = {"adminAccess": "true"} if task.params["admin_access"] else {}
        self._schema: Schema | None = None
        self._seen: Stored | None = None
        self._validated = NONE

    def run(self) -> Result:
        may_retry = self._task.params["on_conflict"] == "retry"
        return self._result(*reconcile(self._client, self._gather, self._plan, self._apply, may_retry))

    # gather

    def _gather(self) -> Found:
        by_id = self._read_object() if self._wanted.object_id else None
        if by_id is not None:
            self._wanted = _located(self._wanted, by_id)
        schema_id = self._wanted.schema_id
        if schema_id is None:
            if self._wanted.is_present:
                raise StateError(f"there is no object {self._wanted.object_id}, and no schema_id to create it with")
            return Found()
        if self._wanted.scope is None:
            self._wanted = dataclasses.replace(self._wanted, scope=ENVIRONMENT)
        schema = self._read_schema(schema_id)
        if by_id is not None:
            return Found(self._list(schema) if self._wanted.position else [by_id])
        given = conform(schema, self._wanted.value)
        if self._wanted.object_id and not can_identify(schema, self._wanted, given):
            if self._wanted.is_present:
                raise StateError(
                    f"there is no object {self._wanted.object_id}, and nothing else tells which one is meant"
                )
            return Found()
        stored = self._candidates(schema)
        if stored or not schema.is_single or not self._wanted.is_present or self._wanted.replace:
            return Found(stored)
        return Found(stored, self._inherited(schema))

    def _candidates(self, schema: Schema) -> list[Stored]:
        """By external id one request is enough, unless that finds nothing or the neighbours' order is needed."""
        if self._wanted.external_id and not self._wanted.position:
            found = self._list(schema, {"externalIds": self._wanted.external_id})
            if found:
                return found
        return self._list(schema)

    def _list(self, schema: Schema, narrowed: Mapping[str, str] | None = None) -> list[Stored]:
        scope = self._wanted.scope or ENVIRONMENT
        params = {
            "schemaIds": schema.schema_id,
            "scopes": scope,
            "fields": _FIELDS,
            "pageSize": PAGE_SIZE,
            **(narrowed or {}),
            **self._params,
        }
        return [Stored.read(row, schema.schema_id, scope) for row in self._client.pages(_OBJECTS, params, "items")]

    def _read_object(self) -> Stored | None:
        try:
            row = self._client.get(_object_path(self._wanted.object_id), self._params)
        except ApiError as error:
            if error.status == 404:
                return None
            raise
        return Stored.read(row, self._wanted.schema_id or "", self._wanted.scope or "")

    def _read_schema(self, schema_id: str) -> Schema:
        """Once; and the first moment at which it is known what in the user's value is secret."""
        if self._schema is None:
            version = self._wanted.schema_version
            params = {"schemaVersion": version} if version else {}
            try:
                document = self._client.get(f"/v2/settings/schemas/{path_segment(schema_id)}", params)
            except ApiError as error:
                if error.status != 404:
                    raise
                name = f"schema {schema_id}" + (f" in version {version}" if version else "")
                raise InputError(f"this environment has no {name}: {error.message}") from error
            self._schema = Schema(document)
            value = self._task.params["value"]
            self._task.shown["value"] = secrets.masked(self._schema, value, hide_unknown=True)
            self._task.secrets.update(
                text for text in secrets.texts(self._schema, value) if len(text) >= _SHORTEST_SECRET
            )
        return self._schema

    def _inherited(self, schema: Schema) -> Mapping[str, Any] | None:
        """FACTS section 3.7: always an answer, defaults included."""
        params = {"schemaIds": schema.schema_id, "scope": self._wanted.scope, "fields": "value", **self._params}
        for row in self._client.pages("/v2/settings/effectiveValues", params, "items"):
            value: Mapping[str, Any] | None = row.get("value")
            if value:
                return value
        return None

    # plan

    def _plan(self, found: Found) -> Change:
        if self._schema is None:  # an unknown object_id that shall be absent
            return Change("none")
        change = plan(self._schema, self._wanted, found)
        self._seen = change.target
        return change

    # apply

    def _apply(self, change: Change) -> _Outcome:
        try:
            if change.action == "create":
                return _Outcome(change, self._post(change))
            if change.action == "delete":
                return self._delete(change)
            return _Outcome(change, self._put(change))
        except ApiError as error:
            raise _explained(error, self._wanted) from error

    def _post(self, change: Change) -> str | None:
        item = {
            "schemaId": self._wanted.schema_id,
            "scope": self._wanted.scope,
            "value": change.value,
            **({"externalId": self._wanted.external_id} if self._wanted.external_id else {}),
            **self._schema_version(),
            **change.place,
        }
        answer = self._client.post(_OBJECTS, [item], self._write_params(), is_read=self._task.check_mode)
        row = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], Mapping) else {}
        if row.get("code", 200) >= 400:
            raise answers.from_decoded("POST", _OBJECTS, row["code"], row)
        return row.get("objectId")

    def _put(self, change: Change) -> str | None:
        target = change.existing
        body = {
            "value": change.value,
            **({"updateToken": target.update_token} if target.update_token else {}),
            **self._schema_version(),
            **change.place,
        }
        self._client.put(_object_path(target.object_id), body, self._write_params(), is_read=self._task.check_mode)
        return target.object_id

    def _delete(self, change: Change) -> _Outcome:
        """Never with validateOnly: DELETE does not know it, and the object would be gone (FACTS section 3.5)."""
        if self._task.check_mode:
            self._validated = LOCAL
            return _Outcome(change, None)
        target = change.existing
        params = {**self._params, **({"updateToken": target.update_token} if target.update_token else {})}
        try:
            self._client.delete(_object_path(target.object_id), params)
        except ApiError as error:
            if error.status != 400 or self._schema is None or not self._schema.is_single:
                raise
            # It said the object may be deleted, and refuses now: what is left is to take its values back.
            change = reset(self._schema, self._wanted, target)
            if change.action == "reset":
                self._put(change)
        return _Outcome(change, None)

    def _schema_version(self) -> dict[str, str]:
        return {"schemaVersion": self._wanted.schema_version} if self._wanted.schema_version else {}

    def _write_params(self) -> dict[str, str]:
        if not self._task.check_mode:
            return dict(self._params)
        self._validated = SERVER
        return {**self._params, "validateOnly": "true"}

    # report

    def _result(self, planned: Change, outcome: _Outcome | None) -> Result:
        change = planned if outcome is None else outcome.change
        shown = self._shown(change, outcome) if self._wanted.is_present else None
        title = self._title(change)
        return Result({"object": shown}, change.action, change.before, change.after, title, self._validated)

    def _title(self, change: Change) -> str:
        """Who it is, in words: several tasks' diffs stand one below the other."""
        value = change.value or (change.target.value if change.target else {})
        keys = [self._wanted.match_on] if self._wanted.match_on else self._schema.unique_keys if self._schema else []
        found = [str(lookup(value, path)) for key in keys[:1] for path in key if lookup(value, path) is not None]
        return ": ".join([self._wanted.name, ", ".join(found)]) if found else self._wanted.name

    def _shown(self, change: Change, outcome: _Outcome | None) -> dict[str, Any]:
        """The object as it is now; in check mode one to be created has no id."""
        written = outcome.object_id if outcome is not None else None
        is_new = change.action == "create"
        target = change.target or self._seen
        version = self._wanted.schema_version or (self._schema.version if self._schema else None)
        return {
            "object_id": written or (target.object_id if target else None),
            "schema_id": self._wanted.schema_id,
            "schema_version": version if change.action != "none" or target is None else target.schema_version,
            "scope": self._wanted.scope,
            "external_id": self._wanted.external_id if is_new or target is None else target.external_id,
            "value": secrets.masked(self._schema, change.value) if self._schema else None,
        }


def _object_path(object_id: str | None) -> str:
    return f"{_OBJECTS}/{path_segment(object_id or '')}"


def _located(wanted: Wanted, found: Stored) -> Wanted:
    """``wanted`` with the schema and scope of the object that its object_id names; given and different is an error."""
    for name, given, actual in (
        ("schema_id", wanted.schema_id, found.schema_id),
        ("scope", wanted.scope, found.scope),
        ("external_id", wanted.external_id, found.external_id),
    ):
        if given and actual and given != actual:
            raise InputError(
                f"object {found.object_id} has {name} {actual}, and the task says {given}: correct one of the two"
            )
    return dataclasses.replace(wanted, schema_id=found.schema_id, scope=found.scope)


def _explained(error: ApiError, wanted: Wanted) -> ApiError:
    """The server's paths begin with the schema and the place in the array (FACTS section 5.2); users know ``value``."""
    prefix = re.compile(rf"{re.escape(wanted.schema_id or '')}/\d+/?")
    found = [
        Violation(
            prefix.sub("", one.path, count=1) if one.path else None, one.message, one.parameter_location, one.location
        )
        for one in error.violations
    ]
    said = "; ".join(
        f"value.{'.'.join(split_path(one.path))}: {one.message}" if one.path else one.message for one in found
    )
    msg = f"{wanted.name}: the server refuses it ({error.status}): {error.message}: {said}" if said else error.msg
    return ApiError(msg, error.method, error.url, error.status, error.message, error.code, found, error.body)
