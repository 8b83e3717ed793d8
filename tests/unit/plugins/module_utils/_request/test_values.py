# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._request import values


@pytest.mark.parametrize(
    ("found", "wanted", "is_so"),
    [
        ({"a": 1, "b": 2}, {"a": 1}, True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": True}, {"a": 1}, False),
        ({}, {"a": None}, True),
        ({"a": 1}, {"a": None}, False),
        ({"a": [{"b": 1, "c": 2}]}, {"a": [{"b": 1}]}, True),
        ({"a": [1, 2]}, {"a": [1]}, False),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ([1], {"a": 1}, False),
        (None, {}, False),
        ("x", "x", True),
    ],
)
def test_contains(found: Any, wanted: Any, is_so: bool) -> None:
    assert values.contains(found, wanted) is is_so


def test_equal_but_for_what_is_ignored() -> None:
    assert values.equal({"a": 1, "id": 2, "n": None}, {"a": 1, "id": 3}, ["id"])
    assert not values.equal({"a": 1, "b": 2}, {"a": 1})
    assert not values.equal({"a": {"id": 1}}, {"a": {"id": 2}}, ["id"])
    assert values.equal([1], [1], ["id"])


def test_merged() -> None:
    assert values.merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": 3}, "d": [2]}) == {
        "a": {"b": 3, "c": 2},
        "d": [2],
    }


def test_what_is_called_like_a_secret() -> None:
    given = {
        "name": "x",
        "apiToken": "hush-one",
        "headers": [{"secretValue": "hush-two", "on": True}],
        "password": {"old": "hush-three", "list": ["hush-four", "abc", ""], "none": None},
        "own": "hush-five",
        "credentialId": 12345678,
    }
    shown = values.masked(given, ["own"])
    assert "hush" not in str(shown)
    assert (shown["name"], shown["headers"][0]["on"], shown["password"]["none"]) == ("x", True, None)
    assert shown["credentialId"] == "********"
    assert values.secrets(given, ["own"]) - {"", "abc"} == {
        f"hush-{n}" for n in ("one", "two", "three", "four", "five")
    }
    assert values.masked({"own": "x"}) == {"own": "x"}
