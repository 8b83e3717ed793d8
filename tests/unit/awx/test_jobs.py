# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The job templates run by ansible-runner, as AWX runs them, with what the credential injects, against the sandbox."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import pytest
import yaml

from tests.support.packages import build_package, keys
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.awx.controller import environment, injected, slices

pytestmark = pytest.mark.timeout(240)  # whole playbooks, two of them at a time
FOLDER = Path(__file__).resolve().parents[3] / "playbooks" / "awx"
OAUTH_SECRET = "dt0s02.AWX.AWXOAUTHSECRET"
WEBHOOK_SECRET, PATH_SECRET = "hush-AWX-hush", "hushed-AWX-path"
# Each way to authenticate, as somebody fills in the fields of the credential.
WAYS: dict[str, dict[str, str]] = {
    "api token": {"api_token": TOKEN},
    "platform token": {"platform_token": "dt0s16.SANDBOX.AWXPLATFORMTOKEN"},
    "oauth": {"client_id": "dt0s02.AWX", "client_secret": OAUTH_SECRET, "token_url": "{url}/sso/oauth2/token"},
}
SETTINGS = """
objects:
  - key: night
    schema_id: builtin:sandbox.time-window
    value:
      name: {$value: window}
  - key: connection
    schema_id: builtin:sandbox.remote-connection
    value:
      name: Other place
      url: {$join: ["https://other.example.com/", {$secret: other/path}]}
      token:
        $secret: other/token
"""
UNLISTED = {"schema_id": "builtin:sandbox.time-window", "value": {"name": "Somebody's own"}}
NIGHT = {"schema_id": "builtin:sandbox.time-window", "value": {"name": "Night"}}
FENCE = {"schema_ids": ["builtin:sandbox.time-window"]}


@dataclass
class Awx:
    """What AWX keeps: a checkout of the project, and one folder a job."""

    folder: Path
    env: Mapping[str, str]

    def launch(
        self, job: str, playbook: str, variables: Mapping[str, Any], hosts: Mapping[str, Any], *more: str
    ) -> Any:
        """A job that has ended. ``hosts`` is the inventory, or the slice of it; ``more`` is for the command line."""
        private = self.folder / job
        shutil.copytree(self.folder / "project", private / "project")
        (private / "inventory").mkdir()
        (private / "inventory" / "hosts.json").write_text(json.dumps(hosts), encoding="utf-8")
        return ansible_runner.run(
            private_data_dir=str(private),
            playbook=playbook,
            ident="1",
            envvars={**environment(), **self.env},
            extravars=dict(variables),
            cmdline=" ".join(more) or None,
            settings={"suppress_ansible_output": True},
            quiet=True,
        )

    def artifacts(self) -> str:
        """All that the jobs have left behind, but for ``command``: there the engine writes the environment, which AWX masks."""
        files = [one for one in self.folder.glob("*/artifacts/**/*") if one.is_file() and one.name != "command"]
        assert [one for one in files if "job_events" in one.parts]
        return "".join(one.read_text(encoding="utf-8", errors="replace") for one in files)


def awx(folder: Path, sandbox: RunningSandbox, way: str = "api token") -> Awx:
    """With the project as a team has it: our files, their settings, and a vault that the job's credential opens."""
    shutil.copytree(FOLDER / "project", folder / "project")
    (folder / "project" / "settings").mkdir()
    (folder / "project" / "settings" / "team.yml").write_text(SETTINGS, encoding="utf-8")
    (folder / "project" / "group_vars").mkdir()
    given = {
        "settings_apply_secrets": {"other/token": WEBHOOK_SECRET, "other/path": PATH_SECRET},
        "settings_apply_values": {"window": "Night"},
    }
    (folder / "project" / "group_vars" / "all.yml").write_text(yaml.safe_dump(given), encoding="utf-8")
    (definition,) = yaml.load_all(
        (FOLDER / "vars" / "credential_type.yml").read_text(encoding="utf-8").replace("!unsafe ", ""), yaml.SafeLoader
    )
    inputs = {name: value.format(url=sandbox.url) for name, value in WAYS[way].items()}
    return Awx(folder, injected(definition["awx_credential_type"], {"environment_url": sandbox.url, **inputs}))


