# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A list of things: their order, arrays of new ones, and an outcome for each, whatever happens to the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.journal import Journal
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import (
    Accepted,
    Limits,
    Many,
    Outcome,
    Work,
    batches,
    each,
)
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import (
    ALWAYS,
    LATE_WRITE_SECONDS,
    UNLESS_LATE,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    LostAnswerError,
    StateError,
)

from tests.support.clock import Clock


@dataclass(frozen=True)
class Plan:
    action: str


def lost(may_be_late: bool = False) -> LostAnswerError:
    return LostAnswerError("POST u failed", "POST", "u", may_be_late)


def refused(status: int = 400) -> ApiError:
    return ApiError(f"status {status}", "POST", "u", status, "")


@dataclass
class World:
    """A task, its adapter, and what the server holds. Things are texts.

    ``script``: for each array, which of its things arrive and how it ends: an error, or refusals by thing. ``bad``: things whose write
    by itself fails. ``looks``: what each look adds before it sees, or raises.
    """

    script: list[tuple[Sequence[str], Any]] = field(default_factory=list)
    bad: Mapping[str, CollectionError] = field(default_factory=dict)
    there: dict[str, str] = field(default_factory=dict)
    looks: list[Any] = field(default_factory=list)
    overtaken: bool = False
    policy: str = ALWAYS
    retries: int = 2
    log: list[str] = field(default_factory=list)
    journal: Journal = field(default_factory=Journal)

    @property
    def client(self) -> Any:
        return self

    def wait_before_retry(self, attempt: int) -> None:
        self.log.append(f"pause {attempt}")

    def write(self, thing: str) -> str:
        self.log.append(f"write {thing}")
        if thing in self.bad:
            raise self.bad[thing]
        self.there[thing] = "as wanted"
        return f"written {thing}"

    def body(self, thing: str) -> Mapping[str, Any]:
        return {"name": thing}

    def text(self, thing: str) -> str:
        return f"{thing} was made"

    def create(self, things: Sequence[str]) -> Sequence[Accepted[str] | ApiError]:
        self.log.append(f"create {' '.join(things)}")
        arrive, ends = self.script.pop(0) if self.script else (things, {})
        self.there.update(dict.fromkeys(arrive, "as wanted"))
        if isinstance(ends, CollectionError):
            raise ends
        return [ends.get(thing) or Accepted(f"made {thing}") for thing in things]

    def may_be_overtaken(self, thing: str, refusal: ApiError) -> bool:
        return self.overtaken

    def excused(self, thing: str, error: CollectionError) -> str | None:
        return None

    def explained(self, thing: str, error: CollectionError) -> CollectionError:
        return error

    def look(self, things: Sequence[str]) -> Mapping[str, str]:
        self.log.append(f"look {' '.join(things)}")
        more = self.looks.pop(0) if self.looks else {}
        if isinstance(more, CollectionError):
            raise more
        self.there.update(more)
        return dict(self.there)

    def plan_again(self, thing: str, seen: Mapping[str, str]) -> Plan:
        return Plan({"as wanted": "none", "otherwise": "update"}.get(seen.get(thing, ""), "create"))

    def value_of(self, thing: str, planned: Plan) -> str:
        return f"found {thing}"

    def replanned(self, thing: str, planned: Plan) -> str:
        return thing

    def repeat(self, thing: str) -> str:
        return self.policy

    def carry_out(self, works: Sequence[Work[str]], **limits: Any) -> dict[str, Any]:
        """By key its value, its error's message, or None: not reached."""
        many: Many[str, str] = Many(self, self, Limits(**limits))  # type: ignore[arg-type]
        many.carry_out(works)
        return {work.key: _shown(many.outcome(work.key)) for work in works}


def _shown(outcome: Outcome[str]) -> str | None:
    return outcome.value if outcome.error is None else outcome.error.msg


def new(keys: str, **more: Any) -> list[Work[str]]:
    """Things that may be created by one request."""
    return [Work(key, key, array="new", **more) for key in keys.split()]


def test_what_there_is_first_then_arrays_of_new_things() -> None:
    world = World()
    works = [*new("a b c"), Work("d", "d")]
    assert world.carry_out(works, batch_size=2) == {"a": "made a", "b": "made b", "c": "made c", "d": "written d"}
    assert world.log == ["write d", "create a b", "create c"]
    assert world.journal.done == ["a was made", "b was made", "c was made"]


def test_steps_and_lanes() -> None:
    world = World()
    works = [Work("c", "c", step=1), Work("b", "b", lane="x"), Work("a", "a", lane="x")]
    world.carry_out(works)
    assert world.log == ["write b", "write a", "write c"]


def test_other_arrays_are_other_requests() -> None:
    world = World()
    world.carry_out([Work("a", "a", array=1), Work("b", "b", array=2), Work("c", "c", array=1)])
    assert world.log == ["create a c", "create b"]


