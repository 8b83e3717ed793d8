# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_schema_info against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, reply
from tests.support.under_test import ModuleUnderTest

SCHEMAS = "GET /v2/settings/schemas"
AUDIT = "builtin:sandbox.audit"
TAG = "builtin:sandbox.tag-rule"


CALLS = ModuleUnderTest("settings_schema_info", returned="schemas")
run, fail = CALLS.rows, CALLS.refusal


def test_all_of_them(sandbox: RunningSandbox) -> None:
    rows = run(sandbox)
    assert {row["schemaId"] for row in rows} == {schema.id for schema in sandbox.state.settings._catalog}
    assert set(rows[0]) >= {"displayName", "latestSchemaVersion", "multiObject"}
    assert sandbox.sent == [SCHEMAS]


def test_one_document(sandbox: RunningSandbox) -> None:
    assert run(sandbox, schema_id=TAG) == [sandbox.state.settings._catalog.latest(TAG).document]
    assert sandbox.sent == [f"{SCHEMAS}/{TAG}"]


def test_a_version(sandbox: RunningSandbox) -> None:
    assert [row["version"] for row in run(sandbox, schema_id=AUDIT, schema_version="1.0")] == ["1.0"]
    assert run(sandbox, schema_id=AUDIT, schema_version="99") == []


def test_an_unknown_one(sandbox: RunningSandbox) -> None:
    assert run(sandbox, schema_id="builtin:nope") == []


def test_a_version_of_nothing(sandbox: RunningSandbox) -> None:
    assert "give schema_id as well" in fail(sandbox, schema_version="1")
    assert sandbox.sent == []


@pytest.mark.parametrize(
    ("args", "body"),
    [({}, None), ({}, []), ({}, {"items": [1]}), ({}, {}), ({"schema_id": TAG}, None), ({"schema_id": TAG}, [])],
)
def test_odd_answers(sandbox: RunningSandbox, args: dict[str, Any], body: Any) -> None:
    with Server(*[reply(200, body)] * 4) as server:
        assert f"GET {server.url}/api/v2/settings/schemas" in fail(sandbox, environment_url=server.url, **args)
