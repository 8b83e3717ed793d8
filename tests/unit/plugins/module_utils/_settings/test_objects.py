# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of each item of a list in the result, by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import ManyFailedError, Outcome
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, CollectionError
from ansible_collections.community.dynatrace.plugins.module_utils._masking import MASK
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_write import WrittenObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects import _Report
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import PlannedObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, NONE, SERVER

from .room import Memory, schema, stored, task

PLAIN = schema("s", ["name"])
REFUSED = ApiError("refused", "POST", "u", 400, "no")


class Run:
    """Stands in for ObjectsRun."""

    def __init__(self, **outcomes: Outcome[WrittenObject]) -> None:
        self.outcomes = outcomes
        self.items: list[PlannedObject] = []
        self.pruned: list[PlannedObject] = []
        self.prune_errors: dict[str, CollectionError] = {}
        self.done: set[str] = set()

    @property
    def errors(self) -> dict[str, CollectionError]:
        errors = {key: outcome.error for key, outcome in self.outcomes.items() if outcome.error is not None}
        return {**errors, **self.prune_errors}

    def outcome(self, key: str) -> Outcome[WrittenObject]:
        return self.outcomes.get(key, Outcome())

    def is_pruned(self, item: PlannedObject) -> bool:
        return item.key in self.done

    def digest(self) -> str:
        return "plan1.x"


def item(key: str, action: str, object_id: str | None = None) -> PlannedObject:
    target = None if object_id is None else stored(object_id, external_id="stored", name=key)
    change = ObjectChange(action, target, {"name": key}, before={"b": 1}, after={"a": 1})
    return PlannedObject(key, WantedObject("s", "environment", {}, external_id="wanted"), PLAIN, change)


def done(planned: PlannedObject, object_id: str | None = "1", validated: str = NONE, **changes: Any) -> Outcome[Any]:
    return Outcome(True, WrittenObject(changes.get("change", planned.change), object_id, validated))


def report(run: Run, keys: str, check_mode: bool = False, with_diff: bool = False) -> Any:
    job, _warnings = task(Memory(), {}, check_mode)
    job.with_diff = with_diff

    class Options:
        items = [{"key": key} for key in keys]  # noqa: RUF012

    return _Report(job, Options, run)  # type: ignore[arg-type]


def test_rows_in_list_order() -> None:
    new, same = item("a", "create"), item("b", "none", "2")
    run = Run(a=done(new), b=done(same, "2"))
    run.items = [new, same]
    result = report(run, "ab").result()
    assert result.things["objects"] == [
        {
            "key": "a",
            "name": "a",
            "file": None,
            "action": "create",
            "changed": True,
            "object_id": "1",
            "schema_id": "s",
            "scope": "environment",
            "external_id": "wanted",
            "reached": True,
            "error": None,
        },
        {
            "key": "b",
            "name": "b",
            "file": None,
            "action": "none",
            "changed": False,
            "object_id": "2",
            "schema_id": "s",
            "scope": "environment",
            "external_id": "stored",
            "reached": True,
            "error": None,
        },
    ]
    assert (result.action, result.validated) == ("update", NONE)
    assert result.things["summary"] == {"create": 1, "none": 1, "prune": 0, "error": 0}
    assert result.things["pruned"] == []


def test_nothing_to_do() -> None:
    same = item("b", "none", "2")
    run = Run(b=done(same))
    run.items = [same]
    assert report(run, "b").result().action == "none"


def test_what_somebody_else_has_done_is_not_reported_as_ours() -> None:
    """They were faster: nothing was left to do."""
    planned = item("a", "update", "1")
    run = Run(a=done(planned, change=ObjectChange("none", planned.change.target)))
    run.items = [planned]
    (row,) = report(run, "a").things()["objects"]
    assert (row["action"], row["changed"]) == ("none", False)


def test_an_object_that_is_gone_as_it_shall_be() -> None:
    result = report(Run(), "a", check_mode=True, with_diff=True).result()
    assert result.things["objects"] == [
        {
            "key": "a",
            "name": None,
            "file": None,
            "action": "none",
            "changed": False,
            "object_id": None,
            "schema_id": None,
            "scope": None,
            "external_id": None,
            "reached": True,
            "error": None,
            "validated": NONE,
            "unresolved": [],
            "diff": None,
        }
    ]


def test_failed_and_not_reached() -> None:
    first, second, third = item("a", "create"), item("b", "create"), item("c", "create")
    run = Run(a=done(first), b=Outcome(error=REFUSED))
    run.items = [first, second, third]
    run.prune_errors = {"9": REFUSED}
    things = report(run, "abc").things()
    assert [(row["changed"], row["reached"], row["error"] is None) for row in things["objects"]] == [
        (True, True, True),
        (False, True, False),
        (False, False, True),
    ]
    assert things["objects"][2]["action"] == "none"
    assert things["summary"] == {"create": 1, "prune": 0, "error": 2}
    with pytest.raises(ManyFailedError) as caught:
        report(run, "abc").raise_errors()
    assert caught.value.msg == "2 of 4 objects failed: b: refused (and 1 more, see objects); 1 were not reached"
    assert caught.value.error() == REFUSED.error()


def test_nothing_failed() -> None:
    planned = item("a", "create")
    run = Run(a=done(planned))
    run.items = [planned]
    report(run, "a").raise_errors()


@pytest.mark.parametrize(
    ("grounds", "pruned", "expected"),
    [
        ([SERVER, NONE], False, SERVER),
        ([SERVER, LOCAL], False, LOCAL),
        ([NONE], False, NONE),
        ([SERVER], True, LOCAL),
    ],
)
def test_a_prediction_is_as_good_as_its_weakest_ground(grounds: list[str], pruned: bool, expected: str) -> None:
    planned = [item(key, "update", key) for key in "ab"[: len(grounds)]]
    run = Run(**{row.key: done(row, validated=ground) for row, ground in zip(planned, grounds)})
    run.items = planned
    run.pruned = [item("9", "delete", "9")]
    run.done = {"9"} if pruned else set()
    assert report(run, "ab"[: len(grounds)], check_mode=True).result().validated == expected


def test_diffs_and_what_was_pruned() -> None:
    changed, same, pruned, kept = (
        item("a", "create"),
        item("b", "none", "2"),
        item("9", "delete", "9"),
        item("8", "delete", "8"),
    )
    run = Run(a=done(changed), b=done(same))
    run.items, run.pruned, run.done = [changed, same], [pruned, kept], {"9"}
    result = report(run, "ab", with_diff=True).result()
    assert [row["diff"] is None for row in result.things["objects"]] == [False, True]
    before = {"object_id": "9", "external_id": "stored", "value": {"name": "9"}}
    diff = {
        "before": before,
        "after": "",
        "before_header": "prune: s on environment",
        "after_header": "prune: s on environment",
    }
    assert result.things["pruned"] == [
        {"name": "9", "object_id": "9", "schema_id": "s", "scope": "environment", "external_id": "stored", "diff": diff}
    ]
    assert [row["before_header"] for row in result.diffs] == [
        "a: s on environment, external id wanted: a",
        "prune: s on environment",
    ]
    assert result.things["summary"]["prune"] == 1
    assert report(run, "ab").result().action == "update"


def test_what_the_schema_does_not_describe_may_be_a_secret() -> None:
    pruned = dataclasses.replace(item("9", "delete"), change=ObjectChange("delete", stored("9", name="x", pasword="y")))
    run = Run()
    run.pruned, run.done = [pruned], {"9"}
    (row,) = report(run, "", with_diff=True).things()["pruned"]
    assert row["diff"]["before"]["value"] == {"name": "x", "pasword": MASK}
