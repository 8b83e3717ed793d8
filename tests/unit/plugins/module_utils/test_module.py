# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The road from a module's options to its result: with real modules in a process of their own, and with small ones in this one.

The small ones take both ways, as a process of its own would run them, and by an action plugin.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible_collections.community.dynatrace.plugins.module_utils import _connection
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    StateError,
    Violation,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import whole
from ansible_collections.community.dynatrace.plugins.module_utils._module import UNCHECKED_MSG, Module
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._version import VERSION
from ansible_collections.community.dynatrace.plugins.plugin_utils._in_process import InProcessAction

from tests.support.module import ModuleCrashError, run_action, run_main, run_module
from tests.support.server import Server, reply, reset_after

KEYS_OF_ERROR = ["status", "code", "message", "constraint_violations", "method", "url", "done", "unknown"]
TOKEN = "dt0c01.PUBLIC.HIDDENTOKEN"
ADDRESS = "http://127.0.0.1:1"
OPTIONS = {
    "name": {"type": "str"},
    "value": {"type": "dict"},
    "number": {"type": "int"},
    "file": {"type": "path"},
    "state": {"choices": ["present", "absent"], "default": "present"},
    "below": {"type": "dict", "options": {"name": {"type": "str"}}},
    "rows": {"type": "list", "elements": "dict", "options": {"name": {"type": "str"}}},
}
Work = Callable[[Task], Result]


def idle(task: Task) -> Result:
    return Result({"things": []})


class Outcome:
    """What a module with OPTIONS gives, ``value`` withheld, that does ``work``. ``in_action``: by an action plugin."""

    def __init__(self, in_action: bool) -> None:
        self._in_action = in_action

    def __call__(
        self, work: Work, args: dict[str, Any] | None = None, env: dict[str, str] | None = None, **more: Any
    ) -> dict[str, Any]:
        given = {"environment_url": ADDRESS, "api_token": TOKEN, "retries": 0, **(args or {})}
        given = {name: value for name, value in given.items() if value is not ...}
        module = Module(work, OPTIONS, scopes=["a:read"], withheld=["value"], **more.pop("rules", {}))
        if not self._in_action:
            return run_main(module.run, given, env=env, **more)
        action = type("ActionModule", (InProcessAction,), {"module": module})
        return run_action(action, "community.dynatrace.small", given, env=env, **more)


@pytest.fixture(params=["alone", "in Ansible"])
def outcome(request: pytest.FixtureRequest) -> Outcome:
    return Outcome(request.param == "in Ansible")


def test_a_real_module() -> None:
    with Server(reply(503), reply(200, {"credentials": []})) as server:
        args = {"environment_url": server.url, "api_token": TOKEN, "retry_max_delay": 0.01}
        result = run_module("extension_certificate_info", args)
    assert not result.get("failed")
    assert result["changed"] is False
    assert result["certificates"] == []
    shown = result["invocation"]["module_args"]
    assert shown["environment_url"] == server.url
    assert shown["validate_certs"] is True
    assert "HIDDEN" not in json.dumps(result)
    assert server.lines == ["GET /api/v2/credentials"] * 2
    assert server.requests[0].headers["authorization"] == f"Api-Token {TOKEN}"
    assert server.requests[0].headers["user-agent"].startswith(f"community.dynatrace/{VERSION} ansible/2.")


def test_a_real_module_with_variables_alone_and_a_refusal() -> None:
    body = {
        "error": {
            "code": 403,
            "message": f"Token {TOKEN} is missing required scope. Use one of: credentialVault.read (Read)",
        }
    }
    with Server(reply(403, body)) as server:
        result = run_module("extension_certificate_info", {}, env={"DT_ENV_URL": server.url, "DT_API_TOKEN": TOKEN})
    assert result["failed"] is True
    assert result["msg"].endswith("Give the token the scope credentialVault.read (Read)")
    assert result["error"]["status"] == 403
    assert "HIDDEN" not in json.dumps(result)


def test_a_real_module_fails_validation_without_showing_what_may_be_secret() -> None:
    args = {
        "environment_url": ADDRESS,
        "api_token": TOKEN,
        "content": "HIDDEN",
        "state": "odd",
    }
    result = run_module("extension_certificate", args)
    assert result["failed"] is True
    assert "state" in result["msg"]
    assert "HIDDEN" not in json.dumps(result)


def test_without_requests_a_module_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('there is no requests here')\n")
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    result = run_module("extension_certificate_info", {"environment_url": ADDRESS}, env={"PYTHONPATH": path})
    assert result["failed"] is True
    assert "Failed to import the required Python library (requests)" in result["msg"]


