# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    RequestError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.retry import Pause, asked_delay, delay

from tests.support.clock import Clock
from tests.support.server import (
    Received,
    Server,
    Step,
    cut_off,
    raw,
    refusing_port,
    reply,
    reset_after,
    reset_before,
    trickle,
)

from .conftest import Connect, call
from .conftest import raw as raw_value

NOW = 1_790_000_000.0
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

LATE = reply(200, {}, after=0.5)
# Failures after which nobody knows whether the server did what it was asked.
LOST: dict[str, Step] = {
    "500": reply(500, {"error": {"code": 500, "message": "Internal Server Error occurred."}}),
    "502": reply(502, "<html><title>Bad gateway</title></html>"),
    "504": reply(504),
    "408": reply(408),
    "reset after": reset_after(),
    "closed without an answer": raw(b""),
    "time-out": LATE,
    "truncated": cut_off(200, {"items": [1, 2, 3]}),
    "truncated gzip": cut_off(200, {"items": [1, 2, 3]}, headers={"Content-Encoding": "gzip"}),
    "truncated chunk": raw(CHUNKED + b"20\r\n{"),
    "chunks without an end": raw(CHUNKED + b"2\r\n{}\r\n"),
    "bad gzip": raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"),
    "no HTTP": raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "cut off in its head": raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "cut off after a line of its head": raw(b"HTTP/1.1 200 OK\r\nServer: x\r\n"),
    "damaged JSON": reply(200, '{"items": [1, 2'),
}


PASSING = {**LOST, "429": reply(429), "503": reply(503)}


@pytest.mark.parametrize("failure", PASSING.values(), ids=PASSING)
def test_a_read_is_sent_again(connect: Connect, failure: Step) -> None:
    with Server(failure, reply(200, {"ok": True})) as server:
        client = connect(server, timeout=0.25)
        assert call(client, "get") == {"ok": True}
    assert server.lines == ["GET /api/v2/x"] * 2


@pytest.mark.parametrize("failure", [*LOST.values(), reply(505)], ids=[*LOST, "505"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_write_whose_answer_is_lost_is_not_sent_again(connect: Connect, failure: Step, method: str) -> None:
    with Server(failure, reply(200, {})) as server, pytest.raises(LostAnswerError) as caught:
        call(connect(server, timeout=0.25), method)
    assert server.lines == [f"{method.upper()} /api/v2/x"]
    assert caught.value.error()["method"] == method.upper()
    assert caught.value.error()["url"] == server.url + "/api/v2/x"


def test_a_read_that_was_not_even_read_is_sent_again(connect: Connect) -> None:
    with Server(reset_before(), reset_before(), reply(200, {})) as server:
        call(connect(server), "get")
    assert server.connections == 3


def test_a_write_that_was_reset_early_may_have_arrived_for_all_we_know(connect: Connect) -> None:
    with Server(reset_before()) as server, pytest.raises(LostAnswerError):
        connect(server).delete("/v2/x")
    assert server.connections == 1


def test_of_a_refusal_the_status_is_enough(connect: Connect) -> None:
    body = {"error": {"code": 503, "message": "a long message"}}
    with Server(cut_off(503, body), cut_off(404, body)) as server, pytest.raises(ApiError) as caught:
        connect(server).delete("/v2/x")
    assert (caught.value.status, len(server.requests)) == (404, 2)
    with Server(raw(b"HTTP/1.1 403 Forbidden\r\nConte")) as server, pytest.raises(ApiError) as caught:
        connect(server).delete("/v2/x")
    assert (caught.value.status, len(server.requests)) == (403, 1)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_what_was_refused_for_now_is_sent_again_even_when_it_writes(connect: Connect, status: int, method: str) -> None:
    with Server(reply(status), reply(status), reply(200, {"ok": 1})) as server:
        answer = call(connect(server), method, body={"a": 1})
    assert answer == (None if method == "delete" else {"ok": 1})
    assert server.lines == [f"{method.upper()} /api/v2/x"] * 3
    assert len({one.body for one in server.requests}) == 1


def test_a_validation_is_a_read_whatever_its_method(connect: Connect) -> None:
    with Server(reply(502), reset_after(), reply(504), reply(200, [])) as server:
        assert connect(server).post("/v2/x", {}, raw_value, {"validateOnly": True}, is_read=True) == []
    assert server.lines == ["POST /api/v2/x"] * 4
    assert {one.target for one in server.requests} == {"/api/v2/x?validateOnly=true"}


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 415, 422])
@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_final_refusal_is_never_tried_again(connect: Connect, status: int, method: str) -> None:
    with Server(reply(status, headers={"Retry-After": "0"})) as server, pytest.raises(ApiError) as caught:
        call(connect(server), method)
    assert caught.value.status == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("retries", [0, 1, 4])
