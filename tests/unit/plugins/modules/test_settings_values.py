# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What values settings_object and settings_objects take, refuse before the first write, and leave to the server."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from tests.support.sandbox import RunningSandbox
from tests.unit.plugins.modules.test_settings_object import both, fail, objects, run
from tests.unit.plugins.modules.test_settings_objects import both as both_of_list
from tests.unit.plugins.modules.test_settings_objects import fail as fail_list
from tests.unit.plugins.modules.test_settings_objects import run as run_list

TAG = "builtin:sandbox.tag-rule"
OBJECTIVE = "builtin:sandbox.objective"
WINDOW = "builtin:sandbox.time-window"
WINDOWS = "builtin:deployment.management.update-windows"
PLAN = "builtin:sandbox.update-plan"
HOSTS = "builtin:anomaly-detection.infrastructure-hosts"
REMOTE = "builtin:sandbox.remote-connection"
CLUSTERS = "builtin:cloud.kubernetes"
DETECTORS = "builtin:davis.anomaly-detectors"
SLO = "builtin:monitoring.slo"
PROFILES = "builtin:alerting.profile"
LONG = "x" * 101
DETECTOR: dict[str, Any] = {
    "title": "low",
    "description": "",
    "enabled": True,
    "source": "x",
    "executionSettings": {},
    "analyzer": {"name": "a", "input": []},
    "eventTemplate": {"properties": []},
}
CLUSTER: dict[str, Any] = {"label": "k", "clusterIdEnabled": True, "clusterId": "1b2c"}


def item(key: str, schema_id: str, value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "schema_id": schema_id, "value": value, **more}


class TestBeforeTheFirstWrite:
    @pytest.mark.parametrize("check", [True, False])
    def test_what_the_schema_tells(self, sandbox: RunningSandbox, check: bool) -> None:
        sandbox.clear()
        value = {"name": LONG, "metricKey": "m", "target": 900, "warning": 901}
        failed = fail(sandbox, check, schema_id=OBJECTIVE, value=value)
        assert failed["error"]["status"] is None
        assert {row["path"] for row in failed["error"]["constraint_violations"]} == {"name", "target", "warning"}
        assert "value.target: must be at most 100" in failed["msg"]
        assert [text for text in sandbox.sent if not text.startswith("GET")] == []

    @pytest.mark.parametrize("check", [True, False])
    def test_all_items_and_all_their_paths(self, sandbox: RunningSandbox, check: bool) -> None:
        listed = [
            item("good", TAG, {"name": "good"}),
            item("long", TAG, {"name": LONG, "description": "x" * 501}),
            item("range", OBJECTIVE, {"name": "o", "metricKey": "m", "target": 101}),
            item("type", TAG, {"name": "t", "enabled": "perhaps", "tags": 5}),
        ]
        sandbox.clear()
        failed = fail_list(sandbox, listed, check, continue_on_error=True)
        assert set(failed["errors"]) == {"long", "range", "type"}
        assert [(row["key"], row["path"]) for row in failed["error"]["constraint_violations"]] == [
            ("long", "name"),
            ("long", "description"),
            ("range", "target"),
            ("type", "enabled"),
            ("type", "tags"),
        ]
        assert [text for text in sandbox.sent if not text.startswith("GET")] == []

    def test_what_only_the_server_knows_is_left_to_it(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=OBJECTIVE, value={"name": " x", "metricKey": "Not a key"})
        assert failed["error"]["status"] == 400
        assert {row["path"] for row in failed["error"]["constraint_violations"]} == {"name", "metricKey"}

    def test_an_object_that_is_as_it_shall_be_is_not_looked_at(self, sandbox: RunningSandbox) -> None:
        """An older schema has taken it."""
        assert run(sandbox, schema_id=TAG, value={"name": "old", "description": "short"})["changed"]
        for stored in sandbox.state.settings.store.objects(TAG):
            if stored.value["name"] == "old":
                stored.value["description"] = "x" * 501
        value = {"name": "old", "description": "x" * 501}
        assert run(sandbox, schema_id=TAG, value=value)["action"] == "none"

    @pytest.mark.parametrize("placeholder", [True, False])
    def test_check_mode_tells_of_the_real_violation_alone(self, sandbox: RunningSandbox, placeholder: bool) -> None:
        value: dict[str, Any] = {"targetVersion": " "}
        if placeholder:
            value.update(updateMode="WINDOWS", windows=[{"window": {"$ref": "w"}}])
        failed = fail_list(sandbox, [item("w", WINDOW, {"name": "w"}), item("p", PLAN, value)], check=True)
        (row,) = [row for row in failed["objects"] if row["error"]]
        assert [found["path"] for found in row["error"]["constraint_violations"]] == ["targetVersion"]
        assert "(object id of item" not in failed["msg"]


