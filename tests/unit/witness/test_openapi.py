# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules send and what the sandbox answers, against descriptions of the API that others wrote."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.settings import catalog
from tests.support.configurations import NAME as CONFIGURABLE
from tests.support.configurations import ship
from tests.support.packages import build_package, keys
from tests.support.sandbox import TOKEN, RunningSandbox, real_schemas

from .description import JSON, Descriptions, Exchange, recorded

GATE, WINDOWS, BUSY = "1730152904", "-1284619327", "907316642"
CLUSTER, CONTAINER = "351977264", "1402338871"
NAME = "custom:witness"
OWN = sorted(json.loads(path.read_text(encoding="utf-8"))["schemaId"] for path in catalog.OWN.glob("*.json"))
SCHEMA = "builtin:sandbox."
MISSING = "/deployment/installer/gateway/unix/latest/metainfo"  # has no page of its own (API facts, 1.4)


@pytest.fixture
def wire(sandbox: RunningSandbox, descriptions: Descriptions) -> Iterator[list[Exchange]]:
    """Records a test, and fails it when anything that it sent or got is not as described."""
    with recorded() as exchanges:
        yield exchanges
    assert exchanges, "nothing went over the wire"
    assert descriptions.problems(exchanges, (MISSING,)) == []


def ok(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("failed"), result
    return result


def package(folder: Path, version: str = "1.0.0", **more: Any) -> str:
    path = folder / f"{version}.zip"
    path.write_bytes(build_package(NAME, version, **more))
    return str(path)


class TestModules:
    @pytest.mark.usefixtures("wire")
    def test_settings_object(self, sandbox: RunningSandbox) -> None:
        def both(action: str, **args: Any) -> dict[str, Any]:
            args["schema_id"] = SCHEMA + args["schema_id"]
            for check in (True, False):
                result = ok(sandbox.run("settings_object", check=check, diff=True, **args))
                assert result["action"] == action
            return result["object"]

        rule = {"schema_id": "tag-rule", "value": {"name": "Mobile", "tags": ["a"]}}
        made = both("create", **rule)
        both("none", **rule)
        both("update", schema_id="tag-rule", object_id=made["object_id"], value={"description": "x"})
        both("update", schema_id="tag-rule", value={"name": "Mobile", "tags": ["b"]}, value_mode="replace")
        both("delete", **rule, state="absent")
        both("create", schema_id="note", external_id="mine", value={"text": "x"})
        both("delete", schema_id="note", external_id="mine", state="absent")
        remote = {"name": "r", "url": "https://r.example.com", "token": "witness-secret"}
        both("create", schema_id="remote-connection", value=remote)
        both("update", schema_id="remote-connection", value={**remote, "url": "https://s.example.com"})
        header = {"schema_id": "header-rule", "value": {"headerName": "X-Real-IP"}}
        both("move", **header, position="first")
        both("move", **header, position="last")
        both("create", schema_id="header-rule", value={"headerName": "X-New"}, position="first")
        both("create", schema_id="host-monitoring", scope="HOST-0123456789ABCDEF", value={"enabled": False})
        both("delete", schema_id="host-monitoring", scope="HOST-0123456789ABCDEF", state="absent")
        both("reset", schema_id="zone-switch", state="absent")
        # What is missing is left to the server to refuse.
        bad = sandbox.run("settings_object", schema_id=f"{SCHEMA}objective", value={"name": "x"})
        assert bad["error"]["status"] == 400
        assert sandbox.run("settings_object", schema_id=f"{SCHEMA}nope", value={"name": "x"})["failed"]

    @pytest.mark.usefixtures("wire")
    def test_settings_info(self, sandbox: RunningSandbox) -> None:
        schema = f"{SCHEMA}tag-rule"
        (first, *_others) = ok(sandbox.run("settings_object_info", schema_ids=[schema]))["objects"]
        for args in (
            {"object_id": first["objectId"]},
            {"object_id": "nope"},
            {"scopes": ["environment"], "sort": "-modified"},
            {"schema_ids": [schema], "external_ids": ["sandbox-databases"]},
            {"schema_ids": [schema], "filter": "value.name = 'Databases'"},
            {"schema_ids": [schema], "admin_access": True},
            {"schema_ids": [f"{SCHEMA}host-monitoring"], "scopes": ["HOST-0123456789ABCDEF"], "effective": True},
        ):
            ok(sandbox.run("settings_object_info", **args))
        for args in ({}, {"schema_id": schema}, {"schema_id": f"{SCHEMA}audit", "schema_version": "1.0"}):
            ok(sandbox.run("settings_schema_info", **args))

    @pytest.mark.usefixtures("wire")
    def test_settings_permission_and_history(self, sandbox: RunningSandbox) -> None:
        desk = {"schema_id": OWNED, "external_id": "desk"}
        object_id = ok(sandbox.run("settings_object", **desk, value=CONNECTION))["object"]["object_id"]
        team = {"type": "group", "id": "0a1b"}
        for args in (
            {**desk, "accessors": [{"type": "all_users"}, team]},
            {"object_id": object_id, "accessors": [{**team, "access": "write"}], "purge": True, "admin_access": True},
            {"object_id": object_id, "accessors": [team], "state": "absent"},
        ):
            for check in (True, False):
                assert ok(sandbox.run("settings_object_permission", check=check, **args))["changed"]
        assert sandbox.run("settings_object_permission", object_id="nope", accessors=[team])["failed"]
        for args in (
            {},
            {"schema_ids": [OWNED], "from": "now-1d", "to": "2100-01-01", "limit": 1, "admin_access": True},
            {"object_id": object_id, "sort": "modificationInfo.lastModifiedTime"},
            {"filter": f"objectId = '{object_id}'"},
        ):
            assert ok(sandbox.run("settings_history_info", **args))["changes"]

    @pytest.mark.usefixtures("wire")
    def test_certificates(self, sandbox: RunningSandbox) -> None:
        given = {"content": keys().ca_pem.decode()}
        for more, action in (({}, "create"), ({}, "none"), ({"name": "w"}, "update"), ({"state": "absent"}, "delete")):
            assert ok(sandbox.run("extension_certificate", **given, **more))["action"] == action
        assert ok(sandbox.run("extension_certificate_info"))["certificates"] == []

    @pytest.mark.usefixtures("wire")
    def test_extensions(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        first, second = package(tmp_path), package(tmp_path, "1.1.0")
        for path in (first, second):
            for check in (True, False):
                assert ok(sandbox.run("extension_upload", check=check, path=path, activate=True))["changed"]
            assert not ok(sandbox.run("extension_upload", path=path, activate=True))["changed"]
        other = tmp_path / "other.zip"
        other.write_bytes(build_package(NAME, "1.0.0", author="somebody else"))
        assert sandbox.run("extension_upload", path=str(other))["failed"]
        assert ok(sandbox.run("extension_upload", path=str(other), on_mismatch="replace"))["changed"]
        for args in (
            {},
            {"name": NAME},
            {"name": NAME, "version": "1.1.0"},
            {"query": "witness"},
            {"name": "custom:nope"},
        ):
            ok(sandbox.run("extension_info", **args))
        ok(sandbox.run("extension_info", name=NAME, monitoring_configurations=True))
        for check in (True, False):
            ok(sandbox.run("extension_upload", check=check, state="absent", name=NAME, version="1.0.0"))

    @pytest.mark.usefixtures("wire")
    def test_extension(self, sandbox: RunningSandbox, tmp_path: Path) -> None:
        for version in ("1.0.0", "1.1.0", "1.2.0"):
            ok(sandbox.run("extension_upload", path=package(tmp_path, version), keep_versions=2))
        for args in (
            {"name": NAME},
            {"name": NAME, "version": "1.1.0"},
            {"name": NAME, "state": "absent"},
            {"name": HUB, "source": "hub"},
            {"name": HUB, "source": "hub", "version": "1.0.0"},
        ):
            for check in (True, False):
                assert ok(sandbox.run("extension", check=check, **args))["changed"]
            assert not ok(sandbox.run("extension", **args))["changed"]

    @pytest.mark.usefixtures("wire")
    def test_monitoring_configurations(self, sandbox: RunningSandbox) -> None:
        ship(sandbox, "1.0.0", active="1.0.0")
        ours = {"extension_name": CONFIGURABLE, "scope": "ag_group-witness"}
        remote = {"pythonRemote": {"endpoints": [{"url": "https://witness.example.com", "password": "witness-secret"}]}}
        first, second = ({"description": one, **remote} for one in ("first", "second"))
        for value in (first, {**first, "enabled": False}):
            for check in (True, False):
                given = {**ours, "value": value, "wait": True}
                assert ok(sandbox.run("extension_monitoring_configuration", check=check, **given))["changed"]
        listed = [{"value": first, "state": "absent"}, {"value": second}, {"value": {**second, "description": "third"}}]
        ok(sandbox.run("extension_monitoring_configuration", **ours, configurations=listed, wait=True))
        for args in ({}, {"active": True, "version": "1.0.0"}, {"scope": "ag_group-witness", "status": False}):
            ok(sandbox.run("extension_monitoring_configuration_info", extension_name=CONFIGURABLE, **args))

    @pytest.mark.usefixtures("wire")
    def test_update_jobs(self, sandbox: RunningSandbox) -> None:
        def job(**args: Any) -> dict[str, Any]:
            return sandbox.run("activegate_update_job", **{"poll_interval": 0.01, **args})

        sandbox.state.clock.speed = 0  # the job waits to be cancelled
        for check in (True, False):
            assert ok(job(check=check, activegate_id=GATE, target_version="latest"))["changed"]
        for check in (True, False):
            assert ok(job(check=check, activegate_id=GATE, state="absent"))["changed"]
        sandbox.state.clock.speed = 1000
        assert ok(job(activegate_id=WINDOWS, target_version="latest", wait=True, wait_timeout=30))["changed"]
        assert not ok(job(activegate_id=WINDOWS, target_version="latest"))["changed"]
        for one in (CLUSTER, CONTAINER, "1"):
            assert job(activegate_id=one, target_version="latest")["failed"]
        assert job(activegate_id=GATE, target_version="1.999")["failed"]

    @pytest.mark.usefixtures("wire")
    def test_activegate_info(self, sandbox: RunningSandbox) -> None:
        ok(sandbox.run("activegate_update_job", activegate_id=GATE, target_version="latest"))
        versions = {"version": "1.330.0", "version_compare_type": "GREATER"}
        for args in (
            {},
            {"activegate_id": GATE},
            {
                "hostname": "a",
                "network_address": "10.",
                "load_balancer_address": "x",
                "network_zone": "d",
                "group": "d",
            },
            {"os_type": "LINUX", "os_architecture": "X86", "type": "ENVIRONMENT", "update_status": "OUTDATED"},
            {"auto_update": "ENABLED", "online": True, "containerized": False, "fips_mode": False, **versions},
            {"enabled_modules": ["REST_API", "SYNTHETIC"], "disabled_modules": ["VMWARE"]},
            {"token_state": "VALID", "token_expiration_set": True},
        ):
            ok(sandbox.run("activegate_info", **args))
        jobs = ok(sandbox.run("activegate_update_job_info", activegate_id=GATE))["jobs"]
        compared = {"start_version": "1.1.0", "start_version_compare_type": "GREATER"}
        for args in (
            {"from": "now-31d"},
            {"activegate_id": GATE, "job_id": jobs[0]["job_id"]},
            {"activegate_id": GATE, "from": "now-2d", "to": "now", "last_updates": True, **compared},
            {"target_version": "1.1.0", "target_version_compare_type": "GREATER_EQUAL", "update_type": "ACTIVE_GATE"},
        ):
            ok(sandbox.run("activegate_update_job_info", **args))


class World:
    """A sandbox with something of everything in it, and the ids of that."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._sandbox = sandbox
        sandbox.state.clock.speed = 0  # a job stays what it is
        for version in ("1.0.0", "1.1.0", "1.2.0"):
            self.call("POST", "/v2/extensions", data=build_package(NAME, version), headers=ZIP)
        activate = {"json": {"version": "1.1.0"}}
        self.call("POST", f"/v2/extensions/{NAME}/environmentConfiguration", **activate)
        configuration = [{"scope": "environment", "value": {"version": "1.1.0", "enabled": True}}]
        made = self.call("POST", f"/v2/extensions/{NAME}/monitoringConfigurations", json=configuration)
        item = {
            "schemaId": f"{SCHEMA}tag-rule",
            "scope": "environment",
            "value": {"name": "w", "enabled": True, "tags": []},
        }
        created = self.call("POST", "/v2/settings/objects", json=[{**item, "externalId": "witness"}])
        owned = self.call("POST", OBJECTS, json=[{**item, "schemaId": OWNED, "value": CONNECTION}])[0]["objectId"]
        self.call("POST", f"{OBJECTS}/{owned}/permissions", json={"accessor": GROUP, "permissions": ["r"]})
        other = {**CONNECTION, "name": "shared"}
        shared = self.call("POST", OBJECTS, json=[{**item, "schemaId": OWNED, "value": other}])[0]["objectId"]
        self.call("POST", f"{OBJECTS}/{shared}/permissions", json={"accessor": ALL_USERS, "permissions": ["r"]})
        zone = {**item, "schemaId": "builtin:management-zones", "value": {"name": "witness", "rules": []}}
        (made_zone,) = self.call("POST", OBJECTS, json=[zone])
        job = self.call("POST", f"/v2/activeGates/{GATE}/updateJobs", json={"targetVersion": "latest"})
        (token,) = self.call("GET", f"/v2/settings/objects?schemaIds={SCHEMA}tag-rule&fields=updateToken&pageSize=1")[
            "items"
        ]
        versions = self.call("GET", "/v1/deployment/installer/gateway/versions/unix")["availableVersions"]
        self.ids = {
            "object": created[0]["objectId"],
            "owned": owned,
            "shared": shared,
            "zone": made_zone["objectId"],
            "configuration": made[0]["objectId"],
            "job": job["jobId"],
            "stale": token["updateToken"],
            "version": versions[0],
        }

    def call(self, method: str, path: str, status: int | None = None, **kwargs: Any) -> Any:
        headers = {"Authorization": f"Api-Token {TOKEN}", **kwargs.pop("headers", {})}
        answer = requests.request(method, f"{self._sandbox.url}/api{path}", headers=headers, timeout=10, **kwargs)
        if status is None:
            assert answer.ok, answer.text
        else:
            assert answer.status_code == status, answer.text
        return (
            answer.json()
            if (answer.headers.get("content-type") or "").startswith("application/json") and answer.content
            else None
        )


ZIP = {"Content-Type": "application/octet-stream"}
GATEWAY = "/v1/deployment/installer/gateway"
OWNED = "app:sandbox.ticketing:connection"
CONNECTION = {"name": "witness", "user": "witness", "password": "witness-secret"}
GROUP, ALL_USERS = {"type": "group", "id": "0a1b"}, {"type": "all-users"}
GRANT = {"json": {"accessor": ALL_USERS, "permissions": ["r", "w"]}}
CREDENTIAL = "/v2/credentials/CREDENTIALS_VAULT-0000000000000000"  # one that the sandbox begins with
CERTIFICATE = {
    "name": "witness",
    "type": "PUBLIC_CERTIFICATE",
    "scopes": ["EXTENSION"],
    "certificate": base64.b64encode(keys().ca_pem).decode(),
    "certificateFormat": "PEM",
    "password": "eA==",
}
OBJECTS, JOBS = "/v2/settings/objects", f"/v2/activeGates/{GATE}/updateJobs"
HUB, SEED = "com.dynatrace.extension.sandbox-hub", "com.dynatrace.extension.sandbox-seed"
ONE = f"/v2/extensions/{NAME}"
ACTIVE, CONFIGURED = f"{ONE}/environmentConfiguration", f"{ONE}/monitoringConfigurations"
VALUE = {"name": "direct", "enabled": True, "tags": []}
ITEM = {"schemaId": f"{SCHEMA}tag-rule", "scope": "environment", "value": VALUE}
WRONG = {**ITEM, "value": {"enabled": "x", "what": 1}}
CONFIGURATION = {"scope": "environment", "value": {"version": "1.1.0", "enabled": False}}
# Method, path (with {names} of World.ids), status, and what to send. Refusals beside what works, for each endpoint.
CALLS: list[tuple[str, str, int, dict[str, Any]]] = [
    ("POST", "/v2/apiTokens/lookup", 200, {"json": {"token": TOKEN}}),
    ("POST", "/v2/apiTokens/lookup", 404, {"json": {"token": "unknown"}}),
    ("GET", "/v2/settings/schemas", 200, {}),
    ("GET", "/v2/settings/schemas?fields=schemaId,maturity,multiObject,ordered,ownerBasedAccessControl", 200, {}),
    ("GET", "/v2/settings/schemas?fields=nope", 400, {}),
    *(
        ("GET", f"/v2/settings/schemas/{SCHEMA}{name}", 200, {})
        for name in (
            "tag-rule",
            "webhook",
            "objective",
            "update-plan",
            "quota",
            "process-rule",
            "time-window",
            "profile",
        )
    ),
    ("GET", "/v2/settings/schemas/nope", 404, {}),
    ("GET", f"{OBJECTS}?schemaIds={SCHEMA}tag-rule&pageSize=1", 200, {}),
    (
        "GET",
        f"{OBJECTS}?scopes=environment&pageSize=500&fields=objectId,summary,searchSummary,created,modified,createdBy,modifiedBy,"
        "author,updateToken,scope,modificationInfo,resourceContext,owner,schemaId,schemaVersion,value,externalId",
        200,
        {},
    ),
    ("GET", OBJECTS, 400, {}),
    ("GET", f"{OBJECTS}?schemaIds=nope", 404, {}),
    ("GET", f"{OBJECTS}?nextPageKey=x", 400, {}),
    ("GET", f"{OBJECTS}/{{object}}", 200, {}),
    ("GET", f"{OBJECTS}/nope", 404, {}),
    ("GET", f"/v2/settings/effectiveValues?schemaIds={SCHEMA}host-monitoring&scope=HOST-0123456789ABCDEF", 200, {}),
    (
        "GET",
        "/v2/settings/effectiveValues?scope=environment&fields=summary,searchSummary,created,modified,author,origin,schemaId,"
        "schemaVersion,value,externalId",
        200,
        {},
    ),
    ("GET", "/v2/settings/effectiveValues", 400, {}),
    ("GET", "/v2/settings/managementZones/{zone}", 200, {}),
    ("GET", "/v2/settings/managementZones/nope", 404, {}),
    ("POST", OBJECTS, 200, {"json": [ITEM]}),
    ("POST", f"{OBJECTS}?validateOnly=true", 200, {"json": [ITEM]}),
    ("POST", OBJECTS, 207, {"json": [ITEM, WRONG]}),
    ("POST", OBJECTS, 400, {"json": [WRONG]}),
    ("POST", OBJECTS, 404, {"json": [{**ITEM, "schemaId": "nope"}]}),
    ("PUT", f"{OBJECTS}/{{object}}", 200, {"json": {"value": VALUE}}),
    ("PUT", f"{OBJECTS}/{{object}}?validateOnly=true", 200, {"json": {"value": VALUE}}),
    ("PUT", f"{OBJECTS}/{{object}}", 400, {"json": {"value": {"name": 1}}}),
    ("PUT", f"{OBJECTS}/{{object}}", 409, {"json": {"value": VALUE, "updateToken": "stale"}}),
    ("PUT", f"{OBJECTS}/nope", 404, {"json": {"value": VALUE}}),
    ("DELETE", f"{OBJECTS}/{{object}}", 204, {}),
    ("DELETE", f"{OBJECTS}/{{object}}?updateToken={{stale}}", 409, {}),
    ("DELETE", f"{OBJECTS}/nope", 404, {}),
    ("GET", f"{OBJECTS}/{{owned}}/permissions", 200, {}),
    ("GET", f"{OBJECTS}/nope/permissions", 404, {}),
    ("POST", f"{OBJECTS}/{{owned}}/permissions?adminAccess=true", 201, GRANT),
    ("POST", f"{OBJECTS}/{{owned}}/permissions", 400, {"json": {"accessor": GROUP, "permissions": ["r"]}}),
    ("POST", f"{OBJECTS}/{{object}}/permissions", 400, GRANT),
    ("GET", f"{OBJECTS}/{{shared}}/permissions/all-users", 200, {}),
    ("GET", f"{OBJECTS}/{{owned}}/permissions/all-users", 404, {}),
    ("PUT", f"{OBJECTS}/{{shared}}/permissions/all-users", 200, {"json": {"permissions": ["r"]}}),
    ("PUT", f"{OBJECTS}/{{owned}}/permissions/all-users", 404, {"json": {"permissions": ["r"]}}),
    ("DELETE", f"{OBJECTS}/{{shared}}/permissions/all-users", 204, {}),
    ("DELETE", f"{OBJECTS}/{{owned}}/permissions/all-users", 404, {}),
    ("GET", f"{OBJECTS}/{{owned}}/permissions/group/0a1b", 200, {}),
    ("GET", f"{OBJECTS}/{{owned}}/permissions/user/0a1b", 404, {}),
    ("PUT", f"{OBJECTS}/{{owned}}/permissions/group/0a1b", 200, {"json": {"permissions": ["r", "w"]}}),
    ("PUT", f"{OBJECTS}/{{owned}}/permissions/group/0a1b", 400, {"json": {"permissions": []}}),
    ("DELETE", f"{OBJECTS}/{{owned}}/permissions/group/0a1b", 204, {}),
    ("DELETE", f"{OBJECTS}/{{owned}}/permissions/user/0a1b", 404, {}),
    ("POST", f"{OBJECTS}/{{owned}}:transfer-ownership", 204, {"json": {"newOwner": GROUP}}),
    ("POST", f"{OBJECTS}/{{owned}}:transfer-ownership", 400, {"json": {"newOwner": ALL_USERS}}),
    ("POST", f"{OBJECTS}/nope:transfer-ownership", 404, {"json": {"newOwner": GROUP}}),
    (
        "POST",
        "/v2/settings/effective-permissions:resolve",
        200,
        {"json": {"permissions": [{"permission": "settings:objects:write"}]}},
    ),
    ("GET", "/v2/settings/history?scope=environment", 200, {}),
    (
        "GET",
        "/v2/settings/history?scope=environment&pageSize=500&adminAccess=true&fields=revision,jsonPatch,jsonBefore,jsonAfter,objectId,"
        "type,schemaId,schemaVersion,schemaDisplayName,modificationInfo,summary,source,appId,ownerBefore,ownerAfter",
        200,
        {},
    ),
    ("GET", "/v2/settings/history", 400, {}),
    ("GET", "/v2/settings/history?scope=environment&schemaId=nope", 404, {}),
    ("GET", "/v2/extensions?name=witness&pageSize=1", 200, {}),
    ("GET", "/v2/extensions/info", 200, {}),
    ("GET", "/v2/extensions?pageSize=1000", 400, {}),
    ("POST", "/v2/extensions", 201, {"data": build_package("custom:new"), "headers": ZIP}),
    ("POST", "/v2/extensions", 201, {"files": {"file": ("a.zip", build_package("custom:new"), "application/zip")}}),
    ("POST", "/v2/extensions?validateOnly=true", 200, {"data": build_package("custom:new"), "headers": ZIP}),
    ("POST", "/v2/extensions", 400, {"data": b"no zip", "headers": ZIP}),
    ("GET", "/v2/hub/items?itemType=EXTENSION2&query=sandbox&installed=false", 200, {}),
    ("GET", f"/v2/hub/extensions2/{HUB}", 200, {}),
    ("GET", "/v2/hub/extensions2/nope", 404, {}),
    ("POST", f"/v2/hub/extensions2/{HUB}/actions/addToEnvironment?extensionVersion=1.0.0", 200, {}),
    ("POST", f"/v2/hub/extensions2/{SEED}/actions/update", 200, {}),
    ("POST", f"/v2/hub/extensions2/{HUB}/actions/update", 400, {}),
    ("POST", f"/v2/extensions/{HUB}?version=1.1.0", 200, {}),
    ("POST", f"/v2/extensions/{HUB}?version=9.9.9", 404, {}),
    ("GET", ONE, 200, {}),
    ("GET", "/v2/extensions/custom:nope", 404, {}),
    ("GET", f"{ONE}/1.0.0", 200, {}),
    ("GET", f"{ONE}/1.0.0", 200, {"headers": {"Accept": "application/octet-stream"}}),
    ("GET", f"{ONE}/9.9.9", 404, {}),
    ("GET", f"{ONE}/1.0.0/schema", 200, {}),
    ("GET", f"{ONE}/1.0.0/activeGateGroups", 200, {}),
    ("DELETE", f"{ONE}/1.0.0", 200, {}),
    ("DELETE", f"{ONE}/1.1.0", 400, {}),
    ("DELETE", f"{ONE}/9.9.9", 404, {}),
    ("GET", ACTIVE, 200, {}),
    ("GET", "/v2/extensions/custom:nope/environmentConfiguration", 404, {}),
    ("POST", ACTIVE, 200, {"json": {"version": "1.2.0"}}),
    ("POST", ACTIVE, 404, {"json": {"version": "9.9.9"}}),
    ("POST", ACTIVE, 400, {"json": {}}),
    ("PUT", ACTIVE, 200, {"json": {"version": "1.2.0"}}),
    ("DELETE", ACTIVE, 200, {}),
    ("DELETE", "/v2/extensions/custom:nope/environmentConfiguration", 404, {}),
    ("GET", f"{ACTIVE}/assets", 200, {}),
    ("GET", f"{CONFIGURED}?version=1.1.0&active=true", 200, {}),
    ("POST", CONFIGURED, 200, {"json": [CONFIGURATION]}),
    ("POST", CONFIGURED, 207, {"json": [CONFIGURATION, {"scope": "nope", "value": {}}]}),
    ("POST", CONFIGURED, 400, {"json": [{"scope": "nope", "value": {}}]}),
    ("GET", f"{CONFIGURED}/status", 200, {}),
    ("GET", f"{CONFIGURED}/{{configuration}}", 200, {}),
    ("GET", f"{CONFIGURED}/nope", 404, {}),
    ("GET", f"{CONFIGURED}/{{configuration}}/status", 200, {}),
    ("GET", f"{CONFIGURED}/{{configuration}}/audit?from=now-1d&sort=timestamp&pageSize=10", 200, {}),
    ("GET", f"{CONFIGURED}/nope/audit", 404, {}),
    ("PUT", f"{CONFIGURED}/{{configuration}}", 200, {"json": {"value": CONFIGURATION["value"]}}),
    ("PUT", f"{CONFIGURED}/{{configuration}}", 400, {"json": {}}),
    ("DELETE", f"{CONFIGURED}/{{configuration}}", 204, {}),
    ("DELETE", f"{CONFIGURED}/nope", 404, {}),
    ("GET", "/v2/credentials?scope=SYNTHETIC&type=TOKEN&name=shop&pageSize=1", 200, {}),
    ("GET", "/v2/credentials?scope=NOPE", 400, {}),
    ("GET", CREDENTIAL, 200, {}),
    ("GET", "/v2/credentials/nope", 404, {}),
    ("POST", "/v2/credentials", 201, {"json": CERTIFICATE}),
    ("POST", "/v2/credentials", 400, {"json": {**CERTIFICATE, "certificate": "nope"}}),
    ("PUT", CREDENTIAL, 204, {"json": CERTIFICATE}),
    ("PUT", "/v2/credentials/nope", 404, {"json": CERTIFICATE}),
    ("DELETE", CREDENTIAL, 204, {}),
    ("DELETE", "/v2/credentials/nope", 404, {}),
    ("GET", "/v2/activeGates", 200, {}),
    ("GET", "/v2/activeGates?osType=LINUX&enabledModule=REST_API&enabledModule=AWS&online=true", 200, {}),
    ("GET", "/v2/activeGates?osType=BEOS", 400, {}),
    ("GET", "/v2/activeGates/groups", 200, {}),
    ("GET", "/v2/activeGates/tokenEnforcement", 200, {}),
    *(("GET", f"/v2/activeGates/{one}", 200, {}) for one in (GATE, WINDOWS, "-412870955", CONTAINER, CLUSTER)),
    ("GET", "/v2/activeGates/1", 404, {}),
    ("GET", "/v2/activeGates/autoUpdate", 200, {}),
    ("PUT", "/v2/activeGates/autoUpdate", 204, {"json": {"globalSetting": "ENABLED"}}),
    ("PUT", "/v2/activeGates/autoUpdate", 400, {"json": {"globalSetting": "PERHAPS"}}),
    ("POST", "/v2/activeGates/autoUpdate/validator", 204, {"json": {"globalSetting": "ENABLED"}}),
    ("GET", f"/v2/activeGates/{GATE}/autoUpdate", 200, {}),
    ("PUT", f"/v2/activeGates/{GATE}/autoUpdate", 204, {"json": {"setting": "DISABLED"}}),
    ("PUT", f"/v2/activeGates/{GATE}/autoUpdate", 400, {"json": {}}),
    ("POST", f"/v2/activeGates/{GATE}/autoUpdate/validator", 204, {"json": {"setting": "DISABLED"}}),
    ("GET", "/v2/activeGates/updateJobs?from=now-31d&updateType=ACTIVE_GATE&lastUpdates=true", 200, {}),
    ("GET", "/v2/activeGates/updateJobs?from=now-1y", 400, {}),
    ("GET", f"{JOBS}?from=now-2w&startVersionCompareType=GREATER&startVersion=1.1.0", 200, {}),
    ("GET", "/v2/activeGates/1/updateJobs", 404, {}),
    ("POST", f"/v2/activeGates/{WINDOWS}/updateJobs", 201, {"json": {"targetVersion": "latest"}}),
    ("POST", f"/v2/activeGates/{CLUSTER}/updateJobs", 400, {"json": {"targetVersion": "latest"}}),
    ("POST", f"/v2/activeGates/{WINDOWS}/updateJobs/validator", 204, {"json": {"targetVersion": "latest"}}),
    ("POST", f"{JOBS}/validator", 400, {"json": {"targetVersion": "1"}}),
    ("GET", f"{JOBS}/{{job}}", 200, {}),
    ("GET", f"{JOBS}/1", 404, {}),
    ("DELETE", f"{JOBS}/{{job}}", 204, {}),
    ("DELETE", f"{JOBS}/1", 404, {}),
    ("GET", f"{GATEWAY}/versions/unix?arch=s390", 200, {}),
    ("GET", f"{GATEWAY}/versions/beos", 404, {}),
    ("GET", f"{GATEWAY}/connectioninfo", 200, {}),
    ("GET", f"{GATEWAY}/unix/latest", 200, {}),
    ("GET", f"{GATEWAY}/unix/latest/metainfo", 200, {}),
    ("GET", f"{GATEWAY}/unix/version/{{version}}", 200, {}),
    ("GET", "/v1/config/clusterversion", 200, {}),
    ("GET", "/v1/time", 200, {}),
]


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("method", "path", "status", "kwargs"), CALLS, ids=[f"{one[0]} {one[1]} {one[2]}"[:90] for one in CALLS]
)
def test_every_endpoint(sandbox: RunningSandbox, method: str, path: str, status: int, kwargs: dict[str, Any]) -> None:
    world = World(sandbox)
    world.call(method, path.format(**world.ids), status, **kwargs)


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize("authorization", [None, "Api-Token dt0c01.NOBODY.UNKNOWN", "Basic x"])
def test_refused_tokens(sandbox: RunningSandbox, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    for path in (f"{OBJECTS}?scopes=environment", JOBS, "/v2/extensions"):
        answer = requests.get(f"{sandbox.url}/api{path}", headers=headers, timeout=10)
        if authorization and authorization.startswith("Api-Token"):
            continue  # a sandbox without tokens of its own takes any
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "schema_id", [json.loads(path.read_text(encoding="utf-8"))["schemaId"] for path in real_schemas().values()]
)
def test_real_schema_documents_are_as_described(
    real_sandbox: RunningSandbox, descriptions: Descriptions, schema_id: str
) -> None:
    """So what the sandbox's own documents are held to is not stricter than what is real."""
    with recorded() as exchanges:
        assert real_sandbox.run("settings_schema_info", schema_id=schema_id)["schemas"]
    assert descriptions.problems(exchanges) == []


def test_no_endpoint_is_left_out(sandbox: RunningSandbox) -> None:
    """Each one of the sandbox is called at least once with success, but for the platform's own API, which nobody has described."""
    left = []
    for endpoint in [one for dummy, one in sandbox.state._endpoints if not one.path.startswith("/platform/")]:
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(endpoint.path)))
        calls = [(method, path.partition("?")[0]) for method, path, status, dummy in CALLS if status < 300]
        if not any(method == endpoint.method and pattern.fullmatch(path) for method, path in calls):
            left.append(f"{endpoint.method} {endpoint.path}")
    assert left == []


