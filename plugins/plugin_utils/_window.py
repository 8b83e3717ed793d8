# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Windows of time in a week, such as ``sat,sun 22:00-05:00``, in which work is allowed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FORM = re.compile(r"(?:([a-z, -]+?)\s+)?(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Window:
    """``days``: those on which it begins, 0 is Monday. One that ends when it begins, or before, ends on the next day."""

    days: frozenset[int]
    begin: time
    end: time

    def left(self, now: datetime, zone: tzinfo) -> float:
        """Seconds until it ends, 0 outside of it. By the clock on the wall of ``zone``."""
        today = now.astimezone(zone).date()
        for day in (today - timedelta(days=1), today):
            last_day = day
            if self.end <= self.begin:
                last_day = day + timedelta(days=1)
            begin = datetime.combine(day, self.begin, zone).timestamp()
            end = datetime.combine(last_day, self.end, zone).timestamp()
            if day.weekday() in self.days and begin <= now.timestamp() < end:
                return end - now.timestamp()
        return 0.0


def seconds_left(windows: Iterable[str], now: datetime, zone: str = "UTC") -> float:
    """Until the last of the windows ends that are open ``now``, 0 when none is. ValueError for what is not a window."""
    return max((window(text).left(now, _zone(zone)) for text in windows), default=0.0)


def window(text: str) -> Window:
    match = _FORM.fullmatch(text.strip())
    if not match:
        raise ValueError(_wrong(text))
    days, *numbers = match.groups()
    first_hour, first_minute, last_hour, last_minute = map(int, numbers)
    if (last_hour, last_minute) == (24, 0):
        # Midnight at the end of a day is the one at the beginning of the next.
        last_hour = 0
    try:
        begin, end = time(first_hour, first_minute), time(last_hour, last_minute)
        return Window(frozenset(_days(days or "mon-sun")), begin, end)
    except ValueError as error:
        raise ValueError(_wrong(text)) from error


def _days(text: str) -> Iterator[int]:
    """The numbers of days and of ranges of days. A range may go over the end of the week."""
    for part in text.lower().split(","):
        names = part.split("-")
        if len(names) > 2:
            raise ValueError(part)
        first, last = _DAYS.index(names[0].strip()), _DAYS.index(names[-1].strip())
        if last < first:
            last += 7
        for day in range(first, last + 1):
            yield day % 7


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return timezone.utc
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone '{name}' on this machine") from error


def _wrong(text: str) -> str:
    return f"'{text}' is not a window: write for instance 'sat,sun 22:00-05:00', 'mon-fri 01:30-04:00', or '22:00-05:00' for every day"
