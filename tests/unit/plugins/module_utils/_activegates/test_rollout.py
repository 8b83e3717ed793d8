# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout look by look, against an API that says what it is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import waves
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.follow import Pace
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.rollout import (
    Rollout,
    RolloutOptions,
    RolloutRules,
)
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.waves import Track
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import Journal
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    StateError,
    StoppedError,
    TransportError,
)

from .values import GOAL, NOW, gate, job, member, sight

DOWN = TransportError("GET u failed", "GET", "u")


class Api:
    """``gates`` and ``jobs`` are what a look shows; ``trouble`` ends the next request of that method. ``sent``: the writes."""

    def __init__(self, *gates: ActiveGate) -> None:
        self.gates = list(gates)
        self.jobs: dict[str, list[Job]] = {}
        self.trouble: dict[str, Exception] = {}
        self.sent: list[str] = []

    def activegates(self) -> list[ActiveGate]:
        self._trip("GET")
        return self.gates

    def all_jobs(self) -> dict[str, list[Job]]:
        return self.jobs

    def create_job(self, activegate_id: str, version: str) -> Job:
        self.sent.append(f"POST {activegate_id} {version}")
        self._trip("POST")
        return job(job_id=f"10{activegate_id}")

    def cancel_job(self, found: Job) -> None:
        self.sent.append(f"DELETE {found.id}")
        self._trip("DELETE")

    def _trip(self, method: str) -> None:
        error = self.trouble.pop(method, None)
        if error is not None:
            raise error


class Clock:
    def __init__(self) -> None:
        self.seconds = NOW / 1000

    def now(self) -> float:
        return self.seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(_clock, "now", clock.now)
    return clock


def begun(api: Api, sizes: Sequence[int] = (1, 2), most_failures: int = 0, pause: float = 0) -> Rollout:
    """Three members; the first is a wave of its own unless ``sizes`` says otherwise."""
    numbers = [number for number, size in enumerate(sizes, 1) for dummy in range(size)]
    members = [member(str(index), number) for index, number in enumerate(numbers, 1)]
    options = RolloutOptions(Pace(3600, 30), pause, False, 1)
    rules = RolloutRules("fleet of 3", sizes, most_failures, 1, options)
    tracks = {found.id: Track() for found in members}
    rollout = Rollout(api, Journal(), rules, members, tracks, sight(*api.gates))  # type: ignore[arg-type]
    rollout.begin()
    return rollout


def fleet() -> Api:
    return Api(gate("1", group="a"), gate("2", group="b"), gate("3", group="c"))


def lost(is_late: bool = False, method: str = "POST") -> LostAnswerError:
    return LostAnswerError(f"{method} u failed", method, "u", is_late)


def states(rollout: Rollout) -> str:
    return " ".join(rollout.tracks[found.id].state for found in rollout.members)


def finished(api: Api, activegate_id: str) -> None:
    """Its job has ended well, and it is back."""
    api.jobs[activegate_id] = [job("SUCCEED", job_id=f"10{activegate_id}", ended=0)]
    api.gates = [gate(found.id, GOAL, group=found.group) if found.id == activegate_id else found for found in api.gates]


def running(api: Api, activegate_id: str, state: str = "PENDING") -> None:
    api.jobs[activegate_id] = [job(state, job_id=f"10{activegate_id}")]


def text(activegate_id: str) -> str:
    return f"an update job to version {GOAL} was created for ActiveGate {activegate_id} (ag-{activegate_id})"


def test_one_wave_after_the_other(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api)
    assert (api.sent, states(rollout)) == ([f"POST 1 {GOAL}"], "running untouched untouched")
    running(api, "1", "IN_PROGRESS")
    rollout.advance()
    assert len(api.sent) == 1
    finished(api, "1")
    rollout.advance()
    assert (api.sent[1:], rollout.wave) == ([f"POST 2 {GOAL}", f"POST 3 {GOAL}"], 2)
    finished(api, "2")
    finished(api, "3")
    assert not rollout.has_ended()
    rollout.advance()
    assert (rollout.has_ended(), rollout.trouble, states(rollout)) == (True, None, "done done done")
    assert rollout.journal.done == [text("1"), text("2"), text("3")]


def test_a_pause_between_waves(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, pause=100)
    finished(api, "1")
    rollout.advance()
    assert (rollout.wave, rollout.interval) == (1, 100)
    assert rollout.progress().now == (
        "wave 1 of 2: 0 running, 1 done, 0 failed, 2 to go; the next wave begins after a pause of 100 seconds"
    )
    clock.seconds += 99.5
    rollout.advance()
    assert (rollout.wave, rollout.interval) == (1, 30)
    clock.seconds += 0.5
    rollout.advance()
    assert rollout.wave == 2


