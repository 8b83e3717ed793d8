# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox as an ASGI application: finds the endpoint, checks the token, applies faults and keeps the list of requests.

Order for each request: latency, fault, token, handler. Handlers run on the event loop, one at a time.
"""

from __future__ import annotations

import asyncio
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
from .settings.catalog import Catalog
from .variants import Variants

# FACTS section 0.1: SaaS, Managed and ActiveGate, and the platform's path to the classic API.
_API = re.compile(r"(?:/e/[^/]+)?/api(?=/v[12]/)")
# Its paths are declared with "/platform" before them (extensions/platform.py).
_PLATFORM_EXTENSIONS = re.compile(r"/platform/extensions(?=/v2/)")
_PLATFORM = re.compile(r"/platform/classic/environment-api(?=/v[12]/)")
_OAUTH = "/sso/oauth2/token"


@dataclass(frozen=True)
class Options:
    """``schemas``, ``hub``: folders with schema documents and with packages that the Hub offers, beside the sandbox's own;
    ``tokens``: scopes by token, None = all.
    """

    tokens: Mapping[str, Iterable[str] | None] | None = None
    latency: float = 0.0
    schemas: tuple[Path, ...] = ()
    activegates: int = 6
    speed: float = 1.0
    hub: tuple[Path, ...] = ()


class Sandbox:
    """All the state there is; ``reset`` returns to the start."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.variants = Variants(
            auth.VARIANTS, settings.VARIANTS, credential_vault.VARIANTS, extensions.VARIANTS, activegates.VARIANTS
        )
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        self._catalog = Catalog(options.schemas)  # which nobody changes, and which takes longest to make
        self.reset()

    def reset(self) -> None:
        self.variants.reset()
        self.faults.clear()
        self.requests.clear()
        self.clock = Clock(self.options.speed)
        self.tokens = auth.Tokens(self.options.tokens or {}, self.variants)
        self.settings = settings.Settings(self.clock, self.variants, self._catalog)
        self.credentials = credential_vault.Credentials(self.variants)
        self.extensions = extensions.Extensions(
            self.clock, self.variants, self.credentials.vault.certificates, self.options.hub
        )
        self.activegates = activegates.ActiveGates(self.clock, self.variants, self.options.activegates)
        parts = (self.tokens, self.settings, self.credentials, self.extensions, self.activegates)
        self._endpoints = [(_pattern(one.path), one) for part in parts for one in part.endpoints()]

    def answer(self, call: Call, authorization: str | None) -> tuple[Reply, bool]:
        """The reply, and whether the request counts as a read."""
        if call.path == _OAUTH and call.method == "POST":
            return self.tokens.issue(call), True
        is_read = call.method in ("GET", "HEAD")
        try:
            successor = _PLATFORM_EXTENSIONS.match(call.path)
            platform = successor or _PLATFORM.match(call.path)
            prefix = platform or _API.match(call.path)
            if prefix is None:
                raise ApiError(404, f"HTTP 404 Not Found: {call.path}")
            rest = ("/platform" if successor else "") + call.path[prefix.end() :]
            endpoint, params = self._route(call.method, rest)
            is_read = is_read or endpoint.is_validation or _is_validation(call)
            token_id, scopes = self.tokens.check(authorization, platform is not None, endpoint)
            return endpoint.handler(replace(call, params=params, token_id=token_id, scopes=scopes)), is_read
        except ApiError as error:
            return Reply(error.status, error.envelope()), is_read

    def _route(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """The endpoint and the placeholders of its path. Fixed paths win over placeholders because they come first."""
        allowed = False
        # A colon means the same when it is encoded, and some paths have one (":transfer-ownership").
        path = re.sub("%3a", ":", path, flags=re.IGNORECASE)
        for pattern, endpoint in self._endpoints:
            found = pattern.fullmatch(path)
            if found:
                if endpoint.method == method:
                    return endpoint, {name: unquote(value) for name, value in found.groupdict().items()}
                allowed = True
        if allowed:
            raise ApiError(405, "HTTP 405 Method Not Allowed")
        raise ApiError(404, f"HTTP 404 Not Found: {path}")


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
            self._keep(request, None, False, started)
            _cut(send)
            return
        body = await request.body()
        path = scope["raw_path"].decode("ascii")
        query = request.query_params
        call = Call(
            request.method, path, {}, dict(query), dict(request.headers), body, queries=tuple(query.multi_items())
        )
        if self.sandbox.options.latency:
            await asyncio.sleep(self.sandbox.options.latency)
        reply, is_read = await self._work(call, request, fault)
        self._keep(request, reply, is_read, started)
        if reply is None or (fault and fault.kind == "reset_after"):
            _cut(send)
            return
        await _send(reply, fault, scope, receive, send)

    def _keep(self, request: Request, reply: Reply | None, is_read: bool, started: float) -> None:
        """In the list of requests."""
        self.sandbox.requests.append(
            {
                "method": request.method,
                "path": unquote(request.scope["raw_path"].decode("ascii")),
                "query": dict(request.query_params),
                "status": None if reply is None else reply.status,
                "seconds": round(time.perf_counter() - started, 6),
                "read": is_read,
            }
        )

    async def _work(self, call: Call, request: Request, fault: Fault | None) -> tuple[Reply | None, bool]:
        is_read = (
            call.method in ("GET", "HEAD") or _is_validation(call) or call.path.endswith(("/validator", ":validate"))
        )
        if fault is not None:
            if fault.seconds:
                await asyncio.sleep(fault.seconds)
            if fault.kind == "reset_before":
                return None, is_read
            if fault.kind == "status":
                error = ApiError(fault.status, "Too many requests." if fault.status == 429 else "Sandbox fault")
                return Reply(fault.status, error.envelope(), headers=dict(fault.headers)), is_read
            if fault.kind == "html":
                page = f"<!doctype html><html><head><title>HTTP Status {fault.status}</title></head></html>"
                return Reply(fault.status, page.encode(), "text/html", dict(fault.headers)), is_read
        return self.sandbox.answer(call, request.headers.get("authorization"))


def _cut(send: Any) -> None:
    """Closes the connection without an answer.

    ASGI has no message for that. uvicorn's ``send`` is a method of its request cycle, which holds the transport; both of its
    HTTP implementations are built that way.
    """
    cycle = send.__self__
    cycle.disconnected = True
    cycle.transport.abort()


async def _send(reply: Reply, fault: Fault | None, scope: Any, receive: Any, send: Any) -> None:
    content = reply.encoded()
    if fault is not None and fault.kind == "truncate":
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
