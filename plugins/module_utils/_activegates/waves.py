# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Where each ActiveGate of a rollout stands, and which are next. No I/O: what was seen comes in, what is to be done comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import SUCCEED, ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_plan import Rules, Seen
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError

# Where an ActiveGate stands. BLOCKED: a job to a lower version runs, which is left alone.
UNTOUCHED, BLOCKED, RUNNING, DONE, FAILED, CANCELLED = "untouched", "blocked", "running", "done", "failed", "cancelled"
LEFT_OUT = "left_out"
_ENDED = (DONE, FAILED, CANCELLED)
# A job may be missing in one list because its ActiveGate restarts between two requests, and an ActiveGate be out of sight for a moment.
_LOOKS = 3
RULES = Rules(on_running=plan.ADOPT)


@dataclass(frozen=True)
class Member:
    """An ActiveGate of the rollout, and what does not change of it. ``wave`` counts from 1. ``version``: at the begin."""

    id: str
    hostname: str | None
    version: str | None
    target: Target
    wave: int

    @property
    def title(self) -> str:
        return f"ActiveGate {self.id} ({self.hostname})" if self.hostname else f"ActiveGate {self.id}"


@dataclass(frozen=True)
class Track:
    """What became of a member so far. ``job_id``: the job that is followed. ``is_ours``: this run made it, or may have, when its
    answer was lost.

    ``refusal``: what the server said to our POST; only another look tells whether somebody was faster. ``tries``: POSTs without an
    answer. ``older_job``: the newest there was before the POST whose answer was lost. ``unseen``: looks in a row that did not show
    what was to be seen. ``away_since_ms``: since when, by our own clock, the ActiveGate has not been where its job should bring it.
    """

    state: str = UNTOUCHED
    text: str = ""
    job_id: str | None = None
    job_state: str | None = None
    is_ours: bool = False
    is_cancelled: bool = False
    refusal: str = ""
    tries: int = 0
    older_job: str | None = None
    unseen: int = 0
    away_since_ms: int | None = None

    @property
    def has_ended(self) -> bool:
        return self.state in _ENDED


@dataclass(frozen=True)
class Sight:
    """One look at the environment: all ActiveGates, and all jobs of each. ``now_ms``: UTC milliseconds."""

    activegates: Mapping[str, ActiveGate]
    jobs: Mapping[str, Sequence[Job]]
    now_ms: int

    def of(self, activegate_id: str) -> Seen:
        return Seen(activegate_id, self.activegates.get(activegate_id), self.jobs.get(activegate_id, ()))

    def is_online(self, activegate_id: str) -> bool:
        one = self.activegates.get(activegate_id)
        return one is not None and one.is_online

    def busy(self) -> set[str]:
        """The ActiveGates that update, whoever began it; not those that wait for a job and cannot begin, because they are away."""
        return {
            activegate_id
            for activegate_id, jobs in self.jobs.items()
            for job in plan.running(jobs)
            if job.state == "IN_PROGRESS" or self.is_online(activegate_id)
        }


def judged(member: Member, track: Track, sight: Sight, is_due: bool) -> Track:
    """Where the member stands after a look. ``is_due``: its wave has begun."""
    return _watched(member, _judged(member, track, sight, is_due), sight)


def _judged(member: Member, track: Track, sight: Sight, is_due: bool) -> Track:
    if track.has_ended:
        return track
    seen = sight.of(member.id)
    if track.job_id is None:
        return _judged_without_job(member, track, seen, sight.now_ms, is_due)
    job = next((one for one in seen.jobs if one.id == track.job_id), None)
    return _judged_by_job(member, track, job, seen) if job else _judged_without_sight(member, track, seen)


def _watched(member: Member, track: Track, sight: Sight) -> Track:
    """An ActiveGate that is away for longer than any restart takes has failed: one that died must not hold the fleet for hours."""
    if track.state == DONE:
        is_away = not is_steady(member, track, sight)
    else:
        is_away = track.state == RUNNING and (track.job_state == SUCCEED or not sight.is_online(member.id))
    if not is_away:
        return replace(track, away_since_ms=None)
    since = sight.now_ms if track.away_since_ms is None else track.away_since_ms
    if sight.now_ms - since < RULES.settle_seconds * 1000:
        return replace(track, away_since_ms=since)
    text = f"update job {track.job_id} succeeded, but" if track.job_state == SUCCEED else f"{track.text}, and"
    now = whereabouts(sight.activegates.get(member.id))
    text += f" for {RULES.settle_seconds / 60:g} minutes the ActiveGate has been {now}"
    return replace(track, state=FAILED, text=text)


def whereabouts(activegate: ActiveGate | None) -> str:
    """In words."""
    if activegate is None:
        return "out of sight"
    return f"{'online' if activegate.is_online else 'offline'} with version {activegate.version}"


def _judged_without_job(member: Member, track: Track, seen: Seen, now_ms: int, is_due: bool) -> Track:
    lost = plan.newest_job(seen.jobs) if track.is_ours else None
    if lost is not None and lost.id != track.older_job and plan.reaches(lost, member.target):
        # The one whose answer was lost. It may have ended since.
        return _judged_by_job(member, replace(track, job_id=lost.id, refusal=""), lost, seen)
    try:
        planned = plan.plan_update(seen, member.target, RULES, now_ms)
    except StateError as error:
        return _away(track, error.msg) if is_due and not _has_ended_lately(seen, now_ms) else track
    job = planned.job
    if planned.action == "create":
        if track.refusal:
            return replace(track, state=FAILED, text=track.refusal)
        is_away = seen.activegate is None or not seen.activegate.is_online
        if is_due and is_away and not _has_ended_lately(seen, now_ms):
            return _away(track, f"{member.title} went offline before its turn")
        return replace(track, state=UNTOUCHED, text="", unseen=0)
    if job is None:
        return replace(track, state=DONE, text=planned.reason)
    if not plan.reaches(job, member.target):
        return replace(track, state=BLOCKED, text=planned.reason, refusal="", unseen=0)
    return _judged_by_job(member, replace(track, job_id=job.id, refusal=""), job, seen)


