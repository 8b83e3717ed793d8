# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One thing: what is sent again, what is only looked for, and what the journal knows in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import Journal
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import (
    ALWAYS,
    LATE_WRITE_SECONDS,
    NEVER,
    UNLESS_LATE,
    Policy,
    reconcile,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    OvertakenError,
    StateError,
    TransportError,
)

from tests.support.clock import Clock

TEXT = "it was written"


def lost(method: str = "PUT", may_be_late: bool = False) -> LostAnswerError:
    return LostAnswerError(f"{method} u failed", method, "u", may_be_late)


def refused(status: int) -> ApiError:
    return ApiError(f"status {status}", "PUT", "u", status, "")


@dataclass(frozen=True)
class Plan:
    action: str
    seen: str


@dataclass
class World:
    """A task, and what the server holds. ``script``: for each write, what it leaves there and how it ends (an error, or None).

    ``later``: what is there from so many looks on.
    """

    script: list[tuple[Any, Exception | None]]
    there: Any = "old"
    retries: int = 3
    later: tuple[int, str] | None = None
    waits: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    @property
    def client(self) -> Any:
        return self

    def wait_before_retry(self, attempt: int) -> None:
        self.waits.append(attempt)

    def gather(self) -> str:
        self.log.append("read")
        if self.later and self.log.count("read") >= self.later[0]:
            self.there = self.later[1]
        if isinstance(self.there, Exception):
            raise self.there
        return str(self.there)

    def plan(self, seen: str) -> Plan:
        return Plan("none" if seen == "wanted" else "update", seen)

    def apply(self, planned: Plan) -> str:
        return self.journal.write(TEXT, self.send)

    def send(self) -> str:
        self.log.append("write")
        left, error = self.script.pop(0)
        if left is not None:
            self.there = left
        if error is not None:
            raise error
        return "written"

    def run(self, **policy: Any) -> tuple[Plan, str | None]:
        done = reconcile(self, self.gather, self.plan, self.apply, Policy(**policy))
        return done.plan, done.value

    def fails(self, **policy: Any) -> CollectionError:
        with pytest.raises(CollectionError) as caught:
            self.run(**policy)
        return caught.value


def test_nothing_to_do() -> None:
    world = World([], there="wanted")
    assert world.run() == (Plan("none", "wanted"), None)
    assert world.log == ["read"]


def test_the_plain_way() -> None:
    world = World([("wanted", None)])
    assert world.run() == (Plan("update", "old"), "written")
    assert (world.log, world.waits) == (["read", "write"], [])


@pytest.mark.parametrize("retries", [0, 3])
def test_a_lost_write_that_had_arrived_is_reported_as_planned(retries: int) -> None:
    """Looking again is no retry, so that it is done without any as well."""
    world = World([("wanted", lost())], retries=retries)
    assert world.run() == (Plan("update", "old"), None)
    assert (world.log, world.waits) == (["read", "write", "read"], [0])


def test_a_lost_write_that_had_not_arrived_is_sent_again() -> None:
    world = World([(None, lost()), ("wanted", None)])
    assert world.run() == (Plan("update", "old"), "written")
    assert world.log == ["read", "write"] * 2


def test_the_first_plan_is_what_happened_although_a_later_one_saw_part_of_it() -> None:
    world = World([("half", lost()), ("wanted", lost())])
    assert world.run() == (Plan("update", "old"), None)


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_lost_again_and_again(retries: int) -> None:
    world = World([(None, lost()) for dummy in range(9)], retries=retries)
    with pytest.raises(LostAnswerError):
        world.run()
    assert world.log == ["read", "write"] * (retries + 1) + ["read"]
    assert world.waits == list(range(retries + 1))


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize("retries_conflict", [True, False])
def test_the_echo_of_our_own_lost_write_is_no_error(status: int, retries_conflict: bool) -> None:
    """It was still under way when everything was read again, and had arrived when it was sent again."""
    world = World([(None, lost()), ("wanted", refused(status))])
    assert world.run(retries_conflicts=retries_conflict) == (Plan("update", "old"), None)
    assert world.log == ["read", "write"] * 2 + ["read"]


def test_a_conflict_is_planned_anew() -> None:
    world = World([("other", refused(409)), ("wanted", None)])
    assert world.run() == (Plan("update", "other"), "written")
    assert world.log == ["read", "write"] * 2


def test_after_a_conflict_somebody_else_may_have_done_it() -> None:
    world = World([("wanted", refused(409))])
    assert world.run() == (Plan("none", "wanted"), None)


def test_a_conflict_may_be_an_error() -> None:
    world = World([("other", refused(409))])
    with pytest.raises(ApiError, match="409"):
        world.run(retries_conflicts=False)
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("retries", [0, 2])
def test_conflicts_have_an_end(retries: int) -> None:
    world = World([(None, refused(409))] * 9, retries=retries)
    with pytest.raises(ApiError, match="409"):
        world.run()
    assert world.log.count("write") == retries + 1


def test_what_is_gone_meanwhile_is_planned_anew() -> None:
    world = World([("nothing", refused(404)), ("wanted", None)])
    assert world.run() == (Plan("update", "nothing"), "written")


def test_the_same_plan_twice_gone_is_final() -> None:
    world = World([(None, refused(404))] * 9)
    with pytest.raises(ApiError, match="404"):
        world.run()
    assert world.log == ["read", "write"] * 2


