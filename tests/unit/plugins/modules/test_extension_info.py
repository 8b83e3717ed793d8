# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_info against the sandbox, and against servers of before."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.server import Server, reply

MODULE = "extension_info"
NAME = "custom:demo"


def _api(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Api-Token {TOKEN}", **more.pop("headers", {})}
    response = requests.request(method, f"{sandbox.url}/api/v2/extensions{path}", headers=headers, timeout=10, **more)
    assert response.ok, response.text
    return response.json()


@pytest.fixture
def filled(sandbox: RunningSandbox) -> RunningSandbox:
    """custom:demo in versions 1.9.0 (active, configured) and 1.10.0, beside what the sandbox begins with."""
    for version in ("1.10.0", "1.9.0"):
        headers = {"Content-Type": "application/octet-stream"}
        _api(sandbox, "POST", "", data=build_package(version=version), headers=headers)
    _api(sandbox, "POST", f"/{NAME}/environmentConfiguration", json={"version": "1.9.0"})
    configuration = {"scope": "environment", "value": {"version": "1.9.0", "enabled": True, "description": "all"}}
    _api(sandbox, "POST", f"/{NAME}/monitoringConfigurations", json=[configuration])
    sandbox.clear()
    return sandbox


def _extensions(sandbox: RunningSandbox, **args: Any) -> list[dict[str, Any]]:
    result = sandbox.run(MODULE, **args)
    assert not result.get("failed"), result
    assert result["changed"] is False
    assert sandbox.writes == []
    found: list[dict[str, Any]] = result["extensions"]
    return found


def test_all(filled: RunningSandbox) -> None:
    found = {one["name"]: one for one in _extensions(filled)}
    assert len(found) > 1
    assert found[NAME] == {"name": NAME, "version": "1.10.0", "active_version": "1.9.0", "keywords": []}
    assert filled.sent == ["GET /v2/extensions/info"]


def test_by_a_part_of_the_name(filled: RunningSandbox) -> None:
    assert [one["name"] for one in _extensions(filled, query="custom:d")] == [NAME]
    assert _extensions(filled, query="no such") == []


def test_all_pages(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored

    for number in range(5):
        data = build_package(name=f"custom:page{number}")
        _api(sandbox, "POST", "", data=data, headers={"Content-Type": "application/octet-stream"})
    sandbox.clear()
    monkeypatch.setattr(stored, "PAGE_SIZE", 2)
    assert [one["name"] for one in _extensions(sandbox, query="page")] == [f"custom:page{n}" for n in range(5)]
    assert len(sandbox.sent) == 3


def test_one(filled: RunningSandbox) -> None:
    (found,) = _extensions(filled, name=NAME)
    assert found["versions"] == ["1.10.0", "1.9.0"]
    assert (found["version"], found["active_version"]) == ("1.9.0", "1.9.0")
    assert found["details"]["version"] == "1.9.0"
    assert len(found["details"]["fileHash"]) == 64
    assert "monitoring_configurations" not in found
    assert len(filled.sent) == 3


@pytest.mark.parametrize(("version", "count"), [(None, 1), ("1.9.0", 1), ("1.10.0", 0)])
def test_one_version_and_its_configurations(filled: RunningSandbox, version: str | None, count: int) -> None:
    (found,) = _extensions(filled, name=NAME, version=version, monitoring_configurations=True)
    assert found["details"]["version"] == found["version"] == (version or "1.9.0")
    assert len(found["monitoring_configurations"]) == count
    for one in found["monitoring_configurations"]:
        assert one["value"]["description"] == "all"


def test_one_that_is_not_active(filled: RunningSandbox) -> None:
    _api(filled, "DELETE", f"/{NAME}/environmentConfiguration")
    filled.clear()
    (found,) = _extensions(filled, name=NAME)
    assert (found["version"], found["active_version"]) == ("1.10.0", None)


@pytest.mark.parametrize("args", [{"name": "custom:unknown"}, {"name": NAME, "version": "9.9.9"}])
def test_what_is_not_there_is_no_error(filled: RunningSandbox, args: dict[str, Any]) -> None:
    assert _extensions(filled, **args) == []


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"version": "1.0.0"}, "give name as well"),
        ({"monitoring_configurations": True}, "give name as well"),
        ({"name": NAME, "query": "x"}, "leave out one"),
    ],
)
def test_options_that_do_not_go_together(sandbox: RunningSandbox, args: dict[str, Any], text: str) -> None:
    result = sandbox.run(MODULE, **args)
    assert result["failed"]
    assert text in result["msg"]
    assert sandbox.sent == []


def test_a_server_without_the_list_of_active_versions(sandbox: RunningSandbox) -> None:
    rows = [{"extensionName": "custom:a", "version": "1.0.0"}, {"extensionName": "custom:b", "version": "2.0.0"}]
    steps = [reply(404), reply(200, {"extensions": rows}), reply(200, {"version": "1.0.0"}), reply(404)]
    with Server(*steps) as server:
        found = sandbox.run(MODULE, environment_url=server.url)["extensions"]
    assert [(one["name"], one["active_version"]) for one in found] == [("custom:a", "1.0.0"), ("custom:b", None)]
