# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox's state (``Sandbox.state``), so that two of them can be compared."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def normal(exact: Any) -> str:
    """The state with all ids alike, sorted where order means nothing."""
    ids = set(_ids(exact))
    return json.dumps(_without_ids(exact, ids), sort_keys=True, indent=1)


def _ids(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("id"), str):
            yield value["id"]
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _without_ids(value: Any, ids: set[str], is_ordered: bool = False) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_ids(item, ids, bool(value.get("ordered"))) for key, item in value.items()}
    if isinstance(value, list):
        rows = [_without_ids(item, ids) for item in value]
        return rows if is_ordered else _sorted_by_content(rows)
    return "an id" if isinstance(value, str) and value in ids else value


def _sorted_by_content(rows: list[Any]) -> list[Any]:
    """Rows with an id stand in the order of their ids, which means nothing any more; all others keep their places."""
    with_id = iter(sorted((row for row in rows if _has_id(row)), key=json.dumps))
    return [next(with_id) if _has_id(row) else row for row in rows]


def _has_id(row: Any) -> bool:
    return isinstance(row, Mapping) and "id" in row


def difference(wanted: str, there: str) -> str:
    """The lines that only one of two states has."""
    expected, actual = wanted.splitlines(), there.splitlines()
    missing = [line.strip() for line in expected if line not in actual]
    more = [line.strip() for line in actual if line not in expected]
    if not missing and not more:
        more = [f"{len(actual)} lines instead of {len(expected)}, in another order"]
    return f"missing {missing[:8]}, there is {more[:8]}"
