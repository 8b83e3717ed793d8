# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way through a value; by values."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.comparison import comparable
from ansible_collections.community.dynatrace.plugins.module_utils._settings.conform import conform
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import UNKNOWN, Property
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import (
    completed,
    merged,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.walk import (
    elements_of,
    inside,
    named_parts,
    place_below,
    rebuilt,
    with_texts,
)

from .typed import nest, schema


def test_as_deep_as_a_value_may_be() -> None:
    found = schema({"T": {"t": {"type": "#/types/T", "nullable": True}}}, t={"type": "#/types/T", "nullable": True})
    assert conform(found, nest(100)) == nest(100)
    assert comparable(found, nest(100)) == nest(100)
    assert completed(found, nest(100), nest(100)) == merged(found, nest(100), nest(100)) == nest(100)


def test_what_the_schema_describes_in_a_value_is_rebuilt() -> None:
    found = schema({"T": {"a": "text", "b": "text"}}, t="#/types/T", rows={"type": "list", "items": {"type": "text"}})

    def pair(_prop: Property, value: Any, other: Any) -> Any:
        return (value, other)

    below = found.properties["t"]
    assert rebuilt(below, {"a": 1, "x": 2}, {"a": 3}, pair) == {"a": (1, 3), "x": (2, None)}
    assert rebuilt(below, {"a": 1, "b": 2}, "odd", pair) == {"a": (1, None), "b": (2, None)}
    assert rebuilt(below, "odd", {}, pair) == "odd"
    rows = found.properties["rows"]
    assert rebuilt(rows, [1, 2], [3, 4], pair) == [(1, 3), (2, 4)]
    assert rebuilt(rows, [1, 2], [3], pair) == [(1, None), (2, None)]
    assert rebuilt(rows, [1], "x", pair) == [(1, None)]
    assert rebuilt(rows, "x", ["y"], pair) == "x"
    assert rebuilt(rows.item, "x", "y", pair) == "x"


def test_what_is_inside() -> None:
    found = schema({"T": {"a": "text"}}, t="#/types/T", rows={"type": "list", "items": {"type": "text"}})
    below, rows = found.properties["t"], found.properties["rows"]
    inner = below.properties["a"]
    assert list(inside(below, {"a": 1, "x": 2}, {"a": 3}, None)) == [
        ("a", inner, 1, 3, None),
        ("x", UNKNOWN, 2, None, None),
    ]
    assert list(inside(rows, [1, 2], [3, 4])) == [(0, rows.item, 1, 3), (1, rows.item, 2, 4)]
    assert list(inside(rows, "x")) == []


def test_places() -> None:
    assert place_below(place_below(place_below("", "a"), 0), "b") == "a[0].b"
    assert place_below("", ".b") == ".b"


def test_parts_without_a_schema() -> None:
    assert dict(named_parts({"a": 1})) == {"a": 1}
    assert list(named_parts(["x", "y"])) == [(0, "x"), (1, "y")]
    assert list(named_parts("xy")) == []
    assert (elements_of(["x"]), elements_of("x"), elements_of(None)) == (["x"], [], [])


def test_texts_are_changed_wherever_they_are() -> None:
    assert with_texts({"a": ["x", {"b": "y"}], "c": 1, "x": None}, str.upper) == {
        "a": ["X", {"b": "Y"}],
        "c": 1,
        "x": None,
    }