class TestDefaults:
    def test_a_default_that_its_own_rules_refuse_is_left_to_the_server(self, sandbox: RunningSandbox) -> None:
        result = both(sandbox, schema_id=DETECTORS, external_id="d", value=DETECTOR)
        assert "actor" not in result["object"]["value"]["executionSettings"]
        actor = objects(sandbox, DETECTORS)[0]["value"]["executionSettings"]["actor"]
        for mode in ("merge", "replace"):
            assert not run(sandbox, schema_id=DETECTORS, external_id="d", value=DETECTOR, value_mode=mode)["changed"]
        changed = {**DETECTOR, "title": "lower"}
        for more in ({}, {"executionSettings": None}):
            given = {**changed, "title": f"lower {len(more)}", **{name: {} for name in more}}
            both(sandbox, schema_id=DETECTORS, external_id="d", value=given, value_mode="replace")
        assert objects(sandbox, DETECTORS)[0]["value"]["executionSettings"]["actor"] == actor
        listed = [item("d", DETECTORS, given, external_id="d", value_mode="replace")]
        assert not run_list(sandbox, listed)["changed"]

    def test_the_default_of_a_key_is_not_filled_in(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=SLO, value={"name": "first"})
        assert "value.metricName is required and was not given" in failed["msg"]
        assert objects(sandbox, SLO) == []

    @pytest.mark.parametrize("choice", ["today", "older"])
    @pytest.mark.parametrize("check", [True, False])
    def test_what_is_required(self, sandbox: RunningSandbox, check: bool, choice: str) -> None:
        sandbox.variants(settings_required=choice)
        failed = fail(sandbox, check, schema_id=REMOTE, value={"name": "r"})
        assert "value.url is required and was not given" in failed["msg"]
        assert "value.token is required and was not given" in failed["msg"]
        failed = fail_list(sandbox, [item("r", REMOTE, {"name": "r"})], check)
        assert "value.url is required and was not given" in failed["msg"]


class TestRuledOut:
    @pytest.mark.parametrize("check", [True, False])
    def test_it_says_why(self, sandbox: RunningSandbox, check: bool) -> None:
        value = {
            "host": {"highCpuSaturationDetection": {"enabled": True, "detectionMode": "auto", "customThresholds": {}}}
        }
        failed = fail(sandbox, check, schema_id=HOSTS, value=value)
        assert "customThresholds: ruled out, since detectionMode is auto" in failed["msg"]
        assert "Unknown property" not in failed["msg"]


class TestTimes:
    def test_quote_it(self, sandbox: RunningSandbox) -> None:
        value = {"name": "w", "daily": {"start": 79200, "end": 630}}
        failed = fail(sandbox, schema_id=WINDOW, value=value)
        assert "value.daily.start is a local_time and must be a text: quote it" in failed["msg"]
        assert [row["path"] for row in failed["error"]["constraint_violations"]] == ["daily/start", "daily/end"]

    def test_a_secret_that_is_no_text(self, sandbox: RunningSandbox) -> None:
        value = {"name": "r", "url": "https://r.example.com", "token": 86427531}
        failed = fail(sandbox, schema_id=REMOTE, value=value)
        assert "value.token is a secret and must be a text: quote it" in failed["msg"]
        assert "86427531" not in str(failed)

    def test_the_same_time_written_otherwise(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=WINDOW, value={"name": "w", "daily": {"start": "22:00:00", "end": "23:00:00"}})
        for start in ("22:00", "22:00:00.000"):
            value = {"name": "w", "daily": {"start": start, "end": "23:00:00"}}
            assert run(sandbox, schema_id=WINDOW, value=value)["action"] == "none"


