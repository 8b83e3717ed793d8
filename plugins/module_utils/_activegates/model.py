# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the API says of ActiveGates and their update jobs, as values (API facts, 1.1, 1.3). Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import ApiError, InputError
from .._http.shape import Part
from .versions import key

SUCCEED = "SUCCEED"
UP_TO_DATE = "UP2DATE"
UPDATE_TYPE = "ACTIVE_GATE"
# Nobody says with which status the server refuses a job, or its cancellation (API facts, 7, question 3).
REFUSALS = (400, 404, 409)

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
# The id of a monitored entity, as in the scopes of settings and in the address bar of the web interface.
_HEXADECIMAL = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)
_ENTITY = re.compile(r"[A-Z_]+-[0-9A-F]+", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class ActiveGate:
    """One ActiveGate. Fields that the API leaves out are None. ``auto_update``: ENABLED or DISABLED, as it is in force.

    ``modules``: the types of those that are enabled. ``is_known``: whether the API knows it at the moment. ``row``: all that the API said.
    """

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
    modules: tuple[str, ...] = ()
    auto_update: str | None = None
    is_known: bool = True
    row: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_answer(cls, answer: Part) -> ActiveGate:
        activegate_id = answer.text("id")
        return cls(
            id=activegate_id,
            hostname=answer.optional_text("hostname"),
            version=answer.optional_text("version"),
            type=answer.optional_text("type"),
            is_containerized=answer.flag("containerized"),
            os_type=answer.optional_text("osType"),
            architecture=answer.optional_text("osArchitecture"),
            is_online=not answer.has("offlineSince"),
            update_status=answer.optional_text("autoUpdateStatus"),
            environments=answer.texts("environments"),
            group=answer.optional_text("group"),
            network_zone=answer.optional_text("networkZone"),
            connected_hosts=answer.part("connectedHosts").number("number") or 0,
            modules=tuple(sorted(row.text("type") for row in answer.parts("modules") if row.flag("enabled"))),
            auto_update=answer.part("autoUpdateSettings").optional_text("effectiveSetting"),
            row={**answer.raw, "id": activegate_id},
        )

    @classmethod
    def out_of_sight(cls, activegate_id: str) -> ActiveGate:
        """One that the API does not know at the moment: it may be restarting, or there is none."""
        return cls(activegate_id, is_online=False, is_known=False)

    @property
    def pool(self) -> tuple[str | None, str | None, str | None]:
        """Of the ActiveGates with the same, the server updates one at a time (API facts, 1.3, related facts)."""
        return self.group, self.network_zone, self.type

    @property
    def title(self) -> str:
        if self.hostname:
            return f"ActiveGate {self.id} ({self.hostname})"
        return f"ActiveGate {self.id}"

    @property
    def system(self) -> str:
        return " ".join(filter(None, (self.os_type, self.architecture))) or "an unknown system"


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
    """One update job. ``id``: None for one that is only predicted. ``ended_ms``: when it ended, UTC milliseconds, None as long as it
    runs. ``row``: all that the API said.
    """

    activegate_id: str
    id: str | None
    state: str
    update_type: str | None
    update_method: str | None
    is_cancelable: bool
    start_version: str | None
    target_version: str | None
    ended_ms: int | None
    error: str | None
    row: Mapping[str, Any]

    @classmethod
    def from_answer(cls, activegate_id: str, answer: Part) -> Job:
        """A job without an id or a state is none."""
        return cls._of(activegate_id, answer.text("jobId"), answer)

    @classmethod
    def predicted(cls, activegate: ActiveGate, target_version: str) -> Job:
        """What a POST would answer (API facts, 1.3): type and method are null at first, and the id is the server's to give."""
        row = {
            "jobState": "PENDING",
            "cancelable": True,
            "startVersion": activegate.version,
            "targetVersion": target_version,
            "agType": activegate.type,
            "environments": list(activegate.environments),
        }
        return cls._of(activegate.id, None, Part(row))

    @classmethod
    def _of(cls, activegate_id: str, job_id: str | None, answer: Part) -> Job:
        return cls(
            activegate_id=activegate_id,
            id=job_id,
            state=answer.text("jobState"),
            update_type=answer.optional_text("updateType"),
            update_method=answer.optional_text("updateMethod"),
            is_cancelable=answer.flag("cancelable"),
            start_version=answer.optional_text("startVersion"),
            target_version=answer.optional_text("targetVersion"),
            ended_ms=answer.number("timestamp"),
            error=answer.optional_text("error"),
            row={**answer.raw, "jobId": job_id},
        )

    @property
    def is_running(self) -> bool:
        """By the states that are known; of a new one the missing end tells (the docs announce that enums grow)."""
        if self.state in _RUNNING or self.state in _ENDED:
            return self.state in _RUNNING
        return self.ended_ms is None

    @property
    def end_or_never(self) -> float:
        """When it ended, for an order by time: a running one is newer than all that have ended."""
        return math.inf if self.ended_ms is None else self.ended_ms

    @property
    def updates_activegate(self) -> bool:
        """Whether it is about the ActiveGate itself, not about a part of it; a new job does not say so yet."""
        return self.update_type in (None, UPDATE_TYPE)

    @property
    def has_number(self) -> bool:
        """Whether the target is a version; a job may echo ``latest`` (API facts, 1.3: unknown)."""
        return bool(key(self.target_version))

    @property
    def title(self) -> str:
        return f"update job {self.id} to version {self.target_version}"

    def shown(self) -> dict[str, Any]:
        """The ``job`` of a result: always the same keys, and whatever else the API says."""
        named = {**dict.fromkeys(_FIELDS), **self.row}
        return {"activegate_id": self.activegate_id, **{_HUMP.sub("_", name).lower(): named[name] for name in named}}


def checked_id(activegate_id: str) -> str:
    """The id as the API knows it. Raises InputError for the other ids that an ActiveGate has.

    Hexadecimal, as the web interface and logs show it, is refused because nobody says that the API takes it. The id
    of the monitored entity is another number, from which this one does not follow.
    """
    if _ENTITY.fullmatch(activegate_id):
        raise InputError(
            f"activegate_id '{activegate_id}' is the id of a monitored entity. The API of ActiveGates has ids of its own, decimal numbers "
            "such as '-1556499193': the module activegate_info lists them with their host names"
        )
    if not _HEXADECIMAL.fullmatch(activegate_id):
        return activegate_id
    number = int(activegate_id, 16)
    advice = "give the decimal id"
    if number < 2**32:
        advice = f"its decimal id is '{int.from_bytes(number.to_bytes(4, 'big'), 'big', signed=True)}'"
    raise InputError(
        f"activegate_id '{activegate_id}' is hexadecimal: {advice}, as the module activegate_info shows it"
    )


def is_refusal(answer: object) -> bool:
    """Whether the server has refused a write for its own ActiveGate alone."""
    return isinstance(answer, ApiError) and answer.status in REFUSALS
