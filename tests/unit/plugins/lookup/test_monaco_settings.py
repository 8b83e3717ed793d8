# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup monaco_settings as Ansible's own plugin loader finds it, over files on the disk. What it makes of them is tested beside
the code that does it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.tools.environment import environment

RUNNER = """
import json, sys
from ansible.plugins.loader import init_plugin_loader, lookup_loader
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret
init_plugin_loader()
found = []
loader = DataLoader()
loader.set_vault_secrets([("default", VaultSecret(b"password"))])
for terms, options in json.load(sys.stdin):
    try:
        found.append(lookup_loader.get("community.dynatrace.monaco_settings", loader=loader).run(terms, {}, **options)[0])
    except AnsibleError as error:
        found.append({"error": str(error)})
print(json.dumps(found))
"""
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
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
        timeout=60,
    )
    found: list[Any] = json.loads(done.stdout)
    return found


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
    return tmp_path


def test_a_project_on_the_disk(folder: Path) -> None:
    options: dict[str, Any] = {"environment": "one", "projects": ["shop"], "environment_variables": {"HOST": "h"}}
    first, second, no_variable, missing, wrong, two = ran(
        ([str(folder)], options),
        ([str(folder / "manifest.yaml")], {**options, "environment": ""}),
        ([str(folder)], {}),
        ([str(folder / "nothing")], {}),
        ([str(folder)], {"environment": "two"}),
        ([str(folder), str(folder)], {}),
    )
    assert second == first
    ((item,),) = [file["content"]["objects"] for file in first["files"]]
    assert item["value"] == {"at": "12:30", "day": "2026-01-01", "path": "h/x"}
    messages = {entry["file"]: entry["message"] for entry in first["report"]}
    assert "outside of the folder" in messages["shop/outside.yml"]
    assert "is no YAML" in messages["shop/broken.yml"]
    assert no_variable["files"] == []
    assert "there is no file or folder" in missing["error"]
    assert "no environment two; it has one" in wrong["error"]
    assert "give one manifest" in two["error"]
