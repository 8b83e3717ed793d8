# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as the server has them, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, ShapeError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import (
    StoredObject,
    schema_version_key,
)


def read(**row: Any) -> StoredObject:
    return StoredObject.read(Part({"objectId": "x", **row}), "s", "environment")


def test_what_a_row_does_not_say() -> None:
    assert read() == StoredObject("x", "s", "environment", {})


def test_a_whole_row() -> None:
    modifications = {"movable": False, "first": True, "modifiablePaths": ["a"], "nonModifiablePaths": ["b"]}
    stored_object = read(
        schemaId="t",
        scope="HOST-1",
        value={"a": 1},
        externalId="e",
        schemaVersion="1.2",
        updateToken="u",
        resourceContext={"operations": ["read", "write"], "modifications": modifications},
    )
    assert stored_object == StoredObject(
        "x", "t", "HOST-1", {"a": 1}, "e", "1.2", "u", True, False, False, True, ("b",), ("a",)
    )
    assert stored_object.name == "x (external id e)"


def test_older_servers() -> None:
    older = {"deletable": False, "modifiable": False, "movable": False, "modifiablePaths": ["a"]}
    stored_object = read(modificationInfo=older)
    assert (stored_object.can_delete, stored_object.can_write, stored_object.is_movable) == (False, False, False)
    assert stored_object.writable_only == ("a",)


def test_newer_servers_are_believed() -> None:
    both = {
        "modificationInfo": {"deletable": False, "modifiable": False},
        "resourceContext": {"operations": ["delete"]},
    }
    assert (read(**both).can_delete, read(**both).can_write) == (True, False)


@pytest.mark.parametrize(
    "row",
    [
        {"objectId": None},
        {"objectId": []},
        {"value": []},
        {"scope": {}},
        {"resourceContext": []},
        {"resourceContext": {"operations": "write"}},
        {"resourceContext": {"modifications": {"movable": "no"}}},
        {"modificationInfo": {"modifiablePaths": [1]}},
    ],
)
def test_what_is_no_object(row: dict[str, Any]) -> None:
    with pytest.raises(ShapeError, match="was expected"):
        read(**row)


def test_versions_are_ordered_without_trailing_zeros() -> None:
    keys = [schema_version_key(text) for text in ("0.0.19", "1", "1.0.4", "1.0.13", "1.1", "2.0.1")]
    assert sorted(keys) == keys
    assert len(set(keys)) == len(keys)
    assert schema_version_key("1") == schema_version_key("1.0") == schema_version_key("1.0.0")


@pytest.mark.parametrize("text", ["", "x.2", "\u00b2", "9" * 5000])
def test_what_is_no_version_is_below_all(text: str) -> None:
    assert schema_version_key(text) == ()
