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
from .._http.shape import Part, ShapeError
from .api_plan import FoundContent
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
        else:
            yield from self.rows(answer, self.name_of_rows(answer.content))

    def name_of_rows(self, content: Any) -> str:
        """The property with the rows, which there must be."""
        if self.items:
            return self.items
        if not isinstance(content, Mapping):
            raise StateError(f"the answer of {self.target.given} has no properties, and so no list of rows")
        return self._only_list(content)

    def has_rows(self, content: Any) -> bool:
        """Whether there is a list to go on with, where none is asked for."""
        if self.items:
            return True
        return isinstance(content, Mapping) and Part(content).has(_NEXT)

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
        page = Part(answer.content)
        try:
            return page.elements(name), page.optional_text(_NEXT)
        except ShapeError as error:
            raise StateError(f"the answer of {self.target.given} has {error}") from None

    def _only_list(self, content: Mapping[str, Any]) -> str:
        lists = {name for name, value in content.items() if isinstance(value, list)}
        own = sorted(lists - _BESIDE)
        if len(own) == 1:
            return own[0]
        description = f"several lists ({', '.join(own)})" if own else "no list"
        raise StateError(f"the answer of {self.target.given} has {description}: name the one with the rows in items")

    def _sent(self, params: Mapping[str, Any]) -> Answer:
        return self.client.send("GET", self.target.path, params, headers=self.headers, is_read=True)


def unpaged(content: Mapping[str, Any], name: str, rows: list[Any]) -> dict[str, Any]:
    """An answer as if there were no pages."""
    whole = {**content, name: rows}
    whole.pop(_NEXT, None)
    return whole


def current(client: Client, target: Endpoint) -> FoundContent:
    """What is at an endpoint. Raises StateError where nobody can look."""
    try:
        return FoundContent(True, client.send("GET", target.path, target.params, is_read=True).content)
    except ApiError as error:
        if error.is_absence:
            return FoundContent(False)
        if error.status != 405:
            raise
        raise StateError(f"{target.given} cannot be read, so it cannot be compared: set compare=none") from error
