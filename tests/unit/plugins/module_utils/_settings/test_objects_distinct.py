# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items of a list that mean one object, by values."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    SettingsEntry,
)

from .room import absent, entry, planned, problems, stored


class TestDistinct:
    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (entry("a", "x"), entry("b", "x")),
            (entry("a", "x"), absent("b", "x")),
            (entry("a", object_id="1", scope="environment"), entry("b", "x", value={"text": "t"})),
            (entry("a", external_id="e"), entry("b", external_id="e")),
            (entry("a", schema_id="single"), entry("b", schema_id="single")),
        ],
    )
    def test_two_items_for_one_object(self, first: SettingsEntry, second: SettingsEntry) -> None:
        assert problems(first, second, there=(stored("1", name="x"),)) == {"b": "is the same object as a"}

    def test_two_new_ones_with_one_unique_key(self) -> None:
        assert problems(entry("a", "x"), entry("b", "x")) == {
            "b": "has the same name, which only one object may have, as a"
        }

    def test_the_same_on_another_scope_is_another_object(self) -> None:
        options = {"scope": "HOST-1"}
        plan = planned(
            entry("a", "x", external_id="e"),
            entry("b", "x", external_id="e", **options),
            entry("c", schema_id="single"),
            entry("d", schema_id="single", **options),
        )
        assert [item.change.action for item in plan.items] == ["create"] * 4

    def test_two_that_are_absent(self) -> None:
        assert [item.change.action for item in planned(absent("a", "x"), absent("b", "x")).items] == ["none"] * 2


class TestFoundAgain:
    """Items that would mean one object as soon as it is there."""

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            (entry("a", "x", match_on=["name"]), entry("b", "x", match_on=["name"])),
            (entry("a", "x", match_on=["name"]), entry("b", "x", match_on=["name", "text"], value={"text": "t"})),
            (entry("a", "x", match_on=["name"]), entry("b", "x", external_id="e")),
            (entry("a", "x", external_id="e"), entry("b", "x", match_on=["name"])),
            (entry("a", "x", match_on=["name"]), absent("b", "x", match_on=["name"])),
            (absent("a", "x", match_on=["name"]), entry("b", "x", match_on=["name"])),
            (entry("a", "x", external_id="e"), absent("b", "y", external_id="e")),
            (entry("a", "x", object_id="1", external_id="e"), entry("b", "y", object_id="1", external_id="f")),
        ],
    )
    def test_without_a_unique_key(self, first: SettingsEntry, second: SettingsEntry) -> None:
        both = [
            SettingsEntry(each.key, dataclasses.replace(each.wanted, schema_id="n", scope="environment"))
            for each in (first, second)
        ]
        assert problems(*both) == {"b": "is the same object as a"}

    @pytest.mark.parametrize(
        ("first", "second"),
        [(entry("a", "x"), absent("b", "x")), (absent("a", "x"), entry("b", "x"))],
    )
    def test_one_comes_and_the_same_goes(self, first: SettingsEntry, second: SettingsEntry) -> None:
        assert problems(first, second) == {"b": "is the same object as a"}

    def test_an_adopted_one_has_no_external_id(self) -> None:
        there = (stored("1", "n", name="x"),)
        adopted = entry("a", "x", schema_id="n", external_id="e", match_on=["name"])
        items = planned(adopted, entry("b", "x", schema_id="n", external_id="f"), there=there).items
        assert [item.change.action for item in items] == ["none", "create"]

    def test_told_apart(self) -> None:
        entries = [
            entry("a", "x", schema_id="n", external_id="a", match_on=["name"]),
            entry("b", "x", schema_id="n", external_id="b", match_on=["name"]),
            entry("c", "y", schema_id="n", match_on=["name"]),
            entry("d", "y", schema_id="n", match_on=["name"], scope="HOST-1"),
            absent("e", "z", schema_id="n", match_on=["name"]),
            absent("f", "z", schema_id="n", match_on=["name"]),
        ]
        actions = [item.change.action for item in planned(*entries).items]
        assert actions == ["create"] * 4 + ["none"] * 2
