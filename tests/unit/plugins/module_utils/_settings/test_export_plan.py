# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported items, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_choice import Choice, is_read_only
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .exports import DETAILED, exported, exported_value, items
from .room import stored


class TestReadOnly:
    fixed = StoredObject("9", "s", "environment", {"name": "x"}, can_write=False, can_delete=False)

    @pytest.mark.parametrize("option", ["can_write", "can_delete", "writable_only"])
    def test_what_may_be_changed_in_any_way_is_not(self, option: str) -> None:
        options: dict[str, Any] = {"can_write": False, "can_delete": False, option: True}
        assert is_read_only(self.fixed)
        assert not is_read_only(StoredObject("1", "s", "environment", {}, **options))

    def test_is_left_out(self) -> None:
        assert list(items(self.fixed, stored("1", name="a"), choice=Choice())) == ["s/a"]
        assert list(items(self.fixed, stored("1", name="a"))) == ["s/a", "s/x"]

    def test_stays_where_something_refers_to_it_through_others(self) -> None:
        other = StoredObject("8", "s", "environment", {"name": "y", "ref": "9"}, can_write=False, can_delete=False)
        assert list(items(self.fixed, other, choice=Choice())) == []
        assert list(items(self.fixed, other, stored("1", name="a", ref="8"), choice=Choice())) == ["s/a", "s/x", "s/y"]

    def test_tells_others_apart_all_the_same(self) -> None:
        """It is there when the items are looked for."""
        fixed = StoredObject("9", "n", "environment", {"name": "x"}, can_write=False, can_delete=False)
        (row,) = items(fixed, stored("1", "n", name="x"), choice=Choice()).values()
        assert row["object_id"] == "1"


class TestValues:
    def test_secrets_are_to_be_filled_in(self) -> None:
        there = stored("1", name="a", token="***", rows=[{"on": True, "key": "k"}])
        result = exported(there, schemas=(DETAILED,))
        assert result.secrets == ["s/a/token"]
        assert result.files["s"][0]["value"]["token"] == {"$secret": "s/a/token"}

    def test_the_schemas_order_comes_first_and_nulls_go(self) -> None:
        value = exported_value(zeta=1, level=2, alpha=None, beta=3, name="a")
        assert list(value.items()) == [("name", "a"), ("level", 2), ("beta", 3), ("zeta", 1)]

    def test_paths_in_lists(self) -> None:
        assert exported_value(name="a", rows=[{"key": "k", "on": False}]) == {
            "name": "a",
            "rows": [{"on": False, "key": "k"}],
        }
