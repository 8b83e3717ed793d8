# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import whole

from tests.support.server import Server, reply

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
        (400, {"error": {"code": True, "message": "a"}}, 400, "a", []),
        (400, {"error": {"code": "409", "message": {"text": "an object"}}}, 400, '{"text": "an object"}', []),
        (400, {"error": {"code": [409], "message": ["a", 1]}}, 400, '["a", 1]', []),
        (400, {"error": "a", "error_description": {"b": 1}}, 400, 'a: {"b": 1}', []),
        (400, {"error": {"message": "a", "details": []}}, 400, "a", []),
        (400, {"error": {"message": "a", "details": {"constraintViolations": {"path": "b"}}}}, 400, "a", []),
        (400, {"error": {"message": "a", "details": {"missingScopes": None}}}, 400, "a", []),
        (400, {"error": ["a"]}, 400, "", []),
        (400, [[[{"error": {"message": "a"}}], None, 1, "b"]], 400, "a", []),
        (
            400,
            {
                "error": {
                    "message": "a",
                    "constraintViolations": [
                        {"path": ["p"], "message": {"m": 1}, "parameterLocation": 7, "location": {"l": None}},
                        {"path": None, "message": None, "parameterLocation": "", "location": False},
                        None,
                    ],
                }
            },
            400,
            "a",
            [
                {"path": '["p"]', "message": '{"m": 1}', "parameter_location": "7", "location": '{"l": null}'},
                {"path": None, "message": "", "parameter_location": None, "location": "false"},
            ],
        ),
        (400, {"error": {"message": "\ud800"}}, 400, "\ufffd", []),
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
        (400, "a" * 5000, 400, "a" * 300 + "…", []),
    ],
)
def test_what_a_body_says(
    connect: Connect, status: int, body: Any, code: int, message: str | None, violations: list[Any]
) -> None:
    with Server(reply(status, body)) as server, pytest.raises(ApiError) as caught:
        connect(server, retries=0).get("/v2/x", {"filter": "not-in-the-message"}, whole)
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
        ({"message": "Forbidden", "details": {"missingScopes": ["a", 1, None, {"b": 2}]}}, 'a, 1, , {"b": 2}'),
        ({"message": "Forbidden", "details": {"missingScopes": {"b": 2}}}, '{"b": 2}'),
        ({"message": "Token is missing required scopes.   Use one of:\n a,\nb.."}, "a,\nb"),
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
    assert advice in answers.from_decoded("GET", "u", status, None).msg


def test_a_scope_is_not_named_for_what_is_no_lack_of_one() -> None:
    assert "Give the token" not in answers.from_decoded("GET", "u", 403, {"error": {"message": "Forbidden"}}).msg


@pytest.mark.parametrize(
    ("body", "decoded"),
    [
        (b"", None),
        (b" \n\t ", None),
        (b"null", None),
        (b"{}", {}),
        (b"[1.5, -0.0, 1e308, true]", [1.5, -0.0, 1e308, True]),
        (b"\xef\xbb\xbf[]", []),
        (b"\xef\xbb\xbf", None),
        (b"OK", "OK"),
        (b"\xff", "\ufffd"),
        (b'"\xed\xa0\x80"', "\ufffd\ufffd\ufffd"),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\uD83D\uDE00"', "\U0001f600"),
        (rb'"\ud83d"', "\ufffd"),
        (rb'"\ud83dx\ude00"', "\ufffdx\ufffd"),
        (rb'"\ud83d\ud83d\ude00"', "\ufffd\U0001f600"),
        (rb'"\ude00\ud83d"', "\ufffd\ufffd"),
        (rb'"\\ud83d"', r"\ud83d"),
        (rb'"\\\ud83d"', "\\\ufffd"),
        (rb'{"\udfff": ["\udbff"]}', {"\ufffd": ["\ufffd"]}),
        (rb'"\u0000\u001b\ue000"', "\0\x1b\ue000"),
        (b"NaN", "NaN"),
        (b"[-Infinity]", "[-Infinity]"),
        (b"[1e309]", "[1e309]"),
        (b"[-1e309]", "[-1e309]"),
        (b'{"a": 1', '{"a": 1'),
        (b"9" * 4_000, int("9" * 4_000)),
    ],
)
def test_what_a_body_is(body: bytes, decoded: Any) -> None:
    assert answers.decode(body) == decoded
    assert type(answers.decode(body)) is type(decoded)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_how_deep_a_body_may_be(opening: str, closing: str) -> None:
    def nested(levels: int) -> bytes:
        return (opening * levels + "1" + closing * levels).encode()

    assert not isinstance(answers.decode(nested(100)), str)
    for levels in (101, 500, 50_000):
        assert answers.decode(nested(levels)) == nested(levels).decode()
    beside = b'{"wide": [1, {}, []], "deep": ' + nested(100) + b"}"
    assert isinstance(answers.decode(beside), str)


