# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError, StateError, Violation
from ansible_collections.community.dynatrace.plugins.module_utils._settings.problems import (
    Fault,
    Problems,
    called_place,
    path_of,
    refuse,
)


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


FAULT = Fault(("rules", 0, "name"), "must be a text")
MISSPELT = Fault(("rules", 0, "nmae"), "has no property nmae", within=("rules", 0))


def test_a_fault_in_words_and_as_a_violation() -> None:
    assert called_place(()) == "value"
    assert FAULT.sentence == "value.rules[0].name must be a text"
    assert FAULT.violation == Violation("rules/0/name", "must be a text")
    assert MISSPELT.sentence == "value.rules[0] has no property nmae"
    assert MISSPELT.violation.path == "rules/0/nmae"
    assert Fault((), "No", ": ").sentence == "value: No"


def test_a_refusal_has_all_violations() -> None:
    refuse([])
    with pytest.raises(InputError) as caught:
        refuse([FAULT, MISSPELT])
    error = caught.value
    assert error.msg == "value.rules[0].name must be a text; value.rules[0] has no property nmae"
    assert error.error()["message"] == error.msg
    assert [row["path"] for row in error.error()["constraint_violations"]] == ["rules/0/name", "rules/0/nmae"]
    assert error.error()["status"] is None


def test_the_violations_of_all_items() -> None:
    problems = Problems()
    problems.add("a", "is the same object as b")
    for key, faults in (("b", [FAULT]), ("c", [MISSPELT, FAULT])):
        with problems.of(key):
            refuse(faults)
    with pytest.raises(InputError) as caught:
        problems.raise_all()
    rows = caught.value.error()["constraint_violations"]
    assert [(row["key"], row["path"]) for row in rows] == [
        ("b", "rules/0/name"),
        ("c", "rules/0/nmae"),
        ("c", "rules/0/name"),
    ]


@pytest.mark.parametrize(
    ("called", "path"), [("value", ""), ("value.name", "name"), ("value.rules[0].name", "rules/0/name")]
)
def test_paths_as_the_server_writes_them(called: str, path: str) -> None:
    assert path_of(called) == path
