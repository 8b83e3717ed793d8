# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every module keeps to. A new module is under these guards as soon as its file is there."""

from __future__ import annotations

import ast
import importlib
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._version import VERSION

from tests.support.module import PACKAGE, printed_by
from tests.support.playbook import Played, play
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.docs import snippets
from tests.unit.plugins.modules.cases import CASES, LOCAL, SECRET, Case, write_package, written_folder

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


# One case of each module, one that changes something where there is one.
SHOWN = {case.module: case for case in [*reversed(CASES), *reversed(CHANGING)]}.values()
# Fragments of a room, which only some of its modules have.
SHARED_OPTIONS = {"community.dynatrace.activegate_filters"}
# Texts where options have suboptions: ansible-core forgets then which options are secret.
MISPLACED: dict[str, dict[str, Any]] = {
    "settings_object_permission": {"accessors": ["all_users"]},
    "settings_objects": {"prune": "x"},
    "extension_monitoring_configuration": {"configurations": ["x"]},
    "api": {"validator": "x"},
}


# What is done with configurations, and the configurations; a certificate, and anything that a file holds; an address below the
# environment's, a file, and many; what is searched for in the Hub, and the parameters of an address.
OF_SEVERAL_MEANINGS = {"configurations", "content", "path", "query"}
# A job of an ActiveGate takes an hour, a rollout a night, an extension some minutes: who waits for which is not the same.
OF_SEVERAL_DEFAULTS = {"wait", "wait_timeout"}


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


def declared(name: str) -> Module:
    """The MODULE of a module file."""
    module: Module = importlib.import_module(PACKAGE + name).MODULE
    return module


