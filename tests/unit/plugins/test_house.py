# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How plugins/ and tests/sandbox/ are built: who knows whom, where things are, and how plain the code is."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import branches

ROOT = Path(__file__).resolve().parents[3]
UTILS = ROOT / "plugins" / "module_utils"
MODULES = sorted((ROOT / "plugins" / "modules").glob("*.py"))
COLLECTION = "ansible_collections.community.dynatrace."
# Folders whose files and folders are rooms; every other folder of plugins/ is one room.
SPLIT = ("plugins/module_utils", "plugins/plugin_utils", "tests/sandbox")


def _utils(*names: str) -> frozenset[str]:
    return frozenset(f"plugins/module_utils/_{name}" for name in names)


def _controller(*names: str) -> frozenset[str]:
    return frozenset(f"plugins/plugin_utils/_{name}" for name in names)


def _sandbox(*names: str) -> frozenset[str]:
    return frozenset(f"tests/sandbox/{name}" for name in names)


NOTHING: frozenset[str] = frozenset()
BASE = _utils("errors", "version", "clock", "lists", "text", "files")
HTTP = BASE | _utils("http")
ENGINE = HTTP | _utils("change", "task", "wait", "masking")
IMITATION = _sandbox("errors", "http", "shapes", "variants", "faults", "clock", "auth", "paging", "twin")

