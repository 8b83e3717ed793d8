# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every fault at every distinct request of every module that writes, the first and the last: see tests/support/matrix.py.

``make faults`` tries each request.
"""

from __future__ import annotations

import pytest

from tests.support.faults import turn_by_turn
from tests.support.matrix import WRONG, Matrix, faulty_sandbox
from tests.unit.plugins.modules.cases import SECRET, Case, write_package
from tests.unit.plugins.modules.fault_cases import FAULT_CASES

_SHOWN = 3


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("number", "case"), list(enumerate(FAULT_CASES)), ids=str)
def test_either_the_wanted_state_or_a_true_failure(number: int, case: Case) -> None:
    """Of the wrong shapes, the requests get some each, so that all of them come about."""
    with faulty_sandbox() as (sandbox, clock), Matrix(case, sandbox, clock, write_package, (SECRET,)) as matrix:
        trials = matrix.trials(matrix.distinct_spots, lambda spot: turn_by_turn(number + spot))
        verdicts = [matrix.tried(trial) for trial in trials]
    wrong = [str(verdict) for verdict in verdicts if verdict.outcome == WRONG]
    assert verdicts
    assert not wrong, f"{len(wrong)} of {len(verdicts)}:\n" + "\n\n".join(wrong[:_SHOWN])
