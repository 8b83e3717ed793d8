# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""References between items of a list, and what comes first; pure functions by values."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import (
    is_pending,
    levels,
    pending,
    pending_keys,
    references,
    resolved,
    without_circles,
)


def test_references() -> None:
    value = {"a": {"$ref": "one"}, "b": [{"c": {"$ref": "two"}}, "x"], "$ref": "no reference beside others"}
    assert list(references(value)) == [("value.a", "one"), ("value.b[0].c", "two")]
    assert list(references({"$ref": 2026}, "here")) == [("here", "2026")]
    assert resolved(value, str.upper)["b"] == [{"c": "TWO"}, "x"]
    assert resolved({"$ref": 5}, lambda name: f"id of {name}") == "id of 5"


@pytest.mark.parametrize("value", [None, "text", 5, [], {}, ["$ref"], {"$REF": "x"}])
def test_no_references(value: Any) -> None:
    assert list(references(value)) == []
    assert resolved(value, str.upper) == value


@pytest.mark.parametrize("name", [None, {}, ["x"], 1.5, pytest.param(10**5000, id="long"), 2**64])
def test_what_names_no_item(name: Any) -> None:
    with pytest.raises(InputError, match=r"^value\.a\[0\]: \$ref must be the key or the external id"):
        list(references({"a": [{"$ref": name}]}))


def test_levels() -> None:
    assert levels({"a": ["b"], "b": ["c"], "d": ["c"]}, "why") == {"c": 0, "b": 1, "a": 2, "d": 1}
    assert levels({"b": ["z"], "z": ["a"]}, "why") == {"a": 0, "z": 1, "b": 2}
    assert levels({}, "why") == {}
    assert levels({"a": ["b", "c"], "b": ["c"]}, "why")["a"] == 2


@pytest.mark.parametrize(
    ("needs", "circles"),
    [
        ({"a": ["a"]}, ["a -> a"]),
        ({"a": ["b"], "b": ["c"], "c": ["b"]}, ["b -> c -> b", "c -> b -> c"]),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, ["a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"]),
    ],
)
def test_circles_are_named(needs: dict[str, list[str]], circles: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        levels(needs, "why")
    assert caught.value.msg in [f"{circle}: why" for circle in circles]


def test_long_chains_and_wide_ones() -> None:
    chain = {str(index): [str(index + 1)] for index in range(20_000)}
    assert levels(chain, "why")["0"] == 20_000
    everybody = [str(index) for index in range(500)]
    found = levels({name: everybody[:index] for index, name in enumerate(everybody)}, "why")
    assert found["499"] == 499


def test_levels_of_any_graph() -> None:
    """Each level is one more than the highest of what is needed, whatever the order of the names."""
    source = random.Random(3)
    for _round in range(100):
        names = source.sample("abcdefg", 7)
        pairs = [pair for pair in itertools.combinations(names, 2) if source.random() < 0.4]
        needs = {name: [other for first, other in pairs if first == name] for name in names}
        found = levels({name: needs[name] for name in source.sample(names, 7)}, "why")
        for name in names:
            assert found[name] == max([found[other] + 1 for other in needs[name]], default=0)


@pytest.mark.parametrize(
    ("needs", "kept"),
    [
        ({}, {}),
        ({"a": ["b"], "b": ["c"], "c": []}, {"a": {"b"}, "b": {"c"}, "c": set()}),
        ({"a": ["a"]}, {"a": set()}),
        ({"a": ["b"], "b": ["a"]}, {"a": {"b"}, "b": set()}),
        ({"a": ["b", "c"], "b": ["c"], "c": ["a"]}, {"a": {"b", "c"}, "b": {"c"}, "c": set()}),
        # What was walked already may be needed again; only what is on the way closes a circle.
        ({"a": ["c"], "b": ["a", "c"], "c": []}, {"a": {"c"}, "b": {"a", "c"}, "c": set()}),
        ({"a": ["b"], "b": ["d"], "c": ["b"], "d": ["c"]}, {"a": {"b"}, "b": {"d"}, "c": set(), "d": {"c"}}),
        # What nobody asked about needs nothing.
        ({"a": ["z"]}, {"a": {"z"}}),
    ],
)
def test_what_closes_a_circle_is_left_out(needs: dict[str, list[str]], kept: dict[str, set[str]]) -> None:
    assert without_circles(needs) == kept


def test_circles_of_a_long_chain() -> None:
    chain = {str(index): [str((index + 1) % 20_000)] for index in range(20_000)}
    kept = without_circles(chain)
    assert [name for name, needed in kept.items() if not needed] == ["19999"]


def test_what_waits_for_an_id() -> None:
    assert pending_keys({"a": [pending("x"), "text"], "b": {"c": pending("y")}, "d": 5}) == {"x", "y"}
    assert [is_pending(value) for value in (pending("x"), "x", 5, None)] == [True, False, False, False]