# The rooms from the ground up, and which ones each may import from. A room may know only rooms that stand above it in this table.
ROOMS: dict[str, frozenset[str]] = {
    "plugins/module_utils/_errors": NOTHING,
    "plugins/module_utils/_version": NOTHING,
    "plugins/module_utils/_lists": _utils("errors"),
    "plugins/module_utils/_text": NOTHING,
    "plugins/module_utils/_files": NOTHING,
    "plugins/module_utils/_masking": _utils("text"),
    "plugins/module_utils/_marks": NOTHING,
    "plugins/module_utils/_near": NOTHING,
    "plugins/module_utils/_patterns": NOTHING,
    "plugins/module_utils/_clock": _utils("errors"),
    "plugins/module_utils/_http": BASE,
    "plugins/module_utils/_credentials": HTTP,
    "plugins/module_utils/_connection": HTTP | _utils("credentials"),
    "plugins/module_utils/_wait": BASE,
    "plugins/module_utils/_change": HTTP | _utils("wait"),
    "plugins/module_utils/_task": HTTP | _utils("change", "wait", "masking"),
    "plugins/module_utils/_request": ENGINE,
    "plugins/module_utils/_activegates": ENGINE,
    "plugins/module_utils/_settings": ENGINE | _utils("marks", "patterns"),
    "plugins/module_utils/_packages": ENGINE,
    "plugins/module_utils/_credential_vault": ENGINE | _utils("packages"),
    "plugins/module_utils/_extensions": ENGINE | _utils("packages"),
    # Monitoring configurations are settings objects of an extension's own schema.
    "plugins/module_utils/_configurations": ENGINE | _utils("settings", "packages", "extensions"),
    # A recording is what all of them read.
    "plugins/module_utils/_sandbox": ENGINE | _utils("settings", "packages", "extensions", "activegates"),
    "plugins/module_utils/_module": ENGINE | _utils("connection", "near"),
    # A module names its declaration, its door, and the options that it shares with others.
    "plugins/modules": _utils(
        "module",
        "connection",
        "request",
        "activegates",
        "settings",
        "credential_vault",
        "extensions",
        "configurations",
        "sandbox",
    ),
    "plugins/doc_fragments": NOTHING,
    "plugins/plugin_utils/_encoding": NOTHING,
    "plugins/plugin_utils/_yaml": NOTHING,
    "plugins/plugin_utils/_words": NOTHING,
    "plugins/plugin_utils/_pages": _controller("words"),
    "plugins/plugin_utils/_window": NOTHING,
    "plugins/plugin_utils/_progress": _utils("wait") | _controller("words"),
    "plugins/plugin_utils/_surroundings": _utils("clock"),
    "plugins/plugin_utils/_arguments": _utils("errors", "module") | _controller("encoding"),
    "plugins/plugin_utils/_in_process": ENGINE
    | _utils("module", "connection")
    | _controller("arguments", "encoding", "progress", "surroundings"),
    "plugins/plugin_utils/_disk": _utils("files"),
    "plugins/plugin_utils/_folder": _utils("marks"),
    "plugins/plugin_utils/_filling": _utils("marks", "text") | _controller("folder", "yaml"),
    "plugins/plugin_utils/_export_files": _utils("errors") | _controller("yaml"),
    # A plan of settings, from its rows up to its files.
    "plugins/plugin_utils/_difference": NOTHING,
    "plugins/plugin_utils/_markdown": _controller("words"),
    "plugins/plugin_utils/_junit": _controller("words"),
    "plugins/plugin_utils/_plan_rows": _utils("lists") | _controller("difference"),
    "plugins/plugin_utils/_plan_words": _controller("plan_rows", "words", "yaml"),
    "plugins/plugin_utils/_plan": _controller("plan_rows", "plan_words"),
    "plugins/plugin_utils/_plan_page": _controller("difference", "pages", "plan_rows", "plan_words"),
    "plugins/plugin_utils/_plan_markdown": _controller("markdown", "plan_rows", "plan_words", "words"),
    "plugins/plugin_utils/_plan_junit": _controller("junit", "plan_rows", "plan_words"),
    "plugins/plugin_utils/_plan_files": _controller("plan_junit", "plan_markdown", "plan_page"),
    "plugins/plugin_utils/_error_table": _utils("lists", "text") | _controller("words"),
    "plugins/plugin_utils/_extension_plan": _utils("change", "errors", "text") | _controller("error_table"),
    "plugins/plugin_utils/_run_summary": _controller("error_table", "plan", "plan_rows", "words"),
    "plugins/plugin_utils/_rollout": _utils("activegates", "text") | _controller("error_table", "words"),
    "plugins/plugin_utils/_rollout_page": _utils("text") | _controller("rollout", "pages", "progress", "words"),
    "plugins/plugin_utils/_environments": _utils("lists", "marks") | _controller("filling", "folder"),
    # Monaco, from the values of its files up to the projects.
    "plugins/plugin_utils/_monaco_values": NOTHING,
    "plugins/plugin_utils/_monaco_classic": NOTHING,
    "plugins/plugin_utils/_monaco_yaml": _controller("monaco_values", "yaml"),
    "plugins/plugin_utils/_monaco_tree": NOTHING,
    "plugins/plugin_utils/_monaco_syntax": _controller("monaco_tree", "monaco_values"),
    "plugins/plugin_utils/_monaco_functions": _controller("monaco_values", "words"),
    "plugins/plugin_utils/_monaco_template": _utils("marks")
    | _controller("monaco_functions", "monaco_syntax", "monaco_tree", "monaco_values"),
    "plugins/plugin_utils/_monaco_project": _controller("monaco_values", "monaco_yaml"),
    "plugins/plugin_utils/_monaco_parameters": _utils("marks")
    | _controller("monaco_functions", "monaco_project", "monaco_template", "monaco_values"),
    "plugins/plugin_utils/_monaco": _utils("marks", "settings")
    | _controller(
        "environments",
        "monaco_classic",
        "monaco_parameters",
        "monaco_project",
        "monaco_template",
        "monaco_values",
        "words",
    ),
    "plugins/plugin_utils/_environments_report": _controller("error_table", "junit", "markdown", "pages", "words"),
    "plugins/plugin_utils/_object_id": NOTHING,
    "plugins/plugin_utils/_connections": _utils("errors", "http", "connection") | _controller("yaml"),
    "plugins/plugin_utils/_copy": _utils("lists", "marks") | _controller("error_table", "words"),
    "plugins/plugin_utils/_terraform_state": NOTHING,
    "plugins/plugin_utils/_terraform": _utils("lists") | _controller("object_id", "terraform_state", "words"),
    "plugins/plugin_utils/_settings_files": _utils("errors", "files", "lists", "text")
    | _controller("disk", "filling", "folder", "yaml")
    | {"plugins/modules"},
    "plugins/action": _controller("in_process", "settings_files", "export_files") | {"plugins/modules"},
    "plugins/filter": _utils("errors")
    | _controller("connections", "copy", "environments_report", "extension_plan", "filling", "folder", "terraform")
    | _controller("plan", "plan_files", "rollout", "rollout_page", "run_summary", "window", "words", "yaml"),
    "plugins/lookup": _utils("files", "lists", "text")
    | _controller(
        "disk", "folder", "monaco", "monaco_values", "settings_files", "terraform", "terraform_state", "yaml"
    ),
    "plugins/inventory": HTTP | _utils("activegates", "connection", "credentials", "masking"),
    # The sandbox knows nothing of plugins/: an imitation that shares code with what it tests proves nothing.
    "tests/sandbox/clock": NOTHING,
    "tests/sandbox/errors": NOTHING,
    "tests/sandbox/twin": NOTHING,
    "tests/sandbox/http": _sandbox("errors"),
    "tests/sandbox/metadata": _sandbox("http"),
    "tests/sandbox/shapes": _sandbox("http"),
    "tests/sandbox/variants": _sandbox("errors"),
    "tests/sandbox/faults": _sandbox("errors", "http", "shapes"),
    "tests/sandbox/paging": _sandbox("errors", "http"),
    "tests/sandbox/auth": _sandbox("errors", "http", "variants"),
    "tests/sandbox/activegates": IMITATION,
    "tests/sandbox/settings": IMITATION,
    "tests/sandbox/credential_vault": IMITATION,
    "tests/sandbox/extensions": IMITATION | _sandbox("activegates", "settings"),
    "tests/sandbox/control": IMITATION,
    "tests/sandbox/app": IMITATION
    | _sandbox("activegates", "settings", "credential_vault", "extensions", "control", "faults", "metadata"),
    "tests/sandbox/__main__": _sandbox("app", "twin"),
}

