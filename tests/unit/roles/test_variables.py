# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles as surveys and the command line give them: nothing, empty, null, and secrets as texts."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.sandbox.settings.ids import make_object_id
from tests.support.packages import build_package
from tests.support.playbook import Played, play
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.terraform import Resource, stored
from tests.unit.roles.test_roles import ROLES, read

SECRET = "hush-SECRET-hush"
REMOTE = "builtin:sandbox.remote-connection"
# Its sentences about what is wrong are its own.
BLANK_ROLES = [role for role in ROLES if role != "settings_from_monaco"]
# What differs from run to run.
_PASSING = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z)?|\b\d{13}\b|\d+:\d\d:\d\d\.\d+|\b\d+\.\d+ ?s\b"
)
# Stands for the address of the sandbox in what a role needs.
_URL = "URL-OF-THE-SANDBOX"


def _options(role: str) -> dict[str, Any]:
    options: dict[str, Any] = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return options


def _given(role: str, folder: Path) -> dict[str, Any]:
    """What each role needs."""
    settings = folder / "settings"
    settings.mkdir(exist_ok=True)
    remote = {"name": "one", "url": "https://one.example.com", "token": {"$secret": "token"}}
    text = yaml.safe_dump({"schema_id": REMOTE, "objects": [{"key": "one", "value": remote}]})
    (settings / "one.yml").write_text(text, encoding="utf-8")
    package = folder / "one.zip"
    if not package.exists():
        package.write_bytes(build_package("custom:blank", "1.0.0"))
    tag = Resource("dynatrace_tag", "one", make_object_id("builtin:sandbox.tag-rule", "environment", "one"))
    (folder / "state.json").write_text(json.dumps(stored([tag])), encoding="utf-8")
    needed: dict[str, dict[str, Any]] = {
        "settings_apply": {"settings_apply_path": str(settings)},
        "settings_plan": {"settings_plan_path": str(settings)},
        "settings_drift": {"settings_drift_path": str(settings)},
        "sandbox_record": {"sandbox_record_path": str(folder / "recording")},
        "settings_export": {
            "settings_export_path": str(folder / "exported"),
            "settings_export_schema_ids": ["builtin:sandbox.*-rule"],
        },
        "settings_from_terraform": {
            "settings_from_terraform_state": str(folder / "state.json"),
            "settings_from_terraform_path": str(folder / "exported"),
        },
        "settings_copy": {
            "settings_copy_source": {"environment_url": f"{_URL}/e/one", "api_token": TOKEN},
            "settings_copy_target": {"environment_url": f"{_URL}/e/two", "api_token": TOKEN},
            "settings_copy_schema_ids": ["builtin:sandbox.*-rule"],
        },
        "activegate_rollout": {"activegate_rollout_target_version": "latest"},
        "extension_rollout": {"extension_rollout_package": str(package)},
    }
    return needed[role]


def _played(sandbox: RunningSandbox, folder: Path, role: str, given: dict[str, Any], *more: str) -> Played:
    (folder / "given.json").write_text(json.dumps(given).replace(_URL, sandbox.url), encoding="utf-8")
    inventory = folder / "inventory.json"
    host = {"ansible_connection": "local", "dynatrace_id": "1730152904"}
    inventory.write_text(json.dumps({"all": {"hosts": {"gate": host}}}), encoding="utf-8")
    plays = [{"hosts": "gate", "gather_facts": False, "roles": [f"community.dynatrace.{role}"]}]
    variables = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    arguments = ["-i", str(inventory), "-e", f"@{folder}/given.json", *more]
    sandbox.clear()
    for report in ("plan", "drift", "copy", "rollout"):
        shutil.rmtree(folder / report, ignore_errors=True)
    return play(folder, plays, variables=variables, arguments=arguments)


def _seen(sandbox: RunningSandbox, played: Played) -> Any:
    """What the tasks of a role gave, and what was sent."""
    results = [
        [entry["event"], entry["task"], entry["result"] if entry["action"].startswith("community.dynatrace.") else None]
        for entry in played.seen
    ]
    return _PASSING.sub("PASSING", json.dumps(results, sort_keys=True)), sorted(sandbox.sent)


