# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as an ASGI application: finds the endpoint, checks the token, applies faults and keeps the list of requests.

Order for each request: latency, fault, token, handler. Handlers run on the event loop, one at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from . import activegates, auth, control, credential_vault, extensions, settings
from .clock import Clock
from .errors import ApiError
from .faults import Fault, Faults
from .http import JSON_TYPE, Call, Endpoint, Reply
from .metadata import Metadata
from .settings.catalog import OWN, Catalog
from .twin import read_twin
from .variants import Variants

# API facts, 0.1: SaaS, Managed and ActiveGate, and the platform's path to the classic API.
_API = re.compile(r"(?:/e/[^/]+)?/api(?=/v[12]/)")
# Their paths are declared with "/platform" before them (extensions/platform.py, metadata.py).
_SUCCESSORS = re.compile(r"/platform/(?:extensions(?=/v2/)|hub(?=/v1/))")
_PLATFORM_METADATA = re.compile(r"(?=/platform/metadata/v1/)")
_PLATFORM = re.compile(r"/platform/classic/environment-api(?=/v[12]/)")
_OAUTH = "/sso/oauth2/token"
# API facts, 0.2: instead of a header.
_TOKEN_PARAMETER = "api-token"
# How long the sandbox would have been silent before this answer, in seconds; see Sandbox.tells_silence.
SILENCE = "x-sandbox-silence"


@dataclass(frozen=True)
class Options:
    """``schemas``, ``hub``: folders with schema documents and with packages that the Hub offers, beside the sandbox's own;
    ``tokens``: scopes by token, None = all. ``recording``: the folder of a recorded environment, to start as that was.
    """

    tokens: Mapping[str, Iterable[str] | None] | None = None
    latency: float = 0.0
    schemas: tuple[Path, ...] = ()
    activegates: int = 6
    speed: float = 1.0
    hub: tuple[Path, ...] = ()
    recording: Path | None = None


@dataclass
class Late:
    """A write whose answer nobody waits for any more. ``due``: by the clock of real time. ``entry``: in the list of requests."""

    due: float
    call: Call
    authorization: str | None
    entry: dict[str, Any]


@dataclass
class Outcome:
    """What comes of a request. ``reply`` None: no answer. ``is_done``: whether the work was done, and not refused.

    ``late``: in how many seconds it is done instead.
    """

    reply: Reply | None
    is_read: bool = False
    is_done: bool = False
    silence: float = 0.0
    late: float | None = None
    is_cut_off: bool = False


