# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same tasks with an API token and at the platform's API: the same results, by other requests (API facts, 2.6)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.support.configurations import NAME, ship
from tests.support.configurations import package as configured_package
from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.modules.cases import CASES, Case, write_package

PLATFORM: dict[str, Any] = {"api_token": None, "platform_token": "dt0s16.SANDBOX.PLATFORMSECRET"}
CONFIGURATION = "extension_monitoring_configuration"
ROOT = "/platform/extensions/v2/extensions"
VALUES = [
    {"description": name, "pythonRemote": {"endpoints": [{"url": f"https://{name}.example.com"}], "token": "hush-hush"}}
    for name in ("one", "two", "three")
]
_ON_PLATFORM = [
    case
    for case in CASES
    if case.module.startswith("extension") and not case.module.startswith("extension_certificate")
]
# What nobody can know beforehand, or what only one of the APIs tells.
_OWN = ("configuration_id", "objectId", "status_timestamp", "warnings", "invocation", "file_hash", "modified")

pytestmark = pytest.mark.usefixtures("short_pauses")


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _comparable(item) for name, item in value.items() if name not in _OWN}
    return [_comparable(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("case", _ON_PLATFORM, ids=str)
def test_the_same_results_on_both(sandbox: RunningSandbox, case: Case, tmp_path: Path) -> None:
    args = case.arguments(write_package(tmp_path))
    results = []
    for way in ({}, PLATFORM):
        sandbox.state.reset()
        case.prepare(sandbox)
        sandbox.clear()
        runs = [sandbox.run(case.module, check=check, diff=True, **args, **way) for check in (True, False, False)]
        assert [run.get("msg") for run in runs] == [None, None, None]
        results.append(_comparable(runs))
        paths = {request["path"] for request in sandbox.state.requests if "/sso/" not in request["path"]}
        assert all(path.startswith("/platform/") for path in paths) == bool(way)
        assert not [path for path in paths if path.startswith("/platform/classic/")]
    # The classic API validates packages and says so by their description, the platform's by nothing.
    assert results[0] == results[1]


@pytest.fixture
def bearer(sandbox: RunningSandbox) -> RunningSandbox:
    ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
    return sandbox


def test_each_configuration_is_a_request_of_its_own(bearer: RunningSandbox) -> None:
    items = [{"value": value} for value in VALUES]
    result = bearer.run(CONFIGURATION, extension_name=NAME, configurations=items, **PLATFORM)
    assert [row["action"] for row in result["configurations"]] == ["create"] * 3
    assert bearer.writes == [f"POST {ROOT}/{NAME}/monitoring-configurations"] * 3
    again = bearer.run(CONFIGURATION, extension_name=NAME, configurations=items, **PLATFORM)
    assert not again["changed"]


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "truncate"])
def test_a_lost_answer_makes_no_second_configuration(bearer: RunningSandbox, kind: str) -> None:
    bearer.fault(method="POST", path="monitoring-configurations$", kind=kind)
    items = [{"value": value} for value in VALUES]
    result = bearer.run(CONFIGURATION, extension_name=NAME, configurations=items, **PLATFORM)
    assert (result.get("msg"), result["summary"]) == (None, {"create": 3, "error": 0})
    assert len(bearer.state.extensions.configurations.of(NAME)) == 3


@pytest.mark.parametrize("timestamp", ["milliseconds", "date"])
def test_statuses(bearer: RunningSandbox, timestamp: str) -> None:
    bearer.variants(platform_status_timestamp=timestamp)
    items = [{"value": value} for value in VALUES[:2]]
    made = bearer.run(CONFIGURATION, extension_name=NAME, configurations=items, wait=True, **PLATFORM)
    assert [row["status"] for row in made["configurations"]] == ["OK", "OK"]
    assert f"GET {ROOT}/{NAME}/monitoring-configurations/statuses" in bearer.sent
    info = bearer.run(f"{CONFIGURATION}_info", extension_name=NAME, **PLATFORM)
    classic = bearer.run(f"{CONFIGURATION}_info", extension_name=NAME)
    assert info["configurations"] == classic["configurations"]


