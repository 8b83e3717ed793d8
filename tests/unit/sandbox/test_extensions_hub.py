# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Hub, what takes its time there, and the platform's API for extensions (API facts, 2.3, 2.5, 2.6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.app import Options
from tests.support.packages import build_package, keys, malformed
from tests.support.sandbox import TOKEN, RunningSandbox, running

HUB, SEED, NAME = "com.dynatrace.extension.sandbox-hub", "com.dynatrace.extension.sandbox-seed", "custom:demo"
PLATFORM = "/platform/extensions/v2/extensions"
ZIP = {"Content-Type": "application/octet-stream"}


def call(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> requests.Response:
    classic = not path.startswith("/platform/")
    authorization = f"Api-Token {TOKEN}" if classic else "Bearer dt0s16.SANDBOX.SECRET"
    headers = {"Authorization": authorization, **more.pop("headers", {})}
    return requests.request(
        method, sandbox.url + ("/api" if classic else "") + path, headers=headers, timeout=10, **more
    )


def pass_time(sandbox: RunningSandbox, seconds: float) -> None:
    sandbox.state.clock.speed = 0
    sandbox.state.clock._started += seconds


def versions(sandbox: RunningSandbox, name: str) -> list[str]:
    answer = call(sandbox, "GET", f"/v2/extensions/{name}")
    return [one["version"] for one in answer.json().get("extensions", [])]


def test_the_catalog(sandbox: RunningSandbox) -> None:
    listed = call(sandbox, "GET", "/v2/hub/items").json()
    # Terraform's provider knows them by their artifact.
    assert [(one["itemId"], one["artifactId"]) for one in listed["items"]] == [(HUB, HUB), (SEED, SEED)]
    installed = call(sandbox, "GET", "/v2/hub/items?installed=true").json()
    assert [one["itemId"] for one in installed["items"]] == [SEED]
    assert call(sandbox, "GET", "/v2/hub/items?itemType=TECHNOLOGY").json()["items"] == []
    details = call(sandbox, "GET", f"/v2/hub/extensions2/{HUB}").json()["extension2Details"]
    assert [one["version"] for one in details["releases"]] == ["2.0.0", "1.1.0", "1.0.0"]
    assert details["recommendedCatalogVersion"] == "1.1.0"


def test_an_installation_activates(sandbox: RunningSandbox) -> None:
    installed = call(sandbox, "POST", f"/v2/extensions/{HUB}")
    assert installed.json() == {"extensionName": HUB, "extensionVersion": "1.1.0"}
    active = f"/v2/extensions/{HUB}/environmentConfiguration"
    assert call(sandbox, "GET", active).json() == {"version": "1.1.0"}
    # Without effect, and with an empty version, where it is active; else it is activated again.
    again = call(sandbox, "POST", f"/v2/extensions/{HUB}?version=1.1.0")
    assert (again.status_code, again.json()) == (200, {"extensionName": HUB, "extensionVersion": ""})
    assert call(sandbox, "DELETE", active).ok
    again = call(sandbox, "POST", f"/v2/extensions/{HUB}?version=1.1.0")
    assert again.json() == {"extensionName": HUB, "extensionVersion": "1.1.0"}
    assert call(sandbox, "GET", active).json() == {"version": "1.1.0"}
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}?version=2.0.0").status_code == 400
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}?version=3.0.0").status_code == 404
    assert call(sandbox, "POST", "/v2/extensions/nope").status_code == 404


def test_an_installation_on_older_servers(sandbox: RunningSandbox) -> None:
    sandbox.variants(hub_install_activates=False, hub_install_again="refused")
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}").ok
    assert call(sandbox, "GET", f"/v2/extensions/{HUB}/environmentConfiguration").status_code == 404
    again = call(sandbox, "POST", f"/v2/extensions/{HUB}?version=1.1.0")
    assert (again.status_code, again.json()["error"]["message"]) == (
        400,
        f"Extension {HUB} has already been added to environment",
    )


