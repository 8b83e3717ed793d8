# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What check mode expects to be refused, by values. How a list is carried out is tested with its module."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, Violation
from ansible_collections.community.dynatrace.plugins.module_utils._settings.object_plan import ObjectChange
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import PlannedObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_write import is_expected
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options

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
