# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the server can judge before the first write; over HTTP in test_settings_values.py."""

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import PlannedObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_trial import independent_of
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import WantedObject

from .room import schema


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
