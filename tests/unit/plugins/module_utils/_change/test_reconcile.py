# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change import reconcile as engine
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import (
    DONE,
    NOT_DONE,
    UNKNOWN,
    Journal,
)
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import (
    ALWAYS,
    LATE_WRITE_SECONDS,
    NEVER,
    UNLESS_LATE,
    LateWrite,
    Policy,
    Reconciled,
    not_there,
    reconcile,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    OvertakenError,
    StateError,
    StoppedError,
    TransportError,
)

from tests.support.clock import Clock

WANTED = "wanted"


def reset() -> LostAnswerError:
    """The connection broke: the server is not at work on it any more."""
    return LostAnswerError("PUT u failed", "PUT", "u")


def late() -> LostAnswerError:
    """No answer in time: the server may still be at work on it."""
    return LostAnswerError("POST u failed", "POST", "u", may_be_late=True)


def refused(status: int, method: str = "PUT") -> ApiError:
    return ApiError(f"status {status}", method, "u", status, "")


def overtaken(status: int = 400) -> OvertakenError:
    return OvertakenError(refused(status, "POST"))


@dataclass(frozen=True)
class Plan:
    action: str
    seen: str


@dataclass
class World:
    """What the server holds, and what becomes of it.

    ``script``: for each write, what it leaves there (None: what was there) and how it ends (an error; None: well). ``arrives``: what is
    there by itself from that many looks on. ``there`` may be an error, which a look then meets.
    """

    script: list[tuple[Any, Callable[[], Exception] | Exception | None]]
    there: Any = "old"
    retries: int = 3
    arrives: dict[int, Any] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    @property
    def client(self) -> World:
        return self

    def wait_before_retry(self, attempt: int) -> None:
        self.waits.append(attempt)

    def gather(self) -> str:
        self.log.append("read")
        self.there = self.arrives.get(self.log.count("read"), self.there)
        if isinstance(self.there, Exception):
            raise self.there
        return str(self.there)

    def plan(self, seen: str) -> Plan:
        actions = {WANTED: "none", "nothing": "create"}
        return Plan(actions.get(seen, "update"), seen)

    def apply(self, planned: Plan) -> str:
        self.log.append("write")
        return self.journal.write(f"{planned.action} {self.log.count('write')}", self._send)

    def _send(self) -> str:
        left, end = self.script.pop(0)
        if left is not None:
            self.there = left
        if end is not None:
            raise end if isinstance(end, Exception) else end()
        return "written"

    def run(self, **options: Any) -> Reconciled[Plan, str]:
        return reconcile(self, self.gather, self.plan, self.apply, Policy(**options) if options else None)  # type: ignore[arg-type]

    @property
    def states(self) -> list[str]:
        return [entry.state for entry in self.journal._entries]


OLD, THERE = Plan("update", "old"), Plan("none", WANTED)


# ---- the plain way


def test_nothing_to_do() -> None:
    world = World([], there=WANTED)
    assert world.run() == Reconciled(THERE, None, THERE)
    assert world.log == ["read"]


def test_one_write() -> None:
    world = World([(WANTED, None)])
    assert world.run() == Reconciled(OLD, "written", OLD)
    assert (world.log, world.waits, world.states) == (["read", "write"], [], [DONE])


def test_a_value_may_be_none() -> None:
    """It is not taken for a reason to look again."""
    world = World([])
    assert reconcile(world, world.gather, world.plan, lambda planned: None) == Reconciled(OLD, None, OLD)  # type: ignore[arg-type]
    assert world.log == ["read"]


def test_a_read_that_fails_at_first_is_left_as_it_is() -> None:
    error = TransportError("GET u failed", "GET", "u")
    with pytest.raises(TransportError) as caught:
        World([], there=error).run()
    assert caught.value is error


def test_a_bug_is_left_as_it_is() -> None:
    with pytest.raises(KeyError):
        World([(None, KeyError("x"))]).run()


@pytest.mark.parametrize("error", [StateError("no"), TransportError("PUT u failed", "PUT", "u"), StoppedError("over")])
def test_other_errors_are_final(error: Exception) -> None:
    world = World([(None, error)])
    with pytest.raises(type(error)) as caught:
        world.run()
    assert caught.value is error
    assert (world.log, world.states) == (["read", "write"], [NOT_DONE])


# ---- lost answers


@pytest.mark.parametrize("retries", [0, 3])
@pytest.mark.parametrize("lost", [reset, late])
@pytest.mark.parametrize("repeat", [ALWAYS, UNLESS_LATE, NEVER])
def test_a_lost_write_that_had_arrived_is_reported_as_planned(
    clock: Clock, retries: int, lost: Callable[[], Exception], repeat: str
) -> None:
    """Looking again is not a retry, so that it is done without any as well."""
    world = World([(WANTED, lost)], retries=retries)
    assert world.run(repeat=repeat) == Reconciled(OLD, None, THERE)
    assert (world.log, world.waits, world.states) == (["read", "write", "read"], [0], [DONE])
    assert clock.pauses == []