def answers(playbook: str, **given: Any) -> dict[str, Any]:
    """Extra variables of a launch: those of the job template, the defaults of its survey, and what somebody answers."""
    text = (FOLDER / "vars" / "job_templates.yml").read_text(encoding="utf-8")
    templates = yaml.safe_load(text.replace("!unsafe ", ""))["awx_job_templates"]
    template = next(one for one in templates if one["playbook"] == playbook)
    own = {name: value for name, value in template["extra_vars"].items() if "awx_" not in str(value)}
    return {**own, **{one["variable"]: one["default"] for one in template["survey"]}, **given}


def names(sandbox: RunningSandbox, schema_id: str) -> list[str]:
    found = sandbox.run("settings_object_info", schema_ids=[schema_id])
    return sorted(one["value"]["name"] for one in found["objects"])


def keep_secrets(awx: Awx, sandbox: RunningSandbox) -> None:
    kept = awx.artifacts()
    for secret in (TOKEN, WAYS["platform token"]["platform_token"], OAUTH_SECRET, *sandbox.state.tokens._issued):
        assert secret not in kept
        assert secret.rsplit(".", 1)[-1] not in kept
    assert WEBHOOK_SECRET not in kept
    assert PATH_SECRET not in kept


LOCAL: dict[str, Any] = {"all": {"hosts": {}}}


@pytest.mark.parametrize("way", ["platform token", "oauth"])
def test_settings_are_applied_with_each_kind_of_credential(sandbox: RunningSandbox, tmp_path: Path, way: str) -> None:
    """All others have an API token."""
    team = awx(tmp_path, sandbox, way)
    job = team.launch("first", "settings_apply.yml", answers("settings_apply.yml"), LOCAL)
    assert (job.status, job.stats["changed"]) == ("successful", {"localhost": 1})
    assert names(sandbox, "builtin:sandbox.time-window") == ["Night"]
    keep_secrets(team, sandbox)


def test_drift_fails_a_job_and_leaves_the_report_in_its_output(sandbox: RunningSandbox, tmp_path: Path) -> None:
    team = awx(tmp_path, sandbox)
    first = team.launch("apply", "settings_apply.yml", answers("settings_apply.yml"), LOCAL)
    assert (first.status, first.stats["changed"]) == ("successful", {"localhost": 1})
    assert names(sandbox, "builtin:sandbox.time-window") == ["Night"]
    sandbox.clear()
    again = team.launch("again", "settings_apply.yml", answers("settings_apply.yml"), LOCAL)
    assert (again.status, again.stats["changed"]) == ("successful", {})
    assert sandbox.writes == []
    same = team.launch("same", "settings_drift.yml", answers("settings_drift.yml"), LOCAL)
    assert same.status == "successful"
    sandbox.run("settings_object", **UNLISTED)
    sandbox.clear()
    other = team.launch("other", "settings_drift.yml", answers("settings_drift.yml", settings_drift_prune=FENCE), LOCAL)
    assert other.status == "failed"
    assert sandbox.writes == []
    assert "Drift: 1 of" in team.artifacts()
    assert "Somebody's own" in names(sandbox, "builtin:sandbox.time-window")
    keep_secrets(team, sandbox)


@dataclass
class Workflow:
    """What AWX makes of a workflow of ours: each job gets the answers of its survey, and the statistics of those before it."""

    team: Awx
    name: str = "settings"
    given: Mapping[str, Any] = field(default_factory=dict)

    def run(
        self, node: str, statistics: Mapping[str, Any] | None = None, hosts: Mapping[str, Any] | None = None
    ) -> Any:
        workflow = next(
            one for one in _definition("workflows.yml")["awx_workflows"] if one["name"].endswith(f" {self.name}")
        )
        templates = {one["name"]: one for one in _definition("job_templates.yml")["awx_job_templates"]}
        template = templates[workflow[node]]
        own = {name: value for name, value in template["extra_vars"].items() if "awx_" not in str(value)}
        asked = {one["variable"]: one["default"] for one in templates[workflow["plan"]]["survey"]}
        variables = {**own, **asked, **self.given, **(statistics or {})}
        command = ["--check"] if template.get("job_type") == "check" else []
        return self.team.launch(node, template["playbook"], variables, hosts or LOCAL, *command)


