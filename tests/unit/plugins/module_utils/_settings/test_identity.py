# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which stored object is meant; pure functions by values. Most of it is tested with the plan of one object."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import (
    Index,
    can_identify,
    find,
    given_keys,
    is_whole,
    key_texts,
    named_object,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import ObjectKey, Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

DOCUMENT = {
    "schemaId": "test",
    "multiObject": True,
    "properties": {
        "name": {"type": "text"},
        "level": {"type": "float"},
        "tags": {"type": "set", "items": {"type": "text"}},
        "box": {"type": {"$ref": "#/types/Box"}},
        "app:a.b": {"type": "text"},
        "keys": {"type": "set", "items": {"type": "secret"}},
    },
    "types": {"Box": {"properties": {"key": {"type": "text"}, "on": {"type": "boolean"}}}},
    "schemaConstraints": [
        {"type": "UNIQUE", "uniqueProperties": ["name"]},
        {"type": "UNIQUE", "uniqueProperties": ["level", "box/key"]},
        {"type": "UNIQUE", "uniqueProperties": ["level", "keys"]},
    ],
}
SCHEMA = Schema(DOCUMENT)
SINGLE = Schema({**DOCUMENT, "multiObject": False})
KEYLESS = Schema({**DOCUMENT, "schemaConstraints": []})
NAME, LEVEL = ObjectKey(("name",)), ObjectKey(("level",))


def stored(object_id: str, external_id: str | None = None, **value: Any) -> StoredObject:
    return StoredObject(object_id, "test", "environment", value, external_id)


def wanted(**options: Any) -> WantedObject:
    return WantedObject("test", "environment", {}, **options)


A = stored("a", name="A", level=1, box={"key": "k"}, tags=["x", "y"])
B = stored("b", "ext-b", name="B", level=2, box={"key": "k"}, tags=["y"])
C = stored("c", "ext-c", name="C", level=2, box={"key": "l"})
ALL = (A, B, C)


def found(
    given: dict[str, Any], schema: Schema = SCHEMA, there: tuple[StoredObject, ...] = ALL, **options: Any
) -> StoredObject | None:
    return find(schema, wanted(**options), given, Index(schema, there))


@pytest.mark.parametrize(
    ("given", "options", "target"),
    [
        ({"name": "A"}, {}, A),
        ({"name": "X"}, {}, None),
        ({"level": 2.0, "box": {"key": "l"}}, {}, C),
        ({"level": 2, "box": {"key": "x"}}, {}, None),
        ({"name": "X", "level": 1, "box": {"key": "k"}}, {}, A),
        ({}, {"object_id": "b"}, B),
        ({"name": "A"}, {"object_id": "b"}, B),
        ({"name": "A"}, {"object_id": "gone"}, A),
        ({}, {"external_id": "ext-c"}, C),
        ({"name": "A"}, {"external_id": "ext-c"}, C),
        ({"name": "A"}, {"external_id": "ext-new"}, A),
        ({"name": "X"}, {"external_id": "ext-new"}, None),
        ({}, {"external_id": "ext-new"}, None),
        ({}, {"object_id": "gone", "external_id": "ext-b"}, B),
        ({"tags": ["y", "x"]}, {"match_on": ["tags"]}, A),
        ({"tags": ["z"]}, {"match_on": ["tags"]}, None),
        ({"level": 2, "name": "B"}, {"match_on": ["level", "name"]}, B),
        ({"level": 2}, {"match_on": ["level"], "external_id": "ext-new"}, None),
        ({"level": 1}, {"match_on": ["level"], "external_id": "ext-new"}, A),
        ({"name": "A"}, {"external_id": "ext-new", "adopt": False, "is_present": False}, None),
        ({"name": "B"}, {"external_id": "ext-new", "is_present": False}, None),
        ({}, {"object_id": "gone", "is_present": False}, None),
    ],
)
def test_find(given: dict[str, Any], options: dict[str, Any], target: StoredObject | None) -> None:
    assert found(given, **options) is target


