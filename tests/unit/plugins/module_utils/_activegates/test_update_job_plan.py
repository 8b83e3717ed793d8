# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The decision about one ActiveGate, by values: every sentence of the contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._activegates import update_job_plan as plan
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate, Job
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.update_job_plan import (
    SeenActiveGate,
    UpdateRules,
)
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part

OLD = "1.330.51.20260127-110946"
LOWER = "1.330.102.20260203-083017"
GOAL = "1.331.24.20260209-101500"
HIGHER = "1.331.60.20260212-174455"
NOW = 1_800_000_000_000
MINUTE = 60_000
GATE = ActiveGate("-7", "ag.example.com", OLD, "ENVIRONMENT", os_type="LINUX", update_status="OUTDATED")
TARGET = Target("1.331", GOAL)
LATEST = Target("latest")


def job(state: str = "PENDING", target: str | None = GOAL, ended: int | None = None, **fields: Any) -> Job:
    """``ended``: minutes ago."""
    raw = {
        "jobId": "-99",
        "jobState": state,
        "targetVersion": target,
        "startVersion": OLD,
        "cancelable": state == "PENDING",
        "timestamp": None if ended is None else NOW - ended * MINUTE,
    }
    return Job.from_answer("-7", Part({**raw, **fields}))


def decide(
    *jobs: Job,
    gate: ActiveGate | None = GATE,
    target: Target = TARGET,
    on_running: str = "fail",
    settle: float = 1800,
    offered: list[str] | None = None,
) -> plan.JobPlan:
    return plan.plan_update(SeenActiveGate("-7", target, gate, jobs, offered), UpdateRules(on_running, settle), NOW)


def refusal(*jobs: Job, **options: Any) -> StateError:
    with pytest.raises(StateError) as caught:
        decide(*jobs, **options)
    return caught.value


# An update that is due


def test_an_old_activegate_gets_a_job() -> None:
    planned = decide()
    assert planned.action == "create"
    assert planned.before == {"version": OLD, "update_job": None}
    assert planned.after == {"version": OLD, "update_job": {"state": "PENDING", "target_version": GOAL}}
    assert planned.reason == f"ActiveGate -7 (ag.example.com) has version {OLD}, and {GOAL} is wanted"
    assert planned.job is not None
    assert (planned.job.id, planned.job.target_version, planned.job.start_version) == (None, GOAL, OLD)


@pytest.mark.parametrize("version", [None, "", "unknown"])
def test_an_activegate_without_a_version_gets_one(version: str | None) -> None:
    assert decide(gate=replace(GATE, version=version)).action == "create"


@pytest.mark.parametrize(
    "past",
    [
        job("SUCCEED", timestamp=NOW - 1_800_000),
        job("FAILED", ended=1),
        job("ROLLBACK", ended=1),
        job("SKIPPED", ended=1),
        job("SUCCEED", LOWER, ended=1),
        job("SUCCEED", ended=31),
        job("SUCCEED", ended=1, updateType="REMOTE_PLUGIN_AGENT"),
        job("SUCCEED", None, ended=1),
        job("SUCCEED", timestamp=None),
        job("PENDING", updateType="SYNTHETIC"),
        job("IN_PROGRESS", LOWER, updateType="REMOTE_PLUGIN_AGENT"),
    ],
)
def test_a_past_job_or_one_of_another_type_is_in_nobodys_way(past: Job) -> None:
    assert decide(past).action == "create"


# Nothing to do


@pytest.mark.parametrize(
    ("version", "said"), [(GOAL, "already"), (HIGHER, "is newer than"), ("2.0.0.20200101-000000", "is newer than")]
)
def test_the_installed_version_will_do(version: str, said: str) -> None:
    gate = replace(GATE, version=version)
    planned = decide(job("IN_PROGRESS", LOWER), gate=gate)
    assert planned.action == "none"
    assert said in planned.reason
    assert planned.before == planned.after == {"version": version, "update_job": None}


@pytest.mark.parametrize("state", ["PENDING", "SCHEDULED", "IN_PROGRESS"])
@pytest.mark.parametrize("kind", [None, "ACTIVE_GATE"])
@pytest.mark.parametrize("target", [GOAL, HIGHER, "latest"])
@pytest.mark.parametrize("on_running", ["fail", "adopt", "replace"])
def test_a_running_job_to_the_target_or_beyond_will_do(
    state: str, kind: str | None, target: str, on_running: str
) -> None:
    underway = job(state, target, updateType=kind)
    planned = decide(job("SUCCEED", ended=0, updateType="REMOTE_PLUGIN_AGENT"), underway, on_running=on_running)
    assert (planned.action, planned.job) == ("none", underway)
    assert state in planned.reason
    assert ("newer than" in planned.reason) is (target == HIGHER)
    assert planned.before == planned.after
    assert planned.before["update_job"]["id"] == "-99"


