# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Checks the shape of a schema's document, as far as this collection reads it."""

from __future__ import annotations

from collections.abc import Mapping

from .._http.shape import Part, ShapeError


def check_schema(answer: Part) -> None:
    """Raises ShapeError for what is not a document of a schema (API facts, 3.1)."""
    answer.text("schemaId")
    answer.texts("allowedScopes")
    for owner in (answer, *_members(answer.part("types"))):
        owner.parts("constraints")
        for prop in _members(owner.part("properties")):
            _check_property(prop)
    for enum in _members(answer.part("enums")):
        enum.parts("items")
    for constraint in answer.parts("schemaConstraints"):
        constraint.texts("uniqueProperties")


def _members(owner: Part) -> list[Part]:
    for name in owner.raw:
        if not owner.has(name):
            raise ShapeError(f"nothing where an object was expected at {owner.place}.{name}")
    return list(map(owner.part, owner.raw))


def _check_property(prop: Part) -> None:
    if isinstance(prop.value("type"), Mapping):
        prop.part("type").optional_text("$ref")
    for name in ("minObjects", "maxObjects"):
        prop.number(name)
    for constraint in prop.parts("constraints"):
        constraint.texts("uniqueProperties")
    _check_precondition(prop.part("precondition"))
    if prop.has("items"):
        _check_property(prop.part("items"))


def _check_precondition(precondition: Part) -> None:
    if precondition.has("precondition"):
        _check_precondition(precondition.part("precondition"))
    if not isinstance(precondition.value("expectedValues") or [], list):
        raise ShapeError("expectedValues of a precondition are not a list")
    for part in precondition.parts("preconditions"):
        _check_precondition(part)