def test_what_is_gone_may_be_an_error() -> None:
    world = World([("nothing", refused(404))])
    with pytest.raises(ApiError, match="404"):
        world.run(retries_conflicts=False)
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("status", [400, 403, 503])
def test_other_refusals_are_final(status: int) -> None:
    world = World([(None, refused(status))] * 2)
    with pytest.raises(ApiError, match=str(status)):
        world.run()
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("status", [400, 403])
def test_other_refusals_are_final_after_a_lost_write_too(status: int) -> None:
    world = World([(None, lost()), (None, refused(status))])
    with pytest.raises(ApiError, match=str(status)):
        world.run()


@pytest.mark.parametrize("error", [TransportError("GET u failed", "GET", "u"), StateError("GET u failed")])
def test_that_a_write_was_lost_is_said_even_when_the_second_look_fails(error: Exception) -> None:
    world = World([(error, lost())])
    caught = world.fails()
    assert isinstance(caught, LostAnswerError)
    assert caught.msg == "PUT u failed. Whether it was written is unknown, and a second look failed: GET u failed"
    assert caught.method == "PUT"


def test_a_read_that_fails_at_first_is_left_as_it_is() -> None:
    error = TransportError("GET u failed", "GET", "u")
    with pytest.raises(TransportError) as caught:
        World([], there=error).run()
    assert caught.value is error


def test_a_bug_is_left_as_it_is() -> None:
    with pytest.raises(KeyError):
        World([(None, KeyError("x"))]).run()


# --- what may be sent again


@pytest.mark.parametrize("repeat", [ALWAYS, UNLESS_LATE, NEVER])
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize("may_be_late", [True, False])
def test_a_lost_write_that_is_not_there(clock: Clock, repeat: str, method: str, may_be_late: bool) -> None:
    world = World([(None, lost(method, may_be_late)), ("wanted", None)])
    cannot_double = repeat == UNLESS_LATE and (method == "PUT" or not may_be_late)
    if repeat == ALWAYS or cannot_double:
        assert world.run(repeat=repeat) == (Plan("update", "old"), "written")
        assert world.log == ["read", "write"] * 2
        assert clock.pauses == []
    else:
        error = world.fails(repeat=repeat)
        assert isinstance(error, LostAnswerError)
        assert "was not sent again, since it may still come: run the task again to see" in error.msg
        assert world.log.count("write") == 1
        assert sum(clock.pauses) == (LATE_WRITE_SECONDS if may_be_late else 0)
        assert (world.journal.has_changed, world.journal.unknown) == (False, [TEXT])


def test_a_late_write_that_comes_in_time(clock: Clock) -> None:
    world = World([(None, lost("POST", may_be_late=True))], later=(4, "wanted"))
    assert world.run(repeat=UNLESS_LATE) == (Plan("update", "old"), None)
    assert (world.log, clock.pauses) == (["read", "write", "read", "read", "read"], [1, 2])
    assert (world.journal.done, world.journal.unknown) == ([TEXT], [])


def test_the_looks_for_a_late_write_have_growing_pauses(clock: Clock) -> None:
    World([(None, lost("POST", may_be_late=True))]).fails(repeat=UNLESS_LATE)
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 57]


def test_a_failed_look_for_a_late_write_keeps_the_loss(clock: Clock) -> None:
    world = World([(StateError("no"), lost("POST", may_be_late=True))])
    assert world.fails(repeat=UNLESS_LATE).msg == (
        "POST u failed. Whether it was written is unknown, and a second look failed: no"
    )
    assert (world.journal.unknown, clock.pauses) == ([TEXT], [])


# --- what the journal knows


def test_a_lost_write_that_is_there_is_done() -> None:
    world = World([("wanted", lost())])
    world.run()
    assert (world.journal.done, world.journal.unknown) == ([TEXT], [])


def test_a_lost_write_that_is_sent_again_was_not_done() -> None:
    world = World([(None, lost()), (None, refused(400))])
    assert world.fails().msg == "status 400"
    assert (world.journal.done, world.journal.unknown) == ([], [])


def test_a_late_write_that_is_sent_again_may_have_been_done() -> None:
    world = World([(None, lost(may_be_late=True)), (None, refused(400))])
    world.fails()
    assert (world.journal.done, world.journal.unknown) == ([], [TEXT])


def test_the_last_loss_of_several_is_unknown() -> None:
    world = World([(None, lost()) for dummy in range(9)], retries=1)
    world.there = "old"
    world.fails()
    assert (world.journal.done, world.journal.unknown) == ([], [TEXT])


# --- somebody else was faster


def test_overtaken_looks_once_more_without_a_retry() -> None:
    world = World([("wanted", OvertakenError(refused(400)))], retries=0)
    assert world.run() == (Plan("none", "wanted"), None)
    assert world.waits == []


def test_overtaken_by_nobody_is_the_refusal() -> None:
    world = World([(None, OvertakenError(refused(400))), (None, OvertakenError(refused(400)))])
    assert world.fails().msg == "status 400"
    assert world.log == ["read", "write"] * 2


def test_a_room_may_pause_as_it_likes_after_a_conflict() -> None:
    seen: list[tuple[str, int]] = []
    world = World([(None, refused(409)), ("other", refused(423)), ("wanted", None)])
    world.run(conflicts=(409, 423), pause=lambda error, count: seen.append((error.msg, count)))
    assert seen == [("status 409", 0), ("status 423", 1)]
    assert world.waits == []
