# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""Waiting for what takes its time on the server: the one loop, and how long things are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from . import _clock
from ._errors import CollectionError, StateError

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 10.0, 1.6


@dataclass(frozen=True)
class Progress:
    """What people see of a wait.

    ``now``: where it stands, one line; shown when it has changed. ``ended``: whatever has come to an end that people must see, such as a
    failure, a line each, under a key that stays; shown once. ``left``: seconds until the time is up, None at the end of a wait.
    ``subject``: what is waited for, where it is more than the host of the task.
    """

    now: str
    ended: Mapping[str, str] = field(default_factory=dict)
    left: float | None = None
    subject: str = ""


# Shows people how a wait goes on; does nothing where nobody can see it.
Tell = Callable[[Progress], None]


def untold(progress: Progress) -> None:
    """The Tell of those whom nobody can see."""


class Wait(Protocol):
    """Something to wait for. How it ended, well or badly, it keeps to itself."""

    @property
    def timeout(self) -> float:
        """Seconds for all of it."""

    @property
    def interval(self) -> float:
        """Seconds to the next look; it is asked before each pause, and may change."""

    def has_ended(self) -> bool:
        """By what is known; sends nothing."""

    def advance(self) -> None:
        """Looks once, and does what is due."""

    def time_is_up(self) -> None:
        """Ends it."""

    def progress(self) -> Progress:
        """Where it stands."""


def until_end(wait: Wait, tell: Tell = untold) -> None:
    """Looks until the wait has ended or its time is up."""
    deadline = _clock.monotonic() + wait.timeout
    while not wait.has_ended():
        left = deadline - _clock.monotonic()
        if left <= 0:
            wait.time_is_up()
            break
        tell(replace(wait.progress(), left=left))
        _clock.sleep(min(wait.interval, left))
        wait.advance()
    tell(wait.progress())


class Patience:
    """How long something may be tried, in seconds; the pauses grow. People see what it waits for."""

    def __init__(self, seconds: float, tell: Tell = untold) -> None:
        self.seconds = seconds
        self.tell = tell
        self._end = _clock.monotonic() + seconds
        self._pause = 0.0

    @property
    def left(self) -> float:
        """Seconds."""
        return max(0.0, self._end - _clock.monotonic())

    def wait(self, failure: CollectionError) -> None:
        """A pause before the next try, or ``failure`` when the time is over."""
        left = self.left
        if left <= 0:
            failure.msg += given_up(self.seconds)
            raise failure
        self.tell(Progress(failure.msg, left=left))
        self._pause = _longer(self._pause)
        _clock.sleep(min(self._pause, left))


class Looks:
    """A wait with a look now and then, until nothing is missing any more; the pauses grow.

    ``look`` says what is missing, as a sentence; None: nothing. It raises CollectionError where waiting is in vain. The wait has what is
    left of ``patience``, since a run may have tried other things before.
    """

    def __init__(self, patience: Patience, look: Callable[[], str | None]) -> None:
        self._look = look
        self.timeout = patience.left
        self.interval = 0.0
        self._tell = patience.tell
        self._seconds = patience.seconds
        self._missing: str | None = None

    def until_end(self) -> None:
        """Looks, and waits if something is missing."""
        self.advance()
        until_end(self, self._tell)

    def has_ended(self) -> bool:
        return self._missing is None

    def advance(self) -> None:
        self._missing = self._look()
        self.interval = _longer(self.interval)

    def time_is_up(self) -> None:
        raise StateError(f"{self._missing}{given_up(self._seconds)}")

    def progress(self) -> Progress:
        return Progress(self._missing or "")


def _longer(pause: float) -> float:
    """The pause after this one, in seconds; 0: there was none yet."""
    return min(pause * _GROWTH, _LONGEST_PAUSE) if pause else _FIRST_PAUSE


def given_up(seconds: float) -> str:
    return f" (given up after {seconds:g} seconds, see wait_timeout)"
