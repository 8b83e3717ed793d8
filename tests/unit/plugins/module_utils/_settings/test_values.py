# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What settings values mean by their schema; pure functions by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Property, Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import (
    check_depth,
    comparable,
    completed,
    conform,
    default_of,
    defaults,
    merged,
    rebuilt,
    same,
    text_of,
    with_server_values,
    without_unusable,
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
        ("secret", "1234", "1234"),
        ("local_time", "08:00", "08:00"),
        ("of_a_newer_time", 1.5, 1.5),
        ("of_a_newer_time", {"x": [1]}, {"x": [1]}),
        ("set", ["a", 1], ["a", 1]),
        ("text", None, None),
    ],
)
def test_conform_coerces_what_loses_nothing(kind: str, given: Any, expected: Any) -> None:
    found = conform(schema(a={"type": kind, "items": {"type": "unknown"}}), {"a": given})["a"]
    assert (found, type(found)) == (expected, type(expected))


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
        ("any", {"x": [float("nan")]}),
        ("any", float("inf")),
        ("any", {"x": 10**5000}),
        ("any", ["\ud83d"]),
    ],
)
def test_conform_refuses_the_rest_and_names_the_path(kind: str, given: Any) -> None:
    with pytest.raises(InputError, match=r"value\.a "):
        conform(schema(a={"type": kind, "items": {"type": "text"}}), {"a": given})


def test_yaml_makes_booleans_of_choices() -> None:
    found = schema(enums={"E": ["ON", "OFF"], "B": [True, False]}, a="#/enums/E", b="#/enums/B")
    with pytest.raises(InputError, match=r"value\.a must be one of ON, OFF: quote it"):
        conform(found, {"a": True, "b": True})


def test_conform_names_all_that_is_wrong() -> None:
    found = schema({"T": {"n": "integer"}}, a="boolean", b={"type": "list", "items": {"type": {"$ref": "#/types/T"}}})
    with pytest.raises(InputError) as caught:
        conform(found, {"a": "perhaps", "b": [{"n": 1}, {"n": "x", "m": 1}, 5], "c": 1})
    rows = caught.value.error()["constraint_violations"]
    assert [row["path"] for row in rows] == ["a", "b/1/n", "b/1/m", "b/2", "c"]
    assert rows[0]["message"] == "must be true or false"
    assert caught.value.msg.startswith("value.a must be true or false; value.b[1].n must be a number of type integer")
    assert "value.b[1] has no property m in this schema; it has n" in caught.value.msg


@pytest.mark.parametrize(
    ("kind", "left", "right", "is_same"),
    [
        ("local_time", "10:30", "10:30:00", True),
        ("local_time", "10:30:00", "10:30:00.000", True),
        ("local_time", "10:30:00.5", "10:30:00.500", True),
        ("local_time", "10:30:00.5", "10:30:00.05", False),
        ("local_time", "10:30:00", "10:30:01", False),
        ("local_time", "10:30", "odd", False),
        ("local_time", "10:30 ", "10:30", False),
        ("local_date_time", "2026-01-01T10:30", "2026-01-01T10:30:00.000", True),
        ("local_date_time", "2026-01-01T10:30", "2026-01-02T10:30", False),
        ("zoned_date_time", "2026-01-01T10:30Z", "2026-01-01T10:30:00.0Z", True),
        ("zoned_date_time", "2026-01-01T10:30+01:00[Europe/Paris]", "2026-01-01T10:30:00+01:00[Europe/Paris]", True),
        ("zoned_date_time", "2026-01-01T10:30Z", "2026-01-01T10:30+01:00", False),
        ("text", "10:30", "10:30:00", False),
    ],
)
def test_times_that_are_the_same(kind: str, left: str, right: str, is_same: bool) -> None:
    assert same(schema(a=kind), {"a": left}, {"a": right}) is is_same


def test_a_default_that_is_refused_is_not_filled_in() -> None:
    found = schema(
        {
            "S": {
                "actor": {"type": "text", "default": "", "constraints": [{"type": "PATTERN", "pattern": "[0-9a-f]{8}"}]}
            }
        },
        {"E": ["x", "y"]},
        name={"type": "text", "default": "", "constraints": [{"type": "LENGTH", "minLength": 1}]},
        choice={"type": "#/enums/E", "default": "z"},
        odd={"type": "text", "default": "a", "constraints": [{"type": "PATTERN", "pattern": "(?i)A"}]},
        rows={"type": "list", "items": {"type": "text"}, "constraints": [{"type": "NOT_EMPTY"}]},
        settings="#/types/S",
        optional={"type": "integer", "nullable": True, "default": 9, "constraints": [{"type": "RANGE", "maximum": 5}]},
    )
    assert completed(found, {}, {}) == {"odd": "a"}
    assert completed(found, {"settings": {}}, {"settings": {}}) == {"odd": "a", "settings": {}}
    assert defaults(found) == {"odd": "a"}


