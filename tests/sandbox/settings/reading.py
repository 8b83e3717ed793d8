# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: the objects list, one object, effective values (API facts, 3.2, 3.3, 3.7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ..auth import SETTINGS_READ
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..paging import paged
from ..variants import Variant, Variants
from . import zones
from .access import READ, Access
from .catalog import Catalog, Schema, read_fields
from .defaults import default_value
from .filters import of_objects, parse_filter, parse_sort, sort_key
from .ids import ENVIRONMENT, read_scope, scope_class
from .masking import Secrets, recorded
from .present import FIELDS, GET_FIELDS, render, shown_value, summary
from .store import Store, Stored
from .values import at_path

VARIANTS = {
    "settings_default_origin": Variant("origin of an effective value that is the default", ("default", ENVIRONMENT)),
}

_PAGE, _LARGEST_PAGE = 100, 500
_EFFECTIVE_FIELDS = (
    "summary",
    "searchSummary",
    "created",
    "modified",
    "createdBy",
    "modifiedBy",
    "author",
    "origin",
    "schemaId",
    "schemaVersion",
    "value",
    "externalId",
)


@dataclass(frozen=True)
class Effective:
    """A value that is valid for a scope; ``stored`` None: the schema's default, or what was ``recorded``."""

    schema: Schema
    origin: str
    stored: Stored | None
    recorded: Mapping[str, Any] | None = None


