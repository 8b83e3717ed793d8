# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for one object: what is done to which, and what may be changed; pure functions by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    CollectionError,
    InputError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import (
    FoundObjects,
    ObjectChange,
    plan,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    WantedObject,
    from_options,
)

TEXT = {"type": "text", "nullable": False}


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
            "inner.deep": {**TEXT, "nullable": True},
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
        ({"value": {"level": 1}}, "it is not clear which object"),
        ({"value": {"name": "A", "title": "U", "inner": {"key": "k"}}, "match_on": ["level"]}, "does not give it"),
        ({"value": {"name": "B"}, "external_id": "ext-c"}, "never adopted"),
        ({"value": {"name": "A"}, "external_id": "ext-c", "adopt": False}, "allow adopt"),
        ({"value": {"name": "A"}, "scope": "environment-1"}, None),
        ({"value": {"name": "A"}, "scope": "PROCESS_GROUP-1"}, "allowed are environment, HOST"),
        ({"value": {"name": "A"}, "insert_after": "nope"}, "not an object of this schema"),
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
    assert "a 'A', b (external id ext-b) 'B'" in caught.value.msg


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
    assert change.order_body == {}


def test_an_untouched_value_that_a_newer_schema_would_extend_is_not_written() -> None:
    old = dataclasses.replace(A, value={"name": "A", "title": "T"})
    assert planned(old, value={"name": "A"}).action == "none"
    assert planned(old, value={"name": "A", "title": "T"}, value_mode="replace").action == "none"
    assert planned(old, value={"name": "A", "title": "X"}).value == {"name": "A", "title": "X", "level": 1}


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_the_same_text_is_unchanged_though_the_schema_would_drop_something_by_now(mode: str) -> None:
    ruled_out = {**TEXT, "precondition": {"type": "EQUALS", "property": "level", "expectedValue": 2}}
    properties = {**document()["properties"], "title": ruled_out}
    change = planned(A, schema=Schema(document(properties=properties)), value=A.value, value_mode=mode)
    assert (change.action, change.value, change.before) == ("none", A.value, change.after)


def test_secrets_that_are_always_sent_are_a_change_whatever_the_text() -> None:
    properties = {**document()["properties"], "token": {"type": "secret", "nullable": True}}
    kept = dataclasses.replace(A, value={**A.value, "token": "###"})
    for secrets, action in (("on_create", "none"), ("always", "update")):
        schema = Schema(document(properties=properties))
        change = planned(kept, schema=schema, value=kept.value, value_mode="replace", update_secrets=secrets)
        assert change.action == action


def test_what_hangs_on_an_unknown_precondition_is_kept_and_not_filled_in() -> None:
    unknown = {"type": "REGEX_MATCH", "property": "name", "pattern": "(?i)a"}
    properties = {
        **document()["properties"],
        "title": {**TEXT, "precondition": unknown},
        "level": {"type": "integer", "nullable": False, "default": 1, "precondition": unknown},
    }
    schema = Schema(document(properties=properties))
    assert planned(A, schema=schema, value={"name": "A", "inner": {"key": "l"}}).value == {
        **A.value,
        "inner": {"key": "l"},
    }
    assert planned(schema=schema, value={"name": "C"}).value == {"name": "C"}


def test_a_name_with_dots_can_identify() -> None:
    properties = {**document()["properties"], "app:a.b": TEXT}
    dotted = dataclasses.replace(A, value={**A.value, "app:a.b": "x"})
    for path in ("app:a.b", "/app:a.b"):
        change = planned(
            dotted,
            B,
            schema=Schema(document(properties=properties)),
            value={"app:a.b": "x", "level": 2},
            match_on=[path],
        )
        assert (change.action, change.target) == ("update", dotted)


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
        ({"can_write": False}, {"value": {}, "position": "last"}, r"may not be changed.*position"),
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
        ({"locked": ["inner.deep"]}, {"value": {"inner": {"deep": "x"}}}, "update"),
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


@pytest.mark.parametrize("version", ["2.1", "2.1.0", "2.2", "10"])
def test_replace_with_the_stored_or_a_newer_schema_version(version: str) -> None:
    value = {"name": "X", "title": "T"}
    assert planned(A, object_id="a", value=value, schema_version=version, value_mode="replace").action == "update"


def test_a_single_object_that_may_not_be_deleted_is_reset() -> None:
    schema = Schema(
        document(multiObject=False, properties={"level": {"type": "integer", "nullable": False, "default": 1}})
    )
    fixed = dataclasses.replace(stored("s", level=4), can_delete=False)
    change = planned(fixed, schema=schema, state="absent")
    assert (change.action, change.value) == ("reset", {"level": 1})
    assert planned(dataclasses.replace(fixed, value={"level": 1}), schema=schema, state="absent").action == "none"


