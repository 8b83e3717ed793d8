# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""Waiting for what takes its time on the server: the one loop, whether the module sleeps in it or the controller does.

A module that runs by itself waits to the end. To show people how it goes on, the action plugin of the module's name runs it step by
step instead: each run looks once, answers how far things are and what the next run needs to go on, and ends; the plugin shows the
one, sleeps, and hands back the other. What a module does and returns is the same either way, because both ways are ``until_end``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

# An option that only the action plugin gives, and the key of the module's answer to it. Neither leaves the plugin.
STEP = "_progress_step"


@dataclass(frozen=True)
class Progress:
    """What people see of a wait.

    ``now``: where it stands, one line; shown when it has changed. ``ended``: whatever has come to its end since the wait began, a line
    each, under a key that stays; shown once.
    """

    now: str
    ended: Mapping[str, str] = field(default_factory=dict)


def _now() -> float:
    """Looked up in ``time`` at each call, so that a test's clock counts too."""
    return time.monotonic()


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

    def state(self) -> dict[str, Any]:
        """What another run of the module needs to go on from here: plain JSON, and nothing secret."""


class Unfinished(Exception):  # noqa: N818 - an end of the run, but no error
    """The step is done and the wait is not. ``pause``: seconds until the next step. ``left``: seconds until the time is up."""

    def __init__(self, pause: float, left: float, state: Mapping[str, Any]) -> None:
        super().__init__("the wait goes on with another run of the module")
        self.pause = pause
        self.left = left
        self.state = state


@dataclass
class Step:
    """How far this run of the module goes.

    ``is_single``: one step only. ``elapsed``: seconds since the wait began, before this run. ``state`` and ``context``: what the run
    before left for this one; None and empty in the first. ``warnings`` and ``shown``: of the runs before as well (see Task).
    """

    is_single: bool = False
    elapsed: float = 0.0
    state: Mapping[str, Any] | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    shown: dict[str, Any] = field(default_factory=dict)
    progress: Progress | None = None
    _begun: float = field(default_factory=_now)

    @classmethod
    def given(cls, given: Mapping[str, Any] | None) -> Step:
        """``given``: what the action plugin sent, None without it."""
        return cls() if given is None else cls(is_single=True, **given)

    @property
    def is_resumed(self) -> bool:
        """Whether an earlier run has begun the wait, so that this one has only to go on with it."""
        return self.state is not None

    @property
    def deadline(self) -> float:
        """Of a wait that begins or goes on now, less its time-out. By the clock of ``time.monotonic``."""
        return self._begun - self.elapsed if self.is_resumed else time.monotonic()

    def answer(self, unfinished: Unfinished | None = None) -> dict[str, Any]:
        """For the action plugin, empty without one or when nothing was waited for."""
        if not self.is_single or self.progress is None:
            return {}
        shown = {"now": self.progress.now, "ended": dict(self.progress.ended)}
        if unfinished is None:
            return {STEP: shown}
        given = {**unfinished.state, "warnings": self.warnings, "shown": self.shown}
        return {STEP: {**shown, "pause": unfinished.pause, "left": unfinished.left, "next": given}}


def until_end(wait: Wait, step: Step, context: Mapping[str, Any]) -> None:
    """Waits, with all of the time-out; or does one step of it, and raises Unfinished as long as there is another one to do.

    ``context``: what the next run needs beside the wait's own state, and what does not change meanwhile. Plain JSON, nothing secret.
    """
    deadline = step.deadline + wait.timeout
    if step.is_resumed:
        wait.advance()
    while not wait.has_ended():
        left = deadline - time.monotonic()
        if left <= 0:
            wait.time_is_up()
            break
        pause = min(wait.interval, left)
        if step.is_single:
            step.progress = wait.progress()
            raise Unfinished(pause, left, {"state": wait.state(), "context": dict(context)})
        time.sleep(pause)
        wait.advance()
    step.progress = wait.progress()
