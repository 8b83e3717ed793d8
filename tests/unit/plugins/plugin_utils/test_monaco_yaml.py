# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as Monaco reads it. The values are those that yaml.v2 gave for the same scalars."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils import _monaco_yaml
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_values import (
    MonacoError,
    printed,
    truth_of_text,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._monaco_yaml import Node

# fmt: off
SCALARS: list[tuple[str, Any]] = [
    ("y", True), ("Y", True), ("yes", True), ("Yes", True), ("YES", True), ("on", True), ("On", True), ("ON", True),
    ("true", True), ("True", True), ("TRUE", True), ("n", False), ("N", False), ("no", False), ("off", False), ("False", False),
    ("oN", "oN"), ("tRue", "tRue"), ("yEs", "yEs"),
    ("~", None), ("null", None), ("Null", None), ("NULL", None), ("", None), ("nUll", "nUll"), ("none", "none"),
    ("0", 0), ("-0", 0), ("+12", 12), ("1_000", 1000), ("1__0", 10), ("_1", "_1"),
    ("007", 7), ("017", 15), ("0_7", 7), ("08", 8.0), ("0888", 888.0), ("0o17", 15), ("0O17", 15), ("0o8", "0o8"),
    ("0x1F", 31), ("0X1f", 31), ("-0x1F", -31), ("0x", "0x"), ("0x1p4", "0x1p4"), ("0xFFFFFFFFFFFFFFFFFF", "0xFFFFFFFFFFFFFFFFFF"),
    ("0b11", 3), ("-0b11", -3), ("+0b11", 3), ("0B1", 1), ("0b12", "0b12"),
    ("18446744073709551615", 18446744073709551615), ("18446744073709551616", 18446744073709551616.0),
    ("-9223372036854775808", -9223372036854775808), ("-9223372036854775809", -9223372036854775809.0),
    ("1.10", 1.1), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("1e3", 1000.0), ("1E+3", 1000.0), ("12e03", 12000.0), ("1_0.5_0", 10.5),
    (".1_0", 0.1), ("._5", "._5"), (".5_", ".5_"), ("1e", "1e"), ("e1", "e1"), ("1.5.5", "1.5.5"), ("1e400", "1e400"), (".", "."),
    (".inf", math.inf), ("+.INF", math.inf), ("-.Inf", -math.inf),
    ("2001-01-01", "2001-01-01"), ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00"),
    ("1:30", "1:30"), ("190:20:30", "190:20:30"), ("10:30:00", "10:30:00"), ("<<", "<<"), ("=", "="),
    ("'08'", "08"), ('"yes"', "yes"), ("!!str 5", "5"), ("!!int '5'", 5), ("!!float 5", 5.0), ("!!bool yes", True), ("! 5", "5"),
    ("!vault x", "x"), ("!!binary YWI=", "ab"), ("!!timestamp 2001-01-01", "2001-01-01"), ("9" * 500, "9" * 500),
]
TEXTS = [
    ("007", "007"), ("1.10", "1.10"), ("1_000", "1_000"), ("0x1F", "0x1F"), ("0o17", "0o17"), ("08", "08"), ("1e3", "1e3"),
    ("yes", "yes"), ("n", "n"), ("On", "On"), ("2001-01-01", "2001-01-01"), ("10:30", "10:30"), (".inf", ".inf"), ("'x'", "x"),
    ("null", ""), ("~", ""), ("", ""), ("'null'", "null"), ("!!binary YWI=", "ab"), ("!!int 007", "007"),
]
# fmt: on
BOMB = "\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12))])


def root_of(text: str) -> Node:
    root, _has_more = _monaco_yaml.document(text)
    assert root is not None
    return root


def value_of(text: str) -> Any:
    return _monaco_yaml.anything([root_of(text)])


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_any_value(written: str, value: Any) -> None:
    found = value_of(f"a: {written}")["a"]
    assert (type(found), found) == (type(value), value)


def test_any_value_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_monaco_yaml, "_Loader", yaml.SafeLoader)
    assert [value_of(f"a: {written}")["a"] for written, _value in SCALARS] == [value for _written, value in SCALARS]
    with pytest.raises(MonacoError, match="nested more than 100 levels deep"):
        value_of("[" * 10_000)


@pytest.mark.parametrize(("written", "text"), TEXTS)
def test_texts_are_as_they_were_written(written: str, text: str) -> None:
    assert _monaco_yaml.text(_monaco_yaml.mapping([root_of(f"a: {written}")])["a"]) == text


