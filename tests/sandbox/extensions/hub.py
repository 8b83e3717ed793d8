# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynatrace Hub: its catalog of extensions, and their way into the environment (API facts, 2.3 and 2.5)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate, load_pem_x509_certificate

from .. import auth
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..variants import Variants
from . import package
from .manifest import data_sources, version_key
from .package import Package
from .store import Store

# The newest release asks for a cluster that the sandbox is not, so that it is not the recommended one.
_TOO_NEW = {("com.dynatrace.extension.sandbox-hub", "2.0.0")}
_RELEASES = Path(__file__).parent / "seeds" / "hub"
_PAGE = (20, 100)


def hub_roots(folders: tuple[Path, ...]) -> list[Certificate]:
    """The certificates beside the packages: who may sign Dynatrace's own names."""
    return [load_pem_x509_certificate(path.read_bytes()) for folder in folders for path in sorted(folder.glob("*.pem"))]


@lru_cache(maxsize=4)
def _published(folders: tuple[Path, ...]) -> dict[str, dict[str, Package]]:
    """Releases by name and version; made by ``python -m tests.support.packages``."""
    releases: dict[str, dict[str, Package]] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.zip"))):
        release = package.read(path.read_bytes())
        releases.setdefault(release.name, {})[release.version] = release
    return releases


class Hub:
    """Installs into ``store``, after ``extension_install_seconds``. ``more``: folders with packages beside its own."""

    def __init__(self, clock: Clock, variants: Variants, store: Store, more: tuple[Path, ...] = ()) -> None:
        self._clock = clock
        self._variants = variants
        self._store = store
        self._coming: list[tuple[float, Package]] = []
        self.published = _published((_RELEASES, *more))

    def endpoints(self) -> list[Endpoint]:
        extension = "/v2/hub/extensions2/{name}"
        return [
            Endpoint("GET", "/v2/hub/items", self._items, auth.HUB_READ),
            Endpoint("GET", extension, self._item, auth.HUB_READ),
            Endpoint("POST", extension + "/actions/addToEnvironment", self._add, auth.HUB_INSTALL),
            Endpoint("POST", extension + "/actions/update", self._update, auth.HUB_INSTALL),
        ]

    def state(self) -> list[Any]:
        """What is on its way."""
        return [{"name": release.name, "coming": release.version} for dummy, release in self._coming]

    def arrive(self) -> None:
        """Stores what was installed long enough ago."""
        now = self._clock.now()
        for until, release in list(self._coming):
            if now >= until:
                self._coming.remove((until, release))
                self._store.put(release)
                self._activate(release)

    def install(self, call: Call, parameter: str = "version", updates: bool = False) -> Reply:
        """``updates``: other versions of the extension may be there, whatever the variant ``hub_install_beside`` says."""
        name = call.params["name"]
        releases = self.published.get(name)
        if releases is None:
            raise ApiError(404, f"Extension {name} not found in the Hub")
        version = call.query.get(parameter) or self.recommended(name)
        release = releases.get(version)
        if release is None:
            raise ApiError(404, f"Extension {name} version {version} not found in the Hub")
        if self.is_too_new(name, version):
            raise ApiError(400, f"Extension {name} version {version} requires Dynatrace version 9.0.0")
        beside = updates or self._variants["hub_install_beside"] == "allowed"
        refuses = self._variants["hub_install_again"] == "refused" and self._store.has(name, version)
        if refuses or (not beside and name in self._store.names()):
            raise ApiError(400, f"Extension {name} has already been added to environment")
        if self._store.has(name, version):
            return self._again(release)
        self._store.check(release)
        self._coming.append((self._clock.now() + float(self._variants["extension_install_seconds"]), release))
        self.arrive()
        return Reply(200, {"extensionName": name, "extensionVersion": version})

    def _again(self, release: Package) -> Reply:
        """Without effect where it is the active version; the answer's version may be empty then (API facts, 2.3)."""
        is_active = self._store.active(release.name) == release.version
        is_empty = is_active and self._variants["hub_install_again"] == "empty"
        self._activate(release)
        return Reply(200, {"extensionName": release.name, "extensionVersion": "" if is_empty else release.version})

    def _activate(self, release: Package) -> None:
        if self._variants["hub_install_activates"]:
            self._store.activate(release.name, release.version)

    def releases(self, name: str) -> list[Package]:
        """The newest first; 404 for what the Hub does not have."""
        if name not in self.published:
            raise ApiError(404, f"Item {name} not found")
        return sorted(self.published[name].values(), key=lambda release: version_key(release.version), reverse=True)

    def is_too_new(self, name: str, version: str) -> bool:
        """For this environment."""
        return (name, version) in _TOO_NEW

    def _add(self, call: Call) -> Reply:
        return self.install(call, "extensionVersion")

    def _update(self, call: Call) -> Reply:
        if call.params["name"] not in self._store.names():
            raise ApiError(400, f"Extension {call.params['name']} is not in the environment")
        return self.install(call, "extensionVersion", updates=True)

    def _items(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            names = [name for name in self.published if asked.query.get("query", "").lower() in name.lower()]
            if "installed" in asked.query:
                names = [name for name in names if (name in self._store.names()) == asked.flag("installed")]
            return [{"itemId": name, "artifactId": name, "name": name, "type": "EXTENSION2"} for name in names]

        if call.query.get("itemType", "EXTENSION2") != "EXTENSION2":
            return Reply(200, {"items": [], "totalCount": 0})
        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"items": listed, **meta})

    def _item(self, call: Call) -> Reply:
        """The model ItemDetails, as far as it is about releases."""
        name = call.params["name"]
        details = {
            "extensionName": name,
            "distributed": True,
            "recommendedCatalogVersion": self.recommended(name),
            "releases": [self._release(release) for release in self.releases(name)],
        }
        return Reply(200, {"itemId": name, "name": name, "type": "EXTENSION2", "extension2Details": details})

    def _release(self, release: Package) -> dict[str, Any]:
        return {
            "version": release.version,
            "registered": self._store.has(release.name, release.version),
            "active": self._store.active(release.name) == release.version,
            "distributed": True,
            "unpublished": False,
            "dataSources": data_sources(release.manifest),
        }

    def recommended(self, name: str) -> str:
        return next(release.version for release in self.releases(name) if not self.is_too_new(name, release.version))
