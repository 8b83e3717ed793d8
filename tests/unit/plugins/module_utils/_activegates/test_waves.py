# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where ActiveGates of a rollout stand, and which are next, by values."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import fleet, waves
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.waves import LostPost, Sight, Track
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    TransportError,
)

from .values import GOAL, HIGHER, LOWER, MINUTE, NOW, OLD, TARGET, gate, job, member, sight

HALF_AN_HOUR = 30 * MINUTE
BACK = gate(version=GOAL)
AWAY = gate(is_online=False)
FOLLOWED = Track(waves.RUNNING, "t", "10", "PENDING", is_ours=True)


def judged(track: Track, seen: Sight, is_due: bool = True) -> Track:
    return waves.judged(member(), track, seen, is_due)


# Without a job


def test_what_needs_a_job_is_untouched() -> None:
    assert judged(Track(), sight(gate())) == Track()
    assert judged(Track(unseen=2, text="x"), sight(gate())) == Track()


def test_what_has_the_version_is_done() -> None:
    assert judged(Track(), sight(BACK)) == Track(waves.DONE, f"ActiveGate 1 (ag-1) has version {GOAL} already")


@pytest.mark.parametrize("state", [waves.DONE, waves.FAILED, waves.CANCELLED])
def test_what_has_ended_stays_so(state: str) -> None:
    assert judged(Track(state, "t"), sight(gate(), of1=[job()])) == Track(state, "t")


def test_a_job_to_the_target_is_followed() -> None:
    found = judged(Track(refusal="no"), sight(gate(), of1=[job("IN_PROGRESS")]))
    text = f"update job 10 to version {GOAL} is IN_PROGRESS"
    assert found == Track(waves.RUNNING, text, "10", "IN_PROGRESS")


def test_a_job_to_a_lower_version_blocks() -> None:
    found = judged(Track(refusal="no"), sight(gate(), of1=[job("PENDING", LOWER)]))
    assert (found.state, found.refusal, found.job_id) == (waves.BLOCKED, "", None)
    assert "is left alone" in found.text
    assert judged(found, sight(gate(), of1=[])).state == waves.UNTOUCHED


def test_a_refusal_counts_when_nobody_was_faster() -> None:
    assert judged(Track(refusal="no such version"), sight(gate())) == Track(
        waves.FAILED, "no such version", refusal="no such version"
    )
    assert judged(Track(refusal="running"), sight(gate(), of1=[job()])).state == waves.RUNNING


@pytest.mark.parametrize("seen", [sight(), sight(AWAY)], ids=["missing", "offline"])
def test_what_is_away_when_its_turn_comes_fails_at_the_third_look(seen: Sight) -> None:
    first = judged(Track(), seen)
    second = judged(first, seen)
    third = judged(second, seen)
    assert [track.state for track in (first, second, third)] == [waves.UNTOUCHED, waves.UNTOUCHED, waves.FAILED]
    assert [track.unseen for track in (first, second, third)] == [1, 2, 3]
    assert judged(second, sight(gate())) == Track()
    assert judged(second, seen, is_due=False).state == waves.UNTOUCHED


@pytest.mark.parametrize(("ended", "unseen"), [(29.9, 0), (30, 1)])
def test_what_may_be_restarting_after_a_job_of_others_is_waited_for(ended: float, unseen: int) -> None:
    for seen in (sight(of1=[job("FAILED", ended=ended)]), sight(AWAY, of1=[job("FAILED", ended=ended)])):
        assert judged(Track(), seen).unseen == unseen


# By its job


@pytest.mark.parametrize("state", ["PENDING", "SCHEDULED", "IN_PROGRESS"])
def test_a_running_job(state: str) -> None:
    found = judged(replace(FOLLOWED, unseen=2), sight(gate(), of1=[job(state)]))
    assert found == replace(FOLLOWED, text=f"update job 10 to version {GOAL} is {state}", job_state=state)


def test_a_job_that_succeeded_and_the_activegate_is_back() -> None:
    found = judged(FOLLOWED, sight(BACK, of1=[job("SUCCEED", ended=1)]))
    text = f"update job 10 succeeded, and the ActiveGate is back with version {GOAL}"
    assert found == replace(FOLLOWED, state=waves.DONE, text=text, job_state="SUCCEED")


