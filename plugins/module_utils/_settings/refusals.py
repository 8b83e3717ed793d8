# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""A refusal of the server in the user's terms: with paths in the value, and with what the schema knows of them. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

from .._errors import ApiError, Violation
from .._text import cut
from .rules import deciding
from .schema import COLLECTIONS, SECRET, UNKNOWN, Property, Schema, first_name, split_path
from .walk import elements_of, mapping
from .wanted import WantedObject

_LONGEST_SHOWN = 50
# Of an object (API facts, 3.3).
_BESIDE_THE_VALUE = (
    "scope",
    "externalId",
    "schemaId",
    "schemaVersion",
    "objectId",
    "insertAfter",
    "insertBefore",
    "updateToken",
)


@dataclasses.dataclass(frozen=True)
class _Spot:
    """What a path leads to. ``siblings``: the object that it is in; ``within``: what that is by the schema."""

    prop: Property
    value: Any
    siblings: Mapping[str, Any]
    within: Property = UNKNOWN

    @property
    def is_ruled_out(self) -> bool:
        return self.prop.is_possible(self.siblings) is False


def explained(
    error: ApiError,
    wanted: WantedObject,
    schema: Schema,
    value: Mapping[str, Any],
    is_left_out: Callable[[Violation], bool] = lambda _violation: False,
) -> ApiError:
    """``value``: what was sent. ``is_left_out``: of violations that are not the user's concern.

    The server's paths begin with the schema and the place in the array (API facts, 5.2), of which the schema may be missing; users know
    ``value``.
    """
    prefix = re.compile(rf"\A({re.escape(wanted.schema_id or '')}/\d+/?|\d+/)")
    violations = []
    sentences = []
    for violation in error.violations:
        path = prefix.sub("", violation.path, count=1) if violation.path else None
        own = dataclasses.replace(violation, path=path)
        if not is_left_out(own):
            meaning = _meaning(schema, value, own)
            violations.append(meaning)
            sentences.append(_sentence(schema, value, meaning))
    msg = error.msg
    if sentences:
        headline = "" if len(sentences) < len(error.violations) else f"{error.message}: "
        msg = f"{wanted.name}: the server refuses it ({error.status}): {headline}{'; '.join(sentences)}"
    return ApiError(msg, error.method, error.url, error.status, error.message, error.code, violations, error.body)


def _meaning(schema: Schema, value: Mapping[str, Any], violation: Violation) -> Violation:
    """For a property that others rule out the server may say no more than that it does not know it."""
    spot = _spot(schema, value, violation.path or "")
    if spot.is_ruled_out and spot.value is not None:
        return dataclasses.replace(violation, message=f"ruled out, since {_reason(spot)}")
    return violation


def _sentence(schema: Schema, value: Mapping[str, Any], violation: Violation) -> str:
    if not violation.path:
        return violation.message
    if violation.path in _BESIDE_THE_VALUE and violation.path not in schema.properties:
        return f"{violation.path}: {violation.message}"
    place = f"value.{'.'.join(split_path(violation.path))}"
    if _is_missing(_spot(schema, value, violation.path)):
        return f"{place} is required and was not given: {violation.message}"
    return f"{place}: {violation.message}"


def _is_missing(spot: _Spot) -> bool:
    is_demanded = not spot.prop.is_nullable and not spot.is_ruled_out
    return is_demanded and spot.value is None


def _reason(spot: _Spot) -> str:
    """Of a property that is ruled out: what its siblings are."""
    names = deciding(spot.prop.precondition, spot.siblings)
    return " and ".join(f"{name} is {_shown(spot, name)}" for name in names)


def _shown(spot: _Spot, name: str) -> str:
    value = spot.siblings.get(name)
    if value is None:
        return "not given"
    if isinstance(value, bool):
        return str(value).lower()
    is_shown = spot.within.below(name).kind != SECRET
    if is_shown and isinstance(value, (str, int, float)):
        return cut(str(value), _LONGEST_SHOWN)
    return "given"


def _spot(schema: Schema, value: Mapping[str, Any], path: str) -> _Spot:
    """What a path of the server leads to; between names, and around indexes, it has slashes or dots."""
    spot = _Spot(schema, value, {})
    for part in path.split("/"):
        rest = part
        while rest:
            name, spot = _step(spot, rest)
            rest = rest[len(name) + 1 :]
    return spot


def _step(spot: _Spot, rest: str) -> tuple[str, _Spot]:
    """The first name or index in ``rest``, and what it leads to."""
    if spot.prop.kind in COLLECTIONS:
        index = rest.partition(".")[0]
        return index, _Spot(spot.prop.item, _element(spot.value, index), {})
    siblings = mapping(spot.value)
    name = first_name(rest, spot.prop)
    return name, _Spot(spot.prop.below(name), siblings.get(name), siblings, spot.prop)


def _element(value: Any, index: str) -> Any:
    """None for an index that leads to nothing."""
    try:
        return elements_of(value)[int(index)]
    except (IndexError, ValueError):
        return None
