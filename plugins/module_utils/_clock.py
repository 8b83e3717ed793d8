# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""The one place that asks for the time and that sleeps.

A test replaces it here for all files. And a task whose time is over (``timeout:`` of a task that runs inside Ansible's process) is
stopped here: no pause goes on, and nothing new is sent.
"""

from __future__ import annotations

import time

from ._errors import StoppedError

# How long a request to stop may go unnoticed in a pause, in seconds.
_SLICE = 0.25

_is_stopped = False


def monotonic() -> float:
    """Seconds, by a clock that never goes back."""
    return time.monotonic()


def now() -> float:
    """Seconds since the epoch, by this machine's clock."""
    return time.time()


def sleep(seconds: float) -> None:
    """Raises StoppedError as soon as the task is to stop."""
    end = monotonic() + seconds
    while True:
        check()
        left = end - monotonic()
        if left <= 0:
            return
        time.sleep(min(left, _SLICE))


def stop() -> None:
    """From now on nothing new is begun. Safe to call from a signal handler."""
    global _is_stopped
    _is_stopped = True


def start() -> None:
    """For a new task."""
    global _is_stopped
    _is_stopped = False


def check() -> None:
    """Raises StoppedError if nothing new may be begun."""
    if _is_stopped:
        raise StoppedError("the time limit of the task (timeout) is over, so nothing more was started")
