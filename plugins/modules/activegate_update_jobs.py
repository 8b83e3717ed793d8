#!/usr/bin/python
# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: activegate_update_jobs
short_description: Update many ActiveGates in waves
version_added: 0.1.0
author:
  - The community.dynatrace authors (@ansible-collections)
description:
  - Brings a fleet of ActiveGates to a version, wave after wave, and stops when too many fail.
  - A wave begins when all ActiveGates of the one before have ended, and those that were updated are online with their new version.
  - When more than O(max_failures) have failed, no other update begins, jobs that only wait are cancelled, those in progress are followed
    to their end, and the task fails. It does the same when O(wait_timeout) is over, but for following jobs in progress.
  - Run again, it goes on from there. ActiveGates that an update job has brought to the wanted version are done and take the first places
    in the waves; update jobs that run are followed, whoever made them; ActiveGates that failed are tried again. Those that have the
    version without such a job in the last 31 days, as from an installer, take the last places, since they prove nothing about the update.
  - Looks at the whole fleet at once, with two requests, whatever its size.
  - When the request for a job times out, or a proxy answers it with 502 or 504, the server may still make the job later. It is not
    requested again then, since that could make two. When it has not come after two minutes, the ActiveGate has failed.
options:
  activegate_ids:
    description:
      - Ids of the ActiveGates, decimal numbers that may be negative. Required unless O(selector) is given.
      - One that Dynatrace does not know is an error, before anything begins.
    type: list
    elements: str
  selector:
    description:
      - Which ActiveGates are meant. An ActiveGate must match all conditions that are given. V({}) means all.
      - Note that O(selector.version_below) and O(selector.update_statuses) no longer fit an ActiveGate after its update, so that a run that
        is started again covers a smaller fleet, and begins with the first wave.
    type: dict
    suboptions:
      groups:
        description: Groups, exactly as they are written.
        type: list
        elements: str
      network_zones:
        description: Network zones, exactly as they are written.
        type: list
        elements: str
      os_type:
        description: Operating system.
        type: str
        choices: [LINUX, WINDOWS]
      version_below:
        description: Only those below this version, or below all versions that begin with it, such as V("1.331"). Quote versions.
        type: str
      hostnames:
        description: Patterns, one of which the host name must match. V(*) and V(?) stand for characters, V([ab]) for one of these.
        type: list
        elements: str
      update_statuses:
        description: Update statuses, as ActiveGates report them.
        type: list
        elements: str
        choices: [INCOMPATIBLE, OUTDATED, SCHEDULED, SUPPRESSED, UNKNOWN, UP2DATE, UPDATE_IN_PROGRESS, UPDATE_PENDING, UPDATE_PROBLEM]
  target_version:
    description:
      - Minimum version that the ActiveGates are to have.
      - V(latest) is the highest version on offer for the operating system and architecture of each ActiveGate.
      - The first parts of a version, such as V("1.331") or V("1.331.24"), stand for the highest version on offer that begins with them.
      - A full version, such as V("1.331.24.20260209-101500"), is used as it is.
      - Quote versions. Unquoted, YAML reads V(1.330) as the number 1.33, which is another version.
      - Versions on offer can be read only with the scope C(InstallerDownload). Without it the server chooses the version for V(latest), and
        a warning says so; it is reached when the ActiveGate reports C(UP2DATE). The first parts of a version are an error then.
    type: str
    required: true
  batch:
    description:
      - Sizes of the waves, each a number such as V("5") or a share of the fleet such as V("25%"). The last one repeats.
      - The fleet is what RV(summary.fleet) counts. A share is rounded down, and is at least one ActiveGate.
      - This is also the maximum number of ActiveGates of the whole environment that update at the same time. Updates that others started
        count as well, such as another run of this module, another slice of an AWX job, or automatic updates. Two runs that read the jobs
        within the same second do not see each other.
    type: list
    elements: str
    default: ["1", "25%"]
  max_failures:
    description:
      - How many ActiveGates may fail before the rollout stops, a number or a share of the fleet such as V("5%"), rounded down.
      - An ActiveGate has failed if its job ends as C(FAILED), C(ROLLBACK) or C(SKIPPED), if somebody cancels the job, if the server refuses
        the job, or if the ActiveGate is gone when its turn comes. It has also failed if it is offline, or does not show its new version,
        for half an hour after its job was made; if the job still waits, it is cancelled.
    type: str
    default: "0"
  pause:
    description:
      - Seconds between two waves. The next one begins only if what was updated is still online after that.
    type: float
    default: 0
  wait_timeout:
    description:
      - Seconds for the whole rollout. When they are over, jobs that only wait are cancelled, and the task fails.
      - Only this limit ends the wait for a job that stays in progress on an ActiveGate that is online.
      - An ActiveGate fetches its jobs twice an hour, and of one group and network zone the server updates one at a time.
    type: float
    default: 28800
  poll_interval:
    description:
      - Seconds between two polls of the fleet. While nothing changes, the interval grows to a tenth of the time since the last change, up
        to ten times this value.
    type: float
    default: 30
  order_by:
    description:
      - The order in which ActiveGates are updated.
      - V(given) is the order of O(activegate_ids), and the default with that option.
      - V(pool) takes one ActiveGate of each pool, then the next one of each, so that a wave affects only a part of each pool. A pool is all
        ActiveGates with the same group, network zone and type; the server updates one of them at a time. It is the default with
        O(selector).
      - V(hostname) is by name, V(version) takes the lowest version first, V(connected_hosts) those with the fewest hosts first.
    type: str
    choices: [given, pool, hostname, version, connected_hosts]
  one_per_pool:
    description:
      - Whether to make no job for an ActiveGate while another one of its pool updates. The server does not update two of a pool at a time
        in any case, but with V(false) the job of the second one waits on the server.
    type: bool
    default: false
  expect_plan:
    description:
      - The RV(plan_digest) of a run in check mode, or that whole result. The task plans again, and carries out exactly this plan or
        nothing.
      - If anything differs, it fails before the first job and lists the ActiveGates that differ.
    type: raw
  parallel:
    description: How many jobs to make, validate or cancel at the same time, from 1 to 32.
    type: int
    default: 8
