# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What settings values mean by their schema; pure functions by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    Schema,
    changed_paths,
    holds,
    lookup,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import (
    comparable,
    completed,
    conform,
    defaults,
    merged,
    same,
)


def schema(types: dict[str, Any] | None = None, enums: dict[str, Any] | None = None, **properties: Any) -> Schema:
    return Schema(
        {
            "schemaId": "test",
            "version": "1",
            "multiObject": True,
            "properties": {name: prop(one) for name, one in properties.items()},
            "types": {
                name: {"properties": {key: prop(one) for key, one in found.items()}}
                for name, found in (types or {}).items()
            },
            "enums": {
                name: {"items": [{"value": value} for value in values]} for name, values in (enums or {}).items()
            },
        }
    )


def prop(spec: Any) -> dict[str, Any]:
    """A type alone, or a whole property; required unless said otherwise."""
    found = {"type": spec} if isinstance(spec, str) else dict(spec)
    if str(found["type"]).startswith("#"):
        found["type"] = {"$ref": found["type"]}
    return {"nullable": False, **found}


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("boolean", True, True),
        ("boolean", "true", True),
        ("boolean", "False", False),
        ("integer", 5, 5),
        ("integer", "5", 5),
        ("integer", 5.0, 5),
        ("integer", "-3", -3),
        ("float", 1, 1),
        ("float", "1.5", 1.5),
        ("float", "1e3", 1000.0),
        ("text", "x", "x"),
        ("text", 5, "5"),
        ("text", "", ""),
        ("secret", 1234, "1234"),
        ("local_time", "08:00", "08:00"),
        ("set", ["a", 1], ["a", 1]),
        ("text", None, None),
    ],
)
def test_conform_coerces_what_loses_nothing(kind: str, given: Any, expected: Any) -> None:
    found = conform(schema(a={"type": kind, "items": {"type": "unknown"}}), {"a": given})["a"]
    assert (found, type(found)) == (expected, type(expected)) if kind != "set" else found == ["a", "1"]


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("boolean", 1),
        ("boolean", "yes"),
        ("integer", True),
        ("integer", "5.5"),
        ("integer", "five"),
        ("integer", ""),
        ("float", "nan"),
        ("float", "inf"),
        ("float", False),
        ("text", 1.1),
        ("text", True),
        ("text", ["x"]),
        ("text", {"x": 1}),
        ("list", "x"),
        ("set", {"x": 1}),
    ],
)
def test_conform_refuses_the_rest_and_names_the_path(kind: str, given: Any) -> None:
    with pytest.raises(InputError, match=r"value\.a "):
        conform(schema(a={"type": kind, "items": {"type": "text"}}), {"a": given})


def test_conform_names_nested_paths() -> None:
    found = schema({"T": {"n": "integer"}}, rows={"type": "list", "items": {"type": {"$ref": "#/types/T"}}})
    with pytest.raises(InputError, match=r"value\.rows\[1\]\.n "):
        conform(found, {"rows": [{"n": 1}, {"n": "x"}]})
    with pytest.raises(InputError, match=r"value\.rows\[0\] has no property m in this schema; it has n"):
        conform(found, {"rows": [{"m": 1}]})


def test_conform_takes_enums_as_they_are_written() -> None:
    found = schema(enums={"E": ["1", "B"], "F": [1, 2]}, e="#/enums/E", f="#/enums/F")
    assert conform(found, {"e": 1, "f": "2"}) == {"e": "1", "f": 2}
    assert conform(found, {"e": "NEW"}) == {"e": "NEW"}


@pytest.mark.parametrize(
    ("kind", "left", "right", "equal"),
    [
        ("float", 1, 1.0, True),
        ("float", 1, True, False),
        ("integer", 0, False, False),
        ("text", "a", "b", False),
        ("text", None, "", False),
        ("set", ["a", "b"], ["b", "a"], True),
        ("set", ["a"], ["a", "a"], False),
        ("list", ["a", "b"], ["b", "a"], False),
        ("list", [], None, False),
        ("local_time", "08:00", "08:00:00", True),
        ("local_time", "08:00", "08:00:01", False),
        ("secret", "x", "masked", True),
        ("secret", "x", None, False),
    ],
)
def test_comparable(kind: str, left: Any, right: Any, equal: bool) -> None:
    found = schema(a={"type": kind, "items": {"type": "text"}})
    assert (comparable(found, {"a": left}) == comparable(found, {"a": right})) is equal


def test_null_is_absent_at_every_depth() -> None:
    found = schema(
        {"T": {"a": "text", "b": "text"}}, t="#/types/T", rows={"type": "set", "items": {"type": {"$ref": "#/types/T"}}}
    )
    left = {"t": {"a": "x", "b": None}, "rows": [{"a": "1", "b": None}, {"a": "2"}]}
    right = {"t": {"a": "x"}, "rows": [{"a": "2", "b": None}, {"a": "1"}]}
    assert comparable(found, left) == comparable(found, right)


def test_elements_of_collections_compare_without_their_secrets() -> None:
    found = schema({"T": {"a": "text", "s": "secret"}}, rows={"type": "list", "items": {"type": {"$ref": "#/types/T"}}})
    assert comparable(found, {"rows": [{"a": "1", "s": "x"}]}) == comparable(found, {"rows": [{"a": "1"}]})


def test_what_the_schema_does_not_know_is_compared_as_it_is() -> None:
    found = schema(a="text")
    assert comparable(found, {"new": {"b": 1, "c": None}}) == comparable(found, {"new": {"b": 1.0}})
    assert comparable(found, {"new": [1]}) != comparable(found, {"new": [2]})


