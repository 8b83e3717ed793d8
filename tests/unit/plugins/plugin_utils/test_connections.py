# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Connections in variables. tests/unit/roles has those that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.plugin_utils._connections import connection_of, environment_id

SECRET = "hush-SECRET-hush"
GOOD = {"environment_url": "https://abc12345.live.dynatrace.com", "api_token": SECRET}


@pytest.mark.parametrize(
    "given", [GOOD, json.dumps(GOOD), f"environment_url: {GOOD['environment_url']}\napi_token: {SECRET}"]
)
def test_a_dictionary_or_a_text_of_one(given: Any) -> None:
    assert connection_of(given, "x") == GOOD


def test_blank_options_are_not_given() -> None:
    assert connection_of({**GOOD, "platform_token": "", "ca_path": None, "timeout": 0}, "x") == {**GOOD, "timeout": 0}


@pytest.mark.parametrize(
    "given", ["[", "\tx: {", 7, None, [], {"": SECRET}, {1: SECRET}, "a: a: a", f"{{{SECRET}: 1}}"]
)
def test_errors_repeat_nothing(given: Any) -> None:
    with pytest.raises(InputError, match=r"^its_name ") as caught:
        connection_of(given, "its_name")
    assert SECRET not in caught.value.msg


@pytest.mark.parametrize(
    ("url", "credentials", "expected"),
    [
        ("https://abc12345.live.dynatrace.com", "api_token", "abc12345"),
        ("https://abc12345.apps.dynatrace.com", "platform_token", "abc12345"),
        ("https://ABC12345.live.dynatrace.com/api/v2", "api_token", "abc12345"),
        ("https://managed.example.com/e/0A1B-2c", "api_token", "0a1b-2c"),
        ("https://gateway.example.com:9999/e/abc12345", "api_token", "abc12345"),
        ("http://127.0.0.1:8470", "api_token", "127.0.0.1:8470"),
    ],
)
def test_ids(url: str, credentials: str, expected: str) -> None:
    assert environment_id({"environment_url": url, credentials: SECRET}, "x") == expected


@pytest.mark.parametrize("url", ["http://abc12345.live.dynatrace.com", f"https://u:{SECRET}@x.example.com", "x", 7])
def test_what_is_no_address(url: Any) -> None:
    with pytest.raises(InputError, match=r"^its_name: ") as caught:
        environment_id({"environment_url": url, "api_token": SECRET}, "its_name")
    assert SECRET not in caught.value.msg
