# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""activegate_update_jobs against the sandbox: fleets that behave, and fleets that do not.

Time passes only while the module sleeps, for module and sandbox alike, so that tests take no time and their times are exact.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
import requests
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils import _clock
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.api import ActiveGateApi
from ansible_collections.community.dynatrace.plugins.module_utils._connection import Clients
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._module import Report, Road, carried_out
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress
from ansible_collections.community.dynatrace.plugins.modules.activegate_update_jobs import MODULE as DECLARED

from tests.sandbox.app import Options
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.support.under_test import ModuleUnderTest

MODULE = "activegate_update_jobs"
FLEET = "GET /v2/activeGates"
JOBS = "GET /v2/activeGates/updateJobs"
# The fleet is that of the sandbox: of 14 ActiveGates one is in a container, one a cluster's, and two have the newest version.
SIZE = 14
GOAL = "1.345.31.20261013-101244"
LOWER = "1.330.102.20260203-083017"
LATEST = "1.346.47.20261104-091530"
LINUX, WINDOWS, SECOND, NEWEST, CONTAINER, CLUSTER = (
    "1730152904",
    "-1284619327",
    "907316642",
    "-412870955",
    "1402338871",
    "351977264",
)
# A job of the sandbox takes a minute, and the restart after it a quarter of one.
JOB, RESTART = 60, 15


class Time:
    """The module's clock. ``events`` happen in the first pause that ends after their moment."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._clock = sandbox.state.clock
        self._clock.speed = 0
        self.begin = self._clock.now()
        self.events: list[tuple[float, Callable[[], None]]] = []
        self.watchers: list[Callable[[], None]] = []

    def time(self) -> float:
        return self._clock.now()

    @property
    def passed(self) -> float:
        return self.time() - self.begin

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self._clock._started += seconds
        for watch in self.watchers:
            watch()
        for event in [one for one in self.events if one[0] <= self.passed]:
            self.events.remove(event)
            event[1]()


@pytest.fixture(scope="module")
def _fleet() -> Iterator[RunningSandbox]:
    with running(Options(activegates=SIZE)) as found:
        yield found


@pytest.fixture
def fleet(_fleet: RunningSandbox) -> RunningSandbox:
    _fleet.state.reset()
    return _fleet


@pytest.fixture
def time(fleet: RunningSandbox) -> Iterator[Time]:
    passing = Time(fleet)
    with (
        mock.patch.object(_clock, "now", passing.time),
        mock.patch.object(_clock, "monotonic", passing.time),
        mock.patch.object(_clock, "sleep", passing.sleep),
    ):
        yield passing


def options(args: dict[str, Any]) -> dict[str, Any]:
    """It looks three times while an ActiveGate is updated: each look costs time."""
    chosen = {} if "activegate_ids" in args else {"selector": {}}
    return {"target_version": GOAL, "poll_interval": 25, "wait_timeout": 3600, **chosen, **args}


CALLS = ModuleUnderTest(MODULE)


def run(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    return CALLS.run(sandbox, check, **options(args))


def fail(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    return CALLS.fail(sandbox, check, **options(args))


def api(sandbox: RunningSandbox, method: str, path: str, body: Any = None) -> Any:
    """What somebody else does; not counted."""
    headers = {"Authorization": f"Api-Token {TOKEN}"}
    before = list(sandbox.state.requests)
    answer = requests.request(method, f"{sandbox.url}/api/v2{path}", json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    sandbox.state.requests[:] = before
    return answer.json() if answer.content else None


def start(sandbox: RunningSandbox, activegate_id: str, version: str) -> str:
    job = api(sandbox, "POST", f"/activeGates/{activegate_id}/updateJobs", {"targetVersion": version})
    return str(job["jobId"])


def made(sandbox: RunningSandbox) -> list[Any]:
    """All jobs that were made by a request, by the sandbox's own books, in order."""
    found = sandbox.state.activegates._jobs
    found.advance()
    every = [job for jobs in found._jobs.values() for job in jobs if job.method == "ON_DEMAND"]
    return sorted(every, key=lambda job: job.sequence)


def at_work(sandbox: RunningSandbox) -> int:
    return sum(not job.state for job in made(sandbox))


def ids(result: dict[str, Any], state: str) -> list[str]:
    return [one["id"] for one in result["activegates"] if one["state"] == state]


def row(result: dict[str, Any], activegate_id: str) -> dict[str, Any]:
    return next(one for one in result["activegates"] if one["id"] == activegate_id)


def posts(sandbox: RunningSandbox) -> list[str]:
    return [text.split("/")[3] for text in sandbox.writes if text.startswith("POST")]


def states(result: dict[str, Any]) -> dict[str, int]:
    return dict(Counter(one["state"] for one in result["activegates"]))


# A fleet that behaves


