# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a schema's document says; pure functions by values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, ShapeError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    UNKNOWN,
    ObjectKey,
    Property,
    Schema,
    check_schema,
    property_at,
    read_schema,
    split_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.walk import lookup

from tests.support.sandbox import real_schemas


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schemaId": "test",
        "version": "1.2",
        "multiObject": True,
        "ordered": True,
        "allowedScopes": ["environment", "HOST"],
        "properties": {
            "a": {"type": "text", "nullable": False, "default": "x"},
            "b": {"type": {"$ref": "#/types/T"}},
            "a.c": {"type": {"$ref": "#/types/T"}, "precondition": {"type": "NULL", "property": "a"}},
            "e": {"type": {"$ref": "#/enums/E"}},
            "rows": {"type": "list", "items": {"type": {"$ref": "#/types/T"}}, "minObjects": 1, "maxObjects": 3},
        },
        "types": {
            "T": {
                "properties": {"d": {"type": "text"}, "d.e": {"type": "integer"}, "t": {"type": {"$ref": "#/types/T"}}}
            }
        },
        "enums": {"E": {"items": [{"value": "one"}, {"value": 2}]}},
        "schemaConstraints": [
            {"type": "UNIQUE", "uniqueProperties": ["a", "b/d"]},
            {"type": "UNIQUE"},
            {"type": "BYTE_SIZE_LIMIT", "uniqueProperties": ["a"]},
        ],
        **changes,
    }


SCHEMA = Schema(document())


def test_what_the_document_says() -> None:
    assert (SCHEMA.schema_id, SCHEMA.version, SCHEMA.is_single, SCHEMA.is_ordered) == ("test", "1.2", False, True)
    assert SCHEMA.unique_keys == [ObjectKey(("a", "b/d"))]
    assert list(SCHEMA.allowed_scopes) == ["environment", "HOST"]
    rows = SCHEMA.properties["rows"]
    assert (rows.kind, rows.min_objects, rows.max_objects, rows.item.kind) == ("list", 1, 3, "object")
    assert SCHEMA.properties["e"].choices == ["one", 2]
    assert list(SCHEMA.required) == ["a"]
    assert list(SCHEMA.conditional) == ["a.c"]
    assert SCHEMA.properties["a"].default == "x"
    assert SCHEMA.properties["b"].is_nullable
    assert SCHEMA.properties["b"].is_same_type(rows.item)
    assert not SCHEMA.properties["b"].is_same_type(SCHEMA.properties["e"])


def test_what_the_document_leaves_out() -> None:
    bare = Schema({"schemaId": "bare"})
    assert (bare.version, bare.is_single, bare.is_ordered, bare.unique_keys) == ("", True, False, [])
    assert (bare.properties, bare.required, bare.constraints, bare.rules) == ({}, {}, (), ())
    assert bare.allows("anything")
    lost = Property({"type": {"$ref": "#/types/lost"}}, {"types": None})
    assert (lost.kind, lost.properties, lost.choices, lost.item.kind) == ("object", {}, [], "any")
    assert (lost.min_objects, lost.max_objects, lost.default, lost.is_nullable) == (0, None, None, True)


@pytest.mark.parametrize(
    ("scope", "allowed"),
    [("environment", True), ("HOST-1", True), ("HOST", True), ("HOST_GROUP-1", False), ("environment-default", True)],
)
def test_scopes(scope: str, allowed: bool) -> None:
    assert SCHEMA.allows(scope) is allowed


def test_possible_beside_others() -> None:
    prop = SCHEMA.properties["a.c"]
    assert prop.is_possible({}) is True
    assert prop.is_possible({"a": 1}) is False
    assert SCHEMA.properties["a"].is_possible({"a": 1}) is True
    odd = Property({"type": "text", "precondition": {"type": "NEW"}}, {})
    assert odd.is_possible({}) is None
    assert odd.is_conditional


@pytest.mark.parametrize(
    ("spec", "value", "fits"),
    [
        ({"type": {"$ref": "#/types/T"}}, {}, True),
        ({"type": {"$ref": "#/types/T"}}, [], False),
        ({"type": {"$ref": "#/types/T"}}, "x", False),
        ({"type": "list"}, [], True),
        ({"type": "set"}, [], True),
        ({"type": "set"}, {}, False),
        ({"type": "text"}, 5, True),
        ({"type": "text"}, {}, False),
        ({"type": "text"}, [], False),
    ],
)
def test_fits(spec: dict[str, Any], value: Any, fits: bool) -> None:
    assert Property(spec, document()).fits(value) is fits


