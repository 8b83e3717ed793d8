# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension and extension_upload, with an answer that goes wrong at each of their requests.

Either they succeed with exactly the wanted state, or they fail and are true about what was changed; and the same task again converges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.tampering import KINDS, Faults

pytestmark = pytest.mark.usefixtures("short_pauses")

NAME = "custom:demo"
HUB = "com.dynatrace.extension.sandbox-hub"
SEED = "com.dynatrace.extension.sandbox-seed"
State = tuple[tuple[str, ...], "str | None", int]


@dataclass(frozen=True)
class Case:
    """``stored``: versions of NAME at the beginning; ``active``: one of them. ``wanted``: versions, the active one, configurations."""

    module: str
    args: Mapping[str, Any]
    wanted: State
    requests: int
    name: str = NAME
    stored: tuple[str, ...] = ()
    active: str | None = None
    configured: str | None = None
    variants: Mapping[str, Any] = field(default_factory=dict)


CASES = {
    "upload": Case("extension_upload", {"activate": True}, (("1.0.0",), "1.0.0", 0), 4),
    "keep_versions": Case(
        "extension_upload",
        {"keep_versions": 1},
        (("0.1.0", "1.0.0"), "0.1.0", 0),
        8,
        stored=("0.1.0", "0.2.0"),
        active="0.1.0",
    ),
    "room": Case(
        "extension_upload",
        {"keep_versions": 9},
        ((*(f"0.{number}.0" for number in range(2, 10)), "1.0.0"), None, 0),
        11,
        stored=tuple(f"0.{number}.0" for number in range(10)),
        variants={"extension_validate_only": "content"},
    ),
    "delete": Case("extension_upload", {"state": "absent"}, ((), None, 0), 5, stored=("1.0.0",)),
    "activate": Case("extension", {"version": "1.0.0"}, (("1.0.0",), "1.0.0", 0), 6, stored=("1.0.0",)),
    "switch": Case("extension", {}, (("1.0.0", "2.0.0"), "2.0.0", 0), 6, stored=("1.0.0", "2.0.0"), active="1.0.0"),
    "hub": Case("extension", {"source": "hub"}, (("1.1.0",), "1.1.0", 0), 9, name=HUB),
    "hub update": Case(
        "extension",
        {"source": "hub"},
        (("1.0.0", "1.1.0", "1.2.0"), "1.2.0", 0),
        11,
        name=SEED,
        variants={"hub_install_beside": "refused"},
    ),
    "off": Case("extension", {"active": False}, (("1.0.0",), None, 0), 4, stored=("1.0.0",), active="1.0.0"),
    "absent": Case(
        "extension",
        {"state": "absent", "remove_configurations": True},
        ((), None, 0),
        9,
        stored=("1.0.0", "2.0.0"),
        active="1.0.0",
        configured="1.0.0",
    ),
}


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    made = Faults()
    made.install(monkeypatch)
    return made


@pytest.fixture
def prepared(sandbox: RunningSandbox, tmp_path: Path) -> Callable[[Case], dict[str, Any]]:
    """Brings the sandbox to the beginning of a case, and gives the arguments of its task."""

    def prepare(case: Case) -> dict[str, Any]:
        path = tmp_path / "new.zip"
        path.write_bytes(build_package(NAME, "1.0.0"))
        for version in case.stored:
            _post(sandbox, "", data=build_package(NAME, version), headers={"Content-Type": "application/octet-stream"})
        if case.active:
            _post(sandbox, f"/{NAME}/environmentConfiguration", json={"version": case.active})
        if case.configured:
            value = {"version": case.configured, "enabled": True, "description": "d"}
            _post(sandbox, f"/{NAME}/monitoringConfigurations", json=[{"scope": "environment", "value": value}])
        sandbox.variants(**case.variants)
        which = {"path": str(path)} if case.module == "extension_upload" else {"name": case.name}
        return {"wait_timeout": 1, "retries": 2, **which, **case.args}

    return prepare


def _post(sandbox: RunningSandbox, path: str, **more: Any) -> None:
    headers = {"Authorization": f"Api-Token {TOKEN}", **more.pop("headers", {})}
    requests.post(f"{sandbox.url}/api/v2/extensions{path}", headers=headers, timeout=10, **more).raise_for_status()


def _state(sandbox: RunningSandbox, name: str) -> State:
    store, configurations = sandbox.state.extensions.store, sandbox.state.extensions.configurations
    if name not in store.names():
        return (), None, 0
    versions = tuple(one.version for one in store.versions(name))
    return versions, store.active(name), len(configurations.of(name))


@pytest.mark.parametrize("name", CASES)
def test_what_is_sent(sandbox: RunningSandbox, faults: Faults, prepared: Any, name: str) -> None:
    """So that the next test meets each request."""
    case = CASES[name]
    result = sandbox.run(case.module, **prepared(case))
    assert (result.get("msg"), _state(sandbox, case.name)) == (None, case.wanted)
    assert len(faults.seen) == case.requests, faults.seen


EACH = [(name, begin) for name, case in CASES.items() for begin in range(case.requests)]


@pytest.mark.parametrize("times", [1, 1000], ids=["once", "from there on"])
@pytest.mark.parametrize(("name", "begin"), EACH, ids=[f"{name} {begin}" for name, begin in EACH])
def test_what_goes_wrong(
    sandbox: RunningSandbox, faults: Faults, prepared: Any, name: str, begin: int, times: int
) -> None:
    """A few kinds at each request; others at the next ones."""
    case = CASES[name]
    for kind in KINDS[(begin + times) % 12 :: 12]:
        sandbox.state.reset()
        args = {**prepared(case), "wait_timeout": 1 if times == 1 else 0}
        before = _state(sandbox, case.name)
        faults.begin_anew(kind, begin, times)
        result = sandbox.run(case.module, **args)
        there, where = _state(sandbox, case.name), f"{kind}: {result}"
        if not result.get("failed"):
            assert there == case.wanted, where
            assert result["changed"], where
        elif there == before:
            assert not result["changed"] or result["error"]["unknown"], where
        else:
            assert result["changed"] or result["error"]["unknown"], where
        if result["changed"] is False and not result["error"]["unknown"]:
            assert there == before, where
        faults.begin_anew("", 0, 0)
        args["wait_timeout"] = 1
        again = sandbox.run(case.module, **args)
        assert (again.get("msg"), _state(sandbox, case.name)) == (None, case.wanted), where
        assert not sandbox.run(case.module, **args)["changed"], where
