# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_info import read

from .room import Memory, absence, task

LIST, EFFECTIVE = "GET /v2/settings/objects", "GET /v2/settings/effectiveValues"
NOTHING = {
    "object_id": None,
    "schema_ids": None,
    "scopes": None,
    "external_ids": None,
    "filter": None,
    "sort": None,
    "effective": False,
    "admin_access": False,
}
LONG = [f"builtin:{'x' * 400}.{number}" for number in range(4)]


def rows(client: Memory, **options: Any) -> Any:
    return read(task(client, {**NOTHING, **options})[0]).things["objects"]


def test_one_object() -> None:
    client = Memory(**{f"{LIST}/o": {"objectId": "o"}, f"{LIST}/nobody": absence()})
    assert rows(client, object_id="o") == [{"objectId": "o"}]
    assert rows(client, object_id="nobody") == []


def test_only_what_was_given_is_asked_for() -> None:
    client = Memory(**{LIST: [{"objectId": "o"}]})
    assert rows(client, schema_ids=["s", "t"], external_ids=["e"], admin_access=True) == [{"objectId": "o"}]
    ((_request, params),) = client.requests
    assert {name: params[name] for name in params if name not in ("fields", "pageSize")} == {
        "schemaIds": "s,t",
        "externalIds": "e",
        "adminAccess": "true",
    }


def test_several_requests_for_long_names() -> None:
    client = Memory(**{LIST: [{"objectId": "o"}]})
    assert len(rows(client, schema_ids=LONG)) == len(client.requests) == 2
    assert rows(Memory(**{LIST: []}), schema_ids=LONG[:1], sort="x") == []


def test_effective_values_say_where_they_are_in_force() -> None:
    client = Memory(**{EFFECTIVE: [{"origin": "x"}]})
    assert rows(client, schema_ids=["s"], effective=True) == [{"origin": "x", "scope": "environment"}]
    assert [row["scope"] for row in rows(client, schema_ids=["s"], scopes=["a", "b"], effective=True)] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "give object_id, schema_ids or scopes"),
        ({"object_id": "o", "filter": "x"}, "object_id names one object: leave out filter"),
        ({"object_id": "o", "effective": True}, "leave out effective"),
        ({"effective": True}, "effective values need schema_ids"),
        ({"effective": True, "schema_ids": ["s"], "sort": "x"}, "leave out sort: effective values can be neither"),
        ({"schema_ids": LONG, "sort": "x"}, "give fewer of them"),
    ],
)
def test_what_cannot_go_together(options: dict[str, Any], said: str) -> None:
    client = Memory()
    with pytest.raises(InputError, match=said):
        rows(client, **options)
    assert client.requests == []
