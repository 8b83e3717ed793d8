# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners, permissions on objects of owner-based schemas, adminAccess."""

from __future__ import annotations

from typing import Any

import pytest

from .settings_api import Api

TICKETING = "app:sandbox.ticketing:connection"
NOTE = "builtin:sandbox.note"
VALUE = {"name": "desk", "user": "u", "password": "12345678"}
ALL = {"accessor": {"type": "all-users"}, "permissions": ["r"]}
GROUP = {"accessor": {"type": "group", "id": "g-1"}, "permissions": ["r", "w"]}
READ, WRITE = ["settings.read"], ["settings.read", "settings.write"]
OTHER, ADMIN = "dt0c01.OTHER.SECRET", "dt0c01.ADMIN.SECRET"


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def path(api: Api) -> str:
    return f"/objects/{api.create(TICKETING, VALUE)}/permissions"


def message(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["message"]


def test_nobody_but_the_owner_has_permissions_at_first(api: Api, path: str) -> None:
    assert api.get(path) == {"accessors": []}
    assert api.one(path.split("/")[2])["owner"] == {"type": "user", "id": "dt0c01.PUBLIC"}


def test_the_life_of_permissions(api: Api, path: str) -> None:
    assert api.call("POST", path, ALL) == (201, ALL)
    assert api.call("POST", path, GROUP) == (201, GROUP)
    assert api.get(path) == {"accessors": [ALL, GROUP]}
    assert api.get(f"{path}/all-users") == ALL
    assert api.get(f"{path}/group/g-1") == GROUP
    assert api.call("PUT", f"{path}/all-users", {"permissions": ["w", "r"]}) == (200, None)
    assert api.call("PUT", f"{path}/group/g-1", {"permissions": ["r"]}) == (200, None)
    assert [one["permissions"] for one in api.get(path)["accessors"]] == [["r", "w"], ["r"]]
    assert api.call("DELETE", f"{path}/all-users") == (204, None)
    assert api.call("DELETE", f"{path}/group/g-1") == (204, None)
    assert api.get(path) == {"accessors": []}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("accessor", ["all-users", "user/u-1", "group/g-2"])
def test_who_has_no_permissions(api: Api, path: str, method: str, accessor: str) -> None:
    answer = api.call(method, f"{path}/{accessor}", {"permissions": ["r"]})
    assert message(answer) == (404, "No permissions found for accessor")


def test_an_accessor_is_added_once(api: Api, path: str) -> None:
    api.call("POST", path, ALL)
    assert api.call("POST", path, ALL)[0] == 400
    api.vary(settings_permission_exists=409)
    assert api.call("POST", path, ALL)[0] == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"accessor": {"type": "all-users"}},
        {"accessor": {"type": "all-users"}, "permissions": []},
        {"accessor": {"type": "all-users"}, "permissions": ["x"]},
        {"accessor": {"type": "all-users"}, "permissions": ["w"]},
        {"accessor": {"type": "everybody"}, "permissions": ["r"]},
        {"accessor": {"type": "user"}, "permissions": ["r"]},
        {"accessor": {"type": "user", "id": "dt0c01.PUBLIC"}, "permissions": ["r"]},
    ],
)
def test_bodies_that_are_refused(api: Api, path: str, body: Any) -> None:
    assert api.call("POST", path, body)[0] == 400
    assert api.get(path) == {"accessors": []}


def test_paths_that_are_refused(api: Api, path: str) -> None:
    assert api.call("GET", f"{path}/role/x")[0] == 400
    assert api.call("GET", f"{path}/all-users/x")[0] == 400
    assert message(api.call("GET", "/objects/nope/permissions")) == (404, "Settings not found")


def test_only_owner_based_schemas_have_permissions(api: Api) -> None:
    path = f"/objects/{api.create(NOTE, {'text': 'x'})}/permissions"
    assert api.call("GET", path)[0] == 400
    assert api.call("POST", path, ALL)[0] == 400
    api.vary(settings_permissions_without_owner=404)
    assert api.call("GET", path)[0] == 404


def test_an_api_token_may_be_refused(api: Api, path: str) -> None:
    api.vary(settings_permissions_api_token="refuse")
    assert message(api.call("GET", path)) == (400, "No OAuth token provided")


