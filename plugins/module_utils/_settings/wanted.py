# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a task wants of one settings object, checked as far as the options alone allow; and an object as the server has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

ENVIRONMENT = "environment"
# FACTS section 3.4.
_EXTERNAL_ID_LIMIT = 500


@dataclass(frozen=True)
class Position:
    """``kind`` is one of first, last, insert_after, insert_before; ``neighbor``, for the last two, an object or external id."""

    kind: str
    neighbor: str = ""


@dataclass(frozen=True)
class Wanted:
    """The options of one object. ``schema_id`` None: it is read with the object of ``object_id``; so is ``scope``."""

    schema_id: str | None
    scope: str | None
    value: Mapping[str, Any]
    is_present: bool = True
    object_id: str | None = None
    external_id: str | None = None
    match_on: Sequence[str] = ()
    adopt: bool = True
    replace: bool = False
    position: Position | None = None
    schema_version: str | None = None
    always_secrets: bool = False

    @property
    def name(self) -> str:
        """How messages call it."""
        if self.object_id:
            return f"object {self.object_id}"
        text = f"{self.schema_id} on {self.scope}"
        return f"{text}, external id {self.external_id}" if self.external_id else text


def from_options(options: Mapping[str, Any]) -> Wanted:
    """Raises InputError for options that cannot go together."""
    external_id = options.get("external_id")
    if external_id and len(external_id) > _EXTERNAL_ID_LIMIT:
        raise InputError(
            f"external_id has {len(external_id)} characters and the API takes {_EXTERNAL_ID_LIMIT}: use a hash of it"
        )
    object_id = options.get("object_id")
    if not object_id and not options.get("schema_id"):
        raise InputError("schema_id is missing: only with object_id is it read from the object")
    is_present = options.get("state", "present") == "present"
    replace = options.get("value_mode") == "replace"
    if is_present and replace and options.get("value") is None:
        raise InputError("value_mode=replace needs a value: without one it would reset the object to its defaults")
    return Wanted(
        schema_id=options.get("schema_id"),
        # With object_id alone the object's own scope is meant, not the default.
        scope=options.get("scope") or (None if object_id else ENVIRONMENT),
        value=options.get("value") or {},
        is_present=is_present,
        object_id=object_id,
        external_id=external_id,
        match_on=tuple(options.get("match_on") or ()),
        adopt=options.get("adopt", True),
        replace=replace,
        position=_position(options),
        schema_version=options.get("schema_version"),
        always_secrets=options.get("update_secrets") == "always",
    )


def _position(options: Mapping[str, Any]) -> Position | None:
    given = [name for name in ("position", "insert_after", "insert_before") if options.get(name)]
    if len(given) > 1:
        raise InputError(f"{' and '.join(given)} exclude each other")
    if not given:
        return None
    if given[0] == "position":
        return Position(options["position"])
    return Position(given[0], options[given[0]])


@dataclass(frozen=True)
class Stored:
    """An object as it was read. ``locked`` are its nonModifiablePaths; ``writable_only`` its modifiablePaths if it is not
    writable as a whole.
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
    locked: Sequence[str] = ()
    writable_only: Sequence[str] = ()

    @classmethod
    def read(cls, row: Mapping[str, Any], schema_id: str, scope: str) -> Stored:
        """From a row of a list, or a single object. Older servers have modificationInfo instead of resourceContext."""
        context = row.get("resourceContext") or {}
        operations = context.get("operations")
        older = row.get("modificationInfo") or {}
        modifications = context.get("modifications") or older
        value = row.get("value")
        return cls(
            object_id=row["objectId"],
            schema_id=row.get("schemaId") or schema_id,
            scope=row.get("scope") or scope,
            value=value if isinstance(value, Mapping) else {},
            external_id=row.get("externalId") or None,
            schema_version=row.get("schemaVersion"),
            update_token=row.get("updateToken"),
            can_write=older.get("modifiable", True) if operations is None else "write" in operations,
            can_delete=older.get("deletable", True) if operations is None else "delete" in operations,
            is_movable=modifications.get("movable", True) is not False,
            locked=tuple(modifications.get("nonModifiablePaths") or ()),
            writable_only=tuple(modifications.get("modifiablePaths") or ()),
        )

    @property
    def name(self) -> str:
        return f"{self.object_id}" + (f" (external id {self.external_id})" if self.external_id else "")
