# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a job is going to end, and the error texts (API facts, 1.3)."""

from __future__ import annotations

from datetime import datetime, timezone

from ..errors import ApiError
from ..variants import Variants
from .fleet import ENVIRONMENT, ActiveGate
from .switches import OUTCOMES


def chosen(variants: Variants, ag_id: str) -> str:
    """The variant ``job_outcome``: one for all, or by ActiveGate."""
    wanted = variants["job_outcome"]
    outcome = wanted.get(ag_id, "SUCCEED") if isinstance(wanted, dict) else wanted
    if outcome not in OUTCOMES:
        raise ApiError(400, f"variant 'job_outcome' is one of {list(OUTCOMES)}, not {outcome!r}")
    return str(outcome)


def describe(outcome: str, gate: ActiveGate, target: str, ended: float) -> str | None:
    """The job's free text; that of SKIPPED has the form of a captured one."""
    if outcome == "FAILED":
        return f"Update to version {target} failed: the installer ended with exit code 1."
    if outcome == "ROLLBACK":
        return f"Update to version {target} failed; version {gate.version} has been restored."
    if outcome == "SKIPPED":
        at = datetime.fromtimestamp(ended, timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
        return (
            f"{{collectorId={int(gate.id) % 2**32:#x}, installer=INSTALLER_SG, version={target}, "
            f"tenant={ENVIRONMENT}, serverId=1, validity={at}}}"
        )
    return None
