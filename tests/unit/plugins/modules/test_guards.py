# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module keeps to. A new module is under these guards as soon as its file is there."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils import _connection
from ansible_collections.community.dynatrace.plugins.module_utils._version import VERSION

from tests.support.module import PACKAGE, printed_by
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.cases import CASES, SECRET, Case, write_package

ROOT = Path(__file__).resolve().parents[4]
FILES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
MODULES = [path.stem for path in FILES]
CHANGING = [case for case in CASES if case.action is not None]
OAUTH_SECRET = "dt0s02.GUARD.OAUTHSECRET"
NEVER_PRINTED = (SECRET, TOKEN.rsplit(".", 1)[1], OAUTH_SECRET.rsplit(".", 1)[1])
# Ways to authenticate, by the name of a variable.
WAYS: dict[str, dict[str, str]] = {
    "api_token": {"api_token": TOKEN},
    "oauth": {
        "oauth_client_id": "dt0s02.GUARD",
        "oauth_client_secret": OAUTH_SECRET,
        "oauth_token_url": "{url}/sso/oauth2/token",
    },
}


def _shown() -> list[Case]:
    """One case for each road that a result takes to the screen: with an action plugin, and without one."""
    with_action = {path.stem for path in (ROOT / "plugins" / "action").glob("*.py")}
    first = {case.module: case for case in reversed(CHANGING)}
    return [one for name, one in first.items() if name in with_action or name == "settings_object"]


SHOWN = _shown()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


def document(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """DOCUMENTATION, EXAMPLES and RETURN of a module file."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found[getattr(node.targets[0], "id", "")] = yaml.safe_load(str(node.value.value))
    return found["DOCUMENTATION"], found["EXAMPLES"], found["RETURN"]


def specification(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The argument spec of a module and its rules (required_if and the like)."""
    module = importlib.import_module(PACKAGE + name)
    with mock.patch.object(module, "run") as run:
        module.main()
    dummy, options = run.call_args.args[:2]
    rules = {
        key: value for key, value in run.call_args.kwargs.items() if key not in ("scopes", "scopes_if", "withheld")
    }
    return {**_connection.common_options(), **options}, rules


class TestBehaviour:
    def test_every_module_has_cases(self) -> None:
        assert {case.module for case in CASES} == set(MODULES)
        writing = {name for name in MODULES if not name.endswith("_info")}
        assert {case.module for case in CHANGING} == writing

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_check_mode_only_reads_and_predicts_the_real_run(
        self, sandbox: RunningSandbox, case: Case, package: Path
    ) -> None:
        case.prepare(sandbox)
        sandbox.clear()
        predicted = sandbox.run(case.module, check=True, diff=True, **case.arguments(package))
        assert not predicted.get("failed"), predicted
        assert sandbox.writes == []
        assert not [text for text in sandbox.sent if text.startswith("DELETE")]
        sandbox.clear()
        real = sandbox.run(case.module, diff=True, **case.arguments(package))
        assert not real.get("failed"), real
        for key in ("changed", "action", "diff"):
            assert predicted.get(key) == real.get(key), key
        assert real.get("action") == case.action
        assert set(predicted) - {"validated"} == set(real)
        if case.action is None:
            assert sandbox.writes == []
        else:
            assert real["changed"] is True
            assert predicted["validated"] in ("server", "local")

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_a_second_run_changes_nothing(self, sandbox: RunningSandbox, case: Case, package: Path) -> None:
        case.prepare(sandbox)
        first = sandbox.run(case.module, **case.arguments(package))
        sandbox.clear()
        second = sandbox.run(case.module, diff=True, **case.arguments(package))
        assert second["changed"] is False
        assert sandbox.writes == []
        assert set(second) - {"diff"} == set(first) - {"diff"}
        if case.action is not None:
            assert second["action"] == "none"
            sides = second["diff"] if isinstance(second["diff"], list) else [second["diff"]]
            assert all(side["before"] == side["after"] for side in sides)

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_results_hold_nothing_that_ansible_reads_as_its_own(
        self, sandbox: RunningSandbox, case: Case, package: Path
    ) -> None:
        case.prepare(sandbox)
        result = sandbox.run(case.module, diff=True, **case.arguments(package))
        for name, value in result.items():
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, Mapping) and name not in ("diff", "invocation"):
                    assert not {"failed", "skipped", "rc"} & set(item), name

    @pytest.mark.parametrize("way", WAYS)
    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_nothing_secret_is_in_what_a_module_prints(
        self, sandbox: RunningSandbox, case: Case, package: Path, way: str
    ) -> None:
        """As it runs with -vvvv, when its invocation is in the result: a real run and a failure."""
        case.prepare(sandbox)
        main = importlib.import_module(PACKAGE + case.module).main
        common = {"environment_url": sandbox.url, "retry_max_delay": 0.01, **_credentials(sandbox, way)}
        given = {**common, **case.arguments(package)}
        printed = [printed_by(main, given, diff=True)]
        if case.action is not None:
            printed.append(printed_by(main, {**given, "state": "no such state"}))
            assert '"failed": true' in printed[-1]
        assert all('"invocation": {' in text for text in printed)
        _keeps_secrets(sandbox, "".join(printed))

    @pytest.mark.timeout(200)
    def test_nothing_secret_is_printed_at_the_highest_verbosity(
        self, sandbox: RunningSandbox, package: Path, tmp_path: Path
    ) -> None:
        """What Ansible with -vvvv makes of it, which is the same for all modules but those with an action plugin."""
        for case in SHOWN:
            if case.module.startswith("extension"):  # the others would freeze the jobs that some wait for
                case.prepare(sandbox)
        output = _played(sandbox, package, tmp_path)
        assert output.count('"invocation": {') > 2 * len(SHOWN)
        _keeps_secrets(sandbox, output)


