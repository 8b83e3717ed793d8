# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object_permission: reads who has access to an object, plans, and grants or takes away what differs (FACTS section 3.7)."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    OvertakenError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Permissions, Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.permission_plan import (
    AccessChange,
    Levels,
    Step,
    plan_access,
    shown_levels,
    side,
    wanted_access,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import ENVIRONMENT
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, Result, Task


def ensure_access(task: Task) -> Result:
    """The work of settings_object_permission."""
    return _Work(task).run()


class _Work:
    """One run. ``_first`` is what was there before anything was sent, ``_reached`` what is there for all that is known."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._wanted = wanted_access(task.params)
        self._permissions = Permissions(task.client, task.params["admin_access"])
        self._object_id = task.params["object_id"]
        self._first: Levels | None = None
        self._reached: dict[Any, str] = {}
        self._has_sent = False
        self._validated = NONE
        _check_identity(task)

    def run(self) -> Result:
        try:
            planned, _unused = reconcile(self._task.client, self._gather, self._plan, self._apply)
        except CollectionError as error:
            if self._has_sent and self._first is not None:
                done = self._result(AccessChange(self._first, self._reached))
                error.details = {**done.as_dict(False, False), **error.details}
            raise
        # Somebody else may have been faster: what was not sent is not reported as done.
        before = self._first if self._has_sent and self._first is not None else planned.before
        return self._result(AccessChange(before, planned.after))

    def _gather(self) -> Levels:
        object_id = self._object_id or self._found_id()
        if object_id is None:
            return self._absent(f"there is no object of {self._task.params['schema_id']} with that external id")
        self._object_id = object_id
        try:
            return self._permissions.levels(object_id)
        except ApiError as error:
            if not error.is_absence:
                raise
            if not self._wanted.is_present:
                return {}
            text = f"object {object_id} is not there, or its schema has no owner-based access control: {error.message}"
            raise ApiError(
                text, error.method, error.url, error.status, error.message, error.code, error.violations, error.body
            ) from error

    def _found_id(self) -> str | None:
        given = self._task.params
        settings = Settings(self._task.client, given["admin_access"], validate_only=False)
        found = settings.listed(given["schema_id"], [given["scope"] or ENVIRONMENT], given["external_id"])
        return found[0].object_id if found else None

    def _absent(self, text: str) -> Levels:
        """Nobody has access to what is not there. In check mode an earlier task may be the one that makes it."""
        if self._wanted.is_present:
            text = f"{text} ({self._task.params['external_id']})"
            if not self._task.check_mode:
                raise StateError(text)
            self._task.warn(f"{text}; the prediction is for an object that is made before")
        return {}

    def _plan(self, current: Levels) -> AccessChange:
        if self._first is None:
            self._first = current
        self._reached = dict(current)
        return plan_access(self._wanted, current)

    def _apply(self, change: AccessChange) -> None:
        if self._task.check_mode:
            self._validated = LOCAL  # the API validates no permissions
            return
        for step in change.steps:
            try:
                self._send(step)
            except LostAnswerError:
                self._has_sent = True
                raise
            self._has_sent = True
            if step.action == "delete":
                self._reached.pop(step.accessor)
            else:
                self._reached[step.accessor] = step.level

    def _send(self, step: Step) -> None:
        if step.action == "delete":
            self._permissions.remove(self._object_id, step.accessor)
        elif step.action == "update":
            self._permissions.change(self._object_id, step.accessor, step.level)
        else:
            self._add(step)

    def _add(self, step: Step) -> None:
        try:
            self._permissions.add(self._object_id, step.accessor, step.level)
        except ApiError as error:
            if error.status != 400:
                raise
            # That is also the answer when somebody else has added the same one meanwhile.
            raise OvertakenError(error) from error

    def _result(self, change: AccessChange) -> Result:
        things = {"object_id": self._object_id, "accessors": shown_levels(change.after)}
        name = self._object_id or self._task.params["external_id"]
        title = f"access to object {name}"
        return Result(things, change.action, side(change.before), side(change.after), title, self._validated)


def _check_identity(task: Task) -> None:
    others = [name for name in ("schema_id", "scope", "external_id") if task.params[name]]
    if task.params["object_id"]:
        if others:
            raise InputError(f"object_id names one object: leave out {', '.join(others)}")
    elif not (task.params["schema_id"] and task.params["external_id"]):
        raise InputError("say which object is meant: give object_id, or schema_id and external_id")
