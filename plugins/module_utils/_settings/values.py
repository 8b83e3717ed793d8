# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What a settings value means by its schema: coerced, merged, completed, compared. All pure (API facts, 3.9)."""

from __future__ import annotations

import copy
import itertools
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .._errors import InputError
from .._lists import parts_of
from . import zones
from .problems import Fault, Place, called_place, refusal
from .rules import is_number
from .schema import COLLECTIONS, ENUM, LIST, OBJECT, SECRET, SET, UNKNOWN, Property

# A type may hold itself, so that only the value itself bounds the recursions here. No schema has more than about 15 levels.
MOST_LEVELS = 100
# A number has at most 300 digits: about as many has the largest one that a double can hold, and Python writes none of 4,301.
MOST_BITS = 996
_MOST_DIGITS = 300
_INTEGER = re.compile(r"[+-]?\d+")
# A time of day, in a date and before a zone too: the same one may be written without seconds, and with zeros after them.
_TIME = re.compile(r"([^T ]*[T ]|)(\d\d:\d\d)(?:(:\d\d)(?:\.(\d*))?)?([Z+-].*|)")
_TIMES = ("local_time", "local_date_time", "zoned_date_time")
_DATES_AND_TIMES = (*_TIMES, "local_date", "time_zone")
# Makes something of a property's value and of its counterpart in another value.
Change = Callable[[Property, Any, Any], Any]
# Coerces a single value to a property's type. Raises _MisfitError.
Convert = Callable[[Property, Any], Any]
_FORMS = {OBJECT: "dictionary", LIST: "list", SET: "list"}
_BOOLEANS = {"true": True, "false": False}
_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


def check_depth(value: Any, path: str = "value") -> None:
    """Raises InputError for a value that is nested deeper than ``MOST_LEVELS``."""
    layer = [value]
    for _level in range(MOST_LEVELS):
        parts = itertools.chain.from_iterable(map(parts_of, layer))
        layer = [part for part in parts if isinstance(part, (dict, list))]
        if not layer:
            return
    raise InputError(f"{path} is nested more than {MOST_LEVELS} levels deep: is it what you mean?")


def texts_in(value: Any) -> Iterator[str]:
    """All texts in a value but the names of properties."""
    if isinstance(value, str):
        yield value
    for part in parts_of(value):
        yield from texts_in(part)


def with_texts(value: Any, change: Callable[[str], Any]) -> Any:
    """``value`` with what ``change`` makes of each text in it."""
    if isinstance(value, str):
        return change(value)
    return with_parts(value, lambda part: with_texts(part, change))


