# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for modules that wait."""

from __future__ import annotations

import threading
from collections.abc import Iterator

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
