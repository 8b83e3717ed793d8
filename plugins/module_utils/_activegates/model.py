# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the API says of ActiveGates and their update jobs, as values (FACTS sections 1.1, 1.3). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import key
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

SUCCEED = "SUCCEED"
UP_TO_DATE = "UP2DATE"
UPDATE_TYPE = "ACTIVE_GATE"

_RUNNING = frozenset({"PENDING", "SCHEDULED", "IN_PROGRESS"})
_ENDED = frozenset({SUCCEED, "FAILED", "ROLLBACK", "SKIPPED"})
# The order of the API's answers.
_FIELDS = (
    "jobId",
    "jobState",
    "updateMethod",
    "updateType",
    "cancelable",
    "startVersion",
    "targetVersion",
    "timestamp",
    "agType",
    "environments",
    "error",
    "duration",
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class ActiveGate:
    """One ActiveGate, as far as updates are concerned. Fields that the API leaves out are None."""

    id: str
    hostname: str | None = None
    version: str | None = None
    type: str | None = None
    is_containerized: bool = False
    os_type: str | None = None
    architecture: str | None = None
    is_online: bool = True
    update_status: str | None = None
    environments: tuple[str, ...] = ()
    group: str | None = None
    network_zone: str | None = None
    connected_hosts: int = 0

    @classmethod
    def from_api(cls, raw: Mapping[str, Any]) -> ActiveGate:
        return cls(
            id=str(raw.get("id")),
            hostname=raw.get("hostname"),
            version=raw.get("version"),
            type=raw.get("type"),
            is_containerized=bool(raw.get("containerized")),
            os_type=raw.get("osType"),
            architecture=raw.get("osArchitecture"),
            is_online=raw.get("offlineSince") is None,
            update_status=raw.get("autoUpdateStatus"),
            environments=tuple(raw.get("environments") or ()),
            group=raw.get("group"),
            network_zone=raw.get("networkZone"),
            connected_hosts=int((raw.get("connectedHosts") or {}).get("number") or 0),
        )

    @property
    def pool(self) -> tuple[str | None, str | None, str | None]:
        """Of the ActiveGates with the same, the server updates one at a time (FACTS section 1.3, related facts)."""
        return self.group, self.network_zone, self.type

    @property
    def title(self) -> str:
        return f"ActiveGate {self.id} ({self.hostname})" if self.hostname else f"ActiveGate {self.id}"

    @property
    def system(self) -> str:
        return " ".join(part for part in (self.os_type, self.architecture) if part) or "an unknown system"


def shown_activegate(activegate_id: str, seen: ActiveGate | None) -> dict[str, Any]:
    """The ``activegate`` of a result; the same keys when it was not read or is not there."""
    known = seen or ActiveGate(activegate_id)
    return {
        "id": activegate_id,
        "hostname": known.hostname,
        "version": known.version,
        "online": None if seen is None else known.is_online,
        "auto_update_status": known.update_status,
    }


@dataclass(frozen=True)
class Job:
    """One update job. ``ended_ms``: when it ended, UTC milliseconds, None as long as it runs. ``raw``: all that the API said."""

    activegate_id: str
    id: str | None
    state: str
    update_type: str | None
    is_cancelable: bool
    start_version: str | None
    target_version: str | None
    ended_ms: int | None
    error: str | None
    raw: Mapping[str, Any]

    @classmethod
    def from_api(cls, activegate_id: str, raw: Mapping[str, Any]) -> Job:
        return cls(
            activegate_id=activegate_id,
            id=None if raw.get("jobId") is None else str(raw["jobId"]),
            state=str(raw.get("jobState")),
            update_type=raw.get("updateType"),
            is_cancelable=bool(raw.get("cancelable")),
            start_version=raw.get("startVersion"),
            target_version=raw.get("targetVersion"),
            ended_ms=raw.get("timestamp"),
            error=raw.get("error"),
            raw=raw,
        )

    @classmethod
    def predicted(cls, activegate: ActiveGate, target_version: str) -> Job:
        """What a POST would answer (FACTS section 1.3): type and method are null at first, and the id is the server's to give."""
        return cls.from_api(
            activegate.id,
            {
                "jobState": "PENDING",
                "cancelable": True,
                "startVersion": activegate.version,
                "targetVersion": target_version,
                "agType": activegate.type,
                "environments": list(activegate.environments),
            },
        )

    @property
    def is_running(self) -> bool:
        """By the states that are known; of a new one the missing end tells (the docs announce that enums grow)."""
        if self.state in _RUNNING or self.state in _ENDED:
            return self.state in _RUNNING
        return self.ended_ms is None

    @property
    def updates_activegate(self) -> bool:
        """Whether it is about the ActiveGate itself, not about a part of it; a new job does not say so yet."""
        return self.update_type in (None, UPDATE_TYPE)

    @property
    def has_number(self) -> bool:
        """Whether the target is a version; a job may echo ``latest`` (FACTS section 1.3: unknown)."""
        return bool(key(self.target_version))

    @property
    def title(self) -> str:
        return f"update job {self.id} to version {self.target_version}"

    def shown(self) -> dict[str, Any]:
        """The ``job`` of a result: always the same keys, and whatever else the API says."""
        named = {**dict.fromkeys(_FIELDS), **self.raw}
        return {"activegate_id": self.activegate_id, **{_HUMP.sub("_", name).lower(): named[name] for name in named}}


def checked_id(activegate_id: str) -> str:
    """The id as the API knows it. Hexadecimal, as the web UI and logs show it, is refused: nobody says that the API takes it."""
    number = _hexadecimal(activegate_id)
    if number is None:
        return activegate_id
    advice = (
        f"its decimal id is '{number - 2**32 if number >= 2**31 else number}'"
        if number < 2**32
        else "give the decimal id"
    )
    raise InputError(
        f"activegate_id '{activegate_id}' is hexadecimal: {advice}, as the module activegate_info shows it"
    )


def _hexadecimal(text: str) -> int | None:
    try:
        return int(text, 16) if text.lower().startswith("0x") else None
    except ValueError:
        return None
