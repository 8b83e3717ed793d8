# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import pythons, sanity
from tests.tools.setup import VENV

ALL = {9: Path("python3.9"), 11: Path("python3.11"), 12: Path("python3.12"), 13: Path("python3.13")}
OWN = ["--python", pythons.version(VENV)]
OF_EACH_CORE = [
    [*OWN, "--test", "ansible-doc", "--test", "compile", "--test", "validate-modules"],
    [*OWN, "--test", "import", "plugins/action/", "plugins/filter/", "plugins/inventory/", "plugins/lookup/"],
]
ON_THE_OLDEST = ["--python", "3.9", "--test", "compile", "--test", "import"]


@pytest.mark.parametrize(
    ("chosen", "interpreters", "of_venv", "expected"),
    [
        # An older and a newer ansible-core stand around that of .venv: the newest asks all.
        ("", ALL, "2.19", {"2.16": OF_EACH_CORE, "2.21": [OWN, ON_THE_OLDEST], None: OF_EACH_CORE}),
        # There is no Python for a newer one, or .venv has it.
        ("", {11: ALL[11]}, "2.19", {"2.16": OF_EACH_CORE, None: [OWN]}),
        ("", ALL, "2.21", {"2.16": OF_EACH_CORE, None: [OWN, ON_THE_OLDEST]}),
        # It was chosen: all of its tests, on each Python.
        ("2.19", ALL, "2.19", {"2.16": OF_EACH_CORE, "2.21": OF_EACH_CORE, None: [[]]}),
    ],
)
def test_one_ansible_core_asks_all_and_the_others_what_depends_on_them(
    chosen: str,
    interpreters: dict[int, Path],
    of_venv: str,
    expected: dict[str | None, list[list[str]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORE", chosen)
    monkeypatch.setattr(pythons, "interpreters", lambda: interpreters)
    monkeypatch.setattr(sanity, "is_core_of_venv", lambda core: core == of_venv)
    assert {core: sanity.runs(core, VENV) for core in expected} == expected
    assert sum(sanity.asks_all(core) for core in expected) == 1
