# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in a process of its own, and run by its action plugin: nobody can tell from the result, nor from what was sent."""

from __future__ import annotations

import ast
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.cases import CASES, CONNECTED, LOCAL, SECRET, Case, write_package, written_folder
from tests.unit.plugins.modules.test_guards import MISPLACED, declared

ROOT = Path(__file__).resolve().parents[4]
# What differs from run to run: ids that the sandbox gives, and times.
_PASSING = re.compile(
    r"CREDENTIALS_VAULT-[0-9A-F]{16}"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z?"
    r"|-?\b\d{11,}\b"
    # Ids of objects and update tokens are made of ids and times.
    r"|vu9U3hX[\w-]{40,}"
)
WRONG: dict[str, Mapping[str, Any]] = {
    "type": {"timeout": "soon"},
    "a token elsewhere": {"validate_certs": TOKEN},
    "unknown": {"api_tokn": TOKEN},
    "no credentials": {"api_token": ""},
    "credentials in the address": {"environment_url": f"https://me:{SECRET}@dt.example.com"},
    "variable": {"retries": "many"},
}


def _refused(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="status", status=403, path=".*", times=1000)


def _cut_off(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="html", path=".*", times=1000)


FAILURES: dict[str, Callable[[RunningSandbox], None]] = {"refused": _refused, "a page": _cut_off}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


def outcome(
    sandbox: RunningSandbox,
    case: Case,
    package: Path,
    in_action: bool,
    before: Callable[[RunningSandbox], None] = lambda sandbox: None,
    **given: Any,
) -> tuple[Any, Any]:
    """The result of a case in a fresh sandbox, and what was sent: one request at a time, so that it is the same each time."""
    sandbox.state.reset()
    shutil.rmtree(written_folder(package), ignore_errors=True)
    case.prepare(sandbox)
    before(sandbox)
    sandbox.clear()
    sandbox.in_action = in_action
    try:
        one_at_a_time = {"parallel": 1} if "parallel" in declared(case.module).options else {}
        result = sandbox.run(case.module, **{**case.arguments(package), **one_at_a_time, **given})
    finally:
        sandbox.in_action = False
    sent = [[entry["method"], entry["path"], entry["query"]] for entry in sandbox.state.requests]
    # How often something is looked at that takes its time is another number in each run.
    requests = [request for index, request in enumerate(sent) if request[0] != "GET" or request not in sent[:index]]
    result.pop("exception", None)
    # Newer versions of ansible-core have objects for what a module gives as text.
    warnings = [str(getattr(text, "event", text)) for text in result.pop("warnings", [])]
    return _steady([result, bool(warnings)]), _steady(requests)


def _steady(value: Any) -> Any:
    """Without ids and times, which are others in each run."""
    if isinstance(value, Mapping):
        return {name: _steady(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_steady(item) for item in value]
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return _PASSING.sub("PASSING", str(value)) if _PASSING.search(str(value)) else value
    return value


class TestSame:
    @pytest.mark.parametrize("mode", ["real", "check"])
    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_what_is_right(self, sandbox: RunningSandbox, case: Case, package: Path, mode: str) -> None:
        given: dict[str, Any] = {"check": mode == "check", "diff": True}
        alone = outcome(sandbox, case, package, False, **given)
        assert not alone[0][0].get("failed"), alone
        assert bool(alone[1]) == (case.module not in LOCAL)
        assert outcome(sandbox, case, package, True, **given) == alone

    @pytest.mark.parametrize("failure", FAILURES)
    @pytest.mark.parametrize("case", CONNECTED, ids=str)
    def test_what_fails(self, sandbox: RunningSandbox, case: Case, package: Path, failure: str) -> None:
        given: dict[str, Any] = {"before": FAILURES[failure], "retries": 0}
        alone = outcome(sandbox, case, package, False, **given)
        assert alone[0][0]["failed"] is True
        assert outcome(sandbox, case, package, True, **given) == alone

    @pytest.mark.parametrize("module", MISPLACED)
    def test_options_of_another_shape(self, sandbox: RunningSandbox, package: Path, module: str) -> None:
        case = next(case for case in CASES if case.module == module)
        alone = outcome(sandbox, case, package, False, **MISPLACED[module])
        assert alone[0][0]["failed"] is True
        assert outcome(sandbox, case, package, True, **MISPLACED[module]) == alone

    @pytest.mark.parametrize("wrong", WRONG)
    @pytest.mark.parametrize("case", {case.module: case for case in CASES}.values(), ids=lambda case: case.module)
    def test_wrong_arguments(self, sandbox: RunningSandbox, case: Case, package: Path, wrong: str) -> None:
        alone = outcome(sandbox, case, package, False, **dict(WRONG[wrong]))
        assert alone[0][0]["failed"] is True
        assert alone[1] == []
        assert outcome(sandbox, case, package, True, **dict(WRONG[wrong])) == alone
        assert SECRET not in json.dumps(alone)
        assert TOKEN not in json.dumps(alone)


class TestFiles:
    def test_every_module_has_its_action_plugin_and_no_plugin_is_without_a_module(self) -> None:
        names = [{path.name for path in (ROOT / "plugins" / kind).glob("*.py")} for kind in ("modules", "action")]
        assert names[0] == names[1]

    @pytest.mark.parametrize("path", sorted((ROOT / "plugins" / "action").glob("*.py")), ids=lambda path: path.stem)
    def test_an_action_plugin_names_its_module_and_does_nothing_else(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imported = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
        base = "ansible_collections.community.dynatrace.plugins"
        expected = ["__future__", f"{base}.modules.{path.stem}", f"{base}.plugin_utils._in_process"]
        prepares = [name for name in imported if name not in expected]
        assert [name for name in imported if name in expected] == expected
        (action,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        assert ast.unparse(action).splitlines()[0] == "class ActionModule(InProcessAction):"
        assert ast.unparse(action.body[1]) == "module = MODULE"
        # One function of another file may prepare what only the controller can.
        assert [ast.unparse(node).split(" = ")[0] for node in action.body[2:]] == ["prepare"] * len(prepares)
