# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What public answers of 2026 show of settings, and the variants of what they only let one guess."""

from __future__ import annotations

import base64
import json
import struct
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .settings_api import SHARED, Api, violations

TAGS = "builtin:sandbox.tag-rule"
NOTES = "builtin:sandbox.note"
DETECTORS = "builtin:davis.anomaly-detectors"
ZONES = "builtin:management-zones"
PROFILES = "builtin:alerting.profile"
CLUSTERS = "builtin:cloud.kubernetes"
TICKETING = "app:sandbox.ticketing:connection"
PROPERTY = {"nullable": False, "maxObjects": 1, "modificationPolicy": "DEFAULT"}
TEXT = {**PROPERTY, "type": "text"}


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Api]:
    """An Api with one more schema, ``builtin:own``."""

    def made(properties: Mapping[str, Any], **more: Any) -> Api:
        document = {
            "schemaId": "builtin:own",
            "version": "1.0.13",
            "displayName": "Own",
            "multiObject": True,
            "maxObjects": 100,
            "allowedScopes": ["environment"],
            "enums": {},
            "types": {},
            "properties": properties,
            **more,
        }
        (tmp_path / "own.json").write_text(json.dumps(document), encoding="utf-8")
        return Api((tmp_path,))

    return made


def test_a_missing_property_is_told_as_it_was_seen(api: Api) -> None:
    captured = SHARED / "fixtures-2026" / "POST_settings_objects_400_required_saas-2026-09.json"
    if not captured.is_file():
        pytest.skip(f"needs {captured}")
    (answer,) = json.loads(captured.read_text(encoding="utf-8"))
    status, body = api.post(DETECTORS, answer["invalidValue"])
    assert (status, body[0]["code"], body[0]["invalidValue"]) == (400, 400, answer["invalidValue"])
    for violation in answer["error"]["constraintViolations"]:
        assert violation in body[0]["error"]["constraintViolations"]


def test_a_missing_property_deep_inside(api: Api) -> None:
    value = {"analyzer": {"input": []}, "eventTemplate": {"properties": [{"value": "v"}]}}
    _status, body = api.post(DETECTORS, value)
    found = body[0]["error"]["constraintViolations"]
    assert {"path": f"{DETECTORS}/0/analyzer.name", "message": "Must not be null"} in found
    assert {"path": f"{DETECTORS}/0/eventTemplate.properties.0.key", "message": "Must not be null"} in found


def test_a_missing_property_of_older_servers(api: Api) -> None:
    api.vary(settings_required="older")
    _status, body = api.post(NOTES, {})
    (violation,) = body[0]["error"]["constraintViolations"]
    assert violation["message"].startswith("Given property 'text' with value: 'null' does not comply")
    assert violation["parameterLocation"] == "PAYLOAD_BODY"


def test_a_scope_that_is_refused_echoes_no_value(api: Api) -> None:
    status, body = api.post(TAGS, {"name": "x", "enabled": True, "tags": []}, scope="PROCESS_GROUP-1")
    assert status == 404
    assert body == [{"code": 404, "error": {"code": 404, "message": "No write access for scope class PROCESS_GROUP"}}]


@pytest.mark.parametrize("scope", ["environment-default", "userdefaults"])
def test_scopes_that_are_no_entity(own: Callable[..., Api], scope: str) -> None:
    api = own({"name": TEXT}, allowedScopes=["environment", "environment-default", "userdefaults"])
    object_id = api.create("builtin:own", {"name": "x"}, scope)
    assert api.one(object_id)["scope"] == scope
    assert api.values("builtin:own", scopes=scope) == [{"name": "x"}]
    assert api.values("builtin:own", scopes="environment") == []


@pytest.mark.parametrize(
    ("version", "expected"), [("1.0.13", 200), ("1.0.12", 200), ("0.9", 200), ("1.0.14", 404), ("2", 404), ("x", 404)]
)
def test_versions_that_are_written(own: Callable[..., Api], version: str, expected: int) -> None:
    """Older ones are migrated, whether or not their documents are known."""
    api = own({"name": TEXT, "level": {**PROPERTY, "type": "integer", "default": 3}})
    status, body = api.post("builtin:own", {"name": "x", "level": 1}, schemaVersion=version)
    assert status == expected, body
    if expected == 200:
        one = api.one(body[0]["objectId"])
        assert one["schemaVersion"] == "1.0.13"
        assert api.put(one["objectId"], {"name": "y"}, schemaVersion="1.0.12")[0] == 200
        assert api.one(one["objectId"])["value"] == {"name": "y", "level": 3}
        assert api.put(one["objectId"], {"name": "y", "level": 1}, schemaVersion="1.0.14")[0] == 404


