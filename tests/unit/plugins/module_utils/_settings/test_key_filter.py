# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters by which the server finds an object, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.key_filter import key_filter, quoted
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import ObjectKey, Schema

SCHEMA = Schema(
    {
        "schemaId": "test",
        "properties": {
            "name": {"type": "text"},
            "kind": {"type": {"$ref": "#/enums/Kind"}},
            "level": {"type": "integer"},
            "share": {"type": "float"},
            "on": {"type": "boolean"},
            "start": {"type": "local_time"},
            "password": {"type": "secret"},
            "tags": {"type": "set", "items": {"type": "text"}},
            "inner": {"type": {"$ref": "#/types/Inner"}},
            "inner.id": {"type": "text"},
        },
        "types": {"Inner": {"properties": {"key": {"type": "text"}, "id": {"type": "text"}}}},
        "enums": {"Kind": {"items": [{"value": "A"}]}},
    }
)


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        ([["name"]], {"name": "x"}, "value.name = 'x'"),
        ([["kind"]], {"kind": "A"}, "value.kind = 'A'"),
        ([["level"]], {"level": 5}, "value.level = 5"),
        ([["inner/key"]], {"inner": {"key": "k"}}, "value.inner.key = 'k'"),
        ([["name", "level"]], {"name": "x", "level": -1}, "value.name = 'x' and value.level = -1"),
        # What cannot be compared exactly is left out as long as something else tells.
        ([["name", "share", "on"]], {"name": "x", "share": 1.0, "on": True}, "value.name = 'x'"),
        (
            [["name"], ["kind", "level"]],
            {"name": "x", "kind": "A", "level": 1},
            "(value.name = 'x') or (value.kind = 'A' and value.level = 1)",
        ),
        ([["name"]], {"name": "it's \\ so"}, "value.name = 'it\\'s \\\\ so'"),
    ],
)
def test_filters(keys: list[list[str]], value: dict[str, Any], expected: str) -> None:
    assert key_filter(SCHEMA, [ObjectKey(tuple(paths)) for paths in keys], value) == expected


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        ([], {"name": "x"}),
        ([["share"]], {"share": 1.0}),
        ([["on"]], {"on": True}),
        ([["level"]], {"level": True}),
        ([["start"]], {"start": "10:00"}),
        ([["password"]], {"password": "secret"}),
        ([["tags"]], {"tags": ["a"]}),
        ([["inner"]], {"inner": {"key": "k"}}),
        ([["unknown"]], {"unknown": "x"}),
        ([["name"]], {"name": ""}),
        ([["name"]], {"name": "two\nlines"}),
        ([["name"]], {"name": "\udc80"}),
        ([["name"]], {"name": "x" * 1000}),
        ([["name"]], {"name": "ä" * 200}),
        # Nobody says which of the two "inner.id" would be in a filter.
        ([["inner.id"]], {"inner.id": "x", "inner": {"id": "y"}}),
        ([["inner/id"]], {"inner.id": "x", "inner": {"id": "y"}}),
        # One key that the server cannot be asked for makes all of them useless.
        ([["name"], ["tags"]], {"name": "x", "tags": ["a"]}),
    ],
)
def test_where_only_the_whole_list_tells(keys: list[list[str]], value: dict[str, Any]) -> None:
    assert key_filter(SCHEMA, [ObjectKey(tuple(paths)) for paths in keys], value) == ""


def test_quoted() -> None:
    assert quoted("a'b\\") == "'a\\'b\\\\'"
