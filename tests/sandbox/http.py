# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a handler sees of a request and gives back as an answer, and how it says which path it serves.

Handlers are plain functions. They run one after the other on the server's event loop, so each of them sees and leaves the
state consistent without a lock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError, one_of

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """One request, decoded: ``params`` are the placeholders of the path, ``token_id`` is the public part of the token.

    ``scopes`` are those of the token, None when it may do everything.
    ``query`` has the last value of each name; ``queries`` has all of them, for the few parameters that may be repeated.
    """

    method: str
    path: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    token_id: str = "dt0c01.SANDBOX"
    queries: tuple[tuple[str, str], ...] = ()
    scopes: frozenset[str] | None = None

    def values(self, name: str) -> list[str]:
        """Every value of a parameter that may be repeated."""
        return [value for key, value in self.queries if key == name]

    def json(self) -> Any:
        """The body as JSON; API facts, 5.2, "400 bad JSON"."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            column = getattr(error, "colno", 1)
            raise ApiError(400, f"Could not map JSON at '' near line {line} column {column}") from None

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object."""
        body = self.json()
        if not isinstance(body, dict):
            raise ApiError(400, "Could not map JSON at '' near line 1 column 1")
        return body

    def flag(self, name: str) -> bool:
        """A boolean of the query, false when it is not there. Its case does not matter: the client dt of PyPI sends ``True``."""
        return one_of(name, self.query.get(name, "false").lower(), ("true", "false")) == "true"

    def given_flag(self, name: str) -> bool | None:
        """Unlike ``flag``, not given is neither true nor false."""
        return self.flag(name) if name in self.query else None

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of these texts, if it is given."""
        return one_of(name, self.query[name], choices) if name in self.query else None


@dataclass
class Reply:
    """An answer. ``body`` is JSON, or bytes as they are, or None for an empty one."""

    status: int = 200
    body: Any = None
    content_type: str = JSON_TYPE
    headers: dict[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Endpoint:
    """A path under ``/api`` (``/v2/settings/objects/{objectId}``) and who serves it.

    ``scopes``: one of them is enough, both the API token's names and those of OAuth; empty asks for no scope, only a token.
    ``also``: one of these is needed in addition. ``is_public``: no token is needed. ``is_validation``: counted as a read,
    because nothing is stored.
    """

    method: str
    path: str
    handler: Callable[[Call], Reply]
    scopes: tuple[str, ...] = ()
    is_validation: bool = False
    also: tuple[str, ...] = ()
    is_public: bool = False
