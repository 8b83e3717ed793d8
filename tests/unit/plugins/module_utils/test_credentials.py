# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._credentials import authentication, credentials
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, OAuth, PlatformToken

OAUTH = {"oauth_client_id": "id", "oauth_client_secret": "HIDDEN"}
OAUTH_VARIABLES = {"DYNATRACE_CLIENT_ID": "id", "DYNATRACE_CLIENT_SECRET": "HIDDEN"}


@pytest.mark.parametrize(
    ("params", "environ", "chosen"),
    [
        ({"api_token": "T"}, {}, {"api_token": "T"}),
        ({"platform_token": "T"}, {}, {"platform_token": "T"}),
        (OAUTH, {}, OAUTH),
        ({}, {"DYNATRACE_API_TOKEN": "T"}, {"api_token": "T"}),
        ({}, {"DT_API_TOKEN": "T"}, {"api_token": "T"}),
        ({}, {"DYNATRACE_API_TOKEN": "T", "DT_API_TOKEN": "other"}, {"api_token": "T"}),
        ({}, {"DYNATRACE_API_TOKEN": "", "DT_API_TOKEN": "T"}, {"api_token": "T"}),
        ({}, {"DYNATRACE_PLATFORM_TOKEN": "T"}, {"platform_token": "T"}),
        ({}, {"DT_PLATFORM_TOKEN": "T"}, {"platform_token": "T"}),
        ({}, OAUTH_VARIABLES, OAUTH),
        ({}, {"DT_CLIENT_ID": "id", "DT_CLIENT_SECRET": "HIDDEN"}, OAUTH),
        ({}, {"DYNATRACE_CLIENT_ID": "id", "DT_CLIENT_SECRET": "HIDDEN"}, OAUTH),
        # An option hides all variables, also those of other ways and the other half of a pair.
        ({"api_token": "T"}, {**OAUTH_VARIABLES, "DYNATRACE_PLATFORM_TOKEN": "other"}, {"api_token": "T"}),
        ({"platform_token": "T"}, {"DYNATRACE_API_TOKEN": "other"}, {"platform_token": "T"}),
        # An empty or blank text is unset: AWX injects the fields that nobody filled in.
        ({"api_token": "T", "platform_token": "", "oauth_client_id": ""}, {}, {"api_token": "T"}),
        ({"api_token": " ", "platform_token": "T"}, {}, {"platform_token": "T"}),
        ({}, {"DYNATRACE_API_TOKEN": "\n", "DT_API_TOKEN": "T"}, {"api_token": "T"}),
        ({"api_token": "", "platform_token": None}, {"DT_API_TOKEN": "T", "DT_CLIENT_ID": ""}, {"api_token": "T"}),
    ],
)
def test_the_one_way(params: dict[str, Any], environ: dict[str, str], chosen: dict[str, str]) -> None:
    assert credentials(params, environ) == chosen


@pytest.mark.parametrize(
    ("params", "environ", "said"),
    [
        ({}, {}, "no credentials: give api_token"),
        ({"api_token": ""}, {"DYNATRACE_API_TOKEN": ""}, "no credentials"),
        ({"api_token": "HIDDEN", "platform_token": "HIDDEN"}, {}, "option api_token and option platform_token"),
        (
            {"api_token": "HIDDEN", **OAUTH},
            {},
            "option api_token and option oauth_client_id and option oauth_client_secret",
        ),
        ({"api_token": "HIDDEN", "oauth_client_id": "id"}, {}, "option api_token and option oauth_client_id."),
        (
            {},
            {"DT_API_TOKEN": "HIDDEN", "DYNATRACE_PLATFORM_TOKEN": "HIDDEN"},
            "environment variable DT_API_TOKEN and environment variable DYNATRACE_PLATFORM_TOKEN",
        ),
        ({"oauth_client_id": "id"}, {}, "option oauth_client_secret is missing"),
        ({"oauth_client_secret": "HIDDEN"}, {}, "option oauth_client_id is missing"),
        ({"oauth_client_id": "id"}, OAUTH_VARIABLES, "option oauth_client_secret is missing"),
        ({}, {"DT_CLIENT_ID": "id"}, "environment variable DYNATRACE_CLIENT_SECRET or DT_CLIENT_SECRET is missing"),
    ],
)
def test_no_way_or_too_many(params: dict[str, Any], environ: dict[str, str], said: str) -> None:
    with pytest.raises(InputError) as caught:
        credentials(params, environ)
    assert said in caught.value.msg
    assert "HIDDEN" not in caught.value.msg


@pytest.mark.parametrize(
    ("chosen", "kind", "for_platform"),
    [({"api_token": "T"}, ApiToken, False), ({"platform_token": "T"}, PlatformToken, True), (OAUTH, OAuth, True)],
)
def test_what_is_made_of_it(chosen: dict[str, str], kind: type, for_platform: bool) -> None:
    made = authentication(chosen, {}, ["a"], lambda token: None)
    assert isinstance(made, kind)
    assert made.for_platform is for_platform


@pytest.mark.parametrize(("given", "scope"), [(None, "a b"), ([], "a b"), (["c"], "c")])
def test_the_scopes_that_oauth_asks_for(given: list[str] | None, scope: str) -> None:
    asked = []
    made = authentication(OAUTH, {"oauth_scopes": given, "oauth_resource": "urn:x"}, ["a", "b"], lambda token: None)
    made.prepare(lambda url, form: asked.append((url, form)) or {"access_token": "T"})  # type: ignore[func-returns-value]
    [(url, form)] = asked
    assert url == "https://sso.dynatrace.com/sso/oauth2/token"
    assert (form["scope"], form["resource"]) == (scope, "urn:x")


@pytest.mark.parametrize("url", ["http://sso.example.com/token", "https://me:HIDDEN@sso.example.com/token"])
def test_a_token_address_to_which_no_secret_goes(url: str) -> None:
    with pytest.raises(InputError, match="oauth_token_url must") as caught:
        authentication(OAUTH, {"oauth_token_url": url}, [], lambda token: None)
    assert "HIDDEN" not in caught.value.msg
