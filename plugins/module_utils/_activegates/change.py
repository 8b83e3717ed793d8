# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What updating an ActiveGate and cancelling its update share: how a job is cancelled, and a second look when the server refuses."""

from __future__ import annotations

from collections.abc import Callable

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import Reader, job_path
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_plan import Plan, Seen
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, LostAnswerError
from ansible_collections.community.dynatrace.plugins.module_utils._task import NONE, Task

# Nobody says with which of them the server refuses a job, or its cancellation (FACTS section 7, question 3).
REFUSALS = (400, 404, 409)


class Change:
    """One run of the module."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.activegate_id: str = task.params["activegate_id"]
        self.reader = Reader(task.client)
        # Ids of the jobs that are gone by our doing, or may be: the answer to their DELETE was lost.
        self.cancelled: list[str] = []
        self._unsure: set[str] = set()
        self.validated = NONE
        # The first plan that something was sent for; what follows a lost answer only brings it to its end.
        self.begun: Plan | None = None

    def carry_out(
        self, gather: Callable[[], Seen], plan_for: Callable[[Seen], Plan], apply: Callable[[Plan], Job | None]
    ) -> tuple[Plan, Job | None]:
        """As ``reconcile``. What was right when it was read may be refused a moment later, because somebody was faster: a
        refusal is no error if nothing is left to be done.
        """
        try:
            return reconcile(self.task.client, gather, plan_for, apply, retry_conflict=False)
        except ApiError as error:
            if error.method not in ("POST", "DELETE") or error.status not in REFUSALS:
                raise
            again = plan_for(gather())
            if again.action != "none":
                raise
            return again, None

    def cancel(self, job: Job) -> None:
        job_id = str(job.id)
        try:
            self.task.client.delete(job_path(self.activegate_id, job_id))
        except LostAnswerError:
            self._unsure.add(job_id)
            self._note(job_id)
            raise
        self._unsure.discard(job_id)
        self._note(job_id)

    def forget_unsure(self) -> None:
        """Before a failure is reported: of a job whose cancellation was never answered nobody knows."""
        self.cancelled = [job_id for job_id in self.cancelled if job_id not in self._unsure]

    def _note(self, job_id: str) -> None:
        if job_id not in self.cancelled:
            self.cancelled.append(job_id)
