# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a task wants of one settings object, checked as far as the options alone allow."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import refuse_if
from .._lists import check_depth, filled, not_blank

ENVIRONMENT = "environment"
# Schemas for whose new objects the server chooses the scope (API facts, 3.4).
_SCOPE_CHOSEN_BY_SERVER = ("builtin:cloud.kubernetes",)
# API facts, 3.4.
_EXTERNAL_ID_LIMIT = 500


def server_chooses(schema_id: str | None, scope: str | None) -> bool:
    """Whether ``scope`` says nothing about where an object lies, and the server decides that when it is created."""
    return schema_id in _SCOPE_CHOSEN_BY_SERVER and scope == ENVIRONMENT


@dataclass(frozen=True)
class Position:
    """``kind`` is one of first, last, insert_after, insert_before; ``neighbor``, for the last two, an object or external id."""

    kind: str
    neighbor: str = ""


@dataclass(frozen=True)
class WantedObject:
    """The options of one object. ``schema_id`` and ``scope`` may be None: they are then read from the object of ``object_id``.

    ``secret_names``: what secrets in ``value`` are called, by path, such as ``rules[0].token``.
    """

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
    secret_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def location(self) -> tuple[str, str]:
        """Schema id and scope; empty where the object itself will tell."""
        return self.schema_id or "", self.scope or ""

    @property
    def document(self) -> tuple[str, str | None]:
        """Schema id, and the version that was asked for."""
        return self.schema_id or "", self.schema_version

    @property
    def is_named(self) -> bool:
        """Whether it is found by something else than the unique keys of its schema."""
        return bool(self.object_id or self.external_id or self.match_on)

    @property
    def is_on_any_scope(self) -> bool:
        """Whether the object may lie on any scope of its schema, and is looked for on all of them."""
        return server_chooses(self.schema_id, self.scope)

    @property
    def known_scope(self) -> str | None:
        """Where the object lies; None where that turns out with the list of all."""
        if self.is_on_any_scope:
            return None
        return self.scope

    @property
    def starts_from_inherited(self) -> bool:
        """Whether what it does not say is taken from what is in force, where a single-object schema has nothing stored."""
        return self.is_present and not self.replace and not self.is_on_any_scope

    @property
    def without_position(self) -> WantedObject:
        """In a list, only the plan of all can place it."""
        return dataclasses.replace(self, position=None)

    @property
    def name(self) -> str:
        """How messages call it."""
        if self.object_id:
            return f"object {self.object_id}"
        text = f"{self.schema_id} on {self.scope}"
        if self.external_id:
            return f"{text}, external id {self.external_id}"
        return text


def from_options(options: Mapping[str, Any]) -> WantedObject:
    """Raises InputError for options that exclude each other, or that no object can have."""
    _check(options)
    check_depth("value", options.get("value"))
    given = filled(options)
    object_id = given.get("object_id")
    return WantedObject(
        schema_id=given.get("schema_id"),
        # With object_id alone the object's own scope is meant, not the default.
        scope=given.get("scope", None if object_id else ENVIRONMENT),
        value=given.get("value", {}),
        is_present=_is_present(options),
        object_id=object_id,
        external_id=given.get("external_id"),
        match_on=not_blank(given.get("match_on")),
        adopt=options.get("adopt", True),
        replace=options.get("value_mode") == "replace",
        position=_position(given),
        schema_version=given.get("schema_version"),
        always_secrets=options.get("update_secrets") == "always",
        secret_names=given.get("secret_paths", {}),
    )


def _check(options: Mapping[str, Any]) -> None:
    external_id = filled(options).get("external_id", "")
    refuse_if(
        len(external_id) > _EXTERNAL_ID_LIMIT,
        f"external_id has {len(external_id)} characters and the API takes {_EXTERNAL_ID_LIMIT}: use a hash of it",
    )
    refuse_if(
        not options.get("object_id") and not options.get("schema_id"),
        "schema_id is missing: only with object_id is it read from the object",
    )
    replaces = _is_present(options) and options.get("value_mode") == "replace"
    refuse_if(
        replaces and options.get("value") is None,
        "value_mode=replace needs a value: without one it would reset the object to its defaults",
    )


def _is_present(options: Mapping[str, Any]) -> bool:
    return bool(options.get("state", "present") == "present")


def _position(given: Mapping[str, Any]) -> Position | None:
    """``given``: the options that are not empty."""
    names = [name for name in ("position", "insert_after", "insert_before") if name in given]
    refuse_if(len(names) > 1, f"{' and '.join(names)} exclude each other")
    if not names:
        return None
    (name,) = names
    if name == "position":
        return Position(given[name])
    return Position(name, given[name])