def _credentials(sandbox: RunningSandbox, way: str) -> dict[str, str]:
    return {name: value.format(url=sandbox.url) for name, value in WAYS[way].items()}


def _keeps_secrets(sandbox: RunningSandbox, text: str) -> None:
    for secret in (*NEVER_PRINTED, *sandbox.state.tokens._issued):
        assert secret not in text


def _played(sandbox: RunningSandbox, package: Path, folder: Path) -> str:
    """What ansible-playbook prints of SHOWN. Values lie in a file of variables, since the playbook's own text is shown."""
    tasks: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for index, case in enumerate(SHOWN):
        arguments = case.arguments(package)
        values.update({f"v{index}_{name}": value for name, value in arguments.items()})
        given = {name: f"{{{{ v{index}_{name} }}}}" for name in arguments}
        name = f"community.dynatrace.{case.module}"
        tasks.append({"name": f"{case} {index}", name: given, "diff": True, "ignore_errors": True})
        if case.action is not None:
            broken = {**given, "state": "no such state"}
            tasks.append({"name": f"{case} {index} failing", name: broken, "ignore_errors": True})
    for way in WAYS:
        values[way] = {"environment_url": sandbox.url, "retry_max_delay": 0.01, **_credentials(sandbox, way)}
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/community.dynatrace.all": f"{{{{ {way} }}}}"},
            "tasks": some,
        }
        for way, some in (("api_token", tasks), ("oauth", tasks[:2]))
    ]
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    (folder / "play.yml").write_text(json.dumps(plays), encoding="utf-8")
    command = [
        Path(sys.executable).with_name("ansible-playbook"),
        "-vvvv",
        "-e",
        f"@{folder}/values.json",
        folder / "play.yml",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert sandbox.state.tokens._issued
    return done.stdout + done.stderr


class TestDocumentation:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_examples_fit_the_argument_spec(self, path: Path) -> None:
        spec, rules = specification(path.stem)
        validator = ArgumentSpecValidator(
            spec,
            **{
                key: value
                for key, value in rules.items()
                if key in ("mutually_exclusive", "required_if", "required_one_of")
            },
        )
        dummy, examples, dummy = document(path)
        ours = [(task["name"], task[key]) for task in examples for key in task if key.endswith(f".{path.stem}")]
        assert ours, "no example uses the module by its whole name"
        for name, args in ours:
            given = {key: _filled(value, spec.get(key, {})) for key, value in args.items()}
            assert validator.validate(given).error_messages == [], name

    def test_snippets_in_the_readme_fit_the_argument_spec(self) -> None:
        blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        # A block that is no list is a file that some plugin reads; its own tests look at it.
        lists = [loaded for loaded in map(yaml.safe_load, blocks) if isinstance(loaded, list)]
        tasks = [one for loaded in lists for item in loaded for one in item.get("tasks", [item])]
        used = set()
        for task in tasks:
            for key, args in task.items():
                if key.startswith("community.dynatrace."):
                    name = key.rsplit(".", 1)[1]
                    spec, dummy = specification(name)
                    given = {option: _filled(value, spec.get(option, {})) for option, value in (args or {}).items()}
                    assert ArgumentSpecValidator(spec).validate(given).error_messages == [], task["name"]
                    used.add(name)
        assert used == set(MODULES)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_fragments_scopes_and_version(self, path: Path) -> None:
        documentation, dummy, returned = document(path)
        attributes = "community.dynatrace.attributes" + (".info" if path.stem.endswith("_info") else "")
        can_wait = (ROOT / "plugins" / "action" / path.name).is_file()
        progress = ["community.dynatrace.progress"] if can_wait else []
        assert documentation["extends_documentation_fragment"] == ["community.dynatrace.auth", *progress, attributes]
        assert ("progress" in specification(path.stem)[0]) is can_wait
        assert any("scope" in note for note in documentation["notes"])
        assert _numbers(documentation["version_added"]) <= _numbers(VERSION)
        assert all("sample" in one for one in returned.values())
        assert "error" in returned

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_results_are_documented(self, path: Path, sandbox: RunningSandbox, package: Path) -> None:
        dummy, dummy, returned = document(path)
        for case in (one for one in CASES if one.module == path.stem):
            sandbox.state.reset()
            case.prepare(sandbox)
            result = sandbox.run(case.module, check=True, **case.arguments(package))
            assert set(result) - {"changed", "invocation", "warnings", "deprecations"} <= set(returned)

    @pytest.mark.parametrize("name", MODULES)
    def test_named_where_people_look(self, name: str) -> None:
        assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")
        scenario = f"reading/{name}.yml" if name.endswith("_info") else f"{name}/molecule.yml"
        assert (ROOT / "extensions" / "molecule" / scenario).is_file()

    def test_the_scenario_of_what_only_reads_is_complete(self) -> None:
        folder = ROOT / "extensions" / "molecule" / "reading"
        imported = yaml.safe_load((folder / "converge.yml").read_text(encoding="utf-8"))
        wanted = [f"{name}.yml" for name in MODULES if name.endswith("_info")]
        assert [one["ansible.builtin.import_playbook"] for one in imported] == wanted

    def test_the_action_group_is_complete(self) -> None:
        runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
        assert runtime["action_groups"]["all"] == MODULES

    def test_one_version(self) -> None:
        galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
        assert galaxy["version"] == VERSION


def _filled(value: Any, option: Mapping[str, Any]) -> Any:
    """A template in an example stands for something of the option's type."""
    below = option.get("options")
    if below and isinstance(value, list):
        return [_filled(item, option) for item in value]
    if below and isinstance(value, dict):
        return {name: _filled(item, below.get(name, {})) for name, item in value.items()}
    if not isinstance(value, str) or "{{" not in value:
        return value
    sample_list = [] if option.get("elements") == "dict" else ["x"]
    return {"bool": True, "int": 1, "float": 1.0, "list": sample_list, "dict": {"x": "y"}}.get(
        option.get("type", "str"), "text"
    )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", str(version))]


_UTILS = "plugins/module_utils"
_BASE = {f"{_UTILS}/{name}" for name in ("_errors", "_version")}
_HTTP = {*_BASE, f"{_UTILS}/_http"}
_ENGINE = {*_HTTP, *(f"{_UTILS}/{name}" for name in ("_change", "_task", "_wait"))}


def _below(*rooms: str) -> set[str]:
    return {*_ENGINE, *(f"{_UTILS}/{room}" for room in rooms)}


# Who may know whom. A room that is missing here fails a test.
ROOMS: dict[str, set[str]] = {
    f"{_UTILS}/_errors": set(),
    f"{_UTILS}/_version": set(),
    f"{_UTILS}/_http": _BASE,
    f"{_UTILS}/_credentials": _HTTP,
    f"{_UTILS}/_connection": {*_HTTP, f"{_UTILS}/_credentials"},
    f"{_UTILS}/_wait": _BASE,
    f"{_UTILS}/_task": {*_HTTP, f"{_UTILS}/_change", f"{_UTILS}/_wait"},
    f"{_UTILS}/_change": {*_HTTP, f"{_UTILS}/_wait"},
    f"{_UTILS}/_request": _below(),
    f"{_UTILS}/_activegates": _below(),
    f"{_UTILS}/_settings": _below(),
    f"{_UTILS}/_packages": _below(),
    f"{_UTILS}/_credential_vault": _below("_packages"),
    f"{_UTILS}/_extensions": _below("_packages"),
    # Monitoring configurations are settings objects of an extension's own schema.
    f"{_UTILS}/_configurations": _below("_settings", "_packages", "_extensions"),
    f"{_UTILS}/_module": _below("_connection"),
    "tests/sandbox": set(),
}
_IMPORTED = re.compile(
    r"^\s*(?:from|import) ansible_collections\.community\.dynatrace\.(\S+)(?: import (.*))?$", re.MULTILINE
)


def _rooms_known_by(path: Path) -> set[str]:
    """The rooms that a file imports from, as folders or files of the checkout without their endings."""
    found = set()
    for package, names in _IMPORTED.findall(path.read_text(encoding="utf-8")):
        parts = package.split(".")
        if len(parts) > 2:
            found.add("/".join(parts[:3]))
        else:
            found |= {"/".join([*parts, name.split(" as ")[0].strip()]) for name in names.strip("()").split(",")}
    return found


class TestHouse:
    """The rooms know their neighbours below, never above."""

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_a_module_is_documentation_and_one_call(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = sum((node.end_lineno or 0) - node.lineno + 1 for node in tree.body if isinstance(node, ast.Assign))
        assert len(path.read_text(encoding="utf-8").splitlines()) - documented <= 80
        calls = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "run"
        ]
        assert len(calls) == 1

    @pytest.mark.parametrize("room", ROOMS)
    def test_a_room_knows_only_what_is_below_it(self, room: str) -> None:
        files = list((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / f"{room}.py"]
        assert files
        for path in files:
            assert _rooms_known_by(path) - {room} <= ROOMS[room], path

    def test_every_room_is_in_the_table(self) -> None:
        folder = ROOT / _UTILS
        found = {f"{_UTILS}/{path.stem}" for path in folder.glob("_*") if not path.name.startswith("__")}
        assert found == {room for room in ROOMS if room.startswith(_UTILS)}

    def test_only_one_file_knows_ansible_module(self) -> None:
        for path in (ROOT / "plugins").rglob("*.py"):
            if path.name != "_module.py":
                assert not re.search(r"\bAnsibleModule\b|\.(exit|fail)_json\(", path.read_text(encoding="utf-8")), path
