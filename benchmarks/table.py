# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report. Pure: from measurements to text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .measure import Measurement
from .memory import Peak
from .ways import BULK, FIRST, LOOP, STEPS, UNCHANGED

# What one object of a shorter list costs is lost in what the task costs.
_LONG = 1000


def table(found: Sequence[Measurement]) -> str:
    """A block for each number of objects and step, a line for each way."""
    lines = [f"{'objects':>7}  {'step':12} {'way':22} {'requests':>8} {'reads':>6} {'writes':>6} {'seconds':>8}"]
    for count in sorted({one.objects for one in found}):
        for step in STEPS:
            lines += [_line(one) for one in found if (one.objects, one.step) == (count, step)]
        lines.append("")
    return "\n".join(lines).rstrip()


def _line(one: Measurement) -> str:
    asked = one.requests
    return f"{one.objects:7,}  {one.step:12} {one.way:22} {asked.total:8,} {asked.reads:6,} {asked.writes:6,} {one.seconds:8.1f}"


def ratios(found: Sequence[Measurement]) -> str:
    """What the other ways cost when one task with the whole list costs 1."""
    lines = [f"{'objects':>7}  {'step':12} {'way':22} {'requests':>8} {'seconds':>8}"]
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


def memory(found: Sequence[Peak]) -> str:
    lines = [f"{'objects':>7}  {'step':12} {'peak MB':>8} {'empty MB':>8} {'kB/object':>9}"]
    lines += [
        f"{one.objects:7,}  {one.step:12} {one.megabytes:8.1f} {one.base:8.1f} {one.kilobytes_each:9.1f}"
        for one in found
    ]
    return "\n".join(lines)


def per_item(found: Sequence[Measurement], start: float) -> str:
    """What one object costs in a loop and in a long list, less the seconds that ``start`` says starting takes."""
    return "\n".join(
        f"{one.objects:7,}  {one.step:12} {one.way:22} {(one.seconds - start) * 1000 / one.objects:8.1f} ms an object"
        for one in found
        if one.step in (FIRST, UNCHANGED) and (one.way == LOOP or (one.way == BULK and one.objects >= _LONG))
    )
