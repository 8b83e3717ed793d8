# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change import many as engine
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import (
    DONE,
    NOT_DONE,
    UNKNOWN,
    Journal,
)
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import (
    Limits,
    Many,
    Outcome,
    Work,
    apart,
    batches,
    concerns_all,
    each,
)
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import ALWAYS, UNLESS_LATE
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    StateError,
    StoppedError,
    TransportError,
)

from tests.support.clock import Clock


def reset() -> LostAnswerError:
    return LostAnswerError("POST u failed", "POST", "u")


def late() -> LostAnswerError:
    return LostAnswerError("POST u failed", "POST", "u", may_be_late=True)


def refused(status: int = 400) -> ApiError:
    return ApiError(f"status {status}", "POST", "u", status, "")


@dataclass(frozen=True)
class Plan:
    action: str
    name: str


# What becomes of a request: an error for all of it, or what the answer says of each thing. None: all went well.
Answer = Any


@dataclass
class World:
    """A server, the task and the adapter. Things are names.

    ``answers``: of each array that is sent, in order: None, a function that makes an error, a list of such (None: accepted), or a pair:
    which things arrive nevertheless, and one of those. ``failures``: of things that are written by themselves. ``arrives``: what is there
    from that many looks on.
    """

    answers: list[Answer] = field(default_factory=list)
    failures: dict[str, CollectionError] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    arrives: dict[int, str] = field(default_factory=dict)
    policy: dict[str, str] = field(default_factory=dict)
    excuses: dict[str, str] = field(default_factory=dict)
    rivals: dict[str, CollectionError] = field(default_factory=dict)
    retries: int = 3
    log: list[str] = field(default_factory=list)
    waits: list[int] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)
    before_look: Callable[[], None] = lambda: None
    looks: int = 0

    @property
    def client(self) -> World:
        return self

    def wait_before_retry(self, attempt: int) -> None:
        self.waits.append(attempt)

    def write(self, thing: str) -> str:
        self.log.append(f"write {thing}")
        if thing in self.failures:
            raise self.failures[thing]
        self.there[thing.partition("*")[0]] = "as wanted"
        return f"{thing} written"

    def body(self, thing: str) -> Mapping[str, Any]:
        return {"name": thing}

    def text(self, thing: str) -> str:
        return f"{thing} was created"

    def create(self, things: Sequence[str]) -> Sequence[str | ApiError]:
        self.log.append(f"create {' '.join(things)}")
        answer = self.answers.pop(0) if self.answers else None
        arrived: Sequence[str] = ()
        if isinstance(answer, tuple):
            arrived, answer = answer
        self.there.update(dict.fromkeys(arrived, "as wanted"))
        if callable(answer):
            raise answer()
        rows = answer or [None] * len(things)
        self.there.update({thing: "as wanted" for thing, row in zip(things, rows) if row is None})
        return [f"{thing} created" if row is None else row() for thing, row in zip(things, rows)]

    def may_be_overtaken(self, thing: str, refusal: ApiError) -> bool:
        return refusal.status in (409, 412)

    def excused(self, thing: str, error: CollectionError) -> str | None:
        return self.excuses.get(thing)

    def explained(self, thing: str, error: CollectionError) -> CollectionError:
        error.details["thing"] = thing
        return error

    def look(self, things: Sequence[str]) -> dict[str, str]:
        self.looks += 1
        self.log.append(f"look {' '.join(things)}")
        self.before_look()
        name = self.arrives.get(self.looks)
        if name:
            self.there[name] = "as wanted"
        return dict(self.there)

    def plan_again(self, thing: str, seen: Mapping[str, str]) -> Plan:
        actions = {None: "create", "as wanted": "none"}
        return Plan(actions.get(seen.get(thing), "update"), thing)

    def value_of(self, thing: str, planned: Plan) -> str:
        return f"{thing} found"

    def replanned(self, thing: str, planned: Plan) -> str:
        return f"{thing}*"

    def repeat(self, thing: str) -> str:
        return self.policy.get(thing, ALWAYS)

    def after_rivals(self, made: Sequence[tuple[str, str]]) -> Iterator[str]:
        self.log.append(f"rivals of {' '.join(thing for thing, _value in made)}")
        for thing, value in made:
            if thing in self.rivals:
                raise self.rivals[thing]
            yield f"{value}, the only one"

    def run(self, *works: Work[str], then: Sequence[Work[str]] = (), **limits: Any) -> Many[str, str]:
        """``then``: those of the next step."""
        run: Many[str, str] = Many(self, self, Limits(**limits))  # type: ignore[arg-type]
        run.carry_out(works)
        run.carry_out(then)
        return run

    @property
    def states(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for entry in self.journal._entries:
            found.setdefault(entry.text.partition(" ")[0], []).append(entry.state)
        return found


def new(*names: str, **more: Any) -> list[Work[str]]:
    return [Work(name, name, array="x", **more) for name in names]


def values(run: Many[str, str]) -> dict[str, str | None]:
    return {key: outcome.value for key, outcome in run.outcomes.items()}


def messages(run: Many[str, str]) -> dict[str, str]:
    return {key: error.msg for key, error in run.errors.items()}


# ---- in which order


def test_one_by_one() -> None:
    world = World()
    run = world.run(Work("b", "b"), Work("a", "a"))
    assert world.log == ["write b", "write a"]
    assert run.outcomes == {"b": Outcome(True, "b written"), "a": Outcome(True, "a written")}
    assert run.errors == {}


def test_steps_come_one_after_the_other() -> None:
    world = World()
    world.run(*new("c"), Work("a", "a"), then=[*new("d"), Work("b", "b")])
    assert world.log == ["write a", "create c", "write b", "create d"]


def test_what_is_there_goes_first_and_new_things_go_in_arrays() -> None:
    world = World()
    works = [*new("a"), Work("b", "b"), Work("c", "c", array="y"), *new("d")]
    run = world.run(*works)
    assert world.log == ["write b", "create a d", "create c"]
    assert values(run) == {"b": "b written", "a": "a created", "d": "d created", "c": "c created"}
    assert world.states == {"a": [DONE], "d": [DONE], "c": [DONE]}


def test_a_lane_is_in_the_order_of_the_list() -> None:
    world = World()
    works = [Work("z", "z"), *(Work(name, name, lane="x") for name in "cab"), Work("y", "y", lane="other")]
    world.run(*works)
    assert world.log == ["write c", "write a", "write b", "write y", "write z"]


def test_an_array_in_a_lane() -> None:
    world = World()
    world.run(*new("a", "b", lane="x"), Work("c", "c", lane="x"))
    assert world.log == ["write c", "create a b"]


def test_arrays_have_a_size() -> None:
    world = World()
    world.run(*new(*"abcde"), batch_size=2)
    assert world.log == ["create a b", "create c d", "create e"]


def test_several_at_a_time() -> None:
    """And each step waits for all of the one before."""
    world = World()
    both = threading.Barrier(2, timeout=5)
    write = world.write

    def together(thing: str) -> str:
        if thing in "ab":
            both.wait()
        return write(thing)

    world.write = together  # type: ignore[method-assign]
    run = world.run(Work("a", "a"), Work("b", "b"), then=[Work("c", "c")], parallel=2)
    assert world.log[2] == "write c"
    assert not run.errors


def test_a_bug_comes_out() -> None:
    world = World(failures={"a": KeyError("a bug")})  # type: ignore[dict-item]
    with pytest.raises(KeyError):
        world.run(Work("a", "a"))


# ---- what may be there twice


def test_after_each_step_rivals_are_looked_for() -> None:
    """Only of what nothing tells apart; by one look for those of an array, and before anything builds on it."""
    world = World(policy=dict.fromkeys("abc", UNLESS_LATE))
    run = world.run(*new(*"abd"), Work("c", "c", array="y"), then=[Work("e", "e")])
    assert world.log == ["create a b d", "create c", "rivals of a b", "rivals of c", "write e"]
    assert values(run)["a"] == "a created, the only one"
    assert values(run)["d"] == "d created"


def test_a_look_for_rivals_that_fails() -> None:
    """What was created stays so, and the task has failed all the same."""
    world = World(policy=dict.fromkeys("abc", UNLESS_LATE), rivals={"b": refused(403)})
    run = world.run(*new(*"abc"), then=[Work("e", "e")])
    assert run.outcome("a") == Outcome(True, "a created, the only one")
    assert run.outcome("b") == Outcome(True, "b created", run.errors["b"])
    assert messages(run) == {"b": "status 403", "c": "status 403"}
    assert "write e" not in world.log


def test_no_look_for_rivals() -> None:
    world = World(policy=dict.fromkeys("ab", UNLESS_LATE), answers=[[None, refused]])
    world.run(*new(*"ab"))
    assert world.log == ["create a b"]
    world = World(policy={"a": UNLESS_LATE}, journal=Journal(check_mode=True))
    world.run(*new("a"))
    assert world.log == ["create a"]


# ---- failures


def test_the_first_failure_ends_it() -> None:
    world = World(failures={"b": refused()})
    run = world.run(Work("a", "a"), Work("b", "b"), Work("c", "c"), *new("e"), then=[Work("d", "d")])
    assert world.log == ["write a", "write b"]
    assert messages(run) == {"b": "status 400"}
    assert run.outcome("a").is_done
    assert run.outcome("b") == Outcome(False, None, run.errors["b"])
    assert run.outcome("c") == run.outcome("e") == Outcome(False, None, None)
    assert run.errors["b"].details == {"thing": "b"}


def test_or_does_not() -> None:
    world = World(failures={"a": refused(), "c": StateError("no")}, answers=[[refused, None]])
    run = world.run(Work("a", "a"), Work("c", "c"), *new("d", "e"), then=[Work("f", "f")], continue_on_error=True)
    assert world.log == ["write a", "write c", "create d e", "write f"]
    assert messages(run) == {"a": "status 400", "c": "no", "d": "status 400"}
    assert values(run)["e"] == "e created"
    assert world.states == {"d": [NOT_DONE], "e": [DONE]}


def test_what_needs_something_that_failed_is_in_vain() -> None:
    world = World(failures={"a": refused()})
    then = [Work("b", "b", needs=frozenset({"a", "z"})), Work("d", "d", needs=frozenset({"e"}))]
    run = world.run(Work("a", "a"), Work("e", "e"), then=then, continue_on_error=True)
    run.carry_out([Work("c", "c", needs=frozenset({"b"}))])
    assert world.log == ["write a", "write e", "write d"]
    assert messages(run) == {"a": "status 400", "b": "needs a, z, which failed", "c": "needs b, which failed"}


def test_without_going_on_nothing_is_said_of_what_was_not_reached() -> None:
    world = World(failures={"a": refused()})
    run = world.run(Work("a", "a"), then=[Work("b", "b", needs=frozenset({"a"}))])
    assert messages(run) == {"a": "status 400"}


def test_an_excused_failure_is_none() -> None:
    """In check mode an earlier step of the same plan would have prevented it."""
    world = World(failures={"a": refused()}, excuses={"a": "validated", "b": "validated"}, answers=[[refused, None]])
    run = world.run(Work("a", "a"), *new("b", "c"))
    assert values(run) == {"a": "validated", "b": "validated", "c": "c created"}
    assert not run.errors


@pytest.mark.parametrize(
    "error", [refused, lambda: TransportError("refused", "POST", "u"), lambda: StoppedError("over")]
)
@pytest.mark.parametrize("continue_on_error", [False, True])
def test_an_array_that_fails_as_a_whole(error: Callable[[], CollectionError], continue_on_error: bool) -> None:
    world = World(answers=[None, error])
    run = world.run(*new(*"abcdef"), batch_size=2, continue_on_error=continue_on_error)
    assert set(run.errors) == {"c", "d"}
    assert world.states["a"] == [DONE]
    assert world.states["c"] == world.states["d"] == [NOT_DONE]
    assert run.outcome("e").is_done is continue_on_error
    assert world.log[:2] == ["create a b", "create c d"]
    assert len(world.log) == (3 if continue_on_error else 2)


# ---- lost arrays


def test_a_lost_array_that_had_arrived(clock: Clock) -> None:
    world = World(answers=[("ab", reset)])
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a b"]
    assert world.waits == [0]
    assert values(run) == {"a": "a found", "b": "b found"}
    assert world.states == {"a": [DONE], "b": [DONE]}
    assert clock.pauses == []


def test_of_a_lost_array_only_what_is_missing_is_sent_again() -> None:
    world = World(answers=[("b", reset)])
    run = world.run(*new("a", "b", "c"))
    assert world.log == ["create a b c", "look a b c", "create a c"]
    assert values(run) == {"b": "b found", "a": "a created", "c": "c created"}
    assert world.states == {"a": [NOT_DONE, DONE], "b": [DONE], "c": [NOT_DONE, DONE]}


def test_what_is_there_in_another_shape_is_brought_to_what_it_should_be() -> None:
    """Whoever created it: a lost creation of ours counts as carried out."""
    world = World(answers=[reset], there={"a": "otherwise"})
    run = world.run(*new("a"))
    assert world.log == ["create a", "look a", "write a*"]
    assert values(run) == {"a": "a* written"}
    assert world.states == {"a": [DONE]}


def test_that_may_fail_as_well() -> None:
    world = World(answers=[reset], there={"a": "otherwise"}, failures={"a*": refused(403)})
    run = world.run(*new("a", "b"), continue_on_error=True)
    assert messages(run) == {"a": "status 403"}
    assert run.outcome("b").is_done


@pytest.mark.parametrize("retries", [0, 2])
def test_lost_again_and_again(retries: int) -> None:
    world = World(answers=[reset] * 9, retries=retries)
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a b"] * (retries + 1)
    assert world.waits == list(range(retries + 1))
    assert messages(run) == {
        "a": "POST u failed. Whether a was created is unknown",
        "b": "POST u failed. Whether b was created is unknown",
    }
    assert world.states["a"] == [NOT_DONE] * retries + [UNKNOWN]


def test_each_thing_has_an_error_of_its_own() -> None:
    error = late()
    journal = Journal()
    with pytest.raises(LostAnswerError):
        journal.write_batch(["a was created", "b was created"], lambda: _raise(error), lambda answer: [])
    first, second = apart(error)
    assert (first.msg, second.msg) == (
        "POST u failed. Whether a was created is unknown",
        "POST u failed. Whether b was created is unknown",
    )
    assert [entry.text for entry in first.entries] == ["a was created"]
    assert (first.method, first.url, first.may_be_late, first.reason) == ("POST", "u", True, "POST u failed")


def _raise(error: Exception) -> Any:
    raise error


def test_a_second_look_that_fails() -> None:
    world = World(answers=[reset])
    world.before_look = lambda: _raise(StateError("no"))
    run = world.run(*new("a", "b"), continue_on_error=True)
    assert messages(run) == {
        "a": "POST u failed. Whether a was created is unknown, and a second look failed: no",
        "b": "POST u failed. Whether b was created is unknown, and a second look failed: no",
    }
    assert world.states == {"a": [UNKNOWN], "b": [UNKNOWN]}
    assert len(world.log) == 2


def test_a_task_that_stops_before_the_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(answers=[reset])
    monkeypatch.setattr(World, "wait_before_retry", lambda self, attempt: _raise(StoppedError("over")))
    run = world.run(*new("a"))
    assert messages(run) == {"a": "POST u failed. Whether a was created is unknown, and a second look failed: over"}
    assert world.looks == 0


# ---- somebody else was faster


def test_a_row_that_was_overtaken_is_looked_up() -> None:
    world = World(answers=[("a", [lambda: refused(409), None])])
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a"]
    assert values(run) == {"b": "b created", "a": "a found"}
    assert world.states == {"a": [NOT_DONE], "b": [DONE]}


def test_or_was_refused_after_all() -> None:
    world = World(answers=[[lambda: refused(412), None]])
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a"]
    assert messages(run) == {"a": "status 412"}
    assert world.states["a"] == [NOT_DONE]


def test_a_conflict_that_nothing_can_be_seen_of_is_sent_again() -> None:
    world = World(answers=[[lambda: refused(409), None]])
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a", "create a"]
    assert messages(run) == {}


def test_a_second_look_at_what_was_overtaken_fails() -> None:
    world = World(answers=[[lambda: refused(409)]])
    world.before_look = lambda: _raise(StateError("no"))
    run = world.run(*new("a"))
    assert messages(run) == {"a": "status 409, and a second look failed: no"}
    assert world.states == {"a": [NOT_DONE]}


# ---- creations that may come late


def test_a_late_creation_is_looked_for_and_not_sent_again(clock: Clock) -> None:
    world = World(answers=[late], policy={"a": UNLESS_LATE, "b": UNLESS_LATE}, arrives={2: "b", 4: "a"})
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a b", "look a b", "look a", "look a", "rivals of a b"]
    assert values(run) == {"b": "b found, the only one", "a": "a found, the only one"}
    assert clock.pauses == [1, 2, 4]
    assert world.states == {"a": [DONE], "b": [DONE]}


def test_a_late_creation_that_does_not_come(clock: Clock) -> None:
    world = World(answers=[late], policy={"a": UNLESS_LATE, "b": UNLESS_LATE})
    run = world.run(*new("a", "b"))
    assert sum(clock.pauses) == 120
    assert world.looks == 8
    for name in "ab":
        said = f"{name} was created is unknown. It was not there 120 seconds later and was not sent again"
        assert said in messages(run)[name]
    assert world.states == {"a": [UNKNOWN], "b": [UNKNOWN]}


def test_what_can_be_there_only_once_is_sent_again_although_it_may_come_late(clock: Clock) -> None:
    world = World(answers=[late], policy={"a": ALWAYS})
    run = world.run(*new("a"))
    assert world.log == ["create a", "look a", "create a"]
    assert values(run) == {"a": "a created"}
    assert world.states == {"a": [NOT_DONE, DONE]}
    assert clock.pauses == []


def test_a_refusal_of_the_second_creation_does_not_deny_the_first() -> None:
    world = World(answers=[late, [refused]], policy={"a": ALWAYS})
    run = world.run(*new("a"))
    assert messages(run) == {"a": "status 400"}
    assert world.states == {"a": [UNKNOWN, NOT_DONE]}
    assert world.journal.unknown == ["a was created"]


def test_those_that_wait_and_those_that_do_not(clock: Clock) -> None:
    world = World(answers=[late], policy={"a": UNLESS_LATE}, arrives={3: "a"})
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a b", "look a", "look a", "create b", "rivals of a"]
    assert values(run) == {"a": "a found, the only one", "b": "b created"}


def test_whoever_waits_stops_when_another_one_has_failed(clock: Clock) -> None:
    """What may still come is unknown then; nobody has looked for two minutes."""
    world = World(answers=[late], policy={"a": UNLESS_LATE}, retries=0)
    run = world.run(*new("a", "b"))
    assert world.looks == 1
    assert messages(run)["a"] == "POST u failed. Whether a was created is unknown"
    assert messages(run)["b"] == "POST u failed. Whether b was created is unknown"
    assert clock.pauses == []


def test_nothing_is_sent_again_when_another_one_has_failed() -> None:
    world = World(answers=[reset], there={"a": "otherwise"}, failures={"a*": refused(403)})
    run = world.run(*new("a", "b"))
    assert world.log == ["create a b", "look a b", "write a*"]
    assert run.outcome("b") == Outcome()
    assert world.states["b"] == [NOT_DONE]


# ---- batches, and requests of which each stands for itself


@pytest.mark.parametrize(
    ("sizes", "most", "expected"),
    [
        ([], 3, []),
        ([1], 3, [1]),
        ([1, 1, 1], 3, [3]),
        ([1, 1, 1, 1], 3, [3, 1]),
        ([500, 440], 9, [2]),
        ([500, 460], 9, [1, 1]),
        ([2000, 1, 1], 9, [1, 2]),
        ([1, 2000], 9, [1, 1]),
        ([400, 400, 400], 9, [2, 1]),
    ],
)
def test_batches_by_number_and_size(sizes: list[int], most: int, expected: list[int]) -> None:
    """``sizes`` in thousands of bytes."""
    found = list(batches(sizes, most, lambda size: {"a": "x" * (1000 * size)}))
    assert [len(batch) for batch in found] == expected
    assert [size for batch in found for size in batch] == sizes


def test_a_batch_fits_into_a_body() -> None:
    assert engine._BODY_LIMIT == 950_000
    things = ["x" * 949_990, ""]
    assert len(json.dumps({"": things[0]})) + len(json.dumps({"": ""})) > engine._BODY_LIMIT
    assert [len(batch) for batch in batches(things, 9, lambda thing: {"": thing})] == [1, 1]
    things = ["x" * (950_000 - len(json.dumps({"": ""})) * 2), ""]
    assert [len(batch) for batch in batches(things, 9, lambda thing: {"": thing})] == [2]


def test_sizes_are_those_of_the_encoded_body() -> None:
    assert [len(batch) for batch in batches(["ö" * 100_000] * 2, 9, lambda thing: {"a": thing})] == [1, 1]


def test_each_by_itself() -> None:
    errors: dict[int, CollectionError] = {2: refused(404), 4: TransportError("refused", "POST", "u")}

    def send(number: int) -> int:
        if number in errors:
            raise errors[number]
        return number * 10

    assert each([1, 2, 3, 4, 5], send, 1) == [10, errors[2], 30, errors[4], 50]
    assert each([], send, 4) == []
    assert each([1, 2, 3], send, 4) == [10, errors[2], 30]


@pytest.mark.parametrize("error", [refused(401), refused(403), StoppedError("over")])
def test_what_concerns_all_ends_it(error: CollectionError) -> None:
    sent: list[int] = []

    def send(number: int) -> int:
        sent.append(number)
        if number == 2:
            raise error
        return number

    assert each([1, 2, 3, 4], send, 1) == [1, error, None, None]
    assert sent == [1, 2]


def test_a_bug_in_each_comes_out() -> None:
    with pytest.raises(KeyError):
        each([1], lambda number: _raise(KeyError("a bug")), 1)


@pytest.mark.parametrize(
    ("error", "is_so"),
    [
        (refused(401), True),
        (refused(403), True),
        (StoppedError("over"), True),
        (refused(404), False),
        (refused(400), False),
        (refused(429), False),
        (TransportError("refused", "POST", "u"), False),
        (InputError("no"), False),
        (reset(), False),
    ],
)
def test_what_concerns_all(error: CollectionError, is_so: bool) -> None:
    assert concerns_all(error) is is_so


def test_limits() -> None:
    assert Limits() == Limits(parallel=1, batch_size=100, continue_on_error=False)
    assert Work("a", "a") == Work("a", "a", frozenset(), None, None)
