# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control of the sandbox itself, outside the API: ``/_sandbox/...``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .errors import ApiError
from .faults import Fault

if TYPE_CHECKING:
    from .app import Sandbox


def routes(sandbox: Sandbox) -> list[Route]:
    """``requests``, ``faults``, ``variants``, ``tokens``, ``reset``."""

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.requests.clear()
            return Response(status_code=204)
        sandbox.catch_up()
        listed = list(sandbox.requests)
        reads = sum(1 for entry in listed if entry["read"])
        return JSONResponse(
            {"total": len(listed), "reads": reads, "writes": len(listed) - reads, "requests": listed},
        )

    async def faults(request: Request) -> Response:
        if request.method == "DELETE":
            sandbox.faults.clear()
        else:
            sandbox.faults.add(Fault.parse(await request.json()))
        return Response(status_code=204)

    async def variants(request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse(sandbox.variants.listed())
        sandbox.variants.set(await request.json())
        return Response(status_code=204)

    async def tokens(request: Request) -> Response:
        sandbox.tokens.reset()
        return Response(status_code=204)

    async def reset(request: Request) -> Response:
        sandbox.reset()
        return Response(status_code=204)

    return [
        Route("/_sandbox/requests", _guarded(requests), methods=["GET", "DELETE"]),
        Route("/_sandbox/faults", _guarded(faults), methods=["POST", "DELETE"]),
        Route("/_sandbox/variants", _guarded(variants), methods=["GET", "POST"]),
        Route("/_sandbox/tokens", _guarded(tokens), methods=["DELETE"]),
        Route("/_sandbox/reset", _guarded(reset), methods=["POST"]),
    ]


def _guarded(handler: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Errors in the same envelope as the API's."""

    async def guarded(request: Request) -> Response:
        try:
            answer: Response = await handler(request)
            return answer
        except ApiError as error:
            return JSONResponse(error.envelope(), error.status)
        except (ValueError, TypeError, RecursionError) as error:
            return JSONResponse(ApiError(400, str(error)).envelope(), 400)

    return guarded
