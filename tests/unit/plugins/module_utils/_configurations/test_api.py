# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.api import (
    Configurations,
    ConfigurationStatus,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport

from tests.support.server import Server, Step, reply

ITEM = {"scope": "environment", "value": {"description": "x"}}
REFUSAL = {"error": {"code": 400, "message": "not today"}}


@contextmanager
def talking(*steps: Step) -> Iterator[tuple[Configurations, Server]]:
    with Server(*steps) as server:
        client = Client(server.url, ApiToken("dt0c01.X.Y"), Transport(retry_max_delay=0.01, retries=0))
        yield Configurations(client, "custom:x"), server
        client.close()


def test_each_accepted_one_has_its_id() -> None:
    rows = [{"objectId": "a", "code": 200}, REFUSAL, {"objectId": 7}]
    with talking(reply(207, rows)) as (api, server):
        first, second, third = api.create([ITEM] * 3)
    assert (first, third) == ("a", "7")
    assert isinstance(second, ApiError)
    assert (second.status, second.message) == (400, "not today")
    assert server.requests[0].json == [ITEM] * 3


def test_all_refused() -> None:
    with talking(reply(400, [REFUSAL, REFUSAL])) as (api, _server):
        assert [getattr(row, "message", None) for row in api.create([ITEM] * 2)] == ["not today"] * 2
    for body in ([REFUSAL], REFUSAL):
        with talking(reply(400, body)) as (api, _server), pytest.raises(ApiError):
            api.create([ITEM] * 2)


@pytest.mark.parametrize(
    "rows", [[], [{"objectId": "a"}] * 3, [{"objectId": "a"}, {}], [{"objectId": "a"}, {"code": []}]]
)
def test_an_answer_that_says_not_of_each_what_became_of_it_is_lost(rows: Any) -> None:
    with talking(reply(200, rows)) as (api, _server), pytest.raises(LostAnswerError, match="answered with"):
        api.create([ITEM] * 2)


def test_one_by_itself() -> None:
    with talking(reply(200, [{"objectId": "a"}]), reply(207, [REFUSAL])) as (api, _server):
        assert api.create_one(ITEM) == "a"
        with pytest.raises(ApiError, match="not today"):
            api.create_one(ITEM)


def test_one_that_is_gone() -> None:
    row = {"objectId": "a/b", "scope": "environment", "value": {}}
    with talking(reply(200, row), reply(404, REFUSAL), reply(200, {**row, "scope": 0})) as (api, server):
        found = api.one("a/b")
        assert found is not None
        assert (found.object_id, found.schema_id, found.scope) == ("a/b", "ext:custom:x", "environment")
        assert api.one("a") is None
    assert server.requests[0].target.endswith("/monitoringConfigurations/a%2Fb")


def test_filters() -> None:
    unknown = reply(404, REFUSAL)
    with talking(reply(200, {"items": []}), reply(200, {"items": []}), unknown, unknown) as (api, server):
        assert api.listed() == api.listed("1.0.0", active=False) == api.listed() == []
    assert [request.query for request in server.requests[:2]] == [
        {"pageSize": ["100"]},
        {"pageSize": ["100"], "version": ["1.0.0"], "active": ["false"]},
    ]


def test_a_schema_is_read_once() -> None:
    with talking(reply(200, {"properties": {"a": {"type": "text"}}}), reply(404, REFUSAL)) as (api, server):
        assert list(api.schema("1.0.0").properties) == ["version", "dtAttributes", "a"]
        api.schema("1.0.0")
        assert len(server.requests) == 1
        with pytest.raises(InputError, match="no extension custom:x in version 2"):
            api.schema("2.0.0")


@pytest.mark.parametrize("text", ["1774224000000", "2026-03-23T00:00:00.000Z", "2026-03-23T00:00:00"])
def test_statuses_of_the_platform(text: str) -> None:
    """Nobody says what the text of the time is."""
    rows = {"items": [{"configurationId": key, "status": "OK", "timestamp": text} for key in "ab"]}
    with talking(reply(200, rows)) as (api, _server):
        assert api.statuses(["a", "b"]) == {key: ConfigurationStatus("OK", 1774224000000) for key in "ab"}


@pytest.mark.parametrize("text", ["soon", "99999-01-01"])
def test_a_status_without_a_time(text: str) -> None:
    rows = [{"configurationId": key, "status": "OK", "timestamp": text} for key in "ab"]
    with talking(reply(200, rows)) as (api, _server), pytest.raises(TransportError):
        api.statuses(["a", "b"])


def test_statuses_of_new_and_old_servers() -> None:
    rows = [{"configurationId": key, "status": "OK", "timestamp": 5} for key in "abc"]
    with talking(reply(200, rows)) as (api, server):
        assert api.statuses(["a", "b"]) == {key: ConfigurationStatus("OK", 5) for key in "ab"}
    assert len(server.requests) == 1
    with talking(reply(404, REFUSAL), reply(200, {"status": "PENDING"}), reply(404, REFUSAL)) as (api, server):
        assert api.statuses(["a", "b"]) == {"a": ConfigurationStatus("PENDING", None)}
    with talking() as (api, server):
        assert api.statuses([]) == {}
    with talking(reply(200, {"status": {}})) as (api, server), pytest.raises(TransportError):
        api.statuses(["a"])
