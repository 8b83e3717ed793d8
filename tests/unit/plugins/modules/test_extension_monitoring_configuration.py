# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""extension_monitoring_configuration against the sandbox: what the user sees, and which requests went out."""

from __future__ import annotations

import copy
import functools
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.community.dynatrace.plugins.module_utils import _clock, _module
from ansible_collections.community.dynatrace.plugins.module_utils._change import many
from ansible_collections.community.dynatrace.plugins.module_utils._http.auth import ApiToken
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._http.exchange import Transport
from ansible_collections.community.dynatrace.plugins.module_utils._task import Result, Task
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress
from ansible_collections.community.dynatrace.plugins.modules.extension_monitoring_configuration import (
    MODULE as MODULE_UNDER_TEST,
)

from tests.sandbox.http import Reply
from tests.support.configurations import NAME, REMOTE, api, package, ship
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.under_test import ModuleUnderTest

MODULE = "extension_monitoring_configuration"
SCOPE = "ag_group-one"
SECRET, OTHER = "hush-hush", "psst-psst"
ENDPOINT = {"url": "https://one.example.com", "user": "me", "password": SECRET}
VALUE: dict[str, Any] = {"description": "one", "pythonRemote": {"endpoints": [ENDPOINT], "token": SECRET}}
LIST = f"GET /v2/extensions/{NAME}/monitoringConfigurations"
POST = f"POST /v2/extensions/{NAME}/monitoringConfigurations"
ACTIVE = f"GET /v2/extensions/{NAME}/environmentConfiguration"
SCHEMA = f"GET /v2/extensions/{NAME}/1.0.0/schema"


@pytest.fixture
def shipped(sandbox: RunningSandbox) -> RunningSandbox:
    """Versions 1.0.0 (active) and 1.1.0."""
    ship(sandbox, "1.0.0", "1.1.0", active="1.0.0")
    return sandbox


def value(description: str = "one", **remote: Any) -> dict[str, Any]:
    made = copy.deepcopy(VALUE)
    made["description"] = description
    made["pythonRemote"].update(remote)
    return made


CALLS = ModuleUnderTest(MODULE, {"extension_name": NAME, "scope": SCOPE}, ("changed", "action", "diff", "summary"))
run = CALLS.run


def fail(sandbox: RunningSandbox, check: bool = False, **args: Any) -> dict[str, Any]:
    result = CALLS.fail(sandbox, check, **args)
    assert SECRET not in str(result)
    return result


def both(sandbox: RunningSandbox, **args: Any) -> dict[str, Any]:
    """The real run, after check mode predicted it; and again, when nothing changes."""
    predicted, real = CALLS.both(sandbox, **args)
    assert predicted["validated"] == ("local" if real["changed"] else "none")
    sent = list(sandbox.sent)
    sandbox.clear()
    again = run(sandbox, **args)
    assert (again["changed"], sandbox.writes) == (False, [])
    assert SECRET not in str((predicted, real, again))
    return {**real, "sent": sent}


def stored(sandbox: RunningSandbox) -> dict[str, Any]:
    """What the server holds, by scope and description, secrets in clear."""
    found = sandbox.state.extensions.configurations.of(NAME)
    return {f"{one.scope}/{one.value.get('description')}": one.value for one in found}


def ids(sandbox: RunningSandbox) -> list[str]:
    return [one.object_id for one in sandbox.state.extensions.configurations.of(NAME)]