def test_a_fleet_is_updated_in_waves(fleet: RunningSandbox, time: Time) -> None:
    busy: list[int] = []
    time.watchers.append(lambda: busy.append(at_work(fleet)))
    result = run(fleet, batch=["1", "3", "50%"], order_by="hostname")
    assert (result["changed"], result["action"]) == (True, "create")
    waves = [one["activegate_ids"] for one in result["waves"]]
    size = len(result["activegates"])
    assert [len(one) for one in waves] == [1, 3, size // 2, size - 4 - size // 2]
    assert [one["wave"] for one in result["waves"]] == [1, 2, 3, 4]
    names = [one["hostname"] for one in result["activegates"]]
    assert names == sorted(names)
    assert states(result) == {"done": size}
    assert {one["version"] for one in result["activegates"]} == {GOAL}
    assert {one["online"] for one in result["activegates"]} == {True}
    assert result["summary"]["done"] == result["summary"]["fleet"] == size
    # One job each, in the order of the waves, and at most as many at a time as the wave is large.
    sent, begun = posts(fleet), 0
    for wave in waves:
        assert set(sent[begun : begun + len(wave)]) == set(wave)
        begun += len(wave)
    assert len(sent) == size == len(made(fleet))
    assert max(busy) <= size // 2
    assert {one["id"]: one["job_state"] for one in result["activegates"]} == dict.fromkeys(sent, "SUCCEED")


def test_a_wave_begins_when_the_one_before_is_back(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(one_update_per_pool=False, restart_seconds=200)
    run(fleet, batch=["1", "50%"])
    jobs = made(fleet)
    begun = sorted({job.created for job in jobs})
    for earlier, later in zip(begun, begun[1:], strict=False):
        back = max(job.ends + 200 for job in jobs if job.created == earlier)
        assert back <= later <= back + 30


@pytest.mark.parametrize("shows", ["offline", "missing", "old_version"])
def test_two_requests_a_look(fleet: RunningSandbox, time: Time, shows: str) -> None:
    fleet.variants(restart_shows=shows)
    run(fleet, target_version="1.345")
    reads = [text for text in fleet.sent if not text.startswith("POST")]
    versions = [text for text in reads if "installer" in text]
    looks = [text for text in reads if "installer" not in text]
    assert 1 < len(versions) <= 4, "what is on offer is read once for each system"
    assert looks == [FLEET, JOBS] * (len(looks) // 2)


def test_the_longer_nothing_moves_the_rarer_it_looks(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_pending_seconds=20_000)
    run(fleet, activegate_ids=[LINUX], poll_interval=30, wait_timeout=100_000)
    looks = fleet.sent.count(JOBS)
    assert time.passed < 20_065 * 1.1, "the end is seen in a tenth of the time"
    assert looks < 100, "at 30 seconds each there would be 670"
    assert fleet.sent.count(FLEET) == looks


@pytest.mark.parametrize("size", [6, 14])
def test_time_is_that_of_the_waves(fleet: RunningSandbox, time: Time, size: int) -> None:
    fleet.variants(one_update_per_pool=False)
    chosen = [gate.id for gate in fleet.state.activegates._fleet][:size]
    result = run(fleet, activegate_ids=chosen, poll_interval=1)
    assert time.passed <= result["summary"]["waves"] * (JOB + RESTART) * 1.15


def test_what_is_there_is_not_touched_again(fleet: RunningSandbox, time: Time) -> None:
    first = run(fleet)
    fleet.clear()
    begun = time.passed
    second = run(fleet)
    assert (second["changed"], second["action"]) == (False, "none")
    assert second["diff"]["before"] == second["diff"]["after"] == ""
    assert fleet.sent == [FLEET, JOBS]
    assert time.passed == begun
    assert {one["id"] for one in second["activegates"]} == {one["id"] for one in first["activegates"]}
    assert states(second) == states(first)


def test_what_was_not_updated_proves_nothing_and_takes_no_place(fleet: RunningSandbox, time: Time) -> None:
    """Somebody installed the newest version here; the first wave still is one ActiveGate that is updated."""
    args: dict[str, Any] = {
        "activegate_ids": [NEWEST, LINUX, SECOND],
        "target_version": "latest",
        "batch": ["1", "100%"],
    }
    result = run(fleet, **args)
    assert [one["activegate_ids"] for one in result["waves"]] == [[LINUX], [SECOND, NEWEST]]
    assert posts(fleet) == [LINUX, SECOND]
    again = run(fleet, **args)
    assert again["waves"] == result["waves"]


def test_check_mode_validates_every_job_and_shows_the_waves(fleet: RunningSandbox, time: Time) -> None:
    predicted = run(fleet, check=True, batch=["1", "25%"])
    assert fleet.writes == []
    validated = [text for text in fleet.sent if text.endswith("/validator")]
    assert len(validated) == len(set(validated)) == predicted["summary"]["fleet"]
    assert predicted["validated"] == "server"
    assert time.passed == 0
    real = run(fleet, batch=["1", "25%"])
    for key in ("changed", "action", "diff", "waves", "left_out"):
        assert predicted[key] == real[key], key
    assert set(predicted) - {"validated"} == set(real)
    again = run(fleet, check=True)
    assert (again["changed"], again["validated"]) == (False, "none")


def test_check_mode_fails_when_the_server_would_refuse_too_many(fleet: RunningSandbox, time: Time) -> None:
    result = fail(
        fleet, check=True, target_version="1.331.61.20260213-000000", activegate_ids=[LINUX, SECOND], max_failures="1"
    )
    assert "would refuse 2 of 2 jobs" in result["msg"]
    assert "is not available" in result["msg"]
    assert ids(result, "failed") == [LINUX, SECOND]
    result = run(
        fleet, check=True, target_version="1.331.61.20260213-000000", activegate_ids=[LINUX, SECOND], max_failures="2"
    )
    assert ids(result, "failed") == [LINUX, SECOND]
    assert "as max_failures allows" in str(result["warnings"])


@pytest.mark.parametrize(
    "variants",
    [
        {"job_echo_latest": "latest"},
        {"job_waiting_state": "SCHEDULED"},
        {"job_type_known": "ended"},
        {"job_list_all": "left out"},
        {"job_companion": "none"},
        {"one_update_per_pool": False},
        {"post_while_running": 409},
        {"post_same_version": "accept"},
    ],
    ids=str,
)
def test_what_nobody_knows_of_the_server_makes_no_difference(
    fleet: RunningSandbox, time: Time, variants: dict[str, Any]
) -> None:
    fleet.variants(**variants)
    result = run(fleet, target_version="latest")
    assert states(result) == {"done": result["summary"]["fleet"]}
    windows = {one["version"] for one in result["activegates"] if row(result, WINDOWS)["version"] == one["version"]}
    assert windows == {"1.346.9.20261028-120411"}
    assert row(result, LINUX)["version"] == LATEST
    assert len(made(fleet)) == len(set(posts(fleet))) == len(posts(fleet))
    assert run(fleet, target_version="latest")["changed"] is False


@pytest.mark.parametrize("echo", ["resolved", "latest"])
def test_latest_without_the_scope_of_the_versions(fleet: RunningSandbox, time: Time, echo: str) -> None:
    fleet.variants(job_echo_latest=echo)
    fleet.fault(kind="status", status=403, path="installer", times=100)
    result = run(fleet, target_version="latest")
    assert states(result) == {"done": result["summary"]["fleet"]}
    assert "latest is left to the server" in str(result["warnings"])
    assert row(result, LINUX)["version"] == LATEST
    assert run(fleet, target_version="latest")["changed"] is False
    assert "InstallerDownload" in fail(fleet, target_version="1.346")["msg"]


# Which ActiveGates


def test_what_cannot_be_updated_is_left_out_with_a_reason(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(fleet_offline=[SECOND])
    given = [LINUX, CLUSTER, CONTAINER, NEWEST, SECOND, LINUX]
    result = run(fleet, activegate_ids=given)
    assert [one["id"] for one in result["activegates"]] == [LINUX]
    reasons = {one["id"]: one["reason"] for one in result["left_out"]}
    assert list(reasons) == [CLUSTER, CONTAINER, NEWEST, SECOND]
    for activegate_id, said in {
        CLUSTER: "cluster ActiveGate",
        CONTAINER: "runs in a container",
        NEWEST: "is newer than",
        SECOND: "is offline",
    }.items():
        assert said in reasons[activegate_id]
    assert result["summary"]["left_out"] == 4
    assert posts(fleet) == [LINUX]
    assert len(result["warnings"]) == 1
    assert SECOND in str(result["warnings"])


@pytest.mark.parametrize(
    ("selector", "test"),
    [
        ({"groups": ["default", "windows"]}, lambda gate: gate.group in ("default", "windows")),
        ({"network_zones": ["eu-west"]}, lambda gate: gate.zone == "eu-west"),
        ({"os_type": "WINDOWS"}, lambda gate: gate.os_type == "WINDOWS"),
        ({"version_below": "1.330"}, lambda gate: gate.version.startswith(("1.327", "1.329"))),
        (
            {"hostnames": ["AG-000*", "ag-linux-0[12]*"]},
            lambda gate: gate.hostname[:6] == "ag-000" or gate.hostname[:5] == "ag-li",
        ),
        ({"update_statuses": ["UP2DATE"]}, lambda gate: False),
        (
            {"os_type": "LINUX", "network_zones": ["us-east"]},
            lambda gate: gate.os_type == "LINUX" and gate.zone == "us-east",
        ),
        ({"groups": []}, lambda gate: True),
    ],
    # The same in each worker: no address of a function in a name.
    ids=lambda one: None if callable(one) else str(one),
)
def test_a_selector(fleet: RunningSandbox, time: Time, selector: dict[str, Any], test: Callable[[Any], bool]) -> None:
    result = run(fleet, check=True, selector=selector)
    left_out = {one["id"] for one in result["left_out"]}
    expected = {gate.id for gate in fleet.state.activegates._fleet if test(gate)} - left_out
    assert {one["id"] for one in result["activegates"]} == expected
    if "update_statuses" not in selector:
        assert expected
        assert left_out <= {gate.id for gate in fleet.state.activegates._fleet if test(gate)}


def test_a_selector_that_fits_nothing_is_told(fleet: RunningSandbox, time: Time) -> None:
    result = run(fleet, selector={"groups": ["nobody"]})
    assert (result["changed"], result["activegates"], result["waves"]) == (False, [], [])
    assert f"fits none of the {SIZE}" in str(result["warnings"])
    assert run(fleet, activegate_ids=[])["summary"]["fleet"] == 0


def test_orders(fleet: RunningSandbox, time: Time) -> None:
    gates = {gate.id: gate for gate in fleet.state.activegates._fleet}

    def order(**args: Any) -> list[Any]:
        return [gates[one["id"]] for one in run(fleet, check=True, **args)["activegates"]]

    given = [SECOND, WINDOWS, LINUX]
    assert [gate.id for gate in order(activegate_ids=given)] == given
    assert [gate.id for gate in order(order_by="version", activegate_ids=given)] == [LINUX, WINDOWS, SECOND]
    assert [gate.id for gate in order(order_by="connected_hosts", activegate_ids=given)] == [WINDOWS, SECOND, LINUX]
    turns = [(gate.group, gate.zone, gate.type) for gate in order()]
    pools = len(set(turns))
    assert len(set(turns[:pools])) == pools, "one of each pool comes first"
    assert "choose another one" in fail(fleet, order_by="given")["msg"]


def test_a_system_without_the_version_is_left_out(fleet: RunningSandbox, time: Time) -> None:
    result = run(fleet, check=True, target_version="1.329")
    no_build = [one for one in result["left_out"] if "no ActiveGate version 1.329" in one["reason"]]
    systems = {
        gate.architecture for gate in fleet.state.activegates._fleet if gate.id in {one["id"] for one in no_build}
    }
    assert systems == {"ARM", "S390"}
    assert "no ActiveGate version 1.300" in fail(fleet, target_version="1.300")["msg"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"batch": []}, "batch is empty"),
        ({"batch": ["0"]}, "an empty wave"),
        ({"batch": ["1", "0%"]}, "an empty wave"),
        ({"batch": ["120%"]}, "more than the whole fleet"),
        ({"batch": ["one"]}, "neither a number"),
        ({"batch": ["-1"]}, "neither a number"),
        ({"wait": False}, "About wait: the module always waits until its last wave has ended"),
        ({"activegate_id": LINUX}, "About activegate_id: give activegate_ids, a list."),
        ({"max_failures": "1.5"}, "neither a number"),
        ({"pause": -1}, "pause must not be negative"),
        ({"wait_timeout": 0}, "wait_timeout must be more than 0"),
        ({"poll_interval": 0}, "poll_interval must be more than 0"),
        ({"parallel": 0}, "parallel must be from 1 to 32"),
        ({"target_version": "new"}, "is not a version"),
        ({"target_version": ""}, "target_version is empty"),
        ({"selector": {"version_below": "x"}}, "selector.version_below 'x' is not a version"),
        ({"selector": {"groups": ["a"]}, "activegate_ids": [LINUX]}, "mutually exclusive"),
        ({"activegate_ids": ["0x671fb088"]}, "its decimal id is"),
        ({"activegate_ids": ["ENVIRONMENT_ACTIVE_GATE-000000005A34B668"]}, "activegate_info lists them"),
    ],
    ids=str,
)
def test_what_was_given_wrong_is_an_error_before_anything_is_sent(
    fleet: RunningSandbox, args: dict[str, Any], said: str
) -> None:
    assert said in fail(fleet, **args)["msg"]
    assert fleet.sent == []


def test_an_unknown_id_is_an_error_before_anything_begins(fleet: RunningSandbox, time: Time) -> None:
    result = fail(fleet, activegate_ids=[LINUX, "4711", "-4712"])
    assert "there is no ActiveGate 4711, -4712" in result["msg"]
    assert result["changed"] is False
    assert fleet.writes == []


# Fleets that misbehave


@pytest.mark.parametrize("outcome", ["FAILED", "ROLLBACK", "SKIPPED"])
def test_it_stops_at_a_failure_and_goes_on_when_it_is_run_again(
    fleet: RunningSandbox, time: Time, outcome: str
) -> None:
    fleet.variants(job_outcome={WINDOWS: outcome, SECOND: "HANG_PENDING"})
    order = [NEWEST, WINDOWS, LINUX, SECOND, *(gate.id for gate in list(fleet.state.activegates._fleet)[7:12])]
    result = fail(fleet, activegate_ids=order, batch=["3", "2"])
    assert result["changed"] is True
    assert ids(result, "failed") == [WINDOWS]
    assert row(result, WINDOWS)["job_state"] == outcome
    assert row(result, WINDOWS)["reason"] in result["msg"]
    assert f"1 of {len(result['activegates'])} ActiveGates failed" in result["msg"]
    assert (ids(result, "done"), ids(result, "cancelled")) == ([LINUX], [SECOND])
    assert len(ids(result, "untouched")) == len(result["activegates"]) - 3
    assert at_work(fleet) == 0

    fleet.variants(job_outcome="SUCCEED")
    fleet.clear()
    again = run(fleet, activegate_ids=order, batch=["3", "2"])
    assert states(again) == {"done": len(again["activegates"])}
    assert LINUX not in posts(fleet)
    assert set(posts(fleet)) >= {WINDOWS, SECOND}
    assert again["waves"][0]["activegate_ids"][0] == LINUX, "what was updated takes the first places"


def test_what_is_in_progress_when_it_stops_is_followed_to_its_end(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_running_seconds=300)
    start(fleet, LINUX, GOAL)
    time.sleep(20)
    fleet.variants(job_running_seconds=50, job_outcome={WINDOWS: "FAILED"})
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS, SECOND], batch=["2"])
    assert (ids(result, "done"), ids(result, "failed"), ids(result, "untouched")) == ([LINUX], [WINDOWS], [SECOND])
    assert 310 + RESTART <= time.passed < 400


