# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.platform import (
    at_its_api,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, PlatformToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport

from tests.support.server import Server, reply

ROOT = "https://abc12345.apps.dynatrace.com/platform/extensions/v2/extensions"


FIELDS = "activeVersion,keywords"
ASSETS = "assets,status,errors"


@pytest.mark.parametrize(
    ("path", "params", "url", "asked"),
    [
        ("/v2/extensions", None, ROOT, {}),
        ("/v2/extensions", {"validateOnly": "true"}, ROOT + ":validate", {}),
        ("/v2/extensions/info", {"pageSize": 100, "name": None}, ROOT, {"page-size": 100, "add-fields": FIELDS}),
        ("/v2/extensions/info", {"name": "o'x\\"}, ROOT, {"filter": "name contains 'o\\'x\\\\'", "add-fields": FIELDS}),
        # Beside a page key nothing else may stand.
        ("/v2/extensions/info", {"page-key": "k"}, ROOT, {"page-key": "k"}),
        ("/v2/extensions/custom%3Ax", {"pageSize": 100}, ROOT + "/custom%3Ax", {"page-size": 100}),
        ("/v2/extensions/custom%3Ax", {"version": "1.0.0"}, ROOT + "/custom%3Ax", {"version": "1.0.0"}),
        ("/v2/extensions/x/1.0.0", None, ROOT + "/x/1.0.0", {}),
        ("/v2/extensions/x/1.0.0/schema", None, ROOT + "/x/1.0.0/schema", {}),
        ("/v2/extensions/x/environmentConfiguration", None, ROOT + "/x/environment-configuration", {}),
        (
            "/v2/extensions/x/environmentConfiguration/assets",
            None,
            ROOT + "/x/environment-configuration",
            {"add-fields": ASSETS},
        ),
        (
            "/v2/extensions/x/monitoringConfigurations",
            {"pageSize": 100, "version": "1.0.0", "active": False},
            ROOT + "/x/monitoring-configurations",
            {"page-size": 100, "filter": "version = '1.0.0' and active = false"},
        ),
        ("/v2/extensions/x/monitoringConfigurations/id", None, ROOT + "/x/monitoring-configurations/id", {}),
        (
            "/v2/extensions/x/monitoringConfigurations/id/status",
            None,
            ROOT + "/x/monitoring-configurations/id/status",
            {},
        ),
        ("/v2/extensions/x/monitoringConfigurations/status", None, ROOT + "/x/monitoring-configurations/statuses", {}),
        # A name is a name.
        ("/v2/extensions/environmentConfiguration/1.0.0", None, ROOT + "/environmentConfiguration/1.0.0", {}),
    ],
)
def test_where_a_bearer_goes(path: str, params: Any, url: str, asked: dict[str, Any]) -> None:
    client = at_its_api(Client("https://abc12345.live.dynatrace.com", PlatformToken("dt0s16.X.Y"), Transport()))
    assert client._address(path, params) == (url, asked)


def test_other_paths_stay_where_they_are() -> None:
    plain = Client("https://abc12345.live.dynatrace.com", PlatformToken("dt0s16.X.Y"), Transport())
    classic = "https://abc12345.apps.dynatrace.com/platform/classic/environment-api/v2"
    assert at_its_api(plain).url("/v2/hub/items") == f"{classic}/hub/items"
    assert plain.url("/v2/extensions") == f"{classic}/extensions"


def test_api_tokens_stay_at_the_classic_api() -> None:
    classic = Client("https://abc12345.live.dynatrace.com", ApiToken("dt0c01.X.Y"), Transport())
    assert at_its_api(classic) is classic


@pytest.mark.parametrize("refusing", [False, True])
def test_both_names_of_the_page_key(refusing: bool) -> None:
    """A server that refuses one beside the other gets the one of the description."""
    first = reply(200, {"items": [{"n": 1}], "nextPageKey": "k"})
    refused = [reply(400, {"error": {"code": 400, "message": "no"}})] if refusing else []
    with Server(first, *refused, reply(200, {"items": [{"n": 2}]})) as server:
        client = at_its_api(Client(server.url, PlatformToken("dt0s16.X.Y"), Transport()))
        rows = client.pages("/v2/extensions/info", {"pageSize": 1}, "extensions", lambda row: row.number("n"))
        assert list(rows) == [1, 2]
        queries = [request.target.partition("?")[2] for request in server.requests]
    assert queries[1] == "page-key=k&next-page-key=k"
    assert queries[2:] == (["page-key=k"] if refusing else [])
