# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that were captured from real environments: the modules read them right, and the sandbox answers alike."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.sandbox.extensions import package
from tests.support.module import run_in_process
from tests.support.packages import build_package
from tests.support.sandbox import REAL_SCHEMAS, TOKEN, RunningSandbox
from tests.support.server import Server, Step, reply

from .description import API, JSON, Descriptions, Exchange

FIXTURES = API / "fixtures"
pytestmark = pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"needs captured answers in {FIXTURES}")

METRIC_EVENTS = "builtin:anomaly-detection.metric-events"
SNMP = "com.dynatrace.extension.snmp-generic"
NOT_FOUND = reply(404, {"error": {"code": 404, "message": "not found"}})


def captured(name: str) -> Any:
    (found,) = FIXTURES.glob(f"{name}.json")
    return json.loads(found.read_text(encoding="utf-8"))


def metric_event() -> dict[str, Any]:
    return dict(captured("GET_api_v2_settings_objects_OBJECTID"))


def run(server: Server, module: str, check: bool = False, **args: Any) -> dict[str, Any]:
    common = {"environment_url": server.url, "api_token": TOKEN, "retries": 0, "timeout": 10}
    result = run_in_process(module, {**common, **args}, check=check, diff=True)
    assert not result.get("failed"), result
    return result


def schema() -> Step:
    """The real document of metric events, of a later version than the captured objects."""
    (path,) = REAL_SCHEMAS.glob("*metric-events.json")
    return reply(200, json.loads(path.read_text(encoding="utf-8")))


class TestUpdateJobs:
    def test_all(self) -> None:
        body = captured("GET_api_v2_activeGates_updateJobs_*")
        with Server(reply(200, body)) as server:
            jobs = run(server, "activegate_update_job_info")["jobs"]
        expected = [(row["agId"], job["jobId"]) for row in body["allUpdateJobs"] for job in row["updateJobs"]]
        assert [(job["activegate_id"], job["job_id"]) for job in jobs] == expected
        assert expected

    def test_one_activegate(self) -> None:
        body = captured("GET_api_v2_activeGates_-1556499193_updateJobs_*")
        with Server(reply(200, body)) as server:
            jobs = run(server, "activegate_update_job_info", activegate_id="-1556499193")["jobs"]
            assert server.requests[0].path == "/api/v2/activeGates/-1556499193/updateJobs"
        assert len(jobs) == len(body["updateJobs"])
        assert jobs[0] == {
            "activegate_id": "-1556499193",
            "job_id": "-4754066816153208332",
            "job_state": "SUCCEED",
            "update_method": "MANUAL_INSTALLATION",
            "update_type": "ACTIVE_GATE",
            "cancelable": False,
            "start_version": "1.217.89.20210506-182520",
            "target_version": "1.217.96.20210507-181038",
            "timestamp": 1620419177047,
            "ag_type": "ENVIRONMENT",
            "environments": ["eaa50379"],
            "error": None,
            "duration": None,
        }

    def test_every_field_of_every_job_is_kept(self) -> None:
        body = captured("GET_api_v2_activeGates_updateJobs_*")
        with Server(reply(200, body)) as server:
            jobs = run(server, "activegate_update_job_info")["jobs"]
        raw = [job for row in body["allUpdateJobs"] for job in row["updateJobs"]]
        for shown, one in zip(jobs, raw, strict=True):
            assert sorted(map(repr, shown.values())) == sorted(map(repr, [shown["activegate_id"], *one.values()]))
        assert any(job["error"] and job["job_state"] == "SKIPPED" for job in jobs)


class TestExtensions:
    def test_all(self) -> None:
        """As of a server of before the endpoint with the active versions."""
        with Server(
            NOT_FOUND,
            reply(200, captured("GET_api_v2_extensions_094e243469d892d")),
            reply(200, captured("GET_api_v2_extensions_ibmmq_environmentConfiguration")),
            NOT_FOUND,
        ) as server:
            rows = run(server, "extension_info")["extensions"]
        assert [(row["name"], row["version"], row["active_version"]) for row in rows] == [
            (SNMP, "0.2.5", "1.2.3"),
            ("custom:dynatrace.cisco.asa", "0.1.0", None),
        ]

    def test_one(self) -> None:
        details = captured(f"GET_api_v2_extensions_{SNMP.replace('.', '_')}_0_2_5")
        with Server(
            reply(200, captured(f"GET_api_v2_extensions_{SNMP.replace('.', '_')}")), NOT_FOUND, reply(200, details)
        ) as server:
            (row,) = run(server, "extension_info", name=SNMP)["extensions"]
        assert (row["name"], row["version"], row["versions"]) == (SNMP, "0.2.5", ["0.2.5"])
        assert row["active_version"] is None
        assert row["details"]["fileHash"] == details["fileHash"]
        assert row["details"]["author"] == {"name": "Dynatrace"}