def _has_ended_lately(seen: Seen, now_ms: int) -> bool:
    """Whether the ActiveGate may be restarting after a job that was none of ours."""
    ends = [job.ended_ms for job in seen.jobs if job.ended_ms is not None]
    return bool(ends) and now_ms - max(ends) < RULES.settle_seconds * 1000


def _away(track: Track, text: str) -> Track:
    unseen = track.unseen + 1
    return replace(track, unseen=unseen, text=text, state=FAILED if unseen >= _LOOKS else UNTOUCHED)


def _judged_by_job(member: Member, track: Track, job: Job, seen: Seen) -> Track:
    known = replace(track, job_state=job.state, unseen=0)
    trouble = plan.failure(job)
    there = plan.already_there(seen.activegate, member.target) if seen.activegate else None
    if trouble and there:
        return replace(known, state=DONE, text=there)  # somebody else has brought it there
    if trouble:
        return replace(known, state=CANCELLED if track.is_cancelled else FAILED, text=trouble)
    if job.state != SUCCEED:
        return replace(known, state=RUNNING, text=f"{job.title} is {job.state}")
    if plan.has_arrived(seen.activegate, job, member.target):
        version = seen.activegate.version if seen.activegate else None
        return replace(
            known, state=DONE, text=f"update job {job.id} succeeded, and the ActiveGate is back with version {version}"
        )
    return replace(known, state=RUNNING, text=f"update job {job.id} succeeded; the ActiveGate is not back yet")


def _judged_without_sight(member: Member, track: Track, seen: Seen) -> Track:
    """The job is in no list: cancelled, unless its ActiveGate is not there either. Then nothing is known until it is back."""
    if track.is_cancelled:
        return replace(track, state=CANCELLED, text=f"update job {track.job_id} was cancelled before it began")
    if seen.activegate is None:
        return track
    unseen = track.unseen + 1
    if unseen < _LOOKS:
        return replace(track, unseen=unseen)
    there = plan.already_there(seen.activegate, member.target)
    if there:
        return replace(track, state=DONE, text=there)
    return replace(
        track, state=FAILED, text=f"update job {track.job_id} is gone before it ended: somebody cancelled it"
    )


def is_over(members: Iterable[Member], tracks: Mapping[str, Track], sight: Sight) -> bool:
    """Whether a wave is: each has ended, and what was updated still is online with its version."""
    return all(tracks[one.id].has_ended and is_steady(one, tracks[one.id], sight) for one in members)


def is_steady(member: Member, track: Track, sight: Sight) -> bool:
    """Whether what was updated still is online with its version; of what was not, nothing is asked."""
    if track.state != DONE or track.job_id is None:
        return True
    one = sight.activegates.get(member.id)
    return one is not None and one.is_online and plan.already_there(one, member.target) is not None


def startable(
    members: Sequence[Member], tracks: Mapping[str, Track], sight: Sight, size: int, one_per_pool: bool
) -> list[Member]:
    """Those of a wave that may get a job now: with all that is busy in the environment, no more than ``size``."""
    busy = updating(tracks, sight) | {one for one, track in tracks.items() if track.state == RUNNING}
    pools = {sight.activegates[one].pool for one in busy if one in sight.activegates}
    found: list[Member] = []
    for one in members:
        if len(busy) + len(found) >= size:
            break
        if tracks[one.id].state != UNTOUCHED or not sight.is_online(one.id):
            continue
        pool = sight.activegates[one.id].pool
        if one_per_pool and pool in pools:
            continue
        pools.add(pool)
        found.append(one)
    return found


def updating(tracks: Mapping[str, Track], sight: Sight) -> set[str]:
    """The ActiveGates that update, whoever began it; not those that went away meanwhile and were given up."""
    return {one for one in sight.busy() if sight.is_online(one) or one not in tracks or tracks[one].state != FAILED}


def cancellable(
    members: Iterable[Member], tracks: Mapping[str, Track], sight: Sight, is_stopping: bool
) -> list[tuple[Member, Job]]:
    """The jobs of the rollout that wait: when it stops, and those of ActiveGates that were given up in any case. Of those that it
    found running, the ones to its own target that nobody's schedule made.
    """
    found = []
    for one in members:
        track = tracks[one.id]
        job = next((job for job in sight.jobs.get(one.id, ()) if job.id == track.job_id), None)
        if (
            track.state not in ((RUNNING, FAILED) if is_stopping else (FAILED,))
            or job is None
            or not job.is_running
            or not job.is_cancelable
            or job.state == "IN_PROGRESS"
        ):
            continue
        is_alike = job.target_version == one.target.posted and job.raw.get("updateMethod") != "AUTOMATIC"
        if track.is_ours or is_alike:
            found.append((one, job))
    return found


def counts(tracks: Iterable[Track]) -> dict[str, int]:
    """How many stand where; what is blocked is untouched by us."""
    found = dict.fromkeys((DONE, RUNNING, FAILED, CANCELLED, UNTOUCHED), 0)
    for track in tracks:
        found[UNTOUCHED if track.state == BLOCKED else track.state] += 1
    return found


def restored(tracks: Mapping[str, Mapping[str, Any]]) -> dict[str, Track]:
    """From the plain data of an earlier step."""
    return {activegate_id: Track(**given) for activegate_id, given in tracks.items()}