def test_what_is_inherited_has_defaults_that_cannot_be_sent() -> None:
    short = {"type": "text", "default": "", "constraints": [{"type": "LENGTH", "minLength": 1}]}
    found = schema({"T": {"own": short, "n": "integer"}}, url=short, name=short, part="#/types/T", rows="list")
    inherited = {"url": "", "name": "x", "part": {"own": "", "n": 1}, "rows": [""], "newer": ""}
    assert without_unusable(found, inherited) == {"name": "x", "part": {"n": 1}, "rows": [""], "newer": ""}
    assert without_unusable(found, {"part": "odd"}) == {"part": "odd"}


def test_what_the_server_has_set_itself_stays() -> None:
    refused = {"type": "text", "default": "", "constraints": [{"type": "LENGTH", "minLength": 1}]}
    found = schema({"S": {"actor": refused, "more": "text"}}, settings="#/types/S", name="text", own=refused)
    stored = {"settings": {"actor": "x", "more": "m"}, "name": "n", "own": "o"}
    assert with_server_values(found, stored, {}, {}) == {"settings": {"actor": "x"}, "own": "o"}
    assert with_server_values(found, stored, {"own": "p"}, {"own": "p"}) == {"settings": {"actor": "x"}, "own": "p"}
    assert with_server_values(found, stored, {}, {"own": None, "settings": {"actor": None}}) == {}
    assert with_server_values(found, stored, {}, {"settings": None}) == {"own": "o"}
    assert with_server_values(found, {"name": "n"}, {"name": "m"}, {"name": "m"}) == {"name": "m"}


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
        ("set", ["a"], ["a", "a"], True),
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


ROWS = {"type": "set", "items": {"type": {"$ref": "#/types/T"}}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([{"a": "1", "s": "x"}, {"a": "1", "s": "x"}], [{"a": "1", "s": "x"}]),
        ([{"a": "1", "s": "x"}, {"a": "1", "s": "y"}], [{"a": "1", "s": "x"}, {"a": "1", "s": "y"}]),
        (
            [{"a": "1", "s": "***1***"}, {"a": "1", "s": "***2***"}],
            [{"a": "1", "s": "***1***"}, {"a": "1", "s": "***2***"}],
        ),
        ([{"a": "1"}, {"a": 1, "s": None}], [{"a": "1"}]),
        ([{"t": ["p", "q"]}, {"a": "2"}, {"t": ["q", "p", "q"]}], [{"t": ["p", "q"]}, {"a": "2"}]),
        ([{"l": ["p", "q"]}, {"l": ["q", "p"]}], [{"l": ["p", "q"]}, {"l": ["q", "p"]}]),
        ([{"n": 1}, {"n": "1.0"}, {"n": 2}], [{"n": 1}, {"n": 2}]),
        ([], []),
    ],
)
def test_a_given_set_holds_an_element_once(given: list[Any], expected: list[Any]) -> None:
    """Equal in everything, secrets and masks included; the first one stays where it is."""
    texts = {"items": {"type": "text"}}
    fields = {"a": "text", "s": "secret", "n": "float", "t": {"type": "set", **texts}, "l": {"type": "list", **texts}}
    found = conform(schema({"T": fields}, rows=ROWS), {"rows": given})
    assert found == {"rows": expected}


def test_a_given_list_keeps_what_it_holds_twice() -> None:
    found = schema(a={"type": "list", "items": {"type": "text"}})
    assert conform(found, {"a": ["x", "x"]}) == {"a": ["x", "x"]}
    assert comparable(found, {"a": ["x", "x"]}) != comparable(found, {"a": ["x"]})


def test_stored_elements_that_look_the_same_may_differ_in_their_secrets() -> None:
    found = schema({"T": {"a": "text", "s": "secret"}}, rows=ROWS)
    two = {"rows": [{"a": "1", "s": "***1***"}, {"a": "1", "s": "***1***"}]}
    assert comparable(found, two) != comparable(found, {"rows": [{"a": "1", "s": "x"}]})
    assert comparable(found, two) == comparable(found, {"rows": [{"a": "1", "s": "x"}, {"a": "1", "s": "y"}]})


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