def test_merged() -> None:
    found = schema(
        {"T": {"a": "text", "b": "text"}}, t="#/types/T", x="text", rows={"type": "list", "items": {"type": "text"}}
    )
    current = {"t": {"a": "1", "b": "2"}, "x": "old", "rows": ["1", "2"], "other": "kept"}
    given = {"t": {"b": "3"}, "x": None, "rows": ["9"]}
    assert merged(found, current, given) == {"t": {"a": "1", "b": "3"}, "rows": ["9"], "other": "kept"}
    assert current["t"] == {"a": "1", "b": "2"}


EQUALS_MAIL = {"type": "EQUALS", "property": "kind", "expectedValue": "MAIL"}
NOT_MAIL = {"type": "NOT", "precondition": EQUALS_MAIL}


def switched() -> Schema:
    return schema(
        {"Mail": {"to": "text", "subject": {"type": "text", "default": "hi"}}},
        kind={"type": "text", "default": "MAIL"},
        mail={"type": "#/types/Mail", "precondition": EQUALS_MAIL},
        room={"type": "text", "default": "lobby", "precondition": NOT_MAIL},
        note={"type": "text", "nullable": True, "default": "unused"},
        secret={"type": "secret", "default": ""},
    )


def test_completed_fills_what_is_required_and_drops_what_is_ruled_out() -> None:
    mail = {"kind": "MAIL", "mail": {"to": "me"}}
    assert completed(switched(), mail, mail) == {"kind": "MAIL", "mail": {"to": "me", "subject": "hi"}}
    assert completed(switched(), {**mail, "kind": "CHAT"}, {"kind": "CHAT"}) == {"kind": "CHAT", "room": "lobby"}


def test_completed_never_drops_what_was_given() -> None:
    given = {"kind": "CHAT", "mail": {"to": "me"}}
    assert completed(switched(), given, given)["mail"] == {"to": "me", "subject": "hi"}


def test_completed_makes_required_objects_of_their_defaults_if_that_makes_them_whole() -> None:
    found = schema(
        {
            "Whole": {"n": {"type": "integer", "default": 3}},
            "Part": {"n": {"type": "integer", "default": 3}, "m": "integer"},
        },
        whole="#/types/Whole",
        part="#/types/Part",
        rows={"type": "list", "items": {"type": "text"}, "minObjects": 0},
        some={"type": "set", "items": {"type": "text"}, "minObjects": 1},
    )
    assert completed(found, {}, {}) == {"whole": {"n": 3}, "rows": []}


def test_completed_ends_with_a_type_that_requires_itself() -> None:
    assert completed(schema({"T": {"below": "#/types/T"}}, t="#/types/T"), {}, {}) == {}


def test_defaults_include_those_of_optional_properties() -> None:
    found = schema(
        {"T": {"a": {"type": "text", "default": "x"}}},
        t="#/types/T",
        n={"type": "text", "nullable": True, "default": "y"},
    )
    assert defaults(found) == {"t": {"a": "x"}, "n": "y"}


def test_same_takes_a_default_that_is_not_stored_yet_for_no_difference() -> None:
    found = schema(a="text", fresh={"type": "integer", "default": 5})
    assert same(found, {"a": "x"}, {"a": "x", "fresh": 5})
    assert not same(found, {"a": "x"}, {"a": "x", "fresh": 6})
    assert not same(found, {"a": "x", "fresh": 6}, {"a": "x", "fresh": 5})


@pytest.mark.parametrize(
    ("precondition", "siblings", "expected"),
    [
        (None, {}, True),
        ({"type": "EQUALS", "property": "a", "expectedValue": True}, {"a": True}, True),
        ({"type": "EQUALS", "property": "a", "expectedValue": True}, {"a": 1}, False),
        ({"type": "EQUALS", "property": "a", "expectedValue": 1}, {"a": 1.0}, True),
        ({"type": "IN", "property": "a", "expectedValues": ["x", "y"]}, {"a": "y"}, True),
        ({"type": "IN", "property": "a", "expectedValues": ["x", "y"]}, {}, False),
        ({"type": "NULL", "property": "a"}, {}, True),
        ({"type": "NULL", "property": "a"}, {"a": "x"}, False),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x.*"}, {"a": "xyz"}, True),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x"}, {"a": "xyz"}, False),
        ({"type": "NOT", "precondition": {"type": "NULL", "property": "a"}}, {"a": 1}, True),
        (
            {"type": "AND", "preconditions": [{"type": "NULL", "property": "a"}, {"type": "NULL", "property": "b"}]},
            {"b": 1},
            False,
        ),
        (
            {"type": "OR", "preconditions": [{"type": "NULL", "property": "a"}, {"type": "NULL", "property": "b"}]},
            {"b": 1},
            True,
        ),
        ({"type": "SOMETHING_NEW"}, {}, True),
    ],
)
def test_holds(precondition: Any, siblings: dict[str, Any], expected: bool) -> None:
    assert holds(precondition, siblings) is expected


def test_lookup_and_changed_paths() -> None:
    assert lookup({"a": {"b": 1}}, "a/b") == lookup({"a": {"b": 1}}, "a.b") == 1
    assert lookup({"a": 1}, "a/b") is None
    old, new = {"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 1, "c": 3}, "e": 1}
    assert list(changed_paths(old, new)) == ["a/c", "d", "e"]
