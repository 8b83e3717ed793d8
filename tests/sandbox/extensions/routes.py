# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints under /v2/extensions (API facts, 2.1 to 2.4)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from .. import auth
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..twin import Twin
from ..variants import Variants
from . import manifest, package, signature
from .configurations import Configurations
from .configured import Configured
from .hub import Hub, hub_roots
from .manifest import version_key
from .package import Package
from .platform import Platform
from .schema import schema as schema_of
from .store import Store
from .upload import uploaded

_NAME = "/v2/extensions/{name}"
_VERSION = "/v2/extensions/{name}/{version}"
_ENVIRONMENT = "/v2/extensions/{name}/environmentConfiguration"
_PAGE = (20, 100)
_FILES = ("application/octet-stream", "application/yaml")
RESERVED = "com.dynatrace."


class Extensions:
    """The packages of the environment, which of them are active, and their configurations."""

    def __init__(
        self,
        clock: Clock,
        variants: Variants,
        roots: Callable[[], list[Certificate]],
        hub: tuple[Path, ...] = (),
        twin: Twin | None = None,
    ) -> None:
        self.variants = variants
        self._roots = roots
        self._hub_roots = hub_roots(hub)
        self.store = Store(clock, variants, twin)
        self.configurations = Configurations(clock, variants, self.store, twin)
        self.configured = Configured(clock, variants, self.configurations)
        self.hub = Hub(clock, variants, self.store, hub)
        self.store.before_reading = self.hub.arrive

    def state(self) -> list[Any]:
        return [*self.store.state(), *self.configurations.state(), *self.hub.state()]

    def endpoints(self) -> list[Endpoint]:
        """Fixed paths come first."""
        read, write = auth.EXTENSIONS_READ, auth.EXTENSIONS_WRITE
        environment_read, environment_write = auth.ENVIRONMENT_CONFIGURATION_READ, auth.ENVIRONMENT_CONFIGURATION_WRITE
        return [
            Endpoint("GET", "/v2/extensions", self._list, read),
            Endpoint("POST", "/v2/extensions", self._upload, write),
            Endpoint("GET", "/v2/extensions/info", self._info, read),
            Endpoint("GET", _NAME, self._versions, read),
            Endpoint("POST", _NAME, self.hub.install, write),
            Endpoint("GET", _ENVIRONMENT, self._active, environment_read),
            Endpoint("POST", _ENVIRONMENT, self.activate, environment_write),
            Endpoint("PUT", _ENVIRONMENT, self.activate, environment_write),
            Endpoint("DELETE", _ENVIRONMENT, self.deactivate, environment_write),
            Endpoint("GET", _ENVIRONMENT + "/assets", self._assets, environment_read),
            *self.configured.endpoints(),
            Endpoint("GET", _VERSION, self.details, read),
            Endpoint("DELETE", _VERSION, self.delete, write),
            Endpoint("GET", _VERSION + "/schema", self.schema, read + auth.CONFIGURATIONS_READ),
            Endpoint("GET", _VERSION + "/activeGateGroups", self.groups, auth.CONFIGURATIONS_WRITE),
            *self.hub.endpoints(),
            *Platform(self).endpoints(),
        ]

    def _list(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            return [{"extensionName": stored.name, "version": stored.version} for stored in self._shown(asked)]

        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"extensions": listed, **meta})

    def _info(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            return [
                {
                    "extensionName": stored.name,
                    "version": stored.version,
                    "activeVersion": self.store.active(stored.name),
                    "keywords": manifest.keywords(stored.manifest),
                }
                for stored in self._shown(asked)
            ]

        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"extensions": listed, **meta})

    def _shown(self, call: Call) -> list[Package]:
        """Versions of the extensions whose names contain the filter; mostly one of each."""
        names = [name for name in self.store.names() if call.query.get("name", "") in name]
        return [package for name in names for package in self._listed_versions(name)]

    def _listed_versions(self, name: str) -> list[Package]:
        versions = self.store.versions(name)
        kind = self.variants["extension_list_version"]
        active = [package for package in versions if package.version == self.store.active(name)]
        return versions if kind == "each" else active if kind == "active" and active else versions[-1:]

    def _versions(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            versions = self.store.versions(call.params["name"])
            return [{"extensionName": stored.name, "version": stored.version} for stored in versions]

        listed, meta = paged(call, *_PAGE, rows)
        return Reply(200, {"extensions": listed, **meta})

    def _upload(self, call: Call) -> Reply:
        validate_only = call.flag("validateOnly")
        new = self.read_package(uploaded(call, self.variants))
        if validate_only:
            if self.variants["extension_validate_only"] == "all":
                self.store.check(new)
            return Reply(200, new.upload_body(self.variants["file_hash"]))
        self.store.add(new)
        return Reply(201, new.upload_body(self.variants["file_hash"]))

    def read_package(self, content: bytes) -> Package:
        """With its signature verified, or 400."""
        new = package.read(content)
        signer = signature.verify(new.inner, new.signature)
        if self.variants["extension_roots"] == "vault":
            signature.check_issuer(signer, self._roots())
        if new.name.startswith(RESERVED):
            self._check_reserved(new, signer)
        return new

    def _check_reserved(self, new: Package, signer: Certificate) -> None:
        """Dynatrace's own names are for those whose certificates lie beside the packages of ``--hub``."""
        try:
            signature.check_issuer(signer, self._hub_roots)
        except ApiError:
            raise ApiError(400, f"Extension name {new.name} is invalid: the prefix {RESERVED} is reserved") from None

    def details(self, call: Call) -> Reply:
        stored = self.store.get(call.params["name"], call.params["version"])
        for part in call.headers.get("accept", "*/*").split(","):
            wanted = part.partition(";")[0].strip().lower()
            if wanted in _FILES and stored.recorded is not None:
                raise ApiError(
                    501,
                    f"The package of {stored.name} {stored.version} was not recorded: this is a twin of an environment",
                )
            if wanted == "application/octet-stream":
                return Reply(200, stored.bundle, wanted)
            if wanted == "application/yaml":
                return Reply(200, stored.text, wanted)
            if wanted in ("application/json", "application/*", "*/*"):
                break
        return Reply(200, stored.body(self.variants["file_hash"]))

    def delete(self, call: Call) -> Reply:
        name, version = call.params["name"], call.params["version"]
        self.store.get(name, version)
        refused = self.variants["extension_delete_configured"] == "refused"
        if refused and self.configurations.uses(name, version):
            raise ApiError(400, f"Extension {name} version {version} is used by monitoring configurations")
        deleted = self.store.delete(name, version)
        if name not in self.store.names():
            self.configurations.forget(name)
        return Reply(200, deleted.body(self.variants["file_hash"]))

    def schema(self, call: Call) -> Reply:
        self.configurations.check_schema_shown(call.params["name"], "schema")
        document = schema_of(self.store.get(call.params["name"], call.params["version"]))
        if self.variants["extension_schema_names_version"]:
            return Reply(200, document)
        properties = {name: definition for name, definition in document["properties"].items() if name != "version"}
        return Reply(200, {**document, "properties": properties})

    def groups(self, call: Call) -> Reply:
        """One group with one ActiveGate; the fleet of the sandbox is another part of it."""
        self.store.get(call.params["name"], call.params["version"])
        gates = [{"id": 1812885988, "errors": []}]
        group = {"groupName": "default", "availableActiveGates": len(gates), "activeGates": gates}
        return Reply(200, {"activeGateGroups": [group]})

    def _active(self, call: Call) -> Reply:
        return Reply(200, {"version": self._active_version(call)})

    def _active_version(self, call: Call) -> str:
        """404 while the extension is not active."""
        version = self.store.active(call.params["name"])
        if version is None:
            raise ApiError(404, f"Extension {call.params['name']} has no active environment configuration")
        return version

    def activate(self, call: Call) -> Reply:
        body = call.json()
        version = body.get("version") if isinstance(body, dict) else None
        if not isinstance(version, str):
            raise ApiError.in_body("version", "must not be null")
        other = self.store.active(call.params["name"]) not in (None, version)
        if other and call.method == "POST" and self._refuses_other(call):
            raise ApiError(400, "Extension environment configuration already set")
        if self.store.active(call.params["name"]) != version:
            self._check_newer(call.params["name"], version)
        self.store.activate(call.params["name"], version)
        return Reply(200, {"version": version})

    def _check_newer(self, name: str, version: str) -> None:
        """An older version cannot be activated below a configuration that names a newer one (API facts, 2.3)."""
        self.store.get(name, version)
        newest = self.configurations.newest_version(name)
        if newest is not None and version_key(newest) > version_key(version):
            words = self.variants["extension_activate_older_words"]
            raise ApiError(self.variants["extension_activate_older"], words.format(name=name, newest=newest))

    def _refuses_other(self, call: Call) -> bool:
        """The platform's API does."""
        return self.variants["extension_activate_other"] == "refused" or call.path.startswith("/platform/extensions")

    def deactivate(self, call: Call) -> Reply:
        name = call.params["name"]
        version = self._active_version(call)
        if self.variants["extension_deactivate_configured"] == "refused" and self.configurations.exist(name):
            raise ApiError(400, f"Extension {name} has monitoring configurations")
        self.store.deactivate(name)
        return Reply(200, {"version": version})

    def _assets(self, call: Call) -> Reply:
        return Reply(200, self.imported(call.params["name"], self._active_version(call)))

    def imported(self, name: str, version: str) -> dict[str, Any]:
        """What has come of the active version's assets."""
        ready = self.store.assets_ready(name)
        assets = manifest.assets(self.store.get(name, version).manifest) if ready else []
        words = self.variants["extension_assets_words"].split()
        listed = [
            {"id": f"{name}-{kind.lower()}-{index}", "type": kind, "displayName": title}
            for index, (kind, title) in enumerate(assets)
        ]
        errors = self.variants["extension_assets_errors"] if ready else []
        return {"version": version, "status": words[ready], "errors": errors, "assets": listed}
