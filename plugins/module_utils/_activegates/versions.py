# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Versions of ActiveGates: compared by number, and what ``latest`` or a prefix stands for (API facts, 1.4). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from .._errors import InputError
from .._text import NUMBER, VersionKey, is_numeric, version_key

LATEST = "latest"

_FULL = re.compile(rf"{NUMBER}(?:\.{NUMBER}){{3}}-{NUMBER}")
_PREFIX = re.compile(rf"{NUMBER}(?:\.{NUMBER}){{0,2}}")
_FILTER = re.compile(rf"{NUMBER}(?:\.{NUMBER}){{2}}")
_ANY = re.compile(rf"{NUMBER}(?:\.{NUMBER})*(?:[.-]{NUMBER})?")
_LISTED = 5
_SCOPES = "InstallerDownload (platform token and OAuth: fleet-management:activegates:download)"


def key(version: str | None) -> VersionKey:
    """What orders versions. Lowest for what is none."""
    parts = version_key(version or "")
    return parts if is_numeric(parts) else ()


@dataclass(frozen=True)
class VersionOffer:
    """The versions that there are for a system, in no order; None and why when they cannot be known."""

    versions: tuple[str, ...] | None
    why_unknown: str = ""


@dataclass(frozen=True)
class Target:
    """The version that an ActiveGate shall have at least.

    ``wanted``: as the user gave it: ``latest``, a full version, or a prefix of one. ``version``: the full version that it
    stands for; None as long as that is not known. ``why_unresolved``: why ``latest`` is left to the server.
    """

    wanted: str
    version: str | None = None
    why_unresolved: str = field(default="", compare=False)

    @property
    def is_resolved(self) -> bool:
        return self.version is not None

    @property
    def posted(self) -> str:
        """What the API is asked for: it takes full versions and ``latest``."""
        return self.version or self.wanted

    @property
    def floor(self) -> VersionKey:
        """The lowest key that will do. As long as ``latest`` is not resolved, nothing can be said: the empty one."""
        if self.posted != LATEST:
            return key(self.posted)
        return ()

    def is_met_by(self, version: str | None) -> bool:
        """Whether ``version`` is the target or newer, as far as can be told; only whole parts are compared."""
        known = key(version)
        if not bool(known):
            return False
        return known[: len(self.floor)] >= self.floor


def target(wanted: str) -> Target:
    """The target for what the user wrote. A full version is taken as it is: whether it exists is for the server to say."""
    if _FULL.fullmatch(wanted):
        return Target(wanted, wanted)
    if wanted == LATEST or _PREFIX.fullmatch(wanted):
        return Target(wanted)
    raise InputError(
        f"target_version '{wanted}' is not a version: give latest, a full one such as '1.331.24.20260209-101500', or its "
        "beginning in whole parts such as '1.331'"
    )


def resolved(wanted: Target, offer: VersionOffer, installed: str | None, system: str) -> Target:
    """``wanted`` with the highest version that fits it, of those on offer and what is ``installed``.

    An installed version counts because builds are taken off the list in time: an ActiveGate that is up to '1.331' stays so.
    ``latest`` stays unresolved when nothing is on offer; a prefix without a build is an InputError. ``system``: for its text.
    """
    if wanted.is_resolved:
        return wanted
    known = sorted(filter(_FULL.fullmatch, offer.versions or ()), key=key)
    if wanted.wanted == LATEST:
        why = offer.why_unknown or f"no version is on offer for {system}"
        if known:
            return Target(LATEST, known[-1])
        return Target(LATEST, why_unresolved=why)
    if offer.versions is None:
        raise InputError(
            f"target_version '{wanted.wanted}' is the beginning of a version, and what it stands for is unknown: "
            f"{offer.why_unknown}. Give the token the scope {_SCOPES}, or give a full version"
        )
    floor = wanted.floor
    fitting = [version for version in (*known, installed) if key(version)[: len(floor)] == floor]
    if not fitting:
        raise InputError(_no_build(wanted.wanted, known, system))
    return Target(wanted.wanted, max(fitting, key=key))


def unresolved_warning(target: Target) -> str:
    """What people must know of a ``latest`` that only the server can resolve; empty where there is nothing to say."""
    if not target.why_unresolved:
        return ""
    return (
        "latest is left to the server, and an ActiveGate counts as up to date only when it reports UP2DATE: "
        f"{target.why_unresolved}. With the scope {_SCOPES} it is resolved to a version"
    )


def is_version(text: str) -> bool:
    """Whether ``text`` is a version, or the beginning of one."""
    return bool(_ANY.fullmatch(text))


def filter_version(option: str, version: str) -> str:
    """``version``, if it has the form that the API's filters take: three parts, no time stamp (API facts, 1.1, 1.3)."""
    if not _FILTER.fullmatch(version):
        raise InputError(
            f"{option} '{version}' must have three parts, such as '1.331.24', without a time stamp; quote it, since YAML "
            "reads a number with one point as a decimal number"
        )
    return version


def _no_build(prefix: str, known: Sequence[str], system: str) -> str:
    newest = ", ".join(reversed(known[-_LISTED:])) or "none"
    return (
        f"no ActiveGate version {prefix} is available for {system}; the newest are: {newest}. Only whole parts are compared, so "
        "1.33 never means 1.331; and unquoted, YAML reads 1.330 as 1.33, so quote versions: target_version: '1.330'"
    )