class Sandbox:
    """All the state there is; ``reset`` returns to the start.

    ``tells_silence`` is for tests whose clocks are replaced: an answer that would be slow comes at once and says how slow it is.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.tells_silence = False
        self.variants = Variants(
            auth.VARIANTS, settings.VARIANTS, credential_vault.VARIANTS, extensions.VARIANTS, activegates.VARIANTS
        )
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        self._twin = read_twin(options.recording) if options.recording else None
        own = self._twin.schemas if self._twin else OWN
        self._catalog = Catalog((own, *options.schemas))  # which nobody changes, and which takes longest to make
        self.reset()

    def reset(self) -> None:
        self.variants.reset()
        self.faults.clear()
        self.requests.clear()
        self.clock = Clock(self.options.speed)
        self.real_clock = Clock()
        self.late: list[Late] = []
        self.tokens = auth.Tokens(self.options.tokens or {}, self.variants)
        twin = self._twin
        self.settings = settings.Settings(self.clock, self.variants, self._catalog, twin)
        self.credentials = credential_vault.Credentials(self.variants)
        certificates = self.credentials.vault.certificates
        self.extensions = extensions.Extensions(self.clock, self.variants, certificates, self.options.hub, twin)
        self.activegates = activegates.ActiveGates(self.clock, self.variants, self.options.activegates, twin)
        self.open()

    def open(self) -> None:
        """Requests go to the parts that are there now."""
        parts = (self.tokens, Metadata(), self.settings, self.credentials, self.extensions, self.activegates)
        self._endpoints = [(_pattern(endpoint.path), endpoint) for part in parts for endpoint in part.endpoints()]

    def catch_up(self) -> None:
        """Carries out the late writes that are due. Nobody can tell that it waits until somebody looks."""
        now = self.real_clock.now()
        for late in [write for write in self.late if write.due <= now]:
            self.late.remove(late)
            reply, _dummy = self._answer(late.call, late.authorization)
            late.entry["done"] = reply.status < 400

    def state(self) -> dict[str, list[Any]]:
        """Everything that a write can change, but for times: settings, credentials, extensions, ActiveGates."""
        self.catch_up()
        return {
            "settings": self.settings.state(),
            "credentials": self.credentials.state(),
            "extensions": self.extensions.state(),
            "activegates": self.activegates.state(),
        }

    def answer(self, call: Call, authorization: str | None) -> tuple[Reply, bool]:
        """The reply, and whether the request counts as a read."""
        self.catch_up()
        return self._answer(call, authorization)

    def _answer(self, call: Call, authorization: str | None) -> tuple[Reply, bool]:
        if call.path == _OAUTH and call.method == "POST":
            return self.tokens.issue(call), True
        is_read = call.method in ("GET", "HEAD")
        try:
            address = _address(call.path)
            endpoint, params = self._route(call.method, address.rest)
            is_read = is_read or endpoint.is_validation or _is_validation(call)
            if endpoint.is_public:
                return endpoint.handler(replace(call, params=params)), is_read
            token_id, scopes = self.tokens.check(authorization, address.is_platform, endpoint)
            return endpoint.handler(replace(call, params=params, token_id=token_id, scopes=scopes)), is_read
        except ApiError as error:
            return Reply(error.status, error.body()), is_read

    def like(self, method: str, path: str) -> str:
        """A regular expression of all paths at which the same is asked of anything else, such as another object."""
        address = _address(path)
        endpoint, _dummy = self._route(method, address.rest)
        return f"^{re.escape(address.prefix)}{_pattern(endpoint.path).pattern.removeprefix('/platform')}$"

    def _route(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint and the placeholders of its path. Fixed paths win over placeholders because they come first."""
        allowed = False
        # A colon means the same when it is encoded, and some paths have one (":transfer-ownership").
        path = re.sub("%3a", ":", path, flags=re.IGNORECASE)
        for pattern, endpoint in self._endpoints:
            match = pattern.fullmatch(path)
            if match:
                if endpoint.method == method:
                    return endpoint, {name: unquote(value) for name, value in match.groupdict().items()}
                allowed = True
        if allowed:
            raise ApiError(405, "HTTP 405 Method Not Allowed")
        raise ApiError(404, f"HTTP 404 Not Found: {path}")


@dataclass(frozen=True)
class _Address:
    """Where a path leads to: ``rest`` is what endpoints are declared with."""

    prefix: str
    rest: str
    is_platform: bool


def _address(path: str) -> _Address:
    if _PLATFORM_METADATA.match(path):
        return _Address("/platform", path, True)
    successor = _SUCCESSORS.match(path)
    platform = successor or _PLATFORM.match(path)
    prefix = platform or _API.match(path)
    if prefix is None:
        raise ApiError(404, f"HTTP 404 Not Found: {path}")
    rest = ("/platform" if successor else "") + path[prefix.end() :]
    return _Address(prefix[0], rest, platform is not None)


def _is_validation(call: Call) -> bool:
    """DELETE knows no ``validateOnly`` and really deletes, so it stays a write whatever its query says."""
    return call.method in ("POST", "PUT") and call.query.get("validateOnly", "").lower() == "true"


@cache
def _pattern(path: str) -> re.Pattern[str]:
    """``/v2/x/{id}`` as a regular expression over the still percent-encoded path."""
    pieces = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{piece}>[^/]+)" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces))
    )


