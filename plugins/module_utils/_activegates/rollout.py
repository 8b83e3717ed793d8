# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A rollout while it goes on: looks at the whole fleet at once, begins what may begin, and stops when too much went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import waves
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import Reader, job_path
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.change import REFUSALS
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.follow import may_pass
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.waves import Member, Sight, Track
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    RequestError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress

# While nothing moves, the pause between two looks is this share of the time since something did, up to so many poll intervals.
_QUIET_SHARE = 0.1
_LONGEST = 10
_NAMED = 5
Item = TypeVar("Item")


def _now() -> float:
    """Looked up in ``time`` at each call, so that a test's clock counts too."""
    return time.time()


@dataclass(frozen=True)
class Rules:
    """``sizes``: of the waves. ``most_failures``: how many may fail. Times in seconds; ``parallel``: requests at a time."""

    sizes: Sequence[int]
    most_failures: int
    one_per_pool: bool
    pause: float
    timeout: float
    interval: float
    parallel: int


@dataclass
class Rollout:
    """The rollout as something to wait for (see Wait). ``wave`` counts from 1. ``trouble``: why it ended badly.

    ``sight``: the last look. Two requests a look, whatever the size of the fleet. What happened is in the environment, so a run that
    is started again goes on from there; what only this run knows, such as which job it follows, is in ``state``.
    """

    client: Client
    reader: Reader
    rules: Rules
    members: Sequence[Member]
    tracks: dict[str, Track]
    sight: Sight
    wave: int = 1
    trouble: CollectionError | None = None
    _rests_since: float | None = None
    _moved: float = field(default_factory=_now)
    _stopping: str = ""
    _lost_sight: str = ""

    # What Wait asks for

    @property
    def timeout(self) -> float:
        return self.rules.timeout

    @property
    def interval(self) -> float:
        """The longer nothing moved, the longer the pause; the end of something is seen at most a tenth of its time late."""
        base = self.rules.interval
        if self._rests_since is not None:
            return max(min(base, self.rules.pause), self._rests_since + self.rules.pause - time.time())
        return max(base, min(_LONGEST * base, _QUIET_SHARE * (time.time() - self._moved)))

    def has_ended(self) -> bool:
        if self.trouble is not None:
            return True
        if self._stopping:
            if not any(track.state == waves.RUNNING for track in self.tracks.values()):
                self.trouble = StateError(self._stopping)
            return self.trouble is not None
        return self.wave >= len(self.rules.sizes) and waves.is_over(self.members, self.tracks, self.sight)

    def begin(self) -> None:
        """By the look that it was made with."""
        self._bear(self._move)

    def advance(self) -> None:
        self._bear(self._look_and_move)

    def time_is_up(self) -> None:
        self._bear(self._look)
        if not self._lost_sight and self.has_ended():
            return  # in the last moment
        text = self._stopping = self._stopping or self._too_late()
        if not self._lost_sight:
            self._bear(self._cancel)
        self.trouble = StateError(f"{text}. The last request failed: {self._lost_sight}" if self._lost_sight else text)

    def progress(self) -> Progress:
        found = waves.counts(self.tracks.values())
        text = f"wave {self.wave} of {len(self.rules.sizes)}: " if self.rules.sizes else ""
        text += (
            f"{found['running']} running, {found['done']} done, {found['failed']} failed, {found['untouched']} to go"
        )
        if self._stopping:
            text = f"stopping: {text}"
        elif self._rests_since is not None:
            text += f"; the next wave begins after a pause of {self.rules.pause:g} seconds"
        elif self._other_jobs():
            text += f"; others at work: {len(self._other_jobs())}"
        if self._lost_sight:
            text += f". The last request failed: {self._lost_sight}"
        ended = {
            f"{one.id} {track.state}": f"{one.title}: {track.state}, {track.text}"
            for one in self.members
            for track in [self.tracks[one.id]]
            if track.has_ended and (track.job_id or track.state != waves.DONE)
        }
        return Progress(text, ended)

    def state(self) -> dict[str, Any]:
        return {
            "wave": self.wave,
            "rests_since": self._rests_since,
            "moved": self._moved,
            "stopping": self._stopping,
            "tracks": {activegate_id: asdict(track) for activegate_id, track in self.tracks.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Where an earlier step left off."""
        self.wave, self._moved, self._stopping = state["wave"], state["moved"], state["stopping"]
        self._rests_since = state["rests_since"]
        self.tracks = waves.restored(state["tracks"])

    # What happens in a look

    def _bear(self, work: Callable[[], None]) -> None:
        """The API may be out of reach for a while, when it is reached through an ActiveGate that restarts; that is borne. Any other
        error ends the rollout, and is reported with what was done until then.
        """
        self._lost_sight = ""
        try:
            work()
        except CollectionError as error:
            self._lost_sight = error.msg
            if not isinstance(error, RequestError) or not may_pass(error):
                self.trouble = error

    def _look_and_move(self) -> None:
        self._look()
        self._move()

    def _look(self) -> None:
        """ActiveGates first: a job that is made meanwhile is seen, and an ActiveGate that comes back cannot seem to have lost its job."""
        activegates = self.reader.all_activegates()
        self.sight = Sight(activegates, self.reader.all_jobs(), int(time.time() * 1000))
        before = dict(self.tracks)
        for one in self.members:
            is_due = one.wave <= self.wave and not self._stopping
            self.tracks[one.id] = waves.judged(one, self.tracks[one.id], self.sight, is_due)
        if self.tracks != before:
            self._moved = time.time()

    def _move(self) -> None:
        """Begins what may begin by what was seen, or stops."""
        failed = [one for one in self.members if self.tracks[one.id].state == waves.FAILED]
        if len(failed) > self.rules.most_failures and not self._stopping:
            self._stopping = self._too_many(failed)
        self._cancel()
        if self._stopping:
            return
        while self._may_go_on():
            self.wave += 1
            self._rests_since = None
            self._moved = time.time()
        self._start()

    def _may_go_on(self) -> bool:
        """Whether the next wave may begin; the pause is for what this wave has updated."""
        if self.wave >= len(self.rules.sizes) or not waves.is_over(self._current(), self.tracks, self.sight):
            return False
        if not self.rules.pause or not any(self.tracks[one.id].job_id for one in self._current()):
            return True
        if self._rests_since is None:
            self._rests_since = time.time()
        return time.time() - self._rests_since >= self.rules.pause

    def _current(self) -> list[Member]:
        return [one for one in self.members if one.wave == self.wave]

    def _start(self) -> None:
        size = self.rules.sizes[self.wave - 1] if self.rules.sizes else 0
        due = waves.startable(self._current(), self.tracks, self.sight, size, self.rules.one_per_pool)
        self._each(self._post, due)
        if due:
            self._moved = time.time()

    def _post(self, member: Member) -> None:
        """One job. A refusal is judged after the next look: somebody may have been faster."""
        track = self.tracks[member.id]
        path = job_path(member.id)
        try:
            answer = self.client.post(path, {"targetVersion": member.target.posted})
            job = Job.from_api(member.id, answer if isinstance(answer, dict) else {})
            if job.id is None:
                raise LostAnswerError(f"the answer to POST {path} names no job", "POST", path)
        except LostAnswerError as error:
            older = plan.newest_job(self.sight.jobs.get(member.id, ()))
            unsure = replace(track, is_ours=True, older_job=older.id if older else None)
            self.tracks[member.id] = self._tried(unsure, error)
        except ApiError as error:
            if error.status in REFUSALS:
                self.tracks[member.id] = replace(track, refusal=error.msg)
            elif may_pass(error):
                self.tracks[member.id] = self._tried(track, error)
            else:
                raise
        else:
            text = f"{job.title} is {job.state}"
            self.tracks[member.id] = Track(waves.RUNNING, text, job.id, job.state, is_ours=True)

    def _tried(self, track: Track, error: RequestError) -> Track:
        tries = track.tries + 1
        return replace(track, tries=tries, refusal=error.msg if tries > self.client.retries else "")

    def _cancel(self) -> None:
        self._each(self._delete, waves.cancellable(self.members, self.tracks, self.sight, bool(self._stopping)))

    def _delete(self, one: tuple[Member, Job]) -> None:
        member, job = one
        track = self.tracks[member.id]
        state, text = waves.CANCELLED, f"{job.title} was cancelled before it began"
        if track.state == waves.FAILED:
            state, text = waves.FAILED, f"{track.text}. It was cancelled"
        try:
            self.client.delete(job_path(member.id, str(job.id)))
        except LostAnswerError:
            self.tracks[member.id] = replace(track, is_cancelled=True)
            return
        except ApiError as error:
            if error.status not in REFUSALS:
                raise
            if error.status != 404:
                return  # it has begun in the meantime, and is followed to its end
        self.tracks[member.id] = replace(track, state=state, text=text, is_cancelled=True)

    def _each(self, work: Callable[[Item], None], items: Sequence[Item]) -> None:
        """Several at a time. After an error that concerns them all nothing else is sent; what was sent is finished, and it is raised."""
        errors: list[CollectionError] = []

        def guarded(item: Item) -> None:
            if errors:
                return
            try:
                work(item)
            except CollectionError as error:
                errors.append(error)

        with ThreadPoolExecutor(self.rules.parallel) as pool:
            list(pool.map(guarded, items))
        if errors:
            raise errors[0]

    # What is said

    def _too_many(self, failed: Sequence[Member]) -> str:
        texts = [f"{one.title}: {self.tracks[one.id].text}" for one in failed]
        return (
            f"{len(failed)} of {len(self.members)} ActiveGates failed in wave {self.wave} of {len(self.rules.sizes)} or before, and "
            f"max_failures is {self.rules.most_failures}, so the rollout was stopped: {listed(texts)}"
        )

    def _too_late(self) -> str:
        left = [one for one in self.members if self._is_left(one)]
        begun = [one for one in left if self.tracks[one.id].state != waves.UNTOUCHED]
        texts = [
            f"{len(left)} of {len(self.members)} ActiveGates are not updated and back after {self.timeout:g} seconds (wait_timeout)"
        ]
        if begun:
            texts.append(listed([f"{one.title}: {self._stands(one)}" for one in begun]))
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
        return f"{track.text}, but now it is {waves.whereabouts(self.sight.activegates.get(member.id))}"

    def _other_jobs(self) -> list[str]:
        return sorted(
            one
            for one in waves.updating(self.tracks, self.sight)
            if one not in self.tracks or self.tracks[one].state != waves.RUNNING
        )


def listed(texts: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(texts) - _NAMED
    return "; ".join(texts[:_NAMED]) + (f"; and {more} more" if more > 0 else "")
