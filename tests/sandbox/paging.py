# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``nextPageKey`` as the API has it (API facts, 0.6): alone in the query, absent on the last page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from .errors import ApiError
from .http import Call


def page_size(call: Call, default: int, maximum: int) -> int:
    text = call.query.get("pageSize", str(default))
    if not text.isdecimal() or not 1 <= int(text[:9]) <= maximum:
        raise ApiError.violation("pageSize", f"must be between 1 and {maximum}")
    return int(text)


def paged(
    call: Call, default: int, maximum: int, select: Callable[[Call], Sequence[Any]]
) -> tuple[list[Any], dict[str, Any]]:
    """The rows of the asked page, and ``{totalCount, pageSize, nextPageKey?}``.

    The first page's query is kept in the key, since the requests for the following pages must not repeat it.
    """
    key = call.query.get("nextPageKey")
    offset = 0
    if key is not None:
        others = [name for name in call.query if name != "nextPageKey"]
        if others:
            raise ApiError.violation(others[0], "must not be used in combination with nextPageKey query parameter.")
        try:
            state = json.loads(base64.urlsafe_b64decode(key.encode()))
            offset, query = int(state["offset"]), dict(state["query"])
        except (ValueError, KeyError, TypeError):
            raise ApiError.violation("nextPageKey", "Invalid format.") from None
        call = replace(call, query=query)
    size = page_size(call, default, maximum)
    rows = list(select(call))
    meta: dict[str, Any] = {"totalCount": len(rows), "pageSize": size}
    if offset + size < len(rows):
        state = {"offset": offset + size, "query": dict(call.query)}
        meta["nextPageKey"] = base64.urlsafe_b64encode(json.dumps(state).encode()).decode()
    return rows[offset : offset + size], meta