class Reader:
    """The endpoints that only read."""

    def __init__(
        self,
        catalog: Catalog,
        store: Store,
        access: Access,
        variants: Variants,
        recorded: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._catalog = catalog
        self._recorded = recorded
        self._store = store
        self._access = access
        self._variants = variants
        self._secrets = Secrets(variants)

    def get(self, call: Call) -> Reply:
        return Reply(200, self._rendered(self._readable(call), GET_FIELDS))

    def zone(self, call: Call) -> Reply:
        """The number by which the classic APIs know a management zone."""
        stored = self._readable(call)
        if stored.schema_id != zones.SCHEMA:
            raise ApiError(404, "Settings not found")
        return Reply(200, {"id": str(zones.number_of(stored.key))})

    def _readable(self, call: Call) -> Stored:
        """The object of the path."""
        stored = self._store.get(call.params["objectId"])
        if stored is None:
            raise ApiError(404, "Settings not found")
        self._access.check(call, self._catalog.latest(stored.schema_id), stored, READ)
        return stored

    def listed(self, call: Call) -> Reply:
        """Persisted objects only, in order of rank."""
        fields: list[str] = []

        def select(first: Call) -> Sequence[Stored]:
            fields[:] = read_fields(first, ("objectId", "value"), FIELDS)
            return self._selected(first, fields)

        rows, meta = paged(call, _PAGE, _LARGEST_PAGE, select)
        return Reply(200, {"items": [self._rendered(stored, fields) for stored in rows], **meta})

    def _rendered(self, stored: Stored, fields: Sequence[str]) -> dict[str, Any]:
        return render(stored, self._catalog.latest(stored.schema_id), fields, self._secrets, self._variants)

    def _selected(self, call: Call, fields: Sequence[str]) -> list[Stored]:
        rows = self._readable_objects(call)
        external = _texts(call, "externalIds")
        if external:
            rows = [stored for stored in rows if stored.external_id in external]
        if call.query.get("filter"):
            keep = parse_filter(call.query["filter"], of_objects(fields))
            rows = [stored for stored in rows if keep(partial(self._field, stored))]
        # From the last key to the first: sorting is stable.
        for name, descends in reversed(parse_sort(call.query.get("sort", ""), fields)):
            rows.sort(key=partial(self._sort_key, name), reverse=descends)
        return rows

    def _readable_objects(self, call: Call) -> list[Stored]:
        """Of the schemas and scopes that are asked for."""
        schema_ids, scopes = _texts(call, "schemaIds"), _texts(call, "scopes")
        if not schema_ids and not scopes:
            raise ApiError.violation("schemaIds", "Either schemaIds or scopes must be set")
        wanted = [read_scope(text) or text for text in scopes] or None
        return [
            stored
            for schema in self._schemas(schema_ids)
            for stored in self._store.objects(schema.id, wanted)
            if self._access.allows(call, schema, stored, READ)
        ]

    def _schemas(self, schema_ids: Sequence[str]) -> list[Schema]:
        """All of them where none is named."""
        return [self._catalog.latest(name) for name in schema_ids] or list(self._catalog)

    def _field(self, stored: Stored, name: str) -> Any:
        """Secrets are masked here too, else a filter could find them out."""
        root, _dummy, path = name.partition(".")
        value = self._rendered(stored, (root,)).get(root)
        return at_path(value, path) if path else value

    def _sort_key(self, name: str, stored: Stored) -> tuple[int, float, str]:
        return sort_key(self._field(stored, name))

    def effective(self, call: Call) -> Reply:
        """What is valid on a scope: its own values, else those of the environment, else the defaults."""
        fields: list[str] = []

        def select(first: Call) -> Sequence[Effective]:
            fields[:] = read_fields(first, ("origin", "value"), _EFFECTIVE_FIELDS)
            return self._effective(first)

        rows, meta = paged(call, _PAGE, _LARGEST_PAGE, select)
        return Reply(200, {"items": [self._shown(entry, fields) for entry in rows], **meta})

    def _effective(self, call: Call) -> list[Effective]:
        text = call.query.get("scope")
        if not text:
            raise ApiError.violation("scope", "must not be null")
        scope = read_scope(text)
        if scope is None:
            raise ApiError.violation("scope", "Invalid format.")
        schema_ids = _texts(call, "schemaIds")
        values: list[Effective] = []
        for schema in self._schemas(schema_ids):
            if scope_class(scope) in schema.allowed_scopes:
                values += self._of_schema(call, schema, scope)
            elif schema_ids:
                raise ApiError(404, f"No read access for scope class {scope_class(scope)}")
        return values

    def _of_schema(self, call: Call, schema: Schema, scope: str) -> list[Effective]:
        scopes = [scope] if scope == ENVIRONMENT else [scope, ENVIRONMENT]
        rows = [
            Effective(schema, stored.scope, stored)
            for stored in self._store.objects(schema.id, scopes)
            if self._access.allows(call, schema, stored, READ)
        ]
        if schema.multi:
            return rows
        kept = self._recorded.get(schema.id)
        origin = kept.get("origin") if kept else None
        return rows[:1] or [Effective(schema, origin or self._variants["settings_default_origin"], None, kept)]

    def _shown(self, effective: Effective, fields: Sequence[str]) -> dict[str, Any]:
        row: Mapping[str, Any]
        if effective.stored is not None:
            row = {
                **self._rendered(effective.stored, [name for name in fields if name != "origin"]),
                "origin": effective.origin,
            }
        else:
            value = (
                recorded(effective.schema, effective.recorded["value"])
                if effective.recorded
                else default_value(effective.schema)
            )
            title = summary(effective.schema, value)
            row = {
                "summary": title,
                "searchSummary": title,
                "origin": effective.origin,
                "schemaId": effective.schema.id,
                "schemaVersion": (effective.recorded or {}).get("schemaVersion") or effective.schema.version,
                "value": shown_value(effective.schema, value, self._secrets, self._variants),
            }
        return {name: row[name] for name in fields if name in row}

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/v2/settings/objects", self.listed, SETTINGS_READ),
            Endpoint("GET", "/v2/settings/objects/{objectId}", self.get, SETTINGS_READ),
            Endpoint("GET", "/v2/settings/effectiveValues", self.effective, SETTINGS_READ),
            Endpoint("GET", "/v2/settings/managementZones/{objectId}", self.zone, SETTINGS_READ),
        ]


def _texts(call: Call, name: str) -> list[str]:
    return [text.strip() for text in call.query.get(name, "").split(",") if text.strip()]
