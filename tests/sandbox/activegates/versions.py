# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Version numbers, and which builds there are (API facts, 1.4)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ..errors import ApiError, one_of
from ..http import Call
from ..twin import Twin, told
from ..variants import Variants

FULL = re.compile(r"\d+\.\d+\.\d+\.\d{8}-\d{6}")
_SHORT = re.compile(r"\d+\.\d+\.\d+")

CLUSTER = "1.346.58.20261112-081120"
NEWEST = "1.346.47.20261104-091530"

# Unsorted, as the real list. 1.346.9 is below 1.346.47 although it is above it as a text; 1.331.60 was built twice.
_AMD64 = (
    "1.331.60.20260212-174455",
    "1.329.73.20260119-140102",
    "1.346.9.20261028-120411",
    "1.330.102.20260203-083017",
    "1.345.31.20261013-101244",
    NEWEST,
    "1.331.24.20260209-101500",
    "1.344.20.20260929-152836",
    "1.331.60.20260210-093012",
    "1.330.51.20260127-110946",
)
_ARM64 = ("1.345.31.20261013-101244", NEWEST, "1.344.20.20260929-152836")
_S390 = ("1.331.60.20260212-174455", "1.345.31.20261013-101244", "1.330.51.20260127-110946")

_BUILDS = {
    ("unix", "amd64"): _AMD64,
    ("unix", "arm64"): _ARM64,
    ("unix", "s390"): _S390,
    # The newest build is not there for Windows yet.
    ("windows", "amd64"): tuple(version for version in _AMD64 if version != NEWEST),
}
OS_TYPES = {"LINUX": "unix", "WINDOWS": "windows"}
ARCHITECTURES = {"X86": "amd64", "ARM": "arm64", "S390": "s390"}

# What is updated with an ActiveGate is built on its own: some revisions before it, and some hours.
_COMPANIONS = {"REMOTE_PLUGIN_AGENT": (7, "105253"), "SYNTHETIC": (3, "064512")}

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "EQUAL": operator.eq,
    "GREATER": operator.gt,
    "GREATER_EQUAL": operator.ge,
    "LOWER": operator.lt,
    "LOWER_EQUAL": operator.le,
}


@lru_cache(maxsize=1024)
def key(version: str) -> tuple[int, ...]:
    """Sorts numerically by all parts, the time of the build last."""
    return tuple(int(part) if part.isdecimal() else 0 for part in re.split(r"[.-]", version))


def installer(os_type: str, architecture: str) -> tuple[str, str]:
    """osType and arch of the deployment API for the system of an ActiveGate."""
    return OS_TYPES.get(os_type, os_type.lower()), ARCHITECTURES.get(architecture, architecture.lower())


def companion(version: str, update_type: str) -> str:
    """The build of that type which comes with an ActiveGate's; of an ActiveGate's own type the same (API facts, 1.3)."""
    if update_type not in _COMPANIONS:
        return version
    before, clock = _COMPANIONS[update_type]
    release, _dummy, stamp = version.rpartition(".")
    major_minor, _dummy, revision = release.rpartition(".")
    return f"{major_minor}.{max(1, int(revision) - before)}.{stamp.partition('-')[0]}-{clock}"


def condition(call: Call, type_name: str, version_name: str) -> Callable[[str], bool]:
    """The filter ``<type_name>`` + ``<version_name>`` (``<major>.<minor>.<revision>``) over full versions. Equal if nothing is said."""
    kind, version = call.query.get(type_name, "EQUAL"), call.query.get(version_name)
    if version is None and type_name in call.query:
        raise ApiError.violation(type_name, f"must be used in combination with {version_name} query parameter.")
    if version is None:
        return lambda full: True
    one_of(type_name, kind, _COMPARE)
    if not _SHORT.fullmatch(version):
        raise ApiError.violation(version_name, "Invalid format.")
    compare, wanted = _COMPARE[kind], key(version)
    return lambda full: compare(key(full)[:3], wanted)


class Versions:
    """The builds on offer by osType (unix, windows) and arch (amd64, arm64, s390). ``twin``: those that were recorded."""

    def __init__(self, variants: Variants, twin: Twin | None = None) -> None:
        self._variants = variants
        self._builds = _BUILDS
        if twin is not None:
            with told("availableVersions in activegates.json"):
                self._builds = {installer(*system.split("/", 1)): tuple(offer) for system, offer in twin.offers.items()}

    def offered(self, os_type: str, arch: str) -> list[str]:
        """Empty when there is no ActiveGate for such a system."""
        builds = self._builds.get((os_type, arch))
        return [] if builds is None else [*builds, *self._variants["available_added"]]

    def newest(self, os_type: str, arch: str) -> str | None:
        return max(self.offered(os_type, arch), key=key, default=None)

    def configured(self, os_type: str, arch: str) -> str | None:
        """What ``latest`` of the deployment API gives: the configured target version if there is one, else the newest."""
        wanted = self._variants["configured_target_version"].split(".")
        fitting = [build for build in self.offered(os_type, arch) if build.split(".")[: len(wanted)] == wanted]
        return max(fitting, key=key, default=None) or self.newest(os_type, arch)
