# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that never end, and connections that have."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http import bounds
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import OAuth
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import nothing, whole

from tests.support.clock import Clock
from tests.support.server import Closing, Received, Server, Step, endless, reply, speaking, trickle

from .conftest import Connect, call
from .test_tls import self_signed

# The deadline of these clients is (0 + 1) * (0.4 + 0) seconds: no silence is given up before it, however slow this machine is.
QUICK = {"timeout": 0.4, "retries": 0, "retry_max_delay": 0.0}
# What is not bounded goes on for half a minute.
MUCH_LONGER = 15.0

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
WITHOUT_END: dict[str, Step] = {
    "status line": endless(b"HTTP/1.1 200 ", b"O", 0.02),
    "header line": endless(HEAD + b"X: ", b"a", 0.02),
    "header lines": endless(HEAD, b"X: a\r\n", 0.1),
    "interim answers": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.01),
    "body": endless(HEAD + b"Content-Length: 99999\r\n\r\n", b"1", 0.02),
    "body until the end": endless(HEAD + b"\r\n", b"1", 0.02),
    "small chunks": endless(CHUNKED, b"1\r\n1\r\n", 0.02),
    "chunk size": endless(CHUNKED, b"0", 0.02),
    "trailers": endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: a\r\n", 0.02),
    "unpacked": endless(HEAD + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + b"\0" * 6, b"n", 0.02),
}


@contextlib.contextmanager
def soon() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < MUCH_LONGER


@pytest.mark.parametrize("answer", WITHOUT_END.values(), ids=WITHOUT_END)
def test_an_answer_without_an_end_is_given_up_at_the_deadline(connect: Connect, answer: Step) -> None:
    with Server(answer) as server, soon(), pytest.raises(TransportError, match="was not complete in time"):
        call(connect(server, **QUICK), "get")
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", WITHOUT_END.values(), ids=WITHOUT_END)
def test_of_a_write_such_an_answer_is_lost_and_the_write_may_come_late(connect: Connect, answer: Step) -> None:
    with Server(answer) as server, soon(), pytest.raises(LostAnswerError, match="was not complete in time") as caught:
        call(connect(server, **QUICK), "put")
    assert caught.value.may_be_late


def test_the_body_of_a_refusal_without_an_end(connect: Connect) -> None:
    answer = endless(b"HTTP/1.1 400 Bad\r\nContent-Length: 99999\r\n\r\n", b"1", 0.02)
    with Server(answer) as server, soon(), pytest.raises(ApiError) as caught:
        call(connect(server, **QUICK), "put")
    assert caught.value.status == 400


def test_silence_is_given_up_before_the_deadline(connect: Connect) -> None:
    def silent(connection: socket.socket, request: Received) -> None:
        connection.sendall(HEAD)
        time.sleep(1)
        raise Closing

    with (
        Server(silent) as server,
        soon(),
        pytest.raises(LostAnswerError, match=r"no answer in time \(option timeout\)"),
    ):
        call(connect(server, timeout=0.2, retries=0, retry_max_delay=60), "delete")


def test_all_tries_share_one_deadline(connect: Connect) -> None:
    """What the first one has used up, the second one has not."""
    slow = endless(HEAD + b"Content-Length: 99999\r\n\r\n", b"1", 0.02)
    with Server(reply(503), reply(503), otherwise=slow) as server, soon(), pytest.raises(TransportError):
        call(connect(server, timeout=0.3, retries=3, retry_max_delay=0.1), "get")
    assert len(server.requests) == 3


def test_the_token_request_has_no_deadline_of_its_own(connect: Connect) -> None:
    slow = endless(HEAD + b"Content-Length: 99999\r\n\r\n", b"1", 0.02)
    with Server(otherwise=slow) as server, soon():
        client = connect(server, OAuth("id", "secret", ["a"], server.url + "/token"), **QUICK)
        with pytest.raises(TransportError, match="was not complete in time") as caught:
            call(client, "delete")
    assert not isinstance(caught.value, LostAnswerError)
    assert caught.value.url == server.url + "/token"
    assert server.lines == ["POST /token"]


def test_what_the_token_request_took_is_missing_afterwards(connect: Connect, clock: Clock) -> None:
    def slow(connection: socket.socket, request: Received) -> None:
        clock.pass_by(99)
        reply(200, {"access_token": "T", "expires_in": 9999})(connection, request)

    with Server(slow, reply(200, {})) as server:
        authentication = OAuth("id", "secret", ["a"], server.url + "/token")
        client = connect(server, authentication, timeout=10, retries=0, retry_max_delay=10)
        with pytest.raises(TransportError) as caught:
            call(client, "delete")
    assert not isinstance(caught.value, LostAnswerError)
    assert server.lines == ["POST /token"]


def test_a_server_that_does_not_read(connect: Connect) -> None:
    """A large body that is taken in piece by piece, too slowly; no byte of it may be carried out for all we know."""
    with speaking(b"", reads_slowly=True) as port, soon(), pytest.raises(LostAnswerError) as caught:
        call(connect(f"http://127.0.0.1:{port}", **QUICK), "put", body={"a": "x" * 50_000_000})
    assert caught.value.may_be_late
    assert "in time" in caught.value.msg


