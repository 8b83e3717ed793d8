# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Versions of ActiveGates: compared by number, and what ``latest`` or a prefix stands for (FACTS section 1.4). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

LATEST = "latest"
Key = tuple[int, ...]

_FULL = re.compile(r"\d+\.\d+\.\d+\.\d+-\d+")
_PREFIX = re.compile(r"\d+(?:\.\d+){0,2}")
_FILTER = re.compile(r"\d+\.\d+\.\d+")
_LISTED = 5


def key(version: str | None) -> Key:
    """What orders versions: ``1.198.0.20200630-163221`` is (1, 198, 0, 20200630, 163221). Lowest for what is no version."""
    parts = re.split(r"[.-]", version or "")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


@dataclass(frozen=True)
class Target:
    """The version that an ActiveGate shall have at least.

    ``wanted``: as the user gave it: ``latest``, a full version, or a prefix of one. ``version``: the full version that it
    stands for; None as long as that is not known.
    """

    wanted: str
    version: str | None = None

    @property
    def is_resolved(self) -> bool:
        return self.version is not None

    @property
    def posted(self) -> str:
        """What the API is asked for: it takes full versions and ``latest``."""
        return self.version or self.wanted

    @property
    def floor(self) -> Key:
        """The lowest key that will do. As long as ``latest`` is not resolved, nothing can be said: the empty one."""
        return key(self.posted) if self.posted != LATEST else ()

    def is_met_by(self, version: str | None) -> bool:
        """Whether ``version`` is the target or newer, as far as can be told; only whole parts are compared."""
        known = key(version)
        return bool(known) and known[: len(self.floor)] >= self.floor


def target(wanted: str) -> Target:
    """The target for what the user wrote. A full version is taken as it is: whether it exists is for the server to say."""
    if _FULL.fullmatch(wanted):
        return Target(wanted, wanted)
    if wanted == LATEST or _PREFIX.fullmatch(wanted):
        return Target(wanted)
    raise InputError(
        f"target_version '{wanted}' is no version: give latest, a full one such as '1.331.24.20260209-101500', or its "
        "beginning in whole parts such as '1.331'"
    )


def resolved(wanted: Target, available: Iterable[str], installed: str | None, system: str) -> Target:
    """``wanted`` with the highest version that fits it, of ``available`` (in no order) and what is ``installed``.

    An installed version counts because builds are taken off the list in time: an ActiveGate that is up to '1.331' stays so.
    ``latest`` stays unresolved when nothing is available; a prefix without a build is an InputError. ``system``: for its text.
    """
    if wanted.is_resolved:
        return wanted
    known = sorted((version for version in available if _FULL.fullmatch(version)), key=key)
    if wanted.wanted == LATEST:
        return Target(LATEST, known[-1]) if known else wanted
    floor = wanted.floor
    fitting = [version for version in (*known, installed or "") if key(version)[: len(floor)] == floor]
    if not fitting:
        raise InputError(_no_build(wanted.wanted, known, system))
    return Target(wanted.wanted, max(fitting, key=key))


def filter_version(option: str, version: str) -> str:
    """``version``, if it has the form that the API's filters take: three parts, no time stamp (FACTS sections 1.1, 1.3)."""
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