class TestScopeThatTheServerChooses:
    def test_a_life(self, sandbox: RunningSandbox) -> None:
        both(sandbox, schema_id=CLUSTERS, value=CLUSTER, match_on=["clusterId"])
        (shown,) = sandbox.run("settings_object_info", schema_ids=[CLUSTERS])["objects"]
        assert shown["scope"].startswith("KUBERNETES_CLUSTER-")
        again = run(sandbox, schema_id=CLUSTERS, value=CLUSTER, match_on=["clusterId"])
        assert (again["changed"], again["object"]["scope"]) == (False, shown["scope"])
        changed = {**CLUSTER, "label": "renamed"}
        result = both(sandbox, schema_id=CLUSTERS, value=changed, match_on=["clusterId"])
        assert (result["action"], result["object"]["object_id"]) == ("update", again["object"]["object_id"])
        on_scope = run(sandbox, schema_id=CLUSTERS, scope=shown["scope"], value=changed)
        assert on_scope["changed"] is False
        gone = run(sandbox, schema_id=CLUSTERS, value=CLUSTER, match_on=["clusterId"], state="absent")
        assert gone["action"] == "delete"
        assert not run(sandbox, schema_id=CLUSTERS, value=CLUSTER, match_on=["clusterId"], state="absent")["changed"]

    def test_a_list(self, sandbox: RunningSandbox) -> None:
        listed = [item(name, CLUSTERS, {**CLUSTER, "clusterId": name, "label": name}) for name in ("a", "b")]
        both_of_list(sandbox, listed, match_on=["clusterId"])
        listed[1]["value"]["label"] = "renamed"
        result = both_of_list(sandbox, listed, match_on=["clusterId"])
        assert [row["action"] for row in result["objects"]] == ["none", "update"]
        assert len({row["scope"] for row in result["objects"]}) == 2
        both_of_list(sandbox, listed, match_on=["clusterId"], state="absent")
        assert sandbox.run("settings_object_info", schema_ids=[CLUSTERS])["objects"] == []

    def test_without_match_on(self, sandbox: RunningSandbox) -> None:
        for failed in (
            fail(sandbox, schema_id=CLUSTERS, value=CLUSTER),
            fail(sandbox, schema_id=CLUSTERS, value=CLUSTER, external_id="e"),
            fail_list(sandbox, [item("k", CLUSTERS, CLUSTER)]),
        ):
            assert "give match_on" in failed["msg"]
            assert "or its scope" in failed["msg"]
        assert sandbox.writes == []

    def test_one_that_is_gone_by_its_id(self, sandbox: RunningSandbox) -> None:
        absent = {"schema_id": CLUSTERS, "object_id": "gone", "state": "absent"}
        assert run(sandbox, **absent)["changed"] is False
        assert run_list(sandbox, [{"key": "k", **absent}])["changed"] is False

    @pytest.mark.parametrize("as_list", [True, False])
    def test_a_lost_answer(self, sandbox: RunningSandbox, as_list: bool) -> None:
        sandbox.fault(kind="reset_after", method="POST", path="/settings/objects")
        if as_list:
            result = run_list(sandbox, [item("k", CLUSTERS, CLUSTER, match_on=["clusterId"])])
        else:
            result = run(sandbox, schema_id=CLUSTERS, value=CLUSTER, match_on=["clusterId"])
        assert result["changed"] is True
        assert len([text for text in sandbox.sent if text.startswith("POST /v2/settings")]) == 1

    def test_elsewhere_the_scope_is_not_left_out(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id="builtin:sandbox.gateway-profile", value={})
        assert "scope environment is not allowed" in failed["msg"]


class TestNumbersOfZones:
    VALUE: ClassVar[dict[str, Any]] = {
        "name": "by number",
        "managementZone": -4292415658385853785,
        "severityRules": [],
        "eventFilters": [],
    }

    @pytest.mark.parametrize("choice", ["as sent", "as object id"])
    def test_the_second_run_changes_nothing(self, sandbox: RunningSandbox, choice: str) -> None:
        sandbox.variants(settings_zone_number=choice)
        both(sandbox, schema_id=PROFILES, value=self.VALUE, external_id="n")
        both_of_list(sandbox, [item("n", PROFILES, {**self.VALUE, "name": "again"}, external_id="n")])
        other = {**self.VALUE, "managementZone": "7"}
        assert both(sandbox, schema_id=PROFILES, value=other, external_id="n")["action"] == "update"


