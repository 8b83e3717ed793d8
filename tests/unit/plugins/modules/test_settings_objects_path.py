# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_objects with files instead of a list: as a task has them, inside Ansible's process and executed by it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.module import run_in_action, run_in_process
from tests.support.playbook import play
from tests.support.sandbox import TOKEN, RunningSandbox

TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
SECRET = "hush-SECRET-hush"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "settings"
    found.mkdir()
    remote = {"name": "one", "url": "https://one.example.com", "token": {"$secret": "one/token"}}
    _write(found / "remote.yml", {"schema_id": REMOTE, "objects": [{"key": "remote", "value": remote}]})
    tag = {"key": "{{ 1 / 0 }}", "value": {"name": "{{ 2 / 0 }}"}}
    _write(found / "tag.yml", {"schema_id": TAG, "objects": [tag]})
    return found


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def applied(sandbox: RunningSandbox, *paths: Path, check: bool = False, **args: Any) -> dict[str, Any]:
    common = {"environment_url": sandbox.url, "api_token": TOKEN, "retry_max_delay": 0.01}
    given = {**common, "path": [str(path) for path in paths], **args}
    return run_in_action("settings_objects", given, check=check, diff=True)


class TestRight:
    def test_files_are_applied_and_results_name_them(self, sandbox: RunningSandbox, folder: Path) -> None:
        first = applied(sandbox, folder, secrets={"one/token": SECRET})
        assert [(row["key"], row["file"], row["action"]) for row in first["objects"]] == [
            ("remote", str(folder / "remote.yml"), "create"),
            ("{{ 1 / 0 }}", str(folder / "tag.yml"), "create"),
        ]
        assert SECRET not in json.dumps(first)
        assert SECRET in json.dumps(sandbox.state.settings.state(), default=str)
        sandbox.clear()
        again = applied(sandbox, folder, secrets=json.dumps({"one/token": SECRET}))
        assert (again["changed"], sandbox.writes) == (False, [])
        assert "warnings" not in again

    def test_files_one_by_one_and_a_default_of_the_task(self, sandbox: RunningSandbox, folder: Path) -> None:
        _write(folder / "tag.yml", [{"key": "a", "value": {"name": "a"}}])
        result = applied(sandbox, folder / "tag.yml", schema_id=TAG)
        assert [row["key"] for row in result["objects"]] == ["a"]

    def test_times_need_no_quotes(self, sandbox: RunningSandbox, folder: Path) -> None:
        """In a playbook, 22:00:00 is 79200."""
        text = "schema_id: builtin:sandbox.time-window\nobjects:\n- key: w\n  value:\n    name: w\n    validFrom: 2026-01-01\n"
        text += "    daily: {start: 10:30, end: 22:00:00}\n"
        (folder / "windows.yml").write_text(text, encoding="utf-8")
        first = applied(sandbox, folder / "windows.yml")
        assert first["changed"] is True, first
        (value,) = [one.value for one in sandbox.state.settings.store.objects("builtin:sandbox.time-window")]
        assert (value["daily"], value["validFrom"]) == ({"start": "10:30", "end": "22:00:00"}, "2026-01-01")
        assert applied(sandbox, folder / "windows.yml")["changed"] is False

    def test_secrets_that_are_missing(self, sandbox: RunningSandbox, folder: Path) -> None:
        result = applied(sandbox, folder, check=True)
        assert any("no secret is given for one/token" in str(text) for text in result["warnings"])
        failed = applied(sandbox, folder, missing_secrets="fail")
        assert "these secrets are not given: one/token" in failed["msg"]
        assert applied(sandbox, folder, check=True, missing_secrets="placeholder")["changed"] is True


HOOK = "builtin:problem.notifications"


def hook(value: Any, name: str = "value", payload: Any = "{}") -> dict[str, Any]:
    """A web hook with a header, which is secret to the schema or not."""
    header = {"name": "Authorization", "secret": name == "secretValue", name: value}
    web_hook = {
        "acceptAnyCertificate": False,
        "headers": [header],
        "notifyClosedProblems": False,
        "notifyEventMergesEnabled": False,
        "payload": payload,
        "url": "https://hook.example.com",
    }
    settings = {
        "enabled": True,
        "type": "WEBHOOK",
        "displayName": "hook",
        "alertingProfile": {"$ref": "profile"},
        "webHookNotification": web_hook,
    }
    return {"key": "hook", "schema_id": HOOK, "external_id": "hook", "value": settings}


