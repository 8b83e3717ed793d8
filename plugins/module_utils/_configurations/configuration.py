# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""extension_monitoring_configuration, from its options to its result: one configuration, or a list of them."""

from __future__ import annotations

import collections
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations import configuration_plan as planning
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import (
    VERSION,
    Configurations,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_apply import (
    Outcome,
    Run,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_plan import (
    Entry,
    entry_from,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.status import WARNING, Settled
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, MASK, NONE, Result, Task, sides

# Options that may stand once at the top and hold for all items that do not say otherwise.
_DEFAULTS = ("scope", "version", "state", "match_on", "value_mode", "update_secrets")
_ONE = ("value", "configuration_id")


def ensure(task: Task) -> Result:
    """The work of extension_monitoring_configuration."""
    return _Work(task).run()


class _Work:
    def __init__(self, task: Task) -> None:
        given = task.params
        if given["wait_timeout"] < 0:
            raise InputError("wait_timeout must not be negative")
        self._task = task
        self._name = planning.checked(given["extension_name"])
        self._is_list = given["configurations"] is not None
        self._entries = _entries(self._name, given)
        self._api = Configurations(task.client, self._name, given["wait_timeout"])
        self._run = Run(task.client, self._api, self._entries)

    def run(self) -> Result:
        if self._task.step.is_resumed:
            return self._settled(Result(**self._task.step.context["result"]), {}, {})
        self._run.gather()
        self._mask()
        self._run.plan()
        if self._task.check_mode:
            return self._result()
        if not self._task.params["wait"]:
            self._run.carry_out()
            return self._result()
        before = self._statuses_before()
        self._run.carry_out()
        return self._settled(self._result(), self._enabled(), before)

    def _mask(self) -> None:
        """From here on it is known what in the values is secret."""
        shown = []
        for schema, item in zip(self._run.schemas, self._items()):
            given = {name: one for name, one in item.items() if one is not None}
            if "value" in given:
                given["value"] = secrets.masked(schema, item["value"], hide_unknown=True) if schema else MASK
                self._task.secrets.update(secrets.to_hide(schema, item["value"]) if schema else ())
            shown.append(given)
        if self._is_list:
            self._task.shown["configurations"] = shown
        elif self._run.schemas[0] is not None:
            self._task.shown["value"] = shown[0].get("value")

    def _items(self) -> Sequence[Mapping[str, Any]]:
        given = self._task.params
        return given["configurations"] if self._is_list else [given]

    # status

    def _statuses_before(self) -> dict[str, Mapping[str, Any]]:
        changing = [one.planned for one in self._run.outcomes if one.planned.action == "update"]
        ids = [one.configuration_id for one in changing if one.configuration_id]
        return self._api.statuses(ids) if ids else {}

    def _enabled(self) -> dict[str, str]:
        """Ids, and what messages call each; the others have no status."""
        ids = {}
        for entry, outcome in zip(self._entries, self._run.outcomes):
            is_enabled = entry.wanted.is_present and outcome.planned.value.get("enabled") is not False
            if is_enabled and outcome.configuration_id:
                ids[outcome.configuration_id] = planning.title(self._name, outcome.planned)
        return ids

    def _settled(self, result: Result, ids: Mapping[str, str], before: Mapping[str, Mapping[str, Any]]) -> Result:
        """``result`` with the statuses, as soon as all of them are well. What it holds is masked, so another run may have it."""
        wait = Settled(self._api, ids, before, Patience(self._task.params["wait_timeout"]))
        try:
            wait.until_end(self._task.step, {"result": asdict(result)})
        except CollectionError as error:
            _fill_in(result.things, wait.seen)
            error.details = {**result.things, "changed": result.action != "none", **error.details}
            raise
        _fill_in(result.things, wait.seen)
        warned = [wait.ids[one] for one, status in wait.seen.items() if status == WARNING]
        if warned:
            self._task.warn(f"the status of {', '.join(warned)} is WARNING")
        if wait.not_renewed:
            names = ", ".join(wait.ids[one] for one in wait.not_renewed)
            self._task.warn(
                f"the status of {names} was not reported anew since the change; it still is what it was before"
            )
        return result

    # result

    def _failures(self) -> dict[str, CollectionError]:
        found = zip(self._entries, self._run.outcomes)
        return {entry.label: outcome.error for entry, outcome in found if outcome.error is not None}

    def _has_changed(self) -> bool:
        return bool(self._changing())

    def _changing(self) -> list[Outcome]:
        """Of what happened, or in check mode would, that which changes something."""
        return [one for one in self._run.outcomes if self._happened(one) and one.planned.action != "none"]

    def _happened(self, outcome: Outcome) -> bool:
        return outcome.done or self._task.check_mode

    def _result(self) -> Result:
        failures = self._failures()
        if failures:
            raise self._failed(failures)
        changing = self._changing()
        validated = LOCAL if changing else NONE
        if self._is_list:
            action = "update" if changing else "none"
            diffs = [self._diff(outcome) for outcome in changing]
            return Result(self._things(), action, validated=validated, diffs=diffs)
        planned = self._run.outcomes[0].planned
        title = planning.title(self._name, planned)
        return Result(self._things(), planned.action, planned.before, planned.after, title, validated)

    def _failed(self, failures: Mapping[str, CollectionError]) -> CollectionError:
        label, error = next(iter(failures.items()))
        if not self._is_list:
            if self._has_changed():
                error.details = {**self._things(), "changed": True, **error.details}
            return error
        unreached = sum(1 for one in self._run.outcomes if not one.done and one.error is None)
        text = f"{len(failures)} of {len(self._entries)} configurations failed: {label}: {error.msg}"
        text += f" (and {len(failures) - 1} more, see configurations)" if len(failures) > 1 else ""
        error.msg = text + (f"; {unreached} were not reached" if unreached else "")
        error.details = {**error.details, **self._things(), "changed": self._has_changed()}
        return error

    def _things(self) -> dict[str, Any]:
        rows = [self._row(*one) for one in zip(self._entries, self._run.schemas, self._run.outcomes)]
        if not self._is_list:
            return {"configuration": rows[0] if self._entries[0].wanted.is_present else None}
        for row, outcome in zip(rows, self._run.outcomes):
            row["action"] = outcome.planned.action if self._happened(outcome) else "none"
            row["changed"] = row["action"] != "none"
            row["reached"] = self._happened(outcome) or outcome.error is not None
            row["error"] = None if outcome.error is None else outcome.error.error()
        counts = collections.Counter(row["action"] for row in rows)
        return {"configurations": rows, "summary": {**counts, "error": len(self._failures())}}

    def _row(self, entry: Entry, schema: Schema | None, outcome: Outcome) -> dict[str, Any]:
        planned = outcome.planned
        is_there = entry.wanted.is_present and self._happened(outcome)
        value = secrets.masked(schema, planned.value) if is_there and schema else None
        configuration_id = outcome.configuration_id or planned.configuration_id
        return {
            "configuration_id": configuration_id,
            "extension_name": self._name,
            "scope": planned.scope or entry.wanted.scope,
            VERSION: None if value is None else value.get(VERSION),
            "value": value,
            "status": None,
        }

    def _diff(self, outcome: Outcome) -> dict[str, Any]:
        planned = outcome.planned
        return sides(planned.before, planned.after, planning.title(self._name, planned))


def _fill_in(things: Mapping[str, Any], seen: Mapping[str, str]) -> None:
    """The statuses that were seen, by id."""
    for row in things.get("configurations") or [things.get("configuration")]:
        if row:
            row["status"] = seen.get(row["configuration_id"])


def _entries(name: str, given: Mapping[str, Any]) -> list[Entry]:
    """Raises InputError for all that are wrong at once."""
    if given["configurations"] is None:
        return [entry_from(name, given)]
    for option in _ONE:
        if given[option] is not None:
            raise InputError(
                f"{option} belongs to one configuration, and configurations is a list of many: move it into the list"
            )
    found, problems = [], {}
    for index, item in enumerate(given["configurations"]):
        own = {option: value for option, value in item.items() if value not in (None, "")}
        defaults = {
            option: given[option] for option in _DEFAULTS if not (option == "scope" and "configuration_id" in own)
        }
        label = _label(index, item)
        try:
            found.append(entry_from(name, {**defaults, **own}, label))
        except InputError as error:
            problems[label] = error.msg
    planning.raise_all(problems)
    return found


def _label(index: int, item: Mapping[str, Any]) -> str:
    """With what people know it by, so that nobody has to count."""
    known = (item.get("value") or {}).get(planning.DESCRIPTION) or item.get("configuration_id")
    return f"configurations[{index}]" + (f" ({known})" if isinstance(known, str) else "")
