# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From what is wanted and what is there to what has to be done. Pure: nothing is read or sent here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import StateError
from .._packages.package import Package
from .._text import listed
from .api import POST, PUT, StoredVersion

FAIL, WARN, REPLACE = "fail", "warn", "replace"


@dataclass(frozen=True)
class WantedVersion:
    """``on_mismatch``: what to do with other content. ``keep_versions``: how many there may be, None: it does not matter."""

    package: Package
    activate: bool = False
    on_mismatch: str = FAIL
    keep_versions: int | None = None


@dataclass(frozen=True)
class VersionState:
    """What the environment has of a version.

    ``details``: None when it is not stored. ``stored``: its package, read only where the hashes did not tell whether it is the same.
    ``users``: ids of monitoring configurations that use it, read only where that matters. ``replaced``: the members of the package that
    this run has set out to replace. With keep_versions: ``versions``, all that are stored, and ``configured``, those of them that
    monitoring configurations use, read only where one has to go.
    """

    details: StoredVersion | None
    active_version: str | None
    stored: Package | None = None
    users: Sequence[str] = ()
    replaced: Mapping[str, str] | None = None
    versions: Sequence[str] | None = None
    configured: Collection[str] = ()


@dataclass(frozen=True)
class Difference:
    """Files by name: in the new package only, in the stored one only, in both with other content."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return any((self.added, self.removed, self.changed))

    def text(self) -> str:
        """In words, such as: 2 changed (extension.yaml, lib/a.py), 1 added (lib/b.py)."""
        parts = (("changed", self.changed), ("added", self.added), ("missing", self.removed))
        return ", ".join(f"{len(names)} {word} ({listed(names, separator=', ')})" for word, names in parts if names)


@dataclass(frozen=True)
class UploadPlan:
    """What has to be done, and how it looks before and after.

    ``uploads``: the package is sent. ``replaced``: the stored package that is deleted before. ``activation``: POST, PUT or None.
    ``warning``: for the user, where nothing is done although something differs. ``room``, ``rest``: old versions that are deleted
    before the upload, because there is no room for another, and after it. ``details``: of the version as it is stored.
    """

    action: str
    reason: str
    uploads: bool = False
    replaced: Package | None = field(default=None, compare=False, repr=False)
    activation: str | None = None
    warning: str | None = None
    room: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    details: StoredVersion | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class PutBackState:
    """What is there after a replacement that failed; packages by their members.

    ``stored``: None: nothing. ``was_absent``: there was nothing at some time after the deletion. ``is_ours``: this run has deleted it,
    or may have.
    """

    new: Mapping[str, str]
    old: Mapping[str, str]
    stored: Mapping[str, str] | None
    was_absent: bool
    is_ours: bool


@dataclass(frozen=True)
class PutBackPlan:
    """``is_new``: the replacement had not failed, and the new content is there."""

    action: str
    is_new: bool = False


def same_by_hash(package: Package, details: StoredVersion) -> bool:
    """Whether fileHash shows equality. It is not known what it covers, so another hash shows nothing (API facts, 2.1)."""
    return (details.file_hash or "").lower() in (package.bundle_hash, package.inner_hash)


def has_content(package: Package, state: VersionState) -> bool:
    """Whether the version is stored with the content of the package."""
    if state.details is None:
        return False
    if state.stored is None:
        return same_by_hash(package, state.details)
    return package.members == state.stored.members


def difference(new: Mapping[str, str], stored: Mapping[str, str]) -> Difference:
    """Between the members of two packages, by name and hash."""
    return Difference(
        added=tuple(sorted(set(new) - set(stored))),
        removed=tuple(sorted(set(stored) - set(new))),
        changed=tuple(sorted(name for name in set(new) & set(stored) if new[name] != stored[name])),
    )


def present(wanted: WantedVersion, state: VersionState) -> UploadPlan:
    """The version is stored with the package's content, and active where asked for. Raises StateError for a mismatch."""
    name, version = wanted.package.name, wanted.package.version
    activation = activation_for(version, state.active_version) if wanted.activate else None
    active = version if wanted.activate else state.active_version
    if state.details is None:
        return UploadPlan(
            "create",
            f"{name} {version} is not stored",
            uploads=True,
            activation=activation,
            before=_side(name, None, state.active_version),
            after=_side(name, version, active),
        )
    if state.stored is not None and not has_content(wanted.package, state):
        return _mismatch(wanted, state.stored, state, activation)
    before, after = _side(name, version, state.active_version), _side(name, version, active)
    reason = f"{name} {version} is stored with the same content"
    if activation:
        action, reason = "update", f"{reason}, but not active"
        return UploadPlan(action, reason, activation=activation, before=before, after=after, details=state.details)
    return UploadPlan("none", reason, before=before, after=before, details=state.details)


