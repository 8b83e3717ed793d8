# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role extension_rollout, by its playbook, over environments that do not fare alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.app import Options
from tests.support.configurations import activation_schema, api
from tests.support.packages import build_package, keys, make_keys
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.tools.environment import compiled_once

NAME = "custom:rolled"
SECRET = "hush-SECRET-hush"
CONFIGURATION = {
    "scope": "ag_group-default",
    "value": {"description": "one", "pythonRemote": {"endpoints": [{"url": "https://a.example.com"}], "token": SECRET}},
}
ANOTHER = {"scope": "environment", "value": {"description": "two", "enabled": False}}


@dataclass
class Played:
    """``recap``: what the last lines say of each environment."""

    output: str
    recap: dict[str, dict[str, int]]

    def failed(self, host: str) -> bool:
        return host in self.recap and self.recap[host]["failed"] > 0


@pytest.fixture
def environments(sandbox: RunningSandbox) -> Iterator[dict[str, RunningSandbox]]:
    """Three of them, which trust only what is in their vaults."""
    with running(Options(speed=1000)) as second, running(Options(speed=1000)) as third:
        found = {"first": sandbox, "second": second, "third": third}
        for one in found.values():
            one.variants(extension_roots="vault")
        yield found


@pytest.fixture
def play(tmp_path: Path, environments: dict[str, RunningSandbox]) -> Callable[..., Played]:
    """Runs the playbook for one version; ``of_host``: variables of single environments."""

    def played(version: str, *more: str, of_host: Mapping[str, Any] | None = None, **options: Any) -> Played:
        package = _package(tmp_path, version)
        (tmp_path / "ca.pem").write_bytes(keys().ca_pem)
        hosts: dict[str, dict[str, Any]] = {}
        for host, sandbox in environments.items():
            sandbox.clear()
            hosts[host] = {
                "extension_rollout_connection": {"environment_url": sandbox.url, "api_token": TOKEN},
                "extension_rollout_certificate": str(tmp_path / "ca.pem"),
                "extension_rollout_configurations": [CONFIGURATION],
                **(of_host or {}).get(host, {}),
            }
        variables = {
            "extension_rollout_hosts": "all",
            "extension_rollout_package": str(package),
            "extension_rollout_report_path": str(tmp_path / "report"),
            **options,
        }
        inventory, given = tmp_path / "inventory.yml", tmp_path / "variables.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        given.write_text(json.dumps(variables), encoding="utf-8")
        program = Path(sys.executable).with_name("ansible-playbook")
        command = [program, "community.dynatrace.extension_rollout", "-i", inventory, "-e", f"@{given}", "-vvvv", *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False, env=compiled_once())
        output = done.stdout + done.stderr
        assert TOKEN not in output
        assert SECRET not in output
        found = Played(output, _recap(done.stdout))
        assert (done.returncode == 0) == (not any(map(found.failed, hosts))), output
        return found

    return played


def _package(folder: Path, version: str) -> Path:
    """Made once, since another signature would be another file."""
    package = folder / f"{version}.zip"
    if not package.exists():
        schema = json.dumps(activation_schema())
        package.write_bytes(build_package(NAME, version, files={"activationSchema.json": schema}))
    return package


def _recap(output: str) -> dict[str, dict[str, int]]:
    lines = output.partition("PLAY RECAP")[2].splitlines()[1:]
    rows = (line.split(":", 1) for line in lines if " : ok=" in line)
    return {
        host.strip(): {name: int(number) for name, number in (one.split("=") for one in counts.split())}
        for host, counts in rows
    }


