# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the marks in files stand for: values, secrets, and texts of both."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._filling import PLACEHOLDER, Given, filled_in
from ansible_collections.community.dynatrace.plugins.plugin_utils._folder import FolderError, gathered

SECRET = {"$secret": "place/token"}
BEARER = {"$join": ["Bearer ", SECRET]}


def options(value: Any, given: Given, **more: Any) -> dict[str, Any]:
    """Of one object of one file."""
    return all_options([{"key": "k", "value": value, **more}], given)[0]


def all_options(objects: list[dict[str, Any]], given: Given) -> list[dict[str, Any]]:
    return filled_in(gathered([[("a.yml", objects)]]), given)[0]


def refusal(value: Any, given: Given | None = None, **more: Any) -> str:
    with pytest.raises(FolderError) as caught:
        options(value, given or Given(), **more)
    return str(caught.value)


class TestSecrets:
    VALUE = {"name": "n", "token": SECRET, "list": [{"a": SECRET, "b": 1}], "null": None}  # noqa: RUF012

    def test_given(self) -> None:
        found = options(self.VALUE, Given(secrets={"place/token": "hush"}))
        assert found == {
            "key": "k",
            "file": "a.yml",
            "value": {"name": "n", "token": "hush", "list": [{"a": "hush", "b": 1}], "null": None},
            "secret_paths": {"token": "place/token", "list[0].a": "place/token"},
        }

    @pytest.mark.parametrize("secrets", [{}, {"place/token": ""}, {"place/token": None}])
    def test_left_out(self, secrets: dict[str, Any]) -> None:
        items = gathered([[("a.yml", [{"key": "k", "value": self.VALUE}])]])
        ((found,), unknown) = filled_in(items, Given(secrets=secrets))
        assert found["value"] == {"name": "n", "list": [{"b": 1}], "null": None}
        assert found["missing_secret_paths"] == ["token", "list[0].a"]
        assert unknown == ["place/token"]

    def test_an_element_that_is_missing_is_no_null(self) -> None:
        found = options({"list": ["a", SECRET, "b"]}, Given())
        assert (found["value"], found["missing_secret_paths"]) == ({"list": ["a", "b"]}, ["list[1]"])

    def test_stood_in_for(self) -> None:
        found = options(self.VALUE, Given(missing="placeholder"))
        assert found["value"]["token"] == PLACEHOLDER
        assert found["missing_secret_paths"] == ["token", "list[0].a"]

    def test_demanded(self) -> None:
        said = refusal(self.VALUE, Given(missing="fail"))
        assert said == "these secrets are not given: place/token (a.yml: k: value.token)"

    def test_objects_without_a_value(self) -> None:
        assert all_options([{"key": "k"}], Given()) == [{"key": "k", "file": "a.yml"}]


class TestValues:
    TYPED = {  # noqa: RUF012
        "n": 5,
        "f": 1.5,
        "b": False,
        "t": "{{ 1 / 0 }}",
        "l": [1, {"a": 2}],
        "d": {"x": None},
        "empty": "",
        "7": 7,
    }

    @pytest.mark.parametrize("name", TYPED)
    def test_whatever_type_it_has(self, name: str) -> None:
        given = Given(values=self.TYPED)
        found = options({"a": {"b": [{"$value": name}]}, "c": {"$value": name}}, given)["value"]
        assert found == {"a": {"b": [self.TYPED[name]]}, "c": self.TYPED[name]}
        assert type(found["c"]) is type(self.TYPED[name])

    def test_a_number_names_a_value(self) -> None:
        assert options({"a": {"$value": 7}}, Given(values=self.TYPED))["value"] == {"a": 7}

    def test_the_whole_value(self) -> None:
        assert options({"$value": "d"}, Given(values=self.TYPED))["value"] == {"x": None}
        assert refusal({"$value": "n"}, Given(values=self.TYPED)) == "a.yml: k: value: must be a dictionary"

    @pytest.mark.parametrize("option", ["scope", "external_id", "insert_after", "insert_before"])
    def test_beside_the_value(self, option: str) -> None:
        given = Given(values={"host": "HOST-1", "number": 5, "empty": "", "list": []}, secrets={"place/token": "hush"})
        assert options({}, given, **{option: {"$value": "host"}})[option] == "HOST-1"
        assert options({}, given, **{option: {"$join": ["a-", {"$value": "number"}]}})[option] == "a-5"
        for name in ("empty", "list"):
            assert f"a.yml: k: {option}: must be a text" in refusal({}, given, **{option: {"$value": name}})
        assert f"a.yml: k: {option}: is not a place for a secret" in refusal({}, given, **{option: BEARER})
        assert f"a.yml: k: {option}: no value is given for x" in refusal(
            {"t": BEARER}, given, **{option: {"$value": "x"}}
        )

    def test_a_reference_is_the_name_of_a_neighbor(self) -> None:
        assert options({}, Given(), insert_after={"$ref": "other"})["insert_after"] == "other"
        assert "scope: must be a text" in refusal({}, scope={"$ref": "other"})

    def test_nowhere_else(self) -> None:
        said = refusal({}, state={"$value": "x"})
        assert said.startswith("a.yml: k: state: must be said here: a mark may stand in value, scope, external_id")

    def test_what_a_value_holds_is_filled_in(self) -> None:
        values = {
            "a": {"url": {"$value": "b"}, "token": SECRET, "zone": {"$ref": "other"}},
            "b": {"$join": ["x", {"$value": "c"}]},
            "c": 1,
        }
        found = options({"p": {"$value": "a"}}, Given(values, {"place/token": "hush"}))
        assert found["value"] == {"p": {"url": "x1", "token": "hush", "zone": {"$ref": "other"}}}
        assert found["secret_paths"] == {"p.token": "place/token"}

    def test_a_circle(self) -> None:
        said = refusal({"p": {"$value": "a"}}, Given({"a": [{"$value": "b"}], "b": {"$value": "a"}}))
        assert said == "a.yml: k: value.p[0]: the value a stands for itself"

    @pytest.mark.parametrize("values", [{"other": 1}, {"other": 1, "x": None}])
    def test_unknown_ones_are_all_named_with_file_key_and_path(self, values: dict[str, Any]) -> None:
        layers = [
            [
                (
                    "a.yml",
                    [
                        {"key": "one", "value": {"p": {"$value": "x"}, "q": {"$value": "y"}}},
                        {"key": "two", "scope": {"$value": "x"}},
                    ],
                )
            ],
            [("b.yml", [{"key": "one", "value": {"q": {"r": [0, {"$value": "x"}]}, "p": 1}}])],
        ]
        with pytest.raises(FolderError) as caught:
            filled_in(gathered(layers), Given(values))
        texts = [
            f"{place}: no value is given for x; given are other"
            for place in ("b.yml: one: value.q.r[1]", "a.yml: two: scope")
        ]
        assert str(caught.value) == "; ".join(texts)