def _sides(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    diff = result.get("diff", [])
    return diff if isinstance(diff, list) else [diff]


def _undocumented(row: Mapping[str, Any], returned: Mapping[str, Any]) -> set[str]:
    """The keys of a result, and of the dictionaries in it, that the documentation does not name."""
    missing = set(row) - set(returned)
    for name in set(row) & {name for name, one in returned.items() if "contains" in one}:
        for inner in row[name] if isinstance(row[name], list) else [row[name] or {}]:
            missing |= {f"{name}.{key}" for key in _undocumented(inner, returned[name]["contains"])}
    return missing


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
        assert not written_folder(package).exists()
        sandbox.clear()
        real = sandbox.run(case.module, diff=True, **case.arguments(package))
        assert not real.get("failed"), real
        for key in ("changed", "action", "diff"):
            assert predicted.get(key) == real.get(key), key
        assert not [side for side in _sides(real) if {} in (side["before"], side["after"])], "shown as a line {}"
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
            assert all(side["before"] == side["after"] for side in _sides(second))

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
        if case.module in LOCAL:
            common = {}
        given = {**common, **case.arguments(package)}
        printed = [printed_by(main, given, diff=True)]
        if case.action is not None:
            printed.append(printed_by(main, {**given, "state": "no such state"}))
            assert '"failed": true' in printed[-1]
        assert all('"invocation": {' in text for text in printed)
        _keeps_secrets(sandbox, "".join(printed))

    @pytest.mark.timeout(300)
    @pytest.mark.parametrize("in_process", ["true", "false"])
    def test_nothing_secret_is_printed_at_the_highest_verbosity(
        self, sandbox: RunningSandbox, package: Path, tmp_path: Path, in_process: str
    ) -> None:
        """What Ansible with -vvvv makes of right and of wrong arguments, on the screen, in its log, and in registered results.

        Executing a module costs a second, and what each prints itself is looked at above; so a few stand for all.
        """
        shown = [case for case in SHOWN if in_process == "true" or case.module in (*MISPLACED, "settings_object")]
        for case in shown:
            if case.module.startswith("extension"):  # the others would freeze the jobs that some wait for
                case.prepare(sandbox)
        found = _played(sandbox, package, tmp_path, shown, in_process)
        assert found.code == 0, found.output[-3000:]
        assert sandbox.state.tokens._issued
        assert found.output.count('"invocation": {') > 3 * len(shown)
        executed = [case.module for case in shown if f"AnsiballZ_{case.module}.py" in found.output]
        assert len(executed) == (0 if in_process == "true" else len(shown))
        registered = json.dumps(found.seen) + (tmp_path / "registered.json").read_text(encoding="utf-8")
        _keeps_secrets(sandbox, found.output + found.log + registered)


def _credentials(sandbox: RunningSandbox, way: str) -> dict[str, str]:
    return {name: value.format(url=sandbox.url) for name, value in WAYS[way].items()}


def _keeps_secrets(sandbox: RunningSandbox, text: str) -> None:
    for secret in (*NEVER_PRINTED, *sandbox.state.tokens._issued):
        assert secret not in text


def _played(sandbox: RunningSandbox, package: Path, folder: Path, shown: Sequence[Case], in_process: str) -> Played:
    """Cases as playbooks run them. Values lie in a file of variables, since the playbook's own text is shown."""
    tasks: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for index, case in enumerate(shown):
        arguments = case.arguments(package)
        values.update({f"v{index}_{name}": value for name, value in arguments.items()})
        given = {name: f"{{{{ v{index}_{name} }}}}" for name in arguments}
        misplaced = [MISPLACED[case.module]] if case.module in MISPLACED else []
        for number, more in enumerate([{}, {"timeout": "soon"}, {"api_tokn": "{{ misspelt }}"}, *misplaced]):
            task = {"name": f"{case} {index} {number}", f"community.dynatrace.{case.module}": {**given, **more}}
            tasks.append({**task, "diff": True, "ignore_errors": True, "register": f"r{index}_{number}"})
    for way in WAYS:
        values[way] = {"environment_url": sandbox.url, "retry_max_delay": 0.01, **_credentials(sandbox, way)}
    values["misspelt"] = TOKEN
    (folder / "values.json").write_text(json.dumps(values), encoding="utf-8")
    names = ", ".join(task["register"] for task in tasks)
    content = {"dest": str(folder / "registered.json"), "content": f"{{{{ [{names}] | to_json }}}}"}
    plays = [
        {
            "hosts": "localhost",
            "gather_facts": False,
            "module_defaults": {"group/community.dynatrace.all": f"{{{{ {way} }}}}"},
            "tasks": some,
        }
        for way, some in (
            ("api_token", [*tasks, {"ansible.builtin.copy": content, "no_log": True}]),
            ("oauth", [task for task in tasks if "community.dynatrace.settings_object" in task]),
        )
    ]
    variables = {"DYNATRACE_IN_PROCESS": in_process}
    options = ["-vvvv", "-e", f"@{folder}/values.json"]
    return play(folder, plays, variables=variables, arguments=options, timeout=280)


class TestDocumentation:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_examples_fit_the_argument_spec(self, path: Path) -> None:
        module = declared(path.stem)
        spec = module.argument_spec
        validator = ArgumentSpecValidator(spec, **module.rules)
        dummy, examples, dummy = document(path)
        ours = [(task["name"], task[key]) for task in examples for key in task if key.endswith(f".{path.stem}")]
        assert ours, "no example uses the module by its whole name"
        for name, args in ours:
            given = {key: _filled(value, spec.get(key, {})) for key, value in args.items()}
            assert validator.validate(given).error_messages == [], name

    def test_snippets_of_readme_and_guides_fit_the_argument_spec(self) -> None:
        found = [one for path in snippets.DOCUMENTS for one in snippets.read(path)]
        blocks = [one.text for one in found if one.language in ("yaml", "yaml+jinja")]
        # A block that is not a list is a file that some plugin reads; its own tests look at it.
        lists = [loaded for loaded in map(yaml.safe_load, blocks) if isinstance(loaded, list)]
        plays = [task for loaded in lists for item in loaded for task in item.get("tasks", [item])]
        tasks = [one for task in plays for one in task.get("block", [task])]
        used = set()
        for task in tasks:
            for key, args in task.items():
                if key.startswith("community.dynatrace."):
                    name = key.rsplit(".", 1)[1]
                    spec = declared(name).argument_spec
                    given = {option: _filled(value, spec.get(option, {})) for option, value in (args or {}).items()}
                    assert ArgumentSpecValidator(spec).validate(given).error_messages == [], task["name"]
                    used.add(name)
        assert used == set(MODULES)

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
    def test_fragments_scopes_and_version(self, path: Path) -> None:
        documentation, dummy, returned = document(path)
        attributes = "community.dynatrace.attributes" + (".info" if path.stem.endswith("_info") else "")
        can_wait = "progress" in declared(path.stem).options
        progress = ["community.dynatrace.progress"] if can_wait else []
        auth = [] if path.stem in LOCAL else ["community.dynatrace.auth"]
        fragments = [name for name in documentation["extends_documentation_fragment"] if name not in SHARED_OPTIONS]
        assert fragments == [*auth, *progress, attributes]
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
            own = {name: result[name] for name in set(result) - {"changed", "invocation", "warnings", "deprecations"}}
            assert _undocumented(own, returned) == set()
            always = {
                name for name, one in returned.items() if one["returned"] in ("success", "always", "in check mode")
            }
            assert always <= set(own)

    @pytest.mark.parametrize("name", MODULES)
    def test_named_where_people_look(self, name: str) -> None:
        assert f"`{name}`" in (ROOT / "README.md").read_text(encoding="utf-8")
        scenario = f"reading/{name}.yml" if name.endswith("_info") else f"{name}/molecule.yml"
        assert (ROOT / "extensions" / "molecule" / scenario).is_file()

    @pytest.mark.parametrize("name", [name for name in MODULES if name not in LOCAL])
    def test_the_automation_platform_can_count_what_it_manages(self, name: str) -> None:
        """Each module that sends requests by its own name, and what its query reads is documented as returned."""
        text = (ROOT / "extensions" / "audit" / "event_query.yml").read_text(encoding="utf-8")
        queries = yaml.safe_load(text)
        assert list(queries) == [f"community.dynatrace.{one}" for one in MODULES if one not in LOCAL]
        query = queries[f"community.dynatrace.{name}"]["query"]
        assert all(part in query for part in ("name: ", "canonical_facts: {", "facts: {device_type: "))
        dummy, dummy, returned = document(ROOT / "plugins" / "modules" / f"{name}.py")
        source = re.match(r"\.(\w+)(\[\]| // empty) \| ", query)
        if source is None:
            assert query.startswith("{name: .invocation.module_args.environment_url,")
            return
        sample = returned[source[1]]["sample"]
        row = sample[0] if source[2] == "[]" else sample
        assert set(re.findall(r"[:/] \(?\.(\w+)", query)) <= set(row)
        # An ActiveGate whose job was cancelled is known by its id alone, and a node needs a name.
        assert "name: .hostname" not in query

    def test_the_scenario_of_what_only_reads_is_complete(self) -> None:
        folder = ROOT / "extensions" / "molecule" / "reading"
        imported = yaml.safe_load((folder / "converge.yml").read_text(encoding="utf-8"))
        wanted = [f"{name}.yml" for name in MODULES if name.endswith("_info")]
        assert [one["ansible.builtin.import_playbook"] for one in imported] == wanted

    def test_the_action_group_is_complete(self) -> None:
        runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
        # What connects to nothing has none of the options that people set for all.
        assert runtime["action_groups"]["all"] == [name for name in MODULES if not declared(name).is_local]
        assert sorted(LOCAL) == [name for name in MODULES if declared(name).is_local]

    def test_one_version(self) -> None:
        galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
        assert galaxy["version"] == VERSION


class TestOptions:
    def test_those_of_one_name_are_alike(self) -> None:
        """Of one type, and with one default where they have any, unless they mean different things."""
        forms: dict[str, set[str]] = defaultdict(set)
        defaults: dict[str, set[str]] = defaultdict(set)
        for name, option in itertools.chain.from_iterable(_options(declared(module).options) for module in MODULES):
            forms[name].add(f"{option.get('type', 'str')} {option.get('elements')} {option.get('no_log', False)}")
            defaults[name].update([] if option.get("default") is None else [repr(option["default"])])
        assert {name for name, various in forms.items() if len(various) > 1} == OF_SEVERAL_MEANINGS
        assert {name for name, various in defaults.items() if len(various) > 1} == OF_SEVERAL_DEFAULTS


def _options(declarations: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """With those below."""
    for name, option in declarations.items():
        yield name, option
        yield from _options(option.get("options", {}))


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
