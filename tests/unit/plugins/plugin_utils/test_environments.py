# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects of several environments as one set of files: put together again, each environment has its own."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._environments import (
    EnvironmentObjects,
    SharedObjects,
    shared,
)

from tests.support.settings_files import objects_of

SECRET = {"$secret": "S"}


def factored(objects: Mapping[str, list[dict[str, Any]]], **named: Mapping[str, Mapping[str, Any]]) -> SharedObjects:
    """``objects``: of each environment; ``named``: by environment, key and name. What comes of it is put together again, and compared."""
    environments = {
        name: EnvironmentObjects({item["key"]: item for item in items}, named.get(name, {}))
        for name, items in objects.items()
    }
    result = shared(environments)
    for name, items in objects.items():
        secrets = {"S": "hush", "T": "shh"}
        expected = objects_of([{"name": "f", "content": {"objects": items}}], secrets=secrets, missing="fail")
        files = [
            [{"name": "f", "content": {"objects": list(part.values())}}] for part in (result.base, result.layers[name])
        ]
        again = objects_of(*files, values=result.values[name], secrets=secrets, missing="fail")
        assert as_texts(again) == as_texts(expected)
    return result


def as_texts(items: list[dict[str, Any]]) -> dict[str, str]:
    return {item["key"]: json.dumps({**item, "file": ""}, sort_keys=True) for item in items}


def item(value: Any, key: str = "k", **more: Any) -> dict[str, Any]:
    return {"key": key, **more, "value": value}


def test_what_is_the_same_is_the_base() -> None:
    result = factored({"a": [item({"x": 1})], "b": [item({"x": 1})]})
    assert (result.base, result.values, result.layers) == (
        {"k": item({"x": 1})},
        {"a": {}, "b": {}},
        {"a": {}, "b": {}},
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [(1, 2), (1, True), (0, False), (1, 1.5), ("a", "b"), ("", "b"), ("1", 1), ([1], [1, 2]), (["a"], ["b"]), ({}, [])],
)
def test_what_differs_is_a_value(first: Any, second: Any) -> None:
    result = factored({"a": [item({"x": {"y": first}})], "b": [item({"x": {"y": second}})]})
    assert result.base["k"]["value"] == {"x": {"y": {"$value": "k/x.y"}}}
    assert result.values == {"a": {"k/x.y": first}, "b": {"k/x.y": second}}


def test_marks_are_values_too() -> None:
    result = factored({"a": [item({"x": SECRET})], "b": [item({"x": {"$secret": "T"}})], "c": [item({"x": "plain"})]})
    assert result.values["a"] == {"k/x": SECRET}
    assert result.base["k"]["value"] == {"x": {"$value": "k/x"}}


def test_what_is_not_everywhere_or_null_is_in_the_layers() -> None:
    result = factored(
        {"a": [item({"x": None, "z": {"q": 1, "r": 2}})], "b": [item({"x": 5, "y": {"p": 1}, "z": {"q": 1}})]}
    )
    assert result.base["k"] == item({"z": {"q": 1}})
    assert result.layers == {
        "a": {"k": item({"x": None, "z": {"r": 2}})},
        "b": {"k": item({"x": 5, "y": {"p": 1}})},
    }


def test_elements_of_lists() -> None:
    first, second = [{"n": 1, "m": "x"}, {"n": 2}], [{"n": 1, "m": "y"}, {"n": 2}]
    result = factored({"a": [item({"l": first})], "b": [item({"l": second})]})
    assert result.base["k"]["value"] == {"l": [{"n": 1, "m": {"$value": "k/l[0].m"}}, {"n": 2}]}
    # Where an element has more than the other, the list is one value; null may be in it.
    for other in ([{"n": 1}, {"n": 2}], [{"n": None, "m": "x"}, {"n": 2}], [{"n": 1, "m": "x"}]):
        result = factored({"a": [item({"l": first})], "b": [item({"l": other})]})
        assert result.base["k"]["value"] == {"l": {"$value": "k/l"}}


def test_options_beside_the_value() -> None:
    one = item({}, external_id="one", insert_after="x", object_id="1", position="first")
    two = item({}, external_id="two", insert_after="y", object_id="2")
    result = factored({"a": [one], "b": [two]})
    assert result.base["k"] == item(
        {}, external_id={"$value": "k/external_id"}, insert_after={"$value": "k/insert_after"}
    )
    assert result.layers["a"] == {"k": {"key": "k", "object_id": "1", "position": "first"}}


def test_objects_that_are_not_everywhere() -> None:
    objects = {
        "a": [item({}, "1"), item({}, "2"), item({}, "4")],
        "b": [item({}, "0"), item({}, "2"), item({}, "3"), item({}, "4")],
        "c": [],
    }
    result = factored(objects)
    assert list(result.base) == ["0", "1", "2", "3", "4"]
    assert result.layers["a"] == {key: {"key": key, "skip": True} for key in ("0", "3")}
    assert list(result.layers["c"]) == list(result.base)


