# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api: against the sandbox, and against a server that plays a script where the sandbox has no such endpoint."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock

from tests.support.module import run_in_process
from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, cut_off, reply, reset_after

TAG = "builtin:sandbox.tag-rule"
AUTO = "/api/v2/activeGates/autoUpdate"
OBJECTS = "/api/v2/settings/objects"
SLO = "/api/v2/slo"
BODY = {"name": "Payment", "target": 95}


def scripted(
    server: Server, module: str = "api", check: bool = False, diff: bool = False, **args: Any
) -> dict[str, Any]:
    common = {"environment_url": server.url, "api_token": "dt0c01.X.Y", "retry_max_delay": 0.01, "timeout": 5}
    if "platform_token" in args:
        common.pop("api_token")
    return run_in_process(module, {**common, **args}, check=check, diff=diff)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Those of the module, which take no time."""
    made: list[float] = []
    monkeypatch.setattr(_clock, "monotonic", lambda: sum(made))
    monkeypatch.setattr(_clock, "sleep", made.append)
    return made


def asked(server: Server) -> list[str]:
    return [f"{one.method} {one.target}" for one in server.requests]


class TestPut:
    args: dict[str, Any] = {"method": "PUT", "path": SLO + "/1", "body": BODY}  # noqa: RUF012

    def test_a_life(self, sandbox: RunningSandbox) -> None:
        args: dict[str, Any] = {"method": "PUT", "path": AUTO, "body": {"globalSetting": "ENABLED"}}
        done = sandbox.run("api", diff=True, **args)
        assert (done["action"], done["changed"], done["status"], done["content"]) == ("update", True, 204, None)
        assert done["diff"]["before_header"] == f"PUT {AUTO}"
        assert done["diff"]["before"]["globalSetting"] == "DISABLED"
        assert done["diff"]["after"]["globalSetting"] == "ENABLED"
        sandbox.clear()
        again = sandbox.run("api", diff=True, **args)
        assert (again["action"], again["changed"], again["status"]) == ("none", False, None)
        assert again["content"]["globalSetting"] == "ENABLED"
        assert again["diff"]["before"] == again["diff"]["after"]
        assert sandbox.sent == ["GET /v2/activeGates/autoUpdate"]

    def test_check_mode_only_reads_unless_there_is_a_validator(self, sandbox: RunningSandbox) -> None:
        args: dict[str, Any] = {"method": "PUT", "path": AUTO, "body": {"globalSetting": "ENABLED"}}
        predicted = sandbox.run("api", check=True, **args)
        assert (predicted["action"], predicted["validated"]) == ("update", "local")
        assert sandbox.sent == ["GET /v2/activeGates/autoUpdate"]
        wrong = {**args, "body": {"globalSetting": "MAYBE"}, "validator": {"path": f"{AUTO}/validator"}}
        refused = sandbox.run("api", check=True, **wrong)
        assert refused["error"]["status"] == 400
        assert sandbox.writes == []

    @pytest.mark.parametrize(
        ("there", "body", "compare", "is_same"),
        [
            ({"id": "1", **BODY}, BODY, "subset", True),
            ({"id": "1", **BODY}, BODY, "exact", False),
            ({"id": "1", "metadata": {}, **BODY}, BODY, "exact", True),
            ({"name": "Payment", "target": 95.0, "old": None}, BODY, "exact", True),
            ({"name": "Payment", "target": 90}, BODY, "subset", False),
            ({"a": True}, {"a": 1}, "subset", False),
            ({"a": [{"id": 1, "b": 2}]}, {"a": [{"b": 2}]}, "subset", True),
            ({"a": [1, 2]}, {"a": [1]}, "subset", False),
            ({"a": 1}, {"a": 1, "b": None}, "subset", True),
            ({"a": 1}, {"a": None}, "subset", False),
            ([1], [1], "subset", True),
        ],
    )
    def test_what_is_the_same(self, there: Any, body: Any, compare: str, is_same: bool) -> None:
        with Server(reply(200, there), reply(204)) as server:
            result = scripted(
                server,
                method="PUT",
                path=SLO + "/1",
                body=body,
                compare=compare,
                ignore=["metadata"] + ["id"] * is_same,
            )
        assert result["changed"] is not is_same
        assert len(server.requests) == (1 if is_same else 2)

    def test_what_is_not_there_is_created(self) -> None:
        with Server(reply(404, {"error": {"code": 404, "message": "no"}}), reply(201, {"id": "1"})) as server:
            result = scripted(server, **self.args, diff=True)
        assert (result["action"], result["content"], result["diff"]["before"]) == ("create", {"id": "1"}, "")

    def test_a_path_that_cannot_be_read(self) -> None:
        with Server(reply(405)) as server:
            assert "set compare=none" in scripted(server, **self.args)["msg"]
        with Server(reply(204)) as server:
            result = scripted(server, **self.args, compare="none")
        assert (result["action"], result["changed"]) == ("update", True)
        assert server.requests[0].json == BODY

    def test_a_lost_answer_is_looked_for(self) -> None:
        with Server(reply(200, {}), reset_after(), reply(200, BODY)) as server:
            result = scripted(server, **self.args)
        assert (result["action"], result["changed"], result["status"]) == ("update", True, None)
        assert result["content"] == BODY
        with Server(reply(200, {}), reply(502), reply(200, {}), reply(200, {"id": 1})) as server:
            result = scripted(server, **self.args)
        assert [one.method for one in server.requests] == ["GET", "PUT", "GET", "PUT"]
        assert result["content"] == {"id": 1}

    def test_nobody_looks_and_nobody_sends_twice(self) -> None:
        with Server(reset_after()) as server:
            result = scripted(server, **self.args, compare="none")
        text = f"PUT {SLO}/1 was carried out"
        assert f"Whether {text} is unknown" in result["msg"]
        assert (result["changed"], result["error"]["unknown"], result["error"]["done"]) == (False, [text], [])
        assert len(server.requests) == 1
        with Server(reset_after(), reply(200)) as server:
            result = scripted(server, **self.args, compare="none", idempotent=True)
        assert (result["changed"], len(server.requests)) == (True, 2)


class TestPost:
    args: dict[str, Any] = {"method": "POST", "path": SLO, "body": BODY}  # noqa: RUF012
    once: dict[str, Any] = {**args, "unless_found": {"query": {"q": "x"}, "match": {"name": "Payment"}}}  # noqa: RUF012

    def test_is_sent_each_time(self) -> None:
        location = "https://x/api/v2/slo/1"
        with Server(reply(201, None, {"Location": location})) as server:
            result = scripted(server, **self.args, diff=True, headers={"X-A": "b"})
        assert (result["action"], result["changed"], result["status"], result["location"]) == (
            "create",
            True,
            201,
            location,
        )
        assert (result["diff"]["before"], result["diff"]["after"]) == ("", BODY)
        assert server.requests[0].headers["x-a"] == "b"
        assert server.requests[0].headers["content-type"].startswith("application/json")
        with Server() as server:
            predicted = scripted(server, **self.args, check=True)
        assert (predicted["action"], predicted["validated"], server.requests) == ("create", "local", [])

    def test_is_not_sent_for_what_is_found_on_any_page(self) -> None:
        pages = (reply(200, {"slo": [{"name": "Other"}], "nextPageKey": "k"}), reply(200, {"slo": [{"id": 1, **BODY}]}))
        with Server(*pages) as server:
            result = scripted(server, **self.once)
        assert (result["action"], result["content"]) == ("none", {"id": 1, **BODY})
        assert asked(server) == [f"GET {SLO}?q=x", f"GET {SLO}?nextPageKey=k"]

    def test_a_lost_answer_is_looked_for(self) -> None:
        with Server(reply(200, {"slo": []}), reset_after(), reply(200, {"slo": [BODY]})) as server:
            result = scripted(server, **self.once)
        assert (result["action"], result["content"], len(server.requests)) == ("create", BODY, 3)

    def test_what_does_not_show_is_not_sent_again(self) -> None:
        empty = reply(200, {"slo": []})
        with Server(empty, reset_after(), empty) as server:
            result = scripted(server, **self.once)
        assert "was not there afterwards and was not sent again, since it may still come" in result["msg"]
        assert result["error"]["unknown"] == [f"POST {SLO} was carried out"]
        assert [request.method for request in server.requests] == ["GET", "POST", "GET"]
        with Server(empty, reset_after(), empty, reply(201, {"id": 1})) as server:
            result = scripted(server, **self.once, idempotent=True)
        assert [request.method for request in server.requests] == ["GET", "POST", "GET", "POST"]
        assert (result["action"], result["content"]) == ("create", {"id": 1})

    @pytest.mark.parametrize("status", [502, 504])
    def test_what_may_be_late_is_waited_for(self, pauses: list[float], status: int) -> None:
        empty = reply(200, {"slo": []})
        with Server(empty, reply(status), empty, empty, reply(200, {"slo": [BODY]})) as server:
            result = scripted(server, **self.once)
        assert (result["action"], result["content"], result["status"]) == ("create", BODY, None)
        assert [request.method for request in server.requests] == ["GET", "POST", "GET", "GET", "GET"]
        del pauses[:]
        with Server(empty, reply(status), otherwise=empty) as server:
            result = scripted(server, **self.once)
        assert "was not there 120 seconds later and was not sent again" in result["msg"]
        assert [request.method for request in server.requests][:2] == ["GET", "POST"]
        assert {request.method for request in server.requests[2:]} == {"GET"}
        assert 120 <= sum(pauses) < 125

    def test_a_patch_is_not_sent_twice_either(self) -> None:
        args: dict[str, Any] = {"method": "PATCH", "path": SLO + "/1", "body": {"target": 96}}
        with Server(reply(200, BODY), reset_after(), reply(200, {**BODY, "target": 96})) as server:
            result = scripted(server, **args, diff=True)
        assert (result["action"], result["diff"]["after"]) == ("update", {**BODY, "target": 96})
        assert [request.method for request in server.requests] == ["GET", "PATCH", "GET"]
        with Server(reply(200, BODY), reset_after(), reply(200, BODY)) as server:
            result = scripted(server, **args)
        assert "was not sent again, since it may still come" in result["msg"]
        assert [request.method for request in server.requests] == ["GET", "PATCH", "GET"]

    @pytest.mark.parametrize(
        "step",
        [
            reset_after(),
            reply(500, b"x"),
            reply(502),
            reply(504),
            cut_off(201, {"id": "12345678"}),
            reply(200, b"<html>", headers={"Content-Type": "text/html"}),
            reply(200, b'{"id": ', headers={"Content-Type": "application/json"}),
        ],
    )
    def test_a_lost_answer_is_an_error_where_nobody_can_look(self, step: Any) -> None:
        with Server(step) as server:
            result = scripted(server, **self.args)
        assert f"Whether POST {SLO} was carried out is unknown" in result["msg"]
        assert (result["changed"], len(server.requests)) == (False, 1)

    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_an_empty_answer_is_success(self, status: int) -> None:
        for args in (self.args, {**TestPut.args, "compare": "none"}, {**TestDelete.args, "compare": "none"}):
            with Server(reply(status, b"")) as server:
                result = scripted(server, **args)
            assert (result["changed"], result["status"], result["content"]) == (True, status, None)

    def test_a_second_look_that_fails(self) -> None:
        refusal = reply(403, {"error": {"code": 403, "message": "no"}})
        with Server(reply(200, {"slo": []}), reset_after(), refusal) as server:
            result = scripted(server, **self.once)
        assert f"Whether POST {SLO} was carried out is unknown, and a second look failed" in result["msg"]
        assert (result["changed"], result["error"]["unknown"]) == (False, [f"POST {SLO} was carried out"])

    def test_nobody_saw_whether_the_first_try_arrived(self) -> None:
        """Refused the second time, so that nothing may be said to be unchanged."""
        with Server(reset_after(), reply(400, {"error": {"code": 400, "message": "bad"}})) as server:
            result = scripted(server, **self.args, idempotent=True)
        assert result["error"]["unknown"] == [f"POST {SLO} was carried out"]
        assert f"Whether POST {SLO} was carried out is unknown" in result["msg"]

    def test_what_never_arrived_or_was_turned_away_is_sent_again(self) -> None:
        for status in (429, 503):
            with Server(reply(status), reply(201, {"id": 1})) as server:
                assert scripted(server, **self.args)["content"] == {"id": 1}

    def test_a_refusal_can_be_accepted(self) -> None:
        error = {"error": {"code": 409, "message": "exists"}}
        with Server(reply(409, error)) as server:
            result = scripted(server, **self.args, accept_status=[409], diff=True)
        assert (result["action"], result["changed"], result["status"], result["content"]) == ("none", False, 409, error)
        assert result["diff"]["before"] == result["diff"]["after"]
        with Server(reset_after(), reply(409, error)) as server:
            result = scripted(server, **self.args, accept_status=[409], idempotent=True)
        assert (result["changed"], result["status"]) == (True, 409)

    @pytest.mark.parametrize("check", [True, False])
    def test_questions_change_nothing(self, check: bool) -> None:
        with Server(reset_after(), reply(502), reply(200, {"state": "SUCCEEDED"})) as server:
            result = scripted(server, **self.args, read_only=True, check=check)
        assert (result["action"], result["changed"], result["content"]) == ("none", False, {"state": "SUCCEEDED"})
        assert len(server.requests) == 3

    def test_bodies(self, tmp_path: Path) -> None:
        path = tmp_path / "package.bin"
        path.write_bytes(b"\x00\x01")
        kinds: list[tuple[dict[str, Any], bytes, str]] = [
            ({"body": '{"a": 1}'}, b'{"a": 1}', "application/json; charset=utf-8"),
            (
                {"body": "cpu 1\u00e9", "content_type": "text/plain; charset=utf-8"},
                b"cpu 1\xc3\xa9",
                "text/plain; charset=utf-8",
            ),
            ({"body": [1, None]}, b"[1,null]", "application/json; charset=utf-8"),
            ({"src": str(path)}, b"\x00\x01", "application/octet-stream"),
        ]
        for given, body, kind in kinds:
            with Server(reply(503), reply(200)) as server:
                result = scripted(server, method="POST", path=SLO, **given)
            assert not result.get("failed"), result["msg"]
            assert server.requests[1].body == body
            assert server.requests[1].headers["content-type"] == kind
        with Server(reply(202)) as server:
            scripted(server, method="POST", path=SLO)
        assert server.requests[0].body == b""
        assert "content-type" not in server.requests[0].headers

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ({"body": "cpu 1"}, "say what it is by content_type"),
            ({"body": {}, "src": "/x"}, "mutually exclusive"),
            ({"src": "/nowhere/at-all"}, "not a file that can be read"),
            ({"src": "/dev/null"}, "not a regular file"),
            ({"src": "/"}, "not a regular file"),
            ({"src": "/a\0b"}, "src is not a path: it holds a character that is not allowed in paths"),
            ({"body": "\ud800", "content_type": "text/plain"}, "half of a surrogate pair"),
            ({"path": SLO + "/\ud800"}, "half of a surrogate pair"),
            ({"query": {"a": ["\ud800"]}}, "half of a surrogate pair"),
            ({"query": {"a": [{}]}}, "the query parameter a must be"),
            ({"body": json.loads("[" * 150 + "]" * 150)}, "body is nested more than 100 levels deep"),
            ({"body": {}, "content_type": "a\nb"}, "content_type is not a media type"),
            ({"method": "PUT", "unless_found": {"match": {"a": 1}}}, "unless_found is for POST"),
            ({"unless_found": {"match": {}}}, "needs a match"),
            ({"unless_found": {"match": {"a": 1}, "path": "/x"}}, "unless_found.path"),
            ({"method": "DELETE", "validator": {"path": SLO + "/v"}}, "not for DELETE"),
            ({"validator": {}}, "the same address"),
            ({"validator": {"path": SLO + "/", "query": {"validateOnly": False}}}, "the same address"),
            ({"query": {"force": True}, "validator": {"query": {"force": True}}}, "the same address"),
            ({"method": "PUT", "read_only": True}, "read_only is for POST"),
            ({"method": "GET"}, "must be one of"),
        ],
    )
    def test_what_cannot_be_meant(self, args: dict[str, Any], said: str) -> None:
        for check in (True, False):
            with Server() as server:
                result = scripted(server, **{"method": "POST", "path": SLO, **args}, check=check)
            assert said in result["msg"]
            assert server.requests == []

    def test_a_pipe_is_no_file_to_wait_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with Server() as server:
            result = scripted(server, method="POST", path=SLO, src=str(tmp_path / "pipe"))
        assert "not a regular file" in result["msg"]
        assert server.requests == []

    @pytest.mark.parametrize(
        ("text", "content_type", "secrets"),
        [
            (
                '{"password": "hush-hush", "list": [["hush-too-"], 1234567890]}',
                None,
                ["hush-hush", "hush-too-", "1234567890"],
            ),
            ("user=me&password=hush%2Dhush", "application/x-www-form-urlencoded", ["hush-hush"]),
            ("first,hush-hush\n second,hush-too", "text/csv", ["first,hush-hush", "second,hush-too"]),
        ],
    )
    def test_of_a_text_nobody_knows_what_is_secret(
        self, text: str, content_type: str | None, secrets: list[str]
    ) -> None:
        refusal = reply(400, {"error": {"code": 400, "message": f"password of me: {secrets}; and all: {text}"}})
        with Server(refusal) as server:
            failed = scripted(server, method="POST", path=SLO, body=text, content_type=content_type)
        assert "withheld" in failed["invocation"]["module_args"]["body"]
        for secret in (text, *secrets):
            assert secret not in str(failed)
        # Keys and short values are words.
        assert "password of me" in failed["msg"]

    def test_parameters_that_are_called_like_a_secret(self) -> None:
        path = f"{SLO}?accessToken=hush%2Dhush&name=x&own=hush-own"
        refusal = reply(400, {"error": {"code": 400, "message": "hush-hush, hush%2Dhush, hush-own, hush-query"}})
        args: dict[str, Any] = {"query": {"clientSecret": "hush-query"}, "secret_properties": ["own"]}
        with Server(refusal) as server:
            failed = scripted(server, method="POST", path=path, body={}, **args)
        assert "hush" not in str(failed)
        shown = failed["invocation"]["module_args"]
        assert shown["path"] == f"{SLO}?accessToken=********&name=x&own=********"
        assert shown["query"] == {"clientSecret": "********"}

    def test_secrets_are_masked_where_their_names_tell(self) -> None:
        body = {"name": "x", "apiToken": "hush-hush", "headers": [{"secretValue": "hush-too"}], "own": "hush-own"}
        refusal = reply(400, {"error": {"code": 400, "message": "hush-hush, hush-too and hush-own are bad"}})
        args = {**self.args, "body": body, "secret_properties": ["own"], "headers": {"X-Key": "hush-header"}}
        with Server(reply(201), refusal) as server:
            done = scripted(server, **args, diff=True)
            failed = scripted(server, **args, diff=True)
        assert done["diff"]["after"]["apiToken"] == "********"
        assert done["diff"]["after"]["name"] == "x"
        assert "******** and ******** are bad" in failed["msg"]
        assert "hush" not in str(done) + str(failed)


class TestDelete:
    args: dict[str, Any] = {"method": "DELETE", "path": SLO + "/1"}  # noqa: RUF012

    def test_a_life(self) -> None:
        with Server(reply(200, BODY), reply(204)) as server:
            done = scripted(server, **self.args, diff=True)
        assert (done["action"], done["diff"]["before"], done["diff"]["after"]) == ("delete", BODY, "")
        with Server(reply(200, BODY)) as server:
            predicted = scripted(server, **self.args, diff=True, check=True)
        assert predicted["diff"] == done["diff"]
        with Server(reply(404)) as server:
            assert scripted(server, **self.args)["changed"] is False
        assert len(server.requests) == 1

    def test_left_to_the_server(self) -> None:
        with Server(reply(404)) as server:
            result = scripted(server, **self.args, compare="none")
        assert (result["action"], result["changed"], result["status"]) == ("none", False, 404)
        assert [one.method for one in server.requests] == ["DELETE"]

    def test_another_environment_is_no_absence(self) -> None:
        error = {"error": {"code": 404, "message": "failed to resolve tenant x"}}
        with Server(reply(404, error)) as server:
            assert scripted(server, **self.args)["failed"]

    def test_a_lost_answer_is_looked_for(self) -> None:
        with Server(reply(200, BODY), reset_after(), reply(404)) as server:
            result = scripted(server, **self.args)
        assert (result["action"], result["changed"]) == ("delete", True)
        assert [one.method for one in server.requests] == ["GET", "DELETE", "GET"]
        with Server(reset_after(), reply(404)) as server:
            result = scripted(server, **self.args, compare="none", idempotent=True)
        assert (result["action"], result["changed"]) == ("delete", True)


def test_no_token_anywhere(sandbox: RunningSandbox) -> None:
    args: dict[str, Any] = {"method": "POST", "path": OBJECTS, "body": [{"schemaId": TAG, "value": {}}]}
    assert "SANDBOXTOKEN" not in str(sandbox.run("api", diff=True, **args))
