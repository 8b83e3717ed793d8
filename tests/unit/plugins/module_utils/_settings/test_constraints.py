# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What surely is refused, by the schema alone; and that nothing else is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.constraints import certain_faults, problems
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import pending
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Property, Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import defaults
from ansible_collections.community.dynatrace.plugins.module_utils._settings.walk import lookup

from tests.sandbox.settings.catalog import OWN
from tests.sandbox.settings.shorthand import whole
from tests.support.sandbox import real_schemas


def found(spec: dict[str, Any], value: Any, read: Any = None) -> list[str]:
    """The problems of a property ``x`` of this kind."""
    schema = Schema({"schemaId": "x", "properties": {"x": {"nullable": True, **spec}}, "enums": ENUMS, "types": TYPES})
    return list(problems(schema, {"x": value}, {"x": read}))


ENUMS = {"color": {"items": [{"value": "red"}, {"value": "blue"}]}}
TYPES = {
    "loose": {"properties": {"kind": {"type": "text"}, "more": {"type": "text"}}},
    "pair": {
        "properties": {
            "kind": {"type": "text", "nullable": False},
            "more": {
                "type": "text",
                "nullable": False,
                "precondition": {"type": "EQUALS", "property": "kind", "expectedValue": "long"},
            },
        }
    },
}
PAIR = {"type": {"$ref": "#/types/pair"}}


def rule(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "constraints": [{"type": kind, **more}]}


@pytest.mark.parametrize(
    ("spec", "value", "text"),
    [
        (rule("LENGTH", minLength=2, maxLength=3), "a", "value.x: must have at least 2 characters"),
        (rule("LENGTH", minLength=2, maxLength=3), "abcd", "value.x: must have at most 3 characters"),
        (rule("LENGTH", minLength=2, maxLength=3), "abc", None),
        (rule("RANGE", minimum=1, maximum=2), 0, "value.x: must be at least 1"),
        (rule("RANGE", minimum=1, maximum=2), 2.5, "value.x: must be at most 2"),
        (rule("RANGE", minimum=1), 1, None),
        (rule("PATTERN", pattern="a+"), "aab", "value.x: must match a+"),
        (rule("PATTERN", pattern="a+"), "aa", None),
        (rule("PATTERN", pattern="[a-z&&[^b]]+"), "B", None),  # Python reads these otherwise, or not at all
        (rule("PATTERN", pattern="[a-z]+"), "1", "value.x: must match [a-z]+"),
        (rule("PATTERN", pattern="a++"), "aa", None),
        (rule("NOT_BLANK"), "  ", "value.x: must not be blank"),
        (rule("NOT_EMPTY"), "", "value.x: must not be empty"),
        (rule("NO_WHITESPACE"), "a b", "value.x: must not contain whitespace"),
        (rule("TRIMMED"), "a ", "value.x: must not begin or end with whitespace"),
        (rule("TRIMMED", customMessage="No blanks, please"), "a ", "value.x: No blanks, please"),
        (rule("OF_A_NEWER_TIME"), "a", None),
        ({"type": {"$ref": "#/enums/color"}}, "green", "value.x must be one of red, blue"),
        ({"type": {"$ref": "#/enums/color"}}, "red", None),
        (
            {"type": "list", "items": {"type": "text"}, "minObjects": 1, "maxObjects": 2},
            [],
            "value.x must have at least 1 elements, not 0",
        ),
        (
            {"type": "list", "items": {"type": "text"}, "maxObjects": 1},
            ["a", "b"],
            "value.x must have at most 1 elements, not 2",
        ),
        ({"type": "list", "items": rule("NOT_BLANK"), "maxObjects": 9}, ["a", " "], "value.x[1]: must not be blank"),
        (
            {
                "type": "set",
                "items": PAIR,
                "maxObjects": 9,
                "constraints": [{"type": "UNIQUE", "uniqueProperties": ["kind"]}],
            },
            [{"kind": "a"}, {"kind": "a", "more": None}],
            "value.x: must not have two elements with the same kind",
        ),
        (PAIR, {}, "value.x.kind is missing, but the schema requires it"),
        (PAIR, {"kind": "short"}, None),
        (PAIR, {"kind": "long"}, "value.x.more is missing, but the schema requires it"),
        (
            PAIR,
            {"kind": "short", "more": "x"},
            "value.x.more is not allowed with the other values: its precondition does not hold",
        ),
    ],
)
def test_one_problem(spec: dict[str, Any], value: Any, text: str | None) -> None:
    assert found(spec, value) == ([] if text is None else [text])