UNKNOWN = {"type": "REGEX_MATCH", "property": "kind", "pattern": "(?i)mail"}
NOT_UNKNOWN = {"type": "NOT", "precondition": UNKNOWN}
AND_UNKNOWN = {"type": "AND", "preconditions": [UNKNOWN, EQUALS_MAIL]}


@pytest.mark.parametrize("precondition", [UNKNOWN, NOT_UNKNOWN, {"type": "SOMETHING_NEW"}])
def test_what_hangs_on_an_unknown_precondition_is_left_to_the_server(precondition: dict[str, Any]) -> None:
    found = schema(
        {"T": {"n": {"type": "text", "default": "in", "precondition": {"type": "NEW"}}}},
        kind={"type": "text", "default": "MAIL"},
        filled={"type": "text", "default": "d", "precondition": precondition},
        whole={"type": "#/types/T"},
        optional={"type": "text", "nullable": True, "default": "o", "precondition": precondition},
    )
    assert completed(found, {}, {}) == {"kind": "MAIL", "whole": {}}
    assert completed(found, {"kind": "MAIL", "filled": "kept"}, {}) == {"kind": "MAIL", "filled": "kept", "whole": {}}
    assert defaults(found) == {"kind": "MAIL", "whole": {}}
    assert same(found, {"kind": "MAIL", "filled": "kept"}, {"kind": "MAIL", "filled": "kept"})


def test_an_unknown_part_of_what_is_decided_otherwise() -> None:
    found = schema(kind={"type": "text"}, filled={"type": "text", "default": "d", "precondition": AND_UNKNOWN})
    assert completed(found, {"kind": "CHAT", "filled": "x"}, {"kind": "CHAT"}) == {"kind": "CHAT"}
    assert completed(found, {"kind": "MAIL", "filled": "x"}, {"kind": "MAIL"}) == {"kind": "MAIL", "filled": "x"}
    assert completed(found, {"kind": "MAIL"}, {"kind": "MAIL"}) == {"kind": "MAIL"}


def test_filling_and_dropping_go_on_until_nothing_changes() -> None:
    def beside(name: str) -> dict[str, Any]:
        return {"type": "NOT", "precondition": {"type": "NULL", "property": name}}

    chain = schema(
        c={"type": "text", "default": "3", "precondition": beside("b")},
        b={"type": "text", "default": "2", "precondition": beside("a")},
        a={"type": "text", "default": "1"},
    )
    assert completed(chain, {"a": None}, {}) == {"c": "3", "b": "2", "a": "1"}
    chain = schema(
        d={"type": "text", "default": "4", "precondition": {"type": "NULL", "property": "c"}},
        c={"type": "text", "nullable": True, "precondition": beside("b")},
        b={"type": "text", "nullable": True, "precondition": beside("a")},
        a={"type": "text", "nullable": True},
    )
    assert completed(chain, {"c": "3", "b": "2"}, {}) == {"d": "4"}
    assert completed(chain, {"c": "3", "b": "2"}, {"b": "2"}) == {"c": "3", "b": "2"}
    assert completed(chain, {"c": "3", "b": "2"}, {"c": "3"}) == {"c": "3"}
    assert completed(chain, {"c": "3", "b": "2"}, "odd") == {"d": "4"}


def test_elements_of_collections_are_completed() -> None:
    found = schema(
        {"T": {"a": "text", "n": {"type": "integer", "default": 3}, "off": {"type": "text", "precondition": NOT_MAIL}}},
        kind="text",
        rows={"type": "list", "items": {"type": {"$ref": "#/types/T"}}},
        names={"type": "set", "items": {"type": "text"}},
    )
    value = {"kind": "MAIL", "rows": [{"a": "x"}, "odd", {"a": "y", "n": 4}], "names": ["b"]}
    assert completed(found, value, value)["rows"] == [
        {"a": "x", "n": 3},
        "odd",
        {"a": "y", "n": 4},
    ]
    element = {"a": "x", "kind": "MAIL", "off": "o", "n": 1}
    assert completed(found, {"rows": [element]}, {"rows": [element]})["rows"] == [element]
    assert completed(found, {"rows": [element]}, {})["rows"] == [{"a": "x", "kind": "MAIL", "n": 1}]
    assert completed(found, {"rows": "odd", "names": {"a": 1}}, {}) == {"rows": "odd", "names": {"a": 1}}
    assert completed(found, value, value) is not value


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({"type": "text", "default": "x"}, "x"),
        ({"type": "text"}, None),
        ({"type": "boolean", "default": False}, False),
        ({"type": "secret", "default": ""}, None),
        ({"type": "list", "items": {"type": "text"}}, []),
        ({"type": "set", "items": {"type": "text"}, "minObjects": 1}, None),
        ({"type": "list", "items": {"type": "text"}, "default": ["x"], "minObjects": 1}, ["x"]),
        ({"type": {"$ref": "#/types/Empty"}}, None),
    ],
)
def test_default_of(spec: dict[str, Any], expected: Any) -> None:
    found = default_of(Property(spec, {"types": {"Empty": {}}}), ())
    assert (found, type(found)) == (expected, type(expected))