# Files of module_utils without a test file of their own, and what tests them instead.
OVER_HTTP = "does what its module does; tests/unit/plugins/modules has the module over HTTP"
UNTESTED = {
    "_activegates/info.py": OVER_HTTP,
    "_activegates/update_job.py": OVER_HTTP,
    "_activegates/update_job_info.py": OVER_HTTP,
    "_activegates/update_jobs.py": OVER_HTTP,
    "_configurations/configuration.py": OVER_HTTP,
    "_configurations/info.py": OVER_HTTP,
    "_credential_vault/certificate.py": OVER_HTTP,
    "_credential_vault/info.py": OVER_HTTP,
    "_extensions/extension.py": OVER_HTTP,
    "_extensions/info.py": OVER_HTTP,
    "_extensions/replacement.py": "test_extension_upload_replace.py has all ways of it over HTTP",
    "_extensions/upload.py": OVER_HTTP,
    "_request/api.py": OVER_HTTP,
    "_request/info.py": OVER_HTTP,
    "_sandbox/folder.py": "test_sandbox_record.py has all of it with real folders",
    "_sandbox/record.py": OVER_HTTP,
    "_settings/files.py": "test_settings_files.py has all of it with real folders",
    "_packages/archive.py": "test_package.py reads archives of all kinds through the package",
    "_packages/signature.py": "test_package.py and test_certificates.py check signatures",
    "_http/library.py": "an import under a guard",
    "_version.py": "a constant; the guards of modules compare it with galaxy.yml",
}
# Branches in 100 lines of plugin_utils. It may only fall.
MOST_OF_THE_CONTROLLER = 35.1
# Files beside api.py that are the API of something: the Hub, the platform's dialect, and the module whose subject is any endpoint.
APIS = {"_extensions/hub.py", "_extensions/platform.py", "_request/api.py", "_request/pages.py"}
SENDS = {"get", "post", "put", "delete", "upload", "download", "pages", "send"}
# Functions in which options become a value.
DOORS = {"ensure", "read", "from_params", "options_of", "hide"}
REFERENCE = re.compile(r"API facts,\s+((?:\d+(?:\.\d+)?(?:, | to | and )?)+)")
SECTION = re.compile(r"^(\d+(?:\.\d+)?) [^\n]+\n[-^]{4,}$", re.MULTILINE)


