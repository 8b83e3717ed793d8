# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which files of a folder are written or removed, by values."""

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.files_plan import (
    FileChange,
    WantedFile,
    may_go,
    plan_files,
    wanted_files,
)

STORED = {"a.yml": "1", "b.yml": "1", "z.yml": "9"}


def test_in_the_order_of_the_list_and_then_what_goes() -> None:
    wanted = [WantedFile("b.yml", "2"), WantedFile("new", "x"), WantedFile("a.yml", "1")]
    changes = [
        FileChange("b.yml", "update", "1", "2"),
        FileChange("new", "create", "", "x"),
        FileChange("a.yml", "none", "1", "1"),
    ]
    assert plan_files(wanted, STORED) == [*changes, FileChange("z.yml", "delete", "9", "")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("old.yml", True),
        ("wanted.yml", False),
        # Where capitals are not told from small letters it is the same file.
        ("Wanted.yml", False),
        (".gitlab-ci.yml", False),
        ("secrets.example.yml", True),
        ("secrets.yml", False),
        ("secrets.prod.yml", False),
        ("report.txt", False),
        ("old.yaml", False),
    ],
)
def test_what_may_go(name: str, expected: bool) -> None:
    assert may_go(name, {"wanted.yml"}) is expected


def test_files_as_they_are_given() -> None:
    rows = [{"name": "b.yml", "content": "2"}, {"name": "a.yml", "content": ""}]
    assert wanted_files(rows) == [WantedFile("b.yml", "2"), WantedFile("a.yml", "")]


def test_a_text_that_no_file_can_hold() -> None:
    with pytest.raises(InputError, match="the content of a cannot be written as UTF-8"):
        wanted_files([{"name": "a", "content": "\ud800"}])


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "a\0", "../a"])
def test_what_is_not_the_name_of_a_file(name: str) -> None:
    with pytest.raises(InputError, match="is not the name of a file"):
        wanted_files([{"name": name, "content": ""}])


@pytest.mark.parametrize(
    ("action", "is_change"), [("create", True), ("update", True), ("delete", True), ("none", False)]
)
def test_what_counts_as_a_change(action: str, is_change: bool) -> None:
    assert FileChange("a", action, "", "").is_change is is_change
