# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_export_info, and its files given back to settings_objects: nothing changes where they come from, all is made elsewhere."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from ansible_collections.community.dynatrace.plugins.module_utils._settings.api import in_lists

from tests.support.sandbox import REAL_SCHEMAS, TOKEN, RunningSandbox
from tests.support.settings_files import objects_of
from tests.unit.witness.values import Document, Maker

NOTE = "builtin:sandbox.note"
AUDIT = "builtin:sandbox.audit"
TAG = "builtin:sandbox.tag-rule"
HEADER = "builtin:sandbox.header-rule"
HOST = "builtin:sandbox.host-monitoring"
REMOTE = "builtin:sandbox.remote-connection"
WINDOW = "builtin:sandbox.time-window"
PLAN = "builtin:sandbox.update-plan"
PROCESS = "builtin:sandbox.process-rule"
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
    return objects_of(exported["files"], secrets=secrets, missing=missing)


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
        if not isinstance(part, list):
            return part
        parts = [named(item) for item in part]
        # No list of references has an order, only sets have several.
        are_references = all(isinstance(item, str) and item.startswith("-> ") for item in parts)
        return sorted(parts) if are_references else parts

    return json.dumps(named(value), sort_keys=True)


class Populated:
    """A sandbox with objects of every schema on every scope, made from the schema documents alone."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.secrets: set[str] = set()
        self.made = 0
        self.documents = {schema.id: schema.document for schema in sandbox.state.settings._catalog}
        for document in self.documents.values():
            for number, scope in enumerate(document["allowedScopes"]):
                self._fill(document, scope if scope == "environment" else scope + SUFFIX, 12 * number)

    def _fill(self, document: Document, scope: str, first: int) -> None:
        """Four different objects, where there may be four; also different from those on other scopes."""
        rules = document.get("schemaConstraints", ())
        is_by_element = any(rule.get("flattenCollections") for rule in rules)
        maker = Maker(document, self._new if is_by_element else self._referenced)
        for salt in (1, 4, 7, 10) if document["multiObject"] else (1,):
            row = {"schemaId": document["schemaId"], "scope": scope, "value": maker.value(first + salt, full=salt != 4)}
            # Odd ones have an external id, the others only what the schema offers.
            make(self.sandbox, {**row, "externalId": f"team/{salt}"} if salt % 2 else row)
        self.secrets.update(maker.secrets)

    def _new(self, schema_id: str) -> str:
        """Another one each time: what is unique by element cannot be in two objects."""
        self.made += 1
        value = Maker(self.documents[schema_id]).value(100 + self.made)
        return make(self.sandbox, {"schemaId": schema_id, "value": value})[0]

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
    def test_all_schemas(self, request: pytest.FixtureRequest, omit_defaults: bool) -> None:
        """Those of the sandbox, and where real ones are there, these as well."""
        fixture = "real_sandbox" if REAL_SCHEMAS.is_dir() else "sandbox"
        round_trip(request.getfixturevalue(fixture), omit_defaults=omit_defaults)

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


def item(exported: Mapping[str, Any], key: str) -> dict[str, Any]:
    return next(one for one in items(exported) if one["key"] == key)


def keys(exported: Mapping[str, Any]) -> list[str]:
    return [one["key"] for one in items(exported)]


class TestRequests:
    def test_few(self, sandbox: RunningSandbox) -> None:
        """One for the list of schemas, one list for each ordered schema, the others share; only schemas with objects are read."""
        sandbox.clear()
        exported = export(sandbox, parallel=1)
        ordered = sum(schema.ordered for schema in sandbox.state.settings._catalog)
        assert sandbox.sent.count("GET /v2/settings/schemas") == 1
        others = len(in_lists([schema.id for schema in sandbox.state.settings._catalog if not schema.ordered]))
        assert others < 4
        assert sandbox.sent.count(LIST) == ordered + others
        assert len(sandbox.sent) == 1 + ordered + others + len(exported["files"])
        assert sandbox.writes == []

    def test_pages_of_five_hundred(self, sandbox: RunningSandbox) -> None:
        make(
            sandbox,
            *[{"schemaId": TAG, "value": {"name": f"tag {n}", "enabled": True, "tags": []}} for n in range(1200)],
        )
        sandbox.clear()
        assert len(items(export(sandbox, TAG))) == 1202
        assert sandbox.sent.count(LIST) == 3


class TestChoice:
    def test_patterns(self, sandbox: RunningSandbox) -> None:
        exported = export(sandbox, "builtin:sandbox.*-rule", exclude=["*.process-*"])
        assert [one["schema_id"] for one in exported["files"]] == [HEADER, TAG]

    @pytest.mark.parametrize("others", [0, 30])
    def test_scopes(self, sandbox: RunningSandbox, others: int) -> None:
        """More scopes than fit into a query are sorted out here."""
        for scope in ("HOST-0000000000000001", "HOST-0000000000000002"):
            make(sandbox, {"schemaId": HOST, "scope": scope, "value": {"enabled": False}})
        scopes = ["HOST-0000000000000001", *[f"HOST-00000000000001{n:02d}" for n in range(others)]]
        exported = export(sandbox, HOST, scopes=scopes)
        assert [one["scope"] for one in items(exported)] == ["HOST-0000000000000001"]
        assert keys(exported) == [f"{HOST}/HOST-0000000000000001"]

    def test_a_read_only_object_that_another_one_refers_to(self, sandbox: RunningSandbox) -> None:
        (object_id,) = make(sandbox, {"schemaId": WINDOW, "value": window("fixed")})
        lock(sandbox, object_id)
        make(sandbox, plan(object_id))
        exported = export(sandbox, WINDOW, PLAN)
        assert item(exported, PLAN)["value"]["windows"] == [{"window": {"$ref": f"{WINDOW}/fixed"}}]
        unchanged(sandbox, items(exported))

    def test_defaults(self, sandbox: RunningSandbox) -> None:
        whole = item(export(sandbox, TAG), f"{TAG}/web-servers")["value"]
        lean = item(export(sandbox, TAG, omit_defaults=True), f"{TAG}/web-servers")["value"]
        assert whole == {"name": "Web servers", "enabled": True, "tags": ["frontend", "web"]}
        assert lean == {"name": "Web servers", "tags": ["frontend", "web"]}

    def test_an_object_that_is_all_defaults(self, sandbox: RunningSandbox) -> None:
        (there,) = sandbox.run("settings_object_info", schema_ids=[AUDIT], effective=True)["objects"]
        make(sandbox, {"schemaId": AUDIT, "value": there["value"]})
        exported = export(sandbox, AUDIT, omit_defaults=True)
        assert items(exported)[0]["value"] == {}
        unchanged(sandbox, items(exported))
        wipe(sandbox)
        apply(sandbox, items(exported))
        assert next(sandbox.state.settings.store.objects(AUDIT)).value == there["value"]


class TestIdentity:
    def test_two_that_say_the_same(self, sandbox: RunningSandbox) -> None:
        """Found by their ids here, and by an external id wherever they are created."""
        ids = make(sandbox, note("twin"), note("twin"), note("other"))
        exported = export(sandbox, NOTE)
        assert {one.get("object_id") for one in items(exported)} == set(ids)
        unchanged(sandbox, items(exported))
        assert export(sandbox, NOTE) == exported
        wipe(sandbox)
        given = items(exported)
        assert apply(sandbox, given)["summary"]["create"] == 3
        unchanged(sandbox, given)
        again = export(sandbox, NOTE)
        assert [one["external_id"] for one in items(again)] == [one["external_id"] for one in given]
        assert not [one for one in items(again) if "object_id" in one]


class TestReferences:
    def test_out_of_the_export(self, sandbox: RunningSandbox) -> None:
        (object_id,) = make(sandbox, {"schemaId": WINDOW, "value": window("night")})
        make(sandbox, plan(object_id))
        exported = export(sandbox, PLAN)
        assert exported["outside"] == [
            {"key": PLAN, "path": "windows[0].window", "object_id": object_id, "schema_id": WINDOW}
        ]
        assert WINDOW in json.dumps(exported["warnings"])
        unchanged(sandbox, items(exported))

    def test_a_circle_is_cut(self, sandbox: RunningSandbox) -> None:
        """Any text that is the id of an exported object is a reference; settings_objects takes no circles."""
        first, second = make(sandbox, note("one"), note("two"))
        store = sandbox.state.settings.store
        for object_id, text in ((first, second), (second, first)):
            old = store.get(object_id)
            assert old is not None
            store.replace(old, dataclasses.replace(old, value={"text": text}))
        exported = export(sandbox, NOTE)
        assert json.dumps(exported["files"]).count("$ref") == 1
        unchanged(sandbox, items(exported))


class TestSecrets:
    VALUE = {"name": "r", "url": "https://r.example.com", "scope": "INTERNAL", "token": "hush-hush-hush"}  # noqa: RUF012

    @pytest.fixture
    def exported(self, sandbox: RunningSandbox) -> dict[str, Any]:
        make(sandbox, {"schemaId": REMOTE, "value": self.VALUE})
        return export(sandbox, REMOTE)

    def test_named_and_not_shown(self, exported: dict[str, Any]) -> None:
        assert exported["secrets"] == [f"{REMOTE}/r/token"]
        assert exported["files"][0]["content"]["objects"][0]["value"]["token"] == {"$secret": f"{REMOTE}/r/token"}
        assert "hush" not in json.dumps(exported)

    def test_filled_in_or_not_nothing_changes(self, sandbox: RunningSandbox, exported: dict[str, Any]) -> None:
        for missing in ("omit", "placeholder"):
            unchanged(sandbox, items(exported, {}, missing))
        unchanged(sandbox, items(exported, {f"{REMOTE}/r/token": "another one"}))

    def test_needed_where_the_object_is_not(self, sandbox: RunningSandbox, exported: dict[str, Any]) -> None:
        wipe(sandbox)
        failed = sandbox.run("settings_objects", objects=items(exported))
        assert "token" in failed["msg"]
        apply(sandbox, items(exported, {f"{REMOTE}/r/token": "given"}))
        (found,) = sandbox.state.settings.store.objects(REMOTE)
        assert found.value == {**self.VALUE, "token": "given"}


class TestWithoutPermission:
    def test_a_schema_that_may_not_be_read(self, sandbox: RunningSandbox) -> None:
        """It is left out with a warning when a pattern chose it, and an error when it was asked for."""
        refuse = {"method": "GET", "path": "settings/objects", "kind": "status", "status": 403}
        sandbox.fault(**refuse, times=2)  # the list of both, then of the first alone
        exported = export(sandbox, "builtin:sandbox.t*", parallel=1)
        assert [one["schema_id"] for one in exported["files"]] == []
        assert len(exported["warnings"]) == 1
        sandbox.fault(**refuse, times=1)
        assert sandbox.run("settings_export_info", schema_ids=[TAG])["error"]["status"] == 403

    def test_nothing_at_all(self, sandbox: RunningSandbox) -> None:
        sandbox.fault(method="GET", path="settings/objects", kind="status", status=403, times=99)
        assert sandbox.run("settings_export_info", schema_ids=["*"])["error"]["status"] == 403


def window(name: str) -> dict[str, Any]:
    return {"name": name, "enabled": True, "timeZone": "UTC", "daily": {"start": "01:00:00", "end": "05:00:00"}}


def plan(*windows: str) -> dict[str, Any]:
    value = {"updateMode": "WINDOWS", "targetVersion": "latest", "windows": [{"window": one} for one in windows]}
    return {"schemaId": PLAN, "value": value}


def lock(sandbox: RunningSandbox, object_id: str) -> None:
    store = sandbox.state.settings.store
    old = store.get(object_id)
    assert old is not None
    store.replace(old, dataclasses.replace(old, modifiable=False, deletable=False))


class TestSelection:
    """Some objects of the schemas, and what they refer to."""

    def test_by_object_id(self, sandbox: RunningSandbox) -> None:
        first, second, _third = make(sandbox, note("one"), note("two"), note("three"))
        exported = export(sandbox, NOTE, object_ids=[second, first, "unknown"])
        assert [one["value"]["text"] for one in items(exported)] == ["one", "two"]
        assert exported["object_keys"] == {first: f"{NOTE}/one", second: f"{NOTE}/two", "unknown": None}
        # Told from those that are not exported, too.
        unchanged(sandbox, items(exported))

    def test_by_external_id_and_name(self, sandbox: RunningSandbox) -> None:
        rows = [("a", "x/1"), ("b", "x/2"), ("c", "y/1")]
        values = {name: {"name": name, "enabled": True, "tags": []} for name, _own in rows}
        make(sandbox, *[{"schemaId": TAG, "value": values[name], "externalId": own} for name, own in rows])
        blank = {name: [""] for name in ("exclude", "names", "scopes", "values_matching", "values_of")}
        assert keys(export(sandbox, external_id_prefix="x/", **blank)) == [f"{TAG}/a", f"{TAG}/b"]
        assert keys(export(sandbox, external_id_prefix="x/", names=["[bc]"])) == [f"{TAG}/b"]
        assert "object_keys" not in export(sandbox, NOTE)

    def test_what_they_refer_to(self, sandbox: RunningSandbox) -> None:
        used, _unused = make(
            sandbox, {"schemaId": WINDOW, "value": window("used")}, {"schemaId": WINDOW, "value": window("unused")}
        )
        make(sandbox, plan(used))
        alone = export(sandbox, PLAN)
        assert [(one["object_id"], one["schema_id"]) for one in alone["outside"]] == [(used, WINDOW)]
        sandbox.clear()
        exported = export(sandbox, PLAN, with_referenced=True, scopes=["environment"])
        assert keys(exported) == [f"{WINDOW}/used", PLAN]
        assert exported["outside"] == []
        assert sandbox.sent.count(LIST) == 2
        unchanged(sandbox, items(exported))


class TestValues:
    """What differs elsewhere gets a name."""

    def test_given_back_they_change_nothing(self, sandbox: RunningSandbox) -> None:
        exported = export(
            sandbox,
            values_matching=["Web (?P<word>servers)", "sandbox"],
            values_of=["enabled", "builtin:sandbox.tag-*/tags"],
        )
        assert exported["extracted_values"]["word"] == "servers"
        files = json.dumps(exported["files"])
        assert '{"$value": "' in files
        assert '{"$join": ["Web ", {"$value": "word"}]}' in files
        unchanged(sandbox, objects_of(exported["files"], values=exported["extracted_values"], missing="omit"))

    def test_another_environment_has_its_own(self, sandbox: RunningSandbox) -> None:
        exported = export(sandbox, TAG, values_of=["tags"])
        name = next(name for name, tags in exported["extracted_values"].items() if tags == ["db"])
        result = apply(sandbox, objects_of(exported["files"], values={**exported["extracted_values"], name: ["other"]}))
        assert [row["key"] for row in result["objects"] if row["changed"]] == [name.rpartition("/")[0]]

    def test_nothing_is_told(self, sandbox: RunningSandbox) -> None:
        assert export(sandbox, TAG)["extracted_values"] == {}

    def test_what_is_no_regular_expression(self, sandbox: RunningSandbox) -> None:
        result = sandbox.run("settings_export_info", schema_ids=[TAG], values_matching=["("])
        assert "values_matching: ( is not a regular expression" in result["msg"]
        assert sandbox.sent == []
