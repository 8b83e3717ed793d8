# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lines that are shown during a wait."""

from __future__ import annotations

import datetime

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import Lines, duration

NOON = datetime.datetime(2026, 11, 28, 12, 0, 0).timestamp()


def look(now: str, left: float | None = 600, **ended: str) -> Progress:
    return Progress(now, ended, left)


class TestLines:
    def test_what_moves_is_told_with_the_time_of_day_and_the_time_left(self) -> None:
        lines = Lines("web1")
        assert lines.of(look("2 running", 3600), NOON) == ["12:00:00 [web1] 2 running (time-out in 60 min)"]
        assert lines.of(look("1 running", 3570, a="a is done"), NOON + 30) == [
            "12:00:30 [web1] a is done",
            "12:00:30 [web1] 1 running (time-out in 60 min)",
        ]

    def test_a_wait_may_name_its_subject(self) -> None:
        progress = Progress("2 running", left=60, subject="8 ActiveGates")
        assert Lines("web1").of(progress, NOON) == ["12:00:00 [web1: 8 ActiveGates] 2 running (time-out in 60 s)"]
        assert Lines("web1", is_for_all=True).of(progress, NOON)[0].startswith("12:00:00 [8 ActiveGates] 2 running")

    def test_what_stands_still_is_told_again_after_five_minutes(self) -> None:
        lines = Lines("web1")
        told = {at: lines.of(look("PENDING", 3600 - at), NOON + at) for at in range(0, 900, 30)}
        assert {at: said for at, said in told.items() if said} == {
            0: ["12:00:00 [web1] PENDING (time-out in 60 min)"],
            300: ["12:05:00 [web1] PENDING (time-out in 55 min)"],
            600: ["12:10:00 [web1] PENDING (time-out in 50 min)"],
        }

    def test_an_end_is_told_once_and_in_order(self) -> None:
        lines = Lines("web1")
        assert lines.of(look("x", a="A", b="B"), NOON)[:2] == ["12:00:00 [web1] A", "12:00:00 [web1] B"]
        assert lines.of(look("x", a="A again", b="B", c="C"), NOON) == [
            "12:00:00 [web1] C",
            "12:00:00 [web1] x (time-out in 10 min)",
        ]
        assert lines.of(look("x", a="A", b="B", c="C"), NOON) == []

    def test_at_the_end_only_what_has_ended_is_told(self) -> None:
        """How all of it ended is the task's result, which follows."""
        lines = Lines("web1")
        lines.of(look("1 running", a="A"), NOON)
        assert lines.of(look("0 running", None, a="A", b="B"), NOON) == ["12:00:00 [web1] B"]
        assert lines.of(look("0 running", None, a="A", b="B"), NOON + 1000) == []

    @pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\x1b[31mb", "a\x07\x9bb", "a\u2028b", "a\tb"])
    def test_nothing_that_a_server_says_breaks_the_line(self, text: str) -> None:
        (line,) = Lines("web1\n").of(look(text), NOON)
        assert line.isprintable()
        assert line.startswith("12:00:00 [web1 ] a")
        assert line.rpartition(" (")[0].endswith("b")

    def test_a_line_has_an_end(self) -> None:
        (line,) = Lines("web1").of(look("x" * 5000), NOON)
        assert len(line) == 400
        assert line.endswith("x ...")

    def test_letters_of_other_languages_stay(self) -> None:
        assert Lines("web1").of(look("Zürich 東京"), NOON) == ["12:00:00 [web1] Zürich 東京 (time-out in 10 min)"]


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
