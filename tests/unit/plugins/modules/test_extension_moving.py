# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configurations that follow the active version (option configurations of extension), on both APIs."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.moving import ConfigurationMover

from tests.support.configurations import NAME, api, package, ship
from tests.support.sandbox import RunningSandbox

PLATFORM: dict[str, Any] = {"api_token": None, "platform_token": "dt0s16.SANDBOX.PLATFORMSECRET"}
SECRET = "hush-SECRET-hush"
MOVE: dict[str, Any] = {"name": NAME, "configurations": "move"}
_PATHS = {
    False: (f"/v2/extensions/{NAME}/environmentConfiguration", f"/v2/extensions/{NAME}/monitoringConfigurations"),
    True: (
        f"/platform/extensions/v2/extensions/{NAME}/environment-configuration",
        f"/platform/extensions/v2/extensions/{NAME}/monitoring-configurations",
    ),
}

pytestmark = pytest.mark.usefixtures("short_pauses")


@pytest.fixture(params=[{}, PLATFORM], ids=["classic", "platform"])
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


def _configure(sandbox: RunningSandbox, *versions: str) -> list[str]:
    """A configuration for each version; their ids."""
    items = [
        {
            "scope": "ag_group-default",
            "value": {
                "description": f"c{index}",
                "enabled": True,
                "version": version,
                "dtAttributes": {"dt.cost.product": "shop"},
                "pythonRemote": {
                    "endpoints": [{"url": "https://one.example.com", "password": SECRET}],
                    "interval": 10,
                    "mode": "fast",
                    "token": SECRET,
                },
            },
        }
        for index, version in enumerate(versions)
    ]
    rows = api(sandbox, "POST", f"/{NAME}/monitoringConfigurations", json=items)
    sandbox.clear()
    return [row["objectId"] for row in rows]


