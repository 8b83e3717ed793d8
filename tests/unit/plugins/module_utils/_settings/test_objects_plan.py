# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for a list of objects, by values."""

from __future__ import annotations

from .room import absent, entry, planned, problems, stored


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
        assert (item.change.order_body, item.change.after.get("position")) == ({}, None)