def test_what_the_server_has_set_itself_is_not_reset() -> None:
    rules = [{"type": "LENGTH", "minLength": 1}]
    owner = {"type": "text", "nullable": False, "default": "", "constraints": rules}
    level = {"type": "integer", "nullable": False, "default": 1}
    schema = Schema(document(multiObject=False, properties={"level": level, "owner": owner}))
    fixed = dataclasses.replace(stored("s", level=4, owner="x"), can_delete=False)
    change = planned(fixed, schema=schema, state="absent")
    assert (change.action, change.value) == ("reset", {"level": 1, "owner": "x"})
    there = dataclasses.replace(fixed, value=change.value)
    assert planned(there, schema=schema, state="absent").action == "none"


def test_what_cannot_be_changed_comes_with_its_path() -> None:
    with pytest.raises(CollectionError) as caught:
        planned(dataclasses.replace(A, locked=["inner/key"]), object_id="a", value={"inner": {"key": "new"}})
    assert [row["path"] for row in caught.value.error()["constraint_violations"]] == ["inner/key"]


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


def test_a_change_knows_the_object_that_it_is_about() -> None:
    there = planned(A, B, value={"level": 2}, external_id="ext-b")
    assert (there.target_id, there.read, there.existing) == ("b", B.value, B)
    # No write changes an external id, so that of the target counts.
    assert there.external_id(wanted(external_id="mine")) == "ext-b"
    new = planned(A, B, value={"name": "C"}, external_id="mine")
    assert (new.target_id, new.read, new.external_id(wanted(external_id="mine"))) == (None, {}, "mine")
    with pytest.raises(ValueError, match="a change of kind create has no target"):
        assert new.existing


def test_diff_sides_have_the_external_id_that_the_object_has_or_gets() -> None:
    assert planned(A, B, value={"name": "C"}, external_id="mine").after["external_id"] == "mine"
    for options in ({"value": {"level": 2}}, {"state": "absent"}):
        assert planned(A, B, object_id="b", **options).before["external_id"] == "ext-b"


def ranged(**changes: Any) -> Schema:
    rules = [{"type": "RANGE", "minimum": 0, "maximum": 9}]
    level = {"type": "integer", "nullable": False, "default": 1, "constraints": rules}
    return Schema(document(properties={**document()["properties"], "level": level}, **changes))


def test_what_the_server_is_certain_to_refuse_is_refused_unless_somebody_else_checks_it() -> None:
    objects = FoundObjects(Index(ranged(), [A]))
    options = wanted(scope="environment", value={"name": "A", "level": 10})
    with pytest.raises(InputError, match=r"value\.level"):
        plan(ranged(), options, objects)
    assert plan(ranged(), options, objects, checks_value=False).action == "update"


def test_a_value_that_is_stored_already_is_not_refused() -> None:
    """Neither what a newer schema would refuse, nor what is the same to the server."""
    there = dataclasses.replace(A, value={**A.value, "level": 10})
    for level in (10, 10.0, "10"):
        assert planned(there, schema=ranged(), value={"name": "A", "level": level}).action == "none"


@pytest.mark.parametrize(
    ("options", "action", "body", "places"),
    [
        ({"value": {"name": "A"}, "position": "last"}, "move", {"insertBefore": ""}, (1, 2)),
        ({"value": {"name": "A", "level": 2}, "position": "last"}, "update", {"insertBefore": ""}, (1, 2)),
        ({"value": {"name": "A"}, "position": "first"}, "none", {}, (1, 1)),
        ({"value": {"name": "C"}, "position": "first"}, "create", {"insertAfter": ""}, (None, 1)),
    ],
)
def test_a_place_in_the_order(
    options: dict[str, Any], action: str, body: dict[str, str], places: tuple[Any, Any]
) -> None:
    change = planned(A, B, **options)
    assert (change.action, change.order_body) == (action, body)
    assert (change.before.get("position"), change.after["position"]) == places


def test_only_an_ordered_schema_has_places() -> None:
    with pytest.raises(InputError, match="is not ordered: leave out position"):
        planned(A, schema=Schema(document(ordered=False)), value={"name": "A"}, position="first")
    # Of what shall not be there, the place says nothing.
    absent = planned(A, schema=Schema(document(ordered=False)), value={"name": "A"}, position="first", state="absent")
    assert absent.action == "delete"


def test_what_may_be_changed_in_part_takes_its_place_with_that_change() -> None:
    partly = dataclasses.replace(A, can_write=False, writable_only=["level"])
    change = planned(partly, B, object_id="a", value={"level": 2}, position="last")
    assert (change.action, change.order_body) == ("update", {"insertBefore": ""})