def absent(name: str, version: str, state: VersionState) -> UploadPlan:
    """The version is not stored. Raises StateError while it is in use."""
    side = _side(name, version if state.details is not None else None, state.active_version)
    if state.details is None:
        return UploadPlan("none", f"{name} {version} is not stored", before=side, after=side)
    _check_unused(name, version, state, "cannot be deleted")
    after = _side(name, None, state.active_version)
    return UploadPlan("delete", f"{name} {version} is stored", before=side, after=after, details=state.details)


def put_back(state: PutBackState) -> PutBackPlan:
    """What was stored before is stored again. Raises StateError where that cannot be, or may not last."""
    if state.stored == state.new:
        return PutBackPlan("none", is_new=True)
    if state.stored is None:
        if not state.is_ours:
            raise StateError("somebody else deleted it")
        return PutBackPlan("create")
    if state.stored != state.old:
        raise StateError("another package was stored in its place")
    if state.is_ours and not state.was_absent:
        raise StateError("the server still lists it, but may have begun to delete it")
    return PutBackPlan("none")


def _mismatch(wanted: WantedVersion, stored: Package, state: VersionState, activation: str | None) -> UploadPlan:
    package = wanted.package
    name, version = package.name, package.version
    differs = difference(package.members, stored.members)
    text = f"{name} {version} is stored with other content: {differs.text()}"
    side = _side(name, version, state.active_version)
    if state.replaced not in (None, stored.members):
        raise StateError(
            f"{name} {version} was to be replaced, but somebody else has uploaded another content meanwhile"
        )
    if wanted.on_mismatch == FAIL:
        raise StateError(
            f"{text}. Raise the version in extension.yaml, or set on_mismatch to replace (while the version is not in use) or warn"
        )
    if wanted.on_mismatch == WARN:
        warning = f"{text}. Nothing was sent"
        return UploadPlan("none", text, warning=warning, before=side, after=side, details=state.details)
    _check_unused(name, version, state, f"cannot be replaced (it is stored with other content: {differs.text()})")
    if not stored.is_bundle:
        raise StateError(
            f"{name} {version} cannot be replaced: the server gave its content without the signature, so it could not be put "
            "back if the upload failed. Raise the version, or delete it first (state absent)"
        )
    names = (*differs.added, *differs.removed, *differs.changed)
    active = version if activation else state.active_version
    return UploadPlan(
        "update",
        text,
        uploads=True,
        replaced=stored,
        activation=activation,
        before={**side, "files": _some(stored.members, names)},
        after={**_side(name, version, active), "files": _some(package.members, names)},
        details=state.details,
    )


def _check_unused(name: str, version: str, state: VersionState, what: str) -> None:
    if state.active_version == version:
        raise StateError(
            f"{name} {version} {what}, because it is the active version: activate another one or deactivate it first"
        )
    if state.users:
        raise StateError(
            f"{name} {version} {what}, because monitoring configurations use it: {listed(state.users, separator=', ')}. "
            "Move them to another version first"
        )


def activation_for(version: str, active: str | None) -> str | None:
    """How a version becomes the active one; None when it is."""
    if active == version:
        return None
    return POST if active is None else PUT


def _side(name: str, version: str | None, active: str | None) -> dict[str, Any]:
    """One side of the diff; nothing at all where there is neither the version nor an active one."""
    if version is None and active is None:
        return {}
    return {"name": name, "version": version, "active_version": active}


def _some(members: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    return {name: members[name] for name in sorted(names) if name in members}
