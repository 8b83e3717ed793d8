# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._change.expectation import (
    ALSO,
    NOT,
    OTHERWISE,
    OtherPlan,
    PlannedStep,
    digest_of,
    expected_plan,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

ENVIRONMENT = "abc12345"


def step(name: str, **content: Any) -> PlannedStep:
    return PlannedStep(name, {"action": "update", "name": name, **content})


A, B, C = step("a"), step("b"), step("c")


def differences(
    expected: list[PlannedStep], planned: list[PlannedStep], others: tuple[str, ...] = ()
) -> tuple[dict[str, str], int] | None:
    found = expected_plan(digest_of(ENVIRONMENT, expected)).compared(ENVIRONMENT, planned, others)
    return None if found is None else (dict(found.kinds), found.unnamed)


class TestDigest:
    def test_the_order_does_not_matter(self) -> None:
        assert len({digest_of(ENVIRONMENT, steps) for steps in itertools.permutations([A, B, C])}) == 1

    def test_nor_does_that_of_properties(self) -> None:
        one, two = PlannedStep("a", {"x": 1, "y": {"a": 1, "b": 2}}), PlannedStep("a", {"y": {"b": 2, "a": 1}, "x": 1})
        assert digest_of(ENVIRONMENT, [one]) == digest_of(ENVIRONMENT, [two])

    @pytest.mark.parametrize(
        "other",
        [
            [],
            [A],
            [A, A],
            [A, step("b", x=1)],
            [A, B, C],
            [A, step("b", x=True)],
            [A, PlannedStep("b", {"action": "x"})],
        ],
    )
    def test_everything_else_does(self, other: list[PlannedStep]) -> None:
        assert digest_of(ENVIRONMENT, [A, B]) != digest_of(ENVIRONMENT, other)
        assert digest_of(ENVIRONMENT, [A, B]) != digest_of("xyz98765", [A, B])

    def test_it_is_one_word_and_short(self) -> None:
        """Of a thousand changes it fits into 10,000 characters, and needs no quotes in YAML and shells."""
        text = digest_of(ENVIRONMENT, [step(str(number)) for number in range(1000)])
        assert len(text) < 8_100
        assert text.startswith("plan1.")
        assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
        assert len(digest_of(ENVIRONMENT, [])) == 60

    def test_odd_texts(self) -> None:
        assert digest_of("é", [step("\ud800", x=["\x00", 1.5, None])])


class TestExpected:
    def test_the_same(self) -> None:
        assert differences([A, B], [B, A]) is None
        assert differences([], []) is None

    def test_white_space_around_it_is_no_matter(self) -> None:
        assert expected_plan(f" {digest_of(ENVIRONMENT, [A])}\n").compared(ENVIRONMENT, [A], ()) is None

    def test_each_kind_is_told_by_name(self) -> None:
        planned = [A, step("b", to="else"), step("new")]
        found = differences([A, B, C], planned, others=("c", "d"))
        assert found == ({"b": OTHERWISE, "new": ALSO, "c": NOT}, 0)

    def test_what_nothing_names_any_more(self) -> None:
        assert differences([A, B, C], [A]) == ({}, 2)
        assert differences([A, B, C], [A], others=("c", "c")) == ({"c": NOT}, 1)
        assert differences([A], [B]) == ({"b": ALSO}, 1)

    def test_the_whole_decides_where_fingerprints_are_the_same(self) -> None:
        plan = expected_plan(digest_of(ENVIRONMENT, [A]))
        other = type(plan)(b"x" * 32, plan.environment, plan.fingerprints)
        assert other.compared(ENVIRONMENT, [A], ()) == OtherPlan({}, 1)

    def test_another_environment(self) -> None:
        plan = expected_plan(digest_of(ENVIRONMENT, [A]))
        assert plan.is_of(ENVIRONMENT)
        assert not plan.is_of("xyz98765")


@pytest.mark.parametrize("text", ["", "abc", "plan2.x", "{{ planned }}", "PLAN1.abc"])
def test_what_is_no_digest(text: str) -> None:
    with pytest.raises(InputError, match=r"is not a digest of a plan, which begins with plan1\."):
        expected_plan(text)


@pytest.mark.parametrize("change", ["cut", "more", "line", "letter", "mask", "empty"])
def test_what_is_not_whole(change: str) -> None:
    text = digest_of(ENVIRONMENT, [A, B])
    changed = {
        "cut": text[:-8],
        "more": text + "AAAA",
        "line": text[:40] + "\n" + text[40:],
        "letter": text[:30] + ("A" if text[30] != "A" else "B") + text[31:],
        "mask": text[:30] + "********" + text[38:],
        "empty": "plan1.",
    }
    with pytest.raises(InputError, match="is not whole"):
        expected_plan(changed[change])
