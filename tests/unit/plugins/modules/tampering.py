# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that go wrong, before and after the server has done its work, at any request of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import (
    Answer,
    Exchange,
    FailureError,
    Request,
)

_ANSWERS: dict[str, tuple[int, Any]] = {
    "500": (500, None),
    "502": (502, "<html>"),
    "503": (503, None),
    "429": (429, None),
    "401": (401, None),
    "403": (403, None),
    "409": (409, {"error": {"code": 409, "message": "try again in a few seconds"}}),
    "page": (200, "<html><title>Sign in</title></html>"),
    "empty": (200, None),
    "object": (200, {}),
    "list": (200, []),
    "null row": (200, {"extensions": [None], "items": [None]}),
}
_LOST = {"reset": FailureError("reset"), "time-out": FailureError("no answer in time", timed_out=True)}
# What a server that has carried out the request may still answer.
_AFTER = {"500", "502", "page", "empty", "object", "list", *_LOST}
KINDS = sorted([f"{kind} before" for kind in (*_ANSWERS, *_LOST)] + [f"{kind} after" for kind in _AFTER])


@dataclass
class Faults:
    """``begin``: the number of the first request that something happens to, from 0; ``times``: how many of them in a row."""

    kind: str = ""
    begin: int = 0
    times: int = 0
    seen: list[str] = field(default_factory=list)

    def begin_anew(self, kind: str, begin: int, times: int) -> None:
        """For another run."""
        self.kind, self.begin, self.times = kind, begin, times
        self.seen.clear()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        once = Exchange.once

        def tampered(exchange: Exchange, request: Request, authentication: Any, deadline: float) -> Answer:
            number = len(self.seen)
            self.seen.append(f"{request.method} {request.url.split('/api', 1)[-1]}")
            if not self.begin <= number < self.begin + self.times:
                return once(exchange, request, authentication, deadline)
            name, when = self.kind.rsplit(" ", 1)
            if when == "after":
                once(exchange, request, authentication, deadline)
            if name in _LOST:
                raise _LOST[name]
            status, content = _ANSWERS[name]
            return Answer(status, {}, content, "")

        monkeypatch.setattr(Exchange, "once", tampered)
