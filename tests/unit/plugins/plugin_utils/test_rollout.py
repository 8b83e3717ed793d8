# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What speaks against a rollout, its report, and the report's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import objections, report
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout_page import page

from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.plugin_utils.test_plan import EVIL, checked

NOW = 1_795_000_000_000
OLD, NEW = "1.330.1.20260101-000000", "1.331.24.20260209-101500"


def gate(number: int, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "hostname": f"ag-{number}", "version": OLD, "type": "ENVIRONMENT", **more}


def job(number: int, state: str, **more: Any) -> dict[str, Any]:
    return {"activegate_id": str(number), "job_id": f"-{number}", "job_state": state, "target_version": NEW, **more}


def said(
    activegates: list[dict[str, Any]], jobs: list[dict[str, Any]], target: str = "1.331", **more: Any
) -> list[str]:
    return objections(["1", "2"], activegates, jobs, target, NOW, **more)


class TestObjections:
    def test_none(self) -> None:
        others = [
            job(3, "PENDING"),
            job(1, "SUCCEED", timestamp=NOW - 9_000_000),
            job(2, "IN_PROGRESS", update_type="SYNTHETIC"),
        ]
        assert (
            said([gate(1), gate(2), gate(3, offlineSince=1)], others, cluster_version="1.331.9.20260301-000000") == []
        )

    def test_all_at_once(self) -> None:
        found = said([gate(1, offlineSince=1)], [job(1, "PENDING")], "1.332", cluster_version="1.331.9.20260301-000000")
        assert [text.split(":")[0] for text in found] == [
            "Dynatrace does not know 2",
            "offline",
            "updates are running already",
            "version 1.332 is newer than the cluster's, which is 1.331.9.20260301-000000",
        ]

    def test_what_is_allowed(self) -> None:
        away = [gate(1, offlineSince=1), gate(2)]
        assert said(away, [job(2, "SCHEDULED")], may_be_offline=True, may_be_running=True) == []

    def test_what_is_left_out_or_restarts_may_be_offline(self) -> None:
        away = [gate(1, offlineSince=1, containerized=True), gate(2, offlineSince=1)]
        assert said(away, [job(2, "SUCCEED", timestamp=NOW - 60_000, update_type="ACTIVE_GATE")]) == []
        assert said([away[0], gate(2, offlineSince=1, type="CLUSTER")], []) == []

    @pytest.mark.parametrize(
        ("target", "cluster", "is_newer"),
        [
            ("latest", "1.331.1.20260101-000000", False),
            ("1", "1.331.1.20260101-000000", False),
            ("2", "1.331.1.20260101-000000", True),
            ("1.331", "1.331.1.20260101-000000", False),
            (NEW, "1.331.1.20260101-000000", False),
            ("1.332", "1.331.1.20260101-000000", True),
            ("1.332", None, False),
            ("1.332", "unknown", False),
        ],
    )
    def test_the_cluster_comes_first(self, target: str, cluster: str | None, is_newer: bool) -> None:
        assert bool(said([gate(1), gate(2)], [], target, cluster_version=cluster)) is is_newer

    def test_many_are_cut_short(self) -> None:
        (text,) = objections([str(n) for n in range(9)], [], [], "1.331", NOW)
        assert "know 0, 1, 2, 3, 4, and 4 more:" in text


def row(number: int, wave: int, state: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "hostname": f"ag-{number}",
        "wave": wave,
        "state": state,
        "reason": f"because {number}",
        "start_version": OLD,
        "target_version": NEW,
        "job_id": f"-{number}",
        **more,
    }