@pytest.mark.parametrize(
    ("decoded", "content_type", "is_damaged"),
    [
        ("{", "", True),
        ("[1", "application/json; charset=utf-8", True),
        ("{", "application/problem+json", True),
        ("{", "APPLICATION/JSON", True),
        ('{"a":1}\n{"a":2}', "application/x-ndjson", False),
        ("{", "text/plain", False),
        ("OK", "application/json", False),
        (None, "application/json", False),
        ([], "application/json", False),
    ],
)
def test_what_is_damaged(decoded: Any, content_type: str, is_damaged: bool) -> None:
    assert answers.is_damaged(decoded, content_type) is is_damaged


@pytest.mark.parametrize(
    ("content_type", "is_page"),
    [
        ("text/html", True),
        (" Text/HTML; charset=utf-8", True),
        ("application/xhtml+xml", True),
        ("text/plain", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_what_is_called_a_page(content_type: str, is_page: bool) -> None:
    assert answers.is_page(content_type) is is_page


@pytest.mark.parametrize(
    ("content_type", "text", "is_page"),
    [
        ("application/json; charset=utf-8", "<!doctype html>", True),
        ("application/json", "OK", False),
        ("application/xml", "<a/>", False),
    ],
)
def test_a_page_that_is_called_json(content_type: str, text: str, is_page: bool) -> None:
    assert answers.is_page(content_type, text) is is_page


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<html><TITLE lang='en'>\n A &lt;b&gt;\n</Title>", "A <b>"),
        ("<title></title>rest", ""),
        ("<title>never closed", ""),
        ("<title>a</title><title>b</title>", "a"),
        ("<title>" + "a" * 999 + "</title>", "a" * 300 + "…"),
        ("<title>&#" + "9" * 5_000 + ";</title>", "\ufffd…"),
        ("<title>&#xD800;&#0;</title>", "\ufffd\ufffd"),
        ("<title>" + " " * 5_000_000 + "</title>", ""),
        (" " * 20_000 + "<title>too far away</title>", " " * 300 + "…"),
    ],
)
def test_the_title_of_a_page(page: str, title: str) -> None:
    assert answers.from_decoded("GET", "u", 502, page).message == title


HOSTILE = {
    "titles": "<title" * 900_000,
    "open titles": "<title>" * 700_000,
    "spaces": "<title>" + " " * 5_000_000,
    "scopes": "required scope." * 350_000,
    "scopes and spaces": "required scope." + " " * 5_000_000,
    "uses": "required scope. Use one of:" * 200_000,
    "lines": "required scope. Use one of:" + "\n" * 5_000_000,
    "escapes": "\\ud800" * 800_000,
    "backslashes": "\\" * 5_000_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("wrapped", [False, True])
def test_five_megabytes_of_anything_take_no_time(text: str, wrapped: bool) -> None:
    body = json.dumps({"error": {"message": text}}) if wrapped else text
    started = time.monotonic()
    refusal = answers.from_decoded("GET", "u", 403, answers.decode(body.encode()))
    assert time.monotonic() - started < 5
    assert len(refusal.msg) < 30_000
