# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody knows of the real server (API facts, 7), and what tests want to happen to a fleet.

A job keeps what it was posted under: durations, outcome, restart and pool are read once, when the job is made.
"""

from __future__ import annotations

from ..variants import Variant

OUTCOMES = ("SUCCEED", "FAILED", "ROLLBACK", "SKIPPED", "HANG", "HANG_PENDING")
_REFUSED = (400, 409, "accept")

VARIANTS = {
    # How a job runs.
    "job_pending_seconds": Variant("simulated seconds from the POST until the ActiveGate begins", (10,), free=True),
    "job_running_seconds": Variant("simulated seconds from the begin until the end", (50,), free=True),
    "job_outcome": Variant(
        "how new jobs end: one of the choices for all, or an object {agId: outcome}; HANG stays IN_PROGRESS",
        OUTCOMES,
        free=True,
    ),
    "job_companion": Variant("a finished job beside each successful ACTIVE_GATE job", ("REMOTE_PLUGIN_AGENT", "none")),
    "job_waiting_state": Variant("the state before IN_PROGRESS", ("PENDING", "SCHEDULED")),
    "job_type_known": Variant("when updateType and updateMethod stop being null", ("started", "ended")),
    "job_echo_latest": Variant("targetVersion of a job that was posted with latest", ("resolved", "latest")),
    "job_in_progress_cancelable": Variant("whether a job can be cancelled while IN_PROGRESS", (False, True)),
    "job_after_delete": Variant("what is left of a cancelled job", ("gone", "SKIPPED")),
    "job_list_all": Variant(
        "ActiveGates without matching jobs in the list of all (a capture of 2021 has them empty)", ("empty", "left out")
    ),
    "one_update_per_pool": Variant("one ActiveGate of a group, network zone and type at a time", (True, False)),
    # What a client sees of the restart after an update.
    "restart_seconds": Variant("simulated seconds that the ActiveGate restarts after an update", (15,), free=True),
    "restart_shows": Variant("what it shows meanwhile", ("offline", "missing", "old_version")),
    # What is refused, and how.
    "post_while_running": Variant("POST while a job of the ActiveGate is not ended", _REFUSED),
    "post_same_version": Variant("POST for the installed version", _REFUSED),
    "post_lower_version": Variant("POST for an older version; accepted, the job ends FAILED", _REFUSED),
    "post_unknown_version": Variant(
        "POST for a version without a build; accepted, it ends FAILED", (400, 404, "accept")
    ),
    "post_containerized": Variant("POST for a containerized ActiveGate; accepted, it ends SKIPPED", _REFUSED),
    "post_cluster": Variant("POST for a cluster ActiveGate; accepted, it ends SKIPPED", _REFUSED),
    "post_unknown_activegate": Variant("POST for an unknown ActiveGate", (404, 400)),
    "delete_not_cancelable": Variant("DELETE of a job that is not cancelable", (400, 409)),
    # The fleet and its versions.
    "filter_ignores_case": Variant("whether CONTAINS filters of ActiveGates ignore case", (True, False)),
    "fleet_missing": Variant("ids of ActiveGates that are gone: 404, and in no list", ([],), free=True),
    "fleet_offline": Variant("ids of ActiveGates that are offline; their jobs make no progress", ([],), free=True),
    "configured_target_version": Variant(
        "target version set in the environment, whole or a prefix (1.345): latest and metainfo follow it; empty: the newest",
        ("",),
        free=True,
    ),
    "available_added": Variant("versions offered beside the built-in ones, for every system", ([],), free=True),
}
