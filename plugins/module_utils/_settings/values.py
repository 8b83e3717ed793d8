# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a settings value means by its schema: coerced, merged, completed, compared. All pure (FACTS section 3.9)."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import (
    COLLECTIONS,
    ENUM,
    OBJECT,
    SECRET,
    SET,
    Property,
    holds,
)

_INTEGER = re.compile(r"[+-]?\d+")
_MINUTES = re.compile(r"(?:[^:]*[T ])?\d\d:\d\d")
_TIMES = ("local_time", "local_date_time")
# What the schema does not describe.
_UNKNOWN = Property({}, {})
_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


def conform(prop: Property, value: Any, path: str = "value") -> Any:
    """``value`` as the schema's types have it: scalars are coerced where that loses nothing ("5", "true").

    Raises InputError, which names the path, for what cannot be coerced and for properties that the schema does not have.
    """
    if value is None:
        return None
    if prop.kind == OBJECT:
        return _conform_object(prop, value, path)
    if prop.kind in COLLECTIONS:
        if not isinstance(value, list):
            raise InputError(f"{path} must be a list, as the schema has a {prop.kind} there")
        return [conform(prop.item, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, (Mapping, list)):
        found = "dictionary" if isinstance(value, Mapping) else "list"
        raise InputError(f"{path} must be a single value of type {prop.kind}, not a {found}")
    return _conform_scalar(prop, value, path)


def _conform_object(prop: Property, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"{path} must be a dictionary, as the schema has an object there")
    properties = prop.properties
    unknown = [str(name) for name in value if name not in properties]
    if unknown:
        raise InputError(
            f"{path} has no property {', '.join(sorted(unknown))} in this schema; it has {', '.join(sorted(properties))}"
        )
    return {name: conform(properties[name], item, f"{path}.{name}") for name, item in value.items()}


def _conform_scalar(prop: Property, value: Any, path: str) -> Any:
    kind = prop.kind
    if kind == "boolean":
        if isinstance(value, str) and value.lower() in ("true", "false"):
            return value.lower() == "true"
        if isinstance(value, bool):
            return value
        raise InputError(f"{path} must be true or false")
    if kind in ("integer", "float"):
        number = _number(value)
        if number is None or (kind == "integer" and number != int(number)):
            raise InputError(f"{path} must be a number of type {kind}, not {value!r}")
        return int(number) if kind == "integer" else number
    if kind == ENUM:
        # Nearly all are texts; what is none of the choices goes to the server, whose schema may be newer.
        return next((choice for choice in prop.choices if str(choice) == str(value)), value)
    if isinstance(value, (bool, float)):
        raise InputError(f"{path} must be a text: put it in quotes, since YAML reads it as {type(value).__name__}")
    return str(value)


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if _INTEGER.fullmatch(text):
            return int(text)
        try:
            value = float(text)
        except ValueError:
            return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, (int, float)) else None


