# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what a network, a proxy or an overloaded server does to a request.

A fault hits the requests whose ``method`` and ``path`` (a regular expression) fit, after it has let ``after`` of them through, and then
``times`` of them; 0: from there on. Its ``kind`` is one of

``status``
    an error with ``status`` and ``headers``; below 400 an empty answer, such as a redirect
``html``
    a page with ``status``, as a login or a proxy shows it
``empty``
    an answer without a body
``shape``
    JSON of the wrong ``shape``, see shapes.py
``truncate``
    an answer that is cut off in its middle
``cut``
    the connection ends while the request's body comes in
``reset_before``, ``reset_after``
    the connection ends without an answer, before or after the work was done
``slow``
    the answer comes ``seconds`` late
``late_write``
    no answer, and the work is done ``seconds`` later, whether the client still waits or not. With ``status`` a proxy gives up at
    once, with that status

``done`` says for the first five and for ``slow`` whether the server did the work; by itself it does for ``truncate`` and ``slow`` only.
``seconds`` are real ones, whatever the sandbox's speed is; every kind may come that late.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError
from .http import Reply
from .shapes import SHAPES, misshapen

# The kinds, and whether the work is done unless the fault says otherwise.
_IS_DONE = {
    "status": False,
    "html": False,
    "empty": False,
    "shape": False,
    "truncate": True,
    "slow": True,
    "cut": False,
    "reset_before": False,
    "reset_after": True,
    "late_write": False,
}
# Those for which there is nothing to choose.
_FIXED = ("cut", "reset_before", "reset_after", "late_write")
_FIELDS = {"kind", "method", "path", "times", "after", "status", "headers", "seconds", "done", "shape"}
_STATUS = {"html": 502, "status": 503}
# What is cut off where the real answer is empty, or is none.
_STAND_IN = Reply(200, {"items": []})


@dataclass
class Fault:
    """``status`` None: that of the real answer, or 200."""

    kind: str
    method: str = ""
    path: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    times: int = 1
    after: int = 0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    done: bool = False
    shape: str = "object"

    @classmethod
    def parse(cls, body: Any) -> Fault:
        if not isinstance(body, dict):
            raise ApiError(400, "a fault is an object")
        unknown = set(body) - _FIELDS
        if unknown:
            raise ApiError(400, f"unknown in a fault: {', '.join(sorted(unknown))}")
        kind = body.get("kind")
        if kind not in _IS_DONE:
            raise ApiError(400, f"the kind of a fault is one of {', '.join(_IS_DONE)}")
        if "done" in body and kind in _FIXED:
            raise ApiError(400, f"'{kind}' itself says whether the work is done")
        if body.get("shape", "object") not in SHAPES:
            raise ApiError(400, f"the shape of an answer is one of {', '.join(SHAPES)}")
        try:
            path = re.compile(str(body.get("path", "")))
        except re.error as error:
            raise ApiError(400, f"path is not a regular expression: {error}") from None
        status = body.get("status", _STATUS.get(kind))
        return cls(
            kind=kind,
            method=str(body.get("method", "")).upper(),
            path=path,
            times=int(body.get("times", 1)),
            after=int(body.get("after", 0)),
            status=None if status is None else int(status),
            headers={str(name): str(value) for name, value in dict(body.get("headers", {})).items()},
            seconds=float(body.get("seconds", 0)),
            done=bool(body.get("done", _IS_DONE[kind])),
            shape=body.get("shape", "object"),
        )

    def hits(self, method: str, path: str) -> bool:
        """Whether it is this request's turn; those that fit are counted."""
        if (self.method and self.method != method) or not self.path.search(path):
            return False
        self.after -= 1
        return self.after < 0

    def reply(self, real: Reply | None) -> Reply | None:
        """What the client gets: None is not an answer at all. ``real``: that of the work, None if it is not done."""
        if self.kind == "slow":
            return real
        if self.kind == "truncate":
            return real if real is not None and real.encoded() else _STAND_IN
        if self.kind in ("status", "late_write"):
            return self._error()
        if self.kind in ("html", "empty", "shape"):
            return self._odd(real)
        return None

    def _odd(self, real: Reply | None) -> Reply:
        """An answer that no client expects."""
        status = self.status or (200 if real is None else real.status)
        if self.kind == "empty":
            return Reply(status, headers=dict(self.headers))
        if self.kind == "shape":
            # A 204 has no body.
            return Reply(200 if status == 204 else status, misshapen(self.shape, real), headers=dict(self.headers))
        page = f"<!doctype html><html><head><title>HTTP Status {status}</title></head></html>"
        return Reply(status, page.encode(), "text/html", dict(self.headers))

    def _error(self) -> Reply | None:
        if self.status is None:
            return None
        message = "Too many requests." if self.status == 429 else "Sandbox fault"
        body = ApiError(self.status, message).envelope() if self.status >= 400 else None
        return Reply(self.status, body, headers=dict(self.headers))


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that hits the request; each is used up after its ``times``, unless they are 0."""
        for fault in self._waiting:
            if fault.hits(method, path):
                if fault.times == 1:
                    self._waiting.remove(fault)
                fault.times = max(fault.times - 1, 0)
                return fault
        return None
