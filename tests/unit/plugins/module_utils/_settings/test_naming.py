# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What objects and their files are called, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.naming import called, file_names
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import is_settings

TEXT = {"type": "text"}


def schema(*keys: list[str], **properties: Any) -> Schema:
    constraints = [{"type": "UNIQUE", "uniqueProperties": key} for key in keys]
    return Schema({"schemaId": "s", "properties": properties, "schemaConstraints": constraints})


@pytest.mark.parametrize(
    ("keys", "value", "match_on", "expected"),
    [
        ([], {"title": "t", "name": "n"}, (), "n"),
        ([], {"title": "t"}, (), "t"),
        ([], {"title": 1}, (), ""),
        ([], {"title": "t", "name": "n"}, ("title", "name"), "t n"),
        ([["title"]], {"title": "t", "name": "n"}, (), "t"),
        ([["title", "other"], ["other"]], {"title": "t", "other": "o"}, (), "o"),
        ([["other"], ["title"]], {"title": "t", "other": "o"}, (), "t"),
        ([["other"]], {"name": "n", "other": 1}, (), "n"),
    ],
)
def test_objects(keys: list[list[str]], value: dict[str, Any], match_on: tuple[str, ...], expected: str) -> None:
    assert called(schema(*keys, name=TEXT, title=TEXT, other=TEXT), value, match_on) == expected


def test_only_what_the_schema_has_names_an_object() -> None:
    assert called(schema(title=TEXT), {"name": "n", "title": "t"}) == "t"


def test_files() -> None:
    assert file_names(["builtin:tags.auto-tagging", "app:a/b"]) == {
        "builtin:tags.auto-tagging": "builtin_tags.auto-tagging.yml",
        "app:a/b": "app_a_b.yml",
    }


def test_files_that_every_system_takes_and_that_are_read_again() -> None:
    """By names that are hidden, of secrets, of devices, too long, or not in ASCII, where one letter may be written in two ways."""
    schema_ids = [".x", "secrets.a", "Secrets", "con", "NUL.x", "com1", "console", "secretsmanager", "", "..", "app:é", "app:e\u0301",
                  "app:" + "x" * 400, "app:" + "x" * 401]  # fmt: skip
    names = file_names(schema_ids)
    assert list(names.values())[:10] == ["_.x.yml", "_secrets.a.yml", "_Secrets.yml", "_con.yml", "_NUL.x.yml", "_com1.yml",
                                         "console.yml", "secretsmanager.yml", "_.yml", "_...yml"]  # fmt: skip
    assert len({name.lower() for name in names.values()}) == len(schema_ids)
    for name in names.values():
        assert is_settings(name)
        assert name.isascii()
        assert len(name) < 225


def test_no_two_schemas_share_a_file() -> None:
    names = file_names(["app:a:b", "app:a_b", "app:A_B", "2.app:a:b", "app_a_b"])
    assert names["app:a:b"] == "app_a_b.yml"
    assert len({name.lower() for name in names.values()}) == 5
