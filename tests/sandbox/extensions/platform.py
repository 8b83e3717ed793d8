# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The platform's APIs for extensions and the Hub, ``/platform/extensions/v2`` and ``/platform/hub/v1`` (API facts, 2.5, 2.6)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .. import auth
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..settings.filters import parse_filter
from . import manifest
from .configurations import Configuration

if TYPE_CHECKING:
    from .routes import Extensions

_ALL = "/platform/v2/extensions"
_NAME = _ALL + "/{name}"
_VERSION = _NAME + "/{version}"
_ENVIRONMENT = _NAME + "/environment-configuration"
_MONITORING = _NAME + "/monitoring-configurations"
_ONE = _MONITORING + "/{id}"
_CATALOG = "/platform/v1/catalog/extensions"
_PAGE_KEYS = ("page-key", "next-page-key")
_LIST_FIELDS = ("activeVersion", "keywords", "markedForDeletion")
_ENVIRONMENT_FIELDS = ("assets", "errors", "status")


class Platform:
    """What classic handlers have in common with it is asked of them; the rest is here."""

    def __init__(self, classic: Extensions) -> None:
        self._classic = classic
        self._variants = classic.variants
        self._store = classic.store
        self._configurations = classic.configurations
        self._hub = classic.hub

    def endpoints(self) -> list[Endpoint]:
        """Fixed paths come first."""
        read, write = auth.DEFINITIONS_READ, auth.DEFINITIONS_WRITE
        see, change = auth.PLATFORM_CONFIGURATIONS_READ, auth.PLATFORM_CONFIGURATIONS_WRITE
        classic, configured = self._classic, self._classic.configured
        declared: list[tuple[str, str, Callable[[Call], Reply], tuple[str, ...]]] = [
            ("GET", _ALL, self._list, read),
            ("POST", _ALL, self._upload, write),
            ("GET", _NAME, self._versions, read),
            ("POST", _NAME, self._install, write),
            ("GET", _ENVIRONMENT, self._environment, read),
            ("POST", _ENVIRONMENT, classic.activate, write),
            ("PUT", _ENVIRONMENT, classic.activate, write),
            ("DELETE", _ENVIRONMENT, self._deactivate, write),
            ("GET", _MONITORING, self._all_configurations, see),
            ("POST", _MONITORING, self._create, change),
            ("GET", _MONITORING + "/statuses", self._statuses, see),
            ("GET", _ONE, self._configuration, see),
            ("PUT", _ONE, configured.update, change),
            ("DELETE", _ONE, configured.delete, change),
            ("GET", _ONE + "/status", self._status, see),
            ("GET", _ONE + "/audit", self._paged(configured.audit), see),
            ("GET", _VERSION, classic.details, read),
            ("DELETE", _VERSION, self._delete, write),
            ("GET", _VERSION + "/schema", classic.schema, read + see),
            ("GET", _VERSION + "/active-gate-groups", self._groups, see),
            ("GET", _CATALOG, self._catalog, auth.CATALOG_READ),
            ("GET", _CATALOG + "/{name}", self._catalog_item, auth.CATALOG_READ),
            ("GET", _CATALOG + "/{name}/releases", self._releases, auth.CATALOG_READ),
        ]
        endpoints = [_endpoint(*parts) for parts in declared]
        validate = Endpoint("POST", _ALL + ":validate", _with_details(self._validate), write, is_validation=True)
        return [validate, *endpoints]

    # definitions

    def _list(self, call: Call) -> Reply:
        asked_fields = _fields(call, _LIST_FIELDS)

        def rows(asked: Call) -> list[dict[str, Any]]:
            passes = _filter(asked, ("name", "markedForDeletion"))
            return [row for row in map(self._row, self._store.names()) if passes(_listed(row))]

        items, meta = self._page(call, 100, rows)
        hidden = set(_LIST_FIELDS) - asked_fields
        shown = [{name: value for name, value in row.items() if name not in hidden} for row in items]
        return Reply(200, {"items": shown, **meta})

    def _row(self, name: str) -> dict[str, Any]:
        newest = self._store.versions(name)[-1]
        return {
            "extensionName": name,
            "version": newest.version,
            "activeVersion": self._store.active(name),
            "keywords": manifest.keywords(newest.manifest),
            "markedForDeletion": False,
        }

    def _upload(self, call: Call) -> Reply:
        new = self._classic.read_package(_raw(call))
        self._store.add(new)
        return Reply(201, new.upload_body(self._variants["file_hash"]))

    def _validate(self, call: Call) -> Reply:
        new = self._classic.read_package(_raw(call))
        if self._variants["extension_validate_only"] == "all":
            self._store.check(new)
        return Reply(204)

    def _versions(self, call: Call) -> Reply:
        def rows(asked: Call) -> list[dict[str, Any]]:
            stored = self._store.versions(call.params["name"])
            return [{"extensionName": package.name, "version": package.version} for package in stored]

        items, meta = self._page(call, 100, rows)
        return Reply(200, {"items": items, **meta})

    def _install(self, call: Call) -> Reply:
        reply = self._hub.install(call, updates=True)
        return Reply(202, reply.body)

    def _delete(self, call: Call) -> Reply:
        return Reply(202, self._classic.delete(call).body)

    def _groups(self, call: Call) -> Reply:
        """Ids of ActiveGates are texts here."""
        groups = self._classic.groups(call).body["activeGateGroups"]
        for group in groups:
            for gate in group["activeGates"]:
                gate["id"] = str(gate["id"])
        return Reply(200, {"items": groups})

    # the active version

    def _environment(self, call: Call) -> Reply:
        """404 while no version is active."""
        version = self._store.active(call.params["name"])
        if version is None:
            raise ApiError(404, "Extension environment configuration has not been registered.")
        more = _fields(call, _ENVIRONMENT_FIELDS)
        body = {"version": version}
        if more:
            assets = self._classic.imported(call.params["name"], version)
            assets["status"] = "UP_TO_DATE" if self._store.assets_ready(call.params["name"]) else "PENDING"
            body.update({name: assets[name] for name in more})
        return Reply(200, body)

    def _deactivate(self, call: Call) -> Reply:
        self._classic.deactivate(call)
        return Reply(204)

    # monitoring configurations

    def _all_configurations(self, call: Call) -> Reply:
        name = call.params["name"]

        def rows(asked: Call) -> list[dict[str, Any]]:
            fields = ("version", "active", "enabled", "description", "activationContext")
            passes = _filter(asked, fields)
            stored = self._configurations.of(name)
            return [self._body(configuration) for configuration in stored if passes(_configured(configuration.value))]

        self._configurations.check_schema_shown(name, "configurations")
        items, meta = self._page(call, 500, rows)
        return Reply(200, {"items": items, **meta})

    def _create(self, call: Call) -> Reply:
        """One object; an array is none."""
        body = call.json_object()
        made = self._configurations.create(call.params["name"], body.get("scope"), body.get("value"), call.token_id)
        return Reply(201, {"code": 201, "objectId": made.object_id})

    def _configuration(self, call: Call) -> Reply:
        return Reply(200, self._body(self._configurations.get(call.params["name"], call.params["id"])))

    def _body(self, stored: Configuration) -> dict[str, Any]:
        information = {
            "createdBy": stored.created_by,
            "createdTime": _iso(stored.created),
            "lastModifiedBy": stored.changed_by,
            "lastModifiedTime": _iso(stored.changed),
        }
        return {**self._configurations.body(stored), "modificationInfo": information}

    def _status(self, call: Call) -> Reply:
        return Reply(200, self._told(self._configurations.get(call.params["name"], call.params["id"])))

    def _statuses(self, call: Call) -> Reply:
        stored = self._configurations.of(call.params["name"])
        rows = [{"configurationId": configuration.object_id, **self._told(configuration)} for configuration in stored]
        return Reply(200, {"items": rows})

    def _told(self, stored: Configuration) -> dict[str, Any]:
        """The time stamp is a text."""
        status = self._configurations.status(stored)
        moment = status["timestamp"]
        is_number = self._variants["platform_status_timestamp"] == "milliseconds"
        return {**status, "timestamp": str(moment) if is_number else _iso(moment / 1000)}

    # the Hub

    def _catalog(self, call: Call) -> Reply:
        return Reply(200, {"items": [self._overview(name) for name in self._hub.published]})

    def _catalog_item(self, call: Call) -> Reply:
        self._hub.releases(call.params["name"])
        return Reply(200, {**self._overview(call.params["name"]), "detailSections": []})

    def _overview(self, name: str) -> dict[str, Any]:
        texts = {
            "id": name,
            "type": "EXTENSION_2",
            "name": name,
            "description": "",
            "version": self._hub.recommended(name),
        }
        return {**texts, "keywords": [], "hasDetailSection": False, "comingSoon": False}

    def _releases(self, call: Call) -> Reply:
        name = call.params["name"]
        rows = [
            {
                "version": release.version,
                "compatible": "INCOMPATIBLE" if self._hub.is_too_new(name, release.version) else "COMPATIBLE",
                "publicationTime": "2026-01-01T00:00:00Z",
            }
            for release in self._hub.releases(name)
        ]
        return Reply(200, {"releases": rows})

    # pages

    def _page(self, call: Call, maximum: int, rows: Callable[[Call], list[Any]]) -> tuple[list[Any], dict[str, Any]]:
        return paged(replace(call, query=self._query(call)), 20, maximum, rows)

    def _paged(self, handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
        return lambda call: handler(replace(call, query=self._query(call)))

    def _query(self, call: Call) -> dict[str, str]:
        """In the classic API's terms. What nobody knows is ignored, but for the strict variant beside a page key."""
        name, _dummy, strict = str(self._variants["platform_page_key"]).partition(" ")
        query = dict(call.query)
        classic_names = {key: "nextPageKey" for key in _PAGE_KEYS if name in ("both", key)}
        classic_names["page-size"] = "pageSize"
        asked = {classic_names[key]: query.pop(key) for key in list(query) if key in classic_names}
        if not strict:
            query = {name: value for name, value in query.items() if name not in _PAGE_KEYS}
        return {**query, **asked}


def _endpoint(method: str, path: str, handler: Callable[[Call], Reply], scopes: tuple[str, ...]) -> Endpoint:
    """API facts, 0.3: who manages configurations needs to read the definitions as well."""
    also = auth.DEFINITIONS_READ if path.startswith(_MONITORING) else ()
    return Endpoint(method, path, _with_details(handler), scopes, also=also)


def _with_details(handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """Errors have their violations below ``details``."""

    def handle(call: Call) -> Reply:
        try:
            return handler(call)
        except ApiError as error:
            inner = dict(error.envelope()["error"])
            violations = inner.pop("constraintViolations", None)
            if violations:
                inner["details"] = {"constraintViolations": violations}
            return Reply(error.status, {"error": inner})

    return handle


def _filter(call: Call, fields: tuple[str, ...]) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a row passes; without a filter all do."""

    def check_field(name: str) -> None:
        if name not in fields:
            raise ApiError.violation("filter", f"Field '{name}' is not supported")

    if not call.query.get("filter"):
        return lambda row: True
    passes = parse_filter(call.query["filter"], check_field)
    return lambda row: passes(row.get)


def _fields(call: Call, known: tuple[str, ...]) -> set[str]:
    asked = {name for name in call.query.get("add-fields", "").split(",") if name}
    if asked - set(known):
        raise ApiError.violation("add-fields", f"must be any of [{', '.join(known)}]")
    return asked


def _raw(call: Call) -> bytes:
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/octet-stream":
        raise ApiError(415, "Unsupported/Missing 'Content-Type' header")
    return call.body


def _listed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": row["extensionName"], "markedForDeletion": row["markedForDeletion"]}


def _configured(value: Mapping[str, Any]) -> dict[str, Any]:
    enabled = value.get("enabled", True)
    named = {name: value.get(name) for name in ("version", "description", "activationContext")}
    return {**named, "enabled": enabled, "active": enabled}


def _iso(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
