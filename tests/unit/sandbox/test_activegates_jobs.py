# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Update jobs: from the POST to the end, in simulated time, under each variant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.sandbox.test_activegates import CLUSTER, CONTAINER, FIRST, NEWEST, THIRD, WINDOWS, World

LATEST = "1.346.47.20261104-091530"
OLD = "1.329.73.20260119-140102"


def delete(world: World, job: Any, ag_id: str = FIRST) -> int:
    return world.call("DELETE", f"/v2/activeGates/{ag_id}/updateJobs/{job['jobId']}").status


def validate(world: World, ag_id: str = FIRST, target: Any = "latest") -> int:
    return world.call("POST", f"/v2/activeGates/{ag_id}/updateJobs/validator", {"targetVersion": target}).status


def test_a_job_from_begin_to_end() -> None:
    world = World()
    job = world.post(target=LATEST)
    assert list(job.items()) == [
        ("jobId", job["jobId"]),
        ("jobState", "PENDING"),
        ("updateMethod", None),
        ("updateType", None),
        ("cancelable", True),
        ("startVersion", OLD),
        ("targetVersion", LATEST),
        ("timestamp", None),
        ("agType", "ENVIRONMENT"),
        ("environments", ["abc12345"]),
        ("error", None),
        ("duration", None),
    ]
    assert world.gate()["autoUpdateStatus"] == "UPDATE_PENDING"
    world.wait(9)
    assert world.job(job) == job
    world.wait(2)
    running = world.job(job)
    assert (running["jobState"], running["updateMethod"], running["updateType"]) == (
        "IN_PROGRESS",
        "ON_DEMAND",
        "ACTIVE_GATE",
    )
    assert running["cancelable"] is False
    assert running["timestamp"] is None
    assert world.gate()["autoUpdateStatus"] == "UPDATE_IN_PROGRESS"
    assert world.gate()["version"] == OLD
    world.wait(50)
    ended = world.job(job)
    assert (ended["jobState"], ended["duration"], ended["error"]) == ("SUCCEED", 50_000, None)
    assert world.now - ended["timestamp"] in (999, 1000, 1001)
    world.wait(20)
    gate = world.gate()
    assert (gate["version"], gate["autoUpdateStatus"], gate["offlineSince"]) == (LATEST, "UP2DATE", None)


def test_it_makes_no_difference_how_often_one_looks() -> None:
    seldom, often = World(), World()
    often.sandbox.clock._started = seldom.sandbox.clock._started
    jobs = [(world, world.post()) for world in (seldom, often)]
    seldom.wait(100)
    for _second in range(100):
        often.wait(1)
        often.gate()
    assert seldom.job(jobs[0][1]) == often.job(jobs[1][1])


@pytest.mark.parametrize(
    ("shows", "online", "version"), [("offline", False, OLD), ("old_version", True, OLD), ("missing", None, None)]
)
def test_restart(shows: str, online: bool | None, version: str | None) -> None:
    world = World(restart_shows=shows, restart_seconds=30)
    job = world.post()
    world.wait(61)
    assert world.job(job)["jobState"] == "SUCCEED"
    if online is None:
        world.get(f"/v2/activeGates/{FIRST}", 404)
        assert FIRST not in world.ids()
    else:
        gate = world.gate()
        assert (gate["offlineSince"] is None, gate["version"]) == (online, version)
        assert gate["autoUpdateStatus"] == "OUTDATED"
    world.wait(30)
    assert (world.gate()["offlineSince"], world.gate()["version"]) == (None, LATEST)


