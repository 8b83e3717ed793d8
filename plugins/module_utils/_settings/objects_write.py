# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Carries out the plan for a list of objects: how one of them is written (see _change/many.py), and what comes after what.

Objects of one ordered schema and scope are written one after the other, since each place depends on those before it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.many import Accepted, Many, Outcome, Work
from .._change.reconcile import Planned, Policy, reconcile
from .._errors import ApiError, CollectionError, InputError
from .._task import LOCAL, Task
from .api import Settings
from .identity import Index
from .object_plan import FoundObjects, ObjectChange, plan
from .object_write import ObjectWriter, WrittenObject, creation, done_text, explained, may_be_overtaken, repeat_of
from .objects_options import ObjectsOptions
from .objects_plan import BulkPlan, PlannedObject, ReadObjects, arrangement, settled, slot_name
from .order import insertions
from .schema import split_path
from .stored import StoredObject
from .wanted import WantedObject

Outcomes = Mapping[str, Outcome[WrittenObject]]
# The key of an item, its object, and what to send for its place.
OrderMove = tuple[str, StoredObject, Mapping[str, str]]


@dataclass(frozen=True)
class OrderPlan:
    """What brings the listed objects of one place into the order that was asked for, as far as it is not there."""

    moves: Sequence[OrderMove]

    @property
    def action(self) -> str:
        return "move" if self.moves else "none"


class ObjectsAdapter:
    """How settings objects are written by ``Many``. ``outcomes`` tell the ids of what was created since."""

    def __init__(
        self, task: Task, settings: Settings, read: ReadObjects, retries_conflicts: bool, outcomes: Outcomes
    ) -> None:
        self._check_mode = task.check_mode
        self._task = task
        self._settings = settings
        self._read = read
        self._retries_conflicts = retries_conflicts
        self._outcomes = outcomes
        self._writer = ObjectWriter(task, settings)

    def write(self, thing: PlannedObject) -> WrittenObject:
        item = self._with_ids(thing)
        target = item.change.existing
        # What the list said counts as the first look.
        known = [target]

        def gather() -> StoredObject | None:
            return known.pop() if known else self._settings.stored_object(target.object_id)

        done = reconcile(
            self._task,
            gather,
            lambda stored_object: self._replanned(item, stored_object),
            lambda change: self._writer.apply(item.key, item.wanted, item.schema, change),
            Policy(
                repeat=lambda change: repeat_of(item.wanted, item.schema, change),
                retries_conflicts=self._retries_conflicts,
            ),
        )
        return done.value or WrittenObject(done.plan, target.object_id, self._writer.validated)

    @staticmethod
    def _replanned(item: PlannedObject, stored_object: StoredObject | None) -> ObjectChange:
        """Pure. The place was chosen among all objects, and stays what it is."""
        if stored_object is item.change.target:
            return item.change
        there = [] if stored_object is None else [stored_object]
        change = plan(item.schema, item.wanted_alone, FoundObjects(Index(item.schema, there)))
        if not item.change.place or change.action == "delete":
            return change
        action = "move" if change.action == "none" else change.action
        return dataclasses.replace(change, action=action, place=item.change.place)

    def body(self, thing: PlannedObject) -> Mapping[str, Any]:
        item = self._with_ids(thing)
        return creation(item.wanted, item.change)

    def text(self, thing: PlannedObject) -> str:
        return done_text(thing.key, thing.change)

    def create(self, things: Sequence[PlannedObject]) -> list[Accepted[WrittenObject] | ApiError]:
        rows = self._settings.create([self.body(thing) for thing in things])
        answers: list[Accepted[WrittenObject] | ApiError] = []
        for thing, row in zip(things, rows):
            if isinstance(row, ApiError):
                answers.append(row)
            else:
                answers.append(Accepted(WrittenObject(thing.change, row.value, self._writer.validated)))
        return answers

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
        return explained(error, thing.wanted)

    def look(self, things: Sequence[PlannedObject]) -> Mapping[str, Index]:
        """The objects of each scope; all of an array are of one schema."""
        schema = things[0].schema
        by_scope: dict[str, list[StoredObject]] = {thing.place[1]: [] for thing in things}
        for stored_object in self._settings.listed(schema.schema_id, sorted(by_scope)):
            by_scope.setdefault(stored_object.scope, []).append(stored_object)
        return {scope: Index(schema, stored) for scope, stored in by_scope.items()}

    def plan_again(self, thing: PlannedObject, seen: Mapping[str, Index]) -> ObjectChange:
        item = self._with_ids(thing)
        found = FoundObjects(seen[item.place[1]], self._read.inherited.get(item.place))
        return plan(item.schema, item.wanted_alone, found)

    def value_of(self, thing: PlannedObject, planned: Planned) -> WrittenObject:
        """As it was planned: most likely it is there by our own write, whose answer was lost."""
        return WrittenObject(thing.change, _as_change(planned).target_id, self._writer.validated)

    def replanned(self, thing: PlannedObject, planned: Planned) -> PlannedObject:
        return dataclasses.replace(thing, change=_as_change(planned))

    def repeat(self, thing: PlannedObject) -> str:
        return repeat_of(thing.wanted, thing.schema, thing.change)

    def _with_ids(self, item: PlannedObject) -> PlannedObject:
        """With the ids of what was created since."""
        if not item.needs:
            return item
        created = {key: created_id(self._outcomes, key) for key in item.needs}
        ids = {key: object_id for key, object_id in created.items() if object_id is not None}
        wanted = dataclasses.replace(item.wanted, value=settled(item.wanted.value, ids))
        change = dataclasses.replace(item.change, value=settled(item.change.value, ids))
        return dataclasses.replace(item, wanted=wanted, change=change)

    def _is_foretold(self, item: PlannedObject, error: CollectionError) -> bool:
        """Whether check mode meets a refusal that the real run, one step further by then, would not."""
        return self._check_mode and isinstance(error, ApiError) and is_expected(item, explained(error, item.wanted))


