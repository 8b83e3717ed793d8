# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.hub import Hub, HubOffer, is_added_already
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, PlatformToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport

from tests.support.server import Server, Step, reply

CLASSIC, PLATFORM = ApiToken("dt0c01.X.Y"), PlatformToken("dt0s16.X.Y")


def _offer(token: Any, step: Step) -> HubOffer | None:
    with Server(step) as server:
        return Hub(Client(server.url, token, Transport())).offer("com.example")


def test_releases_come_newest_first_without_those_that_were_withdrawn() -> None:
    releases = [{"version": "1.9.0"}, {"version": "2.0.0", "unpublished": True}, {"version": "1.10.0"}]
    details = {"recommendedCatalogVersion": "1.9.0", "releases": releases}
    assert _offer(CLASSIC, reply(200, {"extension2Details": details})) == HubOffer("1.9.0", ["1.10.0", "1.9.0"])


def test_the_platform_recommends_the_newest_that_fits() -> None:
    releases = [
        {"version": "1.9.0", "compatible": "COMPATIBLE"},
        {"version": "1.10.0", "compatible": "INCOMPATIBLE"},
        {"version": "2.0.0", "revocation": {"reason": "broken"}},
    ]
    assert _offer(PLATFORM, reply(200, {"releases": releases})) == HubOffer("1.9.0", ["1.10.0", "1.9.0"])
    assert _offer(PLATFORM, reply(200, {"releases": releases[1:]})) == HubOffer(None, ["1.10.0"])


@pytest.mark.parametrize("token", [CLASSIC, PLATFORM])
def test_an_extension_that_the_hub_does_not_know(token: Any) -> None:
    assert _offer(token, reply(404, {"error": {"code": 404, "message": "Item not found"}})) is None
    with pytest.raises(ApiError, match="401"):
        _offer(token, reply(401, {"error": {"code": 401, "message": "Token is missing"}}))


def test_an_installation_may_answer_without_a_version() -> None:
    with Server(reply(200, {"extensionName": "com.example", "extensionVersion": ""})) as server:
        Hub(Client(server.url, CLASSIC, Transport())).install("com.example", "1.0.0")
        (request,) = server.requests
    assert (request.method, request.query, request.body) == ("POST", {"version": ["1.0.0"]}, b"")


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, "Extension com.example has already been added to environment", True),
        (400, "Extension com.example requires Dynatrace version 9.0.0", False),
        (409, "Extension com.example has already been added to environment", False),
    ],
)
def test_what_is_there_already_is_told_by_its_words(status: int, message: str, expected: bool) -> None:
    with Server(reply(status, {"error": {"code": status, "message": message}})) as server:
        hub = Hub(Client(server.url, CLASSIC, Transport()))
        with pytest.raises(ApiError) as raised:
            hub.install("com.example", "1.0.0")
    assert is_added_already(raised.value) is expected
