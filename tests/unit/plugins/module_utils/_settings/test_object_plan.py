# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for one object: identity, position, secrets, what may be changed; pure functions by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    CollectionError,
    InputError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings import secrets
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import (
    FoundObjects,
    ObjectChange,
    plan,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.position import move
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    Position,
    WantedObject,
    from_options,
)

TEXT = {"type": "text", "nullable": False}
SECRET = {"type": "secret", "nullable": False}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "schemaId": "test",
        "version": "2.1",
        "multiObject": True,
        "ordered": True,
        "allowedScopes": ["environment", "HOST"],
        "properties": {
            "name": TEXT,
            "title": TEXT,
            "level": {"type": "integer", "nullable": False, "default": 1},
            "inner": {"type": {"$ref": "#/types/Inner"}, "nullable": True},
        },
        "types": {"Inner": {"properties": {"key": TEXT, "deep": {**TEXT, "nullable": True}}}},
        "schemaConstraints": [
            {"type": "UNIQUE", "uniqueProperties": ["name"]},
            {"type": "UNIQUE", "uniqueProperties": ["title", "inner/key"]},
        ],
        **changes,
    }


SCHEMA = Schema(document())


def stored(object_id: str, external_id: str | None = None, **value: Any) -> StoredObject:
    return StoredObject(object_id, "test", "environment", value, external_id, "2.1", f"token-{object_id}")


def wanted(**options: Any) -> WantedObject:
    return from_options({"schema_id": "test", **options})


def planned(*there: StoredObject, schema: Schema = SCHEMA, inherited: Any = None, **options: Any) -> ObjectChange:
    return plan(schema, wanted(**{"scope": "environment", **options}), FoundObjects(Index(schema, there), inherited))


A = stored("a", name="A", title="T", level=1, inner={"key": "k"})
B = stored("b", "ext-b", name="B", title="U", level=1)


@pytest.mark.parametrize(
    ("options", "action", "target"),
    [
        ({"value": {"name": "A", "title": "T"}}, "none", A),
        ({"value": {"name": "A", "level": 2}}, "update", A),
        ({"value": {"title": "T", "inner": {"key": "k"}, "level": "2"}}, "update", A),
        ({"value": {"name": "C", "title": "T"}}, "create", None),
        ({"value": {"name": "C"}, "external_id": "ext-b"}, "update", B),
        ({"value": {"level": 1}, "external_id": "ext-b"}, "none", B),
        ({"value": {"name": "C"}, "external_id": "ext-c"}, "create", None),
        ({"value": {"level": 5}, "object_id": "b"}, "update", B),
        ({"value": {"title": "T"}, "match_on": ["title"]}, "none", A),
        ({"value": {"inner": {"key": "k"}}, "match_on": ["inner.key"]}, "none", A),
        ({"value": {"name": "A"}, "state": "absent"}, "delete", A),
        ({"value": {"name": "C"}, "state": "absent"}, "none", None),
        ({"external_id": "ext-b", "state": "absent"}, "delete", B),
        ({"external_id": "ext-c", "state": "absent"}, "none", None),
    ],
)
def test_which_object_and_what_to_do(options: dict[str, Any], action: str, target: StoredObject | None) -> None:
    change = planned(A, B, **options)
    assert (change.action, change.target) == (action, target)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"value": {"level": 1}}, "nothing tells which object"),
        ({"value": {"name": "A", "title": "U", "inner": {"key": "k"}}, "match_on": ["level"]}, "does not give it"),
        ({"value": {"name": "B"}, "external_id": "ext-c"}, "never adopted"),
        ({"value": {"name": "A"}, "external_id": "ext-c", "adopt": False}, "allow adopt"),
        ({"value": {"name": "A"}, "scope": "environment-1"}, None),
        ({"value": {"name": "A"}, "scope": "PROCESS_GROUP-1"}, "allowed are environment, HOST"),
        ({"value": {"name": "A"}, "insert_after": "nope"}, "no object of this schema"),
    ],
)
def test_refused(options: dict[str, Any], said: str | None) -> None:
    if said is None:
        planned(A, B, **options)
    else:
        with pytest.raises(CollectionError, match=said):
            planned(A, B, **options)


def test_several_objects_are_listed() -> None:
    with pytest.raises(StateError) as caught:
        planned(A, B, value={"level": 1}, match_on=["level"])
    assert caught.value.details == {"candidates": ["a", "b"]}
    assert "a, b (external id ext-b)" in caught.value.msg


