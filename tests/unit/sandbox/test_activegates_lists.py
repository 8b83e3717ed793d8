# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of update jobs: timeframes, filters, order."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from tests.sandbox.activegates.timeframe import moment
from tests.sandbox.errors import ApiError
from tests.unit.sandbox.test_activegates import CONTAINER, FIRST, THIRD, WINDOWS, World, violation

NOW = int(datetime(2026, 3, 31, 15, 45, 50, 500000, timezone.utc).timestamp() * 1000)  # a Tuesday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1620419177047", "2021-05-07T20:26:17.047"),
        ("2021-01-25T05:57:01.123+01:00", "2021-01-25T04:57:01.123"),
        ("2021-01-25 05:57:01.123-0130", "2021-01-25T07:27:01.123"),
        ("2021-01-25T05:57:01Z", "2021-01-25T05:57:01.000"),
        ("2021-01-25 05:57", "2021-01-25T05:57:00.000"),
        ("2021-01-25T05:57+02:00", "2021-01-25T03:57:00.000"),
        ("now", "2026-03-31T15:45:50.500"),
        ("now-0m", "2026-03-31T15:45:50.500"),
        ("now-90m", "2026-03-31T14:15:50.500"),
        ("now-2h", "2026-03-31T13:45:50.500"),
        ("now-31d", "2026-02-28T15:45:50.500"),
        ("now-1w", "2026-03-24T15:45:50.500"),
        ("now-1M", "2026-02-28T15:45:50.500"),
        ("now-15M", "2024-12-31T15:45:50.500"),
        ("now-1y", "2025-03-31T15:45:50.500"),
        ("now-1y/w", "2025-03-31T00:00:00.000"),
        ("now-0d/w", "2026-03-30T00:00:00.000"),
        ("now-1d/m", "2026-03-30T15:45:00.000"),
        ("now-1d/h", "2026-03-30T15:00:00.000"),
        ("now-1d/d", "2026-03-30T00:00:00.000"),
        ("now-1d/M", "2026-03-01T00:00:00.000"),
        ("now-1d/y", "2026-01-01T00:00:00.000"),
    ],
)
def test_moments(text: str, expected: str) -> None:
    found = datetime.fromtimestamp(moment(text, "from", NOW) / 1000, timezone.utc)
    assert found.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "now+1d",
        "now-1",
        "now-d",
        "now-1s",
        "now-1D",
        "now-1d/",
        "now-1d/s",
        "now/d",
        "now-9999y",
        "now-999999999d",
        "-1",
        "1.5",
        "2021-01-25",
        "2021-13-25T05:57",
        "2021-01-25T25:00",
        "2021-01-25T05:57:01 01:00",
    ],
)
def test_no_moments(text: str) -> None:
    with pytest.raises(ApiError) as caught:
        moment(text, "to", NOW)
    assert caught.value.status == 400


def types(found: list[Any]) -> list[Any]:
    return [one["updateType"] for one in found]


def with_jobs(world: World, path: str) -> list[Any]:
    """The ActiveGates of a list of all jobs that have some; the others are there with none, unless a variant leaves them out."""
    found = world.get(path)["allUpdateJobs"]
    some = [one for one in found if one["updateJobs"]]
    world.vary(job_list_all="left out")
    assert world.get(path)["allUpdateJobs"] == some
    world.vary(job_list_all="empty")
    assert len(found) > len(some)
    return some


def test_default_timeframes() -> None:
    world = World()
    assert types(world.jobs()) == ["SYNTHETIC", "REMOTE_PLUGIN_AGENT"]
    assert types(world.jobs(query="from=now-31d")) == ["SYNTHETIC", "REMOTE_PLUGIN_AGENT", "ACTIVE_GATE"]
    found = with_jobs(world, "/v2/activeGates/updateJobs")
    assert [(one["agId"], types(one["updateJobs"])) for one in found] == [
        (THIRD, ["REMOTE_PLUGIN_AGENT", "ACTIVE_GATE"]),
    ]
    found = with_jobs(world, "/v2/activeGates/updateJobs?from=now-1w")
    assert [(one["agId"], len(one["updateJobs"])) for one in found] == [(FIRST, 2), (THIRD, 3)]


