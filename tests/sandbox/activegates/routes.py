# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``/v2/activeGates`` and its update jobs (API facts, 1.1 and 1.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import auth
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..twin import Twin
from ..variants import Variants
from . import history
from .autoupdate import AutoUpdate
from .checks import order
from .deployment import Deployment
from .fleet import ActiveGate, Fleet
from .jobs import Job, Jobs
from .listing import Listing
from .timeframe import window
from .versions import Versions, condition

_UPDATE_TYPES = ("ACTIVE_GATE", "REMOTE_PLUGIN_AGENT", "SYNTHETIC", "Z_REMOTE")
Keep = Callable[[Job, dict[str, Any]], bool]


class ActiveGates:
    """The fleet of ``size`` ActiveGates, or that of ``twin``, with its jobs, and the deployment API beside it."""

    def __init__(self, clock: Clock, variants: Variants, size: int, twin: Twin | None = None) -> None:
        self._clock = clock
        self._variants = variants
        self._fleet = Fleet(size, variants, clock.now(), twin)
        self._jobs = Jobs(clock, variants, self._fleet)
        self._versions = Versions(variants, twin)
        self._auto_update = AutoUpdate(self._fleet, variants)
        self._listing = Listing(self._fleet, self._jobs, self._versions, self._auto_update, variants)
        self._deployment = Deployment(clock, self._fleet, self._versions)
        if twin is None:
            history.remember(self._fleet, self._jobs, clock.now())

    def state(self) -> list[Any]:
        """Versions, settings and jobs; no times."""
        self._jobs.advance()
        gates = [
            {
                "gate": gate.id,
                "version": gate.version,
                "setting": gate.setting,
                "jobs": [_state(job) for job in sorted(self._jobs.of(gate.id), key=lambda job: job.sequence)],
            }
            for gate in self._fleet
        ]
        return [*gates, self._auto_update.of_all()]

    def endpoints(self) -> list[Endpoint]:
        """Fixed paths before those with a placeholder in the same place."""
        read, write = auth.ACTIVEGATES_READ, auth.ACTIVEGATES_WRITE
        jobs = "/v2/activeGates/{agId}/updateJobs"
        now = self._now
        return [
            Endpoint("GET", "/v2/activeGates", now(self._list), read),
            Endpoint("GET", "/v2/activeGates/groups", self._groups, read),
            Endpoint("GET", "/v2/activeGates/tokenEnforcement", self._enforcement, read),
            Endpoint("GET", "/v2/activeGates/updateJobs", now(self._all_jobs), read),
            *self._auto_update.endpoints(),
            Endpoint("GET", "/v2/activeGates/{agId}", now(self._get), read),
            Endpoint("GET", jobs, now(self._list_jobs), read),
            Endpoint("POST", jobs, now(self._post_job), write),
            Endpoint("POST", f"{jobs}/validator", now(self._validate_job), write, is_validation=True),
            Endpoint("GET", f"{jobs}/{{jobId}}", now(self._get_job), read),
            Endpoint("DELETE", f"{jobs}/{{jobId}}", now(self._delete_job), write),
            *self._deployment.endpoints(),
        ]

    def _now(self, handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        """The handler, with all jobs brought to the time of the request first."""

        def handle(call: Call) -> Reply:
            self._jobs.advance()
            return handler(call)

        return handle

    # ActiveGates

    def _list(self, call: Call) -> Reply:
        return Reply(200, {"activeGates": self._listing.matching(call, self._clock.now())})

    def _get(self, call: Call) -> Reply:
        gate = self._fleet.get(call.params["agId"])
        sight = self._fleet.sight(gate, self._clock.now())
        if sight is None:
            raise ApiError(404, f"ActiveGate with id {gate.id} does not exist.")
        return Reply(200, self._listing.view(gate, sight))

    def _groups(self, call: Call) -> Reply:
        return Reply(200, {"groups": [{"name": name} for name in sorted({gate.group for gate in self._fleet})]})

    def _enforcement(self, call: Call) -> Reply:
        return Reply(200, {"autoEnforced": False, "manualEnforced": False})

    # Update jobs

    def _all_jobs(self, call: Call) -> Reply:
        keep = self._filters(call, "now-1d")
        rows = [{"agId": gate.id, "updateJobs": self._kept(gate, call, keep)} for gate in self._fleet]
        if self._variants["job_list_all"] != "empty":
            rows = [row for row in rows if row["updateJobs"]]
        return Reply(200, {"allUpdateJobs": rows})

    def _list_jobs(self, call: Call) -> Reply:
        gate = self._fleet.get(call.params["agId"])
        return Reply(200, {"agId": gate.id, "updateJobs": self._kept(gate, call, self._filters(call, "now-1w"))})

    def _get_job(self, call: Call) -> Reply:
        return Reply(200, self._jobs.view(self._job(call)))

    def _post_job(self, call: Call) -> Reply:
        taken = order(call, self._fleet, self._jobs, self._versions, self._variants)
        job = self._jobs.post(taken.gate, taken.target, taken.asked_latest, taken.outcome)
        return Reply(201, self._jobs.view(job))

    def _validate_job(self, call: Call) -> Reply:
        order(call, self._fleet, self._jobs, self._versions, self._variants)
        return Reply(204)

    def _delete_job(self, call: Call) -> Reply:
        job = self._job(call)
        if not self._jobs.cancelable(job):
            raise ApiError(int(self._variants["delete_not_cancelable"]), f"Update job {job.id} can't be cancelled.")
        self._jobs.cancel(job)
        return Reply(204)

    def _job(self, call: Call) -> Job:
        return self._jobs.find(self._fleet.get(call.params["agId"]).id, call.params["jobId"])

    def _kept(self, gate: ActiveGate, call: Call, keep: Keep) -> list[dict[str, Any]]:
        """The jobs of an ActiveGate that pass the filters, newest first."""
        views = [view for job in self._jobs.of(gate.id) if keep(job, view := self._jobs.view(job))]
        if not call.flag("lastUpdates"):
            return views
        newest: dict[str | None, dict[str, Any]] = {}
        for view in views:
            newest.setdefault(view["updateType"], view)
        return list(newest.values())

    def _filters(self, call: Call, default_from: str) -> Keep:
        begins, ends = window(call, self._clock.now_ms(), default_from)
        start = condition(call, "startVersionCompareType", "startVersion")
        target = condition(call, "targetVersionCompareType", "targetVersion")
        kind = call.choice("updateType", _UPDATE_TYPES)
        call.flag("lastUpdates")

        def keep(job: Job, view: dict[str, Any]) -> bool:
            return (
                begins <= job.moment_ms <= ends
                and kind in (None, view["updateType"])
                and start(job.start_version)
                and target(job.target_version)
            )

        return keep


def _state(job: Job) -> dict[str, Any]:
    running = "IN_PROGRESS" if job.started is not None else "PENDING"
    return {"id": job.id, "target": job.target_version, "type": job.update_type, "state": job.state or running}