def test_a_new_object_takes_from_what_is_inherited_what_it_does_not_say_unless_it_is_whole() -> None:
    inherited = {"name": "I", "title": "t", "level": 7}
    for mode, level in (("merge", 7), ("replace", 1)):
        change = planned(schema=SINGLE, inherited=inherited, value={"name": "A", "title": "T"}, value_mode=mode)
        assert change.value == {"name": "A", "title": "T", "level": level}
        assert (change.before, change.after["value"]) == ({}, change.value)


TOKEN = {"token": {"type": "secret", "nullable": True}}
SECRET = Schema(document(properties={**document()["properties"], **TOKEN}))


def test_secrets_are_always_sent_only_where_they_are_given() -> None:
    there = dataclasses.replace(A, value={**A.value, "token": "###"})
    always = {"schema": SECRET, "update_secrets": "always"}
    assert planned(there, value={"name": "A", "level": 1}, **always).action == "none"
    sent = planned(there, value={"name": "A", "token": "hush"}, **always)
    assert (sent.action, sent.value) == ("update", {**A.value, "token": "hush"})
    assert (sent.before["value"]["token"], sent.after["value"]["token"]) == ("********", "******** (sent)")


def test_a_whole_value_keeps_what_only_the_server_knows() -> None:
    """A secret that is not given, and a required property whose default nobody can use."""
    rules = [{"type": "LENGTH", "minLength": 1}]
    owner = {"type": "text", "default": "", "constraints": rules}
    properties = {"name": TEXT, **TOKEN, "owner": {**owner, "nullable": False}, "note": {**owner, "nullable": True}}
    schema = Schema(document(properties={**properties, "level": document()["properties"]["level"]}))
    there = dataclasses.replace(A, value={"name": "A", "token": "###", "owner": "o", "note": "n", "level": 4})
    change = planned(there, schema=schema, value={"name": "A"}, value_mode="replace")
    assert (change.action, change.value) == ("update", {"name": "A", "token": "###", "owner": "o", "level": 1})


@pytest.mark.parametrize("mode", ["merge", "replace"])
def test_the_same_value_in_other_words_is_unchanged(mode: str) -> None:
    assert planned(A, value={**A.value, "level": "1"}, value_mode=mode).action == "none"


def test_a_whole_value_without_its_defaults_is_unchanged() -> None:
    there = stored("a", name="A", title="T", level=1)
    assert planned(there, value={"name": "A", "title": "T"}, value_mode="replace").action == "none"


def test_what_is_deleted_or_reset_is_in_the_diff() -> None:
    deleted = planned(A, value={"name": "A"}, state="absent")
    assert (deleted.before["value"], deleted.after) == (A.value, {})
    single = Schema(document(multiObject=False, properties={"level": document()["properties"]["level"]}))
    fixed = dataclasses.replace(stored("s", level=4), can_delete=False)
    reset = planned(fixed, schema=single, state="absent")
    assert (reset.target, reset.before["value"], reset.after["value"]) == (fixed, {"level": 4}, {"level": 1})
    there = dataclasses.replace(fixed, value={"level": 1})
    unchanged = planned(there, schema=single, state="absent")
    assert (unchanged.target, unchanged.value) == (there, {"level": 1})
    assert unchanged.before == unchanged.after != {}
    with pytest.raises(InputError, match=r"value\.level of object s cannot be changed once it exists"):
        planned(dataclasses.replace(fixed, locked=["level"]), schema=single, state="absent")
    # What may be deleted is deleted, of a single-object schema as well.
    assert planned(stored("s", level=4), schema=single, state="absent").action == "delete"


def test_a_version_that_was_not_given_or_is_not_known_is_no_older_one() -> None:
    value = {"name": "X", "title": "T"}
    assert planned(A, object_id="a", value=value, value_mode="replace").action == "update"
    unversioned = dataclasses.replace(A, schema_version=None)
    change = planned(unversioned, object_id="a", value=value, value_mode="replace", schema_version="1")
    assert change.action == "update"


@pytest.mark.parametrize(
    ("limits", "value", "named"),
    [
        # What may be written whole is told from what may be written in part.
        ({"can_write": False}, {"level": 2}, "level"),
        ({"can_write": False, "writable_only": ["level"]}, {"level": 2, "title": "x", "name": "X"}, "name, title"),
        ({"can_write": False, "writable_only": [""]}, {"level": 2}, "level"),
        ({"locked": ["name", "title"]}, {"name": "X", "title": "x", "level": 2}, "value.name, value.title"),
    ],
)
def test_what_must_not_be_changed_is_named(limits: dict[str, Any], value: dict[str, Any], named: str) -> None:
    with pytest.raises(CollectionError) as caught:
        planned(dataclasses.replace(A, **limits), object_id="a", value=value)
    assert f"({named})" in caught.value.msg or caught.value.msg.startswith(f"{named} of object")


def test_a_locked_path_of_nothing_locks_nothing() -> None:
    assert planned(dataclasses.replace(A, locked=[""]), object_id="a", value={"level": 2}).action == "update"
