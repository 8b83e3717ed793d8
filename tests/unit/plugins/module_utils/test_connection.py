# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which client options make, and when two of them make the same. What a module says of wrong options: test_module.py."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _connection
from ansible_collections.community.dynatrace.plugins.module_utils._connection import (
    client_key,
    common_options,
    connected,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import whole
from ansible_collections.community.dynatrace.plugins.module_utils._version import VERSION

from tests.support.server import Server, reply

SECRETS = {"api_token": "HIDDEN", "platform_token": "HIDDEN", "oauth_client_secret": "HIDDEN"}


def params(**options: Any) -> dict[str, Any]:
    """As validated, with all defaults."""
    defaults = {name: rules.get("default") for name, rules in common_options().items()}
    return {**defaults, "environment_url": "http://127.0.0.1:1", "api_token": "dt0c01.A.B", **options}


@pytest.mark.parametrize(
    "options",
    [
        {"environment_url": "http://127.0.0.1:2"},
        {"api_token": "dt0c01.A.C"},
        {"api_token": None, "platform_token": "dt0c01.A.B"},
        {"oauth_client_id": "id"},
        {"oauth_client_secret": "HIDDEN"},
        {"oauth_token_url": "https://sso.example.com"},
        {"oauth_scopes": ["a"]},
        {"oauth_resource": "urn:a"},
        {"validate_certs": False},
        {"ca_path": "/a"},
        {"client_cert": "/a"},
        {"client_key": "/a"},
        {"timeout": 61},
        {"retries": 6},
        {"retry_max_delay": 61},
        {"parallel": 4},
    ],
    ids=lambda options: next(iter(options)),
)
def test_another_option_is_another_client(options: dict[str, Any]) -> None:
    assert client_key(params(**options), {}) != client_key(params(), {})
    assert client_key(params(**options), {}) == client_key(params(**options), {})


def test_all_common_options_count() -> None:
    for name in common_options():
        assert client_key(params(**{name: "x"}), {}) != client_key(params(), {})


@pytest.mark.parametrize(
    "name",
    [
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC", "HOME"),
        *("DYNATRACE_API_TOKEN", "DT_API_TOKEN", "DYNATRACE_PLATFORM_TOKEN", "DT_PLATFORM_TOKEN"),
        *("DYNATRACE_CLIENT_ID", "DT_CLIENT_ID", "DYNATRACE_CLIENT_SECRET", "DT_CLIENT_SECRET"),
    ],
)
def test_another_variable_is_another_client(name: str) -> None:
    keys = [client_key(params(), environ) for environ in ({}, {name: ""}, {name: "HIDDEN"}, {name: "other"})]
    assert len(set(keys)) == 4


def test_other_scopes_or_another_process_are_another_client(monkeypatch: pytest.MonkeyPatch) -> None:
    key = client_key(params(), {}, ["a", "b"])
    assert client_key(params(), {}, ["b", "a"]) == key
    assert client_key(params(), {}, ["a"]) != key
    monkeypatch.setattr(os, "getpid", lambda: 1)
    assert client_key(params(), {}, ["a", "b"]) != key


def test_what_makes_no_client_different_is_not_in_the_key() -> None:
    assert client_key(params(value={"a": 1}), {"PATH": "/x"}) == client_key(params(value={"a": 2}), {})


def test_a_key_holds_no_secret_and_cannot_be_compared_with_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    key = client_key(params(**SECRETS), {"https_proxy": "http://me:HIDDEN@proxy", "DT_API_TOKEN": "HIDDEN"})
    assert "HIDDEN" not in repr(key)
    hash(key)
    monkeypatch.setattr(_connection, "_SALT", b"of another process")
    assert client_key(params(**SECRETS), {"https_proxy": "http://me:HIDDEN@proxy", "DT_API_TOKEN": "HIDDEN"}) != key


def test_a_key_of_odd_values() -> None:
    hash(client_key(params(api_token="\ud800", timeout=float("nan")), {"HOME": "\udcff"}))


def test_a_client_as_the_options_say(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    with Server(reply(200, {"a": 1})) as server:
        client = connected(params(environment_url=server.url, api_token=" T "), ["a"], seen.append, "2.19")
        assert client.get("/v2/x", None, whole) == {"a": 1}
        client.close()
    [request] = server.requests
    assert request.headers["authorization"] == "Api-Token T"
    assert request.headers["user-agent"] == f"community.dynatrace/{VERSION} ansible/2.19"
    assert seen == [" T ", "T"]
    assert client.retries == 5


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("timeout", 0.001, 1e6), ("retries", 0, 1e6), ("retry_max_delay", 0, 1e6), ("parallel", 1, 32)],
)
def test_the_limits_of_numbers(name: str, least: float, most: float) -> None:
    for value in (least, most):
        connected(params(**{name: value}), [], lambda secret: None, "2.19").close()
    for value in (least - 0.001, most + 1, float("nan")):
        with pytest.raises(InputError, match=f"{name} must be from {least:g} to {most:.0f}"):
            connected(params(**{name: value}), [], lambda secret: None, "2.19")
