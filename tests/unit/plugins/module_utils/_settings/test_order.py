# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The place of one object and the order of many; pure functions by values and by simulation."""

from __future__ import annotations

import itertools
import random

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.order import (
    Arrangement,
    Ends,
    Slot,
    arrange,
    insertions,
    move,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
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


RANKED = [
    StoredObject(name, "s", "environment", {}, external_id)
    for name, external_id in (("a", None), ("b", "ext-b"), ("c", None))
]


@pytest.mark.parametrize(
    ("kind", "neighbor", "target", "body", "before", "after"),
    [
        ("first", "", None, {"insertAfter": ""}, None, 1),
        ("last", "", None, {}, None, 4),
        ("insert_after", "a", None, {"insertAfter": "a"}, None, 2),
        ("insert_after", "c", None, {}, None, 4),
        ("insert_before", "a", None, {"insertAfter": ""}, None, 1),
        ("insert_before", "ext-b", None, {"insertAfter": "a"}, None, 2),
        ("first", "", 0, {}, 1, 1),
        ("first", "", 2, {"insertAfter": ""}, 3, 1),
        ("last", "", 2, {}, 3, 3),
        ("last", "", 0, {"insertBefore": ""}, 1, 3),
        ("insert_after", "a", 1, {}, 2, 2),
        ("insert_after", "c", 0, {"insertAfter": "c"}, 1, 3),
        ("insert_after", "a", 2, {"insertAfter": "a"}, 3, 2),
        ("insert_before", "c", 1, {}, 2, 2),
        ("insert_before", "a", 2, {"insertBefore": "a"}, 3, 1),
        ("insert_before", "c", 0, {"insertBefore": "c"}, 1, 2),
    ],
)
def test_move(
    kind: str, neighbor: str, target: int | None, body: dict[str, str], before: int | None, after: int
) -> None:
    found = move(Position(kind, neighbor), None if target is None else RANKED[target], RANKED)
    assert (found.body, found.before, found.after) == (body, before, after)


def test_move_into_an_empty_list() -> None:
    for kind in ("first", "last"):
        assert move(Position(kind), None, []).body == {}


@pytest.mark.parametrize(
    ("neighbor", "target", "said"),
    [
        ("nobody", None, "insert_after names nobody, which is not an object of this schema and scope"),
        ("b", 1, "insert_after names the object itself"),
        ("ext-b", 1, "insert_after names the object itself"),
    ],
)
def test_neighbors_that_are_none(neighbor: str, target: int | None, said: str) -> None:
    with pytest.raises(InputError) as caught:
        move(Position("insert_after", neighbor), None if target is None else RANKED[target], RANKED)
    assert caught.value.msg == said


def test_a_move_leads_where_it_says() -> None:
    for target, kind, neighbor in itertools.product(RANKED, ("first", "last", "insert_after", "insert_before"), RANKED):
        if kind.startswith("insert") and neighbor is target:
            continue
        found = move(Position(kind, neighbor.object_id), target, RANKED)
        names = ["a", "b", "c"]
        assert names.index(target.object_id) + 1 == found.before
        if found.body:
            names.remove(target.object_id)
            [(way, beside)] = found.body.items()
            if way == "insertAfter":
                names.insert(names.index(beside) + 1 if beside else 0, target.object_id)
            else:
                names.insert(names.index(beside) if beside else len(names), target.object_id)
        assert names.index(target.object_id) + 1 == found.after
        if kind.startswith("insert"):
            distance = names.index(target.object_id) - names.index(neighbor.object_id)
            assert distance == (1 if kind == "insert_after" else -1)
        else:
            assert found.after == (1 if kind == "first" else 3)


@pytest.mark.parametrize(
    ("target", "there", "new", "expected"),
    [
        ("nabm", "ab", "nm", [("n", ""), ("m", None)]),
        ("anmb", "ab", "nm", [("m", "a"), ("n", "a")]),
        ("nm", "", "nm", [("n", None), ("m", None)]),
        ("xnb", "b", "n", [("n", "")]),
        ("axnb", "ab", "n", [("n", "a")]),
        ("ab", "ab", "", []),
    ],
)
def test_insertions(target: str, there: str, new: str, expected: list[tuple[str, str | None]]) -> None:
    """What is neither there nor new, since its creation failed, is not a neighbor."""
    found = insertions(target, set(there), set(new))
    assert [(name, body.get("insertAfter")) for name, body in found] == expected


def test_who_contradicts_whom_is_said() -> None:
    both = {"a": ("first", ""), "b": ("first", "")}
    with pytest.raises(InputError, match=r"^the positions of a contradict each other"):
        arrange(list("abc"), slots("ab", "abc", **both), keep_order=False)
    with pytest.raises(InputError, match=r"^a comes before b in the list, but the position of one of them"):
        arrange(list("abc"), slots("ab", "abc", b=("first", "")), keep_order=True)
    assert arrange(list("abc"), slots("ab", "abc", b=("first", "")), keep_order=False).target == ["b", "a", "c"]


def test_moves_say_behind_whom() -> None:
    found = arrange(list("abc"), slots("cab", "abc"), keep_order=True)
    assert found.moves == {"c": {"insertAfter": ""}}
    assert found.places["c"].body == {"insertAfter": ""}
    assert found.places["a"].body == {}
    found = arrange(list("abcd"), slots("bda", "abcd"), keep_order=True)
    assert found.target == ["b", "c", "d", "a"]
    assert found.moves == {"a": {"insertAfter": "d"}}


def test_many_are_arranged_in_time() -> None:
    names = [str(number) for number in range(3000)]
    source = random.Random(2)
    listed = source.sample(names, 3000)
    found = arrange(names, [Slot(name, name, False) for name in listed], keep_order=True)
    assert found.target == listed


HEAD = StoredObject("A", "s", "environment", {}, is_movable=False, is_first=True)
TAIL = StoredObject("Z", "s", "environment", {}, is_movable=False)
FIXED = [HEAD, *RANKED, TAIL]


@pytest.mark.parametrize(
    ("kind", "neighbor", "target", "body", "before", "after"),
    [
        ("insert_after", "A", None, {"insertAfter": "A"}, None, 2),
        ("first", "", None, {"insertAfter": "A"}, None, 2),
        ("last", "", None, {}, None, 5),
        ("insert_after", "c", None, {}, None, 5),
        ("first", "", 1, {}, 2, 2),
        ("first", "", 3, {"insertAfter": "A"}, 4, 2),
        ("last", "", 3, {}, 4, 4),
        ("last", "", 1, {"insertBefore": ""}, 2, 4),
        ("last", "", 4, {}, 5, 5),
    ],
)
def test_what_always_is_first_or_last_stays_there(
    kind: str, neighbor: str, target: int | None, body: dict[str, str], before: int | None, after: int
) -> None:
    found = move(Position(kind, neighbor), None if target is None else FIXED[target], FIXED)
    assert (found.body, found.before, found.after) == (body, before, after)


@pytest.mark.parametrize(
    ("listed", "positions", "keep", "target"),
    [
        ("b", {"b": ("first", "")}, True, "AbacZ"),
        ("a", {"a": ("last", "")}, True, "AbcaZ"),
        ("a", {"a": ("first", "")}, True, "AabcZ"),
        ("xy", {}, True, "AabcxyZ"),
        ("xy", {}, False, "AabcxyZ"),
        ("xZ", {}, True, "AabcxZ"),
        ("xc", {"x": ("first", ""), "c": ("last", "")}, False, "AxabcZ"),
    ],
)
def test_many_among_what_always_is_first_or_last(
    listed: str, positions: dict[str, tuple[str, str]], keep: bool, target: str
) -> None:
    found = arrange(list("AabcZ"), slots(listed, "AabcZ", **positions), keep, Ends.of(FIXED))
    assert "".join(found.target) == target
    assert found.end == len(target) - 1
    assert found.moves.keys() <= set(positions)


@pytest.mark.parametrize(
    ("listed", "positions", "said"),
    [
        ("aA", {}, "keeps the objects of A at the ends of the order"),
        ("Zx", {}, "keeps the objects of Z at the ends of the order"),
        (
            "x",
            {"x": ("insert_before", "A")},
            "insert_before names A, which the environment keeps at that end of the order",
        ),
        (
            "b",
            {"b": ("insert_after", "Z")},
            "insert_after names Z, which the environment keeps at that end of the order",
        ),
    ],
)
def test_places_that_no_object_can_have(listed: str, positions: dict[str, tuple[str, str]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        arrange(list("AabcZ"), slots(listed, "AabcZ", **positions), True, Ends.of(FIXED))


@pytest.mark.parametrize(("kind", "neighbor", "target"), [("insert_before", "A", 1), ("insert_after", "Z", None)])
def test_a_move_beyond_the_ends(kind: str, neighbor: str, target: int | None) -> None:
    with pytest.raises(InputError, match="keeps at that end of the order"):
        move(Position(kind, neighbor), None if target is None else FIXED[target], FIXED)
