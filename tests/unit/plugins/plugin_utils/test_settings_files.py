# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of settings that people bring: what is read, and what the errors say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import FolderError
from ansible_collections.community.dynatrace.plugins.plugin_utils._settings_files import Sources, read_items

OBJECT = "schema_id: b:x\nobjects:\n- key: a\n  value: {p: 1}\n"


def items(path: Path, **values: Any) -> list[dict[str, Any]]:
    sources = Sources([str(path)], "", [], values, {"token": "hush"}, "omit")
    return read_items(DataLoader(), sources, pytest.fail)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yml", OBJECT.encode()),
        ("a.YAML", OBJECT.encode()),
        ("a b ä.yml", b"\xef\xbb\xbf" + OBJECT.replace("\n", "\r\n").encode()),
        ("a.json", b'{"schema_id": "b:x", "objects": [{"key": "a", "value": {"p": 1}}]}'),
        ("a.yml", b"- &base {schema_id: b:x, key: a, value: {p: 1}, state: absent}\n- {<<: *base, key: b, skip: true}"),
    ],
)
def test_what_is_read(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (item,) = items(tmp_path)
    assert (item["key"], item["schema_id"], item["value"]) == ("a", "b:x", {"p": 1})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("- {key: a}\n- {key: a}", "z.yml: the key a is in"),
        ("- {key: true}", "z.yml: the key of object 1 must be a text: quote it"),
        ("- {key: [a]}", "z.yml: the key of object 1 must be a text: quote it"),
        ("- {key: ''}", "z.yml: object 1 has no key"),
        ("- a", "z.yml: object 1 has no key"),
        ("- {key: a, schema_version: 1.10}", "z.yml: a: schema_version must be a text: quote it"),
        ("- {key: a, schema_id: true}", "z.yml: a: schema_id must be a text: quote it"),
        ("- {key: a, schema_id: [x]}", "z.yml: a: schema_id must be a text, and is a list"),
        ("- {key: a, value: [x]}", "z.yml: a: value must be a dictionary, and is a list"),
        ("- {key: a, match_on: [[x]]}", "z.yml: a: match_on must be a list of texts"),
        ("- {key: a, value: {p: {$ref: }}}", "z.yml: a: value.p: what a mark names must be a text"),
        ("- {key: a, value: {p: [{$ref: [b]}]}}", "z.yml: a: value.p[0]: what a mark names must be a text"),
        ("- {key: a, value: &v {p: *v}}", "z.yml: a: its value, or a value for it, is nested too deeply"),
        ("- {key: a, value: {p: !vault x}}", "z.yml cannot be read: the tag !vault cannot be read here: encrypt the whole file"),
        ("- {key: a, value: {1: 1, '1': 2}}", "z.yml cannot be read: the key '1' is given twice"),
        (b"- {key: \xe9}", "z.yml cannot be read: it is not encoded in UTF-8"),
        ("- {key: a}".encode("utf-16"), "z.yml cannot be read: it is not encoded in UTF-8"),
        ("$ANSIBLE_VAULT;1.1;AES256\n6162", "z.yml cannot be read: "),
        ("<!DOCTYPE html>", "z.yml must have a list under objects"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file(tmp_path: Path, content: str | bytes, said: str) -> None:
    (tmp_path / "z.yml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FolderError) as caught:
        items(tmp_path)
    assert said in str(caught.value)


def test_a_folder_a_broken_link_and_a_loop_named_as_files(tmp_path: Path) -> None:
    for make in (Path.mkdir, lambda path: path.symlink_to("nowhere"), lambda path: path.symlink_to(path)):
        path = tmp_path / "z.yml"
        make(path)
        with pytest.raises(FolderError, match=r"z\.yml cannot be read: "):
            items(tmp_path)
        path.rmdir() if path.is_dir() else path.unlink()
