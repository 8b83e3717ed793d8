# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is to have access to an object, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.access import Accessor, Levels
from ansible_collections.community.dynatrace.plugins.module_utils._settings.permission_plan import (
    WantedAccess,
    plan_access,
    shown_levels,
    side,
    wanted_access,
)

ALL, TEAM, USER = Accessor("all_users", ""), Accessor("group", "AB-1"), Accessor("user", "u-1")


def steps(wanted: WantedAccess, current: Levels) -> list[tuple[str, Accessor, str]]:
    return [(one.action, one.accessor, one.level) for one in plan_access(wanted, current).steps]


def given(**options: Any) -> WantedAccess:
    return wanted_access({"state": "present", "purge": False, "accessors": None, **options})


class TestPlan:
    def test_steps_of_two_kinds_are_an_update(self) -> None:
        assert plan_access(WantedAccess({TEAM: "read"}, purge=True), {USER: "read"}).action == "update"

    def test_only_what_differs_and_what_takes_away_last(self) -> None:
        current = {USER: "write", TEAM: "read"}
        change = plan_access(WantedAccess({ALL: "read", TEAM: "write"}, purge=True), current)
        assert [(one.action, one.accessor) for one in change.steps] == [
            ("create", ALL),
            ("update", TEAM),
            ("delete", USER),
        ]
        assert change.action == "update"
        assert change.after == {TEAM: "write", ALL: "read"}

    def test_others_stay_without_purge(self) -> None:
        change = plan_access(WantedAccess({ALL: "read"}), {USER: "write"})
        assert (change.action, change.after) == ("create", {USER: "write", ALL: "read"})

    def test_equal_is_nothing_to_do(self) -> None:
        for purge in (True, False):
            assert plan_access(WantedAccess({ALL: "read"}, purge=purge), {ALL: "read"}).action == "none"

    def test_less_access_is_an_update(self) -> None:
        assert steps(WantedAccess({TEAM: "read"}), {TEAM: "write"}) == [("update", TEAM, "read")]

    def test_ids_have_no_case_and_the_servers_form_is_used(self) -> None:
        lower = Accessor("group", "ab-1")
        assert steps(WantedAccess({TEAM: "read"}), {lower: "read"}) == []
        assert steps(WantedAccess({TEAM: "write"}), {lower: "read"}) == [("update", lower, "write")]
        assert steps(WantedAccess({TEAM: "read"}, is_present=False), {lower: "read"}) == [("delete", lower, "read")]

    def test_a_group_is_no_user(self) -> None:
        assert steps(WantedAccess({Accessor("user", "AB-1"): "read"}), {TEAM: "read"})[0][0] == "create"

    def test_absent(self) -> None:
        current = {ALL: "read", TEAM: "write"}
        assert steps(WantedAccess({TEAM: "read"}, is_present=False), current) == [("delete", TEAM, "write")]
        assert steps(WantedAccess({USER: "read"}, is_present=False), current) == []
        everybody = plan_access(WantedAccess({}, is_present=False, purge=True), current)
        assert (everybody.action, everybody.after) == ("delete", {})


class TestOptions:
    def test_levels(self) -> None:
        wanted = given(accessors=[{"type": "all_users"}, {"type": "group", "id": "AB-1", "access": "write"}])
        assert wanted == WantedAccess({ALL: "read", TEAM: "write"})

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ({}, "list who gets access"),
            ({"state": "absent"}, "or set purge to remove everybody's"),
            ({"purge": True, "accessors": []}, "set state=absent"),
            ({"purge": True, "state": "absent", "accessors": [{"type": "all_users"}]}, "leave out accessors, or purge"),
            ({"accessors": [{"type": "all_users", "id": "x"}]}, "has no id"),
            ({"accessors": [{"type": "group"}]}, "type group needs an id"),
            ({"accessors": [{"type": "user", "id": ""}]}, "type user needs an id"),
            ({"accessors": [{"type": "user", "id": "a"}, {"type": "user", "id": "A"}]}, "user A twice"),
        ],
    )
    def test_what_cannot_be_right(self, options: dict[str, Any], said: str) -> None:
        with pytest.raises(InputError, match=said):
            given(**options)

    def test_nobody_is_no_mistake_without_purge(self) -> None:
        assert given(accessors=[]) == WantedAccess({})
        assert given(state="absent", accessors=[]) == WantedAccess({}, is_present=False)
        assert given(state="absent", purge=True) == WantedAccess({}, is_present=False, purge=True)


def test_shown() -> None:
    levels = {ALL: "read", TEAM: "write", USER: "rx"}
    assert shown_levels(levels) == [
        {"type": "all_users", "id": None, "access": "read"},
        {"type": "group", "id": "AB-1", "access": "write"},
        {"type": "user", "id": "u-1", "access": "rx"},
    ]
    assert side(levels) == {"all users": "read", "group AB-1": "write", "user u-1": "rx"}