@pytest.mark.parametrize(
    ("kind", "more", "value", "text"),
    [
        ("LENGTH", {"minLength": 2}, "😀", None),  # two to Java
        ("LENGTH", {"minLength": 3}, "😀", "must have at least 3 characters"),
        ("LENGTH", {"maxLength": 1}, "😀", None),
        ("LENGTH", {"maxLength": 1}, "ab", "must have at most 1 characters"),
        ("LENGTH", {"minLength": 1}, "", "must have at least 1 characters"),
        ("LENGTH", {"minLength": "odd", "maxLength": None}, "", None),
        ("LENGTH", {"maxLength": 1}, 55, None),
        ("RANGE", {"minimum": 1}, True, None),
        ("RANGE", {"minimum": 1}, "0", None),
        ("RANGE", {"minimum": 1, "maximum": 1}, 1, None),
        ("RANGE", {"maximum": 1}, 1.5, "must be at most 1"),
        ("RANGE", {"minimum": "odd"}, 0, None),
        ("RANGE", {}, 0, None),
        ("PATTERN", {"pattern": "(?i)a"}, "b", None),
        ("PATTERN", {"pattern": "("}, "b", None),
        ("PATTERN", {"pattern": "(a+)+b"}, "a" * 5000, None),
        ("PATTERN", {"pattern": 5}, "b", None),
        ("PATTERN", {"pattern": "a"}, 5, None),
        ("REGEX", {"pattern": "a"}, "b", "must match a"),
        ("REGEX", {"pattern": "a"}, "a", None),
        ("REGEX", {}, "(", None),
        ("NOT_BLANK", {}, "\t", "must not be blank"),
        ("NOT_BLANK", {}, "", "must not be blank"),
        ("NOT_BLANK", {}, "\xa0", None),
        ("NOT_BLANK", {}, " a ", None),
        ("NOT_EMPTY", {}, " ", None),
        ("NOT_EMPTY", {}, [], "must not be empty"),
        ("NOT_EMPTY", {}, [""], None),
        ("NOT_EMPTY", {}, 0, None),
        ("NO_WHITESPACE", {}, "ab\n", "must not contain whitespace"),
        ("NO_WHITESPACE", {}, "a\xa0b", None),
        ("NO_WHITESPACE", {}, "", None),
        ("TRIMMED", {}, "a\t", "must not begin or end with whitespace"),
        ("TRIMMED", {}, "\xa0a b", None),
    ],
)
def test_only_what_is_certain(kind: str, more: dict[str, Any], value: Any, text: str | None) -> None:
    assert found(rule(kind, **more), value) == ([] if text is None else [f"value.x: {text}"])


@pytest.mark.parametrize(
    ("names", "value", "text"),
    [
        (["kind"], [{"kind": "a"}, {"kind": "b"}, {"kind": "a"}], "must not have two elements with the same kind"),
        (["kind"], [{"kind": "a", "more": "x"}, {"kind": "b", "more": "x"}], None),
        (["kind", "more"], [{"kind": "a"}, {"kind": "a"}], "must not have two elements with the same kind, more"),
        (["kind", "more"], [{"kind": "a"}, {"kind": "a", "more": "x"}], None),
        (["kind"], [{}, {}], None),
        (["kind"], ["odd", "odd"], None),
        ([], [{"kind": "a"}, {"kind": "a"}], "must not have two elements with the same value"),
        ([], [1, True], None),
        (["kind"], [], None),
    ],
)
def test_unique_elements(names: list[str], value: list[Any], text: str | None) -> None:
    loose = {"type": {"$ref": "#/types/loose"}}
    spec = {"type": "list", "items": loose, "constraints": [{"type": "UNIQUE", "uniqueProperties": names}]}
    assert found(spec, value) == ([] if text is None else [f"value.x: {text}"])