@pytest.mark.parametrize(
    ("most", "failing", "is_fine"), [("1", 1, True), ("1", 2, False), ("10%", 1, True), ("10%", 2, False)]
)
def test_how_many_may_fail(fleet: RunningSandbox, time: Time, most: str, failing: int, is_fine: bool) -> None:
    chosen = [one["id"] for one in run(fleet, check=True, order_by="hostname")["activegates"]]
    assert 10 <= len(chosen) < 20
    fleet.variants(job_outcome=dict.fromkeys(chosen[2 : 2 + failing], "FAILED"))
    args: dict[str, Any] = {"max_failures": most, "batch": ["1"], "order_by": "hostname"}
    if is_fine:
        result = run(fleet, **args)
        assert states(result) == {"done": len(chosen) - failing, "failed": failing}
        assert "as max_failures allows" in str(result["warnings"])
    else:
        result = fail(fleet, **args)
        assert states(result) == {"done": 2, "failed": failing, "untouched": len(chosen) - 2 - failing}


@pytest.mark.parametrize(("outcome", "left"), [("HANG", "running"), ("HANG_PENDING", "cancelled")])
def test_a_job_that_hangs_ends_with_the_time(fleet: RunningSandbox, time: Time, outcome: str, left: str) -> None:
    fleet.variants(job_outcome={LINUX: outcome})
    result = fail(fleet, activegate_ids=[WINDOWS, LINUX, SECOND], batch=["2"], wait_timeout=600)
    assert 600 <= time.passed <= 660
    assert "2 of 3 ActiveGates are not updated and back after 600 seconds (wait_timeout)" in result["msg"]
    assert (ids(result, "done"), ids(result, left), ids(result, "untouched")) == ([WINDOWS], [LINUX], [SECOND])
    assert at_work(fleet) == (1 if left == "running" else 0)


