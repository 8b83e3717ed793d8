# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: POST of many objects, PUT and DELETE of one (API facts, 3.4 and 3.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..auth import SETTINGS_READ, SETTINGS_WRITE
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..variants import Variant, Variants
from .access import USER, WRITE, Access
from .assigned import scope_of
from .between import in_use, index_keys, references
from .catalog import Catalog, Schema
from .draft import Draft, Drafting, refusal
from .history import SYSTEM, History
from .ids import make_key, make_object_id, make_update_token, read_object_id, read_scope, scope_class
from .masking import recorded
from .order import PlaceError, place
from .present import operations
from .store import Bucket, Identity, Store, Stored
from .values import canonical

VARIANTS = {
    "settings_single_object_post": Variant(
        "a POST where a single-object schema has its object already", ("update", "refuse")
    ),
    "settings_app_schemas": Variant("what may write to schemas that begin with app:", ("any token", "OAuth")),
    "settings_oversize_status": Variant("code for a body of more than 1 MB", (413, 400)),
}

_LARGEST_BODY = 1_000_000
_LONGEST_EXTERNAL_ID = 500


@dataclass(frozen=True)
class Item:
    """One element of a POST, its form checked."""

    schema: Schema
    scope: str
    value: Any
    external_id: str | None
    object_id: str | None
    insert_after: str | None
    is_old_version: bool


