# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitoring configurations of extensions (API facts, 2.4): settings objects of the schema of their extension's version."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..clock import Clock
from ..errors import ApiError, violation
from ..settings.catalog import Schema
from ..settings.ids import make_object_id
from ..settings.masking import Secrets, recorded
from ..settings.validate import Validator
from ..settings.walk import Path
from ..twin import Twin, told
from ..variants import Variants
from .manifest import version_key
from .schema import schema
from .store import Store

MAX_CONFIGURATIONS = 100
_SCOPE = re.compile(r"environment|(?:ag_group|management_zone)-.+|HOST(?:_GROUP)?-[0-9A-F]{16}")
_ANY_SCOPE = re.compile(r"environment|[A-Za-z_]+-.+")
# Of a version whose schema is not known.
_UNKNOWN_SCHEMA: dict[str, Any] = {
    "version": "0",
    "displayName": "",
    "multiObject": True,
    "maxObjects": 100,
    "allowedScopes": [],
    "properties": {},
    "types": {},
    "enums": {},
}


@dataclass
class Configuration:
    """``schema`` is that of its version, which may be gone by now; ``value`` holds the secrets in clear.

    ``changed``: when, in simulated seconds. ``told``: its status before that change.
    """

    object_id: str
    scope: str
    schema: Schema
    value: dict[str, Any]
    changed: float
    told: dict[str, Any] | None = None
    created: float = 0.0
    created_by: str = ""
    changed_by: str = ""

    @property
    def version(self) -> str:
        """That of the extension."""
        return str(self.value.get("version", ""))

    @property
    def enabled(self) -> bool:
        return bool(self.value.get("enabled", True))


