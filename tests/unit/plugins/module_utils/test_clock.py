# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task that is to stop does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StoppedError


@pytest.fixture(autouse=True)
def _started() -> Iterator[None]:
    _clock.start()
    yield
    _clock.start()


def test_a_pause_takes_its_time() -> None:
    began = _clock.monotonic()
    _clock.sleep(0.3)
    assert 0.3 <= _clock.monotonic() - began < 5


def test_a_pause_ends_when_the_task_is_to_stop() -> None:
    threading.Timer(0.1, _clock.stop).start()
    began = time.monotonic()
    with pytest.raises(StoppedError, match="timeout"):
        _clock.sleep(30)
    assert time.monotonic() - began < 5


def test_nothing_new_is_begun_until_the_next_task() -> None:
    _clock.check()
    _clock.stop()
    for begin in (_clock.check, lambda: _clock.sleep(0)):
        with pytest.raises(StoppedError):
            begin()
    _clock.start()
    _clock.check()
