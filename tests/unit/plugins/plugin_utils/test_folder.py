# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of settings as one list."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils import _folder, _yaml

SECRET = {"$secret": "place/token"}


def test_what_a_file_says_at_the_top_holds_for_its_objects() -> None:
    files = [
        ("a.yml", {"schema_id": "s:a", "value_mode": "replace", "objects": [{"key": "x", "value": {}}]}),
        ("b.yml", {"schema_id": "s:b", "objects": [{"key": 7, "schema_id": "s:c"}]}),
        ("c.yml", [{"key": "z"}]),
        ("empty.yml", None),
    ]
    assert _folder.gathered(files) == [
        {"key": "x", "schema_id": "s:a", "value_mode": "replace", "value": {}, "file": "a.yml"},
        {"key": "7", "schema_id": "s:c", "file": "b.yml"},
        {"key": "z", "file": "c.yml"},
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text", "must have a list under objects"),
        ({"objects": {}}, "must have a list under objects"),
        ({"object": [], "objects": []}, "has object at the top"),
        ([{"value": {}}], "object 1 has no key"),
        (["x"], "object 1 has no key"),
        ([{"key": "x", "file": "y"}], "object 1 says its file"),
        ([{"key": "first"}], "the key first is in 0.yml already"),
    ],
)
def test_what_is_wrong_with_which_file(content: Any, said: str) -> None:
    with pytest.raises(_folder.FolderError, match=f"^a.yml.* ?{said}"):
        _folder.gathered([("0.yml", [{"key": "first"}]), ("a.yml", content)])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("builtin_x.yml", True),
        ("x.yaml", True),
        ("x.json", True),
        ("secrets.yml", False),
        ("secrets.example.yml", False),
        (".hidden.yml", False),
        ("README.md", False),
        ("secrets-of-x.yml", True),
    ],
)
def test_which_files_are_settings(name: str, expected: bool) -> None:
    assert _folder.is_settings(name) is expected


class TestSecrets:
    ITEM = {"key": "k", "value": {"name": "n", "token": SECRET, "list": [{"a": SECRET, "b": 1}], "null": None}}  # noqa: RUF012

    def test_given(self) -> None:
        ((found,), unknown) = _folder.filled([self.ITEM], {"place/token": "hush"})
        assert found["value"] == {"name": "n", "token": "hush", "list": [{"a": "hush", "b": 1}], "null": None}
        assert unknown == []

    @pytest.mark.parametrize("secrets", [{}, {"place/token": ""}, {"place/token": None}])
    def test_left_out(self, secrets: dict[str, Any]) -> None:
        ((found,), unknown) = _folder.filled([self.ITEM], secrets)
        assert found["value"] == {"name": "n", "list": [{"b": 1}], "null": None}
        assert set(unknown) == {"place/token"}

    def test_stood_in_for(self) -> None:
        ((found,), dummy) = _folder.filled([self.ITEM], {}, "placeholder")
        assert found["value"]["token"] == _folder.PLACEHOLDER

    def test_demanded(self) -> None:
        with pytest.raises(_folder.FolderError, match="place/token"):
            _folder.filled([self.ITEM], {}, "fail")

    def test_an_item_without_a_value(self) -> None:
        assert _folder.filled([{"key": "k"}], {}) == ([{"key": "k"}], [])


class TestYaml:
    @pytest.mark.parametrize(
        "value",
        [
            "yes",
            "12:30",
            "2026-01-01",
            "1.0",
            "0x1",
            "",
            " x",
            "a\n",
            "a\nb",
            "a \n b",
            "a\tb\n",
            "#x",
            "{{ x }}",
            "null",
            "\n",
            "é",
            "\u2028",
            "x: y",
            "- x",
            "~",
            True,
            False,
            None,
            0,
            1.5,
            90.0,
            [],
            {},
            [[1], {"a": []}],
            "x" * 500,
        ],
    )
    def test_what_is_written_is_read(self, value: Any) -> None:
        assert _yaml.load(_yaml.document({"v": value}, "a comment")) == {"v": value}

    @pytest.mark.parametrize(
        "text", [" a\nb", "\n\na\n\n", "a\r\nb\n", "a\x85b", "a\u2028b\n", "\ufeff\n", "\x07\n", "\t\n"]
    )
    def test_texts_that_no_block_can_hold(self, text: str) -> None:
        assert _yaml.load(_yaml.document({"v": text, "w": [text]})) == {"v": text, "w": [text]}

    def test_people_like_to_read_it(self) -> None:
        long = "word " * 60
        value = {"text": "one\ntwo\n", "b": [{"x": 1}], "a": long.strip(), "same": [1], "again": [1]}
        text = _yaml.document(value, "first\nsecond")
        assert text.startswith("# first\n# second\n---\ntext: |\n  one\n  two\nb:\n  - x: 1\na: word word")
        assert f"a: {long.strip()}\n" in text
        assert "&" not in text

    def test_dates_stay_texts(self) -> None:
        assert _yaml.load("d: 2026-01-01") == {"d": "2026-01-01"}

    def test_what_ansible_derives_from_text(self) -> None:
        class Marked(str):
            pass

        class Lazy(dict[str, Any]):
            pass

        assert _yaml.document(Lazy(a=Marked("x\ny"))) == "---\na: |-\n  x\n  y\n"
