# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that are shown during a wait, by values, and the steps in which a module runs for them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._wait import STEP
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import Lines, duration, in_steps


def answer(now: str, left: float = 600, **ended: str) -> dict[str, Any]:
    return {"now": now, "ended": ended, "left": left, "pause": 30, "next": {}}


class TestLines:
    def test_what_moves_is_told_with_the_time_left(self) -> None:
        lines = Lines("web1")
        assert lines.of(answer("wave 1 of 2: 3 running", 3600), 0) == [
            "[web1] wave 1 of 2: 3 running (time-out in 60 min)"
        ]
        assert lines.of(answer("wave 1 of 2: 2 running", 3570, a="ActiveGate a: done"), 30) == [
            "[web1] ActiveGate a: done",
            "[web1] wave 1 of 2: 2 running (time-out in 60 min)",
        ]

    def test_what_stands_still_is_told_again_after_five_minutes(self) -> None:
        lines = Lines("web1")
        told = {at: lines.of(answer("PENDING", 3600 - at), at) for at in range(0, 900, 30)}
        assert {at: said for at, said in told.items() if said} == {
            0: ["[web1] PENDING (time-out in 60 min)"],
            300: ["[web1] PENDING (time-out in 55 min)"],
            600: ["[web1] PENDING (time-out in 50 min)"],
        }

    def test_an_end_is_told_once_and_in_order(self) -> None:
        lines = Lines("web1")
        assert lines.of(answer("x", a="A", b="B"), 0)[:2] == ["[web1] A", "[web1] B"]
        assert lines.of(answer("x", a="A again", b="B", c="C"), 1) == ["[web1] C", "[web1] x (time-out in 10 min)"]
        assert lines.of(answer("x", a="A", b="B", c="C"), 2) == []

    def test_at_the_end_only_what_has_ended_is_told(self) -> None:
        """How all of it ended is the task's result, which follows."""
        lines = Lines("web1")
        lines.of(answer("1 running", a="A"), 0)
        assert lines.of({"now": "0 running", "ended": {"a": "A", "b": "B"}}, 1) == ["[web1] B"]

    @pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\x07\x9bb", "a\u2028b", "a\tb"])
    def test_nothing_that_a_server_says_breaks_the_line(self, text: str) -> None:
        (line,) = Lines("web1\n").of(answer(text), 0)
        assert line.isprintable()
        assert line.startswith("[web1 ] a")

    def test_a_line_has_an_end(self) -> None:
        (line,) = Lines("web1").of(answer("x" * 5000), 0)
        assert len(line) == 400
        assert line.endswith("x ...")

    def test_letters_of_other_languages_stay(self) -> None:
        assert Lines("web1").of(answer("Zürich 東京"), 0) == ["[web1] Zürich 東京 (time-out in 10 min)"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (0.4, "0 s"),
        (45.2, "45 s"),
        (99, "99 s"),
        (100, "2 min"),
        (3599, "60 min"),
        (5900, "98 min"),
        (6000, "1 h 40 min"),
        (7200, "2 h"),
        (86400, "24 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


class TestSteps:
    def test_what_a_step_leaves_is_given_to_the_next_with_the_time_since_the_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now, given, told = [1000.0], [], []
        answers = [
            {"changed": False, STEP: {**answer("a"), "pause": 30, "next": {"state": 1}}},
            {"changed": False, STEP: {**answer("b"), "pause": 7, "next": {"state": 2}}},
            {"changed": True, "job": 5, STEP: {"now": "c", "ended": {}}},
        ]

        def sleep(seconds: float) -> None:
            now[0] += seconds

        def run(step: Mapping[str, Any]) -> dict[str, Any]:
            given.append(dict(step))
            now[0] += 2  # what a run of the module takes
            return answers[len(given) - 1]

        monkeypatch.setattr(time, "sleep", sleep)
        monkeypatch.setattr(time, "monotonic", lambda: now[0])
        assert in_steps(run, told.append, "web1") == {"changed": True, "job": 5}
        assert given == [{}, {"state": 1, "elapsed": 30}, {"state": 2, "elapsed": 39}]
        assert told == ["[web1] a (time-out in 10 min)", "[web1] b (time-out in 10 min)"]

    def test_a_module_that_crashes_is_the_result(self) -> None:
        crash = {"failed": True, "msg": "MODULE FAILURE", "rc": 1}
        results = iter([{STEP: {**answer("a"), "pause": 0, "next": {"state": 1}}}, dict(crash)])
        assert in_steps(lambda dummy: next(results), lambda dummy: None, "web1") == crash

    def test_a_host_that_is_gone_is_left_to_ansible(self) -> None:
        def run(step: Mapping[str, Any]) -> dict[str, Any]:
            if step:
                raise ConnectionError("unreachable")
            return {STEP: {**answer("a"), "pause": 0, "next": {"state": 1}}}

        with pytest.raises(ConnectionError, match="unreachable"):
            in_steps(run, lambda dummy: None, "web1")
