# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.gate [lint|unit|molecule|sanity|docs|build ...]``: runs what guards the project, two steps at a time.

nox and antsibull-nox would make an environment for each session, and fetch ansible-core and a container image for ansible-test. Here all
steps share .venv, run side by side, and need nothing but a package index; that is what these lines are for. What antsibull-nox checks
beyond that is asked of the programs that it asks: reuse for licenses, antsibull-docs for the collection's documentation.

A step is one program. What it prints is kept, and shown in full when it fails (or when it says how many tests ran). The
exit code is 0 when every step has passed. The last line is pytest's own.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from . import oldest, pythons, sanity
from .environment import environment
from .setup import ROOT, VENV

AT_ONCE = 2
_TESTS_RAN = re.compile(r"^=* ?(\d+ (?:passed|failed|error|skipped).* in [\d.]+s.*?) ?=*$", re.MULTILINE)
_TYPED = (
    "ansible_collections.community.dynatrace.plugins",
    "ansible_collections.community.dynatrace.extensions",
    "benchmarks",
    "tests.demo",
    "tests.sandbox",
    "tests.support",
    "tests.tools",
)


@dataclass(frozen=True)
class Step:
    """``alone``: it keeps all cores busy itself. ``shown``: its output is of interest when it passes, too."""

    group: str
    name: str
    command: Sequence[str] = ()
    alone: bool = False
    shown: bool = False
    skipped: str = ""


@dataclass
class Outcome:
    step: Step
    state: str
    seconds: float = 0.0
    output: str = ""
    cpu: float = 0.0  # seconds, of the program and of all that it started and waited for