def test_defaults_are_copies() -> None:
    found = schema(a={"type": "list", "items": {"type": "text"}, "default": ["x"]})
    completed(found, {}, {})["a"].append("y")
    assert completed(found, {}, {}) == {"a": ["x"]}
    optional = schema(a={"type": "list", "nullable": True, "items": {"type": "text"}, "default": ["x"]})
    defaults(optional)["a"].append("y")
    assert defaults(optional) == {"a": ["x"]}


def nest(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _level in range(levels - 1):
        value = {"t": value}
    return value


def test_depth_is_bounded() -> None:
    found = schema({"T": {"t": {"type": "#/types/T", "nullable": True}}}, t={"type": "#/types/T", "nullable": True})
    assert conform(found, nest(100)) == nest(100)
    for levels in (101, 500, 20_000):
        with pytest.raises(InputError, match=r"^value is nested more than 100 levels deep"):
            conform(found, nest(levels))
    with pytest.raises(InputError, match=r"^here is nested"):
        check_depth([nest(100)], "here")
    assert comparable(found, nest(100)) == nest(100)
    assert completed(found, nest(100), nest(100)) == merged(found, nest(100), nest(100)) == nest(100)
    check_depth("text")
    check_depth([{"a": ["x"]}])


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        pytest.param("integer", "9" * 5000, "must be a number of type integer, not '9999", id="digits"),
        pytest.param("float", "9" * 5000, "must be a number of type float", id="float digits"),
        pytest.param("integer", "9" * 301, "must be a number of type integer", id="301 digits"),
        pytest.param("integer", 2**996, "is a number of more than 300 digits", id="997 bits"),
        pytest.param("integer", 10**5000, "is a number of more than 300 digits", id="number"),
        pytest.param("float", 10**5000, "is a number of more than 300 digits", id="float number"),
        pytest.param("text", 10**5000, "is a number of more than 300 digits", id="text number"),
        pytest.param("#/enums/E", 10**5000, "is a number of more than 300 digits", id="enum number"),
        pytest.param("boolean", -(10**5000), "is a number of more than 300 digits", id="boolean number"),
        ("text", "a\ud800", "holds half of a surrogate pair"),
        ("secret", "\udfff", "holds half of a surrogate pair"),
        ("integer", "1e999", "must be a number of type integer"),
        ("integer", float("nan"), "must be a number of type integer"),
        ("float", float("inf"), "must be a number of type float"),
        ("integer", 5.5, "must be a number of type integer, not '5.5'"),
        ("boolean", 5, "must be true or false"),
        ("boolean", "5", "must be true or false"),
        ("text", {"x": 1}, "must be a single value, as its type in the schema is text"),
        ("integer", [1], "must be a single value, as its type in the schema is integer"),
        ("#/types/T", "x", "must be a dictionary, as its type in the schema is object"),
        ("#/types/T", ["x"], "must be a dictionary, as its type in the schema is object"),
        ("set", {"x": 1}, "must be a list, as its type in the schema is set"),
        ("text", 1.5, "must be a text: put it in quotes, since YAML reads it as float"),
        ("secret", 1234, "is a secret and must be a text: quote it, since YAML reads it as int without quotes"),
        ("secret", True, "is a secret and must be a text: quote it"),
        ("secret", 1.5, "is a secret and must be a text: quote it"),
        ("local_time", 79200, "is a local_time and must be a text: quote it"),
        ("local_date_time", 630, "is a local_date_time and must be a text: quote it"),
        ("zoned_date_time", 1.5, "is a zoned_date_time and must be a text: quote it"),
        ("local_date", 2026, "is a local_date and must be a text: quote it"),
        ("time_zone", 5, "is a time_zone and must be a text: quote it"),
        ("#/types/T", {1: "x"}, "has no property 1 in this schema; it has n"),
    ],
)
def test_bad_input(kind: str, given: Any, said: str) -> None:
    found = schema({"T": {"n": "integer"}}, {"E": ["x"]}, a={"type": kind, "items": {"type": "text"}})
    with pytest.raises(InputError) as caught:
        conform(found, {"a": given})
    assert caught.value.msg.startswith(f"value.a {said}")
    assert len(caught.value.msg) < 200


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("text", "a\0b", "a\0b"),
        ("text", "é😀", "é😀"),
        pytest.param("float", 2**996 - 1, 2**996 - 1, id="large float"),
        pytest.param("float", "9" * 300, 10**300 - 1, id="large text"),
        ("integer", " 5 ", 5),
        ("integer", "+5", 5),
        ("integer", "1e2", 100),
        ("float", "5", 5),
        ("boolean", "TRUE", True),
        ("text", -5, "-5"),
    ],
)
def test_odd_input_that_is_taken(kind: str, given: Any, expected: Any) -> None:
    found = conform(schema(a=kind), {"a": given})["a"]
    assert (found, type(found)) == (expected, type(expected))


