# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_export_info, and its files given back to settings_objects: nothing changes where they come from, all is made elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.plugin_utils import _folder, _yaml

from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.witness.values import Document, Maker

NOTE = "builtin:sandbox.note"
TAG = "builtin:sandbox.tag-rule"
HEADER = "builtin:sandbox.header-rule"
HOST = "builtin:sandbox.host-monitoring"
REMOTE = "builtin:sandbox.remote-connection"
WINDOW = "builtin:sandbox.time-window"
PLAN = "builtin:sandbox.update-plan"
PROCESS = "builtin:sandbox.process-rule"
WEBHOOK = "builtin:sandbox.webhook"
SUFFIX = "-0123456789ABCDEF"
LIST = "GET /v2/settings/objects"


def export(sandbox: RunningSandbox, *schema_ids: str, **args: Any) -> dict[str, Any]:
    result = sandbox.run("settings_export_info", schema_ids=list(schema_ids) or ["*"], **args)
    assert not result.get("failed"), result["msg"]
    return result


def items(
    exported: Mapping[str, Any], secrets: Mapping[str, str] | None = None, missing: str = "omit"
) -> list[dict[str, Any]]:
    """As they come out of the files."""
    files = [(one["name"], _yaml.load(_yaml.document(one["content"]))) for one in exported["files"]]
    return _folder.filled(_folder.gathered(files), secrets or {}, missing)[0]


