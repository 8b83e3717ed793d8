# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the sandbox's settings share: the application in-process, without a socket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.sandbox.app import Options, Sandbox
from tests.sandbox.http import Call

ENVIRONMENT = "environment"
HOST = "HOST-D3A3C5A146830A79"
GATEWAY = "ENVIRONMENT_ACTIVE_GATE-000000005A34B668"
TOKEN = "dt0c01.PUBLIC.SECRET"

SHARED = Path(__file__).parents[4] / "shared" / "api"
REAL_SCHEMAS = SHARED / "schemas"


class Api:
    """Calls under ``/api/v2/settings``; answers are (status, body)."""

    def __init__(
        self, schemas: tuple[Path, ...] = (), tokens: Mapping[str, Iterable[str] | None] | None = None
    ) -> None:
        self.sandbox = Sandbox(Options(tokens=tokens, schemas=schemas))
        self.token = TOKEN

    def vary(self, **variants: Any) -> None:
        self.sandbox.variants.set(variants)

    def call(self, method: str, path: str, body: Any = None, /, **query: str) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        authorization = f"Api-Token {self.token}"
        headers = {"authorization": authorization}
        call = Call(method, "/api/v2/settings" + quote(path), {}, query, headers, content)
        reply, _is_read = self.sandbox.answer(call, authorization)
        text = reply.encoded()
        return reply.status, json.loads(text) if text else None

    def get(self, path: str, /, **query: str) -> Any:
        status, body = self.call("GET", path, **query)
        assert status == 200, body
        return body

    def one(self, object_id: str) -> Any:
        return self.get(f"/objects/{object_id}")

    def values(self, schema_id: str, **query: str) -> list[Any]:
        return [item["value"] for item in self.get("/objects", schemaIds=schema_id, **query)["items"]]

    def post(self, schema_id: str, *values: Any, scope: str = ENVIRONMENT, **more: Any) -> tuple[int, Any]:
        items = [{"schemaId": schema_id, "scope": scope, "value": value, **more} for value in values]
        return self.call("POST", "/objects", items)

    def create(self, schema_id: str, value: Any, scope: str = ENVIRONMENT, **more: Any) -> str:
        status, body = self.post(schema_id, value, scope=scope, **more)
        assert status == 200, body
        return str(body[0]["objectId"])

    def put(self, object_id: str, value: Any, query: Mapping[str, str] | None = None, **more: Any) -> tuple[int, Any]:
        return self.call("PUT", f"/objects/{object_id}", {"value": value, **more}, **(query or {}))

    def delete(self, object_id: str, **query: str) -> tuple[int, Any]:
        return self.call("DELETE", f"/objects/{object_id}", **query)

    def violations(self, schema_id: str, value: Any, scope: str = ENVIRONMENT) -> dict[str, list[str]]:
        """Messages by path below ``schemaId/0``, of a POST that stores nothing; empty when the value is right."""
        item = {"schemaId": schema_id, "scope": scope, "value": value}
        _dummy, body = self.call("POST", "/objects", [item], validateOnly="true")
        return violations(body[0])


def violations(answer: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in answer.get("error", {}).get("constraintViolations") or []:
        path = "/".join(one["path"].split("/")[2:])
        # What is missing is named with dots, and with nothing but the message (API facts, 5.2).
        is_missing = one["message"] == "Must not be null"
        assert is_missing == ("parameterLocation" not in one)
        found.setdefault(path.replace(".", "/") if is_missing else path, []).append(one["message"])
    return found