def test_another_version_beside_what_is_there(sandbox: RunningSandbox) -> None:
    sandbox.variants(hub_install_beside="refused")
    assert call(sandbox, "POST", f"/v2/extensions/{SEED}?version=1.2.0").status_code == 400
    action = f"/v2/hub/extensions2/{SEED}/actions"
    assert call(sandbox, "POST", f"{action}/addToEnvironment?extensionVersion=1.2.0").status_code == 400
    assert call(sandbox, "POST", f"{action}/update?extensionVersion=1.2.0").status_code == 200
    assert versions(sandbox, SEED) == ["1.0.0", "1.1.0", "1.2.0"]


def test_an_installation_takes_its_time(sandbox: RunningSandbox) -> None:
    sandbox.variants(extension_install_seconds=60)
    pass_time(sandbox, 0)
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}").status_code == 200
    assert versions(sandbox, HUB) == []
    pass_time(sandbox, 60)
    assert versions(sandbox, HUB) == ["1.1.0"]


def test_a_switch_takes_its_time(sandbox: RunningSandbox) -> None:
    sandbox.variants(extension_activation_seconds=60)
    pass_time(sandbox, 0)
    path = f"/v2/extensions/{SEED}/environmentConfiguration"
    assert call(sandbox, "PUT", path, json={"version": "1.0.0"}).json() == {"version": "1.0.0"}
    assert call(sandbox, "GET", path).json() == {"version": "1.1.0"}
    # Neither what is still active nor what is about to be can be deleted.
    for version in ("1.0.0", "1.1.0"):
        assert call(sandbox, "DELETE", f"/v2/extensions/{SEED}/{version}").status_code == 400
    pass_time(sandbox, 60)
    assert call(sandbox, "GET", path).json() == {"version": "1.0.0"}
    assert call(sandbox, "DELETE", path).status_code == 200
    assert call(sandbox, "GET", path).json() == {"version": "1.0.0"}
    pass_time(sandbox, 60)
    assert call(sandbox, "GET", path).status_code == 404


@pytest.mark.parametrize("shown", ["schema", "configurations", "nowhere"])
def test_where_a_missing_schema_shows(sandbox: RunningSandbox, shown: str) -> None:
    sandbox.variants(extension_schema_seconds=60, extension_schema_shown=shown)
    pass_time(sandbox, 0)
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}").ok
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}/environmentConfiguration", json={"version": "1.1.0"}).ok
    reads = {"schema": "1.1.0/schema", "configurations": "monitoringConfigurations"}
    for where, path in reads.items():
        assert call(sandbox, "GET", f"/v2/extensions/{HUB}/{path}").ok == (where != shown)
    pass_time(sandbox, 60)
    assert all(call(sandbox, "GET", f"/v2/extensions/{HUB}/{path}").ok for path in reads.values())


