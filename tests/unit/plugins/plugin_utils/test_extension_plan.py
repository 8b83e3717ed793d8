# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the plan of a rollout covers, and what is said of another one."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.plugin_utils._extension_plan import (
    configuration_failures,
    results_of,
    rollout_plan,
)

NAME = "custom:one"
UPLOADED = {
    "changed": True,
    "action": "create",
    "environment_id": "abc12345",
    "package": {"name": NAME, "version": "2.0.0", "sha256": "00"},
    "previous_version": "1.0.0",
    "pruned_versions": [],
}
STORED = {**UPLOADED, "changed": False, "action": "none"}
TRUSTED = {"changed": True, "action": "create", "certificate": {"fingerprint": "ff"}}
ITEM = {"value": {"description": "all", "enabled": True}}
MOVED = {"moved_configurations": [{"configuration_id": "i"}]}


def stored(version: str = "1.0.0", **value: Any) -> dict[str, Any]:
    row = {"configuration_id": "i", "scope": "environment", "description": "all", "version": version}
    return {"configurations": [{**row, "value": {"description": "all", "version": version, **value}}]}


def configured(action: str = "update", **value: Any) -> dict[str, Any]:
    row = {"action": action, "configuration_id": "i", "scope": "environment", "value": {"description": "all", **value}}
    return {"configurations": [row]}


def plan(expected: Any = "", **more: Any) -> dict[str, Any]:
    given = {
        "trusted": {},
        "uploaded": UPLOADED,
        "before": {},
        "activated": {},
        "configured": {},
        "pruned": {},
        "wanted": [],
        "other_configurations": "keep",
        "keep_versions": 0,
    }
    return rollout_plan(results_of({**given, **more}), expected)