@pytest.mark.parametrize("role", BLANK_ROLES)
@pytest.mark.parametrize("blank", ["", None], ids=["empty", "null"])
def test_ansible_lets_blank_variables_through(role: str, blank: str | None) -> None:
    options = {name: option for name, option in _options(role).items() if not option.get("required")}
    spec = {
        name: {key: option[key] for key in ("type", "elements", "choices", "default") if key in option}
        for name, option in options.items()
    }
    assert ArgumentSpecValidator(spec).validate(dict.fromkeys(options, blank)).error_messages == []


@pytest.mark.timeout(200)
@pytest.mark.parametrize("role", BLANK_ROLES)
def test_blank_variables_are_as_if_not_given(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    monkeypatch.chdir(tmp_path)
    needed = _given(role, tmp_path)
    optional = [name for name, option in _options(role).items() if not option.get("required")]
    assert optional
    plain = _played(sandbox, tmp_path, role, needed, "--check")
    expected = _seen(sandbox, plain)
    assert expected[1], plain.output[-3000:]
    for blank in ("", None):
        played = _played(sandbox, tmp_path, role, {**dict.fromkeys(optional, blank), **needed}, "--check")
        assert played.code == plain.code, played.output[-3000:]
        assert _seen(sandbox, played) == expected


@pytest.mark.timeout(100)
@pytest.mark.parametrize("role", BLANK_ROLES)
def test_what_is_needed_is_missed_before_anything_is_sent(sandbox: RunningSandbox, tmp_path: Path, role: str) -> None:
    needed = _given(role, tmp_path)
    played = _played(sandbox, tmp_path, role, dict.fromkeys(needed, ""))
    assert played.code != 0
    assert f"{role}_" in played.output
    assert "empty" in played.output
    assert sandbox.sent == []


SECRETS: dict[str, Any] = {
    "dictionary": {"token": SECRET},
    "json": json.dumps({"token": SECRET}),
    "yaml": f"token: {SECRET}\n",
    "list": [SECRET],
    "text": SECRET,
    "broken": f'{{"token": "{SECRET}"',
    "nested": {"token": {"value": SECRET}},
}
_TAKEN = ("dictionary", "json", "yaml")


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("role", "in_process"), [("settings_apply", "true"), ("settings_apply", "false"), ("settings_drift", "true")]
)
def test_secrets_of_a_role_are_taken_or_refused_and_never_shown(
    sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, in_process: str
) -> None:
    """Screen with -vvvv, log file, what callbacks get, and files that are written."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DYNATRACE_IN_PROCESS", in_process)
    for form, secrets in SECRETS.items():
        sandbox.state.reset()
        played = _played(sandbox, tmp_path, role, {**_given(role, tmp_path), f"{role}_secrets": secrets}, "-vvvv")
        is_taken = form in _TAKEN
        assert (played.code == 0) == is_taken, (form, played.output[-3000:])
        assert is_taken or "secrets must be a dictionary" in played.output
        (tmp_path / "given.json").unlink()
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        texts = [path.read_bytes().decode(errors="replace") for path in written]
        assert not [part for part in (played.output, played.log, *texts) if SECRET in part], form
        if is_taken and role == "settings_apply":
            assert SECRET in json.dumps(sandbox.state.settings.state(), default=str)


@pytest.mark.timeout(100)
@pytest.mark.parametrize("form", SECRETS)
def test_secrets_of_the_lookup(sandbox: RunningSandbox, tmp_path: Path, form: str) -> None:
    path = _given("settings_apply", tmp_path)["settings_apply_path"]
    (tmp_path / "given.json").write_text(json.dumps({"given": SECRETS[form]}), encoding="utf-8")
    look = "{{ query('community.dynatrace.settings_files', '" + path + "', secrets=given) | length }}"
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [{"ansible.builtin.debug": {"msg": look}}]}]
    played = play(tmp_path, plays, arguments=["-vvvv", "-e", f"@{tmp_path}/given.json"])
    assert (played.code == 0) == (form in _TAKEN), played.output[-3000:]
    assert SECRET not in played.output + played.log + json.dumps(played.seen)
