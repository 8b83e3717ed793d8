# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api_info does, and reading lists of which nothing is known beforehand: all pages of them (FACTS section 0.6)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Answer
from ansible_collections.community.dynatrace.plugins.module_utils._request.endpoint import Endpoint, endpoint
from ansible_collections.community.dynatrace.plugins.module_utils._request.headers import checked, secret_texts
from ansible_collections.community.dynatrace.plugins.module_utils._request.values import masked
from ansible_collections.community.dynatrace.plugins.module_utils._task import MASK, Result, Task

_NEXT = "nextPageKey"
# Lists that answers have beside their rows.
_BESIDE = frozenset({"warnings"})


def read(task: Task) -> Result:
    """api_info: the answer to a GET, with the rows of all pages in it."""
    given = task.params
    client = task.client
    limit = given["limit"]
    if limit is not None and limit < 1:
        raise InputError("limit must be at least 1")
    target = endpoint(given["path"] or "", given["query"], client.is_platform)
    headers = checked(given["headers"])
    fine = accepted(given["accept_status"])
    task.secrets.update(secret_texts(headers))
    task.shown["query"] = masked(given["query"])
    task.shown["headers"] = dict.fromkeys(headers, MASK)
    try:
        first = client.send("GET", target.path, target.params, headers=headers, is_read=True)
    except ApiError as error:
        if error.status not in fine:
            raise
        return Result({"content": error.body, "status": error.status})
    content = first.content
    name = _name_of_rows(content, target, given["items"], bool(limit))
    if name is not None:
        rows = _rows(client, target, first, name, given["page_parameter"], headers)
        content = _with_rows(content, name, list(itertools.islice(rows, limit)))
    elif limit and isinstance(content, list):
        content = content[:limit]
    return Result({"content": content, "status": first.status})


def rows_of(client: Client, target: Endpoint, items: str | None) -> Iterator[Any]:
    """The rows of a list, all pages of it."""
    first = client.send("GET", target.path, target.params, is_read=True)
    if isinstance(first.content, list):
        yield from first.content
        return
    name = _name_of_rows(first.content, target, items, True)
    if name is not None:
        yield from _rows(client, target, first, name, None, {})


def accepted(statuses: list[int] | None) -> frozenset[int]:
    """Raises InputError for a status that can be no refusal of this request alone."""
    for status in statuses or ():
        if not 400 <= status < 500 or status in (401, 429):
            raise InputError(
                f"accept_status holds {status}: only refusals from 400 to 499, but 401 and 429, can be accepted"
            )
    return frozenset(statuses or ())


def _name_of_rows(content: Any, target: Endpoint, items: str | None, is_list: bool) -> str | None:
    """The property with the rows; None where there are none to go on with. ``is_list``: there must be one."""
    if not isinstance(content, Mapping):
        if items or (is_list and not isinstance(content, list)):
            raise StateError(f"the answer of {target.given} has no properties, and so no list of rows")
        return None
    if items:
        if not isinstance(content.get(items), list):
            raise StateError(f"the answer of {target.given} has no list {items}; it has {', '.join(sorted(content))}")
        return items
    if not is_list and not content.get(_NEXT):
        return None
    lists = [name for name, value in content.items() if isinstance(value, list) and name not in _BESIDE]
    if len(lists) != 1:
        found = f"several lists ({', '.join(lists)})" if lists else "no list"
        raise StateError(f"the answer of {target.given} has {found}: name the one with the rows in items")
    return str(lists[0])


def _rows(
    client: Client,
    target: Endpoint,
    answer: Answer,
    name: str,
    parameter: str | None,
    headers: Mapping[str, str],
) -> Iterator[Any]:
    """A page may be empty and still have a next one. Its key goes alone: anything beside it is a 400."""
    seen: set[str] = set()
    while True:
        content = answer.content
        if not isinstance(content, Mapping) or not isinstance(content.get(name), list):
            raise StateError(f"a page of {target.given} has no list {name}")
        yield from content[name]
        key = content.get(_NEXT)
        if not key:
            return
        if key in seen:
            raise StateError(
                f"{target.given} repeats the page key {key}: its pages would never end. Is page_parameter what it wants?"
            )
        seen.add(key)
        query = {parameter or target.page_parameter: key}
        answer = client.send("GET", target.path, query, headers=headers, is_read=True)


def _with_rows(content: Mapping[str, Any], name: str, rows: list[Any]) -> dict[str, Any]:
    """As if there were no pages."""
    return {**{one: value for one, value in content.items() if one != _NEXT}, name: rows}
