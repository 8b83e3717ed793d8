# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock for tests: it stands still, and jumps when somebody sleeps. Waits of minutes take no time, and can be asserted.

clock = Clock.installed(monkeypatch)   # or the fixture ``clock``
...                                    # code that waits
assert clock.pauses == [1.0, 2.0]
"""

from __future__ import annotations

import threading

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock


class Clock:
    """``seconds``: what monotonic() says; ``pauses``: how long each sleep was. Safe for use by several threads."""

    def __init__(self, seconds: float = 1000.0, epoch: float = 1_790_000_000.0) -> None:
        self.seconds = seconds
        self.pauses: list[float] = []
        self._epoch = epoch - seconds
        self._lock = threading.Lock()

    @classmethod
    def installed(cls, monkeypatch: pytest.MonkeyPatch) -> Clock:
        """In place of the real one, for all files of the collection."""
        clock = cls()
        for name in ("monotonic", "now", "sleep"):
            monkeypatch.setattr(_clock, name, getattr(clock, name))
        return clock

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> float:
        """Seconds since the epoch: some day in 2026 when the clock is made."""
        return self._epoch + self.seconds

    def sleep(self, seconds: float) -> None:
        """As the real one, it ends a task that is to stop."""
        _clock.check()
        with self._lock:
            self.pauses.append(seconds)
        self.pass_by(seconds)

    def pass_by(self, seconds: float) -> None:
        """Time goes by without anybody sleeping."""
        with self._lock:
            self.seconds += seconds
