# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings

from tests.support.sandbox import RunningSandbox

SCHEMA = "GET /v2/settings/schemas/"
LIST = "GET /v2/settings/objects"
POST = "POST /v2/settings/objects"
NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
OBJECTIVE = "builtin:sandbox.objective"
HEADER = "builtin:sandbox.header-rule"
HOST = "builtin:sandbox.host-monitoring"
REMOTE = "builtin:sandbox.remote-connection"
WEBHOOK = "builtin:sandbox.webhook"
TICKETING = "app:sandbox.ticketing:connection"
DATABASE = "builtin:sandbox.database"
SWITCH = "builtin:sandbox.zone-switch"
PROCESS = "builtin:sandbox.process-rule"


def run(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    result = sandbox.run("settings_object", check=check, diff=True, **args)
    assert not result.get("failed"), result["msg"]
    return result


def fail(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    result = sandbox.run("settings_object", check=check, diff=True, **args)
    assert result.get("failed"), result
    return result


def objects(sandbox: RunningSandbox, schema: str, scope: str = "environment") -> list[dict[str, Any]]:
    """What is there, read by another module."""
    found = sandbox.run("settings_object_info", schema_ids=[schema], scopes=[scope])["objects"]
    sandbox.clear()
    return found


def both(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it exactly without a write."""
    sandbox.clear()
    predicted = run(sandbox, check=True, **args)
    assert sandbox.writes == []
    real = run(sandbox, **args)
    for key in ("changed", "action", "diff"):
        assert predicted[key] == real[key], key
    assert set(predicted) - {"validated"} == set(real)
    if real["object"] is not None:
        assert set(predicted["object"]) == set(real["object"])
        assert predicted["object"]["value"] == real["object"]["value"]
    return real


class TestCreateUpdateDelete:
    def test_a_life(self, sandbox: RunningSandbox) -> None:
        value = {"name": "Mobile", "tags": ["a", "b"]}
        created = both(sandbox, schema_id=TAG, value=value)
        assert (created["action"], created["changed"]) == ("create", True)
        assert created["diff"]["before"] == {}
        assert created["object"]["value"] == {"name": "Mobile", "tags": ["a", "b"], "enabled": True}

        sandbox.clear()
        again = run(sandbox, schema_id=TAG, value=value)
        assert (again["action"], again["changed"]) == ("none", False)
        assert again["object"]["object_id"] == created["object"]["object_id"]
        assert sandbox.sent == [SCHEMA + TAG, LIST]

        updated = both(sandbox, schema_id=TAG, value={"name": "Mobile", "description": "phones"})
        assert updated["action"] == "update"
        assert updated["object"]["object_id"] == created["object"]["object_id"]
        assert updated["object"]["value"]["tags"] == ["a", "b"]

        gone = both(sandbox, schema_id=TAG, value={"name": "Mobile"}, state="absent")
        assert (gone["action"], gone["object"]) == ("delete", None)
        assert gone["diff"]["after"] == {}
        sandbox.clear()
        assert run(sandbox, schema_id=TAG, value={"name": "Mobile"}, state="absent")["action"] == "none"
        assert sandbox.writes == []

    def test_requests_of_a_real_run(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=TAG, value={"name": "Mobile"})
        assert sandbox.sent == [SCHEMA + TAG, LIST, POST]

    def test_check_mode_asks_the_server_to_validate_the_very_same_payload(self, sandbox: RunningSandbox) -> None:
        predicted = run(sandbox, check=True, schema_id=TAG, value={"name": "Mobile"})
        assert sandbox.sent == [SCHEMA + TAG, LIST, POST + "?validateOnly"]
        assert predicted["validated"] == "server"
        assert predicted["object"]["object_id"] is None
        assert run(sandbox, check=True, schema_id=TAG, value={"name": "Web servers"})["validated"] == "none"

    def test_check_mode_never_sends_a_delete(self, sandbox: RunningSandbox) -> None:
        predicted = run(sandbox, check=True, schema_id=TAG, value={"name": "Web servers"}, state="absent")
        assert (predicted["action"], predicted["validated"]) == ("delete", "local")
        assert not [text for text in sandbox.sent if text.startswith("DELETE")]

    @pytest.mark.parametrize("check", [True, False])
    def test_validation_errors_come_by_property(self, sandbox: RunningSandbox, check: bool) -> None:
        value = {"name": "x", "metricKey": "m", "target": 900, "warning": 901}
        failed = fail(sandbox, check, schema_id=OBJECTIVE, value=value)
        violations = failed["error"]["constraint_violations"]
        assert failed["error"]["status"] == 400
        assert {one["path"] for one in violations} >= {"target", "warning"}
        assert "value.warning: " in failed["msg"]
        assert objects(sandbox, OBJECTIVE) == []

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            ({"nmae": "x"}, "no property nmae"),
            ({"name": "x", "tags": "a"}, "value.tags must be a list"),
            ({"name": "x", "enabled": "perhaps"}, "value.enabled must be true or false"),
            ({"name": 1.10}, "quotes"),
            ({"name": {"a": 1}}, "value.name must be a single value"),
        ],
    )
    def test_bad_values_are_refused_before_anything_is_sent(
        self, sandbox: RunningSandbox, value: dict[str, Any], said: str
    ) -> None:
        assert said in fail(sandbox, schema_id=TAG, value=value)["msg"]
        assert sandbox.sent == [SCHEMA + TAG]

    def test_unknown_schema(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id="builtin:nope", value={"name": "x"})
        assert "no schema builtin:nope" in failed["msg"]
        assert "withheld" in failed["invocation"]["module_args"]["value"]

    def test_unknown_schema_version(self, sandbox: RunningSandbox) -> None:
        assert "in version 99" in fail(sandbox, schema_id=TAG, schema_version="99", value={"name": "x"})["msg"]

    def test_scope_class(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=TAG, scope="HOST-0000000000000001", value={"name": "x"})
        assert "allowed are environment" in failed["msg"]
        assert [one for one in sandbox.sent if "/schemas/" not in one] == []


class TestIdentity:
    def test_three_unique_keys_and_defaults_that_do_not_identify(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=OBJECTIVE, value={"name": "one", "metricKey": "m1", "target": 90})
        run(sandbox, schema_id=OBJECTIVE, value={"name": "two", "metricKey": "m2", "target": 91})
        by_name = run(sandbox, schema_id=OBJECTIVE, value={"name": "one", "description": "by name"})
        by_key = run(sandbox, schema_id=OBJECTIVE, value={"metricKey": "m1", "description": "by key"})
        assert by_name["action"] == by_key["action"] == "update"
        assert by_name["object"]["object_id"] == by_key["object"]["object_id"]
        assert len(objects(sandbox, OBJECTIVE)) == 2

    def test_keys_that_lead_to_two_objects_are_an_error_that_lists_them(self, sandbox: RunningSandbox) -> None:
        one = run(sandbox, schema_id=OBJECTIVE, value={"name": "one", "metricKey": "m1", "target": 90})
        two = run(sandbox, schema_id=OBJECTIVE, value={"name": "two", "metricKey": "m2", "target": 91})
        failed = fail(sandbox, schema_id=OBJECTIVE, value={"name": "one", "metricKey": "m2"})
        ids = [one["object"]["object_id"], two["object"]["object_id"]]
        assert failed["candidates"] == ids
        assert all(text in failed["msg"] for text in ids)

    def test_a_renamed_object_is_found_by_another_key(self, sandbox: RunningSandbox) -> None:
        first = run(sandbox, schema_id=OBJECTIVE, value={"name": "old", "metricKey": "m1"})
        renamed = both(sandbox, schema_id=OBJECTIVE, value={"name": "new", "metricKey": "m1"})
        assert renamed["action"] == "update"
        assert renamed["object"]["object_id"] == first["object"]["object_id"]

    def test_nothing_identifies(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=NOTE, value={"text": "x"})
        assert "external_id or match_on" in failed["msg"]
        assert sandbox.writes == []

    def test_match_on(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=NOTE, value={"text": "x"}, match_on=["text"])
        again = both(sandbox, schema_id=NOTE, value={"text": "x", "color": "#ff0000"}, match_on=["text"])
        assert again["action"] == "update"
        assert "does not give it" in fail(sandbox, schema_id=NOTE, value={"text": "x"}, match_on=["color"])["msg"]
        assert "does not have" in fail(sandbox, schema_id=NOTE, value={"text": "x"}, match_on=["colour"])["msg"]

    def test_external_id(self, sandbox: RunningSandbox) -> None:
        created = both(sandbox, schema_id=NOTE, value={"text": "x"}, external_id="n1")
        assert (created["action"], created["object"]["external_id"]) == ("create", "n1")
        sandbox.clear()
        changed = both(sandbox, schema_id=NOTE, value={"text": "y"}, external_id="n1")
        assert (changed["action"], changed["object"]["object_id"]) == ("update", created["object"]["object_id"])
        assert run(sandbox, schema_id=NOTE, external_id="n1", state="absent")["action"] == "delete"

    def test_external_id_too_long(self, sandbox: RunningSandbox) -> None:
        assert "501 characters" in fail(sandbox, schema_id=NOTE, value={"text": "x"}, external_id="n" * 501)["msg"]
        assert sandbox.sent == []

    def test_adoption(self, sandbox: RunningSandbox) -> None:
        mine = {"schema_id": TAG, "external_id": "mine"}
        adopted = both(sandbox, **mine, value={"name": "Web servers", "description": "adopted"})
        assert (adopted["action"], adopted["object"]["external_id"]) == ("update", None)
        assert run(sandbox, **mine, value={"name": "Web servers"})["action"] == "none"
        assert "allow adopt" in fail(sandbox, **mine, value={"name": "Web servers"}, adopt=False)["msg"]
        assert run(sandbox, **mine, value={"name": "Web servers"}, adopt=False, state="absent")["action"] == "none"
        assert "never adopted" in fail(sandbox, **mine, value={"name": "Databases"})["msg"]
        assert run(sandbox, **mine, value={"name": "Databases"}, state="absent")["action"] == "none"
        assert run(sandbox, **mine, value={"name": "Web servers"}, state="absent")["action"] == "delete"

    def test_match_on_leaves_other_external_ids_alone(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=NOTE, external_id="a", value={"text": "same"})
        created = run(sandbox, schema_id=NOTE, external_id="b", value={"text": "same"}, match_on=["text"])
        assert created["action"] == "create"
        assert {one["externalId"] for one in objects(sandbox, NOTE)} == {"a", "b"}

    def test_object_id_alone(self, sandbox: RunningSandbox) -> None:
        object_id = objects(sandbox, TAG)[0]["objectId"]
        updated = both(sandbox, object_id=object_id, value={"description": "by id"})
        assert (updated["action"], updated["object"]["schema_id"]) == ("update", TAG)
        sandbox.clear()
        assert run(sandbox, object_id=object_id, value={"description": "by id"})["action"] == "none"
        assert sandbox.sent == [f"GET /v2/settings/objects/{object_id}", SCHEMA + TAG]

    def test_object_id_of_another_schema_or_scope(self, sandbox: RunningSandbox) -> None:
        object_id = objects(sandbox, TAG)[0]["objectId"]
        assert f"schema_id {TAG}" in fail(sandbox, object_id=object_id, schema_id=NOTE, value={"text": "x"})["msg"]
        assert "scope environment" in fail(sandbox, object_id=object_id, scope="HOST-1", value={})["msg"]

    def test_unknown_object_id(self, sandbox: RunningSandbox) -> None:
        assert "no schema_id" in fail(sandbox, object_id="nope", value={"text": "x"})["msg"]
        assert "nothing else" in fail(sandbox, object_id="nope", schema_id=NOTE, value={"text": "x"})["msg"]
        assert run(sandbox, object_id="nope", state="absent")["action"] == "none"
        assert run(sandbox, object_id="nope", schema_id=NOTE, state="absent")["action"] == "none"
        created = run(sandbox, object_id="nope", schema_id=TAG, value={"name": "deleted by somebody"})
        assert created["action"] == "create"

    def test_neither_schema_nor_object(self, sandbox: RunningSandbox) -> None:
        assert "schema_id is missing" in fail(sandbox, value={"name": "x"})["msg"]
        assert sandbox.sent == []


class TestSingleObjectSchema:
    def test_merge_starts_from_what_is_inherited(self, sandbox: RunningSandbox) -> None:
        where = {"schema_id": HOST, "scope": "HOST-0000000000000001"}
        created = both(sandbox, **where, value={"note": "mine"})
        assert created["action"] == "create"
        assert created["object"]["value"]["thresholds"] == {"cpuPercent": 90.0, "samples": 3}
        sandbox.clear()
        assert run(sandbox, **where, value={"note": "mine"})["action"] == "none"
        assert sandbox.sent == [SCHEMA + HOST, LIST]
        assert both(sandbox, **where, state="absent")["action"] == "delete"
        assert run(sandbox, **where, state="absent")["action"] == "none"

    def test_replace_starts_from_the_defaults(self, sandbox: RunningSandbox) -> None:
        where = {"schema_id": HOST, "scope": "HOST-0000000000000001", "value_mode": "replace"}
        created = both(sandbox, **where, value={"note": "mine"})
        assert created["object"]["value"]["thresholds"] == {"cpuPercent": 95, "samples": 5}

    def test_present_persists_even_what_equals_the_inherited(self, sandbox: RunningSandbox) -> None:
        where = {"schema_id": HOST, "scope": "HOST-0000000000000001"}
        assert both(sandbox, **where, value={})["action"] == "create"
        assert run(sandbox, **where, value={})["action"] == "none"

    def test_absent_resets_what_may_not_be_deleted(self, sandbox: RunningSandbox) -> None:
        reset = both(sandbox, schema_id=SWITCH, state="absent")
        assert (reset["action"], reset["object"]) == ("reset", None)
        assert reset["diff"]["after"]["value"] == {"enabled": False, "fallback": "default"}
        assert run(sandbox, schema_id=SWITCH, state="absent")["action"] == "none"

    def test_an_object_of_a_multi_object_schema_that_may_not_be_deleted(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id="builtin:sandbox.profile", value={"name": "Default"}, state="absent")
        assert "may not be deleted" in failed["msg"]
        assert sandbox.writes == []


class TestValueModes:
    def test_merge_null_removes(self, sandbox: RunningSandbox) -> None:
        removed = both(sandbox, schema_id=TAG, value={"name": "Databases", "description": None})
        assert (removed["action"], "description" in removed["object"]["value"]) == ("update", False)

    def test_replace_drops_what_is_not_given(self, sandbox: RunningSandbox) -> None:
        args = {"schema_id": TAG, "value": {"name": "Databases"}, "value_mode": "replace"}
        replaced = both(sandbox, **args)
        assert replaced["object"]["value"] == {"name": "Databases", "enabled": True, "tags": []}
        assert run(sandbox, **args)["action"] == "none"

    def test_replace_needs_a_value(self, sandbox: RunningSandbox) -> None:
        assert "needs a value" in fail(sandbox, schema_id=TAG, value_mode="replace")["msg"]

    def test_a_set_has_no_order_and_a_list_has(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=TAG, value={"name": "s", "tags": ["b", "a"]})
        assert run(sandbox, schema_id=TAG, value={"name": "s", "tags": ["a", "b"]})["action"] == "none"
        base = {"address": "h", "label": "l", "login": {"user": "u", "password": "p"}}
        run(sandbox, schema_id=DATABASE, value={**base, "tables": ["b", "a"]})
        assert both(sandbox, schema_id=DATABASE, value={"address": "h", "tables": ["a", "b"]})["action"] == "update"

    def test_numbers_and_texts_that_mean_the_same(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=OBJECTIVE, value={"name": "n", "metricKey": "m", "target": 90})
        same = {"name": "n", "target": "90.0", "enabled": "True"}
        assert run(sandbox, schema_id=OBJECTIVE, value=same)["action"] == "none"

    def test_what_the_new_value_rules_out_is_dropped(self, sandbox: RunningSandbox) -> None:
        route = {"schema_id": "builtin:sandbox.alert-route"}
        email = {"name": "r", "channel": "EMAIL", "email": {"recipients": ["a@example.com"]}}
        run(sandbox, **route, value=email)
        changed = both(sandbox, **route, value={"name": "r", "channel": "CHAT", "chat": {"room": "ops"}})
        assert "email" not in changed["object"]["value"]
        assert changed["object"]["value"]["quiet"] is False
        assert (
            run(sandbox, **route, value={"name": "r", "channel": "CHAT", "chat": {"room": "ops"}})["action"] == "none"
        )

    def test_schema_version_older_than_the_stored_one(self, sandbox: RunningSandbox) -> None:
        audit = {"schema_id": "builtin:sandbox.audit", "value": {"enabled": True}}
        run(sandbox, schema_id="builtin:sandbox.audit", value={})
        failed = fail(sandbox, **{**audit, "value": {"enabled": False}}, schema_version="1.0", value_mode="replace")
        assert "older than" in failed["msg"]
        assert sandbox.writes == [POST]

    def test_non_modifiable_path(self, sandbox: RunningSandbox) -> None:
        value = {"address": "h", "label": "l", "login": {"realm": "r", "user": "u", "password": "p"}}
        run(sandbox, schema_id=DATABASE, value=value)
        sandbox.clear()
        failed = fail(sandbox, schema_id=DATABASE, value={"address": "h", "login": {"realm": "other"}})
        assert "value.login.realm" in failed["msg"]
        assert sandbox.writes == []

    def test_read_only_object(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=PROCESS, value={"name": "Own agent", "action": "WATCH"})
        assert "may not be changed" in failed["msg"]
        allowed = both(sandbox, schema_id=PROCESS, value={"name": "Own agent", "color": "#000000"})
        assert allowed["action"] == "update"


SECRET = "first-secret"


class TestSecrets:
    value: ClassVar[dict[str, Any]] = {"name": "r", "url": "https://a.example.com/1", "token": SECRET}

    def test_left_alone_unless_the_server_demands_them(self, sandbox: RunningSandbox) -> None:
        created = both(sandbox, schema_id=REMOTE, value=self.value)
        assert SECRET not in json.dumps(created)
        sandbox.clear()
        assert run(sandbox, schema_id=REMOTE, value={**self.value, "token": "another-secret"})["action"] == "none"
        assert sandbox.writes == []
        changed = both(sandbox, schema_id=REMOTE, value={"name": "r", "scope": "EXTERNAL"})
        assert changed["diff"]["after"]["value"]["token"] == "********"
        assert stored_secret(sandbox, REMOTE) == SECRET

    def test_demanded_for_a_change(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=REMOTE, value=self.value)
        sandbox.clear()
        failed = fail(sandbox, schema_id=REMOTE, value={"name": "r", "url": "https://a.example.com/2"})
        assert "value.token" in failed["msg"]
        assert sandbox.writes == []
        changed = both(
            sandbox, schema_id=REMOTE, value={"name": "r", "url": "https://a.example.com/2", "token": "next-secret"}
        )
        assert changed["diff"]["after"]["value"]["token"] == "******** (sent)"
        assert "next-secret" not in json.dumps(changed)
        assert stored_secret(sandbox, REMOTE) == "next-secret"

    def test_any_change_demands_them_with_check_all_properties(self, sandbox: RunningSandbox) -> None:
        schema = sandbox.run("settings_schema_info", schema_id=TICKETING)["schemas"][0]
        secret = next(name for name, one in schema["properties"].items() if one["type"] == "secret")
        plain = {
            name: "https://t.example.com" if "url" in name.lower() else "x"
            for name, one in schema["properties"].items()
            if one["type"] == "text" and not one["nullable"] and one.get("default") is None
        }
        run(sandbox, schema_id=TICKETING, value={**plain, secret: SECRET}, external_id="t")
        other = next(name for name, one in schema["properties"].items() if one["type"] == "text" and name != "name")
        changed = "https://u.example.com" if "url" in other.lower() else "y"
        failed = fail(sandbox, schema_id=TICKETING, value={**plain, other: changed}, external_id="t")
        assert f"value.{secret}" in failed["msg"]
        run(sandbox, schema_id=TICKETING, value={**plain, other: changed, secret: "next-secret"}, external_id="t")
        assert stored_secret(sandbox, TICKETING, secret) == "next-secret"

    def test_always(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=REMOTE, value=self.value)
        args = {"schema_id": REMOTE, "value": {"name": "r", "token": "rotated-secret"}, "update_secrets": "always"}
        assert both(sandbox, **args)["action"] == "update"
        assert stored_secret(sandbox, REMOTE) == "rotated-secret"
        assert run(sandbox, **args)["changed"]
        unset = {"schema_id": REMOTE, "value": {"name": "r"}, "update_secrets": "always"}
        assert run(sandbox, **unset)["action"] == "none"

    def test_replace_keeps_a_secret_that_is_left_out(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=REMOTE, value=self.value)
        value = {"name": "r", "url": "https://a.example.com/1", "scope": "EXTERNAL"}
        run(sandbox, schema_id=REMOTE, value=value, value_mode="replace")
        assert stored_secret(sandbox, REMOTE) == SECRET

    def test_in_a_collection(self, sandbox: RunningSandbox) -> None:
        headers = [
            {"name": "A", "secret": True, "secretValue": "secret-a"},
            {"name": "B", "secret": False, "value": "plain"},
        ]
        value = {"name": "w", "url": "https://w.example.com", "headers": headers}
        created = both(sandbox, schema_id=WEBHOOK, value=value)
        assert "secret-a" not in json.dumps(created)
        assert run(sandbox, schema_id=WEBHOOK, value=value)["action"] == "none"
        added = {"name": "w", "headers": [*headers, {"name": "C", "secret": True, "secretValue": "secret-c"}]}
        both(sandbox, schema_id=WEBHOOK, value=added)
        found = raw_values(sandbox, WEBHOOK)[0]["headers"]
        assert [one.get("secretValue") for one in found] == ["secret-a", None, "secret-c"]
        without = {"name": "w", "headers": [{"name": "A", "secret": True}]}
        sandbox.clear()
        assert "value.headers[0].secretValue" in fail(sandbox, schema_id=WEBHOOK, value=without)["msg"]
        assert sandbox.writes == []

    def test_a_server_that_repeats_them_in_its_refusal(self, sandbox: RunningSandbox) -> None:
        value = {**self.value, "scope": "NOWHERE", "token": "hush-hush"}
        failed = fail(sandbox, schema_id=REMOTE, value=value)
        assert failed["error"]["status"] == 400
        assert "hush-hush" not in json.dumps(failed)
        assert failed["invocation"]["module_args"]["value"]["token"] == "********"

    def test_a_misspelt_property_is_masked_too(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, schema_id=REMOTE, value={"name": "r", "tokn": "hush-hush"})
        assert "hush-hush" not in json.dumps(failed)


def raw_values(sandbox: RunningSandbox, schema: str) -> list[dict[str, Any]]:
    """What the sandbox really keeps, secrets in clear."""
    return [one.value for one in sandbox.state.settings.store.objects(schema)]


def stored_secret(sandbox: RunningSandbox, schema: str, name: str = "token") -> Any:
    return raw_values(sandbox, schema)[0][name]


class TestPosition:
    def order(self, sandbox: RunningSandbox) -> list[str]:
        return [one["value"]["headerName"] for one in objects(sandbox, HEADER)]

    @pytest.mark.parametrize(
        ("where", "expected"),
        [
            ({"position": "first"}, ["N", "X-Forwarded-For", "X-Real-IP"]),
            ({"position": "last"}, ["X-Forwarded-For", "X-Real-IP", "N"]),
            ({"insert_after": 0}, ["X-Forwarded-For", "N", "X-Real-IP"]),
            ({"insert_before": 1}, ["X-Forwarded-For", "N", "X-Real-IP"]),
            ({"insert_before": 0}, ["N", "X-Forwarded-For", "X-Real-IP"]),
            ({"insert_after": 1}, ["X-Forwarded-For", "X-Real-IP", "N"]),
        ],
    )
    def test_create_then_stay(self, sandbox: RunningSandbox, where: dict[str, Any], expected: list[str]) -> None:
        ids = [one["objectId"] for one in objects(sandbox, HEADER)]
        place = {name: ids[to] if isinstance(to, int) else to for name, to in where.items()}
        created = both(sandbox, schema_id=HEADER, value={"headerName": "N"}, **place)
        assert created["action"] == "create"
        assert created["diff"]["after"]["position"] == expected.index("N") + 1
        assert self.order(sandbox) == expected
        assert run(sandbox, schema_id=HEADER, value={"headerName": "N"}, **place)["action"] == "none"
        assert sandbox.writes == []

    @pytest.mark.parametrize(
        ("name", "where", "expected"),
        [
            ("C", {"position": "first"}, "CABD"),
            ("A", {"position": "last"}, "BCDA"),
            ("A", {"insert_after": "C"}, "BCAD"),
            ("D", {"insert_after": "A"}, "ADBC"),
            ("A", {"insert_before": "D"}, "BCAD"),
            ("D", {"insert_before": "A"}, "DABC"),
        ],
    )
    def test_move(self, sandbox: RunningSandbox, name: str, where: dict[str, str], expected: str) -> None:
        for one in objects(sandbox, HEADER):
            run(sandbox, object_id=one["objectId"], state="absent")
        for letter in "ABCD":
            run(sandbox, schema_id=HEADER, value={"headerName": letter}, external_id=f"ext-{letter}", position="last")
        place = {key: to if key == "position" else f"ext-{to}" for key, to in where.items()}
        moved = both(sandbox, schema_id=HEADER, value={"headerName": name}, external_id=f"ext-{name}", **place)
        assert (moved["action"], moved["changed"]) == ("move", True)
        assert "".join(self.order(sandbox)) == expected
        assert not run(sandbox, schema_id=HEADER, value={"headerName": name}, external_id=f"ext-{name}", **place)[
            "changed"
        ]

    def test_update_and_move_are_one_request(self, sandbox: RunningSandbox) -> None:
        sandbox.clear()
        both_at_once = run(
            sandbox, schema_id=HEADER, value={"headerName": "X-Real-IP", "enabled": False}, position="first"
        )
        assert both_at_once["action"] == "update"
        assert len(sandbox.writes) == 1
        assert self.order(sandbox) == ["X-Real-IP", "X-Forwarded-For"]

    def test_errors(self, sandbox: RunningSandbox) -> None:
        header = {"schema_id": HEADER, "value": {"headerName": "X-Real-IP"}}
        ids = [one["objectId"] for one in objects(sandbox, HEADER)]
        assert "is no object" in fail(sandbox, **header, insert_after="nope")["msg"]
        assert "the object itself" in fail(sandbox, **header, insert_after=ids[1])["msg"]
        assert "exclude each other" in fail(sandbox, **header, insert_after=ids[0], position="first")["msg"]
        assert "not ordered" in fail(sandbox, schema_id=TAG, value={"name": "x"}, position="first")["msg"]
        unmovable = {"schema_id": PROCESS, "value": {"name": "Everything else"}, "position": "first"}
        assert "cannot be moved" in fail(sandbox, **unmovable)["msg"]
        assert sandbox.writes == []


class TestTrouble:
    def test_somebody_changes_the_object_between_read_and_write(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects/", status=409)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"})["action"] == "update"
        assert sandbox.sent.count(LIST) == 2

    def test_on_conflict_fail(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects/", status=409)
        failed = fail(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"}, on_conflict="fail")
        assert failed["error"]["status"] == 409
        assert sandbox.sent.count(LIST) == 1

    def test_conflicts_that_do_not_end(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects/", status=409, times=99)
        failed = fail(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"}, retries=2)
        assert failed["error"]["status"] == 409
        assert len(sandbox.writes) == 3

    def test_a_stale_update_token_is_a_conflict(self, sandbox: RunningSandbox) -> None:
        first = objects(sandbox, TAG)[0]
        run(sandbox, object_id=first["objectId"], value={"description": "meanwhile"})
        # What a module that read before would send.
        answer = requests.put(
            f"{sandbox.url}/api/v2/settings/objects/{first['objectId']}",
            json={"value": first["value"], "updateToken": first["updateToken"]},
            headers={"Authorization": "Api-Token dt0c01.A.B"},
            timeout=10,
        )
        assert answer.status_code == 409

    @pytest.mark.parametrize("kind", ["reset_after", "reset_before", "truncate", "html"])
    def test_lost_answer_of_a_post(self, sandbox: RunningSandbox, kind: str) -> None:
        sandbox.fault(kind=kind, method="POST", path="/settings/objects", status=502)
        created = run(sandbox, schema_id=TAG, value={"name": "Mobile"})
        assert (created["action"], created["changed"]) == ("create", True)
        found = [one for one in objects(sandbox, TAG) if one["value"]["name"] == "Mobile"]
        assert [one["objectId"] for one in found] == [created["object"]["object_id"]]

    @pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
    def test_lost_answer_of_a_post_found_again_by_external_id(self, sandbox: RunningSandbox, kind: str) -> None:
        sandbox.fault(kind=kind, method="POST", path="/settings/objects")
        created = run(sandbox, schema_id=NOTE, value={"text": "x"}, external_id="n")
        assert created["action"] == "create"
        assert len(objects(sandbox, NOTE)) == 1

    @pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
    @pytest.mark.parametrize("on_conflict", ["retry", "fail"])
    def test_lost_answer_of_a_put(self, sandbox: RunningSandbox, kind: str, on_conflict: str) -> None:
        sandbox.fault(kind=kind, method="PUT", path="/settings/objects")
        args = {"schema_id": TAG, "value": {"name": "Web servers", "description": "x"}, "on_conflict": on_conflict}
        updated = run(sandbox, **args)
        assert (updated["action"], updated["changed"]) == ("update", True)
        assert len(sandbox.writes) == (1 if kind == "reset_after" else 2)
        assert run(sandbox, **args)["action"] == "none"

    @pytest.mark.parametrize("kind", ["reset_after", "reset_before"])
    def test_lost_answer_of_a_delete(self, sandbox: RunningSandbox, kind: str) -> None:
        sandbox.fault(kind=kind, method="DELETE", path="/settings/objects")
        gone = run(sandbox, schema_id=TAG, value={"name": "Web servers"}, state="absent")
        assert (gone["action"], gone["changed"]) == ("delete", True)
        assert len(sandbox.writes) == (1 if kind == "reset_after" else 2)

    def test_answers_that_stay_lost(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="reset_before", method="POST", path="/settings/objects", times=99)
        failed = fail(sandbox, schema_id=TAG, value={"name": "Mobile"}, retries=1)
        assert "unknown" in failed["msg"]
        assert len(sandbox.writes) == 2

    def test_somebody_creates_the_same_object_at_the_same_time(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blind_once(monkeypatch)
        same = run(sandbox, schema_id=TAG, value={"name": "Web servers"})
        assert (same["action"], same["changed"]) == ("none", False)
        blind_once(monkeypatch)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"})["action"] == "update"
        sandbox.clear()
        assert fail(sandbox, schema_id=TAG, value={"name": "x" * 101})["error"]["status"] == 400
        assert sandbox.sent.count(LIST) == 2

    def test_throttled(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", path="/settings/", status=429, headers={"Retry-After": "0"}, times=3)
        assert run(sandbox, schema_id=TAG, value={"name": "Mobile"})["action"] == "create"

    def test_the_object_disappears_between_read_and_write(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects/", status=404)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"})["action"] == "update"
        sandbox.fault(kind="status", method="DELETE", path="/settings/objects/", status=404)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers"}, state="absent")["action"] == "delete"


def blind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look sees nothing, as if all that is there came right after it."""
    looks = [True]
    listed = Settings.listed

    def blind(self: Settings, *args: Any, **more: Any) -> list[Any]:
        return [] if looks and looks.pop() else listed(self, *args, **more)

    monkeypatch.setattr(Settings, "listed", blind)


VARIANTS = [
    {"settings_single_object_post": "refuse"},
    {"settings_precondition_false": "ignore"},
    {"settings_set_order": "kept"},
    {"settings_secret_mask": "***NNN***"},
    {"settings_secret_mask": "*****"},
    {"settings_secret_mask_on_create": "refuse"},
    {"settings_null_properties": "null"},
    {"settings_default_origin": "environment"},
    {"settings_unknown_neighbor": 404},
    {"settings_oversize_status": 400},
]


@pytest.mark.parametrize(
    "variant", VARIANTS, ids=lambda one: "-".join(str(part) for pair in one.items() for part in pair)
)
def test_a_life_under_each_variant(sandbox: RunningSandbox, variant: dict[str, Any]) -> None:
    """Whatever the real server does about what nobody knows: created once, then unchanged, then gone."""
    sandbox.variants(**variant)
    kinds: list[dict[str, Any]] = [
        {"schema_id": TAG, "value": {"name": "v", "tags": ["z", "a"], "description": None}},
        {"schema_id": REMOTE, "value": {"name": "v", "url": "https://v.example.com", "token": SECRET}},
        {"schema_id": HOST, "scope": "HOST-0000000000000002", "value": {"note": "v"}},
        {
            "schema_id": "builtin:sandbox.alert-route",
            "value": {"name": "v", "email": {"recipients": ["a@example.com"]}},
        },
        {"schema_id": HEADER, "value": {"headerName": "V"}, "position": "first"},
    ]
    for args in kinds:
        assert both(sandbox, **args)["action"] == "create", args
        assert not run(sandbox, **args)["changed"], args
    renamed = {"schema_id": REMOTE, "value": {"name": "w", "url": "https://v.example.com"}}
    assert both(sandbox, **renamed)["action"] == "update"
    assert stored_secret(sandbox, REMOTE) == SECRET
    for args in [*kinds[:1], renamed, *kinds[2:]]:
        assert both(sandbox, **{**args, "state": "absent"})["action"] == "delete", args
        assert not run(sandbox, **{**args, "state": "absent"})["changed"], args


def test_platform_token_and_oauth_reach_the_platforms_path(sandbox: RunningSandbox) -> None:
    args: dict[str, Any] = {"schema_id": TAG, "value": {"name": "Mobile"}, "api_token": None}
    assert sandbox.run("settings_object", **args, platform_token="dt0s16.AAA.BBB")["action"] == "create"
    oauth = {
        "oauth_client_id": "dt0s02.AAA",
        "oauth_client_secret": "dt0s02.AAA.SECRET",
        "oauth_token_url": f"{sandbox.url}/sso/oauth2/token",
    }
    assert sandbox.run("settings_object", **args, **oauth)["action"] == "none"
    asked = [token.scopes for token in sandbox.state.tokens._issued.values()]
    assert asked == [{"settings:objects:read", "settings:objects:write", "settings:schemas:read"}]
    sandbox.run("settings_object", **args, **oauth, admin_access=True)
    assert "settings:objects:admin" in list(sandbox.state.tokens._issued.values())[-1].scopes
    paths = {one["path"].split("/v2/")[0] for one in sandbox.state.requests if "/v2/" in one["path"]}
    assert paths == {"/platform/classic/environment-api"}