def python_files(folder: str) -> list[Path]:
    return sorted(path for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py")


def relative(path: Path) -> str:
    return path.relative_to(UTILS).as_posix()


def room_of(parts: list[str]) -> str:
    """The room of a file or of an imported name, by its parts below the root."""
    below = 3 if "/".join(parts[:2]) in SPLIT else 2
    return "/".join(parts[:below])


def rooms_known_by(path: Path) -> set[str]:
    """The rooms that a file imports from when it runs."""
    own = list(path.relative_to(ROOT).with_suffix("").parts)
    targets = [target for node in imports(ast.parse(path.read_text(encoding="utf-8"))) for target in named(node, own)]
    return {room_of(target) for target in targets} - {room_of(own)}


def imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All but those for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
        elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from imports(node)


def named(node: ast.Import | ast.ImportFrom, own: list[str]) -> Iterator[list[str]]:
    """What an import names within the checkout, by its parts. ``own``: the parts of the importing file."""
    if isinstance(node, ast.Import):
        modules = [(alias.name, "") for alias in node.names]
    else:
        package = ".".join(own[: len(own) - node.level]) + "." if node.level else ""
        modules = [(f"{package}{node.module or ''}".rstrip("."), alias.name) for alias in node.names]
    for module, name in modules:
        inside = module.removeprefix(COLLECTION)
        if inside.split(".")[0] in ("plugins", "tests"):
            yield [*inside.split("."), name]


class TestRooms:
    @pytest.mark.parametrize("room", ROOMS)
    def test_a_room_knows_only_what_is_below_it(self, room: str) -> None:
        files = python_files(room) if (ROOT / room).is_dir() else [ROOT / f"{room}.py"]
        assert files
        for path in files:
            assert rooms_known_by(path) <= ROOMS[room], path

    def test_none_knows_a_room_above(self) -> None:
        order = list(ROOMS)
        for room, known in ROOMS.items():
            assert known <= {*order[: order.index(room)], room}, room

    def test_every_room_is_in_the_table(self) -> None:
        files = [*python_files("plugins"), *python_files("tests/sandbox")]
        assert {room_of(list(path.relative_to(ROOT).with_suffix("").parts)) for path in files} == set(ROOMS)

    def test_the_guard_sees_imports_of_every_form(self) -> None:
        own = ["plugins", "module_utils", "_settings", "object"]
        text = (
            "from . import api\nfrom .._errors import InputError\nfrom .. import _clock\nimport json\n"
            f"from {COLLECTION}plugins.plugin_utils._yaml import load\nimport {COLLECTION}plugins.modules.api\n"
            "if TYPE_CHECKING:\n    from .._module import Module\n"
        )
        found = {room_of(target) for node in imports(ast.parse(text)) for target in named(node, own)}
        expected = {f"plugins/module_utils/{name}" for name in ("_settings", "_errors", "_clock")}
        assert found == {*expected, "plugins/plugin_utils/_yaml", "plugins/modules"}


class TestPlaces:
    """Each kind of thing has one place."""

    @pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
    def test_a_module_is_documentation_and_one_call(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        documented = sum((node.end_lineno or 0) - node.lineno + 1 for node in tree.body if isinstance(node, ast.Assign))
        assert len(text.splitlines()) - documented <= 80
        declared = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Module"
        ]
        assert len(declared) == 1
        (main,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert ast.unparse(main) == "def main() -> None:\n    MODULE.run()"

    def test_only_one_file_knows_ansible_module(self) -> None:
        for path in python_files("plugins"):
            if path.name != "_module.py":
                assert not re.search(r"\bAnsibleModule\b|\.(exit|fail)_json\(", path.read_text(encoding="utf-8")), path

    def test_only_the_clock_asks_for_the_time_or_sleeps(self) -> None:
        asking = re.compile(r"^\s*(?:import time\b|from time import)|\btime\.(?:time|monotonic|sleep)\(", re.MULTILINE)
        files = [path for path in python_files("plugins") if asking.search(path.read_text(encoding="utf-8"))]
        assert files == [UTILS / "_clock.py"]

    def test_lost_answers_are_caught_by_the_engine_alone(self) -> None:
        caught = [relative(path) for path in python_files("plugins/module_utils") for dummy in _catches(path)]
        assert len(caught) <= 3
        assert all(path.startswith("_change/") for path in caught)

    def test_only_an_api_calls_the_client(self) -> None:
        calling = {relative(path) for path in python_files("plugins/module_utils") if _calls_client(path)}
        calling = {path for path in calling if not path.startswith("_http/") and not path.endswith("/api.py")}
        assert calling <= APIS

    @pytest.mark.parametrize("path", python_files("plugins/filter"), ids=lambda path: path.stem)
    def test_a_filter_imports_what_it_needs_when_it_is_called(self, path: Path) -> None:
        """Ansible imports all filters of a collection in each task that uses one of them, for each host anew."""
        at_once = [
            node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)
        ]
        names = {
            str(node.module).removeprefix(f"{COLLECTION}plugins.") for node in at_once if COLLECTION in str(node.module)
        }
        assert names <= {"module_utils._errors", "plugin_utils._words"}

    @pytest.mark.parametrize("path", sorted(UTILS.rglob("*_plan.py")), ids=lambda path: path.stem)
    def test_a_plan_is_pure(self, path: Path) -> None:
        """It reaches neither files nor the clock, and nobody hands it a client, a journal or a task."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name for node in imports(tree) for alias in node.names}
        assert names.isdisjoint({"os", "tempfile", "subprocess", "requests", "_clock", "Client", "Journal", "Task"})
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert calls.isdisjoint({"open", "print", "input"})

    def test_options_are_read_at_the_door(self) -> None:
        """``params[...]`` stands in the file of a door or of its options, and in no method."""
        rooms = [path for path in python_files("plugins/module_utils") if path.parent not in (UTILS, UTILS / "_http")]
        late = [f"{relative(path)}: {name}" for path in rooms if path.name != "api.py" for name in _late_reads(path)]
        # The headers and query of a request are called params as well.
        assert [text for text in late if not text.startswith("_request/endpoint.py")] == []

    def test_every_file_has_its_tests(self) -> None:
        missing = set()
        for path in python_files("plugins/module_utils"):
            tests = ROOT / "tests" / "unit" / "plugins" / "module_utils" / Path(relative(path)).parent
            if not (tests / f"test_{path.stem.lstrip('_')}.py").is_file():
                missing.add(relative(path))
        assert missing == set(UNTESTED)


def _catches(path: Path) -> Iterator[ast.ExceptHandler]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler) and node.type and "LostAnswerError" in ast.unparse(node.type):
            yield node


def _greedy_functions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            parameters = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            if len([parameter for parameter in parameters if parameter.arg not in ("self", "cls")]) > 6:
                yield node.name


def _local_names(path: Path) -> Iterator[str]:
    """Of variables and parameters."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _calls_client(path: Path) -> bool:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SENDS:
            owner = ast.unparse(node.func.value)
            if re.search(r"(^|[._])client$", owner):
                return True
    return False


def _late_reads(path: Path) -> list[str]:
    """The functions that read an option below the door."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    reading = [function for function in functions if _reads_params(function)]
    is_door = any(function.name in DOORS for function in functions)
    return [function.name for function in reading if not is_door or _is_method(function)]


def _reads_params(function: ast.FunctionDef) -> bool:
    subscripts = [node for node in ast.walk(function) if isinstance(node, ast.Subscript)]
    return any(re.fullmatch(r"(.*\.)?params", ast.unparse(node.value)) for node in subscripts)


def _is_method(function: ast.FunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "self"


class TestPlainCode:
    def test_no_function_has_too_many_branches(self) -> None:
        paths = [path for folder in ("plugins", "extensions", "tests/sandbox") for path in python_files(folder)]
        found = [function for path in paths for function in branches.functions(path)]
        dense = [function for function in found if function.branches > branches.MOST_IN_A_FUNCTION]
        assert [f"{function.branches} in {function.place}" for function in dense] == []

    @pytest.mark.parametrize(
        "folder", sorted(path.name for path in UTILS.iterdir() if path.is_dir() and path.name[0] == "_")
    )
    def test_a_folder_is_not_dense(self, folder: str) -> None:
        assert self._density(sorted((UTILS / folder).glob("*.py"))) <= branches.MOST_IN_A_HUNDRED_LINES

    def test_the_files_beside_the_folders_are_not_dense(self) -> None:
        assert self._density(sorted(UTILS.glob("*.py"))) <= branches.MOST_IN_A_HUNDRED_LINES

    def test_the_controllers_files_become_no_denser(self) -> None:
        assert self._density(sorted((ROOT / "plugins" / "plugin_utils").glob("*.py"))) <= MOST_OF_THE_CONTROLLER

    def _density(self, files: list[Path]) -> float:
        return round(branches.density([function for path in files for function in branches.functions(path)]), 1)

    def test_no_function_takes_too_much(self) -> None:
        """More than six values are one value that has a name. An error is one, and the options of a filter are its users'."""
        allowed = {("_errors.py", "__init__"), ("_rollout.py", "objections")}
        greedy = {(path.name, name) for path in python_files("plugins") for name in _greedy_functions(path)}
        assert greedy == allowed

    def test_names_say_what_they_hold(self) -> None:
        empty = {"one", "found", "some", "gone"}
        folders = ("plugins", "tests/demo", "tests/sandbox", "tests/support", "tests/tools")
        paths = [path for folder in folders for path in python_files(folder)]
        names = {(path.name, name) for path in paths for name in _local_names(path)}
        assert [(path, name) for path, name in sorted(names) if name in empty] == []

    def test_no_two_classes_have_one_name(self) -> None:
        places = defaultdict(list)
        for path in [*python_files("plugins/module_utils"), *python_files("plugins/plugin_utils")]:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    places[node.name].append(path.relative_to(ROOT).as_posix())
        assert {name: files for name, files in places.items() if len(files) > 1} == {}


class TestFacts:
    """What is known of the API is on one page, and code refers to its sections."""

    TEXT = (ROOT / "docs" / "docsite" / "rst" / "api_facts.rst").read_text(encoding="utf-8")

    def test_every_reference_leads_to_a_section(self) -> None:
        sections = set(SECTION.findall(self.TEXT))
        assert {"0.1", "3.10", "7"} <= sections
        lost = []
        for path in _referring_files():
            for listed in REFERENCE.findall(path.read_text(encoding="utf-8")):
                numbers = re.findall(r"\d+(?:\.\d+)?", listed)
                lost += [f"{path.relative_to(ROOT)}: {number}" for number in numbers if number not in sections]
        assert lost == []

    def test_no_reference_is_of_another_form(self) -> None:
        for path in _referring_files():
            text = path.read_text(encoding="utf-8")
            assert "FACTS section" not in text, path
            assert len(re.findall(r"API facts,", text)) == len(REFERENCE.findall(text)), path


def _referring_files() -> list[Path]:
    folders = ("plugins", "tests", "docs", "roles", "playbooks", "extensions", "benchmarks")
    suffixes = (".py", ".rst", ".md", ".yml", ".yaml")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in suffixes]
    return [path for path in [*files, *ROOT.glob("*.md")] if path != Path(__file__)]