def _definition(name: str) -> dict[str, Any]:
    text = (FOLDER / "vars" / name).read_text(encoding="utf-8").replace("!unsafe ", "")
    return dict(yaml.safe_load(text))


def statistics(job: Any) -> dict[str, Any]:
    """What AWX keeps of a job as its artifacts."""
    (event,) = [one for one in job.events if one["event"] == "playbook_on_stats"]
    return dict(event["event_data"]["artifact_data"])


class TestWorkflow:
    """Plan, approval, apply."""

    def test_what_was_approved_is_applied_or_nothing(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        workflow = Workflow(awx(tmp_path, sandbox))
        sandbox.clear()
        plan = workflow.run("plan")
        assert (plan.status, sandbox.writes) == ("successful", [])
        said = statistics(plan)
        assert said["settings_plan_digest"].startswith("plan1.")
        assert "2" in said["settings_plan_summary"]
        # While people look at it, something else is changed, and something that it is about.
        sandbox.run("settings_object", **UNLISTED)
        sandbox.run("settings_object", **NIGHT)
        sandbox.clear()
        refused = workflow.run("carry_out", said)
        assert (refused.status, sandbox.writes) == ("failed", [])
        printed = refused.stdout.read()
        assert "the plan differs from the expected one" in " ".join(printed.split())
        assert "night" in printed
        sandbox.run("settings_object", **NIGHT, state="absent")
        shutil.rmtree(tmp_path / "carry_out")
        assert workflow.run("carry_out", said).status == "successful"
        assert names(sandbox, "builtin:sandbox.time-window") == ["Night", "Somebody's own"]
        keep_secrets(workflow.team, sandbox)

    def test_without_a_plan_nothing_is_applied(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        sandbox.clear()
        job = Workflow(awx(tmp_path, sandbox)).run("carry_out")
        assert (job.status, sandbox.writes) == ("failed", [])


def test_a_launch_with_pruning_beside_another_one(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Somebody who launches twice gets what one launch gives: all settings are before each job, so none prunes the other's."""
    team = awx(tmp_path, sandbox)
    sandbox.run("settings_object", **UNLISTED)
    given = answers("settings_apply.yml", settings_apply_prune=FENCE)
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(team.launch, job, "settings_apply.yml", given, LOCAL) for job in ("one", "two")]
        assert [one.result().status for one in jobs] == ["successful"] * 2
    assert names(sandbox, "builtin:sandbox.time-window") == ["Night"]
    assert names(sandbox, "builtin:sandbox.remote-connection") == ["Other place"]


def test_a_credential_with_two_ways_to_authenticate_is_an_error(sandbox: RunningSandbox, tmp_path: Path) -> None:
    team = awx(tmp_path, sandbox)
    team.env = {**team.env, "DYNATRACE_PLATFORM_TOKEN": WAYS["platform token"]["platform_token"]}
    sandbox.clear()
    job = team.launch("both", "settings_apply.yml", answers("settings_apply.yml"), LOCAL)
    assert job.status == "failed"
    assert sandbox.sent == []
    assert "DYNATRACE_PLATFORM_TOKEN" in team.artifacts()
    keep_secrets(team, sandbox)


def fleet(sandbox: RunningSandbox) -> dict[str, tuple[str, int]]:
    """Version of each ActiveGate, and how many updates it had."""
    jobs = sandbox.run("activegate_update_job_info", **{"from": "now-31d", "update_type": "ACTIVE_GATE"})["jobs"]
    gates = sandbox.run("activegate_info")["activegates"]
    return {one["id"]: (one["version"], sum(job["activegate_id"] == one["id"] for job in jobs)) for one in gates}


def inventory(team: Awx) -> dict[str, Any]:
    """What the inventory source makes of the project's file."""
    command = [
        Path(sys.executable).with_name("ansible-inventory"),
        "--list",
        "-i",
        team.folder / "project" / "activegates.yml",
    ]
    done = subprocess.run(
        list(map(str, command)), env={**environment(), **team.env}, stdout=subprocess.PIPE, check=True, timeout=60
    )
    return dict(json.loads(done.stdout))


def test_two_slices_side_by_side_give_what_one_job_gives(sandbox: RunningSandbox, tmp_path: Path) -> None:
    given = answers("activegate_rollout.yml", activegate_rollout_batch="1,100%", activegate_rollout_poll_interval=1)

    def some(team: Awx, hosts: list[str], found: dict[str, Any]) -> dict[str, Any]:
        values = found["_meta"]["hostvars"]
        return {"activegates": {"hosts": {name: values[name] for name in hosts}}}

    before = fleet(sandbox)
    sliced = awx(tmp_path, sandbox)
    found = inventory(sliced)
    hosts = found["activegates"]["hosts"]
    assert len(hosts) > 2
    ids = [one["id"] for one in sandbox.run("activegate_info")["activegates"] if one["hostname"] in hosts]
    whole = sandbox.run("activegate_update_jobs", activegate_ids=ids, target_version="latest", poll_interval=0.05)
    assert whole["changed"]
    expected = fleet(sandbox)
    assert expected != before

    sandbox.state.reset()
    assert fleet(sandbox) == before
    dealt = slices(hosts, 2)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(sliced.launch, f"slice{number}", "activegate_rollout.yml", given, some(sliced, part, found))
            for number, part in enumerate(dealt)
        ]
        assert [one.result().status for one in jobs] == ["successful"] * 2
    assert fleet(sandbox) == expected
    keep_secrets(sliced, sandbox)


def test_the_plan_of_a_fleet_that_was_approved(sandbox: RunningSandbox, tmp_path: Path) -> None:
    """Then another ActiveGate is updated by hand, which makes it another plan."""
    team = awx(tmp_path, sandbox)
    found = inventory(team)
    quick = {"activegate_rollout_poll_interval": 1, "activegate_rollout_batch": "100%"}
    workflow = Workflow(team, "ActiveGates", quick)
    values = found["_meta"]["hostvars"]
    hosts = {"activegates": {"hosts": {name: values[name] for name in found["activegates"]["hosts"]}}}
    sandbox.clear()
    plan = workflow.run("plan", hosts=hosts)
    assert plan.status == "successful", plan.stdout.read()[-3000:]
    assert not [text for text in sandbox.writes if "validator" not in text]
    assert workflow.run("carry_out", statistics(plan), hosts).status == "successful"
    shutil.rmtree(tmp_path / "carry_out")
    sandbox.clear()
    again = workflow.run("carry_out", statistics(plan), hosts)
    assert (again.status, sandbox.writes) == ("failed", [])


def test_an_extension_of_the_project_is_rolled_out(sandbox: RunningSandbox, tmp_path: Path) -> None:
    team = awx(tmp_path, sandbox)
    sandbox.variants(extension_roots="vault")
    packages = team.folder / "project" / "extensions"
    packages.mkdir()
    (packages / "rolled.zip").write_bytes(build_package("custom:rolled", "1.0.0"))
    sandbox.clear()
    (packages / "ca.pem").write_bytes(keys().ca_pem)
    package, root = "extensions/rolled.zip", "extensions/ca.pem"
    given = {"extension_rollout_package": package, "extension_rollout_certificate": root}
    workflow = Workflow(team, "extension", given)
    plan = workflow.run("plan")
    assert (plan.status, sandbox.writes) == ("successful", [])
    assert workflow.run("carry_out", statistics(plan)).status == "successful"
    (extension,) = sandbox.run("extension_info", name="custom:rolled")["extensions"]
    assert extension["active_version"] == "1.0.0"
    keep_secrets(team, sandbox)