@pytest.mark.parametrize(("status", "method"), [(503, "get"), (503, "delete"), (500, "get"), (429, "delete")])
def test_how_often(connect: Connect, retries: int, status: int, method: str) -> None:
    with Server(otherwise=reply(status)) as server, pytest.raises(ApiError) as caught:
        call(connect(server, retries=retries), method)
    assert caught.value.status == status
    assert len(server.requests) == retries + 1


def test_very_many_retries_do_not_overflow() -> None:
    assert delay(5000, {}, 60.0, NOW) <= 60


@pytest.mark.parametrize("method", ["get", "delete"])
def test_nothing_was_sent_where_nobody_listens_yet(connect: Connect, method: str) -> None:
    with Server(reply(200, {}), opens_after=0.1) as server:
        call(connect(server, retries=50), method)
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", ["get", "delete"])
def test_nobody_listens_at_all(connect: Connect, method: str) -> None:
    client = connect(f"http://127.0.0.1:{refusing_port()}")
    with pytest.raises(TransportError, match=r"refused.*check environment_url") as caught:
        call(client, method)
    assert "0x" not in caught.value.msg
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_an_unknown_host_is_no_lost_write(connect: Connect) -> None:
    with pytest.raises(TransportError, match=r"no-such-host\.invalid"):
        connect("https://no-such-host.invalid", retries=0).delete("/v2/x")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_trickles_is_cut_off_at_the_deadline(connect: Connect, chunked: bool) -> None:
    with Server(otherwise=trickle("[" + "1," * 2000 + "1]", 0.002, chunked)) as server:
        started = time.monotonic()
        with pytest.raises(TransportError, match="was not complete in time"):
            call(connect(server, timeout=0.2, retries=0, retry_max_delay=0.1), "get")
        assert time.monotonic() - started < 5
    assert len(server.requests) == 1


def test_a_trickling_answer_of_a_write_is_lost(connect: Connect) -> None:
    with Server(trickle("[" + "1," * 2000 + "1]", 0.002)) as server, pytest.raises(LostAnswerError):
        connect(server, timeout=0.2, retries=0, retry_max_delay=0.1).delete("/v2/x")


def test_all_tries_together_have_a_deadline(connect: Connect, clock: Clock) -> None:
    """10 * (1 + 5) seconds, of which each try uses up 20, and the waits 5 each. Whether the last answer is read depends on threads."""

    def slow(connection: socket.socket, request: Received) -> None:
        clock.pass_by(20)
        reply(503, {}, headers={"Retry-After": "9"})(connection, request)

    with Server(otherwise=slow) as server, pytest.raises(RequestError):
        call(connect(server, timeout=1, retries=9, retry_max_delay=5), "get")
    assert len(server.requests) == 3
    assert clock.pauses == [5, 5]


