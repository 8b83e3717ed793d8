# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""What activegate_update_job_info does (API facts, 1.3)."""

from __future__ import annotations

import itertools

from .._errors import InputError
from .._task import Result, Task
from . import filters
from .api import ActiveGateApi
from .model import Job, checked_id

COMPARE_TYPES = filters.COMPARE_TYPES
UPDATE_TYPES = ["ACTIVE_GATE", "REMOTE_PLUGIN_AGENT", "SYNTHETIC", "Z_REMOTE"]
_VERSIONS = ("start_version", "target_version")
_NAMES = filters.names(
    (
        "from",
        "to",
        *_VERSIONS,
        "start_version_compare_type",
        "target_version_compare_type",
        "update_type",
        "last_updates",
    )
)


def read(task: Task) -> Result:
    """activegate_update_job_info: one job, those of one ActiveGate, or those of all."""
    activegate_id, job_id = task.params["activegate_id"], task.params["job_id"]
    # False is what the API does by itself.
    given = {**task.params, "last_updates": task.params["last_updates"] or None}
    asked = filters.query(given, _NAMES, _VERSIONS)
    if activegate_id:
        checked_id(activegate_id)
    if job_id:
        if not activegate_id:
            raise InputError("job_id belongs to one ActiveGate: give activegate_id as well")
        filters.refuse("job_id names one job", asked, _NAMES)
    return Result({"jobs": [job.shown() for job in _jobs(ActiveGateApi(task.client), activegate_id, job_id, asked)]})


def _jobs(api: ActiveGateApi, activegate_id: str | None, job_id: str | None, asked: dict[str, object]) -> list[Job]:
    if activegate_id and job_id:
        return list(filter(None, [api.job(activegate_id, job_id)]))
    if activegate_id:
        return api.jobs(activegate_id, asked)
    return list(itertools.chain.from_iterable(api.all_jobs(asked).values()))
