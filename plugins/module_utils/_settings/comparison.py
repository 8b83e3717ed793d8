# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""When two values are equal to the API (API facts, 3.9). Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .._lists import keyed
from . import zones
from .schema import SECRET, SET, Property
from .walk import non_null

# A time of day, in a date and before a zone too: the same one may be written without seconds, and with zeros after them.
_TIME = re.compile(r"([^T ]*[T ]|)(\d\d:\d\d)(?:(:\d\d)(?:\.(\d*))?)?([Z+-].*|)")
_TIMES = ("local_time", "local_date_time", "zoned_date_time")
DATES_AND_TIMES = (*_TIMES, "local_date", "time_zone")
_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


def text_of(value: Any) -> str:
    """The canonical JSON of a value; other than Python, it tells 1 from true. Equal texts mean equal values, not the reverse."""
    return _ENCODER.encode(value)


def comparable(prop: Property, value: Any) -> Any:
    """A form in which equal means equal to the API: sets without order, lists with, null as absent, 1 as 1.0 but not as true.

    Of a secret only its presence counts, since its text is masked on read; inside a collection not even that.
    """
    return _compared(prop, value, _presence)


def content_text(item: Property, value: Any) -> str:
    """Equal for elements of a collection that are the same in everything but their secrets."""
    return text_of(_compared(item, value, _nothing))


def exact_text(item: Property, value: Any) -> str:
    """Equal for elements that are the same in everything, secrets included."""
    return text_of(_compared(item, value, _as_it_is))


def _presence(secret: Any) -> Any:
    return secret is not None or None


def _nothing(_secret: Any) -> Any:
    return None


def _as_it_is(secret: Any) -> Any:
    return secret


# What of a secret counts.
OfSecret = Callable[[Any], Any]


def _compared(prop: Property, value: Any, of_secret: OfSecret) -> Any:
    if prop.kind == SECRET:
        return of_secret(value)
    return _FORMS.get(type(value), _unchanged)(prop, value, of_secret)


def _unchanged(_prop: Property, value: Any, _of_secret: OfSecret) -> Any:
    return value


def _compared_object(prop: Property, value: Mapping[str, Any], of_secret: OfSecret) -> dict[str, Any]:
    return non_null({name: _compared(prop.below(name), part, of_secret) for name, part in value.items()})


def _compared_collection(prop: Property, value: list[Any], of_secret: OfSecret) -> list[Any]:
    item = prop.item
    of_secret = _IN_COLLECTION.get(of_secret, of_secret)
    elements = [_compared(item, part, of_secret) for part in value]
    if prop.kind != SET:
        return elements
    if item.has_secrets:
        # Elements that differ in their secrets alone look the same here, and are several all the same.
        return sorted(elements, key=text_of)
    distinct = keyed(elements, text_of)
    return list(map(distinct.__getitem__, sorted(distinct)))


def _compared_boolean(_prop: Property, value: bool, _of_secret: OfSecret) -> Any:
    return ("bool", value)  # Python has True == 1


def _compared_float(_prop: Property, value: float, _of_secret: OfSecret) -> Any:
    if value.is_integer():
        return int(value)
    return value


def _compared_text(prop: Property, text: str, _of_secret: OfSecret) -> str:
    if prop.kind in _TIMES:
        return _whole_time(text)
    if prop.kind == "setting" and prop.referenced_type == zones.SCHEMA:
        return zones.zone_number(text)
    return text


# Of values as JSON has them.
_FORMS: Mapping[type, Callable[[Property, Any, OfSecret], Any]] = {
    dict: _compared_object,
    list: _compared_collection,
    bool: _compared_boolean,
    float: _compared_float,
    str: _compared_text,
}
_IN_COLLECTION: Mapping[OfSecret, OfSecret] = {_presence: _nothing}


def _whole_time(text: str) -> str:
    """With seconds, and without zeros at the end of their fraction."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return text
    day, minutes, seconds, fraction, zone = parts.groups("")
    return f"{day}{minutes}{seconds or ':00'}.{fraction.rstrip('0')}{zone}"


def changed_paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Paths at which two comparable values differ; collections count as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from changed_paths(old.get(name), new.get(name), f"{path}/{name}".lstrip("/"))
    elif old != new:
        yield path
