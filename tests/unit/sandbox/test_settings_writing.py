# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing settings: POST of many, upserts, order, update tokens, deletion."""

from __future__ import annotations

from typing import Any

import pytest

from .settings_api import ENVIRONMENT, GATEWAY, HOST, Api, violations

TAGS = "builtin:sandbox.tag-rule"
NOTES = "builtin:sandbox.note"
HEADERS = "builtin:sandbox.header-rule"
PROCESSES = "builtin:sandbox.process-rule"
WINDOWS = "builtin:sandbox.time-window"
PLAN = "builtin:sandbox.update-plan"
AUDIT = "builtin:sandbox.audit"


@pytest.fixture
def api() -> Api:
    return Api()


def tag(name: str, *tags: str) -> dict[str, Any]:
    return {"name": name, "enabled": True, "tags": list(tags)}


def header(name: str) -> dict[str, Any]:
    return {"headerName": name, "enabled": True}


def headers(api: Api) -> list[str]:
    return [value["headerName"] for value in api.values(HEADERS)]


def test_post_answers_per_item(api: Api) -> None:
    status, body = api.post(TAGS, tag("a"), tag("b"))
    assert status == 200
    assert [set(item) for item in body] == [{"code", "objectId"}] * 2
    assert body[0]["objectId"] != body[1]["objectId"]


def test_post_mixed_is_207_and_keeps_the_good_ones(api: Api) -> None:
    status, body = api.post(TAGS, tag("a"), {"name": 5}, tag("c"))
    assert status == 207
    assert [item["code"] for item in body] == [200, 400, 200]
    assert body[1]["invalidValue"] == {"name": 5}
    assert body[1]["error"]["constraintViolations"][0] == {
        "path": f"{TAGS}/1/name",
        "message": "Must be of type text",
        "parameterLocation": "PAYLOAD_BODY",
        "location": None,
    }
    assert [value["name"] for value in api.values(TAGS)][2:] == ["a", "c"]


def test_post_all_failed_has_their_status_with_the_array(api: Api) -> None:
    status, body = api.post("builtin:nope", {}, {})
    assert (status, [item["code"] for item in body]) == (404, [404, 404])
    status, body = api.post(TAGS, {}, {})
    assert (status, [item["code"] for item in body]) == (400, [400, 400])


def test_post_items_see_those_before_them(api: Api) -> None:
    for query in ({"validateOnly": "true"}, {}):
        items = [{"schemaId": TAGS, "scope": ENVIRONMENT, "value": tag("same")} for dummy in range(2)]
        status, body = api.call("POST", "/objects", items, **query)
        assert (status, [item["code"] for item in body]) == (207, [200, 400])
        assert violations(body[1]) == {"name": ["There is a tag rule of this name already"]}


def test_validate_only_stores_nothing(api: Api) -> None:
    before = api.get("/objects", schemaIds=f"{TAGS},{HEADERS}", fields="objectId,value,externalId,updateToken")
    items = [
        {"schemaId": TAGS, "scope": ENVIRONMENT, "value": tag("new"), "externalId": "new"},
        {"schemaId": TAGS, "scope": ENVIRONMENT, "value": tag("changed"), "externalId": "sandbox-databases"},
        {"schemaId": HEADERS, "scope": ENVIRONMENT, "value": header("First"), "insertAfter": ""},
    ]
    assert api.call("POST", "/objects", items, validateOnly="true") == (200, [{"code": 200}] * 3)
    second = before["items"][3]["objectId"]
    answer = api.put(second, header("Changed"), {"validateOnly": "true"}, insertAfter="")
    assert answer == (200, {"code": 200})
    after = api.get("/objects", schemaIds=f"{TAGS},{HEADERS}", fields="objectId,value,externalId,updateToken")
    assert after == before
    # The names are free and the external id is unknown again.
    assert api.call("POST", "/objects", items)[0] == 200


def test_post_takes_an_array_only(api: Api) -> None:
    status, body = api.call("POST", "/objects", {"schemaId": TAGS, "scope": ENVIRONMENT, "value": tag("a")})
    assert status == 400
    assert body["error"]["message"].startswith("Could not map JSON")
    for content in (b"{", b"[" * 100_000, b"\xff"):
        assert api.call("POST", "/objects", content)[0] == 400


@pytest.mark.parametrize("missing", ["schemaId", "scope", "value"])
def test_post_needs_its_fields(api: Api, missing: str) -> None:
    item = {"schemaId": TAGS, "scope": ENVIRONMENT, "value": tag("a")}
    del item[missing]
    status, body = api.call("POST", "/objects", [item])
    assert (status, body[0]["error"]["constraintViolations"][0]["message"]) == (400, "must not be null")


