# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is granted what: requests, and what is said of a failure."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    OvertakenError,
    StateError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.permission import ensure

from .room import Memory, absence, task

OBJECT = "/v2/settings/objects/o"
ACCESS = f"{OBJECT}/permissions"
LIST = "GET /v2/settings/objects"
NOTHING: dict[str, Any] = {
    "object_id": None,
    "schema_id": None,
    "scope": None,
    "external_id": None,
    "admin_access": False,
    "state": "present",
    "purge": False,
    "accessors": [],
}
TEAM = {"type": "group", "id": "team"}


def of(*accessors: tuple[str, str, str]) -> dict[str, Any]:
    """An answer: type, id and letters of each."""
    rows = [{"accessor": {"type": kind, "id": name}, "permissions": list(letters)} for kind, name, letters in accessors]
    return {"accessors": rows}


def run(client: Memory, check_mode: bool = False, **options: Any) -> tuple[Any, Any]:
    job, warnings = task(client, {**NOTHING, **options}, check_mode)
    return ensure(job), (job, warnings)


def memory(levels: Any, **answers: Any) -> Memory:
    return Memory(
        **{
            f"GET {ACCESS}": levels,
            f"POST {ACCESS}": {"accessor": TEAM},
            f"PUT {ACCESS}/group/team": None,
            f"DELETE {ACCESS}/user/me": None,
            **answers,
        }
    )


def test_what_differs_is_sent() -> None:
    client = memory(of(("group", "team", "r"), ("user", "me", "r")))
    accessors = [{**TEAM, "access": "write"}, {"type": "all_users"}]
    result, (job, _warnings) = run(client, object_id="o", accessors=accessors, purge=True)
    assert client.requests[1:] == [
        (f"POST {ACCESS}", {"accessor": {"type": "all-users"}, "permissions": ["r"]}),
        (f"PUT {ACCESS}/group/team", {"permissions": ["r", "w"]}),
        (f"DELETE {ACCESS}/user/me", {}),
    ]
    assert result.action == "update"
    assert (result.before, result.after) == (
        {"group team": "read", "user me": "read"},
        {"group team": "write", "all users": "read"},
    )
    assert job.journal.done == [
        "access of all users to object o was granted",
        "access of group team to object o was changed",
        "access of user me to object o was revoked",
    ]


def test_check_mode_sends_nothing() -> None:
    client = memory(of())
    result, _ = run(client, True, object_id="o", accessors=[TEAM])
    assert [request for request, _sent in client.requests] == [f"GET {ACCESS}"]
    assert (result.action, result.validated) == ("create", "local")
    assert run(client, True, object_id="o")[0].action == "none"


def test_by_external_id() -> None:
    rows = [{"objectId": "x", "externalId": "other"}, {"objectId": "o", "externalId": "e"}]
    client = memory(of(), **{LIST: rows})
    result, _ = run(client, schema_id="s", external_id="e")
    assert result.things["object_id"] == "o"
    assert result.title == "access to object o"


class TestAbsent:
    def test_an_object_is_an_error_but_in_check_mode(self) -> None:
        client = Memory(**{LIST: []})
        with pytest.raises(StateError, match="there is no object of s with that external id"):
            run(client, schema_id="s", external_id="e", accessors=[TEAM])
        result, (_job, warnings) = run(client, True, schema_id="s", external_id="e", accessors=[TEAM])
        assert (result.action, result.title) == ("create", "access to object e")
        assert "the prediction assumes that an earlier task creates it" in warnings[0]

    def test_an_object_has_no_access_to_take_away(self) -> None:
        result, (_job, warnings) = run(
            Memory(**{LIST: []}), schema_id="s", external_id="e", state="absent", accessors=[TEAM]
        )
        assert (result.action, warnings) == ("none", [])
        assert run(memory(absence()), object_id="o", state="absent", accessors=[TEAM])[0].action == "none"

    def test_access_control_or_the_object(self) -> None:
        with pytest.raises(ApiError, match="has no owner-based access control"):
            run(memory(absence()), object_id="o", accessors=[TEAM])

    def test_another_error_is_one(self) -> None:
        with pytest.raises(ApiError, match=r"^no$"):
            run(memory(ApiError("no", "GET", "u", 403, "no")), object_id="o", state="absent", accessors=[TEAM])


def test_somebody_else_was_faster() -> None:
    """Our grant is refused; then it is there, and nothing is reported as ours."""

    class Rival(Memory):
        def post(self, path: str, body: Any, read: Any, params: Any = None, is_read: bool = False) -> Any:
            self.answers[f"GET {ACCESS}"] = of(("group", "team", "r"))
            return super().post(path, body, read, params, is_read)

    client = Rival(**{f"GET {ACCESS}": of(), f"POST {ACCESS}": ApiError("exists", "POST", "u", 400, "exists")})
    result, (job, _warnings) = run(client, object_id="o", accessors=[TEAM])
    assert result.things["accessors"] == [{**TEAM, "access": "read"}]
    assert job.journal.done == []


def test_a_refused_grant_is_sent_once() -> None:
    client = memory(of(), **{f"POST {ACCESS}": ApiError("unknown", "POST", "u", 400, "unknown")})
    job, _warnings = task(client, {**NOTHING, "object_id": "o", "accessors": [TEAM]})
    with pytest.raises(ApiError, match="unknown"):
        ensure(job)
    assert [line for line, _body in client.requests if line.startswith("POST")] == [f"POST {ACCESS}"]


def test_a_failure_says_who_has_access() -> None:
    client = memory(of(("user", "me", "r")), **{f"DELETE {ACCESS}/user/me": ApiError("no", "DELETE", "u", 403, "no")})
    job, _warnings = task(client, {**NOTHING, "object_id": "o", "accessors": [TEAM], "purge": True})
    with pytest.raises(ApiError):
        ensure(job)
    assert job.partial() == {
        "object_id": "o",
        "accessors": [{"type": "user", "id": "me", "access": "read"}, {**TEAM, "access": "read"}],
    }


def test_a_failure_before_the_first_write_says_nothing() -> None:
    client = memory(of(), **{f"POST {ACCESS}": ApiError("no", "POST", "u", 403, "no")})
    job, _warnings = task(client, {**NOTHING, "object_id": "o", "accessors": [TEAM]})
    with pytest.raises((ApiError, OvertakenError)):
        ensure(job)
    assert job.partial() == {}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"object_id": "o", "schema_id": "s"}, "leave out schema_id"),
        ({"object_id": "o", "scope": "HOST-1", "external_id": "e"}, "leave out scope, external_id"),
        ({"schema_id": "s"}, "^give object_id, or"),
        ({"external_id": "e"}, "^give object_id, or"),
        ({"object_id": "o", "accessors": None}, "accessors is missing"),
    ],
)
def test_what_cannot_go_together(options: dict[str, Any], said: str) -> None:
    client = Memory()
    with pytest.raises(InputError, match=said):
        run(client, **options)
    assert client.requests == []
