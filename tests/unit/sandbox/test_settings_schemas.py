# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The opaque ids against a captured pair, and the real schema documents, where they are at hand beside the checkout."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.settings.catalog import OWN, Schema
from tests.sandbox.settings.defaults import default_value
from tests.sandbox.settings.ids import (
    make_object_id,
    make_update_token,
    read_object_id,
    read_scope,
    read_update_token,
    revision_ms,
    scope_class,
)
from tests.sandbox.settings.preconditions import holds
from tests.sandbox.settings.shorthand import whole

from .settings_api import ENVIRONMENT, HOST, REAL_SCHEMAS, SHARED, Api

FILES = sorted(REAL_SCHEMAS.glob("*.json"))
CAPTURED = SHARED / "fixtures" / "GET_api_v2_settings_objects_OBJECTID.json"
needs_real = pytest.mark.skipif(not FILES, reason="the real schema documents are not beside this checkout")


def document(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@pytest.mark.skipif(not CAPTURED.is_file(), reason="the captured answers are not beside this checkout")
def test_ids_are_those_of_the_real_server() -> None:
    captured = document(CAPTURED)
    named = read_object_id(captured["objectId"])
    assert named is not None
    assert (named.schema_id, named.scope) == (captured["schemaId"], captured["scope"])
    assert make_object_id(named.schema_id, named.scope, named.key) == captured["objectId"]
    token = read_update_token(captured["updateToken"])
    assert token is not None
    key, revision = token
    assert key == named.key
    assert revision_ms(revision) == captured["modified"]
    assert make_update_token(key, captured["modified"], 1) == captured["updateToken"]


def test_ids_of_entities_and_of_nothing() -> None:
    key = str(uuid.uuid4())
    named = read_object_id(make_object_id("builtin:x", HOST, key))
    assert named is not None
    assert (named.schema_id, named.scope, named.key) == ("builtin:x", HOST, key)
    for text in ("", "x", "é", "Y2ktaGdyb3VwLTEyMw==", make_update_token(key, 0, 1)):
        assert read_object_id(text) is None
    assert read_update_token(make_object_id("builtin:x", HOST, key)) is None


def test_scopes() -> None:
    assert (read_scope("tenant"), read_scope(ENVIRONMENT), read_scope(HOST)) == (ENVIRONMENT, ENVIRONMENT, HOST)
    assert [read_scope(text) for text in ("nonsense", "-x", "HOST-", "environment-x")] == [None] * 4
    assert (scope_class(ENVIRONMENT), scope_class("HOST_GROUP-1")) == (ENVIRONMENT, "HOST_GROUP")


def test_own_schemas_have_the_keys_of_real_ones() -> None:
    root = {"allowedScopes", "description", "displayName", "documentation", "dynatrace", "enums", "maxObjects"}
    root |= {"multiObject", "properties", "schemaId", "types", "version"}
    always = {"type", "nullable", "maxObjects", "description", "displayName", "documentation", "modificationPolicy"}
    files = sorted(OWN.glob("*.json"))
    assert len(files) == 39
    for file in files:
        found = whole(document(file))
        assert root <= set(found), file
        assert ("ordered" in found) == found["multiObject"]
        for definition in Schema(found).definitions():
            assert always <= set(definition)


def test_default_that_another_default_rules_out() -> None:
    """``early`` belongs to the value only while nothing is known of ``late``, which comes after it."""
    text = {"type": "text", "nullable": False, "default": "x"}
    rules_out = {"type": "NULL", "property": "late"}
    waits_for = {"type": "EQUALS", "property": "late", "expectedValue": "x"}
    properties = {
        "early": {**text, "precondition": rules_out},
        "waiting": {**text, "precondition": waits_for},
        "maybe": {**text, "nullable": True, "precondition": waits_for},
        "late": text,
    }
    own = whole(document(OWN / "builtin_sandbox.audit-1.0.json"))
    assert default_value(Schema({**own, "properties": properties})) == {"waiting": "x", "late": "x", "maybe": "x"}


@needs_real
def test_all_real_schemas_are_served() -> None:
    api = Api((REAL_SCHEMAS,))
    listed = {item["schemaId"]: item["latestSchemaVersion"] for item in api.get("/schemas")["items"]}
    assert len(FILES) >= 29
    for file in FILES:
        real = document(file)
        assert listed[real["schemaId"]] == real["version"]
        assert api.get(f"/schemas/{real['schemaId']}") == real


@needs_real
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_real_defaults_fit_or_the_violations_make_sense(file: Path) -> None:
    """What the defaults of a schema lack is a text or a reference that only the user can give, never a wrong type."""
    api = Api((REAL_SCHEMAS,))
    schema = Schema(document(file))
    value = default_value(schema)
    found = api.violations(schema.id, value, scope_of(schema))
    unfit = {
        f"{path}: {message}"
        for path, messages in found.items()
        for message in messages
        if message == "Unknown property" or (message.startswith("Must be of type") and "setting" not in message)
    }
    assert unfit == set()
    for path in found:
        assert path == "" or path.split("/")[0] in schema.properties
    if not found:
        # What was taken comes back: nothing is lost but the order of sets and the form of numbers.
        object_id = api.create(schema.id, value, scope_of(schema))
        assert api.one(object_id)["value"] == value
        assert api.put(object_id, api.one(object_id)["value"])[0] == 200


@needs_real
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_real_schemas_refuse_wrong_types_everywhere(file: Path) -> None:
    """Each property in turn with a value that no type takes."""
    api = Api((REAL_SCHEMAS,))
    schema = Schema(document(file))
    value = default_value(schema)
    for path in paths(schema, schema.properties, value):
        found = api.violations(schema.id, replaced(value, path, {"no": "type"}), scope_of(schema))
        assert any(one == "/".join(path) or one.startswith("/".join(path) + "/") for one in found), path


def scope_of(schema: Schema) -> str:
    kind = schema.allowed_scopes[-1]
    return kind if kind == ENVIRONMENT else f"{kind}-0000000000000001"


def paths(schema: Schema, properties: Mapping[str, Any], value: Any) -> Iterator[tuple[str, ...]]:
    for name, definition in properties.items():
        if not holds(definition.get("precondition"), value):
            continue
        yield (name,)
        kind, found = schema.resolve(definition["type"])
        if kind == "object" and isinstance(value.get(name), dict):
            for inner in paths(schema, found["properties"], value[name]):
                yield (name, *inner)


def replaced(value: Any, path: tuple[str, ...], by: Any) -> Any:
    return {**value, path[0]: by if len(path) == 1 else replaced(value[path[0]], path[1:], by)}