def test_what_the_schema_describes_in_a_value_is_rebuilt() -> None:
    found = schema({"T": {"a": "text", "b": "text"}}, t="#/types/T", rows={"type": "list", "items": {"type": "text"}})

    def pair(_prop: Property, value: Any, other: Any) -> Any:
        return (value, other)

    below = found.properties["t"]
    assert rebuilt(below, {"a": 1, "x": 2}, {"a": 3}, pair) == {"a": (1, 3), "x": 2}
    assert rebuilt(below, {"a": 1, "b": 2}, "odd", pair) == {"a": (1, None), "b": (2, None)}
    assert rebuilt(below, "odd", {}, pair) == "odd"
    rows = found.properties["rows"]
    assert rebuilt(rows, [1, 2], [3, 4], pair) == [(1, 3), (2, 4)]
    assert rebuilt(rows, [1, 2], [3], pair) == [(1, None), (2, None)]
    assert rebuilt(rows, [1], "x", pair) == [(1, None)]
    assert rebuilt(rows, "x", ["y"], pair) == "x"
    assert rebuilt(rows.item, "x", "y", pair) == "x"


def test_text_of_tells_what_python_does_not() -> None:
    assert text_of({"b": 1, "a": [True]}) == '{"a": [true], "b": 1}'
    assert text_of([1]) != text_of([True])


@pytest.mark.parametrize(
    ("kind", "left", "right", "equal"),
    [
        ("local_date_time", "2026-01-01T08:00", "2026-01-01T08:00:00", True),
        ("local_date_time", "2026-01-01 08:00", "2026-01-01 08:00:00", True),
        ("text", "08:00", "08:00:00", False),
        ("local_time", "08:00 or so", "08:00 or so:00", False),
        ("local_time", 8, "8", False),
        ("float", 1.5, 1, False),
        ("float", 1e300, 10**300, False),
        ("boolean", True, True, True),
        ("set", [1, True, "x"], ["x", True, 1], True),
        ("set", [1, True], [1, 1], False),
        ("set", [["a", "b"]], [["b", "a"]], False),
        ("text", {"x": 1}, {"x": True}, False),
    ],
)
def test_more_comparable(kind: str, left: Any, right: Any, equal: bool) -> None:
    found = schema(a={"type": kind, "items": {"type": "text"}})
    assert (comparable(found, {"a": left}) == comparable(found, {"a": right})) is equal


def test_secrets_in_collections_do_not_count_at_any_depth() -> None:
    found = schema(
        {"T": {"u": "#/types/U"}, "U": {"s": "secret"}}, rows={"type": "list", "items": {"type": {"$ref": "#/types/T"}}}
    )
    assert comparable(found, {"rows": [{"u": {"s": "x"}}]}) == comparable(found, {"rows": [{"u": {}}]})


def test_merged_takes_no_null_along() -> None:
    found = schema(
        {"T": {"a": "text", "b": "text"}}, t="#/types/T", rows={"type": "list", "items": {"type": "#/types/T"}}
    )
    given = {"t": {"a": None, "b": "x"}, "rows": [{"a": None, "b": [None, {"c": None}]}], "newer": {"a": None}}
    assert merged(found, {"t": "odd"}, given) == {"t": {"b": "x"}, "rows": [{"b": [None, {}]}], "newer": {}}
