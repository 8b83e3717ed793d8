# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which version of an extension is to be active, and what has to be done for it. Pure: nothing is read or sent here."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import StateError
from .._task import sides
from .._text import listed, version_key
from .api import UsingConfiguration
from .hub import HubOffer
from .upload_plan import activation_for

LATEST = "latest"
STORED, HUB = "stored", "hub"
KEEP, MOVE = "keep", "move"


@dataclass(frozen=True)
class WantedExtension:
    """``configurations``: KEEP, or MOVE those of other versions along."""

    name: str
    version: str
    source: str = STORED
    configurations: str = KEEP

    @property
    def moves(self) -> bool:
        return self.configurations == MOVE


@dataclass(frozen=True)
class ExtensionState:
    """What the environment has, and the Hub.

    ``versions``: the stored ones, the newest first; None: not read, because the version asked for is active. ``offer``: None
    where the Hub was not asked, or knows no such extension; ``hub_was_asked`` tells these two apart. ``configurations``: read only
    where they matter.
    """

    active: str | None
    versions: Sequence[str] | None = None
    offer: HubOffer | None = None
    hub_was_asked: bool = False
    configurations: Sequence[UsingConfiguration] = ()


@dataclass(frozen=True)
class ExtensionPlan:
    """``version``: the one that is to be active, None where none is. ``installs``: it comes from the Hub first.

    ``activation``: POST, PUT or None. Where none is to be active: ``configurations`` (ids) and ``versions`` to delete in this order,
    the oldest version first, and whether it has to be switched off in between. ``moves_before`` and ``moves_after`` the activation:
    the configurations of newer versions, which it must not pass, and those of older ones.
    """

    action: str
    reason: str
    version: str | None
    installs: bool = False
    activation: str | None = None
    configurations: Sequence[str] = ()
    deactivates: bool = False
    versions: Sequence[str] = ()
    moves_before: Sequence[UsingConfiguration] = ()
    moves_after: Sequence[UsingConfiguration] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moves(self) -> Sequence[UsingConfiguration]:
        return [*self.moves_before, *self.moves_after]


def present(wanted: WantedExtension, state: ExtensionState) -> ExtensionPlan:
    """The version is the active one, or the newest if it is ``latest``. Raises StateError when there is no such version, and when
    configurations of newer versions are in its way and stay as they are.
    """
    planned = _activated(wanted.name, wanted.version, wanted.source, state)
    version = str(planned.version)
    newer, older = [], []
    for row in sorted(state.configurations, key=lambda row: row.id):
        if row.is_newer_than(version):
            newer.append(row)
        elif row.version != version:
            older.append(row)
    if wanted.moves:
        return _with_moves(planned, newer, older)
    if newer and planned.activation is not None:
        raise newer_in_the_way(wanted.name, version, newer)
    return planned


def newer_in_the_way(name: str, version: str, newer: Sequence[UsingConfiguration]) -> StateError:
    """An older version cannot be activated below them (API facts, 2.3)."""
    rows = listed([f"{row.label} of version {row.version}" for row in newer])
    return StateError(
        f"{name} {version} cannot be activated while monitoring configurations use newer versions: {rows}. Set configurations of the "
        "module extension to move, or give them that version with extension_monitoring_configuration first",
        {"configurations": [identity(row) for row in newer]},
    )


def _with_moves(
    planned: ExtensionPlan, newer: Sequence[UsingConfiguration], older: Sequence[UsingConfiguration]
) -> ExtensionPlan:
    moving = len(newer) + len(older)
    if not moving:
        return planned
    counted = "1 monitoring configuration" if moving == 1 else f"{moving} monitoring configurations"
    return dataclasses.replace(
        planned,
        action="update" if planned.action == "none" else planned.action,
        reason=f"{planned.reason}, with {counted} of other versions",
        moves_before=newer,
        moves_after=older,
    )


def move_text(name: str, version: str, row: UsingConfiguration) -> str:
    """What the journal says of a move."""
    return f"configuration {row.label} of {name} was moved from version {row.version} to {version}"


def moved_row(version: str, row: UsingConfiguration) -> dict[str, Any]:
    """What results show of a move."""
    return {**identity(row), "previous_version": row.version, "version": version}


def move_diff(name: str, version: str, row: UsingConfiguration) -> dict[str, Any]:
    """Both sides of it."""
    before = {**identity(row), "version": row.version}
    return sides(before, {**before, "version": version}, f"configuration of {name} on {row.scope}: {row.description}")


