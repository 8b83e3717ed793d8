# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items of a list that wait for others, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    ReadObjects,
    SettingsEntry,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import Fence, plan_all

from .room import BY_ELEMENT, TEXT, absent, entry, planned, problems, schema, stored


class TestUniqueKeys:
    def test_a_key_is_taken_when_it_is_free(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", external_id="b", name="y"))
        first, second = planned(entry("a", "y", external_id="a"), entry("b", "z", external_id="b"), there=there).items
        assert (first.step, first.needs, first.awaited_keys) == (1, frozenset({"b"}), ("name",))
        assert (second.step, second.needs, second.awaited_keys) == (0, frozenset(), ())

    def test_a_key_that_a_deletion_sets_free(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", external_id="b", name="y"))
        items = planned(entry("a", "y", external_id="a"), absent("b", external_id="b"), there=there).items
        assert (items[0].step, items[0].awaited_keys, items[1].step) == (1, ("name",), 0)

    def test_a_swap_cannot_be(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", external_id="b", name="y"))
        with pytest.raises(InputError, match="each takes the unique key of the next"):
            planned(entry("a", "y", external_id="a"), entry("b", "x", external_id="b"), there=there)

    @pytest.mark.parametrize("key", ["b", "nobody"])
    def test_a_text_that_reads_like_a_missing_id_waits_for_nobody(self, key: str) -> None:
        first, _second = planned(entry("a", value={"text": f"(object id of item {key})"}), entry("b")).items
        assert (first.step, first.needs) == (0, frozenset())

    def test_what_is_not_listed_keeps_its_key(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", name="y"))
        with pytest.raises(InputError, match="a: no two objects may have the same name, and 2 'y' has it"):
            planned(entry("a", "y", external_id="a"), there=there)

    def test_a_key_that_two_stored_objects_share_is_the_servers_affair(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", name="x"))
        (item,) = planned(entry("a", "x", external_id="a", value={"name": "x", "text": "t"}), there=there).items
        assert (item.step, item.change.action) == (0, "update")


def group(key: str, *members: Any, **options: Any) -> SettingsEntry:
    return entry(key, key, schema_id="g", value={"members": list(members)}, **options)


class TestKeysByElement:
    there = (stored("1", "g", name="a", members=["p", "q"]), stored("2", "g", name="b", members=["r"]))
    named: dict[str, Any] = {"match_on": ["name"]}  # noqa: RUF012 (nobody changes it)

    @pytest.mark.parametrize("options", [{"match_on": ["name"]}, {"object_id": "1", "scope": "environment"}])
    def test_an_element_is_taken_when_it_is_free(self, options: dict[str, Any]) -> None:
        for turn in (1, -1):
            entries = [group("a", "p", **options), group("b", "q", "r")]
            items = {item.key: item for item in planned(*entries[::turn], there=self.there).items}
            assert (items["a"].step, items["a"].change.target_id) == (0, "1")
            assert (items["b"].step, items["b"].change.target_id, items["b"].needs) == (1, "2", frozenset({"a"}))
            assert items["b"].awaited_keys == ("members",)

    def test_by_a_new_one(self) -> None:
        items = planned(group("new", "q"), group("a", "p", **self.named), there=self.there).items
        assert [(item.change.action, item.step) for item in items] == [("create", 1), ("update", 0)]
        assert "1" in items[0].named

    def test_named_by_what_a_reference_leads_to(self) -> None:
        """An item that is named by a property with a reference, and one that it could be taken for."""
        there = (*self.there, stored("9", name="x"))
        items = planned(
            group("b", "q", "r"),
            group("a", {"$ref": "x"}, external_id="a", match_on=["members"]),
            entry("x"),
            there=(stored("1", "g", members=["9"], name="a"), *there[1:]),
        ).items
        assert [item.change.target_id for item in items] == ["2", "1", "9"]

    def test_nobody_is_named(self) -> None:
        wrong = problems(group("a", "p"), group("b", "q", "r"), there=self.there)
        assert list(wrong) == ["b"]
        assert "several objects have one of the given members: 1 'a', 2 'b'" in wrong["b"]

    def test_an_element_in_two(self) -> None:
        text = "shares an element of members, which only one object may have, with a"
        assert problems(group("a", "x", "y"), group("b", "y", "z")) == {"b": text}
        wrong = problems(group("a", "p", "q", **self.named), group("b", "q", **self.named), there=self.there)
        assert wrong == {"b": text}

    def test_two_of_the_same_elements_that_do_not_exist_yet(self) -> None:
        ref = {"$ref": "x"}
        assert "shares an element" in problems(group("a", ref), group("b", ref), entry("x"))["b"]

    def test_nobody_has_an_element(self) -> None:
        items = planned(group("a", **self.named), group("c", **self.named), there=self.there).items
        assert [item.change.action for item in items] == ["update", "create"]

    def test_an_exchange(self) -> None:
        """Each first gives up what it will not keep, and nobody waits for anybody."""
        plan = planned(group("a", "p", "r", **self.named), group("b", "q", "new", **self.named), there=self.there)
        first = [(item.key, item.change.target_id, item.change.value["members"]) for item in plan.released]
        assert first == [("a", "1", ["p"]), ("b", "2", [])]
        assert [(item.step, item.needs, item.is_released) for item in plan.items] == [(0, frozenset(), True)] * 2
        assert [item.awaited_keys for item in plan.items] == [("members",)] * 2
        assert plan.items[0].change.before["value"]["members"] == ["p", "q"]

    def test_an_exchange_and_who_takes_from_it(self) -> None:
        there = (*self.there, stored("3", "g", name="c", members=["s"]))
        entries = [group("a", "r", **self.named), group("b", "p", **self.named), group("c", "q", "s", **self.named)]
        plan = planned(*entries, there=there)
        assert [item.key for item in plan.released] == ["a", "b"]
        assert [(item.key, item.step, item.is_released) for item in plan.items] == [
            ("a", 0, True),
            ("b", 0, True),
            ("c", 0, False),
        ]

    def test_what_moves_one_way_is_written_once(self) -> None:
        plan = planned(group("a", "p", **self.named), group("b", "q", "r", **self.named), there=self.there)
        assert plan.released == []

    def test_an_exchange_in_which_one_would_have_too_few(self) -> None:
        """Its elements cannot be taken away first."""
        least = schema(
            "g",
            properties={"name": TEXT, "members": {"type": "set", "minObjects": 1, "items": {"type": "setting"}}},
            schemaConstraints=[BY_ELEMENT],
        )
        entries = [group("a", "r", **self.named), group("b", "p", "q", **self.named)]
        read = ReadObjects({("g", None): least}, {("g", "environment"): Index(least, self.there)}, {})
        with pytest.raises(InputError, match="each takes the unique key of the next; change them in two steps"):
            plan_all(entries, read, True, Fence())

    def test_an_exchange_of_what_is_unique_together_with_a_name(self) -> None:
        pair = {**BY_ELEMENT, "uniqueProperties": ["name", "members"]}
        fields = {"name": TEXT, "text": TEXT, "members": {"type": "set", "items": {"type": "setting"}}}
        pairs = schema("g", properties=fields, schemaConstraints=[pair])
        there = (stored("1", "g", name="a", members=["p"]), stored("2", "g", name="b", members=["p"]))
        entries = [
            entry("a", "b", schema_id="g", object_id="1", scope="environment", value={"members": ["p"]}),
            entry("b", "a", schema_id="g", object_id="2", scope="environment", value={"members": ["p"]}),
        ]
        read = ReadObjects({("g", None): pairs}, {("g", "environment"): Index(pairs, there)}, {})
        with pytest.raises(InputError, match="each takes the unique key of the next"):
            plan_all(entries, read, True, Fence())

    def test_what_is_named_is_not_what_has_to_go(self) -> None:
        items = planned(group("a", "x", external_id="a"), group("b", "x", state="absent")).items
        assert [item.change.action for item in items] == ["create", "none"]

    def test_what_is_wrong_with_a_named_one_is_said_once(self) -> None:
        wrong = problems(group("b", "q", "r"), group("a", "p", match_on=["nope"]), there=self.there)
        assert wrong["a"] == "match_on names nope, which schema g does not have"
