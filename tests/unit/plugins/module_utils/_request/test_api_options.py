# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._request.api_options import ApiOptions

PATH = "/api/v2/slo"
# What every request has if the task does not say otherwise.
DEFAULTS: dict[str, Any] = {
    "method": "POST",
    "path": PATH,
    **dict.fromkeys(("query", "body", "src", "content_type", "headers", "ignore", "unless_found", "validator")),
    "compare": "subset",
    "read_only": False,
    "idempotent": False,
    "accept_status": None,
    "secret_properties": None,
}


def options(**given: Any) -> ApiOptions:
    for option in ("unless_found", "validator"):
        if given.get(option) is not None:
            given[option] = {**dict.fromkeys(("path", "query", "items", "match")), "method": "POST", **given[option]}
    return ApiOptions.from_params({**DEFAULTS, **given}, False)


@pytest.mark.parametrize(
    ("given", "looks", "may_repeat"),
    [
        ({"body": {}}, False, False),
        ({"body": {}, "idempotent": True}, False, True),
        ({"body": {}, "unless_found": {"match": {"a": 1}}}, True, False),
        ({"method": "PUT", "body": {}}, True, True),
        ({"method": "PUT", "body": {}, "compare": "none"}, False, True),
        ({"method": "PUT", "body": "[1]"}, False, True),
        ({"method": "PATCH", "body": {}}, True, False),
        ({"method": "DELETE"}, True, True),
        ({"method": "DELETE", "compare": "none"}, False, True),
    ],
)
def test_what_is_looked_at_and_what_may_be_sent_twice(given: dict[str, Any], looks: bool, may_repeat: bool) -> None:
    found = options(**given)
    assert (found.looks, found.may_repeat) == (looks, may_repeat)


def test_a_search_is_in_the_same_path_unless_it_says_otherwise() -> None:
    found = options(path=PATH + "?a=1", unless_found={"match": {"b": 2}, "query": {"c": 3}, "items": "rows"}).search
    assert found is not None
    assert (found.target.path, found.target.params, found.items, found.match) == ("/v2/slo", {"c": 3}, "rows", {"b": 2})


def test_a_validation() -> None:
    found = options(body={}, validator={"query": {"validateOnly": True}}).validator
    assert found is not None
    assert (found.method, found.target.params) == ("POST", {"validateOnly": True})
    assert options(body={}, validator={"path": PATH + "/validator"}).validator is not None


def test_the_type_of_the_body_goes_with_the_headers() -> None:
    assert options(headers={"X-A": "b"}).all_headers == {"X-A": "b"}
    assert options(body="x", content_type="text/x").all_headers == {"Content-Type": "text/x"}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"method": "PUT", "read_only": True}, "read_only is for POST"),
        ({"method": "PUT", "unless_found": {"match": {"a": 1}}}, "unless_found is for POST"),
        ({"unless_found": {"match": {}}}, "needs a match"),
        ({"unless_found": {"match": {"a": 1}, "path": "/x"}}, "unless_found.path"),
        ({"method": "DELETE", "validator": {"path": PATH + "/v"}}, "not for DELETE"),
        ({"validator": {"path": PATH + "/"}}, "the same address"),
        ({"validator": {"query": {"validateOnly": "no"}}}, "the same address"),
        ({"query": {"force": True}, "validator": {"query": {"force": True}}}, "the same address"),
    ],
)
def test_what_cannot_be_meant(given: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError) as caught:
        options(**given)
    assert text in caught.value.msg
