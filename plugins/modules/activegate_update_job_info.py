#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activegate_update_job_info
short_description: Read update jobs of ActiveGates
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Reads one update job, the update jobs of one ActiveGate, or those of all ActiveGates.
  - The jobs of an ActiveGate come newest first, running ones and those that have ended.
options:
  activegate_id:
    description:
      - Id of the ActiveGate, a decimal number that may be negative. If unset, the jobs of all ActiveGates are read.
      - An unknown one is not an error; the list is empty then.
    type: str
  job_id:
    description:
      - Id of one job, which may be negative. Needs O(activegate_id), and excludes the filters.
      - An unknown one is not an error; the list is empty then.
    type: str
  from:
    description:
      - Start of the time frame. The API takes 31 days at most.
      - A number of milliseconds since the epoch, a date such as V(2026-01-25T05:57:01.123+01:00), or a time back from now such as
        V(now-2d) or V(now-2d/d), with the units V(m), V(h), V(d), V(w), V(M) and V(y).
      - If unset, the API takes one week for one ActiveGate, but one day for all of them.
    type: str
  to:
    description:
      - End of the time frame, in the same forms as O(from). If unset, the API takes the current time.
    type: str
  start_version:
    description:
      - Version before the update with which the jobs are compared, in three parts such as V("1.331.24"). Quote it.
    type: str
  start_version_compare_type:
    description:
      - How O(start_version) is compared. If unset, it is V(EQUAL).
    type: str
    choices: [EQUAL, GREATER, GREATER_EQUAL, LOWER, LOWER_EQUAL]
  target_version:
    description:
      - Version after the update with which the jobs are compared, in three parts such as V("1.331.24"). Quote it.
    type: str
  target_version_compare_type:
    description:
      - How O(target_version) is compared. If unset, it is V(EQUAL).
    type: str
    choices: [EQUAL, GREATER, GREATER_EQUAL, LOWER, LOWER_EQUAL]
  update_type:
    description:
      - Component that the jobs update.
      - A job that has just been made has no type yet, and is left out by any choice.
    type: str
    choices: [ACTIVE_GATE, REMOTE_PLUGIN_AGENT, SYNTHETIC, Z_REMOTE]
  last_updates:
    description:
      - Whether only the newest job of each type is returned.
    type: bool
    default: false
notes:
  - Needs the scope C(activeGates.read) (API token) or C(environment-api:activegates:read) (platform token and OAuth).
seealso:
  - module: community.dynatrace.activegate_info
  - module: community.dynatrace.activegate_update_job
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.attributes.info
"""

EXAMPLES = r"""
- name: Read the jobs of all ActiveGates, of the last day
  community.dynatrace.activegate_update_job_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
  register: result

- name: Read the newest update of one ActiveGate within the last month
  community.dynatrace.activegate_update_job_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "-1284619327"
    from: now-31d
    update_type: ACTIVE_GATE
    last_updates: true

- name: Find updates of the last week that left an ActiveGate below a version
  community.dynatrace.activegate_update_job_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    from: now-1w
    target_version: "1.331.0"
    target_version_compare_type: LOWER

- name: Read one job
  community.dynatrace.activegate_update_job_info:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_id: "2131628184"
    job_id: "-7537034309286328684"
"""

RETURN = r"""
jobs:
  description: The jobs, in the order of the API; each has the id of its ActiveGate.
  returned: success
  type: list
  elements: dict
  contains:
    activegate_id:
      description: Id of the ActiveGate.
      type: str
    job_id:
      description: Id of the job.
      type: str
    job_state:
      description: C(PENDING), C(SCHEDULED), C(IN_PROGRESS), C(SUCCEED), C(FAILED), C(ROLLBACK) or C(SKIPPED).
      type: str
    update_method:
      description: C(ON_DEMAND), C(AUTOMATIC) or C(MANUAL_INSTALLATION), V(null) when the job is new.
      type: str
    update_type:
      description: Component that is updated, such as C(ACTIVE_GATE), V(null) when the job is new.
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
    - activegate_id: "2131628184"
      job_id: "-7537034309286328684"
      job_state: SUCCEED
      update_method: AUTOMATIC
      update_type: SYNTHETIC
      cancelable: false
      start_version: 1.198.0.20200629-123323
      target_version: 1.198.0.20200630-155408
      timestamp: 1593518788274
      ag_type: ENVIRONMENT
      environments:
        - mySampleEnv
      error:
      duration: 596047
error:
  description:
    - Details of the failure, for use by programs, with V(status), V(code), V(message), V(constraint_violations), V(method) and V(url).
    - V(done) and V(unknown) are always empty, since this module only reads.
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

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_info import (
    COMPARE_TYPES,
    UPDATE_TYPES,
    read,
)
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

MODULE = Module(
    read,
    {
        "activegate_id": {"type": "str"},
        "job_id": {"type": "str"},
        "from": {"type": "str"},
        "to": {"type": "str"},
        "start_version": {"type": "str"},
        "start_version_compare_type": {"type": "str", "choices": COMPARE_TYPES},
        "target_version": {"type": "str"},
        "target_version_compare_type": {"type": "str", "choices": COMPARE_TYPES},
        "update_type": {"type": "str", "choices": UPDATE_TYPES},
        "last_updates": {"type": "bool", "default": False},
    },
    scopes=["environment-api:activegates:read"],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
