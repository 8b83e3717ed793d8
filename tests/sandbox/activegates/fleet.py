# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ActiveGates: who they are, and what a client sees of them (API facts, 1.1).

The first four are always the same, and with six or more so are the fifth and sixth; tests and the demo name them by id:

1. ``1730152904`` Linux, 1.329.73, group default, zone default. Auto-update is off; it has finished jobs.
2. ``-1284619327`` Windows, 1.330.51, group windows, zone default. A negative id; no build newer than 1.346.9 for it.
3. ``907316642`` Linux, 1.331.60 (the older of two builds), group and zone as the first: one pool with it.
4. ``-412870955`` Linux, the newest version already; multi-environment, group edge, zone dmz.
5. ``1402338871`` Linux in a container, 1.344.20, group kubernetes, zone k8s.
6. ``351977264`` a cluster ActiveGate, 1.345.31.

The others follow from their number: outdated but for every twentieth, every fourth on Windows, some on ARM and s390, four to a
pool.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import ApiError
from ..twin import Twin, told
from ..variants import Variants
from .versions import NEWEST, installer

ENVIRONMENT = "abc12345"
_SECOND_ENVIRONMENT = "def67890"
MODULES = (
    "AWS",
    "AZURE",
    "BEACON_FORWARDER",
    "CLOUD_FOUNDRY",
    "DB_INSIGHT",
    "DEBUGGING",
    "EXTENSIONS_V1",
    "EXTENSIONS_V2",
    "KUBERNETES",
    "LOGS",
    "MEMORY_DUMPS",
    "METRIC_API",
    "ONE_AGENT_ROUTING",
    "OTLP_INGEST",
    "REST_API",
    "SYNTHETIC",
    "VMWARE",
    "Z_OS",
)
_ROUTING = {"ONE_AGENT_ROUTING": True, "REST_API": True, "EXTENSIONS_V2": True, "METRIC_API": True, "SYNTHETIC": False}
_SYNTHETIC = {"ONE_AGENT_ROUTING": False, "SYNTHETIC": True, "REST_API": False}
_KUBERNETES = {"ONE_AGENT_ROUTING": True, "KUBERNETES": True, "METRIC_API": True, "OTLP_INGEST": True}
# Seconds before the sandbox's start at which those of the variant fleet_offline went away.
_OFFLINE_BEFORE_START = 600


@dataclass(frozen=True)
class Restart:
    """The time after an update in which the ActiveGate is not what it will be; seconds since the epoch."""

    begins: float
    ends: float
    old_version: str


@dataclass
class ActiveGate:
    """``osBitness`` and what else never differs is written in ``Listing.view``. ``recorded``: as another server showed it."""

    id: str
    number: int
    hostname: str
    version: str
    os_type: str = "LINUX"
    architecture: str = "X86"
    type: str = "ENVIRONMENT"
    group: str = "default"
    zone: str = "default"
    modules: dict[str, bool] = field(default_factory=lambda: dict(_ROUTING))
    load_balancers: tuple[str, ...] = ()
    containerized: bool = False
    fips_mode: bool = False
    connected_hosts: int = 0
    token_state: str = "VALID"
    token_expires: bool = False
    setting: dict[str, Any] = field(default_factory=lambda: {"setting": "INHERITED"})
    restart: Restart | None = None
    recorded: Mapping[str, Any] | None = None

    @property
    def installer(self) -> tuple[str, str]:
        """osType and arch of the deployment API."""
        return installer(self.os_type, self.architecture)

    @property
    def recorded_offline(self) -> int | None:
        """Since when it was offline in the recorded environment."""
        return None if self.recorded is None else self.recorded.get("offlineSince")

    @property
    def environments(self) -> list[str]:
        if self.recorded is not None:
            return list(self.recorded.get("environments") or ())
        return [ENVIRONMENT, _SECOND_ENVIRONMENT] if self.type == "ENVIRONMENT_MULTI" else [ENVIRONMENT]

    @property
    def addresses(self) -> list[str]:
        if self.recorded is not None:
            return list(self.recorded.get("networkAddresses") or ())
        return [f"10.20.{self.number // 250}.{self.number % 250 + 10}"]


@dataclass(frozen=True)
class Sight:
    """What a client sees of an ActiveGate at one moment."""

    version: str
    offline_since: int | None


class Fleet:
    """All ActiveGates in their fixed order."""

    def __init__(self, size: int, variants: Variants, started: float, twin: Twin | None = None) -> None:
        self._variants = variants
        self._offline_since = int((started - _OFFLINE_BEFORE_START) * 1000)
        gates = build(size) if twin is None else list(map(_recorded, twin.activegates, itertools.count()))
        self._all = {gate.id: gate for gate in gates}

    def __iter__(self) -> Iterator[ActiveGate]:
        """Those that are not gone."""
        missing = self._variants["fleet_missing"]
        return (gate for gate in self._all.values() if gate.id not in missing)

    def find(self, ag_id: str) -> ActiveGate | None:
        return None if ag_id in self._variants["fleet_missing"] else self._all.get(ag_id)

    def get(self, ag_id: str, status: int = 404) -> ActiveGate:
        gate = self.find(ag_id)
        if gate is None:
            raise ApiError(status, f"ActiveGate with id {ag_id} does not exist.")
        return gate

    def away(self) -> set[str]:
        """The ids of those that cannot work on a job."""
        recorded = {gate.id for gate in self._all.values() if gate.recorded_offline is not None}
        return {*self._variants["fleet_missing"], *self._variants["fleet_offline"], *recorded}

    def sight(self, gate: ActiveGate, now: float) -> Sight | None:
        """None while it is restarting and not to be seen."""
        since = self._offline_since if gate.id in self._variants["fleet_offline"] else gate.recorded_offline
        restart = gate.restart
        if restart is None or not restart.begins <= now < restart.ends:
            return Sight(gate.version, since)
        shows = self._variants["restart_shows"]
        if shows == "missing":
            return None
        return Sight(restart.old_version, int(restart.begins * 1000) if shows == "offline" else since)


