# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which old versions of an extension have to go (option keep_versions). Pure: nothing is read or sent here."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import upload_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import version_key
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package

# As many versions of an extension does an environment store (FACTS section 2.7).
MAX_VERSIONS = 10


@dataclass(frozen=True)
class Versions:
    """``stored``: all versions; ``configured``: those that monitoring configurations use, read only where one has to go."""

    stored: Sequence[str]
    configured: Collection[str] = ()


def may_prune(package: Package, keep: int, versions: Sequence[str]) -> bool:
    """Whether anything has to go, so that it matters which versions are configured."""
    return len({*versions, package.version}) > keep


def with_pruning(planned: plan.Plan, package: Package, versions: Versions, active: str | None, keep: int) -> plan.Plan:
    """The plan of an upload with the deletions that keep ``keep`` versions: the newest ones beside those that have to stay.

    Those are the package's own, the one that is active then, and the configured ones. ``active``: the active one now.
    Raises StateError when the limit of versions is reached and none can go.
    """
    stored, version = versions.stored, package.version
    active_then = version if planned.activation else active
    room: list[str] = []
    if version not in stored:
        needed = len(stored) + 1 - MAX_VERSIONS
        free = [one for one in _oldest_first(stored) if one not in (active, version, *versions.configured)]
        if needed > len(free):
            raise StateError(
                f"{package.name} {version} cannot be uploaded: there are {len(stored)} versions, at most {MAX_VERSIONS} are "
                "allowed, and each of them is active or used by a monitoring configuration. Move the configurations to another version"
            )
        room = free[: max(needed, 0)]
    left = {*stored, version} - set(room)
    staying = left & {version, active_then, *versions.configured}
    more = max(keep - len(staying), 0)
    others = _oldest_first(left - staying)
    rest = others[: len(others) - more] if more < len(others) else []
    return _with_deletions(planned, package, versions, active, (tuple(room), tuple(rest)))


def _with_deletions(
    planned: plan.Plan,
    package: Package,
    versions: Versions,
    active: str | None,
    deletions: tuple[tuple[str, ...], tuple[str, ...]],
) -> plan.Plan:
    room, rest = deletions
    gone = [*room, *rest]
    shown = _oldest_first(versions.stored)[::-1]
    then = [one for one in _oldest_first({*versions.stored, package.version})[::-1] if one not in gone]
    before = planned.before or {"name": package.name, "version": None, "active_version": active}
    return dataclasses.replace(
        planned,
        action="update" if gone and planned.action == "none" else planned.action,
        reason=planned.reason + (f"; too many versions: {', '.join(gone)}" if gone else ""),
        before={**before, "versions": shown} if shown else {},
        after={**planned.after, "versions": then},
        room=room,
        rest=rest,
    )


def _oldest_first(versions: Collection[str]) -> list[str]:
    return sorted(versions, key=version_key)
