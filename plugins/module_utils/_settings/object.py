# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""settings_object: reads what is there, plans, and writes it or lets the server validate the very same payload."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._change.reconcile import ALWAYS, Policy, Reconciled, reconcile
from .._errors import InputError, OvertakenError, StateError, refuse_if
from .._task import Result, Task
from . import secrets
from .api import Settings
from .conform import conform
from .identity import Index, can_identify, find, given_keys
from .key_filter import key_filter
from .naming import called
from .object_plan import FoundObjects, ObjectChange, check_scope, plan
from .object_write import ObjectWriter, WrittenObject, repeat_of
from .rivals import is_second, take_back
from .schema import Schema
from .stored import StoredObject
from .wanted import ENVIRONMENT, WantedObject, from_options


@dataclass(frozen=True)
class ObjectOptions:
    """``value``: as it was given, for the reported invocation."""

    wanted: WantedObject
    value: Any
    retries_conflicts: bool
    admin_access: bool


@dataclass(frozen=True)
class ReadObject:
    """What was read. ``wanted``: with the schema and scope of the object of ``object_id``.

    ``schema`` None: the object is named by its id alone, does not exist, and is not wanted either.
    """

    wanted: WantedObject
    schema: Schema | None = None
    objects: FoundObjects | None = None


@dataclass(frozen=True)
class ObjectPlan:
    """The schema is only what the plan was made by: the same change by a newer document is the same plan."""

    wanted: WantedObject
    change: ObjectChange
    schema: Schema | None = field(default=None, compare=False)

    @property
    def action(self) -> str:
        return self.change.action

    @property
    def repeat(self) -> str:
        return repeat_of(self.wanted, self.known_schema, self.change)

    @property
    def known_schema(self) -> Schema:
        """Of a plan by which something is to be done."""
        if self.schema is None:
            raise ValueError("there is nothing to do where no schema is known")
        return self.schema


def ensure(task: Task) -> Result:
    """settings_object: creates, updates, moves or deletes one object."""
    work = _Work(task, _options(task.params))
    return work.settings.again_if_old(work.run)


def _options(params: Mapping[str, Any]) -> ObjectOptions:
    return ObjectOptions(
        wanted=from_options(params),
        value=params["value"],
        retries_conflicts=params["on_conflict"] == "retry",
        admin_access=params["admin_access"],
    )


class _Work:
    """One run. ``_is_first_look``: later ones trust no filter."""

    def __init__(self, task: Task, options: ObjectOptions) -> None:
        self._task = task
        self._options = options
        self.settings = Settings(task.client, options.admin_access, task.check_mode)
        self._writer = ObjectWriter(task, self.settings)
        self._is_first_look = True

    def run(self) -> Result:
        policy = Policy(repeat=lambda planned: planned.repeat, retries_conflicts=self._options.retries_conflicts)
        return _result(reconcile(self._task, self._gather, _planned, self._apply, policy))

    def _gather(self) -> ReadObject:
        wanted, by_id = self._located()
        if wanted.schema_id is None:
            return ReadObject(wanted)
        schema = self.settings.schema(*wanted.document)
        self._mask(schema)
        check_scope(schema, wanted.location[1])
        stored = [by_id] if by_id and not wanted.position else self._stored(schema, wanted, self._is_first_look)
        wanted, stored = on_its_scope(schema, wanted, stored)
        renewed = self.settings.renewed(schema, wanted.schema_version, stored)
        if renewed is not schema:
            self._mask(renewed)
        inherited = None
        if schema.is_single and not stored and wanted.starts_from_inherited:
            inherited = self.settings.inherited(*wanted.location)
        self._is_first_look = False
        return ReadObject(wanted, renewed, FoundObjects(Index(renewed, stored), inherited))

    def _located(self) -> tuple[WantedObject, StoredObject | None]:
        """What is wanted, with a schema as far as it is known, and a scope; and the object of its object id."""
        wanted = self._options.wanted
        by_id = None
        if wanted.object_id:
            by_id = self.settings.stored_object(wanted.object_id)
        if by_id is not None:
            wanted = located(wanted, by_id)
        elif wanted.schema_id is None and wanted.is_present:
            raise StateError(f"there is no object {wanted.object_id}, and no schema_id to create it with")
        return dataclasses.replace(wanted, scope=wanted.scope or ENVIRONMENT), by_id

    def _mask(self, schema: Schema) -> None:
        """From here on it is known what in the user's value is secret."""
        self._task.shown["value"] = secrets.masked(schema, self._options.value, hide_unknown=True)
        self._task.secrets.update(secrets.texts(schema, self._options.value))

    def _stored(self, schema: Schema, wanted: WantedObject, filters: bool) -> list[StoredObject]:
        """As few as the server can find by itself: by external id or key, unless the order of the neighbours is needed."""
        schema_id, scope = wanted.location
        if wanted.position:
            return self.settings.listed(schema_id, [scope])
        given = conform(schema, wanted.value)
        if not can_identify(schema, wanted, given):
            return []  # the plan says what is missing
        keys = given_keys(schema, wanted, given)
        if _is_listed_alone(wanted):
            stored = self.settings.listed(schema_id, [scope], wanted.external_id)
            if stored or not (keys or schema.is_single):
                return stored
        text = key_filter(schema, keys, given) if filters else ""
        return self.settings.alike(schema_id, list(filter(None, [wanted.known_scope])), text)

    def _apply(self, planned: ObjectPlan) -> WrittenObject:
        wanted, schema = planned.wanted, planned.known_schema
        written = self._writer.apply(wanted.name, wanted, schema, planned.change)
        if planned.repeat != ALWAYS and not self._task.check_mode:
            self._give_way(wanted, schema, str(written.object_id))
        return written

    def _give_way(self, wanted: WantedObject, schema: Schema, object_id: str) -> None:
        """To somebody else who created the same first."""
        stored = Index(schema, self._stored(schema, wanted, filters=True))
        if is_second(schema, wanted, stored, object_id):
            take_back(self._task, self.settings, wanted.name, object_id)
            raise OvertakenError(StateError("somebody else created the same first, and deleted it: run the task again"))


