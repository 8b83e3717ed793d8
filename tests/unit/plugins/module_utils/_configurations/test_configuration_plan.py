# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.configuration_plan import (
    FoundConfiguration,
    alike,
    candidates,
    find,
    plan,
    plan_all,
    title,
)
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.wanted import (
    WantedConfiguration,
    from_params,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .test_wanted import params

NAME = "custom:x"
TEXT = {"type": "text", "nullable": True}
PROPERTIES: dict[str, Any] = {
    "version": {"type": "text", "nullable": False},
    "enabled": {"type": "boolean", "nullable": False, "default": True},
    "description": TEXT,
    "token": {"type": "secret", "nullable": True},
    "port": {"type": "integer", "nullable": True, "constraints": [{"type": "RANGE", "minimum": 1, "maximum": 9}]},
}


def schema(**properties: Any) -> Schema:
    return Schema({"schemaId": f"ext:{NAME}", "multiObject": True, "properties": {**PROPERTIES, **properties}})


def there(object_id: str, scope: str = "environment", **value: Any) -> StoredObject:
    return StoredObject(object_id, f"ext:{NAME}", scope, {"version": "1", "enabled": True, **value})


def wanted(**given: Any) -> WantedConfiguration:
    return from_params(params(**given)).configurations[0]


def many(*values: dict[str, Any], **shared: Any) -> list[WantedConfiguration]:
    items = [{"value": value} for value in values]
    return list(from_params(params(configurations=items, **shared)).configurations)


class TestWhichOne:
    STORED = (there("a", description="x"), there("b", "HOST-1", description="x"), there("c", description="y"))

    def test_by_the_properties_on_its_scope(self) -> None:
        one = wanted(value={"description": "x"})
        here = candidates(one, self.STORED)
        assert [stored.object_id for stored in here] == ["a", "c"]
        assert find(schema(), one, here) == self.STORED[0]
        assert find(None, one, here) == self.STORED[0]
        assert find(schema(), wanted(value={"description": "z"}), here) is None

    def test_by_what_means_the_same(self) -> None:
        stored = [there("a", port=8)]
        assert alike(schema(), wanted(value={"port": "8"}, match_on=["port"]), stored) == stored

    def test_by_id(self) -> None:
        one = wanted(value={}, configuration_id="b")
        assert find(None, one, candidates(one, self.STORED)) == self.STORED[1]
        assert candidates(wanted(configuration_id="nope", state="absent"), self.STORED) == []
        with pytest.raises(StateError, match="there is no configuration nope"):
            candidates(wanted(value={}, configuration_id="nope"), self.STORED)
        with pytest.raises(InputError, match="has the scope HOST-1, and the task says HOST-2"):
            candidates(wanted(value={}, configuration_id="b", scope="HOST-2"), self.STORED)

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            ({"value": {}}, "or value.description to find it by"),
            ({"value": {"a": 1}, "match_on": ["a", "b.c"]}, "or value.b.c to find it by"),
            ({"value": {}, "match_on": []}, "or match_on to find it by"),
        ],
    )
    def test_nothing_tells(self, given: dict[str, Any], text: str) -> None:
        with pytest.raises(InputError) as caught:
            candidates(wanted(**given), self.STORED)
        assert text in caught.value.msg
        assert "There are a on environment (x), c on environment (y)" in caught.value.msg
        assert [row["configuration_id"] for row in caught.value.details["candidates"]] == ["a", "c"]

    def test_several(self) -> None:
        with pytest.raises(
            StateError, match="several configurations on environment have the same description"
        ) as caught:
            find(
                schema(), wanted(value={"description": "x"}), [there("a", description="x"), there("d", description="x")]
            )
        assert len(caught.value.details["candidates"]) == 2


