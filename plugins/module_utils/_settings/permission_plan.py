# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Who may read or write an object of an owner-based schema: what is wanted, and the steps that lead there (FACTS section 3.7). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

ALL_USERS, GROUP, USER = "all_users", "group", "user"
# Writing without reading is nothing that the API takes, so two levels are all there is.
_LETTERS = {"read": ("r",), "write": ("r", "w")}
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
        return {"type": _TO_API.get(self.type, self.type), **({"id": self.id} if self.id else {})}


Levels = Mapping[Accessor, str]


@dataclass(frozen=True)
class WantedAccess:
    """``purge``: nobody else keeps access, and if nobody is to have it, nobody at all does."""

    levels: Levels
    is_present: bool = True
    purge: bool = False


@dataclass(frozen=True)
class Step:
    """One request: create, update or delete what one accessor may do."""

    action: str
    accessor: Accessor
    level: str


@dataclass(frozen=True)
class AccessChange:
    """``before`` and ``after`` are complete; the steps lead from one to the other, those that take something away last."""

    before: Levels
    after: Levels

    @property
    def steps(self) -> list[Step]:
        before, after = self.before, self.after
        return [
            *(Step("create", who, level) for who, level in after.items() if who not in before),
            *(Step("update", who, level) for who, level in after.items() if before.get(who, level) != level),
            *(Step("delete", who, level) for who, level in before.items() if who not in after),
        ]

    @property
    def action(self) -> str:
        """What all steps have in common; several kinds make an update."""
        kinds = {step.action for step in self.steps}
        return "none" if not kinds else kinds.pop() if len(kinds) == 1 else "update"


def plan_access(wanted: WantedAccess, current: Levels) -> AccessChange:
    """The change after which exactly those have access who should; the ids of whom is there already stay as they are."""
    known = {who.key: who for who in current}
    named = {known.get(who.key, who): level for who, level in wanted.levels.items()}
    if wanted.is_present:
        kept = {who: level for who, level in current.items() if who in named} if wanted.purge else current
        return AccessChange(current, {**kept, **named})
    gone = current if wanted.purge else named
    return AccessChange(current, {who: level for who, level in current.items() if who not in gone})


def wanted_access(options: Mapping[str, Any]) -> WantedAccess:
    """Raises InputError for options that cannot go together."""
    is_present, purge, given = options["state"] == "present", options["purge"], options["accessors"]
    if is_present and given is None:
        raise InputError("accessors is missing: say who is to have access")
    if is_present and purge and not given:
        raise InputError(
            "purge with an empty list of accessors would take away everybody's access; if that is meant, say state=absent"
        )
    if not is_present and purge and given:
        raise InputError("state=absent with purge takes away everybody's access: leave out accessors, or purge")
    if not is_present and not purge and given is None:
        raise InputError("accessors is missing: say whose access is taken away, or purge for everybody's")
    levels: dict[Accessor, str] = {}
    for one in given or ():
        who = _accessor(one)
        if who.key in {other.key for other in levels}:
            raise InputError(f"accessors names {who.name} twice")
        levels[who] = one.get("access") or "read"
    return WantedAccess(levels, is_present, purge)


def read_levels(rows: Sequence[Mapping[str, Any]]) -> Levels:
    """From the API's list. Combinations of a newer server keep their letters, and are equal to no level."""
    found = {}
    for row in rows:
        identity, letters = row["accessor"], tuple(sorted(row.get("permissions") or ()))
        who = Accessor(_FROM_API.get(identity["type"], identity["type"]), identity.get("id") or "")
        found[who] = next((level for level, one in _LETTERS.items() if one == letters), "".join(letters))
    return found


def letters_of(level: str) -> list[str]:
    return list(_LETTERS[level])


def shown_levels(levels: Levels) -> list[dict[str, Any]]:
    """In the form of the option ``accessors``."""
    return [{"type": who.type, "id": who.id or None, "access": level} for who, level in levels.items()]


def side(levels: Levels) -> dict[str, str]:
    """One side of a diff."""
    return {who.name: level for who, level in levels.items()}


def _accessor(one: Mapping[str, Any]) -> Accessor:
    kind, name = one["type"], one.get("id") or ""
    if kind == ALL_USERS and name:
        raise InputError(f"an accessor of type {ALL_USERS} has no id: leave out {name}, or make it a {USER} or {GROUP}")
    if kind != ALL_USERS and not name:
        raise InputError(f"an accessor of type {kind} needs an id")
    return Accessor(kind, name)
