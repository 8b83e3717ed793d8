# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Lets the server validate, before the first write, what depends on no other write of the list."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Collection, Sequence
from operator import attrgetter

from .._change.journal import Journal
from .._task import Task
from .api import Settings
from .objects_items import PlannedObject, ReadObjects
from .objects_options import ObjectsOptions
from .objects_plan import BulkPlan
from .objects_run import ObjectsRun
from .problems import ItemsError


def try_out(task: Task, read: ReadObjects, planned: BulkPlan, options: ObjectsOptions) -> None:
    """Raises ItemsError that names every item that the server refuses. Nothing is written."""
    trial = dataclasses.replace(task, check_mode=True, journal=Journal())
    settings = Settings(task.client, options.admin_access, validate_only=True)
    limits = dataclasses.replace(options.limits, continue_on_error=True)
    independent = dataclasses.replace(planned, items=independent_of(planned.items), pruned=())
    run = ObjectsRun(trial, settings, read, independent, dataclasses.replace(options, limits=limits, expected=()))
    run.carry_out()
    if run.errors:
        raise ItemsError(run.errors)


def independent_of(items: Sequence[PlannedObject]) -> list[PlannedObject]:
    """Those that the server can judge now. A new object may need the room that a deletion makes."""
    emptied = set(map(attrgetter("location"), filter(attrgetter("is_deleted"), items)))
    independent = itertools.filterfalse(attrgetter("needs"), items)
    return [item for item in independent if _can_be_judged(item, emptied)]


def _can_be_judged(item: PlannedObject, emptied: Collection[tuple[str, str]]) -> bool:
    if item.is_new:
        return item.location not in emptied
    return item.change.action not in ("none", "delete")
