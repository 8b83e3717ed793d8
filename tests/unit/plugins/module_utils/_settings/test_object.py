# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object, by values: which requests a look costs, and what the result says."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object import (
    ObjectPlan,
    ensure,
    located,
    title,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

from .room import TEXT, Memory, absence, schema, stored, task

LIST, POST = "GET /v2/settings/objects", "POST /v2/settings/objects"
SCHEMA = "GET /v2/settings/schemas/s"
OPTIONS = {"schema_id": "s", "value": {"name": "a"}, "on_conflict": "retry", "admin_access": False}
DOCUMENT = {
    "schemaId": "s",
    "version": "1",
    "multiObject": True,
    "ordered": True,
    "allowedScopes": ["environment"],
    "properties": {"name": TEXT, "token": {"type": "secret"}},
    "schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": ["name"]}],
}
ROW = {"objectId": "o", "schemaId": "s", "schemaVersion": "1", "scope": "environment", "value": {"name": "a"}}
ABSENT: dict[str, Any] = {"schema_id": None, "object_id": "o", "value": None, "state": "absent"}


def run(client: Memory, check_mode: bool = False, **options: Any) -> tuple[Any, Any]:
    job, _warnings = task(client, {**OPTIONS, **options}, check_mode)
    return ensure(job), job


def sent(client: Memory) -> list[str]:
    return [request for request, _sent in client.requests]


class TestLooks:
    def test_by_key_with_a_filter(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT, LIST: [ROW]})
        result, job = run(client)
        assert (result.action, result.things["object"]["object_id"]) == ("none", "o")
        assert sent(client) == [SCHEMA, LIST]
        assert client.requests[1][1]["filter"] == "value.name = 'a'"
        assert job.shown == {"value": {"name": "a"}}

    def test_an_external_id_then_the_key(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT, LIST: [], POST: [{"code": 200, "objectId": "n"}]})
        result, job = run(client, external_id="e")
        assert sent(client) == [SCHEMA, LIST, LIST, POST]
        assert (client.requests[1][1]["externalIds"], "externalIds" in client.requests[2][1]) == ("e", False)
        assert (result.action, result.things["object"]["object_id"]) == ("create", "n")
        assert result.things["object"]["external_id"] == "e"
        assert job.journal.done == ["s on environment, external id e was created"]

    def test_an_external_id_with_a_comma_is_not_asked_for(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT, LIST: [{**ROW, "externalId": "a,b"}]})
        assert run(client, external_id="a,b", value={})[0].action == "none"
        assert all("externalIds" not in params for request, params in client.requests if request == LIST)

    def test_a_position_needs_the_whole_list(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT, LIST: [ROW]})
        assert run(client, position="first")[0].action == "none"
        assert "filter" not in client.requests[1][1]

    def test_an_object_id_alone(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT, f"{LIST}/o": ROW})
        assert run(client, schema_id=None, object_id="o")[0].action == "none"
        assert sent(client) == [f"{LIST}/o", SCHEMA]

    def test_what_nothing_identifies_is_not_looked_for(self) -> None:
        client = Memory(**{SCHEMA: DOCUMENT})
        with pytest.raises(InputError, match="it is not clear which object"):
            run(client, value={})
        assert sent(client) == [SCHEMA]

    def test_what_a_single_object_inherits(self) -> None:
        single = {**DOCUMENT, "multiObject": False, "ordered": False, "schemaConstraints": []}
        effective = "GET /v2/settings/effectiveValues"
        answers = {SCHEMA: single, LIST: [], effective: [{"value": {"name": "x"}}], POST: [{"objectId": "n"}]}
        assert run(Memory(**answers), value={})[0].things["object"]["value"] == {"name": "x"}
        others: list[dict[str, Any]] = [{"state": "absent"}, {"value_mode": "replace"}]
        for options in others:
            client = Memory(**answers)
            run(client, **options)
            assert effective not in sent(client)


def test_gone_as_it_shall_be() -> None:
    result, _job = run(Memory(**{f"{LIST}/o": absence()}), **ABSENT)
    assert (result.action, result.things["object"], result.title) == ("none", None, "object o")
    with pytest.raises(StateError, match="no schema_id to create it with"):
        run(Memory(**{f"{LIST}/o": absence()}), **{**ABSENT, "state": "present"})


def test_somebody_else_was_faster() -> None:
    """Our creation is refused; then the object is there, without a filter to trust in."""

    class Rival(Memory):
        def post(self, *args: Any, **options: Any) -> Any:
            self.answers[LIST] = [ROW]
            return super().post(*args, **options)

    client = Rival(**{SCHEMA: DOCUMENT, LIST: [], POST: ApiError("taken", "POST", "u", 400, "taken")})
    result, job = run(client)
    assert (result.action, result.things["object"]["object_id"]) == ("none", "o")
    assert job.journal.done == []
    assert ["filter" in params for request, params in client.requests if request == LIST] == [True, False]


def test_a_refused_delete_of_a_single_object_is_a_reset() -> None:
    single = {**DOCUMENT, "multiObject": False, "ordered": False, "schemaConstraints": []}
    delete, put = "DELETE /v2/settings/objects/o", "PUT /v2/settings/objects/o"
    client = Memory(
        **{SCHEMA: single, LIST: [ROW], delete: ApiError("no", "DELETE", "u", 400, "no"), put: {"objectId": "o"}}
    )
    result, _job = run(client, state="absent", value=None)
    assert (result.action, sent(client)[-2:]) == ("reset", [delete, put])


def test_secrets_are_masked_as_soon_as_the_schema_is_known() -> None:
    client = Memory(**{SCHEMA: DOCUMENT, LIST: [], POST: [{"objectId": "n"}]})
    result, job = run(client, value={"name": "a", "token": "hush-hush"})
    assert job.secrets == {"hush-hush"}
    assert "hush-hush" not in str((job.shown, result))
    assert client.requests[-1][1][0]["value"]["token"] == "hush-hush"


@pytest.mark.parametrize("option", ["schema_id", "scope", "external_id"])
def test_what_an_id_and_the_task_say_of_an_object(option: str) -> None:
    there = stored("o", external_id="e")
    right: dict[str, Any] = {"schema_id": "s", "scope": "environment", "external_id": "e"}
    assert located(WantedObject(**{**right, "value": {}}), there).location == ("s", "environment")
    with pytest.raises(InputError, match=f"object o has {option} {right[option]}, and the task says other"):
        located(WantedObject(**{**right, "value": {}, option: "other"}), there)
    assert located(WantedObject(None, None, {}, external_id="new"), stored("o")).location == ("s", "environment")


def test_headers_of_diffs() -> None:
    wanted = WantedObject("s", "environment", {})
    plain = schema("s", ["name"])
    assert title(plain, wanted, ObjectChange("create", None, {"name": "x"})) == "s on environment: x"
    assert title(plain, wanted, ObjectChange("delete", stored("o", name="y"))) == "s on environment: y"
    assert title(plain, wanted, ObjectChange("none")) == "s on environment"


def test_the_same_change_by_a_newer_document_is_the_same_plan() -> None:
    wanted = WantedObject("s", "environment", {})
    first, second = (ObjectPlan(wanted, ObjectChange("none"), document) for document in (schema(), schema()))
    assert first == second
    with pytest.raises(ValueError, match="no schema is known"):
        assert ObjectPlan(wanted, ObjectChange("none")).known_schema
