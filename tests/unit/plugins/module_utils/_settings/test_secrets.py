# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets in settings values: what is shown, what is sent, what a change demands; pure functions by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Property, Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.secrets import (
    check_new,
    masked,
    masked_change,
    texts,
    to_send,
    without,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.values import with_stored

TEXT = {"type": "text", "nullable": False}
SECRET = {"type": "secret", "nullable": False}


def with_secrets(check_all: bool = False) -> Schema:
    return Schema(
        {
            "schemaId": "test",
            "version": "1",
            "multiObject": True,
            "properties": {
                "name": TEXT,
                "url": {**TEXT, "forceSecretResubmission": True},
                "token": SECRET,
                "login": {"type": {"$ref": "#/types/Login"}, "nullable": True},
                "rows": {"type": "list", "nullable": True, "items": {"type": {"$ref": "#/types/Row"}}},
            },
            "types": {
                "Login": {"properties": {"user": TEXT, "password": SECRET}},
                "Row": {"properties": {"key": TEXT, "hidden": {**SECRET, "nullable": True}}},
            },
            "constraints": [{"type": "SECRET_RESUBMISSION", "checkAllProperties": check_all}],
        }
    )


READ = {"name": "n", "url": "u", "token": "###", "login": {"user": "me", "password": "###"}}


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"name": "m"}, {**READ, "name": "m"}),
        ({"name": "m", "token": "clear"}, {**READ, "name": "m"}),
        (
            {"url": "v", "token": "clear", "login": {"user": "me", "password": "pw"}},
            {**READ, "url": "v", "token": "clear", "login": {"user": "me", "password": "pw"}},
        ),
        ({"login": {"user": "you", "password": "pw"}}, {**READ, "login": {"user": "you", "password": "###"}}),
    ],
)
def test_secrets_of_a_put(changes: dict[str, Any], sent: dict[str, Any]) -> None:
    assert to_send(with_secrets(), READ, {**READ, **changes}, always=False) == sent


def test_secrets_that_a_change_demands_are_named_when_missing() -> None:
    with pytest.raises(InputError, match=r"value\.login\.password as well"):
        to_send(with_secrets(), READ, {**READ, "url": "v", "token": "clear"}, always=False)
    with pytest.raises(InputError, match=r"value\.token, value\.login\.password"):
        to_send(with_secrets(check_all=True), READ, {**READ, "name": "m"}, always=False)


def test_always_sends_what_was_given_and_leaves_the_rest() -> None:
    assert to_send(with_secrets(), READ, {**READ, "token": "clear"}, always=True) == {**READ, "token": "clear"}


def test_secrets_in_collections() -> None:
    read = {**READ, "rows": [{"key": "1", "hidden": "###"}, {"key": "2"}]}
    same = [{"key": "1", "hidden": "clear"}, {"key": "2"}]
    assert to_send(with_secrets(), read, {**read, "name": "m", "rows": same}, always=False)["rows"] == read["rows"]
    assert to_send(with_secrets(), read, {**read, "rows": same}, always=True)["rows"] == same
    bare = [{"key": "1"}, {"key": "2"}]
    assert to_send(with_secrets(), read, {**read, "name": "m", "rows": bare}, always=True)["rows"] == read["rows"]
    grown = [*same, {"key": "3"}]
    assert to_send(with_secrets(), read, {**read, "rows": grown}, always=False)["rows"] == grown
    with pytest.raises(InputError, match=r"value\.rows\[0\]\.hidden"):
        to_send(with_secrets(), read, {**read, "rows": [*bare, {"key": "3"}]}, always=False)


def test_masked() -> None:
    value = {"token": "t", "login": {"user": "me", "password": "p"}, "rows": [{"key": "1", "hidden": "h"}], "typo": "x"}
    shown = masked(with_secrets(), value, hide_unknown=True)
    assert shown == {
        "token": "********",
        "login": {"user": "me", "password": "********"},
        "rows": [{"key": "1", "hidden": "********"}],
        "typo": "********",
    }
    assert masked(with_secrets(), value)["typo"] == "x"
    assert masked(with_secrets(), {"login": "user:secret"}, hide_unknown=True) == {"login": "********"}
    assert sorted(texts(with_secrets(), value)) == ["h", "p", "t"]


def test_what_is_inherited_loses_its_masked_secrets() -> None:
    value = {"name": "n", "token": "###", "login": {"user": "me", "password": "###"}}
    assert without(with_secrets(), value) == {"name": "n", "login": {"user": "me"}}


MASKED, SENT = "********", "******** (sent)"


