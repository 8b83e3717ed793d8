# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exported items with names for what differs elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_values import (
    ValueExport,
    value_rules,
    with_values,
)

from tests.support.settings_files import objects_of


def written(
    value: Any, matching: list[str], of: list[str] | None = None, **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The item and the values. Filled in again, they are what was exported."""
    item = {"key": "k", **more, "value": value}
    result = exported({"s:x": [item]}, matching, of)
    return result.files["s:x"][0], result.values


def exported(files: dict[str, list[dict[str, Any]]], matching: list[str], of: list[str] | None = None) -> ValueExport:
    result = with_values(files, value_rules(matching, of or []))
    for schema_id, items in files.items():
        given = [{"name": "f", "content": {"objects": result.files[schema_id]}}]
        again = objects_of(given, values=result.values, missing="omit")
        plain = objects_of([{"name": "f", "content": {"objects": items}}], missing="omit")
        assert again == plain
    return result


class TestMatching:
    @pytest.mark.parametrize(
        ("text", "pattern", "parts", "values"),
        [
            ("shop", "shop", {"$value": "shop"}, {"shop": "shop"}),
            ("shop", "(?P<app>.*)", {"$value": "app"}, {"app": "shop"}),
            ("shop", "x", "shop", {}),
            ("shop", "", "shop", {}),
            ("", ".*", "", {}),
            ("in shop!", "shop", {"$join": ["in ", {"$value": "shop"}, "!"]}, {"shop": "shop"}),
            (
                "a-b",
                "(?P<one>a)-(?P<two>b)",
                {"$join": [{"$value": "one"}, "-", {"$value": "two"}]},
                {"one": "a", "two": "b"},
            ),
            ("a-b", "(?P<whole>(?P<one>a)-b)", {"$value": "whole"}, {"whole": "a-b"}),
            ("b", "(?P<one>a)?b", "b", {}),
            ("a1a1", r"(?P<n>\d)", {"$join": ["a", {"$value": "n"}, "a", {"$value": "n"}]}, {"n": "1"}),
        ],
    )
    def test_texts(self, text: str, pattern: str, parts: Any, values: dict[str, Any]) -> None:
        item, found = written({"p": [text]}, [pattern])
        assert item["value"] == {"p": [parts]}
        assert found == values

    def test_several_texts_of_one_group(self) -> None:
        item, values = written({"a": "x1", "b": "x2", "c": "x1"}, [r"x(?P<n>\d)"])
        assert values == {"n-1": "1", "n-2": "2"}
        assert item["value"]["c"] == {"$join": ["x", {"$value": "n-1"}]}

    def test_the_first_pattern_comes_first(self) -> None:
        item, values = written({"a": "https://shop.example.com/x"}, [r"https://(?P<host>[^/]+)", "example", "x"])
        assert item["value"] == {"a": {"$join": ["https://", {"$value": "host"}, "/", {"$value": "x"}]}}
        assert values == {"host": "shop.example.com", "x": "x"}

    def test_names_that_would_be_the_same(self) -> None:
        _item, values = written({"a": "x y", "b": "x-y"}, ["x.y"])
        assert len(values) == 2
        assert sorted(values.values()) == ["x y", "x-y"]

    def test_scope_and_external_id(self) -> None:
        item, values = written(
            {}, ["HOST-[0-9A-F]+", "(?P<team>team-.)"], scope="HOST-0F", external_id="team-a/x", match_on=["team-a"]
        )
        assert (item["scope"], item["match_on"]) == ({"$value": "host-0f"}, ["team-a"])
        assert item["external_id"] == {"$join": [{"$value": "team"}, "/x"]}
        assert values == {"host-0f": "HOST-0F", "team": "team-a"}

    def test_marks_numbers_and_names_stay(self) -> None:
        value = {"a": {"$secret": "k/a"}, "b": {"$ref": "k"}, "c": 5, "d": True, "k": "z"}
        assert written(value, ["k", "5", "True"])[0]["value"] == value


class TestProperties:
    VALUE = {"enabled": True, "rules": [{"tags": ["a"], "x": 1}, {"tags": ["b"]}], "o": {"t": {"$secret": "k/o.t"}}}  # noqa: RUF012

    def test_whole_properties_of_any_type(self) -> None:
        item, values = written(self.VALUE, [], ["enabled", "s:*/rules.tags", "o"])
        assert values == {
            "k/enabled": True,
            "k/rules[0].tags": ["a"],
            "k/rules[1].tags": ["b"],
            "k/o": {"t": {"$secret": "k/o.t"}},
        }
        assert item["value"]["rules"][0] == {"tags": {"$value": "k/rules[0].tags"}, "x": 1}

    def test_of_another_schema(self) -> None:
        assert written(self.VALUE, [], ["t:*/enabled", "s:/enabled", "nothing"]) == (
            {"key": "k", "value": self.VALUE},
            {},
        )

    @pytest.mark.parametrize("path", ["rules/tags", "*/rules/tags", "s:x/rules/tags"])
    def test_slashes_separate_as_well(self, path: str) -> None:
        assert set(written(self.VALUE, [], [path])[1]) == {"k/rules[0].tags", "k/rules[1].tags"}

    def test_a_property_comes_before_the_texts_in_it(self) -> None:
        item, values = written({"a": "x", "b": "x"}, ["(?P<n>x)"], ["a"])
        assert item["value"] == {"a": {"$value": "k/a"}, "b": {"$value": "n"}}
        assert values == {"k/a": "x", "n": "x"}


def test_items_of_several_schemas_share_names() -> None:
    files = {"s:a": [{"key": "a", "value": {"x": "in 1"}}], "s:b": [{"key": "b", "value": {"y": "2"}}]}
    assert exported(files, [r"(?P<n>\d)"]).values == {"n-1": "1", "n-2": "2"}


def test_nothing_is_told() -> None:
    item = {"key": "k", "scope": "s", "value": {"a": "b"}}
    result = exported({"s:x": [item]}, [])
    assert (result.files, result.values) == ({"s:x": [item]}, {})


def test_what_is_no_regular_expression() -> None:
    with pytest.raises(InputError, match="is not a regular expression"):
        value_rules(["("], [])
