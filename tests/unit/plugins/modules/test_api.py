# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api and api_info: against the sandbox, and against a server that plays a script where the sandbox has no such endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.module import run_in_process
from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, reply, reset_after

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


def asked(server: Server) -> list[str]:
    return [f"{one.method} {one.target}" for one in server.requests]


class TestReading:
    def test_follows_pages_by_the_key_alone(self) -> None:
        pages = (
            reply(200, {"totalCount": 3, "slo": [1], "warnings": [], "nextPageKey": "k 1"}),
            reply(200, {"slo": [], "nextPageKey": "k2"}),
            reply(200, {"slo": [2, 3], "nextPageKey": None}),
        )
        with Server(*pages) as server:
            result = scripted(
                server, "api_info", path=SLO, query={"enabledSlos": "all", "sort": True, "tag": ["a", "b"]}
            )
        assert result["content"] == {"totalCount": 3, "slo": [1, 2, 3], "warnings": []}
        assert (result["changed"], result["status"]) == (False, 200)
        first, *others = asked(server)
        assert first == f"GET {SLO}?enabledSlos=all&sort=true&tag=a&tag=b"
        assert others == [f"GET {SLO}?nextPageKey=k+1", f"GET {SLO}?nextPageKey=k2"]

    def test_the_limit_ends_it_before_the_next_page(self) -> None:
        with Server(reply(200, {"slo": [1, 2], "nextPageKey": "k"})) as server:
            assert scripted(server, "api_info", path=SLO, limit=2)["content"] == {"slo": [1, 2]}
        with Server(reply(200, [1, 2, 3])) as server:
            assert scripted(server, "api_info", path=SLO, limit=2)["content"] == [1, 2]

    @pytest.mark.parametrize(
        ("answer", "args", "said"),
        [
            ({"a": [], "b": [], "nextPageKey": "k"}, {}, "several lists (a, b)"),
            ({"nextPageKey": "k"}, {}, "no list"),
            ({"a": []}, {"items": "b"}, "no list b; it has a"),
            ({"a": [], "nextPageKey": "k"}, {"items": "a"}, "repeats the page key k"),
            ([1], {"items": "b"}, "has no properties"),
            ({"a": []}, {"limit": 0}, "limit must be at least 1"),
        ],
    )
    def test_what_cannot_be_followed(self, answer: Any, args: dict[str, Any], said: str) -> None:
        with Server(reply(200, answer), reply(200, answer)) as server:
            result = scripted(server, "api_info", path=SLO, **args)
        assert result["failed"]
        assert said in result["msg"]

    def test_the_named_list_is_followed(self) -> None:
        with Server(reply(200, {"a": [1], "b": [2], "nextPageKey": "k"}), reply(200, {"b": [3]})) as server:
            assert scripted(server, "api_info", path=SLO, items="b")["content"] == {"a": [1], "b": [2, 3]}

    def test_platform_services_have_their_own_parameter(self) -> None:
        answers = (reply(200, {"documents": [1], "nextPageKey": "k"}), reply(200, {"documents": [2]}))
        with Server(*answers) as server:
            path = "/platform/document/v1/documents"
            result = scripted(server, "api_info", path=path, platform_token="dt0s16.X.Y")
        assert result["content"] == {"documents": [1, 2]}
        assert asked(server) == [f"GET {path}", f"GET {path}?page-key=k"]
        assert server.requests[0].headers["authorization"] == "Bearer dt0s16.X.Y"
        with Server(reply(200, {"a": [1], "nextPageKey": "k"}), reply(200, {"a": []})) as server:
            scripted(server, "api_info", path=path, platform_token="dt0s16.X.Y", page_parameter="cursor")
        assert asked(server)[1] == f"GET {path}?cursor=k"

    @pytest.mark.parametrize(
        ("path", "token", "target"),
        [
            ("/api/v2/slo", "api_token", "/api/v2/slo"),
            ("api/v1/config/clusterversion", "api_token", "/api/v1/config/clusterversion"),
            ("/api/config/v1/dashboards", "api_token", "/api/config/v1/dashboards"),
            ("/platform/classic/environment-api/v2/slo", "api_token", "/api/v2/slo"),
            ("/api/v2/slo", "platform_token", "/platform/classic/environment-api/v2/slo"),
            ("/api/config/v1/x", "platform_token", "/platform/classic/environment-api/config/v1/x"),
            ("/platform/automation/v1/workflows", "platform_token", "/platform/automation/v1/workflows"),
            ("/api/v2/slo?a=b%26c&a=d", "api_token", "/api/v2/slo?a=b%26c&a=d"),
            ("/api/v2/entities/a%2Fb:c/", "api_token", "/api/v2/entities/a%2Fb:c/"),
        ],
    )
    def test_where_paths_lead(self, path: str, token: str, target: str) -> None:
        with Server(reply(200, {})) as server:
            result = scripted(server, "api_info", path=path, **{token: "dt0x.X.Y"})
        assert not result.get("failed"), result["msg"]
        assert asked(server) == [f"GET {target}"]

    @pytest.mark.parametrize(
        "path",
        [
            "https://evil.example.com/api/v2/slo",
            "//evil.example.com/api/v2/slo",
            "@evil.example.com/api/v2/slo",
            "/api/v2/../../slo",
            "/api/v2/%2e%2e/slo",
            "/api/v2/%252E%252e/slo",
            "/api/v2/x%2F..%2Fslo",
            "/api/v2/..;/slo",
            "/api/v2/a\\b",
            "/api/v2/a%5cb",
            "/api/v2//slo",
            "/api/v2/a b",
            "/api/v2/a%0d%0ab",
            "/api/v2/slo#x",
            "/api/v2/",
            "/api/cluster/v2/x",
            "/e/other/api/v2/slo",
            "/platform/automation/v1/workflows",
            "/platform/classic/../automation/v1",
            "/platform/classic/environment-api/v3/x",
            "/_sandbox/reset",
            "/",
            "",
        ],
    )
    def test_paths_that_lead_elsewhere_are_never_sent(self, path: str) -> None:
        with Server() as server:
            result = scripted(server, "api_info", path=path)
        assert result["failed"]
        assert "path" in result["msg"]
        assert server.requests == []

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ({"headers": {"authorization": "Bearer hush-hush"}}, "use the authentication options"),
            ({"headers": {"X-A": "hush-hush\r\nHost: x"}}, "the value of X-A"),
            ({"headers": {"X:": "hush-hush"}}, "is no header"),
            ({"query": {"Api-Token": "hush-hush"}}, "give the token as api_token"),
            ({"query": {"a": {"b": 1}}}, "parameter a must be"),
            ({"path": SLO + "?a=1", "query": {"a": 2}}, "a is given twice"),
            ({"accept_status": [500]}, "accept_status holds 500"),
            ({"accept_status": [401]}, "accept_status holds 401"),
        ],
    )
    def test_what_cannot_be_meant(self, args: dict[str, Any], said: str) -> None:
        with Server() as server:
            result = scripted(server, "api_info", **{"path": SLO, **args})
        assert said in result["msg"]
        assert "hush-hush" not in str(result)
        assert server.requests == []

    def test_oauth_needs_scopes(self) -> None:
        with Server() as server:
            args = {
                "environment_url": server.url,
                "oauth_client_id": "dt0s02.X",
                "oauth_client_secret": "dt0s02.X.hush",
            }
            result = run_in_process("api_info", {**args, "path": SLO})
        assert "oauth_scopes is missing" in result["msg"]

    def test_refusals_can_be_accepted(self, sandbox: RunningSandbox) -> None:
        path = "/api/v2/settings/schemas/nothing"
        assert sandbox.run("api_info", path=path)["error"]["status"] == 404
        result = sandbox.run("api_info", path=path, accept_status=[404])
        assert result["status"] == 404
        assert "error" in result["content"]

    def test_answers_that_are_no_json(self) -> None:
        kinds = [
            ("text/csv; charset=utf-8", "a,b\n1,2", "a,b\n1,2"),
            ("application/x-ndjson", '{"a":1}\n{"b":2}', '{"a":1}\n{"b":2}'),
        ]
        for kind, text, content in kinds:
            with Server(reply(200, text.encode(), headers={"Content-Type": kind})) as server:
                result = scripted(server, "api_info", path=SLO, headers={"accept": "text/csv"})
            assert result["content"] == content
            assert server.requests[0].headers["accept"] == "text/csv"

    def test_a_login_page_is_no_answer(self) -> None:
        with Server(reply(200, b"<html>", headers={"Content-Type": "text/html;charset=utf-8"})) as server:
            result = scripted(server, "api_info", path=SLO)
        assert "answered with a page" in result["msg"]


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
        assert (result["action"], result["content"], result["diff"]["before"]) == ("create", {"id": "1"}, {})

    def test_a_path_that_cannot_be_read(self) -> None:
        with Server(reply(405)) as server:
            assert "set compare to none" in scripted(server, **self.args)["msg"]
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
        assert "Whether it was carried out is unknown" in result["msg"]
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
        assert (result["diff"]["before"], result["diff"]["after"]) == ({}, BODY)
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

    def test_what_does_not_show_yet_is_waited_for_and_not_sent_again(self) -> None:
        empty = reply(200, {"slo": []})
        with Server(empty, reset_after(), empty, empty, reply(200, {"slo": [BODY]})) as server:
            result = scripted(server, **self.once)
        assert (result["action"], result["content"]) == ("create", BODY)
        assert [one.method for one in server.requests] == ["GET", "POST", "GET", "GET", "GET"]
        with Server(empty, reset_after(), empty, empty) as server:
            result = scripted(server, **self.once, retries=1)
        assert "Whether it was carried out is unknown" in result["msg"]
        assert [one.method for one in server.requests] == ["GET", "POST", "GET", "GET"]
        with Server(empty, reset_after(), empty, reply(201, {"id": 1})) as server:
            result = scripted(server, **self.once, idempotent=True)
        assert [one.method for one in server.requests] == ["GET", "POST", "GET", "POST"]

    def test_a_patch_is_not_sent_twice_either(self) -> None:
        args = {"method": "PATCH", "path": SLO + "/1", "body": {"target": 96}}
        with Server(reply(200, BODY), reset_after(), reply(200, BODY), reply(200, {**BODY, "target": 96})) as server:
            result = scripted(server, **args, diff=True)
        assert (result["action"], result["diff"]["after"]) == ("update", {**BODY, "target": 96})
        assert [one.method for one in server.requests] == ["GET", "PATCH", "GET", "GET"]

    def test_a_lost_answer_is_an_error_where_nobody_can_look(self) -> None:
        for step in (reset_after(), reply(500, b"x"), reply(504)):
            with Server(step) as server:
                result = scripted(server, **self.args)
            assert "Whether it was carried out is unknown" in result["msg"]
            assert len(server.requests) == 1

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
            ({"src": "/nowhere/at-all"}, "no file that can be read"),
            ({"body": {}, "content_type": "a\nb"}, "content_type is none"),
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
        assert (done["action"], done["diff"]["before"], done["diff"]["after"]) == ("delete", BODY, {})
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
