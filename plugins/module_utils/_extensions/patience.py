# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""How long something is tried or waited for that the server does in its own time."""

from __future__ import annotations

import time

from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 10.0, 1.6


class Patience:
    """How long something may be tried, in seconds; the pauses grow."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._pause = _FIRST_PAUSE

    def wait(self, failure: CollectionError) -> None:
        """A pause before the next try, or ``failure`` when the time is over."""
        left = self._end - time.monotonic()
        if left <= 0:
            failure.msg += f" (given up after {self._seconds:g} seconds, see wait_timeout)"
            raise failure
        time.sleep(min(self._pause, left))
        self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE)