def test_there_is_no_pause_after_a_wave_in_which_nothing_was_updated(clock: Clock) -> None:
    api = fleet()
    api.trouble["POST"] = ApiError("no such version", "POST", "u", 400, "")
    rollout = begun(api, most_failures=1, pause=100)
    rollout.advance()
    assert (rollout.wave, states(rollout)) == (2, "failed running running")


def test_looks_are_rarer_the_longer_nothing_moves(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api)
    running(api, "1")
    intervals = []
    for seconds in (0, 300, 900, 3000, 10_000):
        clock.seconds = NOW / 1000 + seconds
        rollout.advance()
        intervals.append(rollout.interval)
    assert intervals == [30, 30, 90, 300, 300]


def test_too_many_failures_stop_it_and_cancel_what_waits(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, sizes=(3,))
    assert len(api.sent) == 3
    api.jobs["1"] = [job("FAILED", job_id="101", ended=0, error="disk full")]
    running(api, "2")
    running(api, "3", "IN_PROGRESS")
    rollout.advance()
    assert (api.sent[3:], states(rollout)) == (["DELETE 102"], "failed cancelled running")
    assert not rollout.has_ended(), "what updates is followed to its end"
    assert rollout.progress().now == "stopping: wave 1 of 1: 1 running, 0 done, 1 failed, 0 to go"
    assert list(rollout.progress().ended) == ["1"]
    finished(api, "3")
    rollout.advance()
    assert rollout.has_ended()
    assert isinstance(rollout.trouble, StateError)
    assert "1 of 3 ActiveGates failed in wave 1 of 1 or before, and max_failures is 0" in rollout.trouble.msg


def test_failures_that_are_allowed(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, most_failures=1)
    api.jobs["1"] = [job("FAILED", job_id="101", ended=0)]
    rollout.advance()
    assert (rollout.wave, states(rollout)) == (2, "failed running running")


def test_a_refused_post_is_judged_by_the_next_look(clock: Clock) -> None:
    api = fleet()
    api.trouble["POST"] = ApiError("no such version", "POST", "u", 400, "")
    rollout = begun(api)
    assert (states(rollout), rollout.trouble) == ("untouched untouched untouched", None)
    rollout.advance()
    assert rollout.tracks["1"].text == "no such version"
    assert (rollout.has_ended(), rollout.journal.done, rollout.journal.unknown) == (True, [], [])


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_post_is_settled_by_the_next_look(clock: Clock, is_there: bool) -> None:
    api = fleet()
    api.trouble["POST"] = lost()
    rollout = begun(api)
    assert (states(rollout), rollout.journal.unknown) == ("running untouched untouched", [text("1")])
    if is_there:
        running(api, "1")
    rollout.advance()
    assert rollout.journal.unknown == []
    assert (rollout.journal.done, len(api.sent)) == ([text("1")], 1 if is_there else 2)
    assert states(rollout) == "running untouched untouched"


def test_a_late_post_is_waited_for_and_then_has_failed(clock: Clock) -> None:
    api = fleet()
    api.trouble["POST"] = lost(is_late=True)
    rollout = begun(api)
    clock.seconds += 119
    rollout.advance()
    assert (states(rollout), len(api.sent)) == ("running untouched untouched", 1)
    clock.seconds += 1
    rollout.advance()
    assert (states(rollout), len(api.sent)) == ("failed untouched untouched", 1)
    assert rollout.has_ended()
    assert "may still come" in str(rollout.trouble)
    assert (rollout.journal.done, rollout.journal.unknown) == ([], [text("1")])


def test_a_late_post_that_comes_while_it_stops_is_cancelled(clock: Clock) -> None:
    api = fleet()
    api.trouble["POST"] = lost(is_late=True)
    rollout = begun(api, sizes=(3,))
    api.jobs["2"] = [job("FAILED", job_id="102", ended=0)]
    api.jobs["3"] = [job("SKIPPED", job_id="103", ended=0)]
    rollout.advance()
    assert not rollout.has_ended(), "the late one may still come"
    running(api, "1")
    rollout.advance()
    assert (api.sent[3:], states(rollout)) == (["DELETE 101"], "cancelled failed failed")
    assert rollout.has_ended()
    assert rollout.journal.unknown == []


