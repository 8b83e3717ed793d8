# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import Journal
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_plan import plan
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.finding import Finder
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.writing import (
    ConfigurationChange,
    ConfigurationWriter,
    WrittenConfiguration,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .test_configuration_plan import NAME, schema, there, wanted

VALUE: dict[str, Any] = {"description": "x", "port": 3}


class Api:
    """A server with configurations; ``joins`` come one by one, with each list that is asked for."""

    name = NAME

    def __init__(self, *stored: StoredObject, joins: list[StoredObject] | None = None) -> None:
        self.stored = {configuration.object_id: configuration for configuration in stored}
        self.joins = joins or []
        self.log: list[str] = []

    def listed(self) -> list[StoredObject]:
        if self.joins:
            joined = self.joins.pop(0)
            self.stored[joined.object_id] = joined
        return list(self.stored.values())

    def one(self, configuration_id: str) -> StoredObject | None:
        return self.stored.get(configuration_id)

    def schema(self, version: str) -> Any:
        return schema()

    def active_version(self) -> str:
        return "1"

    def create(self, items: list[Any]) -> list[Any]:
        self.log.append(f"create {len(items)}")
        return ["own" for item in items]

    def update(self, configuration_id: str, value: Any) -> None:
        self.log.append(f"update {configuration_id}")
        self.stored[configuration_id] = there(configuration_id, **value)

    def delete(self, configuration_id: str) -> None:
        self.log.append(f"delete {configuration_id}")
        del self.stored[configuration_id]


def writing(api: Any, **given: Any) -> tuple[Any, ConfigurationWriter, ConfigurationChange]:
    task: Any = SimpleNamespace(
        journal=Journal(), client=SimpleNamespace(retries=3, wait_before_retry=lambda attempt: None)
    )
    finder = Finder(api)
    one = wanted(value=VALUE, **given)
    change = ConfigurationChange("0", one, plan(NAME, one, finder.found_now(one)))
    return task, ConfigurationWriter(task, api, finder), change


def after_rivals(api: Any, writer: ConfigurationWriter, change: ConfigurationChange) -> WrittenConfiguration:
    api.stored["own"] = there("own", **VALUE)
    (written,) = writer.after_rivals([(change, WrittenConfiguration(change.plan, "own"))])
    return written


def test_what_the_journal_says() -> None:
    task, writer, change = writing(Api())
    assert writer.text(change) == "configuration 'x' of custom:x on environment was created"
    task, writer, change = writing(Api(there("a", description="x", port=1)))
    writer.write(change)
    assert task.journal.done == ["configuration 'x' (a) of custom:x on environment was changed"]
    task, writer, change = writing(Api(there("a")), configuration_id="a", state="absent")
    writer.write(change)
    assert task.journal.done == ["configuration (a) of custom:x on environment was deleted"]


def test_an_array() -> None:
    _task, writer, change = writing(Api())
    assert writer.create([change, change]) == [WrittenConfiguration(change.plan, "own")] * 2


def test_alone() -> None:
    api: Any = Api()
    _task, writer, change = writing(api)
    assert after_rivals(api, writer, change) == WrittenConfiguration(change.plan, "own")
    assert api.log == []


@pytest.mark.parametrize("rival", ["a", "z"])
def test_a_rival_who_looks_no_more(rival: str) -> None:
    """It was there first, so ours goes, whichever has the lower id; and the rival's is made what is wanted here."""
    api: Any = Api()
    _task, writer, change = writing(api)
    api.joins = [there(rival, description="x", port=1)]
    written = after_rivals(api, writer, change)
    assert (written.configuration_id, written.plan.action) == (rival, "create")
    assert api.log == ["delete own", f"update {rival}"]


def test_a_rival_who_takes_its_own_back() -> None:
    api: Any = Api()
    task, writer, change = writing(api)
    api.joins = [there("z", description="x", port=1)]
    task.client.wait_before_retry = lambda attempt: api.stored.pop("z", None)
    assert after_rivals(api, writer, change) == WrittenConfiguration(change.plan, "own")
    assert api.log == []


def test_an_answer_with_another_id_than_the_list() -> None:
    """It was created all the same."""
    api: Any = Api()
    _task, writer, change = writing(api)
    api.stored["a"] = there("a", version="1", **VALUE)
    written = writer.after_rivals([(change, WrittenConfiguration(change.plan, "5"))])
    assert list(written) == [WrittenConfiguration(change.plan, "a")]
    assert api.log == []


def test_an_answer_that_has_mixed_up_ids() -> None:
    """What was created is known by what it says, and nothing else is deleted."""
    api: Any = Api()
    _task, writer, change = writing(api)
    api.stored["a"] = there("a", version="1", **VALUE)
    api.stored["b"] = there("b", description="another one")
    written = writer.after_rivals([(change, WrittenConfiguration(change.plan, "b"))])
    assert list(written) == [WrittenConfiguration(change.plan, "a")]
    assert api.log == []
