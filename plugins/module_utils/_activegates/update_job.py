# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What the module activegate_update_job does: update one ActiveGate, or cancel its update."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from .. import _clock
from .._change.reconcile import ALWAYS, UNLESS_LATE, Policy, Reconciled, reconcile
from .._errors import ApiError, CollectionError, InputError, OvertakenError, StateError
from .._task import LOCAL, SERVER, Result, Task
from .._wait import until_end
from . import update_job_plan as plan
from . import versions
from .api import ActiveGateApi
from .follow import Follow, Pace
from .model import REFUSALS, ActiveGate, Job, checked_id, shown_activegate
from .update_job_plan import JobPlan, SeenActiveGate, UpdateRules
from .versions import Target

# A job has no key of its own, so one that comes late would be there twice. A cancellation may be sent as often as one likes.
# Refusals are judged here: nobody says which of them is a conflict.
_CREATES = Policy(repeat=UNLESS_LATE, retries_conflicts=False)
_IS_CANCELABLE = attrgetter("is_cancelable")
_CANCELS = Policy(repeat=ALWAYS, retries_conflicts=False, validates=False)


@dataclass(frozen=True)
class UpdateOptions:
    """``pace``: None: the job is not waited for."""

    activegate_id: str
    target: Target
    rules: UpdateRules
    pace: Pace | None


def ensure(task: Task) -> Result:
    """activegate_update_job: ``state`` present updates, absent cancels."""
    given = task.params
    if not given["activegate_id"]:
        raise InputError("activegate_id is empty")
    activegate_id = checked_id(given["activegate_id"])
    if given["state"] == "absent":
        return _Cancellation(task, activegate_id, given["job_id"]).result()
    return _Update(task, _options(given, activegate_id)).result()


def _options(given: Mapping[str, Any], activegate_id: str) -> UpdateOptions:
    if given["job_id"]:
        raise InputError("job_id names the job to cancel: it belongs to state=absent")
    if not given["target_version"]:
        raise InputError("state=present needs target_version")
    for name in ("wait_timeout", "settle_time"):
        if given[name] < 0:
            raise InputError(f"{name} must not be negative")
    if given["poll_interval"] <= 0:
        raise InputError("poll_interval must be more than 0 seconds")
    return UpdateOptions(
        activegate_id,
        versions.target(given["target_version"]),
        UpdateRules(given["on_running"], given["settle_time"]),
        Pace(given["wait_timeout"], given["poll_interval"]) if given["wait"] else None,
    )


class _Cancelled:
    """The jobs that a run has cancelled; what is certain of them is known to the journal."""

    def __init__(self, task: Task, api: ActiveGateApi) -> None:
        self._journal = task.journal
        self._api = api
        self._sent: dict[str, Job] = {}

    def cancel(self, job: Job) -> None:
        text = f"{job.title} of ActiveGate {job.activegate_id} was cancelled"
        self._sent[text] = job
        self._journal.write(text, lambda: self._api.cancel_job(job))

    def confirm(self, running: Sequence[Job]) -> None:
        """A look shows ``running``: what is not among them any more was cancelled, also if the answer was lost."""
        ids = {job.id for job in running}
        for text, job in self._sent.items():
            if job.id not in ids:
                self._journal.confirm(text)

    def certain(self) -> list[Job]:
        return self._among(self._journal.done)

    def likely(self) -> list[Job]:
        """Also those whose answer was lost: after a success they are gone."""
        return self._among([*self._journal.done, *self._journal.unknown])

    def _among(self, texts: Sequence[str]) -> list[Job]:
        return [job for text, job in self._sent.items() if text in texts]


