# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rule against a value; what is certain is tried with all the kinds in test_constraints.py."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.rules import (
    NOT_GIVEN,
    deciding,
    fault_of,
    holds,
    is_number,
    is_same_scalar,
    outside,
)


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
    assert outside("{}", low, high, least, most) == text


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


YES: dict[str, Any] = {"type": "NULL", "property": "nothing"}
NO = {"type": "NULL", "property": "something"}
UNKNOWN = {"type": "REGEX_MATCH", "property": "something", "pattern": "(?i)x"}
BESIDE = {"something": "x"}
PARTS = {True: YES, False: NO, None: UNKNOWN}


@pytest.mark.parametrize(
    ("precondition", "siblings", "expected"),
    [
        (None, {}, True),
        ({"type": "EQUALS", "property": "a", "expectedValue": True}, {"a": True}, True),
        ({"type": "EQUALS", "property": "a", "expectedValue": True}, {"a": 1}, False),
        ({"type": "EQUALS", "property": "a", "expectedValue": 1}, {"a": 1.0}, True),
        ({"type": "EQUALS", "property": "a", "expectedValue": "x"}, {"b": "x"}, False),
        ({"type": "IN", "property": "a", "expectedValues": ["x", "y"]}, {"a": "y"}, True),
        ({"type": "IN", "property": "a", "expectedValues": ["x", "y"]}, {"a": "z"}, False),
        ({"type": "IN", "property": "a", "expectedValues": ["x", "y"]}, {}, False),
        ({"type": "IN", "property": "a", "expectedValues": [1]}, {"a": True}, False),
        ({"type": "NULL", "property": "a"}, {}, True),
        ({"type": "NULL", "property": "a"}, {"a": None}, True),
        ({"type": "NULL", "property": "a"}, {"a": "x"}, False),
        ({"type": "NULL", "property": "a"}, {"a": ""}, False),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x.*"}, {"a": "xyz"}, True),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x"}, {"a": "xyz"}, False),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x*"}, {}, False),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "5"}, {"a": 5}, False),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x++"}, {"a": "x"}, None),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "("}, {"a": "x"}, None),
        ({"type": "REGEX_MATCH", "property": "a"}, {"a": "x"}, None),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": 5}, {"a": "5"}, None),
        ({"type": "SOMETHING_NEW"}, {}, None),
        ({"type": "NOT"}, {}, False),
        ({}, {}, None),
        ({"type": "EQUALS", "property": "a", "expectedValue": "x"}, {"a": NOT_GIVEN}, None),
        ({"type": "EQUALS", "property": "a", "expectedValue": None}, {"a": NOT_GIVEN}, None),
        ({"type": "IN", "property": "a", "expectedValues": ["x"]}, {"a": NOT_GIVEN}, None),
        ({"type": "NULL", "property": "a"}, {"a": NOT_GIVEN}, None),
        ({"type": "REGEX_MATCH", "property": "a", "pattern": "x"}, {"a": NOT_GIVEN}, None),
        ({"type": "NOT", "precondition": {"type": "NULL", "property": "a"}}, {"a": NOT_GIVEN}, None),
    ],
)
def test_holds(precondition: Any, siblings: dict[str, Any], expected: bool | None) -> None:
    assert holds(precondition, siblings) is expected


@pytest.mark.parametrize(("inner", "expected"), [(True, False), (False, True), (None, None)])
def test_not(inner: bool | None, expected: bool | None) -> None:
    assert holds({"type": "NOT", "precondition": PARTS[inner]}, BESIDE) is expected


@pytest.mark.parametrize("answers", [part for size in range(4) for part in itertools.product(PARTS, repeat=size)])
def test_and_or(answers: tuple[bool | None, ...]) -> None:
    """An unknown part leaves the whole unknown unless another part decides it."""
    parts = [PARTS[answer] for answer in answers]
    possible = [[answer] if answer is not None else [True, False] for answer in answers]
    for kind, whole in (("AND", all), ("OR", any)):
        outcomes = {whole(way) for way in itertools.product(*possible)}
        expected = outcomes.pop() if len(outcomes) == 1 else None
        assert holds({"type": kind, "preconditions": parts}, BESIDE) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [(1, 1.0, True), (1, True, False), (False, 0, False), ("a", "a", True), ("a", 1, False)],
)
def test_is_same_scalar(left: Any, right: Any, expected: bool) -> None:
    assert is_same_scalar(left, right) is expected


@pytest.mark.parametrize(
    ("precondition", "names"),
    [
        (NO, ["something"]),
        ({"type": "NOT", "precondition": YES}, ["nothing"]),
        ({"type": "AND", "preconditions": [YES, NO]}, ["something"]),
        ({"type": "AND", "preconditions": [NO, NO]}, ["something"]),
        ({"type": "AND", "preconditions": [YES, YES, {"type": "NULL", "property": "other"}]}, ["nothing", "other"]),
        ({"type": "OR", "preconditions": [NO, {"type": "NOT", "precondition": YES}]}, ["something", "nothing"]),
        ({"type": "OR", "preconditions": [YES, NO]}, ["nothing"]),
    ],
)
def test_what_decides(precondition: Any, names: list[str]) -> None:
    assert deciding(precondition, BESIDE) == names
