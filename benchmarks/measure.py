# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One measurement: what a step costs, and whether it did what it is measured for."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .objects import objects, with_one_changed
from .sandbox import Requests, Sandbox
from .ways import CHECK, NOTHING, ONE, STEPS, Cost, Way, WrongError


@dataclass(frozen=True)
class Measurement:
    way: str
    objects: int
    step: str
    requests: Requests
    seconds: float
    cost: Cost = NOTHING


def measure(sandbox: Sandbox, way: Way, count: int) -> Iterator[Measurement]:
    """All steps that the way knows, one after the other, on an environment that is empty at first."""
    items = objects(count)
    sandbox.reset()
    for step in STEPS:
        if step not in way.steps:
            continue
        way.prepare(with_one_changed(items) if step == ONE else items)
        sandbox.clear()
        began = time.monotonic()
        cost = way.run(step)
        seconds = time.monotonic() - began
        measured = Measurement(way.name, count, step, sandbox.requests(), seconds, cost)
        stored, expected = sandbox.stored(), 0 if step == CHECK else count
        if stored != expected:
            raise WrongError(f"{way.name}, {step}: there are {stored} objects instead of {expected}")
        yield measured


def medians(measured: Sequence[Measurement]) -> list[Measurement]:
    """One for each way, number and step. The requests of repetitions must not differ."""
    groups: dict[tuple[str, int, str], list[Measurement]] = {}
    for row in measured:
        groups.setdefault((row.way, row.objects, row.step), []).append(row)
    result = []
    for key, rows in groups.items():
        if len({row.requests for row in rows}) > 1:
            raise WrongError(f"{key}: the requests differ from run to run: {[row.requests for row in rows]}")
        cost = Cost(
            statistics.median(row.cost.cpu for row in rows), statistics.median(row.cost.megabytes for row in rows)
        )
        seconds = statistics.median(row.seconds for row in rows)
        result.append(Measurement(*key, rows[0].requests, seconds, cost))
    return result
