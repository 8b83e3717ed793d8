# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_objects against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import collections
import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import TransportError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from tests.support.sandbox import RunningSandbox
from tests.support.under_test import ModuleUnderTest
from tests.unit.plugins.modules.conftest import FastClock
from tests.unit.plugins.modules.test_settings_object import (
    LOST,
    MAYBE_LATE,
    blind_once,
    make,
    plant,
    refuse_reads_after_a_write,
    share_client,
)

LIST = "GET /v2/settings/objects"
POST = "POST /v2/settings/objects"
NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
HEADER = "builtin:sandbox.header-rule"
HOST = "builtin:sandbox.host-monitoring"
REMOTE = "builtin:sandbox.remote-connection"
WINDOW = "builtin:sandbox.time-window"
PLAN = "builtin:sandbox.update-plan"
SWITCH = "builtin:sandbox.zone-switch"
SECRET = "hush-hush"


CALLS = ModuleUnderTest("settings_objects", compared=("changed", "action", "diff", "summary"))


def run(sandbox: RunningSandbox, objects: list[dict[str, Any]], check: bool = False, **args: Any) -> dict[str, Any]:
    return CALLS.run(sandbox, check, objects=objects, **args)


def fail(sandbox: RunningSandbox, objects: list[dict[str, Any]], check: bool = False, **args: Any) -> dict[str, Any]:
    return CALLS.fail(sandbox, check, objects=objects, **args)


