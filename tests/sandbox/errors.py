# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error envelope of the API (API facts, 5.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def violation(path: str, message: str, location: str) -> dict[str, Any]:
    """An entry of ``constraintViolations``."""
    return {"path": path, "message": message, "parameterLocation": location, "location": None}


class ApiError(Exception):
    """Answered as ``{"error": {code, message, constraintViolations}}`` with ``status``."""

    def __init__(self, status: int, message: str, violations: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.violations = violations

    @classmethod
    def violation(cls, path: str, message: str, location: str = "QUERY") -> ApiError:
        """A 400 about one parameter, as in API facts, 5.2 "400 query enum"."""
        return cls(400, "Constraints violated.", [violation(path, message, location)])

    @classmethod
    def in_body(cls, path: str, message: str) -> ApiError:
        """The same about a part of the body."""
        return cls.violation(path, message, "PAYLOAD_BODY")

    def error(self) -> dict[str, Any]:
        content: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.violations is not None:
            content["constraintViolations"] = self.violations
        return content

    def envelope(self) -> dict[str, Any]:
        return {"error": self.error()}

    def body(self) -> dict[str, Any] | None:
        """Of the answer."""
        return self.envelope()


def one_of(path: str, value: str, choices: Collection[str], location: str = "QUERY") -> str:
    """``value``, or API facts, 5.2, "400 query enum"."""
    if value not in choices:
        raise ApiError.violation(path, f"'{value}' must be any of [{', '.join(choices)}]", location)
    return value


class BareError(ApiError):
    """Answered without a body, as the API documents it for some 404."""

    def body(self) -> None:
        return None
