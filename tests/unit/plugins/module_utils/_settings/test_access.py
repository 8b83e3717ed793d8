# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accessors and levels in our terms and in the API's, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.access import (
    Accessor,
    accessor_of,
    letters_of,
    level_of,
)


def test_all_users_are_written_otherwise() -> None:
    everybody = accessor_of("all-users", "")
    assert everybody == Accessor("all_users", "")
    assert everybody.identity == {"type": "all-users"}
    assert everybody.name == "all users"


def test_groups_and_types_of_newer_servers() -> None:
    assert accessor_of("group", "AB-1").identity == {"type": "group", "id": "AB-1"}
    assert accessor_of("role", "new").name == "role new"


def test_ids_have_no_case() -> None:
    assert Accessor("group", "AB-1").key == Accessor("group", "ab-1").key


@pytest.mark.parametrize(
    ("letters", "level"), [(["r"], "read"), (["w", "r"], "write"), (["r", "x"], "rx"), ([], ""), (["w"], "w")]
)
def test_levels(letters: list[str], level: str) -> None:
    assert level_of(letters) == level


def test_letters() -> None:
    assert (letters_of("read"), letters_of("write")) == (["r"], ["r", "w"])
