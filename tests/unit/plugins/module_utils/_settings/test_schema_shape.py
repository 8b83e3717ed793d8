# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which documents are schemas, by values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, ShapeError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema_shape import check_schema

from tests.support.sandbox import real_schemas

TEXT = {"type": "text", "nullable": False}


def document(**changes: Any) -> dict[str, Any]:
    return {"schemaId": "s", "version": "1", "properties": {"name": TEXT}, **changes}


def of_property(**changes: Any) -> dict[str, Any]:
    return document(properties={"name": {**TEXT, **changes}})


@pytest.mark.parametrize(
    "raw",
    [
        document(),
        document(types=None, enums=None, schemaConstraints=None, allowedScopes=None),
        document(types={"A": {"properties": {"x": TEXT}}}, enums={"E": {"items": [{"value": 1}]}}),
        of_property(type={"$ref": "#/types/A"}, constraints=[{"type": "NEW"}], maxObjects=1),
        of_property(type="list", items={"type": "list", "items": TEXT}, minObjects=0),
        of_property(precondition={"type": "NOT", "precondition": {"type": "IN", "expectedValues": [1, "a"]}}),
        of_property(precondition={"type": "AND", "preconditions": [{"type": "NULL", "property": "x"}]}),
    ],
)
def test_schemas(raw: dict[str, Any]) -> None:
    check_schema(Part(raw))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        {},
        document(schemaId={}),
        document(properties={"name": []}),
        document(types=[1]),
        document(types={"A": {"constraints": [None]}}),
        document(enums={"E": {"items": ["one"]}}),
        of_property(minObjects=True),
        of_property(constraints={}),
        of_property(constraints=[{"uniqueProperties": "a"}]),
        document(schemaId=""),
        document(properties=[]),
        document(properties={"name": None}),
        document(types={"A": []}),
        document(types={"A": {"properties": {"x": None}}}),
        document(types={"A": {"constraints": {}}}),
        document(enums={"E": {"items": {}}}),
        document(schemaConstraints=[None]),
        document(schemaConstraints=[{"uniqueProperties": [1]}]),
        document(allowedScopes="environment"),
        of_property(type={"$ref": []}),
        of_property(maxObjects="many"),
        of_property(constraints=[1]),
        of_property(items=[]),
        of_property(items={"type": "list", "items": 1}),
        of_property(precondition=[]),
        of_property(precondition={"type": "NOT", "precondition": 1}),
        of_property(precondition={"type": "OR", "preconditions": [{"type": "IN", "expectedValues": 1}]}),
    ],
)
def test_what_is_none(raw: Any) -> None:
    with pytest.raises(ShapeError):
        check_schema(Part(raw))


def test_real_ones() -> None:
    for path in real_schemas().values():
        check_schema(Part(json.loads(path.read_text(encoding="utf-8"))))
