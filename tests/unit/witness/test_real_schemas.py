# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_object on every real schema document, with values made from the documents alone: a whole life on each scope."""

from __future__ import annotations

import copy
import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.sandbox import RunningSandbox, real_schemas

from .values import Maker, switches, walk

DOCUMENTS = {
    document["schemaId"]: document
    for document in (json.loads(path.read_text(encoding="utf-8")) for path in real_schemas().values())
}
SUFFIX = "-0123456789ABCDEF"
SWITCHES = [
    pytest.param(schema_id, name, choice, id=f"{schema_id}-{name}-{choice}")
    for schema_id, document in DOCUMENTS.items()
    for name, choice in switches(document)
]
# With what is required alone, and with all that may be there on each scope that is allowed.
LIVES = [pytest.param(schema_id, None, False, id=f"{schema_id}-least") for schema_id in DOCUMENTS] + [
    pytest.param(schema_id, scope if scope == "environment" else scope + SUFFIX, True, id=f"{schema_id}-{scope}")
    for schema_id, document in DOCUMENTS.items()
    for scope in document["allowedScopes"]
]
# Whose defaults the schema itself forbids: an empty name and an empty token. The server refuses them, and the user learns it.
NO_VALID_DEFAULTS = ("builtin:cloud.kubernetes",)
# What nobody knows of the real server, as far as it shows in values.
VARIANTS = [
    {"settings_null_properties": "null", "settings_secret_mask": "***NNN***", "settings_set_repeated": "twice"},
    {
        "settings_set_order": "kept",
        "settings_secret_mask": "*****",
        "settings_set_repeated": "refuse",
        "settings_single_object_post": "refuse",
    },
]


class Life:
    """One schema on one scope."""

    def __init__(self, sandbox: RunningSandbox, schema_id: str, scope: str | None = None) -> None:
        self.sandbox = sandbox
        self.document = DOCUMENTS[schema_id]
        allowed = self.document["allowedScopes"]
        if scope is None:
            scope = "environment" if "environment" in allowed else allowed[0] + SUFFIX
        self.args: dict[str, Any] = {"schema_id": schema_id, "scope": scope}
        if self.document["multiObject"] and not self.unique_keys:
            self.args["external_id"] = "witness"
        self.maker = Maker(self.document, self._referenced)
        self.printed = ""

    @property
    def unique_keys(self) -> list[list[str]]:
        found = self.document.get("schemaConstraints") or []
        return [one["uniqueProperties"] for one in found if one["type"] == "UNIQUE"]

    def _referenced(self, schema_id: str) -> str:
        """The id of an object to refer to, which is made by the module as well."""
        args = {"schema_id": schema_id, "external_id": "referenced"}
        result = self.sandbox.run("settings_object", value=Maker(DOCUMENTS[schema_id]).value(9), **args)
        assert not result.get("failed"), result
        return str(result["object"]["object_id"])

    def run(self, check: bool = False, **args: Any) -> dict[str, Any]:
        self.sandbox.clear()
        result = self.sandbox.run("settings_object", check=check, diff=True, **{**self.args, **args})
        self.printed += json.dumps(result)
        assert not result.get("failed"), (result["msg"], result.get("error"), args)
        return result

    def both(self, action: str, **args: Any) -> dict[str, Any]:
        """The real run, after check mode predicted it exactly and without a write."""
        predicted = self.run(check=True, **args)
        assert self.sandbox.writes == []
        assert not [text for text in self.sandbox.sent if text.startswith("DELETE")]
        real = self.run(**args)
        assert (real["action"], real["changed"]) == (action, action != "none")
        assert len(self.sandbox.writes) == (action != "none")
        for name in ("action", "changed", "diff"):
            assert predicted[name] == real[name], name
        assert set(predicted) - {"validated"} == set(real)
        return real

    def unchanged(self, **args: Any) -> None:
        result = self.run(**args)
        assert (result["action"], result["changed"]) == ("none", False), result["diff"]
        assert result["diff"]["before"] == result["diff"]["after"]
        assert self.sandbox.writes == []

    def read(self) -> dict[str, Any]:
        found = self.sandbox.run(
            "settings_object_info", schema_ids=[self.args["schema_id"]], scopes=[self.args["scope"]]
        )
        self.printed += json.dumps(found)
        (only,) = found["objects"]
        return dict(only)

    def no_secrets(self) -> None:
        for secret in self.maker.secrets:
            assert secret not in self.printed

    def changes(self) -> list[dict[str, Any]]:
        """Whole values in which one property at the top is another one, of those that may change."""
        first, other = self.maker.value(1, full=True), self.maker.value(2, full=True)
        found = []
        for name, spec in self.document["properties"].items():
            if name not in first or name not in other or spec["type"] == "secret":
                continue
            changed = self._changed(spec, first[name], other[name])
            if changed != first[name]:
                found.append(self.maker.value(1, full=True, fixed={name: changed}))
        return found

    def _changed(self, spec: Mapping[str, Any], first: Any, other: Any) -> Any:
        """``other``, with what keeps its first value as it is in ``first``."""
        if spec.get("modificationPolicy") == "NEVER":
            return first
        kind = spec["type"]
        if isinstance(kind, Mapping) and isinstance(first, dict):
            inner = self.document["types"][kind["$ref"].rsplit("/", 1)[1]]["properties"]
            return {name: self._changed(inner[name], first.get(name, one), one) for name, one in other.items()}
        return other


