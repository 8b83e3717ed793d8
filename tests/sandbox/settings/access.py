# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may reach the objects of owner-based schemas (API facts, 3.7).

An object belongs to the token or OAuth client that made it. Nobody is kept out unless the variant ``settings_access`` says so,
since most playbooks have a single token; and then it is kept to single users and all users, because the sandbox knows nobody's
groups, and to existing objects: a POST that replaces one by its external id is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..auth import SETTINGS_ADMIN
from ..errors import ApiError
from ..http import Call, Reply
from ..variants import Variant, Variants
from .catalog import Schema
from .store import Identity, Stored

VARIANTS = {
    "settings_access": Variant(
        "whether objects of owner-based schemas are hidden from whom the owner gave nothing", ("open", "enforced")
    ),
}

USER, GROUP, ALL_USERS = "user", "group", "all-users"
READ, WRITE = "r", "w"


class Access:
    """Answers who may do what."""

    def __init__(self, variants: Variants) -> None:
        self._variants = variants

    def allows(self, call: Call, schema: Schema, stored: Stored, permission: str) -> bool:
        if not schema.owned or self._variants["settings_access"] == "open":
            return True
        if is_owner(call, stored):
            return True
        mine = (stored.permissions.get(Identity(*key), "") for key in ((USER, call.token_id), (ALL_USERS, "")))
        return any(permission in letters for letters in mine)

    def check(self, call: Call, schema: Schema, stored: Stored, permission: str) -> None:
        """404 for what the caller must not even see, 403 for what may only be read."""
        if not self.allows(call, schema, stored, READ):
            raise ApiError(404, "Settings not found")
        if not self.allows(call, schema, stored, permission):
            raise ApiError(403, "Forbidden")


def is_owner(call: Call, stored: Stored) -> bool:
    """An administrator acts as if everything were his."""
    return call.flag("adminAccess") or stored.owner == Identity(USER, call.token_id)


def shown(identity: Identity) -> dict[str, Any]:
    """As the API has it: all users have no id."""
    return {"type": identity.type, **({"id": identity.id} if identity.id else {})}


def guarded(handler: Callable[[Call], Reply]) -> Callable[[Call], Reply]:
    """``adminAccess`` needs a scope in addition to that of the endpoint."""

    def answer(call: Call) -> Reply:
        if call.flag("adminAccess") and call.scopes is not None and SETTINGS_ADMIN not in call.scopes:
            raise ApiError(403, f"Token is missing required scope. Use one of: {SETTINGS_ADMIN}")
        return handler(call)

    return answer
