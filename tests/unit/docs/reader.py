# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody who reads a document from top to bottom and does what each snippet says, on a sandbox, in an empty folder."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.support.sandbox import TOKEN, RunningSandbox
from tests.tools.environment import compiled_once
from tests.unit.docs import commands
from tests.unit.docs.snippets import Snippet
from tests.unit.plugins.modules.test_guards import _filled, declared

# What examples call an environment, and where "make sandbox" listens.
_EXAMPLE_URLS = ("https://abc12345.live.dynatrace.com", "http://127.0.0.1:8470")
# A folder that examples mount into the execution environment.
_MOUNTED = "/var/lib/dynatrace/packages"
_SECONDS = 240


class WrongSnippetError(AssertionError):
    """The message begins with document and line."""


@dataclass
class Reader:
    """``variables``: what snippets use and leave to the reader. Neighbouring YAML snippets share one ansible-playbook."""

    folder: Path
    sandbox: RunningSandbox
    variables: dict[str, Any]
    _waiting: list[tuple[Snippet, list[dict[str, Any]]]] = field(default_factory=list)
    _printed: str = ""
    counted: int = 0

    def read(self, snippets: list[Snippet]) -> None:
        for snippet in snippets:
            self._one(snippet)
            self.counted += 1
        self._play()

    def _one(self, snippet: Snippet) -> None:
        text = snippet.text
        for url in _EXAMPLE_URLS:
            text = text.replace(url, self.sandbox.url)
        if _MOUNTED in text:
            (self.folder / "mounted").mkdir(exist_ok=True)
            text = text.replace(_MOUNTED, str(self.folder / "mounted"))
        if snippet.kind == "file":
            self._play()
            self._save(snippet, text)
        elif snippet.kind == "checked":
            _check_options(snippet, text)
        elif snippet.kind == "made":
            self._play()
            self._compare(snippet, text)
        elif snippet.language in ("yaml", "yaml+jinja"):
            self._waiting.append((snippet, _plays(snippet, text)))
        elif snippet.language == "console":
            self._play()
            self._printed = "".join(self._command(snippet, command) for command in commands.listed(text))
        elif snippet.language == "text":
            self._expect(snippet, text)
        else:
            raise WrongSnippetError(f"{snippet}: nothing is known to do with {snippet.language or 'no language'!r}")

    def _save(self, snippet: Snippet, text: str) -> None:
        if snippet.language in ("yaml", "yaml+jinja", "json"):
            _loaded(snippet, text)
        path = self.folder / snippet.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _compare(self, snippet: Snippet, text: str) -> None:
        made = self.folder / snippet.path
        if not made.is_file():
            there = sorted(str(one.relative_to(self.folder)) for one in self.folder.rglob("*") if one.is_file())
            raise WrongSnippetError(f"{snippet}: {snippet.path} was not made; there are {there}")
        content = made.read_text(encoding="utf-8")
        if yaml.safe_load(content) != yaml.safe_load(text):
            raise WrongSnippetError(f"{snippet}: {snippet.path} is\n{content}")

    def _expect(self, snippet: Snippet, text: str) -> None:
        """Every line, in this order; ``...`` stands for anything, alone on a line or within one."""
        rest = _plain(self._printed)
        for line in filter(None, map(_plain, text.splitlines())):
            if line == "...":
                continue
            found = re.search(".*?".join(map(re.escape, line.split("..."))), rest)
            if not found:
                raise WrongSnippetError(f"{snippet}: {line!r} is not in what was printed:\n{self._printed}")
            rest = rest[found.end() :]

    def _command(self, snippet: Snippet, command: str) -> str:
        command = commands.played(command)
        checked = commands.check(command)
        if checked is not None:
            if not checked:
                raise WrongSnippetError(f"{snippet}: this cannot work: {command}")
            return ""
        done = self._run(["bash", "-c", command])
        if (done.returncode != 0) != (snippet.kind == "fails"):
            raise WrongSnippetError(f"{snippet}: {command}: exit code {done.returncode}\n{done.stdout}")
        return done.stdout

    def _play(self) -> None:
        """What waits, as one playbook."""
        if not self._waiting:
            return
        plays = [play for dummy, some in self._waiting for play in some]
        names = ", ".join(str(snippet) for snippet, dummy in self._waiting)
        playbook = self.folder / ".snippets.yml"
        playbook.write_text(json.dumps(plays, indent=1), encoding="utf-8")
        self._waiting.clear()
        inventory = [argument for path in self.folder.rglob("*activegates.yml") for argument in ("-i", str(path))]
        (self.folder / ".variables.json").write_text(json.dumps(self.variables), encoding="utf-8")
        done = self._run(["ansible-playbook", *inventory, "-e", "@.variables.json", playbook.name])
        if done.returncode:
            raise WrongSnippetError(f"{names}: exit code {done.returncode}\n{done.stdout}")

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        variables = {
            **compiled_once(),
            "DYNATRACE_ENV_URL": self.sandbox.url,
            "DYNATRACE_API_TOKEN": TOKEN,
            "MY_DYNATRACE_TOKEN": TOKEN,
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            "ANSIBLE_RETRY_FILES_ENABLED": "false",
        }
        return subprocess.run(
            command,
            cwd=self.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )


def _check_options(snippet: Snippet, text: str) -> None:
    """The options of our modules, for a snippet that needs what the sandbox does not have; a command has to be well-formed."""
    if not snippet.path:
        raise WrongSnippetError(f"{snippet}: no reason is given why it is not run")
    if snippet.language == "console":
        for command in commands.listed(text):
            shlex.split(command)
        return
    if snippet.language == "text":
        return
    for play in _plays(snippet, text):
        for task in play["tasks"]:
            for module in (key for key in task if key.startswith("community.dynatrace.")):
                spec = declared(module.rsplit(".", 1)[1]).argument_spec
                given = {name: _filled(value, spec.get(name, {})) for name, value in (task[module] or {}).items()}
                if errors := ArgumentSpecValidator(spec).validate(given).error_messages:
                    raise WrongSnippetError(f"{snippet}: {task['name']}: {errors}")


# Job time is a thousand times faster in the sandbox of the tests, so waiting for a job looks more often. Commands show the progress
# of a job, plays of snippets do not.
_DEFAULTS = {
    f"community.dynatrace.{name}": {"poll_interval": 0.2, "progress": False}
    for name in ("activegate_update_job", "activegate_update_jobs")
}


def _plays(snippet: Snippet, text: str) -> list[dict[str, Any]]:
    """The plays of a snippet; tasks alone get a play whose name says where they stand."""
    given = _loaded(snippet, text)
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise WrongSnippetError(f"{snippet}: neither tasks nor plays; a comment above has to say which file it is")
    if all("hosts" in one or "ansible.builtin.import_playbook" in one for one in given):
        return [{**one, "module_defaults": {**_DEFAULTS, **one.get("module_defaults", {})}} for one in given]
    return [
        {
            "name": str(snippet),
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": _DEFAULTS,
            "tasks": given,
        }
    ]


def _loaded(snippet: Snippet, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise WrongSnippetError(f"{snippet}: {error}") from None


def _plain(text: str) -> str:
    """Without the stars that Ansible fills lines with, and with single spaces."""
    return "\n".join(" ".join(re.sub(r"\*{3,}", "", line).split()) for line in text.splitlines())
