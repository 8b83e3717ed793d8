# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitoring configurations of extensions (FACTS section 2.4)."""

from __future__ import annotations

import base64
import re
import struct
import uuid
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..errors import ApiError
from ..variants import Variants
from .store import Store

MAX_CONFIGURATIONS = 100
_SCOPE = re.compile(r"environment|(?:ag_group|management_zone)-.+|HOST(?:_GROUP)?-[0-9A-F]{16}")
_MAGIC = bytes.fromhex("beef54de15dadead")


@dataclass
class Configuration:
    object_id: str
    scope: str
    value: dict[str, Any]
    changed: float

    def body(self) -> dict[str, Any]:
        return {"objectId": self.object_id, "scope": self.scope, "value": self.value}


class Configurations:
    """Configurations by extension and object id, in the order in which they were made."""

    def __init__(self, clock: Clock, variants: Variants, store: Store) -> None:
        self._clock = clock
        self._variants = variants
        self._store = store
        self._all: dict[str, dict[str, Configuration]] = {}

    def of(self, name: str) -> list[Configuration]:
        """404 when there is no such extension."""
        self._store.versions(name)
        return list(self._all.get(name, {}).values())

    def get(self, name: str, object_id: str) -> Configuration:
        self.of(name)
        found = self._all.get(name, {}).get(object_id)
        if found is None:
            raise ApiError(404, f"Monitoring configuration {object_id} not found")
        return found

    def uses(self, name: str, version: str) -> bool:
        return any(one.value.get("version") == version for one in self._all.get(name, {}).values())

    def exist(self, name: str) -> bool:
        return bool(self._all.get(name))

    def create(self, name: str, scope: Any, value: Any) -> Configuration:
        self._check_schema(name)
        if not isinstance(scope, str) or not _SCOPE.fullmatch(scope):
            raise _wrong("scope", "must not be null" if scope is None else "Invalid format.")
        self._check_value(name, value)
        if len(self._all.get(name, {})) >= MAX_CONFIGURATIONS:
            raise ApiError(400, f"Monitoring configurations quantity limit of {MAX_CONFIGURATIONS} reached for {name}")
        made = Configuration(_object_id(name, scope), scope, value, self._clock.now())
        self._all.setdefault(name, {})[made.object_id] = made
        return made

    def update(self, name: str, object_id: str, value: Any) -> Configuration:
        found = self.get(name, object_id)
        self._check_schema(name)
        self._check_value(name, value)
        found.value, found.changed = value, self._clock.now()
        return found

    def delete(self, name: str, object_id: str) -> None:
        self.get(name, object_id)
        del self._all[name][object_id]

    def forget(self, name: str) -> None:
        """The extension is gone with all its versions."""
        self._all.pop(name, None)

    def status(self, configuration: Configuration) -> dict[str, Any]:
        """The model ExtensionStatusDto."""
        ready = configuration.changed + float(self._variants["extension_status_seconds"])
        status = "PENDING"
        if self._clock.now() >= ready:
            status = self._variants["extension_status"] if configuration.value.get("enabled", True) else "UNKNOWN"
        return {"status": status, "timestamp": self._clock.now_ms()}

    def _check_schema(self, name: str) -> None:
        self._store.versions(name)
        if not self._store.schema_ready(name):
            raise ApiError(404, f"No schema with identifier 'ext:{name}'")

    def _check_value(self, name: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise _wrong("value", "must not be null" if value is None else "must be an object")
        version = value.get("version")
        if not isinstance(version, str) or not self._store.has(name, version):
            raise _wrong("value/version", "must not be null" if version is None else f"Unknown version '{version}'")
        for key, kind in (("enabled", bool), ("description", str), ("featureSets", list)):
            if key in value and not isinstance(value[key], kind):
                raise _wrong(f"value/{key}", "Invalid type.")


def _wrong(path: str, message: str) -> ApiError:
    return ApiError.violation(path, message, "PAYLOAD_BODY")


def _object_id(name: str, scope: str) -> str:
    """As settings objects have it (FACTS section 3.6)."""
    kind, _dummy, key = ("tenant", "", "tenant") if scope == "environment" else scope.partition("-")
    encoded = _MAGIC + struct.pack(">i", 1)
    for text in (f"ext:{name}", kind, key, str(uuid.uuid4())):
        part = text.encode()
        encoded += struct.pack(">H", len(part)) + part
    return base64.urlsafe_b64encode(encoded + _MAGIC).rstrip(b"=").decode()