def test_keys() -> None:
    text = "{yes: 1, n: 2, 007: 3, ~: 4, 2001-01-01: 5, 1.10: 6, 'q': 7}"
    assert list(_monaco_yaml.mapping([root_of(text)])) == ["yes", "n", "007", "", "2001-01-01", "1.10", "q"]
    assert list(value_of(text)) == ["true", "false", "7", "<nil>", "2001-01-01", "1.1", "q"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "line 2: the key a is given twice"),
        ("a: 1\n'a': 2", "line 2: the key a is given twice"),
        ("x: {1: a, 01: b}", "the key 1 is given twice"),
        ("x: [{b: 1, c: {d: 1,\n d: 2}}]", "line 2: the key d is given twice"),
        ("a: &x {b: 1}\nc: {<<: *x, b: 2}", "the key b is given twice"),
        ("a: &x {b: 1}\nc: {<<: [*x, *x]}", "the key b is given twice"),
        ("c: {<<: 5}", "<< takes a map or a list of maps"),
        ("c: {<<: [1]}", "<< takes a map or a list of maps"),
        ("{[1]: 2}", "there is a list where Monaco expects a single value"),
        ("a: !!int abc", "'abc' is no !!int"),
        ("a: !!null x", "'x' is no !!null"),
        ("a: !!binary '***'", "holds no base64"),
        ("a: !!binary \u00e9", "holds no base64"),
        ("a: *nope", "no anchor nope"),
        ("a: &x [*x]", "the anchor x contains itself"),
        ("a: &x {b: [{c: *x}]}", "the anchor x contains itself"),
        ("a: [", "it is not YAML: "),
        ("a: b: c", "it is not YAML: mapping values are not allowed in this context (line 1)"),
        ("a: \x00", "it is not YAML"),
        ("[" * 150, "nested more than 100 levels deep"),
        ("[" * 100_000, "nest"),
        ("{a: " * 200, "nested more than 100 levels deep"),
        (BOMB, "its aliases make it too large"),
    ],
)  # fmt: skip
def test_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(MonacoError) as caught:
        value_of(text)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


class TestMerging:
    text = "base: &base {b: 1, c: 2}\nmore: &more {b: 3}\n"

    def fields(self, written: str) -> dict[str, Any]:
        node = _monaco_yaml.mapping([root_of(self.text + "x: " + written)])["x"]
        return {
            name: _monaco_yaml.anything(nodes) for name, nodes in _monaco_yaml.record(node, ("b", "c", "d")).items()
        }

    def test_values_of_any_kind(self) -> None:
        assert value_of(self.text + "x: {<<: *base, d: 4}")["x"] == {"b": 1, "c": 2, "d": 4}
        assert value_of("x: {'<<': {b: 1}}")["x"] == {"<<": {"b": 1}}

    @pytest.mark.parametrize(
        ("written", "value"),
        [
            ("{<<: *base, d: 4}", {"b": 1, "c": 2, "d": 4}),
            ("{<<: *base, b: 4}", {"b": 4, "c": 2}),
            # As yaml.v2 does, the later counts, wherever it comes from.
            ("{b: 4, <<: *base}", {"b": 1, "c": 2}),
            ("{<<: [*more, *base]}", {"b": 3, "c": 2}),
        ],
    )
    def test_fixed_keys(self, written: str, value: dict[str, Any]) -> None:
        assert self.fields(written) == value

    def test_maps_in_fixed_keys_become_one(self) -> None:
        text = "base: &base {p: {a: 1}}\nx: {<<: *base, p: {b: 2}}\ny: {<<: *base, p: {a: 2}}\nz: {<<: *base, p: ~}"
        top = _monaco_yaml.mapping([root_of(text)])
        found = {name: _monaco_yaml.record(top[name], ("p",))["p"] for name in "xyz"}
        assert sorted(_monaco_yaml.mapping(found["x"])) == ["a", "b"]
        assert _monaco_yaml.mapping(found["z"]) == {}
        with pytest.raises(MonacoError, match="the key a is given twice"):
            _monaco_yaml.mapping(found["y"])

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("{e: 1}", "Monaco knows no e there, only b, c, d"),
            ("{b: 1, b: 2}", "the key b is given twice"),
            ("[1]", "there is a list where Monaco expects a map"),
            ("text", "there is a single value where Monaco expects a map"),
        ],
    )
    def test_what_is_wrong(self, written: str, said: str) -> None:
        with pytest.raises(MonacoError, match=said):
            self.fields(written)


@pytest.mark.parametrize(
    ("text", "value", "has_more"),
    [
        ("a: 1", {"a": 1}, False),
        ("---\na: 1\n...\n", {"a": 1}, False),
        ("a: 1\n---\nb: 2", {"a": 1}, True),
        ("a: 1\n---\nb: [", {"a": 1}, True),
        ("\ufeffa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}, False),
    ],
)
def test_the_first_document(text: str, value: Any, has_more: bool) -> None:
    root, found_more = _monaco_yaml.document(text)
    assert root is not None
    assert (_monaco_yaml.anything([root]), found_more) == (value, has_more)


def test_an_empty_file() -> None:
    assert _monaco_yaml.document("") == (None, False)
    assert _monaco_yaml.document("# nothing\n") == (None, False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "<nil>"),
        (True, "true"),
        (5, "5"),
        (1.0, "1"),
        (100000.0, "100000"),
        (1e6, "1e+06"),
        (1234567.5, "1.2345675e+06"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-2.5e-7, "-2.5e-07"),
        (-0.0, "-0"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (["a", 1, None, [True]], "[a 1 <nil> [true]]"),
        ({"b": 1, "a": {"c": 0.5}}, "map[a:map[c:0.5] b:1]"),
    ],
)
def test_values_are_printed_as_go_does(value: Any, text: str) -> None:
    assert printed(value) == text


def test_what_is_true() -> None:
    assert [truth_of_text(text) for text in ("1", "t", "TRUE", "0", "False", "yes", "tRue", "")] == [
        True,
        True,
        True,
        False,
        False,
        None,
        None,
        None,
    ]
