# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CONTRIBUTING.md says where a new module must be known: every module there is must be known in just these places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.unit.plugins.modules.cases import LOCAL

ROOT = Path(__file__).resolve().parents[3]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PLACES = re.findall(r"^\d+\. `([^`]+)`", TEXT.split("until all of these places know the module")[1], re.MULTILINE)
# Places for modules that send requests.
OF_REQUESTS = {"meta/runtime.yml", "extensions/audit/event_query.yml"}
# Found in no list, because its name says nothing of a module.
FRAGMENTS = "changelogs/fragments/"


def test_the_list_is_read() -> None:
    assert "plugins/modules/NAME.py" in PLACES
    assert FRAGMENTS in PLACES


@pytest.mark.parametrize("place", PLACES)
def test_every_module_is_known_there(place: str) -> None:
    if "NAME" in place:
        assert [one for one in MODULES if not (ROOT / place.replace("NAME", one)).exists()] == []
    elif place == FRAGMENTS:
        assert (ROOT / place).is_dir()
    else:
        files = [one for one in ROOT.glob(place) if one.name != "test_guards.py"]
        text = "".join(one.read_text(encoding="utf-8") for one in files)
        missing = {one for one in MODULES if not re.search(rf"\b{one}\b", text)}
        assert missing == (set(LOCAL) if place in OF_REQUESTS else set())


def test_no_other_place_is_forgotten() -> None:
    """A file that names every module is a list of modules, so a new one belongs there."""
    folders = ("docs", "extensions", "meta", "playbooks", "plugins", "roles", "tests")
    suffixes = (".md", ".py", ".rst", ".yml")
    files = [ROOT / "README.md", ROOT / "galaxy.yml"]
    files += [one for folder in folders for one in (ROOT / folder).rglob("*") if one.suffix in suffixes]
    lists = set()
    for file in files:
        words = set(re.findall(r"\w+", file.read_text(encoding="utf-8")))
        if words.issuperset(MODULES):
            lists.add(file.relative_to(ROOT).as_posix())
    assert lists <= set(PLACES)


def test_the_workflow_tests_each_ansible_core_that_is_supported() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))
    job = workflow["jobs"]["test"]
    oldest = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["requires_ansible"]
    first = int(oldest.removeprefix(">=2.").split(".")[0])
    named = [one["core"] for one in job["strategy"]["matrix"]["include"]]
    assert named[-1] == "devel"
    assert "devel" in job["continue-on-error"]
    cores = [int(one.removeprefix("2.")) for one in named[:-1]]
    assert cores == list(range(first, max(cores) + 1))
    said = [step["run"] for step in job["steps"] if "run" in step]
    assert [one.split()[:2] for one in said] == [["make", "test"]]


def test_every_file_and_folder_that_it_names_is_there() -> None:
    """Files of module_utils are named from there as well, once their room is known."""
    named = set(re.findall(r"`([\w./-]+/[\w./-]*|_\w+\.py)`", TEXT))
    assert {"_change/journal.py", "plugins/plugin_utils/_in_process.py", "_clock.py"} <= named
    roots = [ROOT, ROOT / "plugins" / "module_utils"]
    named = {text for text in named if "NAME" not in text and not text.startswith("dist/")}
    assert [text for text in named if not any((root / text).exists() for root in roots)] == []


def test_every_room_is_described() -> None:
    rooms = {path.name for path in (ROOT / "plugins" / "module_utils").glob("_[a-z]*") if path.is_dir()}
    assert set(re.findall(r"^\| `(\w+)/`", TEXT, re.MULTILINE)) == rooms