@pytest.mark.parametrize(("asked", "found"), [({"active": False}, ["two"]), ({"version": "1.1.0"}, ["three"])])
def test_filters(bearer: RunningSandbox, asked: dict[str, Any], found: list[str]) -> None:
    more: list[dict[str, Any]] = [{}, {"enabled": False}, {"version": "1.1.0"}]
    items = [{"value": {**value, **own}} for value, own in zip(VALUES, more)]
    assert bearer.run(CONFIGURATION, extension_name=NAME, configurations=items).get("msg") is None
    bearer.clear()
    info = bearer.run(f"{CONFIGURATION}_info", extension_name=NAME, status=False, **asked, **PLATFORM)
    assert [row["description"] for row in info["configurations"]] == found
    condition = "active = false" if "active" in asked else "version = '1.1.0'"
    assert bearer.state.requests[-1]["query"] == {"page-size": "100", "filter": condition}


@pytest.mark.parametrize("page_key", ["both", "page-key", "next-page-key", "page-key alone"])
def test_many_extensions(sandbox: RunningSandbox, page_key: str) -> None:
    sandbox.variants(platform_page_key=page_key)
    store = sandbox.state.extensions.store
    seed = store.get("com.dynatrace.extension.sandbox-seed", "1.0.0")
    names = [f"custom:n{number:03}" for number in range(203)]
    store._packages.update(
        {name: {"1.0.0": dataclasses.replace(seed, manifest={**seed.manifest, "name": name})} for name in names}
    )
    rows = sandbox.run("extension_info", query="custom:n", **PLATFORM)["extensions"]
    assert [row["name"] for row in rows] == names
    assert rows == sandbox.run("extension_info", query="custom:n")["extensions"]


def test_a_name_with_a_quote_is_searched_for(sandbox: RunningSandbox) -> None:
    assert sandbox.run("extension_info", query="it's \\ nothing", **PLATFORM)["extensions"] == []


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("way", [{}, PLATFORM], ids=["classic", "platform"])
def test_a_scope_that_is_refused(bearer: RunningSandbox, way: dict[str, Any], status: int) -> None:
    bearer.variants(extension_scopes_refused=["tenant"], extension_activate_older=status)
    result = bearer.run(CONFIGURATION, extension_name=NAME, value=VALUES[0], **way)
    assert (result["failed"], result["changed"], result["error"]["status"]) == (True, False, 404)
    assert "No write access for scope class tenant" in result["msg"]


@pytest.mark.parametrize("way", [{}, PLATFORM], ids=["classic", "platform"])
def test_attributes_that_no_schema_names(bearer: RunningSandbox, way: dict[str, Any]) -> None:
    value = {**VALUES[0], "dtAttributes": {"dt.cost.product": "shop"}}
    args = {"extension_name": NAME, "match_on": ["description"], **way}
    assert bearer.run(CONFIGURATION, value=value, **args)["changed"]
    assert not bearer.run(CONFIGURATION, value=value, **args)["changed"]
    changed = bearer.run(CONFIGURATION, value={**value, "dtAttributes": {"dt.cost.product": "toys"}}, diff=True, **args)
    assert changed["diff"]["after"]["value"]["dtAttributes"] == {"dt.cost.product": "toys"}
    # An upgrade takes them along.
    assert bearer.run(CONFIGURATION, value={"description": "one"}, version="1.1.0", **args)["changed"]
    (stored,) = bearer.state.extensions.configurations.of(NAME)
    assert (stored.value["version"], stored.value["dtAttributes"]) == ("1.1.0", {"dt.cost.product": "toys"})


def test_a_name_that_is_reserved(sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "reserved.zip"
    path.write_bytes(configured_package(name="com.dynatrace.mine"))
    for check in (True, False):
        result = sandbox.run("extension_upload", path=str(path), check=check)
        assert "names that begin with com.dynatrace. are reserved for extensions of Dynatrace" in result["msg"]