@pytest.mark.parametrize(
    ("given", "options", "kind", "said"),
    [
        ({"level": 2}, {}, InputError, "it is not clear which object of test on environment is meant"),
        ({}, {"object_id": "gone"}, StateError, "there is no object gone, and nothing else identifies it"),
        (
            {"name": "A", "level": 2, "box": {"key": "l"}},
            {},
            StateError,
            "the same name, or the same level and box/key: a 'A', c (external id ext-c) 'C'. Say which one by object_id, ext",
        ),
        ({"level": 2}, {"match_on": ["level"]}, StateError, "several objects have the same level: b"),
        ({"keys": ["k"]}, {"match_on": ["keys"]}, InputError, "match_on names keys: secrets are masked"),
        ({"level": 1, "keys": ["k"]}, {}, InputError, "a unique key (name; level, box/key)"),
        ({"name": "A"}, {"match_on": [""]}, InputError, "match_on has an empty element: name a property in each"),
        (
            {"name": "A"},
            {"match_on": ["tags/key"]},
            InputError,
            "match_on names tags/key, which leads into a collection",
        ),
        ({"name": "A"}, {"match_on": ["nope"]}, InputError, "match_on names nope, which schema test does not have"),
        (
            {"name": "A"},
            {"match_on": ["name", "level"]},
            InputError,
            "match_on names level, but value does not give it",
        ),
        ({"name": "B"}, {"external_id": "new"}, StateError, "an object with another external id is never adopted"),
        ({"name": "A"}, {"external_id": "new", "adopt": False}, StateError, "allow adopt, or remove that object"),
    ],
)
def test_refused(given: dict[str, Any], options: dict[str, Any], kind: type[CollectionError], said: str) -> None:
    with pytest.raises(kind) as caught:
        found(given, **options)
    assert said in caught.value.msg


def test_nothing_identifies_names_the_keys() -> None:
    with pytest.raises(InputError, match=r"or the properties of a unique key \(name; level, box/key\)$"):
        found({})
    with pytest.raises(InputError, match=r"give object_id, external_id or match_on$"):
        found({"name": "A"}, KEYLESS)


def test_several_with_one_external_id() -> None:
    with pytest.raises(StateError, match="several objects have external id same: x"):
        found({}, there=(stored("x", "same"), stored("y", "same")), external_id="same")


def test_the_one_object_of_a_single_object_schema() -> None:
    assert found({}, SINGLE, (A,)) is A
    assert found({}, SINGLE, ()) is None
    assert found({}, SINGLE, (A,), external_id="mine") is A
    assert found({"level": 5}, SINGLE, (A,), match_on=["level"]) is None
    with pytest.raises(StateError, match="the one object of a single-object schema belongs to object b"):
        found({}, SINGLE, (B,), external_id="mine")


@pytest.mark.parametrize(
    ("schema", "given", "options", "expected"),
    [
        (SCHEMA, {"name": "A"}, {}, True),
        (SCHEMA, {"level": 1}, {}, False),
        (SCHEMA, {"level": 1}, {"match_on": ["level"]}, True),
        (SCHEMA, {}, {"external_id": "x"}, True),
        (SCHEMA, {}, {"object_id": "x"}, False),
        (SINGLE, {}, {}, True),
    ],
)
def test_can_identify(schema: Schema, given: dict[str, Any], options: dict[str, Any], expected: bool) -> None:
    assert can_identify(schema, wanted(**options), given) is expected


def test_given_keys() -> None:
    given = {"name": "A", "level": 1, "box": {"key": "k"}, "app:a.b": "x"}
    assert given_keys(SCHEMA, wanted(), given) == [ObjectKey(("name",)), ObjectKey(("level", "box/key"))]
    assert given_keys(SCHEMA, wanted(), {"level": 1, "box": {}}) == []
    assert given_keys(SCHEMA, wanted(match_on=["app:a.b", "box.key"]), given) == [ObjectKey(("app:a.b", "box.key"))]


@pytest.mark.parametrize(
    ("key", "left", "right", "equal"),
    [
        (["level"], {"level": 1}, {"level": 1.0}, True),
        (["tags"], {"tags": ["a", "b"]}, {"tags": ["b", "a"]}, True),
        (["box/on"], {"box": {"on": True}}, {"box": {"on": 1}}, False),
        (["box"], {"box": {"on": None, "key": "k"}}, {"box": {"key": "k"}}, True),
        (["app:a.b"], {"app:a.b": "x"}, {"app:a.b": "x"}, True),
        (["app:a.b"], {"app:a.b": "x"}, {"app:a": {"b": "x"}}, False),
        (["unknown"], {"unknown": 1}, {"unknown": 1}, True),
        (["name", "level"], {"name": "1", "level": 2}, {"name": "1", "level": 3}, False),
    ],
)
def test_key_texts(key: list[str], left: dict[str, Any], right: dict[str, Any], equal: bool) -> None:
    whole = ObjectKey(tuple(key))
    assert (key_texts(SCHEMA, whole, left) == key_texts(SCHEMA, whole, right)) is equal


