# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookups and filters that get a secret, in right and in wrong arguments: neither screen nor log nor callbacks see it.

For modules and roles test_guards.py and test_variables.py do the same.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import Played, play

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
FOLDERS = ("lookup", "filter")
SECRET = "hush-SECRET-hush"
FORMS: dict[str, Any] = {
    "text": SECRET,
    "list": [SECRET],
    "dictionary": {"token": SECRET},
    "json": json.dumps({"token": SECRET}),
    "broken": f'{{"token": "{SECRET}"',
    "nested": {"token": {"value": [SECRET]}},
    "deep": [[{"objects": [{"value": SECRET}]}]],
}
# Options of these types may hold anything; the others are names, paths and switches.
FREE = ("raw", "dict")
# Lists of names, or texts of them. A name that the manifest does not have is repeated.
NAMES = ("environment", "projects")
# Filters that never get a secret, or are there to give back what they get.
LEFT_OUT = {"settings_yaml": "gives it back as YAML", "seconds_left": "gets hours of the day, which it repeats"}


def documented(kind: str) -> dict[str, dict[str, Any]]:
    """The options of all plugins of a kind, by name."""
    found = {}
    for path in sorted((PLUGINS / kind).glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
                found[path.stem] = yaml.safe_load(ast.literal_eval(node.value))["options"]
    return found


def free(options: dict[str, Any]) -> list[str]:
    return [
        name
        for name, option in options.items()
        if option.get("type") in FREE and name not in ("_input", "_terms", *NAMES)
    ]


def expressions(folder: Path) -> Iterator[str]:
    """What a playbook says, by plugin and option. ``given`` is the secret in one of its forms."""
    terms = {
        "settings_files": folder / "settings",
        "monaco_settings": folder,
        "terraform_settings": folder / "a.tfstate",
    }
    for name, options in documented("lookup").items():
        for option in free(options):
            yield f"query('community.dynatrace.{name}', '{terms[name]}', {option}=given) | length"
        yield f"query('community.dynatrace.{name}', '{terms[name]}') | length"
    for name, options in documented("filter").items():
        if name in LEFT_OUT:
            continue
        yield f"given | community.dynatrace.{name} | string | length"
        for option in free(options):
            yield f"{{}} | community.dynatrace.{name}({option}=given) | string | length"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of everything that lookups read, with a secret where one may be."""
    (tmp_path / "settings").mkdir()
    item = {"key": "k", "schema_id": "s", "value": {"a": {"$secret": "token"}, "b": {"$value": "token"}}}
    (tmp_path / "settings" / "a.yml").write_text(yaml.safe_dump([item]), encoding="utf-8")
    manifest = "{projects: [{name: p}], environmentGroups: [{name: g, environments: [{name: e}]}]}"
    (tmp_path / "manifest.yaml").write_text(manifest, encoding="utf-8")
    (tmp_path / "p").mkdir()
    parameters = {"x": {"type": "environment", "name": "token"}}
    kind = {"settings": {"schema": "s", "scope": "environment"}}
    entry = {"id": "i", "config": {"template": "t.json", "parameters": parameters}, "type": kind}
    (tmp_path / "p" / "c.yaml").write_text(json.dumps({"configs": [entry]}), encoding="utf-8")
    (tmp_path / "p" / "t.json").write_text('{"a": {{ .x }}}', encoding="utf-8")
    (tmp_path / "a.tfstate").write_text(
        json.dumps({"version": 4, "resources": [{"instances": SECRET}]}), encoding="utf-8"
    )
    return tmp_path


def played(folder: Path, templates: list[str]) -> Played:
    (folder / "given.json").write_text(json.dumps({"forms": FORMS}), encoding="utf-8")
    tasks = [
        {
            "ansible.builtin.set_fact": {"seen": "{{ " + template + " }}"},
            "vars": {"given": "{{ forms[item] }}"},
            "loop": list(FORMS),
            "ignore_errors": True,
        }
        for template in templates
    ]
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    return play(folder, plays, arguments=["-vvvv", "-e", f"@{folder}/given.json"])


@pytest.mark.timeout(200)
def test_nothing_secret_is_shown(folder: Path) -> None:
    templates = list(expressions(folder))
    assert len(templates) >= 15
    result = played(folder, templates)
    assert result.code == 0, result.output[-3000:]
    shown = result.output + result.log + json.dumps(result.seen)
    found = [line for line in shown.splitlines() if SECRET in line]
    assert found == []


def test_the_guard_would_see_it(folder: Path) -> None:
    result = played(folder, ["given | string"])
    assert SECRET in result.output
