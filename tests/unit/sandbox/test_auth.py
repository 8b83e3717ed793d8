# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may come in, in the words of the real server, and what the platform tells about itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from tests.sandbox.app import Options, Sandbox
from tests.sandbox.http import Call
from tests.support.sandbox import running

from .settings_api import SHARED, TOKEN

PLATFORM = "dt0s16.AAA.BBB"


def ask(method: str, path: str, authorization: str | None = None, body: bytes = b"") -> tuple[int, Any]:
    call = Call(method, path, {}, {}, {"host": "sandbox.test:8470"}, body)
    reply, _is_read = Sandbox(Options()).answer(call, authorization)
    return reply.status, json.loads(reply.encoded())


def captured(name: str) -> Any:
    path = SHARED / "fixtures-2026" / name
    if not path.is_file():
        pytest.skip(f"needs {path}")
    return json.loads(path.read_text(encoding="utf-8"))


def test_without_a_header() -> None:
    assert ask("GET", "/api/v2/activeGates") == (401, captured("401_missing_header_classic.json"))


@pytest.mark.parametrize("authorization", ["Api-Token nonsense", f"Bearer {PLATFORM}", "Basic eDp5"])
def test_with_another_token(authorization: str) -> None:
    expected = {"error": {"code": 401, "message": "Token Authentication failed"}}
    assert ask("GET", "/api/v2/activeGates", authorization) == (401, expected)


def test_the_time_needs_no_token() -> None:
    status, milliseconds = ask("GET", "/api/v1/time")
    assert (status, type(milliseconds)) == (200, int)


def test_a_token_in_the_query() -> None:
    """It is not a parameter of the endpoint, so it may stand beside a page key."""
    with running(Options()) as sandbox:
        path = f"{sandbox.url}/api/v2/settings/objects?api-token={TOKEN}"
        first = requests.get(f"{path}&schemaIds=builtin:sandbox.tag-rule&pageSize=1", timeout=10).json()
        second = requests.get(f"{path}&nextPageKey={first['nextPageKey']}", timeout=10)
    assert (second.status_code, len(second.json()["items"])) == (200, 1)


@pytest.mark.parametrize(
    "form",
    [
        "grant_type=client_credentials&client_id=dt0s02.AAA&client_secret=dt0s02.BBB.CCC",
        "grant_type=client_credentials",
        "grant_type=password",
        "",
    ],
)
def test_an_oauth_token_is_refused(form: str) -> None:
    """In one form, whatever was wrong; the id of the issue differs."""
    status, body = ask("POST", "/sso/oauth2/token", None, form.encode())
    assert (status, len(body.pop("issueId"))) == (400, 16)
    expected = captured("oauth_token_400.json")
    del expected["issueId"]
    assert body == expected


def test_what_the_platform_tells() -> None:
    path = "/platform/metadata/v1/"
    assert ask("GET", path + "classic-environment-domain", f"Bearer {PLATFORM}") == (
        200,
        {"domain": "http://sandbox.test:8470"},
    )
    status, user = ask("GET", path + "user", f"Bearer {PLATFORM}")
    assert (status, set(user)) == (200, {"userId", "userName", "emailAddress"})
    for authorization in (None, f"Api-Token {TOKEN}"):
        assert ask("GET", path + "user", authorization)[0] == 401
    assert ask("GET", path + "nothing", f"Bearer {PLATFORM}")[0] == 404