def _recorded(row: Mapping[str, Any], number: int) -> ActiveGate:
    """What the sandbox has to know of it; what else was recorded is shown as it was."""
    with told(f"ActiveGate {row['id']}"):
        return _as_recorded(row, number)


def _as_recorded(row: Mapping[str, Any], number: int) -> ActiveGate:
    known = {name: value for name, value in row.items() if value}
    return ActiveGate(
        id=str(row["id"]),
        number=number,
        hostname=known.get("hostname", ""),
        version=row["version"],
        os_type=known.get("osType", "LINUX"),
        architecture=known.get("osArchitecture", "X86"),
        type=known.get("type", "ENVIRONMENT"),
        group=known.get("group", ""),
        zone=known.get("networkZone", ""),
        modules={module.get("type"): bool(module.get("enabled")) for module in known.get("modules", ())},
        load_balancers=tuple(known.get("loadBalancerAddresses", ())),
        containerized=bool(known.get("containerized")),
        fips_mode=bool(known.get("fipsMode")),
        token_state=known.get("activeGateTokens", [{}])[0].get("state") or "UNKNOWN",
        setting={"setting": known.get("autoUpdateSettings", {}).get("setting") or "INHERITED"},
        recorded=row,
    )


def build(size: int) -> list[ActiveGate]:
    named = _named()[: size if size >= 6 else min(size, 4)]
    taken = {gate.id for gate in _named()}
    number = 7
    while len(named) < size:
        gate = _numbered(number)
        if gate.id not in taken:
            named.append(gate)
        number += 1
    return named


def _named() -> list[ActiveGate]:
    return [
        ActiveGate(
            "1730152904",
            1,
            "ag-linux-01.example.com",
            "1.329.73.20260119-140102",
            load_balancers=("lb-default.example.com",),
            connected_hosts=42,
            setting={"setting": "DISABLED"},
        ),
        ActiveGate(
            "-1284619327",
            2,
            "ag-windows-01.example.com",
            "1.330.51.20260127-110946",
            os_type="WINDOWS",
            group="windows",
            connected_hosts=7,
            token_state="EXPIRING",
            token_expires=True,
        ),
        ActiveGate("907316642", 3, "ag-linux-02.example.com", "1.331.60.20260210-093012", connected_hosts=38),
        ActiveGate(
            "-412870955",
            4,
            "ag-edge-01.example.com",
            NEWEST,
            type="ENVIRONMENT_MULTI",
            group="edge",
            zone="dmz",
            modules=dict(_SYNTHETIC),
            fips_mode=True,
            setting={"setting": "ENABLED"},
        ),
        ActiveGate(
            "1402338871",
            5,
            "ag-k8s-0.ag.monitoring.svc",
            "1.344.20.20260929-152836",
            group="kubernetes",
            zone="k8s",
            modules=dict(_KUBERNETES),
            containerized=True,
            connected_hosts=120,
        ),
        ActiveGate(
            "351977264",
            6,
            "ag-cluster-01.example.com",
            "1.345.31.20261013-101244",
            type="CLUSTER",
            group="cluster",
            token_state="UNSUPPORTED",
        ),
    ]


_OUTDATED = (
    "1.327.55.20251211-131511",  # too old to be on offer
    "1.329.73.20260119-140102",
    "1.330.51.20260127-110946",
    "1.330.102.20260203-083017",
    "1.331.24.20260209-101500",
    "1.331.60.20260212-174455",
)
_ZONES = ("default", "dmz", "eu-west", "us-east")


def _numbered(number: int) -> ActiveGate:
    """One of a large fleet; its id is the number spread over 32 bits, so about half of them are negative."""
    spread = number * 2654435761 % 2**32
    os_type, architecture, version = "LINUX", "X86", _OUTDATED[number % len(_OUTDATED)]
    if number % 4 == 0:
        os_type = "WINDOWS"
    elif number % 20 == 7:
        version = NEWEST
    elif number % 20 == 9:
        architecture, version = "ARM", "1.344.20.20260929-152836"
    elif number % 20 == 11:
        architecture, version = "S390", "1.330.51.20260127-110946"
    pool = number // 4
    return ActiveGate(
        str(spread - 2**32 if spread >= 2**31 else spread),
        number,
        f"ag-{number:04}.example.com",
        version,
        os_type=os_type,
        architecture=architecture,
        group=f"group-{pool:03}",
        zone=_ZONES[pool % len(_ZONES)],
        connected_hosts=number % 50,
    )
