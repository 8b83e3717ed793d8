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

    def test_secrets_that_are_missing(self, sandbox: RunningSandbox, folder: Path) -> None:
        result = applied(sandbox, folder, check=True)
        assert any("no secret is given for one/token" in str(text) for text in result["warnings"])
        failed = applied(sandbox, folder, missing_secrets="fail")
        assert "these secrets are not given: one/token" in failed["msg"]
        assert applied(sandbox, folder, check=True, missing_secrets="placeholder")["changed"] is True


class TestWrong:
    @pytest.mark.parametrize(
        ("item", "said"),
        [
            ({"key": "x", "vlaue": {}}, "x: there is no option vlaue; there are key, schema_id"),
            ({"key": "x", "adopt": "perhaps"}, "x: argument 'adopt' is of type"),
            ({"key": "x", "position": "middle"}, "x: value of position must be one of: first, last"),
            ({"key": "x", "value": {"name": 5, "nmae": 1}}, "x: value has no property nmae"),
            ({"key": "x", "value": {"name": "x"}, "scope": "HOST"}, "x: "),
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
