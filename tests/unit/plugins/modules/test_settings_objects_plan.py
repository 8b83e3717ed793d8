# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan of settings_objects that is carried out exactly, or not at all."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings

from tests.support.module import run_in_action, run_module
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.test_settings_object import make
from tests.unit.plugins.modules.test_settings_objects import (
    HEADER,
    NOTE,
    REMOTE,
    TAG,
    WINDOWS,
    fail,
    run,
    tags,
    values,
)

DATABASES = {"key": "databases", "schema_id": TAG, "external_id": "sandbox-databases"}
OBJECTS = [
    *tags("fresh", "Web servers", description="planned"),
    {**DATABASES, "value": {"name": "Databases", "description": "planned"}},
    {"key": "remote", "schema_id": REMOTE, "value": {"name": "r", "url": "https://r.example.com", "token": "hush-one"}},
    {"key": "first", "schema_id": HEADER, "value": {"headerName": "X-First"}},
]


def planned(sandbox: RunningSandbox, objects: list[dict[str, Any]], **args: Any) -> str:
    digest: str = run(sandbox, objects, check=True, **args)["plan_digest"]
    sandbox.clear()
    return digest


def changed_by_hand(sandbox: RunningSandbox, **args: Any) -> None:
    assert sandbox.run("settings_object", **args)["changed"] is True
    sandbox.clear()


def meanwhile(monkeypatch: pytest.MonkeyPatch, method: str, work: Callable[[], Any]) -> None:
    """Right before the first write by ``method`` of Settings, somebody else is done with ``work``."""
    real = getattr(Settings, method)

    def overtaken(self: Settings, *args: Any, **more: Any) -> Any:
        monkeypatch.undo()
        work()
        return real(self, *args, **more)

    monkeypatch.setattr(Settings, method, overtaken)


def by_hand(sandbox: RunningSandbox, name: str, value: dict[str, Any] | None = None) -> None:
    """Somebody else changes the tag of this name, or deletes it."""
    object_id = next(row.object_id for row in sandbox.state.settings.store.objects(TAG) if row.value["name"] == name)
    answer = requests.request(
        "DELETE" if value is None else "PUT",
        f"{sandbox.url}/api/v2/settings/objects/{object_id}",
        json=None if value is None else {"value": {"name": name, "enabled": True, **value}},
        headers={"Authorization": "Api-Token dt0c01.A.B"},
        timeout=10,
    )
    assert answer.ok, answer.text
    sandbox.clear()


class TestDigest:
    def test_check_real_run_and_a_shuffled_list_have_the_same(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, OBJECTS)
        shuffled = list(OBJECTS)
        random.Random(3).shuffle(shuffled)
        assert planned(sandbox, shuffled) == digest
        assert run(sandbox, OBJECTS)["plan_digest"] == digest
        assert run(sandbox, OBJECTS)["plan_digest"] == planned(sandbox, []) != digest

    def test_inside_of_ansible_and_executed_it_is_the_same(self, sandbox: RunningSandbox) -> None:
        args = {"environment_url": sandbox.url, "api_token": TOKEN, "objects": OBJECTS}
        inside = run_in_action("settings_objects", args, check=True)
        executed = run_module("settings_objects", args, check=True)
        assert inside["plan_digest"] == executed["plan_digest"] == planned(sandbox, OBJECTS)

    def test_a_failure_has_none(self, sandbox: RunningSandbox) -> None:
        objects = [*tags("a"), {"key": "b", "schema_id": NOTE, "value": {"text": 5 * "x"}}]
        sandbox.fault(kind="status", status=403, path=".*/settings/objects", method="POST", times=10)
        assert "plan_digest" not in fail(sandbox, objects, check=True, continue_on_error=True)
        assert "plan_digest" not in fail(sandbox, objects, continue_on_error=True)

    def test_references_to_new_objects(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, WINDOWS)
        assert run(sandbox, WINDOWS, expect_plan=digest)["plan_digest"] == digest


