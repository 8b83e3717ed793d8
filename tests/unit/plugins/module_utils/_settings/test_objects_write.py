# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What check mode expects to be refused, by values. How a list is carried out is tested with its module."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.many import Outcome
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, StateError, Violation
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_write import WrittenObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    PlannedObject,
    ReadObjects,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_write import (
    ObjectsAdapter,
    created_id,
    is_expected,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.references import pending
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options

from .room import Memory, schema, task

SCHEMA = Schema({"schemaId": "s", "multiObject": True, "properties": {}})


def item(unresolved: tuple[str, ...] = (), awaited_keys: tuple[str, ...] = ()) -> PlannedObject:
    wanted = from_options({"schema_id": "s", "external_id": "e"})
    return PlannedObject("k", wanted, SCHEMA, ObjectChange("create"), 0, frozenset(), unresolved, awaited_keys)


def refusal(*paths: str | None, status: int = 400) -> ApiError:
    return ApiError("refused", "POST", "u", status, "", None, [Violation(path, "no") for path in paths])


REFERENCE = item(unresolved=("value.windows[0].window",))
KEY = item(awaited_keys=("name", "inner/id"))


@pytest.mark.parametrize(
    ("planned", "error", "expected"),
    [
        (REFERENCE, refusal("windows/0/window"), True),
        (REFERENCE, refusal("windows/3/window"), True),
        (REFERENCE, refusal("windows/0/window", "name"), False),
        (REFERENCE, refusal(None), False),
        (REFERENCE, refusal(), False),
        (REFERENCE, refusal("windows/0/window", status=409), False),
        (KEY, refusal("name"), True),
        (KEY, refusal("inner/id", None), True),
        (KEY, refusal("other"), False),
        (item(), refusal("name"), False),
        (item(), refusal(None), False),
    ],
)
def test_is_expected(planned: PlannedObject, error: ApiError, expected: bool) -> None:
    assert is_expected(planned, error) is expected


class Server:
    """Stands in for Settings. ``now``: what is there when somebody looks."""

    def __init__(self, *now: StoredObject) -> None:
        self.now = {stored_object.object_id: stored_object for stored_object in now}
        self.refusals: list[ApiError] = []
        self.updates: list[Any] = []
        self.forgot = 0

    def update(self, target: StoredObject, value: Any, place: Any = None, version: str | None = None) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.updates.append((target.update_token, value, place))

    def stored_object(self, object_id: str) -> StoredObject | None:
        return self.now.get(object_id)

    def listed(self, schema_id: str, scopes: Any, external_id: str | None = None) -> list[StoredObject]:
        return list(self.now.values())

    def forget_old(self) -> bool:
        self.forgot += 1
        return False


KEYED = schema("s", ["name"], ordered=True)
CONFLICT = ApiError("conflict", "PUT", "u", 409, "conflict")
TAKEN = ApiError("taken", "POST", "u", 400, "taken", None, [Violation("name", "taken")])


def adapter(server: Server, check_mode: bool = False, retries_conflicts: bool = True) -> ObjectsAdapter:
    job, _warnings = task(Memory(), {}, check_mode)
    read = ReadObjects({("s", None): KEYED}, {}, {})
    return ObjectsAdapter(job, server, read, retries_conflicts, {})  # type: ignore[arg-type]


def non_null(text: str, token: str) -> StoredObject:
    return StoredObject("1", "s", "environment", {"name": "a", "text": text}, update_token=token)


def update(place: dict[str, str] | None = None, state: str = "present", action: str = "update") -> PlannedObject:
    wanted = from_options({"schema_id": "s", "value": {"name": "a", "text": "new"}, "state": state})
    target = non_null("old", "t1")
    return PlannedObject("k", wanted, KEYED, ObjectChange(action, target, {"name": "a", "text": "new"}, place or {}))


class TestSomebodyElseWasFaster:
    def test_a_conflict_is_planned_again_by_what_is_there(self) -> None:
        server = Server(non_null("other", "t2"))
        server.refusals = [CONFLICT]
        written = adapter(server).write(update())
        assert server.updates == [("t2", {"name": "a", "text": "new"}, {})]
        assert (written.change.action, written.object_id) == ("update", "1")

    def test_unless_conflicts_end_it(self) -> None:
        server = Server(non_null("other", "t2"))
        server.refusals = [CONFLICT]
        with pytest.raises(ApiError, match="conflict"):
            adapter(server, retries_conflicts=False).write(update())

    def test_they_have_done_the_same(self) -> None:
        server = Server(non_null("new", "t2"))
        server.refusals = [CONFLICT]
        written = adapter(server).write(update())
        assert (server.updates, written.object_id) == ([], "1")

    def test_the_place_stays_what_it_is(self) -> None:
        """It was chosen among all objects."""
        server = Server(non_null("new", "t2"))
        server.refusals = [CONFLICT]
        adapter(server).write(update({"insertAfter": "9"}))
        assert server.updates == [("t2", {"name": "a", "text": "new"}, {"insertAfter": "9"})]

    @pytest.mark.parametrize(
        ("refusal", "retries_conflicts", "expected"),
        [(TAKEN, True, True), (CONFLICT, True, True), (CONFLICT, False, False), (TAKEN, False, True)],
    )
    def test_a_creation_that_is_refused(self, refusal: ApiError, retries_conflicts: bool, expected: bool) -> None:
        new = PlannedObject("k", from_options({"schema_id": "s"}), KEYED, ObjectChange("create"))
        assert adapter(Server(), False, retries_conflicts).may_be_overtaken(new, refusal) is expected
        plain = dataclasses.replace(new, schema=SCHEMA)
        assert adapter(Server()).may_be_overtaken(plain, TAKEN) is False

    def test_what_is_there_now_decides(self) -> None:
        new = PlannedObject(
            "k", from_options({"schema_id": "s", "value": {"name": "a"}}), KEYED, ObjectChange("create")
        )
        empty, full = adapter(Server()), adapter(Server(non_null("x", "t")))
        assert empty.plan_again(new, empty.look([new])).action == "create"
        again = full.plan_again(new, full.look([new]))
        assert again.action == "none"
        assert full.value_of(new, again).object_id == "1"
        assert full.replanned(new, again).change is again


class TestForetold:
    """In check mode a refusal that the real run would not meet is none."""

    awaiting = PlannedObject(
        "k", from_options({"schema_id": "s"}), KEYED, ObjectChange("create"), 1, frozenset("b"), (), ("name",)
    )

    def test_only_in_check_mode(self) -> None:
        excused = adapter(Server(), check_mode=True).excused(self.awaiting, TAKEN)
        assert excused is not None
        assert (excused.validated, excused.object_id) == ("local", None)
        assert adapter(Server()).excused(self.awaiting, TAKEN) is None
        assert adapter(Server(), check_mode=True).may_be_overtaken(self.awaiting, TAKEN) is False

    def test_only_of_what_waits_for_another_one(self) -> None:
        alone = dataclasses.replace(self.awaiting, awaited_keys=())
        assert adapter(Server(), check_mode=True).excused(alone, TAKEN) is None
        assert adapter(Server(), check_mode=True).excused(self.awaiting, StateError("busy")) is None


@pytest.mark.parametrize(("status", "forgot"), [(400, 1), (404, 1), (409, 1), (403, 0)])
def test_a_refusal_may_be_about_an_old_document(status: int, forgot: int) -> None:
    server = Server()
    refusal = ApiError("no", "POST", "u", status, "no")
    assert adapter(server).explained(update(), refusal).msg == "no"
    assert server.forgot == forgot
    other = StateError("busy")
    assert adapter(server).explained(update(), other) is other


def test_ids_of_what_was_created_since() -> None:
    outcomes = {"b": Outcome(True, WrittenObject(ObjectChange("create"), "id-b")), "c": Outcome(error=StateError("x"))}
    assert [created_id(outcomes, key) for key in "bcd"] == ["id-b", None, None]
    job, _warnings = task(Memory(), {})
    read = ReadObjects({}, {}, {})
    writer = ObjectsAdapter(job, Server(), read, True, outcomes)  # type: ignore[arg-type]
    value = {"name": pending("b"), "text": pending("c")}
    new = PlannedObject(
        "k", from_options({"schema_id": "s"}), KEYED, ObjectChange("create", None, value), 1, frozenset("bc")
    )
    assert writer.body(new)["value"] == {"name": "id-b", "text": pending("c")}
