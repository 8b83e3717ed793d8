# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sections that data sources have in the schema of configurations, as far as anybody shows them (API facts, 2.4).

What nobody shows is taken as it comes: it is of the type ``any``, or stands beside what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# By type; what is not listed is an integer.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "secret": (
        *("password", "community", "token", "authPassword", "privPassword"),
        *("authenticationPassword", "privacyPassword"),
    ),
    "text": (
        *("ip", "host", "url", "user", "username", "userName", "type", "scheme", "credentialVaultId", "securityLevel"),
        *("authProtocol", "privProtocol", "databaseName", "instanceName", "databaseIdentifier", "serviceName", "SID"),
    ),
    "boolean": ("useCredentialVault", "ssl", "useConnectionString", "skipVerifyHttps", "licenseAccepted"),
    "any": (
        *("credentialVaultIdSnmpV3", "connectionString", "autoDiscovery", "advanced"),
        *("primaryFields", "primaryTags"),
    ),
}
_AUTHENTICATION = (
    *("type", "scheme", "community", "username", "user", "password", "token", "skipVerifyHttps"),
    *("useCredentialVault", "credentialVaultId", "credentialVaultIdSnmpV3"),
    *("securityLevel", "userName", "authProtocol", "authPassword", "privProtocol", "privPassword"),
    *("authenticationPassword", "privacyPassword"),
)
_OF_SNMP = ("ip", "port", "authentication", "advanced", "primaryFields", "primaryTags")
_OF_WMI = ("host", "user", "password", "authentication")
_OF_PROMETHEUS = ("url", "authentication", "autoDiscovery")
_OF_SQL = (
    *("host", "port", "databaseIdentifier", "databaseName", "instanceName", "serviceName", "SID", "authentication"),
    *("ssl", "useConnectionString", "connectionString"),
)
# By data source its sections; of each the list in it, and what an element of that holds.
_SHOWN: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "snmp": {"snmp": ("devices", _OF_SNMP)},
    "snmptraps": {"snmptraps": ("sources", _OF_SNMP)},
    "wmi": {"wmiRemote": ("devices", _OF_WMI)},
    "prometheus": dict.fromkeys(("prometheusRemote", "prometheusLocal"), ("endpoints", _OF_PROMETHEUS)),
}


def sections(data_sources: list[str]) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """For each section its name, its property, and the types that it needs. A Python extension brings its own."""
    for source in data_sources:
        shown = _SHOWN.get(source, {})
        if source.startswith("sql"):
            shown = {f"{source}Remote": ("endpoints", _OF_SQL)}
        for section, (elements, names) in shown.items():
            yield section, property_of({"$ref": f"#/types/{section}"}), _types(section, elements, names)
        # Nobody shows whether there are more, nor what is in them: a local data source is configured where it runs.
        for section in (source, f"{source}Local", f"{source}Remote"):
            if source != "python" and section not in shown:
                yield section, property_of("any"), {}


def _types(section: str, elements: str, names: tuple[str, ...]) -> dict[str, Any]:
    item, authentication = f"{section}Item", f"{section}Authentication"
    more = {"licenseAccepted": _field("licenseAccepted", "")} if section.startswith("sql") else {}
    parts = {
        section: {**more, elements: _list({"$ref": f"#/types/{item}"})},
        item: {name: _field(name, authentication) for name in names},
        authentication: {name: _field(name, authentication) for name in _AUTHENTICATION},
    }
    # They may hold more than these properties, since nobody shows all of them.
    return {name: object_of(properties, open=True) for name, properties in parts.items()}


def _field(name: str, authentication: str) -> dict[str, Any]:
    if name == "authentication":
        return property_of({"$ref": f"#/types/{authentication}"})
    return property_of(next((kind for kind, names in _KINDS.items() if name in names), "integer"))


def _list(kind: Any) -> dict[str, Any]:
    return property_of("list", items={"type": kind}, minObjects=0, maxObjects=500)


def object_of(properties: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    texts = {"version": "1", "description": "", "documentation": "", "summaryPattern": ""}
    return {"type": "object", **texts, "properties": properties, **more}


def property_of(kind: Any, **more: Any) -> dict[str, Any]:
    """One that may be left out, unless ``more`` says otherwise."""
    return {"type": kind, "displayName": "", "description": "", "nullable": True, "maxObjects": 1, **more}
