# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Windows of time. 2026-11-21 is a Saturday; clocks in Vienna go back in the night to 2026-10-25."""

from __future__ import annotations

from datetime import datetime

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._window import seconds_left


@pytest.mark.parametrize(
    ("windows", "now", "zone", "left"),
    [
        (["22:00-05:00"], "2026-11-21T22:00:00+00:00", "UTC", 7 * 3600),
        (["22:00-05:00"], "2026-11-22T04:59:59+00:00", "UTC", 1),
        (["22:00-05:00"], "2026-11-22T05:00:00+00:00", "UTC", 0),
        (["22:00-05:00"], "2026-11-21T21:59:59+00:00", "UTC", 0),
        (["sat 22:00-05:00"], "2026-11-22T01:00:00+00:00", "UTC", 4 * 3600),
        (["sat 22:00-05:00"], "2026-11-22T23:00:00+00:00", "UTC", 0),
        (["Sat,Sun 01:30-04:00"], "2026-11-22T02:00:00+00:00", "utc", 2 * 3600),
        (["mon-fri 01:30-04:00"], "2026-11-22T02:00:00+00:00", "UTC", 0),
        (["fri - mon 1:30 - 4:00"], "2026-11-22T02:00:00+00:00", "UTC", 2 * 3600),
        (["tue-thu 01:30-04:00"], "2026-11-23T02:00:00+00:00", "UTC", 0),
        (["00:00-24:00"], "2026-11-22T23:00:00+00:00", "UTC", 3600),
        (["08:00-08:00"], "2026-11-22T07:00:00+00:00", "UTC", 3600),
        (["12:00-13:00", "12:00-14:00", "20:00-21:00"], "2026-11-22T12:30:00+00:00", "UTC", 5400),
        (["22:00-05:00"], "2026-11-22T21:30:00+00:00", "Europe/Vienna", 6.5 * 3600),
        (["22:00-05:00"], "2026-10-24T20:00:00+00:00", "Europe/Vienna", 8 * 3600),
        ([], "2026-11-22T12:00:00+00:00", "UTC", 0),
    ],
)
def test_what_is_left(windows: list[str], now: str, zone: str, left: float) -> None:
    assert seconds_left(windows, datetime.fromisoformat(now), zone) == left


@pytest.mark.parametrize(
    "text",
    ["", "night", "22:00", "25:00-03:00", "22:60-03:00", "day 22:00-05:00", "mon-wed-fri 22:00-05:00", "22:00-24:30"],
)
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(ValueError, match="is not a window: write for instance"):
        seconds_left([text], datetime.fromisoformat("2026-11-22T12:00:00+00:00"))


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", ""])
def test_what_is_no_zone(zone: str) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        seconds_left(["22:00-05:00"], datetime.fromisoformat("2026-11-22T12:00:00+00:00"), zone)
