# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""state=absent of activegate_update_job: cancel the running update of an ActiveGate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.change import Change
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import shown_activegate
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_plan import Plan, Seen
from ansible_collections.community.dynatrace.plugins.module_utils._errors import CollectionError
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, Result


class Cancellation(Change):
    """The ActiveGate itself is not asked for: a job can be cancelled while it is out of sight."""

    def result(self) -> Result:
        job_id = self.task.params["job_id"]

        def gather() -> Seen:
            if job_id:
                job = self.reader.job(self.activegate_id, job_id)
                return Seen(self.activegate_id, None, [job] if job else [])
            return Seen(self.activegate_id, None, self.reader.jobs(self.activegate_id))

        def plan_for(seen: Seen) -> Plan:
            return plan.plan_cancel(seen.jobs, self.activegate_id, job_id)

        try:
            planned, _unused = self.carry_out(gather, plan_for, self._apply)
        except CollectionError as error:
            self.forget_unsure()
            if self.cancelled and self.begun:
                done = replace(self.begun, reason=f"cancelled: {', '.join(self.cancelled)}")
                error.details = {**self._report(done).as_dict(False, False), **error.details}
            raise
        return self._report(self.begun if self.cancelled and self.begun else planned)

    def _apply(self, planned: Plan) -> None:
        self.begun = self.begun or planned
        if self.task.check_mode:
            self.validated = LOCAL  # the API validates no DELETE; ``cancelable`` is what it says beforehand
            return
        for job in planned.replaces:
            self.cancel(job)

    def _report(self, planned: Plan) -> Result:
        things: dict[str, Any] = {
            "job": planned.job.shown() if planned.job else None,
            "activegate": shown_activegate(self.activegate_id, None),
            "target_version": None,
            "replaced_job_ids": [],
            "reason": planned.reason,
        }
        title = f"ActiveGate {self.activegate_id}"
        return Result(things, planned.action, planned.before, planned.after, title, self.validated)
