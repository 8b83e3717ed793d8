# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report. Pure: from measurements to text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .measure import Measurement
from .ways import BULK, FIRST, STEPS, UNCHANGED

# What one object of a shorter list costs is lost in what the task costs.
_LONG = 1000


def table(found: Sequence[Measurement]) -> str:
    """A block for each number of objects and step, a line for each way."""
    lines = [
        f"{'objects':>7}  {'step':12} {'way':22} {'requests':>8} {'reads':>6} {'writes':>6} {'seconds':>8} {'CPU s':>7} {'peak MB':>8}"
    ]
    for count in sorted({one.objects for one in found}):
        for step in STEPS:
            lines += [_line(one) for one in found if (one.objects, one.step) == (count, step)]
        lines.append("")
    return "\n".join(lines).rstrip()


def _line(one: Measurement) -> str:
    asked = one.requests
    numbers = f"{asked.total:8,} {asked.reads:6,} {asked.writes:6,} {one.seconds:8.1f} {one.cost.cpu:7.2f} {one.cost.megabytes:8.1f}"
    return f"{one.objects:7,}  {one.step:12} {one.way:22} {numbers}"


def ratios(found: Sequence[Measurement]) -> str:
    """What the other ways cost when one task with the whole list costs 1."""
    asked = f"{'requests':>8} {'reads':>6} {'writes':>6}"
    lines = [f"{'objects':>7}  {'step':12} {'way':22} {asked} {'seconds':>8} {'CPU s':>7} {'peak MB':>8}"]
    lines += [*_compared(found)]
    return "\n".join(lines) if len(lines) > 1 else "nothing to compare with was measured"


def _compared(found: Sequence[Measurement]) -> Iterator[str]:
    ours = {(one.objects, one.step): one for one in found if one.way == BULK}
    for one in sorted(found, key=lambda one: (one.objects, STEPS.index(one.step))):
        base = ours.get((one.objects, one.step))
        if base is None or one.way == BULK:
            continue
        requests, seconds = one.requests.total / base.requests.total, one.seconds / base.seconds
        yield f"{one.objects:7,}  {one.step:12} {one.way:22} {_times(requests):>8} {_times(seconds):>8}"


def _times(number: float) -> str:
    return f"{number:.1f} x"


def per_item(found: Sequence[Measurement], empty: float, unit: float | None) -> str:
    """CPU of one object in a loop and in a long list, without the ``empty`` seconds of an empty playbook; ``unit``: of an item of uri."""
    return "\n".join(_of_item(one, empty, unit) for one in found if one.step in (FIRST, UNCHANGED))


def _of_item(one: Measurement, empty: float, unit: float | None) -> str:
    cpu = one.cost.cpu - empty
    ratio = f", {cpu / unit:8.2f} items of uri together" if unit else ""
    return f"{one.objects:7,}  {one.step:12} {one.way:22} {cpu * 1000 / one.objects:8.2f} ms of CPU an object{ratio}"
