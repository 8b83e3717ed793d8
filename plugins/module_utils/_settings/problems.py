# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Collects the errors of all items of a list, so that one message names them all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from .._errors import CollectionError, InputError
from .._text import listed

_MOST_NAMED = 10


class ItemsError(InputError):
    """What is wrong with items of the list, by their keys. ``lead``: how the message begins."""

    def __init__(self, problems: Mapping[str, str], lead: str = "") -> None:
        super().__init__("", {"errors": dict(problems)})
        self._problems = problems
        self._lead = lead
        self.name_items({})

    def name_items(self, names: Mapping[str, str]) -> None:
        """``names``: how the message calls an item instead of by its key."""
        texts = [f"{names.get(key, key)}: {text}" for key, text in self._problems.items()]
        self.msg = self._lead + listed(texts, _MOST_NAMED)


class Problems:
    """One error for each item, by its key: the last one."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}

    @contextlib.contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Keeps an error that is raised inside, so that the following items are checked as well."""
        try:
            yield
        except CollectionError as error:
            self.add(key, error.msg)

    def add(self, key: str, text: str) -> None:
        self._by_key[key] = text

    def raise_all(self) -> None:
        """Raises ItemsError if an item has an error."""
        if self._by_key:
            raise ItemsError(self._by_key)
