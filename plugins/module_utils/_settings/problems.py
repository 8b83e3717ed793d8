# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Collects the errors of all items of a list, so that one message names them all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .._errors import CollectionError, InputError

_MOST_NAMED = 10


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
        """Raises InputError, which names each item that has an error, if there is one."""
        if not self._by_key:
            return
        texts = [f"{key}: {text}" for key, text in self._by_key.items()]
        more = f"; and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
        raise InputError("; ".join(texts[:_MOST_NAMED]) + more, {"errors": dict(self._by_key)})