def _values(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    stored = sandbox.state.extensions.configurations.of(NAME)
    return sorted((copy.deepcopy(one.value) for one in stored), key=lambda value: str(value["description"]))


def _state(sandbox: RunningSandbox) -> tuple[str | None, list[str]]:
    return sandbox.state.extensions.store.active(NAME), [value["version"] for value in _values(sandbox)]


def _predicted(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, which check mode predicts."""
    check = sandbox.run("extension", check=True, diff=True, **args)
    assert sandbox.writes == []
    sandbox.clear()
    real = sandbox.run("extension", diff=True, **args)
    for key in (
        "failed",
        "changed",
        "action",
        "diff",
        "extension",
        "previous_version",
        "moved_configurations",
        "reason",
    ):
        assert check.get(key) == real.get(key), key
    return real


def test_up(sandbox: RunningSandbox, way: dict[str, Any]) -> None:
    """The activation first, then the configurations; of those nothing but the version."""
    ship(sandbox, "1.0.0", "2.0.0", active="1.0.0")
    ids = _configure(sandbox, "1.0.0", "2.0.0", "1.0.0")
    before = _values(sandbox)
    result = _predicted(sandbox, **MOVE, version="2.0.0", **way)
    assert (result["action"], result["previous_version"]) == ("update", "1.0.0")
    environment, configurations = _PATHS[bool(way)]
    assert sandbox.writes == [f"PUT {environment}", *sorted(f"PUT {configurations}/{ids[index]}" for index in (0, 2))]
    assert _values(sandbox) == [{**value, "version": "2.0.0"} for value in before]
    assert sorted(row["configuration_id"] for row in result["moved_configurations"]) == sorted([ids[0], ids[2]])
    own, *moves = result["diff"]
    assert (own["before"]["active_version"], own["after"]["active_version"]) == ("1.0.0", "2.0.0")
    assert {(move["before"]["version"], move["after"]["version"]) for move in moves} == {("1.0.0", "2.0.0")}
    assert len(moves) == 2
    assert SECRET not in json.dumps(result)
    sandbox.clear()
    again = _predicted(sandbox, **MOVE, version="2.0.0", **way)
    assert (again["changed"], sandbox.writes) == (False, [])


@pytest.mark.parametrize("status", [400, 409])
def test_down(sandbox: RunningSandbox, way: dict[str, Any], status: int) -> None:
    """The configurations first, since the server refuses the activation below them."""
    sandbox.variants(extension_activate_older=status)
    ship(sandbox, "1.0.0", "2.0.0", active="2.0.0")
    (one,) = _configure(sandbox, "2.0.0")
    kept = _predicted(sandbox, name=NAME, version="1.0.0", **way)
    assert (kept["failed"], kept["changed"], sandbox.writes) == (True, False, [])
    assert "cannot be activated while monitoring configurations use newer versions" in kept["msg"]
    assert [row["configuration_id"] for row in kept["configurations"]] == [one]
    sandbox.clear()
    result = _predicted(sandbox, **MOVE, version="1.0.0", **way)
    environment, configurations = _PATHS[bool(way)]
    assert sandbox.writes == [f"PUT {configurations}/{one}", f"PUT {environment}"]
    assert (result.get("msg"), _state(sandbox)) == (None, ("1.0.0", ["1.0.0"]))


def test_an_active_version_with_old_configurations(sandbox: RunningSandbox, way: dict[str, Any]) -> None:
    ship(sandbox, "1.0.0", "2.0.0", active="2.0.0")
    _configure(sandbox, "1.0.0", "2.0.0")
    shown = sandbox.run("extension_info", name=NAME, monitoring_configurations=True, **way)["extensions"][0]
    assert [row["version"] for row in shown["outdated_configurations"]] == ["1.0.0"]
    sandbox.clear()
    result = _predicted(sandbox, **MOVE, version="2.0.0", **way)
    assert (result["action"], len(result["diff"]), _state(sandbox)) == ("update", 1, ("2.0.0", ["2.0.0", "2.0.0"]))


@pytest.mark.parametrize(
    ("remote", "text"),
    [
        ({"mode": None}, "no property mode"),
        (
            {"interval": {"type": "integer", "nullable": False, "constraints": [{"type": "RANGE", "minimum": 11}]}},
            "interval",
        ),
        ({"added": {"type": "text", "nullable": False}}, "added is missing"),
    ],
)
def test_what_the_other_version_refuses_stops_it_before_the_activation(
    sandbox: RunningSandbox, way: dict[str, Any], remote: dict[str, Any], text: str
) -> None:
    ship(sandbox, "1.0.0", active="1.0.0")
    content = package("2.0.0", remote)
    api(sandbox, "POST", "", data=content, headers={"Content-Type": "application/octet-stream"})
    _configure(sandbox, "1.0.0")
    sandbox.clear()
    result = _predicted(sandbox, **MOVE, version="2.0.0", **way)
    assert (result["failed"], result["changed"], sandbox.writes) == (True, False, [])
    assert "version 2.0.0 of custom:configured does not allow the values" in result["msg"]
    assert text in result["msg"]
    assert SECRET not in json.dumps(result)
    assert _state(sandbox) == ("1.0.0", ["1.0.0"])


@pytest.mark.parametrize(("start", "target"), [("1.0.0", "2.0.0"), ("2.0.0", "1.0.0")])
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_run_that_was_killed_is_finished_by_the_next(
    sandbox: RunningSandbox,
    way: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    start: str,
    target: str,
    steps: int,
) -> None:
    ship(sandbox, "1.0.0", "2.0.0", active=start)
    _configure(sandbox, start, start, start)
    move, left = ConfigurationMover.move, [None] * steps

    def killed(*args: Any) -> None:
        if not left:
            raise KeyboardInterrupt
        left.pop()
        move(*args)

    monkeypatch.setattr(ConfigurationMover, "move", killed)
    with pytest.raises(KeyboardInterrupt):
        sandbox.run("extension", **MOVE, version=target, **way)
    monkeypatch.undo()
    assert _state(sandbox)[1].count(target) == steps
    result = sandbox.run("extension", **MOVE, version=target, **way)
    assert (result.get("msg"), _state(sandbox)) == (None, (target, [target] * 3))
    assert len(result["moved_configurations"]) == 3 - steps


def test_a_failure_in_the_middle_says_what_was_done(sandbox: RunningSandbox, way: dict[str, Any]) -> None:
    ship(sandbox, "1.0.0", "2.0.0", active="1.0.0")
    last = max(_configure(sandbox, "1.0.0", "1.0.0"))
    sandbox.fault(method="PUT", path=f"{last}$", kind="status", status=403, times=9)
    result = sandbox.run("extension", **MOVE, version="2.0.0", **way)
    assert (result["failed"], result["changed"], result["previous_version"]) == (True, True, "1.0.0")
    assert [row["version"] for row in result["moved_configurations"]] == ["2.0.0"]
    assert any("was moved from version 1.0.0 to 2.0.0" in text for text in result["error"]["done"])


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "truncate", "html"])
@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_lost_answers(sandbox: RunningSandbox, way: dict[str, Any], kind: str, version: str) -> None:
    ship(sandbox, "1.0.0", "2.0.0", active="3.0.0".replace("3", "2" if version == "1.0.0" else "1"))
    _configure(sandbox, "2.0.0" if version == "1.0.0" else "1.0.0")
    sandbox.fault(method="PUT", path=".", kind=kind, times=2)
    result = sandbox.run("extension", **MOVE, version=version, **way)
    assert (result.get("msg"), result["changed"], _state(sandbox)) == (None, True, (version, [version]))
    assert len(result["moved_configurations"]) == 1


def test_somebody_deletes_a_configuration_meanwhile(
    sandbox: RunningSandbox, way: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(sandbox, "1.0.0", "2.0.0", active="1.0.0")
    ids = _configure(sandbox, "1.0.0", "1.0.0")
    check = ConfigurationMover.check

    def checked(*args: Any) -> None:
        check(*args)
        sandbox.state.extensions.configurations.delete(NAME, ids[0])

    monkeypatch.setattr(ConfigurationMover, "check", checked)
    result = sandbox.run("extension", **MOVE, version="2.0.0", **way)
    assert (result.get("msg"), _state(sandbox)) == (None, ("2.0.0", ["2.0.0"]))
    assert [row["configuration_id"] for row in result["moved_configurations"]] == [ids[1]]


def test_an_upload_of_an_older_version_is_told_why_it_is_not_activated(
    sandbox: RunningSandbox, way: dict[str, Any], tmp_path: Any
) -> None:
    ship(sandbox, "2.0.0", active="2.0.0")
    _configure(sandbox, "2.0.0")
    path = tmp_path / "older.zip"
    path.write_bytes(package("1.0.0"))
    result = sandbox.run("extension_upload", path=str(path), activate=True, **way)
    assert (result["failed"], result["changed"]) == (True, True)
    assert "cannot be activated while monitoring configurations use newer versions" in result["msg"]
