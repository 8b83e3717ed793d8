# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Where each ActiveGate of a rollout stands, and which are next. No I/O: what was seen comes in, what is to be done comes out."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from .._change.reconcile import LATE_WRITE_SECONDS
from .._errors import CollectionError, LostAnswerError, StateError
from . import fleet
from . import update_job_plan as plan
from .fleet import Amount
from .follow import may_pass
from .model import SUCCEED, ActiveGate, Job, is_refusal
from .update_job_plan import SeenActiveGate, UpdateRules
from .versions import Target

# Where an ActiveGate stands. BLOCKED: a job to a lower version runs, which is left alone.
UNTOUCHED, BLOCKED, RUNNING, DONE, FAILED, CANCELLED = "untouched", "blocked", "running", "done", "failed", "cancelled"
_ENDED = (DONE, FAILED, CANCELLED)
# A job may be missing in one list because its ActiveGate restarts between two requests, and an ActiveGate be out of sight for a moment.
_LOOKS = 3
RULES = UpdateRules(on_running=plan.ADOPT)


@dataclass(frozen=True)
class Member:
    """An ActiveGate of the rollout, as it was at the beginning. ``wave`` counts from 1. ``version``: the one installed at that time."""

    id: str
    hostname: str | None
    version: str | None
    target: Target
    wave: int = 0

    @property
    def title(self) -> str:
        return ActiveGate(self.id, self.hostname).title


@dataclass(frozen=True)
class LostPost:
    """A POST whose answer was lost. ``older_job``: the newest job before it. ``late_until_ms``: until when it is looked for and not sent
    again, since it may come late; None: one look tells. ``is_last``: it was tried as often as the user wants.
    """

    msg: str
    older_job: str | None = None
    late_until_ms: int | None = None
    is_last: bool = False


@dataclass(frozen=True)
class Track:
    """What became of a member so far. ``job_id``: the job that is followed. ``is_ours``: this run made it, or may have, when its
    answer was lost.

    ``refusal``: what the server said to our POST; only another look tells whether somebody was faster. ``tries``: POSTs without an
    answer. ``lost``: the last of them, if it may have arrived. ``unseen``: looks in a row that did not show what was to be seen.
    ``away_since_ms``: since when, by our own clock, the ActiveGate has not been where its job should bring it.
    """

    state: str = UNTOUCHED
    text: str = ""
    job_id: str | None = None
    job_state: str | None = None
    is_ours: bool = False
    is_cancelled: bool = False
    refusal: str = ""
    tries: int = 0
    lost: LostPost | None = None
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

    def of(self, member: Member) -> SeenActiveGate:
        return SeenActiveGate(member.id, member.target, self.activegates.get(member.id), self.jobs_of(member.id))

    def jobs_of(self, activegate_id: str) -> Sequence[Job]:
        return self.jobs.get(activegate_id, ())

    def job(self, activegate_id: str, job_id: str | None) -> Job | None:
        """The one that is followed, None while none is."""
        return {job.id: job for job in self.jobs_of(activegate_id)}.get(job_id)

    def activegate(self, activegate_id: str) -> ActiveGate:
        """What is known of it: nothing but its id while it is out of sight."""
        return self.activegates.get(activegate_id, ActiveGate.out_of_sight(activegate_id))

    def online(self) -> set[str]:
        return set(filter(self.is_online, self.activegates))

    def is_online(self, activegate_id: str) -> bool:
        return self.activegate(activegate_id).is_online

    def pool(self, activegate_id: str) -> object:
        """What it shares with those that take over while it restarts; None while it is out of sight."""
        activegate = self.activegates.get(activegate_id)
        return None if activegate is None else activegate.pool

    def busy(self) -> set[str]:
        """The ActiveGates that update, whoever began it; not those that wait for a job and cannot begin, because they are away."""
        return set(filter(self._is_busy, self.jobs))

    def _is_busy(self, activegate_id: str) -> bool:
        underway = plan.running(self.jobs_of(activegate_id))
        if self.is_online(activegate_id):
            return bool(underway)
        return any(job.state == "IN_PROGRESS" for job in underway)


# Who is in which wave


def lined_up(
    members: Sequence[Member], tracks: Mapping[str, Track], sight: Sight, batches: Sequence[Amount]
) -> list[Member]:
    """The members in the order of their waves, each with the number of its own. ``batches``: the sizes of the waves."""
    ranked = sorted(members, key=lambda member: _rank(member, tracks[member.id], sight))
    sizes = fleet.wave_sizes(len(ranked), batches)
    numbers = [number for number, size in enumerate(sizes, 1) for dummy in range(size)]
    return [replace(member, wave=number) for member, number in zip(ranked, numbers)]


