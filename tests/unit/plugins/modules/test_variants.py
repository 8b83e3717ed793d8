# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever the real server does about what nobody knows: check mode predicts the run, and a second run changes nothing.

The guide's table says which module depends on which variant of the sandbox; that is what runs here.
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.app import Options, Sandbox
from tests.sandbox.variants import Variants
from tests.support.packages import keys
from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.modules.cases import CASES, LOCAL, Case, write_package, written_folder

ROOT = Path(__file__).resolve().parents[4]
GUIDE = ROOT / "docs" / "docsite" / "rst" / "guide_sandbox.rst"
MODULES = frozenset(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
_ROW = re.compile(r"^  \* - ``(\w+)``\n    - (.+)\n    - (.+)$", re.MULTILINE)
_ALL = "all that take OAuth"
DECLARED = Sandbox(Options()).variants.listed()
PLATFORM = {"api_token": None, "platform_token": "dt0s16.SANDBOX.PLATFORMTOKEN"}


@dataclass(frozen=True)
class Row:
    """Of the guide's table."""

    variant: str
    choices: str
    modules: frozenset[str]


def rows() -> list[Row]:
    text = GUIDE.read_text(encoding="utf-8")
    table = text[text.index("What nobody knows of the real server\n---") :]
    return [
        Row(name, choices, frozenset() if modules == _ALL else frozenset(modules.split(", ")))
        for name, choices, modules in _ROW.findall(table)
    ]


ROWS = rows()
# Values of variants that take any, other than what is so by itself.
FREE: Mapping[str, Any] = {
    "available_added": ["1.346.50.20261106-101112"],
    "configured_target_version": "1.345",
    "extension_activate_older_words": "{name} {newest} is in use by a monitoring configuration",
    "extension_activation_seconds": 3,
    "extension_assets_errors": ["dashboard.json is not valid"],
    "extension_assets_seconds": 3,
    "extension_busy_seconds": 3,
    "extension_install_seconds": 3,
    "extension_schema_seconds": 3,
    "extension_scopes_refused": ["HOST"],
    "extension_status_seconds": 3,
    "fleet_missing": ["907316642"],
    "fleet_offline": ["907316642"],
    "job_outcome": "FAILED",
    "job_pending_seconds": 20,
    "job_running_seconds": 20,
    "restart_seconds": 20,
    "settings_unlisted_schemas": ["builtin:sandbox.quota"],
}
# What an API token cannot do then, or what only the platform's API does.
ONLY_PLATFORM = (
    ("platform_page_key", "page-key"),
    ("platform_page_key", "next-page-key"),
    ("platform_page_key", "page-key alone"),
    ("platform_status_timestamp", "date"),
    ("settings_app_schemas", "OAuth"),
    ("settings_permissions_api_token", "refuse"),
)
# They say how something ends. It may end badly, and then the task fails and is true about what it did.
ENDS = ("extension_assets_errors", "extension_status", "job_outcome")
# Whoever waits for the end of this waits until his time is over; the module's own tests have a clock that jumps.
ENDLESS = (("extension_status", "UNKNOWN"),)
_ZONE = "builtin:management-zones"
_PROFILE = {"name": "by number", "managementZone": "-4292415658385853785", "severityRules": [], "eventFilters": []}
_TICKETING = {"name": "variants", "user": "u", "password": "a-secret"}


def _zone(sandbox: RunningSandbox) -> None:
    made = sandbox.run("settings_object", schema_id=_ZONE, value={"name": "variants"})
    assert not made.get("failed"), made


# What only shows in other tasks than the guards'.
MORE = {
    "settings_set_repeated": Case(
        "settings_object",
        {"schema_id": "builtin:sandbox.tag-rule", "value": {"name": "twice", "tags": ["a", "a", "b"]}},
        "create",
    ),
    "settings_empty_collections": Case("settings_object", {"schema_id": _ZONE, "value": {"name": "empty"}}, "create"),
    "settings_zone_number": Case(
        "settings_object",
        {"schema_id": "builtin:alerting.profile", "external_id": "variants", "value": _PROFILE},
        "create",
        _zone,
    ),
    "settings_app_schemas": Case(
        "settings_object",
        {"schema_id": "app:sandbox.ticketing:connection", "external_id": "variants", "value": _TICKETING},
        "create",
    ),
    "settings_single_object_post": Case(
        "settings_object", {"schema_id": "builtin:sandbox.audit", "value": {"enabled": True}}, "create"
    ),
}


def _choices(name: str) -> list[Any]:
    """Those that are not so by themselves; all other tests run under that one. But what needs a task of its own runs under all."""
    if name in FREE:
        return [FREE[name]]
    choices = DECLARED[name]["choices"][0 if name in MORE else 1 :]
    return [choice for choice in choices if (name, choice) not in ENDLESS]


def _trials(number: int, module: str) -> list[tuple[str, Any]]:
    """Variants with their values under which a case may behave differently; of MORE only those of its own variant."""
    own = list(MORE)[number - len(CASES)] if number >= len(CASES) else ""
    due = [row.variant for row in ROWS if module in row.modules and own in ("", row.variant)]
    return [(variant, choice) for variant in due for choice in _choices(variant)]


# It runs in ansible-rulebook, and has tests of its own (tests/unit/eda).
EVENT_SOURCE = "the event source settings_history"


def test_the_table_has_all_of_them() -> None:
    assert [row.variant for row in ROWS] == sorted(DECLARED)
    for row in ROWS:
        choices = [str(one).lower() if isinstance(one, bool) else str(one) for one in DECLARED[row.variant]["choices"]]
        assert row.choices in ("any", ", ".join(f"``{one}``" for one in choices)), row.variant
        assert (row.choices == "any") == (row.variant in FREE or row.variant == "oauth_expires_in")
        assert row.modules <= {*MODULES, EVENT_SOURCE}, row.variant


def test_every_module_that_sends_a_write_depends_on_something() -> None:
    named = frozenset().union(*(row.modules for row in ROWS))
    assert {name for name in MODULES if not name.endswith("_info")} - named == set(LOCAL)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The variants that the sandbox has looked at."""
    names: set[str] = set()
    look = Variants.__getitem__

    def seen(self: Variants, name: str) -> Any:
        names.add(name)
        return look(self, name)

    monkeypatch.setattr(Variants, "__getitem__", seen)
    return names


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("number", "case"), list(enumerate([*CASES, *MORE.values()])), ids=str)
def test_predicted_done_and_then_unchanged(
    sandbox: RunningSandbox, tmp_path: Path, asked: set[str], number: int, case: Case
) -> None:
    """Under what the sandbox asks for while the case runs: under any other variant all would be as it is without."""
    trials = _trials(number, case.module)
    package = write_package(tmp_path)
    for on_platform in sorted({_on_platform(*trial) for trial in trials}):
        _try(sandbox, case, package, on_platform)
        due = [trial for trial in trials if trial[0] in asked and _on_platform(*trial) == on_platform]
        for variant, choice in due:
            with _named(f"{variant}={choice}"):
                _try(sandbox, case, package, on_platform, variant, choice)
        asked.clear()


@contextlib.contextmanager
def _named(trial: str) -> Iterator[None]:
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"under {trial}: {error}") from error


def _on_platform(variant: str, choice: Any) -> bool:
    return (variant, choice) in ONLY_PLATFORM


def _try(
    sandbox: RunningSandbox, case: Case, package: Path, on_platform: bool, variant: str = "", choice: Any = None
) -> None:
    sandbox.state.reset()
    shutil.rmtree(written_folder(package), ignore_errors=True)
    wanted = {variant: choice} if variant else {}
    if (variant, choice) == ("extension_roots", "vault"):
        sandbox.run("extension_certificate", content=keys().ca_pem.decode())
    if variant in ENDS:  # what a case needs for itself wins over it
        sandbox.variants(**wanted)
    case.prepare(sandbox)
    if variant not in ENDS:
        sandbox.variants(**wanted)
    run = _runner(sandbox, case, package, on_platform)
    sandbox.clear()
    predicted = run(True)
    assert sandbox.writes == []
    real = run(False)
    assert not predicted.get("failed"), predicted
    if variant in ENDS and real.get("failed"):
        assert real["changed"] is bool(sandbox.writes)
        assert real["error"]["done"]
        return
    assert not real.get("failed"), real
    for key in ("changed", "action", "diff"):
        assert predicted.get(key) == real.get(key), key
    sandbox.clear()
    second = run(False)
    assert not second.get("failed"), second
    assert second["changed"] is False
    assert sandbox.writes == []


def _runner(sandbox: RunningSandbox, case: Case, package: Path, on_platform: bool) -> Callable[[bool], dict[str, Any]]:
    given = {**case.arguments(package), **(PLATFORM if on_platform else {})}
    return lambda check: sandbox.run(case.module, check=check, diff=True, **given)