@pytest.mark.parametrize(("lost", "repeat"), [(reset, ALWAYS), (late, ALWAYS), (reset, UNLESS_LATE)])
def test_a_lost_write_that_had_not_arrived_is_sent_again(
    clock: Clock, lost: Callable[[], Exception], repeat: str
) -> None:
    world = World([(None, lost), (WANTED, None)])
    assert world.run(repeat=repeat) == Reconciled(OLD, "written", OLD)
    assert world.log == ["read", "write"] * 2
    # What took its place is done; that it was sent twice is no more to be said.
    assert world.states == [NOT_DONE, DONE]
    assert world.journal.explained("later failure") == "later failure. Before that, update 2"
    assert clock.pauses == []


def test_the_first_plan_is_what_happened_although_a_later_one_saw_part_of_it() -> None:
    world = World([("half", reset), (WANTED, reset)])
    assert world.run() == Reconciled(OLD, None, THERE)
    assert world.states == [NOT_DONE, DONE]


def test_what_followed_on_a_lost_creation() -> None:
    """It is there now, and was not before: the creation was carried out, and something else is needed."""
    world = World([("half", reset), (WANTED, None)], there="nothing")
    assert world.run() == Reconciled(Plan("create", "nothing"), "written", Plan("update", "half"))
    assert world.states == [DONE, DONE]


@pytest.mark.parametrize("retries", [0, 1, 4])
@pytest.mark.parametrize("lost", [reset, late])
def test_lost_again_and_again(retries: int, lost: Callable[[], Exception]) -> None:
    world = World([(None, lost)] * 9, retries=retries)
    with pytest.raises(LostAnswerError) as caught:
        world.run()
    assert world.log == ["read", "write"] * (retries + 1) + ["read"]
    assert world.waits == list(range(retries + 1))
    assert world.states[-1] == UNKNOWN
    assert world.states[:-1] == [NOT_DONE if lost is reset else UNKNOWN] * retries
    assert f"update {retries + 1} is unknown" in caught.value.msg


def test_the_last_look_counts_even_when_all_tries_are_used_up() -> None:
    world = World([(None, reset), (WANTED, reset)], retries=1)
    assert world.run() == Reconciled(OLD, None, THERE)


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize("retries_conflicts", [True, False])
@pytest.mark.parametrize("lost", [reset, late])
def test_the_echo_of_our_own_lost_write_is_no_error(
    status: int, retries_conflicts: bool, lost: Callable[[], Exception]
) -> None:
    """It was still under way when everything was read again, and had arrived when it was sent again."""
    world = World([(None, lost), (WANTED, refused(status))])
    assert world.run(retries_conflicts=retries_conflicts) == Reconciled(OLD, None, THERE)
    assert world.log == ["read", "write"] * 2 + ["read"]
    assert world.states == [DONE, NOT_DONE]


@pytest.mark.parametrize("status", [400, 403])
def test_other_refusals_are_final_after_a_lost_write_too(status: int) -> None:
    world = World([(None, reset), (None, refused(status))])
    with pytest.raises(ApiError, match=str(status)):
        world.run()
    assert world.states == [NOT_DONE, NOT_DONE]


def test_a_refusal_after_a_write_that_may_come_late_does_not_deny_it() -> None:
    world = World([(None, late), (None, refused(400))])
    with pytest.raises(ApiError):
        world.run()
    assert world.states == [UNKNOWN, NOT_DONE]


@pytest.mark.parametrize(
    "error", [TransportError("GET u failed", "GET", "u"), StateError("GET u failed"), refused(403, "GET")]
)
def test_that_a_write_was_lost_is_said_even_when_the_second_look_fails(error: CollectionError) -> None:
    world = World([(error, reset)])
    with pytest.raises(
        LostAnswerError, match=f"Whether update 1 is unknown, and a second look failed: {error.msg}"
    ) as caught:
        world.run()
    assert caught.value.method == "PUT"
    assert caught.value.__cause__ is error
    assert world.states == [UNKNOWN]


def test_a_third_look_that_fails_does_not_deny_what_the_second_one_did_not_see() -> None:
    world = World([(None, reset), (StateError("gone"), refused(409))])
    with pytest.raises(LostAnswerError, match="Whether update 1 is unknown, and a second look failed: gone"):
        world.run()
    assert world.states == [UNKNOWN, NOT_DONE]


# ---- writes that may come late


