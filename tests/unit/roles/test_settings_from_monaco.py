# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role settings_from_monaco, run by ansible-playbook. What becomes of a project is tested beside the code that does it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.environment import compiled_once

MANIFEST = (
    "{manifestVersion: 1.0, projects: [{name: shop}], environmentGroups: [{name: g, environments: [{name: one}]}]}"
)
CONFIG = """
configs:
  - id: 007
    type: {settings: {schema: builtin:x, scope: environment}}
    config: {template: t.json, parameters: {x: {type: environment, name: X, default: a<b}}}
  - id: tag
    type: auto-tag
    config: {name: n, template: t.json}
"""
REPORT = """\
Converted: 1 object, in 1 file. Left out: 1. Skipped by Monaco too: 0. Notes: 1.
left_out: shop:auto-tag:tag (shop/config.yaml): auto-tag is not converted: settings of builtin:tags.auto-tagging replaced it. \
Export them from the environment with the role settings_export, or use community.dynatrace.api
note: shop:builtin:x:007 (shop/config.yaml): the environment variable X is replaced by its default; \
give another value in settings_from_monaco_variables
"""


def ran(folder: Path, variables: dict[str, Any]) -> str:
    """What ansible-playbook prints. Without the prefix of the role's variables."""
    given = {f"settings_from_monaco_{name}": value for name, value in variables.items()}
    program = Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [program, "community.dynatrace.settings_from_monaco", "-e", json.dumps(given)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**compiled_once(), "ANSIBLE_NOCOLOR": "1"},
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    (tmp_path / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "shop" / "config.yaml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "shop" / "t.json").write_text('{"x": "{{ .x }}"}', encoding="utf-8")
    return tmp_path


def test_files_and_report(folder: Path) -> None:
    output = ran(folder, {"project": ".", "path": "out"})
    assert "failed=0" in output, output
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["builtin_x.yml", "report.txt"]
    (item,) = yaml.safe_load((folder / "out" / "builtin_x.yml").read_text(encoding="utf-8"))["objects"]
    assert (item["key"], item["value"]) == ("shop:builtin:x:007", {"x": "a<b"})
    assert (folder / "out" / "report.txt").read_text(encoding="utf-8") == REPORT
    assert REPORT.splitlines()[0] in output


def test_several_environments(folder: Path) -> None:
    (folder / "manifest.yaml").write_text(MANIFEST.replace("{name: one}", "{name: one}, {name: two}"), encoding="utf-8")
    override = "environmentOverrides: [{environment: two, override: {parameters: {x: two}}}]\n    config: {template"
    skip = "environmentOverrides: [{environment: two, override: {skip: true}}]\n    config: {name: s, template"
    config = CONFIG.replace("config: {template", override, 1) + CONFIG.partition("configs:")[2].replace(
        "007", "skipped"
    ).replace("config: {template", skip, 1)
    (folder / "shop" / "config.yaml").write_text(config.rpartition("  - id: tag")[0], encoding="utf-8")
    for _run in range(2):
        output = ran(folder, {"project": ".", "path": "out"})
        assert "failed=0" in output, output
    assert "changed=0" in output
    written = {path.relative_to(folder / "out").as_posix(): path for path in (folder / "out").rglob("*.yml")}
    contents = {name: yaml.safe_load(path.read_text(encoding="utf-8")) for name, path in written.items()}
    items = {item["key"]: item["value"] for item in contents["builtin_x.yml"]["objects"]}
    assert items == {"shop:builtin:x:007": {"x": {"$value": "x"}}, "shop:builtin:x:skipped": {"x": "a<b"}}
    assert contents["values/one.yml"] == {"x": "a<b"}
    assert contents["values/two.yml"] == {"x": "two"}
    assert contents["layers/two/builtin_x.yml"] == {"objects": [{"key": "shop:builtin:x:skipped", "skip": True}]}
    assert "layers/one/builtin_x.yml" not in contents
    ran(folder, {"project": ".", "path": "other", "environment": "two,"})
    assert not (folder / "other" / "values").exists()


@pytest.mark.parametrize("wrong", ['{"X": "hush-SECRET', ["hush-SECRET"], "hush-SECRET"])
def test_variables_of_the_wrong_type_are_not_repeated(folder: Path, wrong: Any) -> None:
    output = ran(folder, {"project": ".", "path": "out", "variables": wrong})
    assert "environment_variables must be a dictionary, or a JSON or YAML text of one" in output
    assert "hush-SECRET" not in output


@pytest.mark.parametrize("nothing", ["", None])
def test_what_is_blank_or_null_is_not_given(folder: Path, nothing: str | None) -> None:
    names = ("environment", "projects", "variables", "values", "legacy_external_ids", "remove_stale", "fail")
    output = ran(folder, {"project": ".", "path": "out", **dict.fromkeys(names, nothing)})
    assert "failed=0" in output, output
    assert (folder / "out" / "report.txt").read_text(encoding="utf-8") == REPORT


def test_what_must_be_given(folder: Path) -> None:
    output = ran(folder, {"project": ".", "path": None})
    assert (
        "settings_from_monaco_project and settings_from_monaco_path must be given as texts, and one is blank" in output
    )


def test_texts_of_surveys(folder: Path) -> None:
    output = ran(folder, {"project": ".", "path": "out", "projects": "shop", "variables": "X: '&'", "fail": "yes"})
    assert "1 left out of the project, see report.txt: shop:auto-tag:tag" in output
    (item,) = yaml.safe_load((folder / "out" / "builtin_x.yml").read_text(encoding="utf-8"))["objects"]
    assert item["value"] == {"x": "&"}


def test_what_is_neither_true_nor_false(folder: Path) -> None:
    assert "settings_from_monaco_fail is neither true nor false" in ran(
        folder, {"project": ".", "path": "out", "fail": "perhaps"}
    )
