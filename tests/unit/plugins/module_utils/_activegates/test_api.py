# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers that the sandbox does not give, from a server that plays a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import ActiveGateApi, from_cache
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import Target, VersionOffer
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part

from tests.support.module import run_in_process
from tests.support.server import Server, Step, reply

GOAL = "1.331.24.20260209-101500"
GATE = {"id": "7", "hostname": "ag", "version": "1.330.51.20260127-110946", "osType": "LINUX", "type": "ENVIRONMENT"}
TENANT = {"error": {"code": 404, "message": "failed to resolve tenant 1111", "constraintViolations": None}}
JOB = {"jobId": "-5", "jobState": "PENDING", "targetVersion": GOAL, "timestamp": None, "cancelable": True}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """They are over at once."""
    taken: list[float] = []
    monkeypatch.setattr(_clock, "sleep", taken.append)
    return taken


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


WRONG: list[Any] = [
    None,
    {},
    [],
    5,
    "text",
    True,
    {"jobState": "PENDING"},
    {"jobId": "5"},
    {"jobId": None, "jobState": "PENDING"},
    {"jobId": {}, "jobState": "PENDING"},
    {"jobId": "5", "jobState": "PENDING", "timestamp": "soon"},
]


@pytest.mark.parametrize("body", WRONG, ids=repr)
def test_an_answer_without_a_job_is_as_good_as_lost(body: Any) -> None:
    jobs = {"agId": "7", "updateJobs": []}
    found = {"agId": "7", "updateJobs": [JOB]}
    steps = (reply(200, GATE), reply(200, jobs), reply(201, body), reply(200, GATE), reply(200, found))
    result, lines = play("activegate_update_job", *steps, activegate_id="7", target_version=GOAL)
    assert not result.get("failed"), result
    assert (result["changed"], result["job"]["job_id"], len(lines)) == (True, "-5", 5)


@pytest.mark.parametrize("body", WRONG, ids=repr)
def test_a_fleet_looks_for_a_job_that_no_answer_named(body: Any, pauses: list[float]) -> None:
    fleet = reply(200, {"activeGates": [GATE]})
    back = reply(200, {"activeGates": [{**GATE, "version": GOAL}]})
    none = reply(200, {"allUpdateJobs": []})
    ended = {**JOB, "jobState": "SUCCEED", "timestamp": 1, "updateType": "ACTIVE_GATE"}
    listed = reply(200, {"allUpdateJobs": [{"agId": 7, "updateJobs": [ended]}]})
    steps = (fleet, none, reply(201, body), back, listed)
    result, lines = play("activegate_update_jobs", *steps, activegate_ids=["7"], target_version=GOAL)
    assert not result.get("failed"), result
    assert (result["changed"], result["activegates"][0]["job_id"], len(lines)) == (True, "-5", 5)


@pytest.mark.parametrize("body", [None, {}, {"whatever": 1}, []], ids=repr)
def test_an_empty_answer_to_a_cancellation_is_success_and_so_is_any_other(body: Any) -> None:
    steps = (reply(200, {"updateJobs": [JOB]}), reply(204 if body is None else 200, body))
    result, lines = play("activegate_update_job", *steps, activegate_id="7", state="absent")
    assert (result["changed"], result["job"]["job_id"], len(lines)) == (True, "-5", 2)


GATES, ONE = "/api/v2/activeGates", "/api/v2/activeGates/7"
VERSIONS = "/api/v1/deployment/installer/gateway/versions/unix"


