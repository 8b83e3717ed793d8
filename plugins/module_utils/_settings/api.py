# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The settings calls of the API, with what they take and give in this collection's terms (API facts, 3.1 to 3.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from .._errors import ApiError, InputError, unless_absent
from .._http.client import Client, path_segment
from .._http.entries import sent_array
from .._http.shape import Part, Reader, ShapeError, document, nothing
from .._lists import filled, is_chosen
from .access import Accessor, Levels, accessor_of, letters_of, level_of
from .schema import Schema, read_schema
from .stored import StoredObject, schema_version_key

_OBJECTS = "/v2/settings/objects"
_SCHEMAS = "/v2/settings/schemas"
_EFFECTIVE_VALUES = "/v2/settings/effectiveValues"
_HISTORY = "/v2/settings/history"
# The largest page that the API gives.
PAGE_SIZE = 500
# The list gives no more than objectId and value unless asked for it (API facts, 3.2).
_FIELDS = "objectId,value,scope,schemaVersion,externalId,updateToken,resourceContext,created"
_READ_FIELDS = "objectId,schemaId,value,scope,externalId,resourceContext"
_SHOWN_FIELDS = (
    "objectId,schemaId,schemaVersion,scope,externalId,value,summary,author,created,modified,createdBy,modifiedBy,"
    "updateToken,resourceContext"
)
_EFFECTIVE_FIELDS = "schemaId,schemaVersion,origin,value,summary,author,created,modified,externalId"
_SCHEMA_FIELDS = "schemaId,displayName,latestSchemaVersion,maturity,multiObject,ordered,ownerBasedAccessControl"
# Of the history, the API gives no more than revision and modificationInfo unless asked for it.
_HISTORY_FIELDS = (
    "revision,type,objectId,schemaId,schemaVersion,schemaDisplayName,summary,modificationInfo,source,appId,ownerBefore,"
    "ownerAfter,jsonBefore,jsonAfter,jsonPatch"
)
# The length of a query is limited, as far as is known to 2,000 characters by proxies; the rest of it needs some.
_LONGEST_LIST = 1200
# More scopes than this are not named in a query; all of them are listed then.
_MOST_SCOPES = 20

Value = TypeVar("Value")


@dataclass(frozen=True)
class ListedSchema:
    """A schema as the list of all has it."""

    schema_id: str
    version: str | None
    is_ordered: bool