def test_a_month_long_ago() -> None:
    world = World()
    (found,) = world.jobs(query="from=now-60d&to=now-30d")
    assert found["startVersion"] == "1.325.40.20251113-120001"
    assert violation(world, f"/v2/activeGates/{FIRST}/updateJobs?from=now-32d")["path"] == "from"
    assert violation(world, "/v2/activeGates/updateJobs?from=now-31d&to=now-0m/y")["path"] == "from"
    assert violation(world, "/v2/activeGates/updateJobs?from=now-1h&to=now-2h")["path"] == "from"
    assert violation(world, "/v2/activeGates/updateJobs?to=tomorrow")["path"] == "to"
    late = world.now - 31 * 86_400_000 - 1
    assert violation(world, f"/v2/activeGates/updateJobs?from={late}")["path"] == "from"


def test_running_jobs_count_by_their_creation_and_come_first() -> None:
    world = World(job_outcome="HANG")
    job = world.post()
    assert world.jobs()[0]["jobId"] == job["jobId"]
    world.wait(2 * 86_400)
    assert with_jobs(world, "/v2/activeGates/updateJobs") == []
    assert world.jobs()[0]["jobId"] == job["jobId"]
    assert job["jobId"] not in [one["jobId"] for one in world.jobs(query="to=now-3d")]
    assert [one["agId"] for one in with_jobs(world, "/v2/activeGates/updateJobs?from=now-3d")] == [
        FIRST,
        THIRD,
    ]


def test_newest_first() -> None:
    world = World()
    for target in ("1.330.51.20260127-110946", "1.344.20.20260929-152836", "latest"):
        world.post(target=target)
        world.wait(100)
    stamps = [one["timestamp"] for one in world.jobs(query="from=now-31d")]
    assert stamps == sorted(stamps, reverse=True)
    assert len(stamps) == 9


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("updateType=ACTIVE_GATE", 2),
        ("updateType=REMOTE_PLUGIN_AGENT", 1),
        ("updateType=Z_REMOTE", 0),
        ("lastUpdates=true", 2),
        ("lastUpdates=false", 3),
        # Its remote plugin agent is built on its own.
        ("startVersion=1.327.48", 1),
        ("startVersionCompareType=EQUAL&startVersion=1.327.55", 1),
        ("startVersionCompareType=GREATER&startVersion=1.327.55", 1),
        ("startVersionCompareType=GREATER_EQUAL&startVersion=1.327.55", 2),
        ("targetVersionCompareType=LOWER&targetVersion=1.344.20", 2),
        ("targetVersionCompareType=LOWER_EQUAL&targetVersion=1.344.20", 3),
        ("targetVersionCompareType=EQUAL&targetVersion=1.344.20&updateType=ACTIVE_GATE", 1),
    ],
)
def test_filters(query: str, count: int) -> None:
    assert len(World().jobs(THIRD, query)) == count


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("updateType=ACTIVEGATE", "updateType"),
        ("lastUpdates=1", "lastUpdates"),
        ("startVersionCompareType=EQUAL&startVersion=1.327", "startVersion"),
        ("startVersion=1.327", "startVersion"),
        ("targetVersionCompareType=SAME&targetVersion=1.2.3", "targetVersionCompareType"),
    ],
)
@pytest.mark.parametrize("path", [f"{FIRST}/updateJobs", "updateJobs"])
def test_bad_filters(path: str, query: str, name: str) -> None:
    assert violation(World(), f"/v2/activeGates/{path}?{query}")["path"] == name


def test_a_type_that_is_null_matches_no_type() -> None:
    world = World()
    world.post(WINDOWS)
    assert len(world.jobs(WINDOWS)) == 1
    assert world.jobs(WINDOWS, "updateType=ACTIVE_GATE") == []
    world.wait(20)
    assert len(world.jobs(WINDOWS, "updateType=ACTIVE_GATE")) == 1


def test_without_jobs() -> None:
    world = World()
    assert world.get(f"/v2/activeGates/{CONTAINER}/updateJobs") == {"agId": CONTAINER, "updateJobs": []}
    world.get("/v2/activeGates/5/updateJobs", 404)


def test_what_a_skipped_job_says() -> None:
    found = World().jobs(THIRD, "updateType=ACTIVE_GATE")[0]
    assert (found["jobState"], found["updateMethod"]) == ("SKIPPED", "AUTOMATIC")
    assert found["error"].startswith("{collectorId=0x36148da2, installer=INSTALLER_SG")
    assert found["duration"] == 1_800_000