def test_the_platforms_api(sandbox: RunningSandbox) -> None:
    """Other paths, names and statuses than the classic API's."""
    package = build_package(NAME)
    validated = call(sandbox, "POST", f"{PLATFORM}:validate", data=package, headers=ZIP)
    assert (validated.status_code, validated.content) == (204, b"")
    assert call(sandbox, "POST", PLATFORM, files={"file": package}).status_code == 415
    assert call(sandbox, "POST", PLATFORM, data=package, headers=ZIP).status_code == 201
    # What a second upload gets is not known.
    for status in (400, 409):
        sandbox.variants(extension_reupload=status)
        for path in (PLATFORM, f"{PLATFORM}:validate"):
            assert call(sandbox, "POST", path, data=package, headers=ZIP).status_code == status
    listed = call(sandbox, "GET", f"{PLATFORM}?page-size=1").json()
    assert (listed["items"], listed["totalCount"]) == ([{"extensionName": SEED, "version": "1.1.0"}], 2)
    # The one is of the description, the other of dtctl and Monaco; the collection sends both.
    for query in ("page-key={0}", "next-page-key={0}", "page-key={0}&next-page-key={0}"):
        more = call(sandbox, "GET", f"{PLATFORM}?{query.format(listed['nextPageKey'])}").json()
        assert more["items"] == [{"extensionName": NAME, "version": "1.0.0"}]
    fields = "?add-fields=activeVersion,keywords&filter=name contains 'custom:'"
    (row,) = call(sandbox, "GET", PLATFORM + fields).json()["items"]
    assert row == {"extensionName": NAME, "version": "1.0.0", "activeVersion": None, "keywords": []}
    assert call(sandbox, "GET", f"{PLATFORM}?filter=nonsense").status_code == 400
    assert (
        call(sandbox, "GET", f"{PLATFORM}/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"}).content
        == package
    )
    active = f"{PLATFORM}/{NAME}/environment-configuration"
    missing = call(sandbox, "GET", active)
    assert (missing.status_code, missing.json()["error"]["message"]) == (
        404,
        "Extension environment configuration has not been registered.",
    )
    assert call(sandbox, "POST", active, json={"version": "1.0.0"}).json() == {"version": "1.0.0"}
    assert call(sandbox, "POST", PLATFORM, data=build_package(NAME, "2.0.0"), headers=ZIP).ok
    other = call(sandbox, "POST", active, json={"version": "2.0.0"})
    assert (other.status_code, other.json()["error"]["message"]) == (
        400,
        "Extension environment configuration already set",
    )
    assert call(sandbox, "PUT", active, json={"version": "2.0.0"}).status_code == 200
    assert call(sandbox, "DELETE", f"{PLATFORM}/{NAME}/1.0.0").status_code == 202
    assert call(sandbox, "POST", f"{PLATFORM}/{HUB}?version=1.0.0").status_code == 202
    again = call(sandbox, "POST", f"{PLATFORM}/{HUB}?version=1.0.0")
    assert (again.status_code, again.json()["extensionVersion"]) == (202, "")
    assert call(sandbox, "GET", f"{active}?add-fields=status,errors").json() == {
        "version": "2.0.0",
        "status": "UP_TO_DATE",
        "errors": [],
    }
    assert (call(sandbox, "DELETE", active).status_code, call(sandbox, "GET", active).status_code) == (204, 404)
    wrong = call(sandbox, "POST", active, json={}).json()["error"]
    assert wrong["details"]["constraintViolations"][0]["path"] == "version"
    assert "constraintViolations" not in wrong
    # The classic names lead nowhere.
    assert call(sandbox, "GET", f"{PLATFORM}/{NAME}/monitoringConfigurations").status_code == 404


def test_the_platforms_api_is_for_bearers_alone(sandbox: RunningSandbox) -> None:
    answer = requests.get(sandbox.url + PLATFORM, headers={"Authorization": f"Api-Token {TOKEN}"}, timeout=10)
    assert answer.status_code == 401


@pytest.mark.parametrize("kind", ["empty", "missing_inner", "signature_of_other_content"])
def test_the_platform_checks_packages_as_well(sandbox: RunningSandbox, kind: str) -> None:
    for path in (PLATFORM, f"{PLATFORM}:validate"):
        assert call(sandbox, "POST", path, data=malformed(kind), headers=ZIP).status_code == 400


def test_an_upload_that_is_cut_off(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="cut", method="POST")
    with pytest.raises(requests.exceptions.ConnectionError):
        call(sandbox, "POST", "/v2/extensions", data=build_package(NAME, files={"x": "y" * 5_000_000}), headers=ZIP)
    assert versions(sandbox, NAME) == []
    assert [one["status"] for one in sandbox.state.requests][:1] == [None]


SNMP = {"python": None, "snmp": [{"group": "g", "subgroups": [{"subgroup": "s", "metrics": [{"key": "m"}]}]}]}
FIXTURE = {
    "activationContext": "REMOTE",
    "description": "EXAMPLE",
    "dtAttributes": {"dt.cost.product": "example"},
    "enabled": False,
    "snmp": {
        "devices": [
            {
                "authentication": {"community": "hush-hush", "type": "SNMPv2c", "useCredentialVault": False},
                "ip": "192.0.2.39",
                "port": 161,
            }
        ]
    },
    "version": "1.0.0",
}