def nested() -> Schema:
    """What can be below each other, and a type that holds itself."""
    return Schema(
        {
            "schemaId": "test",
            "properties": {
                "s": SECRET,
                "box": {"type": {"$ref": "#/types/Box"}},
                "list": {"type": "list", "items": {"type": "secret"}},
                "force": {"type": {"$ref": "#/types/Force"}},
                "all": {"type": {"$ref": "#/types/All"}},
                "plain": TEXT,
                "tags": {"type": "set", "items": TEXT},
            },
            "types": {
                "Box": {
                    "properties": {"s": SECRET, "box": {"type": {"$ref": "#/types/Box"}}, "n": {"type": "integer"}}
                },
                "Force": {"properties": {"url": {**TEXT, "forceSecretResubmission": True}, "note": TEXT}},
                "All": {
                    "properties": {"note": TEXT, "box": {"type": {"$ref": "#/types/Box"}}},
                    "constraints": [{"type": "SECRET_RESUBMISSION", "checkAllProperties": True}],
                },
            },
        }
    )


FULL = {"s": "#1", "box": {"s": "#2", "n": 1, "box": {"s": "#3"}}, "list": ["#4"], "plain": "p", "tags": ["a", "b"]}


def test_masked_at_every_depth() -> None:
    assert masked(nested(), FULL) == {
        "s": MASKED,
        "box": {"s": MASKED, "n": 1, "box": {"s": MASKED}},
        "list": [MASKED],
        "plain": "p",
        "tags": ["a", "b"],
    }
    assert masked(nested(), {"s": None, "box": None}) == {"s": None, "box": None}


def test_what_goes_out_in_clear_is_marked() -> None:
    sent = {**FULL, "s": "new", "box": {"s": "#2", "box": {"s": "new"}}}
    shown = masked_change(nested(), FULL, sent)
    assert (shown["s"], shown["box"]) == (SENT, {"s": MASKED, "box": {"s": SENT}})
    assert masked_change(nested(), FULL, {"list": ["#4"]})["list"] == [MASKED]
    assert masked_change(nested(), FULL, {"list": ["#4", "#4"]})["list"] == [SENT, SENT]
    assert masked_change(nested(), {}, FULL)["box"]["s"] == SENT


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"typo": "x"}, {"typo": MASKED}),
        ({"plain": {"x": 1}}, {"plain": MASKED}),
        ({"plain": ["x"]}, {"plain": MASKED}),
        ({"box": "x"}, {"box": MASKED}),
        ({"box": {"typo": 1, "n": 2}}, {"box": {"typo": MASKED, "n": 2}}),
        ({"tags": "x"}, {"tags": MASKED}),
        ({"tags": ["a", ["b"]]}, {"tags": ["a", MASKED]}),
        ({"box": None, "plain": None}, {"box": None, "plain": None}),
        ({"s": {"x": 1}}, {"s": MASKED}),
        (["x"], MASKED),
        (None, None),
    ],
)
def test_what_the_schema_does_not_describe_may_be_secret(value: Any, shown: Any) -> None:
    assert masked(nested(), value, hide_unknown=True) == shown


def test_unknown_properties_of_stored_objects_are_shown() -> None:
    assert masked(nested(), {"newer": {"x": 1}, "s": "x"}) == {"newer": {"x": 1}, "s": MASKED}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (FULL, ["#1", "#2", "#3", "#4"]),
        ({"s": 12345, "list": [1.5, None]}, ["12345", "1.5"]),
        ({"s": {"x": 1}, "list": "abcd"}, [""]),
        pytest.param({"s": 10**5000}, [""], id="long"),
        ({"box": "x", "plain": "y"}, []),
        (None, []),
    ],
)
def test_texts(value: Any, expected: list[str]) -> None:
    assert sorted(texts(nested(), value)) == sorted(expected)


@pytest.mark.parametrize("mask", ["***0123456789abcdef***", "***457***"])
def test_a_mask_is_no_secret_of_a_new_object(mask: str) -> None:
    check_new(with_secrets(), {"name": mask, "token": f"{mask} ", "login": {"password": None}})
    with pytest.raises(InputError) as caught:
        check_new(with_secrets(), {"token": mask, "rows": [{"key": "a"}, {"key": "b", "hidden": mask}]})
    assert caught.value.msg.endswith("give the text itself for value.token, value.rows[1].hidden")
    assert [row["path"] for row in caught.value.error()["constraint_violations"]] == ["token", "rows/1/hidden"]


def test_without() -> None:
    value = {**FULL, "newer": {"x": None}}
    assert without(nested(), value) == {
        "box": {"n": 1, "box": {}},
        "list": [None],
        "plain": "p",
        "tags": ["a", "b"],
        "newer": {},
    }


