# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._lists import (
    check_depth,
    filled,
    grouped,
    is_chosen,
    keyed,
    not_blank,
    parts_of,
    read_all,
)


def test_groups_keep_the_order_of_the_list() -> None:
    assert grouped([3, 1, 4, 1, 5], lambda number: number % 2) == {1: [3, 1, 1, 5], 0: [4]}
    assert list(grouped("cab", str)) == ["c", "a", "b"]
    assert grouped([], str) == {}


def test_the_first_of_those_with_one_key() -> None:
    assert keyed([3, 1, 4, 5], lambda number: number % 2) == {1: 3, 0: 4}


def test_names_that_are_not_blank() -> None:
    assert (not_blank(None), not_blank(["", " "]), not_blank(["b", "", "a"])) == ((), (), ("b", "a"))


def test_fields_that_hold_something() -> None:
    assert filled({"a": "x", "b": "", "c": None, "d": [], "e": 1}) == {"a": "x", "e": 1}


def test_where_none_are_chosen_all_are_meant() -> None:
    assert is_chosen("a", ["a", "b"])
    assert not is_chosen("c", ["a", "b"])
    assert is_chosen("c", ())


def test_what_is_directly_in_a_value() -> None:
    assert list(parts_of({"a": 1, "b": [2]})) == [1, [2]]
    assert list(parts_of([1, {"b": 2}])) == [1, {"b": 2}]
    assert [list(parts_of(value)) for value in ("text", None, 5)] == [[], [], []]


def test_depth() -> None:
    check_depth("x", json.loads("[" * 100 + "]" * 100))
    check_depth("x", [{"a": list(range(10_000))}] * 10)
    check_depth("x", None)
    for text in ("[" * 101 + "]" * 101, '{"a":' * 150 + "1" + "}" * 150):
        with pytest.raises(InputError, match=r"^x is nested more than 100 levels deep"):
            check_depth("x", json.loads(text))


def test_what_is_read_of_each_stands_in_the_order_of_the_list() -> None:
    with ThreadPoolExecutor(3) as pool:
        assert read_all(pool, lambda number: -number, [3, 1, 2]) == [-3, -1, -2]


def test_after_a_failure_nothing_more_is_read() -> None:
    begun = []

    def read(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise ValueError(number)
        return number

    for _run in range(50):
        begun.clear()
        with ThreadPoolExecutor(1) as pool, pytest.raises(ValueError, match="2"):
            read_all(pool, read, [1, 2, 3, 4])
        assert begun == [1, 2]
