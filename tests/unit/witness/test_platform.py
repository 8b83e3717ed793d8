# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules for extensions send to the platform's APIs and what the sandbox answers there, against their official descriptions.

They are not among the files that come with this project; see ``PLATFORM`` and ``HUB`` for where they are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.configurations import NAME as CONFIGURED
from tests.support.configurations import ship
from tests.support.packages import build_package
from tests.support.sandbox import RunningSandbox

from .description import HUB as HUB_DESCRIPTION
from .description import PLATFORM, Descriptions, Exchange, recorded

TOKEN = "dt0s16.SANDBOX.SANDBOXTOKEN"
NAME, HUB = "custom:witness", "com.dynatrace.extension.sandbox-hub"
ZIP = {"Content-Type": "application/octet-stream"}
VALUE: dict[str, Any] = {
    "description": "witness",
    "pythonRemote": {"endpoints": [{"url": "https://a.example.com"}], "token": "hush"},
}

pytestmark = pytest.mark.skipif(not PLATFORM.is_file(), reason=f"needs {PLATFORM}")


@pytest.fixture
def wire(sandbox: RunningSandbox, descriptions: Descriptions) -> Iterator[list[Exchange]]:
    """Records a test, and fails it when anything that it sent or got is not as described."""
    with recorded() as exchanges:
        yield exchanges
    at_platform = [exchange for exchange in exchanges if "/platform/extensions/" in exchange.url]
    assert at_platform, "nothing went to the platform's API"
    assert descriptions.problems(at_platform) == []


def done(sandbox: RunningSandbox, module: str, action: str | None = None, **args: Any) -> dict[str, Any]:
    """In check mode, for real, and again."""
    args = {"platform_token": TOKEN, "api_token": None, **args}
    result: dict[str, Any] = {}
    for check in (True, False):
        result = sandbox.run(module, check=check, diff=True, **args)
        assert not result.get("failed"), result["msg"]
        assert result.get("action") == action
    if action is not None:
        assert sandbox.run(module, **args)["changed"] is False
    return result