def test_index() -> None:
    index = Index(SCHEMA, ALL)
    assert (index.by_id("b"), index.by_id("x")) == (B, None)
    assert (index.by_external_id("ext-b"), index.by_external_id("x")) == ([B], [])
    assert index.matching([NAME], {"name": "B"}) == [B]
    assert index.matching([NAME, LEVEL], {"name": "C", "level": 1}) == [A, C]
    assert index.matching([NAME, LEVEL], {"name": "C", "level": 2}) == [B, C]
    assert index.matching([], {}) == []
    assert Index(SCHEMA).all == []


def by_element(*keys: dict[str, Any]) -> Schema:
    """Tags may be in one object alone."""
    rule = {"type": "UNIQUE", "flattenCollections": True, "uniqueProperties": ["tags"]}
    return Schema({**DOCUMENT, "schemaConstraints": [rule, *keys]})


MEMBERS = by_element()
X, Y, EMPTY = stored("x", tags=["p", "q"]), stored("y", tags=["r"], name="Y"), stored("e", tags=[])


class TestByElement:
    there = (X, Y, EMPTY)

    @pytest.mark.parametrize(
        ("tags", "target"),
        [(["p"], X), (["q", "new"], X), (["q", "p"], X), (["r", "r"], Y), (["new"], None)],
    )
    def test_one_element_is_enough(self, tags: list[str], target: StoredObject | None) -> None:
        assert found({"tags": tags}, MEMBERS, self.there) is target

    def test_an_empty_collection_identifies_nothing(self) -> None:
        nothing: tuple[list[str] | None, ...] = ([], None)
        for tags in nothing:
            with pytest.raises(InputError, match=r"or the properties of a unique key \(tags\)$"):
                found({"tags": tags}, MEMBERS, self.there)

    @pytest.mark.parametrize("is_present", [True, False])
    def test_several(self, is_present: bool) -> None:
        with pytest.raises(StateError, match=r"several objects have one of the given tags: x, y 'Y'\. Say") as caught:
            found({"tags": ["p", "r"]}, MEMBERS, self.there, is_present=is_present)
        assert caught.value.details == {"candidates": ["x", "y"]}
        assert caught.value.msg.endswith("by object_id, external_id or match_on")

    def test_what_others_name_is_out(self) -> None:
        index = Index(MEMBERS, self.there)
        assert find(MEMBERS, wanted(), {"tags": ["p", "r"]}, index, {"x"}) is Y
        assert find(MEMBERS, wanted(), {"tags": ["p", "r"]}, index, {"x", "y"}) is None
        assert find(MEMBERS, wanted(), {"tags": ["p"]}, index, {"x"}) is None

    def test_a_whole_key_counts_whoever_is_named(self) -> None:
        both = by_element({"type": "UNIQUE", "uniqueProperties": ["name"]})
        index = Index(both, self.there)
        assert find(both, wanted(), {"name": "Y", "tags": ["p"]}, index, {"x", "y"}) is Y
        with pytest.raises(StateError, match="one of the given tags, or the same name: x, y 'Y'"):
            find(both, wanted(), {"name": "Y", "tags": ["p"]}, index)

    def test_absent_takes_what_has_exactly_these(self) -> None:
        assert found({"tags": ["q", "p"]}, MEMBERS, self.there, is_present=False) is X
        assert found({"tags": ["new"]}, MEMBERS, self.there, is_present=False) is None
        for tags in (["p"], ["p", "q", "new"]):
            with pytest.raises(StateError, match="object x has one of the given tags, but not exactly these") as caught:
                found({"tags": tags}, MEMBERS, self.there, is_present=False)
            assert caught.value.details == {"candidates": ["x"]}

    def test_absent_by_something_else_asks_for_no_element(self) -> None:
        assert found({"tags": ["p"]}, MEMBERS, self.there, is_present=False, object_id="x") is X
        both = by_element({"type": "UNIQUE", "uniqueProperties": ["name"]})
        assert found({"name": "Y", "tags": ["new"]}, both, self.there, is_present=False) is Y

    def test_absent_does_not_adopt_a_part(self) -> None:
        with pytest.raises(StateError, match="not exactly these"):
            found({"tags": ["p"]}, MEMBERS, self.there, is_present=False, external_id="new")
        assert found({"tags": ["p", "q"]}, MEMBERS, self.there, is_present=False, external_id="new") is X

    def test_adopted_by_an_element(self) -> None:
        assert found({"tags": ["p"]}, MEMBERS, self.there, external_id="new") is X

    def test_match_on_compares_the_whole_collection(self) -> None:
        assert found({"tags": ["p"]}, MEMBERS, self.there, match_on=["tags"]) is None
        assert found({"tags": ["q", "p"]}, MEMBERS, self.there, match_on=["tags"]) is X

    def test_with_a_property_beside_the_collection(self) -> None:
        rule = {"type": "UNIQUE", "flattenCollections": True, "uniqueProperties": ["name", "tags"]}
        schema = Schema({**DOCUMENT, "schemaConstraints": [rule]})
        there = (stored("1", name="a", tags=["p"]), stored("2", name="b", tags=["p", "q"]))
        assert found({"name": "b", "tags": ["p"]}, schema, there) is there[1]
        assert found({"name": "a", "tags": ["q"]}, schema, there) is None
        assert given_keys(schema, wanted(), {"tags": ["q"]}) == []