def test_the_message_of_the_schema_comes_first() -> None:
    spec = {
        "type": "list",
        "items": {"type": "text"},
        "constraints": [
            {"type": "UNIQUE", "customMessage": "Once each"},
            {"type": "NOT_EMPTY", "customMessage": "Some"},
        ],
    }
    assert found(spec, ["a", "a"]) == ["value.x: Once each"]
    assert found(spec, []) == ["value.x: Some"]


def test_what_hangs_on_an_unknown_precondition_is_neither_missing_nor_wrong() -> None:
    odd = {"type": "REGEX_MATCH", "property": "kind", "pattern": "(?i)a"}
    types = {
        "t": {
            "properties": {"kind": {"type": "text"}, "more": {"type": "text", "nullable": False, "precondition": odd}}
        }
    }
    prop = Property({"type": {"$ref": "#/types/t"}}, {"types": types})
    assert list(problems(prop, {"kind": "a"})) == []
    assert list(problems(prop, {"kind": "b", "more": "x"})) == []
    assert list(problems(prop, {"more": "x"})) == [
        "value.more is not allowed with the other values: its precondition does not hold"
    ]


@pytest.mark.parametrize("value", ["text", [1], 5, None])
def test_what_is_of_another_kind_is_not_looked_into(value: Any) -> None:
    assert found(PAIR, value) == []
    assert found({"type": "list", "items": PAIR}, value if value != [1] else {"a": 1}) == []


def test_elements_of_collections_that_were_read() -> None:
    spec = {"type": "list", "items": {**rule("PATTERN", pattern="[a-z]+"), "type": "secret"}}
    assert found(spec, ["**1", "**2"], ["**1", "**2"]) == []
    assert found(spec, ["**1"], ["**1", "**2"]) == ["value.x[0]: must match [a-z]+"]
    assert found({"type": "list", "items": {"type": "text"}, "minObjects": 2}, ["a"]) == [
        "value.x must have at least 2 elements, not 1"
    ]


def test_a_secret_that_was_read_is_not_looked_at() -> None:
    secret = {**rule("PATTERN", pattern="[a-z]+"), "type": "secret"}
    assert found(secret, "***123***", "***123***") == []
    assert found(secret, "***123***", "***456***") == ["value.x: must match [a-z]+"]


def test_all_are_named() -> None:
    assert len(found({"type": "list", "items": rule("NOT_BLANK"), "maxObjects": 9}, ["", " ", "a"])) == 2


def certain(spec: dict[str, Any], given: Any, sent: Any = None, read: Any = None) -> list[str]:
    """The paths of what is certainly wrong with a given property ``x``; ``sent`` and ``read``: whole values."""
    schema = Schema({"schemaId": "x", "properties": {"x": {"nullable": True, **spec}}, "enums": ENUMS, "types": TYPES})
    faults = certain_faults(schema, {"x": given}, sent or {"x": given}, read)
    return [str(fault.violation.path) for fault in faults]


@pytest.mark.parametrize(
    ("spec", "value", "paths"),
    [
        (rule("LENGTH", maxLength=1), "ab", ["x"]),
        (rule("RANGE", maximum=1), 2, ["x"]),
        ({"type": {"$ref": "#/enums/color"}}, "green", ["x"]),
        ({"type": {"$ref": "#/enums/color"}}, "red", []),
        ({"type": "list", "items": rule("LENGTH", maxLength=1), "maxObjects": 9}, ["a", "bc", "de"], ["x/1", "x/2"]),
        ({"type": "list", "items": {"type": "text"}, "maxObjects": 1}, ["a", "b"], ["x"]),
        ({"type": "set", "items": {"type": "text"}, "maxObjects": 1}, ["a", "a"], []),
        ({"type": "set", "items": {"type": "text"}, "maxObjects": 1}, ["a", "a", "b"], ["x"]),
        ({"type": "set", "items": {"type": "text"}, "minObjects": 2, "maxObjects": 9}, ["a", "a"], []),
        ({"type": "set", "items": {"type": "text"}, "minObjects": 2, "maxObjects": 9}, ["a"], ["x"]),
        # What is missing, and what only Java or the server's own validators know.
        (PAIR, {}, []),
        (PAIR, {"kind": "short", "more": "x"}, []),
        (rule("PATTERN", pattern="a"), "b", []),
        (rule("REGEX", pattern="a"), "b", []),
        (rule("NOT_BLANK"), " ", []),
        (rule("TRIMMED"), " a", []),
        (rule("LENGTH", maxLength=1), None, []),
        (rule("LENGTH", maxLength=1), pending("other"), []),
        ({"type": {"$ref": "#/enums/color"}}, pending("other"), []),
        (PAIR, "odd", []),
    ],
)
def test_what_is_beyond_doubt(spec: dict[str, Any], value: Any, paths: list[str]) -> None:
    assert certain(spec, value) == paths


