# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The most memory that settings_objects has at any time, by the number of objects."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tests.tools.environment import environment
from tests.tools.molecule import TOKEN
from tests.tools.setup import ROOT, VENV

from .objects import objects
from .sandbox import Sandbox
from .ways import FIRST, UNCHANGED, WrongError

MODULE = "settings_objects"


@dataclass(frozen=True)
class Peak:
    """``base``: what the module takes for an empty list, Python and all imports included."""

    objects: int
    step: str
    megabytes: float
    base: float

    @property
    def kilobytes_each(self) -> float:
        return (self.megabytes - self.base) * 1024 / self.objects


def peaks(sandbox: Sandbox, count: int) -> Iterator[Peak]:
    """Of the first run, and of one that changes nothing but has to read all that is there."""
    sandbox.reset()
    base = _megabytes(sandbox, 0)
    for step in (FIRST, UNCHANGED):
        yield Peak(count, step, _megabytes(sandbox, count), base)


def _megabytes(sandbox: Sandbox, count: int) -> float:
    """Of the module in a process of its own."""
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "objects": objects(count)}
    done = subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "benchmarks.peak", MODULE],
        cwd=ROOT,
        env=environment(),
        input=json.dumps(args),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    if said["failed"]:
        raise WrongError(f"{MODULE} with {count} objects failed: {said['failed']}")
    return float(said["megabytes"])
