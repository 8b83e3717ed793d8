# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Who may read or write an object of an owner-based schema: what is wanted, and the steps that lead there (API facts, 3.7). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._errors import refuse_if
from .._lists import keyed
from .access import ALL_USERS, GROUP, USER, Accessor, Levels


@dataclass(frozen=True)
class WantedAccess:
    """``purge``: all other accessors lose their access; with ``is_present`` False, all accessors do."""

    levels: Levels
    is_present: bool = True
    purge: bool = False


@dataclass(frozen=True)
class AccessStep:
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
    def steps(self) -> list[AccessStep]:
        created, updated, deleted = [], [], []
        for accessor, level in self.after.items():
            if accessor not in self.before:
                created.append(AccessStep("create", accessor, level))
            elif level != self.before[accessor]:
                updated.append(AccessStep("update", accessor, level))
        for accessor, level in self.before.items():
            if accessor not in self.after:
                deleted.append(AccessStep("delete", accessor, level))
        return [*created, *updated, *deleted]

    @property
    def action(self) -> str:
        """What all steps have in common; several kinds make an update."""
        actions = {step.action for step in self.steps} or {"none"}
        if len(actions) > 1:
            return "update"
        return actions.pop()


def plan_access(wanted: WantedAccess, current: Levels) -> AccessChange:
    """The change from ``current`` to ``wanted``. Ids that the server has already keep their spelling."""
    known = keyed(current, lambda accessor: accessor.key)
    named = {known.get(accessor.key, accessor): level for accessor, level in wanted.levels.items()}
    after = {accessor: level for accessor, level in current.items() if accessor in named or not wanted.purge}
    if wanted.is_present:
        after.update(named)
    else:
        for accessor in named:
            after.pop(accessor, None)
    return AccessChange(current, after)


def wanted_access(options: Mapping[str, Any]) -> WantedAccess:
    """Raises InputError for options that exclude each other."""
    is_present, purge, given = options["state"] == "present", options["purge"], options["accessors"]
    if is_present:
        refuse_if(given is None, "accessors is missing: list who gets access")
        refuse_if(
            purge and not given,
            "purge with an empty list of accessors would remove everybody's access; if you want that, set state=absent",
        )
    else:
        refuse_if(purge and given, "state=absent with purge removes everybody's access: leave out accessors, or purge")
        refuse_if(
            not purge and given is None,
            "accessors is missing: list whose access is removed, or set purge to remove everybody's",
        )
    levels: dict[Accessor, str] = {}
    seen = set()
    for row in given or ():
        accessor = _accessor(row)
        refuse_if(accessor.key in seen, f"accessors names {accessor.name} twice")
        seen.add(accessor.key)
        levels[accessor] = row.get("access", "read")
    return WantedAccess(levels, is_present, purge)


def shown_levels(levels: Levels) -> list[dict[str, Any]]:
    """In the form of the option ``accessors``."""
    return [{"type": accessor.type, "id": accessor.id or None, "access": level} for accessor, level in levels.items()]


def side(levels: Levels) -> dict[str, str]:
    """One side of a diff."""
    return {accessor.name: level for accessor, level in levels.items()}


def _accessor(row: Mapping[str, Any]) -> Accessor:
    kind, name = row["type"], row.get("id") or ""
    refuse_if(
        kind == ALL_USERS and name,
        f"an accessor of type {ALL_USERS} has no id: leave out {name}, or make it a {USER} or {GROUP}",
    )
    refuse_if(kind != ALL_USERS and not name, f"an accessor of type {kind} needs an id")
    return Accessor(kind, name)
