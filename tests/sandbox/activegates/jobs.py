# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Update jobs and what becomes of them in simulated time (API facts, 1.3).

Nothing runs in the background: every request first brings the jobs up to the clock's time with ``Jobs.advance``. A pool is what
the server updates one at a time; its jobs wait in a queue.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ..clock import Clock
from ..errors import ApiError
from ..variants import Variants
from .fleet import ActiveGate, Fleet, Restart
from .outcomes import describe
from .versions import companion, key


@dataclass
class Job:
    """Times are seconds since the epoch. ``state`` is the final one, empty while the job waits or runs."""

    id: str
    sequence: int
    gate: ActiveGate
    start_version: str
    target_version: str
    created: float
    asked_latest: bool = False
    update_type: str = "ACTIVE_GATE"
    method: str = "ON_DEMAND"
    pool: tuple[str, ...] = ()
    ready: float = 0.0
    running_seconds: float = 0.0
    restart_seconds: float = 0.0
    outcome: str = "SUCCEED"
    with_companion: bool = False
    started: float | None = None
    ends: float = math.inf
    state: str = ""
    ended_ms: int | None = None
    duration_ms: int | None = None
    error: str | None = None

    @property
    def moment_ms(self) -> int:
        """What ``from`` and ``to`` compare: the end, for running jobs the creation."""
        return int(self.created * 1000) if self.ended_ms is None else self.ended_ms

    @property
    def newest_first(self) -> tuple[bool, int, int]:
        """Sort key: those that have not ended come first."""
        return self.ended_ms is not None, 0 - self.moment_ms, 0 - self.sequence


@dataclass
class Pool:
    """``free`` is when the last job of the pool ended."""

    waiting: list[Job] = field(default_factory=list)
    running: Job | None = None
    free: float = 0.0

    def due(self) -> float:
        """When something happens next."""
        if self.running is not None:
            return self.running.ends
        return max(self.free, min((job.ready for job in self.waiting), default=math.inf))