class TestSettings:
    def test_list(self) -> None:
        body = captured("GET_api_v2_settings_objects_accb155250dbcbb")
        with Server(reply(200, body)) as server:
            objects = run(server, "settings_object_info", schema_ids=[METRIC_EVENTS])["objects"]
        assert objects == body["items"]
        assert objects

    def test_one(self) -> None:
        body = metric_event()
        with Server(reply(200, body)) as server:
            assert run(server, "settings_object_info", object_id=body["objectId"])["objects"] == [body]

    def test_schemas(self) -> None:
        body = captured("GET_api_v2_settings_schemas")
        with Server(reply(200, body)) as server:
            schemas = run(server, "settings_schema_info")["schemas"]
        assert [one["schemaId"] for one in schemas] == [
            "builtin:attribute-block-list",
            "builtin:ua.attribute-table",
            "builtin:span-attribute",
        ]

    def test_an_object_as_it_is_there_is_unchanged(self) -> None:
        body = metric_event()
        args = {"object_id": body["objectId"], "value": body["value"]}
        for mode in ("merge", "replace"):
            with Server(reply(200, body), schema()) as server:
                result = run(server, "settings_object", value_mode=mode, **args)
                assert [one.method for one in server.requests] == ["GET", "GET"]
            assert (result["action"], result["changed"]) == ("none", False)
            assert result["object"]["schema_version"] == "1.0.16"

    @pytest.mark.parametrize("check", [True, False])
    def test_an_update(self, check: bool) -> None:
        """What is sent is the captured value with one change, and with the captured token."""
        body, answer = metric_event(), captured("PUT_api_v2_settings_objects_OBJECTID")
        value = {"modelProperties": {"threshold": 90}}
        with Server(reply(200, body), schema(), reply(200, answer), reply(200, body)) as server:
            result = run(server, "settings_object", check, object_id=body["objectId"], value=value)
            put = server.requests[2]
        assert (put.method, put.path) == ("PUT", f"/api/v2/settings/objects/{body['objectId']}")
        assert put.query == ({"validateOnly": ["true"]} if check else {})
        assert put.json["updateToken"] == body["updateToken"]
        expected = {**body["value"], "modelProperties": {**body["value"]["modelProperties"], "threshold": 90}}
        assert put.json["value"] == expected
        assert (result["action"], result["object"]["object_id"]) == ("update", answer["objectId"])
        assert result["diff"]["before"]["value"]["modelProperties"]["threshold"] == 100.0
        assert result["diff"]["after"]["value"]["modelProperties"]["threshold"] == 90

    def test_a_create(self) -> None:
        answer = captured("POST_api_v2_settings_objects_48f5d7ab33b29d3")
        empty = {"items": [], "totalCount": 0, "pageSize": 500}
        stored = {**metric_event(), "objectId": answer[0]["objectId"]}
        args = {"schema_id": METRIC_EVENTS, "external_id": "x", "value": metric_event()["value"]}
        with Server(schema(), reply(200, empty), reply(200, answer), reply(200, stored)) as server:
            result = run(server, "settings_object", **args)
            (post,) = [one for one in server.requests if one.method == "POST"]
        assert post.json[0]["value"] == args["value"]
        assert (result["action"], result["object"]["object_id"]) == ("create", answer[0]["objectId"])


# The path of a captured answer, and the name of its file.
PATHS = [
    ("/v1/deployment/installer/gateway/connectioninfo", "GET_api_v1_deployment_installer_gateway_connectioninfo_*"),
    ("/v1/deployment/installer/gateway/versions/unix", "GET_api_v1_deployment_installer_gateway_versions_unix"),
    ("/v2/activeGates/-1556499193/updateJobs", "GET_api_v2_activeGates_-1556499193_updateJobs_*"),
    ("/v2/activeGates/1513404008/autoUpdate", "GET_api_v2_activeGates_1513404008_autoUpdate"),
    ("/v2/activeGates/updateJobs", "GET_api_v2_activeGates_updateJobs_*"),
    ("/v2/extensions", "GET_api_v2_extensions_094e243469d892d"),
    (f"/v2/extensions/{SNMP}", f"GET_api_v2_extensions_{SNMP.replace('.', '_')}"),
    ("/v2/extensions/ibmmq/environmentConfiguration", "GET_api_v2_extensions_ibmmq_environmentConfiguration"),
    ("/v2/settings/objects/OBJECTID", "GET_api_v2_settings_objects_OBJECTID"),
    ("/v2/settings/objects", "GET_api_v2_settings_objects_accb155250dbcbb"),
    ("/v2/settings/schemas", "GET_api_v2_settings_schemas"),
    ("/v2/settings/objects", "POST_api_v2_settings_objects_48f5d7ab33b29d3"),
    ("/v2/settings/objects/OBJECTID", "PUT_api_v2_settings_objects_OBJECTID"),
]


@pytest.mark.parametrize(("path", "name"), PATHS, ids=[name for dummy, name in PATHS])
def test_captures_are_as_described(descriptions: Descriptions, path: str, name: str) -> None:
    """So the description, with what is tolerated beside it, is not stricter than a real server."""
    method = name.partition("_")[0]
    sent = {"POST": [{"schemaId": "x", "scope": "x", "value": {}}], "PUT": {"value": {}}}.get(method)
    exchange = Exchange(method, f"http://captured/api{path}", 200, JSON, sent, JSON, captured(name))
    assert descriptions.problems([exchange]) == []


