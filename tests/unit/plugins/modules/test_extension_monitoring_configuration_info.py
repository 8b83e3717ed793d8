# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_monitoring_configuration_info against the sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.configurations import NAME, ship
from tests.support.sandbox import RunningSandbox

MODULE = "extension_monitoring_configuration_info"
LIST = f"GET /v2/extensions/{NAME}/monitoringConfigurations"
SECRET = "hush-hush"
REMOTE = {"endpoints": [{"url": "https://one.example.com", "password": SECRET}]}


@pytest.fixture
def filled(sandbox: RunningSandbox) -> RunningSandbox:
    """Three configurations of two versions on two scopes, one of them switched off."""
    ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
    made = sandbox.run(
        "extension_monitoring_configuration",
        extension_name=NAME,
        configurations=[
            {"value": {"description": "a", "pythonRemote": REMOTE}},
            {"value": {"description": "b", "enabled": False}, "version": "1.1.0"},
            {"value": {"description": "c"}, "scope": "ag_group-x"},
        ],
    )
    assert not made.get("failed"), made
    sandbox.clear()
    return sandbox


def read(sandbox: RunningSandbox, **args: Any) -> list[dict[str, Any]]:
    result = sandbox.run(MODULE, **{"extension_name": NAME, **args})
    assert not result.get("failed"), result
    assert (result["changed"], sandbox.writes) == (False, [])
    found: list[dict[str, Any]] = result["configurations"]
    return found


def test_all_with_their_status(filled: RunningSandbox) -> None:
    first, second, third = read(filled)
    assert filled.sent == [LIST, f"{LIST}/status"]
    assert (first["description"], first["version"], first["enabled"], first["status"]) == ("a", "1.0.0", True, "OK")
    assert (second["scope"], second["enabled"], second["status"]) == ("environment", False, "UNKNOWN")
    assert (third["scope"], third["extension_name"]) == ("ag_group-x", NAME)
    assert isinstance(first["status_timestamp"], int)
    assert first["value"]["pythonRemote"]["endpoints"][0]["password"] != SECRET


@pytest.mark.parametrize("applied", ["applied", "ignored"])
@pytest.mark.parametrize(
    ("args", "names"),
    [
        ({"version": "1.0.0"}, "ac"),
        ({"active": True}, "ac"),
        ({"active": False}, "b"),
        ({"scope": "environment"}, "ab"),
        ({"scope": "environment", "version": "1.1.0", "active": False}, "b"),
        ({"version": "9.9.9"}, ""),
        ({"configuration_id": "nope"}, ""),
        ({"extension_name": "custom:not.there"}, ""),
    ],
)
def test_filters(filled: RunningSandbox, args: dict[str, Any], names: str, applied: str) -> None:
    filled.variants(extension_configuration_filter=applied)
    assert "".join(one["description"] for one in read(filled, **args)) == names


def test_by_id(filled: RunningSandbox) -> None:
    wanted = read(filled, status=False)[1]
    assert filled.sent == [LIST]
    assert wanted["status"] is None
    (found,) = read(filled, configuration_id=wanted["configuration_id"])
    assert (found["description"], found["status"]) == ("b", "UNKNOWN")


def test_servers_that_tell_one_status_at_a_time(filled: RunningSandbox) -> None:
    filled.variants(extension_statuses="missing", extension_status="ERROR")
    assert [one["status"] for one in read(filled)] == ["ERROR", "UNKNOWN", "ERROR"]
    assert len(filled.sent) == 5


def test_all_pages(filled: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.community.dynatrace.plugins.module_utils._configurations import api as configuration_api

    monkeypatch.setattr(configuration_api, "PAGE_SIZE", 1)
    assert [one["description"] for one in read(filled)] == ["a", "b", "c"]


def test_what_cannot_be_a_name(sandbox: RunningSandbox) -> None:
    result = sandbox.run(MODULE, extension_name="..")
    assert "extension_name has the name" in result["msg"]
    assert sandbox.sent == []
