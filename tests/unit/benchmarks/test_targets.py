# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a benchmark fails, by values alone."""

from __future__ import annotations

import pytest

from benchmarks.measure import Measurement, medians
from benchmarks.sandbox import Requests
from benchmarks.targets import missed
from benchmarks.ways import BULK, CHECK, FILES, FIRST, LOOP, ONE, UNCHANGED, URI, Cost, WrongError

GOOD = {CHECK: (30, 0), FIRST: (20, 10), UNCHANGED: (20, 0), ONE: (20, 1)}


def measurements(count: int = 1000, way: str = BULK, **different: tuple[int, int]) -> list[Measurement]:
    asked = {step: different.get(step.replace(" ", "_"), numbers) for step, numbers in GOOD.items()}
    return [Measurement(way, count, step, Requests(*numbers), 1.0) for step, numbers in asked.items()]


def test_all_reached() -> None:
    assert missed(measurements(), 1.0) == []


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({"first_apply": (20, 21)}, "first apply: 41 requests, and 40 is the target"),
        ({"check_mode": (41, 0)}, "check mode: 41 requests, and 40 is the target"),
        ({"check_mode": (30, 1)}, "check mode: 1 writes, and nothing may be written"),
        ({"unchanged": (26, 0), "one_changed": (26, 1)}, "unchanged: 26 requests, and 25 is the target"),
        ({"unchanged": (20, 1), "one_changed": (20, 2)}, "unchanged: 1 writes, and nothing may be written"),
        (
            {"one_changed": (20, 2)},
            "one changed: 20 reads and 2 writes, and one write more than unchanged is the target",
        ),
        (
            {"one_changed": (21, 1)},
            "one changed: 21 reads and 1 writes, and one write more than unchanged is the target",
        ),
    ],
)
def test_each_is_looked_at(different: dict[str, tuple[int, int]], said: str) -> None:
    assert missed(measurements(**different), 1.0) == [f"1000 objects, {said}"]


def test_the_limits_are_meant_for_up_to_1000_objects() -> None:
    assert missed(measurements(5000, first_apply=(20, 50)), 1.0) == []


def test_other_ways_have_no_targets() -> None:
    assert missed(measurements(100, LOOP, unchanged=(200, 5)), 1.0) == []


def costing(way: str, count: int, step: str, cpu: float, megabytes: float = 0.0) -> Measurement:
    return Measurement(way, count, step, Requests(count, 0), 1.0, Cost(cpu, megabytes))


# With an empty playbook of 1 s, an item of uri takes 0.5 s.
URI_LOOP = costing(URI, 100, FIRST, 51.0)


@pytest.mark.parametrize(
    ("way", "count", "most"), [(LOOP, 100, 6.0), (FILES, 1000, 2.5), (FILES, 5000, 8.5)], ids=["item", "1000", "5000"]
)
def test_computing_is_compared_with_uri(way: str, count: int, most: float) -> None:
    assert missed([URI_LOOP, costing(way, count, UNCHANGED, most - 0.01)], 1.0) == []
    (said,) = missed([URI_LOOP, costing(way, count, UNCHANGED, most + 0.1)], 1.0)
    assert "is the target" in said
    assert missed([costing(way, count, UNCHANGED, 99.0)], 1.0) == []


@pytest.mark.parametrize(("longest", "is_missed"), [(100 + 4000 * 59 / 1024, False), (100 + 4000 * 61 / 1024, True)])
def test_memory_of_each_object(longest: float, is_missed: bool) -> None:
    found = [costing(FILES, count, FIRST, 1.0, megabytes) for count, megabytes in ((1000, 100.0), (5000, longest))]
    assert bool(missed(found, 1.0)) is is_missed


class TestMedians:
    def test_of_the_times(self) -> None:
        found = [Measurement(BULK, 100, ONE, Requests(20, 1), seconds) for seconds in (3.0, 1.0, 9.0)]
        assert medians(found) == [Measurement(BULK, 100, ONE, Requests(20, 1), 3.0)]

    def test_requests_that_differ_are_an_error(self) -> None:
        with pytest.raises(WrongError, match="differ"):
            medians([Measurement(BULK, 100, ONE, Requests(20, writes), 1.0) for writes in (1, 2)])