class _Cancellation:
    """state=absent. The ActiveGate itself is not asked for: a job can be cancelled while it is out of sight."""

    def __init__(self, task: Task, activegate_id: str, job_id: str | None) -> None:
        self._task = task
        self._api = ActiveGateApi(task.client)
        self._activegate_id = activegate_id
        self._job_id = job_id
        self._cancelled = _Cancelled(task, self._api)

    def result(self) -> Result:
        self._task.partial = self._partly
        # The API validates no DELETE; ``cancelable`` is what it says beforehand.
        return self._report(reconcile(self._task, self._gather, self._plan, self._apply, _CANCELS).plan)

    def _gather(self) -> Sequence[Job]:
        if self._job_id is None:
            return self._api.jobs(self._activegate_id)
        return list(filter(None, [self._api.job(self._activegate_id, self._job_id)]))

    def _plan(self, jobs: Sequence[Job]) -> JobPlan:
        if self._job_id is None:
            return plan.plan_cancel(jobs, self._activegate_id)
        return plan.plan_cancel_one(jobs[0] if jobs else None, self._job_id)

    def _apply(self, planned: JobPlan) -> bool:
        try:
            for job in planned.replaces:
                self._cancelled.cancel(job)
        except ApiError as error:
            raise _second_look(error) from error
        return True

    def _report(self, planned: JobPlan) -> Result:
        things = _things(planned, planned.job, shown_activegate(self._activegate_id, None))
        title = f"ActiveGate {self._activegate_id}"
        return Result(things, planned.action, planned.before, planned.after, title)

    def _partly(self) -> Mapping[str, Any]:
        jobs = self._cancelled.certain()
        if not jobs:
            return {}
        done = JobPlan("cancel", f"cancelled: {_ids(jobs)}", jobs[0])
        return self._report(done).as_dict(False, False)


@dataclass(frozen=True)
class _Planned:
    """A plan, and what it was made from."""

    change: JobPlan
    seen: SeenActiveGate = field(compare=False)

    @property
    def action(self) -> str:
        return self.change.action

    @property
    def version(self) -> str:
        """The target as the API is asked for it."""
        return self.seen.target.posted


@dataclass(frozen=True)
class _Applied:
    """``job``: the new one, or what to expect of it."""

    job: Job | None
    validated: str = LOCAL