def nulled(document: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """The value with null for each nullable property at the top that it does not have."""
    nullable = [name for name, one in document["properties"].items() if one["nullable"]]
    return {**dict.fromkeys(nullable), **value}


def same_sets(document: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """The value with its sets the other way round, and each of their elements twice."""
    copied = copy.deepcopy(dict(value))
    for spec, one, put in walk(document, copied):
        if spec["type"] == "set":
            put([*one[::-1], *copy.deepcopy(one)])
    return copied


def test_all_of_them_are_there(real_sandbox: RunningSandbox) -> None:
    """Nothing below is quietly about fewer schemas than there are."""
    served = {one["schemaId"] for one in real_sandbox.run("settings_schema_info")["schemas"]}
    assert len(DOCUMENTS) == 29
    assert set(DOCUMENTS) <= served


@pytest.mark.parametrize(("schema_id", "scope", "full"), LIVES)
def test_a_life(real_sandbox: RunningSandbox, schema_id: str, scope: str | None, full: bool) -> None:
    life = Life(real_sandbox, schema_id, scope)
    value = life.maker.value(1, full)

    created = life.both("create", value=value)
    life.unchanged(value=value)
    life.unchanged(value=nulled(life.document, same_sets(life.document, value)))

    stored = life.read()
    assert stored["objectId"] == created["object"]["object_id"]
    life.unchanged(value=stored["value"], value_mode="replace")

    gone = life.both("delete", value=value, state="absent")
    assert gone["object"] is None
    life.unchanged(value=value, state="absent")
    life.no_secrets()


@pytest.mark.parametrize("schema_id", DOCUMENTS)
def test_a_change(real_sandbox: RunningSandbox, schema_id: str) -> None:
    """Of each property that may change, one after the other; then back to what it was, as a whole."""
    life = Life(real_sandbox, schema_id)
    value = life.maker.value(1, full=True)
    object_id = life.run(value=value)["object"]["object_id"]
    life.args["object_id"] = object_id  # since properties of a unique key change as well
    changes = life.changes()
    assert changes, "nothing of this schema may change"
    for other in changes:
        assert life.both("update", value=other, value_mode="replace")["object"]["object_id"] == object_id
        life.unchanged(value=other)
    life.both("update", value=value, value_mode="replace")
    life.unchanged(value=value)
    life.no_secrets()


@pytest.mark.parametrize(("schema_id", "name", "choice"), SWITCHES)
def test_every_branch(real_sandbox: RunningSandbox, schema_id: str, name: str, choice: Any) -> None:
    """Each choice of a property on which others depend: to this branch from the usual one, where it stays."""
    life = Life(real_sandbox, schema_id)
    value, other = life.maker.value(1, full=True), life.maker.value(1, full=True, fixed={name: choice})
    life.run(value=value)
    if value != other:
        life.both("update", value=other)
    life.unchanged(value=other)
    life.unchanged(value=life.read()["value"], value_mode="replace")
    life.no_secrets()


@pytest.mark.parametrize("variants", VARIANTS, ids=["nulls", "kept"])
@pytest.mark.parametrize("schema_id", DOCUMENTS)
def test_every_guess_about_the_real_server(
    real_sandbox: RunningSandbox, schema_id: str, variants: dict[str, Any]
) -> None:
    real_sandbox.variants(**variants)
    life = Life(real_sandbox, schema_id)
    value = life.maker.value(1, full=True)
    life.run(value=same_sets(life.document, value))
    life.unchanged(value=value)
    life.unchanged(value=life.read()["value"], value_mode="replace")
    life.args["object_id"] = life.read()["objectId"]
    value = life.changes()[0]
    life.both("update", value=value)
    assert life.run(value=value, state="absent")["action"] == "delete"
    life.unchanged(value=value, state="absent")
    life.no_secrets()


@pytest.mark.parametrize("schema_id", [name for name, one in DOCUMENTS.items() if not one["multiObject"]])
def test_what_may_not_be_deleted_gets_its_defaults(real_sandbox: RunningSandbox, schema_id: str) -> None:
    """Namely those that the server itself says are in force where nothing is stored."""
    life = Life(real_sandbox, schema_id)
    args = {"schema_ids": [schema_id], "scopes": [life.args["scope"]]}
    (in_force,) = real_sandbox.run("settings_object_info", effective=True, **args)["objects"]
    values = (life.maker.value(salt, full=True) for salt in (1, 2))
    created = life.run(value=next(value for value in values if value != in_force["value"]))
    store = real_sandbox.state.settings.store
    stored = store.get(created["object"]["object_id"])
    assert stored is not None
    store.replace(stored, dataclasses.replace(stored, deletable=False))
    if schema_id in NO_VALID_DEFAULTS:
        before = life.read()
        for check in (True, False):
            failed = real_sandbox.run("settings_object", check=check, state="absent", **life.args)
            assert failed["error"]["status"] == 400
        assert life.read() == before
        return
    life.both("reset", state="absent")
    life.unchanged(state="absent")
    assert life.read()["value"] == in_force["value"]


class TestThreeUniqueKeys:
    """builtin:monitoring.slo: its name, its metric, and eight properties together, most of which have defaults."""

    SCHEMA = "builtin:monitoring.slo"

    @pytest.fixture
    def slos(self, real_sandbox: RunningSandbox) -> list[dict[str, Any]]:
        """Two that are there, made of defaults as far as that goes."""
        made = []
        for name in ("a", "b"):
            value = {"name": f"slo {name}", "metricName": f"metric_{name}", "metricExpression": "(100)*(a)/(b)"}
            made.append(ask(real_sandbox, self.SCHEMA, value=value)["object"])
        return made

    @pytest.mark.parametrize(
        "value",
        [
            {},
            {"enabled": False},
            {"metricExpression": "(100)*(a)/(b)", "targetSuccess": 99.98, "targetWarning": 99.99, "filter": ""},
            {"evaluationType": "AGGREGATE", "evaluationWindow": "-1w", "customDescription": "x"},
        ],
    )
    def test_defaults_and_half_a_key_identify_nothing(
        self, real_sandbox: RunningSandbox, slos: list[dict[str, Any]], value: dict[str, Any]
    ) -> None:
        for state in ("present", "absent"):
            failed = refused(real_sandbox, self.SCHEMA, value=value, state=state)
            assert "it is not clear which object" in failed["msg"]
            assert "metricName" in failed["msg"]

    def test_an_object_with_the_defaults_is_not_taken(self, real_sandbox: RunningSandbox) -> None:
        """Its name and metric are the schema's defaults; a task that says neither must not find it."""
        value = {"name": "New SLO", "metricName": "new_slo", "metricExpression": "x"}
        taken = ask(real_sandbox, self.SCHEMA, value=value)["object"]
        refused(real_sandbox, self.SCHEMA, value={"metricExpression": "y"})
        other = {"name": "another", "metricName": "another", "metricExpression": "y"}
        assert ask(real_sandbox, self.SCHEMA, value=other)["object"]["object_id"] != taken["object_id"]

    @pytest.mark.parametrize("key", [("name",), ("metricName",), ("name", "metricName")])
    def test_each_key_identifies(
        self, real_sandbox: RunningSandbox, slos: list[dict[str, Any]], key: tuple[str, ...]
    ) -> None:
        second = slos[1]
        value = {name: second["value"][name] for name in key}
        assert ask(real_sandbox, self.SCHEMA, value=value)["action"] == "none"
        changed = ask(real_sandbox, self.SCHEMA, value={**value, "enabled": False})
        assert (changed["action"], changed["object"]["object_id"]) == ("update", second["object_id"])
        assert ask(real_sandbox, self.SCHEMA, value=value, state="absent")["action"] == "delete"
        left = real_sandbox.run("settings_object_info", schema_ids=[self.SCHEMA])["objects"]
        assert [one["objectId"] for one in left] == [slos[0]["object_id"]]

    def test_the_key_of_eight_identifies(self, real_sandbox: RunningSandbox) -> None:
        eight = {
            "name": "slo",
            "customDescription": "described",
            "metricExpression": "x",
            "evaluationType": "AGGREGATE",
            "filter": "",
            "targetSuccess": 90.0,
            "targetWarning": 95.0,
            "evaluationWindow": "-1w",
        }
        made = ask(real_sandbox, self.SCHEMA, value={**eight, "metricName": "m"})
        again = ask(real_sandbox, self.SCHEMA, value={**eight, "targetSuccess": 90})
        assert (again["action"], again["object"]["object_id"]) == ("none", made["object"]["object_id"])

    def test_keys_of_two_objects(self, real_sandbox: RunningSandbox, slos: list[dict[str, Any]]) -> None:
        value = {"name": "slo a", "metricName": "metric_b"}
        for state in ("present", "absent"):
            failed = refused(real_sandbox, self.SCHEMA, value=value, state=state)
            assert "several objects" in failed["msg"]
            assert all(one["object_id"] in failed["msg"] for one in slos)
            assert sorted(failed["candidates"]) == sorted(one["object_id"] for one in slos)

    def test_what_keeps_its_first_value(self, real_sandbox: RunningSandbox, slos: list[dict[str, Any]]) -> None:
        """metricName may not change: said before anything is sent."""
        failed = refused(real_sandbox, self.SCHEMA, value={"name": "slo a", "metricName": "metric_c"})
        assert "metricName" in failed["msg"]
        assert real_sandbox.writes == []


class TestTwoUniqueKeys:
    """builtin:remote.environment: its URI and its name; the defaults of both are empty, and it has a secret."""

    SCHEMA = "builtin:remote.environment"
    TOKEN = "witness-SECRET-token"

    @pytest.fixture
    def remotes(self, real_sandbox: RunningSandbox) -> list[dict[str, Any]]:
        made = []
        for name in ("a", "b"):
            value = {"name": f"remote {name}", "uri": f"https://{name}.example.com", "token": self.TOKEN}
            made.append(ask(real_sandbox, self.SCHEMA, value=value)["object"])
        return made

    @pytest.mark.parametrize("value", [{}, {"networkScope": "EXTERNAL"}, {"token": TOKEN}])
    def test_defaults_identify_nothing(
        self, real_sandbox: RunningSandbox, remotes: list[dict[str, Any]], value: dict[str, Any]
    ) -> None:
        failed = refused(real_sandbox, self.SCHEMA, value=value)
        assert "it is not clear which object" in failed["msg"]
        assert self.TOKEN not in json.dumps(failed)

    @pytest.mark.parametrize("key", ["uri", "name"])
    def test_each_key_identifies(self, real_sandbox: RunningSandbox, remotes: list[dict[str, Any]], key: str) -> None:
        first = remotes[0]
        value = {key: first["value"][key]}
        assert ask(real_sandbox, self.SCHEMA, value=value)["action"] == "none"
        changed = ask(real_sandbox, self.SCHEMA, value={**value, "networkScope": "CLUSTER", "token": self.TOKEN})
        assert (changed["action"], changed["object"]["object_id"]) == ("update", first["object_id"])

    def test_one_key_found_renames_by_the_other(
        self, real_sandbox: RunningSandbox, remotes: list[dict[str, Any]]
    ) -> None:
        value = {"name": "renamed", "uri": "https://a.example.com", "token": self.TOKEN}
        changed = ask(real_sandbox, self.SCHEMA, value=value)
        assert (changed["action"], changed["object"]["object_id"]) == ("update", remotes[0]["object_id"])
        assert changed["diff"]["after"]["value"]["name"] == "renamed"

    def test_keys_of_two_objects(self, real_sandbox: RunningSandbox, remotes: list[dict[str, Any]]) -> None:
        value = {"name": "remote a", "uri": "https://b.example.com", "token": self.TOKEN}
        failed = refused(real_sandbox, self.SCHEMA, value=value)
        assert sorted(failed["candidates"]) == sorted(one["object_id"] for one in remotes)
        assert self.TOKEN not in json.dumps(failed)


def ask(sandbox: RunningSandbox, schema_id: str, **args: Any) -> dict[str, Any]:
    sandbox.clear()
    result = sandbox.run("settings_object", diff=True, schema_id=schema_id, **args)
    assert not result.get("failed"), result
    return result


def refused(sandbox: RunningSandbox, schema_id: str, **args: Any) -> dict[str, Any]:
    """In check mode as in a real run, and nothing is written."""
    sandbox.clear()
    predicted, real = (
        sandbox.run("settings_object", check=check, schema_id=schema_id, **args) for check in (True, False)
    )
    assert real.get("failed"), real
    assert predicted["msg"] == real["msg"]
    assert sandbox.writes == []
    return real
