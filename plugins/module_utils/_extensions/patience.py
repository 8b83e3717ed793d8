# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""How long something is tried or waited for that the server does in its own time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress, Step, until_end

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 10.0, 1.6


class Patience:
    """How long something may be tried, in seconds; the pauses grow."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds
        self._pause = 0.0

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._end - time.monotonic())

    def wait(self, failure: CollectionError) -> None:
        """A pause before the next try, or ``failure`` when the time is over."""
        left = self.left
        if left <= 0:
            failure.msg += _given_up(self.seconds)
            raise failure
        self._pause = _longer(self._pause)
        time.sleep(min(self._pause, left))


class Looks:
    """A wait (see Wait) with a look now and then, until nothing is missing any more; the pauses grow.

    It has what is left of ``patience``, since a run may have tried other things before. The errors of a look are the wait's.
    """

    def __init__(self, patience: Patience) -> None:
        self.timeout = patience.left
        self.interval = 0.0
        self._seconds = patience.seconds
        self._missing: str | None = None

    def look(self) -> str | None:
        """What is missing, as a sentence; None: nothing. Raises CollectionError where waiting is in vain."""
        raise NotImplementedError

    def until_end(self, step: Step, context: Mapping[str, Any] | None = None) -> None:
        """Looks, and waits if something is missing; or goes on where an earlier run has stopped (see ``_wait.until_end``)."""
        if step.state is None:
            self.advance()
        else:
            self.restore(step.state)
        until_end(self, step, context or {})

    def has_ended(self) -> bool:
        return self._missing is None

    def advance(self) -> None:
        self._missing = self.look()
        self.interval = _longer(self.interval)

    def time_is_up(self) -> None:
        raise StateError(f"{self._missing}{_given_up(self._seconds)}", self.failure_details())

    def failure_details(self) -> Mapping[str, Any]:
        """Of the error when the time is up."""
        return {}

    def progress(self) -> Progress:
        return Progress(self._missing or "")

    def state(self) -> dict[str, Any]:
        return {"timeout": self.timeout, "interval": self.interval}

    def restore(self, state: Mapping[str, Any]) -> None:
        """From ``state`` of an earlier run."""
        self.timeout = state["timeout"]
        self.interval = state["interval"]


def _longer(pause: float) -> float:
    """The pause after this one, in seconds; 0: there was none yet."""
    return min(pause * _GROWTH, _LONGEST_PAUSE) if pause else _FIRST_PAUSE


def _given_up(seconds: float) -> str:
    return f" (given up after {seconds:g} seconds, see wait_timeout)"