def _configurations(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api(sandbox, "GET", f"/{NAME}/monitoringConfigurations")["items"]
    return items


def _kept(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    """The values as the server has them, secrets too."""
    return [one.value for one in sandbox.state.extensions.configurations.of(NAME)]


def _versions(sandbox: RunningSandbox) -> tuple[str | None, list[str]]:
    """The active one, and all."""
    (found,) = sandbox.run("extension_info", name=NAME)["extensions"]
    return found["active_version"], found["versions"]


@pytest.mark.timeout(600)
def test_environments_that_do_not_fare_alike(
    environments: dict[str, RunningSandbox], play: Callable[..., Played], tmp_path: Path
) -> None:
    """One play after the other, since each takes its time: from nothing in check mode to a second version that works."""
    first, second, third = environments.values()
    stranger = make_keys("Another CA").ca_pem.decode()

    # Nothing is there yet, not even the certificate.
    played = play(
        "1.0.0", "--check", "--limit=first,second", of_host={"second": {"extension_rollout_certificate": stranger}}
    )
    assert [environment.writes for environment in environments.values()] == [[], [], []]
    assert [host for host in environments if played.failed(host)] == ["second"]
    assert "is signed by CN=sandbox developer, issued by CN=sandbox CA, but under none of the given" in played.output
    assert "would be uploaded and activated, with 1 monitoring configuration, which" in played.output
    assert played.recap["first"]["changed"] == 2  # the certificate, and all the rest

    # For real. Where the configuration does not work, it goes again, since it was new, or stays where that was asked for.
    for environment in (second, third):
        environment.variants(extension_status="ERROR")
    played = play("1.0.0", of_host={"third": {"extension_rollout_rollback": False}})
    assert [host for host in environments if played.failed(host)] == ["second", "third"]
    report = json.loads((tmp_path / "report" / "environments.json").read_text(encoding="utf-8"))
    outcomes = [(one["name"], one["outcome"]) for one in report["environments"]]
    assert outcomes == [("second", "failed"), ("third", "failed"), ("first", "changed")]
    assert "; nothing was undone" in report["environments"][1]["sentence"]
    assert report["environments"][2]["sentence"] == "1.0.0.zip was rolled out."
    assert "3 environments: 2 failed, 1 changed." in played.output
    assert f"{NAME} 1.0.0 could not be rolled out: the status of" in played.output
    assert "; no version is active, as before" in played.output
    assert "; nothing was undone" in played.output
    assert [_versions(one)[0] for one in environments.values()] == ["1.0.0", None, "1.0.0"]
    assert [_versions(one)[1] for one in environments.values()] == [["1.0.0"]] * 3
    assert [len(_configurations(one)) for one in environments.values()] == [1, 0, 1]
    before, kept = _configurations(first), _kept(first)
    assert SECRET in str(kept)

    # The next version, which does not work in the first environment: all is as before there. In the third one a value is written for
    # another version, which is found before anything is activated.
    first.variants(extension_status="ERROR")
    second.variants(extension_status="OK")
    changed = {**CONFIGURATION, "value": {**CONFIGURATION["value"], "activationTags": ["x"]}}
    listed = {"extension_rollout_configurations": [changed, ANOTHER]}
    old = {**ANOTHER, "value": {**ANOTHER["value"], "version": "1.0.0"}}
    wrong = [{**old, "version": "1.0.0"}, changed, old, {**old, "version": "1.1.0"}]
    written_for_others = {"extension_rollout_configurations": json.dumps(wrong)}
    either = {
        "first": listed,
        "second": {**listed, "extension_rollout_keep_versions": 1},
        "third": written_for_others,
    }
    played = play("1.1.0", of_host=either)
    assert [host for host in environments if played.failed(host)] == ["first", "third"]
    listed_wrong = [f"extension_rollout_configurations[{at}] (two) has version 1.0.0 in its value" for at in (2, 3)]
    assert f"1.1.0.zip is {NAME} 1.1.0, but {', and '.join(listed_wrong)}: leave version out" in played.output
    assert _versions(third) == ("1.0.0", ["1.1.0", "1.0.0"])
    assert third.writes == ["POST /v2/extensions"]
    assert "; 1.0.0 is active as before" in played.output
    assert _versions(first) == ("1.0.0", ["1.1.0", "1.0.0"])
    assert (_configurations(first), _kept(first)) == (before, kept)
    assert _versions(second) == ("1.1.0", ["1.1.0"])
    assert [one["value"]["version"] for one in _configurations(second)] == ["1.1.0", "1.1.0"]


def _states(sandbox: RunningSandbox) -> tuple[str | None, list[tuple[str, str]]]:
    """The active version, and of each configuration description and version."""
    active, _versions_ = _versions(sandbox)
    return active, sorted((value["description"], value["version"]) for value in _kept(sandbox))


@pytest.mark.timeout(600)
def test_up_and_down_with_all_configurations(
    play: Callable[..., Played], environments: dict[str, RunningSandbox], tmp_path: Path
) -> None:
    """In the third environment the new version does not work, up and down."""
    for sandbox in environments.values():
        sandbox.run("extension_certificate", content=keys().ca_pem.decode())
        assert sandbox.run("extension_upload", path=str(_package(tmp_path, "1.0.0")), activate=True)["changed"]
        assert sandbox.run("extension_monitoring_configuration", extension_name=NAME, **CONFIGURATION)["changed"]
        items = [{**ANOTHER, "value": {**ANOTHER["value"], "version": "1.0.0"}}]
        api(sandbox, "POST", f"/{NAME}/monitoringConfigurations", json=items)
    before = {host: _kept(sandbox) for host, sandbox in environments.items()}
    moved = {"extension_rollout_other_configurations": "move"}
    environments["third"].variants(extension_status="ERROR")
    up = play("2.0.0", **moved)
    assert [up.failed(host) for host in environments] == [False, False, True]
    for host in ("first", "second"):
        assert _states(environments[host]) == ("2.0.0", [("one", "2.0.0"), ("two", "2.0.0")])
    assert _states(environments["third"]) == ("1.0.0", [("one", "1.0.0"), ("two", "1.0.0")])
    assert sorted(map(str, _kept(environments["third"]))) == sorted(map(str, before["third"]))
    environments["third"].variants(extension_status="OK")
    environments["second"].variants(extension_status="ERROR")
    changing = {
        "extension_rollout_configurations": [{**CONFIGURATION, "value": {**CONFIGURATION["value"], "enabled": True}}]
    }
    down = play("1.0.0", of_host={"second": changing}, **moved)
    assert [down.failed(host) for host in environments] == [False, True, False]
    assert _states(environments["first"]) == ("1.0.0", [("one", "1.0.0"), ("two", "1.0.0")])
    assert _states(environments["second"]) == ("2.0.0", [("one", "2.0.0"), ("two", "2.0.0")])
    assert sorted(map(str, _kept(environments["first"]))) == sorted(map(str, before["first"]))


def _store(sandbox: RunningSandbox, package: Path) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    api(sandbox, "POST", "", data=package.read_bytes(), headers=headers)


@pytest.mark.timeout(600)
def test_exactly_the_plan_that_was_approved(
    play: Callable[..., Played],
    environments: dict[str, RunningSandbox],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From nothing, then to a version that is not stored yet, then to one that is."""
    monkeypatch.setenv("ANSIBLE_SHOW_CUSTOM_STATS", "1")
    first, second, third = environments.values()
    plan = tmp_path / "report" / "plan.json"
    approved = {"extension_rollout_expect_plan": str(plan)}

    played = play("1.0.0", "--check")
    rows = json.loads(plan.read_text(encoding="utf-8"))["environments"]
    assert [row["name"] for row in rows] == list(environments)
    statistics = json.loads(played.output.partition("\tRUN: ")[2].partition("\n")[0])
    assert statistics["extension_rollout_plan_digest"] == {row["name"]: row["plan_digest"] for row in rows}
    played = play("1.0.0", **approved)
    assert not any(map(played.failed, environments))
    assert [_states(one) for one in environments.values()] == [("1.0.0", [("one", "1.0.0")])] * 3

    # In the second environment another version is active meanwhile, in the third one the configuration is changed by hand.
    changed = {**CONFIGURATION, "value": {**CONFIGURATION["value"], "activationTags": ["x"]}}
    listed = {"extension_rollout_configurations": [changed]}
    either = dict.fromkeys(environments, listed)
    assert not any(map(play("1.1.0", "--check", of_host=either).failed, environments))
    _store(second, _package(tmp_path, "1.0.5"))
    api(second, "PUT", f"/{NAME}/environmentConfiguration", json={"version": "1.0.5"})
    (stored,) = _configurations(third)
    by_hand = {**stored["value"], "enabled": False}
    api(third, "PUT", f"/{NAME}/monitoringConfigurations/{stored['objectId']}", json={"value": by_hand})
    played = play("1.1.0", of_host=either, **approved)
    assert [played.failed(host) for host in environments] == [False, True, True]
    assert [second.writes, third.writes] == [[], []]
    assert first.writes[0] == "POST /v2/extensions"
    assert _states(first) == ("1.1.0", [("one", "1.1.0")])
    otherwise = "would be {}, but differently than in the expected plan"
    told = json.loads((tmp_path / "report" / "environments.json").read_text(encoding="utf-8"))["environments"]
    assert [row["sentence"] for row in told[:2]] == [
        f"the plan differs from the expected one, so nothing was changed: the active version of {NAME}: {otherwise.format('changed')}",
        "the plan differs from the expected one, so nothing was changed: configuration 'one' on ag_group-default: "
        + otherwise.format("configured"),
    ]
    assert f'"1 × {otherwise.format("configured")}"' in played.output

    # Stored, so that the values to be sent are known.
    _store(third, tmp_path / "1.1.0.zip")
    alone = "--limit=third"
    assert not play("1.1.0", "--check", alone, of_host=either).failed("third")
    another = {
        "third": {
            "extension_rollout_configurations": [{**changed, "value": {**changed["value"], "activationTags": ["y"]}}]
        }
    }
    played = play("1.1.0", alone, of_host=another, **approved)
    assert played.failed("third")
    assert f"configuration 'one' on ag_group-default: {otherwise.format('updated')}" in played.output
    assert third.writes == []
    assert not play("1.1.0", alone, of_host=either, **approved).failed("third")
    assert _states(third) == ("1.1.0", [("one", "1.1.0")])


@pytest.mark.timeout(600)
def test_configurations_that_fail_are_a_table(
    play: Callable[..., Played], environments: dict[str, RunningSandbox]
) -> None:
    """Each error once, and not the result in one line."""
    wrong = [
        {"scope": "environment", "value": {"description": name, "pythonRemote": {"endpoints": [{"url": ""}]}}}
        for name in ("one", "two")
    ]
    played = play("1.0.0", "--limit=first", of_host={"first": {"extension_rollout_configurations": wrong}})
    assert played.failed("first")
    assert '"2 × version 1.0.0 of the extension does not allow this value' in played.output
    assert _states(environments["first"]) == (None, [])
