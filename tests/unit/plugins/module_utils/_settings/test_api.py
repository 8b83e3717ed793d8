# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long lists are split over requests, by values. The calls are tested with the modules."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import in_lists


@pytest.mark.parametrize(
    ("names", "least", "expected"),
    [
        ([], 1, [[]]),
        (["a", "b", "c"], 1, [["a", "b", "c"]]),
        (["a", "b", "c"], 2, [["a", "c"], ["b"]]),
        (["a", "b"], 8, [["a"], ["b"]]),
    ],
)
def test_few(names: list[str], least: int, expected: list[list[str]]) -> None:
    assert in_lists(names, least) == expected


@pytest.mark.parametrize("least", [1, 4])
def test_long_ones(least: int) -> None:
    names = [f"builtin:{'x' * (number % 60)}.{number}" for number in range(400)]
    lists = in_lists(names, least)
    assert sorted(name for part in lists for name in part) == sorted(names)
    assert max(len(quote(",".join(part), safe="")) for part in lists) <= 1200
    assert len(lists) <= 25


def test_a_name_that_is_longer_than_all_of_it() -> None:
    assert in_lists(["x" * 5000, "y"]) == [["x" * 5000], ["y"]]
