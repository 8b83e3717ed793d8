# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an item of a list says of itself, by values."""

from __future__ import annotations

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
