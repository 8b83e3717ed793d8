# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._files import (
    FileError,
    is_path,
    listed_folder,
    open_file,
    printable,
)


def test_a_file_and_a_link_to_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("file", "link"):
        with open_file(str(tmp_path / name)) as stream:
            assert stream.read() == b"content"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("{}", "not a regular file but a folder"),
        ("{}/pipe", "not a regular file"),
        ("/dev/zero", "not a regular file"),
        ("{}/missing", "No such file"),
        ("{}/nul\0", "null"),
        ("{}/\ud800", "surrogates"),
    ],
)
def test_what_is_no_file(tmp_path: Path, path: str, text: str) -> None:
    """None of them makes it wait, and no descriptor stays open."""
    os.mkfifo(tmp_path / "pipe")
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(FileError, match=text):
        open_file(path.replace("{}", str(tmp_path)))
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_the_names_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "b").touch()
    (tmp_path / "a").symlink_to("nothing")
    assert listed_folder(str(tmp_path)) == ["a", "b"]
    assert listed_folder(str(tmp_path / "c" / "d")) == []


@pytest.mark.parametrize(
    ("name", "reason"), [("file", "Not a directory"), ("link", "No such file"), ("file/x", "Not a")]
)
def test_what_is_no_folder(tmp_path: Path, name: str, reason: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("nothing")
    with pytest.raises(FileError, match=reason):
        listed_folder(str(tmp_path / name))


def test_what_is_no_path() -> None:
    assert [is_path(text) for text in ("", "/a b", "\udcff", "a\0b", "\ud800")] == [True, True, True, False, False]


def test_paths_for_messages() -> None:
    assert printable("/tmp/\u00e4") == "/tmp/\u00e4"
    assert printable("/tmp/\ud800").encode() == b"/tmp/\\ud800"
