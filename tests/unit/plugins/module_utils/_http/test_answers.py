# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

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