@pytest.mark.parametrize(
    ("read", "changes", "missing"),
    [
        ({"force": {"url": "u", "note": "n"}}, {"force": {"url": "v", "note": "n"}}, True),
        ({"force": {"url": "u", "note": "n"}}, {"force": {"url": "u", "note": "m"}}, False),
        ({"force": {"url": "u", "note": "n"}}, {"force": None}, True),
        ({}, {"force": {"url": "u"}}, True),
        ({"all": {"note": "n"}}, {"all": {"note": "m"}}, True),
        ({"all": {"note": "n", "box": {"n": 1}}}, {"all": {"note": "n", "box": {"n": 2}}}, True),
        ({"all": {"note": "n"}}, {"all": {"note": "n"}, "plain": "q"}, False),
        ({"box": {"n": 1}}, {"box": None}, False),
        ({"newer": 1}, {"newer": 2}, False),
        ({"tags": ["a"]}, {"tags": ["b"]}, False),
    ],
)
def test_which_changes_demand_secrets(read: dict[str, Any], changes: dict[str, Any], missing: bool) -> None:
    current = {"s": "#1", **read}
    if missing:
        with pytest.raises(InputError) as caught:
            to_send(nested(), current, {**current, **changes}, always=False)
        assert caught.value.msg == "this change needs secrets that cannot be read back: give value.s as well"
        assert [row["path"] for row in caught.value.error()["constraint_violations"]] == ["s"]
        clear = {**current, **changes, "s": "clear"}
        assert to_send(nested(), current, clear, always=False) == clear
    else:
        assert to_send(nested(), current, {**current, **changes, "s": "clear"}, always=False)["s"] == "#1"


def test_where_nothing_is_secret_what_is_equal_is_sent_as_it_was_read() -> None:
    schema = Schema({"schemaId": "x", "properties": {"tags": {"type": "set", "items": TEXT}, "n": {"type": "float"}}})
    sent = to_send(schema, {"tags": ["a", "b"], "n": 1}, {"tags": ["b", "a"], "n": 2.5}, always=False)
    assert sent == {"tags": ["a", "b"], "n": 2.5}
    assert to_send(schema, {"tags": ["a"]}, {"tags": ["b"], "n": 1}, always=False) == {"tags": ["b"], "n": 1}


def test_a_secret_that_the_server_does_not_have_is_sent() -> None:
    assert to_send(nested(), {"plain": "p"}, {"plain": "p", "s": "new"}, always=False) == {"plain": "p", "s": "new"}
    assert to_send(nested(), {"s": "#1"}, {"s": None}, always=False) == {"s": None}


def rows() -> Schema:
    return with_secrets()


def test_equal_elements_that_lost_different_secrets() -> None:
    read = {"rows": [{"key": "1", "hidden": "#1"}, {"key": "1"}, {"key": "2", "hidden": "#2"}]}
    with pytest.raises(InputError) as caught:
        to_send(rows(), read, {"rows": [{"key": "2"}, {"key": "1"}, {"key": "3"}]}, always=False)
    assert "give value.rows[0].hidden, value.rows[1].hidden as well" in caught.value.msg


@pytest.mark.parametrize(
    ("current", "wanted", "given", "expected"),
    [
        ({"s": "#1"}, {"plain": "x"}, {"plain": "x"}, {"plain": "x", "s": "#1"}),
        ({"s": "#1"}, {"plain": "x"}, {"s": None}, {"plain": "x"}),
        ({"s": "#1"}, {"s": "new"}, {"s": "new"}, {"s": "new"}),
        ({}, {"plain": "x"}, {}, {"plain": "x"}),
        ({"box": {"s": "#2"}}, {"box": {"n": 1}}, {"box": {"n": 1}}, {"box": {"n": 1, "s": "#2"}}),
        ({"box": {"s": "#2"}}, {}, {}, {}),
        ({"box": {"s": "#2"}}, {"box": {"n": 1}}, {"box": {"n": 1, "s": None}}, {"box": {"n": 1}}),
        ({"box": {"box": {"s": "#3"}}}, {"box": {"box": {}}}, {}, {"box": {"box": {"s": "#3"}}}),
        ("odd", {"plain": "x"}, "odd", {"plain": "x"}),
        ({"s": "#1"}, None, {}, {"s": "#1"}),
    ],
)
def test_a_secret_stays_unless_it_is_taken_away(current: Any, wanted: Any, given: Any, expected: Any) -> None:
    def is_secret(prop: Property) -> bool:
        return prop.kind == "secret"

    assert with_stored(nested(), wanted, current, given, is_secret) == expected
