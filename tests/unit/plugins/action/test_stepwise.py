# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action plugins through Ansible itself: what people see, and that the result is that of the module alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible import constants
from ansible_collections.community.dynatrace.plugins.plugin_utils._stepwise import StepwiseAction

from tests.sandbox.app import Options
from tests.support.sandbox import TOKEN, RunningSandbox, running

UPDATE = "community.dynatrace.activegate_update_job"
SECRET = TOKEN.rsplit(".", 1)[1]
FAILING, HANGING = 2, 3


def update(gate: int | str, **more: Any) -> dict[str, Any]:
    return {
        "activegate_id": f"{{{{ gates[{gate}] }}}}",
        "target_version": "latest",
        "wait": True,
        "poll_interval": 0.05,
        **more,
    }


# What a task can be told about where and how it runs. Each keeps its result; all but the first are for one host only.
SHOWN: list[dict[str, Any]] = [
    {"name": "each", UPDATE: update(0), "diff": True},
    {"name": "delegated", UPDATE: update(1), "delegate_to": "elsewhere"},
    {"name": "failing", UPDATE: update(FAILING), "ignore_errors": True},
    {"name": "hanging", UPDATE: update(HANGING, wait_timeout=1.5, poll_interval=0.4), "ignore_errors": True},
    {"name": "loop", UPDATE: update("item"), "loop": [4, 5]},
]
QUIET: list[dict[str, Any]] = [
    {"name": "predicted", UPDATE: update(6), "check_mode": True},
    {"name": "hidden", UPDATE: update(6), "no_log": True},
    {"name": "async", UPDATE: update(7), "async": 60, "poll": 1},
    {"name": "off", UPDATE: update(8, progress=False)},
    {"name": "switched off", UPDATE: update(9), "environment": {"DYNATRACE_PROGRESS": "false"}},
    {"name": "no wait", UPDATE: update(10, wait=False)},
    {"name": "wrong", UPDATE: update(10, progress="perhaps"), "ignore_errors": True},
]


class Playbooks:
    """Runs tasks on the hosts a and b against one sandbox."""

    def __init__(self, sandbox: RunningSandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        outdated = [
            one.id
            for one in sandbox.state.activegates._fleet
            if one.type == "ENVIRONMENT" and not one.containerized and one.version < "1.340"
        ]
        self.gates = {"a": outdated[:11], "b": outdated[11:22]}

    def play(self, tasks: list[dict[str, Any]], *options: str, **env: str) -> tuple[str, dict[str, Any]]:
        """The output, and what came of each task by its name, on host a; of the first one on b as well, as ``b``."""
        self.sandbox.state.reset()
        self.sandbox.variants(
            job_outcome={self.gates["a"][FAILING]: "FAILED", self.gates["a"][HANGING]: "HANG"},
            one_update_per_pool=False,
        )
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "-i",
            self._write("inventory", self._inventory()),
        ]
        command += ["-e", "@" + self._write("values", {"common": self._common()}), *options]
        done = subprocess.run(
            [*command, self._write("play", [self._play(tasks)])],
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
            env={**os.environ, **env},
        )
        output = done.stdout + done.stderr
        assert done.returncode == 0, output[-3000:]
        found = {name: json.loads((self.folder / f"kept-{name}").read_text(encoding="utf-8")) for name in ("a", "b")}
        return output, {**found["a"], "b": found["b"][tasks[0]["name"]]}

    def _common(self) -> dict[str, Any]:
        return {"environment_url": self.sandbox.url, "api_token": TOKEN, "retry_max_delay": 0.01}

    def _inventory(self) -> dict[str, Any]:
        local = {"ansible_connection": "local", "ansible_python_interpreter": self._interpreter()}
        hosts = {name: {"gates": gates, **local} for name, gates in self.gates.items()}
        return {"all": {"hosts": {**hosts, "elsewhere": local}}}

    def _interpreter(self) -> str:
        """Ours, at a path without spaces: under async Ansible does not quote it."""
        link = self.folder / "venv"
        if not link.is_symlink():
            link.symlink_to(Path(sys.executable).parent.parent, target_is_directory=True)
        return str(link / "bin" / Path(sys.executable).name)

    def _play(self, tasks: list[dict[str, Any]]) -> dict[str, Any]:
        """The token is in a file of variables, since the text of a playbook is shown."""
        kept: list[dict[str, Any]] = [{**task, "register": f"kept_{index}"} for index, task in enumerate(tasks)]
        for task in kept[1:]:
            task["when"] = "inventory_hostname == 'a'"
        names = ", ".join(f"'{task['name']}': kept_{index}" for index, task in enumerate(tasks))
        keep = {
            "dest": f"{self.folder}/kept-{{{{ inventory_hostname }}}}",
            "content": f"{{{{ {{{names}}} | to_json }}}}",
        }
        return {
            "hosts": "a:b",
            "gather_facts": False,
            "module_defaults": {"group/community.dynatrace.all": "{{ common }}"},
            "tasks": [*kept, {"name": "keep", "ansible.builtin.copy": keep, "no_log": True}],
        }

    def _write(self, name: str, content: Any) -> str:
        path = self.folder / f"{name}.yml"
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)


