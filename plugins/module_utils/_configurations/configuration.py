# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""extension_monitoring_configuration, from its options to its result: one configuration, or a list of them."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._change.many import Limits, Many, Outcome, Work, raise_failed
from .._errors import CollectionError
from .._masking import MASK
from .._settings import secrets
from .._task import Result, Task, sides
from .._wait import Patience
from . import wanted as options
from .api import VERSION, Configurations, ConfigurationStatus
from .configuration_plan import FoundConfiguration, plan_all, title
from .finding import Finder
from .status import Settled
from .writing import ConfigurationChange, ConfigurationWriter, WrittenConfiguration

# In this order: what goes makes room for what comes.
_STEPS = ("delete", "update", "create")


def ensure(task: Task) -> Result:
    """The work of extension_monitoring_configuration."""
    return _Work(task, options.from_params(task.params)).run()


@dataclass(frozen=True)
class _Report:
    """What became of one change; the outcome has a value once it was carried out, or in check mode would be."""

    change: ConfigurationChange
    outcome: Outcome[WrittenConfiguration]

    @property
    def written(self) -> WrittenConfiguration:
        """What happened, or what was planned where nothing did."""
        planned = self.change.plan
        return self.outcome.value or WrittenConfiguration(planned, planned.configuration_id)

    @property
    def is_enabled(self) -> bool:
        """Whether something runs it."""
        return self.change.wanted.is_present and self.written.plan.value.get("enabled") is not False

    @property
    def action(self) -> str:
        return self.written.plan.action if self.outcome.is_done else "none"

    def row(self, name: str, statuses: Mapping[str, str]) -> dict[str, Any]:
        written, wanted = self.written, self.change.wanted
        row: dict[str, Any] = {
            "configuration_id": written.configuration_id,
            "extension_name": name,
            "scope": written.plan.scope or wanted.object.scope,
            VERSION: None,
            "value": None,
            "status": statuses.get(written.configuration_id or ""),
        }
        if wanted.is_present and self.outcome.is_done:
            row["value"] = written.plan.shown
            row[VERSION] = written.plan.shown.get(VERSION)
        return row

    def row_of_many(self, name: str, statuses: Mapping[str, str]) -> dict[str, Any]:
        error = self.outcome.error
        return {
            **self.row(name, statuses),
            "action": self.action,
            "changed": self.action != "none",
            "reached": self.outcome.is_done or error is not None,
            "error": error and error.error(),
        }

    def diff(self, name: str) -> dict[str, Any]:
        planned = self.written.plan
        return sides(planned.before, planned.after, title(name, planned))


class _Work:
    def __init__(self, task: Task, given: options.ConfigurationOptions) -> None:
        self._task = task
        self._given = given
        self._waits = given.wait and not task.check_mode
        self._api = Configurations(task.client, given.name, given.wait_timeout, task.tell)
        finder = Finder(self._api)
        current = finder.all_of(given.configurations)
        self._mask(current)
        plans = plan_all(given.name, given.configurations, current)
        pairs = enumerate(zip(given.configurations, plans))
        self._changes = [ConfigurationChange(str(index), *pair) for index, pair in pairs]
        writer = ConfigurationWriter(task, self._api, finder)
        self._many: Many[ConfigurationChange, WrittenConfiguration] = Many(task, writer, Limits())
        # The last status of each configuration, by id.
        self._statuses: Mapping[str, str] = {}

    def run(self) -> Result:
        changing = [change.plan.target_id for change in self._changes_of("update")]
        before = self._api.statuses(changing) if self._waits else {}
        self._task.partial = self._things
        if self._task.check_mode:
            self._report(self._changes)
        else:
            self._carry_out()
        raise_failed("configurations", {report.change.wanted.label: report.outcome for report in self._reports()})
        if self._waits:
            self._wait(before)
        return self._result()

    def _mask(self, current: Sequence[FoundConfiguration | CollectionError]) -> None:
        """From here on it is known what in the values is secret."""
        shown = []
        for configuration, there in zip(self._given.configurations, current):
            item = dict(configuration.given)
            schema = None if isinstance(there, CollectionError) else there.schema
            if schema is not None:
                self._task.secrets.update(secrets.texts(schema, item.get("value")))
                item["value"] = secrets.masked(schema, item.get("value"), hide_unknown=True)
            elif "value" in item:
                item["value"] = MASK
            shown.append(item)
        if self._given.is_list:
            self._task.shown["configurations"] = shown
        elif shown[0]["value"] != MASK:
            self._task.shown["value"] = shown[0]["value"]

    def _carry_out(self) -> None:
        self._report(self._changes_of("none"))
        for action in _STEPS:
            array = "new" if action == "create" and self._api.takes_arrays else None
            self._many.carry_out([Work(change.key, change, array=array) for change in self._changes_of(action)])

    def _changes_of(self, action: str) -> list[ConfigurationChange]:
        return [change for change in self._changes if change.plan.action == action]

    def _report(self, changes: Iterable[ConfigurationChange]) -> None:
        """That nothing is left to do for them."""
        for change in changes:
            done = WrittenConfiguration(change.plan, change.plan.configuration_id)
            self._many.report(change.key, Outcome(True, done))

    def _reports(self) -> list[_Report]:
        return [_Report(change, self._many.outcome(change.key)) for change in self._changes]

    # status

    def _wait(self, before: Mapping[str, ConfigurationStatus]) -> None:
        """Until all statuses are well."""
        wait = Settled(self._api, self._enabled(), before, Patience(self._given.wait_timeout, self._task.tell))
        self._statuses = wait.seen
        wait.until_end()
        for text in wait.warnings():
            self._task.warn(text)

    def _enabled(self) -> dict[str, str]:
        """What messages call each, by id; those that are absent or disabled have no status."""
        names = {}
        for report in self._reports():
            if report.is_enabled:
                written = report.written
                names[str(written.configuration_id)] = title(self._given.name, written.plan)
        return names

    # result

    def _result(self) -> Result:
        if self._given.is_list:
            return self._result_of_many()
        name = self._given.name
        planned = self._reports()[0].written.plan
        return Result(self._things(), planned.action, planned.before, planned.after, title(name, planned))

    def _result_of_many(self) -> Result:
        diffs = []
        for report in self._reports():
            if report.action != "none":
                diffs.append(report.diff(self._given.name))
        return Result(self._things(), "update" if diffs else "none", diffs=diffs)

    def _things(self) -> dict[str, Any]:
        """Of the only configuration, or of all in the list."""
        if self._given.is_list:
            return self._things_of_many()
        (report,) = self._reports()
        if not report.change.wanted.is_present:
            return {"configuration": None}
        return {"configuration": report.row(self._given.name, self._statuses)}

    def _things_of_many(self) -> dict[str, Any]:
        name, reports = self._given.name, self._reports()
        rows = [report.row_of_many(name, self._statuses) for report in reports]
        counts = collections.Counter(row["action"] for row in rows)
        return {"configurations": rows, "summary": {**counts, "error": len(self._many.errors)}}
