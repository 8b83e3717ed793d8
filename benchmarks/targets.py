# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be reached. Pure: from measurements to the targets that were missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .measure import Measurement
from .memory import Peak
from .ways import BULK, CHECK, FIRST, ONE, UNCHANGED

# Requests for up to this many objects over ten schemas.
_MOST_OBJECTS = 1000
_MOST_REQUESTS = {FIRST: 40, UNCHANGED: 25, CHECK: 40}
# An object may cost this much more memory in a long list than in a shorter one; what is measured is not exact.
_GROWTH = 1.25


def missed(found: Sequence[Measurement], peaks: Sequence[Peak]) -> list[str]:
    """One sentence for each target."""
    texts: list[str] = []
    for count in sorted({one.objects for one in found if one.way == BULK and one.objects <= _MOST_OBJECTS}):
        steps = {one.step: one for one in found if one.way == BULK and one.objects == count}
        texts += [f"{count} objects, {text}" for text in _of_requests(steps)]
    return [*texts, *_of_memory(peaks)]


def _of_requests(steps: dict[str, Measurement]) -> Iterator[str]:
    for step, most in _MOST_REQUESTS.items():
        total = steps[step].requests.total
        if total > most:
            yield f"{step}: {total} requests, and {most} is the target"
    for step in (UNCHANGED, CHECK):
        writes = steps[step].requests.writes
        if writes:
            yield f"{step}: {writes} writes, and nothing may be written"
    before, after = steps[UNCHANGED].requests, steps[ONE].requests
    if (after.reads, after.writes) != (before.reads, before.writes + 1):
        yield f"one changed: {after.reads} reads and {after.writes} writes, and one write more than unchanged is the target"


def _of_memory(peaks: Sequence[Peak]) -> Iterator[str]:
    """Only where there are two lengths to compare: a short list vanishes in what Python itself takes."""
    for step in dict.fromkeys(one.step for one in peaks):
        some = {one.objects: one for one in peaks if one.step == step and one.objects >= _MOST_OBJECTS}
        if len(some) < 2:
            continue
        short, long = some[min(some)], some[max(some)]
        if long.kilobytes_each > _GROWTH * short.kilobytes_each:
            yield (
                f"memory, {step}: {long.kilobytes_each:.1f} kB an object of {long.objects}, and "
                f"{short.kilobytes_each:.1f} kB of {short.objects}: it grows with more than the objects"
            )