class TestExpected:
    def test_it_is_carried_out(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, OBJECTS)
        result = run(sandbox, OBJECTS, expect_plan=digest)
        assert (result["changed"], result["plan_digest"]) == (True, digest)
        assert result["summary"] == {"create": 3, "update": 2, "prune": 0, "error": 0}

    @pytest.mark.parametrize("check", [False, True])
    def test_somebody_has_changed_one_of_its_objects(self, sandbox: RunningSandbox, check: bool) -> None:
        digest = planned(sandbox, OBJECTS)
        changed_by_hand(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "by hand"})
        failed = fail(sandbox, OBJECTS, check=check, expect_plan=digest)
        assert failed["msg"] == (
            "the plan differs from the expected one, so nothing was changed: "
            "Web servers: would be updated, but differently than in the expected plan"
        )
        assert failed["errors"] == {"Web servers": "would be updated, but differently than in the expected plan"}
        assert (failed["changed"], failed["other_plan"], sandbox.writes) == (False, True, [])
        assert not any("validateOnly" in text for text in sandbox.sent)
        assert "plan_digest" not in failed

    def test_an_unrelated_one_is_nobodys_business(self, sandbox: RunningSandbox) -> None:
        listed = [*OBJECTS, {"key": "note", "schema_id": NOTE, "external_id": "note", "value": {"text": "unchanged"}}]
        run(sandbox, listed[-1:])
        digest = planned(sandbox, listed)
        changed_by_hand(sandbox, schema_id=TAG, external_id="x", value={"name": "somebody else's"})
        changed_by_hand(sandbox, schema_id=HEADER, value={"headerName": "X-Else"})
        assert run(sandbox, listed, expect_plan=digest)["changed"] is True

    def test_one_was_removed_one_is_there_already(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, OBJECTS)
        changed_by_hand(sandbox, schema_id=TAG, external_id="sandbox-databases", state="absent")
        changed_by_hand(sandbox, schema_id=TAG, value={"name": "fresh", "description": "planned"})
        assert fail(sandbox, OBJECTS, expect_plan=digest)["errors"] == {
            "databases": "would be created, but differently than in the expected plan",
            "fresh": "would not be changed, but the expected plan changes it",
        }
        assert sandbox.writes == []

    def test_the_list_has_changed(self, sandbox: RunningSandbox) -> None:
        predicted = run(sandbox, OBJECTS, check=True)
        other = [*OBJECTS[1:], *tags("late")]
        errors = fail(sandbox, other, expect_plan=predicted["plan_digest"])["errors"]
        assert errors == {
            "late": "would be created, but the expected plan does not change it",
            "what this plan does not name": "changes of the expected plan that are missing: 1",
        }
        named = fail(sandbox, other, expect_plan=predicted)
        assert named["errors"]["fresh"] == "would not be changed, but the expected plan changes it"
        assert named["invocation"]["module_args"]["expect_plan"] == [predicted["plan_digest"]]
        assert sandbox.writes == []

    def test_what_is_pruned_belongs_to_it(self, sandbox: RunningSandbox) -> None:
        fence = {"schema_ids": [TAG], "external_id_prefix": "team/"}
        run(sandbox, [{**tags("old")[0], "external_id": "team/old"}])
        digest = planned(sandbox, OBJECTS, prune=fence)
        assert digest != planned(sandbox, OBJECTS)
        changed_by_hand(sandbox, schema_id=TAG, external_id="team/more", value={"name": "more"})
        failed = fail(sandbox, OBJECTS, prune=fence, expect_plan=digest)
        assert list(failed["errors"].values()) == ["would be deleted, but the expected plan does not change it"]
        assert sandbox.writes == []

    def test_a_secret_given_anew_is_not_covered(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, OBJECTS)
        anew = json.loads(json.dumps(OBJECTS).replace("hush-one", "hush-two"))
        assert run(sandbox, anew, expect_plan=digest)["plan_digest"] == digest
        assert [value["token"] for value in values(sandbox, REMOTE)] == ["hush-two"]

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ("yes", "expect_plan is not a digest of a plan"),
            ("plan1.AAAA", "expect_plan is not whole"),
            ({"changed": True, "objects": []}, "expect_plan has no digest of a plan"),
        ],
    )
    def test_what_is_no_digest(self, sandbox: RunningSandbox, given: Any, said: str) -> None:
        assert said in fail(sandbox, OBJECTS, expect_plan=given)["msg"]
        assert sandbox.sent == []

    def test_an_empty_text_is_none(self, sandbox: RunningSandbox) -> None:
        assert run(sandbox, OBJECTS, expect_plan="")["changed"] is True


