# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a list of objects, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import Fence, settled
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import pending
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import absent, entry, planned, problems, ref, stored


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
        assert wrong["b"] == "schema s is not ordered: leave out position, insert_after and insert_before"

    def test_an_item_without_position_has_none(self) -> None:
        (item,) = planned(entry("a")).items
        assert (item.change.order_body, item.change.after.get("position")) == ({}, None)


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
        """Nobody knows whether the server minds, so that it is asked."""
        there = (stored("1", name="a", ref="2"), stored("2", name="b", ref="1"), stored("3", name="d", ref="2"))
        plan = planned(entry("c"), there=there, fence=Fence(["s"]))
        ids = [stored_object.object_id for stored_object in plan.pruned]
        assert sorted(ids) == ["1", "2", "3"]
        assert ids.index("3") < ids.index("2")

    def test_the_limit(self) -> None:
        assert len(planned(entry("a"), there=self.there, fence=Fence(["s"], limit=3)).pruned) == 3
        with pytest.raises(InputError, match="prune would delete 3 objects, more than its limit of 2") as caught:
            planned(entry("a"), there=self.there, fence=Fence(["s"], limit=2))
        assert set(caught.value.details["prunable"]) == {"2", "3", "4"}

    def test_an_empty_list(self) -> None:
        with pytest.raises(InputError, match="check for an empty variable"):
            planned(there=self.there, fence=Fence(["s"]))
        assert len(planned(there=self.there, fence=Fence(["s"], allow_empty=True)).pruned) == 4


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

    def test_a_circle_of_what_is_there(self) -> None:
        entries = entry("a", value=ref("b")), entry("b", value=ref("a"))
        there = stored("1", name="a", ref="2"), stored("2", name="b", ref="x")
        first, second = planned(*entries, there=there).items
        assert [first.change.action, second.change.action] == ["none", "update"]
        assert (second.change.value["ref"], second.unresolved, second.step) == ("1", (), 0)

    def test_a_circle_of_which_one_is_there(self) -> None:
        """It gets the id of the other one, which is created before."""
        entries = entry("a", value=ref("b")), entry("b", value=ref("c")), entry("c", value=ref("a"))
        items = planned(*entries, there=(stored("2", name="b", ref="x"),)).items
        assert [item.change.action for item in items] == ["create", "update", "create"]
        assert [item.change.value["ref"] for item in items] == ["2", pending("c"), pending("a")]
        assert [item.step for item in items] == [0, 2, 1]

    def test_what_refers_to_itself(self) -> None:
        (item,) = planned(entry("a", value=ref("a")), there=(stored("1", name="a", ref="1"),)).items
        assert item.change.action == "none"
        with pytest.raises(InputError, match=r"^a -> a: .*leave one of the references out in a first run"):
            planned(entry("a", value=ref("a")))

    def test_a_circle_that_is_deleted(self) -> None:
        there = (stored("1", name="a", ref="2"), stored("2", name="b", ref="1"), stored("3", name="c", ref="1"))
        items = planned(absent("a"), absent("b"), entry("c", value={"ref": None}), there=there).items
        assert sorted(item.step for item in items[:2]) == [1, 2]
        assert items[2].step == 0

    def test_ids_that_are_known_by_now(self) -> None:
        value = {"x": [pending("a"), {"y": pending("b")}], "z": "a"}
        assert settled(value, {"a": "1"}) == {"x": ["1", {"y": pending("b")}], "z": "a"}
