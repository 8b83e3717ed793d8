# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What plans, drift and failures leave for people and pipelines."""

from __future__ import annotations

import json
import os
import subprocess
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import Played, play
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.tools.environment import environment
from tests.tools.setup import COLLECTIONS

TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
SECRET = "hush-SECRET-hush"
TERMINAL = 100
# Lines that are Ansible's own: names of tasks, where they stand, and the recap.
_ANSIBLES = ("TASK [", "Origin: ", "fatal: ", "localhost  ", "[ERROR]: ")


def written(folder: Path, name: str, schema_id: str, *objects: Mapping[str, Any]) -> Path:
    """A file of settings; the folder of it."""
    settings = folder / "settings"
    settings.mkdir(exist_ok=True)
    text = yaml.safe_dump({"schema_id": schema_id, "objects": list(objects)}, allow_unicode=True)
    (settings / f"{name}.yml").write_text(text, encoding="utf-8")
    return settings


def tag(name: str, **value: Any) -> dict[str, Any]:
    return {"key": f"{TAG}/{name}", "value": {"name": name, **value}}


def remote(name: str, url: str) -> dict[str, Any]:
    return {"key": f"{REMOTE}/{name}", "value": {"name": name, "url": url, "token": SECRET}}


def run(sandbox: RunningSandbox, folder: Path, role: str, *arguments: str, **more: Any) -> Played:
    plays = [{"hosts": "localhost", "gather_facts": False, "roles": [f"community.dynatrace.{role}"], **more}]
    variables = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN, "COLUMNS": str(TERMINAL)}
    return play(folder, plays, variables=variables, arguments=arguments)


def document(folder: Path, view: str = "plan") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / view / f"{view}.json").read_text(encoding="utf-8"))
    return found


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


class TestApply:
    def test_a_failing_apply_of_160_objects_reads_well(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, *(tag(f"チーム {number:03d}") for number in range(109)))
        refused = [
            remote(f"a-connection-with-a-rather-long-name-{number:03d}", f"ftp://{number}") for number in range(51)
        ]
        written(tmp_path, "builtin_sandbox.remote-connection", REMOTE, *refused)
        given = ["-e", "settings_apply_path=settings", "-e", "settings_apply_continue_on_error=true"]
        played = run(sandbox, tmp_path, "settings_apply", *given)
        assert played.code == 2
        assert '"51 of 160 objects failed; 109 created."' in played.output
        assert '"51 × The URL has to begin with https://"' in played.output
        assert "and 39 more" in played.output
        assert '"msg": "51 of 160 objects failed; 109 created."' in played.output
        lines = played.output.splitlines()
        assert [line for line in lines if columns(line) > TERMINAL and not line.startswith(_ANSIBLES)] == []
        assert len(played.output) < 5000
        assert SECRET not in played.output

    def test_success_says_the_counts(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, tag("new"), tag("Databases"))
        played = run(sandbox, tmp_path, "settings_apply", "-e", "settings_apply_path=settings")
        assert played.code == 0
        assert '"2 objects: 1 created, 1 unchanged."' in played.output

    def test_in_check_mode_it_says_what_would_be(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, tag("new"))
        played = run(sandbox, tmp_path, "settings_apply", "--check", "-e", "settings_apply_path=settings")
        assert played.code == 0
        assert '"Plan: 1 of 1 object would change (1 to create)."' in played.output
        assert sandbox.writes == []


