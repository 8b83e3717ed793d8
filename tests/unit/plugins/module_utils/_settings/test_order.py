# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The order of many objects, and references between them; pure functions by values and by simulation."""

from __future__ import annotations

import itertools
import random

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.order import (
    Arrangement,
    Slot,
    arrange,
    insertions,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import (
    levels,
    references,
    resolved,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Position


def slots(text: str, current: str, **positions: tuple[str, str]) -> list[Slot]:
    return [
        Slot(
            name,
            name,
            name not in current,
            Position(*positions[name]) if name in positions else None,
            positions[name][1] if name in positions else None,
        )
        for name in text
    ]


def carried_out(current: str, found: Arrangement, new: str) -> str:
    """What a server would have after the moves and one array of creations."""
    names = list(current)
    for name, body in found.moves.items():
        names.remove(name)
        names.insert(names.index(body["insertAfter"]) + 1 if body["insertAfter"] else 0, name)
    for name, body in insertions(found.target, set(names), set(new)):
        where = body.get("insertAfter")
        index = len(names) if where is None else names.index(where) + 1 if where else 0
        names.insert(index, name)
    return "".join(names)


@pytest.mark.parametrize(
    ("current", "listed", "expected", "moves"),
    [
        ("", "abc", "abc", 0),
        ("abc", "abc", "abc", 0),
        ("abc", "cab", "cab", 1),
        ("abc", "cba", "cba", 2),
        ("xaybz", "ab", "xaybz", 0),
        ("xaybz", "ba", "xbayz", 1),
        ("xaz", "ba", "xbaz", 0),
        ("xaz", "ab", "xabz", 0),
        ("xz", "ab", "xzab", 0),
        ("abcd", "bd", "abcd", 0),
        ("abcd", "db", "adbc", 1),
        ("xaby", "acb", "xacby", 0),
    ],
)
def test_list_order_with_the_fewest_moves(current: str, listed: str, expected: str, moves: int) -> None:
    found = arrange(list(current), slots(listed, current), keep_order=True)
    assert ("".join(found.target), len(found.moves)) == (expected, moves)
    assert carried_out(current, found, "".join(one for one in listed if one not in current)) == expected


def test_any_order_is_reached_and_the_others_keep_theirs() -> None:
    source = random.Random(1)
    for _round in range(300):
        current = "".join(source.sample("abcdefgh", source.randint(0, 8)))
        listed = "".join(source.sample("abcdefgh", source.randint(1, 8)))
        found = arrange(list(current), slots(listed, current), keep_order=True)
        after = carried_out(current, found, "".join(one for one in listed if one not in current))
        assert "".join(found.target) == after
        assert [one for one in after if one in listed] == list(listed)
        assert [one for one in after if one not in listed] == [one for one in current if one not in listed]
        again = arrange(list(after), slots(listed, after), keep_order=True)
        assert not again.moves
        assert not found.moves.keys() - set(listed)


def test_no_fewer_moves_are_possible() -> None:
    for wanted in itertools.permutations("abcde"):
        found = arrange(list("abcde"), slots("".join(wanted), "abcde"), keep_order=True)
        longest = max(
            size for size in range(1, 6) for part in itertools.combinations(wanted, size) if list(part) == sorted(part)
        )
        assert len(found.moves) == 5 - longest


@pytest.mark.parametrize(
    ("current", "listed", "keep", "positions", "expected"),
    [
        ("abc", "c", True, {"c": ("first", "")}, "cab"),
        ("abc", "ca", True, {"c": ("first", "")}, "cab"),
        ("abc", "n", True, {"n": ("last", "")}, "abcn"),
        ("abc", "n", True, {"n": ("insert_before", "b")}, "anbc"),
        ("abc", "ac", True, {"c": ("insert_after", "a")}, "acb"),
        ("abc", "ca", False, {}, "abc"),
        ("abc", "na", False, {}, "abcn"),
    ],
)
def test_explicit_positions(
    current: str, listed: str, keep: bool, positions: dict[str, tuple[str, str]], expected: str
) -> None:
    found = arrange(list(current), slots(listed, current, **positions), keep)
    assert carried_out(current, found, "".join(one for one in listed if one not in current)) == expected


@pytest.mark.parametrize(
    ("listed", "positions", "said"),
    [
        ("ab", {"a": ("first", ""), "b": ("first", "")}, "contradict each other"),
        ("ab", {"b": ("first", "")}, "a comes before b"),
        ("abc", {"a": ("insert_after", "c")}, "comes before"),
        ("ab", {"a": ("insert_after", "c"), "b": ("insert_after", "c")}, "contradict each other"),
    ],
)
def test_contradictions(listed: str, positions: dict[str, tuple[str, str]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        arrange(list("abc"), slots(listed, "abc", **positions), keep_order=True)


def test_places_for_the_diff() -> None:
    found = arrange(list("abc"), slots("can", "abc"), keep_order=True)
    assert {name: (one.before, one.after) for name, one in found.places.items()} == {
        "c": (3, 1),
        "a": (1, 2),
        "n": (None, 3),
    }


def test_references() -> None:
    value = {"a": {"$ref": "one"}, "b": [{"c": {"$ref": "two"}}, "x"], "$ref": "no reference beside others"}
    assert list(references(value)) == [("value.a", "one"), ("value.b[0].c", "two")]
    assert resolved(value, str.upper)["b"] == [{"c": "TWO"}, "x"]


def test_levels() -> None:
    assert levels("abcd", {"a": ["b"], "b": ["c"], "d": ["c"]}, "why") == {"c": 0, "b": 1, "a": 2, "d": 1}
    with pytest.raises(InputError, match=r"b -> c -> b: why"):
        levels("abc", {"a": ["b"], "b": ["c"], "c": ["b"]}, "why")
    long = {str(index): [str(index + 1)] for index in range(5000)}
    assert levels(["0"], long, "why")["0"] == 5000