@pytest.mark.parametrize(
    ("names", "value", "paths"),
    [
        (["kind"], [{"kind": "a"}, {"kind": "a", "more": "x"}], ["x"]),
        (["kind", "more"], [{"kind": "a"}, {"kind": "a"}], []),
        (["kind", "more"], [{"kind": "a", "more": "x"}, {"kind": "a", "more": "x"}], ["x"]),
        ([], [{"kind": "a"}, {"kind": "a"}], ["x"]),
        (["kind"], [{}, {}], []),
    ],
)
def test_keys_of_elements_that_were_given(names: list[str], value: list[Any], paths: list[str]) -> None:
    loose = {"type": {"$ref": "#/types/loose"}}
    spec = {"type": "list", "items": loose, "constraints": [{"type": "UNIQUE", "uniqueProperties": names}]}
    assert certain(spec, value) == paths


def test_what_is_as_it_was_is_not_looked_at() -> None:
    """An older version of the schema may have taken it."""
    spec = rule("LENGTH", maxLength=1)
    assert certain(spec, "ab", read={"x": "ab"}) == []
    assert certain(spec, "ab", read={"x": "abc"}) == ["x"]


def test_a_secret_that_is_not_sent_is_not_looked_at() -> None:
    """What was given may be a placeholder; the server keeps what it has."""
    spec = {**rule("LENGTH", maxLength=1), "type": "secret"}
    assert certain(spec, "ab", sent={"x": "***1***"}, read={"x": "***1***"}) == []
    assert certain(spec, "ab", sent={"x": "ab"}, read={"x": "***1***"}) == ["x"]
    assert certain(spec, "ab") == ["x"]


def test_what_others_rule_out_is_left_to_the_server() -> None:
    long = {"type": "EQUALS", "property": "kind", "expectedValue": "long"}
    more = {**rule("LENGTH", maxLength=1), "nullable": True, "precondition": long}
    schema = Schema({"schemaId": "x", "properties": {"kind": {"type": "text"}, "more": more}})
    given = {"more": "ab"}
    assert list(certain_faults(schema, given, {"kind": "short", **given}, None)) == []
    (fault,) = certain_faults(schema, given, {"kind": "long", **given}, None)
    assert (fault.place, fault.sentence) == (("more",), "value.more: must have at most 1 characters")


def test_elements_are_judged_by_what_is_sent_of_them() -> None:
    items = {"type": {"$ref": "#/types/t"}}
    long = {"type": "EQUALS", "property": "kind", "expectedValue": "long"}
    types = {
        "t": {"properties": {"kind": {"type": "text"}, "more": {**rule("LENGTH", maxLength=1), "precondition": long}}}
    }
    prop = Property({"type": "list", "items": items, "maxObjects": 9}, {"types": types})
    given = [{"more": "ab"}, {"more": "ab", "kind": "long"}]
    assert [fault.place for fault in certain_faults(prop, given, given, None)] == [(1, "more")]
    completed = [{"more": "ab", "kind": "long"}, given[1]]
    assert [fault.place for fault in certain_faults(prop, given, completed, None)] == [(0, "more"), (1, "more")]


SCHEMAS = {path.stem: path for path in OWN.glob("*.json")} | dict(real_schemas())


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_defaults_are_right_where_there_are_any(name: str) -> None:
    """What a schema has by default is wrong only where it is nothing or empty, and something is demanded."""
    document = json.loads(SCHEMAS[name].read_text(encoding="utf-8"))
    if "properties" not in document:
        pytest.skip("no schema")
    schema = Schema(whole(document))
    value = defaults(schema)
    wrong = [re.split("[: ]", text)[0] for text in problems(schema, value)]
    assert [path for path in wrong if lookup({"value": value}, path) not in (None, "", [])] == []
