# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""activegate_update_job_info against the sandbox: one job, those of one ActiveGate, and those of all."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.module import run_module
from tests.support.sandbox import TOKEN, RunningSandbox

MODULE = "activegate_update_job_info"
LINUX, WINDOWS, SECOND = "1730152904", "-1284619327", "907316642"
LINUX_JOBS = f"GET /v2/activeGates/{LINUX}/updateJobs"
ALL_JOBS = "GET /v2/activeGates/updateJobs"
KEYS = [
    "activegate_id",
    "job_id",
    "job_state",
    "update_method",
    "update_type",
    "cancelable",
    "start_version",
    "target_version",
    "timestamp",
    "ag_type",
    "environments",
    "error",
    "duration",
]


def read(sandbox: RunningSandbox, **args: Any) -> list[dict[str, Any]]:
    result = sandbox.run(MODULE, **args)
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is False
    assert sandbox.writes == []
    found: list[dict[str, Any]] = result["jobs"]
    assert all(list(job) == KEYS for job in found)
    return found


def start(sandbox: RunningSandbox, activegate_id: str) -> str:
    sandbox.variants(job_outcome="HANG_PENDING")
    url = f"{sandbox.url}/api/v2/activeGates/{activegate_id}/updateJobs"
    body = {"targetVersion": "1.331.24.20260209-101500"}
    answer = requests.post(url, json=body, headers={"Authorization": f"Api-Token {TOKEN}"}, timeout=10)
    sandbox.clear()
    return str(answer.json()["jobId"])


def test_one_job(sandbox: RunningSandbox) -> None:
    job_id = start(sandbox, WINDOWS)
    [job] = read(sandbox, activegate_id=WINDOWS, job_id=job_id)
    assert sandbox.sent == [f"GET /v2/activeGates/{WINDOWS}/updateJobs/{job_id}"]
    assert (job["activegate_id"], job["job_id"], job["job_state"]) == (WINDOWS, job_id, "PENDING")
    assert (job["update_type"], job["timestamp"], job["cancelable"]) == (None, None, True)
    assert read(sandbox, activegate_id=WINDOWS, job_id=int(job_id)) == [job]


def test_a_negative_job_id(sandbox: RunningSandbox) -> None:
    job_id = next(
        job["job_id"] for job in read(sandbox, activegate_id=LINUX, to="now") if job["job_id"].startswith("-")
    )
    assert [job["job_id"] for job in read(sandbox, activegate_id=LINUX, job_id=job_id)] == [job_id]


@pytest.mark.parametrize(
    "args", [{"activegate_id": LINUX, "job_id": "5"}, {"activegate_id": "12", "job_id": "5"}, {"activegate_id": "12"}]
)
def test_what_is_unknown_is_an_empty_list(sandbox: RunningSandbox, args: dict[str, str]) -> None:
    assert read(sandbox, **args) == []


def test_the_jobs_of_one_activegate_go_back_a_week(sandbox: RunningSandbox) -> None:
    found = read(sandbox, activegate_id=LINUX)
    assert sandbox.sent == [LINUX_JOBS]
    assert sandbox.state.requests[0]["query"] == {}
    assert [job["update_type"] for job in found] == ["SYNTHETIC", "REMOTE_PLUGIN_AGENT"]
    assert {job["activegate_id"] for job in found} == {LINUX}


def test_the_jobs_of_all_activegates_are_one_flat_list_of_a_day(sandbox: RunningSandbox) -> None:
    job_id = start(sandbox, WINDOWS)
    found = read(sandbox)
    assert sandbox.sent == [ALL_JOBS]
    assert [(job["activegate_id"], job["job_state"]) for job in found] == [
        (WINDOWS, "PENDING"),
        (SECOND, "SUCCEED"),
        (SECOND, "SKIPPED"),
    ]
    assert found[0]["job_id"] == job_id
    assert "collectorId" in found[2]["error"]


