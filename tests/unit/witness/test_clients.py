# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other people's Dynatrace clients work against the sandbox unchanged, and see what the modules see."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.clients import node_sdk, python_clients
from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox

CLIENTS = Path(__file__).with_name("clients")
NAME = "custom:witnessed"
# The first test that needs a client installs it.
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def package(tmp_path: Path) -> str:
    path = tmp_path / "bundle.zip"
    path.write_bytes(build_package(NAME, "1.0.0"))
    return str(path)


def output(command: Sequence[str | Path], **kwargs: Any) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False, **kwargs)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def seen_by_modules(sandbox: RunningSandbox) -> dict[str, list[Any]]:
    jobs = sandbox.run("activegate_update_job_info", **{"from": "now-31d"})["jobs"]
    rules = sandbox.run("settings_object_info", schema_ids=["builtin:sandbox.tag-rule"])["objects"]
    return {
        "activegates": [one["id"] for one in sandbox.run("activegate_info")["activegates"]],
        "jobs": [one["activegate_id"] for one in jobs],
        "schemas": [one["schemaId"] for one in sandbox.run("settings_schema_info")["schemas"]],
        "rules": [one["value"]["name"] for one in rules],
        "extensions": [one["name"] for one in sandbox.run("extension_info")["extensions"]],
    }


def test_dt(sandbox: RunningSandbox, package: str) -> None:
    """The package dt of PyPI."""
    before = seen_by_modules(sandbox)
    program = python_clients() / "python"
    found = json.loads(output([program, CLIENTS / "with_dt.py", sandbox.url, TOKEN, package]))
    after = seen_by_modules(sandbox)
    value = {"name": "by dt", "enabled": True, "tags": ["a"]}
    object_id = found["created"][0]["objectId"]
    assert found["validated"] == [{"code": 200}]
    assert found["read"][:4] == [object_id, value, "by-dt", "environment"]
    assert found["updated"] == {"code": 200, "objectId": object_id}
    assert found["paged"] == [*before["rules"], "by dt again"]
    assert found["deleted"] == 204
    assert after["rules"] == before["rules"]
    assert found["schemas"] == after["schemas"]
    assert found["activegates"] == after["activegates"]
    assert {one: after["jobs"].count(one) for one in after["jobs"]} == {
        one: count for one, count in found["all jobs"].items() if count
    }
    assert (found["job"], found["validator"]) == ("SUCCEED", 204)
    assert found["only validated"] == found["uploaded"] == NAME
    assert found["versions"] == ["1.0.0"]
    assert [name for name, dummy in found["extensions"]] == after["extensions"]
    assert not sandbox.run("extension_upload", path=package)["changed"]


def test_dt_cli(sandbox: RunningSandbox, package: str) -> None:
    """What its program uploads is what the module finds there; building and signing is with the tests of extension_upload."""
    program = python_clients() / "dt"
    where = ["--tenant-url", sandbox.url, "--api-token", TOKEN]
    output([program, "extension", "upload", package, *where])
    assert sandbox.writes == ["POST /v2/extensions"]
    assert not sandbox.run("extension_upload", path=package)["changed"]


def test_the_official_sdk(sandbox: RunningSandbox, package: str) -> None:
    """Dynatrace's own client for JavaScript decodes the answers, through the platform's paths and with a bearer."""
    before = seen_by_modules(sandbox)
    sandbox.state.clock.speed = 0  # a new job can be cancelled
    node, modules = node_sdk()
    program = [node, CLIENTS / "with_sdk.cjs", sandbox.url, "dt0s16.SANDBOX.SANDBOXTOKEN", package]
    found = json.loads(output(program, env={"NODE_PATH": str(modules)}))
    after = seen_by_modules(sandbox)
    assert found["activegates"] == after["activegates"]
    assert found["job"] is True
    assert found["jobs"] > 1
    assert {*before["jobs"], found["activegates"][0]} <= set(found["allJobs"])
    assert found["schemas"] == after["schemas"]
    assert "name" in found["schema"]
    assert found["read"] == {"name": "by the SDK", "enabled": True, "tags": []}
    assert (found["modified"], found["updated"]) == ("number", 200)
    assert found["objects"] == [*before["rules"], "again"]
    assert after["rules"] == before["rules"]
    assert found["uploaded"] == [NAME, "1.0.0"]
    assert found["active"] == "1.0.0"
    assert found["extensions"] == after["extensions"]
    assert (found["configured"], found["configurations"]) == ([200, 400], ["ag_group-default"])
    assert found["groups"] > 0
    assert (found["scope"], int(found["zone"]) != 0) == ("environment", True)
    # Errors are decoded as well.
    assert found["noJob"] == ["404", 404, "Update job with id 1 does not exist."]
    assert found["noObject"] == ["404", 404, "Settings not found"]
