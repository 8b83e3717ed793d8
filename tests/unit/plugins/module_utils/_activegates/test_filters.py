# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From filters to parameters, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import filters
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

NAMES = {"host": "hostName", "online": "online", "kinds": "kind", "version": "v", "version_compare_type": "vType"}
NONE: dict[str, Any] = dict.fromkeys(NAMES)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({}, {}),
        ({"kinds": []}, {}),
        ({"host": "x", "kinds": ["A", "B"]}, {"hostName": "x", "kind": ["A", "B"]}),
        ({"online": True}, {"online": "true"}),
        ({"online": False}, {"online": "false"}),
        ({"version": "1.2.3"}, {"v": "1.2.3", "vType": "EQUAL"}),
        ({"version": "1.2.3", "version_compare_type": "LOWER"}, {"v": "1.2.3", "vType": "LOWER"}),
        ({"host": 0}, {"hostName": 0}),
    ],
    ids=str,
)
def test_what_is_asked(given: dict[str, Any], asked: dict[str, Any]) -> None:
    assert filters.query({**NONE, **given, "other": 1}, NAMES, ["version"]) == asked


def test_a_comparison_needs_a_version() -> None:
    with pytest.raises(InputError, match="version_compare_type compares with version: give that as well"):
        filters.query({**NONE, "version_compare_type": "LOWER"}, NAMES, ["version"])
    with pytest.raises(InputError, match="must have three parts"):
        filters.query({**NONE, "version": "1.2"}, NAMES, ["version"])


def test_filters_where_there_must_be_none() -> None:
    filters.refuse("one is named", {}, NAMES)
    with pytest.raises(InputError, match="one is named: leave out host, kinds"):
        filters.refuse("one is named", {"kind": ["A"], "hostName": "x"}, NAMES)
