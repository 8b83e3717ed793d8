# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading settings: schemas, lists, pages, filters, single objects, effective values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.settings.ids import read_object_id, read_update_token, revision_ms

from .settings_api import ENVIRONMENT, GATEWAY, HOST, TOKEN, Api

TAGS = "builtin:sandbox.tag-rule"
NOTES = "builtin:sandbox.note"
HOSTS = "builtin:sandbox.host-monitoring"


@pytest.fixture
def api() -> Api:
    return Api()


def test_schemas_have_the_default_fields(api: Api) -> None:
    body = api.get("/schemas")
    assert body["totalCount"] == len(body["items"]) == 38
    audit = {"schemaId": "builtin:sandbox.audit", "displayName": "Audit trail", "latestSchemaVersion": "1.1"}
    assert audit in body["items"]


def test_schema_fields_replace_the_default_set(api: Api) -> None:
    rows = api.get("/schemas", fields="schemaId,multiObject,ordered,ownerBasedAccessControl")["items"]
    by_id = {row.pop("schemaId"): row for row in rows}
    assert by_id["builtin:sandbox.audit"] == {"multiObject": False}
    assert by_id["builtin:sandbox.header-rule"] == {"multiObject": True, "ordered": True}
    assert by_id["app:sandbox.ticketing:connection"]["ownerBasedAccessControl"] is True
    assert api.call("GET", "/schemas", fields="nonsense")[0] == 400


def test_schema_by_version(api: Api) -> None:
    assert api.get("/schemas/builtin:sandbox.audit")["version"] == "1.1"
    assert "retentionDays" not in api.get("/schemas/builtin:sandbox.audit", schemaVersion="1.0")["properties"]
    assert api.call("GET", "/schemas/builtin:sandbox.audit", schemaVersion="9")[0] == 404


def test_unknown_schema(api: Api) -> None:
    """The nearest ones are the sandbox's own addition."""
    expected = "No schema with topic identifier 'builtin:sandbox.notes'. The sandbox has builtin:sandbox.note, "
    status, body = api.call("GET", "/schemas/builtin:sandbox.notes")
    assert (status, body["error"]["code"]) == (404, 404)
    assert body["error"]["message"].startswith(expected)
    none = api.call("GET", "/schemas/x")[1]["error"]["message"]
    assert none == "No schema with topic identifier 'x'. The sandbox has nothing like it"
    assert api.call("GET", "/objects", schemaIds="builtin:sandbox.notes") == (404, body)


def test_list_has_seeded_objects_with_id_and_value_only(api: Api) -> None:
    body = api.get("/objects", schemaIds=TAGS)
    assert [set(item) for item in body["items"]] == [{"objectId", "value"}] * 2
    assert (body["totalCount"], body["pageSize"]) == (2, 100)
    assert "nextPageKey" not in body


def test_list_of_a_single_object_schema_never_written_is_empty(api: Api) -> None:
    assert api.get("/objects", schemaIds="builtin:sandbox.audit")["items"] == []


def test_list_needs_schemas_or_scopes(api: Api) -> None:
    status, body = api.call("GET", "/objects")
    assert status == 400
    assert body["error"]["message"] == "Constraints violated."
    api.create(HOSTS, {"enabled": False}, HOST)
    assert [row["scope"] for row in api.get("/objects", scopes=HOST, fields="scope")["items"]] == [HOST]


def test_list_fields(api: Api) -> None:
    fields = "objectId,summary,author,updateToken,scope,schemaId,schemaVersion,externalId,modificationInfo"
    row = api.get("/objects", schemaIds=TAGS, fields=fields)["items"][1]
    assert "value" not in row
    assert row["externalId"] == "sandbox-databases"
    assert row["summary"] == "Databases"
    assert row["modificationInfo"]["deletable"] is True
    assert api.call("GET", "/objects", schemaIds=TAGS, fields="objectId,nope")[0] == 400