def test_what_is_repaired_and_what_not(own: Callable[..., Api]) -> None:
    pattern = {"type": "PATTERN", "pattern": "[0-9a-f]{8}"}
    api = own(
        {
            "level": {**PROPERTY, "type": "integer", "default": 3},
            "actor": {**TEXT, "default": "", "constraints": [pattern]},
        }
    )
    item = {"schemaId": "builtin:own", "scope": "environment", "value": {"nope": 1}}
    status, body = api.call("POST", "/objects", [item], repairInput="true")
    assert (status, violations(body[0])) == (400, {"actor": ["Must not be null"]})
    item["value"] = {"nope": 1, "actor": "0123abcd"}
    status, body = api.call("POST", "/objects", [item], repairInput="true")
    assert status == 200
    assert api.one(body[0]["objectId"])["value"] == {"level": 3, "actor": "0123abcd"}


@pytest.mark.parametrize(
    ("value", "is_right"), [("a+", True), ("(a", False), (r"\p{L}+", True), ("(?<name>x)", True), ("[", False)]
)
def test_regular_expressions_as_values(own: Callable[..., Api], value: str, is_right: bool) -> None:
    """A REGEX without a pattern; what only Java takes is let through."""
    api = own({"expression": {**TEXT, "constraints": [{"type": "REGEX"}]}})
    expected = {} if is_right else {"expression": ["must be a valid regular expression"]}
    assert api.violations("builtin:own", {"expression": value}) == expected


def test_a_refused_neighbour_stands_with_its_item(api: Api) -> None:
    items = [
        {
            "schemaId": "builtin:sandbox.header-rule",
            "scope": "environment",
            "value": {"headerName": name, "enabled": True},
        }
        for name in ("A", "B")
    ]
    status, body = api.call("POST", "/objects", [items[0], {**items[1], "insertAfter": "nobody"}])
    assert status == 207
    (violation,) = body[1]["error"]["constraintViolations"]
    assert violation["path"] == "builtin:sandbox.header-rule/1/"[:-1]
    assert violation["message"] == "Neighbor with key 'nobody' not found for 'nobody'"


def test_flattened_keys_hold_for_each_element(own: Callable[..., Api]) -> None:
    members = {**PROPERTY, "type": "set", "items": {"type": "text"}, "minObjects": 0, "maxObjects": 9}
    constraint = {"type": "UNIQUE", "uniqueProperties": ["members"], "flattenCollections": True}
    api = own({"members": members}, schemaConstraints=[constraint])
    first = api.create("builtin:own", {"members": ["a", "b"]})
    assert api.violations("builtin:own", {"members": ["b", "c"]}) == {"members": ["[members] must be unique"]}
    assert api.violations("builtin:own", {"members": ["c"]}) == {}
    assert [api.violations("builtin:own", {"members": []}) for _twice in (1, 2)] == [{}, {}]
    assert api.put(first, {"members": ["a"]})[0] == 200
    api.create("builtin:own", {"members": ["b"]})


def test_parts_of_a_key_that_exclude_each_other(own: Callable[..., Api]) -> None:
    def of(kind: str) -> dict[str, Any]:
        return {**TEXT, "precondition": {"type": "EQUALS", "property": "kind", "expectedValue": kind}}

    constraint = {"type": "UNIQUE", "uniqueProperties": ["path", "source", "kind"], "flattenCollections": False}
    api = own({"kind": TEXT, "path": of("http"), "source": of("extension")}, schemaConstraints=[constraint])
    api.create("builtin:own", {"kind": "http", "path": "a"})
    api.create("builtin:own", {"kind": "extension", "source": "a"})
    assert api.post("builtin:own", {"kind": "http", "path": "a"})[0] == 400
    api.create("builtin:own", {"kind": "http", "path": "b"})


@pytest.mark.parametrize(("choice", "stored"), [("once", ["a", "b"]), ("twice", ["a", "a", "b"]), ("refuse", None)])
def test_a_set_that_holds_an_element_twice(api: Api, choice: str, stored: list[str] | None) -> None:
    api.vary(settings_set_repeated=choice)
    status, body = api.post(TAGS, {"name": "x", "enabled": True, "tags": ["a", "b", "a"]})
    if stored is None:
        assert violations(body[0]) == {"tags": ["Elements of a set must be unique"]}
    else:
        assert status == 200
        assert api.one(body[0]["objectId"])["value"]["tags"] == stored


