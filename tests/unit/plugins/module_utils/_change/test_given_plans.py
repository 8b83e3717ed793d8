# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.expectation import PlannedStep, digest_of
from ansible_collections.community.dynatrace.plugins.module_utils._change.given_plans import differences, given_plans
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

ENVIRONMENT = "abc12345"


class TestGiven:
    DIGEST = digest_of(ENVIRONMENT, [])
    OTHER = digest_of("xyz98765", [])

    @pytest.mark.parametrize(
        "given",
        [DIGEST, {"plan_digest": DIGEST}, {"plan_digest": DIGEST, "objects": 5, "pruned": [1]}, {"production": DIGEST}],
    )
    @pytest.mark.parametrize(
        "form", [lambda given: given, lambda given: given if given is TestGiven.DIGEST else json.dumps(given)]
    )
    def test_forms(self, given: Any, form: Any) -> None:
        assert [(plan.digest, list(plan.names)) for plan in given_plans(form(given))] == [(self.DIGEST, [])]

    def test_nothing(self) -> None:
        assert given_plans(None) == ()

    def test_names(self) -> None:
        document = {"objects": [{"key": "a", "object_id": None}], "pruned": [{"object_id": "7", "name": "x"}]}
        (plan,) = given_plans({"plan_digest": self.DIGEST, **document})
        assert plan.names == ["a", "7"]

    @pytest.mark.parametrize(
        "given",
        [
            {"one": OTHER, "two": DIGEST},
            {"one": OTHER, "failed": None, "two": DIGEST},
            {"version": 1, "environments": [{"plan_digest": OTHER}, {"plan_digest": None}, {"plan_digest": DIGEST}]},
        ],
    )
    def test_of_several_environments_that_of_the_own_is_expected(self, given: Any) -> None:
        assert differences(given_plans(given), ENVIRONMENT, [], [], {}) == {}
        assert differences(given_plans(given), "xyz98765", [], [], {}) == {}
        with pytest.raises(InputError, match="of another environment"):
            differences(given_plans(given), "third", [], [], {})

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({}, "expect_plan has no digest of a plan: a check run that ends with errors has none"),
            ({"plan_digest": None}, "has no digest of a plan"),
            ({"one": None, "two": ""}, "has no digest of a plan"),
            ({"environments": [{"plan_digest": None}, {}, 5]}, "has no digest of a plan"),
            ("{", "begins like JSON, but is not valid JSON"),
            ("{" * 100_000, "begins like JSON, but is not valid JSON"),
            ([DIGEST], "must be the plan_digest of a check run"),
            (5, "must be the plan_digest of a check run"),
            ("plan/plan.jsn", "is not a digest of a plan.* the path of a file, check that the file exists"),
        ],
    )
    def test_what_is_none(self, given: Any, said: str) -> None:
        with pytest.raises(InputError, match=said):
            given_plans(given)


def test_two_plans_of_one_environment() -> None:
    """Two hosts of an inventory may be one environment: either plan was looked at."""
    steps = [PlannedStep("one", {"to": "1"}), PlannedStep("one", {"to": "2"})]
    given = given_plans({name: digest_of(ENVIRONMENT, [step]) for name, step in zip("ab", steps, strict=True)})
    for step in steps:
        assert differences(given, ENVIRONMENT, [step], iter(["one"]), {}) == {}
    other = differences(given, ENVIRONMENT, [PlannedStep("one", {"to": "3"})], iter(["one"]), {"one": "updated"})
    assert other == {"one": "would be updated, but differently than in the expected plan"}


def test_what_differs_is_said_of_each_thing() -> None:
    steps = [PlannedStep(name, {"to": "1"}) for name in ("same", "other", "gone", "nameless")]
    planned = [steps[0], PlannedStep("other", {"to": "2"}), PlannedStep("new", {"to": "1"})]
    given = given_plans({"plan_digest": digest_of(ENVIRONMENT, steps), "activegates": [{"id": "gone"}]})
    assert differences(given, ENVIRONMENT, planned, [], {"other": "updated", "new": "updated"}) == {
        "other": "would be updated, but differently than in the expected plan",
        "new": "would be updated, but the expected plan does not change it",
        "gone": "would not be changed, but the expected plan changes it",
        "what this plan does not name": "changes of the expected plan that are missing: 1",
    }
