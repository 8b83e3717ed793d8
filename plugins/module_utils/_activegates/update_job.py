# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module activegate_update_job does: update one ActiveGate, or cancel its update."""

from __future__ import annotations

import time
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import versions
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import job_path
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.cancel import Cancellation
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.change import REFUSALS, Change
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.follow import Follow, restored
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import (
    ActiveGate,
    Job,
    checked_id,
    shown_activegate,
)
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.resolve import Resolver
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_plan import Plan, Rules, Seen
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, SERVER, Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._wait import until_end


def manage(task: Task) -> Result:
    """activegate_update_job: ``state`` present updates, absent cancels."""
    given = task.params
    if not given["activegate_id"]:
        raise InputError("activegate_id is empty")
    checked_id(given["activegate_id"])
    if given["state"] == "absent":
        return Cancellation(task).result()
    if given["job_id"]:
        raise InputError("job_id names the job to cancel: it belongs to state=absent")
    if not given["target_version"]:
        raise InputError("state=present needs target_version")
    for name in ("wait_timeout", "settle_time"):
        if given[name] < 0:
            raise InputError(f"{name} must not be negative")
    if given["poll_interval"] <= 0:
        raise InputError("poll_interval must be more than 0 seconds")
    update = _Update(task)
    return update.resumed() if task.step.is_resumed else update.result()


