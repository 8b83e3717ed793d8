# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rule against a value; what is certain is tried with all the kinds in test_constraints.py."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.rules import fault_of, is_number, outside


@pytest.mark.parametrize(
    ("value", "expected"), [(1, True), (1.5, True), (0, True), (True, False), ("1", False), (None, False), ([], False)]
)
def test_numbers(value: Any, expected: bool) -> None:
    assert is_number(value) is expected


@pytest.mark.parametrize(
    ("low", "high", "least", "most", "text"),
    [
        (1, 2, 1, 2, ""),
        (1, 2, 0, 0, "at least 1"),
        (1, 2, 0, 1, ""),
        (1, 2, 3, 3, "at most 2"),
        (1, 2, 2, 3, ""),
        (None, None, 5, 5, ""),
        ("odd", "odd", 5, 5, ""),
    ],
)
def test_outside(low: Any, high: Any, least: float, most: float, text: str) -> None:
    assert outside(low, high, least, most) == text


@pytest.mark.parametrize(
    ("rule", "value", "text"),
    [
        ({"type": "LENGTH", "minLength": 1}, "", "must have at least 1 characters"),
        ({"type": "RANGE", "maximum": 5}, 6, "must be at most 5"),
        ({"type": "NOT_EMPTY"}, [], "must not be empty"),
        ({"type": "LENGTH", "minLength": 3}, "\U0001f600", "must have at least 3 characters"),
        ({"type": "LENGTH", "minLength": 2}, "\U0001f600", ""),
        ({"type": "PATTERN", "pattern": "a"}, "b", "must match a"),
        ({"type": "PATTERN", "pattern": "a"}, "a", ""),
        ({"type": "PATTERN", "pattern": "(?i)a"}, "b", ""),
        ({"type": "PATTERN", "pattern": 5}, "b", ""),
        ({"type": "NOT_EMPTY"}, "", "must not be empty"),
        ({"type": "NOT_EMPTY"}, " ", ""),
        ({"type": "NOT_EMPTY"}, 0, ""),
        ({"type": "NOT_BLANK"}, " ", "must not be blank"),
        ({"type": "TRIMMED"}, "a ", "must not begin or end with whitespace"),
        ({"type": "TRIMMED"}, "a", ""),
        ({"type": "NO_WHITESPACE"}, "a b", "must not contain whitespace"),
        ({"type": "RANGE", "minimum": 1}, True, ""),
        ({}, "", ""),
        ({"type": "LENGTH", "minLength": 1}, None, ""),
    ],
)
def test_fault_of(rule: dict[str, Any], value: Any, text: str) -> None:
    assert fault_of(rule, value) == text