def test_list_by_external_id(api: Api) -> None:
    assert [value["name"] for value in api.values(TAGS, externalIds="sandbox-databases,other")] == ["Databases"]


def test_pages_take_the_key_alone(api: Api) -> None:
    for start in range(0, 250, 50):
        status, _dummy = api.post(NOTES, *({"text": f"note {start + number}"} for number in range(50)))
        assert status == 200
    body = api.get("/objects", schemaIds=NOTES, fields="value", pageSize="120")
    seen = body["items"]
    status, refused = api.call("GET", "/objects", nextPageKey=body["nextPageKey"], pageSize="120")
    assert status == 400
    violation = refused["error"]["constraintViolations"][0]
    assert violation["message"] == "must not be used in combination with nextPageKey query parameter."
    while "nextPageKey" in body:
        body = api.get("/objects", nextPageKey=body["nextPageKey"])
        seen += body["items"]
    assert seen == [{"value": {"text": f"note {number}"}} for number in range(250)]
    assert body["totalCount"] == 250


def test_page_size_has_a_maximum(api: Api) -> None:
    for size in ("501", "\u00b2", "9" * 5_000):
        assert api.call("GET", "/objects", schemaIds=NOTES, pageSize=size)[0] == 400


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("value.target = 99", ["a"]),
        ("value.name = 'a' or value.name='b'", ["a", "b"]),
        ("not (value.name = 'a') and value.enabled = true", ["c"]),
        ("value.enabled != true", ["b"]),
        ("value.name contains 'C' or value.burnRate.threshold >= 20", ["b"]),
        ("value.description = 'it\\'s'", ["c"]),
        ("author = 'dt0c01.PUBLIC' and value.name > 'a'", ["b", "c"]),
    ],
)
def test_filter(api: Api, expression: str, expected: list[str]) -> None:
    rows: list[tuple[str, float, bool, Any]] = [("a", 99, True, 10), ("b", 98, False, 20), ("c", 97, True, 10)]
    for name, target, enabled, threshold in rows:
        value = {
            "name": name,
            "metricKey": name,
            "enabled": enabled,
            "target": target,
            "warning": 99.9,
            "window": "-1w",
            "description": "it's" if name == "c" else None,
            "burnRate": {"enabled": True, "threshold": threshold},
        }
        api.create("builtin:sandbox.objective", value)
    found = api.values("builtin:sandbox.objective", filter=expression, fields="value,author")
    assert [value["name"] for value in found] == expected


@pytest.mark.parametrize(
    "expression",
    [
        "value.name",
        "value.name ~ 'x'",
        "(value.name = 'x'",
        "value.name = 'x' value.name = 'y'",
        "scope = 'environment'",
        "author = 'not among the fields'",
        "((((((value.name = 'x'))))))",
        "value.name = '" + "x" * 1024 + "'",
    ],
)
def test_filter_refused(api: Api, expression: str) -> None:
    assert api.call("GET", "/objects", schemaIds=TAGS, filter=expression)[0] == 400


def test_filter_does_not_find_secrets_out(api: Api) -> None:
    value = {"name": "x", "url": "https://x", "scope": "INTERNAL", "token": "clear"}
    api.create("builtin:sandbox.remote-connection", value)
    assert api.values("builtin:sandbox.remote-connection", filter="value.token = 'clear'") == []


def test_sort(api: Api) -> None:
    for text in ("b", "c", "a"):
        api.create(NOTES, {"text": text})
    assert [value["text"] for value in api.values(NOTES, sort="value.text")] == ["a", "b", "c"]
    assert [value["text"] for value in api.values(NOTES, sort="-value.text")] == ["c", "b", "a"]
    assert api.call("GET", "/objects", schemaIds=NOTES, sort="scope")[0] == 400