@pytest.mark.parametrize("pause", [0.02, 9.0], ids=["byte by byte", "silent"])
def test_a_handshake_without_an_end(connect: Connect, pause: float) -> None:
    hello = b"\x16\x03\x03\x40\x00"  # a record of 16 KiB begins
    with speaking(hello, b"\x02", pause) as port, soon(), pytest.raises(TransportError) as caught:
        call(connect(f"https://127.0.0.1:{port}", validate_certs=False, **QUICK), "put")
    assert not isinstance(caught.value, LostAnswerError)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 Connection established\r\nX: "])
@pytest.mark.parametrize("pause", [0.02, 9.0], ids=["byte by byte", "silent"])
def test_a_proxy_without_an_end(connect: Connect, monkeypatch: pytest.MonkeyPatch, said: bytes, pause: float) -> None:
    """Nothing has left yet, so that no write is lost."""
    with Server(otherwise=endless(said, b"a", pause)) as proxy, soon():
        monkeypatch.setenv("https_proxy", proxy.url)
        client = connect("https://abc12345.live.dynatrace.com", **QUICK)
        with pytest.raises(TransportError) as caught:
            call(client, "put")
    assert not isinstance(caught.value, LostAnswerError)
    assert "in time" in caught.value.msg or "time-out was over" in caught.value.msg
    assert proxy.lines[0].startswith("CONNECT")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
@pytest.mark.parametrize("method", ["get", "put"])
def test_tls_changes_nothing(connect: Connect, tmp_path: Path, method: str) -> None:
    here = self_signed(tmp_path, "here", "127.0.0.1")
    answers = [trickle("[" + "1," * 9000 + "1]", 0.01), reply(200, {"ok": 1})]
    with Server(*answers, tls=here.context()) as server, soon():
        client = connect(server, validate_certs=False, timeout=2, retries=0, retry_max_delay=0)
        with pytest.raises(LostAnswerError if method == "put" else TransportError, match="was not complete in time"):
            call(client, method)
        assert call(client, method) == {"ok": 1}


# ---- how much

PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "as it is": ("identity", lambda content: content),
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", lambda content: zlib.compress(content)[2:-4]),
}


@pytest.fixture
def megabyte(monkeypatch: pytest.MonkeyPatch) -> int:
    """The bound, for now."""
    monkeypatch.setattr(bounds, "MOST_BYTES", 1024 * 1024)
    return 1024 * 1024


def test_the_bound_is_what_is_documented() -> None:
    assert bounds.MOST_BYTES == 512 * 1024 * 1024


