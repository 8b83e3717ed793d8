# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup monaco_settings as Ansible's own plugin loader finds it, over files on the disk. What it makes of them is tested beside
the code that does it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.unit.plugins.lookup.looked_up import looked_up

MANIFEST = (
    "{manifestVersion: '1.0', projects: [{name: shop}], environmentGroups: [{name: g, environments: [{name: one}]}]}"
)
CONFIG = """
configs:
  - id: note
    type: {settings: {schema: builtin:x, scope: environment}}
    config:
      template: ./templates/t.json
      parameters:
        at: 12:30
        day: 2026-01-01
        host: {type: environment, name: HOST}
        path: {type: compound, format: "{{ .host }}/x", references: [host]}
"""
TEMPLATE = '{"at": "{{ .at }}", "day": "{{ .day }}", "path": "{{ .path }}"}'


def ran(*calls: tuple[list[str], dict[str, Any]]) -> list[Any]:
    outcomes = [looked_up("monaco_settings", terms, options)[0] for terms, options in calls]
    return [outcome.get("result", [outcome])[0] for outcome in outcomes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shop" / "templates").mkdir(parents=True)
    (tmp_path / "manifest.yaml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "shop" / "config.yaml").write_text(CONFIG, encoding="utf-8")
    encrypted = VaultLib([("default", VaultSecret(b"password"))]).encrypt(TEMPLATE, VaultSecret(b"password"))
    (tmp_path / "shop" / "templates" / "t.json").write_bytes(encrypted)
    outside = (
        "configs: [{id: a, type: {settings: {schema: s, scope: environment}}, config: {template: ../../../t.json}}]"
    )
    (tmp_path / "shop" / "outside.yml").write_text(outside, encoding="utf-8")
    (tmp_path / "shop" / "broken.yml").write_text("a: [", encoding="utf-8")
    missing = outside.replace("../../../t", "templates/no").replace("id: a", "id: b")
    (tmp_path / "shop" / "missing.yml").write_text(missing, encoding="utf-8")
    (tmp_path / "shop" / ".git").mkdir()
    (tmp_path / "shop" / ".git" / "config.yml").write_text("a: [", encoding="utf-8")
    return tmp_path


def test_a_project_on_the_disk(folder: Path) -> None:
    options: dict[str, Any] = {"environment": "one", "projects": ["shop"], "environment_variables": {"HOST": "h"}}
    first, second, no_variable, missing, wrong, two, no_manifest = ran(
        ([str(folder)], options),
        ([str(folder / "manifest.yaml")], {**options, "environment": ""}),
        ([str(folder)], {}),
        ([str(folder / "nothing")], {}),
        ([str(folder)], {"environment": "two"}),
        ([str(folder), str(folder)], {}),
        ([str(folder / "shop")], {}),
    )
    assert second == first
    assert first["counts"] == {"converted": 1, "left_out": 3, "skipped": 0, "note": 0}
    ((item,),) = [file["content"]["objects"] for file in first["files"]]
    assert item["value"] == {"at": "12:30", "day": "2026-01-01", "path": "h/x"}
    messages = {entry["file"]: entry["message"] for entry in first["report"]}
    assert "outside of the folder" in messages["shop/outside.yml"]
    assert "is not YAML" in messages["shop/broken.yml"]
    assert messages["shop/missing.yml"] == "shop/templates/no.json does not exist"
    assert len(messages) == 3
    ((item,),) = [file["content"]["objects"] for file in no_variable["files"]]
    assert item["value"]["path"] == {"$join": [{"$secret": "HOST"}, "/x"]}
    assert (first["environments"], no_variable["secrets"]) == ([], ["HOST"])
    assert "there is no file or folder" in missing["error"]
    assert wrong["error"] == f"{folder / 'manifest.yaml'}: the manifest has no environment two; it has one"
    assert no_manifest["error"] == f"there is no manifest {folder / 'shop' / 'manifest.yaml'}"
    assert "give one manifest" in two["error"]


def test_what_is_not_there_is_said_once(tmp_path: Path) -> None:
    manifests = {
        "folder": "{projects: [{name: shop, path: no/where}]}",
        "grouping": "{projects: [{name: shop, type: grouping, path: no}]}",
        "file": "{projects: [{name: shop, path: a_file}]}",
        "outside": "{projects: [{name: shop, path: ../other}]}",
        "link": "{projects: [{name: shop, type: grouping, path: links}]}",
    }
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "inner").symlink_to(tmp_path)
    (tmp_path / "a_file").write_text("", encoding="utf-8")
    for name, text in manifests.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    errors = ran(*(([str(tmp_path / f"{name}.yaml")], {}) for name in manifests))
    assert [error["error"].removeprefix(f"{tmp_path}/") for error in errors] == [
        "folder.yaml: the project shop cannot be read: the folder no/where does not exist",
        "grouping.yaml: the project shop cannot be read: the folder no does not exist",
        "file.yaml: the project shop cannot be read: the folder a_file cannot be read: Not a directory",
        "outside.yaml: the project shop cannot be read: ../other is outside of the folder of the project",
        "link.yaml: the project shop cannot be read: it is a grouping project, and the folder links holds no folders",
    ]


def test_blank_projects_are_none(folder: Path) -> None:
    results = ran(*(([str(folder)], {"projects": projects}) for projects in ([], "", [""], [None, ""], "shop,")))
    assert [result["counts"]["converted"] for result in results] == [1] * 5
    assert all(len(result["report"]) == 3 for result in results), results


@pytest.mark.parametrize("option", ["environment", "projects"])
def test_names_of_a_wrong_type_are_not_repeated(folder: Path, option: str) -> None:
    results = ran(*(([str(folder)], {option: wrong}) for wrong in ({"a": "hush"}, [["hush"]], [{"a": "hush"}], 0.5)))
    assert results == [{"error": f"{option} must be a list of names, or one text with commas"}] * 4
