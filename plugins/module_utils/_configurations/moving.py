# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""extension, with the monitoring configurations that follow its active version: only their version changes (API facts, 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.reconcile import reconcile
from .._errors import InputError, StateError
from .._extensions import extension
from .._extensions.api import UsingConfiguration
from .._extensions.extension_plan import move_text
from .._settings.conform import conform
from .._settings.constraints import problems
from .._settings.schema import Schema
from .._settings.stored import StoredObject
from .._task import Result, Task
from .._text import listed
from .api import VERSION, Configurations, version_of
from .wanted import MOST_NAMED


def ensure(task: Task) -> Result:
    """The work of the module extension."""
    return extension.ensure(task, ConfigurationMover)


@dataclass(frozen=True)
class MovePlan:
    """``stored``: the configuration as it is now; None: somebody has deleted it."""

    action: str
    stored: StoredObject | None


class ConfigurationMover:
    """Moves configurations of one extension to another of its versions. ``seconds``: how long their schema may take to come."""

    def __init__(self, task: Task, name: str, seconds: float) -> None:
        self._task = task
        self._api = Configurations(task.client, name, seconds, task.tell)

    def check(self, version: str, rows: Sequence[UsingConfiguration]) -> None:
        """Raises StateError, which names all configurations that the schema of ``version`` refuses, and why."""
        schema = self._api.schema(version)
        self._raise(version, {row.label: refusals(schema, row.row["value"], version) for row in rows})

    def move(self, version: str, row: UsingConfiguration) -> None:
        """As it is now, which may be another value than the one that was checked."""

        def plan(stored: StoredObject | None) -> MovePlan:
            is_done = stored is None or version_of(stored) == version
            return MovePlan("none" if is_done else "update", stored)

        def apply(planned: MovePlan) -> None:
            value = planned.stored.value if planned.stored else {}
            self._raise(version, {row.label: refusals(self._api.schema(version), value, version)})
            text = move_text(self._api.name, version, row)
            self._task.journal.write(text, lambda: self._api.update(row.id, {**value, VERSION: version}))

        reconcile(self._task, lambda: self._api.one(row.id), plan, apply)

    def _raise(self, version: str, wrong: Mapping[str, Sequence[str]]) -> None:
        texts = [f"{label}: {listed(refused, MOST_NAMED)}" for label, refused in wrong.items() if refused]
        if texts:
            raise StateError(
                f"version {version} of {self._api.name} does not allow the values of monitoring configurations: {listed(texts, MOST_NAMED)}"
                ". Give them other values with extension_monitoring_configuration, and its option version, first"
            )


def refusals(schema: Schema, value: Mapping[str, Any], version: str) -> list[str]:
    """What the schema of ``version`` refuses of a value that is stored, with its secrets masked. Nothing is filled in or dropped."""
    moved = {**value, VERSION: version}
    try:
        conform(schema, moved)
    except InputError as error:
        return [error.msg]
    return list(problems(schema, moved, value))