class TestMeanwhile:
    """Somebody else writes between our plan and our write."""

    @pytest.mark.parametrize("more", [{}, {"continue_on_error": True}])
    def test_an_object_that_is_updated(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
    ) -> None:
        objects = tags("a", "b", "c", description="planned")
        run(sandbox, tags("a", "b", "c"))
        digest = planned(sandbox, objects)
        meanwhile(monkeypatch, "update", lambda: by_hand(sandbox, "a", {"description": "by hand"}))
        failed = fail(sandbox, objects, expect_plan=digest, parallel=1, **more)
        assert "Somebody else has changed it since it was planned: make a new plan of what is left" in failed["msg"]
        assert "2 were not reached" in failed["msg"]
        assert (failed["error"]["status"], failed["changed"]) == (409, False)
        assert [text.split()[0] for text in sandbox.writes] == ["PUT"]
        found = {value["name"]: value.get("description") for value in values(sandbox, TAG)}
        assert (found["a"], found["b"]) == ("by hand", None)

    def test_what_was_done_before_is_said(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        objects = [*tags("Web servers", description="planned"), {**DATABASES, "state": "absent"}, *tags("new")]
        digest = planned(sandbox, objects)
        meanwhile(monkeypatch, "delete", lambda: by_hand(sandbox, "Databases"))
        failed = fail(sandbox, objects, expect_plan=digest, parallel=1)
        assert failed["error"]["status"] == 404
        assert (
            "make a new plan of what is left; 1 were not reached. Before that, Web servers was updated" in failed["msg"]
        )
        assert (failed["changed"], failed["error"]["done"]) == (True, ["Web servers was updated"])

    @pytest.mark.parametrize("by", ["unique", "external id"])
    def test_a_new_object_that_is_there_by_then(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, by: str
    ) -> None:
        objects = tags("new", description="planned")
        if by == "external id":
            objects[0]["external_id"] = "mine"
        digest = planned(sandbox, objects)
        meanwhile(
            monkeypatch,
            "create",
            lambda: make(sandbox, TAG, {"name": "new", "enabled": True, "description": "by hand"}),
        )
        failed = fail(sandbox, objects, expect_plan=digest)
        assert "somebody else has changed it since it was planned" in failed["msg"]
        assert (failed["changed"], values(sandbox, TAG)[-1]["description"]) == (False, "by hand")

    def test_a_lost_answer_is_looked_for(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox, OBJECTS)
        sandbox.fault(kind="reset_after", method="(PUT|POST)", path="/settings/objects", times=3)
        assert run(sandbox, OBJECTS, expect_plan=digest)["plan_digest"] == digest

    def test_without_an_expected_plan_it_is_planned_again(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And the digest is that of what was carried out in the end."""
        objects = tags("Web servers", description="planned")
        digest = planned(sandbox, objects)
        meanwhile(monkeypatch, "update", lambda: by_hand(sandbox, "Web servers", {"description": "by hand"}))
        result = run(sandbox, objects)
        assert result["changed"] is True
        assert result["plan_digest"] != digest


class TestFiles:
    """Secrets of files are covered by their names, whether they are given or not."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        value = {"name": "r", "url": "https://r.example.com", "token": {"$secret": "r/token"}}
        content = {"schema_id": REMOTE, "objects": [{"key": "r", "value": value}]}
        (tmp_path / "r.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        return tmp_path

    def applied(self, sandbox: RunningSandbox, folder: Path, check: bool = False, **args: Any) -> dict[str, Any]:
        given = {"environment_url": sandbox.url, "api_token": TOKEN, "path": [str(folder)], **args}
        return run_in_action("settings_objects", given, check=check)

    def test_planned_without_the_secrets(self, sandbox: RunningSandbox, folder: Path) -> None:
        digest = self.applied(sandbox, folder, check=True, missing_secrets="placeholder")["plan_digest"]
        other = self.applied(sandbox, folder, check=True, secrets={"r/token": "hush-one"})["plan_digest"]
        assert digest == other
        result = self.applied(sandbox, folder, secrets={"r/token": "hush-two"}, expect_plan=digest)
        assert (result["changed"], result["plan_digest"]) == (True, digest)

    def test_what_stands_beside_a_secret_is_covered(self, sandbox: RunningSandbox, folder: Path) -> None:
        path, secrets = folder / "r.yml", {"r/token": "hush-one"}
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        digests = []
        for kind in ("Bearer-", "Basic-"):
            content["objects"][0]["value"]["token"] = {"$join": [kind, {"$secret": "r/token"}]}
            path.write_text(yaml.safe_dump(content), encoding="utf-8")
            found = self.applied(sandbox, folder, check=True, secrets=secrets)
            assert not found.get("failed"), found["msg"]
            digests.append(found["plan_digest"])
            anew = self.applied(sandbox, folder, check=True, secrets={"r/token": "hush-two"})
            assert anew["plan_digest"] == digests[-1]
        assert digests[0] != digests[1]

    def test_another_secret_is_another_plan(self, sandbox: RunningSandbox, folder: Path) -> None:
        secrets = {"r/token": "hush-one", "r/other": "hush-one"}
        digest = self.applied(sandbox, folder, check=True, secrets=secrets)["plan_digest"]
        path = folder / "r.yml"
        path.write_text(path.read_text(encoding="utf-8").replace("r/token", "r/other"), encoding="utf-8")
        sandbox.clear()
        failed = self.applied(sandbox, folder, secrets=secrets, expect_plan=digest)
        assert f"{path}: r: would be created, but differently than in the expected plan" in failed["msg"]
        assert sandbox.writes == []
