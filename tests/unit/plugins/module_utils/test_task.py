# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._task import LOCAL, Result, Task


def task(check_mode: bool) -> Task:
    client: Any = None
    return Task({}, client, check_mode, lambda text: None, lambda: None)


def test_what_only_reads_has_neither_action_nor_diff() -> None:
    assert Result({"jobs": []}).as_dict(True, True) == {"changed": False, "jobs": []}


@pytest.mark.parametrize(("action", "changed"), [("none", False), ("create", True), ("delete", True)])
def test_an_action_tells_whether_something_changed(action: str, changed: bool) -> None:
    assert Result({"job": 1}, action).as_dict(False, False) == {"changed": changed, "action": action, "job": 1}


def test_check_mode_says_what_it_rests_on() -> None:
    result = Result({}, "create", validated=LOCAL)
    assert result.as_dict(True, False) == {"changed": True, "action": "create", "validated": "local"}
    assert "validated" not in result.as_dict(False, False)
    assert Result({}, "none").as_dict(True, False)["validated"] == "none"
    assert Result({}, "none", validated="server").as_dict(True, False)["validated"] == "server"


def test_a_diff_has_both_sides_or_is_one_of_many() -> None:
    sides = {"before": {"a": 1}, "after": {"a": 2}, "before_header": "x", "after_header": "x"}
    assert Result({}, "update", {"a": 1}, {"a": 2}, "x").as_dict(False, True)["diff"] == sides
    assert Result({}, "update", diffs=[sides]).as_dict(False, True)["diff"] == [sides]
    assert Result({}, "update", diffs=[]).as_dict(False, True)["diff"] == []


def test_in_check_mode_nothing_is_entered_into_the_journal() -> None:
    for check_mode in (True, False):
        run = task(check_mode)
        run.journal.write("x was written", lambda: None)
        assert run.journal.has_changed is not check_mode
    assert run.partial() == {}
