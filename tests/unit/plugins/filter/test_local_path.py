# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder that a role's variable names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.community.dynatrace.plugins.filter.local_path import FilterModule

local_path = FilterModule().filters()["local_path"]


def test_a_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/somebody")
    assert local_path("a/../b", "x", "d") == os.path.join(os.getcwd(), "b")
    assert local_path("~/b", "x", "d") == "/home/somebody/b"


@pytest.mark.parametrize("blank", ["", "  ", None, [], {}, False])
def test_what_is_blank_is_not_given(blank: Any) -> None:
    assert local_path(blank, "x", "/plan") == "/plan"


@pytest.mark.parametrize("value", [5, True, ["a"], {"a": "b"}, "a\0b"])
def test_anything_else_is_refused_by_name(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^settings_plan_report_path must be the path of a folder"):
        local_path(value, "settings_plan_report_path", "plan")
