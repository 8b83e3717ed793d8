# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import (
    Position,
    WantedObject,
    from_options,
)

from .typed import nest


def wanted(**options: Any) -> WantedObject:
    return from_options({"schema_id": "s", **options})


def test_what_is_not_said() -> None:
    assert wanted() == WantedObject("s", "environment", {})
    assert wanted(external_id="", match_on=[], scope="", schema_version=None, value=None) == wanted()
    # As Ansible reads a blank text.
    assert wanted(match_on=[""]) == wanted()


def test_all_of_it() -> None:
    assert wanted(
        scope="HOST-1",
        value={"a": 1},
        state="absent",
        object_id="o",
        external_id="e",
        match_on=["a"],
        adopt=False,
        value_mode="replace",
        position="first",
        schema_version="1",
        update_secrets="always",
    ) == WantedObject("s", "HOST-1", {"a": 1}, False, "o", "e", ("a",), False, True, Position("first"), "1", True)


def test_by_object_id_the_scope_is_that_of_the_object() -> None:
    assert from_options({"object_id": "o"}) == WantedObject(None, None, {}, object_id="o")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"schema_id": ""}, "schema_id is missing"),
        ({"external_id": "x" * 501}, "external_id has 501 characters and the API takes 500"),
        ({"value": {"a": nest(100)}}, "^value is nested more than 100 levels deep"),
        ({"value_mode": "replace"}, "value_mode=replace needs a value"),
        ({"position": "first", "insert_before": "x"}, "position and insert_before exclude each other"),
        ({"insert_after": "y", "insert_before": "x"}, "insert_after and insert_before exclude each other"),
    ],
)
def test_what_cannot_go_together(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        wanted(**options)


def test_limits() -> None:
    assert len(wanted(external_id="x" * 500).external_id or "") == 500
    assert wanted(value_mode="replace", state="absent").replace
    assert wanted(value_mode="replace", value={}).replace


@pytest.mark.parametrize("kind", ["insert_after", "insert_before"])
def test_positions(kind: str) -> None:
    beside = wanted(**{kind: "x"})
    assert beside.position == Position(kind, "x")
    assert (beside.without_position.position, beside.without_position.schema_id) == (None, "s")


@pytest.mark.parametrize(
    ("options", "expected"),
    [({}, True), ({"value_mode": "replace", "value": {}}, False), ({"state": "absent"}, False)],
)
def test_where_a_value_begins(options: dict[str, Any], expected: bool) -> None:
    assert wanted(**options).starts_from_inherited is expected


def test_names() -> None:
    assert wanted().name == "s on environment"
    assert wanted(external_id="e").name == "s on environment, external id e"
    assert wanted(external_id="e", object_id="o").name == "object o"
    assert (wanted(schema_version="1").document, wanted().location) == (("s", "1"), ("s", "environment"))
    assert from_options({"object_id": "o"}).location == ("", "")