def _is_listed_alone(wanted: WantedObject) -> bool:
    """Whether a list can be asked for the one external id. The API takes several with a comma between them."""
    if not wanted.external_id or wanted.is_on_any_scope:
        return False
    return "," not in wanted.external_id


def _planned(seen: ReadObject) -> ObjectPlan:
    if seen.schema is None or seen.objects is None:
        return ObjectPlan(seen.wanted, ObjectChange("none"))
    return ObjectPlan(seen.wanted, plan(seen.schema, seen.wanted, seen.objects), seen.schema)


def _result(done: Reconciled[ObjectPlan, WrittenObject]) -> Result:
    wanted, change = done.last.wanted, done.plan.change
    written = done.value or WrittenObject(change, None)
    if written.change.action == "reset":  # a delete that was refused
        change = written.change
    shown = None
    if wanted.is_present:
        shown = _shown(done.last, change)
        shown["object_id"] = written.object_id or shown["object_id"]
    # Who it is, in words: several tasks' diffs stand one below the other.
    header = wanted.name if done.last.schema is None else title(done.last.schema, wanted, change)
    return Result({"object": shown}, change.action, change.before, change.after, header, written.validated)


def _shown(last: ObjectPlan, change: ObjectChange) -> dict[str, Any]:
    """The object as it is now; in check mode one to be created has no id."""
    wanted, schema = last.wanted, last.known_schema
    version: str | None = wanted.schema_version or schema.version
    if change.action == "none":
        version = change.existing.schema_version
    return {
        "object_id": change.target_id or last.change.target_id,
        "schema_id": wanted.schema_id,
        "schema_version": version,
        "scope": wanted.scope,
        "external_id": change.external_id(wanted),
        "value": secrets.masked(schema, change.value),
    }


def located(wanted: WantedObject, stored_object: StoredObject) -> WantedObject:
    """``wanted`` with the schema and scope of the object that its object_id names; given and different is an error."""
    for name, given, actual in (
        ("schema_id", wanted.schema_id, stored_object.schema_id),
        ("scope", wanted.scope, stored_object.scope),
        ("external_id", wanted.external_id, stored_object.external_id),
    ):
        refuse_if(
            given and actual and given != actual,
            f"object {stored_object.object_id} has {name} {actual}, and the task says {given}: correct one of them",
        )
    return dataclasses.replace(wanted, schema_id=stored_object.schema_id, scope=stored_object.scope)


def on_its_scope(
    schema: Schema, wanted: WantedObject, stored: list[StoredObject]
) -> tuple[WantedObject, list[StoredObject]]:
    """``wanted`` with the scope of the object that it means, and the objects there, if it may lie on any.

    Raises InputError where nothing but the scope, which the server chooses, would find the object again.
    """
    if not wanted.is_on_any_scope:
        return wanted, stored
    if not wanted.match_on:
        return _nowhere(wanted), []
    target = find(schema, wanted, conform(schema, wanted.value), Index(schema, stored))
    if target is None:
        return wanted, []
    return dataclasses.replace(wanted, scope=target.scope), [target]


def _nowhere(wanted: WantedObject) -> WantedObject:
    """Of an object that is gone, as it shall be."""
    if wanted.object_id and not wanted.is_present:
        return wanted
    raise InputError(
        f"the server chooses the scope of a new object of {wanted.schema_id}: give match_on, so that the object is found "
        "again on whatever scope it lies, or its scope"
    )


def title(schema: Schema, wanted: WantedObject, change: ObjectChange) -> str:
    """The header of a diff: what tells the object from others, as far as people can read it."""
    return ": ".join(filter(None, [wanted.name, called_by_people(schema, wanted, change)]))


def called_by_people(schema: Schema, wanted: WantedObject, change: ObjectChange) -> str:
    """What tells the object from others, without its schema; or empty."""
    return called(schema, change.value or change.read, wanted.match_on)
