# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.problems import Problems


def test_none() -> None:
    problems = Problems()
    with problems.of("a"):
        pass
    problems.raise_all()


def test_the_last_of_each_item() -> None:
    problems = Problems()
    problems.add("a", "first")
    with problems.of("a"):
        raise StateError("second")
    problems.add("b", "third")
    with pytest.raises(InputError, match=r"^a: second; b: third$") as caught:
        problems.raise_all()
    assert caught.value.details == {"errors": {"a": "second", "b": "third"}}


def test_what_is_a_bug_shows_itself() -> None:
    with pytest.raises(ZeroDivisionError), Problems().of("a"):
        raise ZeroDivisionError


@pytest.mark.parametrize(("count", "end"), [(10, "k9: x"), (11, "k9: x; and 1 more"), (30, "k9: x; and 20 more")])
def test_many(count: int, end: str) -> None:
    problems = Problems()
    for number in range(count):
        problems.add(f"k{number}", "x")
    with pytest.raises(InputError) as caught:
        problems.raise_all()
    assert caught.value.msg.endswith(end)
    assert len(caught.value.details["errors"]) == count
