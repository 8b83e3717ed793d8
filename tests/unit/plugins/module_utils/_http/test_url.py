# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import path_segment
from ansible_collections.community.dynatrace.plugins.module_utils._http.url import checked_https, resolve

PLATFORM = "/platform/classic/environment-api"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://abc12345.live.dynatrace.com", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.live.dynatrace.com/", "https://abc12345.live.dynatrace.com/api"),
        ("  https://abc12345.live.dynatrace.com\n", "https://abc12345.live.dynatrace.com/api"),
        ("https://ABC12345.Live.Dynatrace.com", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.live.dynatrace.com/api", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.live.dynatrace.com/api/v2/", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.live.dynatrace.com/api/v1", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.apps.dynatrace.com", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.apps.dynatrace.com/ui/apps/dynatrace.hub", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.apps.dynatrace.com" + PLATFORM + "/v2", "https://abc12345.live.dynatrace.com/api"),
        ("https://abc12345.dev.apps.dynatracelabs.com", "https://abc12345.dev.dynatracelabs.com/api"),
        ("https://abc12345.sprint.dynatracelabs.com", "https://abc12345.sprint.dynatracelabs.com/api"),
        ("https://abc12345.dev.apps.dynatracelabs.com:8443", "https://abc12345.dev.dynatracelabs.com:8443/api"),
        ("https://abc12345.apps.dynatrace.com:8443", "https://abc12345.live.dynatrace.com:8443/api"),
        ("https://dt.example.com/e/0a1b-2c", "https://dt.example.com/e/0a1b-2c/api"),
        ("https://dt.example.com/e/0a1b-2c/api/v2/", "https://dt.example.com/e/0a1b-2c/api"),
        ("https://ag.example.com:9999/e/0a1b-2c/", "https://ag.example.com:9999/e/0a1b-2c/api"),
        ("https://host.live.example.com/e/0a1b-2c", "https://host.live.example.com/e/0a1b-2c/api"),
        ("https://host.apps.example.com/e/0a1b-2c", "https://host.apps.example.com/e/0a1b-2c/api"),
        ("https://abc12345.live.dynatrace.com/#settings", "https://abc12345.live.dynatrace.com/api"),
        ("http://127.0.0.1:8470", "http://127.0.0.1:8470/api"),
        ("http://localhost:8470/e/abc", "http://localhost:8470/e/abc/api"),
        ("http://[::1]:8470", "http://[::1]:8470/api"),
        ("https://[2001:db8::1]/e/abc", "https://[2001:db8::1]/e/abc/api"),
    ],
)
def test_where_an_api_token_goes(given: str, base: str) -> None:
    urls = resolve(given, for_platform=False)
    assert urls.of("/v2/settings/objects") == f"{base}/v2/settings/objects"
    assert urls.of("/v1/deployment/x") == f"{base}/v1/deployment/x"


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://abc12345.live.dynatrace.com", "https://abc12345.apps.dynatrace.com"),
        ("https://abc12345.apps.dynatrace.com/", "https://abc12345.apps.dynatrace.com"),
        ("https://abc12345.live.dynatrace.com/api/v2", "https://abc12345.apps.dynatrace.com"),
        ("https://abc12345.dev.dynatracelabs.com", "https://abc12345.dev.apps.dynatracelabs.com"),
        ("https://abc12345.dev.apps.dynatracelabs.com", "https://abc12345.dev.apps.dynatracelabs.com"),
        ("http://127.0.0.1:8470", "http://127.0.0.1:8470"),
    ],
)
def test_where_a_platform_token_goes(given: str, base: str) -> None:
    assert resolve(given, for_platform=True).of("/v2/settings/objects") == f"{base}{PLATFORM}/v2/settings/objects"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "whole address"),
        ("abc12345.live.dynatrace.com", "whole address"),
        ("ftp://abc12345.live.dynatrace.com", "whole address"),
        ("https://", "whole address"),
        ("http://abc12345.live.dynatrace.com", "https://"),
        ("http://192.168.0.1", "https://"),
        ("http://127.0.0.1.example.com", "https://"),
        ("http://localhost.example.com", "https://"),
        ("https://abc12345.live.dynatrace.com/?api-token=hidden-one", "query"),
        ("https://me:hidden-one@abc12345.live.dynatrace.com", "user name"),
        ("https://hidden-one@abc12345.live.dynatrace.com", "user name"),
        ("https://me:hidden-one/x@abc12345.live.dynatrace.com", "not a valid address"),
        ("https://abc12345.live.dynatrace.com:99999", "not a valid address"),
        ("https://[::1", "not a valid address"),
        ("https://.live.dynatrace.com", "not a valid address"),
        ("https://" + "a" * 64 + ".live.dynatrace.com", "not a valid address"),
        ("https://abc12345.live.dynatrace.com/\x00", "a character that is not allowed in addresses"),
        ("https://abc\n12345.live.dynatrace.com", "a character that is not allowed in addresses"),
        ("https://abc12345.live.dynatrace.com/\ud800", "a character that is not allowed in addresses"),
        ("https://abc12345.live.dynatrace.com/e/a b", "a character that is not allowed in addresses"),
        ("https://dt.example.com/some/where", "/some/where"),
        ("https://dt.example.com/e/", "/e"),
        ("https://dt.example.com/e/abc/more", "/e/abc/more"),
    ],
)
def test_what_cannot_be_an_environment(given: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        resolve(given, for_platform=False)
    assert said in caught.value.msg
    assert "environment_url" in caught.value.msg
    assert "hidden-one" not in caught.value.msg


@pytest.mark.parametrize("given", ["https://dt.example.com/e/abc", "https://ag.example.com:9999/e/abc/api/v2"])
def test_a_platform_token_is_of_no_use_on_managed(given: str) -> None:
    with pytest.raises(InputError, match="give an api_token"):
        resolve(given, for_platform=True)


def test_the_token_address_is_checked_likewise() -> None:
    assert checked_https("oauth_token_url", "https://sso.example.com/token") == "https://sso.example.com/token"
    with pytest.raises(InputError, match="oauth_token_url must begin with https"):
        checked_https("oauth_token_url", "http://sso.example.com/token")


@pytest.mark.parametrize(
    ("given", "segment"),
    [("builtin:a/b", "builtin%3Aa%2Fb"), ("-123", "-123"), ("a b?c#d", "a%20b%3Fc%23d"), ("…", "%E2%80%A6")],
)
def test_a_segment_stays_one_segment(given: str, segment: str) -> None:
    assert path_segment(given) == segment


@pytest.mark.parametrize("given", ["a\x00b", "a\nb", "\x1b[31m", "a\x7f", "a\x85b", "a\ud800", "\udfff" * 5000])
def test_a_segment_that_no_name_or_id_has_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="cannot be printed") as caught:
        path_segment(given)
    assert caught.value.msg.isprintable()
    assert len(caught.value.msg) < 2500


@pytest.mark.parametrize("given", ["", ".", ".."])
def test_a_segment_that_would_name_another_resource_is_refused(given: str) -> None:
    with pytest.raises(InputError):
        path_segment(given)
