# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server on 127.0.0.1 that plays a script: one step for each request, in the order in which they come in.

It speaks HTTP over bare sockets, because it must be able to do what no HTTP server does: reset, cut off, trickle, and talk rubbish.

    with Server(reply(503), reply(200, {"items": []})) as server:
        ...                        # a client of server.url
    assert [one.method for one in server.requests] == ["GET", "GET"]

A request beyond the script is answered with 418, which no client tries again, and is recorded like the others.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

_IDLE = 5.0
_LONGEST = 30.0
_TLS_HELLO = b"\x16"


@dataclass(frozen=True)
class Received:
    """A request as it came in. The names of ``headers`` are in lower case; ``query`` is decoded."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def form(self) -> dict[str, str]:
        """The fields of a form-encoded body."""
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Closing(Exception):  # noqa: N818 - an end, not an error
    """The connection is of no more use."""


# What a step does with the connection and the request that came in on it.
Step = Callable[[socket.socket, Received], None]


def reply(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None, after: float = 0.0) -> Step:
    """A whole answer, ``after`` seconds late. ``body``: bytes or a text as they are, anything else as JSON, None for nothing."""
    content = _encoded(body)
    lines = {"Content-Type": "application/json; charset=utf-8", "Content-Length": str(len(content)), **(headers or {})}

    def step(connection: socket.socket, request: Received) -> None:
        time.sleep(after)
        connection.sendall(_head(status, lines) + (b"" if request.method == "HEAD" else content))

    return step


def reset_before() -> Step:
    """A connection that is reset before the request was read."""
    reset = reset_after()
    reset.unread = True  # type: ignore[attr-defined]
    return reset


def reset_after() -> Step:
    """A connection that is reset when the whole request was read: it may have been carried out."""

    def step(connection: socket.socket, request: Received) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        raise Closing

    return step


def raw(content: bytes, pause: float = 0.0, at_once: int = 0) -> Step:
    """Exactly these bytes and the end of the connection; ``at_once`` of them at a time, with a ``pause`` after each."""

    def step(connection: socket.socket, request: Received) -> None:
        size = at_once or len(content)
        for start in range(0, len(content), size):
            connection.sendall(content[start : start + size])
            time.sleep(pause)
        connection.shutdown(socket.SHUT_RDWR)
        raise Closing

    return step


def cut_off(status: int = 200, body: Any = None, keep: int = 10, headers: Mapping[str, str] | None = None) -> Step:
    """An answer that announces all of ``body`` and ends after ``keep`` bytes of it."""
    content = _encoded(body)
    lines = {"Content-Length": str(len(content)), "Connection": "close", **(headers or {})}
    return raw(_head(status, lines) + content[:keep])


def trickle(body: Any, pause: float, chunked: bool = False) -> Step:
    """An answer whose head comes at once and whose body comes byte by byte, so that no time-out for silence ever strikes."""
    content = _encoded(body)

    def step(connection: socket.socket, request: Received) -> None:
        size = {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(len(content))}
        connection.sendall(_head(200, {**size, "Connection": "close"}))
        for byte in content:
            chunk = bytes([byte])
            connection.sendall(b"1\r\n" + chunk + b"\r\n" if chunked else chunk)
            time.sleep(pause)
        connection.sendall(b"0\r\n\r\n" if chunked else b"")
        raise Closing

    return step


def endless(first: bytes, again: bytes, pause: float) -> Step:
    """``first``, and then ``again`` and again, with a ``pause`` before each, until the client has gone, or for half a minute."""

    def step(connection: socket.socket, request: Received) -> None:
        connection.sendall(first)
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            time.sleep(pause)
            connection.sendall(again)
        raise Closing

    return step


@contextlib.contextmanager
def speaking(first: bytes, again: bytes = b"", pause: float = 0.02, reads_slowly: bool = False) -> Iterator[int]:
    """The port of something that speaks to whoever connects before it was asked anything: ``first``, then ``again`` and again.

    ``reads_slowly``: what comes in it takes some bytes at a time, with a pause after each.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Little is to wait in the kernel's buffers.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        is_over = threading.Event()

        def speak() -> None:
            with contextlib.suppress(OSError), listener.accept()[0] as connection:
                connection.sendall(first)
                end = time.monotonic() + _LONGEST
                while time.monotonic() < end and not is_over.wait(pause):
                    connection.sendall(again)
                    if reads_slowly:
                        connection.recv(1024)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            is_over.set()
            thread.join(_IDLE)


class Server:
    """Plays ``steps``. ``tls``: a context to speak TLS with; ``opens_after``: seconds in which it refuses connections first.

    ``otherwise`` answers what comes after the last step.
    """

    def __init__(
        self,
        *steps: Step,
        tls: ssl.SSLContext | None = None,
        opens_after: float = 0.0,
        otherwise: Step | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._steps = list(steps)
        self._otherwise = otherwise or reply(418, {"error": {"code": 418, "message": "not in the script"}})
        self._tls = tls
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._stopped = False
        self._opens_after = opens_after
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.authority = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.url = f"{'https' if tls else 'http'}://{self.authority}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Server:
        if not self._opens_after:
            self._listener.listen(64)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        with self._lock:
            open_now = [self._listener, *self._open]
        for connection in open_now:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join(_IDLE)

    @property
    def lines(self) -> list[str]:
        """``METHOD /path`` of each request, in order."""
        return [f"{request.method} {request.path}" for request in self.requests]

    @property
    def left(self) -> int:
        """How many steps were not played."""
        return len(self._steps)

    def _accept(self) -> None:
        if self._opens_after:
            time.sleep(self._opens_after)
            self._listener.listen(64)
        while not self._stopped:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.append(connection)
                self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(_IDLE)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            while self._one(connection):
                pass
        except (OSError, ValueError, Closing):
            pass
        finally:
            connection.close()

    def _one(self, connection: socket.socket) -> bool:
        """Plays one step; whether the connection may be used for another."""
        if not self._tls:
            first = connection.recv(1, socket.MSG_PEEK)
            if first == _TLS_HELLO:
                connection.sendall(b"HTTP/1.1 400 This is plain HTTP\r\nConnection: close\r\n\r\n")
            if not first.isalpha():
                return False
        with self._lock:
            is_next_unread = bool(self._steps) and getattr(self._steps[0], "unread", False)
            step = self._steps.pop(0) if is_next_unread else None
        if step is not None:
            step(connection, Received("", "", {}, b""))
        request = receive(connection)
        if request is None:
            return False
        with self._lock:
            self.requests.append(request)
            step = self._steps.pop(0) if self._steps else self._otherwise
        step(connection, request)
        return request.headers.get("connection") != "close"


def refusing_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def receive(connection: socket.socket) -> Received | None:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return None
        head += byte
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, dummy, value in (line.partition(":") for line in lines) if name
    }
    if headers.get("transfer-encoding") == "chunked":
        return Received(method, target, headers, _receive_chunks(connection))
    return Received(method, target, headers, _exactly(connection, int(headers.get("content-length", "0"))))


def _receive_chunks(connection: socket.socket) -> bytes:
    body = b""
    while True:
        line = b""
        while not line.endswith(b"\r\n"):
            line += connection.recv(1)
        size = int(line, 16)
        body += _exactly(connection, size)
        _exactly(connection, 2)
        if not size:
            return body


def _exactly(connection: socket.socket, size: int) -> bytes:
    body = b""
    while len(body) < size:
        piece = connection.recv(min(65536, size - len(body)))
        if not piece:
            raise Closing
        body += piece
    return body


def _encoded(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Status\r\n{lines}\r\n".encode("latin-1")