def result(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    states = [one["state"] for one in rows]
    numbers = {state: states.count(state) for state in ("done", "running", "cancelled", "untouched")}
    waves = sorted({one["wave"] for one in rows})
    return {
        "changed": True,
        "activegates": list(rows),
        "waves": [
            {"wave": wave, "activegate_ids": [one["id"] for one in rows if one["wave"] == wave]} for wave in waves
        ],
        "summary": {
            "fleet": len(rows),
            "waves": len(waves),
            "failures": states.count("failed"),
            "left_out": 0,
            **numbers,
        },
        "left_out": [],
        **more,
    }


JOBS = [
    job(1, "SUCCEED", timestamp=NOW + 60_000, duration=50_000),
    job(2, "FAILED", timestamp=NOW + 200_000, duration=50_000),
    job(3, "SUCCEED", timestamp=NOW + 260_000, duration=None),
]
SHOWN = [gate(1, version=NEW), gate(2), gate(3, version="1.332.0.20260301-000000")]
TROUBLE = result(row(1, 1, "done"), row(2, 2, "failed"), row(3, 2, "done"), msg="stopped", error={"status": None})


class TestReport:
    def test_times_come_from_the_jobs(self) -> None:
        found = report(
            result(row(1, 1, "done"), row(2, 2, "failed"), row(3, 2, "done")), SHOWN, JOBS, NOW, NOW + 300_000
        )
        assert found["outcome"] == "succeeded"
        assert [(one["wave"], one["begun"], one["ended"]) for one in found["waves"]] == [
            (1, NOW + 10_000, NOW + 60_000),
            (2, NOW + 150_000, NOW + 260_000),
        ]
        assert [one["verified"] for wave in found["waves"] for one in wave["activegates"]] == [True, None, True]

    @pytest.mark.parametrize(
        "shown", [[gate(1)], [gate(1, version=NEW, offlineSince=5)], []], ids=["old version", "offline", "gone"]
    )
    def test_what_is_not_as_it_should_be_fails(self, shown: list[dict[str, Any]]) -> None:
        found = report(result(row(1, 1, "done")), shown, JOBS)
        assert (found["outcome"], found["summary"]["unverified"]) == ("failed", 1)
        text = page(found)
        assert "<b>0</b> <span>done</span>" in text
        assert "<b>1</b> <span>done, but the result is not as expected</span>" in text

    @pytest.mark.parametrize(("status", "outcome"), [("UP2DATE", "succeeded"), ("OUTDATED", "failed")])
    def test_latest_that_only_the_server_knows(self, status: str, outcome: str) -> None:
        one = row(1, 1, "done", target_version="latest")
        assert report(result(one), [gate(1, autoUpdateStatus=status)])["outcome"] == outcome

    def test_nothing_is_verified_that_was_not_read(self) -> None:
        found = report(result(row(1, 1, "done")))
        assert (found["outcome"], found["waves"][0]["activegates"][0]["verified"]) == ("succeeded", None)

    def test_a_failure_says_why(self) -> None:
        found = report(TROUBLE, SHOWN, JOBS)
        assert (found["outcome"], found["msg"]) == ("failed", "stopped")

    def test_failures_are_a_list_of_their_own(self) -> None:
        msg = "2 of 3 failed, so the rollout was stopped: ag-1: no route; ag-2: no route"
        rows = [row(1, 1, "failed", reason="no route"), row(2, 1, "failed", reason="no route"), row(3, 1, "done")]
        found = report(result(*rows, msg=msg, error={"status": None}), [gate(3)])
        assert found["sentence"] == "2 of 3 failed, so the rollout was stopped"
        assert [failure["name"] for failure in found["failures"]] == ["ag-1", "ag-2", "ag-3"]
        assert found["lines"][:3] == [found["sentence"], "", "2 × no route"]
        text = page(found)
        checked(text)
        assert "<li><b>ag-1</b> (wave 1): no route</li>" in text
        assert msg not in text

    def test_check_mode(self) -> None:
        found = report(result(row(1, 1, "untouched"), row(2, 1, "done")), is_check=True)
        assert found["outcome"] == "predicted"
        assert found["counts"] == "2 ActiveGates: 1 up to date already, 1 would be updated."

    def test_counts(self) -> None:
        assert report(result(row(1, 1, "done"), row(2, 1, "failed")))["counts"] == "2 ActiveGates: 1 done, 1 failed."

    def test_a_task_that_read_no_fleet(self) -> None:
        with pytest.raises(ValueError, match="401"):
            report({"msg": "401", "failed": True})

    def test_of_the_module_itself(self, sandbox: RunningSandbox) -> None:
        wanted = {
            "activegate_ids": ["1730152904", "907316642"],
            "target_version": "1.345",
            "poll_interval": 0.02,
            "batch": ["1"],
        }
        found = sandbox.run("activegate_update_jobs", **wanted)
        after = sandbox.run("activegate_info")["activegates"]
        jobs = sandbox.run("activegate_update_job_info", **{"from": "now-31d"})["jobs"]
        text = page(report(found, after, jobs), "sandbox", "1.345")
        checked(text)
        assert "Complete: 2 ActiveGates done" in text
        assert text.count('<i class="done" style="left:') == 2


class TestPage:
    def test_everything_is_escaped(self) -> None:
        evil = {
            **row(1, 1, "failed"),
            **dict.fromkeys(("id", "hostname", "reason", "start_version", "target_version", "job_id"), EVIL),
        }
        given = result(evil, msg=EVIL, error={}, left_out=[{"id": EVIL, "hostname": EVIL, "reason": EVIL}])
        text = page(report({**given, "error": {"status": 1}}, [], [{**JOBS[0], "job_id": EVIL}]), EVIL, EVIL)
        parser = checked(text)
        assert not {"img", "iframe", "link"} & parser.elements
        assert text.count("<script") == 1
        assert not [name for name in parser.attributes if name.startswith("on") or name == "src"]
        assert "<script>alert" not in text
        assert not re.search(r"url\(|@import|https?://", text)
        assert "default-src 'none'" in text

    def test_the_time_line(self) -> None:
        text = page(report(TROUBLE, SHOWN, JOBS, NOW, NOW + 300_000), "prod", "1.331")
        checked(text)
        # From the first begin to the last end of those of which both are known: 10 to 200 seconds.
        assert '<i class="done" style="left:0.00%;width:26.32%"' in text
        assert '<i class="failed" style="left:73.68%;width:26.32%"' in text
        assert len(re.findall(r'<span style="left:', text)) in range(3, 8)
        assert "Not complete: 2 of 3 ActiveGates done" in text
        assert '<p class="why">because 2</p>' in text
        assert '<p class="why">because 1</p>' not in text

    def test_without_times_there_is_no_line(self) -> None:
        text = page(report(result(row(1, 1, "untouched")), is_check=True), "prod")
        checked(text)
        assert "Time line" not in text
        assert "Predicted: 1 of 1 ActiveGate would be updated, in 1 wave" in text

    @pytest.mark.parametrize("more", [{}, {"msg": "stopped", "error": {"status": 400}}])
    def test_a_prediction_does_not_speak_of_what_is_done(self, more: dict[str, Any]) -> None:
        rows = (row(1, 1, "done"), row(2, 1, "failed"), row(3, 1, "untouched"))
        text = page(report(result(*rows, **more), is_check=True))
        visible = re.sub("(?s)<style>.*?</style>|<script>.*?</script>|<[^>]*>", " ", text)
        assert not re.search(r"\b(done|failed|not begun|complete)\b", visible, re.IGNORECASE)
        assert "would be refused" in visible

    @pytest.mark.parametrize("hours", [0.001, 0.1, 1, 9, 70, 900])
    def test_as_many_marks_as_one_can_read(self, hours: float) -> None:
        span = int(hours * 3_600_000)
        jobs = [
            job(1, "SUCCEED", timestamp=NOW + 1000, duration=1000),
            job(2, "SUCCEED", timestamp=NOW + span + 2000, duration=1),
        ]
        text = page(report(result(row(1, 1, "done"), row(2, 1, "done")), None, jobs))
        assert 1 < len(re.findall(r'<span style="left:', text)) < 9

    def test_a_fleet_of_thousands_is_folded_but_for_trouble(self) -> None:
        rows = [row(number, 1 + number // 500, "failed" if number == 1200 else "done") for number in range(2000)]
        text = page(
            report(result(*rows), None, [job(number, "SUCCEED", timestamp=NOW, duration=9) for number in range(2000)])
        )
        checked(text)
        assert text.count('<details class="wave" open data-group>') == 1
        assert text.count('<details class="wave" data-group>') == 3