@pytest.mark.parametrize("name", ["scope", "schemaVersion", "externalId", "insertAfter"])
def test_fields_beside_the_value_are_texts(api: Api, name: str) -> None:
    item = {"schemaId": HEADERS, "scope": ENVIRONMENT, "value": header("A"), name: 5}
    assert api.call("POST", "/objects", [item])[0] == 400
    object_id = api.get("/objects", schemaIds=HEADERS)["items"][0]["objectId"]
    if name not in ("scope", "externalId"):
        assert api.put(object_id, header("A"), None, **{name: 5})[0] == 400


def test_external_id_upserts(api: Api) -> None:
    first = api.create(TAGS, tag("a"), externalId="mine")
    assert api.create(TAGS, tag("b"), externalId="mine") == first
    assert api.one(first)["value"] == tag("b")
    assert api.post(TAGS, tag("c"), externalId="x" * 501)[0] == 400


def test_external_id_belongs_to_one_scope(api: Api) -> None:
    value = {"enabled": False}
    ids = {api.create("builtin:sandbox.host-monitoring", value, scope, externalId="x") for scope in (HOST, ENVIRONMENT)}
    assert len(ids) == 2


def test_external_id_with_object_id_takes_the_object_over(api: Api) -> None:
    first = api.create(TAGS, tag("a"))
    assert api.create(TAGS, tag("b"), externalId="mine", objectId=first) == first
    assert api.one(first)["externalId"] == "mine"
    second = api.create(TAGS, tag("c"))
    assert api.post(TAGS, tag("d"), externalId="mine", objectId=second)[0] == 400


def test_unknown_object_id_creates_only_in_builtin_schemas(api: Api) -> None:
    gone = api.create(TAGS, tag("a"))
    assert api.delete(gone)[0] == 204
    assert api.create(TAGS, tag("b"), externalId="b", objectId=gone)
    value = {"name": "x", "user": "x", "password": "12345678"}
    assert api.post("app:sandbox.ticketing:connection", value, externalId="b", objectId=gone)[0] == 404


def test_multi_object_without_unique_is_doubled(api: Api) -> None:
    assert api.create(NOTES, {"text": "same"}) != api.create(NOTES, {"text": "same"})
    assert len(api.values(NOTES)) == 2


def test_single_object_post_by_variant(api: Api) -> None:
    value = {"enabled": True, "retentionDays": 10}
    first = api.create(AUDIT, value)
    assert api.create(AUDIT, {**value, "retentionDays": 20}) == first
    assert api.values(AUDIT) == [{**value, "retentionDays": 20}]
    api.vary(settings_single_object_post="refuse")
    assert api.post(AUDIT, value)[0] == 400


def test_single_object_keeps_its_id_when_made_anew(api: Api) -> None:
    value = {"enabled": True, "retentionDays": 10}
    first = api.create(AUDIT, value)
    token = api.one(first)["updateToken"]
    assert api.delete(first)[0] == 204
    assert api.create(AUDIT, value) == first
    assert api.one(first)["updateToken"] != token


def test_scope_class_is_checked(api: Api) -> None:
    status, body = api.post(AUDIT, {}, scope="PROCESS_GROUP-0000000000000001")
    assert (status, body[0]["error"]["message"]) == (404, "No write access for scope class PROCESS_GROUP")
    assert api.post(AUDIT, {}, scope="nonsense")[0] == 400
    assert api.one(api.create(PLAN, {"updateMode": "MANUAL"}, GATEWAY))["scope"] == GATEWAY
    assert api.one(api.create(AUDIT, {"enabled": True, "retentionDays": 1}, "tenant"))["scope"] == ENVIRONMENT


def test_schema_version(api: Api) -> None:
    assert api.post(AUDIT, {"enabled": True}, schemaVersion="7")[0] == 404
    assert api.post(AUDIT, {"enabled": True})[0] == 400
    object_id = api.create(AUDIT, {"enabled": True}, schemaVersion="1.0")
    one = api.one(object_id)
    assert (one["schemaVersion"], one["value"]) == ("1.1", {"enabled": True, "retentionDays": 35})


def test_repair_input_fills_required_defaults(api: Api) -> None:
    item = {"schemaId": "builtin:sandbox.objective", "scope": ENVIRONMENT, "value": {"metricKey": "a"}}
    assert api.call("POST", "/objects", [item])[0] == 400
    status, body = api.call("POST", "/objects", [item], repairInput="true")
    assert status == 200
    assert api.one(body[0]["objectId"])["value"] == {
        "name": "New objective",
        "metricKey": "a",
        "enabled": True,
        "target": 99.0,
        "warning": 99.5,
        "window": "-1w",
        "burnRate": {"enabled": True, "threshold": 10.0},
    }


