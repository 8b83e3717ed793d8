# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, TransportError
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client

from tests.support.server import Server, Step, raw, reply

from .conftest import Connect

VIOLATION = {
    "path": "builtin:x/0/threshold",
    "message": "Must be of type float",
    "parameterLocation": "PAYLOAD_BODY",
    "location": None,
}
FOUND = {
    "path": "builtin:x/0/threshold",
    "message": "Must be of type float",
    "parameter_location": "PAYLOAD_BODY",
    "location": None,
}
ENVELOPE = {"error": {"code": 400, "message": "Constraints violated.", "constraintViolations": [VIOLATION]}}
ITEM = {"code": 400, **ENVELOPE, "invalidValue": {"threshold": "x"}}
HTML = "<!doctype html><html><head><title>HTTP Status 400\n – Bad &amp; Request</title></head><body>…</body></html>"
NEW_SCOPE = "Token is missing required scope. Use one of: WriteConfig (Write configuration)"


@pytest.mark.parametrize(
    ("status", "body", "code", "message", "violations"),
    [
        (400, ENVELOPE, 400, "Constraints violated.", [FOUND]),
        (400, [ENVELOPE], 400, "Constraints violated.", [FOUND]),
        (400, [ENVELOPE, ENVELOPE], 400, "Constraints violated.", [FOUND, FOUND]),
        (400, ITEM, 400, "Constraints violated.", [FOUND]),
        (400, [{"code": 200, "objectId": "a"}, ITEM], 400, "Constraints violated.", [FOUND]),
        (400, [{"error": {"code": 400, "message": "a"}}, {"error": {"code": 409, "message": "b"}}], 400, "a; b", []),
        (
            404,
            {"error": {"code": 404, "message": "failed to resolve tenant x", "constraintViolations": None}},
            404,
            "failed to resolve tenant x",
            [],
        ),
        (400, {"error": {"code": 422, "message": "the body's code counts"}}, 422, "the body's code counts", []),
        (400, {"error": "invalid_client", "error_description": "Unknown"}, 400, "invalid_client: Unknown", []),
        (400, {"error": "invalid_client"}, 400, "invalid_client", []),
        (
            400,
            {
                "error": {
                    "code": 400,
                    "message": "Bad",
                    "details": {"constraintViolations": [VIOLATION], "errorRef": "u"},
                }
            },
            400,
            "Bad",
            [FOUND],
        ),
        (403, {"error": {"code": 403, "message": "Forbidden", "details": {"errorRef": "u"}}}, 403, "Forbidden", []),
        (400, {"error": {"code": 400, "message": "a", "constraintViolations": "odd", "details": "odd"}}, 400, "a", []),
        (
            400,
            {"error": {"code": 400, "message": "a", "constraintViolations": ["odd", {"message": "b"}]}},
            400,
            "a",
            [{"path": None, "message": "b", "parameter_location": None, "location": None}],
        ),
        (400, {"error": {"code": "x", "message": None}}, 400, "", []),
        (400, {"message": "no envelope"}, 400, "no envelope", []),
        (400, HTML, 400, "HTTP Status 400 – Bad & Request", []),
        (502, "<html><body>no title</body></html>", 502, "", []),
        (401, "Unauthorized", 401, "Unauthorized", []),
        (404, None, 404, "", []),
        (400, "[1, 2]", 400, "", []),
        (400, "17", 400, "", []),
        (400, {"odd": 1}, 400, "", []),
        (400, {"error": None}, 400, "", []),
        (400, b"\xff\xfe\x00broken", 400, None, []),
        (400, b"\xef\xbb\xbf" + b'{"error":{"code":400,"message":"with a mark"}}', 400, "with a mark", []),
        (400, "a" * 5000, 400, "a" * 300, []),
    ],
)
def test_what_a_body_says(
    connect: Connect, status: int, body: Any, code: int, message: str | None, violations: list[Any]
) -> None:
    with Server(reply(status, body)) as server, pytest.raises(ApiError) as caught:
        connect(server, retries=0).get("/v2/x", {"filter": "not-in-the-message"})
    error = caught.value.error()
    url = server.url + "/api/v2/x"
    assert error["status"] == status
    assert error["code"] == code
    assert error["constraint_violations"] == violations
    assert (error["method"], error["url"]) == ("GET", url)
    assert caught.value.msg.startswith(f"GET {url} failed with status {status}")
    assert "not-in-the-message" not in caught.value.msg
    if message is not None:
        assert error["message"] == message
        assert message in caught.value.msg
    for one in violations:
        assert one["message"] in caught.value.msg
    assert list(error) == ["status", "code", "message", "constraint_violations", "method", "url"]


