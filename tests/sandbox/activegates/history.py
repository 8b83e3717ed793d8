# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs that ended before the sandbox started (API facts, 1.3: several of the types, a null duration, an error text)."""

from __future__ import annotations

from .fleet import ActiveGate, Fleet
from .jobs import Jobs
from .outcomes import describe

_HOUR = 3600.0
_DAY = 24 * _HOUR
_OLD = "1.327.55.20251211-131511"
_OLDER = "1.325.40.20251113-120001"


def remember(fleet: Fleet, jobs: Jobs, now: float) -> None:
    """On the first and third ActiveGate, and a manual installation on every tenth: within a day, a week, 31 days and before."""
    for gate in fleet:
        if gate.containerized or gate.type == "CLUSTER":
            continue
        if gate.number == 1:
            _first(gate, jobs, now)
        elif gate.number == 3:
            _third(gate, jobs, now)
        elif gate.number % 10 == 0:
            jobs.finished(gate, (_OLDER, gate.version), now - 12 * _DAY, "ACTIVE_GATE", "MANUAL_INSTALLATION")


def _first(gate: ActiveGate, jobs: Jobs, now: float) -> None:
    jobs.finished(gate, (_OLDER, _OLD), now - 45 * _DAY, "ACTIVE_GATE", "AUTOMATIC", duration_ms=556574)
    jobs.finished(gate, (_OLD, gate.version), now - 20 * _DAY, "ACTIVE_GATE", "MANUAL_INSTALLATION")
    jobs.finished(gate, (_OLD, gate.version), now - 3 * _DAY, "REMOTE_PLUGIN_AGENT", "AUTOMATIC", duration_ms=42669)
    jobs.finished(gate, (_OLD, gate.version), now - 2 * _DAY, "SYNTHETIC", "AUTOMATIC", duration_ms=596047)


def _third(gate: ActiveGate, jobs: Jobs, now: float) -> None:
    jobs.finished(gate, (_OLD, gate.version), now - 5 * _DAY, "ACTIVE_GATE", "MANUAL_INSTALLATION", duration_ms=612833)
    target, ended = "1.344.20.20260929-152836", now - 5 * _HOUR
    error = describe("SKIPPED", gate, target, ended)
    versions = (gate.version, target)
    jobs.finished(gate, versions, ended, "ACTIVE_GATE", "AUTOMATIC", duration_ms=1800000, state="SKIPPED", error=error)
    jobs.finished(gate, (_OLD, gate.version), now - 4 * _HOUR, "REMOTE_PLUGIN_AGENT", "AUTOMATIC", duration_ms=38112)
