# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that create the same object at once, where nothing but match_on finds it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import Settings
from ansible_collections.community.dynatrace.plugins.module_utils._task import Task
from ansible_collections.community.dynatrace.plugins.modules import settings_object, settings_objects

from tests.sandbox.http import Call
from tests.support.sandbox import TOKEN, RunningSandbox

NOTE = "builtin:sandbox.note"
VALUE = {"text": "once", "color": "#aabbcc"}
ONE = {"schema_id": NOTE, "value": VALUE, "match_on": ["text"]}
MANY: dict[str, Any] = {"objects": [{"key": "a", **ONE}]}
MODULES = {"settings_object": settings_object.MODULE, "settings_objects": settings_objects.MODULE}
ARGUMENTS: dict[str, dict[str, Any]] = {"settings_object": ONE, "settings_objects": MANY}
LIST, POST = "GET /v2/settings/objects", "POST /v2/settings/objects"


def notes(sandbox: RunningSandbox) -> list[Any]:
    return [one for one in sandbox.state.settings.store.objects(NOTE) if one.value["text"] == "once"]


def object_ids(result: dict[str, Any]) -> list[str]:
    return [one["object_id"] for one in result.get("objects") or [result["object"]]]


@pytest.fixture
def before(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Something done once, just before the first request of a method."""
    waiting: dict[str, Callable[[], None]] = {}
    answer = sandbox.state.answer

    def answering(call: Any, authorization: Any) -> Any:
        waiting.pop(call.method, lambda: None)()
        return answer(call, authorization)

    monkeypatch.setattr(sandbox.state, "answer", answering)
    yield waiting.__setitem__
    assert waiting == {}


def stranger(sandbox: RunningSandbox, **value: Any) -> None:
    """Somebody else creates the same note, with what ``value`` says besides."""
    body = [{"schemaId": NOTE, "scope": "environment", "value": {**VALUE, **value}}]
    call = Call("POST", "/api/v2/settings/objects", {}, {}, {}, json.dumps(body).encode())
    reply, _is_read = sandbox.state.answer(call, f"Api-Token {TOKEN}")
    assert reply.status == 200


@pytest.mark.parametrize("module", MODULES)
def test_alone(sandbox: RunningSandbox, module: str) -> None:
    result = sandbox.run(module, **ARGUMENTS[module])
    assert result["changed"] is True
    assert sandbox.sent[-3:] == [LIST, POST, LIST]
    assert object_ids(result) == [one.object_id for one in notes(sandbox)]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(
    "given", [{"external_id": "e"}, {"schema_id": "builtin:sandbox.tag-rule", "value": {"name": "T"}}]
)
def test_what_can_be_there_only_once_costs_no_look(sandbox: RunningSandbox, module: str, given: dict[str, Any]) -> None:
    one = {**ONE, "match_on": None, **given}
    sandbox.run(module, **(one if module == "settings_object" else {"objects": [{"key": "a", **one}]}))
    assert sandbox.sent[-1] == POST


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize(("color", "writes"), [("#aabbcc", ["DELETE"]), ("#000000", ["DELETE", "PUT"])])
def test_somebody_else_was_first(
    sandbox: RunningSandbox, before: Callable[..., None], module: str, color: str, writes: list[str]
) -> None:
    """Ours goes, and theirs is made what is wanted here. To the task it is the creation that was planned."""
    before("POST", lambda: stranger(sandbox, color=color))
    result = sandbox.run(module, **ARGUMENTS[module])
    (left,) = notes(sandbox)
    assert object_ids(result) == [left.object_id]
    assert (result["changed"], left.value) == (True, VALUE)
    assert (result.get("objects") or [result])[0]["action"] == "create"
    assert [text.split()[0] for text in sandbox.writes[1:]] == writes
    assert sandbox.run(module, **ARGUMENTS[module])["changed"] is False


@pytest.mark.parametrize("module", MODULES)
def test_somebody_else_comes_later(sandbox: RunningSandbox, before: Callable[..., None], module: str) -> None:
    """It is for the other one to give way. If it does not, the next run says what to do."""

    def then() -> None:
        before("GET", lambda: stranger(sandbox))

    before("POST", then)
    first = sandbox.run(module, **ARGUMENTS[module])
    assert first["changed"] is True
    assert not [text for text in sandbox.writes if text.startswith("DELETE")]
    failed = sandbox.run(module, **ARGUMENTS[module])
    assert failed["failed"] is True
    for one in notes(sandbox):
        assert one.object_id in failed["msg"]
    assert "To delete one, give its object_id and state absent" in failed["msg"]
    removed = sandbox.run("settings_object", object_id=object_ids(first)[0], state="absent")
    assert removed["changed"] is True
    assert sandbox.run(module, **ARGUMENTS[module])["changed"] is False


@pytest.mark.parametrize("module", MODULES)
def test_nobody_can_look(sandbox: RunningSandbox, before: Callable[..., None], module: str) -> None:
    before("POST", lambda: sandbox.fault(kind="status", status=403, method="GET", path="/settings/objects"))
    failed = sandbox.run(module, **ARGUMENTS[module])
    assert (failed["failed"], failed["changed"], len(failed["error"]["done"])) == (True, True, 1)
    assert len(notes(sandbox)) == 1
    assert sandbox.run(module, **ARGUMENTS[module])["changed"] is False


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_the_answer_to_the_deletion_is_lost(
    sandbox: RunningSandbox, before: Callable[..., None], module: str, kind: str
) -> None:
    before("POST", lambda: stranger(sandbox))
    sandbox.fault(kind=kind, method="DELETE", path="/settings/objects")
    assert not sandbox.run(module, **ARGUMENTS[module]).get("failed")
    assert len(notes(sandbox)) == 1


@pytest.mark.parametrize("second", MODULES)
def test_twice_at_once(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, second: str) -> None:
    """Both have found nothing when they create."""
    meet = threading.Barrier(2, timeout=20)
    create = Settings.create

    def together(*given: Any) -> Any:
        meet.wait()
        return create(*given)

    monkeypatch.setattr(Settings, "create", together)
    results: list[Any] = []
    threads = [
        threading.Thread(target=run_apart, args=(sandbox, module, results)) for module in ("settings_object", second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (left,) = notes(sandbox)
    for result in results:
        assert result.action != "none"
        assert object_ids(dict(result.things)) == [left.object_id]


def run_apart(sandbox: RunningSandbox, module: str, results: list[Any]) -> None:
    """In a thread; modules that run by themselves share the process's standard output."""
    given = {"environment_url": sandbox.url, "api_token": TOKEN, **ARGUMENTS[module]}
    declared = MODULES[module]
    params = ArgumentSpecValidator(declared.argument_spec).validate(given).validated_parameters
    client = Client(sandbox.url, ApiToken(TOKEN), Transport(retry_max_delay=0.05))
    results.append(declared.ensure(Task(params, client, False, print, print)))
    client.close()


def test_what_builds_on_it_gets_the_id_that_stays(sandbox: RunningSandbox, before: Callable[..., None]) -> None:
    before("POST", lambda: stranger(sandbox))
    follower = {"key": "b", "schema_id": NOTE, "value": {"text": {"$ref": "a"}}, "match_on": ["text"]}
    result = sandbox.run("settings_objects", objects=[{"key": "a", **ONE}, follower])
    (left,) = notes(sandbox)
    texts = [one.value["text"] for one in sandbox.state.settings.store.objects(NOTE)]
    assert left.object_id in texts
    assert [one["action"] for one in result["objects"]] == ["create", "create"]


def test_nothing_is_looked_up_for_a_validation(sandbox: RunningSandbox) -> None:
    sandbox.run("settings_objects", validate_first=True, **MANY)
    assert sandbox.sent.count(LIST) == 2
