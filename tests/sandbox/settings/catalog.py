# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schemas: documents in folders, by id and version, and their two endpoints (API facts, 3.1)."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ..auth import SCHEMAS_READ
from ..errors import ApiError, one_of
from ..http import Call, Endpoint, Reply
from ..variants import Variant, Variants
from .shorthand import whole

VARIANTS = {
    "settings_unlisted_schemas": Variant(
        "ids of schemas that are not listed and whose document is 404, while their objects can be read and written",
        ([],),
        free=True,
    ),
}

OWN = Path(__file__).parent / "schemas"

_VERSION = re.compile(r"\d+(\.\d+)*")
_DEFAULT_FIELDS = ("schemaId", "displayName", "latestSchemaVersion")
_FIELDS = (*_DEFAULT_FIELDS, "maturity", "multiObject", "ordered", "ownerBasedAccessControl")


class Schema:
    """One version of a schema. ``document`` is a whole one, and served as it is."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.id: str = document["schemaId"]
        self.version: str = document["version"]
        self.properties: Mapping[str, Any] = document["properties"]
        self.multi: bool = document["multiObject"]
        self.ordered: bool = self.multi and bool(document.get("ordered"))
        self.max_objects: int = document["maxObjects"]
        self.allowed_scopes: tuple[str, ...] = tuple(document["allowedScopes"])
        self.owned: bool = bool(document.get("ownerBasedAccessControl"))
        self.constraints: list[dict[str, Any]] = document.get("constraints") or []
        self.schema_constraints: list[dict[str, Any]] = document.get("schemaConstraints") or []
        self.deletion_constraints: list[dict[str, Any]] = document.get("deletionConstraints") or []

    def resolve(self, kind: Any) -> tuple[str, Any]:
        """``("object", type)``, ``("enum", enum)`` or ``(name, None)`` for the ``type`` of a property."""
        if not isinstance(kind, dict):
            return str(kind), None
        _dummy, section, name = kind["$ref"].split("/", 2)
        return (
            ("enum", self.document["enums"][name]) if section == "enums" else ("object", self.document["types"][name])
        )

    def check(self) -> None:
        """Raises AttributeError, KeyError or TypeError where the document is damaged."""
        _order(self.version)
        for described in self.definitions():
            for definition in (described, described["items"]) if "items" in described else (described,):
                self.resolve(definition["type"])

    @cached_property
    def has_secrets(self) -> bool:
        return any(definition["type"] == "secret" for definition in self.definitions())

    @cached_property
    def has_references(self) -> bool:
        return any(
            "setting" in (definition["type"], (definition.get("items") or {}).get("type"))
            for definition in self.definitions()
        )

    def definitions(self) -> Iterator[Mapping[str, Any]]:
        """Every property of the schema and of its types, used or not."""
        yield from self.properties.values()
        for kind in self.document["types"].values():
            yield from kind["properties"].values()

    @cached_property
    def never_modified(self) -> Mapping[str, str]:
        """The names shown of the properties that keep their first value, by path ``a/b``; none inside of collections."""
        return self._with_policy("NEVER")

    @cached_property
    def always_modifiable(self) -> Mapping[str, str]:
        """Those that may be changed although the object is read-only."""
        return self._with_policy("ALWAYS")

    def _with_policy(self, policy: str) -> Mapping[str, str]:
        return {
            path: definition.get("displayName") or path.rpartition("/")[2]
            for path, definition in self._walk(self.properties, "", ())
            if definition.get("modificationPolicy") == policy
        }

    def _walk(
        self, properties: Mapping[str, Any], prefix: str, seen: tuple[str, ...]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, definition in properties.items():
            yield prefix + name, definition
            kind, inner = self.resolve(definition["type"])
            reference = str(definition["type"])
            # A type may hold itself.
            if kind == "object" and reference not in seen:
                yield from self._walk(inner["properties"], f"{prefix}{name}/", (*seen, reference))


class Catalog:
    """All schemas. ``folders``: where their documents are; a later one of the same id and version takes the place of an earlier one."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._versions: dict[str, dict[str, Schema]] = {}
        for folder in folders:
            for file in sorted(folder.glob("*.json")):
                document = _document(file)
                if isinstance(document, dict) and "schemaId" in document and "properties" in document:
                    self._add(document, file)
        self._latest = {
            schema_id: versions[max(versions, key=_order)] for schema_id, versions in sorted(self._versions.items())
        }

    def _add(self, document: dict[str, Any], file: Path) -> None:
        try:
            schema = Schema(whole(document))
            schema.check()
            self._versions.setdefault(schema.id, {})[schema.version] = schema
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"{file} is not a whole schema document: {error} is missing or wrong") from None

    def __iter__(self) -> Iterator[Schema]:
        return iter(self._latest.values())

    def __contains__(self, schema_id: str) -> bool:
        return schema_id in self._latest

    def latest(self, schema_id: str) -> Schema:
        """API facts, 5.2, "404 schema"."""
        schema = self._latest.get(schema_id)
        if schema is None:
            raise ApiError(404, f"No schema with topic identifier '{schema_id}'{self._nearest(schema_id)}")
        return schema

    def _nearest(self, schema_id: str) -> str:
        """The real server does not say this, but it has them all: who sees it here wrote the id wrong, or needs ``--schemas``."""
        near = difflib.get_close_matches(schema_id, self._latest, cutoff=0.5)
        return f". The sandbox has {', '.join(near)}" if near else ". The sandbox has nothing like it"

    def for_writing(self, schema_id: str, version: str | None) -> Schema:
        """Of the latest version, since values are migrated: any version that is older is taken (API facts, 3.4)."""
        latest = self.latest(schema_id)
        is_older = version is not None and _VERSION.fullmatch(version) and _order(version) < _order(latest.version)
        return latest if is_older else self.version(schema_id, version)

    def version(self, schema_id: str, version: str | None) -> Schema:
        latest = self.latest(schema_id)
        if version is None:
            return latest
        schema = self._versions[schema_id].get(version)
        if schema is None:
            raise ApiError(404, f"Schema '{schema_id}' has no version '{version}'")
        return schema