@pytest.mark.parametrize("seen", [gate(), replace(BACK, is_online=False)], ids=["old version", "offline"])
def test_a_job_that_succeeded_and_the_activegate_is_not_back(seen: ActiveGate) -> None:
    found = judged(FOLLOWED, sight(seen, of1=[job("SUCCEED", ended=1)]))
    assert (found.state, found.text) == (waves.RUNNING, "update job 10 succeeded; the ActiveGate is not back yet")
    assert found.away_since_ms == NOW


@pytest.mark.parametrize("state", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_a_bad_end(state: str) -> None:
    ended = job(state, ended=1, error="disk full")
    found = judged(FOLLOWED, sight(gate(), of1=[ended]))
    assert (found.state, "disk full" in found.text) == (waves.FAILED, True)
    assert judged(replace(FOLLOWED, is_cancelled=True), sight(gate(), of1=[ended])).state == waves.CANCELLED
    assert judged(FOLLOWED, sight(BACK, of1=[ended])).state == waves.DONE, "somebody else has brought it there"


def test_only_its_own_job_counts() -> None:
    found = judged(FOLLOWED, sight(gate(), of1=[job("FAILED", job_id="11", ended=1), job("IN_PROGRESS")]))
    assert (found.state, found.job_state) == (waves.RUNNING, "IN_PROGRESS")


def test_a_job_that_is_gone_was_cancelled_at_the_third_look() -> None:
    tracks = [FOLLOWED]
    for dummy in range(3):
        tracks.append(judged(tracks[-1], sight(gate())))
    assert [track.state for track in tracks[1:]] == [waves.RUNNING, waves.RUNNING, waves.FAILED]
    assert tracks[-1].text == "update job 10 disappeared before it ended: somebody cancelled it"
    assert judged(tracks[2], sight(gate(), of1=[job()])).unseen == 0
    assert judged(tracks[2], sight(BACK)).state == waves.DONE


def test_a_job_that_is_gone_with_its_activegate_tells_nothing() -> None:
    found = judged(replace(FOLLOWED, unseen=2), sight())
    assert (found.state, found.unseen) == (waves.RUNNING, 2)


def test_a_job_that_is_gone_after_we_cancelled_it() -> None:
    found = judged(replace(FOLLOWED, is_cancelled=True), sight())
    assert (found.state, found.text) == (waves.CANCELLED, "update job 10 was cancelled before it began")


# Away for too long


@pytest.mark.parametrize(
    ("track", "seen"),
    [
        (FOLLOWED, sight(AWAY, of1=[job()])),
        (FOLLOWED, sight(of1=[job("IN_PROGRESS")])),
        (replace(FOLLOWED, job_state="SUCCEED"), sight(gate(), of1=[job("SUCCEED", ended=1)])),
        (replace(FOLLOWED, state=waves.DONE, job_state="SUCCEED"), sight(replace(BACK, is_online=False))),
        (replace(FOLLOWED, state=waves.DONE, job_state="SUCCEED"), sight(gate())),
        (replace(FOLLOWED, state=waves.DONE, job_state="SUCCEED"), sight()),
    ],
    ids=["pending", "in progress", "succeeded", "done, offline", "done, older", "done, missing"],
)
def test_half_an_hour_is_given(track: Track, seen: Sight) -> None:
    first = judged(track, seen)
    assert (first.state, first.away_since_ms) == (track.state, NOW)
    almost = judged(first, replace(seen, now_ms=NOW + HALF_AN_HOUR - 1))
    assert (almost.state, almost.away_since_ms) == (track.state, NOW)
    late = judged(almost, replace(seen, now_ms=NOW + HALF_AN_HOUR))
    assert late.state == waves.FAILED
    assert "for 30 minutes the ActiveGate has been " in late.text


def test_what_is_back_in_between_counts_anew() -> None:
    away = replace(FOLLOWED, away_since_ms=NOW - HALF_AN_HOUR)
    assert judged(away, sight(gate(), of1=[job()])).away_since_ms is None
    done = replace(FOLLOWED, state=waves.DONE, away_since_ms=NOW - HALF_AN_HOUR)
    assert judged(done, sight(gate(version=HIGHER))).away_since_ms is None


def test_what_was_not_updated_may_go_away() -> None:
    done = Track(waves.DONE, "has it")
    assert judged(done, sight()) == done


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (ActiveGate.out_of_sight("1"), "out of sight"),
        (gate(), f"online with version {OLD}"),
        (AWAY, f"offline with version {OLD}"),
    ],
)
def test_whereabouts(seen: ActiveGate, said: str) -> None:
    assert waves.whereabouts(seen) == said