def test_of_several_running_jobs_the_one_that_will_do_counts() -> None:
    enough = job("SCHEDULED", HIGHER, jobId="5")
    assert decide(job("IN_PROGRESS", LOWER), enough).job == enough


@pytest.mark.parametrize("minutes", [0, 1, 29])
@pytest.mark.parametrize("method", ["ON_DEMAND", "AUTOMATIC", "MANUAL_INSTALLATION"])
def test_while_it_restarts_nothing_is_done(minutes: int, method: str) -> None:
    done = job("SUCCEED", ended=minutes, updateType="ACTIVE_GATE", updateMethod=method)
    later = job("SUCCEED", ended=0, updateType="REMOTE_PLUGIN_AGENT", jobId="1")
    planned = decide(later, job("FAILED", ended=600, jobId="2"), done)
    assert (planned.action, planned.job) == ("none", done)
    assert f"still reports version {OLD}" in planned.reason
    assert planned.before == planned.after == {"version": OLD, "update_job": None}


def test_the_settle_time_ends_with_its_last_millisecond() -> None:
    assert decide(job("SUCCEED", timestamp=NOW - 1_799_999)).action == "none"
    assert decide(job("SUCCEED", timestamp=NOW - 1_799_999)).reason == (
        f"update job -99 to version {GOAL} succeeded 1799 seconds ago; the ActiveGate is restarting and still reports version {OLD}"
    )


def test_a_clock_that_is_behind_the_servers_makes_no_difference() -> None:
    planned = decide(job("SUCCEED", ended=-10))
    assert planned.action == "none"
    assert "succeeded 0 seconds ago" in planned.reason


@pytest.mark.parametrize(
    ("settle", "ended", "action"), [(0, 0, "create"), (0, -5, "create"), (60, 0, "none"), (60, 1, "create")]
)
def test_the_settle_time_is_the_users(settle: float, ended: int, action: str) -> None:
    assert decide(job("SUCCEED", ended=ended), settle=settle).action == action


def test_only_the_newest_job_tells_of_a_restart() -> None:
    assert decide(job("SUCCEED", ended=5), job("FAILED", ended=2)).action == "create"
    assert decide(job("FAILED", ended=5), job("SUCCEED", ended=2)).action == "none"


def test_a_job_that_echoes_latest_counts_until_the_activegate_has_moved_on() -> None:
    done = job("SUCCEED", "latest", ended=1)
    assert decide(done).action == "none"
    assert decide(done, gate=replace(GATE, version=LOWER)).action == "create"


# latest that nobody could resolve


def test_unresolved_latest_is_reached_when_the_activegate_says_so() -> None:
    planned = decide(gate=replace(GATE, update_status="UP2DATE"), target=LATEST)
    assert (planned.action, "UP2DATE" in planned.reason) == ("none", True)


@pytest.mark.parametrize("status", ["OUTDATED", "UNKNOWN", "SUPPRESSED", "INCOMPATIBLE", "UPDATE_PROBLEM", None])
def test_unresolved_latest_is_posted_as_it_is(status: str | None) -> None:
    planned = decide(gate=replace(GATE, update_status=status), target=LATEST)
    assert planned.action == "create"
    assert planned.after["update_job"]["target_version"] == "latest"


@pytest.mark.parametrize("target", [LOWER, GOAL, "latest"])
def test_any_running_job_will_do_for_unresolved_latest(target: str) -> None:
    assert decide(job("IN_PROGRESS", target), target=LATEST).action == "none"


@pytest.mark.parametrize(
    ("target", "version", "action"),
    [
        (GOAL, OLD, "none"),
        (GOAL, GOAL, "create"),
        ("latest", OLD, "none"),
        ("latest", GOAL, "create"),
    ],
)
def test_unresolved_latest_and_a_restart(target: str, version: str, action: str) -> None:
    gate = replace(GATE, version=version)
    assert decide(job("SUCCEED", target, ended=1), gate=gate, target=LATEST).action == action


# A running job with a lower target


@pytest.mark.parametrize("target", [LOWER, None])
def test_by_default_another_target_is_an_error(target: str | None) -> None:
    error = refusal(job("PENDING", target))
    assert "update job -99" in error.msg
    assert "on_running" in error.msg
    assert GOAL in error.msg
    assert error.details["job"]["job_id"] == "-99"


def test_adopt_leaves_it_alone() -> None:
    other = job("PENDING", LOWER)
    planned = decide(other, on_running="adopt")
    assert (planned.action, planned.job) == ("none", other)
    assert "left alone" in planned.reason
    assert not plan.reaches(other, TARGET)