def test_jobs_that_were_made_last_are_cancelled_when_the_time_is_up(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_pending_seconds=1000)
    result = fail(fleet, activegate_ids=[WINDOWS, LINUX], batch=["1"], wait_timeout=1)
    assert ids(result, "cancelled") == [WINDOWS]
    assert at_work(fleet) == 0


@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_cancellation_whose_answer_is_lost(fleet: RunningSandbox, time: Time, kind: str, after: str) -> None:
    fleet.variants(job_outcome={WINDOWS: "FAILED", LINUX: "HANG_PENDING"}, job_after_delete=after)
    fleet.fault(kind=kind, method="DELETE", times=1)
    result = fail(fleet, activegate_ids=[WINDOWS, LINUX], batch=["2"])
    assert (ids(result, "failed"), ids(result, "cancelled")) == ([WINDOWS], [LINUX])
    assert at_work(fleet) == 0


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_a_job_whose_answer_is_lost_is_made_once(fleet: RunningSandbox, time: Time, kind: str) -> None:
    fleet.fault(kind=kind, method="POST", path=LINUX, times=1)
    result = run(fleet, activegate_ids=[LINUX, WINDOWS], batch=["2"])
    assert result["action"] == "create"
    assert states(result) == {"done": 2}
    assert [job.gate.id for job in made(fleet)].count(LINUX) == 1
    assert set(result["diff"]["before"]) == {
        one["reason"] and f"ActiveGate {one['id']} ({one['hostname']})" for one in result["activegates"]
    }


@pytest.mark.parametrize(("outcome", "state"), [("SUCCEED", "done"), ("FAILED", "failed")])
def test_a_job_whose_answer_is_lost_may_have_ended_at_the_next_look(
    fleet: RunningSandbox, time: Time, outcome: str, state: str
) -> None:
    """As when the API is reached through the ActiveGate. It was our job, and how it ended is how it ended."""
    fleet.variants(job_outcome=outcome)
    fleet.fault(kind="reset_after", method="POST", times=1)
    result = (run if state == "done" else fail)(fleet, activegate_ids=[LINUX], poll_interval=200)
    assert (result["changed"], result["action"]) == (True, "create")
    assert row(result, LINUX)["state"] == state
    assert row(result, LINUX)["job_id"] == str(made(fleet)[0].id)
    assert len(made(fleet)) == 1


def test_an_outage_at_the_end_of_the_time_names_what_is_left(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_outcome={SECOND: "HANG"})
    time.events.append((595, lambda: fleet.fault(kind="status", status=503, times=1000)))
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS, SECOND], wait_timeout=600, batch=["1"], retries=0)
    assert "1 of 3 ActiveGates are not updated and back after 600 seconds" in result["msg"]
    assert "The last request failed" in result["msg"]
    assert (ids(result, "done"), ids(result, "running")) == ([LINUX, WINDOWS], [SECOND])


