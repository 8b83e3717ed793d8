# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is equal to the API; by values."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.comparison import (
    changed_paths,
    comparable,
    content_text,
    exact_text,
    text_of,
    zone_number,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import same

from tests.sandbox.settings.ids import ENVIRONMENT, make_object_id

from .typed import ROWS, schema

ZONES = "builtin:management-zones"


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


def test_stored_elements_that_look_the_same_may_differ_in_their_secrets() -> None:
    found = schema({"T": {"a": "text", "s": "secret"}}, rows=ROWS)
    two = {"rows": [{"a": "1", "s": "***1***"}, {"a": "1", "s": "***1***"}]}
    assert comparable(found, two) != comparable(found, {"rows": [{"a": "1", "s": "x"}]})
    assert comparable(found, two) == comparable(found, {"rows": [{"a": "1", "s": "x"}, {"a": "1", "s": "y"}]})


def test_what_the_schema_does_not_know_is_compared_as_it_is() -> None:
    found = schema(a="text")
    assert comparable(found, {"new": {"b": 1, "c": None}}) == comparable(found, {"new": {"b": 1.0}})
    assert comparable(found, {"new": [1]}) != comparable(found, {"new": [2]})


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


def test_changed_paths() -> None:
    old, new = {"a": {"b": 1, "c": 2}, "d": [1], "f": 1}, {"a": {"b": 1, "c": 3}, "e": 1, "f": 1}
    assert list(changed_paths(old, new)) == ["a/c", "d", "e"]
    assert list(changed_paths({"a": {"b": 1}}, {"a": 1})) == ["a"]
    assert list(changed_paths(1, 2, "x")) == ["x"]
    assert list(changed_paths(old, old)) == []


def test_elements_by_their_content_and_with_their_secrets() -> None:
    rows = schema({"T": {"a": "text", "s": "secret"}}, rows=ROWS).properties["rows"].item
    first, second, other = {"a": "1", "s": "x"}, {"s": "y", "a": "1"}, {"a": "2", "s": "x"}
    assert content_text(rows, first) == content_text(rows, second) != content_text(rows, other)
    assert exact_text(rows, first) == exact_text(rows, dict(reversed(first.items()))) != exact_text(rows, second)


def test_only_references_to_zones_have_a_number() -> None:
    content = bytes.fromhex("beef54de15dadead") + ZONES.encode() + b"0" * 8 + b"-0000" * 3 + b"-" + b"0" * 11 + b"7"
    zone = base64.urlsafe_b64encode(content + bytes.fromhex("beef54de15dadead")).decode().rstrip("=")
    found = schema(
        zone={"type": "setting", "referencedType": ZONES},
        other={"type": "setting", "referencedType": "builtin:other"},
        text={"type": "text", "referencedType": ZONES},
    )
    compared = comparable(found, dict.fromkeys(("zone", "other", "text"), zone))
    assert compared == {"zone": zone_number(zone), "other": zone, "text": zone}
    assert zone_number(zone) == "0"


REST = 0x8123456789ABCDEF


@pytest.mark.parametrize("number", [0, 1, -1, 7, -4292415658385853785, 2**63 - 1, -(2**63)])
def test_the_number_is_the_first_half_of_the_key(number: int) -> None:
    key = uuid.UUID(int=(number % 2**64) << 64 | REST)
    assert zone_number(make_object_id(ZONES, ENVIRONMENT, str(key))) == str(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "-7",
        "some zone",
        "ümlaut",
        "a" * 120,
        "vu9U3hXa3q0" * 20,
        "x" * 501,
        make_object_id("builtin:alerting.profile", ENVIRONMENT, str(uuid.UUID(int=1))),
        make_object_id(ZONES, ENVIRONMENT, "no-uuid"),
    ],
)
def test_what_is_no_object_id_of_a_zone_stays(text: str) -> None:
    assert zone_number(text) == text