def difference(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Between the plan that was approved and the one there is now."""
    text: str = plan(plan(**before)["plan_digest"], **after)["difference"]
    return text.partition("so nothing was changed: ")[2]


class TestDifference:
    def test_the_same_plan(self) -> None:
        known = {"uploaded": STORED, "before": stored(), "configured": configured(), "wanted": [ITEM]}
        assert difference(known, known) == ""
        # What is not changed does not count.
        done = {**known, "configured": configured("none")}
        assert difference(done, {**done, "before": stored(enabled=False)}) == ""

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            (
                {},
                {"trusted": TRUSTED},
                "the root certificate: would be put into the vault, but the expected plan does not",
            ),
            ({"trusted": TRUSTED}, {}, "the root certificate: would not be changed, but the expected plan changes it"),
            ({}, {"uploaded": STORED}, f"{NAME} 2.0.0: would not be changed, but the expected plan changes it"),
            (
                {},
                {"uploaded": {**UPLOADED, "package": {**UPLOADED["package"], "sha256": "11"}}},  # type: ignore[dict-item]
                f"{NAME} 2.0.0: would be uploaded, but differently than in the expected plan",
            ),
            (
                {},
                {"uploaded": {**UPLOADED, "previous_version": None}},
                f"the active version of {NAME}: would be changed, but differently than in the expected plan",
            ),
            (
                {"uploaded": STORED},
                {"uploaded": {**STORED, "previous_version": "2.0.0"}},
                f"the active version of {NAME}: would not be changed, but the expected plan changes it",
            ),
            (
                {"keep_versions": "2", "pruned": {"pruned_versions": ["1.0.0"]}},
                {"keep_versions": "2", "pruned": {"pruned_versions": ["1.0.1"]}},
                f"old versions of {NAME}: would be deleted, but differently than in the expected plan",
            ),
        ],
    )
    def test_of_versions(self, before: dict[str, Any], after: dict[str, Any], said: str) -> None:
        assert difference(before, after).startswith(said)

    def test_the_server_cannot_accept_the_package_without_its_certificate(self) -> None:
        refused = {name: value for name, value in UPLOADED.items() if name not in ("action", "pruned_versions")}
        assert difference({}, {"uploaded": {**refused, "changed": False, "error": {"status": 400}}}) == ""

    @pytest.mark.parametrize("is_stored", [True, False])
    def test_of_a_value_changed_by_hand(self, is_stored: bool) -> None:
        known = {"before": stored(), "wanted": [ITEM]}
        if is_stored:
            known.update(uploaded=STORED, configured=configured())
        word = "updated" if is_stored else "configured"
        said = f"configuration 'all' on environment: would be {word}, but differently than in the expected plan"
        assert difference(known, {**known, "before": stored(enabled=False)}) == said

    @pytest.mark.parametrize(
        ("value", "is_seen"),
        [
            ({"enabled": False}, True),
            ({"featureSets": ["basic", "more"]}, True),
            ({"remote": {"endpoints": [{"host": "a", "port": 161}]}}, True),
            ({"remote": {"endpoints": [{"host": "a", "port": 1, "token": "t"}]}}, True),
            ({"remote": {"endpoints": [{"host": "b", "port": 1}]}}, False),
        ],
    )
    def test_of_what_is_listed_while_its_schema_is_not_known(self, value: dict[str, Any], is_seen: bool) -> None:
        """A text may be a secret, of which a digest holds nothing."""
        listed = {"enabled": True, "featureSets": ["basic"], "remote": {"endpoints": [{"host": "a", "port": 1}]}}
        item = {"value": {"description": "all", **listed}}
        changed = {"value": {**item["value"], **value}}
        assert bool(difference({"wanted": [item]}, {"wanted": [changed]})) == is_seen

    @pytest.mark.parametrize("activated", [{}, MOVED])
    def test_of_configurations_that_are_moved(self, activated: dict[str, Any]) -> None:
        known = {"before": stored(), "activated": activated, "other_configurations": "move"}
        name = "configuration 'all' on environment: "
        assert difference(known, {**known, "before": stored(x=1)}).startswith(f"{name}would be moved, but differently")
        moved = {**known, "before": stored("2.0.0"), "activated": {}}
        assert difference(known, moved) == f"{name}would not be changed, but the expected plan changes it"

    def test_of_the_value_to_be_sent(self) -> None:
        known = {"uploaded": STORED, "before": stored(), "configured": configured(), "wanted": [ITEM]}
        assert "would be updated, but differently" in difference(known, {**known, "configured": configured(x=1)})
        new = {"uploaded": STORED, "wanted": [{"value": {}}], "configured": configured("create")}
        new["configured"]["configurations"][0]["configuration_id"] = None
        assert difference({"uploaded": STORED}, new) == (
            "configuration without description on environment: would be created, but the expected plan does not change it"
        )

    def test_a_configuration_meant_by_its_id(self) -> None:
        known = {"before": stored(), "wanted": [{"configuration_id": "i", "scope": "environment"}]}
        said = difference(known, {**known, "before": stored(x=1)})
        assert said.startswith("configuration 'all' on environment: would be configured, but differently")
        assert difference(known, {"wanted": known["wanted"]}).startswith(
            "configuration without description on environment"
        )

    @pytest.mark.parametrize(
        ("expected", "said"),
        [
            ("yes", "expect_plan is not a digest of a plan"),
            ({}, "expect_plan has no digest of a plan"),
            ([], "expect_plan must be the plan_digest of a check run"),
            ({"environments": [{"name": "a", "plan_digest": ""}]}, "expect_plan has no digest of a plan"),
        ],
    )
    def test_what_is_no_plan(self, expected: Any, said: str) -> None:
        found = plan(expected)
        assert found["difference"].startswith(said)
        assert found["plan_digest"] is None
        assert found["lines"] != []

    def test_the_plan_of_another_environment(self) -> None:
        digest = plan(uploaded={**UPLOADED, "environment_id": "other"})["plan_digest"]
        assert "expect_plan is the plan of another environment than abc12345" in plan(digest)["difference"]
        both = {"environments": [{"plan_digest": digest}, {"plan_digest": plan()["plan_digest"]}]}
        assert plan(both)["difference"] == ""

    def test_what_is_no_configuration(self) -> None:
        with pytest.raises(InputError, match=r"extension_rollout_configurations\[1\] is not a dictionary"):
            plan(wanted=[ITEM, "all"])


class TestFailures:
    def test_each_error_once_with_the_configurations(self) -> None:
        violations = [{"path": "value/x", "message": "too long"}]
        refused = {"message": "Constraints violated", "constraint_violations": violations}
        rows = [{"scope": "environment", "error": refused}, {"scope": "HOST-1", "error": None}]
        rows.append({"scope": "HOST-2", "error": {"message": "no such scope", "constraint_violations": []}})
        assert configuration_failures({"configurations": rows}, [ITEM, ITEM, {"value": None}]) == [
            "",
            "1 × too long",
            "  CONFIGURATION                       PATH",
            "  configuration 'all' on environment  value/x",
            "",
            "1 × no such scope",
            "  CONFIGURATION",
            "  configuration without description on HOST-2",
        ]

    def test_what_is_found_before_the_first_write(self) -> None:
        lines = configuration_failures({"errors": {"configurations[0] (a)": "bad", "configurations[1] (b)": "bad"}}, [])
        assert lines == ["", "2 × bad", "  CONFIGURATION", "  configurations[0] (a)", "  configurations[1] (b)"]

    def test_nothing_failed(self) -> None:
        assert configuration_failures({"skipped": True}, [ITEM]) == []
