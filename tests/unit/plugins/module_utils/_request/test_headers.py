# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._request.headers import checked, secret_texts


def test_as_they_are_sent() -> None:
    assert checked(None) == {}
    assert checked({"X-A": "b", "X-Number": 5}) == {"X-A": "b", "X-Number": "5"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "hush-hush"},
        {"COOKIE": "hush-hush"},
        {"host": "hush-hush"},
        {"Content-Type": "hush-hush"},
        {"X A": "hush-hush"},
        {"": "hush-hush"},
        {"X-A": ["hush-hush"]},
        {"X-A": "hush-hush\r\nHost: x"},
        {"X-A": " hush-hush"},
        {"X-A": "hush-hush\u00e9"},
    ],
)
def test_what_cannot_be_sent_is_not_repeated(headers: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        checked(headers)
    assert "hush-hush" not in caught.value.msg


def test_what_nothing_may_repeat() -> None:
    given = {"Accept": "text/csv", "X-Key": "hush-hush", "X-Number": 123456, "X-Short": "abc"}
    assert secret_texts(given) == {"hush-hush", "123456", "abc"}
