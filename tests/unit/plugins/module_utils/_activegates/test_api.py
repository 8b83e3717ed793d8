# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that the sandbox does not give, from a server that plays a script."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module import run_in_process
from tests.support.server import Server, Step, reply

GOAL = "1.331.24.20260209-101500"
GATE = {"id": "7", "hostname": "ag", "version": "1.330.51.20260127-110946", "osType": "LINUX", "type": "ENVIRONMENT"}
TENANT = {"error": {"code": 404, "message": "failed to resolve tenant 1111", "constraintViolations": None}}
JOB = {"jobId": "-5", "jobState": "PENDING", "targetVersion": GOAL, "timestamp": None, "cancelable": True}


def play(module: str, *steps: Step, **args: Any) -> tuple[dict[str, Any], list[str]]:
    with Server(*steps) as server:
        common = {"environment_url": server.url, "api_token": "dt0c01.X.Y", "retries": 1, "retry_max_delay": 0.01}
        result = run_in_process(module, {**common, **args})
        return result, server.lines


@pytest.mark.parametrize(
    ("module", "args"),
    [
        ("activegate_info", {"activegate_id": "7"}),
        ("activegate_update_job_info", {"activegate_id": "7"}),
        ("activegate_update_job_info", {"activegate_id": "7", "job_id": "5"}),
        ("activegate_update_job", {"activegate_id": "7", "target_version": GOAL}),
        ("activegate_update_job", {"activegate_id": "7", "state": "absent"}),
    ],
)
def test_an_unknown_environment_is_not_an_unknown_activegate(module: str, args: dict[str, Any]) -> None:
    result, lines = play(module, reply(404, TENANT), **args)
    assert (result["failed"], "failed to resolve tenant" in result["msg"], len(lines)) == (True, True, 1)


@pytest.mark.parametrize("body", [None, {}, [], {"jobState": "PENDING"}])
def test_an_answer_without_a_job_is_as_good_as_lost(body: Any) -> None:
    jobs = {"agId": "7", "updateJobs": []}
    found = {"agId": "7", "updateJobs": [JOB]}
    steps = (reply(200, GATE), reply(200, jobs), reply(201, body), reply(200, GATE), reply(200, found))
    result, lines = play("activegate_update_job", *steps, activegate_id="7", target_version=GOAL)
    assert not result.get("failed"), result
    assert (result["changed"], result["job"]["job_id"], len(lines)) == (True, "-5", 5)


@pytest.mark.parametrize("system", [{"osType": None}, {"osType": "AIX"}])
def test_an_unknown_system_leaves_latest_to_the_server(system: dict[str, Any]) -> None:
    steps = (reply(200, {**GATE, **system}), reply(200, {"updateJobs": []}), reply(201, JOB))
    result, lines = play("activegate_update_job", *steps, activegate_id="7", target_version="latest")
    assert (result["changed"], result["target_version"], len(lines)) == (True, "latest", 3)
    assert "operating system" in str(result["warnings"])
    result, lines = play("activegate_update_job", steps[0], activegate_id="7", target_version="1.331")
    assert (result["failed"], "operating system" in result["msg"]) == (True, True)


def test_no_version_on_offer_leaves_latest_to_the_server() -> None:
    steps = (reply(200, GATE), reply(200, {"availableVersions": []}), reply(200, {"updateJobs": []}), reply(201, JOB))
    result, lines = play("activegate_update_job", *steps, activegate_id="7", target_version="latest")
    assert (result["changed"], result["target_version"], len(lines)) == (True, "latest", 4)
    assert "no version is on offer" in str(result["warnings"])


def test_a_job_that_is_missed_by_one_look_is_not_taken_for_cancelled() -> None:
    ended = {**JOB, "jobState": "SUCCEED", "timestamp": 1, "updateType": "ACTIVE_GATE"}
    steps = (
        reply(200, GATE),
        reply(200, {"updateJobs": [JOB]}),
        reply(404),
        reply(200, GATE),
        reply(200, ended),
        reply(200, {**GATE, "version": GOAL}),
    )
    args = {"activegate_id": "7", "target_version": GOAL, "wait": True, "poll_interval": 0.01, "wait_timeout": 5}
    result, lines = play("activegate_update_job", *steps, **args)
    assert not result.get("failed"), result
    assert (result["job"]["job_state"], len(lines)) == ("SUCCEED", 6)
