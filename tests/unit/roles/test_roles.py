# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every role keeps to. A new role is under these guards as soon as its folder is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
SCENARIOS = ROOT / "extensions" / "molecule"


def read(role: str, part: str) -> Any:
    return yaml.safe_load((ROOT / "roles" / role / part).read_text(encoding="utf-8"))


@pytest.mark.parametrize("role", ROLES)
class TestRole:
    def test_every_variable_is_described_with_its_default(self, role: str) -> None:
        options = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
        defaults = read(role, "defaults/main.yml")
        assert all(name.startswith(f"{role}_") for name in options)
        described = {name: one["default"] for name, one in options.items() if "default" in one}
        assert {name: value for name, value in defaults.items() if "{{" not in str(value)} == described
        assert set(options) - set(described) <= set(defaults) | {n for n, one in options.items() if one.get("required")}

    def test_what_the_tasks_use_is_described(self, role: str) -> None:
        options = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
        tasks = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "roles" / role / "tasks").glob("*.yml"))
        assert [name for name in options if name not in tasks] == []
        # Jinja takes it for no default at all, and ansible-core 2.19 fails.
        assert not re.search(r"map\(attribute=[^)]*default=none", tasks)

    def test_named_where_people_look(self, role: str) -> None:
        options = read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
        text = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
        assert [name for name in options if f"`{name}`" not in text] == []
        assert f"[`{role}`](" in (ROOT / "README.md").read_text(encoding="utf-8")

    def test_a_playbook_runs_it(self, role: str) -> None:
        *_checks, play = yaml.safe_load((ROOT / "playbooks" / f"{role}.yml").read_text(encoding="utf-8"))
        assert [one["role"] for one in play["roles"]] == [f"community.dynatrace.{role}"]

    def test_a_scenario_runs_it(self, role: str) -> None:
        text = "".join(path.read_text(encoding="utf-8") for path in SCENARIOS.glob("*/*.yml"))
        assert f"community.dynatrace.{role}\n" in text


def test_documents_name_variables_and_playbooks_that_there_are() -> None:
    """Those of roles and AWX, which nobody plays as they stand, as well as the guides."""
    code = [path for folder in ("roles", "playbooks", "plugins") for path in (ROOT / folder).rglob("*.yml")]
    plugins = {path.stem for path in (ROOT / "plugins").rglob("[a-z]*.py")}
    known = plugins.union(*(re.findall(r"\w+", path.read_text(encoding="utf-8")) for path in code))
    for document in [*ROOT.glob("*.md"), *ROOT.glob("[rdp]*/**/*.md"), *ROOT.glob("docs/**/*.rst")]:
        text = re.sub(r"https://\S+", "", document.read_text(encoding="utf-8"))
        assert set(re.findall(rf"\b(?:{'|'.join(ROLES)})_\w+", text)) - known == set(), document
        for name in re.findall(r"ansible-playbook(?: -\S+ \S+)*\s+community\.dynatrace\.([\w.]+)", text):
            assert (ROOT / "playbooks" / f"{name.replace('.', '/')}.yml").is_file() or name == "NAME", document


def _of_hosts() -> list[str]:
    """Roles whose playbooks run over environments."""
    texts = {role: (ROOT / "playbooks" / f"{role}.yml").read_text(encoding="utf-8") for role in ROLES}
    return [role for role, text in texts.items() if f"{role}_hosts" in text]


def test_playbooks_over_environments_are_alike() -> None:
    """But for that of a fleet, whose hosts may be ActiveGates."""
    assert len(_of_hosts()) == 8
    plays = {}
    for role in set(_of_hosts()) - {"activegate_rollout"}:
        text = (ROOT / "playbooks" / f"{role}.yml").read_text(encoding="utf-8")
        (play,) = yaml.safe_load(text.replace(role, "ROLE"))
        play.pop("name")
        plays[role] = play
    assert list(plays.values()) == [plays["settings_apply"]] * len(plays)


def test_roles_that_write_a_folder_for_each_environment_are_alike() -> None:
    tasks = []
    for role in ("sandbox_record", "settings_export", "settings_from_terraform"):
        text = (ROOT / "roles" / role / "tasks" / "main.yml").read_text(encoding="utf-8")
        named = {task["name"]: task for task in yaml.safe_load(text.replace(role, "ROLE"))}
        tasks.append([named["Remember the folder"], named["Stop if another environment has the same folder"]])
    assert tasks == [tasks[0]] * 3
