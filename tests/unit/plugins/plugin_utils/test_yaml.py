# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading YAML without surprises."""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils import _yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T10:30:00Z", "2026-01-01T10:30:00Z"),
        ("10:30", "10:30"),
        ("22:00:00", "22:00:00"),
        ("1:30.5", "1:30.5"),
        ("017", 15),
        ("1_000", 1000),
        ("1.5", 1.5),
        ("yes", True),
        ("~", None),
        (".inf", float("inf")),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert _yaml.load(f"v: {text}") == {"v": value}


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a: 1\nb: 2\na: 3", "a", 3),
        ("objects:\n  - key: x\n    value: 1\n    value: 2", "value", 4),
        ("list: [{k: 1, k: 1}]", "k", 1),
        ("a: {b: {c: 1, c: 2}}", "c", 1),
    ],
)
def test_a_key_given_twice_is_an_error_that_names_it(text: str, key: str, line: int) -> None:
    with pytest.raises(yaml.YAMLError, match=rf"the key '{key}' is given twice.* line {line}"):
        _yaml.load(text)


def test_the_same_key_in_other_mappings_and_as_another_type_is_none_twice() -> None:
    assert _yaml.load("a: {k: 1}\nb: {k: 1}\n1: x\n'1': y") == {"a": {"k": 1}, "b": {"k": 1}, 1: "x", "1": "y"}


def test_merged_keys_are_overridden_and_not_given_twice() -> None:
    text = "base: &base {k: 1, l: 1}\nouter: {inner: &inner {<<: *base, k: 2}}\nlast:\n  <<: *inner\n  l: 3\n"
    assert _yaml.load(text) == yaml.safe_load(text)
    assert _yaml.load(text)["outer"]["inner"] == {"k": 2, "l": 1}


def test_an_alias_within_itself_ends() -> None:
    found = _yaml.load("a: &a [1, *a]")
    assert found["a"][1] is found["a"]


def test_nothing_is_constructed_that_is_no_data() -> None:
    with pytest.raises(yaml.YAMLError):
        _yaml.load("v: !!python/object/apply:os.getcwd []")


def test_an_empty_file_is_nothing() -> None:
    assert _yaml.load("") is None
    assert _yaml.load("# a comment\n") is None