def test_max_objects(api: Api) -> None:
    status, body = api.post(HEADERS, *(header(f"H{number}") for number in range(9)))
    assert status == 207
    assert [item["code"] for item in body] == [200] * 8 + [400]


@pytest.mark.parametrize("expected", [413, 400])
def test_oversize_body(api: Api, expected: int) -> None:
    api.vary(settings_oversize_status=expected)
    status, body = api.post(NOTES, {"text": "x" * 1_000_001})
    assert (status, body["error"]["code"]) == (expected, expected)


def test_insert_after(api: Api) -> None:
    seeded = ["X-Forwarded-For", "X-Real-IP"]
    first = api.create(HEADERS, header("First"), insertAfter="")
    api.create(HEADERS, header("Last"))
    api.create(HEADERS, header("Second"), insertAfter=first)
    assert headers(api) == ["First", "Second", *seeded, "Last"]


@pytest.mark.parametrize("expected", [400, 404])
def test_insert_after_unknown(api: Api, expected: int) -> None:
    api.vary(settings_unknown_neighbor=expected)
    status, body = api.post(HEADERS, header("A"), insertAfter="nope")
    assert (status, body[0]["code"]) == (expected, expected)
    assert "A" not in headers(api)


def test_insert_after_in_an_unordered_schema(api: Api) -> None:
    status, body = api.post(TAGS, tag("a"), insertAfter="")
    assert status == 400
    assert violations(body[0]) == {"": ["Setting value cannot be inserted to the specified position"]}


def test_put_moves(api: Api) -> None:
    ids = [api.create(HEADERS, header(name)) for name in "ABC"]
    front = ["X-Forwarded-For", "X-Real-IP"]

    def moved(index: int, **position: str) -> list[str]:
        assert api.put(ids[index], header("ABC"[index]), None, **position)[0] == 200
        return headers(api)

    assert moved(1) == [*front, "A", "B", "C"]
    assert moved(2, insertAfter="") == ["C", *front, "A", "B"]
    assert moved(2, insertBefore="") == [*front, "A", "B", "C"]
    assert moved(0, insertAfter=ids[1]) == [*front, "B", "A", "C"]
    assert moved(2, insertBefore=ids[1]) == [*front, "C", "B", "A"]
    assert moved(2, insertAfter=ids[2]) == [*front, "C", "B", "A"]
    assert api.put(ids[0], header("A"), insertAfter="", insertBefore="")[0] == 400


def test_fixed_objects_stay_where_they_are(api: Api) -> None:
    rule = {"name": "mine", "color": "x", "action": "IGNORE"}
    rows = api.get("/objects", schemaIds=PROCESSES, fields="objectId,resourceContext,modificationInfo")["items"]
    first, last = (row["objectId"] for row in rows)
    assert rows[0]["resourceContext"]["operations"] == ["read"]
    assert rows[0]["modificationInfo"]["first"] is True
    assert rows[1]["resourceContext"]["modifications"]["movable"] is False
    mine = api.create(PROCESSES, rule)
    api.create(PROCESSES, {**rule, "name": "before mine"}, insertAfter="")
    names = ["Own agent", "before mine", "mine", "Everything else"]
    assert [value["name"] for value in api.values(PROCESSES)] == names
    assert api.post(PROCESSES, {**rule, "name": "too late"}, insertAfter=last)[0] == 400
    assert api.put(mine, rule, insertBefore=first)[0] == 400
    assert api.put(last, api.one(last)["value"], insertAfter="")[0] == 400
    assert [value["name"] for value in api.values(PROCESSES)] == names


def test_read_only_object_lets_its_modifiable_paths_change(api: Api) -> None:
    row = api.get("/objects", schemaIds=PROCESSES)["items"][0]
    assert api.put(row["objectId"], {**row["value"], "color": "other"})[0] == 200
    status, body = api.put(row["objectId"], {**row["value"], "name": "other"})
    assert (status, violations(body)) == (400, {"name": ["Name cannot be modified"]})


def test_put_replaces_the_whole_value(api: Api) -> None:
    object_id = api.create(NOTES, {"text": "x", "color": "#00ff00"})
    created = api.one(object_id)
    assert api.put(object_id, {"text": "y"}) == (200, {"code": 200, "objectId": object_id})
    one = api.one(object_id)
    assert one["value"] == {"text": "y"}
    assert one["created"] == created["created"]
    assert one["updateToken"] != created["updateToken"]


def test_put_update_token(api: Api) -> None:
    object_id = api.create(NOTES, {"text": "x"})
    token = api.one(object_id)["updateToken"]
    assert api.put(object_id, {"text": "y"}, updateToken=token)[0] == 200
    status, body = api.put(object_id, {"text": "z"}, updateToken=token)
    assert (status, body["code"], body["error"]["code"]) == (409, 409, 409)
    assert api.put(object_id, {"text": "z"}, {"validateOnly": "true"}, updateToken=token)[0] == 409
    assert api.one(object_id)["value"] == {"text": "y"}
    assert api.put(object_id, {"text": "z"})[0] == 200


