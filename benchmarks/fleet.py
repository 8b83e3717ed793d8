# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets of ActiveGates that are updated: one task for all in waves, and a task for each.

Time is simulated, so that an hour of updates is measured in seconds and to the second: it passes while the module sleeps, and so much
for each request as the latency is; requests that are sent at the same time share it. Everything else is real: the module, its
requests over HTTP, and the sandbox that counts them. The ActiveGates are updated all at once within a wave, as if each were a pool of
its own; otherwise the server would make them wait for each other, which is the same for both ways.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from ansible_collections.community.dynatrace.plugins.module_utils import _clock

from tests.sandbox.app import Options
from tests.support.sandbox import RunningSandbox, running

from .ways import WrongError

WAVES, EACH = "one task, in waves", "a task for each"
SIZES = (50, 500, 2000)
QUICK_SIZES = (50,)
# From the POST until the ActiveGate is back.
JOB_SECONDS = 60
_VARIANTS = {
    "job_pending_seconds": 10,
    "job_running_seconds": 40,
    "restart_seconds": 10,
    "one_update_per_pool": False,
}
_TARGET = "1.345"
_INTERVAL = 5
_PARALLEL = 8
# So many are updated by a task each; the others would take as long, one after the other.
_SAMPLE = 3


@dataclass(frozen=True)
class Rollout:
    """``looks``: how often the fleet, or one ActiveGate, was asked about. ``seconds``: simulated; ``real``: on this machine.

    ``sample``: how many ActiveGates were measured; the numbers are for all ``activegates``.
    """

    way: str
    activegates: int
    sample: int
    waves: int
    requests: int
    looks: int
    seconds: float
    real: float


class _Time:
    """The clock of the module and of the sandbox."""

    def __init__(self, sandbox: RunningSandbox, latency: float) -> None:
        self._sandbox = sandbox
        self._latency = latency
        self._slept = 0.0
        self._begun = time.time()
        self._counted = 0
        self._lock = threading.Lock()

    def time(self) -> float:
        """What came in since the last time is counted once; the sandbox's thread asks as well."""
        with self._lock:
            asked = self._sandbox.state.requests
            fresh = asked[self._counted :]
            self._counted += len(fresh)
            for request in fresh:
                self._slept += self._latency / (_PARALLEL if request["method"] == "POST" else 1)
            return self._begun + self._slept

    def sleep(self, seconds: float) -> None:
        self._slept += seconds


def rollouts(size: int, latency: float) -> Iterator[Rollout]:
    """Both ways over a fleet of ``size``."""
    with running(Options(activegates=size)) as sandbox:
        with _simulated(sandbox, latency) as clock:
            yield _in_waves(sandbox, size, clock)
        with _simulated(sandbox, latency) as clock:
            chosen = _outdated(sandbox)
            yield _one_by_one(sandbox, chosen, clock)


@contextmanager
def _simulated(sandbox: RunningSandbox, latency: float) -> Iterator[_Time]:
    sandbox.state.reset()
    sandbox.variants(**_VARIANTS)
    clock = _Time(sandbox, latency)
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(sandbox.state.clock, "now", clock.time))
        for name, asked in (("now", clock.time), ("monotonic", clock.time), ("sleep", clock.sleep)):
            stack.enter_context(mock.patch.object(_clock, name, asked))
        yield clock


def _in_waves(sandbox: RunningSandbox, size: int, clock: _Time) -> Rollout:
    begun, real = clock.time(), time.monotonic()
    options: dict[str, Any] = {
        "target_version": _TARGET,
        "poll_interval": _INTERVAL,
        "parallel": _PARALLEL,
        "wait_timeout": 1e6,
    }
    result = sandbox.run("activegate_update_jobs", selector={}, **options)
    if result.get("failed") or result["summary"]["done"] != result["summary"]["fleet"]:
        raise WrongError(f"{WAVES}, {size} ActiveGates: {result.get('msg') or result['summary']}")
    return Rollout(
        WAVES,
        result["summary"]["fleet"],
        result["summary"]["fleet"],
        result["summary"]["waves"],
        len(sandbox.sent),
        sum(text == "GET /v2/activeGates/updateJobs" for text in sandbox.sent),
        clock.time() - begun,
        time.monotonic() - real,
    )


def _one_by_one(sandbox: RunningSandbox, chosen: Sequence[str], clock: _Time) -> Rollout:
    before, begun, real = len(sandbox.sent), clock.time(), time.monotonic()
    for activegate_id in chosen[:_SAMPLE]:
        options: dict[str, Any] = {
            "target_version": _TARGET,
            "poll_interval": _INTERVAL,
            "wait": True,
            "wait_timeout": 1e6,
        }
        result = sandbox.run("activegate_update_job", activegate_id=activegate_id, **options)
        if result.get("failed") or not result["changed"]:
            raise WrongError(f"{EACH}, {activegate_id}: {result.get('msg') or result['reason']}")
    share = len(chosen) / _SAMPLE
    sent = sandbox.sent[before:]
    looks = sum(text.startswith("GET /v2/activeGates/") for text in sent)
    return Rollout(
        EACH,
        len(chosen),
        _SAMPLE,
        len(chosen),
        round(len(sent) * share),
        round(looks * share),
        (clock.time() - begun) * share,
        (time.monotonic() - real) * share,
    )


def _outdated(sandbox: RunningSandbox) -> list[str]:
    """The fleet of the rollout."""
    result = sandbox.run("activegate_update_jobs", check=True, selector={}, target_version=_TARGET)
    return [row["id"] for row in result["activegates"]]


def missed(measured: Sequence[Rollout]) -> Iterator[str]:
    """The targets: looks do not grow with the fleet, and the waves take hardly longer than their jobs."""
    ours = sorted((row for row in measured if row.way == WAVES), key=lambda row: row.activegates)
    for row in ours:
        most = row.waves * JOB_SECONDS * 1.15
        if row.seconds > most:
            yield f"{row.activegates} ActiveGates in {row.waves} waves took {row.seconds:.0f} s, and {most:.0f} s is the target"
        least = ours[0].looks / ours[0].waves
        if row.looks / row.waves > least * 1.25:
            yield (
                f"{row.activegates} ActiveGates: {row.looks / row.waves:.1f} looks a wave, and {least:.1f} with "
                f"{ours[0].activegates}: it grows with the fleet"
            )


def table(measured: Sequence[Rollout]) -> str:
    lines = [
        f"{'fleet':>7}  {'way':20} {'waves':>6} {'requests':>9} {'looks':>8} {'minutes':>9} {'ideal':>6} {'real s':>8}"
    ]
    for row in measured:
        ideal = f"{row.waves * JOB_SECONDS / 60:.0f}"
        lines.append(
            f"{row.activegates:7,}  {row.way:20} {row.waves:6,} {row.requests:9,} {row.looks:8,} {row.seconds / 60:9.1f} {ideal:>6} "
            f"{row.real:8.1f}{f'  ({row.sample} measured)' if row.sample < row.activegates else ''}"
        )
    return "\n".join(lines)