def test_a_late_write_is_looked_for_and_not_sent_again(clock: Clock) -> None:
    world = World([(None, late)], there="nothing", arrives={5: WANTED})
    assert world.run(repeat=UNLESS_LATE) == Reconciled(Plan("create", "nothing"), None, THERE)
    assert world.log == ["read", "write", "read", "read", "read", "read"]
    assert clock.pauses == [1, 2, 4]
    assert world.states == [DONE]


@pytest.mark.parametrize("repeat", [UNLESS_LATE, NEVER])
def test_a_late_write_that_does_not_come(clock: Clock, repeat: str) -> None:
    world = World([(None, late)], there="nothing")
    with pytest.raises(LostAnswerError) as caught:
        world.run(repeat=repeat)
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 57]
    assert sum(clock.pauses) == LATE_WRITE_SECONDS == 120
    assert world.log == ["read", "write"] + ["read"] * 8
    assert "Whether create 1 is unknown. It was not there 120 seconds later and was not sent again" in caught.value.msg
    assert world.states == [UNKNOWN]


def test_what_must_never_be_sent_twice_is_not_even_after_a_reset(clock: Clock) -> None:
    world = World([(None, reset)], there="nothing")
    with pytest.raises(LostAnswerError, match="It was not there afterwards and was not sent again"):
        world.run(repeat=NEVER)
    assert (world.log, clock.pauses) == (["read", "write", "read"], [])


@pytest.mark.parametrize("repeat", [UNLESS_LATE, NEVER])
@pytest.mark.parametrize("lost", [reset, late])
def test_another_action_is_no_repetition(clock: Clock, repeat: str, lost: Callable[[], Exception]) -> None:
    """The lost creation has arrived, but something is left to do."""
    world = World([("half", lost), (WANTED, None)], there="nothing")
    assert world.run(repeat=repeat) == Reconciled(Plan("create", "nothing"), "written", Plan("update", "half"))
    assert clock.pauses == []


@pytest.mark.parametrize(("method", "is_waited_for"), [("DELETE", True), ("POST", False)])
def test_a_policy_says_which_methods_must_not_come_late(clock: Clock, method: str, is_waited_for: bool) -> None:
    lost = LostAnswerError(f"{method} u failed", method, "u", may_be_late=True)
    world = World([(None, lambda: lost), (WANTED, None)], there="nothing", arrives={5: WANTED})
    world.run(repeat=UNLESS_LATE, late_methods=("DELETE",))
    assert world.log.count("write") == (1 if is_waited_for else 2)
    assert clock.pauses == ([1, 2, 4] if is_waited_for else [])


def test_each_late_write_has_its_own_time(clock: Clock) -> None:
    world = World([(None, late), (None, late)], there="nothing", arrives={9: "half"})
    with pytest.raises(LostAnswerError, match="update 2"):
        world.run(repeat=UNLESS_LATE)
    assert clock.pauses == [1, 2, 4, 8, 16, 32, 57, 1, 2, 4, 8, 16, 32, 57]


def test_a_look_that_fails_while_waiting(clock: Clock) -> None:
    world = World([(None, late)], there="nothing", arrives={4: StateError("no")})
    with pytest.raises(LostAnswerError, match="is unknown, and a second look failed: no"):
        world.run(repeat=UNLESS_LATE)
    assert clock.pauses == [1, 2]


