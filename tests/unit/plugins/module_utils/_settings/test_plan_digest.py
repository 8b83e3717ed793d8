# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the digest of a plan covers, by plans of values."""

from __future__ import annotations

import dataclasses
import json
import random
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.expectation import digest_of
from ansible_collections.community.dynatrace.plugins.module_utils._change.given_plans import given_plans
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    ReadObjects,
    SettingsEntry,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import (
    BulkPlan,
    Fence,
    plan_all,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.plan_digest import (
    check_expected,
    steps_of,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options

from .room import OPTIONAL, TEXT, absent, entry, planned, ref, schema, stored

ENVIRONMENT = "abc12345"
RULE = {"type": {"$ref": "#/types/rule"}}
SECRETS = schema(
    "secrets",
    ["name"],
    properties={
        "name": TEXT,
        "url": OPTIONAL,
        "token": {"type": "secret", "nullable": True},
        "rules": {"type": "list", "items": RULE, "nullable": True},
    },
    types={"rule": {"properties": {"name": TEXT, "token": {"type": "secret", "nullable": True}}}},
)
MASK = "***0123456789abcdef"
THERE = (stored("1", name="a"), stored("2", name="b", text="x"), stored("3", name="c"))


def digest(plan: BulkPlan) -> str:
    return digest_of(ENVIRONMENT, steps_of(plan.items, plan.arrangements))


def of(*entries: SettingsEntry, **more: Any) -> str:
    return digest(planned(*entries, **more))


def changed(key: str, text: str = "new", **options: Any) -> SettingsEntry:
    return entry(key, value={"text": text}, **options)


class TestCovered:
    PLAN = of(entry("new"), changed("a"), absent("b"), there=THERE)

    def test_the_order_of_the_list_and_what_stays_as_it_is_do_not_matter(self) -> None:
        entries = [entry("new"), changed("a"), absent("b")]
        random.Random(1).shuffle(entries)
        assert of(*entries, there=THERE) == self.PLAN
        assert of(entry("c"), *entries, there=THERE) == self.PLAN
        assert of(*entries, there=(*THERE[:2], stored("3", name="c", text="other"), stored("4", name="d"))) == self.PLAN

    def test_nor_do_update_tokens_and_versions(self) -> None:
        there = [dataclasses.replace(row, update_token="later", schema_version="9") for row in THERE]
        assert of(entry("new"), changed("a"), absent("b"), there=tuple(there)) == self.PLAN

    @pytest.mark.parametrize(
        "entries",
        [
            [],
            [entry("new"), changed("a")],
            [entry("new"), changed("a"), absent("b"), absent("c")],
            [entry("new"), changed("a", "else"), absent("b")],
            [entry("new"), changed("a"), changed("b")],
            [entry("new", external_id="x"), changed("a"), absent("b")],
            [entry("new", scope="HOST-1"), changed("a"), absent("b")],
            [entry("newer"), changed("a"), absent("b")],
        ],
    )
    def test_another_plan(self, entries: list[SettingsEntry]) -> None:
        assert of(*entries, there=THERE) != self.PLAN

    @pytest.mark.parametrize(
        "there",
        [
            (stored("1", name="a", text="y"), *THERE[1:]),
            (THERE[0], stored("2", name="b", text="y"), THERE[2]),
            (stored("9", name="a"), *THERE[1:]),
            THERE[1:],
            (THERE[0], THERE[2]),
            (*THERE, stored("5", name="new")),
        ],
    )
    def test_what_was_read_of_an_object_that_changes(self, there: tuple[StoredObject, ...]) -> None:
        assert of(entry("new"), changed("a"), absent("b"), there=there) != self.PLAN

    def test_a_reference_to_what_is_new(self) -> None:
        plans = {of(entry("x"), entry("y"), entry("z", value=ref(name))) for name in "xy"}
        assert len(plans) == 2

    def test_no_change_at_all(self) -> None:
        assert of(entry("a"), there=THERE) == of() == digest_of(ENVIRONMENT, [])


def row(key: str, **options: Any) -> SettingsEntry:
    return entry(key, schema_id="o", **options)


def ordered(*names: str) -> tuple[StoredObject, ...]:
    return tuple(stored(f"id-{name}", "o", name=name) for name in names)


class TestPlaces:
    def test_the_order_of_new_ones(self) -> None:
        assert of(row("x"), row("y"), there=ordered("a")) != of(row("y"), row("x"), there=ordered("a"))

    def test_where_something_is_moved_or_inserted(self) -> None:
        there = ordered("a", "b", "c")
        places: list[dict[str, str]] = [{"position": "first"}, {"insert_after": "id-a"}, {"insert_before": "id-c"}]
        assert len({of(row("x", **place), there=there) for place in places}) == 3
        assert len({of(row("c", **place), there=there) for place in places[:2]}) == 2

    def test_what_comes_last_comes_last(self) -> None:
        """However many objects of others stand before it."""
        assert of(row("x"), row("y"), there=ordered("a")) == of(row("x"), row("y"), there=ordered("a", "b"))
        assert of(row("x", position="first"), there=ordered("a")) == of(
            row("x", position="first"), there=ordered("b", "a")
        )


def secret_plan(value: dict[str, Any], there: dict[str, Any] | None = None, **options: Any) -> tuple[str, str]:
    """The digest, and all that it covers."""
    given = {"schema_id": "secrets", "value": {"name": "a", **value}, **options}
    indexes = {}
    if there is not None:
        indexes["secrets", "environment"] = Index(SECRETS, [stored("1", "secrets", name="a", **there)])
    read = ReadObjects({("secrets", None): SECRETS}, indexes, {})
    plan = plan_all([SettingsEntry("a", from_options(given))], read, True, Fence())
    return digest(plan), json.dumps([step.content for step in steps_of(plan.items, plan.arrangements)])


class TestSecrets:
    @pytest.mark.parametrize(
        "value", [{"token": "hush-%s"}, {"rules": [{"name": "r", "token": "hush-%s"}]}], ids=["one", "in a list"]
    )
    @pytest.mark.parametrize("there", [None, {"url": "old", "token": MASK}])
    def test_one_given_anew_is_the_same_plan(self, value: dict[str, Any], there: dict[str, Any] | None) -> None:
        one, two = (
            secret_plan(json.loads(json.dumps({"url": "u", **value}) % text), there, update_secrets="always")
            for text in ("first", "second")
        )
        assert one == two
        assert "hush" not in one[1]

    def test_its_name_takes_its_place_else_its_path(self) -> None:
        named = secret_plan({"token": "hush"}, secret_paths={"token": "shop/token"})
        assert '"token": {"$secret": "shop/token"}' in named[1]
        assert '"token": {"$secret": "token"}' in secret_plan({"token": "hush"})[1]
        assert named != secret_plan({"token": "hush"}, secret_paths={"token": "other"})

    def test_one_that_is_left_alone_counts_as_it_was_read(self) -> None:
        """Its mask tells that somebody has changed it."""
        plans = {secret_plan({"url": "u", "token": "hush"}, {"token": mask}) for mask in (MASK, "***fedcba9876543210")}
        assert len(plans) == 2
        assert MASK in "".join(text for _digest, text in plans)

    def test_one_in_a_property_that_the_schema_does_not_call_secret(self) -> None:
        """Neither what goes out nor what was read."""
        names = {"url": "address", "rules[1].name": "rule"}
        rules = [{"name": "r"}, {"name": "hush-rule"}]
        plan = secret_plan({"url": "hush-new", "rules": rules}, {"url": "hush-old"}, secret_paths=names)
        assert "hush" not in plan[1]
        assert plan[1].count('{"$secret": "address"}') == 2
        assert plan[1].count('{"$secret": "rule"}') == 1

    def test_one_that_is_left_out(self) -> None:
        assert secret_plan({"token": "hush"}) != secret_plan({})


class TestExpected:
    PLAN = planned(changed("a"), changed("b"), there=THERE)

    def other(self, *entries: SettingsEntry, there: tuple[StoredObject, ...], given: Any = None) -> dict[str, str]:
        plan = planned(*entries, there=there)
        expected = given_plans(given or digest(self.PLAN))
        with pytest.raises(InputError) as caught:
            check_expected(expected, ENVIRONMENT, plan.items, plan.arrangements)
        assert caught.value.msg.startswith("the plan differs from the expected one, so nothing was changed")
        errors: dict[str, str] = caught.value.details["errors"]
        return errors

    def test_the_same(self) -> None:
        expected = given_plans(digest(self.PLAN))
        check_expected(expected, ENVIRONMENT, self.PLAN.items, self.PLAN.arrangements)

    def test_somebody_has_changed_one(self) -> None:
        there = (stored("1", name="a", text="by hand"), *THERE[1:])
        assert self.other(changed("a"), changed("b"), there=there) == {
            "a": "would be updated, but differently than in the expected plan"
        }

    def test_somebody_has_removed_one_or_done_the_same(self) -> None:
        there = (stored("1", name="a", text="new"), THERE[2])
        assert self.other(changed("a"), changed("b"), there=there) == {
            "a": "would not be changed, but the expected plan changes it",
            "b": "would be created, but differently than in the expected plan",
        }

    def test_the_list_is_another_one(self) -> None:
        entries = [changed("a"), absent("c")]
        assert self.other(*entries, there=THERE) == {
            "c": "would be deleted, but the expected plan does not change it",
            "what this plan does not name": "changes of the expected plan that are missing: 1",
        }
        given = {"plan_digest": digest(self.PLAN), "objects": [{"key": "a"}, {"key": "b"}]}
        assert self.other(*entries, there=THERE, given=given)["b"].startswith("would not be changed")

    def test_another_environment(self) -> None:
        expected = given_plans(digest(self.PLAN))
        with pytest.raises(InputError, match="of another environment than xyz98765"):
            check_expected(expected, "xyz98765", self.PLAN.items, self.PLAN.arrangements)


def test_a_schema_that_describes_less_than_the_value_has() -> None:
    """Of a newer version of the schema than the document: what is unknown is covered as it is."""
    read = ReadObjects(
        {("s", None): schema("s", ["name"])},
        {("s", "environment"): Index(schema("s", ["name"]), [stored("1", name="a", more={"x": [1]}, ref=None)])},
        {},
    )
    plan = plan_all([changed("a")], read, True, Fence())
    (step,) = steps_of(plan.items, plan.arrangements)
    assert step.content["read"]["more"] == {"x": [1]}
