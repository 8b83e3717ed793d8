# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""All calls for ActiveGates, their update jobs and the versions on offer (API facts, 1.1, 1.3, 1.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import ApiError, unless_absent
from .._http.client import Client, path_segment
from .._http.shape import Part, ShapeError, nothing
from .._lists import filled
from . import versions
from .model import ActiveGate, Job
from .versions import Target, VersionOffer

_ACTIVEGATES = "/v2/activeGates"
_ALL_JOBS = f"{_ACTIVEGATES}/updateJobs"
_VERSIONS = "/v1/deployment/installer/gateway/versions"
# The longest window that the API takes; its default for one ActiveGate is a week, and a scheduled job may be older.
_WINDOW = {"from": "now-31d"}
# ``arch`` of the deployment API. PPCLE is not among its values, so it is left out there.
_ARCHITECTURES = {"X86": "all", "ARM": "arm64", "S390": "s390"}
_SYSTEMS = {"LINUX": "unix", "WINDOWS": "windows"}


class ActiveGateApi:
    """The ActiveGates of one environment. What is on offer for a system is read once.

    Lists of jobs are those of the last 31 days, of all types: a new one has none yet. ``query``: the API's own filters instead.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._offers: dict[tuple[str | None, str | None], VersionOffer] = {}

    def activegates(self, query: Mapping[str, Any] | None = None) -> list[ActiveGate]:
        """In one request: the API has no pages here."""
        return self._client.get(_ACTIVEGATES, query, _activegates)

    def activegate(self, activegate_id: str) -> ActiveGate | None:
        """None when it is unknown, which it may be while it restarts."""
        path = f"{_ACTIVEGATES}/{path_segment(activegate_id)}"
        return unless_absent(lambda: self._client.get(path, None, ActiveGate.from_answer))

    def all_jobs(self, query: Mapping[str, Any] | None = None) -> dict[str, list[Job]]:
        """By the id of the ActiveGate, in one request. One without jobs may be left out."""
        return self._client.get(_ALL_JOBS, _WINDOW if query is None else query, _jobs_of_all)

    def jobs(self, activegate_id: str, query: Mapping[str, Any] | None = None) -> list[Job]:
        """Empty for an unknown ActiveGate."""
        asked = _WINDOW if query is None else query

        def read() -> list[Job]:
            return self._client.get(_path(activegate_id), asked, lambda answer: _jobs(activegate_id, answer))

        return unless_absent(read) or []

    def job(self, activegate_id: str, job_id: str) -> Job | None:
        """None when there is no such job."""
        path = _path(activegate_id, job_id)
        return unless_absent(
            lambda: self._client.get(path, None, lambda answer: Job.from_answer(activegate_id, answer))
        )

    def create_job(self, activegate_id: str, version: str) -> Job:
        """An answer that names no job is as good as lost."""
        return self._client.post(
            _path(activegate_id), _body(version), lambda answer: Job.from_answer(activegate_id, answer)
        )

    def validate_job(self, activegate_id: str, version: str) -> None:
        """What ``create_job`` would send. Stores nothing; the answer is empty."""
        self._client.post(f"{_path(activegate_id)}/validator", _body(version), nothing, is_read=True)

    def cancel_job(self, job: Job) -> None:
        self._client.delete(_path(job.activegate_id, str(job.id)))

    def resolved(self, target: Target, activegate: ActiveGate) -> Target:
        """What the user's version stands for, for this ActiveGate; reads what is on offer if that matters."""
        if target.is_resolved:
            return target
        return versions.resolved(target, self.offer(activegate), activegate.version, activegate.system)

    def offer(self, activegate: ActiveGate) -> VersionOffer:
        """What the deployment API offers for the ActiveGate's system.

        Its scope is one of its own, and a platform address may not serve it at all: neither is an error here.
        """
        system = (activegate.os_type, activegate.architecture)
        if system not in self._offers:
            self._offers[system] = self._read_offer(*system)
        return self._offers[system]

    def _read_offer(self, os_type: str | None, architecture: str | None) -> VersionOffer:
        if os_type not in _SYSTEMS:
            return VersionOffer(None, f"the ActiveGate reports {os_type or 'nothing'} as its operating system")
        arch = _ARCHITECTURES.get(str(architecture))
        try:
            versions = self._client.get(f"{_VERSIONS}/{_SYSTEMS[os_type]}", filled({"arch": arch}), _versions)
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            return VersionOffer(None, f"the versions on offer cannot be read (status {error.status})")
        return VersionOffer(versions)


def from_cache(rows: Any) -> list[ActiveGate] | None:
    """ActiveGates from their ``row``, as a file kept them; None for what cannot be right."""
    try:
        return list(map(ActiveGate.from_answer, Part(rows).rows()))
    except ShapeError:
        return None


def _activegates(answer: Part) -> list[ActiveGate]:
    return list(map(ActiveGate.from_answer, answer.required_parts("activeGates")))


def _jobs(activegate_id: str, answer: Part) -> list[Job]:
    return [Job.from_answer(activegate_id, row) for row in answer.required_parts("updateJobs")]


def _jobs_of_all(answer: Part) -> dict[str, list[Job]]:
    rows = {row.text("agId"): row for row in answer.required_parts("allUpdateJobs")}
    return {activegate_id: _jobs(activegate_id, row) for activegate_id, row in rows.items()}


def _versions(answer: Part) -> tuple[str, ...]:
    if not answer.has("availableVersions"):
        raise ShapeError("nothing where a list was expected at availableVersions")
    return answer.texts("availableVersions")


def _path(activegate_id: str, job_id: str | None = None) -> str:
    """The update jobs of an ActiveGate, or one of them."""
    path = f"{_ACTIVEGATES}/{path_segment(activegate_id)}/updateJobs"
    if job_id is None:
        return path
    return f"{path}/{path_segment(job_id)}"


def _body(version: str) -> dict[str, str]:
    return {"targetVersion": version}