def _snmp(sandbox: RunningSandbox) -> str:
    """The path of the configurations of an extension with an SNMP data source."""
    assert call(sandbox, "POST", PLATFORM, data=build_package(NAME, more=SNMP), headers=ZIP).ok
    assert call(sandbox, "PUT", f"{PLATFORM}/{NAME}/environment-configuration", json={"version": "1.0.0"}).ok
    return f"{PLATFORM}/{NAME}/monitoring-configurations"


def test_configurations_at_the_platform(sandbox: RunningSandbox) -> None:
    path = _snmp(sandbox)
    item = {"scope": "ag_group-default", "value": FIXTURE}
    assert call(sandbox, "POST", path, json=[item]).status_code == 400
    made = call(sandbox, "POST", path, json=item)
    assert (made.status_code, made.json()["code"], len(made.json()["objectId"])) == (201, 201, 36)
    place = f"{path}/{made.json()['objectId']}"
    row = call(sandbox, "GET", place).json()
    assert row["value"]["dtAttributes"] == FIXTURE["dtAttributes"]
    assert "hush" not in str(row)
    assert set(row["modificationInfo"]) == {"createdBy", "createdTime", "lastModifiedBy", "lastModifiedTime"}
    # The masks go back as they came.
    assert call(sandbox, "PUT", place, json={"value": row["value"]}).json()["objectId"] == row["objectId"]
    assert call(sandbox, "GET", place).json()["value"] == row["value"]
    for condition, count in [
        ("version = '1.0.0' and enabled = false", 1),
        ("active = true", 0),
        ("description contains 'AMP' or active = true", 1),
        ("activationContext = 'LOCAL'", 0),
    ]:
        assert call(sandbox, "GET", f"{path}?filter={condition}").json()["totalCount"] == count
    status = call(sandbox, "GET", f"{place}/status").json()
    assert isinstance(status["timestamp"], str)
    (listed,) = call(sandbox, "GET", f"{path}/statuses").json()["items"]
    assert listed == {"configurationId": row["objectId"], **status}
    audit = call(sandbox, "GET", f"{place}/audit?page-size=1").json()
    assert [entry["eventType"] for entry in audit["auditLogs"]] == ["UPDATE"]
    more = call(sandbox, "GET", f"{place}/audit?page-key={audit['nextPageKey']}").json()
    assert [entry["eventType"] for entry in more["auditLogs"]] == ["CREATE"]
    assert call(sandbox, "DELETE", place).status_code == 204
    assert call(sandbox, "GET", place).status_code == 404


@pytest.mark.parametrize(
    ("scope", "status", "message"),
    [
        ("PROCESS_GROUP-0123456789ABCDEF", 404, "No write access for scope class PROCESS_GROUP"),
        ("environment", 404, "No write access for scope class tenant"),
        ("nothing", 400, "Constraints violated."),
    ],
)
def test_scopes_that_are_refused(sandbox: RunningSandbox, scope: str, status: int, message: str) -> None:
    path = _snmp(sandbox)
    sandbox.variants(extension_scopes_refused=["tenant"])
    refused = call(sandbox, "POST", path, json={"scope": scope, "value": FIXTURE})
    assert (refused.status_code, refused.json()["error"]["message"]) == (status, message)