def test_an_external_id_finds_by_unique_key_what_has_none() -> None:
    assert planned(A, B, value={"name": "A"}, external_id="mine").target == A
    assert planned(A, B, value={"name": "A"}, external_id="mine", state="absent").action == "delete"
    assert planned(A, B, value={"name": "A"}, external_id="mine", adopt=False, state="absent").action == "none"
    assert planned(A, B, value={"name": "B"}, external_id="mine", state="absent").action == "none"


SINGLE = Schema(document(multiObject=False, ordered=False, schemaConstraints=[]))


def test_a_single_object_schema_needs_no_identity() -> None:
    inherited = {"name": "inherited", "title": "t", "level": 7}
    created = planned(schema=SINGLE, inherited=inherited, value={"title": "mine"})
    assert (created.action, created.value) == ("create", {"name": "inherited", "title": "mine", "level": 7})
    assert planned(A, schema=SINGLE, value={"title": "mine"}).action == "update"
    replaced = planned(schema=SINGLE, inherited=inherited, value={"title": "mine"}, value_mode="replace")
    assert replaced.value == {"title": "mine", "level": 1}


def test_diff_sides_name_the_object_and_hold_the_value() -> None:
    change = planned(A, B, value={"name": "A", "level": 2}, position="first")
    assert change.before == {
        "schema_id": "test",
        "scope": "environment",
        "external_id": None,
        "value": A.value,
        "position": 1,
    }
    assert change.after["value"] == {**A.value, "level": 2}
    assert change.place == {}


def test_an_untouched_value_that_a_newer_schema_would_extend_is_not_written() -> None:
    old = dataclasses.replace(A, value={"name": "A", "title": "T"})
    assert planned(old, value={"name": "A"}).action == "none"
    assert planned(old, value={"name": "A", "title": "T"}, value_mode="replace").action == "none"
    assert planned(old, value={"name": "A", "title": "X"}).value == {"name": "A", "title": "X", "level": 1}


@pytest.mark.parametrize(
    ("limits", "options", "said"),
    [
        ({"locked": ["name"]}, {"value": {"name": "X", "level": 2}}, "value.name"),
        ({"locked": ["inner/key"]}, {"value": {"inner": {"key": "new"}}}, r"value\.inner\.key"),
        ({"locked": ["inner"]}, {"value": {"inner": {"key": "new"}}}, r"value\.inner\.key"),
        ({"locked": ["inner/key"]}, {"value": {"inner": None}}, "value.inner"),
        ({"can_write": False}, {"value": {"level": 2}}, "may not be changed"),
        ({"can_write": False, "writable_only": ["level"]}, {"value": {"title": "x"}}, "may not be changed"),
        ({"is_movable": False}, {"value": {}, "position": "last"}, "cannot be moved"),
        ({"can_delete": False}, {"state": "absent"}, "may not be deleted"),
    ],
)
def test_what_the_object_does_not_allow(limits: dict[str, Any], options: dict[str, Any], said: str) -> None:
    with pytest.raises(CollectionError, match=said):
        planned(dataclasses.replace(A, **limits), B, object_id="a", **options)


@pytest.mark.parametrize(
    ("limits", "options", "action"),
    [
        ({"locked": ["name"]}, {"value": {"name": "A", "level": 2}}, "update"),
        ({"locked": ["inner/key"]}, {"value": {"inner": {"deep": "x"}}}, "update"),
        ({"can_write": False}, {"value": {"level": 1}}, "none"),
        ({"can_write": False, "writable_only": ["level"]}, {"value": {"level": 2}}, "update"),
        ({"is_movable": False}, {"value": {}, "position": "first"}, "none"),
    ],
)
def test_what_the_object_allows(limits: dict[str, Any], options: dict[str, Any], action: str) -> None:
    assert planned(dataclasses.replace(A, **limits), B, object_id="a", **options).action == action


@pytest.mark.parametrize("version", ["1", "2", "2.0.9"])
def test_replace_with_an_older_schema_version(version: str) -> None:
    with pytest.raises(InputError, match="older than"):
        planned(A, object_id="a", value={"name": "X", "title": "T"}, schema_version=version, value_mode="replace")
    assert planned(A, object_id="a", value={"level": 2}, schema_version=version).action == "update"


def test_a_single_object_that_may_not_be_deleted_is_reset() -> None:
    schema = Schema(
        document(multiObject=False, properties={"level": {"type": "integer", "nullable": False, "default": 1}})
    )
    fixed = dataclasses.replace(stored("s", level=4), can_delete=False)
    change = planned(fixed, schema=schema, state="absent")
    assert (change.action, change.value) == ("reset", {"level": 1})
    assert planned(dataclasses.replace(fixed, value={"level": 1}), schema=schema, state="absent").action == "none"


RANKED = [stored("a"), stored("b", "ext-b"), stored("c")]


