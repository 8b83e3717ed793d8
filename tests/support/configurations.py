# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An extension whose monitoring configurations have something of everything: constraints, lists, secrets, preconditions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import requests

from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox

NAME = "custom:configured"
LENGTH = [{"type": "LENGTH", "minLength": 1, "maxLength": 100}]
RANGE = [{"type": "RANGE", "minimum": 1, "maximum": 60}]
PORT = [{"type": "PATTERN", "pattern": "[0-9]{2,5}"}]
REMOTE: dict[str, Any] = {
    "endpoints": {
        "type": "list",
        "items": {"type": {"$ref": "#/types/endpoint"}},
        "nullable": False,
        "minItems": 1,
        "maxItems": 3,
    },
    "interval": {"type": "integer", "nullable": False, "default": 10, "constraints": RANGE},
    "mode": {"type": {"$ref": "#/enums/mode"}, "nullable": False, "default": "fast"},
    "port": {"type": "text", "nullable": True, "constraints": PORT},
    "proxy": {"type": "text", "nullable": True, "forceSecretResubmission": True},
    "token": {"type": "secret", "nullable": True, "constraints": LENGTH},
}
ENDPOINT: dict[str, Any] = {
    "url": {"type": "text", "nullable": False, "default": "", "constraints": LENGTH},
    "user": {"type": "text", "nullable": True},
    "password": {"type": "secret", "nullable": True, "constraints": LENGTH},
}


def activation_schema(remote: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a Python extension brings along. ``remote``: properties to change; None takes one away."""
    properties = {
        name: definition for name, definition in {**REMOTE, **(remote or {})}.items() if definition is not None
    }
    return {
        "types": {
            "endpoint": {"type": "object", "properties": ENDPOINT},
            "pythonRemote": {"type": "object", "properties": properties},
        },
        "enums": {
            "mode": {"type": "enum", "items": [{"value": word, "displayName": word} for word in ("fast", "slow")]}
        },
        "properties": {"pythonRemote": {"displayName": "remote", "type": {"$ref": "#/types/pythonRemote"}}},
    }


def package(version: str = "1.0.0", remote: Mapping[str, Any] | None = None, name: str = NAME) -> bytes:
    return build_package(name, version, files={"activationSchema.json": json.dumps(activation_schema(remote))})


def ship(sandbox: RunningSandbox, *versions: str, active: str | None = None) -> None:
    """Uploads versions and activates one of them; the tests' own requests are forgotten."""
    for version in versions:
        api(sandbox, "POST", "", data=package(version), headers={"Content-Type": "application/octet-stream"})
    if active:
        api(sandbox, "POST", f"/{NAME}/environmentConfiguration", json={"version": active})
    sandbox.clear()


def api(sandbox: RunningSandbox, method: str, path: str, **more: Any) -> Any:
    """A request of somebody else to /v2/extensions."""
    headers = {"Authorization": f"Api-Token {TOKEN}", **more.pop("headers", {})}
    response = requests.request(method, f"{sandbox.url}/api/v2/extensions{path}", headers=headers, timeout=10, **more)
    assert response.ok, response.text
    return response.json() if response.content else None
