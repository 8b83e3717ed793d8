# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.faults [MODULE ...]``: every fault at every request of every task that changes something.

For each of them the task either succeeds with exactly the wanted state, or fails and is true about what was changed; and the same task
again succeeds (tests/support/matrix.py). Two tasks that take long are killed at random moments (tests/support/killed.py). Prints a table
and the first that went wrong; the exit code is 1 if any did.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.support.faults import KINDS
from tests.support.killed import LONG, Long, run_killed
from tests.support.matrix import Matrix, faulty_sandbox
from tests.support.trials import FAILED, SUCCEEDED, WRONG
from tests.unit.plugins.modules.cases import SECRET, write_package
from tests.unit.plugins.modules.fault_cases import FAULT_CASES

PROCESSES = 2
_COLUMNS = ("tried", FAILED, SUCCEEDED, WRONG)
_NAMES = re.compile(r"\[.*|https?://\S+|CREDENTIALS_VAULT-\w+|'[^']*'")
_WIDTH = 150
_KINDS = {kind.name: kind for kind in KINDS}


@dataclass
class Outcomes:
    """Of one case: how often what came of each kind; and what went wrong, as text."""

    case: str
    module: str
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """``case``: its index. ``kinds``: their names. ``distinct``: only the first and the last request of each kind."""

    case: int
    kinds: Sequence[str]
    distinct: bool


def tried(asked: Asked) -> Outcomes:
    """One case, in a process of its own."""
    case = FAULT_CASES[asked.case]
    outcomes = Outcomes(f"{asked.case} {case}", case.module)
    started = time.process_time()
    try:
        with (
            faulty_sandbox() as (sandbox, clock),
            Matrix(case, sandbox, clock, write_package, (SECRET,), thorough=not asked.distinct) as matrix,
        ):
            spots = matrix.distinct_spots if asked.distinct else matrix.spots
            kinds = [_KINDS[name] for name in asked.kinds]
            for trial in matrix.trials(spots, lambda number: kinds):
                verdict = matrix.tried(trial)
                outcomes.counts[trial.kind.name, verdict.outcome] += 1
                if verdict.outcome == WRONG:
                    outcomes.wrong.append(str(verdict))
    except Exception as error:
        outcomes.counts["(without a fault)", WRONG] += 1
        outcomes.wrong.append(f"{type(error).__name__}: {error}")
    outcomes.seconds = time.process_time() - started
    return outcomes


def table(outcomes: Sequence[Outcomes]) -> Iterator[str]:
    """Module and kind, and how often what came of it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for case in outcomes:
        for (kind, outcome), count in case.counts.items():
            counts[case.module, kind, outcome] += count
    yield f"{'module':36} {'kind':26} " + " ".join(f"{name:>14}" for name in _COLUMNS)
    for module, kind in sorted({(module, kind) for module, kind, dummy in counts}):
        yield _line(module, kind, [counts[module, kind, outcome] for outcome in _COLUMNS[1:]])
    totals = [sum(count for key, count in counts.items() if key[2] == outcome) for outcome in _COLUMNS[1:]]
    yield _line("all", "", totals)


def _line(module: str, kind: str, numbers: Sequence[int]) -> str:
    return f"{module:36} {kind:26} " + " ".join(f"{number:14}" for number in (sum(numbers), *numbers))


def summary(outcomes: Sequence[Outcomes]) -> Iterator[str]:
    """What went wrong, alike things once, the most frequent first."""
    alike = Counter((outcome.module, _without_names(text)) for outcome in outcomes for text in outcome.wrong)
    for (module, problem), count in alike.most_common():
        yield f"{count:6} {module}: {problem}"


def _without_names(text: str) -> str:
    """As far as it says what kind of thing went wrong."""
    trial, *problems = text.splitlines()
    return _NAMES.sub("…", problems[0].strip() if problems else trial)[:_WIDTH]


def killed(long: Long, times: int, seed: int) -> list[str]:
    """What was wrong after each kill."""
    try:
        problems = [problem for outcome in run_killed(long, times, seed) for problem in outcome]
    except Exception as error:
        problems = [f"{type(error).__name__}: {error}"]
    print(f"killed {times} times: {long.name}: {len(problems)} wrong", flush=True)
    return [f"{long.name}, killed: {problem}" for problem in problems]


def main() -> int:
    given = _parser().parse_args()
    chosen = [
        Asked(index, given.kind or list(_KINDS), given.distinct)
        for index, case in enumerate(FAULT_CASES)
        if not given.modules or case.module in given.modules
    ]
    outcomes = []
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for outcome in pool.imap_unordered(tried, chosen):
            outcomes.append(outcome)
            wrong = len(outcome.wrong)
            print(
                f"{outcome.case}: {sum(outcome.counts.values())} tried, {wrong} wrong, {outcome.seconds:.0f} s",
                flush=True,
            )
    print("", *table(outcomes), "", *summary(outcomes), "", sep="\n")
    wrong_ones = [f"{outcome.case}: {text}" for outcome in outcomes for text in outcome.wrong]
    print(*wrong_ones[: given.show], sep="\n\n")
    for long in LONG:
        if given.kills and (not given.modules or long.module in given.modules):
            problems = killed(long, given.kills, given.seed)
            print(*problems, sep="\n")
            wrong_ones += problems
    return 1 if wrong_ones else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.faults", description=__doc__)
    parser.add_argument("modules", nargs="*", help="all of them without any")
    parser.add_argument("--kind", action="append", choices=list(_KINDS), help="all of them without any")
    parser.add_argument("--distinct", action="store_true", help="only the first and the last request of each kind")
    parser.add_argument("--show", type=int, default=5, metavar="N", help="of what went wrong")
    parser.add_argument("--kills", type=int, default=10, metavar="N", help="of each long task")
    parser.add_argument("--seed", type=int, default=1, help="other moments for the kills")
    return parser


if __name__ == "__main__":
    sys.exit(main())