def _rank(member: Member, track: Track, sight: Sight) -> int:
    """What an update has brought there comes first and what runs next, so that a run that is started again is in the same wave.

    What has the version in another way, such as a new installation, proves nothing about updates and takes nobody's place: it is last.
    """
    if track.state == RUNNING:
        return 1
    if track.state != DONE:
        return 2
    if plan.was_updated(sight.jobs_of(member.id), member.target):
        return 0
    return 3


def title(members: Sequence[Member], wanted: Target) -> str:
    """What people call the fleet."""
    versions = {member.target.posted for member in members}
    version = versions.pop() if len(versions) == 1 else wanted.posted
    return f"fleet of {len(members)} ActiveGates to {version}"


# What an answer means


def after_post(
    track: Track, answer: Job | CollectionError | None, jobs: Sequence[Job], now_ms: int, retries: int
) -> Track:
    """Where a member stands after the POST of its job. A refusal is judged after the next look: somebody may have been faster.

    ``jobs``: those that were there before it. ``retries``: how often it is sent again. Other errors and None say nothing about it.
    """
    if isinstance(answer, Job):
        return Track(RUNNING, f"{answer.title} is {answer.state}", answer.id, answer.state, is_ours=True)
    if is_refusal(answer):
        return replace(track, refusal=str(answer))
    tries = track.tries + 1
    is_last = tries > retries
    if isinstance(answer, LostAnswerError):
        lost = _lost_post(answer, jobs, now_ms, is_last)
        text = f"its update job may exist: {answer.reason}"
        return replace(track, state=RUNNING, text=text, is_ours=True, tries=tries, lost=lost)
    if answer is not None and may_pass(answer):
        return replace(track, tries=tries, refusal=answer.msg if is_last else "")
    return track


def _lost_post(answer: LostAnswerError, jobs: Sequence[Job], now_ms: int, is_last: bool) -> LostPost:
    older = plan.newest_job(jobs)
    late_until_ms = now_ms + int(LATE_WRITE_SECONDS * 1000) if answer.may_be_late else None
    return LostPost(answer.msg, older.id if older else None, late_until_ms, is_last)


def after_cancellation(track: Track, job: Job, answer: Job | CollectionError | None) -> Track:
    """Where a member stands after the DELETE of its job, which ``answer`` gives back if it is gone."""
    if isinstance(answer, LostAnswerError):
        return replace(track, is_cancelled=True)
    if not isinstance(answer, Job):
        return track  # after a refusal it has begun in the meantime, and is followed to its end
    if track.state == FAILED:
        return replace(track, text=f"{track.text}. It was cancelled", is_cancelled=True)
    return replace(track, state=CANCELLED, text=f"{job.title} was cancelled before it began", is_cancelled=True)


def is_created(track: Track) -> bool | None:
    """Whether the POST whose answer was lost had arrived, by what was seen since; None: that is still unknown."""
    if track.lost:
        return None
    return track.is_ours


def is_gone(member: Member, track: Track, sight: Sight) -> bool:
    """Whether the job whose cancellation was never answered has ended."""
    job = sight.job(member.id, track.job_id)
    return job is None or not job.is_running


# What a look shows


def judged(member: Member, track: Track, sight: Sight, is_due: bool) -> Track:
    """Where the member stands after a look. ``is_due``: its wave has begun."""
    return _watched(member, _judged(member, track, sight, is_due), sight)


def _judged(member: Member, track: Track, sight: Sight, is_due: bool) -> Track:
    if track.has_ended:
        return track
    seen = sight.of(member)
    if track.job_id is None:
        return _judged_without_job(member, track, seen, sight.now_ms, is_due)
    job = sight.job(member.id, track.job_id)
    if job:
        return _judged_by_job(track, job, seen)
    return _judged_without_sight(track, seen)


def _watched(member: Member, track: Track, sight: Sight) -> Track:
    """An ActiveGate that is away for longer than any restart takes has failed: one that died must not hold the fleet for hours."""
    if not _is_away(member, track, sight):
        return replace(track, away_since_ms=None)
    since = sight.now_ms if track.away_since_ms is None else track.away_since_ms
    if sight.now_ms - since < RULES.settle_seconds * 1000:
        return replace(track, away_since_ms=since)
    text = f"update job {track.job_id} succeeded, but" if track.job_state == SUCCEED else f"{track.text}, and"
    now = whereabouts(sight.activegate(member.id))
    text += f" for {RULES.settle_seconds / 60:g} minutes the ActiveGate has been {now}"
    return replace(track, state=FAILED, text=text)


