# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files of settings as one list."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils import _folder, _yaml


def options(*layers: list[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [item.options for item in _folder.gathered(layers)]


def test_what_a_file_says_at_the_top_holds_for_its_objects() -> None:
    files = [
        ("a.yml", {"schema_id": "s:a", "value_mode": "replace", "objects": [{"key": "x", "value": {}}]}),
        ("b.yml", {"schema_id": "s:b", "objects": [{"key": 7, "schema_id": "s:c"}]}),
        ("c.yml", [{"key": "z"}]),
        ("empty.yml", None),
    ]
    assert options(files) == [
        {"key": "x", "schema_id": "s:a", "value_mode": "replace", "value": {}},
        {"key": "7", "schema_id": "s:c"},
        {"key": "z"},
    ]
    assert [item.file for item in _folder.gathered([files])] == ["a.yml", "b.yml", "c.yml"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text", "must have a list under objects"),
        ({"objects": {}}, "must have a list under objects"),
        ({"object": [], "objects": []}, "has object at the top"),
        ([{"value": {}}], "object 1 has no key"),
        (["x"], "object 1 has no key"),
        ([{"key": "x", "file": "y"}], "object 1 sets file, which"),
        ([{"key": "x", "secret_paths": {}}], "object 1 sets secret_paths"),
        ([{"key": "first"}], "the key first is in 0.yml already"),
        ([{"key": "x", "skip": "yes"}], "x: skip must be true or false"),
    ],
)
def test_what_is_wrong_with_which_file(content: Any, said: str) -> None:
    with pytest.raises(_folder.FolderError, match=f"^a.yml.* ?{said}"):
        _folder.gathered([[("0.yml", [{"key": "first"}]), ("a.yml", content)]])


class TestLayers:
    BASE = (
        "base/a.yml",
        {
            "schema_id": "s:a",
            "value_mode": "replace",
            "scope": "environment",
            "objects": [
                {"key": "one", "value_mode": "merge", "value": {"a": {"b": 1, "c": [1, 2]}, "d": {"$value": "v"}}},
                {"key": "two", "external_id": "e", "value": {"a": None}},
            ],
        },
    )

    def layered(self, *contents: Any) -> list[dict[str, Any]]:
        return options([self.BASE], *[[(f"{number}.yml", content)] for number, content in enumerate(contents)])

    def test_values_are_merged_by_property(self) -> None:
        upper = [{"key": "one", "value": {"a": {"b": 2, "e": 3}, "f": None}}, {"key": "two", "value": {"a": {"x": 1}}}]
        one, two = self.layered(upper)
        assert one["value"] == {"a": {"b": 2, "c": [1, 2], "e": 3}, "d": {"$value": "v"}, "f": None}
        assert two == {
            "key": "two",
            "schema_id": "s:a",
            "value_mode": "replace",
            "scope": "environment",
            "external_id": "e",
            "value": {"a": {"x": 1}},
        }

    @pytest.mark.parametrize(
        ("lower", "upper"),
        [
            ([1, 2, 3], [4]),
            ({"$value": "v"}, {"b": 1}),
            ({"b": 1}, {"$value": "v"}),
            ({"$secret": "s"}, {"$secret": "other"}),
            ({"$join": ["a", {"$value": "v"}]}, {"$join": ["b"]}),
            ({"$ref": "two"}, {"$value": "v"}),
            ({"b": 1}, None),
            ({"b": 1}, "text"),
        ],
    )
    def test_anything_else_is_replaced_whole(self, lower: Any, upper: Any) -> None:
        files = [
            [("a", [{"key": "k", "value": {"p": {"q": lower}}}])],
            [("b", [{"key": "k", "value": {"p": {"q": upper}}}])],
        ]
        assert options(*files) == [{"key": "k", "value": {"p": {"q": upper}}}]

    def test_the_item_wins_over_its_own_top_and_a_later_layer_over_an_earlier_one(self) -> None:
        top = {
            "scope": "HOST-1",
            "value_mode": "replace",
            "objects": [{"key": "one"}, {"key": "two", "scope": "HOST-2"}],
        }
        one, two = self.layered(top)
        assert (one["scope"], one["value_mode"]) == ("HOST-1", "replace")
        assert (two["scope"], two["value_mode"]) == ("HOST-2", "replace")

    def test_the_order_is_that_of_the_first_layer_that_names_an_object(self) -> None:
        upper = [{"key": "new"}, {"key": "two"}, {"key": "one"}]
        assert [item["key"] for item in self.layered(upper, [{"key": "newer"}, {"key": "new"}])] == [
            "one",
            "two",
            "new",
            "newer",
        ]

    def test_absent_and_skipped(self) -> None:
        upper = [{"key": "one", "state": "absent"}, {"key": "two", "skip": True}]
        (one,) = self.layered(upper)
        assert (one["key"], one["state"]) == ("one", "absent")
        one, two = self.layered(upper, [{"key": "two", "skip": False}])
        assert "skip" not in two

    def test_files_of_one_layer_do_not_change_each_other(self) -> None:
        with pytest.raises(_folder.FolderError, match=r"c\.yml: the key x is in b.yml already"):
            _folder.gathered([[("a.yml", [{"key": "x"}])], [("b.yml", [{"key": "x"}]), ("c.yml", [{"key": "x"}])]])

    def test_all_files_that_name_it(self) -> None:
        item, _two = _folder.gathered([[self.BASE], [("b.yml", [{"key": "one", "value": {"a": {"b": 5}}}])]])
        assert item.file == "base/a.yml, b.yml"
        assert item.place(["value", "a", "b"]) == "b.yml: one: value.a.b"
        assert item.place(["value", "a", "c", 1]) == "base/a.yml: one: value.a.c[1]"
        # Inside of what a mark stands for.
        assert item.place(["value", "d", "x", 0]) == "base/a.yml: one: value.d.x[0]"
        assert item.place(["scope"]) == "base/a.yml: one: scope"


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