class TestNames:
    """Values have the names that people gave."""

    def names(self, first: Any, second: Any, **named: tuple[Any, Any]) -> Any:
        """Of one property: what the base says."""
        one = {"k": {name: versions[0] for name, versions in named.items()}}
        two = {"k": {name: versions[1] for name, versions in named.items()}}
        result = factored({"a": [item({"x": first})], "b": [item({"x": second})]}, a=one, b=two)
        return result.base["k"]["value"]["x"], result.values["a"]

    def test_of_the_whole(self) -> None:
        assert self.names("u", "v", host=("u", "v"), same=("s", "s")) == ({"$value": "host"}, {"host": "u"})
        assert self.names([1], [2], numbers=("[1]", "[2]")) == ({"$value": "numbers"}, {"numbers": [1]})
        assert self.names(5, 6, limit=("5", "6")) == ({"$value": "limit"}, {"limit": 5})
        assert self.names("5", "6", limit=("5", "6")) == ({"$value": "limit"}, {"limit": "5"})

    def test_of_parts_of_a_text(self) -> None:
        base, values = self.names("http://u:80/u", "http://v:90/v", host=("u", "v"), port=(80, 90))
        assert base == {"$join": ["http://", {"$value": "host"}, ":", {"$value": "port"}, "/", {"$value": "host"}]}
        assert values == {"host": "u", "port": 80}

    def test_where_the_names_do_not_say_it_all(self) -> None:
        assert self.names("u1", "v2", host=("u", "v"))[0] == {"$value": "k/x"}
        assert self.names("u", "v", host=("u", "w"))[0] == {"$value": "k/x"}
        assert self.names("\ue100u", "\ue100v", host=("u", "v"))[0] == {"$value": "k/x"}

    def test_a_longer_one_counts_before_a_part_of_it(self) -> None:
        base, _values = self.names("in a.example", "in b.example", short=("a", "b"), long=("a.example", "b.example"))
        assert base == {"$join": ["in ", {"$value": "long"}]}

    def test_one_name_of_several_objects(self) -> None:
        def objects(*texts: str) -> list[dict[str, Any]]:
            return [item({"x": text}, key) for key, text in zip("kl", texts)]

        named = [{key: {"host": text} for key, text in zip("kl", texts)} for texts in ("uu", "vv", "uw", "vx")]
        same = factored({"a": objects("u", "u"), "b": objects("v", "v")}, a=named[0], b=named[1])
        assert same.values == {"a": {"host": "u"}, "b": {"host": "v"}}
        other = factored({"a": objects("u", "w"), "b": objects("v", "x")}, a=named[2], b=named[3])
        assert other.values == {"a": {"k/host": "u", "l/host": "w"}, "b": {"k/host": "v", "l/host": "x"}}

    def test_a_number_in_a_text_and_by_itself_is_one_value(self) -> None:
        first, second = item({"port": 80, "url": "h:80"}), item({"port": 90, "url": "h:90"})
        result = factored({"a": [first], "b": [second]}, a={"k": {"port": 80}}, b={"k": {"port": 90}})
        assert result.base["k"]["value"] == {"port": {"$value": "port"}, "url": {"$join": ["h:", {"$value": "port"}]}}
        assert result.values["a"] == {"port": 80}

    def test_names_that_are_taken(self) -> None:
        """A parameter that is called like the property, and is text and number."""
        first, second = item({"port": 80, "url": "h:80"}), item({"port": 90, "url": "h:90"})
        result = factored({"a": [first], "b": [second]}, a={"k": {"port": "80"}}, b={"k": {"port": "90"}})
        assert sorted(result.values["a"].values(), key=str) in ([80, "80"], ["80", 80])

    def test_one_name_as_text_and_as_number(self) -> None:
        named = {"k": {"limit": "5"}}, {"k": {"limit": "6"}}
        result = factored({"a": [item({"x": "5", "y": 5})], "b": [item({"x": "6", "y": 6})]}, a=named[0], b=named[1])
        assert {type(value) for value in result.values["a"].values()} == {str, int}


@pytest.mark.parametrize("seed", range(60))
def test_put_together_again(seed: int) -> None:
    """Whatever the environments hold."""
    chance = random.Random(seed)

    def value(depth: int) -> Any:
        kinds = [0, 1, True, None, "a", "b", "ab", "", 1.5, SECRET, {"$join": ["a", SECRET]}, {"$ref": "1"}]
        if depth == 0:
            return chance.choice(kinds)
        return {
            "scalar": value(0),
            "object": {name: value(depth - 1) for name in "pqr" if chance.random() < 0.7},
            "list": [value(0) for _number in range(chance.randrange(3))],
            "objects": [{name: value(depth - 1) for name in "pq" if chance.random() < 0.8} for _number in range(2)],
        }[chance.choice(["scalar", "object", "object", "list", "objects"])]

    def environment() -> list[dict[str, Any]]:
        keys = [key for key in "12345" if chance.random() < 0.8]
        chance.shuffle(keys)
        return [
            item({name: value(2) for name in "xyz" if chance.random() < 0.8}, key, scope=chance.choice("st"))
            for key in keys
        ]

    environments = {name: environment() for name in ("a", "b", "c")}
    named = {
        name: {
            key: {"one": chance.choice("abc"), "x": chance.choice([1, True, "1"]), "x.p": chance.choice([1, "a"])}
            for key in "12345"
        }
        for name in environments
    }
    factored(environments, **named)
