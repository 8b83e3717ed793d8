# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _module
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import extension
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import Extensions
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.ready import Ready

from tests.sandbox.app import Options
from tests.sandbox.extensions import package
from tests.support.module import run_module
from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox, running

pytestmark = pytest.mark.usefixtures("short_pauses")

MODULE = "extension"
NAME = "custom:demo"
SEED = "com.dynatrace.extension.sandbox-seed"
HUB = "com.dynatrace.extension.sandbox-hub"


def _paths(name: str) -> tuple[str, str, str, str]:
    """The extension, and below it: active version, assets, configurations."""
    path = f"/v2/extensions/{name}"
    return (
        path,
        f"{path}/environmentConfiguration",
        f"{path}/environmentConfiguration/assets",
        f"{path}/monitoringConfigurations",
    )


VERSIONS, ACTIVE, ASSETS, CONFIGURATIONS = _paths(NAME)
LATEST_LOOK = [f"GET {ACTIVE}", f"GET {VERSIONS}"]
ABSENT_LOOK = [f"GET {VERSIONS}", f"GET {ACTIVE}", f"GET {CONFIGURATIONS}"]


def _ready(version: str) -> list[str]:
    return [f"GET {ASSETS}", f"GET {VERSIONS}/{version}/schema", f"GET {CONFIGURATIONS}"]


@pytest.fixture
def three(sandbox: RunningSandbox) -> RunningSandbox:
    """A sandbox with 1.0.0, 1.9.0 and 1.10.0; none of them is active."""
    for version in ("1.10.0", "1.0.0", "1.9.0"):
        _send(sandbox, version)
    return sandbox


