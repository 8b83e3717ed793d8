# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Windows of time in a week, such as ``sat,sun 22:00-05:00``, in which work is allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_A_DAY = timedelta(days=1)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:([a-z, -]+?)\s+)?(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Window:
    """``days``: those on which it begins, 0 is Monday. One that ends when it begins, or before, ends on the next day."""

    days: frozenset[int]
    begin: time
    end: time

    def left(self, now: datetime, zone: tzinfo) -> float:
        """Seconds until it ends, 0 outside of it. By the clock on the wall of ``zone``."""
        today = now.astimezone(zone).date()
        for day in (today - _A_DAY, today):
            begin, end = (moment.timestamp() for moment in self._of(day, zone))
            if day.weekday() in self.days and begin <= now.timestamp() < end:
                return end - now.timestamp()
        return 0.0

    def _of(self, day: date, zone: tzinfo) -> tuple[datetime, datetime]:
        """Begin and end, if it begins on that day."""
        last_day = day if self.end > self.begin else day + _A_DAY
        return datetime.combine(day, self.begin, zone), datetime.combine(last_day, self.end, zone)


def seconds_left(windows: Iterable[str], now: datetime, zone: str = "UTC") -> float:
    """Until the last of the windows ends that are open ``now``, 0 when none is. ValueError for what is not a window."""
    return max((window(text).left(now, _zone(zone)) for text in windows), default=0.0)


def window(text: str) -> Window:
    match = _FORM.fullmatch(text.strip())
    if not match:
        raise ValueError(_wrong(text))
    days, begin, end = match.groups("mon-sun")
    # Midnight at the end of a day is the one at the beginning of the next.
    end = end.replace("24:00", "0:00")
    try:
        return Window(frozenset(_days(days)), _time(begin), _time(end))
    except ValueError as error:
        raise ValueError(_wrong(text)) from error


def _days(text: str) -> Iterator[int]:
    for part in text.lower().split(","):
        name, dash, last_name = part.partition("-")
        first = last = _DAYS.index(name.strip())
        if dash:
            last = _DAYS.index(last_name.strip())
        for after in range((last - first) % 7 + 1):
            yield (first + after) % 7


def _time(text: str) -> time:
    return time.fromisoformat(text.zfill(5))


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone '{name}' on this machine") from error


def _wrong(text: str) -> str:
    return f"'{text}' is not a window: write for instance 'sat,sun 22:00-05:00', 'mon-fri 01:30-04:00', or '22:00-05:00' for every day"