notes:
  - Needs the scopes C(activeGates.read) and C(activeGates.write) (API token), or C(environment-api:activegates:read) and
    C(environment-api:activegates:write) (platform token and OAuth).
  - For V(latest) and for the first parts of a version it needs C(InstallerDownload) (API token) or C(fleet-management:activegates:download)
    as well. OAuth tokens are not asked for that by default; see O(oauth_scopes).
  - Left out, with a reason in RV(left_out), are cluster ActiveGates (updated with their cluster), ActiveGates in containers (by their
    image), those with a newer version, those that are offline (with a warning), and those for which no build of the version is on offer.
  - An update job to a lower version that somebody else made is left alone. The ActiveGate gets its job when that one has ended.
  - In check mode the server validates the job of every ActiveGate. This does not predict which updates will fail.
seealso:
  - module: community.dynatrace.activegate_info
  - module: community.dynatrace.activegate_update_job
  - module: community.dynatrace.activegate_update_job_info
extends_documentation_fragment:
  - community.dynatrace.auth
  - community.dynatrace.progress
  - community.dynatrace.attributes
"""

EXAMPLES = r"""
- name: Update all Linux ActiveGates of a zone, one first, then a quarter at a time
  community.dynatrace.activegate_update_jobs:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    selector:
      network_zones: [eu-west]
      os_type: LINUX
    target_version: latest
    batch: ["1", "25%"]

- name: Update these, two at a time, and tolerate one failure
  community.dynatrace.activegate_update_jobs:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    activegate_ids: ["1730152904", "-1284619327", "907316642"]
    target_version: "1.331"
    batch: ["2"]
    max_failures: "1"

- name: Update what is below a version, with ten minutes between the waves
  community.dynatrace.activegate_update_jobs:
    environment_url: https://abc12345.live.dynatrace.com
    api_token: "{{ dynatrace_api_token }}"
    selector:
      version_below: "1.340"
      hostnames: ["ag-*.example.com"]
    target_version: "1.344"
    order_by: connected_hosts
    pause: 600
    max_failures: 5%
"""

RETURN = r"""
action:
  description:
    - What was done, or would be done in check mode. V(create) when at least one update job was made, or may have been, since the answer
      to its request was lost.
  returned: success, and on failure when the fleet had been read
  type: str
  choices: [create, none]
  sample: create
activegates:
  description: The fleet, in the order of the waves.
  returned: success, and on failure when the fleet had been read
  type: list
  elements: dict
  contains:
    id:
      description: Id of the ActiveGate.
      type: str
    hostname:
      description: Name of its host.
      type: str
    wave:
      description: The wave that it belongs to, from 1.
      type: int
    state:
      description:
        - V(done), with the wanted version. V(running), with a job that has not ended or that may exist, since the answer to its request
          was lost, or restarting. V(failed). V(cancelled), with a job that was cancelled because the rollout stopped. V(untouched),
          without a job.
      type: str
    reason:
      description: Why, in words.
      type: str
    start_version:
      description: Version when the run began.
      type: str
    target_version:
      description: What O(target_version) stands for, as it is sent to the server.
      type: str
    version:
      description: Version that it reported last, V(null) when the API did not list it.
      type: str
    online:
      description: Whether it was connected, V(null) when the API did not list it.
      type: bool
    job_id:
      description: Id of its update job, V(null) without one.
      type: str
    job_state:
      description: State of that job, as the API calls it.
      type: str
  sample:
    - id: "1730152904"
      hostname: gateway.example.com
      wave: 1
      state: done
      reason: update job -7240069678607892845 succeeded, and the ActiveGate is back with version 1.198.0.20200630-163221
      start_version: 1.195.5.20200522-174041
      target_version: 1.198.0.20200630-163221
      version: 1.198.0.20200630-163221
      online: true
      job_id: "-7240069678607892845"
      job_state: SUCCEED
