# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which schemas are meant, and how they are read together."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.selection import chosen, groups, read_apart

CATALOG = {"a:one": 1, "a:two": 2, "b:one": 3}


class TestChosen:
    def test_names_and_patterns_once_each(self) -> None:
        assert chosen(CATALOG, ["a:*", "a:one", "b:one"], []) == ["a:one", "a:two", "b:one"]

    def test_without_the_excluded(self) -> None:
        assert chosen(CATALOG, ["*"], ["*:one", "nothing"]) == ["a:two"]

    def test_a_name_that_there_is_not(self) -> None:
        with pytest.raises(InputError, match="no schema c:"):
            chosen(CATALOG, ["*", "c:*"], [])


class TestGroups:
    def test_ordered_schemas_stand_alone(self) -> None:
        assert groups({"a": False, "b": True, "c": False}, 1) == [["b"], ["a", "c"]]

    def test_no_fewer_than_can_be_read_at_once(self) -> None:
        assert len(groups(dict.fromkeys("abcdef", False), 3)) == 3

    def test_none(self) -> None:
        assert groups({}, 8) == []


class TestReadApart:
    """``refusing``: the schemas that the server refuses, and with what."""

    def read(self, status: int, message: str, *refusing: str) -> tuple[list[str], list[str], list[Sequence[str]]]:
        asked: list[Sequence[str]] = []
        refused: list[str] = []

        def read(names: Sequence[str]) -> list[str]:
            asked.append(list(names))
            if set(names) & set(refusing):
                raise ApiError("no", "GET", "u", status, message)
            return [f"{name}!" for name in names]

        return read_apart(read, ["a", "b", "c"], lambda name, error: refused.append(name)), refused, asked

    def test_one_request_where_all_can_be_read(self) -> None:
        assert self.read(403, "no") == (["a!", "b!", "c!"], [], [["a", "b", "c"]])

    @pytest.mark.parametrize("status", [403, 404])
    def test_each_by_itself_where_one_is_refused(self, status: int) -> None:
        assert self.read(status, "no", "b") == (["a!", "c!"], ["b"], [["a", "b", "c"], ["a"], ["b"], ["c"]])

    def test_a_token_for_something_else_is_not_asked_for_each(self) -> None:
        with pytest.raises(ApiError):
            self.read(403, "Token is missing required scope. Use one of: settings.read", "a", "b", "c")

    def test_another_failure_is_one(self) -> None:
        with pytest.raises(ApiError):
            self.read(500, "no", "b")