@pytest.mark.parametrize("body", [None, {}, [], 5, True, [None], {"activeGates": None}], ids=repr)
@pytest.mark.parametrize(
    ("module", "args", "before", "path"),
    [
        ("activegate_info", {}, (), GATES),
        ("activegate_info", {"activegate_id": "7"}, (), ONE),
        ("activegate_update_job_info", {}, (), f"{GATES}/updateJobs"),
        ("activegate_update_job_info", {"activegate_id": "7"}, (), f"{ONE}/updateJobs"),
        ("activegate_update_job_info", {"activegate_id": "7", "job_id": "5"}, (), f"{ONE}/updateJobs/5"),
        ("activegate_update_job", {"activegate_id": "7", "target_version": GOAL}, (), ONE),
        ("activegate_update_job", {"activegate_id": "7", "target_version": GOAL}, (GATE,), f"{ONE}/updateJobs"),
        ("activegate_update_job", {"activegate_id": "7", "target_version": "latest"}, (GATE,), VERSIONS),
        ("activegate_update_job", {"activegate_id": "7", "state": "absent"}, (), f"{ONE}/updateJobs"),
        ("activegate_update_jobs", {"activegate_ids": ["7"], "target_version": GOAL}, (), GATES),
        (
            "activegate_update_jobs",
            {"activegate_ids": ["7"], "target_version": GOAL},
            ({"activeGates": [GATE]},),
            f"{GATES}/updateJobs",
        ),
    ],
)
def test_an_answer_of_another_shape_is_an_error_and_never_nothing(
    module: str, args: dict[str, Any], before: tuple[Any, ...], path: str, body: Any
) -> None:
    result, lines = play(module, *(reply(200, given) for given in before), reply(200, body), **args)
    assert result["failed"]
    assert result["changed"] is False
    assert "was expected" in result["msg"]
    assert result["error"]["url"].endswith(path)
    assert len(lines) == len(before) + 1


@pytest.mark.parametrize("rows", [[None], [5], [{"jobState": "PENDING"}], {}, "x"], ids=repr)
def test_rows_of_another_shape(rows: Any) -> None:
    for module, args, body in (
        ("activegate_update_job_info", {"activegate_id": "7"}, {"updateJobs": rows}),
        ("activegate_update_job_info", {}, {"allUpdateJobs": [{"agId": "7", "updateJobs": rows}]}),
        ("activegate_update_job_info", {}, {"allUpdateJobs": rows}),
        ("activegate_info", {}, {"activeGates": rows}),
    ):
        result, lines = play(module, reply(200, body), **args)
        assert (result["failed"], "was expected at" in result["msg"], len(lines)) == (True, True, 1)


def test_ids_may_come_as_numbers() -> None:
    number, job = {**GATE, "id": -7}, {**JOB, "jobId": -9223372036854775807}
    steps = (reply(200, number), reply(200, {"updateJobs": [job]}))
    result, _unused = play("activegate_update_job", *steps, activegate_id="-7", target_version=GOAL)
    assert (result["changed"], result["job"]["job_id"]) == (False, "-9223372036854775807")
    result, _unused = play(
        "activegate_update_job_info", reply(200, {"allUpdateJobs": [{"agId": -7, "updateJobs": [job]}]})
    )
    assert [(row["activegate_id"], row["job_id"]) for row in result["jobs"]] == [("-7", "-9223372036854775807")]
    result, _unused = play("activegate_info", reply(200, {"activeGates": [number]}))
    assert result["activegates"] == [{**GATE, "id": "-7"}]


def test_rows_of_a_cache() -> None:
    found = from_cache([GATE])
    assert found is not None
    assert [gate.id for gate in found] == ["7"]
    assert from_cache([]) == []
    wrong: tuple[Any, ...] = (None, {}, 5, [None], [{"hostname": "x"}])
    for rows in wrong:
        assert from_cache(rows) is None


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


