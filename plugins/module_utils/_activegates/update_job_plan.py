# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What to do about the version of an ActiveGate, decided from plain values. No I/O: one ActiveGate and a fleet plan alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from .._errors import StateError
from .model import SUCCEED, UP_TO_DATE, ActiveGate, Job
from .versions import LATEST, Target, key

FAIL, ADOPT, REPLACE = "fail", "adopt", "replace"


@dataclass(frozen=True)
class UpdateRules:
    """``on_running``: what to do about a running job with a lower target. ``settle_seconds``: how long after a successful job an
    ActiveGate may still report its old version.
    """

    on_running: str = FAIL
    settle_seconds: float = 1800.0


@dataclass(frozen=True)
class SeenActiveGate:
    """What was read of one ActiveGate. ``activegate`` None: the API does not know it at the moment. ``jobs`` in any order.

    ``target``: the version that it shall have. ``offered``: the versions that there are for it, None where they were not asked for.
    """

    activegate_id: str
    target: Target
    activegate: ActiveGate | None
    jobs: Sequence[Job] = ()
    offered: Sequence[str] | None = None

    @property
    def known(self) -> ActiveGate:
        """What is known of it: nothing but its id while the API does not know it."""
        return self.activegate or ActiveGate.out_of_sight(self.activegate_id)