def created(activegate_id: str, hostname: str = "ag-linux-01.example.com") -> str:
    """The journal's text."""
    return f"an update job to version {GOAL} was created for ActiveGate {activegate_id} ({hostname})"


@pytest.mark.parametrize("status", [502, 504])
def test_a_job_that_may_come_late_is_waited_for_and_not_made_twice(
    fleet: RunningSandbox, time: Time, status: int
) -> None:
    fleet.fault(kind="status", status=status, method="POST", path=LINUX)
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS])
    assert posts(fleet) == [LINUX]
    assert 120 <= time.passed <= 130
    assert "It was not there 120 seconds later and was not sent again, since it may still come" in result["msg"]
    assert row(result, LINUX)["reason"] in result["msg"]
    assert (ids(result, "failed"), ids(result, "untouched")) == ([LINUX], [WINDOWS])
    assert (result["changed"], result["error"]["unknown"], result["error"]["done"]) == (False, [created(LINUX)], [])
    again = run(fleet, activegate_ids=[LINUX, WINDOWS])
    assert states(again) == {"done": 2}
    assert [job.gate.id for job in made(fleet)] == [LINUX, WINDOWS]


def test_a_job_that_comes_late_is_followed(fleet: RunningSandbox, time: Time) -> None:
    fleet.fault(kind="status", status=504, method="POST", path=LINUX)
    time.events.append((95, lambda: start(fleet, LINUX, GOAL) and None))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"])
    assert states(result) == {"done": 2}
    assert posts(fleet) == [LINUX, WINDOWS]
    assert len(result["diff"]["after"]) == 2, "it counts as ours"
    assert made(fleet)[1].created >= made(fleet)[0].ends


def test_others_of_the_wave_go_on_beside_a_job_that_may_come_late(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(one_update_per_pool=False)
    fleet.fault(kind="status", status=504, method="POST", path=LINUX)
    result = run(fleet, activegate_ids=[LINUX, WINDOWS, SECOND], batch=["2"], max_failures="1")
    assert states(result) == {"failed": 1, "done": 2}
    assert "may still come" in str(result["warnings"])
    first, second = made(fleet)
    assert first.gate.id == WINDOWS
    assert second.created - first.created >= 110, "the next wave waits for what may come"


@pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
def test_a_lost_answer_and_looks_that_fail_are_not_taken_for_nothing(
    fleet: RunningSandbox, time: Time, kind: str
) -> None:
    """The job may exist, whatever it takes until somebody can look."""
    fleet.fault(kind=kind, method="POST", path=LINUX)
    sent_before = len(made(fleet))

    def breaks() -> None:
        if len(posts(fleet)) == 2 and not fleet.state.faults._waiting:
            fleet.fault(kind="status", status=503, times=10_000)

    time.watchers.append(breaks)
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS, SECOND], batch=["2"], wait_timeout=300, retries=0, parallel=1)
    assert len(made(fleet)) - sent_before == (2 if kind == "reset_after" else 1)
    assert f"Whether {created(LINUX)} is unknown" in result["msg"]
    assert f"Before that, {created(WINDOWS, 'ag-windows-01.example.com')}" in result["msg"]
    assert "its update job may exist" in row(result, LINUX)["reason"]
    assert "; 1 were not begun" in result["msg"]
    assert (result["changed"], result["error"]["unknown"]) == (True, [created(LINUX)])
    assert (result["summary"]["running"], result["summary"]["untouched"]) == (2, 1)
    fleet.state.faults.clear()
    assert states(run(fleet, activegate_ids=[LINUX, WINDOWS, SECOND])) == {"done": 3}
    assert len(made(fleet)) == 3


def test_a_lost_answer_that_a_look_settles_is_not_called_unknown(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_outcome="FAILED")
    fleet.fault(kind="reset_after", method="POST", path=LINUX)
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS])
    assert (result["changed"], result["error"]["done"], result["error"]["unknown"]) == (True, [created(LINUX)], [])
    fleet.clear()
    fleet.fault(kind="reset_before", method="POST", path=LINUX)
    fleet.fault(kind="status", status=400, method="POST", path=LINUX)
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS])
    assert posts(fleet) == [LINUX, LINUX]
    assert (result["changed"], result["error"]["done"], result["error"]["unknown"]) == (False, [], [])


def test_an_answer_that_stays_lost_ends_as_a_failure(fleet: RunningSandbox, time: Time) -> None:
    fleet.fault(kind="reset_before", method="POST", path=LINUX, times=1000)
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS], retries=2)
    assert ids(result, "failed") == [LINUX]
    assert ids(result, "untouched") == [WINDOWS]
    assert posts(fleet) == [LINUX] * 3
    assert result["error"]["unknown"] == [created(LINUX)]


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
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("moment", "method", "times"),
    [
        (0, "POST", 10_000),
        *((5, method, times) for method in ("GET", "POST", "DELETE") for times in (1, 10_000)),
        (90, "GET", 10_000),
        (90, "POST", 10_000),
    ],
)
def test_no_fault_is_lied_about(
    fleet: RunningSandbox, time: Time, fault: str, times: int, moment: float, method: str
) -> None:
    """Whatever happens: the wanted state, or a failure that is true; and the next run brings it.

    What goes wrong once with the first or the last request is in test_faults.
    """
    fault_given = {**FAULTS[fault], "times": times, "method": method}
    fleet.variants(job_outcome={SECOND: "HANG_PENDING"} if method == "DELETE" else "SUCCEED")
    if moment:
        time.events.append((moment, lambda: fleet.fault(**fault_given)))
    else:
        fleet.fault(**fault_given)
    args: dict[str, Any] = {"activegate_ids": [LINUX, WINDOWS, SECOND], "batch": ["1", "2"], "retries": 1}
    result = fleet.run(MODULE, **options({**args, "wait_timeout": 400}))
    jobs = {str(job.id) for job in made(fleet)}
    if result.get("failed"):
        error = result["error"]
        assert result["changed"] is bool(error["done"])
        created = [text for text in error["done"] if "was created" in text]
        perhaps = [text for text in error["unknown"] if "was created" in text]
        gone = sum("was cancelled" in text for text in error["done"] + error["unknown"])
        assert len(created) - gone <= len(jobs) <= len(created) + len(perhaps)
        assert all(text in result["msg"] for text in error["unknown"])
        if "summary" in result:
            assert result["summary"]["untouched"] <= 3 - len(jobs)
    else:
        assert (result["changed"], states(result)) == (True, {"done": 3})
        assert len(jobs) == 3
    fleet.state.faults.clear()
    time.events.clear()
    fleet.variants(job_outcome="SUCCEED")
    for job in made(fleet):
        if job.gate.id == SECOND and not job.state and method == "DELETE":
            api(fleet, "DELETE", f"/activeGates/{SECOND}/updateJobs/{job.id}")
    assert states(run(fleet, **{**args, "retries": 5})) == {"done": 3}
    assert len(made(fleet)) == 3


