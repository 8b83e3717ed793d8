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


def missed(found: Sequence[Measurement], empty: float) -> list[str]:
    """One sentence for each target. ``empty``: CPU seconds of an empty playbook."""
    texts: list[str] = []
    for count in sorted({one.objects for one in found if one.way == BULK and one.objects <= _MOST_OBJECTS}):
        steps = {one.step: one for one in found if one.way == BULK and one.objects == count}
        texts += [f"{count} objects, {text}" for text in _of_requests(steps)]
    return [*texts, *_of_computing(found, empty), *_of_memory(found)]


def uri_item(found: Sequence[Measurement], empty: float) -> float | None:
    """CPU seconds of an item of a loop over ansible.builtin.uri, None where that was not measured."""
    first = [one for one in found if one.way == URI and one.step == FIRST]
    return (first[0].cost.cpu - empty) / first[0].requests.total if first else None


def _of_computing(found: Sequence[Measurement], empty: float) -> Iterator[str]:
    unit = uri_item(found, empty)
    if unit is None:
        return
    for one in found:
        taken = (one.cost.cpu - empty) / unit
        if one.way == LOOP and one.step == UNCHANGED and taken > _ITEM * one.objects:
            yield f"an item of a loop takes {taken / one.objects:.2f} of the CPU of an item of uri, and {_ITEM} is the target"
        most = _FILES * one.objects / _MOST_OBJECTS
        if one.way == FILES and one.step == UNCHANGED and one.objects >= _MOST_OBJECTS and taken > most:
            yield (
                f"{one.objects} objects from files, unchanged: the CPU of {taken:.1f} items of uri above an empty "
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


def _of_memory(found: Sequence[Measurement]) -> Iterator[str]:
    """Only where there are two lengths to compare: a short list vanishes in what Ansible itself takes."""
    for step in (FIRST, UNCHANGED):
        some = {
            one.objects: one.cost.megabytes
            for one in found
            if (one.way, one.step) == (FILES, step) and one.objects >= _MOST_OBJECTS
        }
        if len(some) < 2:
            continue
        each = (some[max(some)] - some[min(some)]) * 1024 / (max(some) - min(some))
        if each > _KILOBYTES_EACH:
            yield f"memory, {step}: {each:.1f} kB an object from files, and {_KILOBYTES_EACH:.0f} is the target"
