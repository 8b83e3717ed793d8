# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported items, by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_plan import (
    Choice,
    chosen_ids,
    is_read_only,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .exports import DETAILED, exported, exported_value, items
from .room import GROUPS, schema, stored


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

    def test_the_scope_is_named_unless_it_is_the_environment(self) -> None:
        rows = items(stored("1", name="a"), StoredObject("2", "s", "HOST-1", {"name": "b"}))
        assert {key: row.get("scope") for key, row in rows.items()} == {"s/a": None, "s/HOST-1/b": "HOST-1"}

    def test_a_reference_that_leads_out_is_told(self) -> None:
        group = stored("9", "g", name="group", members=["elsewhere", "1"])
        result = exported(stored("1", name="a", text="elsewhere"), group, schemas=(schema("s", ["name"]), GROUPS))
        (row,) = result.files["g"]
        assert {"$ref": "s/a"} in row["value"]["members"]
        assert [(entry["key"], entry["object_id"]) for entry in result.outside] == [(row["key"], "elsewhere")]

    def test_a_set_is_sorted_by_what_it_refers_to(self) -> None:
        """So that exports of environments with other ids are the same."""
        sets = []
        for ids in ("12", "21"):
            named = zip(ids, ("a", "b"))
            there = [stored(object_id, name=name) for object_id, name in named]
            group = stored("9", "g", name="group", members=list("12"))
            sets.append(exported(*there, group, schemas=(schema("s", ["name"]), GROUPS)).files["g"][0]["value"])
        assert sets[0]["members"] == [{"$ref": "s/a"}, {"$ref": "s/b"}]
        assert sets[1] == sets[0]

    def test_what_is_not_the_collection_that_the_schema_names_stays(self) -> None:
        group = stored("9", "g", name="group", members="odd")
        assert exported(group, schemas=(GROUPS,)).files["g"][0]["value"]["members"] == "odd"

    def test_paths_in_lists(self) -> None:
        assert exported_value(name="a", rows=[{"key": "k", "on": False}]) == {
            "name": "a",
            "rows": [{"on": False, "key": "k"}],
        }


SCHEMAS = {"s": schema("s", ["name"]), "n": schema("n")}
FIXED = {"can_write": False, "can_delete": False}
ONE = stored("id-of-one", "s", "team-a/one", name="one", ref="id-of-two")
TWO = stored("id-of-two", "n", "team-b/two", name="two", ref="id-of-three")
THREE = stored("id-of-three", "n", name="three")
READ_ONLY = dataclasses.replace(stored("id-of-four", "s", name="four"), **FIXED)
FIVE = stored("id-of-five", "s", name="five", ref="id-of-four")
ON_HOST = StoredObject("id-on-host", "s", "HOST-1", {"name": "one"})
ALL = [ONE, TWO, THREE, READ_ONLY, FIVE, ON_HOST]


def chosen(**choice: Any) -> set[str]:
    return {name.removeprefix("id-") for name in chosen_ids(SCHEMAS, ALL, Choice(**choice))}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, "of-one of-two of-three of-four of-five on-host"),
        ({"object_ids": ["id-of-two", "id-of-five", "unknown"]}, "of-two of-five"),
        ({"object_ids": []}, ""),
        ({"schema_ids": ["n"]}, "of-two of-three"),
        ({"schema_ids": ["s"], "names": ["five"], "with_referenced": True}, "of-five of-four"),
        ({"schema_ids": [], "with_referenced": True}, ""),
        ({"external_id_prefix": "team-a/"}, "of-one"),
        ({"names": ["t*"]}, "of-two of-three"),
        ({"names": ["one", "FIVE"]}, "of-one on-host"),
        ({"names": ["one"], "scopes": ["HOST-1"]}, "on-host"),
        ({"names": ["one"], "external_id_prefix": "team-b/"}, ""),
        ({"names": ["four"]}, ""),
        ({"names": ["four"], "omit_read_only": False}, "of-four"),
        ({"names": ["f*"]}, "of-four of-five"),
        ({"names": ["five"]}, "of-five"),
        ({"names": ["five"], "with_referenced": True}, "of-five of-four"),
        ({"external_id_prefix": "team-a/", "with_referenced": True}, "of-one of-two of-three"),
        ({"scopes": ["HOST-1"], "with_referenced": True}, "on-host"),
    ],
)
def test_what_belongs_to_it(choice: dict[str, Any], expected: str) -> None:
    assert chosen(**choice) == set(expected.split())


def test_objects_that_refer_to_each_other() -> None:
    circle = [stored("a", "n", name="a", ref="b"), stored("b", "n", name="b", ref="a")]
    assert chosen_ids(SCHEMAS, circle, Choice(names=["a"], with_referenced=True)) == {"a", "b"}


class TestDefaults:
    def test_defaults_are_left_out_but_for_what_identifies(self) -> None:
        whole = {"name": "x", "level": 1, "inner": {"on": True, "key": "k"}, "token": "***"}
        assert exported_value(True, **whole) == {
            "name": "x",
            "inner": {"key": "k"},
            "token": {"$secret": "s/x/token"},
        }
        assert exported_value(False, **whole)["level"] == 1
        assert exported_value(True, **{**whole, "level": 2})["level"] == 2

    def test_an_external_id_does_not_make_a_unique_key_one_of_many(self) -> None:
        rows = items(
            stored("1", external_id="e", name="x", level=1, inner={"on": True, "key": "k"}),
            schemas=(DETAILED,),
            choice=Choice(False, True),
        )
        assert rows["s/x"]["value"] == {"name": "x", "inner": {"key": "k"}}

    def test_whole_where_what_is_left_out_would_not_come_back(self) -> None:
        """Nothing completes what does not fit the schema."""
        odd = {"name": "x", "level": 1, "inner": "odd"}
        assert exported_value(True, **odd) == {"name": "x", "inner": "odd"}

    def test_paths_of_keys_below_other_properties(self) -> None:
        below = schema(
            "s",
            ["inner/key"],
            properties={
                "level": {"type": "integer", "nullable": False, "default": 1},
                "inner": {"type": {"$ref": "#/types/Inner"}, "nullable": False},
            },
            types={
                "Inner": {
                    "properties": {
                        "key": {"type": "text", "nullable": False, "default": "k"},
                        "other": {"type": "text", "nullable": False, "default": "o"},
                    }
                }
            },
        )
        whole = {"level": 1, "inner": {"key": "k", "other": "o"}}
        (row,) = items(stored("1", **whole), schemas=(below,), choice=Choice(False, True)).values()
        assert row["value"] == {"inner": {"key": "k"}}