class Configurations:
    """Configurations by extension and object id, in the order in which they were made."""

    def __init__(self, clock: Clock, variants: Variants, store: Store, twin: Twin | None = None) -> None:
        self._clock = clock
        self._variants = variants
        self._store = store
        self._secrets = Secrets(variants)
        self._all: dict[str, dict[str, Configuration]] = {}
        self._schemas: dict[tuple[str, str, bytes], Schema] = {}
        self._audit: dict[str, list[dict[str, Any]]] = {}
        for extension in twin.extensions if twin else ():
            with told(f"a configuration of {extension['extensionName']}"):
                for row in extension["configurations"]:
                    self._restore(str(extension["extensionName"]), row)

    def _restore(self, name: str, row: Mapping[str, Any]) -> None:
        """A recorded one, whether the schema would take it or not; without a schema nothing is known of its value."""
        described = self._recorded_schema(name, str(row["value"].get("version")))
        value = recorded(described, row["value"])
        now = self._clock.now()
        kept = Configuration(str(row["objectId"]), str(row["scope"]), described, value, now, None, now)
        self._all.setdefault(name, {})[kept.object_id] = kept

    def _recorded_schema(self, name: str, version: str) -> Schema:
        try:
            return self._schema(name, version)
        except ApiError:
            return Schema({**_UNKNOWN_SCHEMA, "schemaId": f"ext:{name}"})

    def state(self) -> list[Any]:
        """All configurations, secrets included."""
        return [
            {"id": object_id, "extension": name, "scope": configuration.scope, "value": configuration.value}
            for name, configurations in sorted(self._all.items())
            for object_id, configuration in sorted(configurations.items())
        ]

    def of(self, name: str) -> list[Configuration]:
        """404 when there is no such extension."""
        self._store.versions(name)
        return list(self._all.get(name, {}).values())

    def get(self, name: str, object_id: str) -> Configuration:
        self.of(name)
        configuration = self._all.get(name, {}).get(object_id)
        if configuration is None:
            raise ApiError(404, f"Monitoring configuration {object_id} not found")
        return configuration

    def body(self, configuration: Configuration) -> dict[str, Any]:
        """The model ExtensionMonitoringConfiguration, secrets masked."""
        return {
            "objectId": configuration.object_id,
            "scope": configuration.scope,
            "value": self._secrets.masked(configuration.schema, configuration.value),
        }

    def uses(self, name: str, version: str) -> bool:
        return any(configuration.version == version for configuration in self._all.get(name, {}).values())

    def newest_version(self, name: str) -> str | None:
        """Of all that its configurations name."""
        versions = [configuration.version for configuration in self._all.get(name, {}).values()]
        return max(versions, key=version_key, default=None)

    def exist(self, name: str) -> bool:
        return bool(self._all.get(name))

    def create(self, name: str, scope: Any, value: Any, author: str) -> Configuration:
        self._check_schema(name)
        self._check_scope(scope)
        checked = self._checked(name, value, None)
        if len(self._all.get(name, {})) >= MAX_CONFIGURATIONS:
            raise ApiError(400, f"Monitoring configurations quantity limit of {MAX_CONFIGURATIONS} reached for {name}")
        key = str(uuid.uuid4())
        is_uuid = self._variants["extension_configuration_id"] == "uuid"
        object_id = key if is_uuid else make_object_id(f"ext:{name}", scope, key)
        now = self._clock.now()
        made = Configuration(object_id, scope, *checked, now, None, now, author, author)
        self._all.setdefault(name, {})[made.object_id] = made
        self._log("CREATE", name, made, author)
        return made

    def _check_scope(self, scope: Any) -> None:
        """404 for a class of scopes that no configuration may have (API facts, 2.4)."""
        if not isinstance(scope, str) or not _ANY_SCOPE.fullmatch(scope):
            raise ApiError.in_body("scope", "must not be null" if scope is None else "Invalid format.")
        kind = "tenant" if scope == "environment" else scope.partition("-")[0]
        if not _SCOPE.fullmatch(scope) or kind in self._variants["extension_scopes_refused"]:
            raise ApiError(404, f"No write access for scope class {kind}")

    def update(self, name: str, object_id: str, value: Any, author: str) -> Configuration:
        configuration = self.get(name, object_id)
        self._check_schema(name)
        checked, told = self._checked(name, value, configuration.value), self.status(configuration)
        configuration.schema, configuration.value = checked
        configuration.changed, configuration.told, configuration.changed_by = self._clock.now(), told, author
        self._log("UPDATE", name, configuration, author)
        return configuration

    def delete(self, name: str, object_id: str) -> None:
        """What was logged of it goes with it."""
        self.get(name, object_id)
        del self._all[name][object_id]
        self._audit.pop(object_id, None)

    def forget(self, name: str) -> None:
        """The extension is gone with all its versions."""
        self._all.pop(name, None)

    def audit(self, name: str, object_id: str) -> list[dict[str, Any]]:
        """The model AuditLogEntry, the newest first."""
        self.get(name, object_id)
        return self._audit.get(object_id, [])[::-1]

    def status(self, configuration: Configuration) -> dict[str, Any]:
        """The model ExtensionStatusDto."""
        end = configuration.changed + float(self._variants["extension_status_seconds"])
        if self._clock.now() < end:
            if configuration.told is not None and self._variants["extension_status_of_update"] == "before":
                return configuration.told
            return {"status": "PENDING", "timestamp": int(configuration.changed * 1000)}
        status = self._variants["extension_status"] if configuration.enabled else "UNKNOWN"
        if (
            configuration.told is not None
            and configuration.told["status"] == status
            and self._variants["extension_status_timestamp"] == "kept"
        ):
            return configuration.told
        return {"status": status, "timestamp": int(end * 1000)}

    def check_schema_shown(self, name: str, where: str) -> None:
        """404 in the reads that show that the schema is missing (variant ``extension_schema_shown``)."""
        missing = self._store.active(name) is not None and not self._store.schema_ready(name)
        if missing and self._variants["extension_schema_shown"] == where:
            raise ApiError(404, f"No schema with identifier 'ext:{name}'")

    def _check_schema(self, name: str) -> None:
        self._store.versions(name)
        if not self._store.schema_ready(name):
            raise ApiError(404, f"No schema with identifier 'ext:{name}'")

    def _schema(self, name: str, version: str) -> Schema:
        package = self._store.get(name, version)
        key = (name, version, package.bundle)
        if key not in self._schemas:
            self._schemas[key] = Schema(schema(package))
        return self._schemas[key]

    def _checked_version(self, name: str, version: Any) -> str:
        if version is None:
            raise ApiError.in_body("value/version", "must not be null")
        if not isinstance(version, str) or not self._store.has(name, version):
            raise ApiError.in_body("value/version", f"Unknown version '{version}'")
        return version

    def _checked(self, name: str, value: Any, stored: Mapping[str, Any] | None) -> tuple[Schema, dict[str, Any]]:
        """The schema, and the form that is stored, masked secrets replaced by those that are there."""
        if not isinstance(value, dict):
            raise ApiError.in_body("value", "must not be null" if value is None else "must be an object")
        described = self._schema(name, self._checked_version(name, value.get("version")))
        # Which no schema names, and which may hold anything (API facts, 2.4).
        attributes = {key: value[key] for key in ("dtAttributes",) if value.get(key) is not None}
        value = {key: item for key, item in value.items() if key != "dtAttributes"}
        resolved, problems = self._secrets.resolved(described, value, stored)
        validator = Validator(described, (), None, self._variants)
        checked = validator.stored_form(resolved)
        problems += validator.problems
        if stored is not None:
            problems += self._secrets.not_resubmitted(described, value, checked, stored, not problems)
        if problems:
            raise _refusal(problems)
        return described, {**checked, **attributes}

    def _log(self, event: str, name: str, configuration: Configuration, author: str) -> None:
        entry = {
            # At most 19 characters.
            "logId": str(uuid.uuid4().int)[:18],
            "eventType": event,
            "category": "CONFIG",
            "entityId": f"ext:{name}: {configuration.object_id}",
            "environmentId": "sandbox",
            "user": author,
            "userType": "PUBLIC_TOKEN_IDENTIFIER",
            "timestamp": self._clock.now_ms(),
            "success": True,
            "dt.settings.schema_id": f"ext:{name}",
            "dt.settings.object_id": configuration.object_id,
            "dt.settings.scope_id": configuration.scope,
        }
        self._audit.setdefault(configuration.object_id, []).append(entry)


def _refusal(problems: list[tuple[Path, str]]) -> ApiError:
    violations = [violation("/".join(("value", *path)), message, "PAYLOAD_BODY") for path, message in problems]
    return ApiError(400, f"Validation failed for {len(problems)} Validators.", violations)
