# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fleets, jobs and looks for tests of waves and rollouts, by values."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.waves import Member, Sight
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part

OLD = "1.330.51.20260127-110946"
LOWER = "1.330.102.20260203-083017"
GOAL = "1.331.24.20260209-101500"
HIGHER = "1.331.60.20260212-174455"
NOW = 1_800_000_000_000
MINUTE = 60_000
TARGET = Target("1.331", GOAL)


def gate(activegate_id: str = "1", version: str = OLD, **fields: Any) -> ActiveGate:
    return ActiveGate(activegate_id, f"ag-{activegate_id}", version, "ENVIRONMENT", **fields)


def member(activegate_id: str = "1", wave: int = 1) -> Member:
    return Member(activegate_id, f"ag-{activegate_id}", OLD, TARGET, wave)


def job(state: str = "PENDING", target: str = GOAL, job_id: str = "10", ended: float | None = None, **row: Any) -> Job:
    """``ended``: minutes ago."""
    given = {
        "jobId": job_id,
        "jobState": state,
        "targetVersion": target,
        "startVersion": OLD,
        "cancelable": state in ("PENDING", "SCHEDULED"),
        "timestamp": None if ended is None else NOW - round(ended * MINUTE),
    }
    return Job.from_answer("1", Part({**given, **row}))


def sight(*gates: ActiveGate, now: int = NOW, **jobs: list[Job]) -> Sight:
    """``jobs``: by the id of their ActiveGate, with a letter before it: ``of1=[...]``."""
    return Sight({found.id: found for found in gates}, {name[2:]: listed for name, listed in jobs.items()}, now)
