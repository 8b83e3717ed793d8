# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Following one update job until the ActiveGate is back with its new version."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import SUCCEED, ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.read import Reader
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    RequestError,
    StateError,
    TransportError,
)


@dataclass
class Follow:
    """A job that is followed: where it stands, and ``trouble`` once the wait has ended badly. Times in seconds."""

    reader: Reader
    target: Target
    job: Job
    activegate: ActiveGate | None
    timeout: float
    interval: float
    trouble: CollectionError | None = None
    _lost_sight: str = ""

    def until_end(self) -> None:
        """Waits: one request a poll, and the ActiveGate is asked for only when the job has succeeded.

        It may be unknown or out of reach while it restarts, even the API may be, when that is reached through it; that is borne
        until the time is up.
        """
        deadline = time.monotonic() + self.timeout
        while not self._has_ended():
            left = deadline - time.monotonic()
            if left <= 0:
                self.trouble = StateError(self._timed_out())
                return
            time.sleep(min(self.interval, left))
            try:
                self._poll()
                self._lost_sight = ""
            except RequestError as error:
                if not _may_pass(error):
                    self.trouble = error
                    return
                self._lost_sight = error.msg

    def _has_ended(self) -> bool:
        if self.trouble is None:
            text = plan.failure(self.job)
            self.trouble = StateError(text) if text else None
        if self.trouble is not None:
            return True
        return self.job.state == SUCCEED and plan.has_arrived(self.activegate, self.job, self.target)

    def _poll(self) -> None:
        if self.job.state != SUCCEED:
            job = self._read_job() or self._look_for_job()
            if job is None:
                return
            self.job = job
        if self.job.state == SUCCEED:
            self.activegate = self.reader.activegate(self.job.activegate_id)

    def _read_job(self) -> Job | None:
        return self.reader.job(self.job.activegate_id, str(self.job.id))

    def _look_for_job(self) -> Job | None:
        """A job that is not found was cancelled, unless its ActiveGate is not there either: then nothing is known until it is back."""
        self.activegate = self.reader.activegate(self.job.activegate_id)
        if self.activegate is None:
            return None
        job = self._read_job()
        if job is None:
            self.trouble = StateError(
                f"{self.job.title} of {self.activegate.title} is gone before it ended: somebody cancelled it"
            )
        return job

    def _timed_out(self) -> str:
        text = f"{self.job.title} of ActiveGate {self.job.activegate_id} "
        if self.job.state == SUCCEED:
            text += f"succeeded, but {self._whereabouts()} after {self.timeout:g} seconds (wait_timeout)"
        else:
            text += f"is still {self.job.state} after {self.timeout:g} seconds (wait_timeout); it goes on by itself"
            if self.job.state != "IN_PROGRESS":
                text += ", and of one group and network zone the server updates one ActiveGate at a time"
        return f"{text}. The last request failed: {self._lost_sight}" if self._lost_sight else text

    def _whereabouts(self) -> str:
        seen = self.activegate
        if seen is None:
            return "the ActiveGate has not come back"
        return f"the ActiveGate is {'online' if seen.is_online else 'offline'} with version {seen.version}"


def _may_pass(error: RequestError) -> bool:
    if isinstance(error, ApiError):
        return error.status == 429 or error.status >= 500
    return isinstance(error, TransportError)
