# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From stored objects to items of a list, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_choice import Choice, is_read_only
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_plan import Export, export
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import TEXT, schema, stored

PLAIN = schema("s", ["name"])
NAMELESS = schema("n")
EVERYTHING = Choice(omit_read_only=False)


def exported(
    *there: StoredObject, schemas: tuple[Schema, ...] = (PLAIN, NAMELESS), choice: Choice = EVERYTHING
) -> Export:
    return export({document.schema_id: document for document in schemas}, there, choice)


def items(*there: StoredObject, **more: Any) -> dict[str, dict[str, Any]]:
    """All items without their keys, by key."""
    rows = [dict(row) for listed in exported(*there, **more).files.values() for row in listed]
    return {row.pop("key"): row for row in rows}


class TestIdentity:
    def test_an_external_id(self) -> None:
        assert items(stored("1", "n", "e", name="x")) == {"n/x": {"external_id": "e", "value": {"name": "x"}}}

    def test_a_unique_key(self) -> None:
        assert items(stored("1", name="x")) == {"s/x": {"value": {"name": "x"}}}

    def test_a_single_object(self) -> None:
        single = schema("single", multiObject=False)
        assert items(stored("1", "single", name="x"), schemas=(single,)) == {"single": {"value": {"name": "x"}}}

    def test_the_fewest_properties_that_tell(self) -> None:
        rows = items(stored("1", "n", name="x", text="a"), stored("2", "n", name="y", text="a"))
        assert [row["match_on"] for row in rows.values()] == [["name"], ["name"]]

    def test_two_properties_where_one_is_not_enough(self) -> None:
        three = [stored(str(n), "n", name="xxy"[n], text="aba"[n], ref="c") for n in range(3)]
        assert [row["match_on"] for row in items(*three).values()] == [["name", "text"]] * 3

    def test_all_properties_where_two_are_not_enough(self) -> None:
        four = [stored(str(n), "n", name="xxxx"[n], text="aabb"[n], ref="cdcd"[n]) for n in range(4)]
        rows = items(*four).values()
        assert {tuple(row["match_on"]) for row in rows} in ({("name", "text", "ref")}, {("name", "ref", "text")})

    def test_only_what_all_of_them_have(self) -> None:
        rows = items(stored("1", "n", name="x", text="a"), stored("2", "n", name="x"))
        assert [set(row) for row in rows.values()] == [{"object_id", "external_id", "value"}] * 2

    def test_twins(self) -> None:
        """By their ids here, by an external id wherever they are created."""
        rows = items(stored("1", "n", name="x"), stored("2", "n", name="x"))
        assert {row["object_id"] for row in rows.values()} == {"1", "2"}
        assert all(row["external_id"].startswith("exported-") for row in rows.values())
        assert len({row["external_id"] for row in rows.values()}) == 2

    def test_scopes_do_not_disturb_each_other(self) -> None:
        host = StoredObject("2", "n", "HOST-1", {"name": "x"})
        rows = items(stored("1", "n", name="x"), host)
        assert rows == {
            "n/x": {"match_on": ["name"], "value": {"name": "x"}},
            "n/HOST-1/x": {"scope": "HOST-1", "match_on": ["name"], "value": {"name": "x"}},
        }

    def test_of_a_nested_property(self) -> None:
        nested = schema(
            "n",
            properties={"inner": {"type": {"$ref": "#/types/Inner"}}},
            types={"Inner": {"properties": {"name": TEXT, "inner": {"type": {"$ref": "#/types/Inner"}}}}},
        )
        rows = items(*[stored(name, "n", inner={"name": name}) for name in "ab"], schemas=(nested,))
        assert [row["match_on"] for row in rows.values()] == [["inner.name"]] * 2


