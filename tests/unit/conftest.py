# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures for all unit tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from tests.sandbox.app import Options
from tests.support.clock import Clock
from tests.support.sandbox import REAL_SCHEMAS, RunningSandbox, running

# What tests start, starts often: compiling each time what it imports would cost minutes.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long, and so has a time limit of its own, goes first: no worker is left with it alone at the end."""
    items.sort(key=lambda item: not item.get_closest_marker("timeout"))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """In place of the real clock: it jumps when somebody sleeps."""
    return Clock.installed(monkeypatch)


@pytest.fixture(scope="session")
def _own_sandbox() -> Iterator[RunningSandbox]:
    with running(Options(speed=1000)) as found:
        yield found


@pytest.fixture
def sandbox(_own_sandbox: RunningSandbox) -> RunningSandbox:
    """A sandbox as it is at its start, with a thousand seconds of job time in each real one."""
    _own_sandbox.state.reset()
    return _own_sandbox


@pytest.fixture(scope="session")
def _real_sandbox() -> Iterator[RunningSandbox]:
    with running(Options(schemas=(REAL_SCHEMAS,))) as found:
        yield found


@pytest.fixture
def real_sandbox(_real_sandbox: RunningSandbox) -> RunningSandbox:
    """As ``sandbox``, with the schemas of a real environment."""
    if not REAL_SCHEMAS.is_dir():
        pytest.skip(f"needs real schema documents in {REAL_SCHEMAS}")
    _real_sandbox.state.reset()
    return _real_sandbox
