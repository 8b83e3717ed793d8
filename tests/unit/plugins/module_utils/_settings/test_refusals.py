# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a refusal of the server means to the user, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, Violation
from ansible_collections.community.dynatrace.plugins.module_utils._settings.refusals import explained
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject, from_options

AUTO = {"type": "EQUALS", "property": "mode", "expectedValue": "custom"}
SCHEMA = Schema(
    {
        "schemaId": "s",
        "multiObject": True,
        "properties": {
            "mode": {"type": "text", "nullable": False},
            "limit": {"type": "integer", "nullable": False, "precondition": AUTO},
            "token": {"type": "secret"},
            "beside": {"type": "text", "precondition": {"type": "NULL", "property": "token"}},
            "a.b": {"type": "text", "nullable": False},
            "rows": {"type": "list", "items": {"type": {"$ref": "#/types/row"}}},
        },
        "types": {
            "row": {
                "properties": {
                    "name": {"type": "text", "nullable": False},
                    "more": {
                        "type": "text",
                        "precondition": {
                            "type": "AND",
                            "preconditions": [
                                {"type": "NOT", "precondition": {"type": "NULL", "property": "name"}},
                                {"type": "IN", "property": "on", "expectedValues": [True]},
                            ],
                        },
                    },
                    "on": {"type": "boolean"},
                }
            }
        },
    }
)


def wanted(**options: Any) -> WantedObject:
    return from_options({"schema_id": "s", **options})


def refusal(*violations: Violation, status: int = 400) -> ApiError:
    return ApiError("POST u failed", "POST", "u", status, "Validation failed", None, violations)


def said(path: str, value: dict[str, Any], message: str = "No") -> str:
    """What is said of a violation, after the headline."""
    error = explained(refusal(Violation(path, message)), wanted(), SCHEMA, value)
    return error.msg.removeprefix("s on environment: the server refuses it (400): Validation failed: ")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("s/0/limit", "value.limit"),
        ("0/limit", "value.limit"),
        ("limit", "value.limit"),
        ("s/0/rows/0/name", "value.rows.0.name"),
        ("0/scope", "scope"),
        ("s/0/externalId", "externalId"),
        ("rows/0/scope", "value.rows.0.scope"),
    ],
)
def test_what_is_beside_the_value_is_not_in_it(path: str, shown: str) -> None:
    value = {"mode": "custom", "limit": 1, "rows": [{"name": "x", "scope": 1}]}
    assert said(path, value, "Invalid format.") == f"{shown}: Invalid format."


def test_the_paths_of_a_refusal_are_those_of_the_value() -> None:
    refused = refusal(Violation("s/0/inner/name", "too long"), Violation(None, "no"))
    error = explained(refused, wanted(external_id="e"), SCHEMA, {})
    assert error.msg == (
        "s on environment, external id e: the server refuses it (400): Validation failed: value.inner.name: too long; no"
    )
    assert [violation.path for violation in error.violations] == ["inner/name", None]
    assert explained(error, wanted(external_id="e"), SCHEMA, {}).msg == error.msg


def test_a_refusal_that_says_nothing_of_the_value() -> None:
    assert explained(refusal(), wanted(), SCHEMA, {}).msg == "POST u failed"


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("s/0/mode", {}, "value.mode is required and was not given: No"),
        ("s/0/mode", {"mode": None}, "value.mode is required and was not given: No"),
        ("s/0/mode", {"mode": "x"}, "value.mode: No"),
        ("s/0/a.b", {}, "value.a.b is required and was not given: No"),
        ("s/0/limit", {"mode": "custom"}, "value.limit is required and was not given: No"),
        ("s/0/limit", {"mode": "auto"}, "value.limit: No"),
        ("s/0/token", {}, "value.token: No"),
        ("s/0/rows/1/name", {"rows": [{"name": "x"}, {}]}, "value.rows.1.name is required and was not given: No"),
        ("s/0/rows.1.name", {"rows": [{"name": "x"}, {}]}, "value.rows.1.name is required and was not given: No"),
        ("s/0/rows/0/name", {"rows": [{"name": "x"}, {}]}, "value.rows.0.name: No"),
        ("s/0/rows/5/name", {"rows": "odd"}, "value.rows.5.name is required and was not given: No"),
        ("s/0/rows/x/name", {"rows": [{}]}, "value.rows.x.name is required and was not given: No"),
        ("s/0/rows/0/name", {"rows": {"0": {"name": "x"}}}, "value.rows.0.name is required and was not given: No"),
        ("s/0/nobody/knows/0/this", {"nobody": 5}, "value.nobody.knows.0.this: No"),
        ("s/0", {}, "No"),
        ("", {}, "No"),
    ],
)
def test_what_is_missing_is_required(path: str, value: dict[str, Any], text: str) -> None:
    assert said(path, value) == text


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("s/0/limit", {"mode": "auto", "limit": 1}, "value.limit: ruled out, since mode is auto"),
        ("s/0/limit", {"limit": 1}, "value.limit: ruled out, since mode is not given"),
        ("s/0/limit", {"mode": "x" * 51, "limit": 1}, f"value.limit: ruled out, since mode is {'x' * 50}…"),
        ("s/0/limit", {"mode": "custom", "limit": 1}, "value.limit: Unknown property"),
        ("s/0/beside", {"token": "hush-hush", "beside": "x"}, "value.beside: ruled out, since token is given"),
        (
            "s/0/rows/0/more",
            {"rows": [{"name": "n", "on": False, "more": "x"}]},
            "value.rows.0.more: ruled out, since on is false",
        ),
        (
            "s/0/rows/0/more",
            {"rows": [{"more": "x"}]},
            "value.rows.0.more: ruled out, since name is not given and on is not given",
        ),
        ("s/0/nope", {"nope": 1}, "value.nope: Unknown property"),
    ],
)
def test_what_is_ruled_out_says_why(path: str, value: dict[str, Any], text: str) -> None:
    assert said(path, value, "Unknown property") == text


def test_what_is_left_out() -> None:
    refused = refusal(Violation("s/0/mode", "first"), Violation("s/0/token", "second"))
    error = explained(refused, wanted(), SCHEMA, {"mode": "x"}, lambda violation: violation.path == "mode")
    assert error.msg == "s on environment: the server refuses it (400): value.token: second"
    assert [violation.path for violation in error.violations] == ["token"]
