#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activegate_update_job
short_description: Update an ActiveGate, or cancel its update
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Brings an ActiveGate to a version, by an update job on the Dynatrace server. With O(wait=true) the module waits until the ActiveGate is
    online again.
  - Nothing is done when the ActiveGate has that version or a newer one, when a job to that version or a newer one is running, and while
    the ActiveGate restarts after such a job.
  - Cancels a running update job with O(state=absent).
  - Cluster ActiveGates are updated with their cluster, and ActiveGates in containers by their image; for both this module fails.
  - When the request for a job times out, or a proxy answers it with 502 or 504, the server may still make the job later. It is not
    requested again then, since that could make two. The module looks for it for two minutes, and fails when it has not come by then.
options:
  activegate_id:
    description:
      - Id of the ActiveGate, a decimal number that may be negative. M(community.dynatrace.activegate_info) lists them.
      - The hexadecimal form that the web interface and log files show is refused, with the decimal one in the error.
    type: str
    required: true
  target_version:
    description:
      - Minimum version that the ActiveGate is to have. Required with O(state=present), ignored with O(state=absent).
      - V(latest) is the highest version on offer for the operating system and architecture of this ActiveGate.
      - The first parts of a version, such as V("1.331") or V("1.331.24"), stand for the highest version on offer that begins with them.
      - A full version, such as V("1.331.24.20260209-101500"), is used as it is.
      - Quote versions. Unquoted, YAML reads V(1.330) as the number 1.33, which is another version.
      - Versions on offer can be read only with the scope C(InstallerDownload). Without it the server chooses the version for V(latest), and
        a warning says so; it is reached when the ActiveGate reports C(UP2DATE), and any running job is accepted. The first parts of a
        version are an error then.
    type: str
  state:
    description:
      - With V(present) the ActiveGate is updated if necessary.
      - With V(absent) its running update job is cancelled. One that cannot be cancelled any more is an error; one that has ended, or
        is gone, is not.
      - Only jobs that update the ActiveGate itself count, not those for its parts, such as C(REMOTE_PLUGIN_AGENT) or C(SYNTHETIC).
    type: str
    choices: [present, absent]
    default: present
  job_id:
    description:
      - Job to cancel with O(state=absent). If unset, it is whatever update of the ActiveGate is running.
    type: str
  on_running:
    description:
      - What to do when a job to a lower version than the wanted one is running.
      - With V(fail) the task fails.
      - With V(adopt) the job is left alone, and nothing is changed. With O(wait=true) it is followed; the task fails if the ActiveGate
        then has a lower version than the wanted one.
      - With V(replace) the job is cancelled, if it still can be, and a new one is made. Nothing is cancelled for a version that
        is not on offer.
    type: str
    choices: [fail, adopt, replace]
    default: fail
  wait:
    description:
      - Whether to wait until the job has succeeded and the ActiveGate is online with the new version. The task fails when the job
        ends in another way, with the error text of the job.
      - A job that was running already is waited for as well.
      - There is no waiting in check mode.
    type: bool
    default: false
  wait_timeout:
    description:
      - Seconds to wait at most. The job goes on when the time is up; the task fails.
      - An ActiveGate fetches its jobs twice an hour, and of one group and network zone the server updates one at a time.
    type: float
    default: 3600
  poll_interval:
    description:
      - Seconds between two polls of the job.
    type: float
    default: 30
  settle_time:
    description:
      - Seconds after the end of a successful job in which the ActiveGate may still report its old version, or be missing, because it
        restarts. No new job is made in that time. V(0) makes one at once.
    type: float
    default: 1800
notes:
  - Needs the scopes C(activeGates.read) and C(activeGates.write) (API token), or C(environment-api:activegates:read) and
    C(environment-api:activegates:write) (platform token and OAuth).
  - For V(latest) and for the first parts of a version it needs C(InstallerDownload) (API token) or C(fleet-management:activegates:download)
    as well. OAuth tokens are not asked for that by default; see O(oauth_scopes).
  - In check mode the server validates the same job. Where a job is to be replaced, the server may refuse the new one only because the old
    one still runs; this is not a failure, and RV(validated) is V(local) then. The API cannot validate a cancellation.
  - A downgrade is not possible.
seealso:
  - module: community.dynatrace.activegate_info
  - module: community.dynatrace.activegate_update_job_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.progress
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Update an ActiveGate to the newest version and wait for it
  community.dynatrace.activegate_update_job:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "1730152904"
    target_version: latest
    wait: true

- name: Start an update to the newest build of a version, instead of one that is running
  community.dynatrace.activegate_update_job:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "-1284619327"
    target_version: "1.331"
    on_running: replace

- name: Update to exactly this version, within two hours
  community.dynatrace.activegate_update_job:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "1730152904"
    target_version: "1.331.24.20260209-101500"
    wait: true
    wait_timeout: 7200
    poll_interval: 60

