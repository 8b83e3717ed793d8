# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""activegate_update_job against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import ActiveGateApi
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part, document

from tests.sandbox.app import Options
from tests.support.module import run_in_process, run_module
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.support.under_test import ModuleUnderTest

MODULE = "activegate_update_job"
LINUX, WINDOWS, SECOND, NEWEST, CONTAINER, CLUSTER = (
    "1730152904",
    "-1284619327",
    "907316642",
    "-412870955",
    "1402338871",
    "351977264",
)
OLD = "1.329.73.20260119-140102"
LOWER = "1.330.102.20260203-083017"
GOAL = "1.331.24.20260209-101500"
LATEST = "1.346.47.20261104-091530"
GATE = f"GET /v2/activeGates/{LINUX}"
JOBS = f"{GATE}/updateJobs"
POST = f"POST /v2/activeGates/{LINUX}/updateJobs"
VALIDATE = f"{POST}/validator"
VERSIONS = "GET /v1/deployment/installer/gateway/versions/unix"
FOREVER = {"job_outcome": "HANG_PENDING"}


CALLS = ModuleUnderTest(
    MODULE, {"activegate_id": LINUX}, ("changed", "action", "diff", "reason", "target_version", "replaced_job_ids")
)
run, fail = CALLS.run, CALLS.fail


