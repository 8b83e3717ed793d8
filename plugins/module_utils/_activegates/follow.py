# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Following one update job until the ActiveGate is back with its new version."""

from __future__ import annotations

from dataclasses import dataclass, field

from .._errors import ApiError, CollectionError, RequestError, StateError, TransportError
from .._wait import Progress
from . import update_job_plan as plan
from .api import ActiveGateApi
from .model import SUCCEED, ActiveGate, Job
from .versions import Target


@dataclass(frozen=True)
class Pace:
    """Of a wait, in seconds: when it is given up, and the pause between two looks."""

    timeout: float
    interval: float


@dataclass
class Follow:
    """A job that is waited for (see Wait): where it stands, and ``trouble`` once the wait has ended badly.

    Each poll sends one request; the ActiveGate is read only when the job has succeeded. While it restarts, it may be unknown or
    unreachable, and so may the API if it is reached through this ActiveGate; this is tolerated until the time is up.
    """

    api: ActiveGateApi
    target: Target
    job: Job
    activegate: ActiveGate | None
    pace: Pace
    trouble: CollectionError | None = None
    _title: str = field(init=False)
    _lost_sight: str = field(init=False, default="")

    def __post_init__(self) -> None:
        # The name that people know, also while the ActiveGate is out of sight.
        self._title = self.activegate.title if self.activegate else f"ActiveGate {self.job.activegate_id}"

    @property
    def timeout(self) -> float:
        return self.pace.timeout

    @property
    def interval(self) -> float:
        return self.pace.interval

    def has_ended(self) -> bool:
        if self.trouble is None:
            text = plan.failure(self.job)
            self.trouble = StateError(text) if text else None
        if self.trouble is not None:
            return True
        if self.job.state != SUCCEED:
            return False
        return plan.has_arrived(self.activegate, self.job, self.target)

    def advance(self) -> None:
        self._lost_sight = ""
        try:
            self._look()
        except RequestError as error:
            if not may_pass(error):
                self.trouble = error
            self._lost_sight = error.msg

    def time_is_up(self) -> None:
        self.trouble = StateError(self._timed_out())

    def progress(self) -> Progress:
        text = f"{self._title}: update to {self.job.target_version} is {self.job.state}"
        if self.job.state == SUCCEED:
            text += f", {self._whereabouts()}"
        return Progress(with_failure(text, self._lost_sight))

    def _look(self) -> None:
        if self.job.state != SUCCEED:
            job = self._read_job() or self._look_for_job()
            if job is None:
                return
            self.job = job
        if self.job.state == SUCCEED:
            self.activegate = self.api.activegate(self.job.activegate_id)

    def _read_job(self) -> Job | None:
        return self.api.job(self.job.activegate_id, str(self.job.id))

    def _look_for_job(self) -> Job | None:
        """A job that is not found was cancelled, unless its ActiveGate is not there either: then nothing is known until it is back."""
        self.activegate = self.api.activegate(self.job.activegate_id)
        if self.activegate is None:
            return None
        job = self._read_job()
        if job is None:
            self.trouble = StateError(
                f"{self.job.title} of {self.activegate.title} disappeared before it ended: somebody cancelled it"
            )
        return job

    def _timed_out(self) -> str:
        text = f"{self.job.title} of ActiveGate {self.job.activegate_id} "
        if self.job.state == SUCCEED:
            text += f"succeeded, but {self._whereabouts()} after {self.timeout:g} seconds (wait_timeout)"
        else:
            text += f"is still {self.job.state} after {self.timeout:g} seconds (wait_timeout); it goes on by itself"
            if self.job.state != "IN_PROGRESS":
                text += ", and the server updates only one ActiveGate of a group and network zone at a time"
        return with_failure(text, self._lost_sight)

    def _whereabouts(self) -> str:
        seen = self.activegate
        if seen is None:
            return "the ActiveGate has not come back"
        return f"the ActiveGate is {'online' if seen.is_online else 'offline'} with version {seen.version}"


def with_failure(text: str, failure: str) -> str:
    """What is said while the API cannot be reached. ``failure``: of the last request, empty if there was none."""
    if not failure:
        return text
    return f"{text}. The last request failed: {failure}"


def may_pass(error: CollectionError) -> bool:
    """Whether a request that failed like this may succeed a while later."""
    if isinstance(error, ApiError):
        return error.status == 429 or error.status >= 500
    return isinstance(error, TransportError)
