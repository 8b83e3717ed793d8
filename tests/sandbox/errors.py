# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error envelope of the API (API facts, 5.1)."""

from __future__ import annotations

from typing import Any


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
        entry = {"path": path, "message": message, "parameterLocation": location, "location": None}
        return cls(400, "Constraints violated.", [entry])

    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = {"code": self.status, "message": self.message}
        if self.violations is not None:
            found["constraintViolations"] = self.violations
        return found

    def envelope(self) -> dict[str, Any]:
        return {"error": self.error()}

    def body(self) -> dict[str, Any] | None:
        """Of the answer."""
        return self.envelope()


class BareError(ApiError):
    """Answered without a body, as the API documents it for some 404."""

    def body(self) -> None:
        return None
