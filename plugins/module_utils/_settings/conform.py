# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Coerces what a user gave to the types of its schema (API facts, 3.9). Pure."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._lists import keyed
from .._text import cut
from .comparison import DATES_AND_TIMES, exact_text
from .problems import Fault, Place, refuse
from .rules import is_number
from .schema import ENUM, LIST, OBJECT, SECRET, SET, Property
from .walk import without_nulls

# A number has at most 300 digits: about as many has the largest one that a double can hold, and Python writes none of 4,301.
_MOST_BITS = 996
_MOST_DIGITS = 300
_INTEGER = re.compile(r"[+-]?\d+")
# Coerces a single value to a property's type. Raises _MisfitError.
Convert = Callable[[Property, Any], Any]
_FORMS = {OBJECT: "dictionary", LIST: "list", SET: "list"}
_BOOLEANS = {"true": True, "false": False}


def conform(prop: Property, value: Any, place: Place = ()) -> Any:
    """``value`` as the schema's types have it: scalars are coerced where that loses nothing ("5", "true").

    Raises InputError, which names all places, for what cannot be coerced and for properties that the schema does not have.
    ``place``: of the value in a larger one.
    """
    faults: list[Fault] = []
    result = _conformed(prop, value, place, faults)
    refuse(faults)
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
        # A set holds once what is the same in everything, secrets included.
        return list(keyed(elements, functools.partial(exact_text, item)).values())
    return elements


def _conformed_scalar(prop: Property, value: Any, place: Place, faults: list[Fault]) -> Any:
    try:
        return _single(prop, value)
    except _MisfitError as misfit:
        faults.append(Fault(place, str(misfit)))
        return None


def _single(prop: Property, value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        raise _MisfitError("is a number of more than 300 digits: put it in quotes if it is a text")
    # Of a type of a newer time nobody here knows what it takes.
    return _BY_KIND.get(prop.kind, _conformed_any)(prop, value)


def _conformed_boolean(_prop: Property, value: Any) -> bool:
    boolean = _BOOLEANS.get(str(value).lower())
    if boolean is None:
        raise _MisfitError("must be true or false")
    return boolean


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
    raise _MisfitError(f"must be a number of type {prop.kind}, not {cut(repr(value), 50)}")


def _number_in(text: str) -> Any:
    """None for what is not a number."""
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
        raise _MisfitError("holds half of a surrogate pair, which is not a character and cannot be sent") from None
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
    **dict.fromkeys((SECRET, *DATES_AND_TIMES), _conformed_quoted),
}
