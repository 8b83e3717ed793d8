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

from . import zones
from .schema import SECRET, SET, UNKNOWN, Property

# A time of day, in a date and before a zone too: the same one may be written without seconds, and with zeros after them.
_TIME = re.compile(r"([^T ]*[T ]|)(\d\d:\d\d)(?:(:\d\d)(?:\.(\d*))?)?([Z+-].*|)")
_TIMES = ("local_time", "local_date_time", "zoned_date_time")
DATES_AND_TIMES = (*_TIMES, "local_date", "time_zone")
_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


def text_of(value: Any) -> str:
    """The canonical JSON of a value; other than Python, it tells 1 from true. Equal texts mean equal values, not the reverse."""
    return _ENCODER.encode(value)


def comparable(prop: Property, value: Any, in_collection: bool = False) -> Any:
    """A form in which equal means equal to the API: sets without order, lists with, null as absent, 1 as 1.0 but not as true.

    Of a secret only its presence counts, since its text is masked on read; inside a collection not even that.
    """
    if in_collection:
        return _compared(prop, value, _nothing)
    return _compared(prop, value, _presence)


def exact_text(prop: Property, value: Any) -> str:
    """Equal for elements that are the same in everything, secrets included."""
    return text_of(_compared(prop, value, _as_it_is))


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


def changed_paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Paths at which two comparable values  differ; collections count as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from changed_paths(old.get(name), new.get(name), f"{path}/{name}" if path else name)
    elif old != new:
        yield path