def test_permissions_go_with_the_object_and_leave_its_update_token_alone(api: Api, path: str) -> None:
    object_id = path.split("/")[2]
    token = api.one(object_id)["updateToken"]
    api.call("POST", path, ALL)
    assert api.put(object_id, {**VALUE, "user": "v"}, updateToken=token)[0] == 200
    assert api.get(path) == {"accessors": [ALL]}
    api.delete(object_id)
    assert api.call("GET", path)[0] == 404
    assert api.get(f"/objects/{api.create(TICKETING, VALUE)}/permissions") == {"accessors": []}


def test_ownership_is_transferred(api: Api, path: str) -> None:
    object_id, target = path.split("/")[2], path.replace("/permissions", ":transfer-ownership")
    api.call("POST", path, GROUP)
    assert api.call("POST", target, {"newOwner": GROUP["accessor"]}) == (204, None)
    assert api.one(object_id)["owner"] == {"type": "group", "id": "g-1"}
    assert api.get(path) == {"accessors": []}
    assert api.call("POST", target, {"newOwner": {"type": "all-users"}})[0] == 400
    assert api.call("POST", target, {})[0] == 400
    newest = api.get("/history", scope="environment", fields="type,ownerBefore,ownerAfter")["items"][0]
    owners = {"ownerBefore": {"type": "user", "id": "dt0c01.PUBLIC"}, "ownerAfter": {"type": "group", "id": "g-1"}}
    assert newest == {"type": "NO_CHANGE", **owners}


class TestEnforced:
    @pytest.fixture
    def api(self) -> Api:
        admin = [*WRITE, "settings:objects:admin"]
        found = Api(tokens={"dt0c01.PUBLIC.SECRET": WRITE, OTHER: WRITE, ADMIN: admin})
        found.vary(settings_access="enforced")
        return found

    def test_what_is_not_given_is_not_seen(self, api: Api, path: str) -> None:
        object_id = path.split("/")[2]
        api.token = OTHER
        assert api.values(TICKETING) == []
        assert api.get("/effectiveValues", scope="environment", schemaIds=TICKETING)["items"] == []
        assert api.get("/history", scope="environment", schemaId=TICKETING)["items"] == []
        for method, body in (("GET", None), ("PUT", {"value": VALUE}), ("DELETE", None)):
            assert message(api.call(method, f"/objects/{object_id}", body)) == (404, "Settings not found")
        assert api.call("GET", path)[0] == 404

    def test_reading_is_not_writing(self, api: Api, path: str) -> None:
        object_id = path.split("/")[2]
        api.call("POST", path, {"accessor": {"type": "user", "id": "dt0c01.OTHER"}, "permissions": ["r"]})
        api.token = OTHER
        assert api.values(TICKETING)[0]["name"] == "desk"
        assert api.one(object_id)["value"]["name"] == "desk"
        assert api.put(object_id, VALUE) == (403, {"error": {"code": 403, "message": "Forbidden"}})
        assert api.delete(object_id)[0] == 403
        assert api.call("POST", path, ALL)[0] == 403

    def test_who_writes_may_pass_it_on_but_not_give_it_away(self, api: Api, path: str) -> None:
        api.call("POST", path, {**ALL, "permissions": ["r", "w"]})
        api.token = OTHER
        assert api.call("POST", path, GROUP)[0] == 201
        owner = {"newOwner": {"type": "user", "id": "dt0c01.OTHER"}}
        assert api.call("POST", path.replace("/permissions", ":transfer-ownership"), owner)[0] == 403

    def test_administrators(self, api: Api, path: str) -> None:
        object_id = path.split("/")[2]
        api.token = ADMIN
        assert api.call("GET", path)[0] == 404
        assert api.get(path, adminAccess="true") == {"accessors": []}
        assert len(api.values(TICKETING, adminAccess="true")) == 1
        assert api.put(object_id, VALUE, {"adminAccess": "true"})[0] == 200

    def test_admin_access_needs_its_scope(self, api: Api, path: str) -> None:
        expected = (403, "Token is missing required scope. Use one of: settings:objects:admin")
        assert message(api.call("GET", path, adminAccess="true")) == expected


def test_effective_permissions() -> None:
    api = Api(tokens={"dt0c01.PUBLIC.SECRET": READ})
    context = {"schemaId": NOTE, "scope": "environment"}
    asked = [{"permission": f"settings:objects:{name}", "context": context} for name in ("read", "write")]
    status, found = api.call("POST", "/effective-permissions:resolve", {"permissions": asked})
    assert status == 200
    assert [(one["granted"], one["context"]) for one in found] == [("true", context), ("false", context)]
    assert api.call("POST", "/effective-permissions:resolve", {})[0] == 400
    assert api.call("POST", "/effective-permissions:resolve", {"permissions": [{}]})[0] == 400
