# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._request.endpoint import accepted, endpoint


@pytest.mark.parametrize(
    ("path", "given", "sent"),
    [
        ("/api/v2/slo", "/api/v2/slo", "/v2/slo"),
        (" api/v1/x ", "/api/v1/x", "/v1/x"),
        ("/api/config/v1/x/", "/api/config/v1/x/", "/config/v1/x/"),
        ("/platform/classic/environment-api/v2/slo", "/platform/classic/environment-api/v2/slo", "/v2/slo"),
        ("/platform/automation/v1/x", "/platform/automation/v1/x", "/platform/automation/v1/x"),
        ("/api/v2/a%2Fb:c", "/api/v2/a%2Fb:c", "/v2/a%2Fb:c"),
    ],
)
def test_where_paths_lead(path: str, given: str, sent: str) -> None:
    target = endpoint(path, None, is_platform=True)
    assert (target.given, target.path, target.params) == (given, sent, {})


def test_what_asks_for_the_next_page() -> None:
    assert endpoint("/api/v2/slo", None, True).page_parameter == "nextPageKey"
    assert endpoint("/platform/document/v1/documents", None, True).page_parameter == "page-key"


def test_a_query_in_both_places() -> None:
    target = endpoint("/api/v2/x?a=b%26c&a=d&empty=", {"n": 1, "no": None, "list": ["x", 2], "is": False}, False)
    assert target.params == {"a": ["b&c", "d"], "empty": [""], "n": 1, "list": ["x", 2], "is": False}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("https://evil.example.com/api/v2/x", "must not name a host"),
        ("//evil.example.com/api/v2/x", "must not name a host"),
        ("/api/v2/%252e%252e/x", "'..'"),
        ("/api/v2/x%2F..%2Fy", "'..'"),
        ("/api/v2/..;a/x", "'..'"),
        ("/api/v2//x", "an empty segment"),
        ("/api/v2/a%5Cb", "a backslash"),
        ("/api/v2/x\ud800", "half of a surrogate pair"),
        ("/api/v3/x", "must begin with"),
        ("/api/v2/", "must begin with"),
        ("/platform/automation/v1/x", "takes a platform_token or OAuth"),
    ],
)
def test_paths_that_lead_elsewhere(path: str, text: str) -> None:
    with pytest.raises(InputError) as caught:
        endpoint(path + "?secret=hush", None, is_platform=False, option="here")
    assert caught.value.msg.startswith("here ")
    assert text in caught.value.msg
    assert "hush" not in caught.value.msg


@pytest.mark.parametrize(
    "query", [{"a": {}}, {"a": [[]]}, {"a": ["\udfff"]}, {"\ud800": 1}, {"api-TOKEN": "x"}, {"twice": 1}]
)
def test_parameters_that_cannot_be_sent(query: Any) -> None:
    with pytest.raises(InputError, match="query parameter"):
        endpoint("/api/v2/x?twice=1", query, False)


def test_refusals_that_can_be_accepted() -> None:
    assert accepted(None) == frozenset()
    assert accepted([404, 409, 404]) == {404, 409}
    for status in (200, 399, 401, 429, 500):
        with pytest.raises(InputError, match=f"accept_status holds {status}"):
            accepted([404, status])