@pytest.mark.timeout(100)
class TestPlan:
    def test_one_report_of_several_environments(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, tag("new"))
        hosts = {
            "production": {"address": sandbox.url},
            "away": {"address": "http://127.0.0.1:9"},
            "broken": {"address": "{{ no_such_variable }}"},
            "test": {"address": sandbox.url},
            "lost": {"address": sandbox.url},
        }
        inventory = tmp_path / "environments.json"
        inventory.write_text(
            json.dumps({"all": {"hosts": hosts, "vars": {"ansible_connection": "local"}}}), encoding="utf-8"
        )
        connection = {"environment_url": "{{ address }}", "api_token": TOKEN, "retries": 0}
        played = run(
            sandbox,
            tmp_path,
            "settings_plan",
            *("-i", str(inventory), "-e", "settings_plan_path=settings"),
            hosts="all",
            pre_tasks=[{"ansible.builtin.fail": {"msg": "lost"}, "when": "inventory_hostname == 'lost'"}],
            module_defaults={"group/community.dynatrace.all": connection},
        )
        assert played.code == 2
        found = document(tmp_path)
        outcomes = {environment["name"]: environment["outcome"] for environment in found["environments"]}
        lost = {"away": "failed", "broken": "failed", "lost": "failed"}
        assert outcomes == {"production": "changes", "test": "changes", **lost}
        assert (tmp_path / "plan" / "outcome").read_text(encoding="utf-8") == "failed\n"
        assert played.output.count("Write the files") == 1
        assert sandbox.writes == []
        statistics = [result["ansible_stats"]["data"] for result in played.results("Set the statistics")]
        assert {"production", "test"} <= set(statistics[0]["settings_plan_digest"]) <= set(hosts)
        assert "test: Plan: 1 of 1 object would change (1 to create)." in statistics[0]["settings_plan_summary"]

    def test_what_was_approved_is_applied_or_nothing(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, tag("new"), tag("Databases", enabled=False))
        run(sandbox, tmp_path, "settings_plan", "-e", "settings_plan_path=settings")
        approved = ["-e", "settings_apply_path=settings", "-e", "settings_apply_expect_plan=plan/plan.json"]
        sandbox.run("settings_object", schema_id=TAG, value={"name": "Databases", "description": "by hand"})
        sandbox.clear()
        played = run(sandbox, tmp_path, "settings_apply", *approved)
        assert played.code == 2
        assert sandbox.writes == []
        assert f'"  tags.yml  {TAG}/Databases"' in played.output
        sandbox.run(
            "settings_object", schema_id=TAG, value={"name": "Databases", "description": "Everything that keeps data"}
        )
        assert run(sandbox, tmp_path, "settings_apply", *approved).code == 0

    def test_the_statistics_of_one_environment(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "tags", TAG, tag("new"))
        played = run(sandbox, tmp_path, "settings_plan", "-e", "settings_plan_path=settings")
        (statistics,) = [result["ansible_stats"]["data"] for result in played.results("Set the statistics")]
        assert statistics["settings_plan_summary"] == "Plan: 1 of 1 object would change (1 to create)."
        assert statistics["settings_plan_digest"] == document(tmp_path)["plan_digest"]

    @pytest.mark.parametrize(
        "given",
        [{"settings_plan_path": ""}, {"settings_plan_path": "nowhere"}, {"settings_plan_secrets": "[1"}],
        ids=["no path", "no folder", "secrets that are none"],
    )
    def test_the_files_are_written_also_when_it_fails(
        self, sandbox: RunningSandbox, tmp_path: Path, given: dict[str, Any]
    ) -> None:
        written(tmp_path, "tags", TAG, tag("new"))
        variables = {"settings_plan_path": "settings", **given}
        played = run(sandbox, tmp_path, "settings_plan", "-e", json.dumps(variables))
        assert played.code == 2
        assert (tmp_path / "plan" / "outcome").read_text(encoding="utf-8") == "failed\n"
        message = document(tmp_path)["environments"][0]["message"]
        # The report names files from where Ansible was started.
        assert str(tmp_path) not in message
        assert " ".join(message.split()) in " ".join(played.output.replace(f"{tmp_path}/", "").split())

    def test_a_plan_that_the_server_refuses_fails(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        written(tmp_path, "remote", REMOTE, remote("one", "ftp://one"))
        played = run(sandbox, tmp_path, "settings_plan", "-e", "settings_plan_path=settings")
        assert played.code == 2
        assert "this plan cannot be applied" in played.output
        assert '"  remote.yml  builtin:sandbox.remote-connection/one  url"' in played.output
        texts = [path.read_text(encoding="utf-8") for path in (tmp_path / "plan").iterdir()]
        assert not [text for text in (*texts, played.output, played.log) if SECRET in text]


@pytest.mark.timeout(100)
@pytest.mark.parametrize(
    ("changed", "path", "code"), [(False, "settings", 0), (True, "settings", 3), (True, "nowhere", 2)]
)
def test_the_documented_line_tells_drift_from_failure(
    sandbox: RunningSandbox, tmp_path: Path, changed: bool, path: str, code: int
) -> None:
    written(tmp_path, "tags", TAG, tag("new" if changed else "Databases"))
    readme = Path(__file__).resolve().parents[3] / "roles" / "settings_drift" / "README.md"
    (line,) = [line for line in readme.read_text(encoding="utf-8").splitlines() if line.endswith("exit 3")]
    given = {**environment(), "DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    given["ANSIBLE_COLLECTIONS_PATH"] = str(COLLECTIONS)
    command = line.replace("settings_drift_path=settings", f"settings_drift_path={path}")
    done = subprocess.run(["sh", "-c", command], env={**os.environ, **given}, cwd=tmp_path, check=False, timeout=60)
    assert done.returncode == code