- name: Cancel the update that is running, if there is one
  community.dynatrace.activegate_update_job:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "1730152904"
    state: absent
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode.
    - A failed task reports V(cancel) when a job was cancelled for a new one that was not made, such as one that the server refused.
  returned: success, and on failure when something had been done or was waited for
  type: str
  choices: [create, cancel, none]
  sample: create
job:
  description:
    - The update job. The one that was made, as it is at the end of the task; the one for which nothing had to be done; or the cancelled
      one as it was before.
    - V(null) when the ActiveGate has the version already.
  returned: success, and on failure when there is one
  type: dict
  contains:
    activegate_id:
      description: Id of the ActiveGate.
      type: str
    job_id:
      description: Id of the job, V(null) for one that is predicted by check mode.
      type: str
    job_state:
      description: C(PENDING), C(SCHEDULED), C(IN_PROGRESS), C(SUCCEED), C(FAILED), C(ROLLBACK) or C(SKIPPED).
      type: str
    update_method:
      description: C(ON_DEMAND), C(AUTOMATIC) or C(MANUAL_INSTALLATION), V(null) when the job is new.
      type: str
    update_type:
      description: C(ACTIVE_GATE), V(null) when the job is new.
      type: str
    cancelable:
      description: Whether the job can be cancelled at the moment.
      type: bool
    start_version:
      description: Version before the update.
      type: str
    target_version:
      description: Version after it.
      type: str
    timestamp:
      description: End of the job in milliseconds since the epoch, V(null) while it runs.
      type: int
    ag_type:
      description: Type of the ActiveGate.
      type: str
    environments:
      description: Environments that the ActiveGate can connect to.
      type: list
      elements: str
    error:
      description: What went wrong.
      type: str
    duration:
      description: Duration of the update in milliseconds.
      type: int
  sample:
    activegate_id: "1730152904"
    job_id: "-7240069678607892845"
    job_state: PENDING
    update_method:
    update_type:
    cancelable: true
    start_version: 1.195.5.20200522-174041
    target_version: 1.198.0.20200630-163221
    timestamp:
    ag_type: ENVIRONMENT
    environments:
      - mySampleEnv
    error:
    duration:
activegate:
  description:
    - The ActiveGate as it was last read. It is not read with O(state=absent), and cannot be while it restarts; all but
      RV(activegate.id) is V(null) then.
  returned: success, and on failure when something had been done or was waited for
  type: dict
  contains:
    id:
      description: Id of the ActiveGate.
      type: str
    hostname:
      description: Name of its host.
      type: str
    version:
      description: Version that it reports.
      type: str
    online:
      description: Whether it is connected.
      type: bool
    auto_update_status:
      description: Its update status, such as C(OUTDATED) or C(UP2DATE).
      type: str
  sample:
    id: "1730152904"
    hostname: gateway.example.com
    version: 1.195.5.20200522-174041
    online: true
    auto_update_status: OUTDATED
target_version:
  description: What O(target_version) stands for, as it is sent to the server. V(null) with O(state=absent).
  returned: success, and on failure when something had been done or was waited for
  type: str
  sample: 1.198.0.20200630-163221
replaced_job_ids:
  description: Jobs that were cancelled to make room for the new one (O(on_running=replace)).
  returned: success, and on failure when something had been done or was waited for
  type: list
  elements: str
  sample: []
reason:
  description: Why this was done, or why nothing was, in words.
  returned: success, and on failure when something had been done or was waited for
  type: str
  sample: ActiveGate 1730152904 (gateway.example.com) has version 1.195.5.20200522-174041, and 1.198.0.20200630-163221 is wanted
validated:
  description:
    - What the prediction rests on. V(server), its validation; V(local), a check of the module; V(none), nothing had to be validated.
  returned: in check mode
  type: str
  choices: [server, local, none]
  sample: server
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) lists the writes that were carried out before the failure, V(unknown) those whose outcome is not known. Each is a text.
  returned: failure
  type: dict
  sample:
    status: 403
    code: 403
    message: "Token is missing required scope. Use one of: activeGates.read"
    constraint_violations: []
    method: GET
    url: https://abc12345.live.dynatrace.com/api/v2/activeGates
    done: []
    unknown: []
"""

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._connection import progress_option
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    ensure,
    {
        "activegate_id": {"type": "str", "required": True},
        "target_version": {"type": "str"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "job_id": {"type": "str"},
        "on_running": {"type": "str", "choices": ["fail", "adopt", "replace"], "default": "fail"},
        "wait": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 3600},
        "poll_interval": {"type": "float", "default": 30},
        "settle_time": {"type": "float", "default": 1800},
        **progress_option(),
    },
    scopes=["environment-api:activegates:read", "environment-api:activegates:write"],
    required_if=[("state", "present", ("target_version",))],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
