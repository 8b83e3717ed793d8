# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables of roles as surveys and the command line give them: nothing, empty, null, and secrets as texts."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
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


def _given(role: str, folder: Path, name: str = "one") -> dict[str, Any]:
    """What each role needs. ``name``: of an object."""
    settings = folder / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    remote = {"name": name, "url": f"https://{name}.example.com", "token": {"$secret": "token"}}
    text = yaml.safe_dump({"schema_id": REMOTE, "objects": [{"key": name, "value": remote}]})
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


def _played(
    sandbox: RunningSandbox, folder: Path, runs: Mapping[str, tuple[str, Mapping[str, Any]]], *more: str
) -> Played:
    """A play after the other in one run of Ansible: of each host its role and variables. What fails in one concerns no other."""
    hosts = {
        name: {
            "ansible_connection": "local",
            "dynatrace_id": "1730152904",
            **json.loads(json.dumps(given).replace(_URL, sandbox.url)),
        }
        for name, (_role, given) in runs.items()
    }
    inventory = folder / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
    plays = [
        {
            "hosts": name,
            "gather_facts": False,
            "tasks": [
                {
                    "block": [{"ansible.builtin.include_role": {"name": f"community.dynatrace.{role}"}}],
                    # Else Ansible would stop where all hosts of a play have failed.
                    "rescue": [{"ansible.builtin.debug": {"msg": "it failed"}}],
                }
            ],
        }
        for name, (role, _given) in runs.items()
    ]
    variables = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    sandbox.clear()
    return play(folder, plays, variables=variables, arguments=["-i", str(inventory), *more])


def _seen(played: Played, host: str) -> str:
    """What the tasks of a role gave."""
    results = [[entry["event"], entry["task"], _kept(entry)] for entry in played.seen if entry["host"] == host]
    return _PASSING.sub("PASSING", json.dumps(results, sort_keys=True).replace(host, "HOST"))


def _kept(entry: Mapping[str, Any]) -> Any:
    """Of a result what should be the same. A report is new in the first play alone."""
    if not entry["action"].startswith("community.dynatrace."):
        return None
    result = entry["result"]
    if entry["action"].endswith(".settings_files"):
        return [file["name"] for file in result.get("files", [])], result.get("msg")
    return result


def _has_failed(played: Played, host: str) -> bool:
    (rescued,) = re.findall(rf"^{host} +: .*rescued=(\d+)", played.output, re.MULTILINE)
    return rescued != "0"


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
    given = {
        "plain_host": needed,
        "empty_host": {**dict.fromkeys(optional, ""), **needed},
        "null_host": {**dict.fromkeys(optional, None), **needed},
    }
    played = _played(sandbox, tmp_path, {host: (role, variables) for host, variables in given.items()}, "--check")
    sent = [
        sandbox.sent[at : at + len(sandbox.sent) // 3]
        for at in range(0, len(sandbox.sent), len(sandbox.sent) // 3 or 1)
    ]
    assert sent, played.output[-3000:]
    assert [sorted(one) for one in sent] == [sorted(sent[0])] * 3
    for host in ("empty_host", "null_host"):
        assert _has_failed(played, host) == _has_failed(played, "plain_host"), played.output[-3000:]
        assert _seen(played, host) == _seen(played, "plain_host")


@pytest.mark.timeout(100)
def test_what_is_needed_is_missed_before_anything_is_sent(sandbox: RunningSandbox, tmp_path: Path) -> None:
    needed = {role: dict.fromkeys(_given(role, tmp_path), "") for role in BLANK_ROLES}
    played = _played(sandbox, tmp_path, {role: (role, given) for role, given in needed.items()})
    assert sandbox.sent == []
    for role in BLANK_ROLES:
        assert _has_failed(played, role)
        said = json.dumps([entry["result"] for entry in played.seen if entry["host"] == role])
        assert f"{role}_" in said
        assert "empty" in said


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
    runs = {
        f"{form}_host": (role, {**_given(role, tmp_path / form, form), f"{role}_secrets": secrets})
        for form, secrets in SECRETS.items()
    }
    played = _played(sandbox, tmp_path, runs, "-vvvv")
    (tmp_path / "inventory.json").unlink()
    taken = [host for host in runs if not _has_failed(played, host)]
    assert taken == [f"{form}_host" for form in _TAKEN], played.output[-3000:]
    assert played.output.count('"msg": "secrets must be a dictionary') >= len(SECRETS) - len(_TAKEN)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    texts = [path.read_bytes().decode(errors="replace") for path in written]
    assert not [part for part in (played.output, played.log, *texts) if SECRET in part]
    if role == "settings_apply":
        stored = sandbox.state.settings.state()
        assert json.dumps(stored, default=str).count(SECRET) == len(_TAKEN)


@pytest.mark.timeout(100)
def test_secrets_of_the_lookup(sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = _given("settings_apply", tmp_path)["settings_apply_path"]
    (tmp_path / "given.json").write_text(json.dumps({"given": SECRETS}), encoding="utf-8")
    tasks = [
        {
            "name": form,
            "ansible.builtin.debug": {
                "msg": f"{{{{ query('community.dynatrace.settings_files', '{path}', secrets=given.{form}) | length }}}}"
            },
            "ignore_errors": True,
        }
        for form in SECRETS
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    played = play(tmp_path, plays, arguments=["-vvvv", "-e", f"@{tmp_path}/given.json"])
    outcomes = {entry["task"]: entry["event"] for entry in played.seen}
    assert outcomes == {form: "ok" if form in _TAKEN else "failed" for form in SECRETS}, played.output[-3000:]
    assert SECRET not in played.output + played.log + json.dumps(played.seen)
