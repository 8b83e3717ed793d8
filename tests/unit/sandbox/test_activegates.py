# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ActiveGates themselves: list, filters, auto-update, deployment API."""

from __future__ import annotations

import json
import threading
import time
from typing import Any
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

import pytest
import uvicorn

from tests.sandbox.app import Application, Options, Sandbox
from tests.sandbox.http import Call, Reply

FIRST, WINDOWS, THIRD, NEWEST, CONTAINER, CLUSTER = (
    "1730152904",
    "-1284619327",
    "907316642",
    "-412870955",
    "1402338871",
    "351977264",
)
TOKEN = "Api-Token dt0c01.AAAA.BBBB"


class World:
    """A sandbox whose clock stands still until it is told to move."""

    def __init__(self, size: int = 6, **variants: Any) -> None:
        self.sandbox = Sandbox(Options(activegates=size, speed=0.0))
        self.sandbox.variants.set(variants)

    def vary(self, **variants: Any) -> None:
        self.sandbox.variants.set(variants)

    def wait(self, seconds: float) -> None:
        self.sandbox.clock._started += seconds

    @property
    def now(self) -> int:
        return self.sandbox.clock.now_ms()

    def call(self, method: str, path: str, body: Any = None) -> Reply:
        path, _mark, text = path.partition("?")
        query = tuple(parse_qsl(text, keep_blank_values=True))
        content = b"" if body is None else json.dumps(body).encode()
        call = Call(method, "/api" + path, {}, dict(query), {}, content, queries=query)
        return self.sandbox.answer(call, TOKEN)[0]

    def get(self, path: str, status: int = 200) -> Any:
        reply = self.call("GET", path)
        assert reply.status == status, reply.body
        return reply.body

    def ids(self, query: str = "") -> list[str]:
        return [one["id"] for one in self.get(f"/v2/activeGates?{query}")["activeGates"]]

    def gate(self, ag_id: str = FIRST) -> Any:
        return self.get(f"/v2/activeGates/{ag_id}")

    def post(self, ag_id: str = FIRST, target: Any = "latest", status: int = 201) -> Any:
        reply = self.call("POST", f"/v2/activeGates/{ag_id}/updateJobs", {"targetVersion": target})
        assert reply.status == status, reply.body
        return reply.body

    def job(self, job: Any, ag_id: str = FIRST) -> Any:
        return self.get(f"/v2/activeGates/{ag_id}/updateJobs/{job['jobId']}")

    def jobs(self, ag_id: str = FIRST, query: str = "") -> Any:
        return self.get(f"/v2/activeGates/{ag_id}/updateJobs?{query}")["updateJobs"]


def violation(world: World, path: str) -> Any:
    """The path of the only violation of a 400."""
    (found,) = world.get(path, 400)["error"]["constraintViolations"]
    return found


def test_the_first_six_are_always_the_same() -> None:
    world = World()
    assert world.ids() == [FIRST, WINDOWS, THIRD, NEWEST, CONTAINER, CLUSTER]
    again = World()
    assert world.get("/v2/activeGates") == again.get("/v2/activeGates")
    assert world.gate(WINDOWS)["osType"] == "WINDOWS"
    assert world.gate()["autoUpdateStatus"] == "OUTDATED"
    assert world.gate(NEWEST)["autoUpdateStatus"] == "UP2DATE"
    assert world.get("/v2/activeGates/5", 404)["error"]["code"] == 404


