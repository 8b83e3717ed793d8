# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.filter.seconds_left import FilterModule

seconds_left = FilterModule().filters()["seconds_left"]
MONDAY_NOON = 1763985600


@pytest.mark.parametrize("windows", ["mon 11:00-13:00", ["mon 11:00-13:00"], ["sun 00:00-01:00", "11:00-13:00"]])
def test_one_window_or_several(windows: Any) -> None:
    assert seconds_left(windows, MONDAY_NOON) == 3600


@pytest.mark.parametrize("windows", [5, True, None, {"a": "11:00-13:00"}, [None], [["11:00-13:00"]]])
def test_anything_else_is_not_a_window(windows: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="is not a window"):
        seconds_left(windows, MONDAY_NOON)