@pytest.mark.parametrize("is_gone", [True, False])
def test_a_lost_cancellation_is_settled_by_the_next_look(clock: Clock, is_gone: bool) -> None:
    api = fleet()
    rollout = begun(api, sizes=(3,))
    api.jobs["1"] = [job("FAILED", job_id="101", ended=0)]
    running(api, "2")
    finished(api, "3")
    api.trouble["DELETE"] = lost(method="DELETE")
    rollout.advance()
    cancelled = f"update job 102 to version {GOAL} of ActiveGate 2 (ag-2) was cancelled"
    assert rollout.journal.unknown == [cancelled]
    if is_gone:
        del api.jobs["2"]
    rollout.advance()
    assert (rollout.journal.unknown, cancelled in rollout.journal.done) == ([], True)
    assert api.sent.count("DELETE 102") == (1 if is_gone else 2)
    assert states(rollout) == "failed cancelled done"


@pytest.mark.parametrize("error", [DOWN, ApiError("503", "GET", "u", 503, "")])
def test_an_api_that_is_away_is_borne(clock: Clock, error: Any) -> None:
    api = fleet()
    rollout = begun(api)
    running(api, "1")
    api.trouble["GET"] = error
    rollout.advance()
    assert rollout.progress().now.endswith(f"2 to go. The last request failed: {error.msg}")
    assert not rollout.has_ended()
    rollout.advance()
    assert rollout.progress().now.endswith("2 to go")


@pytest.mark.parametrize("error", [InputError("no token"), ApiError("403", "POST", "u", 403, ""), StoppedError("over")])
def test_an_error_that_concerns_all_ends_it_with_what_was_done(clock: Clock, error: Any) -> None:
    api = fleet()
    rollout = begun(api)
    finished(api, "1")
    api.trouble["POST"] = error
    rollout.advance()
    assert (rollout.has_ended(), rollout.trouble) == (True, error)
    assert rollout.tracks["2"].state == waves.UNTOUCHED
    assert text("1") in rollout.journal.done


def test_an_error_that_stays_counts_more_than_one_that_passes(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api)
    finished(api, "1")
    refused = ApiError("403", "POST", "u", 403, "")
    errors = [DOWN, refused]
    api.create_job = lambda *args: (_ for _ in ()).throw(errors.pop(0))  # type: ignore[method-assign]
    rollout.advance()
    assert rollout.trouble is refused
    assert rollout.tracks["2"].tries == 1


def test_the_time_is_up(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, sizes=(2, 1))
    running(api, "1")
    running(api, "2", "IN_PROGRESS")
    rollout.time_is_up()
    assert api.sent[2:] == ["DELETE 101"]
    assert (rollout.has_ended(), states(rollout)) == (True, "cancelled running untouched")
    assert str(rollout.trouble) == (
        "in wave 1 of 2 the time is up: 3 of 3 ActiveGates are not updated and back after 3600 seconds (wait_timeout); "
        f"ActiveGate 1 (ag-1): update job 101 to version {GOAL} is PENDING; "
        f"ActiveGate 2 (ag-2): update job 102 to version {GOAL} is IN_PROGRESS; 1 were not begun. "
        "What waited was cancelled, what updates goes on by itself"
    )


def test_the_time_is_up_for_what_has_begun_alone(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, sizes=(3,))
    finished(api, "1")
    running(api, "2", "IN_PROGRESS")
    finished(api, "3")
    rollout.time_is_up()
    assert "1 of 3 ActiveGates are not updated" in str(rollout.trouble)
    assert "not begun" not in str(rollout.trouble)


def test_the_time_is_up_while_nobody_can_look(clock: Clock) -> None:
    api = fleet()
    api.trouble["POST"] = lost()
    rollout = begun(api)
    api.trouble["GET"] = DOWN
    rollout.time_is_up()
    assert "ActiveGate 1 (ag-1): its update job may exist: POST u failed; 2 were not begun" in str(rollout.trouble)
    assert str(rollout.trouble).endswith("The last request failed: GET u failed")
    assert rollout.journal.unknown == [text("1")]


def test_what_ends_in_the_last_moment_has_ended(clock: Clock) -> None:
    api = fleet()
    rollout = begun(api, sizes=(3,))
    for activegate_id in "123":
        finished(api, activegate_id)
    rollout.time_is_up()
    assert (rollout.has_ended(), rollout.trouble) == (True, None)


def test_others_at_work_are_named(clock: Clock) -> None:
    api = fleet()
    api.gates.append(gate("9", group="z"))
    api.jobs["9"] = [job("IN_PROGRESS", job_id="99")]
    rollout = begun(api)
    rollout.advance()
    assert api.sent == [f"POST 1 {GOAL}"], "the first look did not show it"
    assert [member.id for member in rollout.made()] == ["1"]
    assert rollout.progress().now.endswith("; others at work: 1")
