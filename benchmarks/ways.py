# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways that are compared: each brings an environment to a list of objects, as somebody would do it who chose that way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import yaml

from tests.tools.environment import environment
from tests.tools.molecule import TOKEN
from tests.tools.setup import CACHE, ROOT, VENV, ensure_venv

from .objects import Item
from .schemas import SCHEMA_IDS

CHECK, FIRST, UNCHANGED, ONE, EXPORT = "check mode", "first apply", "unchanged", "one changed", "export"
# In this order: check mode sees an empty environment.
STEPS = (CHECK, FIRST, UNCHANGED, ONE, EXPORT)
BULK, FILES, LOOP = "settings_objects, list", "settings_objects, path", "settings_object, loop"
MODULE, URI, DT, TASKS, EMPTY = "same, as a module", "builtin.uri, loop", "dt, script", "ten tasks", "an empty playbook"

_HERE = Path(__file__).parent
_DT = "dt==1.2.2"
# Of the memory that the system tells.
_UNITS = {"darwin": 1024 * 1024}
_EXPORT = ROOT / "playbooks" / "settings_export.yml"


class WrongError(Exception):
    """What ran did something else than what was to be measured."""


class Unavailable(Exception):  # noqa: N818 - a reason, not an error
    """This way cannot be measured here."""


@dataclass(frozen=True)
class Cost:
    """What a program took with all that it started. ``cpu``: seconds; ``megabytes``: the most that one process had."""

    cpu: float = 0.0
    megabytes: float = 0.0


NOTHING = Cost()


class Way(Protocol):
    """``most``: how many objects are worth the wait. ``steps``: those that it knows."""

    name: str
    most: int
    steps: Collection[str]

    def prepare(self, items: Sequence[Item]) -> None:
        """What is not measured: the list becomes a file."""

    def run(self, step: str) -> Cost:
        """What is measured. Raises WrongError when it fails."""


class Playbook:
    """``ansible-playbook``, with the list as a variable, or as a file for each schema where ``file`` reads files."""

    def __init__(
        self, name: str, file: str, most: int, steps: Collection[str], url: str, folder: Path, in_process: bool = True
    ) -> None:
        self.name = name
        self.most = most
        self.steps = steps
        self._file = _HERE / "playbooks" / file
        self._variables = folder / "variables.json"
        self._exported = folder / "exported"
        self._files = folder / "files"
        self._environment = {
            **environment(),
            "DYNATRACE_ENV_URL": url,
            "DYNATRACE_API_TOKEN": TOKEN,
            "DYNATRACE_IN_PROCESS": str(in_process).lower(),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        }

    def prepare(self, items: Sequence[Item]) -> None:
        reads_files = self._file.name == "files.yml"
        if reads_files:
            self._write(items)
        variables = {
            "bench_objects": [] if reads_files else list(items),
            "bench_folder": str(self._files),
            "settings_export_schema_ids": SCHEMA_IDS,
            "settings_export_path": str(self._exported),
        }
        self._variables.write_text(json.dumps(variables), encoding="utf-8")

    def _write(self, items: Sequence[Item]) -> None:
        self._files.mkdir(exist_ok=True)
        for schema_id in SCHEMA_IDS:
            content = {"objects": [item for item in items if item["schema_id"] == schema_id]}
            text = yaml.safe_dump(content, sort_keys=False)
            (self._files / f"{schema_id.replace(':', '_')}.yml").write_text(text, encoding="utf-8")

    def run(self, step: str) -> Cost:
        file = _export_playbook() if step == EXPORT else self._file
        command = [str(VENV / "bin" / "ansible-playbook"), str(file), "--extra-vars", f"@{self._variables}"]
        return _run([*command, *(["--check"] if step == CHECK else [])], self._environment)


class Script:
    """A plain script around the client ``dt`` of PyPI, in an environment of its own below ``.cache``."""

    name = DT
    most = 5000
    steps: Collection[str] = (FIRST, UNCHANGED, ONE)

    def __init__(self, url: str, folder: Path) -> None:
        home = CACHE / "bench-dt"
        try:
            ensure_venv(home, [_DT])
        except (OSError, subprocess.CalledProcessError) as error:
            raise Unavailable(f"{_DT} cannot be installed: {error}") from error
        self._objects = folder / "objects.json"
        self._command = [str(home / "bin" / "python"), str(_HERE / "with_dt.py"), url, TOKEN, str(self._objects)]

    def prepare(self, items: Sequence[Item]) -> None:
        self._objects.write_text(json.dumps(list(items)), encoding="utf-8")

    def run(self, step: str) -> Cost:
        return _run(self._command, environment())


def empty_playbook(url: str, folder: Path) -> Playbook:
    """What ansible-playbook costs by itself."""
    return Playbook(EMPTY, "empty.yml", 0, (), url, folder)


def ten_tasks(url: str, folder: Path) -> Playbook:
    return Playbook(TASKS, "tasks.yml", 0, (), url, folder)


def way(name: str, url: str, folder: Path) -> Way:
    """Raises Unavailable, with the reason."""
    if name == BULK:
        return Playbook(name, "bulk.yml", 5000, STEPS, url, folder)
    if name == FILES:
        return Playbook(name, "files.yml", 5000, STEPS[:-1], url, folder)
    if name in (LOOP, MODULE):
        return Playbook(name, "loop.yml", 100, STEPS[:-1], url, folder, in_process=name == LOOP)
    if name == URI:
        # It cannot foretell anything: in check mode the module does not run.
        return Playbook(name, "uri.yml", 100, (FIRST, UNCHANGED, ONE), url, folder)
    return Script(url, folder)


def _export_playbook() -> Path:
    """That of the collection; a checkout without it lists all objects, which is the least that an export reads."""
    return _EXPORT if _EXPORT.exists() else _HERE / "playbooks" / "list.yml"


def _run(command: Sequence[str], variables: Mapping[str, str]) -> Cost:
    with tempfile.TemporaryFile() as output:
        started = subprocess.Popen(
            command, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        dummy, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        if started.returncode:
            output.seek(0)
            said = output.read().decode(errors="replace")[-3000:]
            raise WrongError(f"{' '.join(command)}: ended with {started.returncode}\n{said}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / _UNITS.get(sys.platform, 1024))
