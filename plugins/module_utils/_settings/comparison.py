# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""When two values are equal to the API (API facts, 3.9). Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from .._lists import keyed
from .schema import SECRET, SET, Property
from .walk import non_null

# A time of day, in a date and before a zone too: the same one may be written without seconds, and with zeros after them.
_TIME = re.compile(r"([^T ]*[T ]|)(\d\d:\d\d)(?:(:\d\d)(?:\.(\d*))?)?([Z+-].*|)")
_TIMES = ("local_time", "local_date_time", "zoned_date_time")
DATES_AND_TIMES = (*_TIMES, "local_date", "time_zone")
_ZONES = "builtin:management-zones"
# Around what an object id holds (API facts, 3.6). Before the last one stands the key, a UUID of 36 characters.
_MAGIC = bytes.fromhex("beef54de15dadead")
_KEY = slice(-len(_MAGIC) - 36, -len(_MAGIC))
# What of a secret counts: whether there is one outside of collections, nothing, or its text.
_PRESENCE, _NOTHING, _TEXT = "presence", "nothing", "text"
_ENCODER = json.JSONEncoder(sort_keys=True, default=str)


def text_of(value: Any) -> str:
    """The canonical JSON of a value; other than Python, it tells 1 from true. Equal texts mean equal values, not the reverse."""
    return _ENCODER.encode(value)


def comparable(prop: Property, value: Any) -> Any:
    """A form in which equal means equal to the API: sets without order, lists with, null as absent, 1 as 1.0 but not as true.

    Of a secret only its presence counts, since its text is masked on read; inside a collection not even that.
    """
    return _compared(prop, value, _PRESENCE)


def content_text(item: Property, value: Any) -> str:
    """Equal for elements of a collection that are the same in everything but their secrets."""
    return text_of(_compared(item, value, _NOTHING))


def exact_text(item: Property, value: Any) -> str:
    """Equal for elements that are the same in everything, secrets included."""
    return text_of(_compared(item, value, _TEXT))


def _compared(prop: Property, value: Any, of_secret: str) -> Any:
    if prop.kind == SECRET:
        return _compared_secret(value, of_secret)
    if isinstance(value, str):
        return _compared_text(prop, value)
    if isinstance(value, dict):
        return non_null({name: _compared(prop.below(name), part, of_secret) for name, part in value.items()})
    if isinstance(value, list):
        return _compared_collection(prop, value, of_secret)
    if isinstance(value, bool):
        return ("bool", value)  # Python has True == 1
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _compared_secret(value: Any, of_secret: str) -> Any:
    if of_secret == _TEXT:
        return value
    if of_secret == _NOTHING or value is None:
        return None
    return True


def _compared_collection(prop: Property, value: list[Any], of_secret: str) -> list[Any]:
    item = prop.item
    if of_secret == _PRESENCE:
        of_secret = _NOTHING
    elements = [_compared(item, part, of_secret) for part in value]
    if prop.kind != SET:
        return elements
    if item.has_secrets:
        # Elements that differ in their secrets alone look the same here, and are several all the same.
        return sorted(elements, key=text_of)
    distinct = keyed(elements, text_of)
    return [distinct[text] for text in sorted(distinct)]


def _compared_text(prop: Property, text: str) -> str:
    if prop.kind in _TIMES:
        return _whole_time(text)
    if prop.kind == "setting" and prop.referenced_type == _ZONES:
        return zone_number(text)
    return text


def _whole_time(text: str) -> str:
    """With seconds, and without zeros at the end of their fraction."""
    parts = _TIME.fullmatch(text)
    if parts is None:
        return text
    day, minutes, seconds, fraction, zone = parts.groups("")
    return f"{day}{minutes}{seconds or ':00'}.{fraction.rstrip('0')}{zone}"


def zone_number(text: str) -> str:
    """Of the zone with this object id, the first half of its key as a signed integer; what is not an object id is given back."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        key = uuid.UUID(content[_KEY].decode("ascii"))
    except (binascii.Error, ValueError):
        return text
    is_id = content[: len(_MAGIC)] == _MAGIC == content[-len(_MAGIC) :]
    if is_id and _ZONES.encode() in content:
        return str(int.from_bytes(key.bytes[:8], "big", signed=True))
    return text


def changed_paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Paths at which two comparable values differ; collections count as a whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in sorted({*old, *new}):
            yield from changed_paths(old.get(name), new.get(name), f"{path}/{name}".lstrip("/"))
    elif old != new:
        yield path
