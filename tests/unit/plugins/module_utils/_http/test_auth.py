# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import logging
import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError, TransportError
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, OAuth, PlatformToken

from tests.support.clock import Clock
from tests.support.server import Received, Server, Step, cut_off, reply, reset_after

from .conftest import Connect, call

TOKEN = "POST /sso/oauth2/token"
PLATFORM = "/platform/classic/environment-api/v2"
SECRET = "dt0s02.CLIENT.HIDDEN"


def granted(token: str, expires_in: Any = 300) -> Step:
    return reply(200, {"access_token": token, "token_type": "Bearer", "expires_in": expires_in, "scope": "a b"})


def oauth(server: Server, **options: Any) -> OAuth:
    return OAuth("dt0s02.CLIENT", SECRET, ["settings:objects:read", "b"], server.url + "/sso/oauth2/token", **options)


def bearers(server: Server) -> list[str | None]:
    return [one.headers.get("authorization") for one in server.requests]


@pytest.mark.parametrize(
    ("authentication", "header", "path"),
    [
        (ApiToken("dt0c01.A.B"), "Api-Token dt0c01.A.B", "/api/v2/x"),
        (ApiToken(" dt0c01.A.B\n"), "Api-Token dt0c01.A.B", "/api/v2/x"),
        (PlatformToken("dt0s16.A.B"), "Bearer dt0s16.A.B", PLATFORM + "/x"),
    ],
)
def test_a_token_and_the_path_that_takes_it(connect: Connect, authentication: Any, header: str, path: str) -> None:
    with Server(reply(200, {})) as server:
        call(connect(server, authentication), "get", "/v2/x")
    assert (bearers(server), server.lines) == ([header], [f"GET {path}"])


@pytest.mark.parametrize("kind", [ApiToken, PlatformToken])
@pytest.mark.parametrize("token", ["hidden\none", "hidden one", "hidden-öne", "hidden\tone", "hidden\x00one", "", "  "])
def test_a_token_that_cannot_be_one_is_not_repeated(kind: Any, token: str) -> None:
    with pytest.raises(InputError) as caught:
        kind(token)
    assert "hidden" not in "".join(traceback.format_exception(type(caught.value), caught.value, None))
    assert "_token" in caught.value.msg


