# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.filter.switch import FilterModule

switch = FilterModule().filters()["switch"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("yes", True), (" True ", True), (1, True), ("off", False), (0, False), ("0", False)],
)
def test_what_is_true_or_false(value: Any, expected: bool) -> None:
    assert switch(value, "x") is expected
    assert switch(value, "x", default=not expected) is expected


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_what_is_blank_is_not_given(blank: str | None) -> None:
    assert (switch(blank, "x"), switch(blank, "x", default=True)) == (False, True)


@pytest.mark.parametrize("value", ["hush", 5, -1, 0.5, [], ["hush"], {"a": "hush"}, "{'a': 'hush'}"])
def test_anything_else_is_refused_and_not_repeated(value: Any) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        switch(value, "settings_plan_fail")
    assert str(caught.value) == "settings_plan_fail is neither true nor false: give true or false"
