# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections that data sources have in the schema of configurations, as far as anybody shows them (API facts, 2.4).

What nobody shows is of the type ``any``: it is taken as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_SECRETS = ("password", "community", "authenticationPassword", "privacyPassword")
_TEXTS = (
    "ip",
    "host",
    "url",
    "user",
    "username",
    "type",
    "scheme",
    "databaseName",
    "instanceName",
    "credentialVaultId",
)
_FLAGS = ("useCredentialVault", "ssl", "useConnectionString")
_ANYTHING = ("credentialVaultIdSnmpV3", "connectionString", "autoDiscovery", "securityLevel", "userName")
_AUTHENTICATION = (
    "type",
    "scheme",
    "community",
    "username",
    "user",
    "password",
    "useCredentialVault",
    "credentialVaultId",
)
_VAULT = ("credentialVaultIdSnmpV3", "securityLevel", "userName", "authenticationPassword", "privacyPassword")
# By data source: the section, its list, and what an element of that holds.
_SHOWN: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "snmp": ("snmp", "devices", ("ip", "port", "authentication")),
    "snmptraps": ("snmptraps", "sources", ("ip", "port", "authentication")),
    "wmi": ("wmiRemote", "devices", ("host", "user", "password", "authentication")),
    "prometheus": ("prometheusRemote", "endpoints", ("url", "authentication", "autoDiscovery")),
}
_OF_SQL = (
    *("host", "port", "databaseName", "instanceName", "authentication"),
    *("ssl", "useConnectionString", "connectionString"),
)


def sections(data_sources: list[str]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """For each section its name, its property, and the types that it needs. A Python extension brings its own."""
    for source in data_sources:
        if source != "python":
            yield from _sections(source)


def _sections(source: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    shown = _SHOWN.get(source)
    if source.startswith("sql"):
        shown = (f"{source}Remote", "endpoints", _OF_SQL)
    if shown is None:
        # Only that there are such sections is known: local data sources are configured where they run.
        yield from ((name, _property("any"), {}) for name in (source, f"{source}Local", f"{source}Remote"))
        return
    section, elements, names = shown
    prefix = re.sub(r"\W", "", section)
    item = f"{prefix}Item"
    authentication = f"{prefix}Authentication"
    types = {
        section: _object({elements: _list({"$ref": f"#/types/{item}"})}),
        item: _object({name: _field(name, authentication) for name in names}),
        authentication: _object({name: _field(name, authentication) for name in (*_AUTHENTICATION, *_VAULT)}),
    }
    yield section, _property({"$ref": f"#/types/{section}"}), types


def _field(name: str, authentication: str) -> dict[str, Any]:
    if name == "authentication":
        return _property({"$ref": f"#/types/{authentication}"})
    kinds: Mapping[str, tuple[str, ...]] = {"secret": _SECRETS, "text": _TEXTS, "boolean": _FLAGS, "any": _ANYTHING}
    return _property(next((kind for kind, known in kinds.items() if name in known), "integer"))


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    texts = {"version": "1", "description": "", "documentation": "", "summaryPattern": ""}
    return {"type": "object", **texts, "properties": properties}


def _list(kind: Any) -> dict[str, Any]:
    return {**_property("list"), "items": {"type": kind}, "minObjects": 0, "maxObjects": 500}


def _property(kind: Any) -> dict[str, Any]:
    return {"type": kind, "displayName": "", "description": "", "nullable": True, "maxObjects": 1}
