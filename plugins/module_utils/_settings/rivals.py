# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Objects that nothing tells apart but what the user finds them by: two runs at once can both find none, and both create one.

After its creation each run looks once more, and takes its own object back if another one was there first. The first is the same to
all of them, so that never both are gone.
"""

from __future__ import annotations

from .._change.reconcile import Policy, reconcile
from .._task import Task
from .api import Settings
from .conform import conform
from .identity import Index, given_keys
from .object_plan import ObjectChange
from .schema import Schema
from .stored import StoredObject
from .wanted import WantedObject


def is_second(schema: Schema, wanted: WantedObject, stored: Index, object_id: str) -> bool:
    """Whether an object that this run has created is the same as one that was there first.

    False where the list shows another object under its id, or none: then nothing is known, and nothing must be deleted.
    """
    given = conform(schema, wanted.value)
    alike = stored.matching(given_keys(schema, wanted, given), given)
    own = stored.by_id(object_id)
    return own in alike and own is not min(alike, key=_age)


def _age(stored_object: StoredObject) -> tuple[int, str]:
    return stored_object.created, stored_object.object_id


def take_back(task: Task, settings: Settings, name: str, object_id: str) -> None:
    """Deletes what this run has created. ``name``: what the journal calls it."""

    def plan(stored_object: StoredObject | None) -> ObjectChange:
        return ObjectChange("none" if stored_object is None else "delete", stored_object)

    def apply(change: ObjectChange) -> None:
        text = f"{name} was taken back, since somebody else created the same first"
        task.journal.write(text, lambda: settings.delete(change.existing))

    # What somebody else has changed since is not ours any more.
    reconcile(task, lambda: settings.stored_object(object_id), plan, apply, Policy(retries_conflicts=False))