class Application:
    """The ASGI end of it. Plain ASGI, since a fault must be able to cut the connection below any framework."""

    def __init__(self, options: Options) -> None:
        self.sandbox = Sandbox(options)
        self._control = Starlette(routes=control.routes(self.sandbox))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_sandbox/"):
            await self._control(scope, receive, send)
            return
        started = time.perf_counter()
        request = Request(scope, receive)
        fault = self.sandbox.faults.take(request.method, unquote(scope["raw_path"].decode("ascii")))
        if fault is not None and fault.kind == "cut":
            await receive()
            self._keep(request, Outcome(None), started)
            _cut(send)
            return
        body = await request.body()
        path = scope["raw_path"].decode("ascii")
        queries = request.query_params.multi_items()
        authorization = request.headers.get("authorization")
        if authorization is None and _TOKEN_PARAMETER in request.query_params:
            authorization = f"Api-Token {request.query_params[_TOKEN_PARAMETER]}"
            queries = [(name, value) for name, value in queries if name != _TOKEN_PARAMETER]
        call = Call(request.method, path, {}, dict(queries), dict(request.headers), body, queries=tuple(queries))
        if self.sandbox.options.latency:
            await asyncio.sleep(self.sandbox.options.latency)
        outcome = self._work(call, authorization, fault)
        entry = self._keep(request, outcome, started)
        if outcome.late is not None:
            due = self.sandbox.real_clock.now() + outcome.late
            self.sandbox.late.append(Late(due, call, authorization, entry))
        await self._answered(outcome, scope, receive, send)

    def _keep(self, request: Request, outcome: Outcome, started: float) -> dict[str, Any]:
        """In the list of requests."""
        entry = {
            "method": request.method,
            "path": unquote(request.scope["raw_path"].decode("ascii")),
            "query": dict(request.query_params),
            "status": None if outcome.reply is None else outcome.reply.status,
            "seconds": round(time.perf_counter() - started, 6),
            "read": outcome.is_read,
            "done": outcome.is_done,
            "empty": outcome.reply is None or outcome.reply.body is None,
        }
        self.sandbox.requests.append(entry)
        return entry

    def _work(self, call: Call, authorization: str | None, fault: Fault | None) -> Outcome:
        if fault is None:
            reply, is_read = self.sandbox.answer(call, authorization)
            return Outcome(reply, is_read, reply.status < 400)
        real, is_read = None, _is_read(call)
        if fault.done:
            real, is_read = self.sandbox.answer(call, authorization)
        return Outcome(
            fault.reply(real),
            is_read,
            real is not None and real.status < 400,
            fault.seconds,
            fault.seconds if fault.kind == "late_write" else None,
            fault.kind == "truncate",
        )

    async def _answered(self, outcome: Outcome, scope: Any, receive: Any, send: Any) -> None:
        reply = outcome.reply
        if outcome.silence and self.sandbox.tells_silence:
            reply = reply or Reply()
            reply.headers[SILENCE] = str(outcome.silence)
        elif outcome.silence and not (outcome.late is not None and reply is not None):
            await _silence(outcome.silence, receive)
        if reply is None:
            _cut(send)
        else:
            await _send(reply, outcome.is_cut_off, scope, receive, send)


def _is_read(call: Call) -> bool:
    """Of a request that no endpoint has seen."""
    is_validator = call.path.endswith(("/validator", ":validate"))
    return call.method in ("GET", "HEAD") or _is_validation(call) or is_validator


async def _silence(seconds: float, receive: Any) -> None:
    """Until the client gives up, or the seconds are over. The request's body has come in, so there is nothing else to receive."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(receive(), seconds)


def _cut(send: Any) -> None:
    """Closes the connection without an answer.

    ASGI has no message for that. uvicorn's ``send`` is a method of its request cycle, which holds the transport; both of its
    HTTP implementations are built that way.
    """
    cycle = send.__self__
    cycle.disconnected = True
    cycle.transport.abort()


async def _send(reply: Reply, is_cut_off: bool, scope: Any, receive: Any, send: Any) -> None:
    content = reply.encoded()
    if is_cut_off:
        raw = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": reply.status, "headers": raw})
        await send({"type": "http.response.body", "body": content[: len(content) // 2], "more_body": True})
        await asyncio.sleep(0.01)
        _cut(send)
        return
    headers = dict(reply.headers)
    if content or reply.status not in (204, 304):
        headers.setdefault("content-type", reply.content_type if content else JSON_TYPE)
    await Response(content, reply.status, headers)(scope, receive, send)