class Settings:
    """Reads and writes as one user: ``admin_access`` goes with every request on objects.

    ``validate_only``: POST and PUT are validated by the server and not carried out.
    """

    def __init__(self, client: Client, admin_access: bool, validate_only: bool = False) -> None:
        self._client = client
        self._params = {"adminAccess": "true"} if admin_access else {}
        self._write_params = {**self._params, **({"validateOnly": "true"} if validate_only else {})}
        self._validate_only = validate_only
        # Documents live as long as the client; those of earlier runs may be older than what this run meets.
        self._schemas: dict[tuple[str, str | None], Schema] = client.memory.setdefault("settings schemas", {})
        self._fresh: set[tuple[str, str | None]] = set()
        self._old: set[tuple[str, str | None]] = set()

    @property
    def environment_id(self) -> str:
        return self._client.environment_id

    # schemas

    def schema(self, schema_id: str, version: str | None = None) -> Schema:
        """Asked for once as long as the client lives. Raises InputError for one that the environment does not have."""
        key = (schema_id, version)
        if key not in self._schemas:
            self._schemas[key] = self._read_schema(schema_id, version)
            self._fresh.add(key)
        elif key not in self._fresh:
            self._old.add(key)
        return self._schemas[key]

    def renewed(self, schema: Schema, version: str | None, stored: Sequence[StoredObject]) -> Schema:
        """``schema``, read anew if one of its objects is of a newer version; not if the user asked for ``version``."""
        key = (schema.schema_id, None)
        newest = max((schema_version_key(stored_object.schema_version or "") for stored_object in stored), default=())
        if version is not None or key not in self._old or newest <= schema_version_key(schema.version):
            return schema
        self._forget(key)
        return self.schema(schema.schema_id)

    def again_if_old(self, work: Callable[[], Value]) -> Value:
        """What ``work`` gives, before anything is written. What it refuses may be right by a newer document of a schema."""
        try:
            return work()
        except InputError:
            if not self.forget_old():
                raise
        return work()

    def forget_old(self) -> bool:
        """Whether this run used documents of earlier ones. They will be read anew: what failed may have been about them."""
        old = list(self._old)
        for key in old:
            self._forget(key)
        return bool(old)

    def _forget(self, key: tuple[str, str | None]) -> None:
        self._schemas.pop(key, None)
        self._old.discard(key)

    def _read_schema(self, schema_id: str, version: str | None) -> Schema:
        try:
            return self._client.get(_schema_path(schema_id), filled({"schemaVersion": version}), read_schema)
        except ApiError as error:
            if not error.is_absence:
                raise
            name = f"schema {schema_id}" + (f" in version {version}" if version else "")
            raise InputError(f"this environment has no {name}: {error.message}") from error

    def schema_document(self, schema_id: str, version: str | None) -> Mapping[str, Any] | None:
        """As the API has it; None for an unknown one."""
        return unless_absent(lambda: self.listed_document(schema_id, version))

    def listed_document(self, schema_id: str, version: str | None = None) -> Mapping[str, Any]:
        """As the API has it, of one that it lists: that there is none is an error."""
        return self._client.get(_schema_path(schema_id), filled({"schemaVersion": version}), document)

    def schema_rows(self) -> list[Mapping[str, Any]]:
        """All schemas as the API lists them."""
        return self._schema_list(_SCHEMA_FIELDS, document)

    def listed_schemas(self) -> list[ListedSchema]:
        """All schemas in short form."""
        return self._schema_list("schemaId,latestSchemaVersion,ordered", _listed_schema)

    def catalog(self) -> dict[str, bool]:
        """The ids of all schemas, and whether their objects have an order."""
        return dict(self._schema_list("schemaId,ordered", lambda row: (row.text("schemaId"), row.flag("ordered"))))

    def _schema_list(self, fields: str, read: Reader[Value]) -> list[Value]:
        return self._client.get(
            _SCHEMAS, {"fields": fields}, lambda answer: list(map(read, answer.required_parts("items")))
        )

    # objects

    def listed(self, schema_id: str, scopes: Sequence[str] = (), external_id: str | None = None) -> list[StoredObject]:
        """The persisted objects of a schema in rank order; ``scopes`` empty: on all scopes."""
        return self._listed(schema_id, scopes, filled({"externalIds": external_id}))

    def alike(self, schema_id: str, scopes: Sequence[str], text: str) -> list[StoredObject]:
        """The objects of some scopes, or of all, that a filter finds; all of them where the server does not take it. See ``key_filter``."""
        unfiltered = self._client.memory.setdefault("settings schemas without filters", set())
        if text and schema_id not in unfiltered:
            try:
                return self._listed(schema_id, scopes, {"filter": text})
            except ApiError as error:
                if error.status != 400:
                    raise
                unfiltered.add(schema_id)
        return self._listed(schema_id, scopes, {})

    def _listed(self, schema_id: str, scopes: Sequence[str], query: Mapping[str, Any]) -> list[StoredObject]:
        scope = scopes[0] if len(scopes) == 1 else ""
        params = {"schemaIds": schema_id, "fields": _FIELDS, **query}

        def read(row: Part) -> StoredObject:
            stored = StoredObject.read(row, schema_id, scope)
            if stored.schema_id != schema_id:
                raise ShapeError(f"an object of schema {stored.schema_id} where {schema_id} was asked for")
            return stored

        return self._objects(params, scopes, read)

    def listed_together(self, schema_ids: Sequence[str], scopes: Sequence[str] = ()) -> list[StoredObject]:
        """The objects of several schemas by one list, to be read and not written: they have no update tokens."""
        params = {"schemaIds": ",".join(schema_ids), "fields": _READ_FIELDS}
        return self._objects(params, scopes, lambda row: StoredObject.read(row, schema_ids[0], ""))

    def _objects(
        self, params: Mapping[str, Any], scopes: Sequence[str], read: Reader[StoredObject]
    ) -> list[StoredObject]:
        rows = self._client.pages(_OBJECTS, self._on_scopes(params, scopes), "items", read)
        if len(scopes) <= _MOST_SCOPES:
            return list(rows)
        return [row for row in rows if row.scope in scopes]

    def _on_scopes(self, params: Mapping[str, Any], scopes: Sequence[str]) -> dict[str, Any]:
        """The query of a list that names ``scopes``, if they are few enough."""
        query = {**params, "pageSize": PAGE_SIZE, **self._params}
        if len(scopes) <= _MOST_SCOPES:
            query.update(filled({"scopes": ",".join(scopes)}))
        return query

    def stored_object(self, object_id: str) -> StoredObject | None:
        def read(answer: Part) -> StoredObject:
            return StoredObject.read(answer, answer.text("schemaId"), answer.text("scope"))

        return unless_absent(lambda: self._client.get(_object_path(object_id), self._params, read))

    def rows(self, query: Mapping[str, str]) -> list[Mapping[str, Any]]:
        """Objects as the API lists them, with all that it tells of them."""
        params = {"fields": _SHOWN_FIELDS, "pageSize": PAGE_SIZE, **query, **self._params}
        return list(self._client.pages(_OBJECTS, params, "items", document))

    def identified_rows(self, schema_ids: Sequence[str], scopes: Sequence[str]) -> list[Mapping[str, Any]]:
        """Objects as the API lists them; each has its id, schema, scope and value."""
        params = {"schemaIds": ",".join(schema_ids), "fields": _SHOWN_FIELDS}
        rows = self._client.pages(_OBJECTS, self._on_scopes(params, scopes), "items", _identified)
        return [row for row in rows if is_chosen(row["scope"], scopes)]

    def row(self, object_id: str) -> Mapping[str, Any] | None:
        """One object as the API has it."""
        return unless_absent(lambda: self._client.get(_object_path(object_id), self._params, document))

    def effective_rows(self, schema_ids: Sequence[str], scope: str) -> list[Mapping[str, Any]]:
        """What is in force on a scope, as the API has it."""
        return list(self._effective(schema_ids, scope, _EFFECTIVE_FIELDS, document))

    def inherited(self, schema_id: str, scope: str) -> Mapping[str, Any] | None:
        """What is in force on a scope; always an answer, defaults included."""
        values = list(self._effective([schema_id], scope, "value", lambda row: row.mapping("value")))
        return next(filter(None, values), None)

    def _effective(self, schema_ids: Sequence[str], scope: str, fields: str, read: Reader[Value]) -> Iterator[Value]:
        params = {"schemaIds": ",".join(schema_ids), "scope": scope, "fields": fields, "pageSize": PAGE_SIZE}
        return self._client.pages(_EFFECTIVE_VALUES, {**params, **self._params}, "items", read)

    def changes(self, query: Mapping[str, str], limit: int | None) -> Iterator[Mapping[str, Any]]:
        """The history, newest first if ``query`` says nothing else; a page is read when its turn comes."""
        size = min(PAGE_SIZE, limit or PAGE_SIZE)
        params = {"fields": _HISTORY_FIELDS, "pageSize": size, **query, **self._params}
        return self._client.pages(_HISTORY, params, "items", document)

    # writes

    def create(self, items: Sequence[Mapping[str, Any]]) -> Sequence[str | ApiError | None]:
        """What became of each item, in their order: the id of the new object, None after a validation; or its refusal.

        Raises ApiError for a refusal of the array as a whole.
        """

        def send(read: Reader[Value]) -> Value:
            return self._client.post(_OBJECTS, list(items), read, self._write_params, is_read=self._validate_only)

        def read_id(row: Part) -> str | None:
            return None if self._validate_only else row.text("objectId")

        return sent_array(send, self._client.url(_OBJECTS), len(items), read_id)

    def update(
        self,
        target: StoredObject,
        value: Mapping[str, Any],
        place: Mapping[str, str] | None = None,
        schema_version: str | None = None,
    ) -> None:
        """``value`` replaces the whole value; without ``place`` the object stays where it stands."""
        options = filled({"updateToken": target.update_token, "schemaVersion": schema_version})
        body = {"value": value, **options, **(place or {})}
        path = _object_path(target.object_id)
        self._client.put(path, body, self._updated, self._write_params, is_read=self._validate_only)

    def _updated(self, answer: Part) -> None:
        """The API names the object that was written; a validation has nothing to name (API facts, 3.5)."""
        answer.record()
        if not self._validate_only:
            answer.text("objectId")

    def delete(self, target: StoredObject) -> None:
        """Never to be called for a validation: DELETE does not know validateOnly, and the object would be gone."""
        params = {**self._params, **filled({"updateToken": target.update_token})}
        self._client.delete(_object_path(target.object_id), params)

    # permissions

    def levels(self, object_id: str) -> Levels:
        """Who may reach an object of an owner-based schema (API facts, 3.7): everybody but the owner."""
        return self._client.get(f"{_object_path(object_id)}/permissions", self._params, _levels)

    def grant(self, object_id: str, accessor: Accessor, level: str) -> None:
        body = {"accessor": accessor.identity, "permissions": letters_of(level)}
        self._client.post(f"{_object_path(object_id)}/permissions", body, _granted, self._params)

    def change_grant(self, object_id: str, accessor: Accessor, level: str) -> None:
        body = {"permissions": letters_of(level)}
        self._client.put(_accessor_path(object_id, accessor), body, nothing, self._params)

    def revoke(self, object_id: str, accessor: Accessor) -> None:
        self._client.delete(_accessor_path(object_id, accessor), self._params)