@pytest.mark.parametrize(
    ("filters", "query", "count"),
    [
        ({"from": "now-31d"}, {"from": "now-31d"}, 3),
        ({"from": "now-31d", "to": "now-60h"}, {"from": "now-31d", "to": "now-60h"}, 2),
        ({"from": "now-31d", "update_type": "ACTIVE_GATE"}, {"from": "now-31d", "updateType": "ACTIVE_GATE"}, 1),
        ({"update_type": "Z_REMOTE"}, {"updateType": "Z_REMOTE"}, 0),
        ({"last_updates": True}, {"lastUpdates": "true"}, 2),
        ({"last_updates": False}, {}, 2),
        # Of its companion jobs, the plug-in module's goes from 1.327.48 to 1.329.66, the synthetic engine's from 1.327.52 to 1.329.70.
        ({"start_version": "1.327.52"}, {"startVersion": "1.327.52", "startVersionCompareType": "EQUAL"}, 1),
        (
            {"start_version": "1.327.55", "start_version_compare_type": "GREATER"},
            {"startVersion": "1.327.55", "startVersionCompareType": "GREATER"},
            0,
        ),
        ({"target_version": "1.329.66"}, {"targetVersion": "1.329.66", "targetVersionCompareType": "EQUAL"}, 1),
        (
            {"target_version": "1.330.0", "target_version_compare_type": "LOWER_EQUAL"},
            {"targetVersion": "1.330.0", "targetVersionCompareType": "LOWER_EQUAL"},
            2,
        ),
        ({"from": "", "update_type": "SYNTHETIC"}, {"updateType": "SYNTHETIC"}, 1),
    ],
)
def test_every_filter(sandbox: RunningSandbox, filters: dict[str, Any], query: dict[str, str], count: int) -> None:
    assert len(read(sandbox, activegate_id=LINUX, **filters)) == count
    assert sandbox.state.requests[0]["query"] == query
    sandbox.clear()
    found = read(sandbox, **filters)
    assert sandbox.sent == [ALL_JOBS]
    assert sandbox.state.requests[0]["query"] == query
    assert all(job["activegate_id"] in (LINUX, SECOND) for job in found)


def test_milliseconds_and_dates_are_times_too(sandbox: RunningSandbox) -> None:
    now = sandbox.state.clock.now_ms()
    assert len(read(sandbox, activegate_id=LINUX, **{"from": now - 30 * 86_400_000})) == 3
    assert read(sandbox, activegate_id=LINUX, **{"from": "2020-01-01T00:00:00Z", "to": "2020-01-20 00:00"}) == []


@pytest.mark.parametrize("args", [{"activegate_id": LINUX}, {}])
def test_a_window_that_is_too_long_is_the_servers_to_refuse(sandbox: RunningSandbox, args: dict[str, str]) -> None:
    result = sandbox.run(MODULE, **{**args, "from": "now-40d"})
    assert (result["failed"], result["error"]["status"]) == (True, 400)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"job_id": "5"}, "give activegate_id as well"),
        ({"activegate_id": "5", "job_id": "6", "from": "now-1d"}, "leave out from"),
        (
            {"activegate_id": "5", "job_id": "6", "last_updates": True, "update_type": "SYNTHETIC"},
            "update_type, last_updates",
        ),
        ({"activegate_id": "0x5a34b668"}, "its decimal id is '1513404008'"),
        ({"activegate_id": "ENVIRONMENT_ACTIVE_GATE-000000005A34B668"}, "activegate_info lists them"),
        ({"activegate_id": "0x5a34b668", "job_id": "1"}, "its decimal id is '1513404008'"),
        ({"start_version": "1.33"}, "start_version '1.33' must have three parts"),
        ({"target_version": "1.331.24.20260209-101500"}, "target_version"),
        ({"start_version_compare_type": "LOWER"}, "give that as well"),
        ({"target_version_compare_type": "LOWER"}, "give that as well"),
        ({"update_type": "ONEAGENT"}, "update_type"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    sandbox: RunningSandbox, args: dict[str, Any], said: str
) -> None:
    result = sandbox.run(MODULE, **args)
    assert result["failed"]
    assert said in result["msg"]
    assert sandbox.sent == []


def test_in_a_process_of_its_own_and_in_check_mode(sandbox: RunningSandbox) -> None:
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "activegate_id": LINUX}
    assert run_module(MODULE, args)["jobs"] == run_module(MODULE, args, check=True)["jobs"]
