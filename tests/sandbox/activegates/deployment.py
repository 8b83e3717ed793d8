# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deployment API v1: which versions are available, and the version of the cluster (API facts, 1.4)."""

from __future__ import annotations

from .. import auth
from ..errors import ApiError, BareError, one_of
from ..http import Call, Endpoint, Reply
from .versions import CLUSTER, Versions

_OS_TYPES = ("unix", "windows")
_ARCHITECTURES = ("all", "amd64", "arm64", "s390")


class Deployment:
    """Of ActiveGates alone."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions

    def endpoints(self) -> list[Endpoint]:
        download, gateway = auth.INSTALLER_DOWNLOAD, "/v1/deployment/installer/gateway"
        return [
            Endpoint("GET", f"{gateway}/versions/{{osType}}", self._list, download),
            Endpoint("GET", f"{gateway}/{{osType}}/latest/metainfo", self._metainfo, download),
            Endpoint("GET", "/v1/config/clusterversion", self._cluster_version, ("DataExport",)),
        ]

    def _list(self, call: Call) -> Reply:
        return Reply(200, {"availableVersions": self._versions.offered(*self._system(call))})

    def _metainfo(self, call: Call) -> Reply:
        return Reply(200, {"latestGatewayVersion": self._versions.configured(*self._system(call))})

    def _cluster_version(self, call: Call) -> Reply:
        return Reply(200, {"version": CLUSTER})

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
