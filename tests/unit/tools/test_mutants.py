# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import mutants

PATH = Path("plugins/module_utils/_room/thing_plan.py")


def changes(text: str) -> list[str]:
    return [mutant.change for mutant in mutants.mutants(PATH, text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", ["a < b  ->  a <= b"]),
        ("x = a in b", ["a in b  ->  a not in b"]),
        ("x = a and b", ["a and b  ->  a or b"]),
        ("x = 3", ["3  ->  4"]),
        ("x = True", ["True  ->  False"]),
        ("x = a if b else c", ["a if b else c  ->  a if not b else c"]),
        ("def f():\n    return call(a)", ["return call(a)  ->  return None"]),
        ("if a:\n    b()", ["if a:\n    b()  ->  if not a:\n    b()"]),
        ("x = [a for a in b if a]", ["for a in b if a  ->  for a in b if not a"]),
        ("x = 'text'", []),
        ("def f(a: Literal[1]) -> Literal[2]: ...", []),
        ("x: int = field(default=1, repr=False)", []),
        ("@dataclass(frozen=True)\nclass A: ...", []),
    ],
)
def test_each_kind_of_change(text: str, expected: list[str]) -> None:
    assert changes(text) == expected


def test_a_change_is_the_only_one_in_its_file() -> None:
    text = "def f(a, b):\n    if a == 1:\n        return b + 2\n    return b\n"
    codes = [mutant.code for mutant in mutants.mutants(PATH, text)]
    assert len(codes) == len(set(codes)) == 6
    assert "def f(a, b):\n    if a == 1:\n        return b + 3\n    return b" in codes


def test_few_of_many_are_spread_over_the_file() -> None:
    found = mutants.mutants(PATH, "\n".join(f"x = {number}" for number in range(10)))
    assert [mutant.line for mutant in mutants.spread(found, 5)] == [1, 3, 5, 7, 9]
    assert mutants.spread(found, 0) == mutants.spread(found, 10) == found


def test_files_have_tests_of_their_name() -> None:
    (file,) = mutants.test_files(PATH)
    assert file.as_posix() == "tests/unit/plugins/module_utils/_room/test_thing_plan.py"


def test_a_file_of_several_subjects_has_all_their_tests() -> None:
    files = mutants.test_files(Path("plugins/module_utils/_http/client.py"))
    assert [file.stem for file in files] == ["test_client", "test_retry", "test_auth", "test_tokens", "test_url"]
    assert Path("plugins/module_utils/_activegates/update_job_plan.py") in mutants.chosen(mutants.PATTERNS)
    for pattern in mutants.PATTERNS:
        assert mutants.chosen([pattern]), pattern
