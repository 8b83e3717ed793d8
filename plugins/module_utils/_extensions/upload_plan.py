# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From what is wanted and what is there to what has to be done. Pure: nothing is read or sent here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._packages.package import Package

FAIL, WARN, REPLACE = "fail", "warn", "replace"
# How an active version is set (FACTS section 2.3): POST when there is none, PUT to switch.
POST, PUT = "POST", "PUT"
_SHOWN = 5


@dataclass(frozen=True)
class Found:
    """What the environment has.

    ``details``: the version as the API describes it, None when it is not stored. ``kept``: the stored package, read only where
    the hashes did not tell whether it is the same. ``configured``: ids of monitoring configurations that use the version, read
    only where that matters.
    """

    details: Mapping[str, Any] | None
    active_version: str | None
    kept: Package | None = None
    configured: Sequence[str] = ()


@dataclass(frozen=True)
class Difference:
    """Files by name: in the new package only, in the stored one only, in both with other content."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def text(self) -> str:
        """In words, such as: 2 changed (extension.yaml, lib/a.py), 1 added (lib/b.py)."""
        parts = (("changed", self.changed), ("added", self.added), ("missing", self.removed))
        return ", ".join(f"{len(names)} {word} ({listed(names)})" for word, names in parts if names)


@dataclass(frozen=True)
class Plan:
    """What has to be done, and how it looks before and after.

    ``uploads``: the package is sent. ``replaces``: the stored version is deleted before. ``activation``: POST, PUT or None.
    ``warning``: for the user, where nothing is done although something differs. ``room``, ``rest``: old versions that are deleted
    before the upload, because there is no room for another, and after it.
    """

    action: str
    reason: str
    uploads: bool = False
    replaces: bool = False
    activation: str | None = None
    warning: str | None = None
    room: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def same_by_hash(package: Package, details: Mapping[str, Any]) -> bool:
    """Whether fileHash shows equality. It is not known what it covers, so another hash shows nothing (FACTS section 2.1)."""
    file_hash = str(details.get("fileHash") or "").lower()
    return file_hash in (package.bundle_hash, package.inner_hash)


def difference(new: Mapping[str, str], stored: Mapping[str, str]) -> Difference:
    """Between the members of two packages, by name and hash."""
    return Difference(
        added=tuple(sorted(set(new) - set(stored))),
        removed=tuple(sorted(set(stored) - set(new))),
        changed=tuple(sorted(name for name in set(new) & set(stored) if new[name] != stored[name])),
    )


def present(package: Package, found: Found, activate: bool, on_mismatch: str) -> Plan:
    """The version is stored with the package's content, and active where asked for. Raises StateError for a mismatch."""
    name, version = package.name, package.version
    activation = activation_for(version, found.active_version) if activate else None
    active = version if activate else found.active_version
    if found.details is None:
        return Plan(
            "create",
            f"{name} {version} is not stored",
            uploads=True,
            activation=activation,
            before=_side(name, None, found.active_version),
            after=_side(name, version, active),
        )
    differs = None
    if found.kept is not None and not same_by_hash(package, found.details):
        differs = difference(package.members, found.kept.members)
    if found.kept is not None and differs:
        return _mismatch(package, found.kept, found, differs, activation, on_mismatch)
    before, after = _side(name, version, found.active_version), _side(name, version, active)
    if activation:
        reason = f"{name} {version} is stored with the same content, but not active"
        return Plan("update", reason, activation=activation, before=before, after=after)
    return Plan("none", f"{name} {version} is stored with the same content", before=before, after=before)


def activation_only(version: str, active: str | None) -> Plan:
    """For the step that follows an upload, planned with what is there then."""
    activation = activation_for(version, active)
    if activation is None:
        return Plan("none", f"{version} is active")
    return Plan("update", f"{version} is not active", activation=activation)


def absent(name: str, version: str, found: Found) -> Plan:
    """The version is not stored. Raises StateError while it is in use."""
    side = _side(name, version if found.details is not None else None, found.active_version)
    if found.details is None:
        return Plan("none", f"{name} {version} is not stored", before=side, after=side)
    _check_unused(name, version, found, "cannot be deleted")
    return Plan("delete", f"{name} {version} is stored", before=side, after=_side(name, None, found.active_version))


def _mismatch(
    package: Package, kept: Package, found: Found, differs: Difference, activation: str | None, on_mismatch: str
) -> Plan:
    name, version = package.name, package.version
    text = f"{name} {version} is stored with other content: {differs.text()}"
    if on_mismatch == FAIL:
        raise StateError(
            f"{text}. Raise the version in extension.yaml, or set on_mismatch to replace (while the version is not in use) or warn"
        )
    if on_mismatch == WARN:
        side = _side(name, version, found.active_version)
        return Plan("none", text, warning=f"{text}. Nothing was sent", before=side, after=side)
    _check_unused(name, version, found, f"cannot be replaced (it is stored with other content: {differs.text()})")
    if not kept.is_bundle:
        raise StateError(
            f"{name} {version} cannot be replaced: the server gave its content without the signature, so it could not be put "
            "back if the upload failed. Raise the version, or delete it first (state absent)"
        )
    names = (*differs.added, *differs.removed, *differs.changed)
    after_active = version if activation else found.active_version
    return Plan(
        "update",
        text,
        uploads=True,
        replaces=True,
        activation=activation,
        before={**_side(name, version, found.active_version), "files": _some(kept.members, names)},
        after={**_side(name, version, after_active), "files": _some(package.members, names)},
    )


def _check_unused(name: str, version: str, found: Found, what: str) -> None:
    if found.active_version == version:
        raise StateError(
            f"{name} {version} {what}, because it is the active version: activate another one or deactivate it first"
        )
    if found.configured:
        raise StateError(
            f"{name} {version} {what}, because monitoring configurations use it: {listed(found.configured)}. "
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


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