def date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 2.5 "}, 2.5),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": date(NOW + 12)}, 12),
        # The server's clock is an hour behind: what counts is how it sees its own date.
        ({"Retry-After": date(NOW - 3600 + 12), "Date": date(NOW - 3600)}, 12),
        ({"Retry-After": "Mon Sep 21 14:13:32 2026"}, 12),
        ({"Retry-After": date(NOW - 60)}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "Mon, 99 Foo 2026"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "3", "X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 3),
        ({"Retry-After": "soon", "X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 30),
        ({"X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 30),
        ({"X-RateLimit-Reset": f"{(NOW + 30) * 1e3:.0f}"}, 30),
        ({"X-RateLimit-Reset": f"{(NOW + 30) * 1e6:.0f}"}, 30),
        ({"X-RateLimit-Reset": f"{(NOW - 3600 + 30) * 1e6:.0f}", "Date": date(NOW - 3600)}, 30),
        ({"X-RateLimit-Reset": f"{NOW - 30:.0f}"}, None),
        ({"X-RateLimit-Reset": "later"}, None),
        ({"Date": "today", "X-RateLimit-Reset": f"{NOW + 30:.0f}"}, 30),
    ],
)
def test_the_wait_that_the_server_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    found = asked_delay(headers, NOW)
    assert found == (None if seconds is None else pytest.approx(seconds, abs=0.01))


def test_a_wait_is_clamped() -> None:
    assert delay(0, {"Retry-After": "3600"}, 60.0, NOW) == 60
    assert delay(0, {"Retry-After": "7"}, 60.0, NOW) == 7
    assert delay(0, {"X-RateLimit-Reset": f"{(NOW + 999) * 1e3:.0f}"}, 5.0, NOW) == 5


@pytest.mark.parametrize(("attempt", "least", "most"), [(0, 0.5, 1), (1, 1, 2), (3, 4, 8), (10, 30, 60)])
def test_back_off_doubles_and_is_spread(attempt: int, least: float, most: float) -> None:
    waits = [delay(attempt, {}, 60.0, NOW) for dummy in range(200)]
    assert least <= min(waits) < max(waits) <= most
    assert len(set(waits)) > 100


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "1"}, {"Retry-After": date(NOW + 30)}, {"X-RateLimit-Reset": f"{(NOW + 30) * 1e6:.0f}"}],
)
def test_a_client_waits_as_long_as_it_is_told(connect: Connect, clock: Clock, headers: dict[str, str]) -> None:
    with Server(reply(429, headers=headers), reply(200, {})) as server:
        call(connect(server, retry_max_delay=0.2), "get")
    assert clock.pauses == [pytest.approx(0.2)]
    assert len(server.requests) == 2


def test_a_rate_limit_that_is_not_exceeded_delays_nothing(connect: Connect, clock: Clock) -> None:
    """Managed clusters send X-RateLimit-Reset with every answer; only a 429 means it."""
    headers = {"X-RateLimit-Reset": f"{(NOW + 30) * 1e6:.0f}"}
    with Server(reply(503, headers=headers), reply(200, {})) as server:
        call(connect(server, retry_max_delay=30), "get")
    [pause] = clock.pauses
    assert 0.5 <= pause <= 1
    assert len(server.requests) == 2


def test_one_threads_429_pauses_all(connect: Connect) -> None:
    with Server(reply(429, headers={"Retry-After": "1"}), otherwise=reply(200, {})) as server:
        client = connect(server, retry_max_delay=0.3, threads=4)
        with ThreadPoolExecutor(4) as pool:
            first = pool.submit(call, client, "get", "/v2/first")
            time.sleep(0.1)
            others = [pool.submit(client.delete, "/v2/other") for dummy in range(3)]
            for one in [first, *others]:
                one.result()
    throttled = server.requests[0].at
    assert len(server.requests) == 5
    assert all(one.at - throttled >= 0.28 for one in server.requests[1:])


def test_a_pause_may_grow_while_somebody_waits(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    pause = Pause()
    pause.extend(10)
    pause.extend(1)  # the shorter one does not shorten it

    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.pauses) == 1:
            pause.extend(15)

    monkeypatch.setattr(_clock, "sleep", sleep)
    pause.wait()
    assert clock.pauses == [10, 15]
    pause.wait()
    assert clock.pauses == [10, 15]


def test_a_pause_ends_at_the_deadline(clock: Clock) -> None:
    """Others may be throttled again and again meanwhile."""
    pause = Pause()
    pause.extend(9)
    pause.wait(clock.monotonic() + 5)
    assert clock.pauses == [5]
