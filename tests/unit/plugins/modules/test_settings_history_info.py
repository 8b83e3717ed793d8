# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_history_info against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox
from tests.support.under_test import ModuleUnderTest

HISTORY = "GET /v2/settings/history"
NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
REMOTE = "builtin:sandbox.remote-connection"
HOSTS = "builtin:sandbox.host-monitoring"
HOST = "HOST-0123456789ABCDEF"


CALLS = ModuleUnderTest("settings_history_info", returned="changes")
run, fail = CALLS.rows, CALLS.fail


def write(sandbox: RunningSandbox, **args: Any) -> str:
    """The id of the object; the list of requests is empty afterwards."""
    result = sandbox.run("settings_object", **args)
    assert not result.get("failed"), result["msg"]
    sandbox.clear()
    return str(result["object"]["object_id"]) if result["object"] else ""


def query(sandbox: RunningSandbox) -> dict[str, str]:
    found: dict[str, str] = sandbox.state.requests[-1]["query"]
    return found


def test_the_life_of_an_object(sandbox: RunningSandbox) -> None:
    note = {"schema_id": NOTE, "external_id": "n"}
    object_id = write(sandbox, **note, value={"text": "a"})
    write(sandbox, **note, value={"text": "b"})
    write(sandbox, **note, state="absent")
    found = run(sandbox, schema_ids=[NOTE])
    assert sandbox.sent == [HISTORY]
    assert [one["type"] for one in found] == ["DELETE", "UPDATE", "CREATE"]
    assert {one["objectId"] for one in found} == {object_id}
    deleted, updated, created = found
    assert (created["before"], created["after"]["text"], created["jsonPatch"]) == (None, "a", None)
    assert (updated["before"]["text"], updated["after"]["text"]) == ("a", "b")
    assert updated["jsonPatch"] == [{"op": "replace", "path": "/text", "value": "b"}]
    assert (deleted["before"]["text"], deleted["after"]) == ("b", None)
    assert updated["modificationInfo"]["lastModifiedBy"] == "dt0c01.SANDBOX"
    assert "jsonBefore" not in updated


@pytest.mark.parametrize("missing", ["absent", "null"])
def test_a_side_without_a_value_is_null(sandbox: RunningSandbox, missing: str) -> None:
    sandbox.variants(settings_history_missing_values=missing)
    write(sandbox, schema_id=NOTE, external_id="n", value={"text": "a"})
    (created,) = run(sandbox, schema_ids=[NOTE])
    assert (created["before"], created["jsonPatch"]) == (None, None)


def test_secrets_are_not_shown(sandbox: RunningSandbox) -> None:
    value = {"name": "r", "url": "https://r.example.com", "token": "hush-SECRET-hush"}
    write(sandbox, schema_id=REMOTE, value=value)
    assert "hush" not in json.dumps(run(sandbox, schema_ids=[REMOTE]))


def test_all_pages_and_a_limit(sandbox: RunningSandbox) -> None:
    rules = [{"key": f"r{number}", "value": {"name": f"r{number}"}} for number in range(1100)]
    assert not sandbox.run("settings_objects", schema_id=TAG, objects=rules).get("failed")
    sandbox.clear()
    assert len(run(sandbox, schema_ids=[TAG])) == 1102
    assert sandbox.sent == [HISTORY] * 3
    sandbox.clear()
    assert len(run(sandbox, schema_ids=[TAG], limit=501)) == 501
    assert sandbox.sent == [HISTORY] * 2
    sandbox.clear()
    assert len(run(sandbox, schema_ids=[TAG], limit=1)) == 1
    assert query(sandbox)["pageSize"] == "1"
    assert sandbox.sent == [HISTORY]


def test_the_scope_of_an_object_is_found_as_long_as_it_is_there(sandbox: RunningSandbox) -> None:
    object_id = write(sandbox, schema_id=HOSTS, scope=HOST, value={"enabled": False})
    assert [one["type"] for one in run(sandbox, object_id=object_id)] == ["CREATE"]
    assert sandbox.sent == [f"GET /v2/settings/objects/{object_id}", HISTORY]
    write(sandbox, schema_id=HOSTS, scope=HOST, state="absent")
    assert run(sandbox, object_id=object_id) == []
    sandbox.clear()
    assert [one["type"] for one in run(sandbox, object_id=object_id, scope=HOST)] == ["DELETE", "CREATE"]
    assert sandbox.sent == [HISTORY]


@pytest.mark.parametrize("answer", ["empty", 404])
def test_an_unknown_object_is_no_error(sandbox: RunningSandbox, answer: Any) -> None:
    sandbox.variants(settings_history_unknown_object=answer)
    assert run(sandbox, object_id="nope") == []


def test_time_frames(sandbox: RunningSandbox) -> None:
    write(sandbox, schema_id=NOTE, external_id="n", value={"text": "a"})
    assert run(sandbox, schema_ids=[NOTE], to="now-1h") == []
    assert len(run(sandbox, schema_ids=[NOTE], **{"from": "now-1h", "to": "2100-01-01"})) == 1
    assert query(sandbox)["filter"].endswith("modificationInfo.lastModifiedTime <= '2100-01-01T00:00:00.000Z'")


def test_the_api_s_own_language(sandbox: RunningSandbox) -> None:
    for text in ("a", "b"):
        write(sandbox, schema_id=NOTE, external_id=text, value={"text": text})
    oldest_first = run(sandbox, schema_ids=[NOTE], sort="modificationInfo.lastModifiedTime")
    assert [one["after"]["text"] for one in oldest_first] == ["a", "b"]
    one = oldest_first[0]["objectId"]
    assert len(run(sandbox, schema_ids=[NOTE], filter=f"objectId = '{one}'")) == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"from": "yesterday"}, "from is yesterday: give a date"),
        ({"from": "now", "to": "now-1d"}, "from is later than to"),
        ({"filter": "objectId = 'x'", "to": "now", "object_id": "x"}, "leave out object_id, to"),
        ({"limit": 0}, "limit must be at least 1"),
    ],
)
def test_what_cannot_be_right_is_an_error_before_anything_is_sent(
    sandbox: RunningSandbox, args: dict[str, Any], said: str
) -> None:
    assert said in fail(sandbox, **args)["msg"]
    assert sandbox.sent == []


def test_what_the_server_refuses(sandbox: RunningSandbox) -> None:
    assert "No schema with topic identifier" in fail(sandbox, schema_ids=["builtin:nope"])["msg"]
    sandbox.variants(settings_history_several_schemas="refuse")
    failed = fail(sandbox, schema_ids=[NOTE, HOSTS])
    assert failed["error"]["status"] == 400


def test_administrators(sandbox: RunningSandbox) -> None:
    run(sandbox, schema_ids=[NOTE], object_id="nope", admin_access=True)
    assert [one["query"]["adminAccess"] for one in sandbox.state.requests] == ["true", "true"]