class _Update:
    """state=present."""

    def __init__(self, task: Task, options: UpdateOptions) -> None:
        self._task = task
        self._options = options
        self._api = ActiveGateApi(task.client)
        self._cancelled = _Cancelled(task, self._api)

    def result(self) -> Result:
        done = reconcile(self._task, self._gather, self._plan, self._apply, _CREATES)
        planned = self._what_happened(done)
        seen = done.last.seen
        warning = versions.unresolved_warning(seen.target)
        if warning:
            self._task.warn(warning)
        applied = done.value or _Applied(done.last.change.job)
        if self._options.pace and applied.job and not self._task.check_mode:
            follow = Follow(self._api, seen.target, applied.job, seen.activegate, self._options.pace)
            return self._waited(planned, follow)
        return replace(self._report(planned, seen.target, applied.job, seen.activegate), validated=applied.validated)

    def _gather(self) -> SeenActiveGate:
        """Reads no more than the plan needs: the versions for what is not a full version, jobs unless all is well."""
        activegate_id, target = self._options.activegate_id, self._options.target
        activegate = self._api.activegate(activegate_id)
        if activegate is None:
            return SeenActiveGate(activegate_id, target, None, self._api.jobs(activegate_id))
        if plan.obstacle(activegate):
            return SeenActiveGate(activegate_id, target, activegate)
        target = self._api.resolved(target, activegate)
        if plan.already_there(activegate, target):
            return SeenActiveGate(activegate_id, target, activegate)
        jobs = self._api.jobs(activegate_id)
        offered = None
        if self._options.rules.on_running == plan.REPLACE and plan.running(jobs):
            # Nothing is cancelled for a version that does not exist.
            offered = self._api.offer(activegate).versions
        return SeenActiveGate(activegate_id, target, activegate, jobs, offered)

    def _plan(self, seen: SeenActiveGate) -> _Planned:
        return _Planned(plan.plan_update(seen, self._options.rules, int(_clock.now() * 1000)), seen)

    def _apply(self, planned: _Planned) -> _Applied:
        self._task.partial = functools.partial(self._partly, planned)
        if self._task.check_mode:
            return self._validated(planned)
        self._cancelled.confirm(planned.change.replaces)
        left = self._make_room(planned.change)
        activegate_id, version = self._options.activegate_id, planned.version
        try:
            job = self._task.journal.write(_creation(planned), lambda: self._api.create_job(activegate_id, version))
        except ApiError as error:
            raise _explained(error, left) from error
        return _Applied(job)

    def _validated(self, planned: _Planned) -> _Applied:
        """Check mode: sends the same payload. The server may refuse it because of the job to be replaced; then the local check counts."""
        job, in_its_way = planned.change.job, planned.change.replaces
        left = next(itertools.filterfalse(_IS_CANCELABLE, in_its_way), None)
        try:
            self._api.validate_job(self._options.activegate_id, planned.version)
        except ApiError as error:
            if error.status not in REFUSALS or not in_its_way or left:
                raise _explained(error, left) from error
            return _Applied(job)
        return _Applied(job, SERVER)

    def _make_room(self, planned: JobPlan) -> Job | None:
        """Cancels what is in the way of the new job. A job that cannot be cancelled stays, and is returned."""
        left = None
        for job in planned.replaces:
            if not job.is_cancelable or not self._is_cancelled(job):
                left = job
        return left

    def _is_cancelled(self, job: Job) -> bool:
        try:
            self._cancelled.cancel(job)
        except ApiError as error:
            if error.status not in REFUSALS:
                raise
            return error.status == 404  # gone is as good as cancelled; otherwise it has begun in the meantime
        return True

    def _what_happened(self, done: Reconciled[_Planned, _Applied]) -> JobPlan:
        """The plan to report: the first one that something was sent for, unless another's job made the new one needless."""
        is_created = _creation(done.plan) in self._task.journal.done
        if done.value is not None or is_created or not self._cancelled.likely():
            return done.plan.change
        return replace(done.last.change, action="cancel", before=done.plan.change.before)

    def _waited(self, planned: JobPlan, follow: Follow) -> Result:
        def report() -> Result:
            return self._report(planned, follow.target, follow.job, follow.activegate)

        self._task.partial = lambda: report().as_dict(False, False)
        until_end(follow, self._task.tell)
        if follow.trouble is not None:
            raise follow.trouble
        if not plan.reaches(follow.job, follow.target):
            raise StateError(
                f"{follow.job.title} was left alone and has ended; the ActiveGate is below {follow.target.posted}, which is wanted"
            )
        return report()

    def _report(self, planned: JobPlan, target: Target, job: Job | None, activegate: ActiveGate | None) -> Result:
        if self._task.check_mode:
            replaced = list(filter(_IS_CANCELABLE, planned.replaces))
        else:
            replaced = self._cancelled.likely()
        things = {
            **_things(planned, job, shown_activegate(self._options.activegate_id, activegate)),
            "target_version": target.posted,
            "replaced_job_ids": [str(old.id) for old in replaced],
        }
        title = activegate.title if activegate else f"ActiveGate {self._options.activegate_id}"
        return Result(things, planned.action, planned.before, planned.after, title)

    def _partly(self, planned: _Planned) -> Mapping[str, Any]:
        """After a failure: what was cancelled for a job that did not come to be."""
        jobs = self._cancelled.certain()
        if not jobs:
            return {}
        done = JobPlan("cancel", f"cancelled for a new job: {_ids(jobs)}")
        return self._report(done, planned.seen.target, None, planned.seen.activegate).as_dict(False, False)


def _things(planned: JobPlan, job: Job | None, activegate: Mapping[str, Any]) -> dict[str, Any]:
    """What the module returns in any case; no version is wanted where nothing is updated."""
    return {
        "job": job.shown() if job else None,
        "activegate": activegate,
        "target_version": None,
        "replaced_job_ids": [],
        "reason": planned.reason,
    }


def _creation(planned: _Planned) -> str:
    return f"an update job to version {planned.version} was created for ActiveGate {planned.seen.activegate_id}"


def _ids(jobs: Sequence[Job]) -> str:
    return ", ".join(str(job.id) for job in jobs)


def _explained(error: ApiError, left: Job | None) -> CollectionError:
    """The refusal of a new job; ``left`` is the running one that could not be cancelled for it."""
    if left is None:
        return _second_look(error)
    error.msg += f". {left.title} is {left.state}, can no longer be cancelled and was left alone"
    error.details = {**error.details, "job": left.shown()}
    return error


def _second_look(error: ApiError) -> CollectionError:
    """What was right when it was read may be refused a moment later, because somebody was faster: no error if nothing is left to do."""
    if error.status in REFUSALS:
        return OvertakenError(error)
    return error
