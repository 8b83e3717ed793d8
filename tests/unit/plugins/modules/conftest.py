# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for modules that wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils import _wait as patience

from tests.support.sandbox import RunningSandbox


@pytest.fixture(params=["alone", "in Ansible"])
def paced(request: pytest.FixtureRequest, sandbox: RunningSandbox) -> Iterator[RunningSandbox]:
    """The module runs by itself, or its action plugin runs it and shows the wait. Nobody can tell from the result."""
    sandbox.in_action = request.param == "in Ansible"
    yield sandbox
    sandbox.in_action = False
    sandbox.told.clear()


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the modules for extensions."""
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.02)
    monkeypatch.setattr(patience, "_LONGEST_PAUSE", 0.1)


@pytest.fixture
def minutes(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's time stands still, but for each pause of the module, which is a minute there."""
    sandbox.state.clock.speed = 0
    sleep, own = _clock.sleep, threading.get_ident()

    def slept(seconds: float) -> None:
        sleep(seconds)
        if threading.get_ident() == own:
            sandbox.state.clock._started += 60

    monkeypatch.setattr(_clock, "sleep", slept)


class FastClock:
    """The modules' time: every pause passes at once. ``slept``: the seconds of all pauses so far."""

    def __init__(self) -> None:
        self.slept = 0.0
        self._due: list[tuple[float, Callable[[], None]]] = []

    def after(self, seconds: float, happen: Callable[[], None]) -> None:
        """Something that happens in the first pause that ends then or later."""
        self._due.append((seconds, happen))

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        for due in [due for due in self._due if due[0] <= self.slept]:
            self._due.remove(due)
            due[1]()

    def monotonic(self) -> float:
        return time.monotonic() + self.slept


@pytest.fixture
def fast_clock(monkeypatch: pytest.MonkeyPatch) -> FastClock:
    clock = FastClock()
    monkeypatch.setattr(_clock, "sleep", clock.sleep)
    monkeypatch.setattr(_clock, "monotonic", clock.monotonic)
    return clock


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Of the module, in seconds: they are over at once, and its clock shows them."""
    taken: list[float] = []
    monotonic = _clock.monotonic
    monkeypatch.setattr(_clock, "sleep", taken.append)
    monkeypatch.setattr(_clock, "monotonic", lambda: monotonic() + sum(taken))
    return taken