def test_a_task_that_is_to_stop_does_not_wait_on(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World([(None, late)], there="nothing")

    def pause(looks: LateWrite) -> bool:
        raise StoppedError("over")

    monkeypatch.setattr(LateWrite, "pause", pause)
    with pytest.raises(StoppedError):
        world.run(repeat=UNLESS_LATE)
    assert world.journal.unknown == ["create 1"]


def test_what_is_said_of_a_write_that_did_not_come() -> None:
    assert not_there(reset()).msg.startswith("PUT u failed. It was not there afterwards and")
    error = late()
    assert not_there(error) is error
    assert error.msg.endswith(
        "120 seconds later and was not sent again, since it may still come: run the task again to see"
    )


def test_looks_end_exactly_on_time(clock: Clock) -> None:
    looks = LateWrite()
    clock.pass_by(119.5)
    assert looks.pause()
    assert clock.pauses == [0.5]
    assert not looks.pause()


# ---- conflicts


def test_a_conflict_is_planned_anew() -> None:
    world = World([("other", refused(409)), (WANTED, None)])
    assert world.run() == Reconciled(Plan("update", "other"), "written", Plan("update", "other"))
    assert (world.log, world.waits) == (["read", "write"] * 2, [0])
    assert world.states == [NOT_DONE, DONE]


def test_after_a_conflict_somebody_else_may_have_done_it() -> None:
    world = World([(WANTED, refused(409))])
    assert world.run() == Reconciled(THERE, None, THERE)
    assert not world.journal.has_changed


@pytest.mark.parametrize("status", [404, 409])
def test_a_conflict_may_be_an_error(status: int) -> None:
    world = World([("other", refused(status))])
    with pytest.raises(ApiError, match=str(status)):
        world.run(retries_conflicts=False)
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("retries", [0, 2])
def test_conflicts_have_an_end(retries: int) -> None:
    world = World([(None, refused(409))] * 9, retries=retries)
    with pytest.raises(ApiError, match="409"):
        world.run()
    assert world.log == ["read", "write"] * (retries + 1) + ["read"]
    assert world.waits == list(range(retries + 1))


def test_lost_answers_and_conflicts_are_counted_together() -> None:
    world = World([(None, reset), (None, refused(409)), (None, reset)], retries=2)
    with pytest.raises(LostAnswerError):
        world.run()
    assert world.waits == [0, 1, 2]


def test_a_policy_may_pause_in_its_own_way() -> None:
    """For as long as it likes, whatever the retries; it knows how often it has paused."""
    numbers: list[int] = []

    def pause(error: CollectionError, number: int) -> None:
        numbers.append(number)
        if number == 5:
            raise error

    world = World([(None, refused(409))] * 9, retries=1)
    with pytest.raises(ApiError, match="409"):
        world.run(pause=pause)
    assert numbers == [0, 1, 2, 3, 4, 5]
    assert (world.waits, world.log.count("write")) == ([], 6)


def test_what_is_gone_meanwhile_is_planned_anew() -> None:
    world = World([("nothing", refused(404)), (WANTED, None)])
    assert world.run() == Reconciled(Plan("create", "nothing"), "written", Plan("create", "nothing"))


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_only_what_was_there_can_be_gone(method: str) -> None:
    world = World([("nothing", refused(404, method))])
    with pytest.raises(ApiError, match="404"):
        world.run()
    assert world.log == ["read", "write"]


def test_the_same_plan_twice_gone_is_final() -> None:
    world = World([(None, refused(404, "DELETE"))] * 9)
    with pytest.raises(ApiError, match="404"):
        world.run()
    assert world.log == ["read", "write"] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 503])
def test_other_refusals_are_final(status: int) -> None:
    world = World([(None, refused(status))] * 2)
    with pytest.raises(ApiError, match=str(status)) as caught:
        world.run()
    assert world.log == ["read", "write"]
    assert caught.value.__cause__ is None


# ---- somebody else was faster


def test_overtaken_by_the_same() -> None:
    world = World([(WANTED, overtaken)], there="nothing", retries=0)
    assert world.run() == Reconciled(THERE, None, THERE)
    assert (world.log, world.waits) == (["read", "write", "read"], [])


def test_overtaken_by_something_else() -> None:
    world = World([("other", overtaken), (WANTED, None)], there="nothing", retries=0)
    assert world.run() == Reconciled(Plan("update", "other"), "written", Plan("update", "other"))


def test_not_overtaken_after_all() -> None:
    world = World([(None, overtaken)] * 2, there="nothing")
    with pytest.raises(ApiError, match="status 400") as caught:
        world.run()
    assert world.log == ["read", "write", "read"]
    assert isinstance(caught.value.__cause__, OvertakenError)


def test_a_doubt_lasts_for_one_look() -> None:
    """A conflict after it is one, though the same is planned."""
    world = World([("other", overtaken), (None, refused(409)), (WANTED, None)], there="nothing")
    assert world.run().value == "written"
    assert world.log == ["read", "write"] * 3


def test_overtaken_again_and_again() -> None:
    """By another thing each time: also that has an end."""
    world = World([(f"other {number}", overtaken) for number in range(99)], retries=3)
    with pytest.raises(ApiError, match="status 400"):
        world.run()
    assert world.log.count("write") == 5


def test_the_first_plan_counts_only_if_something_may_have_been_written() -> None:
    world = World([("other", refused(409)), ("half", reset), (WANTED, None)])
    assert world.run().plan == Plan("update", "other")


def test_a_write_without_a_journal_entry_is_no_begun_plan() -> None:
    """As in check mode: what the server has validated is not a write."""
    world = World([])
    steps = [refused(409), None]

    def apply(planned: Plan) -> str:
        error = steps.pop(0)
        world.there = "other"
        if error is not None:
            raise error
        return "validated"

    found = reconcile(world, world.gather, world.plan, apply)  # type: ignore[arg-type]
    assert found == Reconciled(Plan("update", "other"), "validated", Plan("update", "other"))


def test_constants() -> None:
    assert (engine.LATE_WRITE_SECONDS, len({ALWAYS, UNLESS_LATE, NEVER})) == (120.0, 3)
    policy = Policy()
    assert (policy.repeat, policy.retries_conflicts, policy.pause) == (ALWAYS, True, None)
    assert not policy.passes(refused(400))
