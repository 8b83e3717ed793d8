# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a module runs, what it finds there, and what it leaves. Small modules, and the action plugin as a worker process has it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from ansible import constants
from ansible.errors import AnsibleActionFail
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._connection import Clients
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import document, nothing, whole
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress
from ansible_collections.community.dynatrace.plugins.plugin_utils import _in_process
from ansible_collections.community.dynatrace.plugins.plugin_utils._in_process import InProcessAction

from tests.support.module import new_action, run_action
from tests.support.server import Server, reply

NAME = "community.dynatrace.small"
GIVEN = {"environment_url": "http://127.0.0.1:1", "api_token": "dt0c01.PUBLIC.HIDDENTOKEN", "retries": 0}
OWN = sys.executable
Work = Callable[[Task], Result]


def action(work: Work, options: Mapping[str, Any] | None = None) -> type[InProcessAction]:
    module = Module(work, {"value": {"type": "raw"}, "progress": {"type": "bool", "default": True}, **(options or {})})
    return type("ActionModule", (InProcessAction,), {"module": module})


def run(work: Work, args: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return run_action(action(work), NAME, {**GIVEN, **(args or {})}, **more)


def idle(task: Task) -> Result:
    return Result({"things": []}, "none")


def pausing(seconds: float, task: Task) -> Result:
    _clock.sleep(seconds)
    return Result({})


def struck(task: Task) -> Result:
    """The time of the task is over in the midst of it."""
    signal.raise_signal(signal.SIGALRM)
    return pausing(5, task)


class TestWhere:
    """``None`` stands for what is set nowhere."""

    @pytest.fixture(autouse=True)
    def _executed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(NormalAction, "run", lambda self, tmp=None, task_vars=None: {"executed": True})
        for name in ("DYNATRACE_IN_PROCESS", "ANSIBLE_PYTHON_INTERPRETER"):
            monkeypatch.delenv(name, raising=False)

    @staticmethod
    def is_here(variables: Mapping[str, Any] | None = None, prepare: Any = None, **keywords: Any) -> bool:
        plugin = new_action(action(idle), NAME, GIVEN, variables, **{"environment": [], **keywords})
        if prepare:
            prepare(plugin)
        result = plugin.run(task_vars=dict(variables or {}))
        return "executed" not in result

    def test_on_this_machine(self) -> None:
        assert self.is_here()

    @pytest.mark.parametrize("transport", ["ssh", "community.general.chroot"])
    def test_not_over_another_connection(self, transport: str) -> None:
        assert not self.is_here(prepare=lambda plugin: setattr(plugin._connection, "transport", transport))

    def test_not_over_a_connection_that_only_derives_from_the_local_one(self) -> None:
        def rename(plugin: Any) -> None:
            plugin._connection.ansible_aliases = ["some.collection.special"]

        assert not self.is_here(prepare=rename)

    def test_not_with_become(self) -> None:
        assert not self.is_here(prepare=lambda plugin: setattr(plugin._connection, "become", object()))

    def test_not_with_async(self) -> None:
        assert not self.is_here(async_val=10)

    def test_not_without_requests(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_in_process, "IMPORT_ERROR", "Traceback ...")
        assert not self.is_here()

    @pytest.mark.parametrize(
        ("of_task", "of_controller", "expected"),
        [
            (None, None, True),
            (False, None, False),
            ("false", None, False),
            ("no", None, False),
            ("{{ 1 == 2 }}", None, False),
            (None, "0", False),
            (None, "off", False),
            (None, "", True),
            (None, "perhaps", True),
            (True, "false", True),
            ("false", "true", False),
        ],
    )
    def test_the_switch(
        self, monkeypatch: pytest.MonkeyPatch, of_task: Any, of_controller: str | None, expected: bool
    ) -> None:
        if of_controller is not None:
            monkeypatch.setenv("DYNATRACE_IN_PROCESS", of_controller)
        environment = [] if of_task is None else [{"DYNATRACE_IN_PROCESS": _trusted(of_task)}]
        assert self.is_here(environment=environment) is expected

    @pytest.mark.parametrize(("wanted", "expected"), [(None, False), ("", False), ("true", True), ("false", False)])
    def test_macos(self, monkeypatch: pytest.MonkeyPatch, wanted: str | None, expected: bool) -> None:
        """``requests`` may crash there in a process that was forked."""
        monkeypatch.setattr(sys, "platform", "darwin")
        if wanted is not None:
            monkeypatch.setenv("DYNATRACE_IN_PROCESS", wanted)
        assert self.is_here() is expected

    @pytest.mark.parametrize(
        ("variable", "of_controller", "expected"),
        [
            ("auto", None, True),
            ("auto_silent", None, True),
            ("auto_legacy", None, True),
            ("", None, True),
            (OWN, None, True),
            ("{{ ansible_playbook_python }}", None, True),
            ("{{ 'auto' }}", None, True),
            ("/usr/bin/python3.99", None, False),
            ("{{ elsewhere }}", None, False),
            ("{{ there_is_no_such_variable }}", None, False),
            (None, "/usr/bin/python3.99", False),
            (None, OWN, True),
            (OWN, "/usr/bin/python3.99", True),
            (f"{Path(OWN).parent}/../{Path(OWN).parent.name}/{Path(OWN).name}", None, False),
        ],
    )
    def test_the_interpreter(
        self, monkeypatch: pytest.MonkeyPatch, variable: str | None, of_controller: str | None, expected: bool
    ) -> None:
        variables = {"ansible_playbook_python": OWN, "elsewhere": "/usr/bin/python3.99"}
        if variable is not None:
            variables["ansible_python_interpreter"] = _trusted(variable)
        if of_controller is not None:
            monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", of_controller)
        assert self.is_here(variables) is expected

    @pytest.mark.parametrize("is_own", [True, False])
    def test_the_interpreter_of_the_host_that_a_task_is_delegated_to(self, is_own: bool) -> None:
        interpreters = [OWN, "/usr/bin/python3.99"]
        there, here = interpreters if is_own else reversed(interpreters)
        variables = {
            "ansible_python_interpreter": here,
            "ansible_delegated_vars": {"localhost": {"ansible_python_interpreter": there}},
        }
        assert self.is_here(variables, delegate_to="localhost") is is_own

    @pytest.mark.parametrize("check", [False, True])
    def test_arguments_are_checked_before_a_job_is_started(self, check: bool) -> None:
        args = {**GIVEN, "valeu": "HIDDEN"}
        plugin = new_action(action(idle), NAME, args, async_val=10, check_mode=check, environment=[])
        result = plugin.run(task_vars={})
        assert result["failed"] is True
        assert result["msg"].startswith(f"Unsupported parameters for ({NAME}) module: valeu. Supported parameters")
        assert result["msg"].endswith(" About valeu: give value.")
        assert "HIDDEN" not in str(result)


def _trusted(value: Any) -> Any:
    """As a template that stands in a playbook."""
    try:
        from ansible.template import trust_as_template
    except ImportError:  # ansible-core before 2.19
        return value
    return trust_as_template(value) if isinstance(value, str) else value


class TestSurroundings:
    def test_the_environment_of_the_task_is_in_force_as_texts_and_restored(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: dict[str, str] = {}

        def look(task: Task) -> Result:
            seen.update(os.environ)
            return Result({"retries": task.client.retries})

        monkeypatch.setenv("SET_BEFORE", "before")
        env = {"SET_BEFORE": 5, "SET_NOW": True, "DYNATRACE_RETRIES": 7}
        result = run_action(
            action(look), NAME, {name: GIVEN[name] for name in ("environment_url", "api_token")}, env=env
        )
        assert result["retries"] == 7
        assert (seen["SET_BEFORE"], seen["SET_NOW"]) == ("5", "True")
        assert os.environ["SET_BEFORE"] == "before"
        assert "SET_NOW" not in os.environ

    @pytest.mark.parametrize("error", [KeyError("a bug"), KeyboardInterrupt(), SystemExit(1)])
    def test_they_are_restored_however_it_ends(self, error: BaseException, tmp_path: Path) -> None:
        before, here, temporary = dict(os.environ), os.getcwd(), tempfile.gettempdir()

        def crash(task: Task) -> Result:
            assert tempfile.gettempdir() == str(tmp_path)
            raise error

        with pytest.raises(type(error)):
            run(crash, env={"SET_NOW": "x", "TMPDIR": str(tmp_path)})
        assert (dict(os.environ), os.getcwd(), tempfile.gettempdir()) == (before, here, temporary)
        assert logging.root.manager.disable == logging.NOTSET

    @pytest.mark.parametrize("name", ["", "A=B", "A\0B", "A\ud800"])
    def test_what_no_variable_can_have_is_refused(self, name: str) -> None:
        before = dict(os.environ)
        with pytest.raises(AnsibleActionFail, match="no variable can have"):
            run(idle, env={"SET_NOW": "x", name: "x"})
        assert dict(os.environ) == before

    def test_relative_paths_begin_where_a_module_would_find_them(self, tmp_path: Path) -> None:
        seen: list[str] = []

        def look(task: Task) -> Result:
            seen.append(os.getcwd())
            return Result({})

        plugin = new_action(action(look), NAME, GIVEN, environment=[])
        plugin._loader.set_basedir(str(tmp_path))
        plugin.run(task_vars={})
        assert seen == [str(tmp_path)]
        assert os.getcwd() != str(tmp_path)

    def test_nothing_is_written_and_nothing_logged(self, capfd: pytest.CaptureFixture[str], caplog: Any) -> None:
        caplog.set_level(logging.DEBUG)

        def ask(task: Task) -> Result:
            return Result({"answer": task.client.get("/v2/x", {}, document)})

        with Server(reply(200, {"a": 1})) as server:
            assert run(ask, {"environment_url": server.url})["answer"] == {"a": 1}
        assert capfd.readouterr() == ("", "")
        assert caplog.records == []

    def test_warnings_of_libraries_come_back_once_and_without_secrets(self) -> None:
        def warn(task: Task) -> Result:
            for dummy in range(3):
                warnings.warn("HIDDENTOKEN is sent unverified", stacklevel=1)
                warnings.warn("dt0c01.PUBLIC.HIDDENTOKEN is sent unverified", stacklevel=1)
            warnings.warn("for programmers", DeprecationWarning, stacklevel=1)
            task.warn("look out")
            task.warn("look out")
            return Result({})

        result = run(warn)
        assert result["warnings"] == ["look out", "HIDDENTOKEN is sent unverified", "******** is sent unverified"]

    def test_programs_run(self, tmp_path: Path) -> None:
        def call(task: Task) -> Result:
            command = [
                OWN,
                "-c",
                "import os, sys; print(os.getcwd(), os.environ['MORE'], sys.stdin.read()); sys.exit(3)",
            ]
            said = task.run_program(command, cwd=str(tmp_path), environ_update={"MORE": "x"}, handle_exceptions=False)
            with pytest.raises(OSError, match="no-such-program"):
                task.run_program(["/no-such-program"], cwd=str(tmp_path), environ_update={}, handle_exceptions=False)
            return Result({"said": said})

        assert run(call)["said"] == [3, f"{tmp_path} x \n", ""]


class TestResults:
    def test_what_goes_in_and_what_comes_out_is_plain(self) -> None:
        import datetime

        seen: list[Any] = []

        def echo(task: Task) -> Result:
            seen.append(task.params["value"])
            return Result({"value": task.params["value"], "more": ({"b"}, datetime.date(2026, 1, 2))})

        value = {1: _trusted("{{ 7 * 7 }}"), "when": datetime.date(2026, 11, 28), "list": (_trusted("x"), None, 1.5)}
        result = run(echo, {"value": value})
        plain = {"1": "{{ 7 * 7 }}", "when": "2026-11-28", "list": ["x", None, 1.5]}
        assert result["value"] == seen[0] == plain
        assert result["more"] == [["b"], "2026-01-02"]
        for text in (seen[0]["1"], seen[0]["list"][0], result["value"]["1"], result["value"]["list"][0]):
            assert type(text) is str

    def test_a_bug_is_not_swallowed(self) -> None:
        def crash(task: Task) -> Result:
            raise KeyError("a bug")

        with pytest.raises(KeyError, match="a bug"):
            run(crash)

    def test_an_alias_as_an_ansible_module_tells_it(self) -> None:
        options = {
            "size": {
                "type": "int",
                "aliases": ["length"],
                "deprecated_aliases": [
                    {"name": "length", "version": "9.0.0", "collection_name": "community.dynatrace"}
                ],
            }
        }
        result = run_action(action(idle, options), NAME, {**GIVEN, "size": 1, "length": 2})
        assert result["warnings"] == ["Both option size and its alias length are set."]
        assert result["deprecations"][0]["msg"].startswith("Alias 'length' is deprecated.")


class TestLoop:
    """The client stays as long as all is the same."""

    @pytest.fixture
    def clients(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
        kept = Clients()
        monkeypatch.setattr(_in_process, "_CLIENTS", kept)
        yield kept
        kept.close()

    def test_session_and_token_stay(self, clients: Clients) -> None:
        def ask(task: Task) -> Result:
            return Result({"answer": task.client.get("/v2/x", {}, whole)})

        token = "ISSUED-HIDDEN"
        with Server(reply(200, {"access_token": token}), *[reply(200, {"said": token})] * 3) as server:
            args = {
                "environment_url": server.url,
                "oauth_client_id": "id",
                "oauth_client_secret": "HIDDENSECRET",
                "oauth_token_url": server.url + "/token",
                "oauth_scopes": ["a:read"],
            }
            results = [new_action(action(ask), NAME, args, environment=[]).run(task_vars={}) for dummy in range(3)]
        assert server.lines == ["POST /token", *["GET /platform/classic/environment-api/v2/x"] * 3]
        # Also in the later items, which the token was not issued to.
        assert [result["answer"] for result in results] == [{"said": "********"}] * 3

    @pytest.mark.parametrize(
        ("args", "environment"),
        [
            ({"api_token": "dt0c01.OTHER.TOKEN"}, {}),
            ({"timeout": 5}, {}),
            ({"validate_certs": False}, {}),
            ({}, {"HTTPS_PROXY": "http://127.0.0.1:9"}),
            ({}, {"https_proxy": "http://127.0.0.1:9"}),
            ({}, {"NO_PROXY": "*"}),
            ({}, {"REQUESTS_CA_BUNDLE": "/x"}),
            ({}, {"NETRC": "/x"}),
            ({}, {"HOME": "/x"}),
            ({"api_token": ""}, {"DYNATRACE_API_TOKEN": "dt0c01.OTHER.TOKEN"}),
        ],
    )
    def test_not_what_could_make_them_differ(
        self, clients: Clients, args: Mapping[str, Any], environment: Mapping[str, str]
    ) -> None:
        seen: list[Any] = []

        def look(task: Task) -> Result:
            seen.append(task.client)
            return Result({})

        for given, variables in ((GIVEN, {}), ({**GIVEN, **args}, environment), (GIVEN, {})):
            new_action(action(look), NAME, given, environment=[variables]).run(task_vars={})
        assert seen[0] is seen[2]
        assert seen[0] is not seen[1]

    def test_only_a_few_are_kept(self, clients: Clients) -> None:
        for number in range(30):
            new_action(action(idle), NAME, {**GIVEN, "timeout": number + 1}, environment=[]).run(task_vars={})
        assert len(clients._kept) == 8


class TestTimeout:
    """Ansible's handler for the alarm would raise an exception in the midst of anything."""

    @pytest.fixture(autouse=True)
    def _handlers(self) -> Iterator[None]:
        def raise_timeout(dummy_signal: int, dummy_frame: Any) -> None:
            raise AssertionError("Ansible's own handler was called")

        before, self.handler = signal.signal(signal.SIGALRM, raise_timeout), raise_timeout
        yield
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        _clock.start()

    def test_no_further_write_is_begun_and_the_journal_says_what_was_done(self) -> None:
        def write_twice(task: Task) -> Result:
            for name in "abc":
                task.journal.write(f"{name} was made", partial(task.client.post, f"/v2/{name}", {}, nothing))
                if name == "b":
                    _clock.sleep(30)
            return Result({}, "create")

        with Server(reply(204), reply(204), reply(204)) as server:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            began = time.monotonic()
            result = run(write_twice, {"environment_url": server.url}, timeout=5)
        assert time.monotonic() - began < 5
        assert server.lines == ["POST /api/v2/a", "POST /api/v2/b"]
        assert (result["failed"], result["changed"], result["timedout"]) == (True, True, {"period": 5})
        assert result["error"]["done"] == ["a was made", "b was made"]
        assert "timeout" in result["msg"]
        assert "Before that, a was made; b was made" in result["msg"]
        assert signal.getsignal(signal.SIGALRM) is self.handler

    def test_a_request_under_way_gets_its_answer(self) -> None:
        def write(task: Task) -> Result:
            task.journal.write("a was made", lambda: task.client.post("/v2/a", {}, nothing))
            return Result({"thing": 1}, "create")

        with Server(reply(204, after=0.6)) as server:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            result = run(write, {"environment_url": server.url}, timeout=5)
        assert (result["failed"], result["changed"], result["action"]) == (True, True, "create")
        assert result["msg"] == "the task was carried out, but it took longer than its time limit (timeout)"

    def test_nothing_is_left_for_the_next_task(self) -> None:
        assert run(struck, timeout=5)["failed"]
        assert not run(partial(pausing, 0.1)).get("failed")

    def test_there_is_no_other_try(self) -> None:
        plugin = new_action(action(struck), NAME, GIVEN, environment=[], timeout=5, retries=3)
        plugin.run(task_vars={})
        assert plugin._task.until == [True]

    def test_an_alarm_that_comes_too_late_throws_no_result_away(self) -> None:
        signal.alarm(1)
        assert run(idle, timeout=1)["changed"] is False
        time.sleep(1.2)


class TestProgress:
    @staticmethod
    def wait(task: Task) -> Result:
        task.tell(Progress("1 running", left=60))
        task.tell(Progress("1 running", left=59))
        task.tell(Progress("0 running", {"a": "a is done"}))
        return Result({})

    @pytest.mark.parametrize(
        ("args", "keywords", "host"),
        [
            ({}, {}, "localhost"),
            ({"progress": False}, {}, None),
            ({}, {"env": {"DYNATRACE_PROGRESS": "false"}}, None),
            ({"progress": True}, {"env": {"DYNATRACE_PROGRESS": "false"}}, "localhost"),
            ({}, {"no_log": True}, None),
        ],
    )
    def test_who_sees_what(self, args: Mapping[str, Any], keywords: Mapping[str, Any], host: str | None) -> None:
        told: list[str] = []
        options = {"progress": {"type": "bool", "default": True, "fallback": (_fallback, ["DYNATRACE_PROGRESS"])}}
        run_action(action(self.wait, options), NAME, {**GIVEN, **args}, tell=told.append, **keywords)
        assert [line[9:] for line in told] == (
            [f"[{host}] 1 running (time-out in 60 s)", f"[{host}] a is done"] if host else []
        )

    @pytest.mark.parametrize(("callback", "to_errors"), [("default", False), ("ansible.posix.json", True)])
    def test_a_json_document_stays_one(self, monkeypatch: pytest.MonkeyPatch, callback: str, to_errors: bool) -> None:
        display = mock.Mock()
        monkeypatch.setattr(_in_process, "Display", display)
        monkeypatch.setattr(constants, "DEFAULT_STDOUT_CALLBACK", callback)
        _in_process._show("a line")
        display().display.assert_called_once_with("a line", stderr=to_errors)

    @pytest.mark.parametrize(
        "way", [{}, {"args": {"api_token": None}, "env": {"DYNATRACE_API_TOKEN": GIVEN["api_token"]}}]
    )
    def test_lines_and_warnings_show_no_secret(self, way: Mapping[str, Any]) -> None:
        def wait(task: Task) -> Result:
            task.secrets.add("of a setting")
            said = f"{GIVEN['api_token']} or of a setting"
            task.tell(Progress(said, {"a": said}, left=60, subject=said))
            task.warn(said)
            return Result({})

        told: list[str] = []
        masked = "******** or ********"
        assert run(wait, tell=told.append, run_once=True, **way)["warnings"] == [masked]
        assert [line[9:] for line in told] == [f"[{masked}] {masked}", f"[{masked}] {masked} (time-out in 60 s)"]

    def test_lines_of_threads_are_whole(self) -> None:
        def wait(task: Task) -> Result:
            workers = [
                threading.Thread(target=task.tell, args=(Progress(f"{number}", left=60),)) for number in range(5)
            ]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return Result({})

        told: list[str] = []
        run(wait, tell=told.append)
        assert len(told) == 5


def _fallback(*names: str) -> str:
    from ansible.module_utils.errors import AnsibleFallbackNotFound

    for name in names:
        if name in os.environ:
            return os.environ[name]
    raise AnsibleFallbackNotFound