@pytest.mark.parametrize(
    ("error", "scope"),
    [
        (
            {"message": "Token is missing required scope. Use one of: ExternalSyntheticIntegration"},
            "ExternalSyntheticIntegration",
        ),
        ({"message": NEW_SCOPE}, "WriteConfig (Write configuration)"),
        (
            {"message": "Forbidden", "details": {"missingScopes": ["settings:objects:read", "b"]}},
            "settings:objects:read, b",
        ),
        ({"message": "Forbidden", "details": {"missingScopes": "settings:objects:read"}}, "settings:objects:read"),
    ],
)
def test_a_missing_scope_is_named(error: dict[str, Any], scope: str) -> None:
    found = answers.from_decoded("GET", "u", 403, {"error": {"code": 403, **error}})
    assert found.msg.endswith(f"Give the token the scope {scope}")


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "token was not accepted"), (403, "permission"), (404, "environment_url"), (429, "throttling")],
)
def test_what_to_do_is_said(status: int, advice: str) -> None:
    assert advice in answers.refusal("GET", "u", status, b"").msg


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (reply(200, {"a": 1}), {"a": 1}),
        (reply(200, [1]), [1]),
        (reply(207, [{"code": 200}]), [{"code": 200}]),
        (reply(201, b""), None),
        (reply(200, b" \n"), None),
        (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), None),
        (reply(200, b"\xef\xbb\xbf{}"), {}),
        (reply(200, '{"name": "…"}'), {"name": "…"}),
        (raw(b'HTTP/1.0 200 OK\r\n\r\n{"until": "the end"}'), {"until": "the end"}),
        (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), {}),
    ],
)
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_good_answer(connect: Connect, answer: Step, value: Any, method: str) -> None:
    with Server(answer) as server:
        assert getattr(connect(server), method)("/v2/x") == value


def test_a_packed_answer(connect: Connect) -> None:
    import gzip

    content = b'{"items": [' + b"1," * 100_000 + b"1]}"
    with Server(reply(200, gzip.compress(content), {"Content-Encoding": "gzip"})) as server:
        assert len(connect(server).get("/v2/x")["items"]) == 100_001
    assert "gzip" in server.requests[0].headers["accept-encoding"]


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_login_page_is_no_success(connect: Connect, method: str) -> None:
    page = reply(200, "<!doctype html><title>Sign in</title>", {"Content-Type": "text/html"})
    with Server(page) as server, pytest.raises(TransportError, match=r"something else than JSON.*environment_url"):
        getattr(connect(server), method)("/v2/x")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://sso.example.com/login?goto=HIDDEN#HIDDEN", "https://sso.example.com/login"),
        ("https://me:HIDDEN@sso.example.com/login", "https://sso.example.com/login"),
        ("/ui/login?x=HIDDEN", "/ui/login"),
        ("http://[HIDDEN", "nowhere"),
        (None, "nowhere"),
    ],
)
@pytest.mark.parametrize(
    ("status", "method"), [(301, "get"), (302, "delete"), (307, "post"), (308, "get"), (304, "get")]
)
def test_a_redirect_is_an_error_that_names_its_target(
    connect: Connect, status: int, method: str, location: str | None, shown: str
) -> None:
    headers = {"Location": location} if location else {}
    with Server(reply(status, b"" if status == 304 else b"see there", headers)) as server:
        with pytest.raises(TransportError) as caught:
            getattr(connect(server), method)("/v2/x", *([{}] if method == "post" else []))
        assert f"redirected to {shown}, which" in caught.value.msg
        assert "HIDDEN" not in caught.value.msg
    assert server.lines == [f"{method.upper()} /api/v2/x"]


def pages(client: Client) -> list[Any]:
    return list(client.pages("/v2/settings/objects", {"schemaIds": "builtin:x", "pageSize": 500}, "items"))


def test_the_next_page_is_asked_for_by_its_key_alone(connect: Connect) -> None:
    with Server(
        reply(200, {"items": [1, 2], "nextPageKey": "a+/="}),
        reply(200, {"items": [], "nextPageKey": "b"}),
        reply(503),
        reply(200, {"items": [3], "nextPageKey": None}),
    ) as server:
        assert pages(connect(server)) == [1, 2, 3]
    assert [one.query for one in server.requests] == [
        {"schemaIds": ["builtin:x"], "pageSize": ["500"]},
        {"nextPageKey": ["a+/="]},
        {"nextPageKey": ["b"]},
        {"nextPageKey": ["b"]},
    ]


@pytest.mark.parametrize("keys", ["aa", "aba"])
def test_a_key_that_repeats_is_an_error(connect: Connect, keys: str) -> None:
    steps = [reply(200, {"items": [1], "nextPageKey": key}) for key in keys]
    with Server(*steps) as server, pytest.raises(TransportError, match="repeats the page key a"):
        pages(connect(server))
    assert len(server.requests) == len(keys)


@pytest.mark.parametrize("body", [{}, {"objects": []}, {"items": None}, {"items": {}}, [], None])
def test_a_page_without_its_list_is_an_error(connect: Connect, body: Any) -> None:
    with Server(reply(200, body)) as server, pytest.raises(TransportError, match="without the list 'items'"):
        pages(connect(server))


def test_a_query_as_the_api_reads_it(connect: Connect) -> None:
    with Server(reply(200, {})) as server:
        connect(server).get("/v2/x", {"adminAccess": True, "all": False, "n": 5, "none": None, "many": ["a", "b c"]})
    assert server.requests[0].query == {"adminAccess": ["true"], "all": ["false"], "n": ["5"], "many": ["a", "b c"]}


def test_what_every_request_carries(connect: Connect) -> None:
    with Server(reply(200, {}), reply(200, {})) as server:
        client = connect(server, user_agent="community.dynatrace/1 ansible/2")
        client.get("/v2/x")
        client.put("/v2/x", {"ö": [1.5, None]})
    get, put = server.requests
    assert get.headers["accept"] == "application/json; charset=utf-8, application/json"
    assert get.headers["user-agent"] == "community.dynatrace/1 ansible/2"
    assert put.headers["content-type"] == "application/json; charset=utf-8"
    assert put.json == {"ö": [1.5, None]}
    assert server.connections == 1
