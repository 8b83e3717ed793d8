# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""How an object of a list is written: alone, or with other new ones in an array (see _change/many.py)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._change.many import Outcome
from .._change.reconcile import Planned, Policy, is_conflict, reconcile
from .._errors import ApiError, CollectionError
from .._lists import grouped
from .._task import LOCAL, SERVER, Task
from .api import Settings
from .identity import Index
from .object_plan import FoundObjects, ObjectChange, plan
from .object_write import ObjectWriter, WrittenObject, creation, done_text, may_be_overtaken, repeat_of
from .objects_items import PlannedObject, ReadObjects
from .objects_plan import settled
from .refusals import explained
from .rivals import is_second, take_back
from .schema import split_path
from .stored import StoredObject
from .walk import non_null
from .wanted import ENVIRONMENT

Outcomes = Mapping[str, Outcome[WrittenObject]]
_NOT_REACHED: Outcome[WrittenObject] = Outcome()


class ObjectsAdapter:
    """How settings objects are written by ``Many``. ``outcomes`` tell the ids of what was created since.

    ``expected``: by key, the only changes that may be carried out; None: what somebody else changes meanwhile is planned again.
    """

    def __init__(
        self,
        task: Task,
        settings: Settings,
        read: ReadObjects,
        retries_conflicts: bool,
        outcomes: Outcomes,
        expected: Mapping[str, PlannedObject] | None = None,
    ) -> None:
        self._check_mode = task.check_mode
        self._task = task
        self._settings = settings
        self._read = read
        self._retries_conflicts = retries_conflicts
        self._outcomes = outcomes
        self._expected = expected
        self._writer = ObjectWriter(task, settings, takes_back=expected is None)

    def write(self, thing: PlannedObject) -> WrittenObject:
        item = self._with_ids(thing)
        target = item.change.existing
        # What the list said counts as the first look, unless the object was written since.
        known = [target]
        if item.is_released:
            known.clear()

        def gather() -> StoredObject | None:
            if known:
                return known.pop()
            return self._settings.stored_object(target.object_id)

        done = reconcile(
            self._task,
            gather,
            lambda stored_object: self._replanned(item, stored_object),
            lambda change: self._writer.apply(item.key, item.wanted, item.schema, change),
            Policy(
                repeat=lambda change: repeat_of(item.wanted, item.schema, change),
                retries_conflicts=self._retries_conflicts,
                is_expected=lambda change: self._is_expected(item, change),
            ),
        )
        written = done.value or WrittenObject(done.plan, target.object_id, SERVER)
        if item.is_released:
            # Both writes together are the change.
            return dataclasses.replace(written, change=item.change)
        return written

    def _is_expected(self, item: PlannedObject, change: ObjectChange) -> bool:
        """What was to be created, and is there by now, is not what it was in the plan."""
        if self._expected is None:
            return True
        planned = self._expected[item.key]
        return self.is_as_planned(planned if planned.is_new else item, change)

    def is_as_planned(self, item: PlannedObject, change: ObjectChange) -> bool:
        """Whether ``change`` is that of ``item``. The place was chosen among all objects, and stays what it is."""
        planned = self._with_ids(item).change
        has_changed_before = item.is_released
        if not has_changed_before and planned.read != change.read:
            return False
        return _sent(planned) == _sent(change)

    @staticmethod
    def _replanned(item: PlannedObject, stored_object: StoredObject | None) -> ObjectChange:
        """Pure. The place was chosen among all objects, and stays what it is."""
        if stored_object is item.change.target:
            return item.change
        stored = [] if stored_object is None else [stored_object]
        change = plan(item.schema, item.wanted.without_position, FoundObjects(Index(item.schema, stored)))
        if not item.change.order_body or change.action == "delete":
            return change
        action = "move" if change.action == "none" else change.action
        return dataclasses.replace(change, action=action, order_body=item.change.order_body)

    def body(self, thing: PlannedObject) -> Mapping[str, Any]:
        item = self._with_ids(thing)
        return creation(item.wanted, item.change)

    def text(self, thing: PlannedObject) -> str:
        return done_text(thing.key, thing.change)

    def create(self, things: Sequence[PlannedObject]) -> list[WrittenObject | ApiError]:
        rows = self._settings.create([self.body(thing) for thing in things])
        return [
            row if isinstance(row, ApiError) else WrittenObject(thing.change, row, SERVER)
            for thing, row in zip(things, rows)
        ]

    def may_be_overtaken(self, thing: PlannedObject, refusal: ApiError) -> bool:
        is_conflict = refusal.status == 409 and self._retries_conflicts
        is_open = is_conflict or may_be_overtaken(thing.schema, refusal)
        return is_open and not self._is_foretold(thing, refusal)

    def excused(self, thing: PlannedObject, error: CollectionError) -> WrittenObject | None:
        if not self._is_foretold(thing, error):
            return None
        return WrittenObject(thing.change, thing.change.target_id, LOCAL)

    def explained(self, thing: PlannedObject, error: CollectionError) -> CollectionError:
        if not isinstance(error, ApiError):
            return error
        if error.status in (400, 404, 409):
            self._settings.forget_old()
        if self._expected is not None and is_conflict(error):
            error.msg += ". Somebody else has changed it since it was planned: make a new plan of what is left"
        item = self._with_ids(thing)
        if not self._check_mode:
            return explained(error, item.wanted, item.schema, item.change.value)
        expected = _expected(item)
        return explained(
            error,
            item.wanted,
            item.schema,
            item.change.value,
            lambda violation: _names(violation.path) in expected,
        )

    def look(self, things: Sequence[PlannedObject]) -> Mapping[str, Index]:
        """The objects of each scope; all of an array are of one schema."""
        schema = things[0].schema
        if things[0].wanted.is_on_any_scope:
            return {ENVIRONMENT: Index(schema, self._settings.listed(schema.schema_id))}
        scopes = sorted({thing.location[1] for thing in things})
        stored = grouped(self._settings.listed(schema.schema_id, scopes), lambda stored_object: stored_object.scope)
        return {scope: Index(schema, stored.get(scope, ())) for scope in scopes}

    def plan_again(self, thing: PlannedObject, seen: Mapping[str, Index]) -> ObjectChange:
        item = self._with_ids(thing)
        objects = FoundObjects(seen[item.location[1]], self._read.inherited.get(item.location), item.named)
        return plan(item.schema, item.wanted.without_position, objects)

    def value_of(self, thing: PlannedObject, planned: Planned) -> WrittenObject:
        """As it was planned: most likely it is there by our own write, whose answer was lost."""
        return WrittenObject(thing.change, _as_change(planned).target_id, SERVER)

    def replanned(self, thing: PlannedObject, planned: Planned) -> PlannedObject:
        return dataclasses.replace(thing, change=_as_change(planned))

    def repeat(self, thing: PlannedObject) -> str:
        return repeat_of(thing.wanted, thing.schema, thing.change)

    def after_rivals(self, made: Sequence[tuple[PlannedObject, WrittenObject]]) -> Iterator[WrittenObject]:
        seen = self.look([thing for thing, _written in made])
        for thing, written in made:
            item = self._with_ids(thing)
            stored = seen[item.location[1]]
            if is_second(item.schema, item.wanted, stored, str(written.object_id)):
                yield self._given_way(item, written, stored)
            else:
                yield written

    def _given_way(self, item: PlannedObject, written: WrittenObject, stored: Index) -> WrittenObject:
        """The object of somebody else, made what is wanted. All of it is the creation that was planned."""
        take_back(self._task, self._settings, item.key, str(written.object_id))
        others = [stored_object for stored_object in stored.all if stored_object.object_id != written.object_id]
        planned = self.plan_again(item, {item.location[1]: Index(item.schema, others)})
        left = self.write(self.replanned(item, planned))
        return dataclasses.replace(left, change=written.change)

    def _with_ids(self, item: PlannedObject) -> PlannedObject:
        """With the ids of what was created since."""
        if not item.needs:
            return item
        ids = non_null({key: created_id(self._outcomes, key) for key in item.needs})
        wanted = dataclasses.replace(item.wanted, value=settled(item.wanted.value, ids))
        change = dataclasses.replace(item.change, value=settled(item.change.value, ids))
        return dataclasses.replace(item, wanted=wanted, change=change)

    def _is_foretold(self, item: PlannedObject, error: CollectionError) -> bool:
        """Whether check mode meets a refusal that the real run, one step further by then, would not."""
        return self._check_mode and isinstance(error, ApiError) and is_expected(item, error)