def test_put_failures_are_single_answers(api: Api) -> None:
    status, body = api.put("nope", {"text": "x"})
    assert (status, body["code"], body["error"]) == (404, 404, {"code": 404, "message": "Settings not found"})
    object_id = api.create(NOTES, {"text": "x"})
    status, body = api.put(object_id, {"text": ""})
    assert status == 400
    assert violations(body) == {"text": ["must not be empty", "'' violates Size must be between 1 and 500"]}
    assert body["invalidValue"] == {"text": ""}
    assert api.put(object_id, None)[0] == 400
    assert api.put(object_id, "text")[0] == 400


def test_put_may_keep_its_own_unique_value(api: Api) -> None:
    first, second = api.create(TAGS, tag("a")), api.create(TAGS, tag("b"))
    assert api.put(first, tag("a", "changed"))[0] == 200
    assert api.put(second, tag("a"))[0] == 400
    assert api.put(first, tag("c"))[0] == 200
    assert api.put(second, tag("a"))[0] == 200


def test_never_modified_paths(api: Api) -> None:
    database = "builtin:sandbox.database"
    login = {"realm": "local", "user": "u", "password": "p"}
    value = {"address": "db1", "label": "x", "enabled": True, "login": login, "tables": []}
    object_id = api.create(database, value)
    paths = api.one(object_id)["resourceContext"]["modifications"]["nonModifiablePaths"]
    assert paths == ["address", "login/realm"]
    assert api.put(object_id, {**value, "label": "y"})[0] == 200
    status, body = api.put(object_id, {**value, "address": "db2", "login": {**login, "realm": "other"}})
    assert status == 400
    assert violations(body) == {
        "address": ["Address cannot be modified"],
        "login/realm": ["Realm cannot be modified"],
    }


def test_delete(api: Api) -> None:
    object_id = api.create(NOTES, {"text": "x"})
    token = api.one(object_id)["updateToken"]
    assert api.put(object_id, {"text": "y"})[0] == 200
    status, body = api.delete(object_id, updateToken=token)
    assert (status, body["code"]) == (409, 409)
    assert api.delete(object_id, updateToken=api.one(object_id)["updateToken"]) == (204, None)
    status, body = api.delete(object_id)
    assert (status, body["error"]["message"]) == (404, "Settings not found")


def test_delete_knows_no_validate_only(api: Api) -> None:
    object_id = api.create(NOTES, {"text": "x"})
    assert api.delete(object_id, validateOnly="true")[0] == 204
    assert api.values(NOTES) == []


@pytest.mark.parametrize("schema_id", ["builtin:sandbox.profile", "builtin:sandbox.zone-switch"])
def test_delete_refused(api: Api, schema_id: str) -> None:
    row = api.get("/objects", schemaIds=schema_id, fields="objectId,resourceContext")["items"][0]
    assert row["resourceContext"]["operations"] == ["read", "write"]
    status, body = api.delete(row["objectId"])
    assert (status, body["error"]["message"]) == (400, "Deletion of value(s) is not allowed")


def test_referenced_object_stays(api: Api) -> None:
    window = {"name": "w", "enabled": True, "timeZone": "UTC", "daily": {"start": "01:00:00", "end": "02:00:00"}}
    window_id = api.create(WINDOWS, window)
    plan = api.create(PLAN, {"updateMode": "WINDOWS", "targetVersion": "latest", "windows": [{"window": window_id}]})
    status, body = api.delete(window_id)
    assert status == 400
    assert body["error"]["constraintViolations"][0]["message"] == "The window is used by an update plan"
    assert api.put(plan, {"updateMode": "MANUAL"})[0] == 200
    assert api.delete(window_id)[0] == 204


def test_put_needs_to_read_and_to_write() -> None:
    tokens = {
        "dt0c01.W.S": ["settings.write"],
        "dt0c01.R.S": ["settings.read"],
        "dt0c01.B.S": ["settings.read", "settings.write"],
    }
    api = Api(tokens=tokens)
    expected = {"dt0c01.W.S": 403, "dt0c01.R.S": 403, "dt0c01.B.S": 200}
    api.token = "dt0c01.W.S"
    object_id = api.create(NOTES, {"text": "x"})
    for api.token, status in expected.items():
        assert api.put(object_id, {"text": "y"})[0] == status


def test_same_ids_after_a_reset(api: Api) -> None:
    first = api.create(NOTES, {"text": "x"})
    api.sandbox.reset()
    assert api.values(NOTES) == []
    assert api.create(NOTES, {"text": "y"}) == first