def merged(prop: Property, current: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """``current`` with what ``given`` says: by property, lists and sets whole, an explicit null removes."""
    result = dict(current)
    properties = prop.properties
    for name, item in given.items():
        below = properties.get(name)
        if item is None:
            result.pop(name, None)
        elif below is not None and below.kind == OBJECT and isinstance(item, Mapping):
            base = result.get(name)
            result[name] = merged(below, base if isinstance(base, Mapping) else {}, item)
        else:
            result[name] = without_nulls(item)
    return result


def without_nulls(value: Any) -> Any:
    """Null and absent are the same to the API (FACTS section 3.1)."""
    if isinstance(value, Mapping):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def completed(
    prop: Property, value: Mapping[str, Any], given: Any, within: tuple[Property, ...] = ()
) -> dict[str, Any]:
    """``value`` with the schema's defaults for required properties, and without what it now rules out.

    The server does not fill in defaults (FACTS section 3.1). What the user gave is never dropped: the server judges it.
    ``within``: the objects that are being made of defaults alone; a type that requires itself would never end.
    """
    given = given if isinstance(given, Mapping) else {}
    result = dict(value)
    properties = prop.properties
    # Filling one property can switch another on or off, so each step is repeated until it changes nothing.
    _fill(properties, result, within)
    dropped = True
    while dropped:
        dropped = False
        for name, below in properties.items():
            if name in result and given.get(name) is None and not holds(below.precondition, result):
                del result[name]
                dropped = True
    _fill(properties, result, within)
    for name, below in properties.items():
        if result.get(name) is not None:
            result[name] = _completed_below(below, result[name], given.get(name))
    return result


def defaults(schema: Property) -> dict[str, Any]:
    """What an object is that nobody has changed: the defaults of optional properties as well."""
    value = completed(schema, {}, None)
    for name, below in schema.properties.items():
        if below.is_nullable and below.default is not None and holds(below.precondition, value):
            value[name] = copy.deepcopy(below.default)
    return completed(schema, value, None)


def same(schema: Property, current: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether a write would change nothing.

    Defaults that a newer schema asks for and the stored value does not have yet are no difference: both sides have them.
    """
    target = comparable(schema, wanted)
    return bool(
        comparable(schema, current) == target or comparable(schema, completed(schema, current, current)) == target
    )


def _fill(properties: Mapping[str, Property], result: dict[str, Any], within: tuple[Property, ...]) -> None:
    filled = True
    while filled:
        filled = False
        for name, below in properties.items():
            if result.get(name) is None and not below.is_nullable and holds(below.precondition, result):
                default = default_of(below, within)
                if default is not None:
                    result[name] = default
                    filled = True


def default_of(prop: Property, within: tuple[Property, ...]) -> Any:
    """What a required property is unless somebody says otherwise, None if nothing can be known.

    Objects and most collections have no default of their own in any schema seen: an object is then what the defaults of its
    properties make it, if they make it whole; a collection that may be empty is empty.
    """
    if prop.kind == SECRET:
        return None  # the default is an empty text, which would overwrite a secret that was only left out
    if prop.default is not None:
        return copy.deepcopy(prop.default)
    if prop.kind == OBJECT and prop.properties and not any(prop.is_same_type(one) for one in within):
        whole = completed(prop, {}, None, (*within, prop))
        needed = (
            name
            for name, below in prop.properties.items()
            if not below.is_nullable and holds(below.precondition, whole)
        )
        return whole if all(whole.get(name) is not None for name in needed) else None
    if prop.kind in COLLECTIONS and not prop.min_objects:
        return []
    return None


def _completed_below(prop: Property, value: Any, given: Any) -> Any:
    if prop.kind == OBJECT and isinstance(value, Mapping):
        return completed(prop, value, given)
    if prop.kind in COLLECTIONS and isinstance(value, list) and prop.item.kind == OBJECT:
        # A collection is given whole or not at all, so each of its elements is as much given as the collection.
        return [
            completed(prop.item, item, item if given is not None else None) if isinstance(item, Mapping) else item
            for item in value
        ]
    return value


def comparable(prop: Property, value: Any, in_collection: bool = False) -> Any:
    """A form in which equal means equal to the API: sets without order, lists with, null as absent, 1 as 1.0 but not as true.

    Of a secret only its presence counts, since its text is masked on read; inside a collection not even that.
    """
    if value is None:
        return None
    if prop.kind == SECRET:
        return None if in_collection else True
    if prop.kind == OBJECT and isinstance(value, Mapping):
        properties = prop.properties
        pairs = {name: comparable(properties.get(name, _UNKNOWN), item, in_collection) for name, item in value.items()}
        return {name: item for name, item in pairs.items() if item is not None}
    if isinstance(value, list):
        items = [comparable(prop.item, item, True) for item in value]
        return sorted(items, key=_text) if prop.kind == SET else items
    if isinstance(value, Mapping):  # an object of a type that the schema does not tell
        return {str(name): comparable(prop, item, in_collection) for name, item in value.items() if item is not None}
    return _comparable_scalar(prop, value)


def _comparable_scalar(prop: Property, value: Any) -> Any:
    if isinstance(value, bool):
        return ("bool", value)  # Python has True == 1
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if prop.kind in _TIMES and isinstance(value, str) and _MINUTES.fullmatch(value):
        return f"{value}:00"  # the same time written without its seconds
    return value


def _text(value: Any) -> str:
    return _ENCODER.encode(value)
