# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._request.api_plan import (
    Comparison,
    FoundContent,
    RequestPlan,
    plan,
)

UNKNOWN, ABSENT = FoundContent(None), FoundContent(False)
BODY = {"name": "x", "target": 95}


def there(content: Any) -> FoundContent:
    return FoundContent(True, content)


@pytest.mark.parametrize(
    ("method", "action"), [("POST", "create"), ("PUT", "update"), ("PATCH", "update"), ("DELETE", "delete")]
)
def test_what_nobody_looked_at_is_always_sent(method: str, action: str) -> None:
    assert plan(Comparison(method, BODY), UNKNOWN).action == action


@pytest.mark.parametrize(
    ("method", "action"), [("POST", "create"), ("PUT", "create"), ("PATCH", "create"), ("DELETE", "none")]
)
def test_what_is_not_there(method: str, action: str) -> None:
    planned = plan(Comparison(method, BODY), ABSENT)
    assert (planned.action, planned.after) == (action, None if method == "DELETE" else BODY)


def test_what_is_there() -> None:
    found = there({**BODY, "id": 1})
    assert plan(Comparison("POST", {"other": 1}), found) == RequestPlan("none", found, found.content)
    assert plan(Comparison("DELETE"), found) == RequestPlan("delete", found, None)
    assert plan(Comparison("PUT", BODY), found).action == "none"
    assert plan(Comparison("PUT", {"target": 96}), found).after == {**BODY, "target": 96, "id": 1}
    # No data, so that it differs from whatever is there.
    assert plan(Comparison("PUT", None), found).action == "update"


def test_exactly() -> None:
    found = there({**BODY, "id": 1})
    assert plan(Comparison("PUT", BODY, "exact"), found) == RequestPlan("update", found, BODY)
    assert plan(Comparison("PUT", BODY, "exact", ["id"]), found).action == "none"
    # A PATCH never says all there is.
    assert plan(Comparison("PATCH", BODY, "exact"), found).action == "none"


def test_plans_for_what_nobody_can_see_are_never_the_same() -> None:
    """Or the engine would take a look that saw nothing for one that saw that nothing was done."""
    assert plan(Comparison("POST", BODY), UNKNOWN) != plan(Comparison("POST", BODY), FoundContent(None, tries=1))
