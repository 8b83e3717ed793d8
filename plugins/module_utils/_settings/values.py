# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a settings value becomes by its schema: merged with what is stored, completed by defaults (API facts, 3.9). Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from .._lists import filled
from .comparison import comparable, text_of
from .schema import COLLECTIONS, OBJECT, SECRET, Property, entries
from .walk import mapping, non_null, rebuilt, without_nulls

_STRICT_ORDERS = ("LESS_THAN", "GREATER_THAN")


def merged(prop: Property, current: Any, given: Any) -> dict[str, Any]:
    """``current`` with what ``given`` says: by property, lists and sets whole, an explicit null removes."""
    return dict(without_nulls(_merged(prop, given, current)))


def _merged(prop: Property, given: Any, current: Any) -> Any:
    if prop.kind == OBJECT and prop.fits(given):
        return {**mapping(current), **rebuilt(prop, given, current, _merged)}
    return given


def with_stored(
    prop: Property, value: Any, current: Any, given: Any, stays: Callable[[Property], bool]
) -> dict[str, Any]:
    """``value`` with what stays as it is in ``current``, if the user says nothing of it: only an explicit null takes it away."""
    result, stored, given_fields = dict(mapping(value)), mapping(current), mapping(given)
    for name, part in non_null(stored).items():
        below = prop.below(name)
        if given_fields.get(name, part) is None:
            continue
        if stays(below):
            result.setdefault(name, part)
        elif below.kind == OBJECT and (name in result or not below.is_nullable):
            result.update(filled({name: with_stored(below, result.get(name), part, given_fields.get(name), stays)}))
    return result


def usable(prop: Property, value: Any, _other: Any = None) -> Any:
    """An inherited ``value`` with null for each default that could not be sent: nobody gave it."""
    if prop.is_unusable(value):
        return None
    if prop.kind == OBJECT:
        return rebuilt(prop, value, None, usable)
    return value


def completed(
    prop: Property, value: Mapping[str, Any], given: Any, within: tuple[Property, ...] = ()
) -> dict[str, Any]:
    """``value`` with the schema's defaults for required properties, and without what it now rules out.

    The server does not fill in defaults (API facts, 3.1). What the user gave is never dropped: the server judges it.
    Whatever depends on a precondition of which nobody knows whether it holds is left as it is.
    ``within``: the objects that are being made of defaults alone; a type that requires itself would never end.
    """
    said = mapping(given)
    result = non_null(value)
    # Filling one property can switch another on or off, so each step is repeated until it changes nothing.
    for step in (_fill, _drop, _fill):
        before = -1
        while before != len(result):
            before = len(result)
            step(prop, result, said, within)
    return dict(rebuilt(prop, result, said, _completed_below))


def _fill(prop: Property, result: dict[str, Any], _said: Mapping[str, Any], within: tuple[Property, ...]) -> None:
    """Each required property gets its default."""
    for name, below in prop.required.items():
        if name not in result and below.is_possible(result):
            result.update(non_null({name: default_of(below, within)}))


def _drop(prop: Property, result: dict[str, Any], said: Mapping[str, Any], _within: Any) -> None:
    """What nobody gave goes if it is ruled out."""
    for name in filter(result.__contains__, prop.conditional):
        if said.get(name) is None and prop.below(name).is_possible(result) is False:
            del result[name]


def _completed_below(prop: Property, value: Any, given: Any) -> Any:
    if prop.kind == OBJECT and prop.fits(value):
        return completed(prop, value, given)
    # A collection is given whole or not at all, so each of its elements is as much given as the collection.
    return rebuilt(prop, value, given and value, _completed_below)


def default_of(prop: Property, within: tuple[Property, ...]) -> Any:
    """What a required property is unless somebody says otherwise, None if nothing can be known.

    Objects and most collections have no default of their own in any schema seen: an object is then what the defaults of its
    properties make it, if they make it whole; a collection that may be empty is empty.
    """
    if prop.kind == SECRET:
        # Its default is an empty text, which would overwrite a secret that was only left out.
        return None
    if prop.default is not None:
        return copy.deepcopy(prop.default)
    if prop.kind == OBJECT:
        return _object_of_defaults(prop, within)
    if prop.kind in COLLECTIONS and prop.may_be_empty:
        return []
    return None


def _object_of_defaults(prop: Property, within: tuple[Property, ...]) -> dict[str, Any] | None:
    if not prop.properties or any(map(prop.is_same_type, within)):
        return None
    value = completed(prop, {}, None, (*within, prop))
    if prop.missing(value) or _contradicts_itself(prop, value):
        return None
    return value


def _contradicts_itself(prop: Property, value: Mapping[str, Any]) -> bool:
    """Whether one property must be less than another, and both are the same: then these defaults are hints for the web interface."""
    for rule in prop.constraints:
        if rule.get("type") in _STRICT_ORDERS:
            parts = list(map(value.get, entries(rule, "properties")))
            return None not in parts and len(set(map(text_of, parts))) == 1
    return False


def defaults(schema: Property) -> dict[str, Any]:
    """What an object is that nobody has changed: the defaults of optional properties as well."""
    value = completed(schema, {}, None)
    for name, below in schema.properties.items():
        if below.is_nullable and below.is_possible(value):
            value[name] = copy.deepcopy(below.default)
    return completed(schema, value, None)


def same(schema: Property, current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a write would change nothing.

    Defaults that a newer schema asks for and the stored value does not have yet are not differences: both sides have them.
    """
    target = comparable(schema, wanted)
    if comparable(schema, current) == target:
        return True
    return bool(comparable(schema, completed(schema, current, current)) == target)