# What an answer means


def lost(is_late: bool) -> LostAnswerError:
    return LostAnswerError("POST u failed", "POST", "u", is_late)


def answered(status: int) -> ApiError:
    return ApiError(f"status {status}", "POST", "u", status, "")


def test_a_post_that_made_a_job() -> None:
    before = Track(tries=2, refusal="x", unseen=1)
    assert waves.after_post(before, job(), [], NOW, 3) == Track(
        waves.RUNNING, f"update job 10 to version {GOAL} is PENDING", "10", "PENDING", is_ours=True
    )


@pytest.mark.parametrize("status", [400, 404, 409])
def test_a_post_that_was_refused_is_judged_by_the_next_look(status: int) -> None:
    assert waves.after_post(Track(), answered(status), [], NOW, 3) == Track(refusal=f"status {status}")


@pytest.mark.parametrize("error", [answered(429), answered(503), TransportError("no connection", "POST", "u")])
def test_a_post_that_was_not_carried_out_is_tried_as_often_as_wanted(error: Any) -> None:
    assert waves.after_post(Track(), error, [], NOW, 1) == Track(tries=1)
    assert waves.after_post(Track(tries=1), error, [], NOW, 1) == Track(tries=2, refusal=error.msg)


@pytest.mark.parametrize("answer", [answered(401), answered(403), answered(413), None])
def test_an_error_that_concerns_all_says_nothing_of_one(answer: Any) -> None:
    assert waves.after_post(Track(), answer, [], NOW, 3) == Track()


def test_a_post_whose_answer_was_lost_may_have_made_a_job() -> None:
    error = lost(False)
    error.msg += ". Whether it was created is unknown"
    found = waves.after_post(Track(), error, [job("FAILED", job_id="9", ended=3)], NOW, 1)
    assert found == Track(
        waves.RUNNING,
        "its update job may exist: POST u failed",
        is_ours=True,
        tries=1,
        lost=LostPost(error.msg, "9", None, False),
    )
    again = waves.after_post(replace(found, state=waves.UNTOUCHED), error, [], NOW, 1)
    assert again.lost == LostPost(error.msg, None, None, True)
    late = waves.after_post(Track(), lost(True), [], NOW, 1)
    assert late.lost == LostPost("POST u failed", None, NOW + 120_000, False)


LOST = Track(waves.RUNNING, "may exist", is_ours=True, tries=1, lost=LostPost("lost", "9"))
LATE = replace(LOST, lost=LostPost("lost", "9", NOW + 120_000))


@pytest.mark.parametrize("track", [LOST, LATE])
@pytest.mark.parametrize(
    ("found", "state"),
    [(job(), waves.RUNNING), (job("FAILED", ended=0), waves.FAILED), (job(target=HIGHER), waves.RUNNING)],
)
def test_a_lost_job_that_is_found_is_followed(track: Track, found: Job, state: str) -> None:
    seen = judged(track, sight(gate(), of1=[found, job("FAILED", job_id="9", ended=9)]))
    assert (seen.state, seen.job_id, seen.lost, seen.is_ours) == (state, "10", None, True)
    assert waves.is_created(seen) is True


@pytest.mark.parametrize("others", [[], [job("FAILED", job_id="9", ended=9)], [job("FAILED", LOWER, ended=1)]])
def test_a_lost_job_that_is_not_there_may_be_sent_again(others: list[Job]) -> None:
    seen = judged(LOST, sight(gate(), of1=others))
    assert seen == Track(tries=1)
    assert waves.is_created(seen) is False


def test_a_lost_job_is_not_sent_again_for_ever() -> None:
    seen = judged(replace(LOST, lost=LostPost("lost", is_last=True)), sight(gate()))
    assert (seen.state, seen.text, waves.is_created(seen)) == (waves.FAILED, "lost", None)


def test_a_late_job_is_waited_for() -> None:
    assert judged(LATE, sight(gate(), now=NOW + 119_999)) == LATE
    assert waves.is_created(LATE) is None
    seen = judged(LATE, sight(gate(), now=NOW + 120_000))
    assert seen.state == waves.FAILED
    assert seen.text == (
        "lost. It was not there 120 seconds later and was not sent again, since it may still come: run the task again to see"
    )
    assert waves.is_created(seen) is None