class TestValidateFirst:
    BAD: ClassVar[dict[str, Any]] = {"key": "bad", "schema_id": TAG, "value": {"name": "bad "}}

    def listed(self, sandbox: RunningSandbox) -> list[dict[str, Any]]:
        run(sandbox, schema_id=TAG, value={"name": "there"})
        return [
            item("good", TAG, {"name": "good"}),
            self.BAD,
            item("there", TAG, {"name": "there", "tags": ["x"]}),
            item("key", OBJECTIVE, {"name": "o", "metricKey": "Not a key"}),
        ]

    def test_nothing_is_written(self, sandbox: RunningSandbox) -> None:
        listed = self.listed(sandbox)
        before = objects(sandbox, TAG)
        failed = fail_list(sandbox, listed, validate_first=True)
        assert set(failed["errors"]) == {"bad", "key"}
        violations = {(row["key"], row["path"]) for row in failed["error"]["constraint_violations"]}
        assert violations == {("bad", "name"), ("key", "metricKey")}
        assert (failed["changed"], failed["error"]["done"], sandbox.writes) == (False, [], [])
        assert objects(sandbox, TAG) == before

    def test_without_it_some_is_written(self, sandbox: RunningSandbox) -> None:
        failed = fail_list(sandbox, self.listed(sandbox), parallel=1)
        assert failed["changed"] is True
        assert "good" in {row["value"]["name"] for row in objects(sandbox, TAG)}

    def test_one_by_one_nothing_is_written_after_a_failure(self, sandbox: RunningSandbox) -> None:
        names = [item(name, TAG, {"name": name}) for name in "abc"]
        failed = fail_list(sandbox, [names[0], self.BAD, *names[1:]], parallel=1, batch_size=1)
        assert [row["action"] for row in failed["objects"]] == ["create", "none", "none", "none"]
        assert len(sandbox.writes) == 2

    def test_what_is_right_is_written(self, sandbox: RunningSandbox) -> None:
        listed = [item("good", TAG, {"name": "good"}), item("w", WINDOW, {"name": "w"})]
        listed.append(item("p", PLAN, {"updateMode": "WINDOWS", "windows": [{"window": {"$ref": "w"}}]}))
        sandbox.clear()
        result = run_list(sandbox, listed, validate_first=True)
        assert result["summary"]["create"] == 3
        sent = [text for text in sandbox.sent if not text.startswith("GET")]
        # Not the one that refers to another.
        assert sent == ["POST /v2/settings/objects?validateOnly"] * 2 + ["POST /v2/settings/objects"] * 3
        sandbox.clear()
        assert not run_list(sandbox, listed, validate_first=True)["changed"]
        assert [text for text in sandbox.sent if not text.startswith("GET")] == []

    def test_check_mode_validates_once(self, sandbox: RunningSandbox) -> None:
        sandbox.clear()
        run_list(sandbox, [item("good", TAG, {"name": "good"})], check=True, validate_first=True)
        assert len([text for text in sandbox.sent if text.endswith("?validateOnly")]) == 1

    def test_who_goes_on_in_any_case_does(self, sandbox: RunningSandbox) -> None:
        listed = [item("good", TAG, {"name": "good"}), self.BAD]
        failed = fail_list(sandbox, listed, validate_first=True, continue_on_error=True)
        assert [row["action"] for row in failed["objects"]] == ["create", "none"]
        assert not [text for text in sandbox.sent if text.endswith("?validateOnly")]

    def test_what_the_list_makes_possible(self, sandbox: RunningSandbox) -> None:
        """A unique key that another one gives up, and room that a deletion makes."""
        names = {name: run(sandbox, schema_id=TAG, value={"name": name})["object"]["object_id"] for name in "ab"}
        listed = [
            item("a", TAG, {"name": "b"}, object_id=names["a"]),
            item("b", TAG, {"name": "c"}, object_id=names["b"]),
            item("new", TAG, {"name": "new"}),
            item("gone", TAG, {}, external_id="sandbox-databases", state="absent"),
        ]
        result = run_list(sandbox, listed, validate_first=True)
        assert result["summary"] == {"update": 2, "create": 1, "delete": 1, "prune": 0, "error": 0}
