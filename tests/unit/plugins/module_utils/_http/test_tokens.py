# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.tokens import checked_credential


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("api_token", "dt0c01.PUBLIC.HIDDEN"),
        ("api_token", " dt0c01.PUBLIC.HIDDEN\n"),
        ("platform_token", "dt0s16.PUBLIC.HIDDEN"),
        ("oauth_client_id", "dt0s02.PUBLIC"),
        ("oauth_client_secret", "dt0s02.PUBLIC.HIDDEN"),
        ("oauth_client_id", "dt0s08.PUBLIC"),
        # Without a prefix, or with one that nobody knows: the server may take it.
        ("api_token", "HIDDENHIDDENHIDDEN"),
        ("platform_token", "eyJhbGciOi.HIDDEN.X"),
        ("oauth_client_id", "my-client"),
        ("oauth_client_secret", "HIDDEN"),
        ("api_token", "dt0c02.PUBLIC.HIDDEN"),
        ("api_token", "dt0s99"),
    ],
)
def test_what_the_server_may_take(option: str, text: str) -> None:
    assert checked_credential(option, text) == text.strip()


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("api_token", "dt0s16.PUBLIC.HIDDEN", "dt0s16, so it is a platform token: give it as platform_token"),
        ("api_token", "dt0s02.PUBLIC.HIDDEN", "OAuth client: give the client's id as oauth_client_id"),
        ("api_token", "dt0s02.PUBLIC", "OAuth client"),
        ("api_token", "dt0s01.PUBLIC.HIDDEN", "so it is a SCIM token: create"),
        ("api_token", "dt0g02.PUBLIC.HIDDEN", "by which ActiveGates connect"),
        ("api_token", "dt0s06.PUBLIC.HIDDEN", "an OAuth refresh token"),
        ("platform_token", "dt0c01.PUBLIC.HIDDEN", "so it is an API token: give it as api_token"),
        ("platform_token", "dt0s02.PUBLIC.HIDDEN", "oauth_client_secret"),
        ("oauth_client_id", "dt0c01.PUBLIC.HIDDEN", "an API token: give it as api_token"),
        ("oauth_client_secret", "dt0s16.PUBLIC.HIDDEN", "give it as platform_token"),
        ("oauth_client_id", "dt0s02.PUBLIC.HIDDEN", "holds the client's secret"),
        ("oauth_client_secret", "dt0s02.PUBLIC", "oauth_client_secret has no secret part"),
        ("api_token", "dt0c01.PUBLIC", "api_token has no secret part"),
        ("api_token", "dt0c01.PUBLIC.", "no secret part"),
        ("platform_token", "dt0s16", "no secret part"),
        ("api_token", "Api-Token dt0c01.PUBLIC.HIDDEN", "give the token alone"),
        ("platform_token", "bearer dt0s16.PUBLIC.HIDDEN", "give the token alone"),
    ],
)
def test_what_is_of_another_kind_or_a_part(option: str, text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_credential(option, text)
    assert said in caught.value.msg
    assert option in caught.value.msg
    assert "PUBLIC" not in caught.value.msg
    assert "HIDDEN" not in caught.value.msg
