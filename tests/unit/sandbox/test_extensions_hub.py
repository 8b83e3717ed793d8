# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox's Hub, what takes its time there, and the platform's API for extensions (API facts, 2.3, 2.5, 2.6)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.packages import build_package, malformed
from tests.support.sandbox import TOKEN, RunningSandbox

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


def test_the_catalogue(sandbox: RunningSandbox) -> None:
    listed = call(sandbox, "GET", "/v2/hub/items").json()
    assert [one["itemId"] for one in listed["items"]] == [HUB, SEED]
    installed = call(sandbox, "GET", "/v2/hub/items?installed=true").json()
    assert [one["itemId"] for one in installed["items"]] == [SEED]
    assert call(sandbox, "GET", "/v2/hub/items?itemType=TECHNOLOGY").json()["items"] == []
    details = call(sandbox, "GET", f"/v2/hub/extensions2/{HUB}").json()["extension2Details"]
    assert [one["version"] for one in details["releases"]] == ["2.0.0", "1.1.0", "1.0.0"]
    assert details["recommendedCatalogVersion"] == "1.1.0"


def test_an_installation_does_not_activate(sandbox: RunningSandbox) -> None:
    installed = call(sandbox, "POST", f"/v2/extensions/{HUB}")
    assert installed.json() == {"extensionName": HUB, "extensionVersion": "1.1.0"}
    assert versions(sandbox, HUB) == ["1.1.0"]
    assert call(sandbox, "GET", f"/v2/extensions/{HUB}/environmentConfiguration").status_code == 404
    again = call(sandbox, "POST", f"/v2/extensions/{HUB}?version=1.1.0")
    assert (again.status_code, again.json()["error"]["message"]) == (
        400,
        f"Extension {HUB} has already been added to environment",
    )
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}?version=2.0.0").status_code == 400
    assert call(sandbox, "POST", f"/v2/extensions/{HUB}?version=3.0.0").status_code == 404
    assert call(sandbox, "POST", "/v2/extensions/nope").status_code == 404


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
    for path in (PLATFORM, f"{PLATFORM}:validate"):
        assert call(sandbox, "POST", path, data=package, headers=ZIP).status_code == 409
    listed = call(sandbox, "GET", f"{PLATFORM}?page-size=1").json()
    assert (listed["items"], listed["totalCount"]) == ([{"extensionName": SEED, "version": "1.1.0"}], 2)
    more = call(sandbox, "GET", f"{PLATFORM}?page-key={listed['nextPageKey']}").json()
    assert more["items"] == [{"extensionName": NAME, "version": "1.0.0"}]
    # Filters are taken and not applied.
    assert call(sandbox, "GET", f"{PLATFORM}?name={NAME}").json()["totalCount"] == 2
    assert (
        call(sandbox, "GET", f"{PLATFORM}/{NAME}/1.0.0", headers={"Accept": "application/octet-stream"}).content
        == package
    )
    active = f"{PLATFORM}/{NAME}/environment-configuration"
    assert call(sandbox, "GET", active).status_code == 404
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
    assert call(sandbox, "POST", f"{PLATFORM}/{HUB}?version=1.0.0").status_code == 409
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
