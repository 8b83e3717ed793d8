# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three environments from one folder, each a host of the inventory, with one report of all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.sandbox.app import Options
from tests.support.playbook import Played, run
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.unit.plugins.modules.test_settings_export_info import TAG, make

NAMES = ("first", "second", "third")


@pytest.fixture
def environments(sandbox: RunningSandbox, tmp_path: Path) -> Iterator[dict[str, RunningSandbox]]:
    """With one folder of settings for all, and values of each."""
    with running(Options()) as second, running(Options()) as third:
        there = dict(zip(NAMES, (sandbox, second, third), strict=True))
        hosts = {name: {"dynatrace_connection": connection(one)} for name, one in there.items()}
        (tmp_path / "environments.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        value = {"name": {"$value": "tag"}, "enabled": True, "tags": []}
        content = {"schema_id": TAG, "objects": [{"key": "tag", "external_id": "team/tag", "value": value}]}
        (tmp_path / "settings").mkdir()
        (tmp_path / "settings" / "tags.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
        yield there


def connection(sandbox: RunningSandbox) -> dict[str, Any]:
    return {"environment_url": sandbox.url, "api_token": TOKEN, "retries": 0}


def played(role: str, folder: Path, environments: dict[str, RunningSandbox], *more: str, **given: Any) -> Played:
    for sandbox in environments.values():
        sandbox.clear()
    values = {
        f"{role}_path": "settings",
        f"{role}_hosts": "all",
        f"{role}_values": {"tag": "of {{ inventory_hostname }}"},
    }
    (folder / "given.json").write_text(json.dumps({**values, **given}), encoding="utf-8")
    arguments = ["-i", str(folder / "environments.json"), "-e", f"@{folder}/given.json", "-vvvv", *more]
    done = run(folder, [f"community.dynatrace.{role}"], "ansible-playbook", arguments=arguments)
    assert TOKEN not in done.output + done.log + json.dumps(done.seen)
    return done


def report(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def names(sandbox: RunningSandbox) -> list[str]:
    return [one.value["name"] for one in sandbox.state.settings.store.objects(TAG) if one.external_id == "team/tag"]


@pytest.mark.timeout(300)
def test_three_environments_from_one_folder(environments: dict[str, RunningSandbox], tmp_path: Path) -> None:
    """Planned, applied as planned where one of them refuses, then looked at for drift."""
    taken = {"name": "of third", "enabled": True, "tags": []}
    make(environments["third"], {"schemaId": TAG, "externalId": "another", "value": taken})
    planned = played("settings_plan", tmp_path, environments)
    assert planned.code == 2
    digests = {one["name"]: one["plan_digest"] for one in report(tmp_path, "plan/plan.json")["environments"]}
    assert [bool(digests[name]) for name in NAMES] == [True, True, False]
    given = {"settings_apply_expect_plan": "plan/plan.json", "settings_apply_serial": [1, "100%"]}
    applied = played("settings_apply", tmp_path, environments, **given)
    assert applied.code == 2, applied.output[-3000:]
    assert [names(one) for one in environments.values()] == [["of first"], ["of second"], []]
    document = report(tmp_path, "apply/environments.json")
    assert [(one["name"], one["outcome"]) for one in document["environments"]] == [
        ("third", "failed"),
        ("first", "changed"),
        ("second", "changed"),
    ]
    assert document["environments"][0]["sentence"] == "Nothing was written: 1 object is wrong."
    # One report after each of the two batches.
    assert "3 environments: 2 not reached, 1 changed." in applied.output
    assert "3 environments: 1 failed, 2 changed." in applied.output
    assert applied.output.count("TASK [community.dynatrace.settings_apply : Write the report]") == 2

    make(
        environments["second"],
        {"schemaId": TAG, "externalId": "team/tag", "value": {**taken, "name": "changed by hand"}},
    )
    drift = played("settings_drift", tmp_path, environments, settings_drift_serial=1)
    assert drift.code == 2, drift.output[-3000:]
    assert not [text for one in environments.values() for text in one.writes if "validateOnly" not in text]
    found = {one["name"]: one["outcome"] for one in report(tmp_path, "drift/drift.json")["environments"]}
    assert found == {"first": "unchanged", "second": "changes", "third": "failed"}


@pytest.mark.timeout(200)
def test_one_environment_needs_no_inventory(environments: dict[str, RunningSandbox], tmp_path: Path) -> None:
    """As before: localhost, with variables of the environment, and no report of all."""
    (tmp_path / "given.json").write_text(json.dumps({"settings_apply_values": {"tag": "alone"}}), encoding="utf-8")
    variables = {"DYNATRACE_ENV_URL": environments["first"].url, "DYNATRACE_API_TOKEN": TOKEN}
    arguments = ["-e", "settings_apply_path=settings", "-e", f"@{tmp_path}/given.json"]
    done = run(
        tmp_path, ["community.dynatrace.settings_apply"], "ansible-playbook", variables=variables, arguments=arguments
    )
    assert done.code == 0, done.output[-3000:]
    assert names(environments["first"]) == ["alone"]
    assert not (tmp_path / "apply").exists()


@pytest.mark.timeout(200)
def test_each_environment_has_a_folder_of_its_own(environments: dict[str, RunningSandbox], tmp_path: Path) -> None:
    """One that several would write to is refused before anything is read. The other roles that write one have the same tasks."""
    for name, sandbox in environments.items():
        value = {"name": f"of {name}", "enabled": True, "tags": []}
        make(sandbox, {"schemaId": TAG, "externalId": "team/tag", "value": value})
    given: dict[str, Any] = {"sandbox_record_schema_ids": [TAG], "sandbox_record_parts": ["settings"]}
    shared = played("sandbox_record", tmp_path, environments, **given, sandbox_record_path="own")
    assert shared.code == 2
    assert shared.output.count(f"sandbox_record_path is {tmp_path}/own for several environments.") >= len(NAMES)
    assert f"such as {tmp_path}/own/second" in shared.output
    assert not [one.sent for one in environments.values() if one.sent]
    own = "own/{{ inventory_hostname }}"
    done = played("sandbox_record", tmp_path, environments, **given, sandbox_record_path=own)
    assert done.code == 0, done.output[-3000:]
    for name in NAMES:
        (file,) = (tmp_path / "own" / name / "objects").iterdir()
        assert f"of {name}" in file.read_text(encoding="utf-8")


@pytest.mark.timeout(200)
def test_fleets_of_several_environments(tmp_path: Path) -> None:
    """One of them cannot have the version."""
    with running(Options(speed=1000)) as first, running(Options(speed=1000)) as second:
        hosts: dict[str, dict[str, Any]] = {
            "first": {"dynatrace_connection": connection(first), "activegate_rollout_target_version": "1.345"},
            "second": {"dynatrace_connection": connection(second), "activegate_rollout_target_version": "1.999"},
        }
        (tmp_path / "environments.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        given = {
            "activegate_rollout_hosts": "all",
            "activegate_rollout_offline": "leave_out",
            "activegate_rollout_poll_interval": 0.2,
            "activegate_rollout_batch": ["100%"],
            "activegate_rollout_check_cluster": False,
        }
        (tmp_path / "given.json").write_text(json.dumps(given), encoding="utf-8")
        arguments = ["-i", "environments.json", "-e", "@given.json", "-vvvv"]
        done = run(tmp_path, ["community.dynatrace.activegate_rollout"], "ansible-playbook", arguments=arguments)
        assert TOKEN not in done.output + done.log
        outcomes = {
            one["name"]: one["outcome"] for one in report(tmp_path, "rollout/environments.json")["environments"]
        }
        assert outcomes == {"second": "failed", "first": "changed"}, done.output[-3000:]
        assert done.code == 2
        assert report(tmp_path, "rollout/first/rollout.json")["outcome"] == "succeeded"
        assert [text for text in first.writes if "updateJobs" in text]
        assert not [text for text in second.writes if "updateJobs" in text and "validator" not in text]