def test_a_refused_job_is_a_failure(fleet: RunningSandbox, time: Time) -> None:
    args: dict[str, Any] = {"activegate_ids": [LINUX, WINDOWS], "target_version": "1.331.61.20260213-000000"}
    result = fail(fleet, **args)
    assert "is not available" in row(result, LINUX)["reason"]
    assert ids(result, "untouched") == [WINDOWS]
    assert result["changed"] is False


def test_a_missing_scope_ends_it_at_once(fleet: RunningSandbox, time: Time) -> None:
    fleet.fault(kind="status", status=403, method="POST", times=1000)
    result = fail(fleet, batch=["100%"], parallel=1)
    assert result["error"]["status"] == 403
    assert len(posts(fleet)) == 1
    assert states(result) == {"untouched": len(result["activegates"])}
    assert time.passed == 0


def test_an_outage_of_the_api_is_borne(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((20, lambda: fleet.fault(kind="status", status=503, times=4)))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS], retries=1)
    assert states(result) == {"done": 2}


@pytest.mark.parametrize("when", [5, 30])
def test_an_activegate_that_vanishes_is_waited_for(fleet: RunningSandbox, time: Time, when: float) -> None:
    """Before its job begins, and while it runs."""
    time.events.append((when, lambda: fleet.variants(fleet_missing=[LINUX])))
    time.events.append((500, lambda: fleet.variants(fleet_missing=[])))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS])
    assert states(result) == {"done": 2}
    assert time.passed > 500
    assert len(posts(fleet)) == 2


def test_an_activegate_that_never_comes_back(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((30, lambda: fleet.variants(fleet_missing=[LINUX])))
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS], wait_timeout=900)
    assert (ids(result, "running"), ids(result, "untouched")) == ([LINUX], [WINDOWS])
    assert row(result, LINUX)["online"] is None
    assert "IN_PROGRESS; 1 were not begun. What waited was cancelled" in result["msg"]


@pytest.mark.parametrize("how", ["fleet_missing", "fleet_offline"])
@pytest.mark.parametrize(("when", "job_state"), [(5, "PENDING"), (30, "IN_PROGRESS"), (65, "SUCCEED")])
def test_an_activegate_that_dies_does_not_hold_the_fleet(
    fleet: RunningSandbox, time: Time, how: str, when: float, job_state: str
) -> None:
    """Half an hour, then it has failed, and its job does not wait for it."""
    time.events.append((when, lambda: fleet.variants(**{how: [LINUX]})))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"], max_failures="1", poll_interval=20)
    assert (ids(result, "failed"), ids(result, "done")) == ([LINUX], [WINDOWS])
    assert row(result, LINUX)["job_state"] == job_state
    assert "for 30 minutes the ActiveGate has been " in row(result, LINUX)["reason"]
    assert 1800 <= time.passed < 2400
    waits = [job for job in made(fleet) if job.gate.id == LINUX and job_state == "PENDING"]
    # Nobody can cancel the job of what is out of sight; one that is offline would still fetch it.
    assert not waits or how == "fleet_missing"


def test_the_job_of_what_died_is_cancelled_when_it_stops(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((5, lambda: fleet.variants(fleet_offline=[LINUX])))
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"], poll_interval=60)
    assert (ids(result, "failed"), ids(result, "untouched")) == ([LINUX], [WINDOWS])
    assert row(result, LINUX)["reason"].endswith("It was cancelled")
    assert made(fleet) == []


def test_an_activegate_that_comes_back_in_time_counts_anew(fleet: RunningSandbox, time: Time) -> None:
    for begin in (100, 2000):
        time.events.append((begin, lambda: fleet.variants(fleet_offline=[LINUX])))
        time.events.append((begin + 1500, lambda: fleet.variants(fleet_offline=[])))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"], pause=3600, poll_interval=200, wait_timeout=28800)
    assert states(result) == {"done": 2}


@pytest.mark.parametrize("how", ["fleet_missing", "fleet_offline"])
def test_an_activegate_that_is_away_when_its_turn_comes_is_a_failure(
    fleet: RunningSandbox, time: Time, how: str
) -> None:
    time.events.append((30, lambda: fleet.variants(**{how: [WINDOWS]})))
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS, SECOND])
    assert (ids(result, "done"), ids(result, "failed"), ids(result, "untouched")) == ([LINUX], [WINDOWS], [SECOND])
    assert posts(fleet) == [LINUX]


def test_a_moment_out_of_sight_is_no_failure(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((70, lambda: fleet.variants(fleet_offline=[WINDOWS])))
    time.events.append((85, lambda: fleet.variants(fleet_offline=[])))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS])
    assert states(result) == {"done": 2}