class TestPlan:
    def test_create(self) -> None:
        planned = plan(
            NAME, wanted(value={"description": "x", "token": "hush"}), FoundConfiguration(None, schema(), "1")
        )
        assert (planned.action, planned.configuration_id, planned.scope) == ("create", None, "environment")
        assert planned.value == {"version": "1", "enabled": True, "description": "x", "token": "hush"}
        assert "hush" not in str((planned.shown, planned.before, planned.after))
        assert planned.before == {}
        assert title(NAME, planned) == "configuration of custom:x on environment: x"

    def test_update_merges(self) -> None:
        target = there("a", "HOST-1", description="x", token="***", port=3)
        found = FoundConfiguration(target, schema(), "1")
        planned = plan(NAME, wanted(value={"port": "4"}, configuration_id="a"), found)
        assert (planned.action, planned.configuration_id, planned.scope) == ("update", "a", "HOST-1")
        assert planned.value == {**target.value, "port": 4}
        assert planned.before["value"]["port"] == 3
        assert planned.after["value"] == {**planned.before["value"], "port": 4}

    @pytest.mark.parametrize("value", [{"port": 3}, {"port": "3"}, {"port": 3.0}, {"token": "hush"}])
    def test_equal(self, value: dict[str, Any]) -> None:
        found = FoundConfiguration(there("a", description="x", port=3, token="***"), schema(), "1")
        planned = plan(NAME, wanted(value=value, configuration_id="a"), found)
        assert (planned.action, planned.before) == ("none", planned.after)

    def test_another_version_drops_what_it_does_not_have(self) -> None:
        new = Schema({"schemaId": "ext:x", "multiObject": True, "properties": {**PROPERTIES, "old": TEXT}})
        target = there("a", description="x", old="o", gone="g")
        planned = plan(NAME, wanted(value={}, configuration_id="a", version="2"), FoundConfiguration(target, new, "2"))
        assert planned.value == {"version": "2", "enabled": True, "description": "x", "old": "o"}
        assert planned.before["value"]["gone"] == "g"

    def test_what_the_schema_does_not_allow(self) -> None:
        for target in (None, there("a", description="x", port=1)):
            found = FoundConfiguration(target, schema(), "1")
            with pytest.raises(InputError, match="version 1 of the extension does not allow this value"):
                plan(NAME, wanted(value={"description": "x", "port": 10}), found)

    @pytest.mark.parametrize(
        "found", [FoundConfiguration(None, is_possible=False), FoundConfiguration(None, schema(), "1", False)]
    )
    def test_an_extension_that_is_not_active(self, found: FoundConfiguration) -> None:
        with pytest.raises(StateError, match="extension custom:x is not active"):
            plan(NAME, wanted(value={"description": "x"}), found)

    def test_absent(self) -> None:
        one = wanted(value={"description": "x"}, state="absent")
        assert plan(NAME, one, FoundConfiguration(None)).action == "none"
        found = FoundConfiguration(there("a", description="x", token="***"), schema())
        planned = plan(NAME, one, found)
        assert (planned.action, planned.configuration_id, planned.after) == ("delete", "a", {})
        assert planned.before["value"]["token"] == "********"
        # Nobody knows what is secret then.
        assert plan(NAME, one, dataclasses.replace(found, schema=None)).before["value"] == {}


class TestAll:
    FOUND = FoundConfiguration(None, schema(), "1")

    def test_in_their_order(self) -> None:
        plans = plan_all(NAME, many({"description": "x"}, {"description": "y"}), [self.FOUND] * 2)
        assert [planned.description for planned in plans] == ["x", "y"]

    def test_everything_that_is_wrong_at_once(self) -> None:
        given = many({"description": "x", "port": 0}, {"description": "y"}, {"description": "z"})
        with pytest.raises(InputError) as caught:
            plan_all(NAME, given, [self.FOUND, self.FOUND, StateError("several")])
        assert caught.value.details["errors"]["configurations[2] (z)"] == "several"
        assert list(caught.value.details["errors"]) == ["configurations[0] (x)", "configurations[2] (z)"]

    def test_of_one_its_own_error(self) -> None:
        error = StateError("several", {"candidates": [1]})
        with pytest.raises(StateError) as caught:
            plan_all(NAME, [wanted(value={"description": "x"})], [error])
        assert caught.value is error

    def test_two_that_mean_the_same(self) -> None:
        with pytest.raises(InputError, match="is the same configuration as configurations"):
            plan_all(NAME, many({"description": "x"}, {"description": "x"}), [self.FOUND] * 2)
        found = FoundConfiguration(there("a", description="x"), schema(), "1")
        with pytest.raises(InputError, match="is the same configuration as configurations"):
            plan_all(NAME, many({"description": "x"}, {"description": "y"}), [found] * 2)


