# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an item of a list says of itself, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.expectation import digest_of
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import Limits
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    ObjectsOptions,
    options_of,
)

from .room import ORDERED, PLAIN, absent, entry, planned, read_objects, stored


class TestPlannedObject:
    there = (stored("1", "o", name="a"), stored("2", "s", name="a"))

    def test_of_an_ordered_schema(self) -> None:
        """Objects are written one after the other there."""
        old, new = planned(entry("a", schema_id="o"), entry("b", schema_id="o"), there=self.there).items
        assert (old.lane, new.lane) == (("o", "environment"), ("o", "environment"))
        assert (old.slot, old.is_new, old.is_placed) == ("1", False, False)
        assert (new.slot, new.is_new, new.is_placed) == ("(object id of item b)", True, True)

    def test_one_that_is_moved(self) -> None:
        (item,) = planned(
            entry("a", schema_id="o", position="last"), there=(*self.there, stored("3", "o", name="z"))
        ).items
        assert (item.change.action, item.is_placed) == ("move", True)

    def test_without_an_order(self) -> None:
        old, gone = planned(entry("a"), absent("b", "c"), there=self.there).items
        assert (old.lane, old.slot, gone.lane, gone.slot) == (None, "2", None, "(object id of item b)")

    def test_unique_keys(self) -> None:
        (item,) = planned(entry("a")).items
        assert item.whole_keys == PLAIN.unique_keys


class TestReadObjects:
    def test_a_place_where_nothing_is(self) -> None:
        read = read_objects((stored("1", "o", name="a"),))
        assert read.schema(entry("a", schema_id="o").wanted) is ORDERED
        objects = read.objects_of(entry("a", schema_id="o", scope="HOST-1").wanted, {"9"})
        assert (objects.stored.all, objects.inherited, objects.named) == ([], None, {"9"})


TOP = {
    "schema_id": None,
    "scope": None,
    "match_on": None,
    "adopt": True,
    "value_mode": "merge",
    "schema_version": None,
    "update_secrets": "on_create",
    "state": "present",
    "keep_order": True,
    "prune": None,
    "parallel": 8,
    "batch_size": 100,
    "continue_on_error": False,
    "on_conflict": "retry",
    "admin_access": False,
    "expect_plan": None,
    "validate_first": False,
}
FENCE = {"schema_ids": ["s"], "scopes": None, "external_id_prefix": None, "limit": 10, "allow_empty": False}


def options(*items: dict[str, Any], **top: Any) -> ObjectsOptions:
    return options_of(
        {**TOP, "objects": [{"value": None, "state": None, "scope": "", **item} for item in items], **top}
    )


def test_what_the_top_says_holds_for_items_that_say_nothing() -> None:
    first, second = options(
        {"key": "a"},
        {"key": "b", "schema_id": "t", "state": "absent", "scope": "HOST-1"},
        schema_id="s",
        match_on=["x"],
    ).entries
    assert (first.wanted.location, first.wanted.is_present, first.wanted.match_on) == (
        ("s", "environment"),
        True,
        ("x",),
    )
    assert (second.wanted.location, second.wanted.is_present) == (("t", "HOST-1"), False)


def test_the_rest() -> None:
    found = options(parallel=2, batch_size=3, continue_on_error=True, on_conflict="fail", prune=FENCE)
    assert (found.limits, found.retries_conflicts) == (Limits(2, 3, True), False)
    assert (found.fence.schema_ids, found.fence.scopes, found.fence.limit) == (["s"], (), 10)


@pytest.mark.parametrize(
    ("items", "top", "said"),
    [
        ([{"key": "a"}], {}, "a: schema_id is missing"),
        ([{"key": "a", "schema_id": "s"}] * 2, {}, "a: several items have this key"),
        ([{"key": "a", "schema_id": "s", "external_id": "x" * 501}], {}, "a: external_id has 501 characters"),
        ([{"key": "a", "schema_id": "s", "position": "first", "insert_after": "x"}], {}, "exclude each other"),
        ([{"key": "a", "schema_id": "s", "value_mode": "replace"}], {}, "needs a value"),
        ([], {"batch_size": -1}, "batch_size must be at least 1"),
        ([], {"prune": FENCE, "state": "absent"}, "must not hold items with state=absent"),
        (
            [{"key": "a", "schema_id": "s", "state": "absent"}],
            {"prune": FENCE},
            "must not hold items with state=absent",
        ),
        ([], {"prune": {**FENCE, "schema_ids": []}}, "schema_ids is empty"),
    ],
)
def test_what_cannot_be_right(items: list[dict[str, Any]], top: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        options(*items, **top)


def test_all_items_that_are_wrong_are_named() -> None:
    with pytest.raises(InputError, match=r"a: .*; b: ") as caught:
        options({"key": "a"}, {"key": "b"}, {"key": "c", "schema_id": "s"})
    assert set(caught.value.details["errors"]) == {"a", "b"}


class TestExpectedPlan:
    """Whatever the task says of conflicts: with an expected plan the first one ends it."""

    DIGEST = digest_of("abc12345", [])

    def test_it_ends_at_the_first_conflict(self) -> None:
        found = options(expect_plan=self.DIGEST, continue_on_error=True)
        assert (found.limits, found.retries_conflicts) == (Limits(8, 100, True, True), False)
        assert [given.plan.is_of("abc12345") for given in found.expected] == [True]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, False),
        ({"validate_first": True}, True),
        ({"validate_first": True, "continue_on_error": True}, False),
    ],
)
def test_who_goes_on_in_any_case_tries_nothing_out(given: dict[str, Any], expected: bool) -> None:
    assert options(**given).is_tried_out is expected
