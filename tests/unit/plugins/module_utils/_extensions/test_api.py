# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each answer must hold, over real HTTP: a wrong shape is the collection's own error, and of a write a lost answer."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    LostAnswerError,
    StateError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import (
    PUT,
    Extensions,
    ListedExtension,
    StoredVersion,
    is_about_room,
    is_about_stored_version,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.hub import Hub, HubOffer
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, PlatformToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package
from ansible_collections.community.dynatrace.plugins.module_utils._text import version_key

from tests.support.server import Server, reply

NAME, VERSION = "custom:x", "1.0.0"
PACKAGE = Package("a.zip", io.BytesIO(b"zip"), NAME, VERSION, "", "", {})
ROW = {"extensionName": NAME, "version": VERSION, "fileHash": "abc", "dataSources": ["snmp"]}
READS: dict[str, Callable[[Extensions], Any]] = {
    "listed": lambda api: api.listed(None),
    "versions": lambda api: api.versions(NAME),
    "version": lambda api: api.version(NAME, VERSION),
    "schema_document": lambda api: api.schema_document(NAME, VERSION),
    "active_version": lambda api: api.active_version(NAME),
    "assets": lambda api: api.assets(NAME),
    "configurations": lambda api: api.configurations(NAME),
    "lists_configurations": lambda api: api.lists_configurations(NAME),
    "validate": lambda api: api.validate(PACKAGE),
    "download": lambda api: api.download(NAME, VERSION, io.BytesIO()),
}
WRITES: dict[str, Callable[[Extensions], Any]] = {
    "upload": lambda api: api.upload(PACKAGE),
    "delete": lambda api: api.delete(NAME, VERSION),
    "activate": lambda api: api.activate(NAME, VERSION, PUT),
    "deactivate": lambda api: api.deactivate(NAME),
}
WRONG = [None, [], "null", 3, [None], {"extensions": [None], "items": [None], "version": [], "extensionName": {}}]


def _api(url: str) -> Extensions:
    return Extensions(Client(url, ApiToken("dt0c01.X.Y"), Transport(retries=0, timeout=5)))


def _at_the_platform(url: str) -> Extensions:
    return Extensions(Client(url, PlatformToken("dt0s16.X.Y"), Transport(retries=0, timeout=5)))


@pytest.mark.parametrize("body", WRONG, ids=str)
@pytest.mark.parametrize("call", READS)
def test_a_wrong_answer_to_a_read_says_nothing(call: str, body: Any) -> None:
    """An empty one neither: it is never taken for something that is not there. Nobody knows what a schema must hold."""
    if call == "schema_document" and isinstance(body, dict):
        pytest.skip("any object may be a schema")
    with (
        Server(otherwise=reply(200, body)) as server,
        pytest.raises((TransportError, StateError)) as raised,
    ):
        READS[call](_api(server.url))
    assert "is the right address" in raised.value.msg or "answered with" in raised.value.msg or call == "download"


@pytest.mark.parametrize("body", WRONG, ids=str)
@pytest.mark.parametrize("call", WRITES)
def test_a_write_must_be_answered_by_what_it_made(call: str, body: Any) -> None:
    with Server(otherwise=reply(200, body)) as server, pytest.raises(LostAnswerError):
        WRITES[call](_api(server.url))


@pytest.mark.parametrize("call", ["deactivate", "validate"])
def test_at_the_platform_some_answers_are_empty(call: str) -> None:
    with Server(otherwise=reply(204)) as server:
        {**READS, **WRITES}[call](_at_the_platform(server.url))


@pytest.mark.parametrize("call", ["upload", "delete", "activate"])
def test_at_the_platform_too_most_writes_must_be_answered(call: str) -> None:
    with Server(otherwise=reply(200)) as server, pytest.raises(LostAnswerError):
        WRITES[call](_at_the_platform(server.url))


@pytest.mark.parametrize("call", ["version", "active_version", "assets", "download"])
def test_what_is_not_there(call: str) -> None:
    with Server(otherwise=reply(404)) as server:
        assert READS[call](_api(server.url)) is None
    no_environment = {"error": {"code": 404, "message": "failed to resolve tenant x"}}
    with Server(otherwise=reply(404, no_environment)) as server, pytest.raises(ApiError):
        READS[call](_api(server.url))


def test_what_is_read() -> None:
    configuration = {"objectId": "id", "scope": "environment", "value": {"version": VERSION, "description": "d"}}
    answers = [
        reply(200, ROW),
        reply(200, {"version": VERSION}),
        reply(200, {"extensions": [{**ROW, "version": "1.9.0"}, {**ROW, "version": "1.10.0"}]}),
        reply(200, {"items": [configuration, {"objectId": "other", "scope": "s", "value": {"version": "2.0.0"}}]}),
        reply(200, {"extensions": [{**ROW, "activeVersion": None, "keywords": ["k"]}]}),
    ]
    with Server(*answers) as server:
        api = _api(server.url)
        assert api.version(NAME, VERSION) == StoredVersion(NAME, VERSION, "abc", ("snmp",), ROW)
        assert api.active_version(NAME) == VERSION
        assert api.versions(NAME) == ["1.10.0", "1.9.0"]
        (used,) = api.configurations(NAME, VERSION)
        assert (used.id, used.scope, used.description, used.version) == ("id", "environment", "d", VERSION)
        assert "value" not in repr(used)
        assert api.listed("x") == [ListedExtension(NAME, VERSION, None, ("k",))]


def test_the_catalog_of_the_hub() -> None:
    releases = [{"version": "1.9.0"}, {"version": "1.10.0"}, {"version": "3.0.0", "unpublished": True}]
    details = {"recommendedCatalogVersion": "1.9.0", "releases": releases}
    client = Client("http://127.0.0.1:1", ApiToken("dt0c01.X.Y"), Transport(retries=0))
    for answer, expected in (
        (reply(200, {"extension2Details": details}), HubOffer("1.9.0", ["1.10.0", "1.9.0"])),
        (reply(404), None),
    ):
        with Server(answer) as server:
            client = Client(server.url, ApiToken("dt0c01.X.Y"), Transport(retries=0))
            assert Hub(client).offer(NAME) == expected
    with Server(otherwise=reply(200, {})) as server:
        hub = Hub(Client(server.url, ApiToken("dt0c01.X.Y"), Transport(retries=0)))
        with pytest.raises(TransportError, match="extension2Details"):
            hub.offer(NAME)
        for send in (hub.install, hub.update):
            with pytest.raises(LostAnswerError):
                send(NAME, VERSION)


def test_versions_are_ordered_by_number() -> None:
    versions = ["1.10.0", "1.9.9", "2.0.0-x", "2.0.0", "10.0.0", "1.\u00b2.0", f"1.{'9' * 5000}.0"]
    assert sorted(versions, key=version_key) == [
        "1.9.9",
        "1.10.0",
        f"1.{'9' * 5000}.0",
        "1.\u00b2.0",
        "2.0.0",
        "2.0.0-x",
        "10.0.0",
    ]


def _refused(status: int, message: str) -> ApiError:
    return ApiError(message, "POST", "u", status, message)


def test_what_a_refusal_is_about() -> None:
    assert is_about_room(_refused(400, "Extension versions quantity limit of 10 reached"))
    assert not is_about_room(_refused(409, "Extension versions quantity limit of 10 reached"))
    assert is_about_stored_version(_refused(400, "it already exists"))
    assert is_about_stored_version(_refused(409, "busy"))
    assert not is_about_stored_version(_refused(400, "Extension signature is not valid"))
    assert not is_about_stored_version(_refused(403, "already"))
