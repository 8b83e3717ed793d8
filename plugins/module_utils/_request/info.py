# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What api_info does: a GET, with the rows of all pages in its answer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import ApiError, InputError
from .._http.exchange import Answer
from .._task import Result, Task
from .endpoint import Endpoint, accepted, endpoint
from .headers import checked
from .pages import PagedList, unpaged
from .secrecy import hide


@dataclass(frozen=True)
class ApiInfoOptions:
    """The module's options. ``accepted``: refusals that are not failures."""

    target: Endpoint
    headers: Mapping[str, str] = field(repr=False)
    items: str | None
    page_parameter: str | None
    limit: int | None
    accepted: frozenset[int]

    @classmethod
    def from_params(cls, params: Mapping[str, Any], is_platform: bool) -> ApiInfoOptions:
        """Raises InputError, which never repeats what may be secret."""
        if params["limit"] is not None and params["limit"] < 1:
            raise InputError("limit must be at least 1")
        return cls(
            endpoint(params["path"] or "", params["query"], is_platform),
            checked(params["headers"]),
            params["items"],
            params["page_parameter"],
            params["limit"],
            accepted(params["accept_status"]),
        )


def read(task: Task) -> Result:
    """api_info: the answer to a GET, with the rows of all pages in it."""
    hide(task)
    options = ApiInfoOptions.from_params(task.params, task.client.is_platform)
    paged = PagedList(task.client, options.target, options.items, options.page_parameter, options.headers)
    try:
        first = paged.first()
    except ApiError as error:
        if error.status not in options.accepted:
            raise
        return Result({"content": error.body, "status": error.status})
    return Result({"content": _limited(paged, first, options.limit), "status": first.status})


def _limited(paged: PagedList, first: Answer, limit: int | None) -> Any:
    """The content of an answer, with the rows of all pages, at most ``limit`` of them; None: of an answer without rows, all of it."""
    content = first.content
    if isinstance(content, list):
        return content[:limit]
    if limit is None and not paged.has_rows(content):
        return content
    name = paged.name_of_rows(content)
    return unpaged(content, name, list(itertools.islice(paged.rows(first, name), limit)))
