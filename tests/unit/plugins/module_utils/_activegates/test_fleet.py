# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ActiveGates, in which order, in how large waves: by values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import fleet
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate

ONE = ActiveGate(
    "1", "ag-B.example.com", "1.331.24.20260209-101500", "ENVIRONMENT", os_type="LINUX", group="a", network_zone="z"
)


@pytest.mark.parametrize(
    ("count", "batch", "sizes"),
    [
        (0, ["1"], []),
        (1, ["25%"], [1]),
        (10, ["1", "25%"], [1, 2, 2, 2, 2, 1]),
        (100, ["1", "25%"], [1, 25, 25, 25, 24]),
        (3, ["10%"], [1, 1, 1]),
        (7, ["100%"], [7]),
        (7, ["20"], [7]),
        (7, ["1", "2", "3"], [1, 2, 3, 1]),
        (199, ["50%"], [99, 99, 1]),
    ],
)
def test_sizes_of_waves(count: int, batch: list[str], sizes: list[int]) -> None:
    assert fleet.wave_sizes(count, fleet.batches(batch)) == sizes


@pytest.mark.parametrize(
    ("text", "count", "most"), [("0", 10, 0), ("3", 10, 3), ("5%", 19, 0), ("5%", 20, 1), (" 10% ", 25, 2)]
)
def test_what_may_fail(text: str, count: int, most: int) -> None:
    assert fleet.amount("max_failures", text).of(count) == most


@pytest.mark.parametrize(
    ("selector", "fits"),
    [
        ({}, True),
        ({"groups": None, "hostnames": []}, True),
        ({"groups": ["a", "b"]}, True),
        ({"groups": ["A"]}, False),
        ({"network_zones": ["zone"]}, False),
        ({"hostnames": ["AG-?.*"]}, True),
        ({"hostnames": ["ag-b"]}, False),
        ({"version_below": "1.331"}, False),
        ({"version_below": "1.331.24"}, False),
        ({"version_below": "1.331.25"}, True),
        ({"version_below": "1.332"}, True),
        ({"version_below": "1.331.24.20260209-101501"}, True),
        ({"os_type": "WINDOWS"}, False),
    ],
    ids=str,
)
def test_selector(selector: dict[str, object], fits: bool) -> None:
    assert fleet.fits(ONE, selector) is fits


def test_pools_take_turns() -> None:
    some = [
        replace(ONE, id=f"{group}{number}", hostname=f"{group}{number}", group=group)
        for group in "ab"
        for number in range(3)
    ]
    some.append(replace(ONE, id="c0", hostname="c0", group="c"))
    names = [one.id for one in fleet.ordered(some[::-1], fleet.POOL)]
    assert names == ["a0", "b0", "c0", "a1", "b1", "a2", "b2"]
    assert [one.id for one in fleet.ordered(some[::-1], fleet.GIVEN)] == [one.id for one in some[::-1]]


def test_names_that_are_missing_or_the_same_have_an_order() -> None:
    some = [replace(ONE, id="2"), replace(ONE, id="3", hostname=None), ONE]
    assert [one.id for one in fleet.ordered(some, fleet.HOSTNAME)] == ["3", "1", "2"]
