# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""How long to wait before a request is sent again. Pure but for Pause, which all threads of a client share."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Mapping
from datetime import timezone
from email.utils import parsedate_to_datetime

from .. import _clock

_FIRST_DELAY = 1.0
# X-RateLimit-Reset counts seconds, milliseconds or microseconds since the epoch; nobody says which (API facts, 0.5).
_UNITS = ((1e14, 1e6), (1e11, 1e3), (0.0, 1.0))


def delay(attempt: int, headers: Mapping[str, str], max_delay: float, now: float, is_throttled: bool = True) -> float:
    """Seconds to wait after the ``attempt``-th try (from 0), never more than ``max_delay``.

    What the server says wins: Retry-After in seconds or as a date, else X-RateLimit-Reset. ``now``: seconds since the epoch.
    ``is_throttled`` False: the answer is no 429, so that the reset, which some servers send with every answer, says nothing.
    """
    said = asked_delay(headers, now, is_throttled)
    if said is not None:
        return max(0.0, min(said, max_delay))
    ceiling = min(_FIRST_DELAY * 2.0 ** min(attempt, 32), max_delay)
    return ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - spreads clients, keeps no secret


def asked_delay(headers: Mapping[str, str], now: float, is_throttled: bool = True) -> float | None:
    """The wait that the answer's headers ask for, or None: also for a moment that is over, which helps nobody.

    Dates are compared with the server's own clock where it tells.
    """
    server_now = _date(headers.get("Date")) or now
    asked = _retry_after(headers, server_now)
    if asked is None and is_throttled:
        asked = _until_reset(headers, server_now)
    return asked


def _retry_after(headers: Mapping[str, str], server_now: float) -> float | None:
    text = (headers.get("Retry-After") or "").strip()
    number = _number(text)
    if number is not None:
        return number
    return _until(_date(text), server_now)


def _until_reset(headers: Mapping[str, str], server_now: float) -> float | None:
    reset = _number((headers.get("X-RateLimit-Reset") or "").strip())
    if reset is None:
        return None
    return _until(reset / next(unit for least, unit in _UNITS if reset >= least), server_now)


def _until(moment: float | None, server_now: float) -> float | None:
    return None if moment is None or moment <= server_now else moment - server_now


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _date(text: str | None) -> float | None:
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
        # The oldest of HTTP's three forms names no zone; all of them are in GMT.
        return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


class Pause:
    """A moment before which no thread sends anything: one thread's 429 is meant for all of them."""

    def __init__(self) -> None:
        self._until = 0.0
        self._lock = threading.Lock()

    def extend(self, seconds: float) -> None:
        with self._lock:
            self._until = max(self._until, _clock.monotonic() + seconds)

    def wait(self, deadline: float = math.inf) -> None:
        """Until the moment is there, or the ``deadline``: others may be throttled again and again meanwhile."""
        while True:
            with self._lock:
                left = min(self._until, deadline) - _clock.monotonic()
            if left <= 0:
                return
            _clock.sleep(left)