def _activated(name: str, version: str, source: str, state: ExtensionState) -> ExtensionPlan:
    if version != LATEST and state.active == version:
        side = _side(name, version)
        return ExtensionPlan("none", f"{name} {version} is active", version, before=side, after=side)
    versions = state.versions or ()
    wanted = _newest(name, source, state) if version == LATEST else version
    installs = wanted not in versions
    if installs:
        _check_available(name, wanted, source, state)
    activation = activation_for(wanted, state.active)
    before = _side(name, state.active, versions)
    if activation is None:
        return ExtensionPlan(
            "none", f"{name} {wanted} is active, and there is no newer version", wanted, before=before, after=before
        )
    after = _side(name, wanted, sorted({*versions, wanted}, key=version_key, reverse=True))
    now = f"{name} {state.active} is active" if state.active else f"{name} has no active version"
    reason = f"{name} {wanted} is not stored" if installs else now
    return ExtensionPlan(
        "create" if installs else "update", reason, wanted, installs, activation, before=before, after=after
    )


def inactive(name: str, remove_configurations: bool, state: ExtensionState) -> ExtensionPlan:
    """No version is active; what is stored stays. Raises StateError when configurations are in the way."""
    if state.active is None:
        return ExtensionPlan("none", f"{name} has no active version", None)
    rows = _configurations(name, remove_configurations, state)
    return ExtensionPlan(
        "update",
        f"{name} {state.active} is active",
        None,
        configurations=[row.id for row in rows],
        deactivates=True,
        before={**_side(name, state.active), **_shown(rows)},
        after={"name": name, "active_version": None},
    )


def absent(name: str, remove_configurations: bool, state: ExtensionState) -> ExtensionPlan:
    """No version is stored, and none is active. Raises StateError when configurations are in the way."""
    versions = state.versions or ()
    if not versions and state.active is None:
        return ExtensionPlan("none", f"{name} is not stored", None)
    rows = _configurations(name, remove_configurations, state)
    return ExtensionPlan(
        "delete",
        f"{name} is stored with {len(versions)} version{'' if len(versions) == 1 else 's'}",
        None,
        configurations=[row.id for row in rows],
        deactivates=state.active is not None,
        versions=tuple(reversed(versions)),
        before={**_side(name, state.active, versions), **_shown(rows)},
    )


def _configurations(name: str, remove: bool, state: ExtensionState) -> Sequence[UsingConfiguration]:
    """Those that have to go before."""
    rows = sorted(state.configurations, key=lambda row: row.id)
    if rows and not remove:
        raise StateError(
            f"{name} has monitoring configurations: {listed([row.label for row in rows])}. Delete them first, or set "
            "remove_configurations",
            {"configurations": [identity(row) for row in rows]},
        )
    return rows


def _shown(rows: Sequence[UsingConfiguration]) -> dict[str, Any]:
    if not rows:
        return {}
    return {"configurations": [identity(row) for row in rows]}


def _newest(name: str, source: str, state: ExtensionState) -> str:
    """Never older than what is stored, whatever the Hub recommends."""
    candidates = list(state.versions or ())
    offer = state.offer
    if source == HUB and offer is not None:
        candidates += [offer.recommended] if offer.recommended else offer.releases[:1]
    if not candidates:
        raise _nothing(name, source)
    return max(candidates, key=version_key)


def _check_available(name: str, version: str, source: str, state: ExtensionState) -> None:
    if source == STORED:
        if not state.versions:
            raise _nothing(name, source)
        raise StateError(
            f"{name} {version} is not stored in the environment, which has {listed(state.versions, separator=', ')}: upload it "
            "(extension_upload), or set source to hub if it is one of Dynatrace Hub"
        )
    if not state.hub_was_asked:
        return
    if state.offer is None:
        raise _nothing(name, source)
    if version not in (state.offer.recommended, *state.offer.releases):
        raise StateError(
            f"Dynatrace Hub has no {name} {version}; it has {listed(state.offer.releases, separator=', ') or 'none'}"
        )


def _nothing(name: str, source: str) -> StateError:
    if source == HUB:
        return StateError(
            f"neither the environment nor the catalog of Dynatrace Hub has an extension {name}: check the name, or give a version "
            "if the token cannot read the catalog"
        )
    return StateError(
        f"{name} is not stored in the environment: upload it (extension_upload), or set source to hub if it is one of Dynatrace Hub"
    )


def _side(name: str, active: str | None, versions: Sequence[str] | None = None) -> dict[str, Any]:
    """One side of the diff; nothing at all where there is no version."""
    if active is None and not versions:
        return {}
    side: dict[str, Any] = {"name": name, "active_version": active}
    if versions is not None:
        side["versions"] = list(versions)
    return side


def identity(row: UsingConfiguration) -> dict[str, Any]:
    """What tells a configuration from others; the rest of it may be secret."""
    return {"configuration_id": row.id, "scope": row.scope, "description": row.description}