def test_a_required_collection_that_may_be_empty(api: Api) -> None:
    object_id = api.create(ZONES, {"name": "a"})
    assert api.one(object_id)["value"] == {"name": "a"}
    api.vary(settings_empty_collections="refuse")
    assert api.violations(ZONES, {"name": "b"}) == {"rules": ["Must not be null"]}
    assert api.violations(ZONES, {"name": "b", "rules": []}) == {}


@pytest.mark.parametrize("choice", ["as sent", "as object id"])
def test_the_number_of_a_management_zone(api: Api, choice: str) -> None:
    """The number of a zone that is there, and one that nobody knows; what was read can be sent again."""
    api.vary(settings_zone_number=choice)
    for number in ("-4292415658385853785", "7"):
        value = {"name": number, "managementZone": number, "severityRules": [], "eventFilters": []}
        object_id = api.create(PROFILES, value)
        shown = api.one(object_id)["value"]
        assert (shown["managementZone"] == number) == (choice == "as sent")
        assert api.put(object_id, shown)[0] == 200
        assert api.one(object_id)["value"] == shown
    assert "managementZone" in api.violations(PROFILES, {**value, "managementZone": "some zone"})


def test_the_number_of_a_zone_is_asked_for_by_its_object_id(api: Api) -> None:
    """The first half of the UUID inside the id, signed."""
    object_id = api.create(ZONES, {"name": "a", "rules": []})
    padded = base64.urlsafe_b64decode(object_id + "=" * (-len(object_id) % 4))
    key = uuid.UUID(padded[-44:-8].decode())
    (number,) = struct.unpack(">q", key.bytes[:8])
    assert api.get(f"/managementZones/{object_id}") == {"id": str(number)}
    for other in (api.create(NOTES, {"text": "x"}), "unknown"):
        assert api.call("GET", f"/managementZones/{other}")[0] == 404


def test_the_server_chooses_the_cluster(api: Api) -> None:
    value = {"enabled": True, "label": "k", "clusterIdEnabled": True, "clusterId": "1b2c"}
    for place in ({}, {"scope": "environment"}):
        item = {"schemaId": CLUSTERS, "value": {**value, "label": str(place)}, **place}
        status, body = api.call("POST", "/objects", [item])
        assert status == 200, body
        assert api.one(body[0]["objectId"])["scope"].startswith("KUBERNETES_CLUSTER-")
    # It is the same cluster, and a cluster has one connection.
    assert len(api.get("/objects", schemaIds=CLUSTERS)["items"]) == 1
    status, body = api.call("POST", "/objects", [{"schemaId": TAGS, "value": {}}])
    assert status == 400


def test_the_server_sets_the_actor(api: Api) -> None:
    value: dict[str, Any] = {"title": "low", "description": "", "executionSettings": {}, "enabled": True, "source": "x"}
    value |= {"analyzer": {"name": "a", "input": []}, "eventTemplate": {"properties": []}}
    shown = api.one(api.create(DETECTORS, value))["value"]
    assert len(shown["executionSettings"]["actor"]) == 36
    assert "executionSettings/actor" in api.violations(DETECTORS, {**value, "executionSettings": {"actor": ""}})


def test_app_schemas_that_want_oauth(api: Api) -> None:
    value = {"name": "a", "user": "u", "password": "a-secret"}
    object_id = api.create(TICKETING, value)
    api.vary(settings_app_schemas="OAuth")
    for status, answer in (api.post(TICKETING, {**value, "name": "b"}), api.put(object_id, value)):
        body = answer[0] if isinstance(answer, list) else answer
        assert (status, body["error"]["message"]) == (400, "No OAuth token provided")
    assert api.post(NOTES, {"text": "x"})[0] == 200


def test_a_schema_that_is_not_listed(api: Api) -> None:
    api.vary(settings_unlisted_schemas=[TAGS])
    assert TAGS not in [one["schemaId"] for one in api.get("/schemas")["items"]]
    assert api.call("GET", f"/schemas/{TAGS}")[0] == 404
    assert len(api.values(TAGS)) == 2


def test_a_recorded_mask_comes_back_as_it_is(api: Api) -> None:
    """Nobody knows the secret behind it."""
    mask = "***0123456789abcdef***"
    object_id = api.create(
        "builtin:sandbox.remote-connection", {"name": "a", "url": "https://a", "scope": "INTERNAL", "token": mask}
    )
    assert api.one(object_id)["value"]["token"] == mask
