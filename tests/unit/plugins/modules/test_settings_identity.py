# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that are not plain texts: each element of a collection is unique, or the parts exclude each other. And sets with repetitions."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.faults import Fault
from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.modules.test_settings_objects import actions, both, fail, run, values

GROUP = "builtin:openpipeline.logs.pipeline-groups"
PIPELINE = "builtin:openpipeline.logs.pipelines"
SOURCE = "builtin:openpipeline.logs.ingest-sources"
NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
BY_NAME = {"match_on": ["displayName"]}
NAMES = "pqrsx"
# Of the pipelines that are there, by name.
IDS: dict[str, str] = {}


@pytest.fixture(autouse=True)
def _pipelines(sandbox: RunningSandbox) -> None:
    items = []
    for name in NAMES:
        items.append({"key": name, "value": {"displayName": name, "customId": f"pipeline-{name}"}})
    made = run(sandbox, items, schema_id=PIPELINE)["objects"]
    IDS.update((row["key"], row["object_id"]) for row in made)


def group(name: str, *members: str, **options: Any) -> dict[str, Any]:
    value = {"displayName": name, "memberPipelines": [IDS[member] for member in members]}
    return {"key": name, "schema_id": GROUP, "value": value, **options}


def alone(item: dict[str, Any]) -> dict[str, Any]:
    """The arguments of settings_object."""
    return {name: value for name, value in item.items() if name != "key"}


def source(kind: str = "http", **options: Any) -> dict[str, Any]:
    part = {"http": {"pathSegment": "shop"}, "extension": {"source": "shop"}}[kind]
    value = {"displayName": "shop", "sourceType": kind, **part, **options.pop("value", {})}
    return {"key": options.pop("key", kind), "schema_id": SOURCE, "value": value, **options}


def note(key: str, text: str, **options: Any) -> dict[str, Any]:
    return {"key": key, "schema_id": NOTE, "value": {"text": text}, **options}


def groups(sandbox: RunningSandbox) -> dict[str, str]:
    """The members of each, by name."""
    names = {object_id: name for name, object_id in IDS.items()}
    found = {}
    for value in values(sandbox, GROUP):
        found[value["displayName"]] = "".join(sorted(names[member] for member in value["memberPipelines"]))
    return found


def start(sandbox: RunningSandbox, *members: str) -> None:
    """Groups named A, B, C, and so on."""
    run(sandbox, [group(name, *text, external_id=None) for name, text in zip("ABC", members)])
    sandbox.clear()


def refused(sandbox: RunningSandbox, items: list[dict[str, Any]], **args: Any) -> dict[str, str]:
    """What is wrong with which item, in check mode too, and nothing was written."""
    sandbox.clear()
    found = [fail(sandbox, items, check, **args) for check in (True, False)]
    assert found[0]["errors"] == found[1]["errors"]
    assert sandbox.writes == []
    errors: dict[str, str] = found[0]["errors"]
    return errors


class FailAfter:
    """All PUT but the first ones are refused."""

    def __init__(self, sandbox: RunningSandbox, number: int) -> None:
        self._faults = sandbox.state.faults
        self._take = sandbox.state.faults.take
        self._left = number

    def __enter__(self) -> None:
        self._faults.take = self._taken  # type: ignore[method-assign]

    def __exit__(self, *_error: object) -> None:
        self._faults.take = self._take  # type: ignore[method-assign]

    def _taken(self, method: str, path: str) -> Fault | None:
        if method == "PUT":
            self._left -= 1
            if self._left < 0:
                return Fault.parse({"kind": "status", "status": 403})
        return None


# Both ways to say one thing: a task for one object, and a list of one.
def by_task(sandbox: RunningSandbox, item: dict[str, Any], check: bool = False) -> dict[str, Any]:
    return sandbox.run("settings_object", check=check, diff=True, **alone(item))


def by_list(sandbox: RunningSandbox, item: dict[str, Any], check: bool = False) -> dict[str, Any]:
    result = sandbox.run("settings_objects", check=check, diff=True, objects=[item])
    if result.get("failed"):
        return result
    return {**result, "action": result["objects"][0]["action"]}


