# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A rollout while it goes on: looks at the whole fleet at once, begins what may begin, and stops when too much went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from .. import _clock
from .._change.journal import DONE, NOT_DONE, Journal, settle
from .._change.many import each
from .._errors import CollectionError, LostAnswerError, StateError, unless_absent
from .._lists import grouped
from .._text import listed
from .._wait import Progress
from . import waves
from .api import ActiveGateApi
from .follow import Pace, may_pass, with_failure
from .model import Job, is_refusal
from .waves import Member, Sight, Track

# While nothing moves, the pause between two looks is this share of the time since something did, up to so many poll intervals.
_QUIET_SHARE = 0.1
_LONGEST = 10


@dataclass(frozen=True)
class RolloutOptions:
    """What users may choose. ``pause``: between two waves, in seconds. ``parallel``: requests at a time."""

    pace: Pace
    pause: float
    one_per_pool: bool
    parallel: int


@dataclass(frozen=True)
class RolloutRules:
    """What follows from that for this fleet. ``title``: what people call it. ``sizes``: of the waves. ``most_failures``: how many may
    fail. ``retries``: how often a POST without an answer is sent again.
    """

    title: str
    sizes: Sequence[int]
    most_failures: int
    retries: int
    options: RolloutOptions


def _now() -> float:
    """Asked at each call, so that a test's clock counts too."""
    return _clock.now()