class ObjectsRun:
    """One run of a plan. ``pruned``: the deletions of what is not listed."""

    def __init__(
        self, task: Task, settings: Settings, read: ReadObjects, planned: BulkPlan, options: ObjectsOptions
    ) -> None:
        outcomes: dict[str, Outcome[WrittenObject]] = {}
        adapter = ObjectsAdapter(task, settings, read, options.retries_conflicts, outcomes)
        self._task = task
        self._options = options
        self._settings = settings
        self._planned = planned
        self._many = Many(task, adapter, options.limits, outcomes)
        self._pruning = Many(task, adapter, options.limits)
        self.items = planned.items
        self.pruned = [_pruning(stored_object, read) for stored_object in planned.pruned]

    def carry_out(self) -> None:
        """All steps; then prune, and a look at the order, if nothing failed."""
        steps: dict[int, list[PlannedObject]] = {}
        for item in self.items:
            if item.change.action == "none":
                self._many.report(item.key, Outcome(True, WrittenObject(item.change, item.change.target_id)))
            else:
                steps.setdefault(item.step, []).append(item)
        for step in sorted(steps):
            self._many.carry_out(list(self._works(steps[step])))
        if not self.errors:
            self._pruning.carry_out([Work(item.key, item, lane="prune") for item in self.pruned])
        if not self.errors and not self._task.check_mode:
            self._put_in_order()

    @property
    def errors(self) -> dict[str, CollectionError]:
        """By key, in list order; what could not be pruned under its object id."""
        errors = {**self._many.errors, **self._pruning.errors}
        return {item.key: errors[item.key] for item in (*self.items, *self.pruned) if item.key in errors}

    def outcome(self, key: str) -> Outcome[WrittenObject]:
        return self._many.outcome(key)

    def is_pruned(self, item: PlannedObject) -> bool:
        return self._pruning.outcome(item.key).is_done

    # what comes after what

    def _works(self, items: Sequence[PlannedObject]) -> Iterator[Work[PlannedObject]]:
        """Of one step: all that it builds on has been written."""
        places: dict[tuple[str, str], list[PlannedObject]] = {}
        for item in items:
            if item.schema.is_ordered:
                places.setdefault(item.place, []).append(item)
            else:
                yield Work(item.key, item, needs=item.needs, array=_array(item))
        for place, listed in places.items():
            for item in self._in_order(place, listed):
                yield Work(item.key, item, needs=item.needs, lane=place, array=_array(item))

    def _in_order(self, place: tuple[str, str], items: Sequence[PlannedObject]) -> list[PlannedObject]:
        """What is there already by its rank, then what is new, each with the place where it is to be inserted."""
        new = {slot_name(item): item for item in items if _is_new(item)}
        there = [item for item in items if not _is_new(item)]
        wanted_order = self._planned.arrangements.get(place)
        if wanted_order is None:
            return [*there, *new.values()]
        ranks = {name: index for index, name in enumerate(wanted_order.target)}
        there.sort(key=lambda item: ranks.get(slot_name(item), -1))
        ids = self._ids(place, wanted_order.target)
        inserted = insertions(wanted_order.target, ids, new)
        return [*there, *(_inserted(new[name], body, ids) for name, body in inserted)]

    def _ids(self, place: tuple[str, str], names: Collection[str]) -> dict[str, str]:
        """The object id of each name in an arrangement that exists by now."""
        ids = {name: name for name in names}
        for item in self.items:
            if item.place == place and _is_new(item):
                object_id = created_id(self._many.outcomes, item.key)
                ids[slot_name(item)] = object_id or ""
        return {name: object_id for name, object_id in ids.items() if object_id}

    # two runs at once

    def _put_in_order(self) -> None:
        """Where this run has placed something: another run may have done so at the same time. It is put right once."""
        for place in self._planned.arrangements:
            listed = [item for item in self.items if item.place == place and item.wanted.is_present]
            if not any(_is_new(item) or item.change.place for item in listed):
                continue
            try:
                if not self._is_put_right(place, listed):
                    self._task.warn(
                        f"{place[0]} on {place[1]}: the objects do not stand in the order that was asked for, because somebody "
                        "else changed it at the same time. Run the task again"
                    )
            except (ApiError, InputError) as error:
                self._task.warn(
                    f"{place[0]} on {place[1]}: whether the objects stand in the order that was asked for is unknown: {error.msg}"
                )

    def _is_put_right(self, place: tuple[str, str], listed: Sequence[PlannedObject]) -> bool:
        def gather() -> Index:
            return Index(listed[0].schema, self._settings.listed(place[0], [place[1]]))

        def planned(stored: Index) -> OrderPlan:
            return OrderPlan(tuple(self._moves(listed, stored)))

        policy = Policy(retries_conflicts=self._options.retries_conflicts)
        done = reconcile(self._task, gather, planned, self._move_all, policy)
        return done.value is None or not planned(gather()).moves

    def _moves(self, listed: Sequence[PlannedObject], stored: Index) -> Iterator[OrderMove]:
        there = {}
        for item in listed:
            stored_object = stored.by_id(created_id(self._many.outcomes, item.key) or "")
            if stored_object is not None:
                there[stored_object.object_id] = dataclasses.replace(item, change=ObjectChange("none", stored_object))
        moves = arrangement(list(there.values()), stored, self._options.keep_order).moves
        for object_id, body in moves.items():
            yield there[object_id].key, there[object_id].change.existing, body

    def _move_all(self, order: OrderPlan) -> int:
        for key, stored_object, body in order.moves:
            send = functools.partial(self._settings.update, stored_object, stored_object.value, body)
            self._task.journal.write(f"{key} was moved", send)
            self._report_moved(key)
        return len(order.moves)

    def _report_moved(self, key: str) -> None:
        """Of an item for which nothing was to be done, and that somebody else had moved."""
        written = self.outcome(key).value
        if written is not None and written.change.action == "none":
            moved = dataclasses.replace(written.change, action="move")
            self._many.report(key, Outcome(True, dataclasses.replace(written, change=moved)))


