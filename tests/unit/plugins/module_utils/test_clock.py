# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StoppedError

from tests.support.clock import Clock


@pytest.fixture(autouse=True)
def _started() -> Iterator[None]:
    yield
    _clock.start()


@pytest.fixture
def slices(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are really made."""
    made: list[float] = []
    moment = [0.0]

    def sleep(seconds: float) -> None:
        made.append(seconds)
        moment[0] += seconds

    monkeypatch.setattr(_clock, "time", SimpleNamespace(monotonic=lambda: moment[0], sleep=sleep))
    return made


def test_it_is_the_machine_s() -> None:
    assert abs(_clock.now() - time.time()) < 5
    assert abs(_clock.monotonic() - time.monotonic()) < 5


@pytest.mark.parametrize(
    ("seconds", "made"),
    [(0, []), (-1, []), (0.1, [0.1]), (0.25, [0.25]), (1, [0.25] * 4), (0.625, [0.25, 0.25, 0.125])],
)
def test_a_pause_is_made_of_short_ones(slices: list[float], seconds: float, made: list[float]) -> None:
    _clock.sleep(seconds)
    assert slices == made


def test_a_task_that_is_to_stop_begins_nothing(slices: list[float]) -> None:
    _clock.check()
    _clock.stop()
    for begin in (_clock.check, lambda: _clock.sleep(0), lambda: _clock.sleep(9)):
        with pytest.raises(StoppedError, match="timeout"):
            begin()
    assert slices == []
    _clock.start()
    _clock.check()


def test_a_pause_ends_when_the_task_is_to_stop() -> None:
    threading.Timer(0.05, _clock.stop).start()
    started = time.monotonic()
    with pytest.raises(StoppedError):
        _clock.sleep(30)
    assert time.monotonic() - started < 10


def test_the_one_for_tests_jumps(clock: Clock) -> None:
    """And stops like the real one."""
    start, epoch = _clock.monotonic(), _clock.now()
    _clock.sleep(60)
    clock.pass_by(5)
    assert (_clock.monotonic() - start, _clock.now() - epoch, clock.pauses) == (65, 65, [60])
    _clock.stop()
    with pytest.raises(StoppedError):
        _clock.sleep(1)
    assert clock.pauses == [60]
