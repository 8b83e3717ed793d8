# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.platform import (
    at_platform,
    extensions_of,
)
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken, PlatformToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport

ROOT = "https://abc12345.apps.dynatrace.com/platform/extensions/v2/extensions"


@pytest.mark.parametrize(
    ("path", "params", "url", "asked"),
    [
        ("/v2/extensions", None, ROOT, {}),
        ("/v2/extensions", {"validateOnly": "true"}, ROOT + ":validate", {}),
        ("/v2/extensions/custom%3Ax", {"pageSize": 100}, ROOT + "/custom%3Ax", {"page-size": 100}),
        ("/v2/extensions/x/1.0.0", None, ROOT + "/x/1.0.0", {}),
        ("/v2/extensions/x/environmentConfiguration", None, ROOT + "/x/environment-configuration", {}),
        ("/v2/extensions/x/monitoringConfigurations/id", None, ROOT + "/x/monitoring-configurations/id", {}),
        # A name is a name.
        ("/v2/extensions/environmentConfiguration/1.0.0", None, ROOT + "/environmentConfiguration/1.0.0", {}),
    ],
)
def test_where_a_bearer_goes(path: str, params: Any, url: str, asked: dict[str, Any]) -> None:
    client = at_platform(Client("https://abc12345.live.dynatrace.com", PlatformToken("dt0s16.X.Y"), Transport()))
    assert client._address(path, params) == (url, asked)


def test_other_paths_stay_where_they_are() -> None:
    plain = Client("https://abc12345.live.dynatrace.com", PlatformToken("dt0s16.X.Y"), Transport())
    classic = "https://abc12345.apps.dynatrace.com/platform/classic/environment-api/v2"
    assert at_platform(plain).url("/v2/hub/items") == f"{classic}/hub/items"
    assert plain.url("/v2/extensions") == f"{classic}/extensions"


def test_api_tokens_stay_at_the_classic_api() -> None:
    classic = Client("https://abc12345.live.dynatrace.com", ApiToken("dt0c01.X.Y"), Transport())
    assert extensions_of(classic)._client is classic
    bearer = Client("https://abc12345.live.dynatrace.com", PlatformToken("dt0s16.X.Y"), Transport())
    assert extensions_of(bearer)._client.url("/v2/extensions") == ROOT