@pytest.mark.usefixtures("wire")
class TestModules:
    def test_versions_of_an_extension(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        for version in ("1.0.0", "1.1.0"):
            path = tmp_path / f"{version}.zip"
            path.write_bytes(build_package(NAME, version))
            done(sandbox, "extension_upload", "create", path=str(path))
        other = tmp_path / "other.zip"
        other.write_bytes(build_package(NAME, "1.1.0", files={"more.txt": "x"}))
        done(sandbox, "extension_upload", "update", path=str(other), on_mismatch="replace")
        for version in ("1.0.0", "1.1.0"):
            assert sandbox.run("extension", name=NAME, version=version, platform_token=TOKEN, api_token=None)["changed"]
        for args in (
            {},
            {"query": "witness"},
            {"name": NAME},
            {"name": "custom:unknown"},
            {"name": NAME, "version": "9.9.9"},
        ):
            done(sandbox, "extension_info", **args)
        done(sandbox, "extension_upload", "delete", name=NAME, version="1.0.0", state="absent")
        done(sandbox, "extension", "delete", name=NAME, state="absent")

    def test_monitoring_configurations(self, sandbox: RunningSandbox) -> None:
        ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
        one = {"extension_name": CONFIGURED, "scope": "ag_group-witness"}
        done(sandbox, "extension_monitoring_configuration", "create", **one, value=VALUE)
        done(
            sandbox,
            "extension_monitoring_configuration",
            "update",
            **one,
            value={"description": "witness", "enabled": False},
        )
        done(sandbox, "extension_monitoring_configuration", "create", **{**one, "scope": "environment"}, value=VALUE)
        for args in (
            {"status": True},
            {"active": True},
            {"version": "1.0.0"},
            {"scope": "environment", "status": True},
        ):
            done(sandbox, "extension_monitoring_configuration_info", extension_name=CONFIGURED, **args)
        moved: dict[str, Any] = {"name": CONFIGURED, "version": "1.1.0", "configurations": "move"}
        assert sandbox.run("extension", **moved, platform_token=TOKEN, api_token=None)["changed"]
        done(sandbox, "extension_info", name=CONFIGURED, monitoring_configurations=True)
        done(
            sandbox,
            "extension_monitoring_configuration",
            "delete",
            **one,
            value={"description": "witness"},
            state="absent",
        )

    def test_recording(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        ship(sandbox, "1.0.0", active="1.0.0")
        args: dict[str, Any] = {
            "path": str(tmp_path),
            "parts": ["extensions"],
            "platform_token": TOKEN,
            "api_token": None,
        }
        assert not sandbox.run("sandbox_record", **args).get("failed")

    @pytest.mark.parametrize("refused", ["interval", "scope"])
    def test_refusals(self, sandbox: RunningSandbox, refused: str) -> None:
        ship(sandbox, "1.0.0", active="1.0.0")
        body: dict[str, Any] = {"scope": "environment", "value": {"version": "1.0.0", **VALUE}}
        if refused == "scope":
            body["scope"] = "APPLICATION-1"
        else:
            body["value"]["pythonRemote"] = {**VALUE["pythonRemote"], "interval": 1000}
        path = f"/platform/extensions/v2/extensions/{CONFIGURED}/monitoring-configurations"
        args: dict[str, Any] = {
            "method": "POST",
            "path": path,
            "body": body,
            "platform_token": TOKEN,
            "api_token": None,
        }
        assert sandbox.run("api", **args)["failed"]


HUB_CALLS = [
    ("", 200),
    ("?only-compatible=false&add-fields=hubItemId", 200),
    (f"/{HUB}", 200),
    ("/com.dynatrace.unknown", 404),
    (f"/{HUB}/releases", 200),
    ("/com.dynatrace.unknown/releases", 404),
]


@pytest.mark.skipif(not HUB_DESCRIPTION.is_file(), reason=f"needs {HUB_DESCRIPTION}")
def test_hub(sandbox: RunningSandbox, descriptions: Descriptions) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with recorded() as exchanges:
        for path, status in HUB_CALLS:
            address = f"{sandbox.url}/platform/hub/v1/catalog/extensions{path}"
            assert requests.get(address, timeout=10, headers=headers).status_code == status
        for version in (None, "1.0.0"):
            done(sandbox, "extension", "create", name=HUB, version=version, source="hub")
    at_hub = [exchange for exchange in exchanges if "/platform/hub/" in exchange.url]
    assert len(at_hub) > len(HUB_CALLS)
    assert descriptions.problems(at_hub) == []


def calls() -> list[tuple[str, str, int, dict[str, Any]]]:
    """Method, path below the extensions, status, and what is sent. ``{id}`` is a monitoring configuration."""
    one, unknown = f"/{CONFIGURED}", "/custom:unknown"
    monitoring = f"{one}/monitoring-configurations"
    remote = {**VALUE["pythonRemote"], "interval": 10, "mode": "fast"}
    configuration = {"scope": "environment", "value": {"version": "1.0.0", "enabled": False, "pythonRemote": remote}}
    return [
        ("GET", "", 200, {}),
        ("GET", "?page-size=1", 200, {}),
        ("GET", "?add-fields=activeVersion,keywords,markedForDeletion&filter=name contains 'custom'", 200, {}),
        ("GET", "?add-fields=nothing", 400, {}),
        ("GET", "?filter=nothing = 'x'", 400, {}),
        ("POST", "", 201, {"data": build_package(NAME, "1.0.0"), "headers": ZIP}),
        ("POST", "", 400, {"data": b"no zip", "headers": ZIP}),
        ("POST", "", 415, {"files": {"file": b"x"}}),
        ("POST", ":validate", 204, {"data": build_package(NAME, "1.0.0"), "headers": ZIP}),
        ("POST", ":validate", 400, {"data": b"no zip", "headers": ZIP}),
        ("GET", one, 200, {}),
        ("GET", unknown, 404, {}),
        ("POST", f"/{HUB}?version=1.0.0", 202, {}),
        ("POST", unknown, 404, {}),
        ("GET", f"{one}/1.0.0", 200, {}),
        ("GET", f"{one}/9.9.9", 404, {}),
        ("DELETE", f"{one}/1.1.0", 202, {}),
        ("DELETE", f"{one}/1.0.0", 400, {}),
        ("GET", f"{one}/1.0.0/schema", 200, {}),
        ("GET", f"{one}/9.9.9/schema", 404, {}),
        ("GET", f"{one}/1.0.0/active-gate-groups", 200, {}),
        ("GET", f"{one}/environment-configuration", 200, {}),
        ("GET", f"{one}/environment-configuration?add-fields=assets,status,errors", 200, {}),
        ("GET", f"{unknown}/environment-configuration", 404, {}),
        ("PUT", f"{one}/environment-configuration", 200, {"json": {"version": "1.1.0"}}),
        ("POST", f"{one}/environment-configuration", 400, {"json": {"version": "1.1.0"}}),
        ("DELETE", f"{one}/environment-configuration", 204, {}),
        ("GET", monitoring, 200, {}),
        ("GET", f"{monitoring}?page-size=1&filter=enabled = true", 200, {}),
        ("POST", monitoring, 201, {"json": configuration}),
        ("POST", monitoring, 400, {"json": {"scope": "environment", "value": {"version": "1.0.0", "what": 1}}}),
        ("POST", monitoring, 404, {"json": {**configuration, "scope": "APPLICATION-1"}}),
        ("GET", f"{monitoring}/statuses", 200, {}),
        ("GET", f"{monitoring}/{{id}}", 200, {}),
        ("GET", f"{monitoring}/unknown", 404, {}),
        ("PUT", f"{monitoring}/{{id}}", 200, {"json": {"value": configuration["value"]}}),
        ("PUT", f"{monitoring}/{{id}}", 400, {"json": {"value": {"version": "1.0.0", "enabled": 5}}}),
        ("GET", f"{monitoring}/{{id}}/status", 200, {}),
        ("GET", f"{monitoring}/{{id}}/audit?sort=-timestamp&page-size=5", 200, {}),
        ("DELETE", f"{monitoring}/{{id}}", 204, {}),
        ("DELETE", f"{monitoring}/unknown", 404, {}),
    ]


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("method", "path", "status", "sent"), calls(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_sandbox(sandbox: RunningSandbox, method: str, path: str, status: int, sent: dict[str, Any]) -> None:
    ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
    made = sandbox.run(
        "extension_monitoring_configuration", extension_name=CONFIGURED, scope="environment", value=VALUE
    )
    address = f"{sandbox.url}/platform/extensions/v2/extensions" + path.format(
        id=made["configuration"]["configuration_id"]
    )
    headers = {"Authorization": f"Bearer {TOKEN}", **sent.get("headers", {})}
    answer = requests.request(method, address, timeout=10, **{**sent, "headers": headers})
    assert answer.status_code == status, answer.text


def test_every_operation_is_called(descriptions: Descriptions) -> None:
    """But for those that no module needs, which the sandbox does not have."""
    described = {operation.name for operation in descriptions.described("extensions").operations}
    base = "https://x/platform/extensions/v2/extensions"
    called = {
        operation.name
        for method, path, status, dummy in calls()
        if (operation := descriptions.operation(Exchange(method, base + path, status))) is not None
    }
    left_out = {name.partition(" ")[2] for name in described - called}
    assert {path.split("/")[1] for path in left_out} <= {"discovery", "schemas", "extensions"}
    assert {path.split("/")[-1] for path in left_out if path.startswith("/extensions")} <= {
        "actions",
        "{alert-template-id}",
    }