@pytest.mark.parametrize("offered", [None, [GOAL, OLD]])
def test_replace_makes_a_new_one_in_its_place(offered: list[str] | None) -> None:
    others = (job("PENDING", LOWER), job("IN_PROGRESS", OLD, jobId="5"))
    planned = decide(*others, on_running="replace", offered=offered)
    assert (planned.action, planned.replaces) == ("create", others)
    assert planned.before["update_job"] == {"id": "-99", "state": "PENDING", "target_version": LOWER}
    assert planned.after["update_job"] == {"state": "PENDING", "target_version": GOAL}
    assert planned.reason.endswith(f"{GOAL} is wanted; it is blocked by update job -99 to version {LOWER}, PENDING")


def test_replace_cancels_nothing_for_a_version_that_does_not_exist() -> None:
    error = refusal(job("PENDING", LOWER), on_running="replace", offered=[OLD])
    assert "is not available" in error.msg
    assert "not cancelled" in error.msg


# What cannot be updated


@pytest.mark.parametrize(
    ("gate", "said"),
    [(replace(GATE, type="CLUSTER"), "cluster"), (replace(GATE, is_containerized=True), "image")],
)
@pytest.mark.parametrize("target", [TARGET, Target("x", OLD)])
def test_cluster_and_container_are_an_error_whatever_their_version(gate: ActiveGate, said: str, target: Target) -> None:
    assert said in refusal(gate=gate, target=target).msg
    assert plan.obstacle(gate) is not None
    assert plan.obstacle(GATE) is None


# An ActiveGate that is not there


@pytest.mark.parametrize("target", [TARGET, Target("1.331"), LATEST])
@pytest.mark.parametrize("underway", [job("IN_PROGRESS"), job("IN_PROGRESS", HIGHER), job("SUCCEED", ended=2)])
def test_a_missing_activegate_may_be_restarting(target: Target, underway: Job) -> None:
    planned = decide(underway, gate=None, target=target)
    assert (planned.action, planned.job) == ("none", underway)


@pytest.mark.parametrize(
    "jobs",
    [
        (),
        (job("SUCCEED", ended=31),),
        (job("SUCCEED", LOWER, ended=1),),
        (job("FAILED", ended=1),),
        (job("IN_PROGRESS", LOWER),),
    ],
)
@pytest.mark.parametrize("target", [TARGET, Target("1.331")])
def test_a_missing_activegate_is_an_error_otherwise(jobs: tuple[Job, ...], target: Target) -> None:
    error = refusal(*jobs, gate=None, target=target, on_running="replace")
    assert "there is no ActiveGate -7" in error.msg
    assert ("its newest job" in error.msg) is bool(jobs)


def test_a_missing_activegate_keeps_a_job_that_was_adopted() -> None:
    lower, enough = job("IN_PROGRESS", LOWER), job("SCHEDULED", jobId="5")
    assert decide(lower, gate=None, on_running="adopt").job == lower
    assert decide(lower, enough, gate=None, on_running="adopt").job == enough


# Cancelling


def test_the_running_job_is_cancelled() -> None:
    underway = job("PENDING")
    synthetic = job("IN_PROGRESS", updateType="SYNTHETIC", jobId="3")
    planned = plan.plan_cancel([synthetic, underway, job("SUCCEED", ended=5)], "-7")
    assert (planned.action, planned.job, planned.replaces) == ("cancel", underway, (underway,))
    assert planned.before == {"update_job": {"id": "-99", "state": "PENDING", "target_version": GOAL}}
    assert planned.after == {"update_job": None}


@pytest.mark.parametrize("jobs", [[], [job("SUCCEED", ended=1)], [job("PENDING", updateType="SYNTHETIC")]])
def test_without_a_running_update_nothing_is_cancelled(jobs: list[Job]) -> None:
    planned = plan.plan_cancel(jobs, "-7")
    assert (planned.action, planned.job) == ("none", None)
    assert "no update job of ActiveGate -7 is running" in planned.reason


@pytest.mark.parametrize("jobs", [[], [job("SKIPPED", ended=1)], [job("SUCCEED", ended=1, updateType="SYNTHETIC")]])
def test_a_job_that_ended_or_is_gone_is_not_cancelled(jobs: list[Job]) -> None:
    planned = plan.plan_cancel_one(jobs[0] if jobs else None, "-99")
    assert (planned.action, planned.reason) == ("none", "update job -99 has ended or is gone")
    assert planned.job == (jobs[0] if jobs else None)