def test_a_module_that_crashes_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModuleCrashError, match="no_such_module"):
        run_module("no_such_module", {})


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("diff", [False, True])
def test_the_shape_of_a_result(outcome: Outcome, check: bool, diff: bool) -> None:
    def work(task: Task) -> Result:
        assert task.check_mode is check
        task.warn("look out")
        return Result({"thing": {"id": 1}}, "update", {"a": 1}, {"a": 2}, "thing 1", "server")

    result = outcome(work, {"name": "x"}, check=check, diff=diff)
    assert result["changed"] is True
    assert (result["action"], result["thing"]) == ("update", {"id": 1})
    assert result.get("validated") == ("server" if check else None)
    expected = {"before": {"a": 1}, "after": {"a": 2}, "before_header": "thing 1", "after_header": "thing 1"}
    assert result.get("diff") == (expected if diff else None)
    assert "look out" in json.dumps(result["warnings"])
    assert result["invocation"]["module_args"]["name"] == "x"


def test_a_withheld_option_is_shown_as_its_package_masked_it(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        task.shown["value"] = {"password": "********"}
        return Result({}, "none")

    args = {"value": {"password": "HIDDEN"}}
    assert outcome(work, args)["invocation"]["module_args"]["value"] == {"password": "********"}
    assert outcome(idle, args)["invocation"]["module_args"]["value"].startswith("(withheld")
    assert outcome(idle)["invocation"]["module_args"]["value"] is None


@pytest.mark.parametrize(
    ("args", "rules"),
    [
        ({"value": {"password": "HIDDEN"}, "number": "many"}, {}),
        ({"value": {"password": "HIDDEN"}, "state": "odd"}, {}),
        ({"value": "HIDDEN in a text"}, {}),
        ({"value": ["HIDDEN"]}, {}),
        ({"valeu": {"password": "HIDDEN"}}, {}),
        ({"api_tokn": "HIDDEN"}, {}),
        ({"api_tokn:A-HIDDEN-ONE": None}, {}),
        ({"value": {"password": "HIDDEN"}, "number": 1}, {"mutually_exclusive": [["value", "number"]]}),
        ({"oauth_client_secret": "HIDDEN", "number": "many"}, {}),
    ],
)
def test_a_failed_validation_shows_nothing_that_may_be_secret(
    outcome: Outcome, args: dict[str, Any], rules: dict[str, Any]
) -> None:
    result = outcome(idle, args, rules=rules)
    assert result["failed"] is True
    assert "HIDDEN" not in json.dumps(result)
    assert "module_args" in result["invocation"]


def test_nothing_of_the_options_goes_to_syslog(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[Any] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda *args, **more: logged.append((args[1:], more)))
    outcome(idle, {"value": {"password": "HIDDEN"}, "name": "x"})
    outcome(idle, {"value": {"password": "HIDDEN"}, "state": "odd"})
    assert logged == []


def test_an_error_of_the_collection(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        violation = Violation("p", "must not be null", "PAYLOAD_BODY")
        raise ApiError("it failed", "PUT", "u", 400, "Constraints violated.", None, [violation])

    result = outcome(work)
    assert (result["failed"], result["changed"], result["msg"]) == (True, False, "it failed")
    assert result["error"] == {
        "status": 400,
        "code": 400,
        "message": "Constraints violated.",
        "constraint_violations": [
            {"path": "p", "message": "must not be null", "parameter_location": "PAYLOAD_BODY", "location": None}
        ],
        "method": "PUT",
        "url": "u",
        "done": [],
        "unknown": [],
    }


def test_an_error_tells_what_was_done_before_it_and_what_may_have_been(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        task.partial = lambda: {"things": [1], "job": "partial"}
        task.journal.write("a was created", lambda: None)
        with pytest.raises(LostAnswerError):
            task.journal.write("b was updated", _lost)
        with pytest.raises(StateError):
            task.journal.write("c was deleted", _refused)
        raise StateError("half done.", {"changed": False, "job": {"id": "1"}})

    result = outcome(work)
    assert (result["failed"], result["changed"], result["things"]) == (True, True, [1])
    assert result["job"] == {"id": "1"}
    assert result["msg"] == "half done. Before that, a was created. Whether b was updated is unknown"
    assert result["error"]["message"] == result["msg"]
    assert (result["error"]["done"], result["error"]["unknown"]) == (["a was created"], ["b was updated"])


def _lost() -> None:
    raise LostAnswerError("PUT u failed", "PUT", "u")


def _refused() -> None:
    raise StateError("no")


def test_an_error_does_not_repeat_secrets(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even in the traceback that ansible-core adds on demand."""
    if hasattr(_traceback(), "is_traceback_enabled"):
        monkeypatch.setattr(_traceback(), "is_traceback_enabled", lambda *events: True)

    def work(task: Task) -> Result:
        task.secrets |= {"HIDDEN-VALUE", "HIDDEN", ""}
        raise InputError("HIDDEN-VALUE is refused", {"things": [{"a": ("HIDDEN",)}]})

    result = outcome(work)
    assert "HIDDEN" not in json.dumps(result)
    assert result["msg"] == "******** is refused"
    assert result["things"] == [{"a": ["********"]}]


@pytest.mark.parametrize("token", [" ", "e", "changed", "failed"])
def test_a_secret_that_is_found_everywhere_leaves_a_result_readable(outcome: Outcome, token: str) -> None:
    def work(task: Task) -> Result:
        task.secrets.add(token)
        raise InputError("it is refused")

    result = outcome(work, {"api_token": token, "platform_token": "T"})
    assert (result["failed"], result["changed"]) == (True, False)
    assert "two ways" in result["msg"] or (token, result["msg"]) == (" ", "it is refused")


def _traceback() -> Any:
    try:
        from ansible.module_utils._internal import _traceback as found
    except ImportError:  # ansible-core before 2.19
        return None
    return found


@pytest.mark.parametrize(
    ("name", "kept"), [("x" * 100_000, "x… is in use: take another name"), ("x y " * 25_000, " was written")]
)
def test_messages_shorten_what_was_given_and_results_do_not(outcome: Outcome, name: str, kept: str) -> None:
    def failing(task: Task) -> Result:
        task.warn(f"{name} is old")
        task.journal.write(f"{name} was written", lambda: None)
        raise StateError(f"{name} is in use: take another name", {"name": name})

    result = outcome(failing)
    for text in (result["msg"], result["error"]["message"], result["error"]["done"][0]):
        assert text.startswith(name[:1000])
        assert len(text) <= 10_001
    assert len(str(result["warnings"])) < 10_100
    assert kept in result["msg"]
    assert result["name"] == name


def test_a_bug_is_not_swallowed(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        outcome(work)


def test_oauth_tokens_are_masked_like_given_ones(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    registered: list[str] = []
    monkeypatch.setattr(_connection, "register_secret", registered.append)

    def work(task: Task) -> Result:
        return Result({"things": [task.client.get("/v2/x", None, whole)]})

    with Server(
        reply(200, {"access_token": "BEARER-HIDDEN"}), reply(200, {"echo": "BEARER-HIDDEN HIDDENSECRET"})
    ) as server:
        args = {
            "environment_url": server.url,
            "api_token": ...,
            "oauth_client_id": "id",
            "oauth_client_secret": "HIDDENSECRET",
            "oauth_token_url": server.url + "/token",
        }
        result = outcome(work, args)
    assert not result.get("failed")
    assert server.requests[0].form["scope"] == "a:read"
    assert server.requests[1].headers["authorization"] == "Bearer BEARER-HIDDEN"
    assert "HIDDEN" not in json.dumps(result)
    assert {"BEARER-HIDDEN", "HIDDENSECRET"} <= set(registered)


def test_an_empty_text_is_an_option_left_out(outcome: Outcome) -> None:
    seen: list[Any] = []

    def work(task: Task) -> Result:
        seen.append((task.params["name"], task.params["number"]))
        return Result({})

    outcome(work, {"name": "", "platform_token": "", "ca_path": "", "oauth_token_url": ""}, {"DYNATRACE_CA_PATH": ""})
    assert seen == [(None, None)]


def test_an_empty_text_is_the_default_of_an_option_that_has_one() -> None:
    module = Module(
        lambda task: Result({"word": task.params["word"]}), {"word": {"default": "usual"}}, scopes=["a:read"]
    )
    assert run_main(module.run, {"environment_url": ADDRESS, "api_token": TOKEN, "word": ""})["word"] == "usual"


def test_an_empty_text_is_not_one_of_several_options(outcome: Outcome) -> None:
    result = outcome(idle, {"name": "", "file": ""}, rules={"required_one_of": [("name", "file")]})
    assert result["failed"] is True
    assert result["msg"] == "name and file are empty: give one of them"


@pytest.mark.parametrize("given", ["", None])
def test_a_required_option_is_not_empty(given: str | None) -> None:
    module = Module(idle, {"name": {"type": "str", "required": True}}, scopes=["a:read"])
    result = run_main(module.run, {"environment_url": ADDRESS, "api_token": TOKEN, "name": given})
    assert result["failed"] is True
    assert result["msg"] in ("name is empty: give a value", "missing required arguments: name")


@pytest.mark.parametrize(
    ("args", "env", "said"),
    [
        ({"number": 10**9 + 1}, {}, "number must be from -1000000000 to 1000000000"),
        ({"number": -(10**30)}, {}, "number must be from"),
        ({"retry_max_delay": 1e300}, {}, "retry_max_delay"),
        ({"file": "/a\0b"}, {}, "file is not a path: it holds a character that is not allowed in paths"),
        ({"environment_url": ...}, {}, "environment_url is missing or empty"),
        ({"environment_url": ""}, {}, "environment_url is missing or empty"),
        ({"environment_url": "http://dt.example.com"}, {}, "environment_url must begin with https"),
        ({"environment_url": "https://me:HIDDEN@dt.example.com"}, {}, "user name"),
        ({"environment_url": "https://me:HIDDEN/@x@dt.example.com"}, {}, "environment_url"),
        ({"api_token": ...}, {}, "no credentials"),
        ({"platform_token": "HIDDEN"}, {}, "two ways"),
        ({"api_token": "HIDDEN one"}, {}, "api_token holds characters"),
        ({"api_token": ...}, {"DT_API_TOKEN": "HIDDEN\none"}, "api_token holds characters"),
        ({"timeout": 0}, {}, "timeout must be from 0.001"),
        ({"timeout": "nan"}, {}, "timeout must be"),
        ({"timeout": "inf"}, {}, "timeout must be"),
        ({"retries": -1}, {}, "retries must be from 0"),
        ({"retry_max_delay": -0.1}, {}, "retry_max_delay must be from 0"),
        ({"ca_path": "/nonexistent/ca.pem"}, {}, "ca_path: there is no file"),
        ({}, {"DYNATRACE_CLIENT_CERT": "/nonexistent/me.pem"}, "client_cert: there is no file"),
    ],
)
def test_options_that_cannot_be_right(outcome: Outcome, args: dict[str, Any], env: dict[str, str], said: str) -> None:
    result = outcome(idle, args, env)
    assert result["failed"] is True
    assert said in result["msg"]
    assert list(result["error"]) == KEYS_OF_ERROR
    assert "HIDDEN" not in json.dumps(result)


@pytest.mark.parametrize(
    ("args", "env"),
    [
        ({"number": float("inf")}, {}),
        ({"number": "-inf"}, {}),
        ({"timeout": 10**400}, {}),
        ({"retries": ...}, {"DYNATRACE_RETRIES": "inf"}),
    ],
)
def test_what_ansible_cannot_check(outcome: Outcome, args: dict[str, Any], env: dict[str, str]) -> None:
    result = outcome(idle, args, env)
    assert result["failed"] is True
    # Some versions of ansible-core refuse some of it themselves.
    assert result["msg"] == UNCHECKED_MSG or "unable to convert" in result["msg"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"below": "HIDDEN"}, "below must be a dictionary"),
        ({"below": 5}, "below must be a dictionary"),
        ({"below": [None]}, "below must be a dictionary"),
        ({"below": [["HIDDEN"]]}, "below must be a dictionary"),
        ({"rows": ["name=a", {}, "HIDDEN"]}, "rows[2] must be a dictionary"),
        ({"rows": [{"name": "a"}, None]}, "rows[1] must be a dictionary"),
        ({"rows": '[{"name": "a"}, 5]'}, "rows[1] must be a dictionary"),
        ({"rows": {"name": "HIDDEN"}}, "rows must be a list of dictionaries"),
        ({"rows": "- name: HIDDEN"}, "rows must be a list of dictionaries, or a JSON text of one; from_yaml makes"),
    ],
)
def test_options_of_another_shape_are_named(outcome: Outcome, args: dict[str, Any], said: str) -> None:
    result = outcome(idle, args)
    assert result["failed"] is True
    assert result["msg"].startswith(said)
    assert "HIDDEN" not in json.dumps({**result, "invocation": None})


@pytest.mark.parametrize(
    "args", [{"below": "name=a"}, {"below": '{"name": "a"}'}, {"rows": '["name=a"]'}, {"rows": []}]
)
def test_options_of_another_form_that_ansible_reads(outcome: Outcome, args: dict[str, Any]) -> None:
    assert not outcome(idle, args).get("failed")


def test_the_variables_of_the_other_options(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        with pytest.raises(LostAnswerError):
            task.client.delete("/v2/x")
        return Result({"retries": task.client.retries})

    with Server(reset_after()) as server:
        env = {
            "DYNATRACE_ENV_URL": server.url,
            "DYNATRACE_RETRIES": "7",
            "DYNATRACE_TIMEOUT": "2.5",
            "DYNATRACE_RETRY_MAX_DELAY": "0",
            "DYNATRACE_VALIDATE_CERTS": "no",
        }
        result = outcome(work, {"environment_url": ..., "retries": ...}, env)
    shown = result["invocation"]["module_args"]
    assert result["retries"] == 7
    assert (shown["timeout"], shown["retry_max_delay"], shown["validate_certs"]) == (2.5, 0, False)
    assert len(server.requests) == 1


def test_an_option_wins_over_its_variable(outcome: Outcome) -> None:
    def work(task: Task) -> Result:
        return Result({"retries": task.client.retries})

    assert outcome(work, {"retries": 1}, {"DYNATRACE_RETRIES": "7"})["retries"] == 1
