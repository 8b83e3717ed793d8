# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is a mark in a file of settings, and what is data."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._marks import MARKS, SHARED_OPTIONS, mark_in
from ansible_collections.community.dynatrace.plugins.modules.settings_objects import MODULE


@pytest.mark.parametrize("mark", sorted(MARKS))
def test_a_dictionary_of_one_key_is_a_mark(mark: str) -> None:
    assert mark_in({mark: "name"}) == mark
    assert mark_in({mark: "name", "more": 1}) is None


@pytest.mark.parametrize("value", [{}, {"a": 1}, {1: 2}, "$ref", ["$ref"], None, {None: 1}])
def test_what_is_data(value: Any) -> None:
    assert mark_in(value) is None


def test_a_misspelt_mark_is_no_data() -> None:
    assert mark_in({"$secert": "name"}) == "$secert"


def test_shared_options_are_options_of_the_task_and_of_its_items() -> None:
    assert set(SHARED_OPTIONS) <= set(MODULE.options)
    assert set(SHARED_OPTIONS) <= set(MODULE.options["objects"]["options"])