@pytest.fixture(scope="module")
def _fleet() -> Iterator[RunningSandbox]:
    with running(Options(speed=1000, activegates=80)) as found:
        yield found


@pytest.fixture
def playbooks(_fleet: RunningSandbox, tmp_path: Path) -> Playbooks:
    return Playbooks(_fleet, tmp_path)


def told(output: str) -> list[str]:
    return re.findall(r"^\[[^\]]+\] ActiveGate .*$", output, re.MULTILINE)


def timeless(result: Any) -> Any:
    """A result without what no two runs have in common: the ids of jobs, when they ended, and the option that makes the difference."""
    text = json.dumps(result)
    for pattern, same in (
        (r"-?\d{16,}", "ID"),
        (r'"timestamp": \d+', '"timestamp": 1'),
        (r'"progress": \w+', '"progress": 1'),
    ):
        text = re.sub(pattern, same, text)
    return json.loads(text)


@pytest.mark.timeout(300)
def test_the_wait_is_shown_and_the_result_is_that_of_the_module_alone(playbooks: Playbooks, tmp_path: Path) -> None:
    output, shown = playbooks.play(SHOWN, "-vvvv", ANSIBLE_LOG_PATH=f"{tmp_path}/log")
    silent, alone = playbooks.play(SHOWN, DYNATRACE_PROGRESS="false")
    assert told(silent) == []
    for name in alone:
        assert timeless(shown[name]) == timeless(alone[name]), name
    assert shown["each"]["changed"]
    assert shown["failing"]["failed"]
    assert "(wait_timeout)" in shown["hanging"]["msg"]
    lines = told(output)
    for host, index in (("a", 0), ("b", 0), ("a -> elsewhere", 1), ("a", FAILING), ("a", HANGING), ("a", 4), ("a", 5)):
        gate = playbooks.gates[host[0]][index]
        assert any(line.startswith(f"[{host}] ActiveGate {gate} (") for line in lines), (host, index)
    assert SECRET not in output
    assert "_progress_step" not in output
    logged = (tmp_path / "log").read_text(encoding="utf-8")
    for line in lines:
        assert f"| {line}\n" in logged


@pytest.mark.timeout(300)
def test_where_nothing_is_to_be_shown_the_module_waits_by_itself(playbooks: Playbooks) -> None:
    output, results = playbooks.play(QUIET)
    assert told(output) == []
    assert results["predicted"]["validated"] == "server"
    for name in ("hidden", "async", "off", "switched off"):
        assert results[name]["job"]["job_state"] == "SUCCEED", name
    assert results["no wait"]["job"]["job_state"] == "PENDING"
    assert "progress" in results["wrong"]["msg"]


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("su") is None, reason="becomes another user by su, as root")
def test_it_runs_as_who_the_task_becomes(playbooks: Playbooks) -> None:
    task = {"name": "as root", UPDATE: update(0), "become": True, "become_method": "ansible.builtin.su"}
    output, results = playbooks.play([task])
    assert results["as root"]["job"]["job_state"] == "SUCCEED"
    assert told(output)


@pytest.mark.parametrize(("callback", "stream"), [("default", "out"), ("ansible.posix.json", "err"), ("jsonl", "err")])
def test_json_stays_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], callback: str, stream: str
) -> None:
    monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback)
    StepwiseAction._show("[a] b")
    assert getattr(capsys.readouterr(), stream) == "[a] b\n"