class TestOneFolderForManyEnvironments:
    @pytest.fixture
    def base(self, tmp_path: Path) -> Path:
        base = tmp_path / "base"
        for name in ("values", "layers/test", "layers/production"):
            (base / name).mkdir(parents=True)
        tags = [
            {"key": "shop", "value": {"name": {"$join": ["shop-", {"$value": "stage"}]}, "tags": {"$value": "tags"}}},
            {"key": "debug", "value": {"name": "debug", "enabled": {"$value": "debug"}, "tags": []}},
            {
                "key": "old",
                "external_id": {"$join": [{"$value": "team"}, "/old"]},
                "value": {"name": "old", "tags": []},
            },
        ]
        _write(base / "tag.yml", {"schema_id": TAG, "value_mode": "replace", "objects": tags})
        _write(base / "values" / "test.yml", {"stage": "test", "tags": ["a"], "debug": True, "team": "one"})
        _write(base / "values" / "production.yml", {"stage": "prod", "tags": ["a", "b"], "team": "one"})
        _write(
            base / "layers" / "production" / "tag.yml",
            [{"key": "debug", "skip": True}, {"key": "old", "state": "absent"}],
        )
        return base

    def stored(self, sandbox: RunningSandbox) -> dict[str, Any]:
        objects = sandbox.run("settings_object_info", schema_ids=[TAG])["objects"]
        return {
            row["value"]["name"]: (row.get("externalId"), row["value"])
            for row in objects
            if row["value"]["name"] in self.NAMES
        }

    NAMES = ("shop-test", "shop-prod", "shop-other", "debug", "old")

    def test_each_gets_its_values_and_its_layer(self, sandbox: RunningSandbox, base: Path) -> None:
        assert applied(sandbox, base, environment_name="test")["summary"]["create"] == 3
        found = self.stored(sandbox)
        assert set(found) == {"shop-test", "debug", "old"}
        assert (found["shop-test"][1]["tags"], found["debug"][1]["enabled"], found["old"][0]) == (
            ["a"],
            True,
            "one/old",
        )
        assert applied(sandbox, base, environment_name="test")["changed"] is False
        second = applied(sandbox, base, environment_name="production")
        assert [(row["key"], row["action"]) for row in second["objects"]] == [("shop", "create"), ("old", "delete")]
        assert second["objects"][1]["file"] == f"{base / 'tag.yml'}, {base / 'layers/production/tag.yml'}"
        assert self.stored(sandbox)["shop-prod"][1]["tags"] == ["a", "b"]

    def test_what_wins(self, sandbox: RunningSandbox, base: Path, tmp_path: Path) -> None:
        _write(tmp_path / "more.yml", {"stage": "other", "tags": ["file"]})
        layer = [
            {"key": "shop", "value": {"enabled": False}},
            {"key": "debug", "skip": False, "value": {"tags": ["layer"]}},
        ]
        _write(tmp_path / "layer.yml", {"objects": layer})
        given = {"values_files": [str(tmp_path / "more.yml"), ""], "values": json.dumps({"tags": ["given"]})}
        result = applied(sandbox, base, tmp_path / "layer.yml", environment_name="production", **given)
        # The environment's own layer comes after all others.
        assert [row["key"] for row in result["objects"]] == ["shop", "old"]
        name, value = self.stored(sandbox)["shop-other"]
        assert (name, value["tags"], value["enabled"]) == (None, ["given"], False)

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ({}, "BASE/tag.yml: shop: value.name: no value is given for stage; given are none"),
            (
                {},
                "no value is given for stage; given are none. Say which environment is meant: there are values of production, test",
            ),
            ({"path": ["BASE/nowhere"]}, "path: there is no file or folder BASE/nowhere on the controller"),
            ({"values_files": ["BASE/nowhere.yml"]}, "values_files: there is no file or folder BASE/nowhere.yml on"),
            ({"path": []}, "path is empty: give a folder or a file of settings"),
            ({"path": ["", " "]}, "path is empty: give a folder or a file of settings"),
            (
                {"values": {"stage": "x"}},
                "BASE/tag.yml: debug: value.enabled: no value is given for debug; given are stage",
            ),
            (
                {"values": {"stage": "x", "tags": None, "debug": "perhaps"}},
                "BASE/tag.yml: shop: value.tags: no value is given for tags",
            ),
            ({"values": {"stage": [], "tags": [], "debug": True}}, "BASE/tag.yml: shop: value.name: $join takes texts"),
            ({"environment_name": "staging"}, "there is nothing for the environment staging: no values/staging.yml"),
            ({"environment_name": "../production"}, "give its name alone"),
            ({"values": [1]}, "values must be a dictionary of names and values"),
            ({"values": "stage"}, "values must be a dictionary of names and values"),
            ({"values_files": ["BASE/tag.txt"]}, "BASE/tag.txt must be a dictionary of names and values"),
        ],
    )
    def test_what_is_wrong_is_said_before_anything_is_sent(
        self, sandbox: RunningSandbox, base: Path, args: dict[str, Any], said: str
    ) -> None:
        (base / "tag.txt").write_text("[a]", encoding="utf-8")
        given = json.loads(json.dumps(args).replace("BASE", str(base)))
        result = applied(sandbox, base, **given)
        assert said.replace("BASE", str(base)) in result["msg"]
        assert sandbox.sent == []

    @pytest.mark.parametrize("text", ["- {key: x, value: &a {b: *a}}", "- {key: x, value: {a: &a [*a]}}"])
    def test_values_that_hold_themselves(self, sandbox: RunningSandbox, base: Path, text: str) -> None:
        (base / "z.yml").write_text(text, encoding="utf-8")
        (base / "layers" / "test" / "z.yml").write_text(text, encoding="utf-8")
        for more in ({}, {"environment_name": "test"}):
            assert "z.yml: x: its value" in applied(sandbox, base, values={"stage": "x"}, **more)["msg"]
        (base / "z.yml").unlink()
        (base / "values" / "test.yml").write_text("{stage: x, team: t, debug: true, tags: &a [*a]}", encoding="utf-8")
        (base / "layers" / "test" / "z.yml").unlink()
        assert (
            "tag.yml: shop: its value, or a value for it, is nested"
            in applied(sandbox, base, environment_name="test")["msg"]
        )
        assert sandbox.sent == []

    def test_values_go_with_path(self, sandbox: RunningSandbox, base: Path) -> None:
        sandbox.in_action = True
        result = sandbox.run("settings_objects", objects=[], values={"a": 1}, environment_name="test")
        assert "values and environment_name are filled into files: give path with them" in result["msg"]
        blank = {"values": " ", "values_files": ["", " "], "environment_name": " "}
        assert sandbox.run("settings_objects", objects=[], **blank)["changed"] is False

    def test_a_value_of_the_wrong_type_is_said_by_the_schema(self, sandbox: RunningSandbox, base: Path) -> None:
        result = applied(sandbox, base, values={"stage": "x", "tags": [], "debug": "perhaps", "team": "x"})
        assert f"{base / 'tag.yml'}: debug: value.enabled" in result["msg"]
        assert sandbox.writes == []