def test_where_secrets_may_be() -> None:
    types = {
        "Deep": {"properties": {"rows": {"type": "list", "items": {"type": {"$ref": "#/types/Leaf"}}}}},
        "Leaf": {"properties": {"s": {"type": "secret"}}},
        "Own": {"properties": {"own": {"type": {"$ref": "#/types/Own"}}, "x": {"type": "text"}}},
    }

    def has_secrets(name: str) -> bool:
        return Schema({"schemaId": "x", "types": types, "properties": {"a": {"type": {"$ref": name}}}}).has_secrets

    assert has_secrets("#/types/Deep")
    assert has_secrets("#/types/Leaf")
    assert not has_secrets("#/types/Own")
    assert not SCHEMA.has_secrets


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("a", ("a",)),
        ("b/d", ("b", "d")),
        ("b.d", ("b", "d")),
        ("a.c", ("a.c",)),
        ("a.c/d", ("a.c", "d")),
        ("a.c.d", ("a.c", "d")),
        ("a.c.d.e", ("a.c", "d.e")),
        ("b.d.e", ("b", "d.e")),
        ("b/d/e", ("b", "d", "e")),
        ("b.t.t.d.e", ("b", "t", "t", "d.e")),
        ("a.x.y", ("a", "x", "y")),
        ("z.a.c", ("z", "a", "c")),
        ("rows.d.e", ("rows", "d", "e")),
        ("", ()),
        ("/b//d.", ("b", "d")),
        (".", ()),
    ],
)
def test_a_dot_separates_unless_it_belongs_to_a_name(path: str, names: tuple[str, ...]) -> None:
    assert split_path(path, SCHEMA) == names
    assert split_path(path, SCHEMA) == names  # kept from the first time


def test_without_a_schema_every_dot_separates() -> None:
    assert split_path("a.c/d") == ("a", "c", "d")


def test_lookup_and_property_at_agree() -> None:
    value = {"a": 1, "b": {"d": 2, "d.e": 3}, "a.c": {"d": 4, "t": {"d.e": 5}}, "rows": [1]}
    at = {
        "a": 1,
        "b.d": 2,
        "b/d": 2,
        "b.d.e": 3,
        "a.c.d": 4,
        "a.c/t/d.e": 5,
        "rows": [1],
        "b.t.d": None,
        "a.c": value["a.c"],
    }
    for path, expected in at.items():
        assert lookup(value, path, SCHEMA) == expected
        assert property_at(SCHEMA, path) is not UNKNOWN
    for path in ("x", "a/c", "b/d/e", "rows.d", "a.c.d.t"):
        assert lookup(value, path, SCHEMA) is None
        assert property_at(SCHEMA, path) is UNKNOWN
    assert property_at(SCHEMA, "b.d.e").kind == "integer"


def test_lookup_without_a_schema() -> None:
    assert lookup({"a": {"b": 1}}, "a/b") == lookup({"a": {"b": 1}}, "a.b") == 1
    assert lookup({"a": 1}, "a/b") is None
    assert lookup([], "a") is None


@pytest.mark.parametrize("answer", [None, {}, document(types=[1])])
def test_what_is_no_schema(answer: Any) -> None:
    with pytest.raises(ShapeError):
        Schema(answer)
    with pytest.raises(ShapeError):
        read_schema(Part(answer))


def test_a_document_is_read() -> None:
    assert read_schema(Part(document())).schema_id == document()["schemaId"]


def test_nulls_are_left_out_parts() -> None:
    nothing = {"properties": None, "types": None, "enums": {"E": {"items": None}}, "schemaConstraints": None}
    schema = Schema(document(**nothing, allowedScopes=None))
    assert (schema.properties, schema.unique_keys, schema.allows("x")) == ({}, [], True)


