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
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
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


VALUES = textwrap.dedent(
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
)
HOSTS = """
[away]
web[1:2]
[away:vars]
ansible_connection=ssh
ansible_python_interpreter=/usr/bin/python9
"""


@dataclass(frozen=True)
class Run:
    """One playbook for many tests, since each takes its time.

    ``asked``: how many requests the sandbox got; ``writes``: how many each play has written to its own server.
    """

    played: Played
    asked: int
    writes: Mapping[str, int]

    def results(self, task: str) -> list[Mapping[str, Any]]:
        return self.played.results(task)

    def output(self, task: str) -> str:
        """What was printed from the title of a task to that of the next."""
        parts = re.split(r"^(?:TASK|PLAY|RUNNING HANDLER) ", self.played.output, flags=re.MULTILINE)
        texts = [part for part in parts if part.startswith(f"[{task}]")]
        assert texts, self.played.output
        return "".join(texts)


@pytest.fixture(scope="module", params=CORES)
def core(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run_plays(
    sandbox: RunningSandbox,
    folder: Path,
    core: str,
    plays: Mapping[str, Mapping[str, Any]],
    *more: str,
    **variables: str,
) -> Run:
    """Plays by name. Modules ask the sandbox, and each play that writes has a server of its own."""
    vault = VaultLib([("default", VaultSecret(b"password"))]).encrypt("of the vault").decode()
    files = {
        "password": "password\n",
        "tasks.yml": VALUES.replace("VAULTED", "!vault |\n" + textwrap.indent(vault, " " * 10)),
        "values.yml": 'below: {b: "{{ inner }}", c: [1]}\ninner: "{{ 6 * 7 }}"\n',
        "hosts": HOSTS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    sandbox.clear()
    with ExitStack() as stack:
        servers = {name: stack.enter_context(Server(*[reply(204)] * 100)) for name in plays if name in WRITING}
        whole = []
        for name, given in plays.items():
            common = {"api_token": TOKEN, "retry_max_delay": 0.01}
            asking = {**common, "environment_url": sandbox.url}
            writing = {**common, "environment_url": servers[name].url} if name in servers else asking
            defaults = {"group/community.dynatrace.all": asking, ECHO: writing}
            whole.append({"hosts": "localhost", "gather_facts": False, "module_defaults": defaults, **given})
        arguments = ["-i", "hosts", "-e", "@values.yml", "--vault-password-file", "password", *more]
        played = play(folder, whole, core, variables, arguments)
        assert played.code == 0, played.output
        return Run(played, len(sandbox.sent), {name: len(server.lines) for name, server in servers.items()})


VALUES_PLAY: Mapping[str, Any] = {"tasks": [{"ansible.builtin.import_tasks": "tasks.yml"}]}
KEYWORDS: Sequence[Mapping[str, Any]] = [
    {"name": "loop", ECHO: {"value": "{{ item }}"}, "loop": [1, "two"], "register": "said"},
    {"name": "registered", "ansible.builtin.assert": {"that": ["said.results[1].value == 'two'"]}},
    {"name": "check", ECHO: {"value": 1}, "check_mode": True, "diff": True},
    {"name": "until", ECHO: {"value": 1, "fails": "no"}, "retries": 2, "delay": 0, "ignore_errors": True},
    {"name": "hidden", ECHO: {"value": "HIDDEN", "fails": "no"}, "no_log": True, "ignore_errors": True},
    {"name": "conditions", ECHO: {"value": 1}, "changed_when": "true", "failed_when": "false"},
    {"name": "environment", ECHO: {}, "environment": {"DYNATRACE_RETRIES": 7, "SET": "x"}},
    {"name": "environment is over", ECHO: {"value": "{{ lookup('env', 'SET') }}"}},
]
LONG: Mapping[str, Any] = {ECHO: {"writes": 1000}, "timeout": 1, "loop": [1, 2], "ignore_errors": True}
RETRIES = {"retries": 3, "until": "said is success", "register": "said", "delay": 0}
HERE: Mapping[str, Mapping[str, Any]] = {
    "names": {
        "collections": ["community.dynatrace"],
        "tasks": [
            {"name": "whole", INFO: {}},
            {"name": "short", "extension_certificate_info": {}},
            {"name": "redirected", "test.alias.certificates": {}},
        ],
    },
    "values": VALUES_PLAY,
    "keywords": {"tasks": KEYWORDS},
    "other hosts": {
        "hosts": "away",
        "strategy": "free",
        "tasks": [{"name": "delegated", ECHO: {"value": "{{ inventory_hostname }}"}, "delegate_to": "localhost"}],
    },
    "once": {"tasks": [{"name": "once", **LONG}]},
    "with retries": {"tasks": [{"name": "with retries", **LONG, **RETRIES}]},
}
WRITING = ("once", "with retries", "progress")
BACKGROUND: Sequence[Mapping[str, Any]] = [
    {"name": "job", ECHO: {"value": 5}, "async": 30, "poll": 1},
    {"name": "wrong", ECHO: {"valeu": 5}, "async": 30, "poll": 0, "ignore_errors": True},
]
# Ansible-core's wrapper of background jobs needs a path without spaces.
HAS_BACKGROUND = " " not in sys.executable
ELSEWHERE: Mapping[str, Mapping[str, Any]] = {
    "names": {"tasks": [{"name": "whole", INFO: {}}]},
    "values": VALUES_PLAY,
    "progress": {"tasks": [{"name": "shown", ECHO: {"writes": 2}}]},
}


@pytest.fixture(scope="module")
def here(core: str, _own_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Where modules run inside Ansible's process."""
    background = {"background": {"tasks": BACKGROUND}} if HAS_BACKGROUND else {}
    return run_plays(_own_sandbox, tmp_path_factory.mktemp("here"), core, {**HERE, **background}, "-vvv")


@pytest.fixture(scope="module")
def elsewhere(core: str, _own_sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Where Ansible executes them."""
    folder = tmp_path_factory.mktemp("elsewhere")
    return run_plays(_own_sandbox, folder, core, ELSEWHERE, "-vvv", DYNATRACE_IN_PROCESS="false")


class TestNames:
    def test_callbacks_see_the_name_of_the_module(self, here: Run) -> None:
        tasks = ("whole", "short", "redirected")
        seen = [(entry["task"], entry["action"]) for entry in here.played.seen if entry["task"] in tasks]
        assert seen == [("whole", INFO), ("short", INFO), ("redirected", INFO)]
        assert not [task for task in tasks if EXECUTED in here.output(task)]
        assert here.asked == 3

    def test_the_same_where_ansible_executes_it(self, elsewhere: Run) -> None:
        assert [entry["action"] for entry in elsewhere.played.seen if entry["task"] == "whole"] == [INFO]
        assert EXECUTED in elsewhere.output("whole")
        assert elsewhere.asked == 1


def test_both_ways_see_the_same_values(here: Run, elsewhere: Run) -> None:
    """What YAML and Ansible make of a value must not be seen on either way."""
    tasks = ("echo", "again", "fails")
    both = [
        [_own_keys_removed(entry) for entry in run.played.seen if entry["task"] in tasks and entry["event"] != "retry"]
        for run in (here, elsewhere)
    ]
    assert both[0] == both[1]
    said, again, _failure = both[0]
    value = said["result"]["value"]
    # Since ansible-core 2.22, callbacks see no text that came out of a vault.
    assert value["vaulted"] in ("of the vault", "$REDACTED$")
    assert again["result"]["value"] == ["{{ 7 * 7 }}", value, "right"]
    assert value["unsafe"] == "{{ 7 * 7 }}"
    assert value["date"] == "2026-11-28"
    assert value["2"] == "integer key"


def _own_keys_removed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what is Ansible's own in a result."""
    result = {name: value for name, value in entry["result"].items() if name not in ("exception", "ansible_facts")}
    return {**entry, "result": {name: value for name, value in result.items() if not name.startswith("_ansible")}}


class TestKeepsWorking:
    def test_keywords_of_a_task(self, here: Run) -> None:
        assert not [task["name"] for task in KEYWORDS if EXECUTED in here.output(task["name"])]
        assert [result.get("value") for result in here.results("loop")][:2] == [1, "two"]
        (check,) = here.results("check")
        assert (check["validated"], check["diff"]["before"]) == ("none", "")
        *retries, last = here.results("until")
        assert len(retries) == 2
        assert (last["attempts"], last["msg"]) == (2, "no")
        assert "HIDDEN" not in here.played.output
        assert "HIDDEN" not in here.played.log
        (conditions,) = here.results("conditions")
        assert conditions["changed"] is True
        (environment,) = here.results("environment")
        if "invocation" in environment:
            assert environment["invocation"]["module_args"]["retries"] == 7
        (over,) = here.results("environment is over")
        assert over["value"] is None

    def test_of_other_hosts(self, here: Run) -> None:
        assert EXECUTED not in here.output("delegated")
        assert sorted(result["value"] for result in here.results("delegated")) == ["web1", "web2"]

    @pytest.mark.skipif(not HAS_BACKGROUND, reason="ansible-core's wrapper needs a path without spaces")
    def test_a_job_in_the_background(self, here: Run) -> None:
        assert EXECUTED + " " in here.output("job")
        assert here.results("job")[-1]["value"] == 5
        (wrong,) = here.results("wrong")
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
    def test_lines_reach_the_screen_and_the_log(self, sandbox: RunningSandbox, tmp_path: Path, core: str) -> None:
        """At no verbosity."""
        tasks = [{"name": "shown", ECHO: {"writes": 2}}, {"name": "hidden", ECHO: {"writes": 2}, "no_log": True}]
        progress = run_plays(sandbox, tmp_path, core, {"progress": {"tasks": tasks}})
        assert progress.writes == {"progress": 4}
        lines = _progress(progress.output("shown"))
        assert lines == [f"[localhost] write {number} (time-out in 60 s)" for number in range(2)]
        assert _progress(progress.output("hidden")) == []
        assert progress.played.log.count("[localhost] write 1") == 1

    def test_there_are_none_where_ansible_executes_the_module(self, elsewhere: Run) -> None:
        assert elsewhere.writes["progress"] == 2
        assert _progress(elsewhere.played.output) == []
        assert "[localhost] write 1" not in elsewhere.played.log


def _progress(output: str) -> list[str]:
    return re.findall(r"^\d\d:\d\d:\d\d (\[localhost\] .*)$", output, re.MULTILINE)


@pytest.mark.parametrize("task", ["once", "with retries"])
def test_where_the_time_is_over_the_result_says_what_was_done(here: Run, task: str) -> None:
    """With retries there is no other try."""
    entries = [entry for entry in here.played.seen if entry["task"] == task]
    items = [entry["result"] for entry in entries if entry["event"] == "item failed"]
    assert len(items) == 2
    assert [entry for entry in entries if entry["event"] == "retry"] == []
    done = [item["error"]["done"] for item in items]
    assert all(texts for texts in done)
    assert here.writes[task] == sum(map(len, done))
    for item in items:
        assert item["changed"] is True
        assert item["timedout"] == {"period": 1}
        assert "Before that, 0 was sent; 1 was sent" in item["msg"]


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