def created_id(outcomes: Outcomes, key: str) -> str | None:
    """The id of an item that was created; None before that, and in check mode."""
    written = outcomes[key].value if key in outcomes else None
    return written.object_id if written else None


def is_expected(item: PlannedObject, error: ApiError) -> bool:
    """Whether the server's validation fails only because an earlier step of the same plan has not happened."""
    if error.status != 400 or not error.violations:
        return False
    expected = {_names(path) for path in item.unresolved}
    keys = {_names(path) for path in item.awaited_keys}
    if keys:
        expected.add(())  # a key of several properties is refused as a whole
    refused = {_names(violation.path or "") for violation in error.violations}
    return bool(expected) and refused <= expected | keys


def _names(path: str) -> tuple[str, ...]:
    """A path without the places in collections, which the server may count differently."""
    names = split_path(path.replace("[", "/").replace("]", ""))
    return tuple(name for name in names if not name.isdigit() and name != "value")


def _is_new(item: PlannedObject) -> bool:
    return item.change.action == "create"


def _array(item: PlannedObject) -> tuple[str, str | None] | None:
    """New objects of one schema document are created together."""
    return (item.schema.schema_id, item.wanted.schema_version) if _is_new(item) else None


def _inserted(item: PlannedObject, body: Mapping[str, str], ids: Mapping[str, str]) -> PlannedObject:
    """``body`` names the one before it as the arrangement does."""
    place = {name: ids.get(neighbor, neighbor) for name, neighbor in body.items()}
    return dataclasses.replace(item, change=dataclasses.replace(item.change, place=place))


def _pruning(stored_object: StoredObject, read: ReadObjects) -> PlannedObject:
    """Deletes an object that is not listed."""
    schema = next(schema for schema in read.schemas.values() if schema.schema_id == stored_object.schema_id)
    object_id = stored_object.object_id
    wanted = WantedObject(schema.schema_id, stored_object.scope, {}, is_present=False, object_id=object_id)
    return PlannedObject(object_id, wanted, schema, ObjectChange("delete", stored_object))


def _as_change(planned: Planned) -> ObjectChange:
    """What ``plan_again`` has returned."""
    if not isinstance(planned, ObjectChange):
        raise TypeError("not a change of a settings object")
    return planned
