# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of scopes in the guide is what modules ask for and what the sandbox demands of them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from tests.sandbox.activegates.versions import NEWEST
from tests.sandbox.auth import ALL_SCOPES, Tokens
from tests.sandbox.http import Endpoint
from tests.support.configurations import NAME as CONFIGURED
from tests.support.configurations import ship
from tests.support.module import PACKAGE, run_in_process
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.docs.snippets import ROOT
from tests.unit.plugins.modules.cases import CASES, LOCAL, Case, write_package

GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_authentication.rst"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
# The endpoint decides.
_ANY = ("api", "api_info")
_PLATFORM_TOKEN = "dt0s16.SANDBOX.PLATFORMTOKEN"
# The sandbox demands it where a setting is another owner's, which the list of an endpoint's scopes does not say.
_ADMIN = "settings:objects:admin"


@dataclass(frozen=True)
class Cell:
    """``always``: before the first semicolon; ``sometimes``: after it; ``by_option``: those of them right after an option's name."""

    always: frozenset[str]
    sometimes: frozenset[str]
    by_option: dict[str, list[str]]

    @classmethod
    def of(cls, text: str) -> Cell:
        first, *others = text.split(";")
        rest = ";".join(others)
        by_option: dict[str, list[str]] = {}
        for option, scope in re.findall(r"with ``(\w+(?:=\w+)?)`` ``([\w:.-]+)``", rest):
            by_option.setdefault(option, []).append(scope)
        return cls(frozenset(_scopes(first)), frozenset(_scopes(rest)), by_option)

    @property
    def named(self) -> frozenset[str]:
        return self.always | self.sometimes


def _scopes(text: str) -> list[str]:
    found = re.findall(r"``([\w:.-]+)``", text)
    return [one for one in found if re.search(r"[.:]", one) or one in ALL_SCOPES]


def _table() -> dict[str, tuple[Cell, Cell]]:
    """The cells for API tokens and for the platform, by module and plugin."""
    text = GUIDE.read_text(encoding="utf-8").split("guide_authentication.scopes:\n", 1)[1]
    rows = re.findall(r"^  \* - (.+)\n    - (.+)\n    - (.+)$", text, re.MULTILINE)
    found: dict[str, tuple[Cell, Cell]] = {}
    for names, *cells in rows[1:]:
        for name in re.findall(r"``(\w+)``", names):
            assert name not in found, f"{name} is there twice"
            found[name] = Cell.of(cells[0]), Cell.of(cells[1])
    return found


TABLE = _table()
_SEED = "com.dynatrace.extension.sandbox-seed"
_GATE = "1730152904"
_NAMES = [name for name in MODULES if name not in LOCAL]


def _with_configuration(sandbox: RunningSandbox) -> None:
    ship(sandbox, "1.0.0", active="1.0.0")
    value = {"description": "one", "pythonRemote": {"endpoints": [{"url": "https://one.example.com"}]}}
    made = sandbox.run(
        "extension_monitoring_configuration", extension_name=CONFIGURED, scope="ag_group-one", value=value
    )
    assert not made.get("failed"), made


def _strict_hub(sandbox: RunningSandbox) -> None:
    sandbox.variants(hub_install_beside="refused")


# What the cases of the guards leave out: ways that need a scope of their own, or one less.
_MORE = [
    Case("extension", {"name": _SEED, "source": "hub"}, "create", _strict_hub),
    Case(
        "extension", {"name": CONFIGURED, "state": "absent", "remove_configurations": True}, None, _with_configuration
    ),
    Case("extension_info", {"name": _SEED, "monitoring_configurations": True}),
    Case("activegate_update_jobs", {"activegate_ids": [_GATE], "target_version": NEWEST, "poll_interval": 0.02}),
]


@pytest.fixture
def demanded(sandbox: RunningSandbox) -> Iterator[list[frozenset[str]]]:
    """The alternatives that each request needs one of."""
    found: list[frozenset[str]] = []
    check = Tokens.check

    def spy(self: Tokens, authorization: str | None, platform: bool, endpoint: Endpoint) -> Any:
        found.extend(
            frozenset(one for one in scopes if (":" in one) is platform)
            for scopes in (endpoint.scopes, endpoint.also)
            if scopes
        )
        return check(self, authorization, platform, endpoint)

    with mock.patch.object(Tokens, "check", spy):
        yield found


def _demands(
    module: str, platform: bool, sandbox: RunningSandbox, demanded: list[frozenset[str]], package: Path
) -> list[set[frozenset[str]]]:
    """For each case of a module what its requests need, in check mode and after it for real."""
    credentials = {"platform_token": _PLATFORM_TOKEN} if platform else {"api_token": TOKEN}
    found = []
    for case in (one for one in [*CASES, *_MORE] if one.module == module):
        sandbox.state.reset()
        case.prepare(sandbox)
        demanded.clear()
        for is_check in (True, False):
            args = {"environment_url": sandbox.url, **credentials, **case.arguments(package)}
            result = run_in_process(module, args, check=is_check)
            assert not result.get("failed"), result
        found.append(set(demanded))
    return found


def test_every_module_and_inventory_plugin_has_a_row() -> None:
    plugins = [path.stem for path in (ROOT / "plugins" / "inventory").glob("[!_]*.py")]
    assert sorted(TABLE) == sorted([*MODULES, *plugins])


@pytest.mark.parametrize("name", _NAMES)
class TestModules:
    def test_oauth_is_asked_for_the_column(self, name: str) -> None:
        """Also that each option which reaches for the objects of others asks for its scope."""
        asked = importlib.import_module(PACKAGE + name).MODULE
        assert TABLE[name][1].always == set(asked.scopes)
        assert TABLE[name][1].by_option == asked.scopes_if
        assert ("admin_access" in asked.scopes_if) == ("admin_access" in asked.options)

    def test_its_documentation_names_them(self, name: str) -> None:
        text = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
        unnamed = {scope for cell in TABLE[name] for scope in cell.named if f"C({scope})" not in text}
        assert not unnamed

    @pytest.mark.parametrize("platform", [False, True], ids=["api-token", "platform"])
    def test_the_server_demands_no_more_and_no_less(
        self, name: str, platform: bool, sandbox: RunningSandbox, demanded: list[frozenset[str]], tmp_path: Path
    ) -> None:
        if name in _ANY:
            assert not any(cell.named for cell in TABLE[name])
            return
        cell = TABLE[name][platform]
        cases = _demands(name, platform, sandbox, demanded, write_package(tmp_path))
        together = {one for some in cases for one in some}
        assert together
        assert [sorted(one) for one in together if not one & cell.named] == [], "requests that no named scope allows"
        idle = {scope for scope in cell.named if not any(one & cell.named == {scope} for one in together)}
        assert idle <= {_ADMIN}, "scopes that nothing needs"
        assert any(all(one & cell.always for one in some) for some in cases), (
            "the scopes before the semicolon are not enough"
        )