@pytest.mark.parametrize(
    ("source", "section"),
    [
        (
            "snmptraps",
            {"snmptraps": {"sources": [{"ip": "0.0.0.0/0", "port": 162, "authentication": {"community": "x"}}]}},
        ),
        ("wmi", {"wmiRemote": {"devices": [{"host": "192.0.2.1", "user": "x", "password": "y"}]}}),
        ("prometheus", {"prometheusRemote": {"endpoints": [{"url": "https://x", "autoDiscovery": [{"dnsPort": 1}]}]}}),
        ("sqlServer", {"sqlServerRemote": {"endpoints": [{"host": "x", "ssl": False, "instanceName": "y"}]}}),
        (
            "snmp",
            {
                "snmp": {
                    "devices": [
                        {
                            "ip": "192.0.2.1",
                            "primaryTags": [],
                            "authentication": {
                                "type": "SNMPv3",
                                "userName": "x",
                                "securityLevel": "AUTH_PRIV",
                                "authProtocol": "SHA",
                                "authPassword": "hush",
                                "privProtocol": "AES256C",
                                "privPassword": "hush",
                            },
                        }
                    ],
                    "nobody": {"shows": ["this"]},
                },
                "primaryFields": [],
            },
        ),
        ("prometheus", {"prometheusLocal": {"endpoints": [{"url": "http://x", "authentication": {"token": "hush"}}]}}),
        (
            "sqlOracle",
            {
                "sqlOracleRemote": {
                    "licenseAccepted": True,
                    "endpoints": [{"databaseIdentifier": "sid", "SID": "x", "authentication": {"password": "hush"}}],
                }
            },
        ),
        ("jmx", {"jmx": {"what": ["nobody", "shows"]}}),
    ],
)
def test_the_sections_of_data_sources(sandbox: RunningSandbox, source: str, section: dict[str, Any]) -> None:
    content = build_package(NAME, more={"python": None, source: {}})
    assert call(sandbox, "POST", "/v2/extensions", data=content, headers=ZIP).ok
    assert call(sandbox, "POST", f"/v2/extensions/{NAME}/environmentConfiguration", json={"version": "1.0.0"}).ok
    for value, status in [(section, 200), ({"other": {}}, 400)]:
        body = [
            {
                "scope": "ag_group-x",
                "value": {"version": "1.0.0", "enabled": True, "activationContext": "REMOTE", **value},
            }
        ]
        assert call(sandbox, "POST", f"/v2/extensions/{NAME}/monitoringConfigurations", json=body).status_code == status
    (stored,) = call(sandbox, "GET", f"/v2/extensions/{NAME}/monitoringConfigurations").json()["items"]
    assert "hush" not in str(stored)
    assert keys_of(stored["value"]) >= keys_of(section)


def keys_of(value: Any) -> set[str]:
    """The names of all properties, at any depth."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    return {*value, *set().union(*map(keys_of, value.values()))} if isinstance(value, dict) else set()


@pytest.mark.parametrize("status", [400, 409])
def test_an_older_version_below_a_newer_configuration(sandbox: RunningSandbox, status: int) -> None:
    path = _snmp(sandbox)
    sandbox.variants(extension_activate_older=status, extension_activate_older_words="no")
    assert call(sandbox, "POST", PLATFORM, data=build_package(NAME, "0.9.0", more=SNMP), headers=ZIP).ok
    place = call(sandbox, "POST", path, json={"scope": "ag_group-x", "value": FIXTURE}).json()["objectId"]
    environment = f"{PLATFORM}/{NAME}/environment-configuration"
    refused = call(sandbox, "PUT", environment, json={"version": "0.9.0"})
    assert (refused.status_code, refused.json()["error"]["message"]) == (status, "no")
    assert call(sandbox, "PUT", f"{path}/{place}", json={"value": {**FIXTURE, "version": "0.9.0"}}).ok
    assert call(sandbox, "PUT", environment, json={"version": "0.9.0"}).ok


def test_names_of_dynatrace_are_reserved(sandbox: RunningSandbox) -> None:
    refused = call(sandbox, "POST", PLATFORM, data=build_package("com.dynatrace.mine", "1.0.0"), headers=ZIP)
    assert refused.status_code == 400
    assert "reserved" in refused.json()["error"]["message"]


def test_but_not_for_whom_the_hub_names(tmp_path: Path) -> None:
    (tmp_path / "dynatrace.pem").write_bytes(keys().ca_pem)
    with running(Options(hub=(tmp_path,))) as sandbox:
        content = build_package("com.dynatrace.mine", "1.0.0")
        assert call(sandbox, "POST", PLATFORM, data=content, headers=ZIP).status_code == 201


def test_who_manages_configurations_on_the_platform_must_read_definitions_too() -> None:
    with running(Options(tokens={"dt0s16.SANDBOX.HALF": ["extensions:configurations:read"]})) as sandbox:
        headers = {"Authorization": "Bearer dt0s16.SANDBOX.HALF"}
        answer = requests.get(f"{sandbox.url}{PLATFORM}/{SEED}/monitoring-configurations", headers=headers, timeout=10)
    assert answer.status_code == 403
    assert "extensions:definitions:read" in answer.text
