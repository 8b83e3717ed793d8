# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a list of objects, by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import (
    BulkPlan,
    Fence,
    ReadObjects,
    SettingsEntry,
    plan_all,
    settled,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import pending
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options

from .room import TEXT, schema, stored

PLAIN = schema("s", ["name"])
ORDERED = schema("o", ["name"], ordered=True)
SINGLE = schema("single", multiObject=False)
BY_ELEMENT = {"type": "UNIQUE", "flattenCollections": True, "uniqueProperties": ["members"]}
GROUPS = schema(
    "g",
    properties={"name": TEXT, "members": {"type": "set", "items": {"type": "setting"}}},
    schemaConstraints=[BY_ELEMENT],
)
NOTES = schema("n")
SCHEMAS = [PLAIN, ORDERED, SINGLE, GROUPS, NOTES]


def entry(key: str, name: str | None = None, **options: Any) -> SettingsEntry:
    """An item whose value is a name and what ``value`` says beside it."""
    value = {"name": name or key, **(options.pop("value", None) or {})}
    return SettingsEntry(key, from_options({"schema_id": "s", "value": value, **options}))


def absent(key: str, name: str | None = None, **options: Any) -> SettingsEntry:
    return entry(key, name, state="absent", **options)


def read_objects(there: tuple[StoredObject, ...]) -> ReadObjects:
    schemas: dict[str, Schema] = {document.schema_id: document for document in SCHEMAS}
    by_place = grouped(there, lambda stored_object: (stored_object.schema_id, stored_object.scope))
    indexes = {place: Index(schemas[place[0]], listed) for place, listed in by_place.items()}
    return ReadObjects({(name, None): document for name, document in schemas.items()}, indexes, {})


def planned(
    *entries: SettingsEntry, there: tuple[StoredObject, ...] = (), keep_order: bool = True, fence: Fence | None = None
) -> BulkPlan:
    return plan_all(entries, read_objects(there), keep_order, fence)


def problems(*entries: SettingsEntry, **more: Any) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        planned(*entries, **more)
    errors: dict[str, str] = caught.value.details["errors"]
    return errors


def ref(name: str) -> dict[str, Any]:
    return {"ref": {"$ref": name}}


class TestEach:
    def test_actions(self) -> None:
        plan = planned(
            entry("new"),
            entry("same"),
            entry("other", value={"text": "x"}),
            absent("gone"),
            absent("never"),
            there=(stored("1", name="same"), stored("2", name="other"), stored("3", name="gone")),
        )
        assert [(item.key, item.change.action) for item in plan.items] == [
            ("new", "create"),
            ("same", "none"),
            ("other", "update"),
            ("gone", "delete"),
            ("never", "none"),
        ]
        assert {item.step for item in plan.items} == {0}
        assert (plan.arrangements, plan.pruned) == ({}, [])

    def test_every_item_that_is_wrong_is_named(self) -> None:
        wrong = problems(
            entry("a", scope="NETWORK-1"), entry("b", position="first"), entry("c"), entry("d", value={"nope": 1})
        )
        assert list(wrong) == ["a", "b", "d"]
        assert "scope NETWORK-1 is not allowed" in wrong["a"]
        assert wrong["b"] == "schema s is not ordered: leave out its position"

    def test_an_item_without_position_has_none(self) -> None:
        (item,) = planned(entry("a")).items
        assert (item.change.place, item.change.after.get("position")) == ({}, None)


