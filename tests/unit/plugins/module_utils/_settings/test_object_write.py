# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a refusal means, and what may be sent again, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.reconcile import ALWAYS, UNLESS_LATE
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_write import (
    creation,
    may_be_overtaken,
    repeat_of,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject, from_options

UNIQUE = {"schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": ["name"]}]}
NEW = ObjectChange("create", None, {"name": "x"})


def schema(**more: Any) -> Schema:
    properties = {"name": {"type": "text"}, "text": {"type": "text"}}
    return Schema({"schemaId": "s", "multiObject": True, "properties": properties, **more})


def wanted(**options: Any) -> WantedObject:
    return from_options({"schema_id": "s", **options})


@pytest.mark.parametrize(
    ("document", "options", "expected"),
    [
        ({}, {"value": {"text": "x"}, "match_on": ["text"]}, UNLESS_LATE),
        ({}, {"value": {"text": "x"}, "external_id": "e"}, ALWAYS),
        (UNIQUE, {"value": {"name": "x"}}, ALWAYS),
        (UNIQUE, {"value": {"name": "x", "text": "y"}, "match_on": ["text"]}, ALWAYS),
        (UNIQUE, {"value": {"text": "y"}, "match_on": ["text"]}, UNLESS_LATE),
        ({"multiObject": False}, {"value": {}}, ALWAYS),
    ],
)
def test_what_may_be_sent_again(document: dict[str, Any], options: dict[str, Any], expected: str) -> None:
    assert repeat_of(wanted(**options), schema(**document), NEW) == expected
    assert repeat_of(wanted(**options), schema(**document), ObjectChange("update")) == ALWAYS


def refusal(status: int = 400) -> ApiError:
    return ApiError("POST u failed", "POST", "u", status, "Validation failed")


@pytest.mark.parametrize(
    ("document", "status", "expected"), [(UNIQUE, 400, True), (UNIQUE, 403, False), ({}, 400, False)]
)
def test_whether_somebody_was_faster(document: dict[str, Any], status: int, expected: bool) -> None:
    assert may_be_overtaken(schema(**document), refusal(status=status)) is expected


def test_a_new_object() -> None:
    placed = ObjectChange("create", None, {"name": "x"}, {"insertAfter": "a"})
    assert creation(wanted(external_id="e", schema_version="1"), placed) == {
        "schemaId": "s",
        "scope": "environment",
        "value": {"name": "x"},
        "externalId": "e",
        "schemaVersion": "1",
        "insertAfter": "a",
    }
    assert set(creation(wanted(), NEW)) == {"schemaId", "scope", "value"}