def _is_away(member: Member, track: Track, sight: Sight) -> bool:
    if track.state == DONE:
        return not is_steady(member, track, sight)
    if track.state != RUNNING:
        return False
    return track.job_state == SUCCEED or not sight.is_online(member.id)


def whereabouts(activegate: ActiveGate) -> str:
    """In words."""
    if not activegate.is_known:
        return "out of sight"
    return f"{'online' if activegate.is_online else 'offline'} with version {activegate.version}"


def _judged_without_job(member: Member, track: Track, seen: SeenActiveGate, now_ms: int, is_due: bool) -> Track:
    job = _found_again(track, seen)
    if job is not None:
        return _judged_by_job(_following(track, job), job, seen)
    is_missed = is_due and not _has_ended_lately(seen, now_ms)
    try:
        planned = plan.plan_update(seen, RULES, now_ms)
    except StateError as error:
        if is_missed:
            return _missed(track, error.msg)
        return track
    if planned.action == "create":
        return _not_there(member, track, seen, now_ms, is_missed)
    job = planned.job
    if job is None:
        return replace(track, state=DONE, text=planned.reason, lost=None)
    if not plan.reaches(job, member.target):
        return replace(track, state=BLOCKED, text=planned.reason, refusal="", unseen=0)
    return _judged_by_job(_following(track, job), job, seen)


def _found_again(track: Track, seen: SeenActiveGate) -> Job | None:
    """The job whose answer was lost. It may have ended since."""
    if track.lost is None:
        return None
    newest = plan.newest_job(seen.jobs)
    if newest is None or newest.id == track.lost.older_job or not plan.reaches(newest, seen.target):
        return None
    return newest


def _following(track: Track, job: Job) -> Track:
    return replace(track, job_id=job.id, refusal="", lost=None)


def _not_there(member: Member, track: Track, seen: SeenActiveGate, now_ms: int, is_missed: bool) -> Track:
    """There is neither the version nor a job for it."""
    if track.lost is not None:
        return _after_lost(track, track.lost, now_ms)
    if track.refusal:
        return replace(track, state=FAILED, text=track.refusal)
    if is_missed and not seen.known.is_online:
        return _missed(track, f"{member.title} went offline before its turn")
    return replace(track, state=UNTOUCHED, text="", unseen=0)


def _after_lost(track: Track, lost: LostPost, now_ms: int) -> Track:
    """The job of a lost POST is not there, at least not yet."""
    if lost.late_until_ms is not None:
        if now_ms < lost.late_until_ms:
            return track
        late = f"It was not there {LATE_WRITE_SECONDS:g} seconds later and was not sent again, since it may still come"
        return replace(track, state=FAILED, text=f"{lost.msg}. {late}: run the task again to see")
    if lost.is_last:
        return replace(track, state=FAILED, text=lost.msg)
    return replace(track, state=UNTOUCHED, text="", is_ours=False, lost=None, unseen=0)


def _has_ended_lately(seen: SeenActiveGate, now_ms: int) -> bool:
    """Whether the ActiveGate may be restarting after a job that was none of ours."""
    last_end_ms = max((job.ended_ms or 0 for job in seen.jobs), default=0)
    return now_ms - last_end_ms < RULES.settle_seconds * 1000


def _missed(track: Track, text: str) -> Track:
    """The ActiveGate is not where it was. While a lost job may still come, it stays where it stands."""
    unseen = track.unseen + 1
    state = UNTOUCHED
    if track.lost:
        state, text = RUNNING, f"{track.lost.msg}; and {text}"
    if unseen >= _LOOKS:
        state = FAILED
    return replace(track, unseen=unseen, text=text, state=state)


def _judged_by_job(track: Track, job: Job, seen: SeenActiveGate) -> Track:
    known = replace(track, job_state=job.state, unseen=0)
    trouble = plan.failure(job)
    if trouble:
        return _judged_by_failure(known, trouble, seen)
    if job.state != SUCCEED:
        return replace(known, state=RUNNING, text=f"{job.title} is {job.state}")
    if not plan.has_arrived(seen.activegate, job, seen.target):
        return replace(known, state=RUNNING, text=f"update job {job.id} succeeded; the ActiveGate is not back yet")
    text = f"update job {job.id} succeeded, and the ActiveGate is back with version {seen.known.version}"
    return replace(known, state=DONE, text=text)


