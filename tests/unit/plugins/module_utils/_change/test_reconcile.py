# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import reconcile
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    StateError,
    TransportError,
)

LOST = LostAnswerError("PUT u failed. Whether it was carried out is unknown", "PUT", "u")


def refused(status: int) -> ApiError:
    return ApiError(f"status {status}", "PUT", "u", status, "")


@dataclass(frozen=True)
class Plan:
    action: str
    seen: str


@dataclass
class World:
    """What the server holds. ``script``: for each write, what it leaves there and how it ends (an error, or None)."""

    script: list[tuple[str | None, Exception | None]]
    there: Any = "old"
    retries: int = 3
    waits: list[int] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    def wait_before_retry(self, attempt: int) -> None:
        self.waits.append(attempt)

    def gather(self) -> str:
        self.log.append("read")
        if isinstance(self.there, Exception):
            raise self.there
        return str(self.there)

    def plan(self, seen: str) -> Plan:
        return Plan("none" if seen == "wanted" else "update", seen)

    def apply(self, planned: Plan) -> str:
        self.log.append("write")
        left, error = self.script.pop(0)
        if left is not None:
            self.there = left
        if error is not None:
            raise error
        return "written"

    def run(self, **options: Any) -> tuple[Plan, str | None]:
        return reconcile(self, self.gather, self.plan, self.apply, **options)  # type: ignore[arg-type]


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
    world = World([("wanted", LOST)], retries=retries)
    assert world.run() == (Plan("update", "old"), None)
    assert (world.log, world.waits) == (["read", "write", "read"], [0])


def test_a_lost_write_that_had_not_arrived_is_sent_again() -> None:
    world = World([(None, LOST), ("wanted", None)])
    assert world.run() == (Plan("update", "old"), "written")
    assert world.log == ["read", "write"] * 2


def test_the_first_plan_is_what_happened_although_a_later_one_saw_part_of_it() -> None:
    world = World([("half", LOST), ("wanted", LOST)])
    assert world.run() == (Plan("update", "old"), None)


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_lost_again_and_again(retries: int) -> None:
    world = World([(None, LOST)] * 9, retries=retries)
    with pytest.raises(LostAnswerError):
        world.run()
    assert world.log == ["read", "write"] * (retries + 1) + ["read"]
    assert world.waits == list(range(retries + 1))


@pytest.mark.parametrize("status", [404, 409])
@pytest.mark.parametrize("retry_conflict", [True, False])
def test_the_echo_of_our_own_lost_write_is_no_error(status: int, retry_conflict: bool) -> None:
    """It was still under way when everything was read again, and had arrived when it was sent again."""
    world = World([(None, LOST), ("wanted", refused(status))])
    assert world.run(retry_conflict=retry_conflict) == (Plan("update", "old"), None)
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
        world.run(retry_conflict=False)
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
        world.run(retry_conflict=False)
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("status", [400, 403, 503])
def test_other_refusals_are_final(status: int) -> None:
    world = World([(None, refused(status))] * 2)
    with pytest.raises(ApiError, match=str(status)):
        world.run()
    assert world.log == ["read", "write"]


@pytest.mark.parametrize("status", [400, 403])
def test_other_refusals_are_final_after_a_lost_write_too(status: int) -> None:
    world = World([(None, LOST), (None, refused(status))])
    with pytest.raises(ApiError, match=str(status)):
        world.run()


@pytest.mark.parametrize("error", [TransportError("GET u failed", "GET", "u"), StateError("GET u failed")])
def test_that_a_write_was_lost_is_said_even_when_the_second_look_fails(error: Exception) -> None:
    world = World([(error, LOST)])  # type: ignore[list-item]
    with pytest.raises(LostAnswerError, match=r"is unknown, and a second look failed: GET u failed") as caught:
        world.run()
    assert caught.value.method == "PUT"


def test_a_read_that_fails_at_first_is_left_as_it_is() -> None:
    error = TransportError("GET u failed", "GET", "u")
    with pytest.raises(TransportError) as caught:
        World([], there=error).run()
    assert caught.value is error


def test_a_bug_is_left_as_it_is() -> None:
    with pytest.raises(KeyError):
        World([(None, KeyError("x"))]).run()
