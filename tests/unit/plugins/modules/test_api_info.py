# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""api_info: against the sandbox, and against a server that plays a script where the sandbox has no such endpoint."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module import run_in_process
from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, reply

from .test_api import SLO, asked, scripted


def test_follows_pages_by_the_key_alone() -> None:
    pages = (
        reply(200, {"totalCount": 3, "slo": [1], "warnings": [], "nextPageKey": "k 1"}),
        reply(200, {"slo": [], "nextPageKey": "k2"}),
        reply(200, {"slo": [2, 3], "nextPageKey": None}),
    )
    with Server(*pages) as server:
        result = scripted(server, "api_info", path=SLO, query={"enabledSlos": "all", "sort": True, "tag": ["a", "b"]})
    assert result["content"] == {"totalCount": 3, "slo": [1, 2, 3], "warnings": []}
    assert (result["changed"], result["status"]) == (False, 200)
    first, *others = asked(server)
    assert first == f"GET {SLO}?enabledSlos=all&sort=true&tag=a&tag=b"
    assert others == [f"GET {SLO}?nextPageKey=k+1", f"GET {SLO}?nextPageKey=k2"]


def test_the_limit_ends_it_before_the_next_page() -> None:
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
        ({"a": []}, {"limit": 0}, "limit must be at least 1"),
    ],
)
def test_what_cannot_be_followed(answer: Any, args: dict[str, Any], said: str) -> None:
    with Server(reply(200, answer), reply(200, answer)) as server:
        result = scripted(server, "api_info", path=SLO, **args)
    assert result["failed"]
    assert said in result["msg"]


def test_the_named_list_is_followed() -> None:
    with Server(reply(200, {"a": [1], "b": [2], "nextPageKey": "k"}), reply(200, {"b": [3]})) as server:
        assert scripted(server, "api_info", path=SLO, items="b")["content"] == {"a": [1], "b": [2, 3]}


def test_platform_services_have_their_own_parameter() -> None:
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
def test_where_paths_lead(path: str, token: str, target: str) -> None:
    args: dict[str, Any] = {"path": path, token: "dt0x.X.Y"}
    with Server(reply(200, {})) as server:
        result = scripted(server, "api_info", **args)
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
def test_paths_that_lead_elsewhere_are_never_sent(path: str) -> None:
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
        ({"headers": {"X:": "hush-hush"}}, "is not a header"),
        ({"query": {"Api-Token": "hush-hush"}}, "give the token as api_token"),
        ({"query": {"a": {"b": 1}}}, "parameter a must be"),
        ({"path": SLO + "?a=1", "query": {"a": 2}}, "a is given twice"),
        ({"accept_status": [500]}, "accept_status holds 500"),
        ({"accept_status": [401]}, "accept_status holds 401"),
    ],
)
def test_what_cannot_be_meant(args: dict[str, Any], said: str) -> None:
    with Server() as server:
        result = scripted(server, "api_info", **{"path": SLO, **args})
    assert said in result["msg"]
    assert "hush-hush" not in str(result)
    assert server.requests == []


def test_tokens_in_the_address_are_not_shown() -> None:
    refusal = reply(404, {"error": {"code": 404, "message": "no hush-hush and no hush-query"}})
    with Server(refusal) as server:
        args: dict[str, Any] = {"path": SLO + "?apiToken=hush-hush&name=x", "query": {"token": "hush-query"}}
        failed = scripted(server, "api_info", **args)
    assert "no ******** and no ********" in failed["msg"]
    assert "hush" not in str(failed)
    assert failed["invocation"]["module_args"]["path"] == SLO + "?apiToken=********&name=x"


@pytest.mark.parametrize("key", [{"k": 1}, True])
def test_a_page_key_that_is_no_text(key: Any) -> None:
    with Server(reply(200, {"slo": [], "nextPageKey": key})) as server:
        result = scripted(server, "api_info", path=SLO)
    assert "where a text was expected at nextPageKey" in result["msg"]


@pytest.mark.parametrize("content", [None, [], {}, "text", 5, [None], {"slo": None}])
def test_whatever_the_answer_is(content: Any) -> None:
    with Server(reply(200, content)) as server:
        assert scripted(server, "api_info", path=SLO)["content"] == content


def test_oauth_needs_scopes() -> None:
    with Server() as server:
        args = {
            "environment_url": server.url,
            "oauth_client_id": "dt0s02.X",
            "oauth_client_secret": "dt0s02.X.hush",
        }
        result = run_in_process("api_info", {**args, "path": SLO})
    assert "oauth_scopes is missing" in result["msg"]


def test_refusals_can_be_accepted(sandbox: RunningSandbox) -> None:
    path = "/api/v2/settings/schemas/nothing"
    assert sandbox.run("api_info", path=path)["error"]["status"] == 404
    result = sandbox.run("api_info", path=path, accept_status=[404])
    assert result["status"] == 404
    assert "error" in result["content"]


def test_answers_that_are_no_json() -> None:
    kinds = [
        ("text/csv; charset=utf-8", "a,b\n1,2", "a,b\n1,2"),
        ("application/x-ndjson", '{"a":1}\n{"b":2}', '{"a":1}\n{"b":2}'),
    ]
    for kind, text, content in kinds:
        with Server(reply(200, text.encode(), headers={"Content-Type": kind})) as server:
            result = scripted(server, "api_info", path=SLO, headers={"accept": "text/csv"})
        assert result["content"] == content
        assert server.requests[0].headers["accept"] == "text/csv"


def test_a_login_page_is_no_answer() -> None:
    with Server(reply(200, b"<html>", headers={"Content-Type": "text/html;charset=utf-8"})) as server:
        result = scripted(server, "api_info", path=SLO)
    assert "answered with a page" in result["msg"]
