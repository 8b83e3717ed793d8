# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules inside Ansible's process, as playbooks run them with each ansible-core that is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.support.playbook import ECHO, Played, cores, play, run
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.server import Server, reply

INFO = "community.dynatrace.extension_certificate_info"
CORES = sorted(cores())
# What Ansible says of a module that it executes.
EXECUTED = "Using module file"
pytestmark = pytest.mark.timeout(200)


@pytest.fixture(params=CORES)
def core(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def played(
    sandbox: RunningSandbox, folder: Path, core: str, tasks: list[Mapping[str, Any]], code: int = 0, **more: Any
) -> Played:
    """What comes of tasks in a play on localhost. ``of_play``: its further keywords."""
    common = {"environment_url": sandbox.url, "api_token": TOKEN, "retry_max_delay": 0.01}
    defaults = {"group/community.dynatrace.all": common, ECHO: common}
    head = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, **more.pop("of_play", {})}
    found = play(folder, [{**head, "tasks": tasks}], core, **{"arguments": ["-vvv"], **more})
    assert found.code == code, found.output
    return found


class TestNames:
    def test_callbacks_see_the_name_of_the_module(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        tasks: list[Mapping[str, Any]] = [
            {"name": "whole", INFO: {}},
            {"name": "short", "extension_certificate_info": {}},
            {"name": "redirected", "test.alias.certificates": {}},
        ]
        of_play = {"collections": ["community.dynatrace"]}
        found = played(sandbox, tmp_path, core, tasks, of_play=of_play)
        assert [(entry["task"], entry["action"]) for entry in found.seen] == [
            ("whole", INFO),
            ("short", INFO),
            ("redirected", INFO),
        ]
        assert EXECUTED not in found.output
        assert len(sandbox.sent) == 3

    def test_the_same_where_ansible_executes_it(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        tasks: list[Mapping[str, Any]] = [{"name": "whole", INFO: {}}]
        found = played(sandbox, tmp_path, core, tasks, variables={"DYNATRACE_IN_PROCESS": "false"})
        assert [(entry["task"], entry["action"]) for entry in found.seen] == [("whole", INFO)]
        assert EXECUTED in found.output


class TestValues:
    """What YAML and Ansible make of a value must not be seen on either way."""

    def test_both_ways_see_the_same(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        vault = VaultLib([("default", VaultSecret(b"password"))])
        text = vault.encrypt("of the vault").decode()
        (tmp_path / "password").write_text("password\n", encoding="utf-8")
        tasks = textwrap.dedent(
            """
            - name: echo
              test.small.echo:
                value:
                  date: 2026-11-28
                  time: 2026-11-28 12:30:00
                  2: integer key
                  true: boolean key
                  unsafe: !unsafe "{{ 7 * 7 }}"
                  nested: "{{ below }}"
                  texts: ["{{ 'a' ~ below.b }}", "0123", 0.5, null, true, 9007199254740993]
                  more: "{{ below.missing | default(below.c) }}"
                  vaulted: VAULTED
              register: said
            # What was returned is not a template, whatever it says.
            - name: again
              test.small.echo:
                value:
                  - "{{ said.value.unsafe }}"
                  - "{{ said.value }}"
                  - "{{ 'right' if said.value.vaulted == 'of the ' ~ 'vault' else 'wrong' }}"
            - name: fails
              test.small.echo:
                value: "{{ said.value }}"
                fails: VAULTED
              ignore_errors: true
            """
        ).replace("VAULTED", "!vault |\n" + textwrap.indent(text, " " * 10))
        (tmp_path / "tasks.yml").write_text(tasks, encoding="utf-8")
        (tmp_path / "values.yml").write_text(
            'below: {b: "{{ inner }}", c: [1]}\ninner: "{{ 6 * 7 }}"\n', encoding="utf-8"
        )
        tasks_of_file: list[Mapping[str, Any]] = [{"ansible.builtin.import_tasks": "tasks.yml"}]
        arguments = ["-e", "@values.yml", "--vault-password-file", "password"]
        both = [
            played(
                sandbox, tmp_path, core, tasks_of_file, arguments=arguments, variables={"DYNATRACE_IN_PROCESS": wanted}
            )
            for wanted in ("true", "false")
        ]
        here, elsewhere = ([_own_keys_removed(entry) for entry in found.seen] for found in both)
        assert here == elsewhere
        value = here[0]["result"]["value"]
        # Since ansible-core 2.22, callbacks see no text that came out of a vault.
        assert value["vaulted"] in ("of the vault", "$REDACTED$")
        assert here[1]["result"]["value"] == ["{{ 7 * 7 }}", value, "right"]
        assert value["unsafe"] == "{{ 7 * 7 }}"
        assert value["date"] == "2026-11-28"
        assert value["2"] == "integer key"


def _own_keys_removed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what is Ansible's own in a result."""
    result = {name: value for name, value in entry["result"].items() if name not in ("exception", "ansible_facts")}
    return {**entry, "result": {name: value for name, value in result.items() if not name.startswith("_ansible")}}


class TestKeepsWorking:
    def test_keywords_of_a_task(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        wanted = {"value": "{{ lookup('env', 'SET') }}"}
        tasks: list[Mapping[str, Any]] = [
            {"name": "loop", ECHO: {"value": "{{ item }}"}, "loop": [1, "two"], "register": "said"},
            {"name": "registered", "ansible.builtin.assert": {"that": ["said.results[1].value == 'two'"]}},
            {"name": "check", ECHO: {"value": 1}, "check_mode": True, "diff": True},
            {"name": "until", ECHO: {"value": 1, "fails": "no"}, "retries": 2, "delay": 0, "ignore_errors": True},
            {"name": "hidden", ECHO: {"value": "HIDDEN", "fails": "no"}, "no_log": True, "ignore_errors": True},
            {"name": "conditions", ECHO: {"value": 1}, "changed_when": "true", "failed_when": "false"},
            {"name": "environment", ECHO: {}, "environment": {"DYNATRACE_RETRIES": 7, "SET": "x"}},
            {"name": "environment is over", ECHO: wanted},
        ]
        found = played(sandbox, tmp_path, core, tasks)
        assert EXECUTED not in found.output
        assert [result.get("value") for result in found.results("loop")][:2] == [1, "two"]
        (check,) = found.results("check")
        assert (check["validated"], check["diff"]["before"]) == ("none", "")
        *retries, last = found.results("until")
        assert len(retries) == 2
        assert (last["attempts"], last["msg"]) == (2, "no")
        assert "HIDDEN" not in found.output
        assert "HIDDEN" not in found.log
        (conditions,) = found.results("conditions")
        assert conditions["changed"] is True
        (environment,) = found.results("environment")
        if "invocation" in environment:
            assert environment["invocation"]["module_args"]["retries"] == 7
        (over,) = found.results("environment is over")
        assert over["value"] is None

    def test_of_other_hosts(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        inventory = textwrap.dedent(
            """
            [away]
            web[1:2]
            [away:vars]
            ansible_connection=ssh
            ansible_python_interpreter=/usr/bin/python9
            """
        )
        (tmp_path / "hosts").write_text(inventory, encoding="utf-8")
        tasks: list[Mapping[str, Any]] = [
            {"name": "delegated", ECHO: {"value": "{{ inventory_hostname }}"}, "delegate_to": "localhost"},
        ]
        of_play = {"hosts": "away", "strategy": "free"}
        found = played(sandbox, tmp_path, core, tasks, of_play=of_play, arguments=["-vvv", "-i", "hosts"])
        assert EXECUTED not in found.output
        assert sorted(entry["result"]["value"] for entry in found.seen) == ["web1", "web2"]

    @pytest.mark.skipif(
        " " in sys.executable, reason="ansible-core's wrapper of background jobs needs a path without spaces"
    )
    def test_a_job_in_the_background(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        tasks: list[Mapping[str, Any]] = [
            {"name": "job", ECHO: {"value": 5}, "async": 30, "poll": 1},
            {"name": "wrong", ECHO: {"valeu": 5}, "async": 30, "poll": 0, "ignore_errors": True},
        ]
        found = played(sandbox, tmp_path, core, tasks)
        assert found.output.count(EXECUTED + " ") >= 1
        assert found.results("job")[-1]["value"] == 5
        (wrong,) = found.results("wrong")
        assert f"Unsupported parameters for ({ECHO}) module: valeu" in wrong["msg"]
        assert "ansible_job_id" not in wrong

    def test_ad_hoc(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        arguments = ["-m", INFO, "-a", f"environment_url={sandbox.url} api_token={TOKEN}", "localhost", "-vvv"]
        found = run(tmp_path, arguments, "ansible", core)
        assert found.code == 0, found.output
        assert '"certificates": []' in found.output
        assert EXECUTED not in found.output
        assert TOKEN not in found.output


class TestProgress:
    @pytest.mark.parametrize(
        ("more", "in_process", "shown"),
        [({}, "true", True), ({"no_log": True}, "true", False), ({}, "false", False)],
        ids=["in process", "no_log", "executed"],
    )
    def test_lines_reach_the_screen_and_the_log(
        self, sandbox: RunningSandbox, tmp_path: Path, core: str, more: Any, in_process: str, shown: bool
    ) -> None:
        with Server(*[reply(204)] * 2) as server:
            task = {"name": "writes", ECHO: {"writes": 2, "environment_url": server.url}, **more}
            variables = {"DYNATRACE_IN_PROCESS": in_process}
            found = played(sandbox, tmp_path, core, [task], variables=variables, arguments=[])
        lines = re.findall(r"^\d\d:\d\d:\d\d (\[localhost\] .*)$", found.output, re.MULTILINE)
        assert lines == [f"[localhost] write {number} (time-out in 60 s)" for number in range(2) if shown]
        assert ("[localhost] write 1" in found.log) is shown


class TestTimeout:
    @pytest.mark.parametrize("retries", [None, 3])
    def test_the_result_says_what_was_done(
        self, sandbox: RunningSandbox, tmp_path: Path, core: str, retries: int | None
    ) -> None:
        task: dict[str, Any] = {"name": "writes", ECHO: {"writes": 1000}, "timeout": 1, "loop": [1, 2]}
        task["ignore_errors"] = True
        if retries is not None:
            task = {**task, "retries": retries, "until": "said is success", "register": "said", "delay": 0}
        with Server(*[reply(204)] * 100) as server:
            task[ECHO]["environment_url"] = server.url
            found = played(sandbox, tmp_path, core, [task])
        items = [entry for entry in found.seen if entry["event"] == "item failed"]
        assert len(items) == 2
        assert [entry for entry in found.seen if entry["event"] == "retry"] == []
        done = [entry["result"]["error"]["done"] for entry in items]
        assert all(texts for texts in done)
        assert len(server.lines) == sum(map(len, done))
        for entry in items:
            assert entry["result"]["changed"] is True
            assert entry["result"]["timedout"] == {"period": 1}
            assert "Before that, 0 was sent; 1 was sent" in entry["result"]["msg"]


class TestParent:
    """The action plugin's file is imported once in Ansible's parent process, and the workers inherit what it has read."""

    @pytest.mark.parametrize("name", ["extension_certificate", "extension_certificate_info"])
    def test_the_import_reads_no_variable_and_opens_no_connection(self, name: str, tmp_path: Path) -> None:
        program = f"""
import os, socket, sys
read = []

class Environ(dict):
    def __getitem__(self, key):
        read.append(key)
        return super().__getitem__(key)
    def get(self, key, default=None):
        read.append(key)
        return super().get(key, default)

def refuse(*args, **more):
    raise AssertionError("a connection was opened")

import ansible.plugins.action.normal, ansible.plugins.loader, ansible.module_utils.basic, ansible.template
os.environ = Environ(os.environ)
socket.socket.connect = refuse
import ansible_collections.community.dynatrace.plugins.action.{name}
assert "requests" in sys.modules
print("read:", sorted(set(read)))
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.stdout == "read: []\n", done.stdout + done.stderr
        assert done.stderr == ""


def test_the_cores_that_the_sanity_tests_have_are_found() -> None:
    assert ".venv" in CORES[-1]
    assert all(os.access(programs / "ansible-playbook", os.X_OK) for programs in cores().values())
