# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading YAML without surprises."""

from __future__ import annotations

import json
from typing import Any

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
        (".5", 0.5),
        ("-.5", "-.5"),
        ("yes", True),
        ("~", None),
        ("!!timestamp 2026-01-01", "2026-01-01"),
        ("!!str 5", "5"),
        ("=", "="),
        ("!unsafe '{{ x }}'", "{{ x }}"),
        ("!unsafe [1, {a: b}]", [1, {"a": "b"}]),
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
    with pytest.raises(_yaml.YamlError, match=rf"the key '{key}' is given twice .*{line}\)"):
        _yaml.load(text)


def test_a_key_is_the_text_that_was_written() -> None:
    """True and 1 would be one key to Python."""
    text = "a: {k: 1}\nb: {k: 1}\n1: x\ntrue: y\non: z\n1.50: u\n~: v\n007: w\n2026-01-01: t"
    keys = ["a", "b", "1", "true", "on", "1.50", "~", "007", "2026-01-01"]
    assert list(_yaml.load(text)) == keys
    with pytest.raises(_yaml.YamlError, match="the key '1' is given twice"):
        _yaml.load("1: x\n'1': y")


def test_merged_keys_are_overridden_and_not_given_twice() -> None:
    text = "base: &base {k: 1, l: 1}\nouter: {inner: &inner {<<: *base, k: 2}}\nlast:\n  <<: *inner\n  l: 3\n"
    assert _yaml.load(text) == yaml.safe_load(text)
    assert _yaml.load(text)["outer"]["inner"] == {"k": 2, "l": 1}


def test_an_alias_within_itself_ends() -> None:
    found = _yaml.load("a: &a [1, *a]")
    assert found["a"][1] is found["a"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v: !!python/object/apply:os.getcwd []", "the tag !!python/object/apply:os.getcwd cannot be read here (line 1)"),
        ("a: 1\nv: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  31", "the tag !vault cannot be read here: encrypt the whole file, or write"),
        ("v: !!binary aGVsbG8=", "the tag !!binary cannot be read here (line 1)"),
        ("v: !!set {a, b}", "the tag !!set cannot be read here"),
        ("v: {x: !own 5}", "the tag !own cannot be read here"),
        ("v:\n- .inf", "a number that JSON cannot hold: quote it if it is a text (line 2)"),
        ("v: 0x" + "f" * 5000, "a number that JSON cannot hold"),
        ("v: " + "9" * 5000, "a number that JSON cannot hold"),
        ("v: !!int x", "it is not YAML: there is a value of a wrong type"),
        ("? [a]\n: 1", "a key is a list or a dictionary (line 1)"),
        ("v: {$secret: {a: b}: 1}", "it is not YAML: "),
        ("a: 1\n---\nb: 2", "expected a single document in the stream, but found another document (line 2)"),
        ("a: \x00", "it is not YAML: there are characters that YAML does not have"),
        ('{"a": "\\ud83d"}', "it is not YAML: found invalid Unicode character escape code (line 1)"),
        ('{"a": 1, "a": 2}', "the key 'a' is given twice (lines 1 and 1)"),
        ('{"a": 1' + "0" * 5000 + "}", "a number that JSON cannot hold"),
        ("[" * 5000, "it is not YAML: "),
        ("password: 'hush", "it is not YAML: found unexpected end of stream (line 1)"),
    ],
)  # fmt: skip
def test_what_cannot_be_read(text: str, said: str) -> None:
    with pytest.raises(_yaml.YamlError) as caught:
        _yaml.load(text)
    assert said in str(caught.value)
    assert "hush" not in str(caught.value)


def test_json_is_read_as_json() -> None:
    value = {
        "smile": "\U0001f600",
        "slash": "a/b",
        "n": [1e3, 10**30, -0.5],
        "t": "10:30",
        "key": {"1": None, "on": True},
    }
    text = json.dumps(value, indent="\t").replace("/", "\\/")
    for written in (text, "\ufeff" + text, f"\n {text}\n"):
        assert _yaml.load(written) == value
    assert _yaml.load("{a: 1, 'b': [x, ]}") == {"a": 1, "b": ["x"]}


def test_an_empty_file_is_nothing() -> None:
    assert _yaml.load("") is None
    assert _yaml.load("# a comment\n") is None


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"objects": [{"value": {"name": "a\ud83d"}}]}, "objects[0].value.name holds half"),
        ({"objects": [{"\udc00": 1}]}, "objects[0] holds half"),
        (["\ud83d"], "[0] holds half"),
        ({"\ud83d": 1}, "it holds half"),
    ],
)
def test_half_of_a_surrogate_pair_is_not_written(value: Any, place: str) -> None:
    """PyYAML would write what neither it nor anybody else reads."""
    with pytest.raises(_yaml.YamlError) as caught:
        _yaml.document(value)
    assert str(caught.value).startswith(place)


def test_every_other_character_is_read_as_it_was_written() -> None:
    characters = [
        chr(number) for number in (*range(0x300), *range(0x2000, 0x2100), 0xE000, 0xFEFF, *range(0xFFF0, 0x10010))
    ]
    value = {
        "texts": [text for c in characters for text in (c, f"a{c}b", f"{c}\nx", f" {c} ")],
        "keys": dict.fromkeys(characters),
    }
    assert _yaml.load(_yaml.document(value)) == value