@pytest.fixture
def interfere(shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Something done once, just before the first request that fits."""
    waiting: list[tuple[str, Callable[[], None]]] = []
    answer = shipped.state.answer

    def answering(call: Any, authorization: Any) -> Any:
        fits = [entry for entry in waiting if f"{call.method} {call.path}".startswith(entry[0])]
        for entry in fits[:1]:
            waiting.remove(entry)
            entry[1]()
        return answer(call, authorization)

    monkeypatch.setattr(shipped.state, "answer", answering)
    yield lambda request, act: waiting.append((request, act))
    assert waiting == []


@pytest.fixture
def replaced(shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Any], None]]:
    """The answer to the first request that fits is ``body``, although the request is carried out."""
    waiting: list[tuple[str, Any]] = []
    answer = shipped.state.answer

    def answering(call: Any, authorization: Any) -> Any:
        reply, is_read = answer(call, authorization)
        for entry in [entry for entry in waiting if re.fullmatch(entry[0], f"{call.method} {unquote(call.path)}")][:1]:
            waiting.remove(entry)
            reply = Reply(200, entry[1])
        return reply, is_read

    monkeypatch.setattr(shipped.state, "answer", answering)
    yield lambda request, body: waiting.append((request, body))
    assert waiting == []


class Pauses(list[float]):
    """The pauses of the module, which take no time; ``during`` is done in them, by their number."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.during: dict[int, Callable[[], Any]] = {}

    def sleep(self, seconds: float) -> None:
        self.append(seconds)
        self.now += seconds
        self.during.get(len(self), lambda: None)()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    made = Pauses()
    monkeypatch.setattr(_clock, "monotonic", lambda: made.now)
    monkeypatch.setattr(_clock, "sleep", made.sleep)
    return made


def made_by_somebody(sandbox: RunningSandbox, description: str = "one", **remote: Any) -> None:
    """A configuration as the module would send it."""
    body = {**value(description, **remote), "version": "1.0.0", "enabled": True}
    body["pythonRemote"] = {"interval": 10, "mode": "fast", **body["pythonRemote"]}
    sandbox.state.extensions.configurations.create(NAME, SCOPE, body, "somebody")


def edited(sandbox: RunningSandbox, **changed: Any) -> None:
    """Somebody else changes the one configuration that there is."""
    configurations = sandbox.state.extensions.configurations
    (there,) = configurations.of(NAME)
    configurations.update(NAME, there.object_id, {**there.value, **changed}, "somebody")


class TestOne:
    def test_create(self, shipped: RunningSandbox) -> None:
        made = both(shipped, value=VALUE)
        assert made["action"] == "create"
        assert made["configuration"]["configuration_id"] == ids(shipped)[0]
        assert made["configuration"]["value"]["pythonRemote"]["token"] == "********"
        assert made["sent"] == [LIST, ACTIVE, SCHEMA, POST, LIST]
        held = stored(shipped)[f"{SCOPE}/one"]
        assert held["pythonRemote"]["token"] == SECRET
        assert held["pythonRemote"]["endpoints"] == [ENDPOINT]
        # What the schema demands and has a default for.
        assert (held["enabled"], held["version"], held["pythonRemote"]["interval"]) == (True, "1.0.0", 10)

    def test_unchanged_costs_two_reads(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        shipped.clear()
        run(shipped, value=VALUE)
        assert shipped.sent == [LIST, SCHEMA]

    def test_update_keeps_what_was_not_given(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        changed = both(shipped, value={"description": "one", "enabled": "false", "pythonRemote": {"interval": 20}})
        assert changed["action"] == "update"
        assert changed["diff"]["before"]["value"]["pythonRemote"]["interval"] == 10
        held = stored(shipped)[f"{SCOPE}/one"]
        assert (held["enabled"], held["pythonRemote"]["interval"]) == (False, 20)
        assert held["pythonRemote"]["token"] == SECRET
        assert held["pythonRemote"]["endpoints"] == [ENDPOINT]

    def test_replace_resets_the_rest_but_not_secrets_and_version(self, shipped: RunningSandbox) -> None:
        run(shipped, value=value(interval=20), version="1.1.0")
        wanted = {"description": "one", "pythonRemote": {"endpoints": [ENDPOINT]}}
        both(shipped, value=wanted, value_mode="replace")
        held = stored(shipped)[f"{SCOPE}/one"]
        assert (held["version"], held["pythonRemote"]["interval"]) == ("1.1.0", 10)
        assert held["pythonRemote"]["token"] == SECRET

    def test_absent(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        gone = both(shipped, value={"description": "one"}, state="absent")
        assert (gone["action"], gone["configuration"]) == ("delete", None)
        assert gone["diff"]["before"]["value"]["description"] == "one"
        assert ids(shipped) == []

    @pytest.mark.parametrize("args", [{"value": {"description": "x"}}, {"configuration_id": "nope", "scope": None}])
    def test_absent_already(self, shipped: RunningSandbox, args: dict[str, Any]) -> None:
        result = run(shipped, state="absent", **args)
        assert (result["changed"], shipped.sent) == (False, [LIST])

    def test_absent_whatever_versions_there_are(self, shipped: RunningSandbox) -> None:
        run(shipped, configurations=TestMany.items("one", "two"), version="1.1.0")
        shipped.variants(extension_delete_configured="allowed")
        api(shipped, "DELETE", f"/{NAME}/1.1.0")
        gone = run(shipped, value=VALUE, state="absent", version="9.9.9")
        assert gone["action"] == "delete"
        assert SECRET not in str(gone)
        run(shipped, value=value("two"), version="1.0.0")
        assert both(shipped, value=value("two"), state="absent", version="9.9.9")["action"] == "delete"

    @pytest.mark.parametrize("state", ["present", "absent"])
    def test_a_list_that_is_not_found_though_the_extension_is_active(self, shipped: RunningSandbox, state: str) -> None:
        """Nobody knows then what there is: what looks new may be there already."""
        run(shipped, value=VALUE)
        shipped.clear()
        shipped.fault(kind="status", status=404, method="GET", path="/monitoringConfigurations$", times=0)
        assert "failed with status 404" in fail(shipped, value=VALUE, state=state)["msg"]
        assert shipped.sent == [LIST, ACTIVE, LIST]

    def test_absent_of_an_unknown_extension(self, sandbox: RunningSandbox) -> None:
        assert not run(sandbox, value={"description": "x"}, state="absent")["changed"]

    @pytest.mark.parametrize("scope", ["environment", "management_zone-a/b", "HOST-0123456789ABCDEF", None])
    def test_scopes(self, shipped: RunningSandbox, scope: str | None) -> None:
        assert both(shipped, value=VALUE, scope=scope)["configuration"]["scope"] == (scope or "environment")


class TestWhichOne:
    def test_by_id_and_its_own_scope(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        changed = both(shipped, scope=None, configuration_id=ids(shipped)[0], value={"description": "renamed"})
        assert changed["action"] == "update"
        assert list(stored(shipped)) == [f"{SCOPE}/renamed"]

    def test_another_scope_is_another_one(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        both(shipped, value=VALUE, scope="ag_group-two")
        assert list(stored(shipped)) == [f"{SCOPE}/one", "ag_group-two/one"]

    def test_by_other_properties(self, shipped: RunningSandbox) -> None:
        by = {"match_on": ["pythonRemote.port"]}
        run(shipped, value=value("one", port="8080"))
        run(shipped, value=value("two", port="8081"))
        both(shipped, value=value("renamed", port=8081), **by)
        assert list(stored(shipped)) == [f"{SCOPE}/one", f"{SCOPE}/renamed"]

    def test_several_are_listed(self, shipped: RunningSandbox) -> None:
        for port in ("8080", "8081"):
            run(shipped, value=value("twin", port=port), match_on=["pythonRemote.port"])
        for args in ({"value": value("twin")}, {"value": {"description": "twin"}, "state": "absent"}):
            failed = fail(shipped, **args)
            assert "several configurations" in failed["msg"]
            assert all(one in failed["msg"] for one in ids(shipped))
            assert [one["configuration_id"] for one in failed["candidates"]] == ids(shipped)
        assert len(ids(shipped)) == 2

    @pytest.mark.parametrize(
        ("args", "text"),
        [
            ({"value": {"enabled": True}}, "value.description"),
            ({"value": {"description": ""}}, "value.description"),
            ({"value": VALUE, "match_on": []}, "match_on"),
            ({"state": "absent"}, "value.description"),
        ],
    )
    def test_nothing_to_identify_by(self, shipped: RunningSandbox, args: dict[str, Any], text: str) -> None:
        run(shipped, value=VALUE)
        failed = fail(shipped, **args)
        assert "it is not clear which configuration" in failed["msg"]
        assert text in failed["msg"]
        assert f"{ids(shipped)[0]} on {SCOPE} (one)" in failed["msg"]
        assert failed["candidates"] == [
            {"configuration_id": ids(shipped)[0], "scope": SCOPE, "description": "one"},
        ]

    def test_an_unknown_id(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        failed = fail(shipped, configuration_id="nope", scope=None, value=VALUE)
        assert "there is no configuration nope" in failed["msg"]
        assert ids(shipped)[0] in failed["msg"]

    def test_an_id_on_another_scope(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        failed = fail(shipped, configuration_id=ids(shipped)[0], scope="environment", value=VALUE)
        assert "a scope cannot be changed" in failed["msg"]

    def test_match_on_something_unknown(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, value={**VALUE, "nope": 1}, match_on=["nope"])
        assert "value has no property nope" in failed["msg"]


class TestVersion:
    def test_one_that_was_given_is_switched_to(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        both(shipped, value={"description": "one"}, version="1.1.0")
        assert stored(shipped)[f"{SCOPE}/one"]["version"] == "1.1.0"

    def test_inside_of_the_value_it_means_the_same(self, shipped: RunningSandbox) -> None:
        both(shipped, value={**VALUE, "version": "1.1.0"})
        assert stored(shipped)[f"{SCOPE}/one"]["version"] == "1.1.0"

    def test_none_keeps_what_is_there(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        api(shipped, "PUT", f"/{NAME}/environmentConfiguration", json={"version": "1.1.0"})
        both(shipped, value=value(interval=20))
        both(shipped, value=value("new"))
        assert {key: one["version"] for key, one in stored(shipped).items()} == {
            f"{SCOPE}/one": "1.0.0",
            f"{SCOPE}/new": "1.1.0",
        }

    def test_what_a_new_version_does_not_have_any_more_is_dropped(self, shipped: RunningSandbox) -> None:
        run(shipped, value=value(port="8080", interval=20))
        data = package("2.0.0", {"port": None, "interval": {**REMOTE["interval"], "default": 30}})
        api(shipped, "POST", "", data=data, headers={"Content-Type": "application/octet-stream"})
        changed = both(shipped, value={"description": "one"}, version="2.0.0")
        held = stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]
        assert "port" not in held
        assert (held["interval"], held["token"], held["endpoints"]) == (20, SECRET, [ENDPOINT])
        assert changed["diff"]["before"]["value"]["pythonRemote"]["port"] == "8080"
        assert "port" not in changed["diff"]["after"]["value"]["pythonRemote"]

    def test_one_with_more_properties_beside_an_old_one(self, shipped: RunningSandbox) -> None:
        """The value is only held against the schema of its own version."""
        run(shipped, value=VALUE)
        data = package("2.0.0", {"depth": {"type": "integer", "nullable": True}})
        api(shipped, "POST", "", data=data, headers={"Content-Type": "application/octet-stream"})
        api(shipped, "PUT", f"/{NAME}/environmentConfiguration", json={"version": "2.0.0"})
        both(shipped, value=value("two", depth=3))
        assert stored(shipped)[f"{SCOPE}/two"]["version"] == "2.0.0"
        assert "has no property depth" in fail(shipped, value=value("one", depth=3))["msg"]
        both(shipped, value=value("one", depth=3), version="2.0.0")

    def test_one_whose_schema_is_gone(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE, version="1.1.0")
        shipped.variants(extension_delete_configured="allowed")
        api(shipped, "DELETE", f"/{NAME}/1.1.0")
        assert "no extension custom:configured in version 1.1.0" in fail(shipped, value=VALUE)["msg"]
        both(shipped, value=VALUE, version="1.0.0")
        assert len(ids(shipped)) == 1

    def test_two_that_differ(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, value={**VALUE, "version": "1.0.0"}, version="1.1.0")
        assert "version is 1.1.0 and value.version 1.0.0" in failed["msg"]
        assert shipped.sent == []

    def test_one_that_is_not_stored(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, value=VALUE, version="9.9.9")
        assert f"no extension {NAME} in version 9.9.9" in failed["msg"]
        assert shipped.writes == []

    @pytest.mark.parametrize("args", [{}, {"version": "1.0.0"}])
    @pytest.mark.parametrize("check", [True, False])
    def test_an_extension_that_is_not_active(self, sandbox: RunningSandbox, args: dict[str, Any], check: bool) -> None:
        ship(sandbox, "1.0.0")
        assert f"extension {NAME} is not active" in fail(sandbox, check, value=VALUE, **args)["msg"]
        assert sandbox.writes == []

    @pytest.mark.parametrize("shown", ["schema", "configurations", "nowhere"])
    def test_a_schema_that_comes_some_time_after_activation(self, sandbox: RunningSandbox, shown: str) -> None:
        """Whichever read tells it, nothing is made twice."""
        sandbox.variants(extension_schema_seconds=800, extension_schema_shown=shown)
        ship(sandbox, "1.0.0", active="1.0.0")
        assert run(sandbox, value=VALUE)["action"] == "create"
        told = {"schema": SCHEMA, "configurations": LIST, "nowhere": POST}[shown]
        assert sandbox.sent.count(told) > 1 + (shown == "configurations")
        assert len(ids(sandbox)) == 1
        sandbox.variants(extension_schema_seconds=10**6)
        failed = fail(sandbox, value=value("two"), wait_timeout=0)
        assert "the schema of its configurations is not there yet" in failed["msg"]
        assert "No schema with identifier" in failed["msg"]
        assert "wait_timeout" in failed["msg"]


class TestChecks:
    """The schema's demands are looked at before anything is sent, and never by showing a value."""

    @pytest.mark.parametrize(
        ("changed", "text"),
        [
            ({"endpoints": []}, "value.pythonRemote.endpoints must have at least 1 elements, not 0"),
            ({"endpoints": [ENDPOINT] * 4}, "at most 3 elements, not 4"),
            ({"endpoints": [{"user": "me"}]}, "endpoints[0].url is missing, but the schema requires it"),
            ({"endpoints": None}, "value.pythonRemote.endpoints is missing, but the schema requires it"),
            ({"interval": 61}, "value.pythonRemote.interval: must be at most 60"),
            ({"interval": "soon"}, "value.pythonRemote.interval must be a number"),
            ({"mode": "medium"}, "value.pythonRemote.mode must be one of fast, slow"),
            ({"port": "http"}, "value.pythonRemote.port: must match [0-9]{2,5}"),
            ({"token": SECRET * 20}, "value.pythonRemote.token: must have at most 100 characters"),
            ({"nope": SECRET}, "value.pythonRemote has no property nope"),
        ],
    )
    @pytest.mark.parametrize("check", [True, False])
    def test_what_the_schema_does_not_allow(
        self, shipped: RunningSandbox, changed: dict[str, Any], text: str, check: bool
    ) -> None:
        failed = fail(shipped, check, value=value(**changed))
        assert text in failed["msg"]
        assert shipped.writes == []

    def test_all_of_it_at_once(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, value=value(interval=0, port="x"))
        assert "interval: must be at least 1; value.pythonRemote.port: must match" in failed["msg"]

    def test_a_scope_that_is_none(self, shipped: RunningSandbox) -> None:
        assert "scope galaxy is not allowed" in fail(shipped, scope="galaxy", value=VALUE)["msg"]

    @pytest.mark.parametrize(
        ("args", "text"),
        [
            ({}, "value is missing"),
            ({"value": VALUE, "configurations": []}, "value belongs to one configuration"),
            ({"configuration_id": "x", "configurations": []}, "configuration_id belongs to one"),
            ({"value": VALUE, "wait_timeout": -1}, "wait_timeout must not be negative"),
            ({"value": VALUE, "extension_name": " "}, "extension_name has the name ' '"),
            ({"configurations": [{"value": VALUE}, {"scope": "environment"}]}, "configurations[1]: value is missing"),
        ],
    )
    def test_options_that_cannot_be_right(self, shipped: RunningSandbox, args: dict[str, Any], text: str) -> None:
        assert text in fail(shipped, **args)["msg"]
        assert shipped.sent == []

    def test_what_only_the_server_refuses(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        for number in range(99):
            body = [
                {"scope": "environment", "value": {"version": "1.0.0", "enabled": True, "description": str(number)}}
            ]
            api(shipped, "POST", f"/{NAME}/monitoringConfigurations", json=body)
        failed = fail(shipped, value=value("one too many"))
        assert "quantity limit of 100" in failed["msg"]
        assert failed["error"]["status"] == 400
        assert failed["changed"] is False

    @pytest.mark.parametrize("named", [True, False])
    def test_schemas_that_do_not_name_the_version(self, shipped: RunningSandbox, named: bool) -> None:
        shipped.variants(extension_schema_names_version=named)
        both(shipped, value=VALUE, version="1.1.0")
        both(shipped, value=VALUE, version="1.0.0")


class TestSecrets:
    @pytest.mark.parametrize("mask", ["################", "***NNN***", "*****"])
    def test_masked_ones_are_kept(self, shipped: RunningSandbox, mask: str) -> None:
        shipped.variants(settings_secret_mask=mask)
        both(shipped, value=VALUE)
        both(shipped, value=value(interval=20))
        both(shipped, value={"description": "one", "pythonRemote": {"interval": 30}})
        held = stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]
        assert (held["token"], held["endpoints"][0]["password"]) == (SECRET, SECRET)

    def test_a_changed_one_is_not_seen_unless_always_sent(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        assert run(shipped, value=value(token=OTHER))["changed"] is False
        for check in (True, False):
            result = run(shipped, check, value=value(token=OTHER), update_secrets="always")
            assert result["action"] == "update"
            assert result["diff"]["after"]["value"]["pythonRemote"]["token"] == "******** (sent)"
            assert OTHER not in str(result)
        assert stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]["token"] == OTHER

    def test_a_list_that_changes_needs_its_secrets(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        bare = [{"url": ENDPOINT["url"], "user": "me"}, {"url": "https://two.example.com"}]
        failed = fail(shipped, value={"description": "one", "pythonRemote": {"endpoints": bare}})
        assert "give value.pythonRemote.endpoints[0].password" in failed["msg"]
        both(shipped, value={"description": "one", "pythonRemote": {"endpoints": [ENDPOINT, bare[1]]}})
        assert stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]["endpoints"][0]["password"] == SECRET

    def test_where_the_schema_demands_them_again(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        short = {"description": "one", "pythonRemote": {"proxy": "https://proxy.example.com"}}
        assert "give value.pythonRemote.token" in fail(shipped, value=short)["msg"]
        assert shipped.writes[1:] == []
        full = value(proxy="https://proxy.example.com")
        both(shipped, value=full)
        assert stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]["token"] == SECRET

    def test_nothing_of_a_refused_one_is_shown(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, value={**VALUE, "pythonRemot": SECRET})
        assert failed["invocation"]["module_args"]["value"]["pythonRemot"] == "********"
        failed = fail(shipped, value=value(interval=0))
        assert failed["invocation"]["module_args"]["value"]["pythonRemote"]["token"] == "********"
        failed = fail(shipped, value=VALUE, version="9.9.9")
        assert "withheld" in failed["invocation"]["module_args"]["value"]
        failed = fail(shipped, configurations=[{"value": VALUE, "version": "9.9.9"}])
        assert failed["invocation"]["module_args"]["configurations"][0]["value"] == "********"


class TestMany:
    @staticmethod
    def items(*names: str, **more: Any) -> list[dict[str, Any]]:
        return [{"value": value(name), **more} for name in names]

    def test_all_in_one_array(self, shipped: RunningSandbox) -> None:
        made = both(shipped, configurations=self.items("a", "b", "c"))
        assert made["sent"] == [LIST, ACTIVE, SCHEMA, POST, LIST]
        assert made["summary"] == {"create": 3, "error": 0}
        assert [one["configuration_id"] for one in made["configurations"]] == ids(shipped)
        assert [one["after_header"].rpartition(": ")[2] for one in made["diff"]] == ["a", "b", "c"]

    def test_each_with_its_own(self, shipped: RunningSandbox) -> None:
        run(shipped, configurations=self.items("gone", "changed", "same"))
        mixed = [
            {"value": {"description": "gone"}, "state": "absent"},
            {"value": {"description": "changed", "enabled": False}, "version": "1.1.0"},
            {"value": value("same")},
            {"value": value("new"), "scope": "environment"},
            {"configuration_id": ids(shipped)[2], "value": {"enabled": True}},
        ]
        failed = fail(shipped, configurations=mixed)
        assert "is the same configuration as configurations[2] (same)" in failed["msg"]
        assert list(failed["errors"]) == [f"configurations[4] ({ids(shipped)[2]})"]
        done = both(shipped, configurations=mixed[:4])
        assert done["summary"] == {"delete": 1, "update": 1, "none": 1, "create": 1, "error": 0}
        assert [text.split(" ")[0] for text in done["sent"] if not text.startswith("GET")] == ["DELETE", "PUT", "POST"]
        assert list(stored(shipped)) == [f"{SCOPE}/changed", f"{SCOPE}/same", "environment/new"]

    def test_an_empty_list(self, shipped: RunningSandbox) -> None:
        result = run(shipped, configurations=[])
        assert (result["changed"], result["configurations"], result["action"]) == (False, [], "none")

    def test_two_that_could_not_be_told_apart(self, shipped: RunningSandbox) -> None:
        failed = fail(shipped, configurations=self.items("a", "b", "a"))
        assert "configurations[2] (a): is the same configuration as configurations[0] (a)" in failed["msg"]
        assert shipped.writes == []

    def test_both_absent_and_present(self, shipped: RunningSandbox) -> None:
        items = [{"value": {"description": "a"}, "state": "absent"}, *self.items("a")]
        assert "is the same configuration" in fail(shipped, configurations=items)["msg"]

    def test_a_missing_scope_of_the_token_is_no_item_s_fault(self, shipped: RunningSandbox) -> None:
        shipped.fault(kind="status", status=403, method="GET", path="environmentConfiguration")
        failed = fail(shipped, configurations=self.items("a"), version="1.0.0")
        assert failed["error"]["status"] == 403

    def test_everything_that_is_wrong_comes_out_at_once(self, shipped: RunningSandbox) -> None:
        wrong = [{"value": value("a", interval=0)}, {"value": value("b")}, {"value": {"enabled": True}}]
        failed = fail(shipped, configurations=wrong)
        assert list(failed["errors"]) == ["configurations[0] (a)", "configurations[2]"]
        assert shipped.writes == []

    def test_some_refused(self, shipped: RunningSandbox) -> None:
        """207: the API says of each item what became of it, and another run does the rest."""
        checked = shipped.state.extensions.configurations._checked

        def refusing(name: str, given: Any, before: Any) -> Any:
            if given.get("description") == "b":
                from tests.sandbox.errors import ApiError

                raise ApiError.violation("value/description", "not today", "PAYLOAD_BODY")
            return checked(name, given, before)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(shipped.state.extensions.configurations, "_checked", refusing)
            failed = fail(shipped, configurations=self.items("a", "b", "c"))
        assert failed["msg"].startswith("1 of 3 configurations failed: configurations[1] (b): POST ")
        assert "value/description: not today" in failed["msg"]
        assert failed["changed"] is True
        assert [(one["action"], one["reached"]) for one in failed["configurations"]] == [
            ("create", True),
            ("none", True),
            ("create", True),
        ]
        assert failed["configurations"][1]["error"]["constraint_violations"][0]["message"] == "not today"
        assert failed["error"]["status"] == 400
        assert failed["error"]["done"] == [
            f"configuration '{name}' of {NAME} on {SCOPE} was created" for name in ("a", "c")
        ]
        rest = run(shipped, configurations=self.items("a", "b", "c"))
        assert rest["summary"] == {"none": 2, "create": 1, "error": 0}
        assert list(stored(shipped)) == [f"{SCOPE}/{name}" for name in "acb"]

    def test_all_refused(self, shipped: RunningSandbox) -> None:
        shipped.fault(kind="status", status=400, method="POST", path="monitoringConfigurations")
        failed = fail(shipped, configurations=self.items("a", "b"))
        assert "2 of 2 configurations failed" in failed["msg"]
        assert failed["changed"] is False

    def test_a_failure_ends_it(self, shipped: RunningSandbox) -> None:
        run(shipped, configurations=self.items("a", "b"))
        shipped.fault(kind="status", status=400, method="PUT", path="monitoringConfigurations")
        changes = [{"value": value(name, interval=30)} for name in "ab"]
        gone = {"value": {"description": "z"}, "state": "absent"}
        run(shipped, value=value("z"))
        failed = fail(shipped, configurations=[*changes, *self.items("c"), gone])
        assert "; 2 were not reached" in failed["msg"]
        assert "Before that, configuration 'z' (" in failed["msg"]
        assert (failed["changed"], len(failed["error"]["done"]), failed["error"]["unknown"]) == (True, 1, [])
        assert [one["reached"] for one in failed["configurations"]] == [True, False, False, True]
        assert run(shipped, configurations=[*changes, *self.items("c")])["summary"]["update"] == 2

    def test_arrays_below_a_megabyte(self, shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(many, "_BODY_LIMIT", 700)
        made = run(shipped, configurations=self.items("a", "b", "c", "d", "e"))
        assert made["summary"]["create"] == 5
        assert 1 < shipped.writes.count(POST) < 5

    def test_all_pages(self, shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        from ansible_collections.community.dynatrace.plugins.module_utils._configurations import (
            api as configuration_api,
        )

        run(shipped, configurations=self.items(*"abcde"))
        monkeypatch.setattr(configuration_api, "PAGE_SIZE", 2)
        assert run(shipped, configurations=self.items(*"abcde"))["changed"] is False


class TestAnotherEditor:
    """There is no token against changes in between, so each is read again right before it is written."""

    def test_nobody(self, shipped: RunningSandbox) -> None:
        run(shipped, value=VALUE)
        one = f"{LIST}/{ids(shipped)[0]}"
        shipped.clear()
        run(shipped, value=value(interval=20))
        assert shipped.sent == [LIST, SCHEMA, one, one.replace("GET", "PUT")]
        shipped.clear()
        run(shipped, value=VALUE, state="absent")
        assert shipped.sent == [LIST, SCHEMA, one, one.replace("GET", "DELETE")]

    def test_what_was_changed_meanwhile_is_kept(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        one = f"{LIST}/{ids(shipped)[0]}"
        shipped.clear()
        interfere(one.replace("/v2", "/api/v2").replace(":", "%3A"), lambda: edited(shipped, enabled=False))
        result = run(shipped, value={"description": "one", "pythonRemote": {"interval": 20}})
        held = stored(shipped)[f"{SCOPE}/one"]
        assert (held["enabled"], held["pythonRemote"]["interval"]) == (False, 20)
        assert result["diff"]["before"]["value"]["enabled"] is False
        assert shipped.sent == [LIST, SCHEMA, one, LIST, one.replace("GET", "PUT")]

    def test_somebody_has_done_it_already(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        one = f"GET /api{LIST[4:]}/{ids(shipped)[0]}".replace(":", "%3A")
        shipped.clear()
        interfere(one, lambda: edited(shipped, enabled=False))
        result = run(shipped, value={"description": "one", "enabled": False})
        assert (result["changed"], result["action"], shipped.writes) == (False, "none", [])

    def test_what_is_another_one_by_now_is_not_deleted(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        one = f"GET /api{LIST[4:]}/{ids(shipped)[0]}".replace(":", "%3A")
        shipped.clear()
        interfere(one, lambda: edited(shipped, description="two"))
        result = run(shipped, value=VALUE, state="absent")
        assert (result["changed"], shipped.writes) == (False, [])

    def test_what_was_changed_otherwise_is_deleted_and_shown(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        one = f"GET /api{LIST[4:]}/{ids(shipped)[0]}".replace(":", "%3A")
        interfere(one, lambda: edited(shipped, enabled=False))
        result = run(shipped, value=VALUE, state="absent")
        assert result["action"] == "delete"
        assert result["diff"]["before"]["value"]["enabled"] is False
        assert ids(shipped) == []

    def test_what_is_gone_by_now(self, shipped: RunningSandbox, interfere: Any) -> None:
        for args, action in (({"value": value(interval=20)}, "create"), ({"value": VALUE, "state": "absent"}, "none")):
            run(shipped, value=VALUE)
            gone = ids(shipped)[0]
            one = f"GET /api{LIST[4:]}/{gone}".replace(":", "%3A")
            configurations = shipped.state.extensions.configurations
            interfere(one, functools.partial(configurations.delete, NAME, gone))
            assert run(shipped, **args)["action"] == action


class TestLateWrites:
    """A POST after whose time-out, 502 or 504 the server may still be at work."""

    ARGS = pytest.mark.parametrize("args", [{"value": VALUE}, {"configurations": [{"value": VALUE}]}])

    @ARGS
    @pytest.mark.parametrize("status", [502, 504])
    def test_it_comes_while_one_looks(
        self, shipped: RunningSandbox, pauses: Pauses, args: dict[str, Any], status: int
    ) -> None:
        shipped.fault(kind="status", status=status, method="POST", path="monitoringConfigurations")
        pauses.during[4] = lambda: made_by_somebody(shipped)
        result = run(shipped, **args)
        assert result["changed"] is True
        assert (len(ids(shipped)), shipped.writes) == (1, [POST])
        shown = result.get("configuration") or result["configurations"][0]
        assert shown["configuration_id"] == ids(shipped)[0]

    @ARGS
    def test_it_is_carried_out_after_the_time_out(self, shipped: RunningSandbox, args: dict[str, Any]) -> None:
        shipped.fault(kind="slow", seconds=1.5, method="POST", path="monitoringConfigurations")
        result = run(shipped, timeout=1, **args)
        assert result["changed"] is True
        assert (len(ids(shipped)), shipped.sent.count(POST)) == (1, 1)
        shown = result.get("configuration") or result["configurations"][0]
        assert shown["configuration_id"] == ids(shipped)[0]

    @ARGS
    def test_it_does_not_come(self, shipped: RunningSandbox, pauses: Pauses, args: dict[str, Any]) -> None:
        shipped.fault(kind="status", status=504, method="POST", path="monitoringConfigurations")
        failed = fail(shipped, **args)
        assert "was not sent again, since it may still come: run the task again" in failed["msg"]
        text = f"configuration 'one' of {NAME} on {SCOPE} was created"
        assert (failed["changed"], failed["error"]["unknown"], failed["error"]["done"]) == (False, [text], [])
        assert (ids(shipped), shipped.writes) == ([], [POST])
        assert 120 <= sum(pauses) < 125
        # Now it comes, and the next run is content.
        made_by_somebody(shipped)
        assert run(shipped, **args)["changed"] is False

    def test_one_of_two_comes(self, shipped: RunningSandbox, pauses: Pauses) -> None:
        shipped.fault(kind="status", status=504, method="POST", path="monitoringConfigurations")
        pauses.during[2] = lambda: made_by_somebody(shipped, "a")
        failed = fail(shipped, configurations=TestMany.items("a", "b"))
        assert failed["msg"].startswith("1 of 2 configurations failed: configurations[1] (b): POST ")
        assert (failed["changed"], failed["summary"]) == (True, {"create": 1, "none": 1, "error": 1})
        assert failed["error"]["done"] == [f"configuration 'a' of {NAME} on {SCOPE} was created"]
        assert failed["error"]["unknown"] == [f"configuration 'b' of {NAME} on {SCOPE} was created"]
        rest = run(shipped, configurations=TestMany.items("a", "b"))
        assert rest["summary"] == {"none": 1, "create": 1, "error": 0}
        assert len(ids(shipped)) == 2

    @pytest.mark.parametrize(
        ("method", "args"), [("PUT", {"value": value(interval=20)}), ("DELETE", {"value": VALUE, "state": "absent"})]
    )
    def test_the_others_may_be_sent_twice(
        self, shipped: RunningSandbox, pauses: Pauses, method: str, args: dict[str, Any]
    ) -> None:
        run(shipped, value=VALUE)
        shipped.clear()
        shipped.fault(kind="status", status=504, method=method)
        assert run(shipped, **args)["changed"] is True
        assert len(shipped.writes) == 2
        assert sum(pauses) < 10


WRONG: list[Any] = [
    None,
    {},
    [],
    "x",
    1,
    [None],
    [[]],
    [{}],
    [{"code": 200}],
    [{"objectId": None}],
    [{"objectId": ["x"]}],
]
ROW = {"objectId": "x", "scope": SCOPE, "value": {"description": "one"}}


class TestShapes:
    """An answer that does not hold what it must: of a read a failure, of a write one that is lost."""

    @pytest.mark.parametrize("body", WRONG, ids=repr)
    @pytest.mark.parametrize("args", [{"value": VALUE}, {"configurations": [{"value": VALUE}]}])
    def test_of_a_creation(self, shipped: RunningSandbox, replaced: Any, body: Any, args: dict[str, Any]) -> None:
        replaced("POST .*/monitoringConfigurations", body)
        assert run(shipped, **args)["changed"] is True
        assert (len(ids(shipped)), shipped.writes) == (1, [POST])

    @pytest.mark.parametrize("body", [None, {}, [], "x", {"objectId": {}}], ids=repr)
    def test_of_an_update(self, shipped: RunningSandbox, replaced: Any, body: Any) -> None:
        run(shipped, value=VALUE)
        replaced("PUT .*", body)
        assert run(shipped, value=value(interval=20))["action"] == "update"
        assert run(shipped, value=value(interval=20))["changed"] is False

    @pytest.mark.parametrize("body", [None, {}, [], "x", 1], ids=repr)
    def test_of_a_deletion_it_does_not_matter(self, shipped: RunningSandbox, replaced: Any, body: Any) -> None:
        run(shipped, value=VALUE)
        shipped.clear()
        replaced("DELETE .*", body)
        assert run(shipped, value=VALUE, state="absent")["action"] == "delete"
        assert len(shipped.writes) == 1

    @pytest.mark.parametrize(
        "body",
        [
            None,
            {},
            [],
            "x",
            {"items": None},
            {"items": {}},
            {"items": [None]},
            {"items": [{}]},
            {"items": [{**ROW, "objectId": None}]},
            {"items": [{**ROW, "scope": None}]},
            {"items": [{**ROW, "value": None}]},
            {"items": [{**ROW, "value": []}]},
            {"items": [], "nextPageKey": {}},
        ],
        ids=repr,
    )
    @pytest.mark.parametrize("state", ["present", "absent"])
    def test_of_the_list(self, shipped: RunningSandbox, replaced: Any, body: Any, state: str) -> None:
        replaced("GET .*/monitoringConfigurations", body)
        failed = fail(shipped, value=VALUE, state=state)
        assert "monitoringConfigurations answered with" in failed["msg"]
        assert (failed["changed"], shipped.writes) == (False, [])

    @pytest.mark.parametrize(
        "body",
        [{"version": ["1.0.0"]}, {"version": None, "description": {"a": 1}}, {}],
        ids=repr,
    )
    def test_of_values_that_nobody_would_write(self, shipped: RunningSandbox, replaced: Any, body: Any) -> None:
        replaced("GET .*/monitoringConfigurations", {"items": [{**ROW, "value": body}]})
        assert run(shipped, check=True, value=VALUE)["action"] == "create"

    @pytest.mark.parametrize(
        "body",
        [
            None,
            {},
            [],
            {"properties": []},
            {"properties": {"a": 1}},
            {"properties": {}, "types": []},
            {"properties": {}, "types": {"a": 1}},
            {"properties": {}, "types": {"a": {"properties": [1]}}},
            {"properties": {}, "enums": {"a": []}},
        ],
        ids=repr,
    )
    def test_of_the_schema(self, shipped: RunningSandbox, replaced: Any, body: Any) -> None:
        replaced("GET .*/schema", body)
        failed = fail(shipped, value=VALUE)
        assert "/schema answered with" in failed["msg"]
        assert shipped.writes == []

    @pytest.mark.parametrize("body", [None, {}, [], {"status": None}, {"status": "OK", "timestamp": "x"}], ids=repr)
    def test_of_a_status(self, shipped: RunningSandbox, replaced: Any, body: Any) -> None:
        replaced("GET .*/status", body)
        failed = fail(shipped, value=VALUE, wait=True)
        assert "/status answered with" in failed["msg"]
        assert (failed["changed"], failed["configuration"]["configuration_id"]) == (True, ids(shipped)[0])
        assert failed["error"]["done"] == [f"configuration 'one' of {NAME} on {SCOPE} was created"]


class TestWhenThingsGoWrong:
    # Each with how often the request is sent then, as far as it is not one that may still come.
    LOST = pytest.mark.parametrize(
        ("fault", "times"),
        [
            ({"kind": "reset_after"}, 1),
            ({"kind": "truncate"}, 1),
            ({"kind": "reset_before"}, 2),
            ({"kind": "html", "status": 200}, 2),
            ({"kind": "status", "status": 500}, 2),
            ({"kind": "status", "status": 503}, 2),
            ({"kind": "status", "status": 429, "headers": {"Retry-After": "0"}}, 2),
        ],
        ids=str,
    )

    @LOST
    @pytest.mark.parametrize("args", [{"value": VALUE}, {"configurations": TestMany.items("a", "b")}])
    def test_lost_answer_to_a_creation(
        self, shipped: RunningSandbox, fault: dict[str, Any], times: int, args: dict[str, Any]
    ) -> None:
        shipped.fault(method="POST", path="monitoringConfigurations", **fault)
        result = run(shipped, **args)
        assert result["changed"] is True
        count = len(args.get("configurations", [1]))
        assert len(ids(shipped)) == count
        shown = result.get("configurations") or [result["configuration"]]
        assert [one["configuration_id"] for one in shown] == ids(shipped)
        assert shipped.sent.count(POST) == times

    @LOST
    @pytest.mark.parametrize(
        ("action", "args"),
        [("update", {"value": value(interval=20)}), ("delete", {"value": VALUE, "state": "absent"})],
    )
    @pytest.mark.parametrize("many", [False, True])
    def test_lost_answer_to_the_others(
        self,
        shipped: RunningSandbox,
        fault: dict[str, Any],
        times: int,
        action: str,
        args: dict[str, Any],
        many: bool,
    ) -> None:
        run(shipped, value=VALUE)
        args = {"configurations": [args]} if many else args
        method = {"update": "PUT", "delete": "DELETE"}[action]
        shipped.clear()
        shipped.fault(method=method, **fault)
        result = run(shipped, **args)
        assert result["summary"] == {action: 1, "error": 0} if many else result["action"] == action
        assert len([text for text in shipped.sent if text.startswith(method)]) == times
        assert run(shipped, **args)["changed"] is False

    @pytest.mark.parametrize("status", [401, 403])
    @pytest.mark.parametrize(
        ("method", "args"),
        [
            ("POST", {"value": value("two")}),
            ("PUT", {"value": value(interval=20)}),
            ("DELETE", {"value": VALUE, "state": "absent"}),
        ],
    )
    def test_refused(self, shipped: RunningSandbox, status: int, method: str, args: dict[str, Any]) -> None:
        run(shipped, value=VALUE)
        shipped.clear()
        shipped.fault(kind="status", status=status, method=method)
        failed = fail(shipped, **args)
        assert (failed["changed"], failed["error"]["status"]) == (False, status)
        assert (failed["error"]["done"], failed["error"]["unknown"]) == ([], [])
        assert len([text for text in shipped.sent if text.startswith(method)]) == 1

    def test_a_lost_answer_and_no_second_look(self, shipped: RunningSandbox, interfere: Any) -> None:
        def then() -> None:
            shipped.fault(kind="status", status=400, method="GET", path="monitoringConfigurations$")

        interfere("POST ", then)
        shipped.fault(kind="reset_after", method="POST", path="monitoringConfigurations")
        failed = fail(shipped, value=VALUE)
        text = f"configuration 'one' of {NAME} on {SCOPE} was created"
        assert f"Whether {text} is unknown, and a second look failed" in failed["msg"]
        assert (failed["changed"], failed["error"]["unknown"], failed["error"]["done"]) == (False, [text], [])

    def test_nobody_can_look_for_rivals(self, shipped: RunningSandbox, interfere: Any) -> None:
        """It is not known then whether it is the only one, but what was created is told."""
        interfere("POST ", lambda: shipped.fault(kind="status", status=400, method="GET", path="monitoringConfig.*s$"))
        failed = fail(shipped, configurations=TestMany.items("a", "b"))
        assert failed["msg"].startswith("2 of 2 configurations failed: configurations[0] (a): GET ")
        assert (failed["changed"], failed["summary"]) == (True, {"create": 2, "error": 2})
        assert [one["configuration_id"] for one in failed["configurations"]] == ids(shipped)
        assert len(failed["error"]["done"]) == 2
        assert run(shipped, configurations=TestMany.items("a", "b"))["changed"] is False

    def test_never_answered(self, shipped: RunningSandbox) -> None:
        shipped.fault(kind="reset_before", method="POST", path="monitoringConfigurations", times=10)
        failed = fail(shipped, value=VALUE, retries=2)
        text = f"configuration 'one' of {NAME} on {SCOPE} was created"
        assert f"Whether {text} is unknown" in failed["msg"]
        assert shipped.sent.count(POST) == 3

    def test_somebody_deletes_what_is_updated(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        path = f"/{NAME}/monitoringConfigurations/{ids(shipped)[0]}"
        interfere("PUT ", lambda: shipped.state.extensions.configurations.delete(NAME, path.rpartition("/")[2]))
        result = run(shipped, value=value(interval=20))
        assert result["action"] == "create"
        assert stored(shipped)[f"{SCOPE}/one"]["pythonRemote"]["interval"] == 20

    def test_somebody_deletes_what_is_deleted(self, shipped: RunningSandbox, interfere: Any) -> None:
        run(shipped, value=VALUE)
        gone = ids(shipped)[0]
        interfere("DELETE ", lambda: shipped.state.extensions.configurations.delete(NAME, gone))
        assert run(shipped, value=VALUE, state="absent")["changed"] is False

    def test_a_rival_who_was_there_first(self, shipped: RunningSandbox, interfere: Any) -> None:
        """Both found nothing. The rival has finished before; so ours goes, whoever has the lower id."""
        body = {**value(interval=20), "version": "1.0.0", "enabled": True}
        body["pythonRemote"]["mode"] = "fast"
        configurations = shipped.state.extensions.configurations
        interfere("POST ", lambda: configurations.create(NAME, SCOPE, body, "rival"))
        result = run(shipped, value=VALUE)
        assert len(ids(shipped)) == 1
        assert result["configuration"]["configuration_id"] == ids(shipped)[0]
        # What the rival wanted otherwise is changed to what this task wants.
        assert run(shipped, value=value(interval=20))["changed"] is False

    def test_twice_at_once(self, shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        """Two runs read the empty list, then both create."""
        meet = threading.Barrier(2, timeout=20)
        carry_out = many.Many.carry_out

        def together(*args: Any) -> None:
            meet.wait()
            carry_out(*args)

        monkeypatch.setattr(many.Many, "carry_out", together)
        results = _runs(shipped, 2)
        assert len(ids(shipped)) == 1
        assert {result.things["configuration"]["configuration_id"] for result in results} == set(ids(shipped))


def _runs(sandbox: RunningSandbox, count: int) -> list[Result]:
    """The same task in as many threads; modules themselves share the process's standard output."""
    given = {"environment_url": sandbox.url, "api_token": TOKEN, "extension_name": NAME, "scope": SCOPE, "value": VALUE}
    params = ArgumentSpecValidator(MODULE_UNDER_TEST.argument_spec).validate(given).validated_parameters
    results = []

    def one() -> None:
        client = Client(sandbox.url, ApiToken(TOKEN), Transport(retry_max_delay=0.05))
        results.append(MODULE_UNDER_TEST.ensure(Task(params, client, False, print, print)))
        client.close()

    threads = [threading.Thread(target=one) for dummy in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(results) == count
    return results


@pytest.mark.usefixtures("short_pauses")
class TestWait:
    @pytest.mark.usefixtures("minutes")
    def test_until_it_works(self, shipped: RunningSandbox) -> None:
        shipped.variants(extension_status_seconds=600)
        result = run(shipped, value=VALUE, wait=True)
        assert (result["changed"], result["configuration"]["status"]) == (True, "OK")
        assert result["diff"]["after"]["value"]["pythonRemote"]["token"] == "********"
        assert len([text for text in shipped.sent if text.endswith("/status")]) > 1
        assert len(shipped.writes) == 1
        shipped.clear()
        again = run(shipped, value=VALUE, wait=True)
        assert (again["changed"], again["configuration"]["status"]) == (False, "OK")

    @pytest.mark.usefixtures("minutes")
    def test_people_see_what_it_waits_for(self, shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[Progress] = []
        monkeypatch.setattr(_module, "Road", functools.partial(_module.Road, tell=told.append))
        shipped.variants(extension_status_seconds=600)
        run(shipped, value=VALUE, wait=True)
        assert told[0].now == (f"not all configurations work yet: configuration of {NAME} on {SCOPE}: one (PENDING)")
        assert told[0].left is not None
        assert (told[-1].now, told[-1].left) == ("", None)

    @pytest.mark.usefixtures("minutes")
    def test_people_see_that_the_schema_is_not_there_yet(
        self, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told: list[Progress] = []
        monkeypatch.setattr(_module, "Road", functools.partial(_module.Road, tell=told.append))
        sandbox.variants(extension_schema_seconds=200)
        ship(sandbox, "1.0.0", active="1.0.0")
        run(sandbox, value=VALUE)
        assert "the schema of its configurations is not there yet" in told[0].now

    @pytest.mark.parametrize("statuses", ["known", "missing"])
    @pytest.mark.parametrize("kind", ["settings", "uuid"])
    def test_many_by_one_request_where_there_is_one(self, shipped: RunningSandbox, statuses: str, kind: str) -> None:
        shipped.variants(extension_statuses=statuses, extension_configuration_id=kind)
        off = {"value": {**value("off"), "enabled": False}}
        result = run(shipped, configurations=[*TestMany.items("a", "b"), off], wait=True)
        assert [one["status"] for one in result["configurations"]] == ["OK", "OK", None]
        asked = [text for text in shipped.sent if text.endswith("/status")]
        assert len(asked) == (1 if statuses == "known" else 3)

    def test_error(self, shipped: RunningSandbox) -> None:
        shipped.variants(extension_status="ERROR")
        failed = fail(shipped, value=VALUE, wait=True)
        assert f"the status of configuration of {NAME} on {SCOPE}: one is ERROR" in failed["msg"]
        assert (failed["changed"], failed["configuration"]["status"]) == (True, "ERROR")
        assert run(shipped, value=VALUE)["changed"] is False

    def test_warning(self, shipped: RunningSandbox) -> None:
        shipped.variants(extension_status="WARNING")
        result = run(shipped, value=VALUE, wait=True)
        assert "is WARNING" in str(result["warnings"])

    @pytest.mark.parametrize(
        ("variants", "text"),
        [
            ({"extension_status": "UNKNOWN"}, "UNKNOWN: check that something"),
            ({"extension_status_seconds": 10**6}, "PENDING"),
        ],
    )
    def test_too_long(self, shipped: RunningSandbox, variants: dict[str, Any], text: str) -> None:
        shipped.variants(**variants)
        failed = fail(shipped, configurations=TestMany.items("a", "b"), wait=True, wait_timeout=1)
        assert "not all configurations work yet" in failed["msg"]
        assert text in failed["msg"]
        assert "wait_timeout" in failed["msg"]
        assert (failed["changed"], failed["summary"]["create"]) == (True, 2)

    @pytest.mark.parametrize("told", ["PENDING", "before"])
    @pytest.mark.parametrize("stamp", ["renewed", "kept"])
    def test_the_status_of_before_is_not_believed(
        self, shipped: RunningSandbox, monkeypatch: pytest.MonkeyPatch, told: str, stamp: str
    ) -> None:
        configurations = shipped.state.extensions.configurations
        update = configurations.update

        def breaking(*args: Any) -> Any:
            changed = update(*args)
            shipped.variants(extension_status="ERROR", extension_status_seconds=700)
            return changed

        monkeypatch.setattr(configurations, "update", breaking)
        shipped.variants(extension_status_of_update=told, extension_status_timestamp=stamp)
        assert run(shipped, value=VALUE, wait=True)["configuration"]["status"] == "OK"
        failed = fail(shipped, value=value(interval=20), wait=True, wait_timeout=20)
        assert "is ERROR" in failed["msg"]

    def test_a_status_that_is_never_reported_anew(self, shipped: RunningSandbox) -> None:
        shipped.variants(extension_status_timestamp="kept")
        run(shipped, value=VALUE, wait=True)
        result = run(shipped, value=value(interval=20), wait=True, wait_timeout=1)
        assert "has not been reported since the change" in str(result["warnings"])
        assert result["configuration"]["status"] == "OK"

    def test_check_mode_waits_for_nothing(self, shipped: RunningSandbox) -> None:
        shipped.variants(extension_status="ERROR")
        result = run(shipped, check=True, value=VALUE, wait=True)
        assert result["configuration"]["status"] is None