class TestReferences:
    def test_to_what_is_there(self) -> None:
        first, second = planned(entry("a", value=ref("b")), entry("b"), there=(stored("1", name="b"),)).items
        assert (first.change.value["ref"], first.unresolved, first.needs, first.step) == ("1", (), frozenset(), 0)
        assert second.change.action == "none"

    def test_to_what_is_new(self) -> None:
        first, second = planned(entry("a", value=ref("b")), entry("b")).items
        assert first.change.value["ref"] == pending("b")
        assert (first.unresolved, first.needs, first.step) == (("value.ref",), frozenset({"b"}), 1)
        assert (second.unresolved, second.needs, second.step) == ((), frozenset(), 0)

    def test_by_external_id_and_a_key_comes_first(self) -> None:
        entries = [entry("a", value=ref("x")), entry("b", external_id="x"), entry("x")]
        assert planned(*entries[:2]).items[0].needs == {"b"}
        assert planned(*entries).items[0].needs == {"x"}

    def test_by_an_external_id_of_several(self) -> None:
        """On another scope, or of another schema, it is another object."""
        entries = [
            entry("a", value=ref("x")),
            entry("b", external_id="x"),
            entry("c", external_id="x", scope="HOST-1"),
            entry("d", value=ref("c")),
        ]
        text = "value.ref refers to x, which is the external id of b, c: refer to one of them by its key"
        assert problems(*entries) == {"a": text}
        assert planned(*entries[1:]).items[2].needs == {"c"}

    def test_an_empty_name(self) -> None:
        assert "neither key nor external id" in problems(entry("a", value=ref("")))["a"]

    def test_through_several(self) -> None:
        items = planned(entry("a", value=ref("b")), entry("b", value=ref("c")), entry("c")).items
        assert [item.step for item in items] == [2, 1, 0]

    def test_what_leads_nowhere(self) -> None:
        wrong = problems(entry("a", value=ref("nobody")), entry("b", value=ref("c")), absent("c"))
        assert wrong == {
            "a": "value.ref refers to nobody, which is neither key nor external id of an item",
            "b": "value.ref refers to c, which has state=absent",
        }

    def test_what_goes_may_refer_to_what_goes(self) -> None:
        """The one that refers is deleted first."""
        there = (stored("1", name="a", ref="2"), stored("2", name="b"))
        first, second = planned(absent("a", value=ref("b")), absent("b"), there=there).items
        assert (first.step, second.step, second.needs) == (0, 1, frozenset({"a"}))

    def test_a_reference_is_taken_away_before_its_target_is_deleted(self) -> None:
        there = (stored("1", name="a", ref="2"), stored("2", name="b", ref="2"))
        first, second = planned(entry("a", value={"ref": None}), absent("b"), there=there).items
        assert (first.change.action, first.step) == ("update", 0)
        assert (second.change.action, second.step, second.needs) == ("delete", 1, frozenset({"a"}))

    def test_an_unchanged_one_waits_for_nobody(self) -> None:
        there = (stored("1", name="a", ref="2"), stored("2", name="b"))
        assert planned(entry("a"), absent("b"), there=there).items[1].needs == frozenset()

    def test_a_circle(self) -> None:
        with pytest.raises(InputError, match=r"^a -> b -> a: these items refer to each other in a cycle"):
            planned(entry("a", value=ref("b")), entry("b", value=ref("a")))

    def test_ids_that_are_known_by_now(self) -> None:
        value = {"x": [pending("a"), {"y": pending("b")}], "z": "a"}
        assert settled(value, {"a": "1"}) == {"x": ["1", {"y": pending("b")}], "z": "a"}


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
        assert problems(entry("a", "x"), entry("b", "x")) == {"b": "is the same object as a"}

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

    def test_an_unlisted_owner_is_the_servers_affair(self) -> None:
        there = (stored("1", external_id="a", name="x"), stored("2", name="y"))
        (item,) = planned(entry("a", "y", external_id="a"), there=there).items
        assert (item.step, item.awaited_keys) == (0, ())


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
            plan_all(entries, read, True, None)

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
            plan_all(entries, read, True, None)

    def test_what_is_named_is_not_what_has_to_go(self) -> None:
        items = planned(group("a", "x", external_id="a"), group("b", "x", state="absent")).items
        assert [item.change.action for item in items] == ["create", "none"]

    def test_what_is_wrong_with_a_named_one_is_said_once(self) -> None:
        wrong = problems(group("b", "q", "r"), group("a", "p", match_on=["nope"]), there=self.there)
        assert wrong["a"] == "match_on names nope, which schema g does not have"


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