class Recorder:
    """A client that notes what it is asked, and answers with ``answer``."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    def get(self, path: str, params: Any, read: Any) -> Any:
        self.asked.append(("GET", path, params))
        if isinstance(self.answer, Exception):
            raise self.answer
        return read(Part(self.answer))

    def post(self, path: str, body: Any, read: Any, params: Any = None, is_read: bool = False) -> Any:
        self.asked.append(("POST", path, body, is_read))
        return read(Part(self.answer))

    def delete(self, path: str) -> None:
        self.asked.append(("DELETE", path))


def recorded(answer: Any) -> tuple[ActiveGateApi, list[Any]]:
    client = Recorder(answer)
    return ActiveGateApi(client), client.asked  # type: ignore[arg-type]


MONTH = {"from": "now-31d"}
LISTED, ALL = (
    {"updateJobs": [JOB]},
    {"allUpdateJobs": [{"agId": 7, "updateJobs": [JOB]}, {"agId": "8", "updateJobs": []}]},
)


@pytest.mark.parametrize("query", [{}, {"from": "now-1d"}])
def test_lists_of_jobs_go_back_a_month_unless_users_filter(query: dict[str, str]) -> None:
    api, asked = recorded(LISTED)
    assert [job.id for job in api.jobs("-7")] == [job.id for job in api.jobs("-7", query)] == ["-5"]
    assert asked == [("GET", "/v2/activeGates/-7/updateJobs", given) for given in (MONTH, query)]
    api, asked = recorded(ALL)
    found = api.all_jobs()
    assert {activegate_id: [job.id for job in jobs] for activegate_id, jobs in found.items()} == {"7": ["-5"], "8": []}
    assert found["7"][0].activegate_id == "7"
    api.all_jobs(query)
    assert asked == [("GET", "/v2/activeGates/updateJobs", given) for given in (MONTH, query)]


def test_what_is_written_and_what_is_only_validated() -> None:
    api, asked = recorded(JOB)
    job = api.create_job("-7", GOAL)
    api.validate_job("-7", GOAL)
    api.cancel_job(job)
    path, body = "/v2/activeGates/-7/updateJobs", {"targetVersion": GOAL}
    assert asked == [
        ("POST", path, body, False),
        ("POST", f"{path}/validator", body, True),
        ("DELETE", f"{path}/-5"),
    ]


@pytest.mark.parametrize(("message", "is_absent"), [("no such thing", True), ("failed to resolve tenant 1", False)])
def test_what_404_means(message: str, is_absent: bool) -> None:
    refusal = ApiError("m", "GET", "u", 404, message)
    api, _unused = recorded(refusal)
    if is_absent:
        assert (api.activegate("7"), api.job("7", "5"), api.jobs("7")) == (None, None, [])
    calls: list[Callable[[], Any]] = [api.activegates, api.all_jobs]
    if not is_absent:
        calls += [lambda: api.activegate("7"), lambda: api.job("7", "5"), lambda: api.jobs("7")]
    for call in calls:
        with pytest.raises(ApiError) as caught:
            call()
        assert caught.value is refusal


@pytest.mark.parametrize(
    ("os_type", "architecture", "path", "params"),
    [
        ("LINUX", "X86", "unix", {"arch": "all"}),
        ("LINUX", "ARM", "unix", {"arch": "arm64"}),
        ("LINUX", "S390", "unix", {"arch": "s390"}),
        ("LINUX", "PPCLE", "unix", {}),
        ("WINDOWS", None, "windows", {}),
    ],
)
def test_what_is_on_offer_is_read_once_for_a_system(os_type: str, architecture: Any, path: str, params: Any) -> None:
    api, asked = recorded({"availableVersions": [GOAL]})
    gate = ActiveGate("7", os_type=os_type, architecture=architecture)
    assert api.offer(gate) == api.offer(replace(gate, id="8")) == VersionOffer((GOAL,))
    assert api.resolved(Target("1.331"), gate) == Target("1.331", GOAL)
    assert asked == [("GET", f"/v1/deployment/installer/gateway/versions/{path}", params)]


def test_a_full_version_needs_no_offer() -> None:
    api, asked = recorded(None)
    target = Target(GOAL, GOAL)
    assert (api.resolved(target, ActiveGate("7")), asked) == (target, [])


@pytest.mark.parametrize(("status", "is_borne"), [(403, True), (404, True), (401, False), (500, False)])
def test_an_offer_that_cannot_be_read(status: int, is_borne: bool) -> None:
    refusal = ApiError("m", "GET", "u", status, "")
    api, _unused = recorded(refusal)
    gate = ActiveGate("7", os_type="LINUX")
    if is_borne:
        assert api.offer(gate) == VersionOffer(None, f"the versions on offer cannot be read (status {status})")
    else:
        with pytest.raises(ApiError):
            api.offer(gate)
