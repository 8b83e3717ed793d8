# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the server refuses of a POST, the same for its validator (API facts, 1.3 and 7, question 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ApiError
from ..http import Call
from ..variants import Variants
from .fleet import ActiveGate, Fleet
from .jobs import Jobs
from .outcomes import chosen
from .versions import FULL, Versions, key


@dataclass(frozen=True)
class Order:
    """A POST that is taken."""

    gate: ActiveGate
    target: str
    asked_latest: bool
    outcome: str


def order(call: Call, fleet: Fleet, jobs: Jobs, versions: Versions, variants: Variants) -> Order:
    """What the POST asks for, or the error with which it is refused."""
    asked = _target(call.json_object())
    gate = fleet.get(call.params["agId"], int(variants["post_unknown_activegate"]))
    outcome = chosen(variants, gate.id)
    if gate.type == "CLUSTER":
        _refuse(
            variants, "post_cluster", f"ActiveGate {gate.id} is a cluster ActiveGate: it is updated with the cluster."
        )
        outcome = "SKIPPED"
    if gate.containerized:
        _refuse(variants, "post_containerized", f"ActiveGate {gate.id} is containerized: it is updated by its image.")
        outcome = "SKIPPED"
    running = jobs.open(gate.id)
    if running is not None:
        _refuse(variants, "post_while_running", f"Update job {running.id} of ActiveGate {gate.id} has not ended yet.")
    offered = versions.offered(*gate.installer)
    target = max(offered, key=key) if asked == "latest" and offered else asked
    if target == gate.version:
        _refuse(variants, "post_same_version", f"ActiveGate {gate.id} has version {target} already.")
    elif target not in offered:
        _refuse(variants, "post_unknown_version", f"Version {target} is not available for ActiveGate {gate.id}.")
        outcome = "FAILED"
    elif key(target) < key(gate.version):
        message = (
            f"Version {target} is older than version {gate.version} of ActiveGate {gate.id}: no downgrade is possible."
        )
        _refuse(variants, "post_lower_version", message)
        outcome = "FAILED"
    return Order(gate, target, asked == "latest", outcome)


def _target(body: Mapping[str, Any]) -> str:
    asked = body.get("targetVersion")
    if asked is None:
        raise ApiError.in_body("targetVersion", "must not be null")
    if not isinstance(asked, str):
        raise ApiError(400, "Could not map JSON at 'targetVersion' near line 1 column 1")
    if asked != "latest" and not FULL.fullmatch(asked):
        raise ApiError.in_body("targetVersion", "Invalid format.")
    return asked


def _refuse(variants: Variants, name: str, message: str) -> None:
    code = variants[name]
    if code != "accept":
        raise ApiError(int(code), message)
