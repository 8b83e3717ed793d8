# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks of tests, run by the ansible-core of ``.venv`` and by those that the sanity tests have brought into ``.venvs``.

``test.small.echo`` is a module of another collection there, which is declared and run as those of this one. Its result holds its option
``value`` and what the types in it are. It sends as many ``writes`` as it is told, and shows people each of them.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.tools.environment import compiled_once
from tests.tools.setup import COLLECTIONS, ROOT

ECHO = "test.small.echo"
_OWN = "of .venv"
# What requests needs; their Python part alone is enough for another interpreter.
_LIBRARIES = ("requests", "urllib3", "idna", "certifi", "charset_normalizer")
_FILES = {
    "test/small/plugins/modules/echo.py": """
from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import nothing
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress

DOCUMENTATION = "{module: echo, short_description: x, description: [x], options: {}}"
LISTED = {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}}}
OPTIONS = {"value": {"type": "raw"}, "writes": {"type": "int", "default": 0}, "listed": LISTED, "fails": {"type": "str"}}


def kinds(value):
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kinds(item) for item in value]
    return type(value).__name__


def ensure(task):
    for number in range(task.params["writes"]):
        task.tell(Progress(f"write {number}", left=60))
        task.journal.write(f"{number} was sent", lambda: task.client.post("/v2/echo", {}, nothing))
        _clock.sleep(0.2)
    if task.params["fails"]:
        raise InputError(task.params["fails"])
    value = task.params["value"]
    return Result({"value": value, "kinds": kinds(value)}, "create" if task.params["writes"] else "none")


MODULE = Module(ensure, OPTIONS)


def main():
    MODULE.run()


if __name__ == "__main__":
    main()
""",
    "test/small/plugins/action/echo.py": """
from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.plugin_utils._in_process import InProcessAction
from ansible_collections.test.small.plugins.modules.echo import MODULE


class ActionModule(InProcessAction):
    module = MODULE
""",
    "test/alias/meta/runtime.yml": """
requires_ansible: ">=2.16.0"
plugin_routing:
  action: {certificates: {redirect: community.dynatrace.extension_certificate_info}}
  modules: {certificates: {redirect: community.dynatrace.extension_certificate_info}}
""",
}
_CALLBACK = """
from __future__ import annotations

import json
import os

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "{name: witness, type: aggregate, short_description: x, description: [x]}"


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "witness"

    def _note(self, event, result, **more):
        task = getattr(result, "task", None) or result._task
        seen = getattr(result, "result", None) or result._result
        entry = {
            "event": event,
            "task": task.name,
            "action": task.resolved_action,
            "host": str(getattr(result, "host", None) or result._host),
            "result": dict(seen),
        }
        with open(os.environ["WITNESS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(entry, default=str) + chr(10))

    def v2_runner_on_ok(self, result, **more):
        self._note("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False, **more):
        self._note("failed", result)

    def v2_runner_item_on_ok(self, result, **more):
        self._note("item ok", result)

    def v2_runner_item_on_failed(self, result, **more):
        self._note("item failed", result)

    def v2_runner_retry(self, result, **more):
        self._note("retry", result)
"""


def cores() -> dict[str, Path]:
    """The name of each ansible-core that is there to its folder of programs."""
    others = {folder.name.removeprefix("core-"): folder / "bin" for folder in sorted((ROOT / ".venvs").glob("core-*"))}
    there = {name: programs for name, programs in others.items() if (programs / "ansible-playbook").is_file()}
    if " " in str(ROOT):  # ansible-core 2.16 starts no interpreter whose path has a space
        there.pop("2.16", None)
    return {_OWN: Path(sys.executable).parent, **there}


@dataclass(frozen=True)
class Played:
    """What a playbook has left. ``seen``: what a callback gets, in its order; ``log``: Ansible's log file."""

    code: int
    output: str
    log: str
    seen: Sequence[Mapping[str, Any]]

    def results(self, task: str) -> list[Mapping[str, Any]]:
        """Of the task with that name: each item's, then that of the task."""
        return [entry["result"] for entry in self.seen if entry["task"] == task]


def play(
    folder: Path,
    plays: Sequence[Mapping[str, Any]],
    core: str = _OWN,
    variables: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
    timeout: float = 100,
) -> Played:
    """Runs a playbook in ``folder``, which lies beside it afterwards. ``variables``: of the environment; ``plays`` as YAML has them."""
    folder.mkdir(exist_ok=True)
    (folder / "play.yml").write_text(yaml.safe_dump(list(plays), sort_keys=False), encoding="utf-8")
    return run(folder, [str(folder / "play.yml")], "ansible-playbook", core, variables, arguments, timeout)


def run(
    folder: Path,
    command: Sequence[str],
    program: str,
    core: str = _OWN,
    variables: Mapping[str, str] | None = None,
    arguments: Sequence[str] = (),
    timeout: float = 100,
) -> Played:
    """Runs any program of an ansible-core; one after the other, since all have one log file."""
    shared = _shared()
    witness, log = folder / "witness.jsonl", shared / "ansible.log"
    witness.write_text("", encoding="utf-8")
    log.write_text("", encoding="utf-8")
    given = {
        **compiled_once(),
        "ANSIBLE_COLLECTIONS_PATH": f"{shared / 'collections'}{os.pathsep}{COLLECTIONS}",
        "ANSIBLE_CALLBACK_PLUGINS": str(shared / "callbacks"),
        "ANSIBLE_CALLBACKS_ENABLED": "witness",
        "ANSIBLE_LOG_PATH": str(log),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "WITNESS": str(witness),
        **(variables or {}),
    }
    if core != _OWN:
        given["PYTHONPATH"] = os.pathsep.join([str(_libraries(folder)), given["PYTHONPATH"]])
    programs = cores()[core]
    done = subprocess.run(
        [str(programs / "python"), str(programs / program), *command, *arguments],
        capture_output=True,
        text=True,
        env=given,
        cwd=folder,
        timeout=timeout,
        check=False,
    )
    seen = [json.loads(line) for line in witness.read_text(encoding="utf-8").splitlines()]
    return Played(done.returncode, done.stdout + done.stderr, log.read_text(encoding="utf-8"), seen)


@cache
def _shared() -> Path:
    """What playbooks have in common. The same folder for all of them, so that Ansible is imported once for them."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    for name, text in _FILES.items():
        _write(folder / "collections" / "ansible_collections" / name, text)
    _write(folder / "callbacks" / "witness.py", _CALLBACK)
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _libraries(folder: Path) -> Path:
    """A folder with nothing but requests, for an interpreter that has none."""
    linked = folder / "libraries"
    linked.mkdir(exist_ok=True)
    for name in _LIBRARIES:
        if not (linked / name).is_symlink():
            (linked / name).symlink_to(Path(sysconfig.get_path("purelib")) / name)
    return linked