@pytest.mark.parametrize("track", [LOST, LATE])
def test_a_lost_job_while_the_activegate_is_out_of_sight_is_not_taken_for_nothing(track: Track) -> None:
    first = judged(track, sight())
    assert (first.state, first.lost, first.unseen) == (waves.RUNNING, track.lost, 1)
    third = judged(judged(first, sight()), sight())
    assert (third.state, third.text.startswith("lost; and there is no ActiveGate 1")) == (waves.FAILED, True)


def test_a_lost_job_whose_activegate_has_the_version_is_done() -> None:
    seen = judged(LATE, sight(BACK))
    assert (seen.state, seen.lost, waves.is_created(seen)) == (waves.DONE, None, True)


def test_a_job_that_was_cancelled() -> None:
    found = waves.after_cancellation(FOLLOWED, job(), job())
    text = f"update job 10 to version {GOAL} was cancelled before it began"
    assert found == replace(FOLLOWED, state=waves.CANCELLED, text=text, is_cancelled=True)
    failed = waves.after_cancellation(replace(FOLLOWED, state=waves.FAILED), job(), job())
    assert (failed.state, failed.text, failed.is_cancelled) == (waves.FAILED, "t. It was cancelled", True)


def test_a_cancellation_that_is_lost_or_refused() -> None:
    assert waves.after_cancellation(FOLLOWED, job(), lost(False)) == replace(FOLLOWED, is_cancelled=True)
    for answer in (answered(400), answered(409), answered(403), None):
        assert waves.after_cancellation(FOLLOWED, job(), answer) == FOLLOWED


def test_whether_a_cancelled_job_is_gone() -> None:
    assert waves.is_gone(member(), FOLLOWED, sight(gate()))
    assert waves.is_gone(member(), FOLLOWED, sight(gate(), of1=[job("SKIPPED", ended=0)]))
    assert not waves.is_gone(member(), FOLLOWED, sight(gate(), of1=[job()]))


# What is next


def test_a_wave_is_over_when_all_have_ended_and_are_back() -> None:
    done, failed = replace(FOLLOWED, state=waves.DONE), Track(waves.FAILED)
    members = [member("1"), member("2")]
    back = gate("2", GOAL)
    assert waves.is_over(members, {"1": failed, "2": done}, sight(back))
    assert not waves.is_over(members, {"1": FOLLOWED, "2": done}, sight(back))
    assert not waves.is_over(members, {"1": failed, "2": done}, sight())
    assert not waves.is_over(members, {"1": failed, "2": done}, sight(replace(back, is_online=False)))
    assert not waves.is_over(members, {"1": failed, "2": done}, sight(gate("2", LOWER)))
    assert waves.is_over(members, {"1": failed, "2": Track(waves.DONE)}, sight())


def startable(seen: Sight, size: int, one_per_pool: bool = False, **tracks: Track) -> list[str]:
    members = [member("1"), member("2"), member("3")]
    all_tracks = {"1": Track(), "2": Track(), "3": Track(), **{name[2:]: track for name, track in tracks.items()}}
    return [found.id for found in waves.startable(members, all_tracks, seen, size, one_per_pool)]


def test_no_more_than_the_wave_is_large() -> None:
    gates = [gate("1"), gate("2", group="g"), gate("3", group="h")]
    assert startable(sight(*gates), 2) == ["1", "2"]
    assert startable(sight(*gates), 3) == ["1", "2", "3"]
    assert startable(sight(*gates, of1=[job()]), 2, of1=FOLLOWED) == ["2"]
    assert startable(sight(*gates), 2, of1=LATE) == ["2"], "what may have a job counts"
    assert startable(sight(*gates, gate("9"), of9=[job("IN_PROGRESS")]), 2) == ["1"], "others count too"
    assert startable(sight(*gates, gate("9"), of9=[job("SUCCEED", ended=1)]), 2) == ["1", "2"]
    assert startable(sight(*gates), 0) == []


def test_only_what_is_untouched_and_online() -> None:
    gates = [gate("1", is_online=False), gate("3")]
    assert startable(sight(*gates), 3) == ["3"]
    for state in (waves.BLOCKED, waves.DONE, waves.FAILED, waves.CANCELLED):
        assert startable(sight(gate("1"), gate("2"), gate("3")), 3, of2=Track(state)) == ["1", "3"]