class TestOtherVersions:
    """A value as another version of the extension has it."""

    def schema(self) -> Schema:
        rule = {"type": {"$ref": "#/types/Rule"}, "nullable": True}
        types = {"Rule": {"properties": {"name": TEXT, "deep": rule}}}
        rules = {"type": "list", "nullable": True, "items": rule}
        properties = {
            **PROPERTIES,
            "rule": rule,
            "rules": rules,
            "names": {"type": "set", "items": TEXT, "nullable": True},
        }
        return Schema({"schemaId": f"ext:{NAME}", "multiObject": True, "properties": properties, "types": types})

    def planned(self, version: str, **value: Any) -> Any:
        target = there("a", description="x", **value)
        found = FoundConfiguration(target, self.schema(), version)
        return plan(NAME, wanted(value={"port": 2}, configuration_id="a", version=version), found).value

    def test_what_it_does_not_have_is_left_out_at_every_depth(self) -> None:
        value = self.planned(
            "2",
            rule={"name": "n", "old": 1, "deep": {"name": "m", "old": 2}},
            rules=[{"name": "n", "old": 3}, {"old": 4}],
            names=["p", "q"],
        )
        assert value["rule"] == {"name": "n", "deep": {"name": "m"}}
        assert (value["rules"], value["names"]) == ([{"name": "n"}, {}], ["p", "q"])

    def test_what_has_another_form_there_is_left_to_the_server(self) -> None:
        value = self.planned("2", rule=["x"], rules={"old": 1}, names="p")
        assert (value["rule"], value["rules"], value["names"]) == (["x"], {"old": 1}, "p")

    def test_the_same_version_loses_nothing(self) -> None:
        """The server has taken it, so it knows better."""
        planned = plan(
            NAME,
            wanted(value={}, configuration_id="a"),
            FoundConfiguration(there("a", description="x", old="o"), self.schema(), "1"),
        )
        assert (planned.action, planned.value["old"]) == ("none", "o")


class TestWhatIsSaid:
    def test_a_configuration_is_called_by_its_description(self) -> None:
        planned = plan(NAME, wanted(value={"port": 3}, match_on=["port"]), FoundConfiguration(None, schema(), "1"))
        assert title(NAME, planned) == "configuration of custom:x on environment"
        found = FoundConfiguration(there("a", description="x"), schema())
        gone = plan(NAME, wanted(value={"description": "x"}, state="absent"), found)
        assert (gone.description, gone.target_id) == ("x", "a")
        nothing = plan(NAME, wanted(value={"description": "x"}, state="absent"), FoundConfiguration(None))
        assert (nothing.description, nothing.configuration_id) == (None, None)

    @pytest.mark.parametrize(
        ("stored", "said"),
        [
            ([], "There is none"),
            ([there("a")], "There is a on environment (without description)"),
            ([there("a", description="x"), there("b")], "There are a on environment (x), b on environment (without"),
        ],
    )
    def test_what_there_is(self, stored: list[StoredObject], said: str) -> None:
        with pytest.raises(StateError) as caught:
            candidates(wanted(value={}, configuration_id="nope"), stored)
        assert said in caught.value.msg
        rows = [
            (row["configuration_id"], row["scope"], row["description"]) for row in caught.value.details["candidates"]
        ]
        assert rows == [(row.object_id, row.scope, row.value.get("description")) for row in stored]


class TestIdentity:
    def test_of_a_path_that_no_schema_has_what_is_given_is_compared(self) -> None:
        given = wanted(value={"a": {"b": "7"}}, match_on=["a.b"])
        stored = [there("a", a={"b": "7"}), there("b", a={"b": 7}), there("c", a="7")]
        assert [row.object_id for row in alike(schema(), given, stored)] == ["a"]
        assert [row.object_id for row in alike(None, given, stored)] == ["a"]

    def test_an_empty_text_tells_nothing(self) -> None:
        with pytest.raises(InputError, match=r"give configuration_id, or value\.description to find it by"):
            candidates(wanted(value={"description": ""}), [])

    def test_items_are_told_apart_by_what_they_are_found_by(self) -> None:
        found = FoundConfiguration(None, schema(), "1")
        given = many({"description": "x", "port": 1}, {"description": "x", "port": 2}, match_on=["description", "port"])
        assert [planned.action for planned in plan_all(NAME, given, [found] * 2)] == ["create", "create"]

    def test_an_id_tells_apart_what_has_one_description(self) -> None:
        stored = [FoundConfiguration(there(name, description="x"), schema(), "1") for name in ("a", "b")]
        items = [{"configuration_id": name, "value": {"description": "x", "port": 2}} for name in ("a", "b")]
        given = from_params(params(configurations=items)).configurations
        assert [planned.target_id for planned in plan_all(NAME, given, stored)] == ["a", "b"]

    def test_an_error_of_an_item_without_a_label_is_told_as_it_is(self) -> None:
        with pytest.raises(InputError, match=r"^version 1 of the extension"):
            plan_all(NAME, [wanted(value={"description": "x", "port": 10})], [FoundConfiguration(None, schema(), "1")])
