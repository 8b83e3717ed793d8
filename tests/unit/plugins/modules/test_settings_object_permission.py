# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object_permission against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.server import Server, reply
from tests.support.under_test import ModuleUnderTest
from tests.unit.plugins.modules.test_settings_object import LOST

TICKETING = "app:sandbox.ticketing:connection"
DESK = {"schema_id": TICKETING, "external_id": "desk"}
ALL = {"type": "all_users", "id": None, "access": "read"}
TEAM = {"type": "group", "id": "0a1b-c", "access": "write"}
USER = {"type": "user", "id": "u-1", "access": "read"}
LIST = "GET /v2/settings/objects"


@pytest.fixture
def desk(sandbox: RunningSandbox) -> str:
    value = {"name": "desk", "user": "u", "password": "12345678"}
    made = sandbox.run("settings_object", **DESK, value=value)
    assert not made.get("failed"), made
    sandbox.clear()
    return str(made["object"]["object_id"])


CALLS = ModuleUnderTest("settings_object_permission", compared=("changed", "action", "diff", "object_id", "accessors"))
run, fail = CALLS.run, CALLS.fail


def both(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it exactly without a write; a second one changes nothing."""
    predicted, real = CALLS.both(sandbox, **args)
    assert predicted["validated"] == ("none" if predicted["action"] == "none" else "local")
    sent = sandbox.sent
    again = run(sandbox, **args)
    assert (again["changed"], again["accessors"]) == (False, real["accessors"])
    sandbox.state.requests[len(sent) :] = []
    return real


def paths(object_id: str) -> tuple[str, str]:
    path = f"/v2/settings/objects/{object_id}/permissions"
    return f"GET {path}", path


class TestGrantAndTakeAway:
    def test_a_life(self, sandbox: RunningSandbox, desk: str) -> None:
        read, path = paths(desk)
        made = both(sandbox, object_id=desk, accessors=[ALL, TEAM])
        assert (made["action"], made["accessors"], made["object_id"]) == ("create", [ALL, TEAM], desk)
        assert made["diff"]["before"] == ""
        assert made["diff"]["after"] == {"all users": "read", "group 0a1b-c": "write"}
        assert made["diff"]["after_header"] == f"access to object {desk}"
        assert sandbox.sent == [read, f"POST {path}", f"POST {path}"]

        changed = both(sandbox, object_id=desk, accessors=[{**ALL, "access": "write"}, {**TEAM, "access": "read"}])
        assert changed["action"] == "update"
        assert sandbox.sent == [read, f"PUT {path}/all-users", f"PUT {path}/group/0a1b-c"]

        gone = both(sandbox, object_id=desk, accessors=[ALL, USER], state="absent")
        assert (gone["action"], gone["accessors"]) == ("delete", [{**TEAM, "access": "read"}])
        assert sandbox.sent == [read, f"DELETE {path}/all-users"]

    def test_purge(self, sandbox: RunningSandbox, desk: str) -> None:
        read, path = paths(desk)
        run(sandbox, object_id=desk, accessors=[ALL, TEAM])
        only = both(sandbox, object_id=desk, accessors=[USER, {**TEAM, "access": "read"}], purge=True)
        assert only["action"] == "update"
        assert only["accessors"] == [{**TEAM, "access": "read"}, USER]
        assert sandbox.sent == [
            read,
            f"POST {path}",
            f"PUT {path}/group/0a1b-c",
            f"DELETE {path}/all-users",
        ]
        nobody = both(sandbox, object_id=desk, purge=True, state="absent")
        assert (nobody["action"], nobody["accessors"]) == ("delete", [])

    def test_nobody_given_tells_who_has_access(self, sandbox: RunningSandbox, desk: str) -> None:
        run(sandbox, object_id=desk, accessors=[TEAM])
        sandbox.clear()
        result = run(sandbox, object_id=desk, accessors=[])
        assert (result["changed"], result["accessors"]) == (False, [TEAM])
        assert sandbox.sent == [paths(desk)[0]]

    def test_ids_may_need_encoding(self, sandbox: RunningSandbox, desk: str) -> None:
        odd = {**USER, "id": "a/b c"}
        run(sandbox, object_id=desk, accessors=[odd])
        run(sandbox, object_id=desk, accessors=[{**odd, "access": "write"}])
        assert run(sandbox, object_id=desk, accessors=[odd], state="absent")["accessors"] == []


class TestWhichObject:
    def test_by_external_id(self, sandbox: RunningSandbox, desk: str) -> None:
        read, path = paths(desk)
        made = both(sandbox, **DESK, accessors=[TEAM])
        assert made["object_id"] == desk
        assert sandbox.sent == [LIST, read, f"POST {path}"]
        sandbox.clear()
        run(sandbox, **DESK, accessors=[TEAM])
        assert sandbox.sent == [LIST, read]

    def test_an_object_that_an_earlier_task_makes_is_no_failure_in_check_mode(self, sandbox: RunningSandbox) -> None:
        predicted = run(sandbox, check=True, **DESK, accessors=[TEAM])
        assert (predicted["action"], predicted["object_id"], predicted["accessors"]) == ("create", None, [TEAM])
        assert "an earlier task creates it" in str(predicted["warnings"])
        failed = fail(sandbox, **DESK, accessors=[TEAM])
        assert "no object of app:sandbox.ticketing:connection with that external id (desk)" in failed["msg"]
        assert sandbox.writes == []

    @pytest.mark.parametrize("which", [DESK, {"object_id": "nope"}])
    def test_what_is_not_there_is_open_to_nobody(self, sandbox: RunningSandbox, which: dict[str, str]) -> None:
        for purge in ({"purge": True}, {"accessors": [ALL]}):
            result = both(sandbox, **which, **purge, state="absent")
            assert (result["action"], result["accessors"]) == ("none", [])

    def test_unknown_id(self, sandbox: RunningSandbox) -> None:
        failed = fail(sandbox, object_id="nope", accessors=[ALL])
        assert "object nope does not exist, or its schema has no owner-based access control" in failed["msg"]
        assert failed["error"]["status"] == 404

    @pytest.mark.parametrize("status", [400, 404])
    def test_a_schema_without_owners(self, sandbox: RunningSandbox, status: int) -> None:
        sandbox.variants(settings_permissions_without_owner=status)
        note = sandbox.run("settings_object", schema_id="builtin:sandbox.note", external_id="n", value={"text": "x"})
        for check in (True, False):
            failed = fail(sandbox, check, object_id=note["object"]["object_id"], accessors=[ALL])
            assert "has no owner-based access control" in failed["msg"]
            assert failed["error"]["status"] == status

    @pytest.mark.parametrize(
        ("args", "said"),
        [
            ({}, "give object_id, or schema_id and external_id"),
            ({"external_id": "desk"}, "give object_id, or schema_id and external_id"),
            ({"object_id": "x", "schema_id": TICKETING, "scope": "environment"}, "leave out schema_id, scope"),
        ],
    )
    def test_what_does_not_name_one(self, sandbox: RunningSandbox, args: dict[str, Any], said: str) -> None:
        assert said in fail(sandbox, **args, accessors=[ALL])["msg"]
        assert sandbox.sent == []

    def test_purge_with_a_broken_variable(self, sandbox: RunningSandbox, desk: str) -> None:
        run(sandbox, object_id=desk, accessors=[TEAM])
        sandbox.clear()
        assert "set state=absent" in fail(sandbox, object_id=desk, accessors=[], purge=True)["msg"]
        assert sandbox.sent == []


class TestTrouble:
    @pytest.mark.parametrize("lost", [name for name in LOST if name != "wrong shape"])
    @pytest.mark.parametrize(
        ("method", "args"),
        [
            ("POST", {"accessors": [USER]}),
            ("PUT", {"accessors": [{**TEAM, "access": "read"}]}),
            ("DELETE", {"accessors": [TEAM], "state": "absent"}),
        ],
    )
    def test_a_lost_answer(
        self, sandbox: RunningSandbox, desk: str, lost: str, method: str, args: dict[str, Any]
    ) -> None:
        run(sandbox, object_id=desk, accessors=[TEAM])
        predicted = run(sandbox, check=True, object_id=desk, **args)
        sandbox.fault(method=method, path="/permissions", **LOST[lost][0])
        real = run(sandbox, object_id=desk, **args)
        for key in ("changed", "action", "diff", "accessors"):
            assert predicted[key] == real[key], key
        assert run(sandbox, object_id=desk, **args)["changed"] is False

    def test_a_redirect(self, sandbox: RunningSandbox, desk: str) -> None:
        there = {"Location": "https://login.example.com/"}
        sandbox.fault(method="POST", path="/permissions", kind="status", status=302, headers=there)
        failed = fail(sandbox, object_id=desk, accessors=[TEAM])
        assert (failed["changed"], failed["error"]["unknown"], "accessors" in failed) == (False, [], False)
        assert len(sandbox.writes) == 1

    def test_an_answer_that_stays_lost(self, sandbox: RunningSandbox, desk: str) -> None:
        sandbox.fault(method="PUT", path="/permissions", kind="reset_before", times=99)
        run(sandbox, object_id=desk, accessors=[TEAM])
        wanted = [{**TEAM, "access": "read"}, ALL]
        failed = fail(sandbox, object_id=desk, accessors=wanted, retries=1)
        text = f"access of group 0a1b-c to object {desk} was changed"
        assert f"Whether {text} is unknown" in failed["msg"]
        assert (failed["changed"], failed["error"]["unknown"]) == (True, [text])
        assert failed["accessors"] == [TEAM, ALL]

    def test_of_several_steps_the_whole_change_is_reported(self, sandbox: RunningSandbox, desk: str) -> None:
        run(sandbox, object_id=desk, accessors=[TEAM])
        wanted = {"object_id": desk, "accessors": [ALL, USER], "purge": True}
        predicted = run(sandbox, check=True, **wanted)
        sandbox.fault(method="DELETE", path="/permissions", times=1, kind="reset_after")
        sandbox.fault(method="POST", path="/permissions", times=1, kind="reset_after")
        real = run(sandbox, **wanted)
        for key in ("changed", "action", "diff", "accessors"):
            assert predicted[key] == real[key], key

    def test_what_was_done_before_a_failure_is_reported(self, sandbox: RunningSandbox, desk: str) -> None:
        run(sandbox, object_id=desk, accessors=[TEAM])
        sandbox.fault(method="DELETE", path="/permissions", times=1, kind="status", status=403)
        failed = fail(sandbox, object_id=desk, accessors=[ALL], purge=True)
        assert failed["changed"] is True
        assert (failed["object_id"], failed["accessors"]) == (desk, [TEAM, ALL])
        assert failed["error"]["status"] == 403
        assert failed["error"]["done"] == [f"access of all users to object {desk} was granted"]
        rest = run(sandbox, object_id=desk, accessors=[ALL], purge=True)
        assert (rest["action"], rest["accessors"]) == ("delete", [ALL])

    @pytest.mark.parametrize("status", [400, 409])
    def test_somebody_else_adds_the_same_one_meanwhile(
        self, sandbox: RunningSandbox, desk: str, status: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sandbox.variants(settings_permission_exists=status)
        self._meanwhile(sandbox, desk, "POST", {**USER, "access": "read"}, monkeypatch)
        result = run(sandbox, object_id=desk, accessors=[{**USER, "access": "write"}])
        assert result["accessors"] == [{**USER, "access": "write"}]
        assert run(sandbox, object_id=desk, accessors=[])["accessors"] == [{**USER, "access": "write"}]

    def test_somebody_else_takes_it_away_meanwhile(
        self, sandbox: RunningSandbox, desk: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(sandbox, object_id=desk, accessors=[USER])
        self._meanwhile(sandbox, desk, "DELETE", USER, monkeypatch)
        wanted = [{**USER, "access": "write"}]
        assert run(sandbox, object_id=desk, accessors=wanted)["accessors"] == wanted
        assert run(sandbox, object_id=desk, accessors=wanted)["changed"] is False

    def test_nothing_left_to_do_is_no_change(
        self, sandbox: RunningSandbox, desk: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(sandbox, object_id=desk, accessors=[USER])
        self._meanwhile(sandbox, desk, "DELETE", USER, monkeypatch)
        result = run(sandbox, object_id=desk, accessors=[USER], state="absent")
        assert (result["changed"], result["accessors"]) == (False, [])

    @staticmethod
    def _meanwhile(
        sandbox: RunningSandbox, desk: str, method: str, who: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once, right after the module has read who has access."""
        from ansible_collections.community.dynatrace.plugins.module_utils._settings import api

        read = api.Settings.levels
        url = f"{sandbox.url}/api/v2/settings/objects/{desk}/permissions"
        headers = {"Authorization": f"Api-Token {TOKEN}"}

        def levels(self: Any, object_id: str) -> Any:
            found = read(self, object_id)
            monkeypatch.undo()
            path = url if method == "POST" else f"{url}/{who['type']}/{who['id']}"
            body = {"accessor": {"type": who["type"], "id": who["id"]}, "permissions": ["r"]}
            assert requests.request(method, path, json=body, headers=headers, timeout=10).ok
            return found

        monkeypatch.setattr(api.Settings, "levels", levels)

    @pytest.mark.parametrize(
        "body",
        [
            None,
            [],
            {},
            {"accessors": {}},
            {"accessors": [None]},
            {"accessors": [{}]},
            {"accessors": [{"accessor": []}]},
        ],
    )
    def test_odd_answers(self, sandbox: RunningSandbox, body: Any) -> None:
        with Server(*[reply(200, body)] * 4) as server:
            failed = fail(sandbox, environment_url=server.url, object_id="a", accessors=[ALL])
        assert f"GET {server.url}/api/v2/settings/objects/a/permissions" in failed["msg"]
        assert failed["changed"] is False

    def test_the_owner_is_no_accessor(self, sandbox: RunningSandbox, desk: str) -> None:
        failed = fail(sandbox, object_id=desk, accessors=[{**USER, "id": "dt0c01.SANDBOX"}])
        assert "The owner has all permissions" in failed["msg"]
        assert failed["changed"] is False

    def test_api_tokens_that_are_not_taken(self, sandbox: RunningSandbox, desk: str) -> None:
        sandbox.variants(settings_permissions_api_token="refuse")
        assert "No OAuth token provided" in fail(sandbox, object_id=desk, accessors=[ALL])["msg"]

    def test_administrators(self, sandbox: RunningSandbox, desk: str) -> None:
        """The desk belongs to a token, and an OAuth client is somebody else."""
        sandbox.variants(settings_access="enforced")
        oauth = {
            "api_token": None,
            "oauth_client_id": "dt0s02.ADMIN",
            "oauth_client_secret": "dt0s02.ADMIN.SECRET",
            "oauth_token_url": f"{sandbox.url}/sso/oauth2/token",
        }
        assert fail(sandbox, **oauth, object_id=desk, accessors=[TEAM])["error"]["status"] == 404
        sandbox.clear()
        for args in ({"object_id": desk}, DESK):
            run(sandbox, **oauth, **args, accessors=[TEAM], admin_access=True)
        asked = [one for one in sandbox.state.requests if "/settings/" in one["path"]]
        assert all(one["query"]["adminAccess"] == "true" for one in asked)
        assert run(sandbox, object_id=desk, accessors=[])["accessors"] == [TEAM]
