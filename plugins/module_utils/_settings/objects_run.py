# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Carries out the plan for a list of objects: what comes after what. Before that, the server may validate what it can.

Objects of one ordered schema and scope are written one after the other, since each place depends on those before it.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from .._change.expectation import digest_of
from .._change.journal import Journal
from .._change.many import Many, Outcome, Work
from .._change.reconcile import Policy, reconcile
from .._errors import ApiError, CollectionError, InputError
from .._lists import filled, grouped, keyed
from .._task import Task
from .api import Settings
from .identity import Index
from .object_plan import ObjectChange
from .object_write import WrittenObject
from .objects_items import ObjectsOptions, PlannedObject, ReadObjects
from .objects_order import arrangement, ordered_locations
from .objects_plan import BulkPlan
from .objects_write import ObjectsAdapter, created_id
from .order import insertions
from .plan_digest import check_expected, steps_of
from .problems import ItemsError
from .schema import Schema
from .stored import StoredObject
from .wanted import WantedObject

# The key of an item, its object, and what to send for its place.
OrderMove = tuple[str, StoredObject, Mapping[str, str]]


@dataclass(frozen=True)
class OrderPlan:
    """What brings the listed objects of one schema and scope into the order that was asked for, as far as it is not there."""

    moves: Sequence[OrderMove]

    @property
    def action(self) -> str:
        if self.moves:
            return "move"
        return "none"


class ObjectsRun:
    """One run of a plan. ``pruned``: the deletions of what is not listed."""

    def __init__(
        self, task: Task, settings: Settings, read: ReadObjects, planned: BulkPlan, options: ObjectsOptions
    ) -> None:
        outcomes: dict[str, Outcome[WrittenObject]] = {}
        self.items = planned.items
        # By the id that was asked for: a document may call itself otherwise.
        schemas = {schema_id: schema for (schema_id, dummy_version), schema in read.schemas.items()}
        self.pruned = [_pruning(stored_object, schemas[stored_object.schema_id]) for stored_object in planned.pruned]
        expected = None
        if options.expected:
            expected = keyed(self.all, attrgetter("key"))
        adapter = ObjectsAdapter(task, settings, read, options.retries_conflicts, outcomes, expected)
        self._adapter = adapter
        self._task = task
        self._options = options
        self._settings = settings
        self._planned = planned
        self._many = Many(task, adapter, options.limits, outcomes)
        self._pruning = Many(task, adapter, options.limits)
        self._releasing = Many(task, adapter, options.limits)

    @property
    def all(self) -> list[PlannedObject]:
        """Those of the list, and what is pruned."""
        return [*self.items, *self.pruned]

    def check_expected(self) -> None:
        """Raises InputError if another plan was expected. Nothing was written then."""
        expected = self._options.expected
        if expected:
            check_expected(expected, self._settings.environment_id, self.all, self._planned.arrangements)

    def digest(self) -> str:
        """Of what was carried out, or would be."""
        steps = steps_of(list(map(self._carried_out, self.all)), self._planned.arrangements)
        return digest_of(self._settings.environment_id, steps)

    def _carried_out(self, item: PlannedObject) -> PlannedObject:
        """As it was planned, unless somebody else was faster and it was planned again."""
        written = (self._many.outcomes.get(item.key) or self._pruning.outcome(item.key)).value
        if written is None or self._adapter.is_as_planned(item, written.change):
            return item
        return dataclasses.replace(item, change=written.change)

    def carry_out(self) -> None:
        """All steps; then prune, and a look at the order, if nothing failed."""
        self._releasing.carry_out([Work(item.key, item) for item in self._planned.released])
        due = []
        for item in self.items:
            if item.key in self._releasing.errors:
                self._many.report(item.key, Outcome(error=self._releasing.errors[item.key]))
            elif item.change.action == "none":
                self._many.report(item.key, Outcome(True, WrittenObject(item.change, item.change.target_id)))
            else:
                due.append(item)
        for _step, items in sorted(grouped(due, lambda item: item.step).items()):
            self._many.carry_out(list(self._works(items)))
        if not self.errors:
            self._pruning.carry_out([Work(item.key, item, lane="prune") for item in self.pruned])
        if not self.errors and not self._task.check_mode:
            self._put_in_order()

    @property
    def errors(self) -> dict[str, CollectionError]:
        """By key, in list order; what could not be pruned under its object id."""
        errors = {**self._many.errors, **self._pruning.errors}
        return {item.key: errors[item.key] for item in self.all if item.key in errors}

    def outcome(self, key: str) -> Outcome[WrittenObject]:
        return self._many.outcome(key)

    def is_pruned(self, item: PlannedObject) -> bool:
        """Not by somebody else, a moment before."""
        written = self._pruning.outcome(item.key).value
        return written is not None and written.change.action != "none"

    # what comes after what

    def _works(self, items: Sequence[PlannedObject]) -> Iterator[Work[PlannedObject]]:
        """Of one step: all that it builds on has been written."""
        for lane, listed in grouped(items, lambda item: item.lane).items():
            for item in self._in_order(lane, listed):
                yield Work(item.key, item, needs=item.needs, lane=lane, array=_array(item))

    def _in_order(self, location: tuple[str, str] | None, items: Sequence[PlannedObject]) -> list[PlannedObject]:
        """What is there already by its rank, then what is new, each with the place where it is to be inserted.

        Without an order (``location`` None), and where nothing has to be placed, as it is listed.
        """
        new: dict[str, PlannedObject] = {}
        existing = []
        for item in items:
            if item.is_new:
                new[item.slot] = item
            else:
                existing.append(item)
        if location is None or location not in self._planned.arrangements:
            return [*existing, *new.values()]
        arranged = self._planned.arrangements[location]
        ranks = arranged.ranks
        existing.sort(key=lambda item: ranks.get(item.slot, 0))
        ids = self._ids(location, arranged.target)
        return existing + [_inserted(new[name], body, ids) for name, body in insertions(arranged.target, ids, new)]

    def _ids(self, location: tuple[str, str], names: Collection[str]) -> dict[str, str]:
        """The object id of each name in an arrangement that exists by now."""
        new = [item for item in self.items if item.is_new and item.location == location]
        created = {item.slot: created_id(self._many.outcomes, item.key) for item in new}
        return filled({**dict(zip(names, names)), **created})

    # two runs at once

    def _put_in_order(self) -> None:
        """Where this run has placed something: another run may have done so at the same time. It is put right once."""
        listed = ordered_locations(self.items)
        for location in self._planned.arrangements:
            if any(item.is_placed for item in listed[location]):
                self._check_order(location, listed[location])

    def _check_order(self, location: tuple[str, str], listed: Sequence[PlannedObject]) -> None:
        name = f"{location[0]} on {location[1]}"
        try:
            is_right = self._is_put_right(location, listed)
        except (ApiError, InputError) as error:
            self._task.warn(f"{name}: whether the objects are in the requested order is unknown: {error.msg}")
            return
        if not is_right:
            self._task.warn(
                f"{name}: the objects are not in the requested order, because somebody else changed it at the "
                "same time. Run the task again"
            )

    def _is_put_right(self, location: tuple[str, str], listed: Sequence[PlannedObject]) -> bool:
        def gather() -> Index:
            return Index(listed[0].schema, self._settings.listed(location[0], [location[1]]))

        def planned(stored: Index) -> OrderPlan:
            return OrderPlan(tuple(self._moves(listed, stored)))

        if self._options.expected:
            return not planned(gather()).moves
        policy = Policy(retries_conflicts=self._options.retries_conflicts)
        done = reconcile(self._task, gather, planned, self._move_all, policy)
        return done.value is None or not planned(gather()).moves

    def _moves(self, listed: Sequence[PlannedObject], stored: Index) -> Iterator[OrderMove]:
        by_id = {}
        for item in listed:
            stored_object = stored.by_id(created_id(self._many.outcomes, item.key) or "")
            if stored_object is not None:
                by_id[stored_object.object_id] = dataclasses.replace(item, change=ObjectChange("none", stored_object))
        moves = arrangement(list(by_id.values()), stored, self._options.keep_order).moves
        for object_id, body in moves.items():
            yield by_id[object_id].key, by_id[object_id].change.existing, body

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


