# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs of Ansible that are forks of a process that has imported it, beside those that import it themselves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools.environment import compiled_once
from tests.tools.setup import VENV


def started(folder: Path, tasks: list[Mapping[str, Any]], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    (folder / "play.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8"
    )
    return subprocess.Popen(
        [VENV / "bin" / "ansible-playbook", "play.yml"],
        cwd=folder,
        env={**compiled_once(), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(program: subprocess.Popen[str]) -> tuple[int, str, str]:
    output, errors = program.communicate(timeout=50)
    return program.returncode, output, errors


def sleeping(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A program that sleeps, and its process."""
    pid = folder / "pid"
    parent = "{{ lookup('ansible.builtin.pipe', 'ps -o ppid= -p $PPID') }}"  # of the process that does the task
    command = f"echo {parent} > {pid}.new; mv {pid}.new {pid}; sleep 20"
    program = started(folder, [{"ansible.builtin.shell": command}], {})
    while not pid.exists():
        assert program.poll() is None, ended(program)
        time.sleep(0.1)
    return program, int(pid.read_text())


@pytest.mark.parametrize(
    "configuration",
    [
        {},
        {
            "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal",
            "ANSIBLE_FORCE_COLOR": "true",
            "ANSIBLE_ROLES_PATH": "shared",
        },
        {"ANSIBLE_FORKS": "many"},
    ],
    ids=["as it is", "another", "wrong"],
)
def test_exit_code_and_output_are_the_same(tmp_path: Path, configuration: dict[str, str]) -> None:
    """Of one after the other, and of one that imports Ansible itself."""
    roles = "shared" if "ANSIBLE_ROLES_PATH" in configuration else "roles"
    role = tmp_path / roles / "failing" / "tasks" / "main.yml"
    role.parent.mkdir(parents=True)
    role.write_text(json.dumps([{"ansible.builtin.fail": {"msg": "it failed"}}]), encoding="utf-8")
    variables = {**configuration, "DT_TEXT": "ü"}
    tasks: list[Mapping[str, Any]] = [
        {"ansible.builtin.debug": {"msg": "{{ playbook_dir }} {{ lookup('ansible.builtin.env', 'DT_TEXT') }}"}},
        {"ansible.builtin.include_role": {"name": "failing"}},
    ]
    outcomes = [ended(started(tmp_path, tasks, {**variables, **more})) for more in ({}, {}, {"WARM": ""})]
    assert outcomes == [outcomes[-1]] * 3
    assert outcomes[0][0] == (5 if "ANSIBLE_FORKS" in configuration else 2)


def test_each_program_has_its_own_folders(tmp_path: Path) -> None:
    """What one removes at its end, another that still runs needs."""
    first, process = sleeping(tmp_path / "first")
    assert process != first.pid
    task = {"ansible.builtin.copy": {"content": "x", "dest": "x"}}
    code, output, errors = ended(started(tmp_path / "second", [task], {}))
    assert (code, (tmp_path / "second" / "x").read_text()) == (0, "x"), output + errors
    first.terminate()
    ended(first)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_signal_ends_the_program(tmp_path: Path, number: signal.Signals) -> None:
    program, process = sleeping(tmp_path)
    program.send_signal(number)
    code, _output, errors = ended(program)
    assert "User interrupted execution" in errors if number == signal.SIGINT else code == -number
    for _attempt in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("it still runs")


def test_whoever_wants_them_to_gets_programs_that_import_ansible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARM", "")
    assert compiled_once()["WARM"] == ""
