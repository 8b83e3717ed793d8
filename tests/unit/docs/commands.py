# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands of the guides that a test does not run, because they install, download or serve: what is checked of them instead."""

from __future__ import annotations

import ast
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from tests.sandbox.__main__ import _parser
from tests.tools.setup import ROOT

_VARIABLE = re.compile(r"E\((\w+)\)|name: ((?:DYNATRACE|DT)_\w+)")


def _galaxy() -> dict[str, str]:
    return dict(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8")))


def _make(words: list[str]) -> bool:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    known = {"P", "ARGS", "PORT", "SPEED", "PYTHON", "VERSION"}
    given = words[1:]
    return bool(given) and all(word in targets or word.split("=")[0] in known for word in given)


def _clone(words: list[str]) -> bool:
    return words[1:] == ["clone", f"{_galaxy()['repository']}.git"]


def _export(words: list[str]) -> bool:
    text = (ROOT / "plugins" / "doc_fragments" / "auth.py").read_text(encoding="utf-8")
    known = {name for found in _VARIABLE.findall(text) for name in found}
    return all(word.split("=")[0] in known or word.startswith("ANSIBLE_") for word in words[1:])


def _install(words: list[str]) -> bool:
    galaxy = _galaxy()
    right = (f"community.dynatrace:{galaxy['version']}", "dist/community-dynatrace-*.tar.gz")
    return words[1:3] == ["collection", "install"] and words[3:] != [] and all(word in right for word in words[3:])


def _library(words: list[str]) -> bool:
    """The one that the modules need."""
    return words[2:] == ["requests"]


def _pip(words: list[str]) -> bool:
    """What the sandbox imports, no more and no less, named as setting up names it."""
    text = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8").lower()
    listed = set(re.findall(r"^([\w.-]+(?:\[\w+\])?)", text, re.MULTILINE))
    wanted = {word.lower() for word in words[words.index("install") + 1 :]}
    return wanted <= listed and {word.partition("[")[0] for word in wanted} == _imported(ROOT / "tests" / "sandbox")


def _imported(folder: Path) -> set[str]:
    """The packages of others that the code in a folder needs."""
    nodes = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom) and node.level == 0}
    foreign = {name.partition(".")[0] for name in names} - sys.stdlib_module_names
    return {"pyyaml" if name == "yaml" else name for name in foreign}


def _serve(words: list[str]) -> bool:
    arguments = words[words.index("tests.sandbox") + 1 :]
    return bool(_parser().parse_args(arguments))


def _build_image(words: list[str]) -> bool:
    """It takes the definition that lies in the checkout."""
    return (
        words[1:4] == ["build", "-v3", "--tag"] and len(words) == 5 and (ROOT / "execution-environment.yml").is_file()
    )


def _set_up_awx(words: list[str]) -> bool:
    """The tests of tests/unit/awx run it; here there is no AWX."""
    name = words[1].removeprefix("community.dynatrace.").replace(".", "/")
    return (ROOT / "playbooks" / f"{name}.yml").is_file() and words[2:3] == ["-e"]


def _watch(words: list[str]) -> bool:
    """The test of the rulebooks runs them; a document would have to wait for an event."""
    arguments = dict(zip(words[1::2], words[2::2], strict=True))
    name = arguments.get("--rulebook", "").removeprefix("community.dynatrace.")
    known = {"--rulebook", "--vars", "--inventory"}
    return set(arguments) <= known and (ROOT / "extensions" / "eda" / "rulebooks" / f"{name}.yml").is_file()


def _change_folder(words: list[str]) -> bool:
    folder = Path(words[1])
    return folder.name == _galaxy()["name"] or folder.name == f"{_galaxy()['namespace']}.{_galaxy()['name']}"


_CHECKS: list[tuple[str, Callable[[list[str]], bool]]] = [
    (r"make ", _make),
    (r"git clone ", _clone),
    (r"cd ", _change_folder),
    (r"export ", _export),
    (r"ansible-galaxy collection install ", _install),
    (r"ansible-builder ", _build_image),
    (r"ansible-playbook community\.dynatrace\.awx\.", _set_up_awx),
    (r"ansible-rulebook ", _watch),
    (r"pip install ", _library),
    (r"python -m pip install ", _pip),
    (r"python -m tests\.sandbox( |$)", _serve),
]


def listed(text: str) -> list[str]:
    """The commands of a snippet, one for each logical line."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def played(command: str) -> str:
    """``make play`` sets up, and then is ``ansible-playbook``, which is run instead."""
    words = shlex.split(command, comments=True)
    if words[:2] != ["make", "play"]:
        return command
    given = dict(word.split("=", 1) for word in words[2:])
    return f"ansible-playbook {shlex.quote(given['P'])} {given.get('ARGS', '')}"


def check(command: str) -> bool | None:
    """Whether a command that is not run is right; None for one that has to be run."""
    for pattern, checked in _CHECKS:
        if re.match(pattern, command):
            try:
                return checked(shlex.split(command, comments=True))
            except SystemExit:  # argparse does not know an option
                return False
    return None
