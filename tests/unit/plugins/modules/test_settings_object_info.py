# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object_info against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, reply
from tests.support.under_test import ModuleUnderTest

LIST = "GET /v2/settings/objects"
EFFECTIVE = "GET /v2/settings/effectiveValues"
TAG = "builtin:sandbox.tag-rule"
HOST = "builtin:sandbox.host-monitoring"
TICKETING = "app:sandbox.ticketing:connection"


CALLS = ModuleUnderTest("settings_object_info", returned="objects")
run, fail = CALLS.rows, CALLS.refusal


def test_the_objects_of_a_schema(sandbox: RunningSandbox) -> None:
    rows = run(sandbox, schema_ids=[TAG], scopes=["environment"])
    assert [row["value"]["name"] for row in rows] == ["Web servers", "Databases"]
    assert set(rows[0]) >= {"objectId", "schemaId", "schemaVersion", "scope", "updateToken", "author", "created"}
    assert sandbox.sent == [LIST]


def test_one_object(sandbox: RunningSandbox) -> None:
    object_id = run(sandbox, schema_ids=[TAG])[0]["objectId"]
    sandbox.clear()
    assert [row["objectId"] for row in run(sandbox, object_id=object_id)] == [object_id]
    assert sandbox.sent == [f"{LIST}/{object_id}"]
    assert run(sandbox, object_id="nope") == []


def test_external_ids_filter_and_sort(sandbox: RunningSandbox) -> None:
    assert [row["value"]["name"] for row in run(sandbox, schema_ids=[TAG], external_ids=["sandbox-databases"])] == [
        "Databases"
    ]
    assert len(run(sandbox, schema_ids=[TAG], filter="value.name starts-with 'Web'")) == 1
    by_name = run(sandbox, schema_ids=[TAG], sort="value.name")
    assert [row["value"]["name"] for row in by_name] == ["Databases", "Web servers"]


def test_effective_values(sandbox: RunningSandbox) -> None:
    scopes = ["environment", "HOST-0000000000000001"]
    rows = run(sandbox, schema_ids=[HOST], scopes=scopes, effective=True)
    assert [row["scope"] for row in rows] == scopes
    assert all("origin" in row and "objectId" not in row for row in rows)
    assert sandbox.sent == [EFFECTIVE, EFFECTIVE]
    assert run(sandbox, schema_ids=[HOST], effective=True)[0]["scope"] == "environment"


@pytest.mark.parametrize("effective", [False, True])
def test_many_schemas_are_split_over_requests(sandbox: RunningSandbox, effective: bool) -> None:
    """Their ids are too long for one address."""
    unknown = [f"builtin:{'x' * 40}.{number}" for number in range(100)]
    with Server(*[reply(200, {"items": [{"schemaId": str(number)}]}) for number in range(9)]) as server:
        rows = run(sandbox, environment_url=server.url, schema_ids=unknown, effective=effective)
    assert max(len(request.target) for request in server.requests) < 2000
    asked = [name for request in server.requests for name in request.query["schemaIds"][0].split(",")]
    assert sorted(asked) == sorted(unknown)
    assert len(rows) == len(server.requests) == 5


def test_all_schemas_at_once(sandbox: RunningSandbox) -> None:
    every = [schema.id for schema in sandbox.state.settings._catalog]
    alone = [row["objectId"] for name in every for row in run(sandbox, schema_ids=[name])]
    assert sorted(row["objectId"] for row in run(sandbox, schema_ids=every)) == sorted(alone)


def test_options_that_exclude_each_other(sandbox: RunningSandbox) -> None:
    assert "leave out schema_ids" in fail(sandbox, object_id="x", schema_ids=[TAG])
    assert sandbox.sent == []


def test_administrators(sandbox: RunningSandbox) -> None:
    run(sandbox, schema_ids=[TICKETING], admin_access=True)
    assert sandbox.state.requests[-1]["query"]["adminAccess"] == "true"


def test_an_unknown_schema(sandbox: RunningSandbox) -> None:
    assert "404" in fail(sandbox, schema_ids=["builtin:nope"])


@pytest.mark.parametrize("body", [None, [], {}, {"items": {}}, {"items": [1]}, {"items": [], "nextPageKey": []}])
def test_odd_answers(sandbox: RunningSandbox, body: Any) -> None:
    with Server(*[reply(200, body)] * 4) as server:
        assert f"GET {server.url}/api/v2/settings/objects" in fail(
            sandbox, environment_url=server.url, schema_ids=[TAG]
        )


@pytest.mark.parametrize("body", [None, [], "text"])
def test_an_object_that_is_none(sandbox: RunningSandbox, body: Any) -> None:
    """An empty answer does not mean that it is not there."""
    with Server(*[reply(200, body)] * 4) as server:
        assert "answered" in fail(sandbox, environment_url=server.url, object_id="a")
