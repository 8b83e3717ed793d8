# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Permissions on single objects of owner-based schemas (API facts, 3.7).

Not known of the real server, and so a guess [I] or a variant: what it says for a schema without owners, that ``w`` needs ``r``,
and that the owner is not an accessor of his own object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..auth import SCHEMAS_READ, SETTINGS_READ, SETTINGS_WRITE
from ..clock import Clock
from ..errors import ApiError
from ..http import Call, Endpoint, Reply
from ..variants import Variant, Variants
from .access import ALL_USERS, GROUP, READ, USER, WRITE, Access, is_owner, shown
from .catalog import Catalog
from .history import History
from .store import Identity, Store, Stored

VARIANTS = {
    "settings_permissions_without_owner": Variant(
        "code for permissions on an object whose schema is not owner-based", (400, 404)
    ),
    "settings_permission_exists": Variant("code for a POST of an accessor that has permissions", (400, 409)),
    "settings_permissions_api_token": Variant("API tokens for permissions", ("accept", "refuse")),
}

_PATH = "/v2/settings/objects/{objectId}"
_ALL = f"{_PATH}/permissions/all-users"
_ONE = f"{_PATH}/permissions/{{accessorType}}/{{accessorId}}"
# The scope's name of an API token, and what the same right is called on the platform.
_SAME_RIGHT = {
    "settings:objects:read": "settings.read",
    "settings:objects:write": "settings.write",
    "settings:schemas:read": "settings.read",
}


class Permissions:
    """The endpoints below one object, and the question what the caller may do at all."""

    def __init__(
        self, catalog: Catalog, store: Store, history: History, access: Access, variants: Variants, clock: Clock
    ) -> None:
        self._catalog = catalog
        self._store = store
        self._history = history
        self._access = access
        self._variants = variants
        self._clock = clock

    def listed(self, call: Call) -> Reply:
        """All but the owner."""
        stored = self._object(call, READ)
        return Reply(200, {"accessors": [_row(who, letters) for who, letters in stored.permissions.items()]})

    def add(self, call: Call) -> Reply:
        stored = self._object(call, WRITE)
        body = call.json_object()
        who = _identity(body.get("accessor"), "accessor")
        letters = _letters(body)
        if who in stored.permissions:
            raise ApiError(self._variants["settings_permission_exists"], "Accessor already exists")
        if who == stored.owner:
            raise ApiError.in_body("accessor", "The owner has all permissions")
        self._set(stored, {**stored.permissions, who: letters})
        return Reply(201, _row(who, letters))

    def get(self, call: Call) -> Reply:
        stored, who = self._accessor(call, READ)
        return Reply(200, _row(who, stored.permissions[who]))

    def update(self, call: Call) -> Reply:
        stored, who = self._accessor(call, WRITE)
        self._set(stored, {**stored.permissions, who: _letters(call.json_object())})
        return Reply(200)

    def remove(self, call: Call) -> Reply:
        stored, who = self._accessor(call, WRITE)
        self._set(stored, {key: letters for key, letters in stored.permissions.items() if key != who})
        return Reply(204)

    def transfer(self, call: Call) -> Reply:
        """The owner or an administrator gives the object away; what the new owner was given before is of no use now."""
        stored = self._object(call, READ)
        new = _identity(call.json_object().get("newOwner"), "newOwner")
        if new.type == ALL_USERS:
            raise ApiError.in_body("newOwner/type", "must be any of [group, user]")
        if self._variants["settings_access"] == "enforced" and not is_owner(call, stored):
            raise ApiError(403, "Forbidden")
        permissions = {key: letters for key, letters in stored.permissions.items() if key != new}
        given = replace(
            stored,
            owner=new,
            permissions=permissions,
            modified=self._clock.now_ms(),
            modified_by=call.token_id,
            revision=stored.revision + 1,
        )
        self._store.replace(stored, given)
        self._history.record(stored, given)
        return Reply(204)

    def resolve(self, call: Call) -> Reply:
        """What the caller's scopes allow; conditions of policies are unknown here."""
        wanted = call.json_object().get("permissions")
        if not isinstance(wanted, list):
            raise ApiError.violation("permissions", "must not be null", "PAYLOAD_BODY")
        return Reply(200, [_effective(call, asked) for asked in wanted])

    def _object(self, call: Call, permission: str) -> Stored:
        if self._variants["settings_permissions_api_token"] == "refuse" and call.token_id.startswith("dt0c01."):
            raise ApiError(400, "No OAuth token provided")
        stored = self._store.get(call.params["objectId"])
        if stored is None:
            raise ApiError(404, "Settings not found")
        schema = self._catalog.latest(stored.schema_id)
        if not schema.owned:
            status = self._variants["settings_permissions_without_owner"]
            raise ApiError(status, f"Schema '{schema.id}' has no owner-based access control")
        self._access.check(call, schema, stored, permission)
        return stored

    def _accessor(self, call: Call, permission: str) -> tuple[Stored, Identity]:
        """Whom the path names: all users have a path of their own, without a type and an id."""
        stored = self._object(call, permission)
        kind = call.params.get("accessorType", ALL_USERS)
        if kind not in (USER, GROUP, ALL_USERS) or (kind == ALL_USERS) != ("accessorId" not in call.params):
            raise ApiError.violation("accessorType", f"'{kind}' must be any of [group, user]", "PATH")
        who = Identity(kind, call.params.get("accessorId", ""))
        if who not in stored.permissions:
            raise ApiError(404, "No permissions found for accessor")
        return stored, who

    def _set(self, stored: Stored, permissions: Mapping[Identity, str]) -> None:
        """Neither the value nor the updateToken changes with it."""
        self._store.replace(stored, replace(stored, permissions=permissions))

    def endpoints(self) -> list[Endpoint]:
        endpoints = [
            Endpoint("GET", f"{_PATH}/permissions", self.listed, SETTINGS_READ),
            Endpoint("POST", f"{_PATH}/permissions", self.add, SETTINGS_WRITE),
            Endpoint("POST", f"{_PATH}:transfer-ownership", self.transfer, SETTINGS_WRITE),
        ]
        for path in (_ALL, _ONE):
            endpoints += [
                Endpoint("GET", path, self.get, SETTINGS_READ),
                Endpoint("PUT", path, self.update, SETTINGS_WRITE),
                Endpoint("DELETE", path, self.remove, SETTINGS_WRITE),
            ]
        any_of = tuple(dict.fromkeys((*SETTINGS_WRITE, *SETTINGS_READ, *SCHEMAS_READ)))
        path = "/v2/settings/effective-permissions:resolve"
        return [*endpoints, Endpoint("POST", path, self.resolve, any_of, is_validation=True)]