HTTP = {"type": "EQUALS", "property": "kind", "expectedValue": "http"}
SOURCES = schema(
    "x",
    ["path", "box", "kind"],
    properties={
        "name": TEXT,
        "kind": TEXT,
        "path": {**TEXT, "precondition": HTTP},
        "box": {**TEXT, "precondition": {"type": "NOT", "precondition": HTTP}},
    },
)
MEMBERS = schema(
    "m",
    properties={"name": TEXT, "members": {"type": "set", "items": {"type": "text"}}},
    schemaConstraints=[{"type": "UNIQUE", "flattenCollections": True, "uniqueProperties": ["members"]}],
)


class TestUnusualKeys:
    def test_parts_that_exclude_each_other(self) -> None:
        """Really unique, other than the name."""
        rows = items(
            stored("1", "x", name="n", kind="http", path="p"),
            stored("2", "x", name="m", kind="file", box="p"),
            schemas=(SOURCES,),
        )
        assert {key: row["match_on"] for key, row in rows.items()} == {
            "x/p-http": ["path", "kind"],
            "x/p-file": ["box", "kind"],
        }

    def test_a_part_that_may_be_there_and_is_not(self) -> None:
        """Such an object is none of this key."""
        rows = items(stored("1", "x", name="n", kind="http"), schemas=(SOURCES,))
        assert [row["match_on"] for row in rows.values()] == [["name"]]

    def test_elements(self) -> None:
        """An object without elements is found by something else."""
        rows = items(
            stored("1", "m", name="a", members=["p", "q"]), stored("2", "m", name="b", members=[]), schemas=(MEMBERS,)
        )
        assert {key: row.get("match_on") for key, row in rows.items()} == {"m/a": None, "m/b": ["name"]}


class TestKeys:
    def test_are_short_and_plain(self) -> None:
        (key,) = items(stored("1", name="A (very) Long näme! " + "x" * 80))
        assert key.startswith("s/a-very-long-näme-xxx")
        assert len(key) == 62

    def test_of_what_has_no_name(self) -> None:
        (key,) = items(stored("1", name="!!"))
        assert len(key) == len("s/") + 8

    def test_all_of_several_get_a_mark(self) -> None:
        keys = list(items(stored("1", name="a b"), stored("2", name="a-b"), stored("3", name="c")))
        assert keys[2] == "s/c"
        assert all(len(key) == len("s/a-b-") + 8 and key.startswith("s/a-b-") for key in keys[:2])
        again = items(stored("2", name="a-b"), stored("9", name="a b"))
        assert set(again) == set(keys[:2])  # what tells them apart is not their ids

    def test_marks_of_twins_are_of_their_ids(self) -> None:
        assert len(items(stored("1", "n", name="x"), stored("2", "n", name="x"))) == 2


class TestOrder:
    there = (
        StoredObject("1", "s", "HOST-2", {"name": "b"}),
        stored("2", name="z"),
        StoredObject("3", "s", "HOST-1", {"name": "c"}),
        stored("4", name="a"),
    )

    def test_does_not_depend_on_the_servers(self) -> None:
        assert list(items(*self.there)) == ["s/a", "s/z", "s/HOST-1/c", "s/HOST-2/b"]

    def test_is_kept_where_it_has_a_meaning(self) -> None:
        ordered = schema("s", ["name"], ordered=True)
        assert list(items(*self.there, schemas=(ordered,))) == ["s/z", "s/a", "s/HOST-1/c", "s/HOST-2/b"]


