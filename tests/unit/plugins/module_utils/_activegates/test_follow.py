# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job that is waited for, look by look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.follow import Follow, Pace, may_pass
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    CollectionError,
    InputError,
    LostAnswerError,
    StateError,
    TransportError,
)

from .values import GOAL, OLD, TARGET, gate, job

DOWN = TransportError("GET u failed: no connection", "GET", "u")
BACK = gate(version=GOAL)
ENDED = job("SUCCEED", ended=0)


class Api:
    """``answers``: what each request gives, in order."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def job(self, activegate_id: str, job_id: str) -> Any:
        return self._next(f"job {activegate_id} {job_id}")

    def activegate(self, activegate_id: str) -> Any:
        return self._next(f"activegate {activegate_id}")

    def _next(self, asked: str) -> Any:
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def follow(*answers: Any, activegate: ActiveGate | None = None, **fields: Any) -> tuple[Follow, Api]:
    api = Api(*answers)
    given: dict[str, Any] = {"job": job(), "activegate": activegate or gate(), "pace": Pace(60, 5), **fields}
    return Follow(api, TARGET, **given), api  # type: ignore[arg-type]


def test_one_request_a_look_until_the_job_has_ended_and_the_activegate_is_back() -> None:
    wait, api = follow(job(), job("IN_PROGRESS"), ENDED, gate(is_online=False), None, BACK)
    told = []
    while not wait.has_ended():
        wait.advance()
        told.append(wait.progress().now)
    assert api.asked == ["job 1 10"] * 3 + ["activegate 1"] * 3
    name = f"ActiveGate 1 (ag-1): update to {GOAL} is "
    assert told == [
        f"{name}PENDING",
        f"{name}IN_PROGRESS",
        f"{name}SUCCEED, the ActiveGate is offline with version {OLD}",
        f"{name}SUCCEED, the ActiveGate has not come back",
        f"{name}SUCCEED, the ActiveGate is online with version {GOAL}",
    ]
    assert wait.trouble is None
    assert (wait.timeout, wait.interval) == (60, 5)


def test_nothing_is_asked_when_it_is_there_already() -> None:
    wait, api = follow(job=ENDED, activegate=BACK)
    assert (wait.has_ended(), wait.trouble, api.asked) == (True, None, [])


@pytest.mark.parametrize("state", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_a_bad_end(state: str) -> None:
    wait, _unused = follow(job(state, ended=0, error="disk full"))
    wait.advance()
    assert wait.has_ended()
    assert isinstance(wait.trouble, StateError)
    assert wait.trouble.msg == f"update job 10 to version {GOAL} of ActiveGate 1 ended as {state}: disk full"


def test_a_job_that_is_gone_was_cancelled_if_its_activegate_is_there() -> None:
    wait, api = follow(None, gate(), None)
    wait.advance()
    assert "disappeared before it ended: somebody cancelled it" in str(wait.trouble)
    assert api.asked == ["job 1 10", "activegate 1", "job 1 10"]


def test_a_job_that_is_missed_once_is_there_at_a_second_glance() -> None:
    wait, _unused = follow(None, gate(), job("IN_PROGRESS"))
    wait.advance()
    assert (wait.trouble, wait.job.state) == (None, "IN_PROGRESS")


def test_a_job_that_is_gone_with_its_activegate_is_borne() -> None:
    wait, _unused = follow(None, None)
    wait.advance()
    assert (wait.trouble, wait.job.state, wait.activegate, wait.has_ended()) == (None, "PENDING", None, False)


@pytest.mark.parametrize("error", [DOWN, ApiError("status 503", "GET", "u", 503, "")])
def test_an_api_that_is_away_is_borne_and_named(error: CollectionError) -> None:
    wait, _unused = follow(error, job("IN_PROGRESS"))
    wait.advance()
    assert wait.has_ended() is False
    assert wait.progress().now.endswith(f"PENDING. The last request failed: {error.msg}")
    wait.advance()
    assert wait.progress().now.endswith("IN_PROGRESS")


@pytest.mark.parametrize("status", [401, 403, 400])
def test_an_error_that_stays_ends_it(status: int) -> None:
    error = ApiError("no", "GET", "u", status, "")
    wait, _unused = follow(error)
    wait.advance()
    assert (wait.has_ended(), wait.trouble) == (True, error)


def in_time(wait: Follow) -> None:
    """No look."""


def once(wait: Follow) -> None:
    wait.advance()


@pytest.mark.parametrize(
    ("answers", "look", "said"),
    [
        (
            (),
            in_time,
            "is still PENDING after 60 seconds (wait_timeout); it goes on by itself, and the server updates only",
        ),
        ((job("IN_PROGRESS"),), once, "is still IN_PROGRESS after 60 seconds (wait_timeout); it goes on by itself"),
        ((ENDED, None), once, "succeeded, but the ActiveGate has not come back after 60 seconds (wait_timeout)"),
        ((ENDED, gate()), once, f"succeeded, but the ActiveGate is online with version {OLD} after 60 seconds"),
        ((DOWN,), once, "of a group and network zone at a time. The last request failed: GET u failed: no connection"),
    ],
)
def test_the_time_is_up(answers: tuple[Any, ...], look: Callable[[Follow], None], said: str) -> None:
    wait, _unused = follow(*answers)
    look(wait)
    wait.time_is_up()
    assert wait.has_ended()
    assert said in str(wait.trouble)
    assert str(wait.trouble).startswith(f"update job 10 to version {GOAL} of ActiveGate 1 ")


def test_an_activegate_out_of_sight_has_a_name() -> None:
    api = Api()
    wait = Follow(api, TARGET, job(), None, Pace(60, 5))  # type: ignore[arg-type]
    assert wait.progress().now == f"ActiveGate 1: update to {GOAL} is PENDING"


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (DOWN, True),
        *((ApiError("", "GET", "u", status, ""), True) for status in (429, 500, 502, 503, 504)),
        *((ApiError("", "GET", "u", status, ""), False) for status in (400, 401, 403, 404, 409)),
        (LostAnswerError("", "POST", "u"), False),
        (InputError(""), False),
        (StateError(""), False),
    ],
)
def test_what_may_pass(error: CollectionError, passes: bool) -> None:
    assert may_pass(error) is passes