@dataclass(frozen=True)
class JobPlan:
    """``action``: create, cancel or none. ``job``: what to expect of a new one, the one that goes, or the one for which nothing is done.

    ``replaces``: running jobs that are in the way of a new one. ``before`` and ``after``: both sides of the diff.
    """

    action: str
    reason: str
    job: Job | None = None
    replaces: tuple[Job, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def obstacle(activegate: ActiveGate) -> str | None:
    """Why an ActiveGate cannot be updated by a job at all, or None (API facts, 1.3, related facts)."""
    if activegate.type == "CLUSTER":
        return (
            f"{activegate.title} is a cluster ActiveGate: it is updated together with its cluster, not by an update job"
        )
    if activegate.is_containerized:
        return f"{activegate.title} runs in a container: it is updated by its image, not by an update job"
    return None


def already_there(activegate: ActiveGate, target: Target) -> str | None:
    """Why an ActiveGate needs no update, or None. For ``latest`` that could not be resolved the server's status tells."""
    if not has_version(activegate, target):
        return None
    if not target.is_resolved:
        return f"{activegate.title} reports {UP_TO_DATE}, with version {activegate.version}"
    if key(activegate.version) == key(target.version):
        return f"{activegate.title} has version {activegate.version} already"
    return f"{activegate.title} has version {activegate.version}, which is newer than {target.version}"


def has_version(activegate: ActiveGate, target: Target) -> bool:
    """Whether an ActiveGate reports the target or something newer. What ``latest`` is, the server's status tells."""
    if target.is_resolved:
        return target.is_met_by(activegate.version)
    return activegate.update_status == UP_TO_DATE


def was_updated(jobs: Sequence[Job], target: Target) -> bool:
    """Whether one of the jobs has brought the target."""
    return any(job.state == SUCCEED and reaches(job, target) for job in _own(jobs))


def running(jobs: Sequence[Job]) -> list[Job]:
    """The jobs that update an ActiveGate and have not ended, in the order given."""
    return list(filter(attrgetter("is_running"), _own(jobs)))


def _own(jobs: Sequence[Job]) -> Iterator[Job]:
    """Those that update the ActiveGate itself."""
    return filter(attrgetter("updates_activegate"), jobs)


def reaches(job: Job, target: Target) -> bool:
    """Whether the job brings the target or something newer. A job for ``latest`` does, and so does any job while nobody but the
    server knows what ``latest`` is.
    """
    return not target.floor or job.target_version == LATEST or target.is_met_by(job.target_version)


def plan_update(seen: SeenActiveGate, rules: UpdateRules, now_ms: int) -> JobPlan:
    """What brings the ActiveGate to its target. StateError when nothing may be done about it.

    One that restarts may be unknown to the API for a while; only its jobs tell then (API facts, 1.3).

    ``now_ms``: UTC milliseconds, to compare with the end of jobs.
    """
    activegate, target = seen.known, seen.target
    reason = obstacle(activegate)
    if reason:
        raise StateError(reason)
    reason = already_there(activegate, target)
    if reason:
        return _nothing(reason, activegate)
    underway = running(seen.jobs)
    enough = _that_reaches(underway, target)
    if enough:
        return _nothing(_is_underway(enough, target), activegate, enough)
    if underway and rules.on_running == ADOPT:
        job = underway[0]
        reason = f"{job.title} is {job.state} and is left alone, although {target.posted} is wanted"
        return _nothing(reason, activegate, job)
    if underway and activegate.is_known:
        return _plan_beside(underway, seen, activegate, rules)
    settling = _settling_job(seen, rules, now_ms)
    if settling:
        return _nothing(_is_settling(settling, activegate, now_ms), activegate, settling)
    if not activegate.is_known:
        raise _missing(seen)
    return _create(activegate, target)


def plan_cancel(jobs: Sequence[Job], activegate_id: str) -> JobPlan:
    """What leaves no running update job of an ActiveGate."""
    underway = running(jobs)
    if not underway:
        return JobPlan("none", f"no update job of ActiveGate {activegate_id} is running")
    return _cancel(underway)


def plan_cancel_one(job: Job | None, job_id: str) -> JobPlan:
    """What leaves one job not running. ``job``: as it was read, None if it is gone."""
    if job is None or not job.is_running:
        return JobPlan("none", f"update job {job_id} has ended or is gone", job)
    if not job.updates_activegate:
        raise StateError(
            f"update job {job_id} updates {job.update_type}, not the ActiveGate itself: it is left alone",
            {"job": job.shown()},
        )
    return _cancel([job])


def _cancel(underway: Sequence[Job]) -> JobPlan:
    for job in underway:
        if not job.is_cancelable:
            raise StateError(f"{job.title} can no longer be cancelled, it is {job.state}", {"job": job.shown()})
    ids = ", ".join(str(job.id) for job in underway)
    before = {"update_job": _summary(underway[0])}
    return JobPlan("cancel", f"running: {ids}", underway[0], tuple(underway), before, {"update_job": None})


def failure(job: Job) -> str | None:
    """What went wrong with a job that has ended, or None while it runs or when it succeeded."""
    if job.is_running or job.state == SUCCEED:
        return None
    return (
        f"{job.title} of ActiveGate {job.activegate_id} ended as {job.state}: {job.error or 'no error text was given'}"
    )


def has_arrived(activegate: ActiveGate | None, job: Job, target: Target) -> bool:
    """Whether the ActiveGate is back after ``job`` succeeded: online, with the version that the job was for."""
    if activegate is None or not activegate.is_online:
        return False
    if job.has_number:
        return Target(str(job.target_version), job.target_version).is_met_by(activegate.version)
    if has_version(activegate, target):
        return True
    return not target.is_resolved and activegate.version != job.start_version


def _that_reaches(underway: Sequence[Job], target: Target) -> Job | None:
    return next((job for job in underway if reaches(job, target)), None)


def _plan_beside(underway: Sequence[Job], seen: SeenActiveGate, activegate: ActiveGate, rules: UpdateRules) -> JobPlan:
    """A job with a lower target runs, and is not left alone."""
    target, other = seen.target, underway[0]
    if rules.on_running == FAIL:
        raise StateError(
            f"{other.title} is {other.state} on {activegate.title}, and {target.posted} is wanted: wait for its end, or set "
            "on_running to adopt or replace",
            {"job": other.shown()},
        )
    if target.is_resolved and seen.offered is not None and target.version not in seen.offered:
        raise StateError(
            f"version {target.version} is not available for {activegate.title}, so {other.title} is not cancelled for it",
            {"job": other.shown()},
        )
    return _create(activegate, target, tuple(underway))


def _missing(seen: SeenActiveGate) -> StateError:
    newest = newest_job(seen.jobs)
    hint = f"; its newest job is {newest.title}, {newest.state}" if newest else ""
    return StateError(
        f"there is no ActiveGate {seen.activegate_id}, or it has not been connected for two hours{hint}. Ids are decimal numbers "
        "that may be negative; the module activegate_info lists them",
        {"job": newest.shown() if newest else None},
    )


def _settling_job(seen: SeenActiveGate, rules: UpdateRules, now_ms: int) -> Job | None:
    """The newest job, if it brought the target so lately that the ActiveGate may be restarting and not show it yet."""
    newest = newest_job(seen.jobs)
    if newest is None or newest.state != SUCCEED or not reaches(newest, seen.target):
        return None
    if not _has_just_ended(newest, rules, now_ms):
        return None
    if seen.activegate is None:
        return newest
    version = seen.activegate.version
    if newest.has_number:
        is_behind = key(version) < key(newest.target_version)
    else:
        is_behind = version == newest.start_version
    if is_behind:
        return newest
    return None


def _has_just_ended(job: Job, rules: UpdateRules, now_ms: int) -> bool:
    """A server's clock that is ahead of ours makes no age below zero, so that a settle time of 0 means none."""
    if job.ended_ms is None:
        return False
    return max(0, now_ms - job.ended_ms) < rules.settle_seconds * 1000


def newest_job(jobs: Sequence[Job]) -> Job | None:
    """Of those that update the ActiveGate itself; a running one is newer than all that have ended."""
    return max(_own(jobs), key=attrgetter("end_or_never"), default=None)


def _nothing(reason: str, activegate: ActiveGate, *jobs: Job) -> JobPlan:
    """``jobs``: the one for which nothing is done, if there is one."""
    state = _state(activegate, filter(attrgetter("is_running"), jobs))
    return JobPlan("none", reason, next(iter(jobs), None), (), state, state)


def _create(activegate: ActiveGate, target: Target, replaces: tuple[Job, ...] = ()) -> JobPlan:
    reason = f"{activegate.title} has version {activegate.version}, and {target.posted} is wanted"
    if replaces:
        reason += f"; it is blocked by {replaces[0].title}, {replaces[0].state}"
    after = {**_state(activegate, ()), "update_job": {"state": "PENDING", "target_version": target.posted}}
    job = Job.predicted(activegate, target.posted)
    return JobPlan("create", reason, job, replaces, _state(activegate, replaces), after)


def _state(activegate: ActiveGate, jobs: Iterable[Job]) -> dict[str, Any]:
    """One side of a diff, with the first of the running ``jobs``."""
    return {"version": activegate.version, "update_job": next(map(_summary, jobs), None)}


def _summary(job: Job) -> dict[str, Any]:
    return {"id": job.id, "state": job.state, "target_version": job.target_version}


def _is_underway(job: Job, target: Target) -> str:
    reason = f"{job.title} is {job.state} already"
    if target.is_resolved and job.has_number and key(job.target_version) > key(target.version):
        reason += f", which is newer than {target.version}"
    return reason


def _is_settling(job: Job, activegate: ActiveGate, now_ms: int) -> str:
    age = max(0, now_ms - (job.ended_ms or now_ms)) // 1000
    shows = f"still reports version {activegate.version}" if activegate.is_known else "is not back yet"
    return f"{job.title} succeeded {age} seconds ago; the ActiveGate is restarting and {shows}"