class _Update(Change):
    """state=present."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        self.target = versions.target(task.params["target_version"])
        self.rules = Rules(task.params["on_running"], task.params["settle_time"])
        self.activegate: ActiveGate | None = None
        self.job: Job | None = None
        self.may_be_created = False
        self.resolver = Resolver(self.reader, task.warn)

    def result(self) -> Result:
        try:
            planned, created = self.carry_out(self._gather, self._plan, self._apply)
        except CollectionError as error:
            self.forget_unsure()
            if self.cancelled and self.begun:
                done = Plan("cancel", f"{self.begun.reason}, and was cancelled")
                error.details = {**self._report(done).as_dict(False, False), **error.details}
            raise
        planned = self._what_happened(planned)
        self.job = created or self.job or planned.job  # the second one was found after a lost answer
        if self.task.params["wait"] and not self.task.check_mode and self.job is not None and self.job.id is not None:
            self._wait(planned, self.job, self._title())
        return self._report(planned)

    def resumed(self) -> Result:
        """Goes on with the wait that an earlier run began."""
        kept = self.task.step.context
        self.target = Target(**kept["target"])
        self.cancelled = list(kept["replaced_job_ids"])
        planned = Plan(kept["action"], kept["reason"], before=kept["before"], after=kept["after"])
        job, self.activegate = restored(self.activegate_id, self.task.step.state or {})
        self._wait(planned, job, kept["title"])
        return self._report(planned)

    def _what_happened(self, planned: Plan) -> Plan:
        """The plan to report: the first one that something was sent for, unless another's job made it needless."""
        begun = self.begun
        if begun is None:
            return planned
        if planned.action == "create" or self.may_be_created:
            return begun
        if not self.cancelled:
            return planned
        return Plan("cancel", planned.reason, planned.job, (), begun.before, planned.after)

    def _gather(self) -> Seen:
        """Reads no more than the plan needs: the versions for what is no full version, jobs unless all is well."""
        activegate = self.activegate = self.reader.activegate(self.activegate_id)
        if activegate is None:
            return Seen(self.activegate_id, None, self.reader.jobs(self.activegate_id))
        if plan.obstacle(activegate):
            return Seen(self.activegate_id, activegate)
        if not self.target.is_resolved:
            self.target = self.resolver.resolved(self.target, activegate)
        if plan.already_there(activegate, self.target):
            return Seen(self.activegate_id, activegate)
        jobs = self.reader.jobs(self.activegate_id)
        offered = None
        if self.rules.on_running == plan.REPLACE and plan.running(jobs):
            # Nothing is cancelled for a version that does not exist.
            offered = self.reader.offer(activegate).versions
        return Seen(self.activegate_id, activegate, jobs, offered)

    def _plan(self, seen: Seen) -> Plan:
        planned = plan.plan_update(seen, self.target, self.rules, int(time.time() * 1000))
        self.job = planned.job if planned.action == "none" else None
        return planned

    def _apply(self, planned: Plan) -> Job | None:
        self.begun = self.begun or planned
        body = {"targetVersion": self.target.posted}
        if self.task.check_mode:
            self._validate(planned, body)
            return planned.job
        left = self._make_room(planned)
        try:
            return self._post(body)
        except LostAnswerError:
            self.may_be_created = True
            raise
        except ApiError as error:
            raise _explained(error, left) from error

    def _post(self, body: dict[str, Any]) -> Job:
        path = job_path(self.activegate_id)
        answer = self.task.client.post(path, body)
        job = Job.from_api(self.activegate_id, answer if isinstance(answer, dict) else {})
        if job.id is None:
            raise LostAnswerError(f"the answer to POST {path} names no job", "POST", path)
        return job

    def _validate(self, planned: Plan, body: dict[str, Any]) -> None:
        """Check mode: the very same payload. A refusal may be about the job that is still in its way; then ours must do."""
        left = next((job for job in planned.replaces if not job.is_cancelable), None)
        self.validated = SERVER
        try:
            self.task.client.post(f"{job_path(self.activegate_id)}/validator", body, is_read=True)
        except ApiError as error:
            if error.status not in REFUSALS or not planned.replaces or left:
                raise _explained(error, left) from error
            self.validated = LOCAL
        self.cancelled += [str(job.id) for job in planned.replaces if job.is_cancelable]

    def _make_room(self, planned: Plan) -> Job | None:
        """Cancels what is in the way of the new job. A job that cannot be cancelled stays, and is returned."""
        left = None
        for job in planned.replaces:
            if not job.is_cancelable:
                left = job
                continue
            try:
                self.cancel(job)
            except ApiError as error:
                if error.status not in REFUSALS:
                    raise
                if error.status != 404:  # it has begun in the meantime; gone is as good as cancelled
                    left = job
        return left

    def _wait(self, planned: Plan, job: Job, title: str) -> None:
        given = self.task.params
        follow = Follow(
            self.reader, self.target, title, job, self.activegate, given["wait_timeout"], given["poll_interval"]
        )
        until_end(follow, self.task.step, self._context(planned, title))
        self.job, self.activegate = follow.job, follow.activegate
        trouble = follow.trouble
        if trouble is None and not plan.reaches(follow.job, self.target):
            trouble = StateError(
                f"{follow.job.title} was left alone and has ended; the ActiveGate is below {self.target.posted}, which is wanted"
            )
        if trouble is not None:
            trouble.details = {**self._report(planned).as_dict(False, False), **trouble.details}
            raise trouble

    def _context(self, planned: Plan, title: str) -> dict[str, Any]:
        """What ``resumed`` needs."""
        return {
            "title": title,
            "target": {"wanted": self.target.wanted, "version": self.target.version},
            "replaced_job_ids": self.cancelled,
            "action": planned.action,
            "reason": planned.reason,
            "before": planned.before,
            "after": planned.after,
        }

    def _report(self, planned: Plan) -> Result:
        things = {
            "job": self.job.shown() if self.job else None,
            "activegate": shown_activegate(self.activegate_id, self.activegate),
            "target_version": self.target.posted,
            "replaced_job_ids": list(self.cancelled),
            "reason": planned.reason,
        }
        return Result(things, planned.action, planned.before, planned.after, self._title(), self.validated)

    def _title(self) -> str:
        return self.activegate.title if self.activegate else f"ActiveGate {self.activegate_id}"


def _explained(error: ApiError, left: Job | None) -> CollectionError:
    """The refusal of a new job; ``left`` is the running one that could not be cancelled for it."""
    if left is None:
        return error
    text = f"{error.msg}. {left.title} is {left.state}, cannot be cancelled any more and was left alone"
    return StateError(text, {"error": error.error(), "job": left.shown()})
