# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make bench``: requests and time of settings as code and of fleets on the sandbox, and what other ways cost for the same.

Everything is measured in one run on one machine, so that the ways can be compared; times by themselves say little. The exit code is
1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from . import fleet, table
from .measure import Measurement, measure, medians
from .objects import objects
from .sandbox import Sandbox, running
from .targets import missed, uri_item
from .ways import (
    BULK,
    DT,
    EMPTY,
    FILES,
    LOOP,
    MODULE,
    TASKS,
    UNCHANGED,
    URI,
    Cost,
    Playbook,
    Unavailable,
    empty_playbook,
    ten_tasks,
    way,
)

_WAYS = {"files": FILES, "bulk": BULK, "loop": LOOP, "module": MODULE, "uri": URI, "dt": DT}
_SIZES = (100, 1000, 5000)
_QUICK_SIZES = (100,)


def main() -> int:
    given = _parser().parse_args()
    sizes = given.sizes or (_QUICK_SIZES if given.quick else _SIZES)
    fleets = given.fleets or (fleet.QUICK_SIZES if given.quick else fleet.SIZES)
    names = [_WAYS[name] for name in given.ways or (["files", "bulk"] if given.quick else list(_WAYS))]
    began = time.monotonic()
    with running(given.latency) as sandbox, tempfile.TemporaryDirectory() as folder:
        _say(_circumstances(given.latency))
        empty = _second(empty_playbook(sandbox.url, Path(folder)), EMPTY)
        _second(ten_tasks(sandbox.url, Path(folder)), TASKS)
        measured = medians(
            [row for dummy in range(given.repeat) for row in _measured(sandbox, Path(folder), names, sizes)]
        )
    print(f"\n{table.table(measured)}\n\ncompared with {BULK} = 1\n{table.ratios(measured)}\n")
    unit = uri_item(measured, empty.cpu)
    print(f"without the {empty.cpu:.2f} s of CPU of an empty playbook\n{table.per_item(measured, empty.cpu, unit)}\n")
    rolled_out = _rolled_out(fleets, given.latency)
    print(f"\nActiveGates, jobs of {fleet.JOB_SECONDS} s; minutes are simulated\n{fleet.table(rolled_out)}\n")
    failures = [*missed(measured, empty.cpu), *fleet.missed(rolled_out)]
    for text in failures:
        print(f"TARGET MISSED  {text}")
    print(f"{'targets missed' if failures else 'all targets reached'}; {(time.monotonic() - began) / 60:.1f} min")
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="100 objects in one task, nothing to compare with; 50 ActiveGates"
    )
    parser.add_argument("--fleets", type=int, nargs="+", metavar="N", help=f"ActiveGates; default: {fleet.SIZES}")
    parser.add_argument("--sizes", type=_number, nargs="+", metavar="N", help=f"multiples of 10; default: {_SIZES}")
    parser.add_argument("--ways", nargs="+", choices=list(_WAYS), help="default: all")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="measure N times and take the median times")
    parser.add_argument("--latency", type=float, default=0.05, metavar="SECONDS", help="of each answer; default: 0.05")
    return parser


def _number(text: str) -> int:
    number = int(text)
    if number <= 0 or number % 10:
        raise argparse.ArgumentTypeError("must be a multiple of 10, as many for each schema")
    return number


def _circumstances(latency: float) -> str:
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores (load {load:.1f} before), Python {platform.python_version()}, ansible-core {version('ansible-core')}, "
        f"{latency * 1000:.0f} ms a request, 10 schemas"
    )


def _second(playbook: Playbook, name: str) -> Cost:
    """Of a playbook that changes nothing: the second time, when the machine has its files at hand."""
    playbook.prepare(objects(_QUICK_SIZES[0]))
    playbook.run(UNCHANGED)
    began = time.monotonic()
    cost = playbook.run(UNCHANGED)
    _say(f"{name}: {time.monotonic() - began:.1f} s, {cost.cpu:.2f} s of CPU, {cost.megabytes:.1f} MB")
    return cost


def _measured(sandbox: Sandbox, folder: Path, names: Sequence[str], sizes: Sequence[int]) -> list[Measurement]:
    measured = []
    for name in names:
        try:
            chosen = way(name, sandbox.url, folder)
        except Unavailable as reason:
            _say(f"skipped: {name}: {reason}")
            continue
        for size in sizes:
            if size > chosen.most:
                _say(f"skipped: {name} with {size:,} objects, which takes too long to wait for")
                continue
            _say(f"{name}, {size:,} objects ...")
            for row in measure(sandbox, chosen, size):
                _say(f"  {row.step}: {row.requests.total:,} requests, {row.seconds:.1f} s")
                measured.append(row)
    return measured


def _rolled_out(sizes: Sequence[int], latency: float) -> list[fleet.Rollout]:
    measured: list[fleet.Rollout] = []
    for size in sizes:
        _say(f"{size:,} ActiveGates ...")
        measured += fleet.rollouts(size, latency)
    return measured


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