@pytest.fixture(params=[by_task, by_list])
def one(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Callable[..., str]:
    """Gives the action, or the message of a failure; check mode says the same, and the second run does nothing."""

    def carried_out(item: dict[str, Any]) -> str:
        sandbox.clear()
        predicted, real = (request.param(sandbox, item, check) for check in (True, False))
        assert predicted.get("diff") == real.get("diff")
        assert (predicted["changed"], predicted.get("msg")) == (real["changed"], real.get("msg"))
        if real.get("failed"):
            assert sandbox.writes == []
            return str(real["msg"])
        sandbox.clear()
        assert request.param(sandbox, item)["changed"] is False
        assert sandbox.writes == []
        return str(real["action"])

    return carried_out


class TestOneGroup:
    def test_a_life(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        assert one(group("A", "p")) == "create"
        assert one(group("A", "p", "q")) == "update"
        assert one(group("A", "q", "p", "q")) == "none"
        assert one(group("renamed", "q")) == "update"
        assert groups(sandbox) == {"renamed": "q"}
        assert one(group("A", "x", state="absent")) == "none"
        assert "not exactly these" in one(group("A", "q", "x", state="absent"))
        assert groups(sandbox) == {"renamed": "q"}
        assert one(group("whatever", "q", state="absent")) == "delete"
        assert groups(sandbox) == {}

    def test_several(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        start(sandbox, "p", "q")
        for state in ("present", "absent"):
            message = one(group("C", "p", "q", state=state))
            assert "several objects have one of the given memberPipelines" in message
            assert "Say which one by object_id, external_id or match_on" in message
            stored = sandbox.state.settings.store.objects(GROUP)
            assert all(there.object_id in message for there in stored)
        assert groups(sandbox) == {"A": "p", "B": "q"}
        assert one(group("A", "p", "x", **BY_NAME)) == "update"

    def test_an_empty_group_is_not_found_by_its_members(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        assert "it is not clear which object" in one(group("A"))
        assert one(group("A", **BY_NAME)) == "create"
        assert one(group("A", "p", **BY_NAME)) == "update"
        assert one(group("A", **BY_NAME)) == "update"
        assert groups(sandbox) == {"A": ""}

    def test_members_that_another_has(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        """Found by its name, so the server is asked, and refuses."""
        start(sandbox, "p")
        assert "must be unique" in by_task(sandbox, group("B", "p", **BY_NAME))["msg"]
        assert groups(sandbox) == {"A": "p"}


class TestGroupsOfAList:
    @pytest.mark.parametrize("is_turned", [False, True])
    @pytest.mark.parametrize("b", [BY_NAME, {}, {"external_id": "b"}])
    def test_a_member_that_moves(self, sandbox: RunningSandbox, is_turned: bool, b: dict[str, Any]) -> None:
        """From A to B. Only A needs a name: what it has now, it will not have any more."""
        run(sandbox, [group("A", "p", "q"), group("B", "r", **b)])
        items = [group("A", "p", **BY_NAME), group("B", "r", "q", **b)]
        done = both(sandbox, items[::-1] if is_turned else items)
        assert groups(sandbox) == {"A": "p", "B": "qr"}
        assert actions(done) == {"A": "update", "B": "update"}
        assert len(done["writes"]) == 2

    @pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
    def test_a_chain(self, sandbox: RunningSandbox, order: tuple[int, ...]) -> None:
        start(sandbox, "pq", "r", "s")
        items = [group("A", "q", **BY_NAME), group("B", "p", **BY_NAME), group("C", "s", "r", **BY_NAME)]
        both(sandbox, [items[number] for number in order])
        assert groups(sandbox) == {"A": "q", "B": "p", "C": "rs"}

    @pytest.mark.parametrize("is_turned", [False, True])
    def test_a_new_group_takes_from_one_that_is_named(self, sandbox: RunningSandbox, is_turned: bool) -> None:
        start(sandbox, "pq")
        items = [group("new", "q"), group("A", "p", **BY_NAME)]
        done = both(sandbox, items[::-1] if is_turned else items)
        assert actions(done) == {"new": "create", "A": "update"}
        assert groups(sandbox) == {"A": "p", "new": "q"}

    @pytest.mark.parametrize("is_turned", [False, True])
    def test_a_group_that_goes_sets_its_members_free(self, sandbox: RunningSandbox, is_turned: bool) -> None:
        start(sandbox, "p", "q")
        items = [group("A", "p", "q", **BY_NAME), group("B", "q", state="absent")]
        both(sandbox, items[::-1] if is_turned else items)
        assert groups(sandbox) == {"A": "pq"}

    def test_who_is_named_by_object_id(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq", "r")
        (first, _second) = sandbox.state.settings.store.objects(GROUP)
        both(sandbox, [group("B", "r", "q"), group("A", "p", object_id=first.object_id)])
        assert groups(sandbox) == {"A": "p", "B": "qr"}

    def test_nobody_is_named(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq", "r")
        wrong = refused(sandbox, [group("A", "p"), group("B", "q", "r")])
        assert list(wrong) == ["B"]
        assert "several objects have one of the given memberPipelines" in wrong["B"]

    def test_a_group_in_two(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq")
        assert refused(sandbox, [group("A", "p"), group("B", "q")]) == {"B": "is the same object as A"}

    @pytest.mark.parametrize("options", [{}, BY_NAME, {"external_id": "e"}])
    def test_two_that_share_a_member(self, sandbox: RunningSandbox, options: dict[str, Any]) -> None:
        wrong = refused(sandbox, [group("A", "p", "q"), group("B", "q", "r", **options)])
        assert wrong == {"B": "shares an element of memberPipelines, which only one object may have, with A"}

    def test_one_comes_and_the_same_goes(self, sandbox: RunningSandbox) -> None:
        """The next run would have to delete what this one makes."""
        wrong = refused(sandbox, [group("A", "p", "q"), group("B", "p", state="absent")])
        assert wrong == {"B": "is the same object as A"}

    @pytest.mark.parametrize("on_conflict", ["retry", "fail"])
    @pytest.mark.parametrize(
        ("a", "b", "c"), [("pr", "qs", "x"), ("rs", "pq", "x"), ("r", "x", "pq"), ("prx", "q", "s"), ("pr", "q", "sx")]
    )
    def test_those_that_exchange_members(
        self, sandbox: RunningSandbox, a: str, b: str, c: str, on_conflict: str
    ) -> None:
        """At first each gives up what it loses."""
        start(sandbox, "pq", "rs", "x")
        items = [group("A", *a, **BY_NAME), group("B", *b, **BY_NAME), group("C", *c, **BY_NAME)]
        done = both(sandbox, items, on_conflict=on_conflict)
        assert groups(sandbox) == {name: "".join(sorted(text)) for name, text in zip("ABC", (a, b, c))}
        assert done["summary"]["error"] == 0

    def test_one_of_them_cannot_give_up_anything(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq", "rs")
        items = [group("A", "p", "r", **BY_NAME), group("B", "q", "s", **BY_NAME)]
        sandbox.fault(method="PUT", path="objects/", kind="status", status=403, times=1)
        failed = fail(sandbox, items, parallel=1)
        assert [row["reached"] for row in failed["objects"]] == [True, False]
        assert groups(sandbox) == {"A": "pq", "B": "rs"}
        run(sandbox, items)
        assert groups(sandbox) == {"A": "pr", "B": "qs"}

    def test_one_of_them_cannot_be_finished(self, sandbox: RunningSandbox) -> None:
        """What was done is said, and the next run does the rest."""
        start(sandbox, "pq", "rs")
        items = [group("A", "p", "r", **BY_NAME), group("B", "q", "s", **BY_NAME)]
        with FailAfter(sandbox, 2):
            failed = fail(sandbox, items, parallel=1)
        assert failed["error"]["done"] == ["A was updated", "B was updated"]
        assert groups(sandbox) == {"A": "p", "B": "s"}
        run(sandbox, items)
        assert groups(sandbox) == {"A": "pr", "B": "qs"}

    def test_members_that_are_new_or_go(self, sandbox: RunningSandbox) -> None:
        """What a group gives up is deleted after it, and what it gets is created before it."""
        start(sandbox, "p", "q")
        new = {"key": "new", "schema_id": PIPELINE, "value": {"displayName": "new", "customId": "pipeline-new"}}
        old = {"key": "old", "schema_id": PIPELINE, "value": {"customId": "pipeline-p"}, "state": "absent"}
        items = [old, group("B", "q", "p", **BY_NAME), group("A", **BY_NAME), new]
        items[1]["value"]["memberPipelines"] = [{"$ref": "new"}]
        items[2]["value"]["memberPipelines"] = [IDS["q"], {"$ref": "new"}]
        assert "shares an element" in refused(sandbox, items)["A"]
        items[2]["value"]["memberPipelines"] = [IDS["q"]]
        done = both(sandbox, items)
        assert actions(done) == {"old": "delete", "B": "update", "A": "update", "new": "create"}

    def test_a_failure_keeps_what_waits_for_it(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq", "r")
        sandbox.fault(method="PUT", path="objects/", kind="status", status=403, times=1)
        items = [group("B", "r", "q", **BY_NAME), group("A", "p", **BY_NAME)]
        failed = fail(sandbox, items, continue_on_error=True)
        assert "needs A, which failed" in str(failed["objects"])
        assert groups(sandbox) == {"A": "pq", "B": "r"}

    def test_exported_wiped_and_applied(self, sandbox: RunningSandbox) -> None:
        start(sandbox, "pq", "r")
        run(sandbox, [group("empty", **BY_NAME), group("mine", "s", external_id="mine")])
        (file,) = sandbox.run("settings_export_info", schema_ids=[GROUP])["files"]
        items = file["content"]["objects"]
        args: dict[str, Any] = {"schema_id": GROUP, "value_mode": "replace"}
        assert run(sandbox, items, **args)["changed"] is False
        before = groups(sandbox)
        gone = [{name: value for name, value in item.items() if name != "value"} for item in items]
        gone = [{**item, "value": full["value"], "state": "absent"} for item, full in zip(gone, items)]
        both(sandbox, gone, schema_id=GROUP)
        assert groups(sandbox) == {}
        both(sandbox, items, **args)
        assert groups(sandbox) == before


class TestPartsThatExcludeEachOther:
    @pytest.mark.parametrize("kind", ["http", "extension"])
    def test_a_life(self, sandbox: RunningSandbox, one: Callable[..., str], kind: str) -> None:
        other = {"http": "extension", "extension": "http"}[kind]
        assert one(source(other)) == "create"
        assert one(source(kind)) == "create"
        assert one(source(kind, value={"enabled": False, "displayName": "new"})) == "update"
        assert one(source(kind, value_mode="replace")) == "update"
        assert one(source(kind, state="absent")) == "delete"
        assert [value["sourceType"] for value in values(sandbox, SOURCE)] == [other]

    def test_null_for_what_is_ruled_out(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        assert one(source(value={"source": None})) == "create"
        assert one(source()) == "none"

    @pytest.mark.parametrize("given", [{"pathSegment": "shop"}, {"source": "shop"}, {"sourceType": "http"}])
    def test_what_was_not_given_decides_nothing(self, one: Callable[..., str], given: dict[str, str]) -> None:
        value = {"displayName": "shop", **given}
        message = one({"key": "s", "schema_id": SOURCE, "value": value})
        assert "it is not clear which object" in message
        assert "(pathSegment, source, sourceType)" in message

    def test_two_items_for_one(self, sandbox: RunningSandbox) -> None:
        wrong = refused(sandbox, [source("http"), source("http", key="again", value={"displayName": "other"})])
        same = "has the same pathSegment and source and sourceType, which only one object may have, as http"
        assert wrong == {"again": same}
        done = both(sandbox, [source("http"), source("extension")])
        assert done["summary"]["create"] == 2

    @pytest.mark.parametrize("omit_defaults", [False, True])
    def test_exported_wiped_and_applied(self, sandbox: RunningSandbox, omit_defaults: bool) -> None:
        """By the parts that are there, which no two objects share; a name they may share."""
        run(sandbox, [source("http"), source("extension")])
        (file,) = sandbox.run("settings_export_info", schema_ids=[SOURCE], omit_defaults=omit_defaults)["files"]
        items = file["content"]["objects"]
        assert [item["match_on"] for item in items] == [["source", "sourceType"], ["pathSegment", "sourceType"]]
        args: dict[str, Any] = {"schema_id": SOURCE, "value_mode": "replace"}
        assert run(sandbox, items, **args)["changed"] is False
        before = values(sandbox, SOURCE)
        both(sandbox, items, state="absent", schema_id=SOURCE)
        assert values(sandbox, SOURCE) == []
        both(sandbox, items, **args)
        assert sorted(map(str, values(sandbox, SOURCE))) == sorted(map(str, before))


class TestTwoItemsForOneObject:
    """Nothing is there yet; each of these lists would fail at the latest when it is carried out again."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (note("a", "x", match_on=["text"]), note("b", "x", match_on=["text"])),
            (note("a", "x", match_on=["text"]), note("b", "x", external_id="e")),
            (note("a", "x", external_id="e"), note("b", "x", match_on=["text"])),
            (note("a", "x", match_on=["text"]), note("b", "x", match_on=["text"], state="absent")),
            (note("a", "x", match_on=["text"], state="absent"), note("b", "x", match_on=["text"])),
            (note("a", "x", external_id="e"), note("b", "y", external_id="e")),
            (note("a", "x", external_id="e"), note("b", "y", external_id="e", state="absent")),
            (
                note("a", "x", object_id="unknown", external_id="e"),
                note("b", "y", object_id="unknown", external_id="f"),
            ),
        ],
    )
    def test_said_at_once(self, sandbox: RunningSandbox, first: dict[str, Any], second: dict[str, Any]) -> None:
        assert refused(sandbox, [first, second]) == {"b": "is the same object as a"}

    def test_what_is_told_apart(self, sandbox: RunningSandbox) -> None:
        """By an external id, whatever they look like."""
        done = both(
            sandbox,
            [
                note("a", "x", external_id="a", match_on=["text"]),
                note("b", "x", external_id="b", match_on=["text"]),
                note("c", "y", match_on=["text"]),
                note("d", "z", match_on=["text"], state="absent"),
                note("e", "z", match_on=["text"], state="absent"),
            ],
        )
        assert done["summary"] == {"create": 3, "none": 2, "prune": 0, "error": 0}


class TestSetsWithRepetitions:
    @pytest.mark.parametrize("choice", ["once", "twice", "refuse"])
    def test_an_element_counts_once(self, sandbox: RunningSandbox, one: Callable[..., str], choice: str) -> None:
        sandbox.variants(settings_set_repeated=choice)
        item = {"key": "t", "schema_id": TAG, "value": {"name": "t", "tags": ["a", "b", "a", "a"]}}
        assert one(item) == "create"
        (stored,) = (value for value in values(sandbox, TAG) if value["name"] == "t")
        assert sorted(stored["tags"]) == ["a", "b"]
        assert one({**item, "value": {"name": "t", "tags": ["b", "a"]}}) == "none"
        assert one({**item, "value": {"name": "t", "tags": ["c", "c"]}}) == "update"

    def test_what_others_stored_twice(self, sandbox: RunningSandbox, one: Callable[..., str]) -> None:
        """It is the same set, and it is sent back as it was read."""
        sandbox.variants(settings_set_repeated="twice")
        item = {"key": "t", "schema_id": TAG, "value": {"name": "t", "tags": ["a"]}}
        run(sandbox, [item])
        store = sandbox.state.settings.store
        (stored,) = (there for there in store.objects(TAG) if there.value["name"] == "t")
        store.replace(stored, dataclasses.replace(stored, value={**stored.value, "tags": ["a", "a"]}))
        for given in ({"name": "t"}, {"name": "t", "tags": ["a"]}, {"name": "t", "tags": ["a", "a"]}):
            assert one({**item, "value": given}) == "none"
        assert one({**item, "value": {"name": "t", "description": "x"}}) == "update"
        (value,) = (value for value in values(sandbox, TAG) if value["name"] == "t")
        assert value["tags"] == ["a", "a"]