def apply(sandbox: RunningSandbox, objects: list[dict[str, Any]], check: bool = False, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    result = sandbox.run("settings_objects", check=check, diff=True, objects=objects, **args)
    assert not result.get("failed"), (result["msg"], result.get("objects"))
    return result


def unchanged(sandbox: RunningSandbox, objects: list[dict[str, Any]]) -> None:
    for check in (True, False):
        result = apply(sandbox, objects, check)
        differing = [one for one in result["objects"] if one["action"] != "none"]
        assert (result["changed"], differing, sandbox.writes) == (False, [], [])


def make(sandbox: RunningSandbox, *rows: Mapping[str, Any]) -> list[str]:
    """The ids of objects that somebody else makes, by the API alone."""
    answer = requests.post(
        f"{sandbox.url}/api/v2/settings/objects",
        json=[{"scope": "environment", **row} for row in rows],
        headers={"Authorization": f"Api-Token {TOKEN}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return [row["objectId"] for row in answer.json()]


def note(text: str, **more: Any) -> dict[str, Any]:
    return {"schemaId": NOTE, "value": {"text": text, **more}}


def stored(sandbox: RunningSandbox) -> list[tuple[str, str, str | None, str]]:
    """Everything there is, by what is the same in two environments: references by what they lead to."""
    store = sandbox.state.settings.store
    found = []
    for schema in sandbox.state.settings._catalog:
        for one in store.objects(schema.id):
            found.append((schema.id, one.scope, one.external_id, _settled(store, one.value)))
    ordered = {schema.id for schema in sandbox.state.settings._catalog if schema.ordered}
    return sorted(found, key=lambda one: one[:2] if one[0] in ordered else (*one[:2], one[2] or "", one[3]))


def wipe(sandbox: RunningSandbox) -> None:
    """An environment in which nobody has done anything: what is there cannot be deleted."""
    sandbox.state.reset()
    store = sandbox.state.settings.store
    for schema in sandbox.state.settings._catalog:
        for one in list(store.objects(schema.id)):
            if one.deletable:
                store.remove(one)


def _settled(store: Any, value: Any) -> str:
    def named(part: Any) -> Any:
        if isinstance(part, str):
            target = store.get(part)
            return f"-> {target.schema_id} {_settled(store, target.value)}" if target else part
        if isinstance(part, Mapping):
            return {name: named(item) for name, item in part.items()}
        return [named(item) for item in part] if isinstance(part, list) else part

    return json.dumps(named(value), sort_keys=True)


class Populated:
    """A sandbox with objects of every schema on every scope, made from the schema documents alone."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.secrets: set[str] = set()
        self.documents = {schema.id: schema.document for schema in sandbox.state.settings._catalog}
        for document in self.documents.values():
            for number, scope in enumerate(document["allowedScopes"]):
                self._fill(document, scope if scope == "environment" else scope + SUFFIX, 12 * number)

    def _fill(self, document: Document, scope: str, first: int) -> None:
        """Four different objects, where there may be four; also different from those on other scopes."""
        maker = Maker(document, self._referenced)
        for salt in (1, 4, 7, 10) if document["multiObject"] else (1,):
            row = {"schemaId": document["schemaId"], "scope": scope, "value": maker.value(first + salt, full=salt != 4)}
            # Odd ones have an external id, the others only what the schema offers.
            make(self.sandbox, {**row, "externalId": f"team/{salt}"} if salt % 2 else row)
        self.secrets.update(maker.secrets)

    def _referenced(self, schema_id: str) -> str:
        value = Maker(self.documents[schema_id]).value(9)
        return make(self.sandbox, {"schemaId": schema_id, "externalId": "referenced", "value": value})[0]


def round_trip(sandbox: RunningSandbox, **args: Any) -> None:
    populated = Populated(sandbox)
    before = stored(sandbox)
    exported = export(sandbox, **args)
    assert not any(secret in json.dumps(exported) for secret in populated.secrets)
    assert {one["schema_id"] for one in exported["files"]} == set(populated.documents)
    assert exported["outside"] == []
    unchanged(sandbox, items(exported))
    assert export(sandbox, **args)["files"] == exported["files"]

    secrets = _secrets(sandbox, exported)
    wipe(sandbox)
    apply(sandbox, items(exported, secrets))
    assert stored(sandbox) == before
    unchanged(sandbox, items(exported))
    again = export(sandbox, **args)
    assert again["files"] == exported["files"]
    assert again["secrets"] == exported["secrets"]


def _secrets(sandbox: RunningSandbox, exported: Mapping[str, Any]) -> dict[str, str]:
    """What a person would fill in: looked up in the sandbox, by which every secret is known."""
    found: dict[str, str] = {}
    by_key = {one["key"]: one for one in items(exported, missing="placeholder")}
    there = apply(sandbox, [{**one} for one in items(exported)])["objects"]
    for row in there:
        real = sandbox.state.settings.store.get(row["object_id"])
        assert real is not None
        for name in exported["secrets"]:
            if name.startswith(f"{row['key']}/"):
                found[name] = _at(real.value, name[len(row["key"]) + 1 :])
    assert set(found) == set(exported["secrets"])
    assert set(by_key) == {row["key"] for row in there}
    return found


def _at(value: Any, path: str) -> str:
    for part in path.replace("]", "").replace("[", ".").split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return str(value)


class TestRoundTrip:
    @pytest.mark.timeout(300)
    @pytest.mark.parametrize("omit_defaults", [False, True])
    def test_all_schemas_of_the_sandbox(self, sandbox: RunningSandbox, omit_defaults: bool) -> None:
        round_trip(sandbox, omit_defaults=omit_defaults)

    @pytest.mark.timeout(300)
    @pytest.mark.parametrize("omit_defaults", [False, True])
    def test_all_real_schemas(self, real_sandbox: RunningSandbox, omit_defaults: bool) -> None:
        round_trip(real_sandbox, omit_defaults=omit_defaults)

    @pytest.mark.parametrize(
        "variants",
        [
            {"settings_null_properties": "null", "settings_secret_mask": "***NNN***"},
            {"settings_set_order": "kept", "settings_secret_mask": "*****"},
        ],
    )
    def test_whatever_the_real_server_does(self, sandbox: RunningSandbox, variants: dict[str, Any]) -> None:
        Populated(sandbox)
        sandbox.variants(**variants)
        exported = export(sandbox)
        unchanged(sandbox, items(exported))
        assert "null" not in json.dumps(exported["files"])