def test_a_default_that_its_rules_refuse_is_none() -> None:
    short = {"type": "text", "default": "", "constraints": [{"type": "LENGTH", "minLength": 1}]}
    prop = Property(short, {})
    assert (prop.default, prop.has_unusable_default) == (None, True)
    assert (Property({**short, "default": "x"}, {}).default, Property({"type": "text"}, {}).default) == ("x", None)
    assert not Property({**short, "default": "x"}, {}).has_unusable_default
    assert not Property({"type": "text"}, {}).has_unusable_default
    assert (prop.is_unusable(""), prop.is_unusable("x")) == (True, False)
    assert Property({"type": "setting", "default": ""}, {}).has_unusable_default
    assert not Property({"type": "text", "default": ""}, {}).is_unusable("")
    enum = {"type": {"$ref": "#/enums/E"}, "default": "three"}
    assert Property(enum, document()).default is None
    assert Property({**enum, "default": 2}, document()).default == 2
    assert Property({**enum, "default": 2}, {}).default == 2


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"type": "list"}, True),
        ({"type": "list", "minObjects": 1}, False),
        ({"type": "list", "constraints": [{"type": "NOT_EMPTY"}]}, False),
    ],
)
def test_what_may_be_empty(spec: dict[str, Any], expected: bool) -> None:
    assert Property(spec, {}).may_be_empty is expected


def test_the_default_of_a_key_is_nobodys() -> None:
    keys = [{"type": "UNIQUE", "uniqueProperties": ["a"]}, {"type": "UNIQUE", "uniqueProperties": ["a", "b/d"]}]
    assert Schema(document(schemaConstraints=keys)).properties["a"].default is None
    assert Schema(document(schemaConstraints=keys[1:])).properties["a"].default == "x"
    assert Schema(document(schemaConstraints=keys, multiObject=False)).properties["a"].default == "x"
    over_scopes = [{"type": "MULTI_SCOPE_UNIQUE", "uniqueProperties": ["a"]}]
    for is_multi in (True, False):
        assert Schema(document(schemaConstraints=over_scopes, multiObject=is_multi)).properties["a"].default is None
    assert Schema(document(schemaConstraints=[{"type": "UNIQUE", "uniqueProperties": ["gone"]}])).unique_keys


TEXT = {"type": "text", "nullable": False}


def shape_document(**changes: Any) -> dict[str, Any]:
    return {"schemaId": "s", "version": "1", "properties": {"name": TEXT}, **changes}


def of_property(**changes: Any) -> dict[str, Any]:
    return shape_document(properties={"name": {**TEXT, **changes}})


@pytest.mark.parametrize(
    "raw",
    [
        shape_document(),
        shape_document(types=None, enums=None, schemaConstraints=None, allowedScopes=None),
        shape_document(types={"A": {"properties": {"x": TEXT}}}, enums={"E": {"items": [{"value": 1}]}}),
        of_property(type={"$ref": "#/types/A"}, constraints=[{"type": "NEW"}], maxObjects=1),
        of_property(type="list", items={"type": "list", "items": TEXT}, minObjects=0),
        of_property(precondition={"type": "NOT", "precondition": {"type": "IN", "expectedValues": [1, "a"]}}),
        of_property(precondition={"type": "AND", "preconditions": [{"type": "NULL", "property": "x"}]}),
    ],
)
def test_schemas(raw: dict[str, Any]) -> None:
    check_schema(Part(raw))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        {},
        shape_document(schemaId={}),
        shape_document(properties={"name": []}),
        shape_document(types=[1]),
        shape_document(types={"A": {"constraints": [None]}}),
        shape_document(enums={"E": {"items": ["one"]}}),
        of_property(minObjects=True),
        of_property(constraints={}),
        of_property(constraints=[{"uniqueProperties": "a"}]),
        shape_document(schemaId=""),
        shape_document(properties=[]),
        shape_document(properties={"name": None}),
        shape_document(types={"A": []}),
        shape_document(types={"A": {"properties": {"x": None}}}),
        shape_document(types={"A": {"constraints": {}}}),
        shape_document(enums={"E": {"items": {}}}),
        shape_document(schemaConstraints=[None]),
        shape_document(schemaConstraints=[{"uniqueProperties": [1]}]),
        shape_document(allowedScopes="environment"),
        of_property(type={"$ref": []}),
        of_property(maxObjects="many"),
        of_property(constraints=[1]),
        of_property(items=[]),
        of_property(items={"type": "list", "items": 1}),
        of_property(precondition=[]),
        of_property(precondition={"type": "NOT", "precondition": 1}),
        of_property(precondition={"type": "OR", "preconditions": [{"type": "IN", "expectedValues": 1}]}),
    ],
)
def test_what_is_none(raw: Any) -> None:
    with pytest.raises(ShapeError):
        check_schema(Part(raw))


def test_real_ones() -> None:
    for path in real_schemas().values():
        check_schema(Part(json.loads(path.read_text(encoding="utf-8"))))
