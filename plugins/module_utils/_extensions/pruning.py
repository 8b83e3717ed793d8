# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which old versions of an extension have to go (option keep_versions). Pure: nothing is read or sent here."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from .._errors import StateError
from .._text import version_key
from .upload_plan import UploadPlan, VersionState, WantedVersion

# As many versions of an extension does an environment store (API facts, 2.7).
MAX_VERSIONS = 10


def may_prune(version: str, keep: int, versions: Sequence[str]) -> bool:
    """Whether anything has to go for ``version``, so that it matters which versions are configured."""
    return len({*versions, version}) > keep


def with_pruning(planned: UploadPlan, wanted: WantedVersion, state: VersionState) -> UploadPlan:
    """The plan of an upload with the deletions that keep ``keep_versions``: the newest ones beside those that have to stay.

    Those are the package's own, the one that is active then, and the configured ones. Raises StateError when the limit of versions is
    reached and none can go. Nothing goes where the plan leaves alone what differs.
    """
    if state.versions is None or wanted.keep_versions is None or planned.warning:
        return planned
    version = wanted.package.version
    room = _room(wanted, state.versions, {state.active_version, version, *state.configured})
    left = {*state.versions, version} - set(room)
    active_then = version if planned.activation else state.active_version
    staying = left & {version, active_then, *state.configured}
    others = _oldest_first(left - staying)
    surplus = min(len(left) - wanted.keep_versions, len(others))
    return _with_deletions(planned, wanted, state, (room, others[: max(surplus, 0)]))


def _room(wanted: WantedVersion, stored: Sequence[str], used: Collection[str | None]) -> list[str]:
    """What has to go so that there can be another version."""
    name, version = wanted.package.name, wanted.package.version
    if version in stored:
        return []
    needed = len(stored) + 1 - MAX_VERSIONS
    unused = [candidate for candidate in _oldest_first(stored) if candidate not in used]
    if needed > len(unused):
        raise StateError(
            f"{name} {version} cannot be uploaded: there are {len(stored)} versions, at most {MAX_VERSIONS} are "
            "allowed, and each of them is active or used by a monitoring configuration. Move the configurations to another version"
        )
    return unused[: max(needed, 0)]


def _with_deletions(
    planned: UploadPlan, wanted: WantedVersion, state: VersionState, deletions: tuple[Sequence[str], Sequence[str]]
) -> UploadPlan:
    package, versions = wanted.package, state.versions or ()
    room, rest = deletions
    leaving = [*room, *rest]
    shown = _oldest_first(versions)[::-1]
    then = _oldest_first({*versions, package.version} - {*leaving})[::-1]
    before = planned.before or {"name": package.name, "version": None, "active_version": state.active_version}
    return dataclasses.replace(
        planned,
        action="update" if leaving and planned.action == "none" else planned.action,
        reason=planned.reason + (f"; too many versions: {', '.join(leaving)}" if leaving else ""),
        before={**before, "versions": shown} if shown else {},
        after={**planned.after, "versions": then},
        room=tuple(room),
        rest=tuple(rest),
    )


def _oldest_first(versions: Collection[str]) -> list[str]:
    return sorted(versions, key=version_key)
