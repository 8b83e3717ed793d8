# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``make bench ARGS=--quick`` for real, and what is in its report."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from benchmarks.measure import Measurement
from benchmarks.objects import objects, with_one_changed
from benchmarks.sandbox import Requests
from benchmarks.schemas import SCHEMA_IDS
from benchmarks.table import per_item, ratios
from benchmarks.ways import BULK, DT, FILES, FIRST, LOOP, Cost
from tests.tools.setup import ROOT


@pytest.mark.timeout(180)
def test_quick_run_reaches_its_targets() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--latency", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all targets reached" in done.stdout
    assert re.search(r"^ +44  one task, in waves +5 ", done.stdout, re.MULTILINE)
    rows = dict(re.findall(rf"^ +100  (\w+ \w+|\w+) +{BULK} +(\d+ +\d+ +\d+)", done.stdout, re.MULTILINE))
    assert (
        len(
            re.findall(
                rf"^ +100  (?:\w+ \w+|\w+) +{FILES} +\d+ +\d+ +\d+ +[\d.]+ +[\d.]+ +[\d.]+$", done.stdout, re.MULTILINE
            )
        )
        == 4
    )
    asked = {step: [int(number) for number in numbers.split()] for step, numbers in rows.items()}
    assert asked.pop("export")[2] == 0
    assert asked == {
        "check mode": [30, 30, 0],
        "first apply": [31, 21, 10],
        "unchanged": [20, 20, 0],
        "one changed": [21, 20, 1],
    }


def test_objects_are_spread_evenly_and_one_differs_when_changed() -> None:
    items = objects(100)
    assert {
        schema_id: sum(one["schema_id"] == schema_id for one in items) for schema_id in SCHEMA_IDS
    } == dict.fromkeys(SCHEMA_IDS, 10)
    assert [one["key"] for one, other in zip(items, with_one_changed(items), strict=True) if one != other] == ["team-0"]


def test_others_are_compared_with_one_task() -> None:
    found = [
        Measurement(BULK, 100, FIRST, Requests(20, 10), 2.0, Cost(1.0, 80.0)),
        Measurement(DT, 100, FIRST, Requests(10, 110), 7.0, Cost(0.5, 40.0)),
        Measurement(LOOP, 100, FIRST, Requests(200, 100), 62.0, Cost(3.0, 80.0)),
    ]
    assert [line.split()[-8::2] for line in ratios(found).splitlines()[1:]] == [
        ["4.0", "3.5", "0.5", "0.5"],
        ["10.0", "31.0", "3.0", "1.0"],
    ]
    looped = Measurement(LOOP, 100, FIRST, Requests(200, 100), 62.0, Cost(3.0))
    assert per_item([looped], 1.0, 0.5).endswith("20.00 ms of CPU an object,     4.00 items of uri together")
    assert per_item([looped], 1.0, None).endswith("20.00 ms of CPU an object")
