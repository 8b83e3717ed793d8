# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Writes monitoring configurations: new ones in arrays, the others one by one (API facts, 2.4).

The API has neither external ids nor unique keys for them, nor a token against changes in between. So each is read once more right before
it is changed or deleted, and two runs that create the same at the same time agree afterwards on which one stays.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .._change.many import Adapter
from .._change.reconcile import ALWAYS, UNLESS_LATE, Policy, reconcile
from .._errors import ApiError
from .._settings.stored import StoredObject, ids_of
from .._task import Task
from .api import Configurations
from .configuration_plan import ConfigurationPlan, FoundConfiguration, absent, alike, candidates, plan
from .finding import Finder
from .wanted import WantedConfiguration

# Nothing tells one from another but what the user says: a creation that may still arrive must not be sent twice.
_POLICY = Policy(repeat=UNLESS_LATE)
_DONE = {"create": "created", "update": "changed", "delete": "deleted"}
# How often one looks whether a rival takes its own configuration back.
_LOOKS = 3

Value = TypeVar("Value")


@dataclass(frozen=True)
class ConfigurationChange:
    """What is wanted, and the change for it. ``key``: its place in the list."""

    key: str
    wanted: WantedConfiguration
    plan: ConfigurationPlan


@dataclass(frozen=True)
class WrittenConfiguration:
    """``plan``: what happened. ``configuration_id``: of what is there now, or was until now."""

    plan: ConfigurationPlan
    configuration_id: str | None


class ConfigurationWriter(Adapter[ConfigurationChange, WrittenConfiguration]):
    """Of the engine for lists (_change/many.py)."""

    def __init__(self, task: Task, api: Configurations, finder: Finder) -> None:
        self._task = task
        self._api = api
        self._finder = finder

    def write(self, thing: ConfigurationChange) -> WrittenConfiguration:
        """One by itself, planned again if it was changed since it was read."""
        looks = [thing.plan.current]

        def gather() -> FoundConfiguration:
            current = looks.pop() if looks else None
            if current is not None and self._is_as_it_was(current.target):
                return current
            return self._finder.found_now(thing.wanted)

        done = reconcile(self._task, gather, lambda current: self._plan(thing.wanted, current), self._apply, _POLICY)
        return WrittenConfiguration(done.plan, done.value or done.last.configuration_id)

    def body(self, thing: ConfigurationChange) -> Mapping[str, Any]:
        return _item(thing.plan)

    def text(self, thing: ConfigurationChange) -> str:
        return self._text(thing.plan)

    def create(self, things: Sequence[ConfigurationChange]) -> Sequence[WrittenConfiguration | ApiError]:
        rows = self._api.create([_item(thing.plan) for thing in things])
        return [
            row if isinstance(row, ApiError) else WrittenConfiguration(thing.plan, row)
            for thing, row in zip(things, rows)
        ]

    def look(self, things: Sequence[ConfigurationChange]) -> Mapping[str, FoundConfiguration]:
        """By key."""
        stored = self._api.listed()
        return {thing.key: self._finder.found(thing.wanted, stored) for thing in things}

    def plan_again(self, thing: ConfigurationChange, seen: Mapping[str, FoundConfiguration]) -> ConfigurationPlan:
        return self._plan(thing.wanted, seen[thing.key])

    def value_of(self, thing: ConfigurationChange, planned: Any) -> WrittenConfiguration:
        return WrittenConfiguration(thing.plan, planned.configuration_id)

    def replanned(self, thing: ConfigurationChange, planned: Any) -> ConfigurationChange:
        return dataclasses.replace(thing, plan=planned)

    def repeat(self, thing: ConfigurationChange) -> str:
        return UNLESS_LATE if thing.plan.action == "create" else ALWAYS

    def _plan(self, wanted: WantedConfiguration, current: FoundConfiguration) -> ConfigurationPlan:
        return plan(self._api.name, wanted, current)

    def _is_as_it_was(self, target: StoredObject | None) -> bool:
        """A deletion too is for what was read: by now it may be another one, and nothing brings it back."""
        return target is None or self._api.one(target.object_id) == target

    def _apply(self, planned: ConfigurationPlan) -> str | None:
        if planned.action == "create":  # somebody deleted it meanwhile
            return self._written(planned, lambda: self._api.create_one(_item(planned)))
        configuration_id = planned.target_id
        if planned.action == "update":
            self._written(planned, lambda: self._api.update(configuration_id, planned.value))
        else:
            self._written(planned, lambda: self._api.delete(configuration_id))
        return configuration_id

    def _written(self, planned: ConfigurationPlan, send: Callable[[], Value]) -> Value:
        return self._task.journal.write(self._text(planned), send)

    def _text(self, planned: ConfigurationPlan) -> str:
        """For the journal."""
        which = ["configuration"]
        if planned.description:
            which.append(f"'{planned.description}'")
        if planned.configuration_id:
            which.append(f"({planned.configuration_id})")
        return f"{' '.join(which)} of {self._api.name} on {planned.scope} was {_DONE[planned.action]}"

    # rivals

    def after_rivals(
        self, made: Sequence[tuple[ConfigurationChange, WrittenConfiguration]]
    ) -> Iterator[WrittenConfiguration]:
        stored = self._api.listed()
        for thing, written in made:
            yield self._after_rivals(thing, written, stored)

    def _after_rivals(
        self, thing: ConfigurationChange, written: WrittenConfiguration, stored: Sequence[StoredObject]
    ) -> WrittenConfiguration:
        """The lowest id stays, as far as both look; a rival who looks no more was there first."""
        own = written.configuration_id or ""
        for attempt in range(_LOOKS):
            rivals = _rivals(thing, own, stored)
            if not rivals:
                return written
            if own > min(rivals):
                break
            self._task.client.wait_before_retry(attempt)
            stored = self._api.listed()
        if not _rivals(thing, own, stored):
            return written
        if own in _alike(thing, stored):
            self._withdraw(own)
        rest = [configuration for configuration in self._api.listed() if configuration.object_id != own]
        planned = self._plan(thing.wanted, self._finder.found(thing.wanted, rest))
        left = self.write(self.replanned(thing, planned))
        # All of it is the creation that was planned.
        return dataclasses.replace(left, plan=written.plan)

    def _withdraw(self, configuration_id: str) -> None:
        """Deletes what this run has just created, unless it is gone."""
        reconcile(self._task, lambda: FoundConfiguration(self._api.one(configuration_id)), absent, self._apply)


def _item(planned: ConfigurationPlan) -> dict[str, Any]:
    return {"scope": planned.scope, "value": planned.value}


def _rivals(thing: ConfigurationChange, own: str, stored: Sequence[StoredObject]) -> list[str]:
    """The ids of others that are the same configuration."""
    return [configuration_id for configuration_id in _alike(thing, stored) if configuration_id != own]


def _alike(thing: ConfigurationChange, stored: Sequence[StoredObject]) -> list[str]:
    """The ids of all that are the same configuration. An answer may have named another one than was created."""
    return ids_of(alike(thing.plan.current.schema, thing.wanted, candidates(thing.wanted, stored)))
