# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.tools.molecule [SCENARIO ...]``: runs the scenarios, each worker with a sandbox of its own."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from shlex import quote

from .environment import compiled_once, environment
from .setup import ROOT, VENV

SCENARIOS = ROOT / "extensions" / "molecule"
TOKEN = "dt0c01.SANDBOX.SANDBOXTOKEN"
SPEED = "60"  # a minute of job time a second


@dataclass(frozen=True)
class Outcome:
    scenario: str
    passed: bool
    seconds: float
    output: str


@contextmanager
def sandbox() -> Iterator[str]:
    """The address of a sandbox on a free port, which ends with the block."""
    command = [str(VENV / "bin" / "python"), "-m", "tests.sandbox", "--port", "0", "--speed", SPEED]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        try:
            said = started.stdout.readline() if started.stdout else ""
            if not said:
                raise SystemExit("the sandbox did not start")
            yield said.split()[-1]
        finally:
            started.terminate()


def write_programs(folder: Path) -> Path:
    """Programs that know their version. Molecule asks for it before each playbook, and starting Ansible for that takes a second."""
    folder.mkdir()
    for name in ("ansible", "ansible-playbook"):
        program = VENV / "bin" / name
        said = folder / f"{name}.version"
        with said.open("wb") as file:
            subprocess.run([str(program), "--version"], env=environment(), stdout=file, check=True)
        lines = [
            "#!/bin/sh",
            f'[ "$*" = --version ] && exec cat {quote(str(said))}',
            f'exec {quote(str(program))} "$@"',
        ]
        (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
        (folder / name).chmod(0o755)
    return folder


def run(scenario: str, url: str, programs: Path, home: Path) -> Outcome:
    """With the sandbox as it was at its start, and nothing in the folder ``home``.

    Molecule remembers there what it has prepared. It is at the same place for all scenarios, so that their playbooks have one environment.
    """
    variables = compiled_once()
    began = time.monotonic()
    urllib.request.urlopen(urllib.request.Request(f"{url}/_sandbox/reset", method="POST"), timeout=60).close()
    shutil.rmtree(home, ignore_errors=True)
    ran = subprocess.run(
        [str(VENV / "bin" / "molecule"), "test", "--scenario-name", scenario, "--no-report", "--no-command-borders"],
        cwd=ROOT,
        env={
            **variables,
            "PATH": os.pathsep.join([str(programs), variables["PATH"]]),
            "ANSIBLE_HOME": str(home),
            "MOLECULE_EPHEMERAL_DIRECTORY": str(home / "scenario"),
            "DYNATRACE_ENV_URL": url,
            "DYNATRACE_API_TOKEN": TOKEN,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    outcome = Outcome(scenario, ran.returncode == 0, time.monotonic() - began, ran.stdout)
    print(f"{'passed' if outcome.passed else 'FAILED'}  {scenario:32} {outcome.seconds:5.1f} s", flush=True)
    return outcome


def _size(scenario: str) -> int:
    return sum(file.stat().st_size for file in (SCENARIOS / scenario).glob("*.yml"))


def main() -> int:
    known = sorted(file.parent.name for file in SCENARIOS.glob("*/molecule.yml"))
    parser = argparse.ArgumentParser(prog="python -m tests.tools.molecule", description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *known], metavar="SCENARIO", help=", ".join(known))
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    began = time.monotonic()
    # The largest first, so that no worker is left with it alone at the end.
    scenarios = sorted(given.scenarios or known, key=_size, reverse=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        programs = write_programs(folder / "bin")
        free: SimpleQueue[tuple[str, Path]] = SimpleQueue()
        for number in range(min(given.workers, len(scenarios))):
            free.put((stack.enter_context(sandbox()), folder / str(number)))

        def next_one(scenario: str) -> Outcome:
            url, home = free.get()
            try:
                return run(scenario, url, programs, home)
            finally:
                free.put((url, home))

        with ThreadPoolExecutor(given.workers) as pool:
            outcomes = list(pool.map(next_one, scenarios))
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        print(f"--- {outcome.scenario}\n{outcome.output.rstrip()}\n---")
    print(f"scenarios: {len(outcomes) - len(failed)} passed, {len(failed)} failed in {time.monotonic() - began:.1f} s")
    return 1 if failed or not outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