def test_netrc_does_not_win(connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\ndefault login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Server(reply(200, {}), granted("T"), reply(200, {})) as server:
        call(connect(server), "get", "/v2/x")
        call(connect(server, oauth(server)), "get", "/v2/x")
    assert bearers(server) == ["Api-Token dt0c01.PUBLIC.SECRET", None, "Bearer T"]


def test_an_oauth_token_is_fetched_once_and_reused(connect: Connect) -> None:
    seen: list[str] = []
    with Server(granted("T1"), reply(200, {}), reply(201, {})) as server:
        client = connect(server, oauth(server, resource="urn:dtaccount:1", on_token=seen.append))
        call(client, "get", "/v2/x")
        call(client, "post")
    assert server.lines == [TOKEN, f"GET {PLATFORM}/x", f"POST {PLATFORM}/x"]
    assert bearers(server) == [None, "Bearer T1", "Bearer T1"]
    assert server.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert server.requests[0].form == {
        "grant_type": "client_credentials",
        "client_id": "dt0s02.CLIENT",
        "client_secret": SECRET,
        "scope": "settings:objects:read b",
        "resource": "urn:dtaccount:1",
    }
    assert seen == ["T1"]


@pytest.mark.parametrize(
    ("expires_in", "last_use", "renewed_at"),
    [
        (300, 269, 271),
        (3600, 3569, 3571),
        (10, 7.9, 8.1),
        ("300", 269, 271),
        (300.0, 269, 271),
        # What is not a number of seconds is as if it were not there.
        (None, 269, 271),
        (10**399, 269, 271),
        ("9" * 400, 269, 271),
        (-5, 269, 271),
        (0, 269, 271),
        ("soon", 269, 271),
        ("nan", 269, 271),
        ("inf", 269, 271),
        ([300], 269, 271),
        ({"a": 1}, 269, 271),
    ],
)
def test_a_token_is_renewed_before_it_ends(
    connect: Connect, clock: Clock, expires_in: Any, last_use: float, renewed_at: float
) -> None:
    ok = reply(200, {})
    with Server(granted("T1", expires_in), ok, ok, granted("T2"), ok) as server:
        client = connect(server, oauth(server))
        for moment in (0.0, last_use, renewed_at):
            clock.seconds = 1000 + moment
            call(client, "get", "/v2/x")
    assert bearers(server) == [None, "Bearer T1", "Bearer T1", None, "Bearer T2"]


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_token_that_expires_in_the_middle_of_a_run(connect: Connect, method: str) -> None:
    ok, refused = reply(200, {}), reply(401, {"error": {"code": 401, "message": "Token expired"}})
    with Server(granted("T1"), ok, refused, granted("T2"), ok) as server:
        client = connect(server, oauth(server), retries=0)
        call(client, "get", "/v2/x")
        call(client, method, "/v2/y")
    assert bearers(server) == [None, "Bearer T1", "Bearer T1", None, "Bearer T2"]


def test_a_new_token_is_tried_once_only(connect: Connect) -> None:
    refused = reply(401, "Unauthorized")
    with Server(granted("T1"), refused, granted("T2"), refused) as server, pytest.raises(ApiError) as caught:
        call(connect(server, oauth(server)), "get", "/v2/x")
    assert (caught.value.status, caught.value.message) == (401, "Unauthorized")
    assert (len(server.requests), server.left) == (4, 0)


@pytest.mark.parametrize("authentication", [ApiToken("dt0c01.A.B"), PlatformToken("dt0s16.A.B")])
def test_a_fixed_token_is_not_tried_again(connect: Connect, authentication: Any) -> None:
    with Server(reply(401)) as server, pytest.raises(ApiError, match="token was not accepted"):
        call(connect(server, authentication), "get", "/v2/x")
    assert len(server.requests) == 1


class _Issuer:
    """Hands out T1, T2, …; refuses all but the newest, each refusal a bit later than the one before."""

    def __init__(self, refuse_first: bool) -> None:
        self.issued = 0
        self.refused = 0
        self._refuse_first = refuse_first
        self._lock = threading.Lock()

    def __call__(self, connection: socket.socket, request: Received) -> None:
        with self._lock:
            if "/sso/" in request.path:
                self.issued += 1
                return granted(f"T{self.issued}")(connection, request)
            is_refused = self._refuse_first and request.headers["authorization"] == "Bearer T1"
            self.refused += is_refused
            after = 0.03 * self.refused
        return reply(401 if is_refused else 200, {}, after=after if is_refused else 0)(connection, request)


@pytest.mark.parametrize(("refuse_first", "issued"), [(False, 1), (True, 2)])
def test_threads_share_one_token_and_one_renewal(connect: Connect, refuse_first: bool, issued: int) -> None:
    issuer = _Issuer(refuse_first)
    with Server(otherwise=issuer) as server:
        client = connect(server, oauth(server), threads=8)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: call(client, "get", f"/v2/{number}"), range(8)))
    assert answers == [{}] * 8
    assert issuer.issued == issued


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_client", "error_description": "Client unknown"}, "invalid_client: Client unknown"),
        (400, {"errorCode": 400}, "status 400"),
        (401, "Unauthorized", "Unauthorized"),
        (403, None, "status 403"),
    ],
)
def test_wrong_client_credentials(connect: Connect, status: int, body: Any, said: str) -> None:
    with Server(reply(status, body)) as server, pytest.raises(ApiError) as caught:
        call(connect(server, oauth(server)), "get", "/v2/x")
    for text in (caught.value.msg, str(caught.value), *traceback.format_exception(ApiError, caught.value, None)):
        assert SECRET not in text
    assert said in caught.value.msg
    assert "oauth_client_id" in caught.value.msg
    assert str(caught.value) == caught.value.msg
    assert caught.value.url == server.url + "/sso/oauth2/token"
    assert server.lines == [TOKEN]


@pytest.mark.parametrize(
    "failure", [reply(503), reply(502), reply(429), reset_after(), cut_off(200, {"access_token": "T0"})]
)
def test_the_token_request_is_tried_again_even_before_a_write(connect: Connect, failure: Step) -> None:
    with Server(failure, granted("T1"), reply(200, {})) as server:
        connect(server, oauth(server)).delete("/v2/x")
    assert server.lines == [TOKEN, TOKEN, f"DELETE {PLATFORM}/x"]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply(200, "<html><title>Log in</title>"), TransportError),
        (reply(302, headers={"Location": "https://login.example.com/?secret=1"}), TransportError),
        (reply(200, {"token": "other"}), InputError),
        (reply(200, ["T"]), InputError),
        (reply(200, b"null"), InputError),
        (reply(200, {"access_token": ["HIDDEN"]}), InputError),
        (reply(200, {"access_token": ""}), InputError),
        (reply(200, {"access_token": True}), InputError),
        (granted("HIDDEN \ud800"), InputError),
        (reply(200), InputError),
        (granted("HIDDEN\nTOKEN"), InputError),
    ],
)
def test_a_token_service_that_is_none(connect: Connect, answer: Step, kind: type[Exception]) -> None:
    with Server(answer) as server, pytest.raises(kind) as caught:
        connect(server, oauth(server)).delete("/v2/x")
    assert "oauth_token_url" in str(caught.value)
    assert "HIDDEN" not in str(caught.value)
    assert server.lines == [TOKEN]


def test_nothing_of_a_token_is_written_anywhere(
    connect: Connect, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    before = set(tmp_path.rglob("*"))
    with Server(granted("BEARER-HIDDEN"), reply(200, {}), reset_after(), reply(403)) as server:
        client = connect(server, oauth(server))
        call(client, "get", "/v2/x")
        with pytest.raises(ApiError) as caught:
            call(client, "get", "/v2/x")
    printed = capfd.readouterr()
    whole = "".join(traceback.format_exception(ApiError, caught.value, caught.value.__traceback__))
    for text in (caplog.text, printed.out, printed.err, whole, repr(client), repr(vars(client))):
        assert "HIDDEN" not in text
    assert set(tmp_path.rglob("*")) == before