@pytest.mark.parametrize("continues", [True, False])
def test_a_failure_ends_it_unless_it_may_go_on(continues: bool) -> None:
    world = World(bad={"a": refused()})
    works = [Work("a", "a"), Work("b", "b"), Work("c", "c", step=1, needs=frozenset({"a"}))]
    found = world.carry_out(works, continue_on_error=continues)
    rest = {"b": "written b", "c": "needs a, which failed"} if continues else {"b": None, "c": None}
    assert found == {"a": "status 400", **rest}
    assert world.log == (["write a", "write b"] if continues else ["write a"])


def test_refusals_in_an_array_are_of_one_thing_each() -> None:
    world = World([(["a", "c"], {"b": refused()})])
    found = world.carry_out(new("a b c"), continue_on_error=True)
    assert found == {"a": "made a", "b": "status 400", "c": "made c"}
    assert world.journal.done == ["a was made", "c was made"]


def test_a_refusal_of_the_whole_array_is_that_of_each() -> None:
    world = World([([], refused(403))])
    assert world.carry_out(new("a b"), continue_on_error=True) == {"a": "status 403", "b": "status 403"}
    assert (world.journal.done, world.journal.unknown) == ([], [])


# --- lost answers


def test_what_arrived_of_a_lost_array_is_found_and_the_rest_sent_again() -> None:
    world = World([(["a"], lost())])
    assert world.carry_out(new("a b")) == {"a": "found a", "b": "made b"}
    assert world.log == ["create a b", "pause 0", "look a b", "create b"]
    assert (world.journal.done, world.journal.unknown) == (["a was made", "b was made"], [])


def test_what_is_there_otherwise_is_brought_to_what_it_should_be() -> None:
    world = World([([], lost())], looks=[{"a": "otherwise"}])
    assert world.carry_out(new("a")) == {"a": "written a"}
    assert world.log == ["create a", "pause 0", "look a", "write a"]


def test_lost_again_and_again() -> None:
    world = World([([], lost()) for dummy in range(9)], retries=1)
    assert world.carry_out(new("a")) == {"a": "POST u failed. Whether a was made is unknown"}
    assert world.log.count("create a") == 2
    assert (world.journal.done, world.journal.unknown) == ([], ["a was made"])


def test_each_of_a_lost_array_has_its_own_error() -> None:
    world = World([([], lost())], retries=0)
    assert world.carry_out(new("a b"), continue_on_error=True) == {
        "a": "POST u failed. Whether a was made is unknown",
        "b": "POST u failed. Whether b was made is unknown",
    }


def test_a_failed_look_keeps_the_loss() -> None:
    world = World([(["a"], lost())], looks=[StateError("no")])
    assert world.carry_out(new("a")) == {
        "a": "POST u failed. Whether a was made is unknown, and a second look failed: no"
    }
    assert (world.journal.done, world.journal.unknown) == ([], ["a was made"])


@pytest.mark.parametrize("policy", [ALWAYS, UNLESS_LATE])
def test_a_late_array(clock: Clock, policy: str) -> None:
    """What has a key of its own is sent again; of the rest, what comes in time is found, and what does not may still come."""
    world = World([([], lost(may_be_late=True))], policy=policy, looks=[{}, {"a": "as wanted"}])
    found = world.carry_out(new("a b"), continue_on_error=True)
    if policy == ALWAYS:
        assert found == {"a": "made a", "b": "made b"}
        assert clock.pauses == []
        return
    assert found["a"] == "found a"
    assert found["b"].startswith("POST u failed. Whether b was made is unknown. It was not there 120 seconds later")
    assert sum(clock.pauses) == LATE_WRITE_SECONDS
    assert (world.journal.done, world.journal.unknown) == (["a was made"], ["b was made"])
    assert [line for line in world.log if line.startswith("create")] == ["create a b"]


# --- somebody else was faster


def test_a_refusal_may_mean_that_it_is_there() -> None:
    world = World([([], {"a": refused(), "b": refused()})], overtaken=True, looks=[{"a": "as wanted"}])
    assert world.carry_out(new("a b"), continue_on_error=True) == {"a": "found a", "b": "status 400"}
    assert (world.journal.done, world.journal.unknown) == ([], [])


# --- the rest


def test_batches_by_number_and_by_size() -> None:
    assert list(batches(range(5), 2, lambda number: {"n": number})) == [[0, 1], [2, 3], [4]]
    big = list(batches("abc", 100, lambda text: {"text": text * 400_000}))
    assert big == [["a", "b"], ["c"]]
    assert list(batches([], 2, lambda thing: {})) == []


@pytest.mark.parametrize(("status", "third"), [(400, "c"), (403, None)])
def test_each_by_itself_until_an_error_that_concerns_all(status: int, third: str | None) -> None:
    def send(thing: str) -> str:
        if thing == "b":
            raise refused(status)
        return thing

    first, second, last = each("abc", send, parallel=1)
    assert (first, last) == ("a", third)
    assert isinstance(second, ApiError)
