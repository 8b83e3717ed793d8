# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object: reads what is there, plans, and writes it or lets the server validate the very same payload."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    OvertakenError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import (
    Settings,
    creation,
    explained,
    may_be_overtaken,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index, can_identify
from ansible_collections.community.dynatrace.plugins.module_utils._settings.naming import called
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import (
    Change,
    Found,
    check_scope,
    plan,
    reset,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import conform
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    ENVIRONMENT,
    Stored,
    Wanted,
    from_options,
)
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, SERVER, Result, Task


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
        self._wanted = from_options(task.params)
        self._settings = Settings(task.client, task.params["admin_access"], task.check_mode)
        self._schema: Schema | None = None
        self._seen: Stored | None = None
        self._validated = NONE

    def run(self) -> Result:
        may_retry = self._task.params["on_conflict"] == "retry"
        return self._result(*reconcile(self._task.client, self._gather, self._plan, self._apply, may_retry))

    def _gather(self) -> Found | None:
        """None: an object is named by an id alone that does not exist, and need not."""
        by_id = self._settings.one(self._wanted.object_id) if self._wanted.object_id else None
        if by_id is not None:
            self._wanted = located(self._wanted, by_id)
        schema_id = self._wanted.schema_id
        if schema_id is None:
            if self._wanted.is_present:
                raise StateError(f"there is no object {self._wanted.object_id}, and no schema_id to create it with")
            return None
        scope = self._wanted.scope or ENVIRONMENT
        self._wanted = dataclasses.replace(self._wanted, scope=scope)
        schema = self._read_schema(schema_id)
        check_scope(schema, scope)
        if by_id is not None and not self._wanted.position:
            return Found(Index(schema, [by_id]))
        stored = self._candidates(schema, scope)
        if stored or not schema.is_single or not self._wanted.is_present or self._wanted.replace:
            return Found(Index(schema, stored))
        return Found(Index(schema), self._settings.inherited(schema_id, scope))

    def _candidates(self, schema: Schema, scope: str) -> list[Stored]:
        """By external id one request is enough, unless that finds nothing or the neighbours' order is needed."""
        if not can_identify(schema, self._wanted, conform(schema, self._wanted.value)) and not self._wanted.position:
            return []  # the plan says what is missing
        if self._wanted.external_id and not self._wanted.position:
            found = self._settings.listed(schema.schema_id, [scope], self._wanted.external_id)
            if found:
                return found
        return self._settings.listed(schema.schema_id, [scope])

    def _read_schema(self, schema_id: str) -> Schema:
        """Once; and the first moment at which it is known what in the user's value is secret."""
        if self._schema is None:
            self._schema = self._settings.schema(schema_id, self._wanted.schema_version)
            value = self._task.params["value"]
            self._task.shown["value"] = secrets.masked(self._schema, value, hide_unknown=True)
            self._task.secrets.update(secrets.to_hide(self._schema, value))
        return self._schema

    def _plan(self, found: Found | None) -> Change:
        if found is None or self._schema is None:
            return Change("none")
        change = plan(self._schema, self._wanted, found)
        self._seen = change.target
        return change

    def _apply(self, change: Change) -> _Outcome:
        try:
            if change.action == "create":
                return _Outcome(change, self._create(change))
            if change.action == "delete":
                return self._delete(change)
            return _Outcome(change, self._update(change))
        except ApiError as error:
            refusal = explained(error, self._wanted)
            if change.action == "create" and self._schema is not None and may_be_overtaken(self._schema, error):
                raise OvertakenError(refusal) from error
            raise refusal from error

    def _create(self, change: Change) -> str | None:
        self._is_validated(SERVER)
        answer = self._settings.create([creation(self._wanted, change)])
        row = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], Mapping) else {}
        if row.get("code", 200) >= 400:
            raise self._settings.refusal(row["code"], row)
        return row.get("objectId")

    def _update(self, change: Change) -> str | None:
        self._is_validated(SERVER)
        self._settings.update(self._wanted, change)
        return change.existing.object_id

    def _delete(self, change: Change) -> _Outcome:
        if self._task.check_mode:
            self._is_validated(LOCAL)
            return _Outcome(change, None)
        try:
            self._settings.delete(change.existing)
        except ApiError as error:
            if error.status != 400 or self._schema is None or not self._schema.is_single:
                raise
            # It said the object may be deleted, and refuses now: what is left is to take its values back.
            change = reset(self._schema, self._wanted, change.existing)
            if change.action == "reset":
                self._update(change)
        return _Outcome(change, None)

    def _is_validated(self, how: str) -> None:
        if self._task.check_mode:
            self._validated = how

    def _result(self, planned: Change, outcome: _Outcome | None) -> Result:
        change = planned if outcome is None else outcome.change
        shown = self._shown(change, outcome) if self._wanted.is_present else None
        title = self._title(change)
        return Result({"object": shown}, change.action, change.before, change.after, title, self._validated)

    def _title(self, change: Change) -> str:
        """Who it is, in words: several tasks' diffs stand one below the other."""
        return title(self._schema, self._wanted, change) if self._schema else self._wanted.name

    def _shown(self, change: Change, outcome: _Outcome | None) -> dict[str, Any]:
        """The object as it is now; in check mode one to be created has no id."""
        written = outcome.object_id if outcome is not None else None
        target = change.target or self._seen
        version = self._wanted.schema_version or (self._schema.version if self._schema else None)
        return {
            "object_id": written or (target.object_id if target else None),
            "schema_id": self._wanted.schema_id,
            "schema_version": version if change.action != "none" or target is None else target.schema_version,
            "scope": self._wanted.scope,
            "external_id": self._wanted.external_id if change.target is None else change.target.external_id,
            "value": secrets.masked(self._schema, change.value) if self._schema else None,
        }


def located(wanted: Wanted, found: Stored) -> Wanted:
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


def title(schema: Schema, wanted: Wanted, change: Change) -> str:
    """The header of a diff: what tells the object from others, as far as people can read it."""
    value = change.value or (change.target.value if change.target else {})
    return ": ".join(filter(None, [wanted.name, called(schema, value, wanted.match_on)]))
