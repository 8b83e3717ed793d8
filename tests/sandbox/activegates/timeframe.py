# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``from`` and ``to`` of the job lists (API facts, 1.3, timeframe grammar)."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta, timezone

from ..errors import ApiError
from ..http import Call

_MAX = timedelta(days=31)
_RELATIVE = re.compile(r"now(?:-(\d{1,9})([mhdwMy])(?:/([mhdwMy]))?)?")
_HUMAN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?",
)
_FIXED = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def window(call: Call, now_ms: int, default_from: str) -> tuple[int, int]:
    """The asked timeframe in ms, 400 when it is malformed, turned round or longer than 31 days."""
    start = moment(call.query.get("from", default_from), "from", now_ms)
    end = moment(call.query.get("to", "now"), "to", now_ms)
    if start > end:
        raise ApiError.violation("from", "must be before to")
    if end - start > _MAX // timedelta(milliseconds=1):
        raise ApiError.violation("from", "The timeframe must not be longer than 31 days.")
    return start, end


def moment(text: str, name: str, now_ms: int) -> int:
    """One end of a timeframe in ms since the epoch."""
    try:
        if re.fullmatch(r"\d{1,15}", text):
            return int(text)
        relative = _RELATIVE.fullmatch(text)
        if relative:
            return _milliseconds(_back(_utc(now_ms), *relative.groups()))
        human = _HUMAN.fullmatch(text)
        if human:
            return _milliseconds(_absolute(*human.groups()))
    except (ValueError, OverflowError):
        pass
    raise ApiError.violation(name, "Invalid format.")


def _utc(ms: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=ms)


def _milliseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)


def _back(now: datetime, amount: str | None, unit: str | None, alignment: str | None) -> datetime:
    if amount is None or unit is None:
        return now
    if unit in _FIXED:
        now -= timedelta(**{_FIXED[unit]: int(amount)})
    else:
        months = now.year * 12 + now.month - 1 - int(amount) * (12 if unit == "y" else 1)
        year, month = divmod(months, 12)
        day = min(now.day, calendar.monthrange(year, month + 1)[1])
        now = now.replace(year=year, month=month + 1, day=day)
    return _aligned(now, alignment) if alignment else now


def _aligned(at: datetime, unit: str) -> datetime:
    """Rounded down to the unit; weeks begin on Monday."""
    at = at.replace(second=0, microsecond=0)
    if unit == "m":
        return at
    at = at.replace(minute=0)
    if unit == "h":
        return at
    at = at.replace(hour=0)
    if unit == "w":
        return at - timedelta(days=at.weekday())
    if unit == "M":
        return at.replace(day=1)
    return at.replace(month=1, day=1) if unit == "y" else at


def _absolute(*parts: str | None) -> datetime:
    year, month, day, hour, minute, second = (int(part or 0) for part in parts[:6])
    fraction, zone = parts[6], parts[7]
    micro = int((fraction or "")[:6].ljust(6, "0"))
    offset = timedelta()
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        offset = -offset if zone[0] == "-" else offset
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=timezone(offset))
