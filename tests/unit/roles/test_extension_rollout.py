# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role extension_rollout, by its playbook, over environments that do not fare alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.app import Options
from tests.support.configurations import activation_schema, api
from tests.support.packages import build_package, keys
from tests.support.sandbox import TOKEN, RunningSandbox, running

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
        return self.recap[host]["failed"] > 0


@pytest.fixture
def other() -> Iterator[RunningSandbox]:
    with running(Options(speed=1000)) as found:
        yield found


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Played]:
    """Runs the playbook for one version over some environments, which trust only what is in their vaults."""

    def played(version: str, environments: dict[str, RunningSandbox], *more: str, **options: Any) -> Played:
        package = tmp_path / f"{version}.zip"
        schema = json.dumps(activation_schema())
        package.write_bytes(build_package(NAME, version, files={"activationSchema.json": schema}))
        (tmp_path / "ca.pem").write_bytes(keys().ca_pem)
        for sandbox in environments.values():
            sandbox.variants(extension_roots="vault")
            sandbox.clear()
        hosts = {
            host: {"extension_rollout_connection": {"environment_url": sandbox.url, "api_token": TOKEN}}
            for host, sandbox in environments.items()
        }
        variables = {
            "extension_rollout_hosts": "all",
            "extension_rollout_package": str(package),
            "extension_rollout_certificate": str(tmp_path / "ca.pem"),
            "extension_rollout_configurations": [CONFIGURATION],
            **options,
        }
        inventory, given = tmp_path / "inventory.yml", tmp_path / "variables.json"
        inventory.write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        given.write_text(json.dumps(variables), encoding="utf-8")
        program = Path(sys.executable).with_name("ansible-playbook")
        command = [program, "community.dynatrace.extension_rollout", "-i", inventory, "-e", f"@{given}", "-vv", *more]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        output = done.stdout + done.stderr
        assert TOKEN not in output
        assert SECRET not in output
        found = Played(output, _recap(done.stdout))
        assert (done.returncode == 0) == (not any(map(found.failed, environments))), output
        return found

    return played


def _recap(output: str) -> dict[str, dict[str, int]]:
    lines = output.partition("PLAY RECAP")[2].splitlines()[1:]
    rows = (line.split(":", 1) for line in lines if " : ok=" in line)
    return {
        host.strip(): {name: int(number) for name, number in (one.split("=") for one in counts.split())}
        for host, counts in rows
    }


def _active(sandbox: RunningSandbox) -> str | None:
    found: str | None = sandbox.run("extension_info", name=NAME)["extensions"][0]["active_version"]
    return found


def _configurations(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = api(sandbox, "GET", f"/{NAME}/monitoringConfigurations")["items"]
    return items


@pytest.mark.timeout(300)
def test_from_nothing_to_a_working_version_in_two_environments(
    sandbox: RunningSandbox, other: RunningSandbox, play: Callable[..., Played]
) -> None:
    """Check mode before anything is there; then for real, and in one of them it does not work; then again."""
    both = {"good": sandbox, "bad": other}
    checked = play("1.0.0", both, "--check")
    assert checked.output.count("would be uploaded and activated, with 1 monitoring configurations") >= 2
    for host, environment in both.items():
        assert (environment.writes, checked.recap[host]["failed"]) == ([], 0)
        assert checked.recap[host]["changed"] == 2  # the certificate, and all the rest

    other.variants(extension_status="ERROR")
    first = play("1.0.0", both)
    assert (first.failed("good"), first.failed("bad")) == (False, True)
    assert f"{NAME} 1.0.0 could not be rolled out: the status of" in first.output
    assert "no version was active before, so it stays active" in first.output
    assert (_active(sandbox), _active(other)) == ("1.0.0", "1.0.0")
    assert [one["value"]["version"] for one in _configurations(sandbox)] == ["1.0.0"]
    assert _configurations(other) == []  # it was new

    again = play("1.0.0", {"good": sandbox})
    assert (again.recap["good"]["changed"], sandbox.writes) == (0, [])


@pytest.mark.timeout(300)
def test_a_version_that_does_not_work_is_taken_back(sandbox: RunningSandbox, play: Callable[..., Played]) -> None:
    """The active version, and the configurations as they were, secrets too; new ones are gone. Then it works after all."""
    environment = {"one": sandbox}
    assert not play("1.0.0", environment).failed("one")
    before = _configurations(sandbox)
    kept = [one.value for one in sandbox.state.extensions._configurations.of(NAME)]
    assert SECRET in str(kept)

    sandbox.variants(extension_status="ERROR")
    changed = {**CONFIGURATION, "value": {**CONFIGURATION["value"], "activationTags": ["x"]}}
    listed = {"extension_rollout_configurations": [changed, ANOTHER]}
    failed = play("1.1.0", environment, **listed)
    assert failed.failed("one")
    assert f"{NAME} 1.1.0 could not be rolled out: the status of" in failed.output
    assert "; 1.0.0 is active as before" in failed.output
    assert _active(sandbox) == "1.0.0"
    assert _configurations(sandbox) == before
    assert [one.value for one in sandbox.state.extensions._configurations.of(NAME)] == kept

    stays = play("1.1.0", environment, extension_rollout_rollback=False, **listed)
    assert "; nothing was undone" in stays.output
    assert (_active(sandbox), len(_configurations(sandbox))) == ("1.1.0", 2)

    sandbox.variants(extension_status="OK")
    assert not play("1.1.0", environment, **listed).failed("one")
    predicted = play("1.1.0", environment, "--check", **listed)
    assert (predicted.recap["one"]["changed"], sandbox.writes) == (0, [])


@pytest.mark.timeout(120)
def test_a_package_that_somebody_else_signed_is_not_sent(sandbox: RunningSandbox, play: Callable[..., Played]) -> None:
    (root, somebody) = (keys().ca_pem.decode(), sandbox)
    from tests.support.packages import make_keys

    refused = play("1.0.0", {"one": somebody}, extension_rollout_certificate=make_keys("Another CA").ca_pem.decode())
    assert refused.failed("one")
    assert "is signed by CN=sandbox developer, issued by CN=sandbox CA" in refused.output
    assert not [text for text in sandbox.sent if "extensions" in text]
    assert root
