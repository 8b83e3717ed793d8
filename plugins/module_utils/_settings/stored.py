# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A settings object as the server has it (API facts, 3.2, 3.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http.shape import Part
from .._text import VersionKey, is_numeric, version_key

(_ZERO,) = version_key("0")


@dataclass(frozen=True)
class StoredObject:
    """An object as it was read. ``locked`` are its nonModifiablePaths; ``writable_only`` its modifiablePaths if it is not
    writable as a whole. One that is not movable stands before all others if it ``is_first``, else behind them. ``created``: UTC
    milliseconds, 0 where nobody has asked.
    """

    object_id: str
    schema_id: str
    scope: str
    value: Mapping[str, Any]
    external_id: str | None = None
    schema_version: str | None = None
    update_token: str | None = None
    can_write: bool = True
    can_delete: bool = True
    is_movable: bool = True
    is_first: bool = False
    locked: Sequence[str] = ()
    writable_only: Sequence[str] = ()
    created: int = 0

    @classmethod
    def read(cls, row: Part, schema_id: str, scope: str) -> StoredObject:
        """From a row of a list, or a single object. Older servers have modificationInfo instead of resourceContext."""
        context, older = row.part("resourceContext"), row.part("modificationInfo")
        modifications = older
        if context.has("modifications"):
            modifications = context.part("modifications")
        return cls(
            object_id=row.text("objectId"),
            schema_id=row.optional_text("schemaId") or schema_id,
            scope=row.optional_text("scope") or scope,
            value=row.mapping("value"),
            external_id=row.optional_text("externalId") or None,
            schema_version=row.optional_text("schemaVersion"),
            update_token=row.optional_text("updateToken"),
            can_write=_may(context, "write", older.flag("modifiable", True)),
            can_delete=_may(context, "delete", older.flag("deletable", True)),
            is_movable=modifications.flag("movable", True),
            is_first=modifications.flag("first", False),
            locked=modifications.texts("nonModifiablePaths"),
            writable_only=modifications.texts("modifiablePaths"),
            created=row.number("created") or 0,
        )

    @property
    def location(self) -> tuple[str, str]:
        """Schema id and scope."""
        return self.schema_id, self.scope

    def is_called(self, name: str) -> bool:
        """By its object id or its external id."""
        return name in (self.object_id, self.external_id)

    def belongs_to(self, external_id_prefix: str) -> bool:
        """Whether its external id begins so; an empty prefix holds for objects without one, too."""
        return (self.external_id or "").startswith(external_id_prefix)

    @property
    def name(self) -> str:
        return f"{self.object_id}" + (f" (external id {self.external_id})" if self.external_id else "")


def ids_of(stored: Iterable[StoredObject]) -> list[str]:
    """Their object ids, in their order."""
    return [stored_object.object_id for stored_object in stored]


def schema_version_key(version: str) -> VersionKey:
    """What orders a schema's versions. Trailing zeros are not written: 1 is 1.0 (API facts, 3.1). Lowest for what is not a version."""
    parts = list(version_key(version))
    while parts and parts[-1] == _ZERO:
        parts.pop()
    key = tuple(parts)
    return key if is_numeric(key) else ()


def is_among(name: str, allowed: Collection[str] | None) -> bool:
    """Whether a schema, scope or id is one of those ``allowed``; None allows all."""
    return allowed is None or name in allowed


def _may(context: Part, operation: str, default: bool) -> bool:
    if context.has("operations"):
        return operation in context.texts("operations")
    return default