def _run(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    result = sandbox.run(MODULE, **{"name": NAME, "wait_timeout": 30, **args})
    assert TOKEN not in str(result)
    return result


def _predicted(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """Check mode, then the real run, which must be as predicted; gives the real result, with ``validated`` of the other."""
    check = _run(sandbox, check=True, diff=True, **args)
    assert sandbox.writes == []
    assert not any(one.startswith("DELETE") for one in sandbox.sent)
    real = _run(sandbox, diff=True, **args)
    validated = check.pop("validated", None)
    assert not check.get("failed"), check
    assert not real.get("failed"), real
    check.pop("warnings", None)
    assert {key: value for key, value in check.items() if key != "invocation"} == {
        key: value for key, value in real.items() if key != "invocation"
    }
    return {**real, "validated": validated}


def _refused(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """A failure that is the same in check mode, with nothing written in either."""
    results = []
    for check in (True, False):
        result = _run(sandbox, check=check, **args)
        assert result["failed"], result
        assert not result["changed"]
        assert sandbox.writes == []
        results.append(result)
    assert results[0]["msg"] == results[1]["msg"]
    return results[1]


def _api(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> Any:
    headers = {"Authorization": f"Api-Token {TOKEN}", **more.pop("headers", {})}
    response = requests.request(method, f"{sandbox.url}/api{path}", headers=headers, timeout=10, **more)
    assert response.ok, response.text
    return response


def _send(sandbox: RunningSandbox, version: str, **more: Any) -> None:
    headers = {"Content-Type": "application/octet-stream"}
    _api(sandbox, "POST", "/v2/extensions", data=build_package(NAME, version, **more), headers=headers)


def _activate(sandbox: RunningSandbox, version: str) -> None:
    _api(sandbox, "POST", ACTIVE, json={"version": version})


def _configure(sandbox: RunningSandbox, version: str, description: str = "d") -> str:
    value = {"version": version, "enabled": True, "description": description, "activationTags": ["HIDDEN"]}
    made = _api(sandbox, "POST", CONFIGURATIONS, json=[{"scope": "environment", "value": value}]).json()
    return str(made[0]["objectId"])


def _versions(sandbox: RunningSandbox, name: str = NAME) -> list[str]:
    store = sandbox.state.extensions.store
    return [one.version for one in store.versions(name)] if name in store.names() else []


# --- the active version


def test_latest_is_the_newest_stored_by_numbers(three: RunningSandbox) -> None:
    result = _predicted(three)
    assert (result["changed"], result["action"], result["validated"]) == (True, "update", "local")
    assert result["extension"] == {"name": NAME, "version": "1.10.0", "active": True}
    assert result["previous_version"] is None
    assert result["diff"]["before"] == {"name": NAME, "active_version": None, "versions": ["1.10.0", "1.9.0", "1.0.0"]}
    assert result["diff"]["after"] == {**result["diff"]["before"], "active_version": "1.10.0"}
    assert three.sent == [*LATEST_LOOK, f"POST {ACTIVE}", *_ready("1.10.0")]
    again = _predicted(three)
    assert (again["changed"], again["action"], again["validated"]) == (False, "none", "none")
    assert three.sent == [*LATEST_LOOK, *_ready("1.10.0")]


def test_a_version_is_switched_to_and_not_touched_again(three: RunningSandbox) -> None:
    _run(three)
    result = _predicted(three, version="1.9.0")
    assert (result["action"], result["previous_version"]) == ("update", "1.10.0")
    assert three.writes == [f"PUT {ACTIVE}"]
    assert not _predicted(three, version="1.9.0")["changed"]
    assert three.sent == [f"GET {ACTIVE}", *_ready("1.9.0")]
    _run(three, version="1.9.0", wait=False)
    assert three.sent == [f"GET {ACTIVE}"]


def test_a_version_that_is_not_stored(three: RunningSandbox) -> None:
    result = _refused(three, version="2.0.0")
    assert f"{NAME} 2.0.0 is not stored in the environment, which has 1.10.0, 1.9.0, 1.0.0: upload it" in result["msg"]
    assert three.sent == LATEST_LOOK


def test_an_extension_that_is_not_stored(sandbox: RunningSandbox) -> None:
    for version in ("1.0.0", "latest"):
        assert f"{NAME} is not stored in the environment" in _refused(sandbox, version=version)["msg"]


@pytest.mark.parametrize(
    ("args", "text"),
    [
        ({"version": "1.0"}, "in quotes, because YAML reads 1.10 as 1.1"),
        ({"version": "1"}, "three numbers are needed"),
        ({"name": " x"}, "cannot be an extension's"),
        ({"name": ".."}, "cannot be an extension's"),
        ({"wait_timeout": -1}, "wait_timeout must not be negative"),
        ({"state": "absent", "version": "1.0.0"}, "state absent is about all versions"),
        ({"active": False, "version": "1.0.0"}, "leave out version"),
    ],
)
def test_what_cannot_be_right_is_not_sent(sandbox: RunningSandbox, args: dict[str, Any], text: str) -> None:
    assert text in _refused(sandbox, **args)["msg"]
    assert sandbox.sent == []


def test_an_environment_that_does_not_exist_has_no_inactive_extensions(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="status", status=403, path="environmentConfiguration", times=2)
    assert _refused(sandbox)["error"]["status"] == 403


# --- waiting until it can be used


@pytest.mark.usefixtures("minutes")
@pytest.mark.parametrize("words", ["PENDING OK", "IN_PROGRESS SUCCESS", "IMPORTING IMPORTED"])
@pytest.mark.parametrize("shown", ["schema", "configurations"])
def test_assets_and_schema_are_waited_for(three: RunningSandbox, words: str, shown: str) -> None:
    three.variants(
        extension_activation_seconds=60,
        extension_assets_seconds=100,
        extension_schema_seconds=250,
        extension_assets_words=words,
        extension_schema_shown=shown,
    )
    result = _run(three, version="1.9.0")
    assert (result["changed"], result["extension"]["version"], result["previous_version"]) == (True, "1.9.0", None)
    assert three.writes == [f"POST {ACTIVE}"]
    assert three.sent.count(f"GET {ASSETS}") == 1 + 1 + 2  # shown as active after a minute, imported after three
    assert three.sent.count(_ready("1.9.0")[1 if shown == "schema" else 2]) == 1 + 3
    _configure(three, "1.9.0")  # can be done now
    assert not _run(three, version="1.9.0")["changed"]


@pytest.mark.usefixtures("minutes")
def test_a_run_that_was_killed_while_it_waited_is_taken_up_by_the_next(three: RunningSandbox) -> None:
    three.variants(extension_assets_seconds=100)
    _activate(three, "1.9.0")
    assert not _run(three, version="1.9.0")["changed"]
    assert three.sent.count(f"GET {ASSETS}") == 3


def test_without_wait_nothing_is_looked_at(three: RunningSandbox) -> None:
    three.variants(extension_assets_seconds=10_000_000)
    _predicted(three, wait=False)
    assert three.sent == [*LATEST_LOOK, f"POST {ACTIVE}"]


def test_a_wait_that_takes_too_long_says_what_was_done(three: RunningSandbox) -> None:
    three.variants(extension_assets_seconds=10_000_000)
    result = _run(three, version="1.0.0", wait_timeout=1)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "update")
    assert "not imported yet (status PENDING) (given up after 1 seconds, see wait_timeout)" in result["msg"]
    assert f"Before that, {NAME} 1.0.0 was activated" in result["msg"]
    assert result["extension"]["version"] == "1.0.0"
    result = _run(three, version="1.0.0", wait_timeout=0)
    assert (result["failed"], result["changed"]) == (True, False)


@pytest.mark.usefixtures("minutes")
def test_assets_that_cannot_be_imported_are_an_error(three: RunningSandbox) -> None:
    _run(three, version="1.0.0")
    three.variants(extension_assets_errors=["dashboard.json is not valid"], extension_assets_seconds=100)
    result = _run(three, version="1.9.0")
    assert (result["failed"], result["changed"], result["previous_version"]) == (True, True, "1.0.0")
    assert "its assets were not imported: dashboard.json is not valid" in result["msg"]


@pytest.mark.parametrize("shown", ["schema", "configurations"])
def test_an_extension_without_data_sources_has_no_schema_to_wait_for(sandbox: RunningSandbox, shown: str) -> None:
    sandbox.variants(extension_schema_seconds=10_000_000, extension_schema_shown=shown)
    _send(sandbox, "1.0.0", more={"python": None})
    assert _run(sandbox, wait_timeout=0)["changed"]


def test_another_pipeline_that_switches_meanwhile_is_noticed(
    three: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait = Ready.until_end

    def waited(*args: Any) -> None:
        _activate(three, "1.9.0")
        wait(*args)

    monkeypatch.setattr(Ready, "until_end", waited)
    result = _run(three, version="1.0.0", wait_timeout=0)
    assert "the server shows the assets of 1.9.0" in result["msg"]


# --- the Hub


def test_an_extension_of_the_hub(sandbox: RunningSandbox) -> None:
    path, active, assets, configurations = _paths(HUB)
    result = _predicted(sandbox, name=HUB, source="hub")
    assert (result["action"], result["validated"]) == ("create", "local")
    # Not 2.0.0, which asks for a newer cluster.
    assert result["extension"] == {"name": HUB, "version": "1.1.0", "active": True}
    assert result["diff"]["before"] == ""
    assert result["diff"]["after"] == {"name": HUB, "active_version": "1.1.0", "versions": ["1.1.0"]}
    assert sandbox.sent == [
        f"GET {active}",
        f"GET {path}",
        f"GET /v2/hub/extensions2/{HUB}",
        f"POST {path}",
        f"GET {path}/1.1.0",
        f"GET {active}",
        f"GET {assets}",
        f"GET {path}/1.1.0/schema",
        f"GET {configurations}",
    ]
    assert not _predicted(sandbox, name=HUB, source="hub")["changed"]
    assert not _predicted(sandbox, name=HUB, source="stored")["changed"]


def test_a_version_of_the_hub(sandbox: RunningSandbox) -> None:
    """The real run leaves it to the installation to say whether the Hub has it."""
    assert _predicted(sandbox, name=HUB, source="hub", version="1.0.0", wait=False)["extension"]["version"] == "1.0.0"
    path, active, *dummy = _paths(HUB)
    assert sandbox.sent == [
        f"GET {active}",
        f"GET {path}",
        f"POST {path}",
        f"GET {path}/1.0.0",
        f"GET {active}",
    ]


def test_an_installation_that_does_not_activate(sandbox: RunningSandbox) -> None:
    """On older servers."""
    sandbox.variants(hub_install_activates=False)
    assert _predicted(sandbox, name=HUB, source="hub", version="1.0.0")["extension"]["version"] == "1.0.0"
    path, active, *dummy = _paths(HUB)
    assert sandbox.writes == [f"POST {path}", f"POST {active}"]
    sandbox.clear()
    assert _run(sandbox, name=SEED, source="hub", version="1.2.0")["changed"]
    assert sandbox.writes == [f"POST {_paths(SEED)[0]}", f"PUT {_paths(SEED)[1]}"]


@pytest.mark.parametrize("beside", ["allowed", "refused"])
def test_a_newer_version_of_the_hub_beside_what_is_there(sandbox: RunningSandbox, beside: str) -> None:
    sandbox.variants(hub_install_beside=beside)
    result = _predicted(sandbox, name=SEED, source="hub")
    assert (result["action"], result["previous_version"]) == ("create", "1.1.0")
    assert result["diff"]["after"]["versions"] == ["1.2.0", "1.1.0", "1.0.0"]
    update = [f"POST /v2/hub/extensions2/{SEED}/actions/update"] if beside == "refused" else []
    assert sandbox.writes == [f"POST {_paths(SEED)[0]}", *update]
    assert not _run(sandbox, name=SEED, source="hub")["changed"]


def test_what_is_stored_is_not_exchanged_for_something_older(sandbox: RunningSandbox) -> None:
    _run(sandbox, name=HUB, source="hub", version="1.0.0")
    store = sandbox.state.extensions.store
    store.put(package.read(build_package(HUB, "3.0.0")))
    assert _predicted(sandbox, name=HUB, source="hub")["extension"]["version"] == "3.0.0"
    assert [one.version for one in store.versions(HUB)] == ["1.0.0", "3.0.0"]


@pytest.mark.usefixtures("minutes")
def test_an_installation_takes_its_time(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """And people see what is waited for."""
    lines: list[str] = []
    monkeypatch.setattr(_module.Road.__init__, "__defaults__", (lambda progress: lines.append(progress.now),))
    sandbox.variants(extension_install_seconds=150)
    assert _run(sandbox, name=HUB, source="hub")["changed"]
    assert sandbox.sent.count(f"GET {_paths(HUB)[0]}/1.1.0") == 4
    assert lines.count(f"{HUB} 1.1.0 was installed from the Hub, but the server does not list it yet") == 3


@pytest.mark.parametrize("beside", ["allowed", "refused"])
@pytest.mark.parametrize(
    "fault",
    [{"kind": "reset_after"}, {"kind": "reset_before"}, {"kind": "status", "status": 409}, {"kind": "html"}],
    ids=str,
)
@pytest.mark.usefixtures("minutes")
def test_a_lost_answer_to_an_installation(sandbox: RunningSandbox, fault: dict[str, Any], beside: str) -> None:
    sandbox.variants(extension_install_seconds=100, hub_install_beside=beside)
    sandbox.fault(method="POST", path=f"{HUB}$", **fault)
    result = _run(sandbox, name=HUB, source="hub")
    assert (result.get("msg"), result["changed"], result["action"]) == (None, True, "create")
    assert _versions(sandbox, HUB) == ["1.1.0"]


def test_what_the_hub_does_not_have(sandbox: RunningSandbox) -> None:
    assert (
        f"neither the environment nor the catalog of Dynatrace Hub has an extension {NAME}"
        in _refused(sandbox, source="hub")["msg"]
    )
    check = _run(sandbox, name=HUB, source="hub", version="9.9.9", check=True)
    assert f"Dynatrace Hub has no {HUB} 9.9.9; it has 2.0.0, 1.1.0, 1.0.0" in check["msg"]
    real = _run(sandbox, name=HUB, source="hub", version="9.9.9")
    assert (real["failed"], real["changed"], real["error"]["status"]) == (True, False, 404)
    real = _run(sandbox, name=HUB, source="hub", version="2.0.0")
    assert "must have at least the version" in real["msg"]


def test_check_mode_without_the_scope_for_the_catalog() -> None:
    scopes = ("extensions.read", "extensions.write", "extensionConfigurations.read")
    with running(Options(tokens={TOKEN: scopes}, speed=1000)) as sandbox:
        result = _run(sandbox, name=HUB, source="hub", version="1.0.0", check=True)
        assert (result["changed"], result["validated"]) == (True, "none")
        assert any("whether the Hub has" in str(text) for text in result["warnings"])
        assert _run(sandbox, name=HUB, source="hub", version="1.0.0")["action"] == "create"
        assert "hub.read" in _run(sandbox, name=HUB, source="hub")["msg"]


def test_the_catalog_of_the_platform(sandbox: RunningSandbox) -> None:
    bearer = {"api_token": None, "platform_token": "dt0s16.SANDBOX.SECRET"}
    result = _predicted(sandbox, name=HUB, source="hub", **bearer)
    assert (result["action"], result["extension"]["version"]) == ("create", "1.1.0")
    place = f"/platform/extensions/v2/extensions/{HUB}"
    assert sandbox.sent[2:5] == [
        f"GET /platform/hub/v1/catalog/extensions/{HUB}/releases",
        f"POST {place}",
        f"GET {place}/1.1.0",
    ]
    check = _run(sandbox, name=HUB, source="hub", version="9.9.9", check=True, **bearer)
    assert f"Dynatrace Hub has no {HUB} 9.9.9; it has 2.0.0, 1.1.0, 1.0.0" in check["msg"]
    assert "neither the environment nor the catalog" in _refused(sandbox, source="hub", **bearer)["msg"]


def test_ten_versions_are_the_limit_for_the_hub_too(sandbox: RunningSandbox) -> None:
    for number in range(10):
        sandbox.state.extensions.store.put(package.read(build_package(HUB, f"0.{number}.0")))
    assert "an extension has at most 10 versions" in _run(sandbox, name=HUB, source="hub")["msg"]


# --- switched off


def test_switched_off(three: RunningSandbox) -> None:
    _run(three)
    result = _predicted(three, active=False)
    assert (result["action"], result["validated"], result["previous_version"]) == ("update", "local", "1.10.0")
    assert result["extension"] == {"name": NAME, "version": None, "active": False}
    assert result["diff"]["before"] == {"name": NAME, "active_version": "1.10.0"}
    assert result["diff"]["after"] == {"name": NAME, "active_version": None}
    assert three.sent == [f"GET {ACTIVE}", f"GET {CONFIGURATIONS}", f"DELETE {ACTIVE}", f"GET {ACTIVE}"]
    assert len(_versions(three)) == 3
    again = _predicted(three, active=False)
    assert (again["changed"], again["validated"], three.sent) == (False, "none", [f"GET {ACTIVE}"])


@pytest.mark.parametrize("deactivation", ["allowed", "refused"])
def test_switched_off_with_configurations(three: RunningSandbox, deactivation: str) -> None:
    """Whether the server would refuse it is not known, so it is not left to it."""
    three.variants(extension_deactivate_configured=deactivation)
    _run(three)
    made = _configure(three, "1.10.0")
    assert "Delete them first, or set remove_configurations" in _refused(three, active=False)["msg"]
    assert _predicted(three, active=False, remove_configurations=True)["changed"]
    assert three.writes == [f"DELETE {CONFIGURATIONS}/{made}", f"DELETE {ACTIVE}"]


@pytest.mark.usefixtures("minutes")
def test_it_is_waited_for_until_it_is_off(three: RunningSandbox) -> None:
    _run(three)
    three.variants(extension_activation_seconds=100)
    assert _run(three, active=False)["changed"]
    assert not _run(three, active=False)["changed"]


# --- absent


def test_absent(three: RunningSandbox) -> None:
    _run(three)
    result = _predicted(three, state="absent")
    assert (result["action"], result["validated"], result["previous_version"]) == ("delete", "local", "1.10.0")
    assert result["extension"] == {"name": NAME, "version": None, "active": False}
    assert result["diff"]["before"] == {
        "name": NAME,
        "active_version": "1.10.0",
        "versions": ["1.10.0", "1.9.0", "1.0.0"],
    }
    assert result["diff"]["after"] == ""
    deletions = [f"DELETE {VERSIONS}/{version}" for version in ("1.0.0", "1.9.0", "1.10.0")]
    assert three.sent == [*ABSENT_LOOK, f"DELETE {ACTIVE}", f"GET {ACTIVE}", *deletions, f"GET {VERSIONS}"]
    again = _predicted(three, state="absent")
    assert (again["changed"], again["validated"]) == (False, "none")
    assert three.sent == [f"GET {VERSIONS}", f"GET {ACTIVE}"]


def test_configurations_are_in_the_way(three: RunningSandbox) -> None:
    _run(three)
    ids = sorted(_configure(three, "1.9.0", text) for text in ("first", "second"))
    result = _refused(three, state="absent")
    assert f"{NAME} has monitoring configurations: {ids[0]} (environment, " in result["msg"]
    assert [one["configuration_id"] for one in result["configurations"]] == ids
    assert "HIDDEN" not in str(result)
    assert three.sent == ABSENT_LOOK


@pytest.mark.parametrize("deactivation", ["allowed", "refused"])
@pytest.mark.parametrize("deletion", ["allowed", "refused"])
def test_configurations_are_removed_where_asked_for(three: RunningSandbox, deactivation: str, deletion: str) -> None:
    three.variants(extension_deactivate_configured=deactivation, extension_delete_configured=deletion)
    _run(three)
    ids = sorted(_configure(three, version) for version in ("1.0.0", "1.9.0"))
    result = _predicted(three, state="absent", remove_configurations=True)
    assert [one["configuration_id"] for one in result["diff"]["before"]["configurations"]] == ids
    assert "HIDDEN" not in str(result)
    assert three.writes[:3] == [*(f"DELETE {CONFIGURATIONS}/{one}" for one in ids), f"DELETE {ACTIVE}"]
    assert _versions(three) == []


@pytest.mark.usefixtures("minutes")
@pytest.mark.parametrize("visible", [True, False])
def test_the_asynchronous_parts_of_a_removal(three: RunningSandbox, visible: bool) -> None:
    three.variants(extension_busy_seconds=180, extension_deleting_visible=visible, extension_activation_seconds=100)
    _run(three)
    assert _run(three, state="absent")["changed"]
    assert three.writes == [
        f"DELETE {ACTIVE}",
        *(f"DELETE {VERSIONS}/{one}" for one in ("1.0.0", "1.9.0", "1.10.0")),
    ]
    assert three.sent.count(f"GET {VERSIONS}") == (1 + 4 if visible else 1 + 1)
    assert not _run(three, state="absent")["changed"]


def test_a_removal_that_does_not_end(three: RunningSandbox) -> None:
    three.variants(extension_busy_seconds=10_000_000, extension_deleting_visible=True)
    result = _run(three, state="absent", wait_timeout=1)
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert "the server still lists 1.10.0, 1.9.0, 1.0.0 (given up" in result["msg"]


def test_a_removal_without_wait(three: RunningSandbox) -> None:
    three.variants(extension_busy_seconds=10_000_000)
    assert _run(three, state="absent", wait=False)["changed"]
    assert three.sent[-1].startswith("DELETE")


# --- the network, other pipelines, and runs that were killed


FAULTS = pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset_after"},
        {"kind": "reset_before"},
        {"kind": "truncate"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 409},
        {"kind": "status", "status": 503},
        {"kind": "html", "status": 502},
    ],
    ids=lambda value: str(value.get("status", value["kind"])),
)


@FAULTS
@pytest.mark.parametrize("switch", [True, False])
def test_a_lost_answer_to_an_activation(three: RunningSandbox, fault: dict[str, Any], switch: bool) -> None:
    if switch:
        _activate(three, "1.0.0")
    three.fault(method="PUT" if switch else "POST", path="environmentConfiguration$", **fault)
    result = _run(three, version="1.9.0")
    assert (result["changed"], result["action"]) == (True, "update")
    assert result["previous_version"] == ("1.0.0" if switch else None)
    assert three.state.extensions.store.active(NAME) == "1.9.0"


@FAULTS
@pytest.mark.parametrize("place", range(4), ids=["configuration", "deactivation", "first version", "last version"])
def test_a_lost_answer_in_a_removal(three: RunningSandbox, fault: dict[str, Any], place: int) -> None:
    _run(three)
    object_id = _configure(three, "1.0.0")
    path = (object_id, "environmentConfiguration$", "1.0.0$", "1.10.0$")[place]
    three.fault(method="DELETE", path=path, **fault)
    result = _run(three, state="absent", remove_configurations=True, diff=True)
    assert (result.get("msg"), result["changed"], result["action"]) == (None, True, "delete")
    # All of it, and not only what was left after the fault.
    assert result["previous_version"] == "1.10.0"
    assert len(result["diff"]["before"]["configurations"]) == 1
    assert result["diff"]["before"]["versions"] == ["1.10.0", "1.9.0", "1.0.0"]
    assert _versions(three) == []


@pytest.mark.parametrize("writes", range(5))
def test_a_removal_that_was_killed_is_finished_by_the_next(
    three: RunningSandbox, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    """After so many writes; killed as by a signal, not by an error of ours."""
    _run(three)
    _configure(three, "1.0.0")
    left = itertools.count(writes, -1)
    for name in ("delete_configuration", "deactivate", "delete"):
        real = getattr(Extensions, name)

        def called(*args: Any, real: Callable[..., Any] = real) -> Any:
            if next(left) <= 0:
                raise KeyboardInterrupt
            return real(*args)

        monkeypatch.setattr(Extensions, name, called)
    with pytest.raises(KeyboardInterrupt):
        _run(three, state="absent", remove_configurations=True)
    assert len(three.writes) == writes
    monkeypatch.undo()
    assert _run(three, state="absent", remove_configurations=True)["changed"]
    assert _versions(three) == []
    assert not _run(three, state="absent", remove_configurations=True)["changed"]


def test_an_installation_that_was_killed_is_finished_by_the_next(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    sandbox.variants(hub_install_activates=False)
    monkeypatch.setattr(Extensions, "activate", killed)
    with pytest.raises(KeyboardInterrupt):
        _run(sandbox, name=HUB, source="hub")
    monkeypatch.undo()
    result = _run(sandbox, name=HUB, source="hub")
    assert (result["changed"], result["action"]) == (True, "update")


def test_an_error_in_the_middle_of_a_removal_says_what_was_done(three: RunningSandbox) -> None:
    _run(three)
    three.fault(method="DELETE", path="1.9.0$", kind="status", status=403)
    result = _run(three, state="absent")
    assert (result["failed"], result["changed"], result["action"]) == (True, True, "delete")
    assert f"Before that, {NAME} was deactivated; {NAME} 1.0.0 was deleted" in result["msg"]


@pytest.mark.parametrize("version", ["1.0.0", "1.9.0"])
def test_a_refused_deletion_is_sent_once(three: RunningSandbox, version: str) -> None:
    """Nobody was faster: the version is still there, not active and not configured."""
    three.fault(method="DELETE", path=f"{version}$", kind="status", status=400, times=9)
    result = _run(three, state="absent")
    assert (result["failed"], result["error"]["status"]) == (True, 400)
    assert three.writes.count(f"DELETE {VERSIONS}/{version}") == 1
    assert _versions(three)[0] == version


def test_an_activation_that_fails_after_an_installation_says_so(sandbox: RunningSandbox) -> None:
    sandbox.variants(hub_install_activates=False)
    sandbox.fault(method="POST", path="environmentConfiguration$", kind="status", status=400, times=3)
    result = _run(sandbox, name=HUB, source="hub")
    assert (result["failed"], result["changed"]) == (True, True)
    assert f"Before that, {HUB} 1.1.0 was installed from the Hub" in result["msg"]


@pytest.fixture
def rival(three: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Another pipeline that does something just after the module has looked for the first time."""

    def prepared(act: Callable[[], Any], run: str = "_Off") -> None:
        owner = getattr(extension, run)
        gather = owner._gather
        waiting = [act]

        def gathered(*args: Any) -> Any:
            found = gather(*args)
            if waiting:
                waiting.pop()()
            return found

        monkeypatch.setattr(owner, "_gather", gathered)

    return prepared


@pytest.mark.parametrize("other", ["switches", "refused"])
def test_another_pipeline_activates_another_version_first(three: RunningSandbox, rival: Any, other: str) -> None:
    three.variants(extension_activate_other=other)
    rival(lambda: _activate(three, "1.0.0"), "_Active")
    assert _run(three)["extension"]["version"] == "1.10.0"
    assert three.state.extensions.store.active(NAME) == "1.10.0"


def test_another_pipeline_activates_first(three: RunningSandbox, rival: Any) -> None:
    rival(lambda: _activate(three, "1.10.0"), "_Active")
    assert _run(three)["extension"]["version"] == "1.10.0"
    assert three.state.extensions.store.active(NAME) == "1.10.0"


def test_another_pipeline_deactivates_before_a_switch(three: RunningSandbox, rival: Any) -> None:
    _activate(three, "1.0.0")
    rival(lambda: _api(three, "DELETE", ACTIVE), "_Active")
    result = _run(three, version="1.9.0")
    assert (result["changed"], three.writes) == (True, [f"DELETE {ACTIVE}", f"PUT {ACTIVE}"])


def test_another_pipeline_deletes_the_version_first(three: RunningSandbox, rival: Any) -> None:
    rival(lambda: _api(three, "DELETE", f"{VERSIONS}/1.9.0"), "_Active")
    result = _run(three, version="1.9.0")
    assert (result["failed"], result["changed"], result["error"]["status"]) == (True, False, 404)


def test_another_pipeline_removes_it_first(three: RunningSandbox, rival: Any) -> None:
    rival(lambda: [_api(three, "DELETE", f"{VERSIONS}/{one}") for one in _versions(three)])
    result = _run(three, state="absent")
    assert (result.get("msg"), result["changed"], result["action"]) == (None, False, "none")


def test_another_pipeline_activates_in_a_removal(three: RunningSandbox, rival: Any) -> None:
    rival(lambda: _activate(three, "1.9.0"))
    assert _run(three, state="absent")["changed"]
    assert _versions(three) == []


def test_another_pipeline_configures_in_a_removal(three: RunningSandbox, rival: Any) -> None:
    """What was deleted by then is gone; the configuration is not."""

    def configure() -> None:
        _activate(three, "1.10.0")
        _configure(three, "1.10.0")

    three.variants(extension_deactivate_configured="refused")
    rival(configure)
    result = _run(three, state="absent")
    assert (result["failed"], result["changed"]) == (True, True)
    assert "has monitoring configurations" in result["msg"]
    assert _versions(three) == ["1.10.0"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_two_pipelines_at_once(three: RunningSandbox, state: str) -> None:
    """Processes of their own. Both end well, and at least one of them says that it did it."""
    if state == "absent":
        _activate(three, "1.0.0")
    three.state.options = Options(speed=1000, latency=0.05)
    common = {"environment_url": three.url, "api_token": TOKEN, "name": NAME, "retry_max_delay": 0.1, "state": state}
    try:
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(lambda dummy: run_module(MODULE, common), range(2)))
    finally:
        three.state.options = Options(speed=1000)
    assert [one.get("msg") for one in results if one.get("failed")] == []
    assert any(one["changed"] for one in results)
    assert _versions(three) == ([] if state == "absent" else ["1.0.0", "1.9.0", "1.10.0"])


@pytest.mark.parametrize(("again", "action"), [("empty", "create"), ("named", "create"), ("refused", "none")])
def test_another_pipeline_installs_first(sandbox: RunningSandbox, rival: Any, again: str, action: str) -> None:
    """A server that answers with success does not say that it had nothing to do."""
    sandbox.variants(hub_install_again=again)
    rival(lambda: _api(sandbox, "POST", f"{_paths(HUB)[0]}?version=1.1.0"), "_Active")
    result = _run(sandbox, name=HUB, source="hub")
    assert (result.get("msg"), result["changed"], result["action"]) == (None, action != "none", action)