def test_one_of_a_pool_at_a_time() -> None:
    gates = [gate("1"), gate("2"), gate("3", group="other")]
    assert startable(sight(*gates), 3, one_per_pool=True) == ["1", "3"]
    assert startable(sight(*gates, gate("9", group="other"), of9=[job()]), 4, one_per_pool=True) == ["1"]


def test_who_is_busy() -> None:
    seen = sight(gate("1"), gate("2", is_online=False), gate("3", is_online=False), of1=[job()], of2=[job()])
    assert seen.busy() == {"1"}, "a job that waits for an ActiveGate that is away is in nobody's way"
    seen = sight(gate("3", is_online=False), of3=[job("IN_PROGRESS")], of4=[job("IN_PROGRESS", updateType="SYNTHETIC")])
    assert seen.busy() == {"3"}
    assert waves.updating({}, seen) == {"3"}
    assert waves.updating({"3": FOLLOWED}, seen) == {"3"}
    assert waves.updating({"3": Track(waves.FAILED)}, seen) == set()
    assert waves.updating({"3": Track(waves.FAILED)}, sight(gate("3"), of3=[job("IN_PROGRESS")])) == {"3"}


@pytest.mark.parametrize(
    ("track", "found", "is_stopping", "is_cancelled"),
    [
        (FOLLOWED, job(), True, True),
        (FOLLOWED, job(), False, False),
        (FOLLOWED, job("SCHEDULED"), True, True),
        (FOLLOWED, job("IN_PROGRESS"), True, False),
        (FOLLOWED, job("IN_PROGRESS", cancelable=True), True, False),
        (FOLLOWED, job(cancelable=False), True, False),
        (FOLLOWED, job("FAILED", ended=0, cancelable=True), True, False),
        (FOLLOWED, job(job_id="11"), True, False),
        (replace(FOLLOWED, state=waves.FAILED), job(), False, True),
        (replace(FOLLOWED, state=waves.DONE), job(), True, False),
        (replace(FOLLOWED, is_ours=False), job(), True, True),
        (replace(FOLLOWED, is_ours=False), job(target=HIGHER), True, False),
        (replace(FOLLOWED, is_ours=False), job(updateMethod="AUTOMATIC"), True, False),
        (FOLLOWED, job(updateMethod="AUTOMATIC"), True, True),
        (LATE, job(), True, False),
    ],
)
def test_what_is_cancelled(track: Track, found: Job, is_stopping: bool, is_cancelled: bool) -> None:
    chosen = waves.cancellable([member()], {"1": track}, sight(gate(), of1=[found]), is_stopping)
    assert chosen == ([(member(), found)] if is_cancelled else [])


def test_counts() -> None:
    states = [waves.DONE, waves.DONE, waves.RUNNING, waves.FAILED, waves.CANCELLED, waves.UNTOUCHED, waves.BLOCKED]
    assert waves.counts(Track(state) for state in states) == {
        "done": 2,
        "running": 1,
        "failed": 1,
        "cancelled": 1,
        "untouched": 2,
    }


# Who is in which wave


def test_what_was_updated_comes_first_and_what_has_the_version_otherwise_last() -> None:
    members = [member(str(number), 0) for number in range(1, 6)]
    tracks = {
        "1": Track(),
        "2": Track(waves.DONE),
        "3": replace(FOLLOWED),
        "4": Track(waves.DONE),
        "5": Track(waves.BLOCKED),
    }
    seen = sight(of4=[job("SUCCEED", ended=90)], of2=[job("SUCCEED", LOWER, ended=90)])
    lined_up = waves.lined_up(members, tracks, seen, fleet.batches(["1", "2"]))
    assert [(found.id, found.wave) for found in lined_up] == [("4", 1), ("3", 2), ("1", 2), ("5", 3), ("2", 3)]


def test_what_a_fleet_is_called() -> None:
    assert waves.title([member("1"), member("2")], Target("latest")) == f"fleet of 2 ActiveGates to {GOAL}"
    other = replace(member("3"), target=Target("latest", HIGHER))
    assert waves.title([member("1"), other], Target("latest")) == "fleet of 2 ActiveGates to latest"
    assert waves.title([], TARGET) == f"fleet of 0 ActiveGates to {GOAL}"
