# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup settings_files as Ansible's own plugin loader finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret

from tests.unit.plugins.lookup.looked_up import looked_up

FIRST = """
schema_id: s:a
objects:
  - key: a
    value:
      template: "{{ 1 / 0 }}"
      token: {$secret: a/token}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.yml").write_text(FIRST, encoding="utf-8")
    (tmp_path / "a.yaml").write_text("- {key: b, schema_id: s:b, value: {date: 2026-01-01}}", encoding="utf-8")
    (tmp_path / "secrets.yml").write_text("settings_apply_secrets: {}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no settings", encoding="utf-8")
    return tmp_path


def ran(*terms: Path, **options: Any) -> tuple[dict[str, Any], str]:
    """What came of it, and what Ansible said beside it."""
    return looked_up("settings_files", [str(term) for term in terms], options)


def query(*terms: Path, **options: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ran(*terms, **options)[0]["result"]
    return found


def failure(*terms: Path, **options: Any) -> str:
    return str(ran(*terms, **options)[0]["error"])


def test_a_folder(folder: Path) -> None:
    assert query(folder, secrets={"a/token": "hush"}) == [
        {"key": "b", "schema_id": "s:b", "value": {"date": "2026-01-01"}, "file": str(folder / "a.yaml")},
        {
            "key": "a",
            "schema_id": "s:a",
            "value": {"template": "{{ 1 / 0 }}", "token": "hush"},
            "file": str(folder / "b.yml"),
            "secret_paths": {"token": "a/token"},
        },
    ]


def test_files_in_the_order_that_is_given(folder: Path) -> None:
    found = query(folder / "b.yml", folder / "a.yaml", missing_secrets="placeholder")
    assert [one["key"] for one in found] == ["a", "b"]


def test_missing_secrets_are_named(folder: Path) -> None:
    found, said = ran(folder)
    assert "token" not in found["result"][1]["value"]
    assert "a/token" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is not YAML"),
        ("a: 1", "must have a list"),
    ],
)
def test_broken_files(folder: Path, text: str, said: str) -> None:
    (folder / "z.yml").write_text(text, encoding="utf-8")
    told = failure(folder)
    assert f"{folder / 'z.yml'}" in told
    assert said in told


def test_nothing_there(tmp_path: Path) -> None:
    assert "no file or folder" in failure(tmp_path / "nowhere")


def test_demanded_secrets(folder: Path) -> None:
    assert "a/token" in failure(folder, missing_secrets="fail")


def test_a_file_encrypted_with_vault(folder: Path) -> None:
    encrypted = VaultLib([("default", VaultSecret(b"password"))]).encrypt(FIRST.encode())
    (folder / "b.yml").write_bytes(encrypted)
    assert query(folder / "b.yml")[0]["key"] == "a"