EXCLUSIVE = Schema(
    {
        "schemaId": "test",
        "multiObject": True,
        "properties": {
            "kind": {"type": "text"},
            "path": {"type": "text", "precondition": {"type": "EQUALS", "property": "kind", "expectedValue": "http"}},
            "box": {
                "type": {"$ref": "#/types/Box"},
                "precondition": {"type": "NOT", "precondition": {"type": "NULL", "property": "level"}},
            },
            "level": {"type": "text"},
        },
        "types": {"Box": {"properties": {"key": {"type": "text"}}}},
        "schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": ["path", "box/key"]}],
    }
)


class TestPartsThatExcludeEachOther:
    (key,) = EXCLUSIVE.unique_keys

    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            ({"path": "p", "level": None}, True),
            ({"path": "p"}, False),  # there may be a level
            ({"path": "p", "level": "x"}, False),
            ({"path": "p", "level": None, "kind": "http"}, True),
            ({"box": {"key": "k"}, "kind": "other"}, True),
            ({"box": {"key": "k"}}, False),  # it may be of the kind http
            ({"box": {"key": "k"}, "kind": None}, True),
            ({"box": {}, "kind": "other"}, False),
            ({"box": "wrong", "kind": "other"}, False),
            ({"kind": "other", "level": None}, False),
            ({"path": "p", "box": {"key": "k"}}, True),
        ],
    )
    def test_only_what_was_given_rules_out(self, given: dict[str, Any], expected: bool) -> None:
        assert (given_keys(EXCLUSIVE, wanted(), given) == [self.key]) is expected

    def test_a_whole_value_says_it_all(self) -> None:
        assert is_whole(EXCLUSIVE, self.key, {"path": "p", "kind": "http"})
        assert not is_whole(EXCLUSIVE, self.key, {"path": "p", "kind": "http", "level": "x"})
        assert not is_whole(EXCLUSIVE, self.key, {"kind": "other"})

    def test_the_other_part_counts_as_null(self) -> None:
        there = (
            stored("1", kind="http", path="p"),
            stored("2", kind="http", path="p", level="x", box={"key": "k"}),
            stored("3", kind="other", level="x", box={"key": "k"}),
        )
        assert found({"path": "p", "level": None}, EXCLUSIVE, there) is there[0]
        assert found({"kind": "other", "box": {"key": "k"}}, EXCLUSIVE, there) is there[2]
        assert found({"kind": "other", "box": {"key": "l"}}, EXCLUSIVE, there) is None


@pytest.mark.parametrize(
    ("options", "target"),
    [
        ({}, None),
        ({"object_id": "a"}, A),
        ({"external_id": "ext-b"}, B),
        ({"match_on": ["name"]}, A),
        ({"object_id": "z"}, None),
    ],
)
def test_named(options: dict[str, Any], target: StoredObject | None) -> None:
    assert named_object(SCHEMA, wanted(**options), {"name": "A"}, Index(SCHEMA, ALL)) is target
