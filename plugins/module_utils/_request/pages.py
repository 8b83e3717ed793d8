# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Reading from endpoints of which nothing is known beforehand: an answer, and lists with all their pages (API facts, 0.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import ApiError, StateError
from .._http.client import Client
from .._http.exchange import Answer
from .._http.paging import rows_of_pages
from .endpoint import Endpoint

_NEXT = "nextPageKey"
# Lists that answers have beside their rows.
_BESIDE = frozenset({"warnings"})


@dataclass(frozen=True)
class PagedList:
    """A list at an endpoint. ``items``: the property with its rows, ``parameter``: what asks for the next page; None: to be found out."""

    client: Client
    target: Endpoint
    items: str | None = None
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def first(self) -> Answer:
        return self._sent(self.target.params)

    def all_rows(self) -> Iterator[Any]:
        """The rows of all pages, or the elements of an answer that is a list itself."""
        answer = self.first()
        if isinstance(answer.content, list):
            yield from answer.content
            return
        name = self.name_of_rows(answer.content, True)
        if name is not None:
            yield from self.rows(answer, name)

    def name_of_rows(self, content: Any, is_list: bool) -> str | None:
        """The property with the rows; None where there are none to go on with. ``is_list``: there must be one."""
        given = self.target.given
        if not isinstance(content, Mapping):
            if self.items or (is_list and not isinstance(content, list)):
                raise StateError(f"the answer of {given} has no properties, and so no list of rows")
            return None
        if self.items:
            if not isinstance(content.get(self.items), list):
                raise StateError(f"the answer of {given} has no list {self.items}; it has {', '.join(sorted(content))}")
            return self.items
        if is_list or content.get(_NEXT):
            return self._only_list(content)
        return None

    def rows(self, answer: Answer, name: str) -> Iterator[Any]:
        """Those of the first page, which ``answer`` is, and of all that follow."""
        parameter = self.parameter or self.target.page_parameter

        def fetch(key: str | None) -> tuple[list[Any], str | None]:
            # The key goes alone: anything beside it is a 400.
            return self._page(answer if key is None else self._sent({parameter: key}), name)

        def refuse(text: str) -> StateError:
            return StateError(f"{self.target.given} {text}. Check that page_parameter is what this endpoint asks for")

        return rows_of_pages(fetch, refuse)

    def _page(self, answer: Answer, name: str) -> tuple[list[Any], str | None]:
        """The rows of a page, and the key of the next one."""
        content = answer.content
        if not isinstance(content, Mapping) or not isinstance(content.get(name), list):
            raise StateError(f"a page of {self.target.given} has no list {name}")
        key = content.get(_NEXT)
        if key is not None and not isinstance(key, str):
            raise StateError(f"a page of {self.target.given} has a {_NEXT} that is not a text")
        return content[name], key

    def _only_list(self, content: Mapping[str, Any]) -> str:
        lists = [name for name, value in content.items() if isinstance(value, list) and name not in _BESIDE]
        if len(lists) != 1:
            found = f"several lists ({', '.join(lists)})" if lists else "no list"
            raise StateError(f"the answer of {self.target.given} has {found}: name the one with the rows in items")
        return lists[0]

    def _sent(self, params: Mapping[str, Any]) -> Answer:
        return self.client.send("GET", self.target.path, params, headers=self.headers, is_read=True)


def unpaged(content: Mapping[str, Any], name: str, rows: list[Any]) -> dict[str, Any]:
    """An answer as if there were no pages."""
    return {**{key: value for key, value in content.items() if key != _NEXT}, name: rows}


def current(client: Client, target: Endpoint) -> Answer | None:
    """What is at an endpoint, None if nothing is. Raises StateError where nobody can look."""
    try:
        return client.send("GET", target.path, target.params, is_read=True)
    except ApiError as error:
        if error.is_absence:
            return None
        if error.status != 405:
            raise
        raise StateError(f"{target.given} cannot be read, so it cannot be compared: set compare=none") from error