class TestSecretsInsideOfTexts:
    """A join with a secret is secret, whatever the schema calls the property."""

    BEARER = {"$join": ["Bearer ", {"$secret": "HOOK"}]}  # noqa: RUF012

    def run(
        self, sandbox: RunningSandbox, tmp_path: Path, item: dict[str, Any], check: bool = False, **args: Any
    ) -> dict[str, Any]:
        profile = {"name": "profile", "severityRules": [], "eventFilters": []}
        objects = [{"key": "profile", "schema_id": "builtin:alerting.profile", "match_on": ["name"], "value": profile}]
        _write(tmp_path / "hook.yml", [*objects, item])
        return applied(sandbox, tmp_path / "hook.yml", check=check, **args)

    @pytest.mark.parametrize("name", ["value", "secretValue"])
    def test_a_header(self, sandbox: RunningSandbox, tmp_path: Path, name: str) -> None:
        predicted = self.run(sandbox, tmp_path, hook(self.BEARER, name), check=True, secrets={"HOOK": SECRET})
        first = self.run(sandbox, tmp_path, hook(self.BEARER, name), secrets={"HOOK": SECRET})
        assert first.get("msg") is None
        assert first["summary"]["create"] == 2
        assert first["diff"] == predicted["diff"]
        assert f"Bearer {SECRET}" in json.dumps(sandbox.state.settings.state(), default=str)
        sandbox.clear()
        again = self.run(sandbox, tmp_path, hook(self.BEARER, name), secrets={"HOOK": SECRET})
        assert (again["changed"], sandbox.writes) == (False, [])
        # Beside another change, and with another secret than the stored one, which nothing may show either.
        changed = self.run(sandbox, tmp_path, hook(self.BEARER, name, "[]"), secrets={"HOOK": "another-SECRET"})
        assert changed["summary"]["update"] == 1
        for result in (predicted, first, again, changed):
            assert SECRET not in json.dumps(result)
            assert "another-SECRET" not in json.dumps(result)
            assert "Bearer" not in json.dumps(result)

    def test_a_missing_one_is_an_error_where_the_schema_knows_no_secret(
        self, sandbox: RunningSandbox, tmp_path: Path
    ) -> None:
        said = f"{tmp_path}/hook.yml: hook: value.webHookNotification.headers[0].value needs a secret that is not given, Bearer {{HOOK}}"
        for missing in ("omit", "placeholder"):
            result = self.run(sandbox, tmp_path, hook(self.BEARER), missing_secrets=missing)
            assert said in result["msg"]
            assert sandbox.writes == []
        absent = {**hook(self.BEARER), "state": "absent"}
        assert self.run(sandbox, tmp_path, absent)["summary"]["create"] == 1

    def test_a_missing_one_is_left_alone_where_it_does(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        token = {"$join": ["v2.", {"$secret": "HOOK"}]}
        remote = {"name": "one", "scope": "INTERNAL", "url": "https://one.example.com", "token": token}
        item = {"key": "one", "schema_id": REMOTE, "value_mode": "replace", "value": remote}
        assert self.run(sandbox, tmp_path, item, secrets={"HOOK": SECRET})["changed"] is True
        result = self.run(sandbox, tmp_path, item)
        assert result["changed"] is False
        assert any("no secret is given for HOOK" in str(text) for text in result["warnings"])
        drift = self.run(sandbox, tmp_path, item, check=True, missing_secrets="placeholder")
        assert [row["diff"] for row in drift["objects"]] == [None, None]


class TestWrong:
    @pytest.mark.parametrize(
        ("item", "said"),
        [
            ({"key": "x", "vlaue": {}}, "x: there is no option vlaue; there are key, schema_id"),
            ({"key": "x", "adopt": "perhaps"}, "x: argument 'adopt' is of type"),
            ({"key": "x", "match_on": [{"$value": "a"}]}, "x: match_on must be a list of texts"),
            ({"key": "x", "schema_id": {"$value": "a"}}, "x: schema_id: must be said here: a mark may stand in value"),
            ({"key": "x", "state": {"$value": "a"}}, "x: state: must be said here: a mark may stand in value"),
            ({"key": {"$value": "a"}}, "the key of object 1 must be a text: quote it"),
            ({"key": "x", "position": "middle"}, "x: value of position must be one of: first, last"),
            ({"key": "x", "value": {"name": 5, "nmae": 1}}, "x: value has no property nmae"),
            ({"key": "x", "value": {"name": "x"}, "scope": "HOST"}, "x: "),
            ({"key": "x", "schema_id": "builtin:nope"}, "x: this environment has no schema builtin:nope"),
            ({"key": "x", "value": {"name": "x"}, "match_on": ["nmae"]}, "x: match_on names nmae"),
            ({"key": "x", "value": {"name": "x"}, "position": "first"}, "x: schema"),
            ({"key": "x", "value": {"name": "x", "tags": [{"$ref": "nothing"}]}}, "x: value.tags[0] refers to nothing"),
        ],
    )
    def test_what_is_refused_names_file_and_key(
        self, sandbox: RunningSandbox, folder: Path, item: dict[str, Any], said: str
    ) -> None:
        _write(folder / "wrong.yml", {"schema_id": TAG, "objects": [item]})
        result = applied(sandbox, folder, secrets={"one/token": SECRET})
        assert result["failed"] is True
        assert f"{folder / 'wrong.yml'}: {said}" in result["msg"]
        assert sandbox.writes == []

    def test_what_the_server_refuses_names_file_and_key(self, sandbox: RunningSandbox, folder: Path) -> None:
        sandbox.fault(kind="status", status=403, path=".*/settings/objects", method="POST", times=10)
        result = applied(sandbox, folder / "tag.yml")
        assert f"objects failed: {folder / 'tag.yml'}: {{{{ 1 / 0 }}}}: " in result["msg"]

    def test_a_key_in_two_files_and_a_file_that_is_not_there(self, sandbox: RunningSandbox, folder: Path) -> None:
        _write(folder / "z.yml", [{"key": "remote"}])
        assert f"z.yml: the key remote is in {folder / 'remote.yml'} already" in applied(sandbox, folder)["msg"]
        assert "nowhere" in applied(sandbox, folder / "nowhere")["msg"]
        assert sandbox.sent == []

    @pytest.mark.parametrize("given", [SECRET, [SECRET], f'{{"a": "{SECRET}"', {"a": {"b": SECRET}}])
    def test_secrets_that_are_none_are_not_repeated(self, sandbox: RunningSandbox, folder: Path, given: Any) -> None:
        result = applied(sandbox, folder, secrets=given)
        assert "secrets must be a dictionary" in result["msg"]
        assert SECRET not in json.dumps(result)

    def test_exactly_one_of_both(self, sandbox: RunningSandbox, folder: Path) -> None:
        assert "mutually exclusive: objects|path" in applied(sandbox, folder, objects=[])["msg"]
        assert "one of the following is required: objects, path" in sandbox.run("settings_objects")["msg"]
        sandbox.in_action = True
        assert "give path with them" in sandbox.run("settings_objects", objects=[], secrets={"a": "b"})["msg"]

    def test_without_its_action_plugin(self, sandbox: RunningSandbox, folder: Path) -> None:
        common = {"environment_url": sandbox.url, "api_token": TOKEN}
        result = run_in_process("settings_objects", {**common, "path": [str(folder)]})
        assert "path is read on the controller, by the action plugin of this module" in result["msg"]
        assert sandbox.sent == []


@pytest.mark.timeout(200)
@pytest.mark.parametrize("in_process", ["true", "false"])
def test_as_a_task(sandbox: RunningSandbox, folder: Path, tmp_path: Path, in_process: str) -> None:
    """A relative path starts at the playbook; with a loop, a retry and a wrong file."""
    _write(tmp_path / "wrong.yml", [{"key": "x", "schema_id": TAG, "vlaue": {}}])
    common = {"environment_url": sandbox.url, "api_token": TOKEN, "secrets": {"one/token": SECRET}}
    tasks: list[dict[str, Any]] = [
        {
            "name": "apply",
            "community.dynatrace.settings_objects": {**common, "path": "{{ item }}"},
            "loop": ["settings", "settings/tag.yml"],
        },
        {
            "name": "wrong",
            "community.dynatrace.settings_objects": {**common, "path": ["wrong.yml"]},
            "ignore_errors": True,
        },
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    played = play(tmp_path, plays, variables={"DYNATRACE_IN_PROCESS": in_process}, arguments=["-vvv"])
    assert played.code == 0, played.output[-3000:]
    first, second, dummy = played.results("apply")
    assert [len(result["objects"]) for result in (first, second)] == [2, 1]
    assert [result["changed"] for result in (first, second)] == [True, False]
    (wrong,) = played.results("wrong")
    assert "wrong.yml: x: there is no option vlaue" in wrong["msg"]
    assert SECRET not in played.output + played.log + json.dumps(played.seen)
