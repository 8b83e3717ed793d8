# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How exported objects are found again, by values."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .exports import exported, items
from .room import TEXT, schema, stored


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