def _judged_by_failure(track: Track, trouble: str, seen: SeenActiveGate) -> Track:
    """The job has failed, but somebody else may have brought the version."""
    there = plan.already_there(seen.known, seen.target)
    if there:
        return replace(track, state=DONE, text=there)
    return replace(track, state=CANCELLED if track.is_cancelled else FAILED, text=trouble)


def _judged_without_sight(track: Track, seen: SeenActiveGate) -> Track:
    """The job is in no list: cancelled, unless its ActiveGate is not there either. Then nothing is known until it is back."""
    if track.is_cancelled:
        return replace(track, state=CANCELLED, text=f"update job {track.job_id} was cancelled before it began")
    if seen.activegate is None:
        return track
    unseen = track.unseen + 1
    if unseen < _LOOKS:
        return replace(track, unseen=unseen)
    there = plan.already_there(seen.known, seen.target)
    if there:
        return replace(track, state=DONE, text=there)
    text = f"update job {track.job_id} disappeared before it ended: somebody cancelled it"
    return replace(track, state=FAILED, text=text)


# What is next


def is_over(members: Iterable[Member], tracks: Mapping[str, Track], sight: Sight) -> bool:
    """Whether a wave is: each has ended, and what was updated still is online with its version."""
    return all(tracks[member.id].has_ended and is_steady(member, tracks[member.id], sight) for member in members)


def is_steady(member: Member, track: Track, sight: Sight) -> bool:
    """Whether what was updated still is online with its version; of what was not, nothing is asked."""
    if track.state != DONE or track.job_id is None:
        return True
    activegate = sight.activegate(member.id)
    return activegate.is_online and plan.has_version(activegate, member.target)


def startable(
    members: Sequence[Member], tracks: Mapping[str, Track], sight: Sight, size: int, one_per_pool: bool
) -> list[Member]:
    """Those of a wave that may get a job now: with all that is busy in the environment, no more than ``size``."""
    busy = updating(tracks, sight) | standing(tracks, RUNNING)
    ready = [member for member in members if tracks[member.id].state == UNTOUCHED and sight.is_online(member.id)]
    if one_per_pool:
        ready = _first_of_pools(ready, set(map(sight.pool, busy)), sight)
    return ready[: max(0, size - len(busy))]


def _first_of_pools(ready: Iterable[Member], busy_pools: Container[object], sight: Sight) -> list[Member]:
    """The first of each pool in which none is busy."""
    first: dict[object, Member] = {}
    for member in ready:
        pool = sight.pool(member.id)
        if pool not in busy_pools:
            first.setdefault(pool, member)
    return list(first.values())


def updating(tracks: Mapping[str, Track], sight: Sight) -> set[str]:
    """The ActiveGates that update, whoever began it; not those that went away meanwhile and were given up."""
    return sight.busy() - (standing(tracks, FAILED) - sight.online())


def standing(tracks: Mapping[str, Track], state: str) -> set[str]:
    """The ids of the ActiveGates that stand there."""
    return {activegate_id for activegate_id, track in tracks.items() if track.state == state}


def cancellable(
    members: Iterable[Member], tracks: Mapping[str, Track], sight: Sight, is_stopping: bool
) -> list[tuple[Member, Job]]:
    """The jobs of the rollout that wait: when it stops, and those of ActiveGates that were given up in any case. Of those that it
    found running, the ones to its own target that nobody's schedule made.
    """
    states = (RUNNING, FAILED) if is_stopping else (FAILED,)
    chosen = []
    for member in members:
        track = tracks[member.id]
        job = sight.job(member.id, track.job_id)
        if job is None or track.state not in states or not _waits(job):
            continue
        if track.is_ours or _is_alike(job, member):
            chosen.append((member, job))
    return chosen


def _waits(job: Job) -> bool:
    return job.is_running and job.is_cancelable and job.state != "IN_PROGRESS"


def _is_alike(job: Job, member: Member) -> bool:
    return job.target_version == member.target.posted and job.update_method != "AUTOMATIC"


def counts(tracks: Iterable[Track]) -> dict[str, int]:
    """How many stand where; what is blocked is untouched by us."""
    numbers = dict.fromkeys((DONE, RUNNING, FAILED, CANCELLED, UNTOUCHED), 0)
    for track in tracks:
        numbers[shown_state(track)] += 1
    return numbers


def shown_state(track: Track) -> str:
    """As users are told."""
    if track.state == BLOCKED:
        return UNTOUCHED
    return track.state
