# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In which order the objects of a list are written, and what is done about others who write at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._change.many import Limits
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    ObjectsOptions,
    PlannedObject,
    SettingsEntry,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import Fence, plan_all
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_run import (
    ObjectsRun,
    OrderPlan,
    independent_of,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

from .room import NO_FENCE, Memory, absent, entry, read_objects, ref, schema, stored, task


class Server:
    """Stands in for Settings. ``lists``: what each later list shows. ``refused``: names that cannot be created."""

    def __init__(self, *lists: tuple[StoredObject, ...], refused: str = "") -> None:
        self.lists = list(lists)
        self.refused = refused
        self.sent: list[Any] = []

    def create(self, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        names = [body["value"]["name"] for body in bodies]
        self.sent.append(("create", names, [body.get("insertAfter") for body in bodies]))
        refusal = ApiError("refused", "POST", "u", 403, "no")
        return [refusal if name in self.refused else f"id-{name}" for name in names]

    def update(self, target: StoredObject, value: Any, place: Any = None, version: str | None = None) -> None:
        self.sent.append(("update", target.object_id, value.get("ref"), place))

    def delete(self, target: StoredObject) -> None:
        self.sent.append(("delete", target.object_id))

    def listed(self, schema_id: str, scopes: Sequence[str] = (), external_id: str | None = None) -> list[StoredObject]:
        self.sent.append("list")
        return list(self.lists.pop(0))

    def forget_old(self) -> bool:
        return False


def carried_out(
    server: Server,
    *entries: SettingsEntry,
    there: tuple[StoredObject, ...] = (),
    continue_on_error: bool = False,
    fence: Fence = NO_FENCE,
    retries_conflicts: bool = True,
) -> tuple[ObjectsRun, list[str]]:
    job, warnings = task(Memory(), {})
    read = read_objects(there)
    limits = Limits(1, 100, continue_on_error)
    options = ObjectsOptions([], entries, fence, True, limits, retries_conflicts, False)
    run = ObjectsRun(job, server, read, plan_all(entries, read, True, fence), options)  # type: ignore[arg-type]
    run.carry_out()
    return run, warnings


def ordered(*names: str) -> tuple[StoredObject, ...]:
    return tuple(stored(f"id-{name}", "o", name=name) for name in names)


def row(name: str, **options: Any) -> SettingsEntry:
    return entry(name, schema_id="o", **options)


def test_steps_come_one_after_the_other_with_the_ids_of_those_before() -> None:
    server = Server()
    there = (stored("1", name="d"),)
    run, _ = carried_out(
        server, entry("a", value=ref("b")), entry("b"), entry("c"), entry("d", value=ref("a")), there=there
    )
    assert server.sent == [("create", ["b", "c"], [None, None]), ("create", ["a"], [None]), ("update", "1", "id-a", {})]
    assert [run.outcome(key).value.object_id for key in "abcd"] == ["id-a", "id-b", "id-c", "1"]  # type: ignore[union-attr]


def test_what_there_is_nothing_to_do_for_is_done() -> None:
    server = Server()
    run, _ = carried_out(server, entry("a"), absent("never"), there=(stored("1", name="a"),))
    assert (server.sent, run.errors) == ([], {})
    assert run.outcome("a").is_done
    assert run.outcome("never").is_done


class TestPrune:
    there = (stored("1", name="a"), stored("2", name="b"))

    def test_comes_last(self) -> None:
        server = Server()
        run, _ = carried_out(server, entry("new"), there=self.there, fence=Fence(["s"]))
        assert server.sent == [("create", ["new"], [None]), ("delete", "1"), ("delete", "2")]
        assert [run.is_pruned(item) for item in run.pruned] == [True, True]

    def test_not_after_a_failure(self) -> None:
        server = Server(refused="new")
        run, _ = carried_out(server, entry("new"), there=self.there, fence=Fence(["s"]), continue_on_error=True)
        assert ("delete", "1") not in server.sent
        assert list(run.errors) == ["new"]
        assert not any(run.is_pruned(item) for item in run.pruned)


def test_errors_in_list_order() -> None:
    run, _ = carried_out(Server(refused="ac"), *[entry(key) for key in "cba"], continue_on_error=True)
    assert list(run.errors) == ["c", "a"]


class TestPlaces:
    def test_new_ones_in_one_array_last_first_behind_what_is_there(self) -> None:
        target = ordered("a", "x", "y", "b", "z")
        server = Server(target)
        _run, warnings = carried_out(server, *map(row, "axybz"), there=ordered("a", "b"))
        assert server.sent == [("create", ["y", "x", "z"], ["id-a", "id-a", None]), "list"]
        assert warnings == []

    def test_moves_come_before_new_ones(self) -> None:
        server = Server(ordered("b", "x", "a"))
        carried_out(server, *map(row, "bxa"), there=ordered("a", "b"))
        kinds = [sent[0] if isinstance(sent, tuple) else sent for sent in server.sent]
        assert kinds == ["update", "create", "list"]

    def test_nothing_is_looked_at_where_nothing_was_placed(self) -> None:
        server = Server()
        carried_out(server, row("a"), row("b"), there=ordered("a", "b"))
        assert server.sent == []

    def test_nor_after_a_failure(self) -> None:
        server = Server(refused="x")
        carried_out(server, row("a"), row("x"), there=ordered("a"))
        assert "list" not in server.sent


class TestRivals:
    """Somebody else writes at the same time."""

    def test_what_they_have_moved_is_put_right_and_reported(self) -> None:
        server = Server(ordered("x", "b", "a"), ordered("a", "b", "x"))
        run, warnings = carried_out(server, row("a"), row("b"), row("x"), there=ordered("a", "b"))
        moved = [sent for sent in server.sent if sent[0] == "update"]
        assert len(moved) == 2
        assert warnings == []
        actions = [run.outcome(key).value.change.action for key in "abx"]  # type: ignore[union-attr]
        assert actions.count("move") >= 1
        assert actions[2] == "create"

    def test_one_who_does_not_stop(self) -> None:
        server = Server(ordered("x", "a"), ordered("x", "a"))
        _run, warnings = carried_out(server, row("a"), row("x"), there=ordered("a"))
        assert ["are not in the requested order" in warning for warning in warnings] == [True]
        assert warnings[0].startswith("o on environment: ")

    def test_one_who_deletes_what_we_made(self) -> None:
        server = Server(ordered("a"))
        _run, warnings = carried_out(server, row("a"), row("x"), there=ordered("a"))
        assert (warnings, [sent for sent in server.sent if sent[0] == "update"]) == ([], [])

    def test_a_look_that_is_refused(self) -> None:
        class Refusing(Server):
            def listed(self, *_args: Any, **_options: Any) -> list[StoredObject]:
                raise ApiError("you may not", "GET", "u", 403, "no")

        _run, warnings = carried_out(Refusing(), row("a"), row("x"), there=ordered("a"))
        assert warnings == ["o on environment: whether the objects are in the requested order is unknown: you may not"]


def test_an_order_that_is_right_is_no_change() -> None:
    assert OrderPlan(()).action == "none"
    assert OrderPlan((("a", stored("1"), {}),)).action == "move"


def planned(key: str, action: str, scope: str = "environment", **more: Any) -> PlannedObject:
    return PlannedObject(key, WantedObject("s", scope, {}), schema(), ObjectChange(action), **more)


def keys(*items: PlannedObject) -> str:
    return "".join(item.key for item in independent_of(items))


def test_what_depends_on_no_other_write() -> None:
    actions = ("create", "update", "move", "reset", "none")
    assert keys(*[planned(action[0], action) for action in actions]) == "cumr"
    assert keys(planned("a", "update", needs=frozenset({"b"})), planned("b", "update")) == "b"


def test_new_objects_may_need_the_room_of_those_that_go() -> None:
    gone = planned("x", "delete")
    assert keys(gone, planned("a", "create"), planned("b", "update"), planned("c", "create", "HOST-1")) == "bc"