def _sent(change: ObjectChange) -> tuple[Any, ...]:
    return change.action, change.target_id, change.value


def created_id(outcomes: Outcomes, key: str) -> str | None:
    """The id of an item that was created; None before that, and in check mode."""
    written = outcomes.get(key, _NOT_REACHED).value
    if written:
        return written.object_id
    return None


def is_expected(item: PlannedObject, error: ApiError) -> bool:
    """Whether the server's validation fails only because an earlier step of the same plan has not happened."""
    if error.status != 400 or not error.violations:
        return False
    refusal = explained(error, item.wanted, item.schema, item.change.value)
    return {_names(violation.path) for violation in refusal.violations} <= _expected(item)


def _expected(item: PlannedObject) -> set[tuple[str, ...]]:
    """Where check mode meets violations that the real run will not."""
    expected = {_names(path) for path in (*item.unresolved, *item.awaited_keys)}
    if item.awaited_keys:
        expected.add(())  # a key of several properties is refused as a whole
    return expected


def _names(path: str | None) -> tuple[str, ...]:
    """A path without the places in collections, which the server may count differently."""
    names = []
    for name in split_path((path or "").replace("[", "/").replace("]", "")):
        if name != "value" and not name.isdigit():
            names.append(name)
    return tuple(names)


def _as_change(planned: Planned) -> ObjectChange:
    """What ``plan_again`` has returned."""
    if not isinstance(planned, ObjectChange):
        raise TypeError("not a change of a settings object")
    return planned
