# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Reading ActiveGates, their update jobs and the versions on offer (FACTS sections 1.1, 1.3, 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client, path_segment

# The longest window that the API takes; its default for one ActiveGate is a week, and a scheduled job may be older.
WINDOW = "now-31d"
# ``arch`` of the deployment API. PPCLE is not among its values, so it is left out there.
_ARCHITECTURES = {"X86": "all", "ARM": "arm64", "S390": "s390"}
_SYSTEMS = {"LINUX": "unix", "WINDOWS": "windows"}


@dataclass(frozen=True)
class Offer:
    """The versions that there are for a system, in no order; None and why when they cannot be known."""

    versions: tuple[str, ...] | None
    why_unknown: str = ""


def job_path(activegate_id: str, job_id: str | None = None) -> str:
    """The update jobs of an ActiveGate, or one of them."""
    path = f"/v2/activeGates/{path_segment(activegate_id)}/updateJobs"
    return path if job_id is None else f"{path}/{path_segment(job_id)}"


def found(client: Client, path: str, params: Mapping[str, Any] | None = None) -> Any:
    """The answer to a GET, None when there is no such thing. That there is no such environment stays an error."""
    try:
        return client.get(path, params)
    except ApiError as error:
        if not error.is_absence:
            raise
        return None


class Reader:
    """Reads for one or many ActiveGates. What is on offer for a system is read once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._offers: dict[tuple[str | None, str | None], Offer] = {}

    def activegate(self, activegate_id: str) -> ActiveGate | None:
        """None when it is unknown, which it may be while it restarts."""
        raw = found(self._client, f"/v2/activeGates/{path_segment(activegate_id)}")
        return None if raw is None else ActiveGate.from_api(raw)

    def jobs(self, activegate_id: str) -> list[Job]:
        """The jobs of the last 31 days, of all types: a new one has none yet. Empty for an unknown ActiveGate."""
        raw = found(self._client, job_path(activegate_id), {"from": WINDOW})
        return [Job.from_api(activegate_id, one) for one in (raw or {}).get("updateJobs") or ()]

    def all_activegates(self) -> dict[str, ActiveGate]:
        """By id, in one request: the API has no pages here."""
        listed = self._client.get("/v2/activeGates")["activeGates"]
        return {one.id: one for one in map(ActiveGate.from_api, listed)}

    def all_jobs(self) -> dict[str, list[Job]]:
        """As ``jobs`` of each ActiveGate, by its id, in one request. One without jobs may be left out."""
        rows = self._client.get("/v2/activeGates/updateJobs", {"from": WINDOW})["allUpdateJobs"]
        return {
            str(row["agId"]): [Job.from_api(str(row["agId"]), one) for one in row.get("updateJobs") or ()]
            for row in rows
        }

    def job(self, activegate_id: str, job_id: str) -> Job | None:
        raw = found(self._client, job_path(activegate_id, job_id))
        return None if raw is None else Job.from_api(activegate_id, raw)

    def offer(self, activegate: ActiveGate) -> Offer:
        """What the deployment API offers for the ActiveGate's system.

        Its scope is one of its own, and a platform address may not serve it at all: neither is an error here.
        """
        system = (activegate.os_type, activegate.architecture)
        if system not in self._offers:
            self._offers[system] = self._read_offer(*system)
        return self._offers[system]

    def _read_offer(self, os_type: str | None, architecture: str | None) -> Offer:
        if os_type not in _SYSTEMS:
            return Offer(None, f"the ActiveGate reports {os_type or 'nothing'} as its operating system")
        arch = _ARCHITECTURES.get(architecture or "")
        path = f"/v1/deployment/installer/gateway/versions/{_SYSTEMS[os_type]}"
        try:
            answer = self._client.get(path, {"arch": arch} if arch else None)
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            return Offer(None, f"the versions on offer cannot be read (status {error.status})")
        return Offer(tuple((answer or {}).get("availableVersions") or ()))