@pytest.mark.parametrize(
    ("kind", "neighbor", "target", "body", "before", "after"),
    [
        ("first", "", None, {"insertAfter": ""}, None, 1),
        ("last", "", None, {}, None, 4),
        ("insert_after", "a", None, {"insertAfter": "a"}, None, 2),
        ("insert_after", "c", None, {}, None, 4),
        ("insert_before", "a", None, {"insertAfter": ""}, None, 1),
        ("insert_before", "ext-b", None, {"insertAfter": "a"}, None, 2),
        ("first", "", 0, {}, 1, 1),
        ("first", "", 2, {"insertAfter": ""}, 3, 1),
        ("last", "", 2, {}, 3, 3),
        ("last", "", 0, {"insertBefore": ""}, 1, 3),
        ("insert_after", "a", 1, {}, 2, 2),
        ("insert_after", "c", 0, {"insertAfter": "c"}, 1, 3),
        ("insert_after", "a", 2, {"insertAfter": "a"}, 3, 2),
        ("insert_before", "c", 1, {}, 2, 2),
        ("insert_before", "a", 2, {"insertBefore": "a"}, 3, 1),
        ("insert_before", "c", 0, {"insertBefore": "c"}, 1, 2),
    ],
)
def test_move(
    kind: str, neighbor: str, target: int | None, body: dict[str, str], before: int | None, after: int
) -> None:
    found = move(Position(kind, neighbor), None if target is None else RANKED[target], RANKED)
    assert (found.body, found.before, found.after) == (body, before, after)


def test_move_into_an_empty_list() -> None:
    for kind in ("first", "last"):
        assert move(Position(kind), None, []).body == {}


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
    assert secrets.to_send(with_secrets(), READ, {**READ, **changes}, always=False) == sent


def test_secrets_that_a_change_demands_are_named_when_missing() -> None:
    with pytest.raises(InputError, match=r"value\.login\.password as well"):
        secrets.to_send(with_secrets(), READ, {**READ, "url": "v", "token": "clear"}, always=False)
    with pytest.raises(InputError, match=r"value\.token, value\.login\.password"):
        secrets.to_send(with_secrets(check_all=True), READ, {**READ, "name": "m"}, always=False)


def test_always_sends_what_was_given_and_leaves_the_rest() -> None:
    assert secrets.to_send(with_secrets(), READ, {**READ, "token": "clear"}, always=True) == {**READ, "token": "clear"}


def test_secrets_in_collections() -> None:
    read = {**READ, "rows": [{"key": "1", "hidden": "###"}, {"key": "2"}]}
    same = [{"key": "1", "hidden": "clear"}, {"key": "2"}]
    assert (
        secrets.to_send(with_secrets(), read, {**read, "name": "m", "rows": same}, always=False)["rows"] == read["rows"]
    )
    assert secrets.to_send(with_secrets(), read, {**read, "rows": same}, always=True)["rows"] == same
    bare = [{"key": "1"}, {"key": "2"}]
    assert (
        secrets.to_send(with_secrets(), read, {**read, "name": "m", "rows": bare}, always=True)["rows"] == read["rows"]
    )
    grown = [*same, {"key": "3"}]
    assert secrets.to_send(with_secrets(), read, {**read, "rows": grown}, always=False)["rows"] == grown
    with pytest.raises(InputError, match=r"value\.rows\[0\]\.hidden"):
        secrets.to_send(with_secrets(), read, {**read, "rows": [*bare, {"key": "3"}]}, always=False)


def test_masked() -> None:
    value = {"token": "t", "login": {"user": "me", "password": "p"}, "rows": [{"key": "1", "hidden": "h"}], "typo": "x"}
    shown = secrets.masked(with_secrets(), value, hide_unknown=True)
    assert shown == {
        "token": "********",
        "login": {"user": "me", "password": "********"},
        "rows": [{"key": "1", "hidden": "********"}],
        "typo": "********",
    }
    assert secrets.masked(with_secrets(), value)["typo"] == "x"
    assert secrets.masked(with_secrets(), {"login": "user:secret"}, hide_unknown=True) == {"login": "********"}
    assert sorted(secrets.texts(with_secrets(), value)) == ["h", "p", "t"]


def test_what_is_inherited_loses_its_masked_secrets() -> None:
    value = {"name": "n", "token": "###", "login": {"user": "me", "password": "###"}}
    assert secrets.without(with_secrets(), value) == {"name": "n", "login": {"user": "me"}}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"schema_id": None}, "schema_id is missing"),
        ({"external_id": "x" * 501}, "501 characters"),
        ({"position": "first", "insert_after": "a"}, "exclude each other"),
        ({"value_mode": "replace"}, "needs a value"),
    ],
)
def test_options_that_cannot_be_right(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        wanted(**options)
