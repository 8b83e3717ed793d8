# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What settings values become by their schema; by values."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Property, Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import (
    completed,
    default_of,
    defaults,
    merged,
    same,
    usable,
    with_stored,
)

from .typed import schema


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
        window={"type": "setting", "default": "00000000-0000-0000-0000-000000000000"},
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
    sendable = {"url": None, "name": "x", "part": {"own": None, "n": 1}, "rows": [""], "newer": ""}
    assert usable(found, inherited) == sendable
    assert usable(found, {"part": "odd"}) == {"part": "odd"}


def test_what_the_server_has_set_itself_stays() -> None:
    refused = {"type": "text", "default": "", "constraints": [{"type": "LENGTH", "minLength": 1}]}
    found = schema({"S": {"actor": refused, "more": "text"}}, settings="#/types/S", name="text", own=refused)
    stored = {"settings": {"actor": "x", "more": "m"}, "name": "n", "own": "o"}
    is_own = attrgetter("has_unusable_default")
    assert with_stored(found, {}, stored, {}, is_own) == {"settings": {"actor": "x"}, "own": "o"}
    assert with_stored(found, {"own": "p"}, stored, {"own": "p"}, is_own) == {"settings": {"actor": "x"}, "own": "p"}
    assert with_stored(found, {}, stored, {"own": None, "settings": {"actor": None}}, is_own) == {}
    assert with_stored(found, {}, stored, {"settings": None}, is_own) == {"own": "o"}
    assert with_stored(found, {"name": "m"}, {"name": "n"}, {"name": "m"}, is_own) == {"name": "m"}


def test_what_stays_in_an_object_that_need_not_be_there() -> None:
    """Left out, it goes with all that is in it."""
    optional = {"type": "#/types/S", "nullable": True}
    found = schema({"S": {"s": "secret", "n": "integer"}}, optional=optional)
    stored = {"optional": {"s": "#", "n": 1}}

    def is_secret(prop: Property) -> bool:
        return prop.kind == "secret"

    assert with_stored(found, {}, stored, {}, is_secret) == {}
    given = {"optional": {"n": 2}}
    assert with_stored(found, given, stored, given, is_secret) == {"optional": {"n": 2, "s": "#"}}


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


@pytest.mark.parametrize(
    ("kind", "end", "is_made"),
    [
        ("LESS_THAN", "1970-01-01", False),
        ("GREATER_THAN", "1970-01-01", False),
        ("LESS_THAN", "1970-01-02", True),
        ("LESS_THAN_OR_EQUAL", "1970-01-01", True),
        ("LESS_THAN", None, True),
    ],
)
def test_no_object_is_made_of_defaults_that_contradict_each_other(kind: str, end: str | None, is_made: bool) -> None:
    times = {
        "begin": {"type": "local_date", "default": "1970-01-01"},
        "end": {"type": "local_date", "default": end, "nullable": end is None},
    }
    found = schema({"Times": times}, times="#/types/Times")
    found.properties["times"]._type["constraints"] = [{"type": kind, "properties": ["begin", "end"]}]
    assert ("times" in completed(found, {}, {})) is is_made


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


def test_merged_takes_no_null_along() -> None:
    found = schema(
        {"T": {"a": "text", "b": "text"}}, t="#/types/T", rows={"type": "list", "items": {"type": "#/types/T"}}
    )
    given = {"t": {"a": None, "b": "x"}, "rows": [{"a": None, "b": [None, {"c": None}]}], "newer": {"a": None}}
    assert merged(found, {"t": "odd"}, given) == {"t": {"b": "x"}, "rows": [{"b": [None, {}]}], "newer": {}}