@pytest.mark.parametrize("size", [0, 1, 4, 5, 6, 7, 500])
def test_size(size: int) -> None:
    world = World(size)
    found = world.get("/v2/activeGates")["activeGates"]
    assert len({one["id"] for one in found}) == len(found) == size
    assert all(-(2**31) <= int(one["id"]) < 2**31 for one in found)
    assert any(one["containerized"] for one in found) is (size >= 6)
    assert [one["id"] for one in found[:4]] == [FIRST, WINDOWS, THIRD, NEWEST][:size]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("hostname=EDGE", [NEWEST]),
        ("hostname=ag-linux&osType=LINUX", [FIRST, THIRD]),
        ("networkAddress=10.20.0.13", [THIRD]),
        ("loadBalancerAddress=lb-def", [FIRST]),
        ("networkZone=dm", [NEWEST]),
        ("group=win", [WINDOWS]),
        ("osType=WINDOWS", [WINDOWS]),
        ("osArchitecture=ARM", []),
        ("type=ENVIRONMENT_MULTI", [NEWEST]),
        ("type=ENVIRONMENT&containerized=false", [FIRST, WINDOWS, THIRD]),
        ("updateStatus=UP2DATE", [NEWEST]),
        ("versionCompareType=LOWER&version=1.331.0", [FIRST, WINDOWS]),
        ("version=1.331.60", [THIRD]),
        ("autoUpdate=ENABLED", [NEWEST]),
        ("online=false", []),
        ("enabledModule=SYNTHETIC", [NEWEST]),
        ("enabledModule=KUBERNETES&enabledModule=OTLP_INGEST", [CONTAINER]),
        ("enabledModule=REST_API&disabledModule=SYNTHETIC", [FIRST, WINDOWS, THIRD, CLUSTER]),
        ("containerized=true", [CONTAINER]),
        ("tokenState=EXPIRING", [WINDOWS]),
        ("tokenExpirationSet=true", [WINDOWS]),
        ("fipsMode=true", [NEWEST]),
        ("unknown=1&group=edge", [NEWEST]),
    ],
)
def test_filters(query: str, expected: list[str]) -> None:
    assert World().ids(query) == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("osType=linux", "osType"),
        ("type=CLUSTER", "type"),
        ("online=yes", "online"),
        ("enabledModule=REST_API&enabledModule=X", "enabledModule"),
        ("versionCompareType=LESS&version=1.2.3", "versionCompareType"),
        ("versionCompareType=LOWER&version=1.331", "version"),
        ("versionCompareType=LOWER&version=1.331.60.20260212-174455", "version"),
        ("versionCompareType=LOWER", "versionCompareType"),
        ("version=1.331", "version"),
    ],
)
def test_bad_filters(query: str, name: str) -> None:
    assert violation(World(), f"/v2/activeGates?{query}")["path"] == name


def test_case_of_contains_is_a_variant() -> None:
    assert World(filter_ignores_case=False).ids("hostname=EDGE") == []


def test_missing_and_offline() -> None:
    world = World(fleet_missing=[FIRST], fleet_offline=[THIRD])
    assert world.ids() == [WINDOWS, THIRD, NEWEST, CONTAINER, CLUSTER]
    assert world.ids("online=false") == [THIRD]
    for path in (FIRST, f"{FIRST}/updateJobs", f"{FIRST}/autoUpdate"):
        world.get(f"/v2/activeGates/{path}", 404)
    world.vary(fleet_missing=[])
    assert world.gate()["offlineSince"] is None


def test_groups() -> None:
    assert {"name": "edge"} in World().get("/v2/activeGates/groups")["groups"]


def test_auto_update() -> None:
    world = World()
    path = f"/v2/activeGates/{WINDOWS}/autoUpdate"
    assert world.get(path) == {"setting": "INHERITED", "effectiveSetting": "DISABLED"}
    assert world.call("PUT", "/v2/activeGates/autoUpdate", {"globalSetting": "ENABLED"}).status == 204
    assert world.get("/v2/activeGates/autoUpdate")["globalSetting"] == "ENABLED"
    assert world.get(path)["effectiveSetting"] == "ENABLED"
    assert world.call("POST", path + "/validator", {"setting": "DISABLED"}).status == 204
    assert world.get(path)["setting"] == "INHERITED"
    assert world.call("PUT", path, {"setting": "DISABLED"}).status == 204
    assert world.gate(WINDOWS)["autoUpdateSettings"] == {"setting": "DISABLED", "effectiveSetting": "DISABLED"}
    wrong: list[Any] = [{}, {"setting": "ON"}, []]
    for body in wrong:
        assert world.call("PUT", path, body).status == 400


