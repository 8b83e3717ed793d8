# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Who may read or write an object of an owner-based schema, in our terms and in the API's (API facts, 3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .._lists import filled

ALL_USERS, GROUP, USER = "all_users", "group", "user"
# Writing without reading is nothing that the API takes, so two levels are all there is.
_LETTERS = {"read": ("r",), "write": ("r", "w")}
_LEVELS = {letters: level for level, letters in _LETTERS.items()}
_TO_API = {ALL_USERS: "all-users"}
_FROM_API = {api: own for own, api in _TO_API.items()}


class Accessor(NamedTuple):
    """Who: a user or a group by id, or all users, who have none."""

    type: str
    id: str

    @property
    def name(self) -> str:
        return "all users" if self.type == ALL_USERS else f"{self.type} {self.id}"

    @property
    def key(self) -> tuple[str, str]:
        """Ids are UUIDs, which mean the same in upper and lower case."""
        return self.type, self.id.lower()

    @property
    def identity(self) -> dict[str, str]:
        """As the API has it."""
        return filled({"type": _TO_API.get(self.type, self.type), "id": self.id})


Levels = Mapping[Accessor, str]


def accessor_of(api_type: str, identity: str) -> Accessor:
    """From the API's type and id."""
    return Accessor(_FROM_API.get(api_type, api_type), identity)


def level_of(permissions: Sequence[str]) -> str:
    """From the API's letters. Combinations of a newer server keep them, and are equal to no level."""
    letters = tuple(sorted(permissions))
    return _LEVELS.get(letters, "".join(letters))


def letters_of(level: str) -> list[str]:
    return list(_LETTERS[level])