@pytest.mark.parametrize(("encoding", "pack"), PACKED.values(), ids=PACKED)
def test_an_answer_that_is_too_large_also_when_unpacked(
    connect: Connect, megabyte: int, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    body = pack(b'"' + b"a" * megabyte + b'"')
    answer = reply(200, body, {"Content-Encoding": encoding})
    with Server(answer, answer, answer) as server:
        client = connect(server, timeout=5)
        with pytest.raises(TransportError, match="the answer has more than 1 MiB") as caught:
            call(client, "get")
        assert not isinstance(caught.value, LostAnswerError)
        with pytest.raises(LostAnswerError, match="the answer has more than 1 MiB") as lost:
            call(client, "put")
        assert not lost.value.may_be_late
        with pytest.raises(TransportError, match="the answer has more than 1 MiB"):
            client.download("/v2/x", io.BytesIO())
    assert len(server.requests) == 3


@pytest.mark.parametrize(("encoding", "pack"), PACKED.values(), ids=PACKED)
def test_an_answer_that_is_just_as_large_as_it_may_be(
    connect: Connect, megabyte: int, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    size = megabyte - 1024  # the head counts as well
    body = pack(b'["' + b"a" * (size - 4) + b'"]')
    with Server(reply(200, body, {"Content-Encoding": encoding})) as server:
        [text] = call(connect(server, timeout=5), "get")
    assert len(text) == size - 4


def test_a_bomb_is_not_unfolded(connect: Connect, megabyte: int) -> None:
    """200 MiB in 200 KiB: what is written stays near the bound."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1024 * 1024)) for dummy in range(200)) + packer.flush()

    class Sink(io.BytesIO):
        size = 0

        def write(self, content: Any) -> int:
            self.size += len(content)
            return len(content)

    sink = Sink()
    with Server(reply(200, bomb, {"Content-Encoding": "gzip"})) as server, pytest.raises(TransportError, match="1 MiB"):
        connect(server, timeout=20).download("/v2/x", sink)
    assert sink.size <= megabyte


@pytest.mark.parametrize(
    "flood",
    [
        endless(CHUNKED, b"0" * 65536, 0),
        endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X: a\r\n" * 9999, 0),
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 999, 0),
        endless(HEAD + b"\r\n", b" " * 65536, 0),
    ],
    ids=["chunk size", "trailers", "interim answers", "body"],
)
def test_a_flood_ends_at_the_bound(connect: Connect, megabyte: int, flood: Step) -> None:
    """Or sooner, where urllib3 or http.client have bounds of their own."""
    with Server(flood) as server, soon(), pytest.raises(LostAnswerError, match=r"more than 1 MiB|damaged") as caught:
        call(connect(server, timeout=9, retry_max_delay=9), "put")
    assert not caught.value.may_be_late


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "x"])
def test_what_was_packed_in_a_way_that_was_not_asked_for(connect: Connect, encoding: str) -> None:
    answer = reply(200, b"{}", {"Content-Encoding": encoding})
    with Server(answer, answer) as server:
        client = connect(server)
        with pytest.raises(TransportError, match="content encoding"):
            call(client, "get")
        with pytest.raises(LostAnswerError, match="content encoding"):
            call(client, "put", read=nothing)
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


# ---- connections that were idle


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_write_does_not_meet_a_connection_that_was_idle(connect: Connect, clock: Clock, method: str) -> None:
    with Server(otherwise=reply(200, {})) as server:
        client = connect(server)
        call(client, "get")
        clock.pass_by(bounds.MOST_IDLE)
        call(client, method)
        assert server.connections == 1
        clock.pass_by(bounds.MOST_IDLE + 0.1)
        call(client, method)
        assert server.connections == 2
        call(client, method)
    assert (server.connections, len(server.requests)) == (2, 4)


def test_a_read_may(connect: Connect, clock: Clock) -> None:
    """It is sent again if the connection is of no use."""
    with Server(otherwise=reply(200, {})) as server:
        client = connect(server)
        call(client, "get")
        clock.pass_by(99)
        call(client, "get")
    assert server.connections == 1


def test_a_server_that_closes_what_is_idle_loses_no_write(connect: Connect, clock: Clock) -> None:
    """It goes away without an answer when the write comes in, as a load balancer does that has forgotten the connection."""
    known: list[socket.socket] = []

    def first(connection: socket.socket, request: Received) -> None:
        known.append(connection)
        reply(200, {})(connection, request)

    def later(connection: socket.socket, request: Received) -> None:
        if connection in known:
            raise Closing
        reply(200, {"ok": 1})(connection, request)

    with Server(first, otherwise=later) as server:
        client = connect(server)
        call(client, "get")
        clock.pass_by(bounds.MOST_IDLE + 1)
        assert call(client, "put", read=whole) == {"ok": 1}
    assert (server.lines, server.connections) == (["GET /api/v2/x", "PUT /api/v2/x"], 2)


def test_a_connection_that_the_server_has_closed_is_not_used(connect: Connect) -> None:
    """However short it was idle."""

    def closing(connection: socket.socket, request: Received) -> None:
        reply(200, {})(connection, request)
        raise Closing

    with Server(closing, reply(200, {"ok": 1})) as server:
        client = connect(server)
        call(client, "get")
        time.sleep(0.1)  # until the end of the connection has come in
        assert call(client, "put", read=whole) == {"ok": 1}
    assert server.connections == 2


def test_each_connection_has_its_own_idleness(connect: Connect, clock: Clock) -> None:
    """That one of them is busy keeps no other one alive."""
    both = threading.Barrier(2, timeout=5)

    def together(connection: socket.socket, request: Received) -> None:
        both.wait()
        reply(200, {})(connection, request)

    with Server(together, together, otherwise=reply(200, {})) as server:
        client = connect(server, threads=2, timeout=5)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda dummy: call(client, "get"), range(2)))
        assert server.connections == 2
        for dummy in range(4):
            clock.pass_by(4)
            call(client, "get")  # always by the same one, the last that was given back
        with ThreadPoolExecutor(2) as pool:
            server._steps[:] = [together, together]
            list(pool.map(lambda dummy: call(client, "put"), range(2)))
    assert server.connections == 3


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_idle_connections_with_tls(connect: Connect, clock: Clock, tmp_path: Path) -> None:
    context: ssl.SSLContext = self_signed(tmp_path, "here", "127.0.0.1").context()
    with Server(otherwise=reply(200, {}), tls=context) as server:
        client = connect(server, validate_certs=False)
        call(client, "get")
        clock.pass_by(bounds.MOST_IDLE + 1)
        call(client, "put")
        call(client, "put")
    assert (server.connections, len(server.requests)) == (2, 3)


def test_a_client_of_a_client_keeps_the_bounds_of_each_thread_apart(connect: Connect) -> None:
    """A thread that is out of time does not end what another one does."""
    slow = endless(HEAD + b"Content-Length: 99999\r\n\r\n", b"1", 0.02)
    with Server(slow) as bad, Server(reply(200, {"ok": 1}, after=0.8)) as good, ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, connect(bad, **QUICK), "get")
        second = pool.submit(call, connect(good, timeout=5), "get")
        with pytest.raises(TransportError):
            first.result()
        assert second.result() == {"ok": 1}
