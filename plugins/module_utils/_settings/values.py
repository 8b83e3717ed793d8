# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a settings value becomes by its schema: merged with what is stored, completed by defaults (API facts, 3.9). Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from .comparison import comparable
from .schema import COLLECTIONS, OBJECT, SECRET, Property
from .walk import mapping, rebuilt, without_nulls


def merged(prop: Property, current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``current`` with what ``given`` says: by property, lists and sets whole, an explicit null removes."""
    result = dict(current)
    for name, item in given.items():
        below = prop.below(name)
        if item is None:
            result.pop(name, None)
        elif below.kind == OBJECT and below.fits(item):
            result[name] = merged(below, mapping(result.get(name)), item)
        else:
            result[name] = without_nulls(item)
    return result


def with_server_values(
    prop: Property, current: Mapping[str, Any], value: Mapping[str, Any], given: Any
) -> dict[str, Any]:
    """``value`` with what the server has set itself in ``current``, where the user says nothing of it.

    That are required properties whose default nobody can use. Only an explicit null takes them away.
    """
    said = mapping(given)
    result = dict(value)
    for name, below in prop.required.items():
        stored = current.get(name)
        if stored is None or (name in said and said[name] is None):
            continue
        if below.has_unusable_default:
            result.setdefault(name, stored)
        elif below.kind == OBJECT:
            part = with_server_values(below, mapping(stored), mapping(result.get(name)), said.get(name))
            result.update({name: part} if part else {})
    return result


def without_unusable(prop: Property, value: Any) -> Any:
    """An inherited ``value`` without the defaults that could not be sent: nobody gave them."""
    if prop.kind != OBJECT or not prop.fits(value):
        return value
    there = {name: item for name, item in value.items() if not prop.below(name).is_unusable(item)}
    return dict(rebuilt(prop, there, {}, lambda below, item, _other: without_unusable(below, item)))


def completed(
    prop: Property, value: Mapping[str, Any], given: Any, within: tuple[Property, ...] = ()
) -> dict[str, Any]:
    """``value`` with the schema's defaults for required properties, and without what it now rules out.

    The server does not fill in defaults (API facts, 3.1). What the user gave is never dropped: the server judges it.
    Whatever depends on a precondition of which nobody knows whether it holds is left as it is.
    ``within``: the objects that are being made of defaults alone; a type that requires itself would never end.
    """
    said = mapping(given)
    result = dict(value)
    # Filling one property can switch another on or off, so each step is repeated until it changes nothing.
    _repeat(_filled, prop, result, within)
    if _repeat(_dropped, prop, result, said):
        _repeat(_filled, prop, result, within)
    return dict(rebuilt(prop, result, said, _completed_below))


def _repeat(step: Callable[..., bool], prop: Property, result: dict[str, Any], context: Any) -> bool:
    """Whether ``step`` changed anything in ``result``, at first."""
    if not step(prop, result, context):
        return False
    while step(prop, result, context):
        pass
    return True


def _filled(prop: Property, result: dict[str, Any], within: tuple[Property, ...]) -> bool:
    """Whether a required property got its default."""
    is_changed = False
    for name, below in prop.required.items():
        if result.get(name) is None and below.is_possible(result):
            default = default_of(below, within)
            if default is not None:
                result[name] = default
                is_changed = True
    return is_changed


def _dropped(prop: Property, result: dict[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a property that nobody gave was ruled out, and is gone."""
    before = len(result)
    for name, below in prop.conditional.items():
        if name in result and said.get(name) is None and below.is_possible(result) is False:
            del result[name]
    return len(result) < before


def _completed_below(prop: Property, value: Any, given: Any) -> Any:
    if prop.kind == OBJECT and prop.fits(value):
        return completed(prop, value, given)
    # A collection is given whole or not at all, so each of its elements is as much given as the collection.
    others = value
    if given is None:
        others = None
    return rebuilt(prop, value, others, _completed_below)


def default_of(prop: Property, within: tuple[Property, ...]) -> Any:
    """What a required property is unless somebody says otherwise, None if nothing can be known.

    Objects and most collections have no default of their own in any schema seen: an object is then what the defaults of its
    properties make it, if they make it whole; a collection that may be empty is empty.
    """
    if prop.kind == SECRET:
        return None  # the default is an empty text, which would overwrite a secret that was only left out
    if prop.default is not None:
        return copy.deepcopy(prop.default)
    if prop.kind == OBJECT:
        return _default_object(prop, within)
    if prop.kind in COLLECTIONS and prop.may_be_empty:
        return []
    return None


def _default_object(prop: Property, within: tuple[Property, ...]) -> dict[str, Any] | None:
    if not prop.properties or any(map(prop.is_same_type, within)):
        return None
    value = completed(prop, {}, None, (*within, prop))
    for name, below in prop.required.items():
        if below.is_possible(value) and value.get(name) is None:
            return None
    return value


def defaults(schema: Property) -> dict[str, Any]:
    """What an object is that nobody has changed: the defaults of optional properties as well."""
    value = completed(schema, {}, None)
    for name, below in schema.properties.items():
        if below.is_nullable and below.default is not None and below.is_possible(value):
            value[name] = copy.deepcopy(below.default)
    return completed(schema, value, None)


def same(schema: Property, current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a write would change nothing.

    Defaults that a newer schema asks for and the stored value does not have yet are no difference: both sides have them.
    """
    target = comparable(schema, wanted)
    if comparable(schema, current) == target:
        return True
    return bool(comparable(schema, completed(schema, current, current)) == target)
