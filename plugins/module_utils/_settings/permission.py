# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object_permission: reads who has access to an object, plans, and grants or takes away what differs (API facts, 3.7)."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._change.reconcile import Reconciled, reconcile
from .._errors import ApiError, StateError, refuse_if, unless_overtaken
from .._lists import filled
from .._task import Result, Task
from .access import Levels
from .api import Settings
from .permission_plan import AccessChange, AccessStep, WantedAccess, plan_access, shown_levels, side, wanted_access
from .wanted import ENVIRONMENT

_DONE = {"create": "granted", "update": "changed", "delete": "revoked"}


@dataclass(frozen=True)
class AccessOptions:
    """``object_id``, or ``external_id`` with ``schema_id`` and ``scope``, names the object."""

    wanted: WantedAccess
    object_id: str | None
    schema_id: str
    scope: str
    external_id: str | None
    admin_access: bool


def ensure(task: Task) -> Result:
    """settings_object_permission: grants, changes and revokes access to one object."""
    return _Work(task, _options(task.params)).run()


def _options(params: Mapping[str, Any]) -> AccessOptions:
    """Raises InputError for options that exclude each other."""
    given = filled(params)
    options = AccessOptions(
        wanted=wanted_access(params),
        object_id=params["object_id"],
        schema_id=given.get("schema_id", ""),
        scope=given.get("scope", ENVIRONMENT),
        external_id=params["external_id"],
        admin_access=params["admin_access"],
    )
    others = list(filter(given.__contains__, ("schema_id", "scope", "external_id")))
    refuse_if(options.object_id and others, f"object_id names one object: leave out {', '.join(others)}")
    refuse_if(
        not options.object_id and not (options.schema_id and options.external_id),
        "give object_id, or schema_id and external_id",
    )
    return options


class _Work:
    """One run. ``_levels``: who has access by all that is known, for the result of a failure."""

    def __init__(self, task: Task, options: AccessOptions) -> None:
        self._task = task
        self._options = options
        self._settings = Settings(task.client, options.admin_access)
        self._object_id = options.object_id
        self._levels: dict[Any, str] = {}

    def run(self) -> Result:
        self._task.partial = self._things
        return self._result(
            reconcile(self._task, self._gather, lambda current: plan_access(self._options.wanted, current), self._apply)
        )

    def _gather(self) -> Levels:
        self._object_id = self._object_id or self._found_id()
        levels = self._read_levels(self._object_id) if self._object_id else self._absent()
        self._levels = dict(levels)
        return levels

    def _read_levels(self, object_id: str) -> Levels:
        try:
            return self._settings.levels(object_id)
        except ApiError as error:
            if not error.is_absence:
                raise
            if not self._options.wanted.is_present:
                return {}
            error.msg = (
                f"object {object_id} does not exist, or its schema has no owner-based access control: {error.message}"
            )
            raise

    def _found_id(self) -> str | None:
        options = self._options
        for stored_object in self._settings.listed(options.schema_id, [options.scope], options.external_id):
            if stored_object.external_id == options.external_id:
                return stored_object.object_id
        return None

    def _absent(self) -> Levels:
        """Nobody has access to what is not there. In check mode an earlier task may be the one that makes it."""
        options = self._options
        if options.wanted.is_present:
            text = f"there is no object of {options.schema_id} with that external id ({options.external_id})"
            if not self._task.check_mode:
                raise StateError(text)
            self._task.warn(f"{text}; the prediction assumes that an earlier task creates it")
        return {}

    def _apply(self, change: AccessChange) -> None:
        """Nothing in check mode: the API validates no permissions."""
        if self._task.check_mode:
            return
        for step in change.steps:
            text = f"access of {step.accessor.name} to object {self._object_id} was {_DONE[step.action]}"
            self._task.journal.write(text, functools.partial(self._send, self._object_id or "", step))
            if step.action == "delete":
                self._levels.pop(step.accessor)
            else:
                self._levels[step.accessor] = step.level

    def _send(self, object_id: str, step: AccessStep) -> None:
        if step.action == "delete":
            self._settings.revoke(object_id, step.accessor)
        elif step.action == "update":
            self._settings.change_grant(object_id, step.accessor, step.level)
        else:
            self._grant(object_id, step)

    def _grant(self, object_id: str, step: AccessStep) -> None:
        """A 400 is also the answer when somebody else has added the same one meanwhile."""
        unless_overtaken(
            lambda: self._settings.grant(object_id, step.accessor, step.level),
            (400,),
            lambda: step.accessor in self._settings.levels(object_id),
        )

    def _things(self) -> Mapping[str, Any]:
        """Of a failure: only once something was, or may have been, changed."""
        if not self._task.journal.may_have_written():
            return {}
        return {"object_id": self._object_id, "accessors": shown_levels(self._levels)}

    def _result(self, done: Reconciled[AccessChange, None]) -> Result:
        """Somebody else may have been faster: what was not sent is not reported as done."""
        change = AccessChange(done.plan.before, done.last.after)
        name = self._object_id or self._options.external_id
        return Result(
            {"object_id": self._object_id, "accessors": shown_levels(change.after)},
            change.action,
            side(change.before),
            side(change.after),
            f"access to object {name}",
        )