left_out:
  description: ActiveGates that were meant but are not part of the rollout.
  returned: success, and on failure when the fleet had been read
  type: list
  elements: dict
  contains:
    id:
      description: Id of the ActiveGate.
      type: str
    hostname:
      description: Name of its host.
      type: str
    reason:
      description: Why.
      type: str
  sample: []
waves:
  description: The waves, in their order.
  returned: success, and on failure when the fleet had been read
  type: list
  elements: dict
  contains:
    wave:
      description: Number of the wave, from 1.
      type: int
    activegate_ids:
      description: Ids of the ActiveGates.
      type: list
      elements: str
  sample:
    - wave: 1
      activegate_ids: ["1730152904"]
summary:
  description: The rollout in numbers.
  returned: success, and on failure when the fleet had been read
  type: dict
  contains:
    fleet:
      description: Number of ActiveGates in the rollout. The others count how many of them are in which state.
      type: int
    wave:
      description: Number of the wave that was reached, V(0) when there is none.
      type: int
    waves:
      description: How many waves there are.
      type: int
    done:
      description: With the wanted version.
      type: int
    running:
      description: With a job that has not ended or that may exist, or restarting.
      type: int
    failures:
      description: Failed.
      type: int
    cancelled:
      description: With a job that was cancelled.
      type: int
    untouched:
      description: Without a job.
      type: int
    left_out:
      description: How many were left out of the fleet.
      type: int
  sample:
    fleet: 1
    wave: 1
    waves: 1
    done: 1
    running: 0
    failures: 0
    cancelled: 0
    untouched: 0
    left_out: 0
validated:
  description:
    - What the prediction rests on. V(server), its validation of every job; V(none), nothing had to be validated.
  returned: in check mode
  type: str
  choices: [server, none]
  sample: server
plan_digest:
  description:
    - Identifies the plan that was made in check mode, or carried out, for O(expect_plan). It has 60 characters, plus 8 for each job.
    - It covers the environment's id, and of each job its ActiveGate, the version that this has, the version that is sent, and the wave.
  returned: success
  type: str
  sample: plan1.8iqZ3m1oOhH9kT1l6mCwB0nqgQ0XnS6cQ2l1JdN0Yk4hC1dBn3Yq5zXc0aTn
other_plan:
  description: The plan differs from O(expect_plan), so nothing was begun. RV(errors) has the ActiveGates that differ.
  returned: when the plan differs from O(expect_plan)
  type: bool
  sample: true
errors:
  description: What differs from O(expect_plan), by the ids of ActiveGates.
  returned: when the plan differs from O(expect_plan)
  type: dict
  sample:
    "1730152904": would be updated in another way than the expected plan says
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

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.fleet import ORDERS
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.info import UPDATE_STATUSES
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_jobs import ensure
from ansible_collections.community.dynatrace.plugins.module_utils._connection import progress_option
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

_SELECTOR = {
    "groups": {"type": "list", "elements": "str"},
    "network_zones": {"type": "list", "elements": "str"},
    "os_type": {"type": "str", "choices": ["LINUX", "WINDOWS"]},
    "version_below": {"type": "str"},
    "hostnames": {"type": "list", "elements": "str"},
    "update_statuses": {"type": "list", "elements": "str", "choices": UPDATE_STATUSES},
}
MODULE = Module(
    ensure,
    {
        "activegate_ids": {"type": "list", "elements": "str"},
        "selector": {"type": "dict", "options": _SELECTOR},
        "target_version": {"type": "str", "required": True},
        "batch": {"type": "list", "elements": "str", "default": ["1", "25%"]},
        "max_failures": {"type": "str", "default": "0"},
        "pause": {"type": "float", "default": 0},
        "wait_timeout": {"type": "float", "default": 28800},
        "poll_interval": {"type": "float", "default": 30},
        "order_by": {"type": "str", "choices": ORDERS},
        "one_per_pool": {"type": "bool", "default": False},
        "parallel": {"type": "int", "default": 8},
        "expect_plan": {"type": "raw"},
        **progress_option(),
    },
    scopes=["environment-api:activegates:read", "environment-api:activegates:write"],
    mutually_exclusive=[("activegate_ids", "selector")],
    required_one_of=[("activegate_ids", "selector")],
)


def main() -> None:
    MODULE.run()


if __name__ == "__main__":
    main()