class Documents:
    """The endpoints of the schemas themselves."""

    def __init__(self, catalog: Catalog, variants: Variants) -> None:
        self._catalog = catalog
        self._variants = variants

    def listed(self, call: Call) -> Reply:
        """``GET /settings/schemas``: not paged."""
        fields = read_fields(call, _DEFAULT_FIELDS, _FIELDS)
        shown = [schema for schema in self._catalog if schema.id not in self._variants["settings_unlisted_schemas"]]
        rows = [{**schema.document, "latestSchemaVersion": schema.version} for schema in shown]
        items = [{name: row[name] for name in fields if name in row} for row in rows]
        return Reply(200, {"items": items, "totalCount": len(items)})

    def get(self, call: Call) -> Reply:
        schema_id = call.params["schemaId"]
        if schema_id in self._variants["settings_unlisted_schemas"]:
            raise ApiError(404, f"No schema with topic identifier '{schema_id}'")
        return Reply(200, self._catalog.version(schema_id, call.query.get("schemaVersion")).document)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/v2/settings/schemas", self.listed, SCHEMAS_READ),
            Endpoint("GET", "/v2/settings/schemas/{schemaId}", self.get, SCHEMAS_READ),
        ]


def read_fields(call: Call, default: Iterable[str], supported: Iterable[str]) -> list[str]:
    """``fields`` of the query, which replaces the default set."""
    text = call.query.get("fields")
    if text is None:
        return list(default)
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        one_of("fields", name, tuple(supported))
    return names or list(default)


def _document(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8", errors="surrogatepass"))
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{file} cannot be read: {error}") from None


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
