# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what a network, a proxy or an overloaded server does to a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError

KINDS = ("cut", "status", "reset_before", "reset_after", "truncate", "html", "slow")


@dataclass
class Fault:
    """``cut`` ends the connection while the request's body comes in.

    ``reset_before`` and ``reset_after`` cut the connection before and after the work was done.
    """

    kind: str
    method: str = ""
    path: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    times: int = 1
    status: int = 503
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def parse(cls, body: Any) -> Fault:
        if not isinstance(body, dict):
            raise ApiError(400, "a fault is an object")
        unknown = set(body) - {"kind", "method", "path", "times", "status", "headers", "seconds"}
        if unknown:
            raise ApiError(400, f"unknown in a fault: {', '.join(sorted(unknown))}")
        if body.get("kind") not in KINDS:
            raise ApiError(400, f"the kind of a fault is one of {', '.join(KINDS)}")
        try:
            path = re.compile(str(body.get("path", "")))
        except re.error as error:
            raise ApiError(400, f"path is no regular expression: {error}") from None
        return cls(
            kind=body["kind"],
            method=str(body.get("method", "")).upper(),
            path=path,
            times=int(body.get("times", 1)),
            status=int(body.get("status", 502 if body["kind"] == "html" else 503)),
            headers={str(name): str(value) for name, value in dict(body.get("headers", {})).items()},
            seconds=float(body.get("seconds", 0)),
        )


class Faults:
    """The faults still to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first fault that fits the request; each is used up after its ``times``."""
        for fault in self._waiting:
            if (not fault.method or fault.method == method) and fault.path.search(path):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
