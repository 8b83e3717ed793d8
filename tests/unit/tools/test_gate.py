# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys

import pytest

from tests.tools import gate

# Its child is the one that works, for at least a third of a second.
BUSY = "import time\nwhile time.process_time() < 0.3: pass"
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\nsys.exit(3)"


def test_a_step_costs_what_the_programs_that_it_starts_cost(capsys: pytest.CaptureFixture[str]) -> None:
    steps = [
        gate.Step("lint", "working", [sys.executable, "-c", PARENT]),
        gate.Step("lint", "left out", skipped="no interpreter"),
    ]
    outcomes = gate.Gate().run(steps)
    assert [outcome.state for outcome in outcomes] == ["failed", "skipped"]
    assert 0.3 <= outcomes[0].cpu < 10
    assert outcomes[1].cpu == 0
    said = capsys.readouterr().out.splitlines()
    assert any("working" in line and f"{outcomes[0].cpu:.1f} s CPU" in line for line in said)


def test_the_summary_adds_up_what_the_steps_cost() -> None:
    outcomes = [
        gate.Outcome(gate.Step("unit", "pytest"), "passed", 60.0, "=== 12 passed in 59.1s ===", 90.0),
        gate.Outcome(gate.Step("lint", "mypy"), "failed", 30.0, "", 30.0),
    ]
    lines = gate.summary(outcomes, 75.0).splitlines()
    assert lines[-3].split() == ["mypy", "failed", "30.0", "30.0"]
    assert lines[-2] == "steps: 1 passed, 1 failed, 0 skipped; 1.2 min, 2.0 min of CPU"
    assert lines[-1] == "12 passed in 59.1s"
