# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which versions are stored and which one is active (API facts, 2.1 to 2.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..clock import Clock
from ..errors import ApiError
from ..twin import Twin, told
from ..variants import Variants
from . import package
from .manifest import version_key
from .package import Package, recorded_package

MAX_VERSIONS = 10
_BUSY = "Upload not possible yet, please try again in a few seconds."
_SEEDS = Path(__file__).parent / "seeds"


@lru_cache(maxsize=1)
def _seeds() -> tuple[Package, ...]:
    """What an environment has from the Hub at the start; made by ``python -m tests.support.packages``."""
    return tuple(package.read(path.read_bytes()) for path in sorted(_SEEDS.glob("*.zip")))


class Store:
    """Packages by name and version. Deletions take their time: until then the place is not free."""

    def __init__(self, clock: Clock, variants: Variants, twin: Twin | None = None) -> None:
        self._clock = clock
        self._variants = variants
        self._packages: dict[str, dict[str, Package]] = {}
        self._deleting: dict[tuple[str, str], float] = {}
        self._active: dict[str, str] = {}
        # What environmentConfiguration will show, and when: ``extension_activation_seconds`` after it was asked for.
        self._becoming: dict[str, tuple[float, str | None]] = {}
        self.before_reading: Callable[[], None] = lambda: None
        self._activated: dict[str, float] = {}
        self._switched: dict[str, float] = {}
        if twin is None:
            for seed in _seeds():
                self._begin(seed.name, seed, seed.version)
        else:
            for row in twin.extensions:
                with told(f"extension {row['extensionName']}"):
                    self._restore(row, twin)

    def _begin(self, name: str, stored: Package, active: str | None) -> None:
        """There from the start."""
        self._packages.setdefault(name, {})[stored.version] = stored
        if active is not None:
            self._active[name] = active
            self._activated[name] = self._switched[name] = 0.0

    def _restore(self, row: Mapping[str, Any], twin: Twin) -> None:
        name, active = str(row["extensionName"]), row.get("activeVersion")
        for version in map(str, row["versions"]):
            known = twin.versions.get((name, version), {"extensionName": name, "version": version})
            self._begin(name, recorded_package(known, list(row.get("keywords") or ())), active)

    def state(self) -> list[Any]:
        """All versions with what tells their contents apart, and what is active, being activated or being deleted."""
        self._finish()
        return [
            {
                "name": name,
                "versions": {
                    version: hashlib.sha256(package.bundle).hexdigest() for version, package in sorted(stored.items())
                },
                "active": self._active.get(name),
                "becoming": self._becoming.get(name, (0.0, None))[1],
                "deleting": sorted(version for other, version in self._deleting if other == name),
            }
            for name, stored in sorted(self._packages.items())
        ]

    def names(self) -> list[str]:
        self._finish()
        return sorted(name for name in self._packages if self._visible(name))

    def versions(self, name: str) -> list[Package]:
        """The oldest first; 404 when there is none."""
        self._finish()
        visible = self._visible(name)
        if not visible:
            raise ApiError(404, f"Extension {name} not found")
        return sorted(visible.values(), key=lambda package: version_key(package.version))

    def get(self, name: str, version: str) -> Package:
        for stored in self.versions(name):
            if stored.version == version:
                return stored
        raise ApiError(404, f"Extension {name} version {version} not found")

    def has(self, name: str, version: str) -> bool:
        self._finish()
        return version in self._visible(name)

    def check(self, new: Package) -> None:
        """Whether the package can be stored now, beside what is there."""
        self._finish()
        stored = self._packages.get(new.name, {})
        deleting = [version for name, version in self._deleting if name == new.name]
        if new.version in deleting or (deleting and self._variants["extension_busy"] == "conflict"):
            raise ApiError(409, _BUSY)
        if new.version in stored:
            reaction = self._variants["extension_reupload"]
            if reaction == 409:
                raise ApiError(409, _BUSY)
            if reaction == 400:
                raise ApiError(400, f"Extension {new.name} version {new.version} already exists")
        elif len(stored) >= MAX_VERSIONS:
            raise ApiError(400, f"Extension versions quantity limit of {MAX_VERSIONS} reached for {new.name}")

    def add(self, new: Package) -> None:
        self.check(new)
        self.put(new)

    def put(self, new: Package) -> None:
        """Without any check."""
        self._packages.setdefault(new.name, {})[new.version] = new

    def delete(self, name: str, version: str) -> Package:
        """Takes the version away; ``extension_busy_seconds`` later its place is free."""
        package = self.get(name, version)
        dummy, coming = self._becoming.get(name, (0.0, None))
        if version in (self._active.get(name), coming):
            raise ApiError(400, f"Extension {name} version {version} is active and cannot be deleted")
        until = self._clock.now() + float(self._variants["extension_busy_seconds"])
        self._deleting.setdefault((name, version), until)
        self._finish()
        return package

    def active(self, name: str) -> str | None:
        self._finish()
        return self._active.get(name)

    def activate(self, name: str, version: str) -> None:
        """Nothing happens when that version is active already."""
        if (name, version) in self._deleting:
            raise ApiError(404, f"Extension {name} version {version} not found")
        self.get(name, version)
        self._become(name, version)

    def deactivate(self, name: str) -> None:
        self._become(name, None)

    def _become(self, name: str, version: str | None) -> None:
        if self._becoming.get(name, (0.0, self._active.get(name)))[1] != version:
            self._becoming[name] = (self._clock.now() + float(self._variants["extension_activation_seconds"]), version)
        self._finish()

    def assets_ready(self, name: str) -> bool:
        """The import of assets begins anew with each other version."""
        seconds = float(self._variants["extension_assets_seconds"])
        return self._clock.now() >= self._switched.get(name, 0.0) + seconds

    def schema_ready(self, name: str) -> bool:
        """The configuration schema is there some time after the first activation (API facts, 2.4)."""
        seconds = float(self._variants["extension_schema_seconds"])
        return name in self._active and self._clock.now() >= self._activated[name] + seconds

    def _visible(self, name: str) -> dict[str, Package]:
        stored = self._packages.get(name, {})
        if self._variants["extension_deleting_visible"]:
            return stored
        return {version: package for version, package in stored.items() if (name, version) not in self._deleting}

    def _finish(self) -> None:
        """Ends the installations, switches and deletions whose time is over."""
        self.before_reading()
        now = self._clock.now()
        for name, (until, version) in list(self._becoming.items()):
            if now >= until:
                del self._becoming[name]
                self._switch(name, version, until)
        for (name, version), until in list(self._deleting.items()):
            if now >= until:
                del self._deleting[name, version]
                del self._packages[name][version]
                if not self._packages[name]:
                    del self._packages[name]

    def _switch(self, name: str, version: str | None, when: float) -> None:
        """The import of assets begins with each other version, that of the configuration schema with the first one."""
        if version is None:
            self._active.pop(name, None)
            self._activated.pop(name, None)
        elif self._active.get(name) != version:
            self._active[name] = version
            self._switched[name] = when
            self._activated.setdefault(name, when)