def waited(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    return run(sandbox, **{"target_version": GOAL, "wait": True, "poll_interval": 0.01, "wait_timeout": 10, **args})


def wait_fails(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    return fail(sandbox, **{"target_version": GOAL, "wait": True, "poll_interval": 0.01, "wait_timeout": 10, **args})


def both(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it, and what the prediction rested on."""
    predicted, real = CALLS.both(sandbox, **args)
    if predicted["job"] is not None:
        assert list(predicted["job"]) == list(real["job"])
        # Only the server knows the id, and what latest is when the module does not.
        known = {"job_id": 0, **({"target_version": 0} if real["target_version"] == "latest" else {})}
        assert {**predicted["job"], **known} == {**real["job"], **known}
    return {**real, "validated": predicted["validated"]}


def unchanged(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    result = both(sandbox, **{"target_version": GOAL, **args})
    assert (result["changed"], result["action"]) == (False, "none")
    assert result["validated"] == "none"
    assert sandbox.writes == []
    return result


def api(sandbox: RunningSandbox, method: str, path: str, body: Any = None) -> Any:
    """What somebody else does."""
    headers = {"Authorization": f"Api-Token {TOKEN}"}
    answer = requests.request(method, f"{sandbox.url}/api/v2{path}", json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json() if answer.content else None


def start(sandbox: RunningSandbox, version: str = LOWER, activegate_id: str = LINUX) -> str:
    """Another's job; its id."""
    job = api(sandbox, "POST", f"/activeGates/{activegate_id}/updateJobs", {"targetVersion": version})
    sandbox.clear()
    return str(job["jobId"])


def jobs(sandbox: RunningSandbox, activegate_id: str = LINUX) -> list[dict[str, Any]]:
    """Those that were made since the start."""
    found = sandbox.state.activegates._jobs
    found.advance()
    return [found.view(job) for job in found.of(activegate_id) if job.method == "ON_DEMAND"]


def first_job(sandbox: RunningSandbox) -> str:
    """The id of the module's job, as soon as there is one. Only looks, for it runs beside the module."""
    while True:
        for job in list(sandbox.state.activegates._jobs._jobs.get(LINUX, [])):
            if job.method == "ON_DEMAND":
                return job.id
        time.sleep(0.005)


@pytest.fixture
def stopped(sandbox: RunningSandbox) -> Callable[[float], None]:
    """Time stands still in the sandbox; a call lets some seconds pass."""
    clock = sandbox.state.clock
    clock.speed = 0

    def passes(seconds: float) -> None:
        clock._started += seconds

    return passes


# An update


def test_an_outdated_activegate_gets_a_job(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    result = both(sandbox, target_version=GOAL)
    assert (result["changed"], result["action"], result["validated"]) == (True, "create", "server")
    assert sandbox.sent == [GATE, JOBS, POST]
    assert result["job"]["job_id"] == jobs(sandbox)[0]["jobId"]
    assert result["job"]["target_version"] == result["target_version"] == GOAL
    assert result["activegate"] == {
        "id": LINUX,
        "hostname": "ag-linux-01.example.com",
        "version": OLD,
        "online": True,
        "auto_update_status": "OUTDATED",
    }
    assert result["diff"] == {
        "before": {"version": OLD, "update_job": None},
        "after": {"version": OLD, "update_job": {"state": "PENDING", "target_version": GOAL}},
        "before_header": f"ActiveGate {LINUX} (ag-linux-01.example.com)",
        "after_header": f"ActiveGate {LINUX} (ag-linux-01.example.com)",
    }


def test_check_mode_sends_the_same_payload_to_the_validator(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = []
    post = Client.post

    def recording(self: Client, path: str, body: Any, *args: Any, **options: Any) -> Any:
        bodies.append(body)
        return post(self, path, body, *args, **options)

    monkeypatch.setattr(Client, "post", recording)
    sandbox.variants(**FOREVER)
    run(sandbox, check=True, target_version=GOAL)
    assert sandbox.sent == [GATE, JOBS, VALIDATE]
    run(sandbox, target_version=GOAL)
    assert bodies == [{"targetVersion": GOAL}] * 2


@pytest.mark.parametrize("version", ["1.331.99.20260209-101500", "9.9.9.20990101-000000"])
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("status", [400, 404])
def test_whether_a_full_version_exists_is_for_the_server_to_say(
    sandbox: RunningSandbox, version: str, check: bool, status: int
) -> None:
    sandbox.variants(post_unknown_version=status)
    result = fail(sandbox, check=check, target_version=version)
    assert result["error"]["status"] == status
    assert f"Version {version} is not available" in result["msg"]
    assert VERSIONS not in sandbox.sent
    assert result["changed"] is False


def test_jobs_are_asked_for_a_month_back_and_of_all_types(sandbox: RunningSandbox) -> None:
    run(sandbox, target_version=GOAL)
    asked = next(one for one in sandbox.state.requests if one["path"].endswith("updateJobs") and one["method"] == "GET")
    assert asked["query"] == {"from": "now-31d"}


@pytest.mark.parametrize("number", [-1284619327, "-1284619327"])
def test_a_negative_id_works_as_text_and_as_yaml_reads_it(sandbox: RunningSandbox, number: Any) -> None:
    assert run(sandbox, activegate_id=number, target_version=GOAL)["changed"]
    assert sandbox.writes == [f"POST /v2/activeGates/{WINDOWS}/updateJobs"]


# What the target stands for


@pytest.mark.parametrize(
    ("activegate_id", "target", "version", "system"),
    [
        (LINUX, "latest", LATEST, ("unix", "all")),
        (LINUX, "1.331", "1.331.60.20260212-174455", ("unix", "all")),
        (LINUX, "1.330", LOWER, ("unix", "all")),
        (LINUX, "1.331.24", GOAL, ("unix", "all")),
        (LINUX, "1", LATEST, ("unix", "all")),
        (WINDOWS, "latest", "1.346.9.20261028-120411", ("windows", "all")),
        (SECOND, "1.331.60", "1.331.60.20260212-174455", ("unix", "all")),
    ],
)
def test_latest_and_prefixes_become_a_full_version(
    sandbox: RunningSandbox, activegate_id: str, target: str, version: str, system: tuple[str, str]
) -> None:
    sandbox.variants(**FOREVER)
    result = both(sandbox, activegate_id=activegate_id, target_version=target)
    assert result["changed"]
    assert result["target_version"] == result["job"]["target_version"] == version
    asked = next(one for one in sandbox.state.requests if "/versions/" in one["path"])
    assert (asked["path"].rsplit("/", 1)[1], asked["query"]["arch"]) == system
    assert len(sandbox.sent) == 4
    unchanged(sandbox, activegate_id=activegate_id, target_version=target)


def test_the_configured_target_version_does_not_count(sandbox: RunningSandbox) -> None:
    sandbox.variants(configured_target_version="1.345", **FOREVER)
    assert run(sandbox, target_version="latest")["target_version"] == LATEST
    assert not any("metainfo" in line for line in sandbox.sent)


@pytest.mark.parametrize(
    ("os_type", "architecture", "asked"),
    [
        ("LINUX", "ARM", ("unix", {"arch": "arm64"})),
        ("LINUX", "S390", ("unix", {"arch": "s390"})),
        ("WINDOWS", "X86", ("windows", {"arch": "all"})),
        ("LINUX", "PPCLE", ("unix", {})),
        ("LINUX", None, ("unix", {})),
    ],
)
def test_each_system_has_its_own_versions(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, os_type: str, architecture: Any, asked: Any
) -> None:
    looked_up = []

    def recording(self: Client, path: str, params: Any, read: Any) -> Any:
        if "/versions/" in path:
            looked_up.append((path.rsplit("/", 1)[1], params or {}))
            return read(Part({"availableVersions": [GOAL]}))
        if not path.endswith(LINUX):
            return get(self, path, params, read)
        gate = get(self, path, params, document)
        return read(Part({**gate, "osType": os_type, "osArchitecture": architecture}))

    get = Client.get
    monkeypatch.setattr(Client, "get", recording)
    assert run(sandbox, target_version="latest")["target_version"] == GOAL
    assert looked_up == [asked]


@pytest.mark.parametrize("target", ["1.33", 1.33, "1.3", "1.331.6", "3"])
def test_a_prefix_without_a_build_says_to_quote(sandbox: RunningSandbox, target: Any) -> None:
    result = fail(sandbox, target_version=target)
    assert f"no ActiveGate version {target} is available for LINUX X86" in result["msg"]
    assert "quote versions" in result["msg"]
    assert LATEST in result["msg"]
    assert sandbox.writes == []


def test_a_prefix_whose_builds_are_gone_stays_reached(sandbox: RunningSandbox) -> None:
    sandbox.state.activegates._fleet.get(LINUX).version = "1.327.55.20251211-131511"
    unchanged(sandbox, target_version="1.327")


# Without the scope for versions


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("echo", ["resolved", "latest"])
def test_unresolved_latest_is_left_to_the_server(
    sandbox: RunningSandbox, stopped: Callable[[float], None], status: int, echo: str
) -> None:
    sandbox.variants(job_echo_latest=echo, restart_shows="old_version", job_type_known="ended")
    sandbox.fault(kind="status", path="/versions/", status=status, times=100)
    result = both(sandbox, target_version="latest")
    assert (result["changed"], result["target_version"]) == (True, "latest")
    assert sandbox.sent == [GATE, VERSIONS, JOBS, POST]
    assert len(result["warnings"]) == 1
    assert "InstallerDownload" in str(result["warnings"])
    assert "UP2DATE" in str(result["warnings"])
    for seconds in (0, 15, 46, 5):  # pending, in progress, restarting, still
        stopped(seconds)
        result = unchanged(sandbox, target_version="latest")
        assert len(result["warnings"]) == 1
        assert result["job"]["job_id"] is not None
    stopped(15)
    result = unchanged(sandbox, target_version="latest")
    assert "UP2DATE" in result["reason"]
    assert sandbox.sent == [GATE, VERSIONS]


def test_unresolved_latest_is_waited_for(sandbox: RunningSandbox) -> None:
    for echo, activegate_id in (("latest", LINUX), ("resolved", WINDOWS)):
        sandbox.variants(job_echo_latest=echo, restart_shows="old_version")
        sandbox.fault(kind="status", path="/versions/", status=403, times=1)
        result = waited(sandbox, activegate_id=activegate_id, target_version="latest")
        assert (result["changed"], result["activegate"]["auto_update_status"]) == (True, "UP2DATE")


@pytest.mark.parametrize("status", [403, 404])
def test_a_prefix_without_the_scope_is_an_error_that_names_it(sandbox: RunningSandbox, status: int) -> None:
    sandbox.fault(kind="status", path="/versions/", status=status, times=9)
    result = fail(sandbox, target_version="1.331")
    assert "InstallerDownload" in result["msg"]
    assert "fleet-management:activegates:download" in result["msg"]
    assert sandbox.sent == [GATE, VERSIONS]


def test_a_full_version_needs_no_such_scope() -> None:
    tokens = {TOKEN: ["activeGates.read", "activeGates.write"], "dt0c01.READER.X": ["activeGates.read"]}
    with running(Options(tokens=tokens, speed=1000)) as sandbox:
        assert run(sandbox, target_version=GOAL, check=True)["changed"]
        assert fail(sandbox, target_version="1.331")["changed"] is False
        assert "warnings" in run(sandbox, target_version="latest", check=True)
        result = fail(sandbox, target_version=GOAL, check=True, api_token="dt0c01.READER.X")
        assert (result["error"]["status"], "activeGates.write" in result["msg"]) == (403, True)


def test_a_platform_address_without_the_deployment_api(sandbox: RunningSandbox) -> None:
    result = run_in_process(
        MODULE,
        {
            "environment_url": sandbox.url,
            "platform_token": "dt0s16.SANDBOX.X",
            "activegate_id": LINUX,
            "target_version": "latest",
        },
        check=True,
    )
    assert not result.get("failed"), result
    assert result["changed"]


# Nothing to do, and the window of a restart


@pytest.mark.parametrize(
    ("activegate_id", "target"), [(NEWEST, "latest"), (NEWEST, GOAL), (LINUX, OLD), (NEWEST, LATEST), (LINUX, "1.329")]
)
def test_the_installed_version_will_do(sandbox: RunningSandbox, activegate_id: str, target: str) -> None:
    result = unchanged(sandbox, activegate_id=activegate_id, target_version=target)
    assert result["job"] is None
    assert len(sandbox.sent) == (1 if target.count(".") == 3 else 2)
    assert ("newer than" in result["reason"]) is (activegate_id == NEWEST and target == GOAL)


@pytest.mark.parametrize(
    ("shows", "type_known", "companion"),
    [
        ("offline", "started", "REMOTE_PLUGIN_AGENT"),
        ("missing", "ended", "REMOTE_PLUGIN_AGENT"),
        ("missing", "started", "none"),
        ("old_version", "ended", "none"),
    ],
)
@pytest.mark.parametrize("target", [GOAL, "1.331.24", "latest"])
def test_a_second_run_at_any_moment_changes_nothing(
    sandbox: RunningSandbox, stopped: Callable[[float], None], shows: str, type_known: str, companion: str, target: str
) -> None:
    sandbox.variants(restart_shows=shows, job_type_known=type_known, job_companion=companion)
    first = both(sandbox, target_version=target)
    moments = ((0, "PENDING"), (9, "PENDING"), (2, "IN_PROGRESS"), (50, "SUCCEED"), (13, "SUCCEED"))
    for seconds, state in moments:
        stopped(seconds)
        result = unchanged(sandbox, target_version=target)
        assert result["job"]["job_id"] == first["job"]["job_id"]
        assert result["job"]["job_state"] == state
    stopped(20)
    assert unchanged(sandbox, target_version=target)["activegate"]["version"] == first["target_version"]
    assert len(jobs(sandbox)) == 1


def test_after_the_settle_time_a_new_job_is_made(sandbox: RunningSandbox, stopped: Callable[[float], None]) -> None:
    sandbox.variants(restart_shows="old_version", restart_seconds=1_000_000)
    run(sandbox, target_version=GOAL)
    stopped(70)
    unchanged(sandbox)
    # The sandbox knows its version by now, and refuses; what counts is that the module asked again.
    assert "has version" in fail(sandbox, target_version=GOAL, settle_time=0)["error"]["message"]


@pytest.mark.parametrize("higher", [LATEST, "latest"])
def test_a_running_job_with_a_higher_target_will_do(sandbox: RunningSandbox, higher: str) -> None:
    sandbox.variants(job_echo_latest="latest", **FOREVER)
    job_id = start(sandbox, higher)
    result = unchanged(sandbox)
    assert result["job"]["job_id"] == job_id
    assert sandbox.sent == [GATE, JOBS]


def test_an_unknown_activegate_is_a_clear_error(sandbox: RunningSandbox) -> None:
    result = fail(sandbox, activegate_id="12", target_version=GOAL)
    assert "there is no ActiveGate 12" in result["msg"]
    assert "activegate_info" in result["msg"]
    assert sandbox.sent == ["GET /v2/activeGates/12", "GET /v2/activeGates/12/updateJobs"]


@pytest.mark.parametrize(("activegate_id", "said"), [(CLUSTER, "cluster"), (CONTAINER, "image")])
@pytest.mark.parametrize("target", ["latest", "1.300.1.20200101-000000", GOAL])
def test_cluster_and_container_are_an_error_before_anything_is_sent(
    sandbox: RunningSandbox, activegate_id: str, said: str, target: str
) -> None:
    result = fail(sandbox, activegate_id=activegate_id, target_version=target)
    assert said in result["msg"]
    assert sandbox.sent == [f"GET /v2/activeGates/{activegate_id}"]


# A running job with a lower target


def test_by_default_a_lower_running_job_is_an_error(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    job_id = start(sandbox)
    for check in (True, False):
        result = fail(sandbox, target_version=GOAL, check=check)
        assert result["job"]["job_id"] == job_id
        assert "on_running" in result["msg"]
        assert result["changed"] is False
    assert sandbox.writes == []


def test_adopt_leaves_it_alone(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    job_id = start(sandbox)
    assert unchanged(sandbox, on_running="adopt")["job"]["job_id"] == job_id


def test_adopt_with_wait_follows_it_and_fails_below_the_target(sandbox: RunningSandbox) -> None:
    job_id = start(sandbox)
    result = wait_fails(sandbox, on_running="adopt")
    assert "was left alone and has ended" in result["msg"]
    assert (result["job"]["job_id"], result["job"]["job_state"]) == (job_id, "SUCCEED")
    assert result["activegate"]["version"] == LOWER
    assert (result["changed"], result["action"]) == (False, "none")
    assert sandbox.writes == []


@pytest.mark.parametrize("in_progress", [False, True])
@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
@pytest.mark.parametrize("accepts", [400, 409, "accept"])
def test_replace_cancels_and_makes_a_new_one(
    sandbox: RunningSandbox, stopped: Callable[[float], None], in_progress: bool, after: str, accepts: Any
) -> None:
    sandbox.variants(job_after_delete=after, job_in_progress_cancelable=in_progress, post_while_running=accepts)
    job_id = start(sandbox)
    if in_progress:
        stopped(11)
    result = both(sandbox, target_version=GOAL, on_running="replace")
    assert (result["changed"], result["action"], result["replaced_job_ids"]) == (True, "create", [job_id])
    assert result["validated"] == ("server" if accepts == "accept" else "local")
    assert sandbox.sent == [GATE, JOBS, VERSIONS, f"DELETE /v2/activeGates/{LINUX}/updateJobs/{job_id}", POST]
    assert result["diff"]["before"]["update_job"]["id"] == job_id
    assert result["diff"]["after"]["update_job"] == {"state": "PENDING", "target_version": GOAL}
    assert [job["targetVersion"] for job in jobs(sandbox) if job["timestamp"] is None] == [GOAL]
    unchanged(sandbox, on_running="replace")


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("check", [True, False])
def test_replace_cannot_cancel_a_job_that_is_in_progress(
    sandbox: RunningSandbox, stopped: Callable[[float], None], status: int, check: bool
) -> None:
    sandbox.variants(post_while_running=status)
    job_id = start(sandbox)
    stopped(11)
    result = fail(sandbox, target_version=GOAL, on_running="replace", check=check)
    assert f"update job {job_id}" in result["msg"]
    assert "can no longer be cancelled" in result["msg"]
    assert result["error"]["status"] == status
    assert not any(line.startswith("DELETE") for line in sandbox.sent)
    assert result["changed"] is False
    assert len(sandbox.sent) == 4


def test_replace_with_a_server_that_takes_a_second_job(
    sandbox: RunningSandbox, stopped: Callable[[float], None]
) -> None:
    sandbox.variants(post_while_running="accept")
    start(sandbox)
    stopped(11)
    assert run(sandbox, target_version=GOAL, on_running="replace")["replaced_job_ids"] == []


@pytest.mark.parametrize("check", [True, False])
def test_nothing_is_cancelled_for_a_version_that_does_not_exist(sandbox: RunningSandbox, check: bool) -> None:
    sandbox.variants(**FOREVER)
    start(sandbox)
    result = fail(sandbox, target_version="1.346.99.20270101-000000", on_running="replace", check=check)
    assert "is not cancelled" in result["msg"]
    assert sandbox.writes == []


def test_a_cancelled_job_is_reported_when_the_new_one_is_refused(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    job_id = start(sandbox)
    sandbox.fault(kind="status", path="/versions/", status=403)
    result = fail(sandbox, target_version="1.346.99.20270101-000000", on_running="replace")
    assert result["error"]["status"] == 400
    assert (result["changed"], result["action"], result["replaced_job_ids"]) == (True, "cancel", [job_id])
    assert jobs(sandbox) == []


def test_a_job_that_begins_just_before_it_is_cancelled_stays(
    sandbox: RunningSandbox, stopped: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(sandbox)
    read = ActiveGateApi.jobs

    def late(self: ActiveGateApi, activegate_id: str, query: Any = None) -> Any:
        found = read(self, activegate_id)
        stopped(11)
        return found

    monkeypatch.setattr(ActiveGateApi, "jobs", late)
    result = fail(sandbox, target_version=GOAL, on_running="replace")
    assert "can no longer be cancelled" in result["msg"]
    assert result["changed"] is False


# Others at the same time


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(("version", "is_same"), [(GOAL, True), (LATEST, True), (LOWER, False)])
def test_somebody_else_is_faster(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, status: int, check: bool, version: str, is_same: bool
) -> None:
    sandbox.variants(post_while_running=status, **FOREVER)
    post, theirs = Client.post, []

    def late(self: Client, *args: Any, **options: Any) -> Any:
        theirs.append(start(sandbox, version))
        return post(self, *args, **options)

    monkeypatch.setattr(Client, "post", late)
    if is_same:
        result = run(sandbox, target_version=GOAL, check=check)
        assert (result["changed"], result["action"]) == (False, "none")
    else:
        result = fail(sandbox, target_version=GOAL, check=check)
        assert "set on_running" in result["msg"]
    assert result["job"]["job_id"] == theirs[0]
    assert len(jobs(sandbox)) == 1


def test_somebody_is_faster_after_a_job_was_cancelled(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox.variants(**FOREVER)
    job_id, post, theirs = start(sandbox), Client.post, []

    def late(self: Client, *args: Any, **options: Any) -> Any:
        theirs.append(start(sandbox, GOAL))
        return post(self, *args, **options)

    monkeypatch.setattr(Client, "post", late)
    result = run(sandbox, target_version=GOAL, on_running="replace")
    assert (result["changed"], result["action"], result["replaced_job_ids"]) == (True, "cancel", [job_id])
    assert result["job"]["job_id"] == theirs[0]
    assert result["diff"]["before"]["update_job"]["id"] == job_id
    assert result["diff"]["after"]["update_job"]["id"] == theirs[0]


# Lost answers and other faults


@pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_lost_answer_makes_one_job_and_is_a_change(sandbox: RunningSandbox, kind: str, times: int) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind=kind, method="POST", path="updateJobs$", times=times)
    result = run(sandbox, target_version=GOAL)
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["job"]["job_id"] == jobs(sandbox)[0]["jobId"]
    assert len(jobs(sandbox)) == 1
    assert result["diff"]["before"]["update_job"] is None
    assert result["diff"]["after"]["update_job"] == {"state": "PENDING", "target_version": GOAL}


def test_a_lost_answer_whose_job_is_listed_late_is_still_a_change(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind="reset_after", method="POST", path="updateJobs$")
    read, blind = ActiveGateApi.jobs, [True, True]
    monkeypatch.setattr(ActiveGateApi, "jobs", lambda self, one: [] if blind and blind.pop() else read(self, one))
    result = run(sandbox, target_version=GOAL)
    assert sandbox.sent == [GATE, POST, GATE, POST, GATE, JOBS]
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["job"]["job_id"] == jobs(sandbox)[0]["jobId"]


def test_a_server_error_after_a_write_is_looked_into(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind="status", method="POST", path="updateJobs$", status=500)
    assert run(sandbox, target_version=GOAL)["changed"]
    assert sandbox.sent == [GATE, JOBS, POST, GATE, JOBS, POST]
    assert len(jobs(sandbox)) == 1


@pytest.mark.parametrize("status", [502, 504])
def test_what_may_come_late_is_not_sent_again(sandbox: RunningSandbox, pauses: list[float], status: int) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind="status", method="POST", path="updateJobs$", status=status)
    result = fail(sandbox, target_version=GOAL)
    assert sandbox.sent == [GATE, JOBS, POST] + [GATE, JOBS] * (len(sandbox.sent) // 2 - 1)
    looks = pauses[1:]  # the first is the back-off after any lost answer
    assert looks[:4] == [1, 2, 4, 8]
    assert sum(looks) == pytest.approx(120, abs=0.5)
    assert "may still come: run the task again" in result["msg"]
    assert result["msg"].count("Whether") == 1
    assert (result["changed"], "action" in result) == (False, False)
    assert result["error"]["unknown"] == [f"an update job to version {GOAL} was created for ActiveGate {LINUX}"]
    assert run(sandbox, target_version=GOAL)["changed"]
    assert len(jobs(sandbox)) == 1


def test_what_comes_late_is_found(
    sandbox: RunningSandbox, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind="status", method="POST", path="updateJobs$", status=504)

    def slept(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            start(sandbox, GOAL)

    monkeypatch.setattr(_clock, "sleep", slept)
    result = run(sandbox, target_version=GOAL)
    assert (result["changed"], result["action"]) == (True, "create")
    assert [result["job"]["job_id"]] == [job["jobId"] for job in jobs(sandbox)]
    assert result["diff"]["before"]["update_job"] is None
    assert len(pauses) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_throttled_write_is_sent_again(sandbox: RunningSandbox, status: int) -> None:
    sandbox.variants(**FOREVER)
    sandbox.fault(kind="status", method="POST", status=status, times=2, headers={"Retry-After": "0"})
    assert run(sandbox, target_version=GOAL)["changed"]
    assert sandbox.sent == [GATE, JOBS, POST, POST, POST]


def test_a_lost_answer_is_waited_for_as_well(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="reset_after", method="POST", path="updateJobs$")
    result = waited(sandbox)
    assert (result["changed"], result["job"]["job_state"], result["activegate"]["version"]) == (True, "SUCCEED", GOAL)


def test_an_answer_that_stays_lost_is_an_error(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="reset_before", method="POST", times=99)
    result = fail(sandbox, target_version=GOAL, retries=2)
    unknown = f"an update job to version {GOAL} was created for ActiveGate {LINUX}"
    assert result["msg"].endswith(f". Whether {unknown} is unknown")
    assert (result["changed"], result["error"]["unknown"], result["error"]["done"]) == (False, [unknown], [])
    assert sandbox.sent == [GATE, JOBS, POST] * 3 + [GATE, JOBS]  # one last look


@pytest.mark.parametrize("method", ["DELETE", "POST"])
@pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
def test_lost_answers_while_a_job_is_replaced(sandbox: RunningSandbox, method: str, kind: str, after: str) -> None:
    sandbox.variants(job_after_delete=after, **FOREVER)
    job_id = start(sandbox)
    sandbox.fault(kind=kind, method=method, path="updateJobs")
    result = run(sandbox, target_version=GOAL, on_running="replace")
    assert (result["changed"], result["action"], result["replaced_job_ids"]) == (True, "create", [job_id])
    assert result["diff"]["before"]["update_job"]["id"] == job_id
    assert [job["targetVersion"] for job in jobs(sandbox) if job["timestamp"] is None] == [GOAL]


@pytest.mark.parametrize("status", [502, 504])
def test_a_cancellation_may_be_sent_again_at_once(sandbox: RunningSandbox, pauses: list[float], status: int) -> None:
    sandbox.variants(**FOREVER)
    job_id = start(sandbox)
    delete = f"DELETE /v2/activeGates/{LINUX}/updateJobs/{job_id}"
    sandbox.fault(kind="status", method="DELETE", status=status)
    result = run(sandbox, target_version=GOAL, on_running="replace")
    assert sandbox.writes == [delete, delete, POST]
    assert sum(pauses) < 1
    assert (result["action"], result["replaced_job_ids"]) == ("create", [job_id])


FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "500": {"kind": "status", "status": 500},
    "502": {"kind": "status", "status": 502},
    "503": {"kind": "status", "status": 503},
    "401": {"kind": "status", "status": 401},
    "403": {"kind": "status", "status": 403},
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "truncated": {"kind": "truncate"},
    "a page": {"kind": "html", "status": 200},
    "slow": {"kind": "slow", "seconds": 0.3},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 1000], ids=["once", "from there on"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{LINUX}$"),
        ("GET", "updateJobs$"),
        ("DELETE", ""),
        ("POST", ""),
        ("after POST", ""),
        ("after DELETE", ""),
    ],
)
def test_no_fault_is_lied_about(
    sandbox: RunningSandbox,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    times: int,
    method: str,
    path: str,
) -> None:
    """A job is replaced. Whatever happens: the wanted state, or a failure that is true; and the next run brings it."""
    sandbox.variants(**FOREVER)
    old = start(sandbox)
    kind = {**FAULTS[fault], "times": times}
    if method.startswith("after"):
        sandbox.fault(kind="reset_after", method=method[6:])
        sandbox.fault(**{**kind, "method": "GET", "path": r"updateJobs$"})
        take, first = sandbox.state.faults.take, [JOBS.replace("GET /", "GET /api/")]

        def later(asked: str, at: str) -> Any:
            if f"{asked} {at}" in first:
                return first.clear()
            return take(asked, at)

        monkeypatch.setattr(sandbox.state.faults, "take", later)
    else:
        sandbox.fault(**{**kind, "method": method, "path": path})
    args: dict[str, Any] = {"target_version": GOAL, "on_running": "replace", "retries": 1, "timeout": 0.2}
    result = sandbox.run(MODULE, activegate_id=LINUX, **args)
    if fault == "slow":
        time.sleep(0.4)
    there = {job["jobId"]: job["targetVersion"] for job in jobs(sandbox)}
    created = [job_id for job_id in there if job_id != old]
    written = int(old not in there) + len(created)
    if result.get("failed"):
        error = result["error"]
        assert result["changed"] is bool(error["done"])
        assert len(error["done"]) <= written <= len(error["done"]) + len(error["unknown"])
        assert all(text in result["msg"] for text in (*error["done"], *error["unknown"]))
    else:
        assert (result["changed"], result["action"], result["replaced_job_ids"]) == (True, "create", [old])
        assert created == [result["job"]["job_id"]]
    sandbox.state.faults.clear()
    again = sandbox.run(MODULE, activegate_id=LINUX, **{**args, "timeout": 10})
    assert not again.get("failed"), again
    assert [job["targetVersion"] for job in jobs(sandbox)] == [GOAL]
    assert again["changed"] is (not created)


# Cancelling


@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.parametrize("waiting", ["PENDING", "SCHEDULED"])
def test_absent_cancels(sandbox: RunningSandbox, after: str, by_id: bool, waiting: str) -> None:
    sandbox.variants(job_after_delete=after, job_waiting_state=waiting, **FOREVER)
    job_id = start(sandbox)
    options = {"state": "absent", **({"job_id": job_id} if by_id else {})}
    result = both(sandbox, **options)
    assert (result["changed"], result["action"], result["validated"]) == (True, "cancel", "local")
    assert result["job"]["job_id"] == job_id
    assert sandbox.sent == [
        f"{JOBS}/{job_id}" if by_id else JOBS,
        f"DELETE /v2/activeGates/{LINUX}/updateJobs/{job_id}",
    ]
    assert result["diff"]["after"] == {"update_job": None}
    assert unchanged(sandbox, **options)["target_version"] is None
    assert not [job for job in jobs(sandbox) if job["timestamp"] is None]


@pytest.mark.parametrize("by_id", [True, False])
@pytest.mark.parametrize("check", [True, False])
def test_absent_fails_when_it_is_too_late(
    sandbox: RunningSandbox, stopped: Callable[[float], None], by_id: bool, check: bool
) -> None:
    job_id = start(sandbox)
    stopped(11)
    result = fail(sandbox, state="absent", check=check, **({"job_id": job_id} if by_id else {}))
    assert "can no longer be cancelled" in result["msg"]
    assert result["job"]["job_id"] == job_id
    assert sandbox.writes == []


@pytest.mark.parametrize(
    "args", [{}, {"job_id": "-5"}, {"activegate_id": "12"}, {"activegate_id": "12", "job_id": "-5"}]
)
def test_absent_changes_nothing_when_nothing_runs(sandbox: RunningSandbox, args: dict[str, Any]) -> None:
    unchanged(sandbox, state="absent", **args)
    assert len(sandbox.sent) == 1


def test_absent_changes_nothing_when_the_job_has_ended(
    sandbox: RunningSandbox, stopped: Callable[[float], None]
) -> None:
    job_id = start(sandbox)
    stopped(100)
    assert unchanged(sandbox, state="absent", job_id=job_id)["job"]["job_state"] == "SUCCEED"
    unchanged(sandbox, state="absent")


@pytest.mark.parametrize("status", [400, 409])
@pytest.mark.parametrize(("seconds", "is_over"), [(11, False), (100, True)])
def test_a_job_that_moves_on_just_before_it_is_cancelled(
    sandbox: RunningSandbox,
    stopped: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    seconds: float,
    is_over: bool,
) -> None:
    sandbox.variants(delete_not_cancelable=status)
    start(sandbox)
    delete = Client.delete

    def late(self: Client, *args: Any) -> Any:
        stopped(seconds)
        return delete(self, *args)

    monkeypatch.setattr(Client, "delete", late)
    result = run(sandbox, state="absent") if is_over else fail(sandbox, state="absent")
    assert result["changed"] is False
    assert is_over or "can no longer be cancelled" in result["msg"]


@pytest.mark.parametrize("kind", ["reset_after", "reset_before", "status"])
@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
@pytest.mark.parametrize("by_id", [True, False])
def test_a_lost_answer_to_a_cancellation(sandbox: RunningSandbox, kind: str, after: str, by_id: bool) -> None:
    sandbox.variants(job_after_delete=after, **FOREVER)
    job_id = start(sandbox)
    sandbox.fault(kind=kind, method="DELETE", path="updateJobs", status=502)
    result = run(sandbox, state="absent", **({"job_id": job_id} if by_id else {}))
    assert (result["changed"], result["action"]) == (True, "cancel")
    assert (result["job"]["job_id"], result["job"]["job_state"]) == (job_id, "PENDING")
    assert not [job for job in jobs(sandbox) if job["timestamp"] is None]


@pytest.mark.parametrize("args", [{"state": "absent"}, {"target_version": GOAL, "on_running": "replace"}])
def test_a_cancellation_whose_answers_stay_lost_claims_nothing(sandbox: RunningSandbox, args: dict[str, Any]) -> None:
    sandbox.variants(**FOREVER)
    job_id = start(sandbox)
    sandbox.fault(kind="reset_before", method="DELETE", times=99)
    result = fail(sandbox, retries=1, **args)
    unknown = f"update job {job_id} to version {LOWER} of ActiveGate {LINUX} was cancelled"
    assert f"Whether {unknown} is unknown" in result["msg"]
    assert result["error"]["unknown"] == [unknown]
    assert (result["changed"], "action" in result) == (False, False)


def test_only_the_activegates_own_update_is_cancelled(sandbox: RunningSandbox) -> None:
    sandbox.variants(job_type_known="started", job_outcome="HANG", job_in_progress_cancelable=True)
    job_id = start(sandbox)
    sandbox.state.activegates._jobs.find(LINUX, job_id).update_type = "SYNTHETIC"
    while jobs(sandbox)[0]["updateType"] is None:
        time.sleep(0.005)
    unchanged(sandbox, state="absent")
    assert "updates SYNTHETIC" in fail(sandbox, state="absent", job_id=job_id)["msg"]
    assert sandbox.writes == []


def test_all_running_updates_are_cancelled(sandbox: RunningSandbox) -> None:
    sandbox.variants(post_while_running="accept", **FOREVER)
    ids = {start(sandbox), start(sandbox, GOAL)}
    result = both(sandbox, state="absent")
    assert {line.rsplit("/", 1)[1] for line in sandbox.writes} == ids
    assert all(one in result["reason"] for one in ids)
    assert jobs(sandbox) == []


def test_a_cancellation_that_fails_halfway_says_what_was_done(sandbox: RunningSandbox) -> None:
    sandbox.variants(post_while_running="accept", **FOREVER)
    older, newer = start(sandbox), start(sandbox, GOAL)
    sandbox.fault(kind="status", method="DELETE", path=older, status=403)
    result = fail(sandbox, state="absent")
    assert (result["error"]["status"], result["changed"], result["action"]) == (403, True, "cancel")
    assert result["job"]["job_id"] == newer
    assert result["reason"] == f"cancelled: {newer}"
    assert [job["jobId"] for job in jobs(sandbox)] == [older]


# Waiting


@pytest.mark.parametrize(
    ("shows", "companion", "waiting"),
    [
        ("offline", "REMOTE_PLUGIN_AGENT", "PENDING"),
        ("missing", "REMOTE_PLUGIN_AGENT", "SCHEDULED"),
        ("old_version", "none", "PENDING"),
    ],
)
def test_a_wait_ends_when_the_activegate_is_back(
    sandbox: RunningSandbox, shows: str, companion: str, waiting: str
) -> None:
    sandbox.variants(restart_shows=shows, job_companion=companion, job_waiting_state=waiting, restart_seconds=400)
    result = waited(sandbox)
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["job"]["job_state"] == "SUCCEED"
    assert result["activegate"]["version"] == GOAL
    assert result["activegate"]["online"] is True
    job = f"{JOBS}/{result['job']['job_id']}"
    polls = sandbox.sent[3:]
    first = polls.index(GATE)
    assert polls == [job] * first + [GATE] * (len(polls) - first), "the ActiveGate is asked for only after the job"
    assert len(polls) - first > 1
    unchanged(sandbox)


@pytest.mark.parametrize("state", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_a_wait_fails_with_the_jobs_error_text(sandbox: RunningSandbox, state: str) -> None:
    sandbox.variants(job_outcome=state)
    result = wait_fails(sandbox)
    assert f"ended as {state}" in result["msg"]
    assert result["job"]["error"] in result["msg"]
    assert len(result["job"]["error"]) > 20
    assert (result["changed"], result["action"], result["job"]["job_state"]) == (True, "create", state)
    sandbox.variants(job_outcome="SUCCEED")
    assert waited(sandbox)["changed"], "it is tried again the next time"


@pytest.mark.parametrize(("outcome", "state"), [("HANG", "IN_PROGRESS"), ("HANG_PENDING", "PENDING")])
def test_a_wait_has_an_end(sandbox: RunningSandbox, outcome: str, state: str) -> None:
    sandbox.variants(job_outcome=outcome)
    began = time.monotonic()
    result = wait_fails(sandbox, wait_timeout=0.2, poll_interval=0.05)
    assert time.monotonic() - began < 2
    assert f"is still {state} after 0.2 seconds (wait_timeout)" in result["msg"]
    assert (result["changed"], result["action"], result["job"]["job_state"]) == (True, "create", state)
    assert ("of a group and network zone at a time" in result["msg"]) is (state == "PENDING")
    assert len(jobs(sandbox)) == 1


@pytest.mark.parametrize(
    ("shows", "said"),
    [
        ("missing", "has not come back"),
        ("offline", f"is offline with version {OLD}"),
        ("old_version", f"is online with version {OLD}"),
    ],
)
def test_a_wait_ends_when_the_activegate_does_not_come_back(sandbox: RunningSandbox, shows: str, said: str) -> None:
    sandbox.variants(restart_shows=shows, restart_seconds=1_000_000)
    result = wait_fails(sandbox, wait_timeout=0.4)
    assert "succeeded, but the ActiveGate" in result["msg"]
    assert said in result["msg"]
    assert result["job"]["job_state"] == "SUCCEED"
    result = wait_fails(sandbox, wait_timeout=0.05)
    assert (result["changed"], result["action"], said in result["msg"]) == (False, "none", True)


def test_no_time_to_wait_is_still_one_look(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    assert "still PENDING" in wait_fails(sandbox, wait_timeout=0)["msg"]


@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
def test_somebody_cancels_the_job_that_is_waited_for(sandbox: RunningSandbox, after: str) -> None:
    sandbox.variants(job_after_delete=after, **FOREVER)

    def cancel() -> None:
        job_id = first_job(sandbox)
        api(sandbox, "DELETE", f"/activeGates/{LINUX}/updateJobs/{job_id}")

    other = threading.Thread(target=cancel)
    other.start()
    result = wait_fails(sandbox)
    other.join()
    assert "cancelled" in result["msg"]
    assert result["changed"] is True
    assert result["job"]["job_id"] is not None


def test_a_running_job_is_waited_for(sandbox: RunningSandbox) -> None:
    for target, activegate_id in ((GOAL, LINUX), ("1.344.20.20260929-152836", WINDOWS)):
        job_id = start(sandbox, target, activegate_id)
        result = waited(sandbox, activegate_id=activegate_id)
        assert (result["changed"], result["job"]["job_id"], result["job"]["job_state"]) == (False, job_id, "SUCCEED")
        assert result["activegate"]["version"] == target


@pytest.mark.parametrize("shows", ["offline", "missing", "old_version"])
def test_a_restart_is_waited_for(sandbox: RunningSandbox, shows: str) -> None:
    sandbox.variants(restart_shows=shows, restart_seconds=400)
    start(sandbox, GOAL)
    while jobs(sandbox)[0]["jobState"] != "SUCCEED":
        time.sleep(0.005)
    result = waited(sandbox)
    assert (result["changed"], result["activegate"]["version"], result["activegate"]["online"]) == (False, GOAL, True)


def test_an_activegate_that_vanishes_with_its_jobs_is_borne(sandbox: RunningSandbox) -> None:
    sandbox.variants(job_running_seconds=100)

    def vanish() -> None:
        first_job(sandbox)
        sandbox.variants(fleet_missing=[LINUX])
        time.sleep(0.15)
        sandbox.variants(fleet_missing=[])

    other = threading.Thread(target=vanish)
    other.start()
    result = waited(sandbox)
    other.join()
    assert (result["changed"], result["job"]["job_state"], result["activegate"]["version"]) == (True, "SUCCEED", GOAL)
    assert 404 in [one["status"] for one in sandbox.state.requests]


def test_an_api_that_is_away_for_a_while_is_borne(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="reset_before", method="GET", path=r"updateJobs/-?\d+$", times=6)
    assert waited(sandbox, retries=1)["job"]["job_state"] == "SUCCEED"


def test_an_api_that_stays_away_is_named_when_the_time_is_up(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="status", status=503, method="GET", path=r"updateJobs/-?\d+$", times=10_000)
    result = wait_fails(sandbox, retries=0, wait_timeout=0.2)
    assert "The last request failed: GET" in result["msg"]
    assert (result["changed"], result["job"]["job_state"]) == (True, "PENDING")


def test_a_token_that_ends_during_the_wait_is_an_error_with_what_was_done(sandbox: RunningSandbox) -> None:
    sandbox.fault(kind="status", status=401, method="GET", path=r"updateJobs/-?\d+$", times=9)
    result = wait_fails(sandbox)
    assert result["error"]["status"] == 401
    assert (result["changed"], result["action"]) == (True, "create")
    assert result["job"]["job_id"] is not None


def test_check_mode_does_not_wait(sandbox: RunningSandbox) -> None:
    sandbox.variants(**FOREVER)
    assert run(sandbox, check=True, target_version=GOAL, wait=True)["changed"]
    start(sandbox, GOAL)
    assert run(sandbox, check=True, target_version=GOAL, wait=True)["changed"] is False


# Options


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"target_version": ""}, "needs target_version"),
        ({}, "target_version"),
        ({"target_version": "newest"}, "is not a version"),
        ({"target_version": "1.331.24.20260209"}, "is not a version"),
        ({"activegate_id": "", "target_version": GOAL}, "activegate_id is empty"),
        ({"activegate_id": "0x671fcf48", "target_version": GOAL}, "its decimal id is '1730137928'"),
        ({"activegate_id": "0xb36e4b01", "state": "absent"}, "its decimal id is '-1284617471'"),
        (
            {"activegate_id": "ENVIRONMENT_ACTIVE_GATE-000000005A34B668", "state": "absent"},
            "activegate_info lists them",
        ),
        ({"target_version": GOAL, "job_id": "5"}, "belongs to state=absent"),
        ({"target_version": GOAL, "wait_timeout": -1}, "wait_timeout must not be negative"),
        ({"target_version": GOAL, "settle_time": -1}, "settle_time must not be negative"),
        ({"target_version": GOAL, "poll_interval": 0}, "poll_interval must be more than 0"),
        ({"target_version": GOAL, "on_running": "cancel"}, "on_running"),
    ],
)
def test_what_cannot_be_right_is_refused_before_anything_is_sent(
    sandbox: RunningSandbox, args: dict[str, Any], said: str
) -> None:
    assert said in fail(sandbox, **args)["msg"]
    assert sandbox.sent == []


def test_in_a_process_of_its_own(sandbox: RunningSandbox) -> None:
    args = {"environment_url": sandbox.url, "api_token": TOKEN, "activegate_id": WINDOWS, "target_version": "latest"}
    result = run_module(MODULE, {**args, "wait": True, "poll_interval": 0.05})
    assert not result.get("failed"), result
    assert result["activegate"]["version"] == "1.346.9.20261028-120411"
    assert run_module(MODULE, args)["changed"] is False