class TestWhatIsWrongIsFound:
    """Else all of the above would prove nothing."""

    @pytest.fixture
    def good(self, sandbox: RunningSandbox) -> Exchange:
        with recorded() as exchanges:
            World(sandbox).call("GET", JOBS)
        return exchanges[-1]

    def test_it_starts_from_something_good(self, good: Exchange, descriptions: Descriptions) -> None:
        assert descriptions.problems([good]) == []
        assert good.answer["updateJobs"]

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"answer_type": "text/html"}, "text/html"),
            ({"answer_type": "application/json"}, "instead of"),
            ({"status": 302}, "status 302 is not known"),
            ({"answer": None}, "needs a body"),
            ({"answer": []}, "is not of type 'object'"),
            ({"answer": {"agId": 5}}, "$.agId"),
            ({"answer": {"agId": "5", "jobs": []}}, "'jobs' was unexpected"),
            ({"answer": {"updateJobs": [{"targetVersion": "1", "jobState": "DONE"}]}}, "'DONE' is not one of"),
            ({"answer": {"updateJobs": [{"jobState": "FAILED"}]}}, "'targetVersion' is a required property"),
            ({"answer": {"updateJobs": [{"targetVersion": None}]}}, "$.updateJobs[0].targetVersion"),
            ({"status": 404, "answer": {"message": "x"}}, "'message' was unexpected"),
            ({"request": {"x": 1}}, "a body was sent"),
            ({"url": f"http://127.0.0.1/api{JOBS}?updateType=OTHER"}, "query updateType"),
            ({"url": f"http://127.0.0.1/api{JOBS}?lastUpdates=True"}, "query lastUpdates"),
            ({"url": f"http://127.0.0.1/api{JOBS}?since=1"}, "query parameter since"),
            ({"url": "http://127.0.0.1/api/v2/activeGate"}, "no such operation"),
            ({"method": "PUT"}, "no such operation"),
        ],
    )
    def test_in_an_exchange(
        self, good: Exchange, descriptions: Descriptions, change: dict[str, Any], said: str
    ) -> None:
        problems = descriptions.problems([dataclasses.replace(good, **change)])
        assert any(said in one for one in problems), problems

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (None, "the body is missing"),
            ({"value": {}}, "is not of type 'array'"),
            ([{"schemaId": "a", "scope": "b"}], "'value' is a required property"),
            ([{**ITEM, "objectid": "x"}], "'objectid' was unexpected"),
        ],
    )
    def test_in_a_request(self, descriptions: Descriptions, body: Any, said: str) -> None:
        url = f"http://127.0.0.1/api{OBJECTS}"
        exchange = Exchange("POST", url, 200, JSON, body, JSON, [{"code": 200}])
        problems = descriptions.problems([exchange])
        assert any(said in one for one in problems), problems