@dataclass
class Rollout:
    """The rollout as something to wait for (see Wait). ``wave`` counts from 1. ``trouble``: why it ended badly.

    ``sight``: the last look. Two requests a look, whatever the size of the fleet. What happened is in the environment, so a run that
    is started again goes on from there.
    """

    api: ActiveGateApi
    journal: Journal
    rules: RolloutRules
    members: Sequence[Member]
    tracks: dict[str, Track]
    sight: Sight
    wave: int = 1
    trouble: CollectionError | None = None
    _rests_since: float | None = None
    _moved: float = field(default_factory=_now)
    _stopping: str = ""
    _lost_sight: str = ""
    # By ActiveGate, the write whose answer was lost, until a look settles it.
    _lost: dict[str, LostAnswerError] = field(default_factory=dict)

    # What Wait asks for

    @property
    def timeout(self) -> float:
        return self.rules.options.pace.timeout

    @property
    def interval(self) -> float:
        """The longer nothing moved, the longer the pause; the end of something is seen at most a tenth of its time late."""
        base, pause = self.rules.options.pace.interval, self.rules.options.pause
        if self._rests_since is not None:
            return max(min(base, pause), self._rests_since + pause - _clock.now())
        return max(base, min(_LONGEST * base, _QUIET_SHARE * (_clock.now() - self._moved)))

    def has_ended(self) -> bool:
        if self.trouble is not None:
            return True
        if not self._stopping:
            return self._is_last_wave and waves.is_over(self.members, self.tracks, self.sight)
        if self._running():
            return False
        self.trouble = StateError(self._stopping)
        return True

    @property
    def in_waves(self) -> Mapping[int, Sequence[Member]]:
        """The members by wave, in order."""
        return grouped(self.members, attrgetter("wave"))

    def begin(self) -> None:
        """By the look that it was made with."""
        self._bear(self._move)

    def advance(self) -> None:
        self._bear(self._look, self._move)

    def time_is_up(self) -> None:
        self._bear(self._look)
        if not self._lost_sight and self.has_ended():
            return  # in the last moment
        text = self._stopping = self._stopping or self._too_late()
        if not self._lost_sight:
            self._bear(self._cancel)
        self.trouble = StateError(with_failure(text, self._lost_sight))

    def progress(self) -> Progress:
        """One line for the fleet, and one for each ActiveGate that has failed."""
        numbers = waves.counts(self.tracks.values())
        text = f"wave {self.wave} of {len(self.rules.sizes)}: {numbers[waves.RUNNING]} running, {numbers[waves.DONE]} done, "
        text += f"{numbers[waves.FAILED]} failed, {numbers[waves.UNTOUCHED]} to go"
        if self._stopping:
            text = f"stopping: {text}"
        elif self._rests_since is not None:
            text += f"; the next wave begins after a pause of {self.rules.options.pause:g} seconds"
        elif self._other_jobs():
            text += f"; others at work: {len(self._other_jobs())}"
        text = with_failure(text, self._lost_sight)
        failed = {member.id: f"{member.title} failed: {self.tracks[member.id].text}" for member in self.failed()}
        return Progress(text, failed, subject=self.rules.title)

    # What happens in a look

    def _bear(self, *works: Callable[[], None]) -> None:
        """Tolerates that the API is unreachable for a while, as when it is reached through an ActiveGate that restarts. Any other
        error ends the rollout, and is reported with what was done until then.
        """
        self._lost_sight = ""
        try:
            for work in works:
                work()
        except CollectionError as error:
            self._lost_sight = error.msg
            if not may_pass(error):
                self.trouble = error

    def _look(self) -> None:
        self.sight = look(self.api)
        before = dict(self.tracks)
        for member in self.members:
            is_due = member.wave <= self.wave and not self._stopping
            self.tracks[member.id] = waves.judged(member, self.tracks[member.id], self.sight, is_due)
            self._settle(member)
        if self.tracks != before:
            self._moved = _clock.now()

    def _settle(self, member: Member) -> None:
        """What the look says of a write whose answer was lost."""
        lost = self._lost.get(member.id)
        if lost is None:
            return
        track = self.tracks[member.id]
        if lost.method == "POST":
            is_done = waves.is_created(track)
        else:
            is_done = waves.is_gone(member, track, self.sight)
        if is_done is not None:
            settle(lost.entries, DONE if is_done else NOT_DONE)
            del self._lost[member.id]

    def _move(self) -> None:
        """Begins what may begin by what was seen, or stops."""
        failed = self.failed()
        if len(failed) > self.rules.most_failures and not self._stopping:
            self._stopping = self._too_many(failed)
        self._cancel()
        if self._stopping:
            return
        while self._may_go_on():
            self.wave += 1
            self._rests_since = None
            self._moved = _clock.now()
        self._start()

    def _may_go_on(self) -> bool:
        """Whether the next wave may begin; the pause is for what this wave has updated."""
        members, pause = self._current(), self.rules.options.pause
        if self._is_last_wave or not waves.is_over(members, self.tracks, self.sight):
            return False
        if not pause or not any(self.tracks[member.id].job_id for member in members):
            return True
        if self._rests_since is None:
            self._rests_since = _clock.now()
        return _clock.now() - self._rests_since >= pause

    @property
    def _is_last_wave(self) -> bool:
        return self.wave >= len(self.rules.sizes)

    def _current(self) -> Sequence[Member]:
        return self.in_waves.get(self.wave, ())

    def _running(self) -> set[str]:
        return waves.standing(self.tracks, waves.RUNNING)

    def failed(self) -> list[Member]:
        return self._in_states(waves.FAILED)

    def made(self) -> list[Member]:
        """Those for which this run has made a job, or may have."""
        return [member for member in self.members if self.tracks[member.id].is_ours]

    def to_begin(self) -> list[Member]:
        """Those that need a job and have none."""
        return self._in_states(waves.UNTOUCHED, waves.BLOCKED)

    def _in_states(self, *states: str) -> list[Member]:
        return [member for member in self.members if self.tracks[member.id].state in states]

    def _start(self) -> None:
        size = self.rules.sizes[self.wave - 1]
        due = waves.startable(self._current(), self.tracks, self.sight, size, self.rules.options.one_per_pool)
        if not due:
            return
        self._moved = _clock.now()
        answers = each(due, self._post, self.rules.options.parallel)
        for member, answer in zip(due, answers):
            jobs, now_ms = self.sight.jobs_of(member.id), int(self._moved * 1000)
            track = self.tracks[member.id]
            self.tracks[member.id] = waves.after_post(track, answer, jobs, now_ms, self.rules.retries)
        self._sort_out(due, answers)

    def _post(self, member: Member) -> Job:
        version = member.target.posted
        text = f"an update job to version {version} was created for {member.title}"
        return self.journal.write(text, lambda: self.api.create_job(member.id, version))

    def _cancel(self) -> None:
        due = waves.cancellable(self.members, self.tracks, self.sight, bool(self._stopping))
        answers = each(due, self._delete, self.rules.options.parallel)
        for (member, job), answer in zip(due, answers):
            self.tracks[member.id] = waves.after_cancellation(self.tracks[member.id], job, answer)
        self._sort_out([member for member, job in due], answers)

    def _delete(self, due: tuple[Member, Job]) -> Job:
        member, job = due
        text = f"{job.title} of {member.title} was cancelled"
        # One that is gone need not be cancelled.
        unless_absent(lambda: self.journal.write(text, lambda: self.api.cancel_job(job)))
        return job

    def _sort_out(self, members: Sequence[Member], answers: Sequence[Job | CollectionError | None]) -> None:
        """Keeps what was lost for the next look. Raises an error that is not about one ActiveGate alone, one that stays rather than one
        that may pass.
        """
        others = []
        for member, answer in zip(members, answers):
            if isinstance(answer, LostAnswerError):
                self._lost[member.id] = answer
            elif isinstance(answer, CollectionError) and not is_refusal(answer):
                others.append(answer)
        if others:
            raise min(others, key=may_pass)

    # What is said

    def _too_many(self, failed: Sequence[Member]) -> str:
        texts = [f"{member.title}: {self.tracks[member.id].text}" for member in failed]
        return (
            f"{len(failed)} of {len(self.members)} ActiveGates failed in wave {self.wave} of {len(self.rules.sizes)} or before, and "
            f"max_failures is {self.rules.most_failures}, so the rollout was stopped: {listed(texts)}"
        )

    def _too_late(self) -> str:
        left = list(filter(self._is_left, self.members))
        begun = [member for member in left if self.tracks[member.id].state != waves.UNTOUCHED]
        texts = [
            f"{len(left)} of {len(self.members)} ActiveGates are not updated and back after {self.timeout:g} seconds (wait_timeout)"
        ]
        if begun:
            texts.append(listed([f"{member.title}: {self._stands(member)}" for member in begun]))
        if len(begun) < len(left):
            texts.append(f"{len(left) - len(begun)} were not begun")
        if self._other_jobs():
            texts.append(f"other ActiveGates were busy with updates: {listed(self._other_jobs())}")
        end = ". What waited was cancelled, what updates goes on by itself" if begun else ""
        return f"in wave {self.wave} of {len(self.rules.sizes)} the time is up: {'; '.join(texts)}{end}"

    def _is_left(self, member: Member) -> bool:
        track = self.tracks[member.id]
        return not track.has_ended or not (self._lost_sight or waves.is_steady(member, track, self.sight))

    def _stands(self, member: Member) -> str:
        track = self.tracks[member.id]
        if track.state != waves.DONE:
            return track.text
        return f"{track.text}, but now it is {waves.whereabouts(self.sight.activegate(member.id))}"

    def _other_jobs(self) -> list[str]:
        """The ids of ActiveGates whose jobs are not those of this rollout."""
        return sorted(waves.updating(self.tracks, self.sight) - self._running())


def look(api: ActiveGateApi) -> Sight:
    """ActiveGates first: a job that is made meanwhile is seen, and an ActiveGate that comes back cannot seem to have lost its job."""
    activegates = {activegate.id: activegate for activegate in api.activegates()}
    return Sight(activegates, api.all_jobs(), int(_clock.now() * 1000))