def both(sandbox: RunningSandbox, objects: list[dict[str, Any]], **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it exactly without a write; and again, when nothing changes."""
    predicted, real = CALLS.both(sandbox, objects=objects, **args)
    for left, right in zip(predicted["objects"], real["objects"], strict=True):
        for key in ("key", "action", "changed", "diff"):
            assert left[key] == right[key], key
    writes = list(sandbox.writes)
    sandbox.clear()
    again = run(sandbox, objects, **args)
    assert (again["changed"], sandbox.writes) == (False, [])
    sandbox.clear()
    return {**real, "writes": writes}


def values(sandbox: RunningSandbox, schema: str) -> list[dict[str, Any]]:
    return [one.value for one in sandbox.state.settings.store.objects(schema)]


def tags(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"key": name, "schema_id": TAG, "value": {"name": name, **more}} for name in names]


def actions(result: dict[str, Any]) -> dict[str, str]:
    return {one["key"]: one["action"] for one in result["objects"]}


class TestList:
    def test_one_array_creates_many_and_unchanged_ones_cost_nothing(self, sandbox: RunningSandbox) -> None:
        names = [f"tag {number}" for number in range(250)]
        sandbox.clear()
        created = run(sandbox, tags(*names))
        assert created["summary"] == {"create": 250, "prune": 0, "error": 0}
        assert collections.Counter(sandbox.sent) == {f"GET /v2/settings/schemas/{TAG}": 1, LIST: 1, POST: 3}
        sandbox.clear()
        assert run(sandbox, tags(*names))["changed"] is False
        assert sandbox.sent == [f"GET /v2/settings/schemas/{TAG}", LIST]
        sandbox.clear()
        changed = tags(*names)
        changed[7]["value"]["description"] = "new"
        assert actions(run(sandbox, changed))["tag 7"] == "update"
        assert len(sandbox.writes) == 1

    def test_check_mode_validates_in_batches(self, sandbox: RunningSandbox) -> None:
        sandbox.clear()
        predicted = run(sandbox, tags(*[f"tag {number}" for number in range(250)]), check=True)
        assert sandbox.sent.count(POST + "?validateOnly") == 3
        assert (predicted["validated"], predicted["summary"]["create"]) == ("server", 250)
        assert {one["object_id"] for one in predicted["objects"]} == {None}

    def test_all_kinds_of_changes_at_once(self, sandbox: RunningSandbox) -> None:
        objects = [
            *tags("Web servers", "fresh", description="x"),
            {"key": "gone", "schema_id": TAG, "external_id": "sandbox-databases", "state": "absent"},
            {"key": "host", "schema_id": HOST, "scope": "HOST-0000000000000001", "value": {"note": "mine"}},
            {"key": "switch", "schema_id": SWITCH, "state": "absent"},
            {
                "key": "secret",
                "schema_id": REMOTE,
                "value": {"name": "r", "url": "https://r.example.com", "token": SECRET},
            },
            {"key": "note", "schema_id": NOTE, "external_id": "n", "value": {"text": "x"}},
        ]
        result = both(sandbox, objects)
        assert actions(result) == {
            "Web servers": "update",
            "fresh": "create",
            "gone": "delete",
            "host": "create",
            "switch": "reset",
            "secret": "create",
            "note": "create",
        }
        host = next(one for one in result["diff"] if "host" in one["after_header"])
        assert host["after"]["value"]["mode"] == "INFRASTRUCTURE"
        assert SECRET not in json.dumps(result)

    def test_options_of_the_top_hold_for_items_that_say_nothing_else(self, sandbox: RunningSandbox) -> None:
        objects = [{"key": "a", "value": {"text": "a"}}, {"key": "b", "value": {"text": "b"}, "state": "absent"}]
        assert actions(run(sandbox, objects, schema_id=NOTE, match_on=["text"])) == {"a": "create", "b": "none"}

    def test_object_id_alone(self, sandbox: RunningSandbox) -> None:
        object_id = run(sandbox, tags("x"))["objects"][0]["object_id"]
        objects = [{"key": "x", "object_id": object_id, "value": {"description": "by id"}}]
        assert actions(both(sandbox, objects)) == {"x": "update"}

    def test_an_unknown_object_id(self, sandbox: RunningSandbox) -> None:
        gone = [{"key": "gone", "object_id": "nope", "state": "absent"}, *tags("new")]
        assert actions(both(sandbox, gone)) == {"gone": "none", "new": "create"}
        assert "no object nope" in fail(sandbox, [{"key": "x", "object_id": "nope", "value": {}}])["msg"]

    def test_an_empty_list(self, sandbox: RunningSandbox) -> None:
        assert run(sandbox, [])["changed"] is False
        assert sandbox.sent == []


class TestBeforeTheFirstWrite:
    def test_scopes_that_a_schema_does_not_allow_are_all_named_and_not_asked_for(self, sandbox: RunningSandbox) -> None:
        failed = fail(
            sandbox,
            [
                {"key": "gateway", "schema_id": "builtin:sandbox.gateway-profile", "value": {}},
                {"key": "tag", "schema_id": TAG, "scope": "HOST-0000000000000001", "value": {"name": "x"}},
            ],
        )
        assert "gateway: scope environment is not allowed" in failed["msg"]
        assert "tag: scope HOST-0000000000000001 is not allowed" in failed["msg"]
        assert {one for one in sandbox.sent if "/schemas/" not in one} == set()

    @pytest.mark.parametrize(
        ("objects", "said"),
        [
            (tags("a", "a"), "several items have this key"),
            (
                [*tags("good"), {"key": "bad", "schema_id": TAG, "value": {"name": "b", "tags": "x"}}],
                "bad: value.tags must be a list",
            ),
            (
                [
                    {"key": "a", "schema_id": HEADER, "value": {"headerName": "A"}, "position": "last"},
                    {"key": "b", "schema_id": HEADER, "value": {"headerName": "B"}},
                ],
                "a comes before b",
            ),
        ],
    )
    def test_everything_wrong_is_found(self, sandbox: RunningSandbox, objects: list[dict[str, Any]], said: str) -> None:
        sandbox.clear()
        failed = fail(sandbox, objects)
        assert said in failed["msg"]
        assert failed["changed"] is False
        assert sandbox.writes == []

    def test_all_problems_are_named_at_once(self, sandbox: RunningSandbox) -> None:
        objects = [{"key": str(number), "schema_id": TAG, "value": {"nmae": "x"}} for number in range(12)]
        failed = fail(sandbox, objects)
        assert set(failed["errors"]) == {str(number) for number in range(12)}
        assert "and 2 more" in failed["msg"]

    def test_two_objects_that_swap_a_unique_key(self, sandbox: RunningSandbox) -> None:
        ids = [one["object_id"] for one in run(sandbox, tags("a", "b"))["objects"]]
        swapped = [
            {"key": "first", "object_id": ids[0], "schema_id": TAG, "value": {"name": "b"}},
            {"key": "second", "object_id": ids[1], "schema_id": TAG, "value": {"name": "a"}},
        ]
        sandbox.clear()
        assert "takes the unique key of the next" in fail(sandbox, swapped)["msg"]
        assert sandbox.writes == []

    def test_a_chain_of_unique_keys_is_written_in_the_order_that_works(self, sandbox: RunningSandbox) -> None:
        ids = [one["object_id"] for one in run(sandbox, tags("a", "b", "c"))["objects"]]
        chain = [
            {"key": str(index), "object_id": ids[index], "schema_id": TAG, "value": {"name": name}}
            for index, name in enumerate("bcd")
        ]
        result = both(sandbox, chain)
        assert set(actions(result).values()) == {"update"}


class TestOrder:
    def names(self, sandbox: RunningSandbox) -> list[str]:
        return [one["headerName"] for one in values(sandbox, HEADER)]

    def listed(self, *names: str) -> list[dict[str, Any]]:
        return [{"key": name, "schema_id": HEADER, "value": {"headerName": name}} for name in names]

    def test_new_ones_stand_in_list_order(self, sandbox: RunningSandbox) -> None:
        result = both(sandbox, self.listed("A", "X-Real-IP", "B", "C"))
        assert self.names(sandbox) == ["X-Forwarded-For", "A", "X-Real-IP", "B", "C"]
        assert result["writes"] == [POST]

    def test_the_fewest_moves(self, sandbox: RunningSandbox) -> None:
        run(sandbox, self.listed("A", "B", "C", "D"))
        result = both(sandbox, self.listed("D", "A", "B", "C"))
        assert self.names(sandbox)[-4:] == ["D", "A", "B", "C"]
        assert actions(result) == {"D": "move", "A": "none", "B": "none", "C": "none"}
        assert len(result["writes"]) == 1

    def test_moves_updates_and_new_ones_together(self, sandbox: RunningSandbox) -> None:
        run(sandbox, self.listed("A", "B", "C"))
        objects = self.listed("C", "N", "A", "M", "B")
        objects[2]["value"]["enabled"] = False
        both(sandbox, objects)
        assert [one for one in self.names(sandbox) if not one.startswith("X-")] == ["C", "N", "A", "M", "B"]
        assert self.names(sandbox)[:2] == ["X-Forwarded-For", "X-Real-IP"]

    def test_keep_order_off(self, sandbox: RunningSandbox) -> None:
        run(sandbox, self.listed("A", "B"))
        assert run(sandbox, self.listed("B", "A"), keep_order=False)["changed"] is False
        moved = self.listed("B", "A")
        moved[0]["position"] = "first"
        assert actions(both(sandbox, moved, keep_order=False)) == {"B": "move", "A": "none"}
        assert self.names(sandbox)[0] == "B"

    def test_positions_by_key(self, sandbox: RunningSandbox) -> None:
        objects = self.listed("A", "B")
        objects[1]["insert_after"] = "A"
        objects[0]["position"] = "first"
        both(sandbox, objects)
        assert self.names(sandbox)[:2] == ["A", "B"]


WINDOWS = [
    {"key": "plan", "schema_id": PLAN, "value": {"updateMode": "WINDOWS", "windows": [{"window": {"$ref": "night"}}]}},
    {"key": "night", "schema_id": WINDOW, "value": {"name": "night"}},
]


class TestReferences:
    def test_created_in_the_order_of_their_references(self, sandbox: RunningSandbox) -> None:
        result = both(sandbox, WINDOWS)
        assert actions(result) == {"plan": "create", "night": "create"}
        night = next(one["object_id"] for one in result["objects"] if one["key"] == "night")
        assert values(sandbox, PLAN)[0]["windows"] == [{"window": night}]

    def test_check_mode_marks_what_it_cannot_resolve_yet(self, sandbox: RunningSandbox) -> None:
        plan = run(sandbox, WINDOWS, check=True)["objects"][0]
        assert (plan["validated"], plan["unresolved"]) == ("local", ["value.windows[0].window"])

    def test_what_else_is_wrong_beside_a_reference_is_found_in_check_mode(self, sandbox: RunningSandbox) -> None:
        wrong = [{**WINDOWS[0], "value": {**WINDOWS[0]["value"], "updateMode": "NEVER"}}, WINDOWS[1]]
        assert "updateMode" in fail(sandbox, wrong, check=True)["msg"]

    def test_by_external_id(self, sandbox: RunningSandbox) -> None:
        objects = [
            {**WINDOWS[0], "value": {"updateMode": "WINDOWS", "windows": [{"window": {"$ref": "ext-night"}}]}},
            {**WINDOWS[1], "external_id": "ext-night"},
        ]
        assert actions(both(sandbox, objects)) == {"plan": "create", "night": "create"}

    def test_deleted_in_the_other_order(self, sandbox: RunningSandbox) -> None:
        run(sandbox, WINDOWS)
        gone = both(sandbox, [WINDOWS[1], WINDOWS[0]], state="absent")
        assert set(actions(gone).values()) == {"delete"}

    def test_what_waits_for_a_failed_one_is_not_sent(self, sandbox: RunningSandbox) -> None:
        broken = [WINDOWS[0], {**WINDOWS[1], "value": {"name": "night", "timeZone": "Nowhere/Land"}}, *tags("good")]
        failed = fail(sandbox, broken, continue_on_error=True)
        by_key = {one["key"]: one for one in failed["objects"]}
        assert by_key["night"]["error"]["status"] == 400
        assert "needs night, which failed" in by_key["plan"]["error"]["message"]
        assert by_key["good"]["action"] == "create"
        assert failed["changed"] is True


class TestPrune:
    def mine(self, *names: str) -> list[dict[str, Any]]:
        return [
            {"key": name, "schema_id": TAG, "external_id": f"mine/{name}", "value": {"name": name}} for name in names
        ]

    def test_a_schema_that_calls_itself_otherwise(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What was asked for counts: nothing looks for the other name."""
        read = Settings.schema

        def renamed(*args: Any) -> Any:
            schema = copy.copy(read(*args))
            schema.schema_id = "another"
            return schema

        monkeypatch.setattr(Settings, "schema", renamed)
        result = sandbox.run("settings_objects", check=True, objects=self.mine("a"), prune={"schema_ids": [TAG]})
        assert {one["name"] for one in result["pruned"]} == {"Databases", "Web servers"}

    def test_objects_of_another_schema_are_no_answer(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read = StoredObject.read
        monkeypatch.setattr(StoredObject, "read", lambda *args: replace(read(*args), schema_id="builtin:other"))
        result = sandbox.run("settings_objects", objects=self.mine("a"), prune={"schema_ids": [TAG]})
        assert f"an object of schema builtin:other where {TAG} was asked for" in result["msg"]
        assert sandbox.writes == []

    def test_what_somebody_else_deletes_a_moment_before_is_not_pruned(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(sandbox, self.mine("a"))
        delete = Settings.delete

        def deleted(settings: Settings, target: StoredObject) -> None:
            delete(settings, target)
            delete(settings, target)

        monkeypatch.setattr(Settings, "delete", deleted)
        result = run(sandbox, self.mine("a"), prune={"schema_ids": [TAG]})
        assert (result["changed"], result["action"], result["pruned"]) == (False, "none", [])

    def test_deletes_what_is_inside_the_fence_and_not_in_the_list(self, sandbox: RunningSandbox) -> None:
        fence = {"schema_ids": [TAG], "external_id_prefix": "mine/"}
        run(sandbox, self.mine("a", "b", "c"))
        result = both(sandbox, self.mine("a"), prune=fence)
        assert [one["external_id"] for one in result["pruned"]] == ["mine/b", "mine/c"]
        assert [one["name"] for one in result["pruned"]] == ["b", "c"]
        assert {one["name"] for one in values(sandbox, TAG)} == {"Web servers", "Databases", "a"}

    @pytest.mark.parametrize(
        ("fence", "said"),
        [
            ({"schema_ids": [TAG], "limit": 2}, "more than its limit of 2"),
            ({"schema_ids": []}, "schema_ids is empty"),
            ({"schema_ids": [HOST]}, "single-object schema"),
        ],
    )
    def test_refused_before_the_first_write(self, sandbox: RunningSandbox, fence: dict[str, Any], said: str) -> None:
        run(sandbox, self.mine("a", "b", "c"))
        sandbox.clear()
        assert said in fail(sandbox, self.mine("new"), prune=fence)["msg"]
        assert sandbox.writes == []

    def test_an_empty_list_may_be_a_broken_variable(self, sandbox: RunningSandbox) -> None:
        fence = {"schema_ids": [TAG]}
        assert "check for an empty variable" in fail(sandbox, [], prune=fence)["msg"]
        assert sandbox.writes == []
        result = run(sandbox, [], prune={**fence, "allow_empty": True})
        assert result["summary"]["prune"] == 2
        assert values(sandbox, TAG) == []

    def test_not_with_absent_and_not_after_a_failure(self, sandbox: RunningSandbox) -> None:
        fence = {"schema_ids": [TAG]}
        assert (
            "must not hold items with state=absent" in fail(sandbox, self.mine("a"), state="absent", prune=fence)["msg"]
        )
        failed = fail(sandbox, [*tags("a"), *tags("x ")], prune=fence, continue_on_error=True)
        assert failed["pruned"] == []
        assert "Databases" in {one["name"] for one in values(sandbox, TAG)}

    def test_what_may_not_be_deleted_stays(self, sandbox: RunningSandbox) -> None:
        schema = "builtin:sandbox.profile"
        objects = [{"key": "p", "schema_id": schema, "value": {"name": "p", "level": 1}}]
        assert run(sandbox, objects, prune={"schema_ids": [schema]})["pruned"] == []


class TestTrouble:
    def test_some_of_an_array_fail(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, tags("a", "x ", "b"), continue_on_error=True)
        assert [one["action"] for one in failed["objects"]] == ["create", "none", "create"]
        assert "value.name" in failed["msg"]
        assert failed["summary"] == {"create": 2, "prune": 0, "error": 1}
        assert run(sandbox, tags("a", "b"))["changed"] is False

    def test_all_of_an_array_fail(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, tags("x ", "y "))
        assert [one["error"]["status"] for one in failed["objects"]] == [400, 400]
        assert failed["error"]["url"] == f"{sandbox.url}/api{POST.split()[1]}"

    def test_stops_at_the_first_failure_and_says_what_was_not_reached(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, tags("x ", *[f"t{number}" for number in range(20)]), batch_size=1, parallel=1)
        assert [one["reached"] for one in failed["objects"]] == [True] + [False] * 20
        assert "20 were not reached" in failed["msg"]
        rest = run(sandbox, tags(*[f"t{number}" for number in range(20)]))
        assert rest["summary"]["create"] == 20

    def test_conflicts_throttling_and_a_second_editor(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects", status=409, times=2)
        sandbox.fault(kind="status", path="/settings/", status=429, headers={"Retry-After": "0"}, times=5)
        assert actions(run(sandbox, tags("Web servers", "Databases", "new", description="x"))) == {
            "Web servers": "update",
            "Databases": "update",
            "new": "create",
        }

    def test_somebody_creates_the_same_objects_at_the_same_time(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blind_once(monkeypatch)
        objects = [*tags("Web servers"), *tags("Databases", description="mine"), *tags("fresh")]
        found = run(sandbox, objects)
        assert actions(found)["Databases"] == "update"
        assert found["summary"] == {"create": 2, "update": 1, "prune": 0, "error": 0}
        assert [one["name"] for one in values(sandbox, TAG)] == ["Web servers", "Databases", "fresh"]
        assert values(sandbox, TAG)[1]["description"] == "mine"

    def test_somebody_does_the_same_between_read_and_write(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It is as it should be, but this task has changed nothing."""
        update = Settings.update

        def overtaken(self: Settings, *args: Any) -> Any:
            monkeypatch.undo()
            assert run(sandbox, tags("Web servers", description="x"))["changed"] is True
            return update(self, *args)

        monkeypatch.setattr(Settings, "update", overtaken)
        result = run(sandbox, tags("Web servers", description="x"))
        assert (result["changed"], actions(result), result["diff"]) == (False, {"Web servers": "none"}, [])
        assert result["objects"][0]["diff"] is None

    def test_a_single_object_that_turns_out_not_to_be_deletable_is_reset(self, sandbox: RunningSandbox) -> None:
        host = {"key": "h", "schema_id": HOST, "scope": "HOST-0000000000000001", "value": {"note": "mine"}}
        run(sandbox, [host])
        sandbox.fault(kind="status", status=400, method="DELETE", path="/settings/objects")
        assert actions(run(sandbox, [{**host, "state": "absent"}])) == {"h": "reset"}

    def test_a_second_run_finishes_what_a_killed_one_left(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="POST", path="/settings/objects", status=403, times=1)
        objects = tags(*[f"t{number}" for number in range(30)])
        failed = fail(sandbox, objects, batch_size=10, continue_on_error=True)
        assert failed["summary"] == {"create": 20, "prune": 0, "error": 10}
        assert run(sandbox, objects)["summary"] == {"create": 10, "none": 20, "prune": 0, "error": 0}

    def test_a_request_stays_below_a_megabyte(self, sandbox: RunningSandbox) -> None:
        objects = tags(*[f"tag {number}" for number in range(3000)], description="x" * 500)
        sandbox.clear()
        assert run(sandbox, objects, batch_size=3000)["summary"]["create"] == 3000
        assert sandbox.sent.count(POST) == 3

    def test_secrets_stay_secret_when_the_server_repeats_them(self, sandbox: RunningSandbox) -> None:
        value = {"name": "r", "url": "https://r.example.com", "scope": "NOWHERE", "token": SECRET}
        failed = fail(sandbox, [{"key": "r", "schema_id": REMOTE, "value": value}])
        assert SECRET not in json.dumps(failed)
        assert failed["invocation"]["module_args"]["objects"][0]["value"]["token"] == "********"


def notes(*texts: str) -> list[dict[str, Any]]:
    return [{"key": text, "schema_id": NOTE, "value": {"text": text}, "match_on": ["text"]} for text in texts]


class TestLostAnswers:
    @pytest.mark.parametrize("lost", LOST)
    def test_of_an_array_of_what_can_be_there_only_once(self, sandbox: RunningSandbox, lost: str) -> None:
        fault, is_done = LOST[lost]
        sandbox.fault(**fault, method="POST", path="/settings/objects")
        result = run(sandbox, tags(*"abcdef"), batch_size=3, parallel=1)
        assert set(actions(result).values()) == {"create"}
        assert len({one["object_id"] for one in result["objects"]}) == 6
        assert len(values(sandbox, TAG)) == 8
        assert len(sandbox.writes) == (2 if is_done else 3)

    @pytest.mark.parametrize("lost", [name for name in LOST if name not in MAYBE_LATE])
    def test_of_an_array_of_what_nothing_tells_apart(self, sandbox: RunningSandbox, lost: str) -> None:
        fault, is_done = LOST[lost]
        sandbox.fault(**fault, method="POST", path="/settings/objects")
        assert set(actions(run(sandbox, notes(*"abc"))).values()) == {"create"}
        assert [one["text"] for one in values(sandbox, NOTE)] == list("abc")
        assert sandbox.writes == [POST] * (1 if is_done else 2)

    @pytest.mark.parametrize("lost", MAYBE_LATE)
    def test_what_may_still_come_is_not_sent_again(
        self, sandbox: RunningSandbox, lost: str, fast_clock: FastClock
    ) -> None:
        sandbox.fault(**LOST[lost][0], method="POST", path="/settings/objects")
        fast_clock.after(30, lambda: make(sandbox, NOTE, {"text": "b"}))
        objects = [*notes(*"abc"), {"key": "d", "schema_id": NOTE, "value": {"text": "d"}, "external_id": "d"}]
        failed = fail(sandbox, objects, continue_on_error=True)
        by_key = {one["key"]: one for one in failed["objects"]}
        assert {key: one["action"] for key, one in by_key.items()} == {
            "a": "none",
            "b": "create",
            "c": "none",
            "d": "create",
        }
        assert failed["msg"].startswith("2 of 4 objects failed: a: ")
        assert "it may still come" in failed["msg"]
        assert failed["error"]["unknown"] == ["a was created", "c was created"]
        assert failed["changed"] is True
        # Of its own, only the one with an external id was sent again.
        assert sandbox.writes == [POST, POST, POST]
        assert 119 < fast_clock.slept < 121
        assert run(sandbox, objects)["summary"] == {"create": 2, "none": 2, "prune": 0, "error": 0}

    @pytest.mark.parametrize("lost", LOST)
    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_of_one(self, sandbox: RunningSandbox, lost: str, method: str) -> None:
        sandbox.fault(**LOST[lost][0], method=method, path="/settings/objects")
        objects = [
            {"key": "u", "schema_id": TAG, "value": {"name": "Web servers", "description": "x"}},
            {"key": "d", "schema_id": TAG, "value": {"name": "Databases"}, "state": "absent"},
        ]
        assert actions(run(sandbox, objects)) == {"u": "update", "d": "delete"}
        if lost != "wrong shape":  # PUT and DELETE may be answered with anything
            assert [one["name"] for one in values(sandbox, TAG)] == ["Web servers"]

    @pytest.mark.parametrize("lost", [name for name in LOST if name != "wrong shape"])
    def test_of_what_is_pruned(self, sandbox: RunningSandbox, lost: str) -> None:
        sandbox.fault(**LOST[lost][0], method="DELETE", path="/settings/objects")
        result = run(sandbox, tags("Web servers"), prune={"schema_ids": [TAG]})
        assert [one["name"] for one in result["pruned"]] == ["Databases"]
        assert [one["name"] for one in values(sandbox, TAG)] == ["Web servers"]

    def test_a_second_look_that_fails(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        sandbox.fault(kind="reset_after", method="POST", path="/settings/objects")
        refuse_reads_after_a_write(sandbox, monkeypatch)
        failed = fail(sandbox, tags("a", "b"), retries=0)
        assert "is unknown, and a second look failed" in failed["msg"]
        assert failed["error"]["unknown"] == ["a was created", "b was created"]
        assert (failed["changed"], [one["reached"] for one in failed["objects"]]) == (False, [True, True])


REDIRECT = {"kind": "status", "status": 302, "headers": {"Location": "https://login.example.com/"}}
FIRST_AN_UPDATE = [{"key": "u", "schema_id": TAG, "value": {"name": "Web servers", "description": "x"}}, *tags(*"abcd")]


class TestPartialFailures:
    """What was done before a request fails as a whole is reported, whatever it fails of."""

    @pytest.mark.parametrize("kind", ["redirect", "refused connection", "forbidden"])
    @pytest.mark.parametrize("continue_on_error", [False, True])
    def test_a_batch_after_others_were_written(
        self, sandbox: RunningSandbox, kind: str, continue_on_error: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if kind == "refused connection":
            fail_once(monkeypatch, TransportError("POST u failed: connection refused", "POST", "u"))
        else:
            given = REDIRECT if kind == "redirect" else {"kind": "status", "status": 403}
            sandbox.fault(**given, method="POST", path="/settings/objects")
        failed = fail(sandbox, FIRST_AN_UPDATE, parallel=1, batch_size=2, continue_on_error=continue_on_error)
        assert failed["changed"] is True
        last = "create" if continue_on_error else "none"
        assert actions(failed) == {"u": "update", "a": "none", "b": "none", "c": last, "d": last}
        assert failed["summary"]["error"] == 2
        assert failed["msg"].startswith("2 of 5 objects failed: a: ")
        assert "(and 1 more, see objects)" in failed["msg"]
        assert ("2 were not reached" in failed["msg"]) is not continue_on_error
        assert failed["error"]["done"][0] == "u was updated"
        assert failed["error"]["unknown"] == []
        rest = run(sandbox, FIRST_AN_UPDATE)
        assert rest["summary"]["create"] == (2 if continue_on_error else 4)

    def test_a_page_after_others_were_written(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="html", status=200, method="POST", path="/settings/objects", times=99)
        failed = fail(sandbox, FIRST_AN_UPDATE, parallel=1, retries=1)
        assert (failed["changed"], actions(failed)["u"]) == (True, "update")
        assert failed["error"]["unknown"] == [f"{key} was created" for key in "abcd"]
        assert [one["error"] is None for one in failed["objects"]] == [True, False, False, False, False]

    def test_check_mode_has_changed_nothing(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, [*tags("a"), *tags("x ")], check=True, continue_on_error=True)
        assert (failed["changed"], failed["error"]["done"]) == (False, [])
        assert [one["changed"] for one in failed["objects"]] == [True, False]

    def test_what_could_not_be_pruned(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", status=403, method="DELETE", path="/settings/objects")
        failed = fail(sandbox, tags("new"), prune={"schema_ids": [TAG]})
        assert (failed["changed"], failed["pruned"]) == (True, [])
        assert failed["summary"] == {"create": 1, "prune": 0, "error": 1}

    def test_a_conflict_of_a_new_object_is_tried_again(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refuse_first_item(sandbox, monkeypatch)
        assert actions(run(sandbox, tags("a", "b"))) == {"a": "create", "b": "create"}
        assert sandbox.writes == [POST, POST]
        refuse_first_item(sandbox, monkeypatch)
        failed = fail(sandbox, tags("c", "d"), on_conflict="fail")
        assert [one["action"] for one in failed["objects"]] == ["none", "create"]
        assert failed["error"]["status"] == 409


class TestTwoRunsAtOnce:
    """On an ordered schema both may place objects at the same time: who looks last puts it right, or says so."""

    def listed(self, *names: str) -> list[dict[str, Any]]:
        return [{"key": name, "schema_id": HEADER, "value": {"headerName": name}} for name in names]

    def names(self, sandbox: RunningSandbox) -> str:
        return "".join(one["headerName"] for one in values(sandbox, HEADER) if not one["headerName"].startswith("X-"))

    def test_one_look_where_something_was_placed(self, sandbox: RunningSandbox) -> None:
        sandbox.clear()
        run(sandbox, self.listed("A", "B"))
        assert sandbox.sent == [f"GET /v2/settings/schemas/{HEADER}", LIST, POST, LIST]
        sandbox.clear()
        changed = self.listed("A", "B")
        changed[0]["value"]["enabled"] = False
        run(sandbox, changed)
        assert sandbox.sent.count(LIST) == 1
        sandbox.clear()
        run(sandbox, self.listed("A", "B", "C"), keep_order=False)
        assert sandbox.sent.count(LIST) == 1

    def test_what_a_rival_has_moved_is_put_right(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(sandbox, self.listed("A", "B"))
        self.rival(sandbox, monkeypatch, times=1)
        sandbox.clear()
        result = run(sandbox, self.listed("A", "B", "C"))
        assert self.names(sandbox) == "ABC"
        assert actions(result) == {"A": "move", "B": "none", "C": "create"}
        assert "warnings" not in result
        assert run(sandbox, self.listed("A", "B", "C"))["changed"] is False

    def test_an_answer_that_is_lost_meanwhile(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        run(sandbox, self.listed("A", "B"))
        self.rival(sandbox, monkeypatch, times=1)
        sandbox.fault(kind="reset_after", method="PUT", path="/settings/objects")
        run(sandbox, self.listed("A", "B", "C"))
        assert self.names(sandbox) == "ABC"

    def test_a_rival_that_does_not_stop(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        run(sandbox, self.listed("A", "B"))
        self.rival(sandbox, monkeypatch, times=99)
        result = run(sandbox, self.listed("A", "B", "C"))
        assert f"{HEADER} on environment: the objects are not in the requested order" in str(result["warnings"])
        monkeypatch.undo()
        assert run(sandbox, self.listed("A", "B", "C"))["changed"] is True
        assert self.names(sandbox) == "ABC"

    def test_a_refusal_is_a_warning(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        run(sandbox, self.listed("A", "B"))
        self.rival(sandbox, monkeypatch, times=1)
        sandbox.fault(kind="status", status=400, method="PUT", path="/settings/objects")
        warnings = str(run(sandbox, self.listed("A", "B", "C"))["warnings"])
        assert "whether the objects are in the requested order is unknown" in warnings
        assert "status 400" in warnings

    def rival(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
        """After each write of the module, as often as ``times``, A goes to the end of the list."""
        answer = sandbox.state.answer
        left = [times]

        def rivalled(call: Any, authorization: str | None) -> Any:
            reply = answer(call, authorization)
            if call.method in ("POST", "PUT") and left[0]:
                left[0] -= 1
                store = sandbox.state.settings.store
                first = next(one for one in store.objects(HEADER) if one.value["headerName"] == "A")
                store.move(first, len(list(store.objects(HEADER))) - 1)
            return reply

        monkeypatch.setattr(sandbox.state, "answer", rivalled)


class TestLoops:
    """Items of a loop over lists share a client."""

    def test_schemas_are_read_once(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        share_client(monkeypatch)
        run(sandbox, tags("a"))
        sandbox.clear()
        run(sandbox, tags("b"))
        assert sandbox.sent == [LIST, POST]

    def test_a_newer_version_is_read_anew(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, tags("a"))
        plant(clients, TAG, lambda document: {"version": "0.1"})
        sandbox.clear()
        assert run(sandbox, tags("a"))["changed"] is False
        assert sandbox.sent == [LIST, f"GET /v2/settings/schemas/{TAG}"]

    def test_what_an_older_document_does_not_know(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, tags("a"))
        plant(clients, TAG, lambda document: {"properties": {"name": {"type": "text", "nullable": False}}})
        assert actions(run(sandbox, tags("a", description="x"))) == {"a": "update"}

    def test_a_refusal_forgets_the_document(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, tags("a"))
        legacy = {"legacy": {"type": "text", "nullable": False, "default": "x"}}
        plant(clients, TAG, lambda document: {"properties": {**document["properties"], **legacy}})
        fail(sandbox, tags("b"))
        assert actions(run(sandbox, tags("b"))) == {"b": "create"}


def fail_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The first array of new objects does not reach the server."""
    create = Settings.create
    errors = [error]

    def failing(self: Settings, items: Any) -> Any:
        if errors:
            raise errors.pop()
        return create(self, items)

    monkeypatch.setattr(Settings, "create", failing)


def refuse_first_item(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first element of the next array of new objects is a conflict."""
    monkeypatch.undo()
    answer = sandbox.state.answer

    def conflicting(call: Any, authorization: str | None) -> Any:
        if call.method != "POST":
            return answer(call, authorization)
        monkeypatch.undo()
        reply, is_read = answer(replace(call, body=json.dumps(call.json()[1:]).encode()), authorization)
        conflict = {"code": 409, "error": {"code": 409, "message": "Conflicting resource"}}
        return replace(reply, status=207, body=[conflict, *reply.body]), is_read

    monkeypatch.setattr(sandbox.state, "answer", conflicting)
