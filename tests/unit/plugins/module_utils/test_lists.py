# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.module_utils._lists import filled, grouped


def test_groups_keep_the_order_of_the_list() -> None:
    assert grouped([3, 1, 4, 1, 5], lambda number: number % 2) == {1: [3, 1, 1, 5], 0: [4]}
    assert list(grouped("cab", str)) == ["c", "a", "b"]
    assert grouped([], str) == {}


def test_fields_that_hold_something() -> None:
    assert filled({"a": "x", "b": "", "c": None, "d": [], "e": 1}) == {"a": "x", "e": 1}