def test_get_has_everything(api: Api) -> None:
    object_id = api.create(TAGS, {"name": "x", "enabled": True, "tags": []}, externalId="mine")
    one = api.one(object_id)
    assert {
        name: one[name] for name in ("objectId", "summary", "scope", "schemaId", "schemaVersion", "externalId")
    } == {
        "objectId": object_id,
        "summary": "x",
        "scope": ENVIRONMENT,
        "schemaId": TAGS,
        "schemaVersion": "1.0",
        "externalId": "mine",
    }
    assert one["author"] == one["createdBy"] == one["modifiedBy"] == ".".join(TOKEN.split(".")[:2])
    assert one["resourceContext"] == {
        "operations": ["read", "write", "delete"],
        "modifications": {"modifiablePaths": [], "nonModifiablePaths": []},
    }
    assert one["created"] == one["modified"]
    token = read_update_token(one["updateToken"])
    assert token is not None
    assert revision_ms(token[1]) == one["modified"]
    named = read_object_id(object_id)
    assert named is not None
    assert (named.schema_id, named.scope, named.key) == (TAGS, ENVIRONMENT, token[0])


def test_get_unknown(api: Api) -> None:
    assert api.call("GET", "/objects/nope") == (404, {"error": {"code": 404, "message": "Settings not found"}})


def test_effective_value_falls_back_to_environment_and_default(api: Api) -> None:
    def effective(schema_id: str, scope: str) -> Any:
        return api.get("/effectiveValues", schemaIds=schema_id, scope=scope)["items"]

    seeded = {"enabled": True, "mode": "INFRASTRUCTURE", "thresholds": {"cpuPercent": 90.0, "samples": 3}}
    assert effective(HOSTS, HOST) == [{"origin": ENVIRONMENT, "value": seeded}]
    object_id = api.create(HOSTS, {"enabled": False}, HOST)
    assert effective(HOSTS, HOST) == [{"origin": HOST, "value": {"enabled": False}}]
    assert api.delete(object_id)[0] == 204
    assert effective(HOSTS, HOST) == [{"origin": ENVIRONMENT, "value": seeded}]
    default = {"origin": "default", "value": {"profile": "DEFAULT"}}
    assert effective("builtin:sandbox.gateway-profile", GATEWAY) == [default]
    api.vary(settings_default_origin=ENVIRONMENT)
    assert effective("builtin:sandbox.gateway-profile", GATEWAY)[0]["origin"] == ENVIRONMENT


def test_effective_default_is_complete(api: Api) -> None:
    seeded = api.get("/objects", schemaIds=HOSTS)["items"][0]["objectId"]
    assert api.delete(seeded)[0] == 204
    item = api.get("/effectiveValues", schemaIds=HOSTS, scope=HOST)["items"][0]
    assert item["value"] == {"enabled": True, "mode": "FULL", "thresholds": {"cpuPercent": 95, "samples": 5}}


def test_effective_values_of_ordered_objects(api: Api) -> None:
    rule = {"name": "on the host", "color": "x", "action": "IGNORE"}
    api.create("builtin:sandbox.process-rule", rule, HOST)
    body = api.get("/effectiveValues", schemaIds="builtin:sandbox.process-rule", scope=HOST)
    assert [item["origin"] for item in body["items"]] == [HOST, ENVIRONMENT, ENVIRONMENT]


def test_effective_values_need_a_scope_that_the_schema_allows(api: Api) -> None:
    assert api.call("GET", "/effectiveValues", schemaIds=HOSTS)[0] == 400
    assert api.call("GET", "/effectiveValues", schemaIds="builtin:sandbox.audit", scope=HOST)[0] == 404
    found = api.get("/effectiveValues", scope=GATEWAY, fields="schemaId")["items"]
    assert {item["schemaId"] for item in found} == {
        "builtin:deployment.activegate.updates",
        "builtin:sandbox.gateway-profile",
        "builtin:sandbox.update-plan",
    }


def test_null_properties_by_variant(api: Api) -> None:
    object_id = api.create(NOTES, {"text": "x", "color": None})
    assert api.one(object_id)["value"] == {"text": "x"}
    api.vary(settings_null_properties="null")
    assert api.one(object_id)["value"] == {"text": "x", "color": None}