def shape(value: Any) -> Any:
    """Names of properties, all the way down; of a list, all that its elements have."""
    if isinstance(value, dict):
        return {name: shape(one) or None for name, one in value.items() if name != "value"}
    if isinstance(value, list):
        found: dict[str, Any] = {}
        for one in map(shape, value):
            found = _joined(found, one or {})
        return found
    return None


def _joined(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    both = {name: _joined(left[name] or {}, right[name] or {}) or None for name in left if name in right}
    return {**left, **right, **both}


class TestTheSandboxAnswersAlike:
    @pytest.fixture(autouse=True)
    def _filled(self, sandbox: RunningSandbox) -> None:
        sandbox.state.extensions.store.put(package.read(build_package(SNMP, "0.2.5")))
        self._call(sandbox, "POST", f"/v2/extensions/{SNMP}/environmentConfiguration", json={"version": "0.2.5"})

    def _call(self, sandbox: RunningSandbox, method: str, path: str, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Api-Token {TOKEN}", **kwargs.pop("headers", {})}
        answer = requests.request(method, f"{sandbox.url}/api{path}", headers=headers, timeout=10, **kwargs)
        assert answer.ok, answer.text
        return answer.json()

    @pytest.mark.parametrize(
        ("path", "name", "newer"),
        [
            (*PATHS[0], []),
            (*PATHS[1], []),
            ("/v2/activeGates/1730152904/updateJobs?from=now-31d", PATHS[2][1], []),
            ("/v2/activeGates/1730152904/autoUpdate", PATHS[3][1], []),
            ("/v2/activeGates/updateJobs?from=now-31d", PATHS[4][1], []),
            # The sandbox always says the page's size.
            (*PATHS[5], ["pageSize"]),
            (*PATHS[6], ["pageSize"]),
            (f"/v2/extensions/{SNMP}/environmentConfiguration", PATHS[7][1], []),
            # What came after the captures (API facts, 2.1).
            (
                f"/v2/extensions/{SNMP}/0.2.5",
                f"GET_api_v2_extensions_{SNMP.replace('.', '_')}_0_2_5",
                ["featureSetsDetails", "minEECVersion"],
            ),
            ("/v2/settings/objects?schemaIds=builtin:sandbox.tag-rule", PATHS[9][1], []),
            (*PATHS[10], []),
        ],
    )
    def test_reading(self, sandbox: RunningSandbox, path: str, name: str, newer: list[str]) -> None:
        ours, theirs = shape(self._call(sandbox, "GET", path)), shape(captured(name))
        for added in newer:
            ours.pop(added)
        ours.pop("nextPageKey", None)
        assert ours == theirs

    def test_activegates_without_jobs(self, sandbox: RunningSandbox) -> None:
        """The captured list has two of them, with an empty list; they add nothing to what the user sees."""
        usual = sandbox.run("activegate_update_job_info", **{"from": "now-31d"})["jobs"]
        rows = self._call(sandbox, "GET", "/v2/activeGates/updateJobs?from=now-31d")["allUpdateJobs"]
        empty = [row for row in rows if not row["updateJobs"]]
        assert [set(row) for row in empty] == [{"agId", "updateJobs"}] * len(empty)
        assert empty
        assert [row for row in captured(PATHS[4][1])["allUpdateJobs"] if not row["updateJobs"]]
        sandbox.variants(job_list_all="left out")
        assert usual == sandbox.run("activegate_update_job_info", **{"from": "now-31d"})["jobs"]

    def test_one_settings_object(self, sandbox: RunningSandbox) -> None:
        """It has all that a captured one has, and what came later (API facts, 3.3)."""
        (row,) = self._call(sandbox, "GET", "/v2/settings/objects?schemaIds=builtin:sandbox.zone-switch")["items"]
        ours = self._call(sandbox, "GET", f"/v2/settings/objects/{row['objectId']}")
        assert set(ours) - set(metric_event()) == {"createdBy", "modifiedBy", "resourceContext"}
        assert set(metric_event()) <= set(ours)

    def test_writing_settings(self, sandbox: RunningSandbox) -> None:
        item = {
            "schemaId": "builtin:sandbox.tag-rule",
            "scope": "environment",
            "value": {"name": "x", "enabled": True, "tags": []},
        }
        # The client whose answer was captured writes booleans as Python does.
        tried = self._call(sandbox, "POST", "/v2/settings/objects?validateOnly=True", json=[item])
        assert (tried, sandbox.writes[-1:]) == (
            [{"code": 200}],
            ["POST /v2/extensions/" + f"{SNMP}/environmentConfiguration"],
        )
        made = self._call(sandbox, "POST", "/v2/settings/objects?validateOnly=False", json=[item])
        assert shape(made) == shape(captured(PATHS[11][1]))
        changed = self._call(
            sandbox, "PUT", f"/v2/settings/objects/{made[0]['objectId']}", json={"value": item["value"]}
        )
        assert shape(changed) == shape(captured(PATHS[12][1]))
