# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils import _connection
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema

from tests.support.sandbox import RunningSandbox
from tests.support.server import Server, reply
from tests.support.under_test import ModuleUnderTest
from tests.unit.plugins.modules.conftest import FastClock

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


CALLS = ModuleUnderTest("settings_object")
run, fail = CALLS.run, CALLS.fail


def objects(sandbox: RunningSandbox, schema: str, scope: str = "environment") -> list[dict[str, Any]]:
    """What is there, read by another module."""
    found = sandbox.run("settings_object_info", schema_ids=[schema], scopes=[scope])["objects"]
    sandbox.clear()
    return found


def both(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it."""
    predicted, real = CALLS.both(sandbox, **args)
    if real["object"] is not None:
        assert set(predicted["object"]) == set(real["object"])
        assert predicted["object"]["value"] == real["object"]["value"]
    return real


class TestCreateUpdateDelete:
    def test_a_life(self, sandbox: RunningSandbox) -> None:
        value = {"name": "Mobile", "tags": ["a", "b"]}
        created = both(sandbox, schema_id=TAG, value=value)
        assert (created["action"], created["changed"]) == ("create", True)
        assert created["diff"]["before"] == ""
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
        assert gone["diff"]["after"] == ""
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
        value = {"name": "x ", "metricKey": "Not a key"}
        failed = fail(sandbox, check, schema_id=OBJECTIVE, value=value)
        violations = failed["error"]["constraint_violations"]
        assert failed["error"]["status"] == 400
        assert {one["path"] for one in violations} >= {"name", "metricKey"}
        assert "value.metricKey: " in failed["msg"]
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
        assert "does not have" in fail(sandbox, schema_id=NOTE, value={"text": "x"}, match_on=["shape"])["msg"]

    def test_external_id(self, sandbox: RunningSandbox) -> None:
        created = both(sandbox, schema_id=NOTE, value={"text": "x"}, external_id="n1")
        assert (created["action"], created["object"]["external_id"]) == ("create", "n1")
        sandbox.clear()
        changed = both(sandbox, schema_id=NOTE, value={"text": "y"}, external_id="n1")
        assert (changed["action"], changed["object"]["object_id"]) == ("update", created["object"]["object_id"])
        assert run(sandbox, schema_id=NOTE, external_id="n1", state="absent")["action"] == "delete"

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
        value = {**self.value, "url": "nowhere", "token": "hush-hush"}
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
        run(sandbox, schema_id=PROCESS, value={"name": "movable"})
        sandbox.clear()
        header = {"schema_id": HEADER, "value": {"headerName": "X-Real-IP"}}
        ids = [one["objectId"] for one in objects(sandbox, HEADER)]
        assert "is not an object" in fail(sandbox, **header, insert_after="nope")["msg"]
        assert "the object itself" in fail(sandbox, **header, insert_after=ids[1])["msg"]
        assert "exclude each other" in fail(sandbox, **header, insert_after=ids[0], position="first")["msg"]
        assert "not ordered" in fail(sandbox, schema_id=TAG, value={"name": "x"}, position="first")["msg"]
        unmovable = {"schema_id": PROCESS, "value": {"name": "Everything else"}, "position": "first"}
        assert "cannot be moved" in fail(sandbox, **unmovable)["msg"]
        assert sandbox.writes == []

    def test_first_and_last_next_to_what_the_server_keeps_there(self, sandbox: RunningSandbox) -> None:
        for name in ("a", "b"):
            run(sandbox, schema_id=PROCESS, value={"name": name})
        assert both(sandbox, schema_id=PROCESS, value={"name": "b"}, position="first")["changed"] is True
        assert [row["value"]["name"] for row in objects(sandbox, PROCESS)] == ["Own agent", "b", "a", "Everything else"]
        assert both(sandbox, schema_id=PROCESS, value={"name": "a"}, position="last")["changed"] is False


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
        assert fail(sandbox, schema_id=TAG, value={"name": "x "})["error"]["status"] == 400
        assert sandbox.sent.count(LIST) == 2

    def test_throttled(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", path="/settings/", status=429, headers={"Retry-After": "0"}, times=3)
        assert run(sandbox, schema_id=TAG, value={"name": "Mobile"})["action"] == "create"

    def test_the_object_disappears_between_read_and_write(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", method="PUT", path="/settings/objects/", status=404)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers", "description": "x"})["action"] == "update"
        sandbox.fault(kind="status", method="DELETE", path="/settings/objects/", status=404)
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers"}, state="absent")["action"] == "delete"


# What may happen to a write, and whether its work is done all the same.
LOST = {
    "reset before": ({"kind": "reset_before"}, False),
    "reset after": ({"kind": "reset_after"}, True),
    "cut off": ({"kind": "truncate"}, True),
    "page": ({"kind": "html", "status": 200}, False),
    "page of a proxy": ({"kind": "html", "status": 502}, False),
    "wrong shape": ({"kind": "status", "status": 200}, False),
    "500": ({"kind": "status", "status": 500}, False),
    "502": ({"kind": "status", "status": 502}, False),
    "504": ({"kind": "status", "status": 504}, False),
}
# After these the server may still be at work on it.
MAYBE_LATE = ("page of a proxy", "502", "504")
WRITES = {
    "create": ("POST", {"schema_id": TAG, "value": {"name": "Mobile"}}),
    "create by external id": ("POST", {"schema_id": NOTE, "value": {"text": "x"}, "external_id": "n"}),
    "create a single object": ("POST", {"schema_id": HOST, "scope": "HOST-0000000000000001", "value": {"note": "x"}}),
    "update": ("PUT", {"schema_id": TAG, "value": {"name": "Web servers", "description": "x"}}),
    "delete": ("DELETE", {"schema_id": TAG, "value": {"name": "Web servers"}, "state": "absent"}),
    "reset": ("PUT", {"schema_id": SWITCH, "state": "absent"}),
}
REMARK = {"schema_id": NOTE, "value": {"text": "x"}, "match_on": ["text"]}


class TestLostAnswers:
    """A write whose answer does not come, or says nothing: it is looked for, and sent again where that makes no second object."""

    @pytest.mark.parametrize("lost", LOST)
    @pytest.mark.parametrize("write", WRITES)
    def test_what_can_be_there_only_once(self, sandbox: RunningSandbox, write: str, lost: str) -> None:
        method, args = WRITES[write]
        fault, is_done = LOST[lost]
        # The API answers DELETE with nothing, so any JSON is success there.
        says_nothing = lost == "wrong shape" and method == "DELETE"
        sandbox.fault(**fault, method=method, path="/settings/objects")
        result = run(sandbox, **args)
        assert (result["action"], result["changed"]) == (write.split()[0], True)
        writes = [text for text in sandbox.writes if text.startswith(method)]
        assert len(writes) == (1 if is_done or says_nothing else 2)
        if not says_nothing:
            assert run(sandbox, **args)["changed"] is False
        if result["object"] is not None:
            there = objects(sandbox, args["schema_id"], args.get("scope", "environment"))
            assert [one["objectId"] for one in there].count(result["object"]["object_id"]) == 1

    @pytest.mark.parametrize("lost", [name for name in LOST if name not in MAYBE_LATE])
    def test_what_nothing_tells_apart_is_sent_again_only_after_a_look(self, sandbox: RunningSandbox, lost: str) -> None:
        fault, is_done = LOST[lost]
        sandbox.fault(**fault, method="POST", path="/settings/objects")
        assert run(sandbox, **REMARK)["action"] == "create"
        assert sandbox.sent == [SCHEMA + NOTE, LIST, POST, LIST, *([] if is_done else [POST, LIST])]
        assert len(objects(sandbox, NOTE)) == 1

    @pytest.mark.parametrize("lost", MAYBE_LATE)
    def test_what_may_still_come_is_not_sent_again(
        self, sandbox: RunningSandbox, lost: str, fast_clock: FastClock
    ) -> None:
        sandbox.fault(**LOST[lost][0], method="POST", path="/settings/objects")
        failed = fail(sandbox, **REMARK)
        assert "it may still come: run the task again to see" in failed["msg"]
        assert failed["changed"] is False
        assert failed["error"]["unknown"] == [f"{NOTE} on environment was created"]
        assert sandbox.writes == [POST]
        assert 119 < fast_clock.slept < 121
        assert sandbox.sent.count(LIST) < 12
        assert run(sandbox, **REMARK)["action"] == "create"
        assert len(objects(sandbox, NOTE)) == 1

    def test_a_late_write_that_comes_while_it_is_looked_for(
        self, sandbox: RunningSandbox, fast_clock: FastClock
    ) -> None:
        sandbox.fault(kind="status", status=504, method="POST", path="/settings/objects")
        fast_clock.after(40, lambda: make(sandbox, NOTE, {"text": "x"}))
        created = run(sandbox, **REMARK)
        assert (created["action"], created["changed"]) == ("create", True)
        assert [one["objectId"] for one in objects(sandbox, NOTE)] == [created["object"]["object_id"]]
        assert fast_clock.slept < 120

    @pytest.mark.parametrize("write", ["update", "delete"])
    def test_on_conflict_fail_is_not_about_the_echo_of_an_own_write(self, sandbox: RunningSandbox, write: str) -> None:
        method, args = WRITES[write]
        sandbox.fault(kind="reset_after", method=method, path="/settings/objects")
        assert run(sandbox, **args, on_conflict="fail")["action"] == write
        assert len(sandbox.writes) == 1

    @pytest.mark.parametrize("write", WRITES)
    def test_a_redirect_is_no_lost_answer(self, sandbox: RunningSandbox, write: str) -> None:
        method, args = WRITES[write]
        there = {"Location": "https://login.example.com/"}
        sandbox.fault(kind="status", status=302, headers=there, method=method, path="/settings/objects")
        failed = fail(sandbox, **args)
        assert "was redirected to https://login.example.com/" in failed["msg"]
        assert (failed["changed"], failed["error"]["unknown"], failed["error"]["done"]) == (False, [], [])
        assert len(sandbox.writes) == 1

    @pytest.mark.parametrize("write", WRITES)
    def test_a_second_look_that_fails(
        self, sandbox: RunningSandbox, write: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        method, args = WRITES[write]
        sandbox.fault(kind="reset_after", method=method, path="/settings/objects")
        refuse_reads_after_a_write(sandbox, monkeypatch)
        failed = fail(sandbox, **args, retries=0)
        assert "is unknown, and a second look failed" in failed["msg"]
        assert len(failed["error"]["unknown"]) == 1

    @pytest.mark.parametrize("body", [None, [], [{}], [{"code": 200}], [{"code": 200, "objectId": ""}], {}, [None]])
    def test_an_answer_without_an_id_is_lost(self, sandbox: RunningSandbox, body: Any) -> None:
        with Server(
            reply(200, sandbox.state.settings._catalog.latest(TAG).document),
            reply(200, {"items": []}),
            reply(200, body),
            reply(200, {"items": [{"objectId": "a", "value": {"name": "Mobile", "enabled": True, "tags": []}}]}),
        ) as server:
            result = sandbox.run("settings_object", environment_url=server.url, schema_id=TAG, value={"name": "Mobile"})
        assert (result["action"], result["object"]["object_id"]) == ("create", "a")

    @pytest.mark.parametrize("status", [200, 204])
    def test_a_delete_may_be_answered_with_nothing(self, sandbox: RunningSandbox, status: int) -> None:
        there = {"objectId": "a", "value": {"name": "Mobile", "enabled": True, "tags": []}}
        with Server(
            reply(200, sandbox.state.settings._catalog.latest(TAG).document),
            reply(200, {"items": [there]}),
            reply(status, None),
        ) as server:
            args = {"schema_id": TAG, "value": {"name": "Mobile"}, "state": "absent"}
            result = sandbox.run("settings_object", environment_url=server.url, **args)
        assert result["action"] == "delete"

    @pytest.mark.parametrize("answer", [{}, [], None, {"code": 200}, {"objectId": None}])
    def test_an_update_is_looked_for_unless_the_answer_names_the_object(
        self, sandbox: RunningSandbox, answer: Any
    ) -> None:
        before = {"objectId": "a", "value": {"name": "Mobile", "enabled": True, "tags": []}}
        after = {**before, "value": {**before["value"], "description": "x"}}  # type: ignore[dict-item]
        with Server(
            reply(200, sandbox.state.settings._catalog.latest(TAG).document),
            reply(200, {"items": [before]}),
            reply(200, answer),
            reply(200, {"items": [after]}),
        ) as server:
            args = {"schema_id": TAG, "value": {"name": "Mobile", "description": "x"}}
            result = sandbox.run("settings_object", environment_url=server.url, **args)
        assert (result["action"], result["changed"]) == ("update", True)


class TestOddAnswers:
    """Whatever a server says, the module ends with an error of its own that names the address."""

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            {},
            {"schemaId": 7, "properties": []},
            {"schemaId": TAG, "properties": {"name": None}},
            {"schemaId": TAG, "properties": {"name": {"type": "text", "constraints": {}}}},
            {"schemaId": TAG, "properties": {"name": {"type": "list", "items": []}}},
            {"schemaId": TAG, "properties": {}, "types": {"A": {"properties": {"x": 1}}}},
            {"schemaId": TAG, "properties": {}, "enums": {"A": {"items": [1]}}},
            {"schemaId": TAG, "properties": {}, "schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": "name"}]},
            {
                "schemaId": TAG,
                "properties": {"a": {"type": "text", "precondition": {"type": "OR", "preconditions": [1]}}},
            },
            {
                "schemaId": TAG,
                "properties": {"a": {"type": "text", "precondition": {"type": "IN", "expectedValues": 1}}},
            },
        ],
    )
    def test_schemas(self, sandbox: RunningSandbox, document: Any) -> None:
        with Server(*[reply(200, document)] * 4) as server:
            failed = sandbox.run("settings_object", environment_url=server.url, schema_id=TAG, value={"name": "x"})
        assert failed["failed"]
        assert f"GET {server.url}/api/v2/settings/schemas/" in failed["msg"]
        assert "where" in failed["msg"] or "no list" in failed["msg"]

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {},
            {"items": None},
            {"items": {}},
            {"items": [None]},
            {"items": [{}]},
            {"items": [{"objectId": "a", "value": []}]},
            {"items": [{"objectId": "a", "externalId": []}]},
            {"items": [{"objectId": "a", "resourceContext": {"operations": "read"}}]},
            {"items": [{"objectId": "a", "resourceContext": {"modifications": []}}]},
            {"items": [], "nextPageKey": {}},
        ],
    )
    def test_lists(self, sandbox: RunningSandbox, body: Any) -> None:
        document = sandbox.state.settings._catalog.latest(TAG).document
        with Server(reply(200, document), *[reply(200, body)] * 4) as server:
            failed = sandbox.run("settings_object", environment_url=server.url, schema_id=TAG, value={"name": "x"})
        assert failed["failed"]
        assert f"GET {server.url}/api/v2/settings/objects" in failed["msg"]
        assert failed["changed"] is False


class TestRequests:
    """What an item of a loop costs, where the client stays."""

    @pytest.fixture(autouse=True)
    def loop(self, monkeypatch: pytest.MonkeyPatch) -> None:
        share_client(monkeypatch)

    def test_an_unchanged_item_costs_one_request(self, sandbox: RunningSandbox) -> None:
        kinds: list[dict[str, Any]] = [
            {"schema_id": TAG, "value": {"name": "Web servers"}},
            {"schema_id": NOTE, "value": {"text": "x"}, "external_id": "n"},
            {"schema_id": NOTE, "value": {"text": "y"}, "match_on": ["text"]},
            {"schema_id": SWITCH, "value": {}},
        ]
        for args in kinds:
            run(sandbox, **args)
            sandbox.clear()
            assert run(sandbox, **args)["changed"] is False
            assert sandbox.sent == [LIST], args

    def test_new_items(self, sandbox: RunningSandbox) -> None:
        run(sandbox, schema_id=TAG, value={"name": "Web servers"})
        run(sandbox, schema_id=NOTE, value={"text": "y"}, match_on=["text"])
        run(sandbox, schema_id=HOST, scope="HOST-0000000000000003", value={"note": "x"})
        costs: list[tuple[dict[str, Any], list[str]]] = [
            ({"schema_id": TAG, "value": {"name": "new"}}, [LIST, POST]),
            ({"schema_id": NOTE, "value": {"text": "new"}, "match_on": ["text"]}, [LIST, POST, LIST]),
            ({"schema_id": NOTE, "value": {"text": "new"}, "external_id": "n"}, [LIST, POST]),
            ({"schema_id": TAG, "value": {"name": "newer"}, "external_id": "t"}, [LIST, LIST, POST]),
            (
                {"schema_id": HOST, "scope": "HOST-0000000000000001", "value": {"note": "x"}},
                [LIST, "GET /v2/settings/effectiveValues", POST],
            ),
        ]
        for args, sent in costs:
            sandbox.clear()
            assert run(sandbox, **args)["action"] == "create"
            assert sandbox.sent == sent, args

    def test_only_what_is_asked_for_is_read(self, sandbox: RunningSandbox) -> None:
        value = {"name": "it's a \\ new one"}
        assert run(sandbox, schema_id=TAG, value=value)["action"] == "create"
        assert run(sandbox, schema_id=TAG, value=value)["changed"] is False
        filters = [one["query"]["filter"] for one in sandbox.state.requests if one["method"] == "GET" and one["query"]]
        assert filters == ["value.name = 'it\\'s a \\\\ new one'"] * 2

    def test_the_whole_list_where_a_filter_is_refused(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(kind="status", status=400, method="GET", path="/settings/objects")
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers"})["changed"] is False
        assert sandbox.sent == [SCHEMA + TAG, LIST, LIST]
        sandbox.clear()
        assert run(sandbox, schema_id=TAG, value={"name": "Databases"})["changed"] is False
        assert sandbox.sent == [LIST]
        assert "filter" not in sandbox.state.requests[0]["query"]

    def test_an_external_id_with_a_comma_is_not_asked_for(self, sandbox: RunningSandbox) -> None:
        args = {"schema_id": NOTE, "value": {"text": "x"}, "external_id": "a,b"}
        assert run(sandbox, **args)["action"] == "create"
        assert run(sandbox, **args)["changed"] is False
        assert len(objects(sandbox, NOTE)) == 1


class TestKeptSchemas:
    """A client that lives long may have a document that the server has replaced since."""

    def test_an_object_of_a_newer_version(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, schema_id=TAG, value={"name": "Web servers"})
        plant(clients, TAG, lambda document: {"version": "0.1"})
        sandbox.clear()
        assert run(sandbox, schema_id=TAG, value={"name": "Web servers"})["changed"] is False
        assert sandbox.sent == [LIST, SCHEMA + TAG]

    def test_a_property_that_is_new(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, schema_id=TAG, value={"name": "Web servers"})
        plant(clients, TAG, lambda document: {"properties": {"name": {"type": "text", "nullable": False}}})
        sandbox.clear()
        assert run(sandbox, schema_id=TAG, value={"name": "new", "description": "x"})["action"] == "create"
        assert sandbox.sent == [SCHEMA + TAG, LIST, POST]
        wrong = fail(sandbox, schema_id=TAG, value={"name": "new", "descrption": "x"})
        assert "no property descrption" in wrong["msg"]

    @pytest.mark.parametrize("check", [False, True])
    def test_a_refusal(self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, check: bool) -> None:
        clients = share_client(monkeypatch)
        run(sandbox, schema_id=TAG, value={"name": "Web servers"})
        legacy = {"legacy": {"type": "text", "nullable": False, "default": "x"}}
        plant(clients, TAG, lambda document: {"properties": {**document["properties"], **legacy}})
        sandbox.clear()
        assert run(sandbox, check, schema_id=TAG, value={"name": "new"})["action"] == "create"
        post = POST + ("?validateOnly" if check else "")
        assert sandbox.sent == [LIST, post, SCHEMA + TAG, LIST, post]


def make(sandbox: RunningSandbox, schema: str, value: dict[str, Any]) -> None:
    """Somebody else creates an object."""
    answer = requests.post(
        f"{sandbox.url}/api/v2/settings/objects",
        json=[{"schemaId": schema, "scope": "environment", "value": value}],
        headers={"Authorization": "Api-Token dt0c01.A.B"},
        timeout=10,
    )
    assert answer.status_code == 200, answer.text


def refuse_reads_after_a_write(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the server broke down right after it."""
    answer = sandbox.state.answer

    def broken(call: Any, authorization: str | None) -> Any:
        if call.method != "GET":
            sandbox.fault(kind="status", status=500, method="GET", path="", times=9)
        return answer(call, authorization)

    monkeypatch.setattr(sandbox.state, "answer", broken)


def share_client(monkeypatch: pytest.MonkeyPatch) -> list[Client]:
    """All runs of a test have one client, as the items of a loop do."""
    clients: list[Client] = []
    connected = _connection.connected

    def shared(*args: Any) -> Client:
        if not clients:
            clients.append(connected(*args))
        return clients[0]

    monkeypatch.setattr(_connection, "connected", shared)
    monkeypatch.setattr(Client, "close", lambda self: None)
    return clients


def plant(clients: list[Client], schema: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The client keeps an older document of a schema: the one that it has, with changes."""
    kept = clients[0].memory["settings schemas"]
    document = kept[(schema, None)]._document
    kept[(schema, None)] = Schema({**document, **change(document)})


def blind_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look sees nothing, as if all that is there came right after it."""
    looks = [True]
    for name in ("listed", "alike"):
        real = getattr(Settings, name)

        def blind(self: Settings, *args: Any, real: Any = real, **more: Any) -> list[Any]:
            return [] if looks and looks.pop() else real(self, *args, **more)

        monkeypatch.setattr(Settings, name, blind)


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
