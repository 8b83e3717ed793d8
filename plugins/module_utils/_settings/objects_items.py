# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a list of objects is: as its options say it, with what was read, and planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.given_plans import GivenPlan, given_plans
from .._change.many import Limits
from .._errors import refuse_if
from .._lists import is_chosen
from .._marks import SHARED_OPTIONS
from .identity import Index, is_whole
from .object_plan import FoundObjects, ObjectChange
from .problems import Problems
from .references import pending
from .schema import ObjectKey, Schema
from .stored import StoredObject
from .walk import non_null
from .wanted import WantedObject, from_options


@dataclass(frozen=True)
class SettingsEntry:
    """One item of the list. The values of ``wanted`` may hold references."""

    key: str
    wanted: WantedObject


@dataclass(frozen=True)
class Fence:
    """Where prune may delete; all conditions together. ``scopes`` empty: on all scopes. Without ``schema_ids`` nothing is pruned."""

    schema_ids: Sequence[str] = ()
    scopes: Sequence[str] = ()
    external_id_prefix: str = ""
    limit: int = 10
    allow_empty: bool = False

    def holds(self, stored_object: StoredObject) -> bool:
        """Whether it is inside, and the server lets it be deleted."""
        conditions = (
            stored_object.can_delete,
            stored_object.schema_id in self.schema_ids,
            is_chosen(stored_object.scope, self.scopes),
            stored_object.belongs_to(self.external_id_prefix),
        )
        return all(conditions)


@dataclass(frozen=True)
class ReadObjects:
    """What was read: schemas by (id, version asked for), objects and inherited values by (schema id, scope)."""

    schemas: Mapping[tuple[str, str | None], Schema]
    stored: Mapping[tuple[str, str], Index]
    inherited: Mapping[tuple[str, str], Mapping[str, Any]]

    def schema(self, wanted: WantedObject) -> Schema:
        return self.schemas[wanted.document]

    def objects_of(self, wanted: WantedObject, named: Collection[str] = ()) -> FoundObjects:
        stored = self.stored.get(wanted.location) or Index(self.schema(wanted))
        return FoundObjects(stored, self.inherited.get(wanted.location), named)


@dataclass(frozen=True)
class PlannedObject:
    """``step``: those of a lower step come first. ``unresolved``: paths of references to what does not exist yet.

    ``awaited_keys``: properties of a unique key that another item has to give up first. ``named``: the ids of objects that items of the
    same schema and scope name. ``is_released``: its object gives up elements by a write of its own before all others.
    """

    key: str
    wanted: WantedObject
    schema: Schema
    change: ObjectChange
    step: int = 0
    needs: frozenset[str] = frozenset()
    unresolved: tuple[str, ...] = ()
    awaited_keys: tuple[str, ...] = ()
    named: Collection[str] = ()
    is_released: bool = False

    @property
    def location(self) -> tuple[str, str]:
        return self.wanted.location

    @property
    def lane(self) -> tuple[str, str] | None:
        """What is written one after the other: each place in an order depends on those before it. None: it does not matter."""
        if self.schema.is_ordered:
            return self.location
        return None

    @property
    def slot(self) -> str:
        """What its object is called in an arrangement."""
        return self.change.target_id or pending(self.key)

    @property
    def whole_keys(self) -> list[ObjectKey]:
        """The unique keys of which the planned value has every property, as far as it may be there."""
        return [key for key in self.schema.unique_keys if is_whole(self.schema, key, self.change.value)]

    @property
    def is_new(self) -> bool:
        return self.change.action == "create"

    @property
    def is_deleted(self) -> bool:
        return self.change.action == "delete"

    @property
    def is_placed(self) -> bool:
        """Whether the write chooses its place in an order, or may."""
        return self.is_new or bool(self.change.order_body)


@dataclass(frozen=True)
class ObjectsOptions:
    """``items``: as they were given, for what is shown of them; ``entries``: what they mean.

    ``expected``: the plan that alone may be carried out, for each environment; empty: any plan.
    ``is_tried_out``: whether the server validates beforehand what it can.
    """

    items: Sequence[Mapping[str, Any]]
    entries: Sequence[SettingsEntry]
    fence: Fence
    keep_order: bool
    limits: Limits
    retries_conflicts: bool
    admin_access: bool
    is_tried_out: bool = False
    expected: Sequence[GivenPlan] = ()


def options_of(params: Mapping[str, Any]) -> ObjectsOptions:
    """Raises InputError for all items that are wrong at once."""
    entries = _entries(params)
    expected = given_plans(params["expect_plan"])
    refuse_if(params["batch_size"] < 1, "batch_size must be at least 1")
    return ObjectsOptions(
        items=params["objects"],
        entries=entries,
        fence=_fence(params, entries),
        keep_order=params["keep_order"],
        limits=Limits(params["parallel"], params["batch_size"], params["continue_on_error"], bool(expected)),
        retries_conflicts=params["on_conflict"] == "retry" and not expected,
        admin_access=params["admin_access"],
        expected=expected,
        # Who goes on in any case learns nothing from it.
        is_tried_out=params["validate_first"] and not params["continue_on_error"],
    )


def item_names(items: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """How messages call the items of files, by key."""
    return {item["key"]: f"{item['file']}: {item['key']}" for item in items if item.get("file")}


def _entries(params: Mapping[str, Any]) -> list[SettingsEntry]:
    """The items with the options of the top filled in."""
    defaults = {name: params[name] for name in SHARED_OPTIONS}
    entries: list[SettingsEntry] = []
    problems = Problems()
    seen: set[str] = set()
    for item in params["objects"]:
        key = item["key"]
        own = {name: value for name, value in item.items() if value not in (None, "")}
        with problems.of(key):
            refuse_if(key in seen, "several items have this key")
            entries.append(SettingsEntry(key, from_options({**defaults, **own})))
        seen.add(key)
    problems.raise_all()
    return entries


def _fence(params: Mapping[str, Any], entries: Sequence[SettingsEntry]) -> Fence:
    given = params["prune"]
    if given is None:
        return Fence()
    refuse_if(
        not all(entry.wanted.is_present for entry in entries) or params["state"] == "absent",
        "prune deletes what is not in the list, so the list must not hold items with state=absent",
    )
    refuse_if(not given["schema_ids"], "prune.schema_ids is empty: name the schemas in which it may delete")
    return Fence(**non_null(given))
