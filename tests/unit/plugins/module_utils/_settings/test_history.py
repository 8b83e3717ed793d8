# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filter and the rows of the settings' history, by values."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.history import (
    history_filter,
    moment,
    shown,
)

NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=timezone.utc)
TIME = "modificationInfo.lastModifiedTime"


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("now", "2026-11-22T12:30:15.123Z"),
        ("now-90m", "2026-11-22T11:00:15.123Z"),
        ("now-2d", "2026-11-20T12:30:15.123Z"),
        ("now-1w", "2026-11-15T12:30:15.123Z"),
        ("1767225600123", "2026-01-01T00:00:00.123Z"),
        ("2026-01-01", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z"),
        ("2026-01-01 01:00:00.5+01:00", "2026-01-01T00:00:00.500Z"),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.123Z"),
    ],
)
def test_moments(text: str, iso: str) -> None:
    assert history_filter(None, moment(text, "from", NOW), None) == f"{TIME} >= '{iso}'"


@pytest.mark.parametrize("text", ["yesterday", "now-2y", "now+1d", "2026-13-01", "12", "now-999999w"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(InputError, match=r"to is .*: give a date"):
        moment(text, "to", NOW)


def test_filter() -> None:
    assert history_filter(None, None, None) == ""
    iso = "2026-11-22T12:30:15.123Z"
    assert history_filter("a'b", NOW, NOW) == f"objectId = 'a\\'b' and {TIME} >= '{iso}' and {TIME} <= '{iso}'"


def test_rows_have_values_instead_of_texts() -> None:
    row = {"type": "UPDATE", "jsonBefore": '{"a":1}', "jsonAfter": '{"a":2}', "jsonPatch": '[{"op":"replace"}]'}
    assert shown(row) == {
        "type": "UPDATE",
        "before": {"a": 1},
        "after": {"a": 2},
        "jsonPatch": [{"op": "replace"}],
    }
    assert shown({"type": "DELETE", "jsonAfter": None}) == {
        "type": "DELETE",
        "before": None,
        "after": None,
        "jsonPatch": None,
    }
    assert shown({"jsonBefore": "no JSON"})["before"] == "no JSON"
