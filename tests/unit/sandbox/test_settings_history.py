# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of settings: what is recorded, and how it is asked for."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from tests.sandbox.settings.history import patch, read_filter

from .settings_api import HOST, Api

NOTE = "builtin:sandbox.note"
HEADER = "builtin:sandbox.header-rule"
REMOTE = "builtin:sandbox.remote-connection"
HOSTS = "builtin:sandbox.host-monitoring"
ALL = "revision,jsonPatch,jsonBefore,jsonAfter,objectId,type,schemaId,schemaVersion,schemaDisplayName,modificationInfo,summary,source"
TIME = "modificationInfo.lastModifiedTime"


@pytest.fixture
def api() -> Api:
    return Api()


def items(api: Api, schema_id: str = NOTE, **query: str) -> list[Any]:
    found: list[Any] = api.get("/history", schemaId=schema_id, **{"scope": "environment", "fields": ALL, **query})[
        "items"
    ]
    return found


def iso(**delta: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def test_a_life_newest_first(api: Api) -> None:
    object_id = api.create(NOTE, {"text": "a"})
    api.put(object_id, {"text": "b", "color": "#ff0000"})
    api.put(object_id, {"text": "b", "color": "#ff0000"})
    api.delete(object_id)
    found = items(api)
    assert [one["type"] for one in found] == ["DELETE", "NO_CHANGE", "UPDATE", "CREATE"]
    deleted, dummy, updated, created = found
    assert "jsonBefore" not in created
    assert "jsonAfter" not in deleted
    assert json.loads(created["jsonAfter"]) == json.loads(updated["jsonBefore"])
    assert json.loads(updated["jsonAfter"]) == json.loads(deleted["jsonBefore"])
    assert {"op": "replace", "path": "/text", "value": "b"} in updated["jsonPatch"]
    assert {one["objectId"] for one in found} == {object_id}
    assert {one["modificationInfo"]["lastModifiedBy"] for one in found} == {"dt0c01.PUBLIC"}
    assert len({one["revision"] for one in found}) == 4
    assert updated["schemaDisplayName"] == "Notes"
    api.vary(settings_history_missing_values="null")
    assert items(api)[0]["jsonAfter"] is None
    api.vary(settings_history_token="beside")
    info = items(api)[0]["modificationInfo"]
    assert info["lastModifiedToken"] == "dt0c01.PUBLIC"
    assert info["lastModifiedBy"] not in ("dt0c01.PUBLIC", "system")


def test_validation_leaves_no_trace(api: Api) -> None:
    object_id = api.create(NOTE, {"text": "a"})
    api.call(
        "POST", "/objects", [{"schemaId": NOTE, "scope": "environment", "value": {"text": "b"}}], validateOnly="true"
    )
    api.put(object_id, {"text": "b"}, {"validateOnly": "true"})
    assert len(items(api)) == 1


def test_a_move_is_a_reorder(api: Api) -> None:
    first, second = (row["objectId"] for row in api.get("/objects", schemaIds=HEADER)["items"])
    value = api.one(second)["value"]
    api.put(second, value, insertBefore=first)
    assert items(api, HEADER)[0]["type"] == "REORDER"
    api.put(second, value, insertBefore=first)
    assert items(api, HEADER)[0]["type"] == "NO_CHANGE"


def test_secrets_are_masked(api: Api) -> None:
    value = {"name": "r", "url": "https://r.example.com", "token": "hush-hush-1", "scope": "EXTERNAL"}
    object_id = api.create(REMOTE, value)
    api.put(object_id, {**value, "token": "hush-hush-2"})
    assert "hush" not in json.dumps(items(api, REMOTE))


def test_what_is_there_from_the_start(api: Api) -> None:
    found = items(api, HEADER)
    assert [one["type"] for one in found] == ["CREATE", "CREATE"]
    assert found[0]["modificationInfo"]["lastModifiedReason"] == "default settings creation"


def test_default_fields_and_times(api: Api) -> None:
    api.create(NOTE, {"text": "a"})
    body = api.get("/history", schemaId=NOTE, scope="environment")
    assert [set(one) for one in body["items"]] == [{"revision", "modificationInfo"}]
    assert set(body) == {"items", "pageSize", "startTime", "endTime"}
    start, end = (datetime.fromisoformat(body[name].replace("Z", "+00:00")) for name in ("startTime", "endTime"))
    assert end - start == timedelta(weeks=2)


def test_scope_is_required_and_exact(api: Api) -> None:
    api.create(HOSTS, {"enabled": False}, HOST)
    assert api.call("GET", "/history", schemaId=HOSTS)[0] == 400
    assert api.call("GET", "/history", scope="nonsense")[0] == 400
    assert [one["type"] for one in items(api, HOSTS, scope=HOST)] == ["CREATE"]
    assert len(items(api, HOSTS)) == 1


def test_schemas(api: Api) -> None:
    assert api.call("GET", "/history", scope="environment", schemaId="builtin:nope")[0] == 404
    assert len(items(api, f"{HEADER},{HOSTS}")) == 3
    assert len(api.get("/history", scope="environment")["items"]) > 5
    api.vary(settings_history_several_schemas="refuse")
    assert api.call("GET", "/history", scope="environment", schemaId=f"{HEADER},{HOSTS}")[0] == 400


def test_pages(api: Api) -> None:
    api.post(NOTE, *({"text": f"note {number}"} for number in range(5)))
    body = api.get("/history", schemaId=NOTE, scope="environment", fields="summary", pageSize="2")
    seen = [one["summary"] for one in body["items"]]
    while "nextPageKey" in body:
        body = api.get("/history", nextPageKey=body["nextPageKey"])
        seen += [one["summary"] for one in body["items"]]
    assert len(seen) == len(set(seen)) == 5
    assert api.call("GET", "/history", scope="environment", pageSize="501")[0] == 400


def test_sort(api: Api) -> None:
    api.post(NOTE, {"text": "a"}, {"text": "b"})
    ascending = [json.loads(one["jsonAfter"])["text"] for one in items(api, sort=TIME)]
    assert ascending == ["a", "b"]
    assert [json.loads(one["jsonAfter"])["text"] for one in items(api, sort=f"-{TIME}")] == ["b", "a"]
    assert api.call("GET", "/history", scope="environment", sort="type")[0] == 400


def test_filter(api: Api) -> None:
    one, two = api.create(NOTE, {"text": "a"}), api.create(NOTE, {"text": "b"})
    assert [row["objectId"] for row in items(api, filter=f"objectId = '{two}'")] == [two]
    assert len(items(api, filter=f"{TIME} >= '{iso(minutes=-1)}' and {TIME} <= '{iso(minutes=1)}'")) == 2
    assert items(api, filter=f"{TIME} > '{iso(minutes=1)}'") == []
    assert items(api, filter=f"objectId = '{one}' and {TIME} < '{iso(minutes=-1)}'") == []
    assert items(api, filter="objectId = 'nope'") == []
    api.vary(settings_history_unknown_object=404)
    assert api.call("GET", "/history", scope="environment", filter="objectId = 'nope'")[0] == 404


@pytest.mark.parametrize(
    "text",
    [
        "type = 'CREATE'",
        "objectId = 'a' or objectId = 'b'",
        "objectId contains 'a'",
        "objectId =",
        f"{TIME} > 'yesterday'",
        f"{TIME} > '2026-01-01T00:00:00'",
        f"{TIME} > '0001-01-01T00:00:00+23:59'",
        f"{TIME} contains '2026'",
        "objectId = 'a' and",
    ],
)
def test_filters_that_are_refused(api: Api, text: str) -> None:
    assert api.call("GET", "/history", scope="environment", filter=text)[0] == 400


def test_an_open_time_frame_is_completed() -> None:
    day, now = 86_400_000, 1_800_000_000_000
    assert (read_filter("", now).start, read_filter("", now).end) == (now - 14 * day, now)
    by_id = read_filter("objectId = 'x'", now)
    assert (by_id.object_id, by_id.start, by_id.end) == ("x", now - 365 * day, now)
    until = read_filter(f"{TIME} < '2026-01-01T00:00:00.000Z'", now)
    assert (until.start, until.end) == (now - 365 * day, 1_767_225_600_000)


def test_patch() -> None:
    before = {"a": 1, "b": {"c": [1], "d/e": 2}, "gone": True}
    after = {"a": 1, "b": {"c": [1, 2], "d/e": 3}, "new": None}
    assert list(patch(before, after)) == [
        {"op": "remove", "path": "/gone"},
        {"op": "replace", "path": "/b/c", "value": [1, 2]},
        {"op": "replace", "path": "/b/d~1e", "value": 3},
        {"op": "add", "path": "/new", "value": None},
    ]
