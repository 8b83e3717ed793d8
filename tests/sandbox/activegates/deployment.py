# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployment API v1: available versions, installers, connection info; cluster version and time (API facts, 1.4)."""

from __future__ import annotations

import hashlib

from .. import auth
from ..clock import Clock
from ..errors import ApiError, BareError, one_of
from ..http import Call, Endpoint, Reply
from .fleet import ENVIRONMENT, Fleet
from .versions import CLUSTER, FULL, Versions

_OS_TYPES = ("unix", "windows")
_ARCHITECTURES = ("all", "amd64", "arm64", "s390")


class Deployment:
    """Installers are a few bytes that name their version."""

    def __init__(self, clock: Clock, fleet: Fleet, versions: Versions) -> None:
        self._clock = clock
        self._fleet = fleet
        self._versions = versions

    def endpoints(self) -> list[Endpoint]:
        download, gateway = auth.INSTALLER_DOWNLOAD, "/v1/deployment/installer/gateway"
        return [
            Endpoint("GET", f"{gateway}/connectioninfo", self._connection, download),
            Endpoint("GET", f"{gateway}/versions/{{osType}}", self._list, download),
            Endpoint("GET", f"{gateway}/{{osType}}/latest/metainfo", self._metainfo, download),
            Endpoint("GET", f"{gateway}/{{osType}}/latest", self._latest, download),
            Endpoint("GET", f"{gateway}/{{osType}}/version/{{version}}", self._version, download),
            Endpoint("GET", "/v1/config/clusterversion", self._cluster_version, ("DataExport",)),
            Endpoint("GET", "/v1/time", self._time, is_public=True),
        ]

    def _list(self, call: Call) -> Reply:
        return Reply(200, {"availableVersions": self._versions.offered(*self._system(call))})

    def _metainfo(self, call: Call) -> Reply:
        return Reply(200, {"latestGatewayVersion": self._versions.configured(*self._system(call))})

    def _latest(self, call: Call) -> Reply:
        system = self._system(call)
        return self._installer(call, system, self._versions.configured(*system) or "")

    def _version(self, call: Call) -> Reply:
        system, version = self._system(call), call.params["version"]
        if not FULL.fullmatch(version):
            raise ApiError.violation("version", "Invalid format.", "PATH")
        return self._installer(call, system, version)

    def _installer(self, call: Call, system: tuple[str, str], version: str) -> Reply:
        if version not in self._versions.offered(*system):
            raise ApiError(404, f"ActiveGate installer of version {version} is not available.")
        self._check_zone(call)
        content = f"#!/bin/sh\n# sandbox: ActiveGate {version} for {system[0]}, {system[1]}\n".encode()
        etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        if call.headers.get("if-none-match") == etag:
            return Reply(304, headers={"etag": etag})
        return Reply(200, content, "application/octet-stream", {"etag": etag})

    def _connection(self, call: Call) -> Reply:
        self._check_zone(call)
        own = f"https://{ENVIRONMENT}.live.dynatrace.com:443/communication"
        through = [f"https://{gate.hostname}:9999/communication" for gate in self._fleet if gate.type != "CLUSTER"][:2]
        return Reply(
            200,
            {
                "tenantUUID": ENVIRONMENT,
                "tenantToken": "4BcD3fGh1JkLmN0p",
                "communicationEndpoints": ",".join([*through, own]),
            },
        )

    def _cluster_version(self, call: Call) -> Reply:
        return Reply(200, {"version": CLUSTER})

    def _time(self, call: Call) -> Reply:
        return Reply(200, str(self._clock.now_ms()).encode(), "text/plain; charset=utf-8")

    def _system(self, call: Call) -> tuple[str, str]:
        os_type = call.params["osType"]
        if os_type not in _OS_TYPES and os_type.islower():
            # API facts, 1.4: "linux" is not found; what is written otherwise is a wrong value.
            raise BareError(404, f"No ActiveGate installer for {os_type}.")
        one_of("osType", os_type, _OS_TYPES, "PATH")
        arch = call.choice("arch", _ARCHITECTURES) or "all"
        system = (os_type, "amd64" if arch == "all" else arch)
        if not self._versions.offered(*system):
            raise ApiError(404, f"No ActiveGate installer for {os_type}, {arch}.")
        return system

    def _check_zone(self, call: Call) -> None:
        zone = call.query.get("networkZone")
        if zone is not None and zone not in {gate.zone for gate in self._fleet}:
            raise ApiError.violation("networkZone", f"Network zone '{zone}' does not exist.")