@pytest.mark.parametrize("after", ["gone", "SKIPPED"])
def test_somebody_cancels_a_job(fleet: RunningSandbox, time: Time, after: str) -> None:
    fleet.variants(job_after_delete=after, job_outcome={LINUX: "HANG_PENDING"})

    def cancel() -> None:
        job = next(job for job in made(fleet) if job.gate.id == LINUX)
        api(fleet, "DELETE", f"/activeGates/{LINUX}/updateJobs/{job.id}")

    time.events.append((20, cancel))
    result = fail(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"])
    assert "cancelled" in row(result, LINUX)["reason"]
    assert (ids(result, "failed"), ids(result, "untouched")) == ([LINUX], [WINDOWS])


def test_an_error_in_the_middle_is_reported_with_what_was_done(fleet: RunningSandbox, time: Time) -> None:
    """As when the OAuth token cannot be renewed."""

    def broken(api: ActiveGateApi) -> Any:
        raise InputError("the answer of https://sso.example.com holds no access_token")

    patches: list[Any] = []

    def breaks() -> None:
        patches.append(mock.patch.object(ActiveGateApi, "all_jobs", broken))
        patches[0].start()

    time.events.append((20, breaks))
    try:
        result = fail(fleet, activegate_ids=[LINUX, WINDOWS])
    finally:
        patches[0].stop()
    assert "holds no access_token" in result["msg"]
    assert result["changed"] is True
    assert (ids(result, "running"), ids(result, "untouched")) == ([LINUX], [WINDOWS])


def test_somebody_installs_the_version_by_hand(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_outcome={LINUX: "SKIPPED"})

    def install() -> None:
        fleet.state.activegates._fleet.get(LINUX).version = GOAL

    time.events.append((20, install))
    result = run(fleet, activegate_ids=[LINUX, WINDOWS])
    assert states(result) == {"done": 2}
    assert row(result, LINUX)["job_state"] == "SKIPPED"


# Others at work


def test_jobs_of_others_count(fleet: RunningSandbox, time: Time) -> None:
    start(fleet, SECOND, "1.344.20.20260929-152836")
    result = run(fleet, activegate_ids=[WINDOWS, LINUX], batch=["1"])
    others = next(job for job in made(fleet) if job.gate.id == SECOND)
    first = next(job for job in made(fleet) if job.gate.id == WINDOWS)
    assert first.created >= others.ends
    assert states(result) == {"done": 2}


def test_jobs_of_others_that_never_end_are_named(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_outcome={SECOND: "HANG"})
    start(fleet, SECOND, "1.344.20.20260929-152836")
    result = fail(fleet, activegate_ids=[WINDOWS, LINUX], batch=["1"], wait_timeout=300)
    assert f"other ActiveGates were busy with updates: {SECOND}" in result["msg"]
    assert result["changed"] is False
    assert at_work(fleet) == 1, "nothing of others is cancelled"
    result = fail(fleet, activegate_ids=[WINDOWS, LINUX, SECOND], batch=["1"], wait_timeout=300)
    assert at_work(fleet) == 1


def test_a_job_that_waits_for_an_activegate_that_is_away_is_in_nobodys_way(fleet: RunningSandbox, time: Time) -> None:
    start(fleet, SECOND, GOAL)
    fleet.variants(fleet_offline=[SECOND])
    assert states(run(fleet, activegate_ids=[WINDOWS], batch=["1"])) == {"done": 1}


def test_somebody_else_starts_the_same_job(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((20, lambda: start(fleet, LINUX, GOAL) and None))
    result = run(fleet, activegate_ids=[WINDOWS, LINUX], batch=["1"])
    assert states(result) == {"done": 2}
    assert posts(fleet) == [WINDOWS]
    assert set(result["diff"]["after"]) == {f"ActiveGate {WINDOWS} (ag-windows-01.example.com)"}


@pytest.mark.parametrize("version", [GOAL, LOWER])
@pytest.mark.parametrize("refused", [400, 409])
def test_somebody_else_is_faster_by_a_second(fleet: RunningSandbox, time: Time, version: str, refused: int) -> None:
    """Between the look and the POST."""
    fleet.variants(post_while_running=refused)
    real = ActiveGateApi.all_jobs
    pending = [1]

    def look(api: ActiveGateApi) -> Any:
        found = real(api)
        if pending:
            pending.pop()
            start(fleet, LINUX, version)
        return found

    with mock.patch.object(ActiveGateApi, "all_jobs", look):
        result = run(fleet, activegate_ids=[LINUX], target_version=GOAL)
    assert states(result) == {"done": 1}
    assert [job.target_version for job in made(fleet)] == ([GOAL] if version == GOAL else [LOWER, GOAL])


def test_a_job_to_a_lower_version_is_left_alone(fleet: RunningSandbox, time: Time) -> None:
    time.events.append((20, lambda: start(fleet, LINUX, LOWER) and None))
    result = run(fleet, activegate_ids=[WINDOWS, LINUX], batch=["1"])
    assert states(result) == {"done": 2}
    mine = [job for job in made(fleet) if job.gate.id == LINUX]
    assert [job.target_version for job in mine] == [LOWER, GOAL]
    assert mine[1].created >= mine[0].ends


@pytest.mark.parametrize("moment", [0, 30, 65, 100])
@pytest.mark.parametrize("shows", ["offline", "missing"])
def test_a_run_that_was_killed_is_started_again(fleet: RunningSandbox, time: Time, moment: float, shows: str) -> None:
    fleet.variants(restart_shows=shows)
    args: dict[str, Any] = {
        "activegate_ids": [LINUX, WINDOWS, SECOND, *(g.id for g in list(fleet.state.activegates._fleet)[7:13])]
    }

    def die() -> None:
        raise KeyboardInterrupt

    time.events.append((moment, die))
    with pytest.raises(KeyboardInterrupt):
        run(fleet, **args)
    busy: list[int] = []
    time.watchers.append(lambda: busy.append(at_work(fleet)))
    result = run(fleet, **args)
    assert states(result) == {"done": len(result["activegates"])}
    assert len(posts(fleet)) == len(set(posts(fleet))) == len(result["activegates"]), "each got one job, over both runs"
    assert max(busy) <= max(len(one["activegate_ids"]) for one in result["waves"])


def test_two_slices_at_once(fleet: RunningSandbox, time: Time) -> None:
    """Two runs over the halves of a fleet, look by look in turn; together they update no more at a time than one may."""
    chosen = [one["id"] for one in run(fleet, check=True)["activegates"]]
    busy: list[int] = []
    ends = together(fleet, time, busy, {"activegate_ids": chosen[::2]}, {"activegate_ids": chosen[1::2]})
    assert [states(one) for one in ends] == [{"done": len(one["activegates"])} for one in ends]
    assert sum(len(one["activegates"]) for one in ends) == len(chosen) == len(made(fleet))
    assert max(busy) <= 4


def test_two_runs_over_the_same_fleet(fleet: RunningSandbox, time: Time) -> None:
    busy: list[int] = []
    ends = together(fleet, time, busy, {"selector": {}}, {"selector": {}})
    assert [states(one) for one in ends] == [{"done": len(one["activegates"])} for one in ends]
    assert len(made(fleet)) == len(ends[0]["activegates"]), "nobody got two jobs"
    assert max(busy) <= 4
    assert any(one["changed"] for one in ends)


class Turns:
    """Several runs of which one is at work at a time, from one pause to the next; five seconds pass when each had its turn."""

    def __init__(self, runs: int, passes: Callable[[], None]) -> None:
        self._waiting = [threading.Event() for dummy in range(runs)]
        self._left = list(range(runs))
        self._passes = passes
        self._own = threading.local()

    def begin(self, number: int) -> None:
        self._own.number = number
        if number:
            self._waiting[number].wait()

    def sleep(self, seconds: float) -> None:
        number = getattr(self._own, "number", None)
        if number is None:
            return  # a thread of a run, between two tries
        self._hand_over(number)
        self._waiting[number].wait()

    def end(self, number: int) -> None:
        following = self._following(number)
        self._left.remove(number)
        if self._left:
            self._waiting[following].set()

    def _hand_over(self, number: int) -> None:
        self._waiting[number].clear()
        self._waiting[self._following(number)].set()

    def _following(self, number: int) -> int:
        later = [other for other in self._left if other > number]
        if not later:
            self._passes()
        return (later or self._left)[0]


def together(sandbox: RunningSandbox, time: Time, busy: list[int], *runs: dict[str, Any]) -> list[dict[str, Any]]:
    """Their results. Each look of one is followed by one of the other."""

    def passes() -> None:
        busy.append(at_work(sandbox))
        time.sleep(5)

    turns = Turns(len(runs), passes)
    common = {"environment_url": sandbox.url, "api_token": TOKEN, "batch": ["1", "4"]}

    def one(number: int) -> dict[str, Any]:
        turns.begin(number)
        try:
            return carried_out(DECLARED, validated({**common, **options(runs[number])}), road())
        finally:
            turns.end(number)

    with mock.patch.object(_clock, "sleep", turns.sleep), ThreadPoolExecutor(len(runs)) as pool:
        ends = list(pool.map(one, range(len(runs))))
    assert not any(end.get("failed") for end in ends), ends
    return ends


def validated(args: dict[str, Any]) -> dict[str, Any]:
    found = ArgumentSpecValidator(DECLARED.argument_spec, **DECLARED.rules).validate(args)
    assert not found.error_messages
    parameters: dict[str, Any] = found.validated_parameters
    return parameters


def road(tell: Callable[[Progress], None] = lambda progress: None) -> Road:
    return Road(
        check_mode=False,
        with_diff=True,
        warn=lambda text: None,
        run_program=lambda: None,
        clients=Clients(),
        ansible_version="2.19.0",
        report=Report(DECLARED),
        tell=tell,
    )


def test_one_of_a_pool_at_a_time(fleet: RunningSandbox, time: Time) -> None:
    """The server would run all of them at once here."""
    fleet.variants(one_update_per_pool=False)
    result = run(fleet, batch=["100%"], one_per_pool=True, order_by="hostname")
    assert states(result) == {"done": len(result["activegates"])}
    jobs = made(fleet)
    for one in jobs:
        for other in jobs:
            if one is not other and (one.gate.group, one.gate.zone) == (other.gate.group, other.gate.zone):
                assert one.created >= other.ends + RESTART or other.created >= one.ends + RESTART
    assert len(jobs) > len({job.created for job in jobs}) > 1, "several pools at once, one after the other in each"


# Pauses


def test_a_pause_between_waves(fleet: RunningSandbox, time: Time) -> None:
    run(fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"], pause=1000)
    first, second = made(fleet)
    assert second.created - first.ends >= 1000
    assert second.created - first.ends < 1000 + RESTART + 20
    assert fleet.sent.count(JOBS) < 60
    assert second.ends + 60 > time.time(), "there is no pause after the last wave"


@pytest.mark.parametrize(("timeout", "state"), [(2000, "done"), (3000, "failed")])
def test_what_is_offline_after_the_pause_holds_the_next_wave(
    fleet: RunningSandbox, time: Time, timeout: float, state: str
) -> None:
    time.events.append((500, lambda: fleet.variants(fleet_offline=[LINUX])))
    result = fail(
        fleet, activegate_ids=[LINUX, WINDOWS], batch=["1"], pause=1000, poll_interval=60, wait_timeout=timeout
    )
    assert (ids(result, state), ids(result, "untouched")) == ([LINUX], [WINDOWS])
    assert row(result, LINUX)["online"] is False
    if state == "done":
        assert "2 of 2 ActiveGates are not updated and back" in result["msg"]
        assert f"but now it is offline with version {GOAL}; 1 were not begun" in result["msg"]
    else:
        assert f"succeeded, but for 30 minutes the ActiveGate has been offline with version {GOAL}" in result["msg"]


# What people see


def test_one_line_a_look_names_the_fleet(fleet: RunningSandbox, time: Time) -> None:
    fleet.variants(job_outcome={WINDOWS: "FAILED"})
    told: list[Progress] = []
    args = {"environment_url": fleet.url, "api_token": TOKEN, **options({"activegate_ids": [LINUX, WINDOWS, SECOND]})}
    result = carried_out(DECLARED, validated({**args, "target_version": "1.345"}), road(told.append))
    assert result["failed"]
    name = f"fleet of 3 ActiveGates to {GOAL}"
    assert told[0].now == "wave 1 of 3: 1 running, 0 done, 0 failed, 2 to go"
    assert told[0].left == 3600
    assert all(progress.subject == name for progress in told)
    assert {line for progress in told for line in progress.ended} == {WINDOWS}, "a line each only for what fails"
    (line,) = told[-1].ended.values()
    assert line.startswith(f"ActiveGate {WINDOWS} (ag-windows-01.example.com) failed: update job ")
    assert any(progress.now == "wave 2 of 3: 1 running, 1 done, 0 failed, 1 to go" for progress in told)
    assert told[-1].left is None


def test_systems_with_versions_of_their_own_are_named_by_what_is_wanted(fleet: RunningSandbox, time: Time) -> None:
    told: list[Progress] = []
    args = {"environment_url": fleet.url, "api_token": TOKEN, **options({"activegate_ids": [LINUX, WINDOWS]})}
    carried_out(DECLARED, validated({**args, "target_version": "latest"}), road(told.append))
    assert told[0].subject == "fleet of 2 ActiveGates to latest"
    assert told[0].now.startswith("wave 1 of 2: ")