@pytest.mark.parametrize("outcome", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_bad_ends(outcome: str) -> None:
    world = World(job_outcome={FIRST: outcome}, one_update_per_pool=False)
    bad, good = world.post(), world.post(THIRD)
    world.wait(80)
    ended = world.job(bad)
    assert (ended["jobState"], ended["cancelable"]) == (outcome, False)
    assert ended["error"]
    assert ended["timestamp"]
    assert world.gate()["version"] == OLD
    assert world.gate()["autoUpdateStatus"] == "OUTDATED"
    assert world.job(good, THIRD)["jobState"] == "SUCCEED"
    world.vary(job_outcome="SUCCEED")
    again = world.post()
    world.wait(80)
    assert world.job(again)["jobState"] == "SUCCEED"


@pytest.mark.parametrize(("outcome", "state"), [("HANG", "IN_PROGRESS"), ("HANG_PENDING", "PENDING")])
def test_hanging_jobs(outcome: str, state: str) -> None:
    world = World(job_outcome=outcome)
    job = world.post()
    world.wait(100_000)
    assert world.job(job)["jobState"] == state


def test_an_outcome_that_does_not_exist() -> None:
    assert "job_outcome" in World(job_outcome="DONE").post(status=400)["error"]["message"]


def test_durations() -> None:
    world = World(job_pending_seconds=100, job_running_seconds=1000)
    job = world.post()
    world.wait(99)
    assert world.job(job)["jobState"] == "PENDING"
    world.wait(1000)
    assert world.job(job)["jobState"] == "IN_PROGRESS"
    world.wait(2)
    assert world.job(job)["duration"] == 1_000_000


def test_one_at_a_time_in_a_pool() -> None:
    world = World()
    first, third, other = world.post(), world.post(THIRD), world.post(WINDOWS)
    world.wait(30)
    assert [world.job(first)["jobState"], world.job(third, THIRD)["jobState"]] == ["IN_PROGRESS", "PENDING"]
    assert world.job(other, WINDOWS)["jobState"] == "IN_PROGRESS"
    world.wait(35)
    assert [world.job(first)["jobState"], world.job(third, THIRD)["jobState"]] == ["SUCCEED", "IN_PROGRESS"]
    world.wait(50)
    ended = world.job(third, THIRD)
    assert ended["timestamp"] - world.job(first)["timestamp"] in (49_999, 50_000, 50_001)
    assert ended["duration"] == 50_000


def test_a_cancelled_job_makes_way_for_the_next() -> None:
    world = World(job_in_progress_cancelable=True, job_outcome={FIRST: "HANG"})
    first, third = world.post(), world.post(THIRD)
    world.wait(20)
    assert world.job(first)["cancelable"] is True
    assert delete(world, first) == 204
    world.wait(1)
    assert world.job(third, THIRD)["jobState"] == "IN_PROGRESS"


def test_without_pools() -> None:
    world = World(one_update_per_pool=False)
    jobs = [(ag_id, world.post(ag_id)) for ag_id in (FIRST, THIRD)]
    world.wait(30)
    assert [world.job(job, ag_id)["jobState"] for ag_id, job in jobs] == ["IN_PROGRESS"] * 2


def test_those_that_are_away_do_not_go_on() -> None:
    world = World(fleet_offline=[FIRST])
    job, third = world.post(), world.post(THIRD)
    world.wait(500)
    assert world.job(job)["jobState"] == "PENDING"
    assert world.job(third, THIRD)["jobState"] == "SUCCEED"
    world.vary(fleet_offline=[])
    world.wait(20)
    assert world.job(job)["jobState"] == "IN_PROGRESS"
    world.vary(fleet_missing=[FIRST])
    world.wait(500)
    world.get(f"/v2/activeGates/{FIRST}/updateJobs/{job['jobId']}", 404)
    world.vary(fleet_missing=[])
    world.wait(1)
    assert world.job(job)["jobState"] == "SUCCEED"


def test_cancel() -> None:
    world = World()
    job = world.post()
    assert delete(world, job, THIRD) == 404
    assert delete(world, {"jobId": "1"}) == 404
    assert delete(world, job) == 204
    world.get(f"/v2/activeGates/{FIRST}/updateJobs/{job['jobId']}", 404)
    assert delete(world, job) == 404
    assert world.gate()["autoUpdateStatus"] == "OUTDATED"
    world.wait(100)
    assert world.gate()["version"] == OLD
    assert world.post()["jobId"] != job["jobId"]


def test_a_cancelled_job_may_stay() -> None:
    world = World(job_after_delete="SKIPPED")
    job = world.post()
    assert delete(world, job) == 204
    assert (world.job(job)["jobState"], world.job(job)["timestamp"]) == ("SKIPPED", world.now)
    assert delete(world, job) == 400


@pytest.mark.parametrize("code", [400, 409])
def test_not_cancelable(code: int) -> None:
    world = World(delete_not_cancelable=code)
    job = world.post()
    world.wait(20)
    assert delete(world, job) == code
    world.wait(100)
    assert delete(world, job) == code


@pytest.mark.parametrize(
    ("ag_id", "target", "name"),
    [
        (FIRST, OLD, "post_same_version"),
        (NEWEST, "latest", "post_same_version"),
        (THIRD, "1.331.24.20260209-101500", "post_lower_version"),
        (FIRST, "1.999.0.20300101-000000", "post_unknown_version"),
        (WINDOWS, LATEST, "post_unknown_version"),
        (CONTAINER, "latest", "post_containerized"),
        (CLUSTER, "latest", "post_cluster"),
    ],
)
def test_refusals(ag_id: str, target: str, name: str) -> None:
    world = World()
    error = world.post(ag_id, target, 400)["error"]
    assert error["code"] == 400
    assert ag_id in error["message"]
    assert validate(world, ag_id, target) == 400
    world.vary(**{name: 404 if name == "post_unknown_version" else 409})
    assert validate(world, ag_id, target) in (404, 409)
    world.vary(**{name: "accept"})
    version = world.gate(ag_id)["version"]
    assert validate(world, ag_id, target) == 204
    job = world.post(ag_id, target)
    world.wait(100)
    expected = "SUCCEED" if "same" in name else "FAILED" if "version" in name else "SKIPPED"
    assert world.job(job, ag_id)["jobState"] == expected
    assert world.gate(ag_id)["version"] == version


def test_a_second_job() -> None:
    world = World()
    first = world.post(target="1.344.20.20260929-152836")
    assert validate(world) == 400
    assert first["jobId"] in world.post(status=400)["error"]["message"]
    world.vary(post_while_running=409)
    world.post(status=409)
    world.vary(post_while_running="accept")
    second = world.post()
    world.wait(70)
    assert world.job(second)["jobState"] == "IN_PROGRESS"
    world.wait(70)
    assert world.job(second)["jobState"] == "SUCCEED"
    assert world.gate()["version"] == LATEST


def test_unknown_activegate() -> None:
    world = World()
    world.post("5", status=404)
    world.vary(post_unknown_activegate=400)
    world.post("5", status=400)


@pytest.mark.parametrize("body", [{}, {"targetVersion": None}, {"targetVersion": 1.331}, [], "latest"])
def test_bad_bodies(body: Any) -> None:
    world = World()
    path = f"/v2/activeGates/{FIRST}/updateJobs"
    assert world.call("POST", path, body).status == 400
    assert world.call("POST", path + "/validator", body).status == 400


@pytest.mark.parametrize("target", ["", "1.331", "1.331.60", "LATEST", "1.331.60.20260212"])
def test_bad_targets(target: str) -> None:
    (found,) = World().post(target=target, status=400)["error"]["constraintViolations"]
    assert (found["path"], found["parameterLocation"]) == ("targetVersion", "PAYLOAD_BODY")


def test_the_validator_leaves_nothing() -> None:
    world = World()
    before = world.jobs()
    assert validate(world) == 204
    assert world.jobs() == before


@pytest.mark.parametrize(("echo", "expected"), [("resolved", LATEST), ("latest", "latest")])
def test_latest(echo: str, expected: str) -> None:
    world = World(job_echo_latest=echo)
    job = world.post()
    assert job["targetVersion"] == expected
    world.wait(100)
    assert world.job(job)["targetVersion"] == expected
    assert world.gate()["version"] == LATEST
    assert world.post(WINDOWS)["startVersion"] == "1.330.51.20260127-110946"
    world.wait(100)
    assert world.gate(WINDOWS)["version"] == "1.346.9.20261028-120411"
    assert world.gate(WINDOWS)["autoUpdateStatus"] == "UP2DATE"


def test_other_names_for_waiting_and_later_types() -> None:
    world = World(job_waiting_state="SCHEDULED", job_type_known="ended")
    job = world.post()
    assert job["jobState"] == "SCHEDULED"
    world.wait(20)
    assert (world.job(job)["jobState"], world.job(job)["updateType"]) == ("IN_PROGRESS", None)
    world.wait(50)
    assert world.job(job)["updateType"] == "ACTIVE_GATE"


@pytest.mark.parametrize(("companion", "extra"), [("REMOTE_PLUGIN_AGENT", 1), ("none", 0)])
def test_companion(companion: str, extra: int) -> None:
    world = World(job_companion=companion)
    job = world.post()
    world.wait(70)
    found = world.jobs(query="from=now-1h")
    assert len(found) == 1 + extra
    assert found[-1]["jobId"] == job["jobId"]
    assert [one["updateType"] for one in found[:-1]] == [companion] * extra
