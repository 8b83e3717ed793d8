# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""settings_files: what lies in the folder, and what the user sees."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.module import run_in_action, run_in_process

CONTENT = {"schema_id": "s:a", "objects": [{"key": "a", "value": {"text": "one\ntwo"}}]}
TEXT = "---\nschema_id: s:a\nobjects:\n  - key: a\n    value:\n      text: |-\n        one\n        two\n"


def written(folder: Path, *files: dict[str, Any], check: bool = False, **args: Any) -> dict[str, Any]:
    given = {"path": str(folder), "files": list(files), **args}
    return run_in_action("settings_files", given, check=check, diff=True)


def actions(result: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["action"] for row in result["files"]}


def there(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


class TestWritten:
    def test_what_differs_is_written_with_a_diff_each(self, tmp_path: Path) -> None:
        (tmp_path / "b.yml").write_text("old", encoding="utf-8")
        (tmp_path / "c.txt").write_text("same", encoding="utf-8")
        files: list[dict[str, Any]] = [
            {"name": "a.yml", "content": CONTENT, "comment": "Fill\nit in", "schema_id": "s:a"},
            {"name": "b.yml", "content": [1]},
            {"name": "c.txt", "content": "same"},
        ]
        predicted = written(tmp_path, *files, check=True)
        assert there(tmp_path) == {"b.yml": "old", "c.txt": "same"}
        real = written(tmp_path, *files)
        assert there(tmp_path) == {
            "a.yml": f"# Fill\n# it in\n{TEXT}",
            "b.yml": "---\n- 1\n",
            "c.txt": "same",
        }
        assert predicted.pop("validated") == "local"
        assert predicted == real
        assert actions(real) == {"a.yml": "create", "b.yml": "update", "c.txt": "none"}
        assert real["summary"] == {"create": 1, "update": 1, "delete": 0, "none": 1}
        assert [(side["before"], side["after_header"]) for side in real["diff"]] == [
            ("", str(tmp_path / "a.yml")),
            ("old", str(tmp_path / "b.yml")),
        ]
        assert written(tmp_path, *files)["changed"] is False

    def test_the_folder_is_made_where_something_is_written(self, tmp_path: Path) -> None:
        assert written(tmp_path / "no", remove_others=True)["changed"] is False
        assert not (tmp_path / "no").exists()
        assert written(tmp_path / "x" / "y", {"name": "a", "content": "1"})["changed"] is True
        assert there(tmp_path / "x" / "y") == {"a": "1"}

    def test_others_go_when_asked_for_but_not_what_people_put_there(self, tmp_path: Path) -> None:
        for name in ("old.yml", "secrets.yml", "secrets.example.yml", "notes.txt", ".hidden"):
            (tmp_path / name).write_text(name, encoding="utf-8")
        (tmp_path / "folder.yml").mkdir()
        assert written(tmp_path, {"name": "a.yml", "content": "1"})["summary"]["delete"] == 0
        result = written(tmp_path, {"name": "a.yml", "content": "1"}, remove_others=True)
        assert actions(result) == {"a.yml": "none", "old.yml": "delete", "secrets.example.yml": "delete"}
        left = sorted(path.name for path in tmp_path.iterdir())
        assert left == [".hidden", "a.yml", "folder.yml", "notes.txt", "secrets.yml"]

    def test_modes_and_links_stay(self, tmp_path: Path) -> None:
        target = tmp_path / "elsewhere"
        target.write_text("old", encoding="utf-8")
        target.chmod(0o600)
        folder = tmp_path / "folder"
        folder.mkdir()
        (folder / "a.yml").symlink_to(target)
        written(folder, {"name": "a.yml", "content": "new"}, {"name": "b.yml", "content": "1"})
        assert (folder / "a.yml").is_symlink()
        assert target.read_text(encoding="utf-8") == "new"
        assert [stat.S_IMODE(os.stat(folder / name).st_mode) for name in ("a.yml", "b.yml")] == [0o600, 0o644]
        assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([{"name": "../a", "content": "1"}], "'../a' is not the name of a file"),
        ([{"name": "..", "content": "1"}], "'..' is not the name of a file"),
        ([{"name": "a", "content": "1"}, {"name": "a", "content": "2"}], "the name a is given twice"),
        ([{"name": "a", "content": "1"}, {"name": "A", "content": "2"}], "the name A is given twice"),
        ([{"name": "a", "content": "1", "comment": "x"}], "a has a comment"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_written(
    tmp_path: Path, files: list[dict[str, Any]], said: str
) -> None:
    result = written(tmp_path, {"name": "first", "content": "1"}, *files)
    assert result["failed"] is True
    assert said in result["msg"]
    assert there(tmp_path) == {}


def test_what_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "b.yml").mkdir()
    result = written(tmp_path, {"name": "a.yml", "content": "1"}, {"name": "b.yml", "content": "1"})
    assert f"{tmp_path / 'b.yml'} cannot be read: it is not a regular file but a folder" in result["msg"]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert "is not a folder that can be read" in written(tmp_path / "file", {"name": "a", "content": "1"})["msg"]


def test_a_failure_says_what_was_written_before(tmp_path: Path) -> None:
    long_name = "x" * 300
    result = written(tmp_path, {"name": "a.yml", "content": "1"}, {"name": long_name, "content": "1"})
    assert result["failed"] is True
    assert "cannot be written" in result["msg"]
    assert result["error"]["done"] == ["a.yml was written"]
    assert (result["changed"], result["folder"]) == (True, str(tmp_path))


def test_without_its_action_plugin_it_takes_texts(tmp_path: Path) -> None:
    given = {"path": str(tmp_path), "files": [{"name": "a", "content": {"a": 1}}]}
    result = run_in_process("settings_files", given)
    assert "the content of a is not a text: give a text, or run the module as a task of Ansible" in result["msg"]
