# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time that passes only while somebody sleeps, for the whole collection: nobody waits, and each run sees the same."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from unittest import mock

from ansible_collections.community.dynatrace.plugins.module_utils import _clock

# Whoever sleeps for longer in all would never end.
_LONGEST = 60 * 86_400.0


class ReplacedClock:
    """``followers`` learn of each jump: other clocks, such as the sandbox's. Safe for use by several threads."""

    def __init__(self, *followers: Callable[[float], None]) -> None:
        self._followers = followers
        self._started = time.time()
        self._lock = threading.Lock()
        self.passed = 0.0

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def now(self) -> float:
        return self._started + self.passed

    def sleep(self, seconds: float) -> None:
        _clock.check()
        self.jump(max(seconds, 0.0))
        if self.passed > _LONGEST:
            raise AssertionError("a wait without an end")

    def jump(self, seconds: float) -> None:
        with self._lock:
            self.passed += seconds
            for follow in self._followers:
                follow(seconds)


@contextlib.contextmanager
def replaced_clock(*followers: Callable[[float], None]) -> Iterator[ReplacedClock]:
    clock = ReplacedClock(*followers)
    with (
        mock.patch.object(_clock, "monotonic", clock.monotonic),
        mock.patch.object(_clock, "now", clock.now),
        mock.patch.object(_clock, "sleep", clock.sleep),
    ):
        yield clock
