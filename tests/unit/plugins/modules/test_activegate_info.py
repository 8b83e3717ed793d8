# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""activegate_info against the sandbox: every filter, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.app import Options
from tests.support.module import run_module
from tests.support.sandbox import TOKEN, RunningSandbox, running

MODULE = "activegate_info"
LINUX, WINDOWS, SECOND, EDGE, CONTAINER, CLUSTER = (
    "1730152904",
    "-1284619327",
    "907316642",
    "-412870955",
    "1402338871",
    "351977264",
)
ALL = [LINUX, WINDOWS, SECOND, EDGE, CONTAINER, CLUSTER]


def ids(sandbox: RunningSandbox, **args: Any) -> list[str]:
    result = sandbox.run(MODULE, **args)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is False
    assert sandbox.writes == []
    return [one["id"] for one in result["activegates"]]


def test_all_of_them(sandbox: RunningSandbox) -> None:
    assert ids(sandbox) == ALL
    assert sandbox.sent == ["GET /v2/activeGates"]
    assert sandbox.state.requests[0]["query"] == {}


@pytest.mark.parametrize("number", [WINDOWS, int(WINDOWS)])
def test_one_as_the_api_gives_it(sandbox: RunningSandbox, number: Any) -> None:
    [one] = sandbox.run(MODULE, activegate_id=number)["activegates"]
    assert (one["id"], one["osType"], one["autoUpdateStatus"]) == (WINDOWS, "WINDOWS", "OUTDATED")
    assert one["modules"]
    assert sandbox.sent == [f"GET /v2/activeGates/{WINDOWS}"]


def test_an_unknown_one_is_an_empty_list(sandbox: RunningSandbox) -> None:
    assert ids(sandbox, activegate_id="12") == []


@pytest.mark.parametrize(
    ("filters", "query", "expected"),
    [
        ({"hostname": "linux"}, {"hostname": "linux"}, [LINUX, SECOND]),
        ({"os_type": "WINDOWS"}, {"osType": "WINDOWS"}, [WINDOWS]),
        ({"os_architecture": "ARM"}, {"osArchitecture": "ARM"}, []),
        ({"network_address": "10.20.0.1"}, {"networkAddress": "10.20.0.1"}, None),
        ({"load_balancer_address": "lb-default"}, {"loadBalancerAddress": "lb-default"}, [LINUX]),
        ({"type": "ENVIRONMENT_MULTI"}, {"type": "ENVIRONMENT_MULTI"}, [EDGE]),
        ({"network_zone": "dmz"}, {"networkZone": "dmz"}, [EDGE]),
        ({"group": "kube"}, {"group": "kube"}, [CONTAINER]),
        ({"update_status": "UP2DATE"}, {"updateStatus": "UP2DATE"}, [EDGE]),
        ({"version": "1.330.51"}, {"version": "1.330.51", "versionCompareType": "EQUAL"}, [WINDOWS]),
        (
            {"version": "1.331.0", "version_compare_type": "LOWER"},
            {"version": "1.331.0", "versionCompareType": "LOWER"},
            [LINUX, WINDOWS],
        ),
        ({"auto_update": "DISABLED"}, {"autoUpdate": "DISABLED"}, None),
        ({"online": True}, {"online": "true"}, ALL),
        ({"online": False}, {"online": "false"}, []),
        ({"enabled_modules": ["KUBERNETES"]}, {"enabledModule": "KUBERNETES"}, [CONTAINER]),
        ({"disabled_modules": ["REST_API"]}, {"disabledModule": "REST_API"}, None),
        ({"containerized": True}, {"containerized": "true"}, [CONTAINER]),
        ({"containerized": False}, {"containerized": "false"}, [one for one in ALL if one != CONTAINER]),
        ({"token_state": "EXPIRING"}, {"tokenState": "EXPIRING"}, [WINDOWS]),
        ({"token_expiration_set": True}, {"tokenExpirationSet": "true"}, [WINDOWS]),
        ({"fips_mode": True}, {"fipsMode": "true"}, [EDGE]),
        ({"hostname": "linux", "group": ""}, {"hostname": "linux"}, [LINUX, SECOND]),
        ({"enabled_modules": []}, {}, ALL),
        ({"hostname": "ag-", "os_type": "LINUX", "network_zone": "default"}, None, [LINUX, SECOND, CLUSTER]),
    ],
)
def test_every_filter(
    sandbox: RunningSandbox, filters: dict[str, Any], query: dict[str, str] | None, expected: list[str] | None
) -> None:
    found = ids(sandbox, **filters)
    assert query is None or sandbox.state.requests[0]["query"] == query
    if expected is not None:
        assert found == expected


def test_several_modules_must_all_be_enabled(sandbox: RunningSandbox) -> None:
    assert ids(sandbox, enabled_modules=["ONE_AGENT_ROUTING", "KUBERNETES"]) == [CONTAINER]
    assert ids(sandbox, enabled_modules=["SYNTHETIC", "KUBERNETES"]) == []
    assert ids(sandbox, disabled_modules=["ONE_AGENT_ROUTING", "REST_API"]) == [EDGE]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"activegate_id": "5", "hostname": "x"}, "leave out hostname"),
        ({"activegate_id": "5", "online": False, "group": "x"}, "leave out group, online"),
        ({"activegate_id": "0x5a34b668"}, "its decimal id is '1513404008'"),
        ({"activegate_id": "ENVIRONMENT_ACTIVE_GATE-000000005A34B668"}, "activegate_info lists them"),
        ({"version": "1.33"}, "must have three parts"),
        ({"version": "1.331.24.20260209-101500"}, "without a time stamp"),
        ({"version_compare_type": "LOWER"}, "version_compare_type compares with version"),
        ({"os_type": "linux"}, "os_type"),
        ({"enabled_modules": ["NO_SUCH"]}, "enabled_modules"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    sandbox: RunningSandbox, args: dict[str, Any], said: str
) -> None:
    result = sandbox.run(MODULE, **args)
    assert result["failed"]
    assert said in result["msg"]
    assert sandbox.sent == []


def test_a_missing_scope_is_named() -> None:
    with running(Options(tokens={TOKEN: ["settings.read"]})) as sandbox:
        result = sandbox.run(MODULE)
        assert (result["failed"], result["error"]["status"]) == (True, 403)
        assert "activeGates.read" in result["msg"]


def test_a_read_is_sent_again_after_a_fault(sandbox: RunningSandbox) -> None:
    for kind in ("reset_before", "reset_after", "truncate", "html"):
        sandbox.fault(kind=kind)
        assert ids(sandbox) == ALL


def test_in_a_process_of_its_own_and_in_check_mode(sandbox: RunningSandbox) -> None:
    env = {"DT_ENV_URL": sandbox.url, "DT_API_TOKEN": TOKEN}
    for check in (False, True):
        assert len(run_module(MODULE, {}, check=check, env=env)["activegates"]) == 6
