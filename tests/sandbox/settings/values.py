# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scalar types of schemas, and comparing JSON values (API facts, 3.1)."""

from __future__ import annotations

import json
import re
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?"
_OFFSET = r"[+-]\d{2}:\d{2}"
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9/_+\-]*")


class WrongTypeError(Exception):
    """The value is not of the asked type."""


def canonical(value: Any) -> str:
    """One text for equal JSON values; true is not 1, and 1 is not 1.0 (types are settled before)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def at_path(value: Any, path: str) -> Any:
    """The value at ``a/b`` or ``a.b``, None when there is none. A dot may belong to the name of a property."""
    if not path or not isinstance(value, Mapping):
        return None if path else value
    name, rest = path, ""
    while name and name not in value:
        cut = max(name.rfind("/"), name.rfind("."))
        name, rest = path[: max(cut, 0)], path[cut + 1 :]
    return at_path(value[name], rest) if name else None


def read_scalar(kind: str, value: Any) -> Any:
    """The value as it is stored. A type of a newer time passes."""
    reader = _READERS.get(kind)
    return value if reader is None else reader(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongTypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise WrongTypeError
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise WrongTypeError
    return value


def _float(value: Any) -> float:
    """An integer comes back as a float: 100 as 100.0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise WrongTypeError
    return float(value)


def _date_like(pattern: str, sample: str) -> Callable[[Any], str]:
    """``sample`` makes a whole date and time of the matched text, so that months and hours are checked as well."""
    form = re.compile(pattern)

    def read(value: Any) -> str:
        if not isinstance(value, str) or form.fullmatch(value) is None:
            raise WrongTypeError
        text = re.sub(r"\[.*\]$", "", value).replace("Z", "+00:00")
        # Python before 3.11 wants three or six digits of a second.
        text = re.sub(r"\.\d+", "", text)
        try:
            datetime.fromisoformat(sample.format(text))
        except ValueError:
            raise WrongTypeError from None
        return value

    return read


def _time_zone(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongTypeError
    if re.fullmatch(rf"(?:UTC|GMT|UT)?(?:{_OFFSET})|Z", value):
        return value
    known = _zones()
    # A machine without time zone data can only look at the form.
    if value not in known if known else _ZONE_NAME.fullmatch(value) is None:
        raise WrongTypeError
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "secret": _text,
    "setting": _text,
    "boolean": _boolean,
    "integer": _integer,
    "float": _float,
    "local_date": _date_like(_DATE, "{}T00:00"),
    "local_time": _date_like(_TIME, "2000-01-01T{}"),
    "local_date_time": _date_like(f"{_DATE}T{_TIME}", "{}"),
    "zoned_date_time": _date_like(rf"{_DATE}T{_TIME}(?:Z|{_OFFSET})(?:\[[\w/+-]+\])?", "{}"),
    "time_zone": _time_zone,
}
