# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""Following the keys of pages to the end of a list (API facts, 0.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from .._errors import CollectionError
from .._text import cut

Row = TypeVar("Row")

MOST_PAGES = 10_000
_SHOWN = 300


def rows_of_pages(
    fetch: Callable[[str | None], tuple[Iterable[Row], str | None]], refuse: Callable[[str], CollectionError]
) -> Iterator[Row]:
    """The rows of all pages. An empty page may still have a next one.

    ``fetch``: the rows of the page with this key (None: the first page), and the key of the next one. ``refuse``: the error to raise for
    a list that does not end, from what is wrong with it.
    """
    seen: set[str] = set()
    key: str | None = None
    while len(seen) < MOST_PAGES:
        rows, key = fetch(key)
        yield from rows
        if not key:
            return
        if key in seen:
            raise refuse(f"repeats the page key {cut(key, _SHOWN)}: its pages would never end")
        seen.add(key)
    raise refuse(f"has more than {MOST_PAGES} pages")