@pytest.mark.parametrize(
    "decided",
    [
        lambda: plan.plan_cancel_one(job("IN_PROGRESS"), "-99"),
        lambda: plan.plan_cancel([job("PENDING", jobId="1"), job("IN_PROGRESS")], "-7"),
    ],
    ids=["one", "all"],
)
def test_what_cannot_be_cancelled_any_more_is_an_error(decided: Callable[[], plan.JobPlan]) -> None:
    with pytest.raises(StateError, match="can no longer be cancelled, it is IN_PROGRESS") as caught:
        decided()
    assert caught.value.details["job"]["job_id"] == "-99"


def test_a_named_job_of_another_type_is_left_alone() -> None:
    with pytest.raises(StateError, match="updates SYNTHETIC, not the ActiveGate"):
        plan.plan_cancel_one(job("PENDING", updateType="SYNTHETIC"), "-99")


def test_one_job_is_cancelled_and_so_are_all() -> None:
    first, second = job("PENDING", jobId="1"), job("SCHEDULED", jobId="2", cancelable=True)
    assert plan.plan_cancel_one(second, "2").replaces == (second,)
    planned = plan.plan_cancel([first, second], "-7")
    assert (planned.job, planned.replaces, planned.reason) == (first, (first, second), "running: 1, 2")


@pytest.mark.parametrize(
    ("jobs", "newest"),
    [
        ([], None),
        ([job("SUCCEED", ended=5, jobId="1"), job("FAILED", ended=4, jobId="2")], "2"),
        ([job("SUCCEED", ended=0, jobId="1"), job("PENDING", jobId="2")], "2"),
        ([job("SUCCEED", ended=5, jobId="1"), job("SUCCEED", ended=0, jobId="2", updateType="SYNTHETIC")], "1"),
    ],
)
def test_the_newest_job(jobs: list[Job], newest: str | None) -> None:
    found = plan.newest_job(jobs)
    assert (found.id if found else None) == newest


@pytest.mark.parametrize(
    ("past", "was_updated"),
    [
        (job("SUCCEED", ended=5), True),
        (job("SUCCEED", HIGHER, ended=5), True),
        (job("SUCCEED", LOWER, ended=5), False),
        (job("FAILED", ended=5), False),
        (job("PENDING"), False),
        (job("SUCCEED", ended=5, updateType="SYNTHETIC"), False),
    ],
)
def test_whether_a_job_has_brought_the_target(past: Job, was_updated: bool) -> None:
    assert plan.was_updated([job("FAILED", ended=1), past], TARGET) is was_updated


# Waiting


@pytest.mark.parametrize("state", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_a_bad_end_is_told_with_the_jobs_text(state: str) -> None:
    assert "exit code 1" in str(plan.failure(job(state, ended=0, error="installer: exit code 1")))
    assert "no error text" in str(plan.failure(job(state, ended=0)))


@pytest.mark.parametrize("state", ["PENDING", "SCHEDULED", "IN_PROGRESS", "SUCCEED", "A_NEW_ONE"])
def test_no_failure_otherwise(state: str) -> None:
    assert plan.failure(job(state)) is None


def test_an_end_in_an_unknown_state_is_a_failure() -> None:
    assert plan.failure(job("A_NEW_ONE", ended=0)) is not None


@pytest.mark.parametrize(
    ("gate", "target_of_job", "target", "has_arrived"),
    [
        (replace(GATE, version=GOAL), GOAL, TARGET, True),
        (replace(GATE, version=HIGHER), GOAL, TARGET, True),
        (replace(GATE, version=GOAL, is_online=False), GOAL, TARGET, False),
        (GATE, GOAL, TARGET, False),
        (None, GOAL, TARGET, False),
        (replace(GATE, version=GOAL), HIGHER, TARGET, False),
        (replace(GATE, version=LOWER), LOWER, TARGET, True),
        (replace(GATE, version=GOAL), "latest", TARGET, True),
        (replace(GATE, version=LOWER), "latest", TARGET, False),
        (GATE, "latest", LATEST, False),
        (replace(GATE, version=LOWER), "latest", LATEST, True),
        (replace(GATE, update_status="UP2DATE"), "latest", LATEST, True),
        (replace(GATE, version=LOWER, is_online=False), "latest", LATEST, False),
    ],
)
def test_when_it_has_arrived(gate: ActiveGate | None, target_of_job: str, target: Target, has_arrived: bool) -> None:
    assert plan.has_arrived(gate, job("SUCCEED", target_of_job, ended=0), target) is has_arrived


def test_what_is_known_of_one_that_the_api_knows_or_does_not() -> None:
    there = SeenActiveGate("-7", TARGET, replace(GATE, version=GOAL, is_online=True)).known
    assert plan.already_there(there, TARGET) == f"{GATE.title} has version {GOAL} already"
    away = SeenActiveGate("-7", TARGET, None).known
    assert (away.id, away.version, away.is_online) == ("-7", None, False)
    assert plan.already_there(away, TARGET) is None
