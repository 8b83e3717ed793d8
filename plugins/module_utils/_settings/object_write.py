# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Carries out one planned change of a settings object: the same for one object and for each of a list."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from .._change.reconcile import ALWAYS, UNLESS_LATE
from .._errors import ApiError, OvertakenError
from .._lists import filled
from .._task import LOCAL, NONE, SERVER, Task
from .api import Settings
from .identity import can_identify
from .object_plan import PAST, ObjectChange, reset
from .refusals import explained
from .schema import Schema
from .wanted import WantedObject


@dataclass(frozen=True)
class WrittenObject:
    """``change``: what was carried out. ``object_id`` is None for a new object in check mode.

    ``validated``: what it rests on in check mode.
    """

    change: ObjectChange
    object_id: str | None
    validated: str = NONE


class ObjectWriter:
    """Of one run. In check mode the server validates what would be sent, but for DELETE, which knows no validation.

    ``takes_back``: whether an object that the server does not delete, against what it said, is brought to its defaults instead.
    """

    def __init__(self, task: Task, settings: Settings, takes_back: bool = True) -> None:
        self._journal = task.journal
        self._check_mode = task.check_mode
        self._settings = settings
        self._takes_back = takes_back

    def apply(self, name: str, wanted: WantedObject, schema: Schema, change: ObjectChange) -> WrittenObject:
        """``name``: what the journal calls the object."""
        try:
            if change.action == "create":
                return self._create(name, wanted, change)
            if change.action == "delete":
                return self._delete(name, wanted, schema, change)
            return self._update(name, wanted, change)
        except ApiError as error:
            raise self._refused(error, wanted, schema, change) from error

    def _create(self, name: str, wanted: WantedObject, change: ObjectChange) -> WrittenObject:
        def send() -> str | None:
            row = self._settings.create([creation(wanted, change)])[0]
            if isinstance(row, ApiError):
                raise row
            return row

        object_id = self._journal.write(done_text(name, change), send)
        return WrittenObject(change, object_id, SERVER)

    def _update(self, name: str, wanted: WantedObject, change: ObjectChange) -> WrittenObject:
        def send() -> None:
            self._settings.update(change.existing, change.value, change.order_body, wanted.schema_version)

        self._journal.write(done_text(name, change), send)
        return WrittenObject(change, change.existing.object_id, SERVER)

    def _delete(self, name: str, wanted: WantedObject, schema: Schema, change: ObjectChange) -> WrittenObject:
        target = change.existing
        if self._check_mode:
            return WrittenObject(change, target.object_id, LOCAL)
        try:
            self._journal.write(done_text(name, change), lambda: self._settings.delete(target))
        except ApiError as error:
            can_reset = error.status == 400 and schema.is_single and self._takes_back
            if not can_reset:
                raise
            # It said the object may be deleted, and refuses now: what is left is to take its values back.
            change = reset(schema, wanted, target)
            if change.action == "reset":
                return self._update(name, wanted, change)
        return WrittenObject(change, target.object_id)

    def _refused(
        self, error: ApiError, wanted: WantedObject, schema: Schema, change: ObjectChange
    ) -> ApiError | OvertakenError:
        """What to make of a refusal: it may be about an old document of the schema, or about somebody who was faster."""
        refusal = explained(error, wanted, schema, change.value)
        was_old = error.status in (400, 404, 409) and self._settings.forget_old()
        is_overtaken = change.action == "create" and may_be_overtaken(schema, error)
        # What a 409 means is for the user to say (on_conflict).
        if is_overtaken or (was_old and error.status != 409):
            return OvertakenError(refusal)
        return refusal


def repeat_of(wanted: WantedObject, schema: Schema, change: ObjectChange) -> str:
    """Whether a write may be sent again after a lost answer: PUT and DELETE always, and what can be there only once."""
    without_match_on = dataclasses.replace(wanted, match_on=())
    is_unique = can_identify(schema, without_match_on, wanted.value)
    return ALWAYS if change.action != "create" or is_unique else UNLESS_LATE


def done_text(name: str, change: ObjectChange) -> str:
    """Of a change, for the journal."""
    return f"{name} was {PAST[change.action]}"


def creation(wanted: WantedObject, change: ObjectChange) -> dict[str, Any]:
    """One item for ``Settings.create``."""
    options = filled({"externalId": wanted.external_id, "schemaVersion": wanted.schema_version})
    return {"schemaId": wanted.schema_id, "scope": wanted.scope, "value": change.value, **options, **change.order_body}


def may_be_overtaken(schema: Schema, error: ApiError) -> bool:
    """Whether a refused creation may mean that somebody else has just created the same object.

    What the server says of a unique key that is taken differs from schema to schema, so any 400 may be that.
    """
    return error.status == 400 and bool(schema.unique_keys)
