# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What is wrong with the items of a list, collected to be said all at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from .._errors import CollectionError, InputError

_MOST_NAMED = 10


class Problems:
    """The error of each item, by its key; of several errors of one item the last."""

    def __init__(self) -> None:
        self._by_key: dict[str, str] = {}

    @contextlib.contextmanager
    def of(self, key: str) -> Iterator[None]:
        """Keeps an error that is raised within, so that the items that follow are looked at as well."""
        try:
            yield
        except CollectionError as error:
            self.add(key, error.msg)

    def add(self, key: str, text: str) -> None:
        self._by_key[key] = text

    def raise_all(self) -> None:
        """InputError that names each item with a problem, if there is one."""
        if not self._by_key:
            return
        texts = [f"{key}: {text}" for key, text in self._by_key.items()]
        more = f"; and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
        raise InputError("; ".join(texts[:_MOST_NAMED]) + more, {"errors": dict(self._by_key)})
