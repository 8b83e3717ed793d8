# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Places of the items of a list, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import Fence
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import pending
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import absent, entry, planned, problems, stored


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
        assert (item.change.action, item.change.order_body) == ("move", {"insertAfter": ""})
        assert (item.change.before["position"], item.change.after["position"]) == (3, 1)
        assert other.change.action == "none"

    @pytest.mark.parametrize(("neighbor", "said"), [("1", "this task deletes"), ("a", "is not an object")])
    def test_what_the_list_deletes_is_no_neighbor(self, neighbor: str, said: str) -> None:
        """By object id, and by key."""
        with pytest.raises(InputError, match=f"c: insert_after names {neighbor}, which {said}"):
            planned(absent("a", schema_id="o"), entry("c", schema_id="o", insert_after=neighbor), there=self.there)

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

    def test_what_is_pruned_is_nobodys_neighbor(self) -> None:
        fence = Fence(schema_ids=("o",))
        plan = planned(entry("b", schema_id="o", position="first"), there=self.there, fence=fence)
        (arrangement,) = plan.arrangements.values()
        assert (arrangement.target, plan.items[0].change.action) == (["2"], "none")
        wrong = problems(entry("c", schema_id="o", insert_after="1"), there=self.there, fence=fence)
        assert wrong == {"o on environment": "c: insert_after names 1, which this task deletes"}

    def test_an_object_that_cannot_be_moved(self) -> None:
        fixed = StoredObject("3", "o", "environment", {"name": "c"}, is_movable=False)
        with pytest.raises(InputError, match=r"^c: object 3 cannot be moved"):
            planned(entry("c", schema_id="o", position="first"), there=(*self.there[:2], fixed))
