# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read for a list of objects, by values and with settings that only remember what they were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_gather import (
    ObjectsReader,
    check_scopes,
    with_scopes,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import Fence, SettingsEntry
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options

HOST = "HOST-1"


class Asked:
    """Stands in for Settings. ``there``: objects by id."""

    def __init__(self, *there: StoredObject) -> None:
        self.there = {stored_object.object_id: stored_object for stored_object in there}
        self.lists: list[tuple[str, Sequence[str]]] = []
        self.effective: list[tuple[str, str]] = []

    def stored_object(self, object_id: str) -> StoredObject | None:
        return self.there.get(object_id)

    def listed(self, schema_id: str, scopes: Sequence[str]) -> list[StoredObject]:
        self.lists.append((schema_id, tuple(scopes)))
        return [stored_object for stored_object in self.there.values() if stored_object.schema_id == schema_id]

    def schema(self, schema_id: str, version: str | None) -> Schema:
        return Schema({"schemaId": schema_id, "version": version or "2", "multiObject": schema_id != "single"})

    def renewed(self, schema: Schema, version: str | None, stored: Sequence[StoredObject]) -> Schema:
        return schema

    def inherited(self, schema_id: str, scope: str) -> dict[str, Any]:
        self.effective.append((schema_id, scope))
        return {"x": scope}


def entry(key: str, **options: Any) -> SettingsEntry:
    return SettingsEntry(key, from_options({"schema_id": "multi", **options}))


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as found:
        yield found


NO_FENCE = Fence()


def reader(pool: ThreadPoolExecutor, asked: Asked, fence: Fence = NO_FENCE) -> ObjectsReader:
    return ObjectsReader(asked, pool, fence)  # type: ignore[arg-type]


class TestWhereItemsLie:
    there = StoredObject("a", "multi", HOST, {})

    def test_an_object_id_alone(self, pool: ThreadPoolExecutor) -> None:
        by_id = entry("k", schema_id=None, object_id="a")
        (found,) = reader(pool, Asked(self.there)).located([by_id])
        assert found.wanted.location == ("multi", HOST)

    def test_one_that_is_not_there(self, pool: ThreadPoolExecutor) -> None:
        gone = entry("gone", schema_id=None, object_id="b", state="absent")
        other = entry("other", external_id="e")
        assert reader(pool, Asked()).located([gone, other]) == [other]
        with pytest.raises(InputError, match="k: there is no object b"):
            reader(pool, Asked()).located([entry("k", schema_id=None, object_id="b")])

    def test_a_scope_that_only_the_list_tells(self) -> None:
        known = with_scopes(
            [entry("k", object_id="a"), entry("l", object_id="b")],
            {("multi", None): Schema({"schemaId": "multi"})},
            [self.there],
        )
        assert [found.wanted.scope for found in known] == [HOST, "environment"]

    def test_scopes_that_are_not_allowed(self) -> None:
        schema = Schema({"schemaId": "multi", "allowedScopes": ["environment"]})
        wrong = [entry("k", external_id="e", scope=HOST), entry("l", external_id="f")]
        with pytest.raises(InputError, match="k: scope HOST-1 is not allowed"):
            check_scopes(wrong, {("multi", None): schema})


class TestLists:
    def places(self, pool: ThreadPoolExecutor, *entries: SettingsEntry, fence: Fence = NO_FENCE) -> Any:
        asked = Asked()
        reader(pool, asked, fence).stored(entries)
        return sorted(asked.lists)

    def test_one_for_each_schema(self, pool: ThreadPoolExecutor) -> None:
        entries = [entry("a", external_id="a"), entry("b", external_id="b", scope=HOST), entry("c", schema_id="single")]
        assert self.places(pool, *entries) == [("multi", ("HOST-1", "environment")), ("single", ("environment",))]

    def test_all_scopes_where_one_is_unknown(self, pool: ThreadPoolExecutor) -> None:
        entries = [entry("a", external_id="a"), entry("b", object_id="b")]
        assert self.places(pool, *entries) == [("multi", ())]

    def test_of_a_fence(self, pool: ThreadPoolExecutor) -> None:
        item = entry("a", external_id="a")
        assert self.places(pool, item, fence=Fence(["multi", "more"])) == [("more", ()), ("multi", ())]
        inside = Fence(["multi"], [HOST])
        assert self.places(pool, item, fence=inside) == [("multi", ("HOST-1", "environment"))]


class TestRead:
    def test_what_is_inherited_where_nothing_is_stored(self, pool: ThreadPoolExecutor) -> None:
        asked = Asked()
        single = {"schema_id": "single"}
        entries = [
            entry("a", **single, scope="HOST-1"),
            entry("b", **single, scope="HOST-2"),
            entry("c", **single, scope="HOST-3", state="absent"),
            entry("d", **single, scope="HOST-4", value_mode="replace", value={}),
            entry("e", external_id="e"),
        ]
        there = [StoredObject("x", "single", "HOST-2", {})]
        schemas = reader(pool, asked).schemas(entries)
        read = reader(pool, asked).read(entries, schemas, there)
        assert asked.effective == [("single", "HOST-1")]
        assert read.inherited == {("single", "HOST-1"): {"x": "HOST-1"}}
        assert set(read.stored) == {("single", "HOST-2")}

    def test_items_whose_schema_is_unknown_are_named(self, pool: ThreadPoolExecutor) -> None:
        class Unknown(Asked):
            def schema(self, schema_id: str, version: str | None) -> Schema:
                if schema_id == "nope":
                    raise InputError("this environment has no schema nope")
                return super().schema(schema_id, version)

        entries = [entry("a", external_id="a"), entry("b", schema_id="nope"), entry("c", schema_id="nope")]
        with pytest.raises(InputError) as caught:
            reader(pool, Unknown()).schemas(entries)
        assert caught.value.details["errors"] == dict.fromkeys("bc", "this environment has no schema nope")
        with pytest.raises(InputError, match=r"^this environment has no schema nope$"):
            reader(pool, Unknown(), Fence(["nope"])).schemas(entries[:1])

    def test_schemas_of_items_and_fence(self, pool: ThreadPoolExecutor) -> None:
        versions = [entry("a", external_id="a"), entry("b", external_id="b", schema_version="1")]
        schemas = reader(pool, Asked(), Fence(["more", "multi"])).schemas(versions)
        assert set(schemas) == {("multi", None), ("multi", "1"), ("more", None)}
        with pytest.raises(InputError, match="names single, a single-object schema"):
            reader(pool, Asked(), Fence(["single"])).schemas(versions)