def _identity(raw: Any, path: str) -> Identity:
    if not isinstance(raw, dict):
        raise ApiError.in_body(path, "must not be null")
    kind, name = raw.get("type"), raw.get("id")
    if kind not in (ALL_USERS, GROUP, USER):
        raise ApiError.in_body(f"{path}/type", f"must be any of [{ALL_USERS}, {GROUP}, {USER}]")
    if kind == ALL_USERS:
        return Identity(kind, "")
    if not isinstance(name, str) or not name:
        raise ApiError.in_body(f"{path}/id", "must not be null")
    return Identity(kind, name)


def _letters(body: Mapping[str, Any]) -> str:
    """``r`` or ``rw``: an empty list, other entries, and writing without reading are refused."""
    given = body.get("permissions")
    if not isinstance(given, list) or not given or any(letter not in (READ, WRITE) for letter in given):
        raise ApiError.in_body("permissions", f"must be a list of [{READ}, {WRITE}]")
    if READ not in given:
        raise ApiError.in_body("permissions", "unsupported combination")
    return READ + WRITE if WRITE in given else READ


def _row(who: Identity, letters: str) -> dict[str, Any]:
    return {"accessor": shown(who), "permissions": list(letters)}


def _effective(call: Call, asked: Any) -> dict[str, Any]:
    name = asked.get("permission") if isinstance(asked, dict) else None
    if not isinstance(name, str):
        raise ApiError.violation("permissions/permission", "must not be null", "PAYLOAD_BODY")
    mine = call.scopes
    granted = mine is None or name in mine or _SAME_RIGHT.get(name) in mine
    context = {"context": asked["context"]} if asked.get("context") else {}
    return {"permission": name, "granted": str(granted).lower(), **context}
