# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._http import paging
from ansible_collections.community.dynatrace.plugins.module_utils._http.paging import rows_of_pages

Page = tuple[list[int], Optional[str]]


def rows(pages: Sequence[Page], asked: list[str | None]) -> list[int]:
    def fetch(key: str | None) -> Page:
        asked.append(key)
        return pages[len(asked) - 1]

    return list(rows_of_pages(fetch, lambda text: StateError(f"the list {text}")))


@pytest.mark.parametrize("end", [None, ""])
def test_keys_are_followed_to_the_end_also_of_empty_pages(end: str | None) -> None:
    asked: list[str | None] = []
    assert rows([([1, 2], "a"), ([], "b"), ([3], end)], asked) == [1, 2, 3]
    assert asked == [None, "a", "b"]


def test_a_key_that_repeats_would_never_end() -> None:
    asked: list[str | None] = []
    with pytest.raises(StateError, match="the list repeats the page key a: its pages would never end"):
        rows([([1], "a"), ([2], "b"), ([3], "a")], asked)
    assert asked == [None, "a", "b"]


def test_pages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    asked: list[str | None] = []
    with pytest.raises(StateError, match="the list has more than 3 pages"):
        rows([([number], f"k{number}") for number in range(9)], asked)
    assert len(asked) == 3
    assert rows([([1], "a"), ([2], "b"), ([3], None)], []) == [1, 2, 3]