class TestOrder:
    there = (stored("1", "o", name="a"), stored("2", "o", name="b"), stored("3", "o", name="c"))

    def test_list_order(self) -> None:
        plan = planned(entry("c", schema_id="o"), entry("a", schema_id="o"), there=self.there)
        (arrangement,) = plan.arrangements.values()
        assert arrangement.target == ["2", "3", "1"] or arrangement.target == ["3", "1", "2"]
        assert [item.change.action for item in plan.items].count("move") == 1

    def test_without_order_and_positions_nothing_is_arranged(self) -> None:
        plan = planned(entry("c", schema_id="o"), entry("a", schema_id="o"), there=self.there, keep_order=False)
        assert plan.arrangements == {}
        assert [item.change.action for item in plan.items] == ["none", "none"]

    def test_one_position_is_enough(self) -> None:
        plan = planned(
            entry("c", schema_id="o", position="first"), entry("a", schema_id="o"), there=self.there, keep_order=False
        )
        (item, other) = plan.items
        assert (item.change.action, item.change.place) == ("move", {"insertAfter": ""})
        assert (item.change.before["position"], item.change.after["position"]) == (3, 1)
        assert other.change.action == "none"

    @pytest.mark.parametrize("neighbor", ["1", "a-external", "new", "new-external"])
    def test_neighbors(self, neighbor: str) -> None:
        """By object id, external id, key, and the external id of one that is new."""
        there = (stored("1", "o", "a-external", name="a"), *self.there[1:])
        plan = planned(
            entry("new", schema_id="o", external_id="new-external", position="first"),
            entry("c", schema_id="o", insert_after=neighbor),
            there=there,
            keep_order=False,
        )
        (arrangement,) = plan.arrangements.values()
        name = pending("new") if neighbor.startswith("new") else "1"
        assert arrangement.target.index("3") == arrangement.target.index(name) + 1

    @pytest.mark.parametrize(
        ("neighbor", "said"),
        [
            ("nobody", "c: insert_after names nobody, which is not an object"),
            ("c", "c: insert_after names the object itself"),
        ],
    )
    def test_neighbors_that_cannot_be(self, neighbor: str, said: str) -> None:
        wrong = problems(entry("c", schema_id="o", insert_after=neighbor), there=self.there)
        assert said in wrong["o on environment"]

    def test_what_is_deleted_is_nobodys_neighbor(self) -> None:
        plan = planned(absent("a", schema_id="o"), entry("b", schema_id="o", position="first"), there=self.there)
        (arrangement,) = plan.arrangements.values()
        assert arrangement.target == ["2", "3"]
        assert [item.change.action for item in plan.items] == ["delete", "none"]

    def test_an_object_that_cannot_be_moved(self) -> None:
        fixed = StoredObject("3", "o", "environment", {"name": "c"}, is_movable=False)
        with pytest.raises(InputError, match=r"^c: object 3 cannot be moved"):
            planned(entry("c", schema_id="o", position="first"), there=(*self.there[:2], fixed))


class TestPrune:
    there = (
        stored("1", external_id="team/a", name="a"),
        stored("2", external_id="team/b", name="b", ref="3"),
        stored("3", external_id="other", name="c"),
        StoredObject("4", "s", "HOST-1", {"name": "d"}),
        StoredObject("5", "s", "environment", {"name": "e"}, can_delete=False),
        stored("6", "o", name="f"),
    )

    @pytest.mark.parametrize(
        ("fence", "pruned"),
        [
            (Fence(["s"]), {"2", "3", "4"}),
            (Fence(["s"], ["environment"]), {"2", "3"}),
            (Fence(["s"], ["HOST-1"]), {"4"}),
            (Fence(["s"], external_id_prefix="team/"), {"2"}),
            (Fence(["s", "o"], limit=4), {"2", "3", "4", "6"}),
            (Fence(["single"]), set()),
        ],
    )
    def test_what_is_inside_and_not_listed(self, fence: Fence, pruned: set[str]) -> None:
        plan = planned(entry("a"), there=self.there, fence=fence)
        assert {stored_object.object_id for stored_object in plan.pruned} == pruned

    def test_who_refers_goes_first(self) -> None:
        plan = planned(entry("a"), there=self.there[::-1], fence=Fence(["s"]))
        names = [stored_object.object_id for stored_object in plan.pruned]
        assert names.index("2") < names.index("3")

    def test_a_circle(self) -> None:
        there = (stored("1", name="a", ref="2"), stored("2", name="b", ref="1"))
        with pytest.raises(InputError, match="none can be deleted first"):
            planned(entry("c"), there=there, fence=Fence(["s"]))

    def test_the_limit(self) -> None:
        assert len(planned(entry("a"), there=self.there, fence=Fence(["s"], limit=3)).pruned) == 3
        with pytest.raises(InputError, match="prune would delete 3 objects, more than its limit of 2") as caught:
            planned(entry("a"), there=self.there, fence=Fence(["s"], limit=2))
        assert set(caught.value.details["prunable"]) == {"2", "3", "4"}

    def test_an_empty_list(self) -> None:
        with pytest.raises(InputError, match="is a variable empty"):
            planned(there=self.there, fence=Fence(["s"]))
        assert len(planned(there=self.there, fence=Fence(["s"], allow_empty=True)).pruned) == 4
