# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated time: jobs of half an hour end in seconds when the sandbox is started with ``--speed``."""

from __future__ import annotations

import time


class Clock:
    """Starts at the real time and runs ``speed`` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._started = time.time()
        self._origin = time.monotonic()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._started + (time.monotonic() - self._origin) * self.speed

    def now_ms(self) -> int:
        return int(self.now() * 1000)

    def jump(self, seconds: float) -> None:
        """So many seconds pass at once."""
        self._started += seconds