class Writer:
    """The endpoints that change something."""

    def __init__(
        self, catalog: Catalog, store: Store, history: History, access: Access, variants: Variants, clock: Clock
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._history = history
        self._access = access
        self._variants = variants
        self._clock = clock
        self._drafting = Drafting(catalog, store, variants)

    def create(self, call: Call) -> Reply:
        """Items one by one, without a transaction; the status says whether all, some or none were taken."""
        self._check_size(call)
        body = call.json()
        validate_only, repair = call.flag("validateOnly"), call.flag("repairInput")
        if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
            raise ApiError(400, "Could not map JSON at '' near line 1 column 1")
        with self._store.trial(validate_only):
            answers = [self._answer(item, index, repair, call) for index, item in enumerate(body)]
        if validate_only:
            for answer in answers:
                answer.pop("objectId", None)
        return Reply(_joint_status({answer["code"] for answer in answers}), answers)

    def _answer(self, raw: Mapping[str, Any], index: int, repair: bool, call: Call) -> dict[str, Any]:
        try:
            item = self._item(raw, index)
            self._check_authentication(item.schema, call)
            stored = self._put_item(item, index, repair or item.is_old_version, call.token_id)
        except ApiError as error:
            return _failure(error, raw.get("value"))
        return {"code": 200, "objectId": stored.object_id}

    def _check_authentication(self, schema: Schema, call: Call) -> None:
        """API facts, 3.7."""
        by_api_token = call.headers.get("authorization", "").startswith("Api-Token")
        if by_api_token and schema.id.startswith("app:") and self._variants["settings_app_schemas"] == "OAuth":
            raise ApiError(400, "No OAuth token provided")

    def _item(self, raw: Mapping[str, Any], index: int) -> Item:
        raw = {**raw, "scope": scope_of(raw)}
        for name in ("schemaId", "scope", "value"):
            if raw.get(name) is None:
                raise ApiError.in_body(f"{index}/{name}", "must not be null")
        _only_texts(raw, ("schemaId", "scope", "schemaVersion", "externalId", "objectId", "insertAfter"), f"{index}/")
        external_id = raw.get("externalId")
        if external_id is not None and not 0 < len(external_id) <= _LONGEST_EXTERNAL_ID:
            message = f"size must be between 1 and {_LONGEST_EXTERNAL_ID}"
            raise ApiError.in_body(f"{index}/externalId", message)
        latest = self._catalog.for_writing(raw["schemaId"], raw.get("schemaVersion"))
        scope = read_scope(raw["scope"])
        if scope is None:
            raise ApiError.in_body(f"{index}/scope", "Invalid format.")
        if scope_class(scope) not in latest.allowed_scopes:
            raise ApiError(404, f"No write access for scope class {scope_class(scope)}")
        return Item(
            schema=latest,
            scope=scope,
            value=raw["value"],
            external_id=external_id,
            # "Only applicable if an external identifier is provided".
            object_id=raw.get("objectId") if external_id is not None else None,
            insert_after=raw.get("insertAfter"),
            is_old_version=raw.get("schemaVersion") not in (None, latest.version),
        )

    def _existing(self, item: Item) -> Stored | None:
        """The object that the item replaces."""
        named = self._named(item)
        if named is None and not item.schema.multi:
            named = next(self._store.objects(item.schema.id, [item.scope]), None)
            if named is not None and self._variants["settings_single_object_post"] == "refuse":
                raise ApiError(400, "There is already an object of this schema on the scope")
        return named

    def _named(self, item: Item) -> Stored | None:
        """By the ids that the item gives."""
        named = None
        if item.external_id is not None:
            named = self._store.by_external_id(item.schema.id, item.scope, item.external_id)
        given = self._store.get(item.object_id or "")
        if given is None:
            if item.object_id is not None and item.schema.id.startswith("app:"):
                raise ApiError(404, "Settings not found")
            return named
        if (given.schema_id, given.scope) != (item.schema.id, item.scope):
            raise ApiError(400, "The object of that objectId belongs to another schema or scope")
        if named not in (None, given):
            raise ApiError(400, "externalId and objectId belong to different objects")
        return given

    def _put_item(self, item: Item, index: int, repair: bool, author: str) -> Stored:
        old = self._existing(item)
        bucket = self._store.bucket(item.schema.id, item.scope)
        draft = self._drafting.draft(item.schema, item.scope, item.value, old, index, repair)
        position = self._place(item.schema, bucket, (item.insert_after, None), old, index)
        if old is not None:
            external_id = old.external_id if item.external_id is None else item.external_id
            return self._replace(old, item.schema, draft, external_id, position, author)
        key, object_id = self._new_id(item, bucket)
        now = self._clock.now_ms()
        stored = Stored(
            object_id=object_id,
            key=key,
            schema_id=item.schema.id,
            schema_version=item.schema.version,
            scope=item.scope,
            value=draft.value,
            external_id=item.external_id,
            created=now,
            modified=now,
            created_by=author,
            modified_by=author,
            owner=Identity(USER, author),
            revision=bucket.created,
            size=draft.size,
            keys=draft.keys,
            references=draft.references,
        )
        self._store.add(stored, position)
        self._history.record(None, stored)
        return stored

    def _new_id(self, item: Item, bucket: Bucket) -> tuple[str, str]:
        """The key and the objectId of a new object, which no recorded one has."""
        while True:
            bucket.created += 1
            # The only object of a scope has the same id whenever it is made.
            number = bucket.created if item.schema.multi else 0
            key = make_key(item.schema.id, item.scope, number)
            object_id = make_object_id(item.schema.id, item.scope, key)
            if self._store.get(object_id) is None:
                return key, object_id

    def _place(
        self, schema: Schema, bucket: Bucket, beside: tuple[str | None, str | None], moved: Stored | None, index: int
    ) -> int | None:
        """``beside``: insertAfter and insertBefore. The reason of a refusal stands with its violation (API facts, 3.4)."""
        try:
            return place(schema, bucket, *beside, moved, self._variants)
        except PlaceError as error:
            raise refusal(schema, index, [((), str(error))]) from None

    def _replace(
        self, old: Stored, schema: Schema, draft: Draft, external_id: str | None, position: int | None, author: str
    ) -> Stored:
        new = replace(
            old,
            schema_version=schema.version,
            value=draft.value,
            external_id=external_id,
            modified=self._clock.now_ms(),
            modified_by=author,
            revision=old.revision + 1,
            size=draft.size,
            keys=draft.keys,
            references=draft.references,
        )
        moved = position is not None and position != self._store.bucket(old.schema_id, old.scope).position(
            old.object_id
        )
        self._store.replace(old, new)
        if position is not None and moved:
            self._store.move(new, position)
        self._history.record(old, new, moved)
        return new

    def update(self, call: Call) -> Reply:
        """The whole value is replaced; the answer is one SettingsObjectResponse, also when it fails."""
        self._check_size(call)
        body = call.json_object()
        validate_only, repair = call.flag("validateOnly"), call.flag("repairInput")
        try:
            with self._store.trial(validate_only):
                stored = self._update(call, body, repair)
        except ApiError as error:
            return _refusal(error, body.get("value"))
        return Reply(200, {"code": 200} if validate_only else {"code": 200, "objectId": stored.object_id})

    def _update(self, call: Call, body: Mapping[str, Any], repair: bool) -> Stored:
        _only_texts(body, ("schemaVersion", "updateToken", "insertAfter", "insertBefore"), "")
        old = self._found(call, body.get("updateToken"))
        if body.get("value") is None:
            raise ApiError.in_body("value", "must not be null")
        after, before = body.get("insertAfter"), body.get("insertBefore")
        if after is not None and before is not None:
            raise ApiError.in_body("insertBefore", "must not be used together with insertAfter")
        schema = self._catalog.for_writing(old.schema_id, body.get("schemaVersion"))
        self._check_authentication(schema, call)
        repair = repair or body.get("schemaVersion") not in (None, schema.version)
        draft = self._drafting.draft(schema, old.scope, body["value"], old, 0, repair)
        bucket = self._store.bucket(schema.id, old.scope)
        position = self._place(schema, bucket, (after, before), old, 0)
        return self._replace(old, schema, draft, old.external_id, position, call.token_id)

    def delete(self, call: Call) -> Reply:
        """There is no ``validateOnly`` here, and an unknown query parameter is ignored: it deletes."""
        try:
            old = self._found(call, call.query.get("updateToken"))
            schema = self._catalog.latest(old.schema_id)
            if "delete" not in operations(old, schema):
                raise ApiError(400, "Deletion of value(s) is not allowed")
            message = in_use(schema, old, self._store)
            if message is not None:
                raise ApiError.in_body(f"{schema.id}/0", message)
        except ApiError as error:
            return _refusal(error, None)
        self._store.remove(old)
        self._history.record(old, None, author=call.token_id)
        return Reply(204)

    def _found(self, call: Call, update_token: Any) -> Stored:
        """404, or 409 when it is not the state that the caller read."""
        old = self._store.get(call.params["objectId"])
        if old is None:
            raise ApiError(404, "Settings not found")
        self._access.check(call, self._catalog.latest(old.schema_id), old, WRITE)
        if update_token is not None and update_token != make_update_token(old.key, old.modified, old.revision):
            raise ApiError(409, "The settings object was modified since it was read")
        return old

    def seed(self, raw: Mapping[str, Any]) -> None:
        """An object that is there from the start; beside the fields of a POST it may say what is not allowed with it."""
        stored = self._put_item(self._item(raw, 0), 0, repair=False, author=SYSTEM)
        flags = {name: raw[name] for name in ("deletable", "modifiable", "movable", "first") if name in raw}
        self._store.replace(stored, replace(stored, **flags))

    def restore(self, schema_id: str, row: Mapping[str, Any]) -> None:
        """A recorded object, whether its schema would take it or not."""
        schema = self._catalog.latest(schema_id)
        scope = read_scope(str(row["scope"])) or str(row["scope"])
        object_id = str(row["objectId"])
        known = read_object_id(object_id)
        value = recorded(schema, row["value"])
        context = row.get("resourceContext")
        allowed, modifications = _recorded_context(context)
        author, editor = str(row.get("createdBy", SYSTEM)), str(row.get("modifiedBy", SYSTEM))
        stored = Stored(
            object_id=object_id,
            key=known.key if known else object_id,
            schema_id=schema.id,
            schema_version=str(row.get("schemaVersion", schema.version)),
            scope=scope,
            value=value,
            external_id=row.get("externalId"),
            created=int(row.get("created", 0)),
            modified=int(row.get("modified", 0)),
            created_by=author,
            modified_by=editor,
            owner=Identity(USER, author),
            deletable="delete" in allowed,
            modifiable="write" in allowed,
            movable=bool(modifications.get("movable", True)),
            first=bool(modifications.get("first", False)),
            size=len(canonical(value).encode("utf-8", "surrogatepass")),
            keys=tuple(index_keys(schema, scope, value)),
            references=references(schema, value),
            context=context,
        )
        self._store.add(stored)

    def _check_size(self, call: Call) -> None:
        """API facts, 0.5: at most 1 MB."""
        if len(call.body) > _LARGEST_BODY:
            raise ApiError(self._variants["settings_oversize_status"], "Request body is larger than 1 MB")

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", "/v2/settings/objects", self.create, SETTINGS_WRITE),
            # Section 0.2: PUT is the one that needs to read as well.
            Endpoint("PUT", "/v2/settings/objects/{objectId}", self.update, SETTINGS_WRITE, also=SETTINGS_READ),
            Endpoint("DELETE", "/v2/settings/objects/{objectId}", self.delete, SETTINGS_WRITE),
        ]


