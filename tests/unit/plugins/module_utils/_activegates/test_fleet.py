# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which ActiveGates, in which order, in how large waves: by values."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import fleet
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

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
    assert fleet.Selector.given(selector).fits(ONE) is fits


@pytest.mark.parametrize(
    "selector",
    [
        {"groups": ["a"], "network_zones": ["y"]},
        {"groups": ["b"], "network_zones": ["z"]},
        {"os_type": "LINUX", "update_statuses": ["OUTDATED"]},
        {"hostnames": ["ag-b.*"], "version_below": "1.331"},
    ],
    ids=str,
)
def test_all_of_a_selector_must_fit(selector: dict[str, object]) -> None:
    assert not fleet.Selector.given(selector).fits(ONE)


@pytest.mark.parametrize("below", ["x", "1.x", "latest", "1." + "9" * 5000])
def test_a_version_that_is_none(below: str) -> None:
    with pytest.raises(InputError, match="is not a version"):
        fleet.Selector.given({"version_below": below})


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "%", "5%%", "9" * 10, "9" * 5000])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(InputError, match=r"max_failures '.*' is neither a number"):
        fleet.amount("max_failures", text)


@pytest.mark.parametrize(
    ("texts", "said"),
    [([], "batch is empty"), (["1", "0"], "'0' would be"), (["0%"], "an empty wave"), (["101%"], "more")],
)
def test_sizes_that_are_none(texts: list[str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        fleet.batches(texts)


def test_orders_by_version_and_by_hosts() -> None:
    gates = [
        replace(ONE, id="1", version="1.331.9.20260209-101500", connected_hosts=5),
        replace(ONE, id="2", version="1.331.10.20260209-101500", connected_hosts=3),
        replace(ONE, id="3", version=None, connected_hosts=4),
        replace(ONE, id="4", version="1.331.9.20260209-101500", connected_hosts=4, hostname="AG-A"),
    ]
    assert [gate.id for gate in fleet.ordered(gates, fleet.VERSION)] == ["3", "4", "1", "2"]
    assert [gate.id for gate in fleet.ordered(gates, fleet.CONNECTED_HOSTS)] == ["2", "4", "3", "1"]


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
