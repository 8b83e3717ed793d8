# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role settings_copy by its playbook, from one sandbox to another. Whatever happens, the source is only read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.app import Options
from tests.support.playbook import Played, play, run
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.unit.plugins.modules.test_settings_export_info import NOTE, PLAN, REMOTE, TAG, WINDOW, make, plan, window
from tests.unit.roles.test_roles import ROOT

SECRET = "hush-SECRET-hush"
REMOTE_VALUE = {"name": "place", "url": "https://stage.example.com", "scope": "EXTERNAL", "token": SECRET}
SECRET_NAME = f"{REMOTE}/place/token"


@dataclass
class Pair:
    """``managed``: whether the target's address is that of a Managed cluster."""

    source: RunningSandbox
    target: RunningSandbox
    folder: Path
    managed: bool = False

    def copy(self, *more: str, **given: Any) -> Played:
        """The playbook with variables of the role, without their prefix. Nothing is ever written to the source, and no secret shown."""
        self.source.clear()
        self.target.clear()
        variables = {
            "source": {"environment_url": self.source.url, "api_token": TOKEN},
            "target": {
                "environment_url": self.target.url + ("/e/0a1b2c3d" if self.managed else ""),
                "api_token": TOKEN,
            },
            **given,
        }
        path = self.folder / "given.json"
        path.write_text(
            json.dumps({f"settings_copy_{name}": value for name, value in variables.items()}), encoding="utf-8"
        )
        arguments = ["-e", f"@{path}", "-vvvv", *more]
        played = run(self.folder, ["community.dynatrace.settings_copy"], "ansible-playbook", arguments=arguments)
        path.unlink()
        assert self.source.writes == [], "the source was written to"
        assert all(one["method"] == "GET" for one in self.source.state.requests)
        written = [one.read_bytes().decode(errors="replace") for one in self.folder.rglob("*") if one.is_file()]
        for text in (played.output, played.log, json.dumps(played.seen), *written):
            assert SECRET not in text
            assert TOKEN not in text
        return played

    @property
    def report(self) -> list[str]:
        return (self.folder / "copy" / "report.txt").read_text(encoding="utf-8").splitlines()

    def values(self, schema_id: str) -> list[dict[str, Any]]:
        """What the target holds."""
        return [one.value for one in self.target.state.settings.store.objects(schema_id)]


