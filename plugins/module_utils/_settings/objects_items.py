# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The items of a list of objects: as they were given, what was read for them, and what is to be done with each. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .identity import Index, is_whole
from .object_plan import FoundObjects, ObjectChange
from .references import pending
from .schema import ObjectKey, Schema
from .wanted import WantedObject


@dataclass(frozen=True)
class SettingsEntry:
    """One item of the list. The values of ``wanted`` may hold references."""

    key: str
    wanted: WantedObject


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