def in_lists(names: Sequence[str], least: int = 1) -> list[list[str]]:
    """``names`` in as few lists as fit into a query each, but in ``least`` where there are as many names."""
    count = max(1, min(least, len(names)))
    while True:
        lists = [list(names[number::count]) for number in range(count)]
        longest = max(len(quote(",".join(part), safe="")) for part in lists)
        if longest <= _LONGEST_LIST or count >= len(names):
            return lists
        count += 1


def _schema_path(schema_id: str) -> str:
    return f"{_SCHEMAS}/{path_segment(schema_id)}"


def _object_path(object_id: str) -> str:
    return f"{_OBJECTS}/{path_segment(object_id)}"


def _accessor_path(object_id: str, accessor: Accessor) -> str:
    """All users have a path of their own."""
    return "/".join([_object_path(object_id), "permissions", *map(path_segment, accessor.identity.values())])


def _listed_schema(row: Part) -> ListedSchema:
    return ListedSchema(row.text("schemaId"), row.optional_text("latestSchemaVersion"), row.flag("ordered"))


def _identified(row: Part) -> Mapping[str, Any]:
    for name in ("objectId", "schemaId", "scope"):
        row.text(name)
    row.part("value").record()
    return document(row)


def _granted(answer: Part) -> None:
    """Whom the API has given access."""
    answer.part("accessor").text("type")


def _levels(answer: Part) -> dict[Accessor, str]:
    """Combinations of a newer server keep their letters, and are equal to no level."""
    levels = {}
    for row in answer.required_parts("accessors"):
        identity = row.part("accessor")
        accessor = accessor_of(identity.text("type"), identity.optional_text("id") or "")
        levels[accessor] = level_of(row.texts("permissions"))
    return levels