@pytest.fixture
def pair(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[Pair]:
    with running(Options()) as target:
        yield Pair(sandbox, target, tmp_path)


def fill(pair: Pair) -> None:
    """A plan that refers to a window, a connection with a secret, and a note on an address, in the source."""
    (night,) = make(pair.source, {"schemaId": WINDOW, "value": window("night")})
    make(
        pair.source,
        plan(night),
        {"schemaId": REMOTE, "value": REMOTE_VALUE, "externalId": "team-a/place"},
        {
            "schemaId": NOTE,
            "value": {"text": "see https://stage.example.com of HOST-0123456789ABCDEF"},
            "externalId": "team-a/note",
        },
    )


@pytest.mark.timeout(300)
def test_there_and_nothing_again_and_back(pair: Pair) -> None:
    """To an environment of a Managed cluster. What came there goes back without a change."""
    pair.managed = True
    fill(pair)
    wanted = {
        "schema_ids": [PLAN, REMOTE, NOTE],
        "replace": {"stage.example.com": "production.example.com", "stage": "never, the longer one wins"},
        "secrets": {SECRET_NAME: SECRET},
    }
    checked = pair.copy("--check", **wanted)
    assert checked.code == 0, checked.output[-3000:]
    assert [text for text in pair.target.writes if "validateOnly" not in text] == []
    assert pair.values(REMOTE) == []
    assert "changed=1" in checked.output
    assert len(checked.results("Plan the copy")) == 1
    assert (pair.folder / "copy" / "plan.html").is_file()

    plan_of_check = json.loads((pair.folder / "copy" / "plan.json").read_text(encoding="utf-8"))
    # What the file says when the role begins counts, not the plan that the role writes there.
    another = pair.copy(**{**wanted, "replace": {}, "expect_plan": "copy/plan.json"})
    assert another.code == 2
    assert "Nothing was written: the plan differs from the expected one" in another.output
    assert [text for text in pair.target.writes if "validateOnly" not in text] == []
    played = pair.copy(**wanted, expect_plan=plan_of_check)
    assert played.code == 0, played.output[-3000:]
    (night,) = [one for one in pair.target.state.settings.store.objects(WINDOW) if one.value["name"] == "night"]
    assert [one["windows"] for one in pair.values(PLAN)] == [[{"window": night.object_id}]]
    (place,) = pair.values(REMOTE)
    assert (place["url"], place["token"]) == ("https://production.example.com", SECRET)
    assert "see https://production.example.com of HOST-0123456789ABCDEF" in [one["text"] for one in pair.values(NOTE)]
    assert pair.report[0] == "Comes along: 4 objects. Stays behind: 0. Secrets that are not given: 0."
    assert any(line.startswith("note: ") and "names HOST-0123456789ABCDEF" in line for line in pair.report[1:])

    again = pair.copy(**wanted)
    assert again.code == 0
    assert "changed=0" in again.output
    assert [text for text in pair.target.writes if "validateOnly" not in text] == []

    back = Pair(pair.target, pair.source, pair.folder)
    returned = back.copy(**{**wanted, "replace": json.dumps({"production.example.com": "stage.example.com"})})
    assert returned.code == 0, returned.output[-3000:]
    assert "changed=0" in returned.output


@pytest.mark.timeout(200)
def test_what_stays_behind(pair: Pair) -> None:
    """A schema that the target has not, a secret that is missing, what the server refuses, and what refers to them."""
    fill(pair)
    catalog = pair.target.state.settings._catalog
    del catalog._latest[WINDOW]
    make(
        pair.target, {"schemaId": TAG, "externalId": "another", "value": {"name": "mine", "enabled": True, "tags": []}}
    )
    make(pair.source, {"schemaId": TAG, "externalId": "own", "value": {"name": "mine", "enabled": True, "tags": []}})
    played = pair.copy(schema_ids=[PLAN, REMOTE, NOTE, TAG], fail=True)
    assert played.code == 2, played.output[-3000:]
    assert "Stays behind: 4. Secrets that are not given: 1." in played.output
    left = {line.split(": ")[1]: line for line in pair.report if line.startswith("left: ")}
    assert set(left) == {f"{WINDOW}/night", PLAN, f"{REMOTE}/place", f"{TAG}/mine"}
    assert left[f"{WINDOW}/night"].endswith("the target has no such schema")
    assert left[PLAN].endswith(f"it refers to {WINDOW}/night, which stays behind")
    assert "token" in left[f"{REMOTE}/place"]
    assert "another external id" in left[f"{TAG}/mine"]
    assert len(played.results("Plan the copy")) == 3
    assert pair.values(REMOTE) == []
    assert any("HOST-0123456789ABCDEF" in one["text"] for one in pair.values(NOTE))


@pytest.mark.timeout(100)
def test_a_missing_secret_of_an_object_that_exists(pair: Pair) -> None:
    fill(pair)
    make(
        pair.target,
        {"schemaId": REMOTE, "value": {**REMOTE_VALUE, "token": "of-the-target"}, "externalId": "team-a/place"},
    )
    played = pair.copy(external_id_prefix="team-a/", names=["place"])
    assert played.code == 0, played.output[-3000:]
    assert (
        f"secret: {SECRET_NAME}: it is not given: an object that exists keeps its own, a new one has none"
        in pair.report
    )
    example = yaml.safe_load((pair.folder / "copy" / "secrets.example.yml").read_text(encoding="utf-8"))
    assert example == {"settings_copy_secrets": {SECRET_NAME: ""}}
    assert [one["token"] for one in pair.values(REMOTE)] == ["of-the-target"]


CONNECTIONS: dict[str, Any] = {
    "text": SECRET,
    "list": [SECRET],
    "number": 7,
    "broken": f'{{"api_token": "{SECRET}"',
    "no_address": {"api_token": SECRET},
    "no_token": {"environment_url": "https://abc12345.live.dynatrace.com"},
    "unknown": {"environment_url": "https://abc12345.live.dynatrace.com", "api_tokn": SECRET},
    "name": {"environment_url": "https://abc12345.live.dynatrace.com", SECRET: "x"},
    "nested": {"environment_url": "https://abc12345.live.dynatrace.com", "api_token": {"value": SECRET}},
    "address": {"environment_url": f"https://user:{SECRET}@abc12345.live.dynatrace.com", "api_token": SECRET},
    "plain": {"environment_url": "http://abc12345.live.dynatrace.com", "api_token": SECRET},
}


SAME = {
    "live and apps": ("https://abc12345.live.dynatrace.com", "https://abc12345.apps.dynatrace.com/"),
    "api": ("https://abc12345.live.dynatrace.com/api/v2", "https://ABC12345.live.dynatrace.com"),
    "gateway": ("https://managed.example.com/e/0A1B", "https://gateway.example.com:9999/e/0a1b/api/v2"),
}


@pytest.mark.timeout(300)
def test_what_is_wrong_is_said_before_anything_is_sent(pair: Pair) -> None:
    """In one playbook, since each takes its time. No error repeats what a connection holds."""
    good = {"environment_url": pair.target.url, "api_token": TOKEN}
    cases: dict[str, tuple[str, dict[str, Any]]] = {}
    for form, connection in CONNECTIONS.items():
        names = ("source", "target") if form in ("text", "nested") else ("source",)
        for name in names:
            cases[f"{form} {name}"] = (f"settings_copy_{name}", {"target": good, "source": good, name: connection})
    for form, addresses in SAME.items():
        source, target = ({"environment_url": address, "api_token": TOKEN} for address in addresses)
        cases[form] = ("are the same environment, ", {"source": source, "target": json.dumps(target)})
    other = {**good, "environment_url": pair.source.url}
    cases["nothing"] = ("choose what is copied", {"source": good, "target": other, "names": [""], "scopes": None})
    tasks: list[dict[str, Any]] = []
    for form, (_said, given) in cases.items():
        variables = {f"settings_copy_{name}": value for name, value in {"names": ["*"], **given}.items()}
        role = {"ansible.builtin.include_role": {"name": "community.dynatrace.settings_copy"}, "vars": variables}
        caught = {"ansible.builtin.debug": {"msg": f"<{form}> {{{{ ansible_failed_result.msg }}}}"}}
        tasks.append({"block": [role], "rescue": [caught]})
    pair.target.clear()
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    played = play(pair.folder, plays, arguments=["-vvvv"], timeout=250)
    assert pair.target.sent + pair.source.sent == []
    told = [entry["result"]["msg"] for entry in played.seen if str(entry["result"].get("msg", "")).startswith("<")]
    assert len(told) == len(cases), played.output[-3000:]
    for text, (form, (said, _given)) in zip(told, cases.items(), strict=True):
        assert text.startswith(f"<{form}> ")
        assert said in text
    assert SECRET not in played.output + played.log + json.dumps(played.seen)
    assert TOKEN not in played.output + played.log + json.dumps(played.seen)


def test_only_modules_that_read_get_the_source() -> None:
    """And no other task of the role names its connection."""
    tasks = yaml.safe_load((ROOT / "roles" / "settings_copy" / "tasks" / "main.yml").read_text(encoding="utf-8"))
    blocks = [task for task in tasks if "settings_copy_source" in json.dumps(task.get("module_defaults", {}))]
    modules = {name for task in blocks for row in task["block"] for name in row if name.startswith("community.")}
    assert modules == {"community.dynatrace.settings_export_info"}
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "roles" / "settings_copy" / "tasks").iterdir())
    assert text.count("settings_copy_source | community.dynatrace.environment_connection") == len(blocks) == 1
