# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When the benchmark of fleets fails, by values alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.fleet import EACH, WAVES, Rollout, missed, table

GOOD = Rollout(WAVES, 50, 50, waves=5, requests=150, looks=50, seconds=310, real=1)


@pytest.mark.parametrize(
    ("different", "said"),
    [
        ({}, ""),
        ({"seconds": 345.1}, "took 345 s, and 345 s is the target"),
        ({"looks": 63}, "12.6 looks a wave, and 10.0 with 50: it grows with the fleet"),
        ({"way": EACH, "seconds": 5000, "looks": 5000}, ""),
    ],
    ids=str,
)
def test_targets(different: dict[str, object], said: str) -> None:
    texts = list(missed([GOOD, replace(GOOD, activegates=500, **different)]))  # type: ignore[arg-type]
    assert bool(texts) is bool(said)
    assert not said or said in texts[0]


def test_a_sample_is_told() -> None:
    lines = table([GOOD, replace(GOOD, way=EACH, sample=3)]).splitlines()
    assert ["(3 measured)" in line for line in lines] == [False, False, True]
