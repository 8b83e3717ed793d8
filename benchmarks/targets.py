# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be reached. Pure: from measurements to the targets that were missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .measure import Measurement
from .ways import BULK, CHECK, FILES, FIRST, LOOP, ONE, UNCHANGED, URI

# Requests for up to this many objects over ten schemas.
_MOST_OBJECTS = 1000
_MOST_REQUESTS = {FIRST: 40, UNCHANGED: 25, CHECK: 40}
# CPU of an item of a loop, by that of an item of ansible.builtin.uri.
_ITEM = 0.1
# 1,000 unchanged objects from files, by the same; 5,000 take five times as much.
_FILES = 3.0
# What an object may add to the memory of a long list; what is measured is not exact.
_KILOBYTES_EACH = 60.0


def missed(measured: Sequence[Measurement], empty: float) -> list[str]:
    """One sentence for each target. ``empty``: CPU seconds of an empty playbook."""
    texts: list[str] = []
    for count in sorted({row.objects for row in measured if row.way == BULK and row.objects <= _MOST_OBJECTS}):
        steps = {row.step: row for row in measured if row.way == BULK and row.objects == count}
        texts += [f"{count} objects, {text}" for text in _of_requests(steps)]
    return [*texts, *_of_computing(measured, empty), *_of_memory(measured)]


def uri_item(measured: Sequence[Measurement], empty: float) -> float | None:
    """CPU seconds of an item of a loop over ansible.builtin.uri, None where that was not measured."""
    first = [row for row in measured if row.way == URI and row.step == FIRST]
    return (first[0].cost.cpu - empty) / first[0].requests.total if first else None


def _of_computing(measured: Sequence[Measurement], empty: float) -> Iterator[str]:
    unit = uri_item(measured, empty)
    if unit is None:
        return
    for row in measured:
        taken = (row.cost.cpu - empty) / unit
        if row.way == LOOP and row.step == UNCHANGED and taken > _ITEM * row.objects:
            yield f"an item of a loop takes {taken / row.objects:.2f} of the CPU of an item of uri, and {_ITEM} is the target"
        most = _FILES * row.objects / _MOST_OBJECTS
        if row.way == FILES and row.step == UNCHANGED and row.objects >= _MOST_OBJECTS and taken > most:
            yield (
                f"{row.objects} objects from files, unchanged: the CPU of {taken:.1f} items of uri above an empty "
                f"playbook, and {most:.0f} is the target"
            )


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


def _of_memory(measured: Sequence[Measurement]) -> Iterator[str]:
    """Only where there are two lengths to compare: a short list vanishes in what Ansible itself takes."""
    for step in (FIRST, UNCHANGED):
        peaks = {
            row.objects: row.cost.megabytes
            for row in measured
            if (row.way, row.step) == (FILES, step) and row.objects >= _MOST_OBJECTS
        }
        if len(peaks) < 2:
            continue
        each = (peaks[max(peaks)] - peaks[min(peaks)]) * 1024 / (max(peaks) - min(peaks))
        if each > _KILOBYTES_EACH:
            yield f"memory, {step}: {each:.1f} kB an object from files, and {_KILOBYTES_EACH:.0f} is the target"
