# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rollout that is carried out as it was planned, or not at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox

MODULE = "activegate_update_jobs"
WAIT = {"poll_interval": 0.05}
NOT_DUE = "would not be changed, but the expected plan changes it"


def run(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    if "activegate_ids" not in args:
        args.setdefault("selector", {"os_type": "LINUX"})
    return sandbox.run(MODULE, check=check, **{"target_version": "latest", "max_failures": "100%", **WAIT, **args})


def planned(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    result = run(sandbox, check=True, **args)
    assert result["changed"], result
    sandbox.clear()
    return result


def due(result: dict[str, Any]) -> list[str]:
    return [row["id"] for row in result["activegates"] if row["state"] == "untouched"]


class TestDigest:
    def test_it_stands_for_the_jobs_and_their_waves(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox)["plan_digest"]
        assert planned(sandbox)["plan_digest"] == digest
        assert planned(sandbox, target_version="1.330")["plan_digest"] != digest
        assert planned(sandbox, batch=["100%"])["plan_digest"] != digest
        assert planned(sandbox, selector={"os_type": "WINDOWS"})["plan_digest"] != digest

    def test_the_real_run_has_the_same(self, sandbox: RunningSandbox) -> None:
        digest = planned(sandbox)["plan_digest"]
        result = run(sandbox, expect_plan=digest)
        assert (result["changed"], result["plan_digest"]) == (True, digest)


class TestExpected:
    def test_one_was_updated_by_somebody_else(self, sandbox: RunningSandbox) -> None:
        plan = planned(sandbox)
        first = due(plan)[0]
        run(sandbox, activegate_ids=[first])
        sandbox.clear()
        failed = run(sandbox, expect_plan=plan["plan_digest"])
        assert failed["msg"].startswith("the plan differs from the expected one, so nothing was changed: ")
        assert (failed["failed"], failed["changed"], failed["other_plan"]) == (True, False, True)
        assert failed["errors"][first] == NOT_DUE
        assert sandbox.writes == []
        assert "plan_digest" not in failed

    def test_another_fleet(self, sandbox: RunningSandbox) -> None:
        plan = planned(sandbox)
        ids = due(plan)
        failed = run(sandbox, activegate_ids=ids[1:], order_by="pool", expect_plan=json.dumps(plan))
        assert failed["errors"][ids[0]] == NOT_DUE
        assert failed["invocation"]["module_args"]["expect_plan"] == [plan["plan_digest"]]
        assert sandbox.writes == []

    @pytest.mark.parametrize("given", ["yes", {"activegates": []}])
    def test_what_is_none(self, sandbox: RunningSandbox, given: Any) -> None:
        assert "expect_plan" in run(sandbox, expect_plan=given)["msg"]
        assert sandbox.sent == []
