# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting, in a time that a test makes."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Looks, Patience, Progress, until_end


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The length of each pause, in seconds; all of them are over at once."""
    taken: list[float] = []
    monkeypatch.setattr(_clock, "sleep", taken.append)
    monkeypatch.setattr(_clock, "monotonic", lambda: 1000.0 + sum(taken))
    return taken


class Job:
    """Ends after a number of looks."""

    def __init__(self, looks: int, timeout: float = 60.0, interval: float = 10.0) -> None:
        self.left = looks
        self.timeout = timeout
        self.interval = interval
        self.is_late = False

    def has_ended(self) -> bool:
        return self.left <= 0

    def advance(self) -> None:
        self.left -= 1

    def time_is_up(self) -> None:
        self.is_late = True

    def progress(self) -> Progress:
        return Progress(f"{self.left} to go", subject="a job")


class TestUntilEnd:
    def test_it_looks_until_the_end_and_tells_each_look(self, pauses: list[float]) -> None:
        told: list[Progress] = []
        until_end(Job(2), told.append)
        assert pauses == [10.0, 10.0]
        assert [(progress.now, progress.left, progress.subject) for progress in told] == [
            ("2 to go", 60.0, "a job"),
            ("1 to go", 50.0, "a job"),
            ("0 to go", None, "a job"),
        ]

    def test_what_has_ended_is_not_looked_at(self, pauses: list[float]) -> None:
        until_end(Job(0))
        assert pauses == []

    def test_the_last_pause_ends_with_the_time(self, pauses: list[float]) -> None:
        job = Job(100, timeout=25.0)
        until_end(job)
        assert pauses == [10.0, 10.0, 5.0]
        assert job.is_late


class TestPatience:
    def test_pauses_grow_up_to_a_limit_and_are_told(self, pauses: list[float]) -> None:
        told: list[Progress] = []
        patience = Patience(30.0, told.append)
        failure = StateError("the server is busy")
        with contextlib.suppress(StateError):
            for dummy in range(100):
                patience.wait(failure)
        assert failure.msg == "the server is busy (given up after 30 seconds, see wait_timeout)"
        assert pauses[:3] == pytest.approx([0.5, 0.8, 1.28])
        assert max(pauses) <= 10.0
        assert sum(pauses) == pytest.approx(30.0)
        assert (told[0].now, told[0].left) == ("the server is busy", 30.0)


def _looks(patience: Patience, answers: Sequence[str | None]) -> Looks:
    return Looks(patience, iter(answers).__next__)


class TestLooks:
    def test_until_nothing_is_missing(self, pauses: list[float]) -> None:
        told: list[Progress] = []
        _looks(Patience(60.0, told.append), ["two are missing", "one is missing", None]).until_end()
        assert pauses == [0.5, 0.8]
        assert [progress.now for progress in told] == ["two are missing", "one is missing", ""]

    def test_the_error_says_what_was_missing_and_how_long_it_took(self) -> None:
        with pytest.raises(StateError, match=r"one is missing \(given up after 2 seconds"):
            _looks(Patience(2.0), ["one is missing"] * 10).until_end()
