# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a user gave, in the types of its schema; by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.comparison import comparable
from ansible_collections.community.dynatrace.plugins.module_utils._settings.conform import conform

from .typed import ROWS, schema


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
        ("integer", 5.5, "must be a number of type integer, not 5.5"),
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
