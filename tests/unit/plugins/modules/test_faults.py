# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault at every distinct request of every module that writes, the first and the last: see tests/support/matrix.py.

So that it takes no more than a minute and a half of two processors, the requests share the wrong shapes and the faults that last.
``make faults`` tries all of them at each request.
"""

from __future__ import annotations

import pytest

from tests.support.faults import turn_by_turn
from tests.support.matrix import Matrix, faulty_sandbox
from tests.support.trials import WRONG
from tests.unit.plugins.modules.cases import SECRET, Case, write_package
from tests.unit.plugins.modules.fault_cases import FAULT_CASES

_SHOWN = 3
# One of so many faults lasts as well as coming once. Those that last have every second place, so it must be odd to reach them.
_TURNS = 5


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("number", "case"), list(enumerate(FAULT_CASES)), ids=str)
def test_either_the_wanted_state_or_a_true_failure(number: int, case: Case) -> None:
    with faulty_sandbox() as (sandbox, clock), Matrix(case, sandbox, clock, write_package, (SECRET,)) as matrix:
        trials = matrix.trials(matrix.distinct_spots, lambda spot: turn_by_turn(number + spot))
        due = [trial for place, trial in enumerate(trials, number) if not trial.lasts or place % _TURNS == 0]
        verdicts = [matrix.tried(trial) for trial in due]
    wrong = [str(verdict) for verdict in verdicts if verdict.outcome == WRONG]
    assert verdicts
    assert not wrong, f"{len(wrong)} of {len(verdicts)}:\n" + "\n\n".join(wrong[:_SHOWN])
