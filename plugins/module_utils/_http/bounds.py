# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""How long one try of a request may take and how much may come back, whatever the server does.

The time-out of requests is for a silence: a server that sends its header or its body byte by byte never meets it. So the bounds are
where no byte gets past them: before each read and write of the socket its time-out is set to what is left, and what comes in is
counted. Only the search for the host's address is not bounded, which is the operating system's.
"""

from __future__ import annotations

import contextlib
import functools
import io
import math
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .. import _clock
from .failure import FailureError
from .library import HTTPAdapter

# Bytes of one answer, as they come in and unpacked. The largest that the API gives by intent is a package of 25 MB (API facts, 0.5);
# an answer is held in memory, of which this is what a controller has to spare.
MOST_BYTES = 512 * 1024 * 1024
# Proxies and load balancers close what was idle for a while, some of them after 15 seconds. A read finds out and is sent again; of a
# write nobody would know whether it arrived. Seconds.
MOST_IDLE = 10.0


@dataclass
class Watch:
    """One try of one request. ``deadline``: by the monotonic clock; ``is_write``: it must not meet a connection that was idle.

    ``is_sent``: whether any byte of it has left; ``received``: bytes of the answer so far.
    """

    deadline: float = math.inf
    is_write: bool = False
    is_sent: bool = False
    received: int = 0

    def left(self) -> float:
        """Seconds, more than none. Raises FailureError when the time is over."""
        left = self.deadline - _clock.monotonic()
        if left > 0:
            return left
        if self.is_sent:
            raise FailureError("the answer was not complete in time", timed_out=True)
        raise FailureError("the time-out was over before it was sent", sent=False, permanent=True)

    def count(self, size: int) -> None:
        self.received += size
        check_size(self.received)


def check_size(size: int) -> None:
    """Raises FailureError for an answer of which ``size`` bytes are here already."""
    if size > MOST_BYTES:
        raise FailureError(f"the answer has more than {MOST_BYTES // 1024**2} MiB", permanent=True)


class _Current(threading.local):
    """What this thread sends. A request is sent and its answer read by one thread, while the connections belong to all of them."""

    watch = Watch()


_current = _Current()


@contextlib.contextmanager
def watched(watch: Watch) -> Iterator[Watch]:
    """Within this context, what this thread sends obeys ``watch``, and is told there."""
    _current.watch = watch
    try:
        yield watch
    finally:
        _current.watch = Watch()


class _Socket:
    """A connected socket that obeys the watch of whoever uses it. ``to_proxy``: what it carries is not the request yet."""

    def __init__(self, connected: Any, to_proxy: bool = False) -> None:
        self._connected = connected
        self._to_proxy = to_proxy
        self._silence: float | None = connected.gettimeout()
        self.used_at = _clock.monotonic()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connected, name)

    def settimeout(self, seconds: float | None) -> None:
        """How long a silence may be."""
        self._silence = seconds

    def sendall(self, data: Any) -> None:
        if not self._to_proxy:
            _current.watch.is_sent = True
        view = memoryview(data)
        while view:
            with self._bounded("the request could not be sent in time"):
                view = view[self._connected.send(view) :]

    def makefile(self, mode: str, *dummy_args: Any, **dummy_options: Any) -> io.BufferedReader:
        """As http.client wants it: for reading alone."""
        return io.BufferedReader(_Reader(self, self._connected.makefile(mode, buffering=0)))

    def read_into(self, stream: Any, buffer: Any) -> int:
        who = "the proxy did not answer" if self._to_proxy else "no answer"
        with self._bounded(f"{who} in time"):
            size: int = stream.readinto(buffer) or 0
        _current.watch.count(size)
        return size

    @contextlib.contextmanager
    def _bounded(self, failed: str) -> Iterator[None]:
        watch = _current.watch
        left = watch.left()
        self._connected.settimeout(left if self._silence is None else min(self._silence, left))
        try:
            yield
        except socket.timeout:
            watch.left()
            raise FailureError(f"{failed} (option timeout)", watch.is_sent, timed_out=watch.is_sent) from None
        self.used_at = _clock.monotonic()


class _Reader(io.RawIOBase):
    def __init__(self, bounded: _Socket, stream: Any) -> None:
        super().__init__()
        self._bounded = bounded
        self._stream = stream

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._stream.fileno())

    def readinto(self, buffer: Any) -> int:
        return self._bounded.read_into(self._stream, buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Connection:
    """What is added to urllib3's connections."""

    sock: Any

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.sock = _Socket(self.sock)

    def _tunnel(self) -> None:
        """What a proxy says before it lets anything through."""
        plain = self.sock
        self.sock = _Socket(plain, to_proxy=True)
        super()._tunnel()  # type: ignore[misc]
        self.sock = plain

    def getresponse(self, *args: Any, **options: Any) -> Any:
        """A connection on which more may come than is read is not used again: it would be taken for the next answer."""
        response = super().getresponse(*args, **options)  # type: ignore[misc]
        if response.status < 200 or _has_forbidden_body(response):
            self.close()  # type: ignore[attr-defined]
        return response


def _has_forbidden_body(response: Any) -> bool:
    """Whether a body is announced that nobody reads."""
    headers = response.headers
    return response.status == 204 and ("Transfer-Encoding" in headers or headers.get("Content-Length", "0") != "0")


class _Pool:
    """What is added to urllib3's pools."""

    def _get_conn(self, *args: Any, **options: Any) -> Any:
        connection = super()._get_conn(*args, **options)  # type: ignore[misc]
        used_at = getattr(connection.sock, "used_at", math.inf)
        if _current.watch.is_write and _clock.monotonic() - used_at > MOST_IDLE:
            connection.close()  # the pool opens it anew
        return connection


@functools.cache
def _bounded_pool(pool: Any) -> Any:
    """A kind of pool of urllib3's, with bounds."""
    if issubclass(pool, _Pool):
        return pool
    connection = type("Connection", (_Connection, pool.ConnectionCls), {})
    return type("Pool", (_Pool, pool), {"ConnectionCls": connection})


def _bound(manager: Any) -> Any:
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _bounded_pool(pool) for scheme, pool in pools.items()}
    return manager


class BoundedAdapter(HTTPAdapter):
    """Requests sent through it obey ``watched``."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _bound(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        return _bound(super().proxy_manager_for(*args, **options))