def key(version: str) -> list[int]:
    return [int(part) for part in version.replace("-", ".").split(".")]


def test_available_versions() -> None:
    world = World()
    path = "/v1/deployment/installer/gateway/versions/"
    unix = world.get(path + "unix")["availableVersions"]
    assert unix == world.get(path + "unix?arch=amd64")["availableVersions"]
    assert unix != sorted(unix, key=key)
    assert max(unix) != max(unix, key=key) == "1.346.47.20261104-091530"
    assert max(world.get(path + "windows")["availableVersions"], key=key) == "1.346.9.20261028-120411"
    assert len(world.get(path + "unix?arch=s390")["availableVersions"]) == 3
    world.get(path + "windows?arch=s390", 404)
    assert violation(world, path + "unix?arch=x86")["path"] == "arch"
    world.get(path + "linux", 404)
    assert violation(world, path + "Linux") == {
        "path": "osType",
        "message": "'Linux' must be any of [unix, windows]",
        "parameterLocation": "PATH",
        "location": None,
    }
    world.vary(available_added=["1.347.1.20261120-000000"])
    assert "1.347.1.20261120-000000" in world.get(path + "unix")["availableVersions"]
    assert world.gate(NEWEST)["autoUpdateStatus"] == "OUTDATED"


@pytest.mark.parametrize(
    ("configured", "expected"),
    [("", "1.346.47.20261104-091530"), ("1.331", "1.331.60.20260212-174455"), ("1.33", "1.346.47.20261104-091530")],
)
def test_latest_follows_the_configured_target(configured: str, expected: str) -> None:
    world = World(configured_target_version=configured)
    path = "/v1/deployment/installer/gateway/unix/latest"
    assert world.get(path + "/metainfo") == {"latestGatewayVersion": expected}
    assert expected in world.get(path).decode()
    assert world.post(FIRST)["targetVersion"] == "1.346.47.20261104-091530"


def test_installers_and_the_rest_of_v1() -> None:
    world = World()
    path = "/v1/deployment/installer/gateway/unix/version/1.344.20.20260929-152836"
    reply = world.call("GET", path)
    assert reply.content_type == "application/octet-stream"
    assert reply.headers["etag"]
    assert reply.headers["etag"] != world.call("GET", path.replace("/unix/", "/windows/")).headers["etag"]
    world.get(path.replace("1.344.20", "1.344.21"), 404)
    world.get(path.replace("-152836", ""), 400)
    world.get(path + "?networkZone=dmz")
    world.get(path + "?networkZone=nowhere", 400)
    assert world.get("/v1/deployment/installer/gateway/connectioninfo")["tenantUUID"] == "abc12345"
    assert world.get("/v1/config/clusterversion")["version"].startswith("1.346.")
    assert int(world.get("/v1/time")) == world.now


def test_over_http() -> None:
    """Negative ids in the path, repeated parameters, scopes."""
    token = "dt0c01.AAAA.BBBB"
    app = Application(Options(tokens={token: ["activeGates.read"]}))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]

        def get(path: str) -> Any:
            request = Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Api-Token {token}"})
            with urlopen(request, timeout=5) as answer:
                return json.load(answer)

        assert get(f"/api/v2/activeGates/{WINDOWS}")["id"] == WINDOWS
        assert get(f"/e/abc/api/v2/activeGates/{WINDOWS}/updateJobs") == {"agId": WINDOWS, "updateJobs": []}
        found = get("/api/v2/activeGates?enabledModule=KUBERNETES&enabledModule=SYNTHETIC")
        assert found == {"activeGates": []}
        with pytest.raises(OSError, match="403"):
            get("/api/v1/deployment/installer/gateway/versions/unix")
    finally:
        server.should_exit = True
        thread.join()