def _array(item: PlannedObject) -> tuple[str, str | None] | None:
    """New objects of one schema document are created together."""
    if item.is_new:
        return (item.schema.schema_id, item.wanted.schema_version)
    return None


def _inserted(item: PlannedObject, body: Mapping[str, str], ids: Mapping[str, str]) -> PlannedObject:
    """``body`` names the one before it as the arrangement does."""
    named = {name: ids.get(neighbor, neighbor) for name, neighbor in body.items()}
    return dataclasses.replace(item, change=dataclasses.replace(item.change, order_body=named))


def _pruning(stored_object: StoredObject, schema: Schema) -> PlannedObject:
    """Deletes an object that is not listed."""
    object_id = stored_object.object_id
    wanted = WantedObject(*stored_object.location, {}, is_present=False, object_id=object_id)
    return PlannedObject(object_id, wanted, schema, ObjectChange("delete", stored_object))


def try_out(task: Task, read: ReadObjects, planned: BulkPlan, options: ObjectsOptions) -> None:
    """Raises ItemsError that names every item that the server refuses. Nothing is written."""
    trial = dataclasses.replace(task, check_mode=True, journal=Journal(check_mode=True))
    settings = Settings(task.client, options.admin_access, validate_only=True)
    limits = dataclasses.replace(options.limits, continue_on_error=True)
    independent = dataclasses.replace(planned, items=independent_of(planned.items), pruned=())
    run = ObjectsRun(trial, settings, read, independent, dataclasses.replace(options, limits=limits, expected=()))
    run.carry_out()
    if run.errors:
        raise ItemsError(run.errors)


def independent_of(items: Sequence[PlannedObject]) -> list[PlannedObject]:
    """Those that the server can judge now. A new object may need the room that a deletion makes."""
    emptied = {item.location for item in items if item.is_deleted}
    return [item for item in items if not item.needs and _can_be_judged(item, emptied)]


def _can_be_judged(item: PlannedObject, emptied: Collection[tuple[str, str]]) -> bool:
    if item.is_new:
        return item.location not in emptied
    return item.change.action not in ("none", "delete")
