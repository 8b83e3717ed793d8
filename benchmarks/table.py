# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report. Pure: from measurements to text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .measure import Measurement
from .ways import BULK, DT, FIRST, STEPS, UNCHANGED


def table(measured: Sequence[Measurement]) -> str:
    """A block for each number of objects and step, a line for each way."""
    lines = [
        f"{'objects':>7}  {'step':12} {'way':22} {'requests':>8} {'reads':>6} {'writes':>6} {'seconds':>8} {'CPU s':>7} {'peak MB':>8}"
    ]
    for count in sorted({row.objects for row in measured}):
        for step in STEPS:
            lines += [_line(row) for row in measured if (row.objects, row.step) == (count, step)]
        lines.append("")
    return "\n".join(lines).rstrip()


def _line(row: Measurement) -> str:
    asked = row.requests
    numbers = f"{asked.total:8,} {asked.reads:6,} {asked.writes:6,} {row.seconds:8.1f} {row.cost.cpu:7.2f} {row.cost.megabytes:8.1f}"
    return f"{row.objects:7,}  {row.step:12} {row.way:22} {numbers}"


def ratios(measured: Sequence[Measurement]) -> str:
    """What the other ways cost when one task with the whole list costs 1."""
    lines = [f"{'objects':>7}  {'step':12} {'way':22} {'requests':>9} {'seconds':>9} {'CPU':>9} {'memory':>9}"]
    lines += [*_compared(measured)]
    return "\n".join(lines) if len(lines) > 1 else "nothing to compare with was measured"


def _compared(measured: Sequence[Measurement]) -> Iterator[str]:
    bulk = {(row.objects, row.step): row for row in measured if row.way == BULK}
    for row in sorted(measured, key=lambda row: (row.objects, STEPS.index(row.step))):
        base = bulk.get((row.objects, row.step))
        if base is None or row.way == BULK:
            continue
        times = [mine / its for mine, its in zip(_amounts(row), _amounts(base))]
        yield f"{row.objects:7,}  {row.step:12} {row.way:22} {' '.join(f'{number:7.1f} x' for number in times)}"


def _amounts(row: Measurement) -> tuple[float, ...]:
    return row.requests.total, row.seconds, row.cost.cpu, row.cost.megabytes


def per_item(measured: Sequence[Measurement], empty: float, unit: float | None) -> str:
    """CPU of one object in a loop and in a long list. ``unit``: of an item of uri.

    ``empty``: what an empty playbook takes, in seconds; it does not count, and a script has no such part.
    """
    return "\n".join(_of_item(row, empty, unit) for row in measured if row.step in (FIRST, UNCHANGED))


def _of_item(row: Measurement, empty: float, unit: float | None) -> str:
    cpu = row.cost.cpu if row.way == DT else row.cost.cpu - empty
    ratio = f", {cpu / unit:8.2f} items of uri together" if unit else ""
    return f"{row.objects:7,}  {row.step:12} {row.way:22} {cpu * 1000 / row.objects:8.2f} ms of CPU an object{ratio}"