def with_parts(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with what ``change`` makes of all that is directly in it, if it is a dictionary or list."""
    if isinstance(value, dict):
        return {name: change(part) for name, part in value.items()}
    if isinstance(value, list):
        return list(map(change, value))
    return value


def text_of(value: Any) -> str:
    """The canonical JSON of a value; other than Python, it tells 1 from true. Equal texts mean equal values, not the reverse."""
    return _ENCODER.encode(value)


def rebuilt(prop: Property, value: Any, other: Any, change: Change) -> Any:
    """``value`` with all that its schema describes directly in it replaced by what ``change`` makes of it.

    ``other``: a value of the same property, of which ``change`` gets the part at the same place, None where there is none.
    """
    if not prop.fits(value):
        return value
    if prop.kind == OBJECT:
        return _rebuilt_object(prop, value, mapping(other), change)
    if prop.kind in COLLECTIONS:
        return _rebuilt_collection(prop, value, other, change)
    return value


def _rebuilt_object(
    prop: Property, value: Mapping[str, Any], other: Mapping[str, Any], change: Change
) -> dict[str, Any]:
    result = dict(value)
    for name in value.keys() & prop.properties.keys():
        result[name] = change(prop.properties[name], value[name], other.get(name))
    return result


def _rebuilt_collection(prop: Property, value: Sequence[Any], other: Any, change: Change) -> list[Any]:
    item = prop.item
    return [change(item, element, counterpart) for element, counterpart in zip(value, counterparts(value, other))]


def counterparts(value: Sequence[Any], other: Any) -> Sequence[Any]:
    """The elements of ``other``; None for each if which was which is not known, because there are more or fewer of them."""
    if isinstance(other, list) and len(other) == len(value):
        return other
    return [None] * len(value)


def mapping(value: Any) -> Mapping[str, Any]:
    """``value``, or an empty one if it is none."""
    if isinstance(value, dict):
        return value
    return {}


def conform(prop: Property, value: Any, place: Place = ()) -> Any:
    """``value`` as the schema's types have it: scalars are coerced where that loses nothing ("5", "true").

    Raises InputError, which names all places, for what cannot be coerced and for properties that the schema does not have.
    ``place``: of the value in a larger one.
    """
    check_depth(value, called_place(place))
    faults: list[Fault] = []
    result = _conformed(prop, value, place, faults)
    if faults:
        raise refusal(faults)
    return result


class _MisfitError(Exception):
    """A single value that is not of its type; the text is the end of a sentence."""


def _conformed(prop: Property, value: Any, place: Place, faults: list[Fault]) -> Any:
    """None for what cannot be coerced; why is in ``faults`` then."""
    if value is None:
        return None
    if prop.fits(value):
        return _BY_FORM.get(prop.kind, _conformed_scalar)(prop, value, place, faults)
    form = _FORMS.get(prop.kind, "single value")
    faults.append(Fault(place, f"must be a {form}, as its type in the schema is {prop.kind}"))
    return None


def _conformed_object(prop: Property, value: Mapping[str, Any], place: Place, faults: list[Fault]) -> dict[str, Any]:
    properties = prop.properties
    result = {}
    for name, item in value.items():
        if name in properties:
            result[name] = _conformed(properties[name], item, (*place, name), faults)
        else:
            known = ", ".join(sorted(properties))
            text = f"has no property {name} in this schema; it has {known}"
            faults.append(Fault((*place, str(name)), text, within=place))
    return result


def _conformed_collection(prop: Property, value: Sequence[Any], place: Place, faults: list[Fault]) -> list[Any]:
    item = prop.item
    elements = [_conformed(item, below, (*place, index), faults) for index, below in enumerate(value)]
    if prop.kind == SET:
        return _once_each(item, elements)
    return elements


def _once_each(item: Property, elements: Sequence[Any]) -> list[Any]:
    """A set holds an element once: those that repeat an earlier one in everything, secrets included, are left out."""
    distinct: dict[str, Any] = {}
    for element in elements:
        distinct.setdefault(text_of(_compared(item, element, _as_it_is)), element)
    return list(distinct.values())


def _conformed_scalar(prop: Property, value: Any, place: Place, faults: list[Fault]) -> Any:
    try:
        return _single(prop, value)
    except _MisfitError as misfit:
        faults.append(Fault(place, str(misfit)))
        return None


def _single(prop: Property, value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MOST_BITS:
        raise _MisfitError("is a number of more than 300 digits: put it in quotes if it is a text")
    # Of a type of a newer time nobody here knows what it takes.
    return _BY_KIND.get(prop.kind, _conformed_any)(prop, value)


def _conformed_boolean(_prop: Property, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    raise _MisfitError("must be true or false")


def _conformed_number(prop: Property, value: Any) -> Any:
    number = value
    if isinstance(value, str):
        number = _number_in(value.strip())
    if not is_number(number):
        number = math.nan
    if prop.kind == "integer" and number % 1 == 0:
        return int(number)
    if prop.kind == "float" and math.isfinite(number):
        return number
    raise _MisfitError(f"must be a number of type {prop.kind}, not {str(value)[:50]!r}")


def _number_in(text: str) -> Any:
    """None for what is no number."""
    if len(text) > _MOST_DIGITS:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return None


def _conformed_enum(prop: Property, value: Any) -> Any:
    # Nearly all are texts. What is none of the choices is told with the other constraints.
    choices = {str(choice): choice for choice in prop.choices}
    if isinstance(value, bool) and str(value) not in choices:
        raise _MisfitError(
            f"must be one of {', '.join(choices)}: quote it, since YAML reads ON, yes and the like as bool"
        )
    return choices.get(str(value), value)


def _conformed_any(_prop: Property, value: Any) -> Any:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        raise _MisfitError(
            "holds NaN, an infinite or endless number, or half of a character, which JSON has not"
        ) from None
    return without_nulls(value)


def _conformed_text(_prop: Property, value: Any) -> str:
    if isinstance(value, (bool, float)):
        raise _MisfitError(f"must be a text: put it in quotes, since YAML reads it as {type(value).__name__}")
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _MisfitError("holds half of a surrogate pair, which is no character and cannot be sent") from None
    return text


def _conformed_quoted(prop: Property, value: Any) -> str:
    """Of a text that is another one once YAML has read it as a number: 22:00:00 is 79200, and 007 is 7."""
    if isinstance(value, (bool, int, float)):
        kind = type(value).__name__
        raise _MisfitError(
            f"is a {prop.kind} and must be a text: quote it, since YAML reads it as {kind} without quotes"
        )
    return _conformed_text(prop, value)


_BY_FORM: Mapping[str, Callable[[Property, Any, Place, list[Fault]], Any]] = {
    OBJECT: _conformed_object,
    LIST: _conformed_collection,
    SET: _conformed_collection,
}
_BY_KIND: Mapping[str, Convert] = {
    ENUM: _conformed_enum,
    "boolean": _conformed_boolean,
    "integer": _conformed_number,
    "float": _conformed_number,
    "text": _conformed_text,
    "setting": _conformed_text,
    **dict.fromkeys((SECRET, *_DATES_AND_TIMES), _conformed_quoted),
}


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
    return _rebuilt_object(prop, there, {}, lambda below, item, _other: without_unusable(below, item))


def without_nulls(value: Any) -> Any:
    """Null and absent are the same to the API (API facts, 3.1)."""
    if isinstance(value, Mapping):
        there = {name: item for name, item in value.items() if item is not None}
        return dict(zip(there, map(without_nulls, there.values())))
    if isinstance(value, list):
        return list(map(without_nulls, value))
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
    result = dict(value)
    # Filling one property can switch another on or off, so each step is repeated until it changes nothing.
    _repeat(_filled, prop, result, within)
    if _repeat(_dropped, prop, result, said):
        _repeat(_filled, prop, result, within)
    return _rebuilt_object(prop, result, said, _completed_below)


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


def comparable(prop: Property, value: Any, in_collection: bool = False) -> Any:
    """A form in which equal means equal to the API: sets without order, lists with, null as absent, 1 as 1.0 but not as true.

    Of a secret only its presence counts, since its text is masked on read; inside a collection not even that.
    """
    if in_collection:
        return _compared(prop, value, _nothing)
    return _compared(prop, value, _presence)


def _presence(_secret: Any) -> Any:
    return True


def _nothing(_secret: Any) -> Any:
    return None


def _as_it_is(secret: Any) -> Any:
    return secret


def _compared(prop: Property, value: Any, of_secret: Callable[[Any], Any]) -> Any:
    """``of_secret``: what of a secret counts."""
    if value is None:
        return None
    if prop.kind == SECRET:
        return of_secret(value)
    if isinstance(value, dict):
        return _compared_object(prop, value, of_secret)
    if isinstance(value, list):
        return _compared_collection(prop, value, of_secret)
    return _comparable_scalar(prop, value)


def _compared_object(prop: Property, value: Mapping[str, Any], of_secret: Callable[[Any], Any]) -> dict[str, Any]:
    properties = prop.properties
    result = {}
    for name, item in value.items():
        compared = _compared(properties.get(name, UNKNOWN), item, of_secret)
        if compared is not None:
            result[name] = compared
    return result


def _compared_collection(prop: Property, value: list[Any], of_secret: Callable[[Any], Any]) -> list[Any]:
    item = prop.item
    if of_secret is _presence:
        of_secret = _nothing
    items = [_compared(item, below, of_secret) for below in value]
    if prop.kind != SET:
        return items
    if item.has_secrets:
        # Elements that differ in their secrets alone look the same here, and are several all the same.
        return sorted(items, key=text_of)
    distinct = {text_of(below): below for below in items}
    return [distinct[text] for text in sorted(distinct)]


def _comparable_scalar(prop: Property, value: Any) -> Any:
    if isinstance(value, bool):
        return ("bool", value)  # Python has True == 1
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return _comparable_text(prop, value)
    return value


def _comparable_text(prop: Property, text: str) -> str:
    if prop.kind in _TIMES:
        return _whole_time(text)
    if prop.kind == "setting" and prop.referenced_type == zones.SCHEMA:
        return zones.zone_number(text)
    return text


def _whole_time(text: str) -> str:
    """With seconds, and without zeros at the end of their fraction."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return text
    day, minutes, seconds, fraction, zone = parts.groups("")
    return f"{day}{minutes}{seconds or ':00'}.{fraction.rstrip('0')}{zone}"