def _recorded_context(context: Any) -> tuple[Iterable[str], Mapping[str, Any]]:
    """What may be done with a recorded object, and what is said of its changes; everything where nothing was recorded."""
    known = context if isinstance(context, Mapping) else {}
    operations_of_it, modifications = known.get("operations"), known.get("modifications")
    return (
        operations_of_it if isinstance(operations_of_it, list) else ("read", "write", "delete"),
        modifications if isinstance(modifications, Mapping) else {},
    )


def _joint_status(codes: set[int]) -> int:
    """Of the answer about several items, by that of each."""
    if codes <= {200}:
        return 200
    if 200 in codes:
        return 207
    return codes.pop() if len(codes) == 1 else 400


def _only_texts(body: Mapping[str, Any], names: Iterable[str], prefix: str) -> None:
    for name in names:
        if body.get(name) is not None and not isinstance(body[name], str):
            raise ApiError.in_body(prefix + name, "Must be of type text")


def _refusal(error: ApiError, value: Any) -> Reply:
    """403 has the usual envelope, the others are a SettingsObjectResponse."""
    if error.status == 403:
        raise error
    return Reply(error.status, _failure(error, value))


def _failure(error: ApiError, value: Any) -> dict[str, Any]:
    """A SettingsObjectResponse; the value given is echoed, with its secrets, as the real server does, but with a 404."""
    answer: dict[str, Any] = {"code": error.status, "error": error.error()}
    if value is not None and error.status != 404:
        answer["invalidValue"] = value
    return answer