@dataclass
class Gate:
    began: float = field(default_factory=time.monotonic)
    running: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, steps: Sequence[Step]) -> list[Outcome]:
        """In order; neighbours that may share the machine run side by side."""
        outcomes: list[Outcome] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            together: list[Step] = []
            for step in steps:
                if step.alone:
                    outcomes += pool.map(self.step, together)
                    outcomes.append(self.step(step))
                    together = []
                else:
                    together.append(step)
            outcomes += pool.map(self.step, together)
        return outcomes

    def step(self, step: Step) -> Outcome:
        if step.skipped:
            outcome = Outcome(step, "skipped")
        else:
            began = time.monotonic()
            code, output, cpu = self._execute(step)
            outcome = Outcome(step, "failed" if code else "passed", time.monotonic() - began, output, cpu)
        with self.lock:
            self._tell(outcome)
        return outcome

    def stop(self) -> None:
        for group in list(self.running):
            os.killpg(group, signal.SIGTERM)

    def _execute(self, step: Step) -> tuple[int, str, float]:
        """The exit code, the output, and the CPU seconds."""
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as file:
            started = subprocess.Popen(
                step.command,
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.running.add(started.pid)
            _pid, status, usage = os.wait4(started.pid, 0)
            started.returncode = os.waitstatus_to_exitcode(status)
            self.running.discard(started.pid)
            file.seek(0)
            return started.returncode, file.read(), usage.ru_utime + usage.ru_stime

    def _tell(self, outcome: Outcome) -> None:
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        cost = f"{outcome.seconds:6.1f} s {outcome.cpu:6.1f} s CPU"
        line = f"{outcome.state:8} {outcome.step.name:24} {cost}   at {minutes:2} min {seconds:02} s"
        print(f"{line}   {outcome.step.skipped}".rstrip(), flush=True)
        if outcome.state == "failed" or (outcome.step.shown and outcome.output):
            print(f"--- {outcome.step.name}: output\n{outcome.output.rstrip()}\n---", flush=True)


def steps() -> list[Step]:
    python = str(VENV / "bin" / "python")

    def module(name: str, *arguments: str) -> list[str]:
        return [python, "-m", name, *arguments]

    return [
        Step("lint", "ruff check", module("ruff", "check", "--quiet")),
        Step("lint", "ruff format", module("ruff", "format", "--check", "--quiet")),
        Step("lint", "yamllint", module("yamllint", "--strict", ".")),
        Step("lint", "antsibull-changelog", [str(VENV / "bin" / "antsibull-changelog"), "lint"]),
        Step("lint", "reuse", [str(VENV / "bin" / "reuse"), "lint", "--quiet"]),
        Step("unit", "pytest", module("pytest", "--numprocesses", "2", "--dist", "worksteal"), alone=True, shown=True),
        # From here on programs that keep one core busy: the longest first, so that none is left over at the end.
        Step("molecule", "molecule", module("tests.tools.molecule", "--workers", "1"), shown=True),
        *(_sanity(core) for core in reversed(sanity.CORES)),
        _sanity_of_venv(module("tests.tools.sanity")),
        # It starts Ansible for each playbook.
        Step("lint", "ansible-lint", module("tests.tools.environment", "ansible-lint", "--strict", "--nocolor")),
        _roles_on_oldest(module("tests.tools.oldest")),
        Step("lint", "mypy", module("mypy", *(argument for package in _TYPED for argument in ("-p", package)))),
        Step("docs", "documentation site", module("tests.tools.docs")),
        Step("build", "build and install", module("tests.tools.artifact")),
    ]


def _sanity_of_venv(command: Sequence[str]) -> Step:
    skipped = "" if sanity.asks_all(None) else "an older and a newer one are asked"
    return Step("sanity", "sanity, default core", command, skipped=skipped)


def _sanity(core: str) -> Step:
    program = [str(VENV / "bin" / "python"), "-m", "tests.tools.sanity", "--core", core]
    return _other_core("sanity", f"sanity, core {core}", core, program)


def _roles_on_oldest(command: Sequence[str]) -> Step:
    name = f"roles, core {oldest.CORE}"
    if " " in str(ROOT):
        return Step("molecule", name, skipped="this ansible-core starts no interpreter whose path has a space")
    return _other_core("molecule", name, oldest.CORE, command)


def _other_core(group: str, name: str, core: str, command: Sequence[str]) -> Step:
    """A step of an ansible-core, where there is a Python that it runs on and .venv does not hold it anyway."""
    minors = sanity.CORES[core]
    if sanity.is_core_of_venv(core):
        return Step(group, name, skipped="it is the default core")
    if pythons.newest(minors) is None:
        return Step(group, name, skipped=f"no Python 3.{minors[0]} to 3.{minors[-1]} was found")
    return Step(group, name, command)


def summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    lines = ["", f"{'step':24} {'result':8} {'seconds':>7} {'CPU':>7}"]
    lines += [
        f"{outcome.step.name:24} {outcome.state:8} {outcome.seconds:7.1f} {outcome.cpu:7.1f} {outcome.step.skipped}".rstrip()
        for outcome in outcomes
    ]
    count = {state: sum(outcome.state == state for outcome in outcomes) for state in ("passed", "failed", "skipped")}
    cost = f"{seconds / 60:.1f} min, {sum(outcome.cpu for outcome in outcomes) / 60:.1f} min of CPU"
    lines.append(f"steps: {', '.join(f'{number} {state}' for state, number in count.items())}; {cost}")
    ran = [
        counts[-1]
        for outcome in outcomes
        if outcome.step.group == "unit" and (counts := _TESTS_RAN.findall(outcome.output))
    ]
    return "\n".join([*lines, *ran])


def main() -> int:
    listed = steps()
    groups = list(dict.fromkeys(step.group for step in listed))
    parser = argparse.ArgumentParser(prog="python -m tests.tools.gate", description=__doc__)
    parser.add_argument(
        "groups", nargs="*", choices=[[], *groups], metavar="GROUP", help="; ".join([*groups, "default: all"])
    )
    wanted = parser.parse_args().groups or groups
    gate = Gate()

    def stop(number: int, _frame: object) -> None:
        gate.stop()
        os._exit(128 + number)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    chosen = [step for step in listed if step.group in wanted]
    print(
        f"{len(chosen)} steps, {AT_ONCE} at a time, a line for each when it ends; all of them take about a quarter of an hour",
        flush=True,
    )
    outcomes = gate.run(chosen)
    print(summary(outcomes, time.monotonic() - gate.began))
    return 1 if any(outcome.state == "failed" for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