class TestJoins:
    GIVEN = Given({"n": 80, "t": True, "f": 0.5, "host": "h", "l": []}, {"place/token": "hush"})

    @pytest.mark.parametrize(
        ("parts", "text"),
        [
            (["Bearer ", SECRET], "Bearer hush"),
            (["http://", {"$value": "host"}, ":", {"$value": "n"}, "/", 5], "http://h:80/5"),
            ([{"$value": "t"}, {"$value": "f"}, False], "true0.5false"),
            ([{"$join": ["a", {"$join": ["b"]}]}, "c"], "abc"),
            ([""], ""),
        ],
    )
    def test_one_text_of_its_parts(self, parts: list[Any], text: str) -> None:
        assert options({"p": {"$join": parts}}, self.GIVEN)["value"] == {"p": text}

    def test_secret_when_a_part_is(self) -> None:
        given = Given({}, {"place/token": "a", "other": "b"})
        header = {"$join": [BEARER, SECRET, {"$secret": "other"}]}
        found = options({"h": [{"v": header}], "p": {"$join": ["a"]}}, given)
        assert found["value"] == {"h": [{"v": "Bearer aab"}], "p": "a"}
        # Without the secrets, and with all the rest: a plan tells by it what has changed.
        assert found["secret_paths"] == {"h[0].v": "Bearer {place/token}{place/token}{other}"}

    def test_what_it_is_called_does_not_tell_whether_it_was_given(self) -> None:
        header = {"v": {"$join": ["Bearer ", {"$value": "t"}, {"$join": ["<", SECRET, ">"]}]}}
        items = gathered([[("a.yml", [{"key": "k", "value": header}])]])
        for secrets in ({"place/token": "hush"}, {}):
            ((found,), _unknown) = filled_in(items, Given({"t": 1}, secrets, "placeholder"))
            assert found["secret_paths"] == {"v": "Bearer 1<{place/token}>"}

    @pytest.mark.parametrize(
        "value", [BEARER, {"$join": ["a", BEARER]}, {"$value": "bearer"}, {"$join": [{"$value": "bearer"}]}]
    )
    def test_missing_when_a_part_is(self, value: Any) -> None:
        found = options({"p": value, "q": 1}, Given({"bearer": BEARER}))
        assert (found["value"], found["missing_secret_paths"]) == ({"q": 1}, ["p"])
        assert options({"p": value}, Given({"bearer": BEARER}, missing="placeholder"))["value"] == {"p": PLACEHOLDER}
        assert "place/token (a.yml: k: value.p)" in refusal({"p": value}, Given({"bearer": BEARER}, missing="fail"))

    @pytest.mark.parametrize("part", [{"$value": "l"}, {"$ref": "x"}, [], {}, None])
    def test_what_cannot_be_a_part(self, part: Any) -> None:
        assert "a.yml: k: value.p: $join takes texts" in refusal({"p": {"$join": ["a", part]}}, self.GIVEN)

    @pytest.mark.parametrize("content", ["a", [], {}, None])
    def test_what_is_no_list(self, content: Any) -> None:
        assert "value.p: $join must be a list" in refusal({"p": {"$join": content}}, self.GIVEN)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"$vaule": "x"}, "there is no $vaule; there are $join, $ref, $secret, $value"),
        ({"$value": "x", "more": 1}, "has $value beside others"),
        ({"$secret": ["x"]}, "what a mark names must be a text"),
        ({"$value": True}, "what a mark names must be a text"),
        ({"$value": ""}, "what a mark names must be a text"),
    ],
)
def test_marks_that_are_wrong(value: Any, said: str) -> None:
    assert refusal({"p": [value]}).startswith(f"a.yml: k: value.p[0]: {said}")


def test_references_are_left_to_the_module() -> None:
    assert options({"p": {"$ref": "other"}}, Given())["value"] == {"p": {"$ref": "other"}}