class TestReferences:
    def test_by_key(self) -> None:
        rows = items(stored("1", name="a", ref="2"), stored("2", name="b"))
        assert rows["s/a"]["value"] == {"name": "a", "ref": {"$ref": "s/b"}}

    def test_a_circle_is_cut_once(self) -> None:
        rows = items(stored("1", name="a", ref="2"), stored("2", name="b", ref="1"), stored("3", name="c", ref="3"))
        assert rows["s/a"]["value"]["ref"] == {"$ref": "s/b"}
        assert (rows["s/b"]["value"]["ref"], rows["s/c"]["value"]["ref"]) == ("1", "3")

    def test_two_that_lead_to_the_same(self) -> None:
        rows = items(stored("1", name="a", ref="3"), stored("2", name="b", ref="3"), stored("3", name="c"))
        assert rows["s/a"]["value"]["ref"] == rows["s/b"]["value"]["ref"] == {"$ref": "s/c"}

    def test_a_long_chain(self) -> None:
        chain = [stored(str(n), name=f"n{n}", ref=str(n + 1)) for n in range(3000)]
        assert items(*chain)["s/n0"]["value"]["ref"] == {"$ref": "s/n1"}

    def test_out_of_the_export(self) -> None:
        setting = schema("s", ["name"], properties={"name": TEXT, "ref": {"type": "setting", "referencedType": "t"}})
        result = exported(stored("1", name="a", ref="9"), schemas=(setting,))
        assert result.outside == [{"key": "s/a", "path": "ref", "object_id": "9", "schema_id": "t"}]
        assert exported(stored("1", name="a", ref="9")).outside == []

    def test_sets_are_sorted_by_what_is_the_same_elsewhere(self) -> None:
        listed = {"type": "set", "items": {"type": "text"}}
        document = schema("s", ["name"], properties={"name": TEXT, "refs": listed})

        def refs(first: str, second: str) -> Any:
            there = [stored("1", name="z", refs=[first, second]), stored(first, name="b"), stored(second, name="a")]
            return items(*there, schemas=(document,))["s/z"]["value"]["refs"]

        assert refs("8", "9") == refs("9", "8") == [{"$ref": "s/a"}, {"$ref": "s/b"}]


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
    document = schema(
        "s",
        ["name"],
        properties={
            "name": {**TEXT, "default": "x"},
            "level": {"type": "integer", "nullable": False, "default": 1},
            "token": {"type": "secret", "nullable": True},
            "inner": {"type": {"$ref": "#/types/Inner"}, "nullable": False},
            "rows": {"type": "list", "nullable": True, "items": {"type": {"$ref": "#/types/Inner"}}},
        },
        types={"Inner": {"properties": {"on": {"type": "boolean", "nullable": False, "default": True}, "key": TEXT}}},
    )

    def value(self, omit_defaults: bool = False, **value: Any) -> Any:
        rows = items(stored("1", **value), schemas=(self.document,), choice=Choice(False, omit_defaults))
        return next(iter(rows.values()))["value"]

    def test_secrets_are_to_be_filled_in(self) -> None:
        there = stored("1", name="a", token="***", rows=[{"on": True, "key": "k"}])
        result = exported(there, schemas=(self.document,))
        assert result.secrets == ["s/a/token"]
        assert result.files["s"][0]["value"]["token"] == {"$secret": "s/a/token"}

    def test_the_schemas_order_comes_first_and_nulls_go(self) -> None:
        value = self.value(zeta=1, level=2, alpha=None, beta=3, name="a")
        assert list(value.items()) == [("name", "a"), ("level", 2), ("beta", 3), ("zeta", 1)]

    def test_paths_in_lists(self) -> None:
        assert self.value(name="a", rows=[{"key": "k", "on": False}]) == {
            "name": "a",
            "rows": [{"on": False, "key": "k"}],
        }

    def test_defaults_are_left_out_but_for_what_identifies(self) -> None:
        whole = {"name": "x", "level": 1, "inner": {"on": True, "key": "k"}, "token": "***"}
        assert self.value(True, **whole) == {
            "name": "x",
            "inner": {"key": "k"},
            "token": {"$secret": "s/x/token"},
        }
        assert self.value(False, **whole)["level"] == 1
        assert self.value(True, **{**whole, "level": 2})["level"] == 2

    def test_an_external_id_does_not_make_a_unique_key_one_of_many(self) -> None:
        rows = items(
            stored("1", external_id="e", name="x", level=1, inner={"on": True, "key": "k"}),
            schemas=(self.document,),
            choice=Choice(False, True),
        )
        assert rows["s/x"]["value"] == {"name": "x", "inner": {"key": "k"}}