class Jobs:
    """All jobs by ActiveGate, and the pools in which those that have not ended are."""

    def __init__(self, clock: Clock, variants: Variants, fleet: Fleet) -> None:
        self._clock = clock
        self._variants = variants
        self._fleet = fleet
        self._pools: dict[tuple[str, ...], Pool] = {}
        self._jobs: dict[str, list[Job]] = {}
        self._count = 0
        self._due = math.inf

    # Reading

    def of(self, ag_id: str) -> list[Job]:
        """Newest first."""
        return sorted(self._jobs.get(ag_id, []), key=lambda job: job.newest_first)

    def find(self, ag_id: str, job_id: str) -> Job:
        for job in self._jobs.get(ag_id, []):
            if job.id == job_id:
                return job
        raise ApiError(404, f"Update job with id {job_id} does not exist.")

    def open(self, ag_id: str) -> Job | None:
        """The job of this ActiveGate that has not ended."""
        return next((job for job in self._jobs.get(ag_id, []) if not job.state), None)

    def cancelable(self, job: Job) -> bool:
        if job.state:
            return False
        return job.started is None or bool(self._variants["job_in_progress_cancelable"])

    def view(self, job: Job) -> dict[str, Any]:
        """UpdateJob, in the order of the captures and with its nulls."""
        known = bool(job.state) or (job.started is not None and self._variants["job_type_known"] == "started")
        running = "IN_PROGRESS" if job.started is not None else self._variants["job_waiting_state"]
        echo = job.asked_latest and self._variants["job_echo_latest"] == "latest"
        return {
            "jobId": job.id,
            "jobState": job.state or running,
            "updateMethod": job.method if known else None,
            "updateType": job.update_type if known else None,
            "cancelable": self.cancelable(job),
            "startVersion": job.start_version,
            "targetVersion": "latest" if echo else job.target_version,
            "timestamp": job.ended_ms,
            "agType": job.gate.type,
            "environments": job.gate.environments,
            "error": job.error,
            "duration": job.duration_ms,
        }

    # Writing

    def post(self, gate: ActiveGate, target: str, asked_latest: bool, outcome: str) -> Job:
        """A new job, under the variants of this moment."""
        now = self._clock.now()
        pending = math.inf if outcome == "HANG_PENDING" else float(self._variants["job_pending_seconds"])
        pool = (gate.group, gate.zone, gate.type) if self._variants["one_update_per_pool"] else (gate.id,)
        job = self._new(gate, gate.version, target, now)
        job.asked_latest = asked_latest
        job.pool = pool
        job.ready = now + pending
        job.running_seconds = math.inf if outcome == "HANG" else float(self._variants["job_running_seconds"])
        job.restart_seconds = float(self._variants["restart_seconds"])
        job.outcome = outcome
        job.with_companion = self._variants["job_companion"] != "none"
        self._pools.setdefault(pool, Pool()).waiting.append(job)
        self._due = min(self._due, job.ready)
        return job

    def finished(
        self, gate: ActiveGate, versions: tuple[str, str], ended: float, update_type: str, method: str, **fields: Any
    ) -> Job:
        """A job of the past. ``versions``: the ActiveGate's, before and after."""
        start, target = (companion(version, update_type) for version in versions)
        job = self._new(gate, start, target, ended)
        job.update_type, job.method, job.state, job.ended_ms = update_type, method, "SUCCEED", int(ended * 1000)
        for name, value in fields.items():
            setattr(job, name, value)
        return job

    def cancel(self, job: Job) -> None:
        now = self._clock.now()
        pool = self._pools[job.pool]
        if pool.running is job:
            pool.running, pool.free = None, now
            self._due = now
        else:
            pool.waiting.remove(job)
        if self._variants["job_after_delete"] == "gone":
            self._jobs[job.gate.id].remove(job)
        else:
            job.state, job.ended_ms, job.error = "SKIPPED", int(now * 1000), "The update job was cancelled."

    def _new(self, gate: ActiveGate, start: str, target: str, created: float) -> Job:
        self._count += 1
        spread = self._count * 0x9E3779B97F4A7C15 % 2**64
        job_id = str(spread - 2**64 if spread >= 2**63 else spread)
        job = Job(job_id, self._count, gate, start, target, created)
        self._jobs.setdefault(gate.id, []).append(job)
        return job

    # Time

    def advance(self) -> None:
        """Everything that has happened until now. Looks at the pools only when there is something to see."""
        now, away = self._clock.now(), self._fleet.away()
        if now < self._due:
            return
        for name, pool in list(self._pools.items()):
            while self._step(pool, now, away):
                pass
            if pool.running is None and not pool.waiting:
                del self._pools[name]
        # Those that are away may be back at any time, and their jobs must not have gone on meanwhile.
        self._due = 0.0 if away else min((pool.due() for pool in self._pools.values()), default=math.inf)

    def _step(self, pool: Pool, now: float, away: set[str]) -> bool:
        """The pool's next event, if it lies before now."""
        job = pool.running
        if job is not None:
            if job.gate.id in away:
                job.ends = max(job.ends, now)
                return False
            if job.ends > now:
                return False
            pool.running, pool.free = None, job.ends
            self._end(job)
            return True
        for waiting in pool.waiting:
            if waiting.gate.id in away:
                waiting.ready = max(waiting.ready, now)
        able = [job for job in pool.waiting if job.gate.id not in away]
        job = min(able, key=lambda job: (job.ready, job.sequence), default=None)
        if job is None or max(job.ready, pool.free) > now:
            return False
        job.started = max(job.ready, pool.free)
        job.ends = job.started + job.running_seconds
        pool.waiting.remove(job)
        pool.running = job
        return True

    def _end(self, job: Job) -> None:
        gate = job.gate
        job.state, job.ended_ms = job.outcome, int(job.ends * 1000)
        job.duration_ms = int(job.running_seconds * 1000)
        job.error = describe(job.outcome, gate, job.target_version, job.ends)
        if job.outcome in ("SUCCEED", "ROLLBACK"):
            gate.restart = Restart(job.ends, job.ends + job.restart_seconds, gate.version)
        if job.outcome != "SUCCEED":
            return
        if key(job.target_version) > key(gate.version):
            gate.version = job.target_version
        if job.with_companion:
            versions = (job.start_version, job.target_version)
            self.finished(gate, versions, job.ends + 0.001, "REMOTE_PLUGIN_AGENT", "AUTOMATIC", duration_ms=4000)
