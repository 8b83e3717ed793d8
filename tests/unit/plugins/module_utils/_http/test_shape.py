# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import (
    Part,
    ShapeError,
    document,
    nothing,
    whole,
)

# A value of each kind, and what it is called.
KINDS: dict[str, Any] = {
    "nothing": None,
    "a truth value": True,
    "an empty text": "",
    "a text": "x",
    "a number": 7,
    "a number ": 1.5,
    "a number  ": float("inf"),
    "a list": [1],
    "an object": {"b": 1},
}
ANSWER = {"a": KINDS["an object"], "n": None}


def refused(read: Callable[[], Any]) -> str:
    with pytest.raises(ShapeError) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize(
    ("read", "expected", "fine"),
    [
        (lambda part: part.text("f"), "a text", {"a text": "x", "a number": "7"}),
        (
            lambda part: part.optional_text("f"),
            "a text",
            {"a text": "x", "a number": "7", "an empty text": "", "nothing": None},
        ),
        (lambda part: part.number("f"), "a whole number", {"a number": 7, "nothing": None}),
        (lambda part: part.flag("f"), "true or false", {"a truth value": True, "nothing": False}),
        (lambda part: part.flag("f", True), "true or false", {"a truth value": True, "nothing": True}),
        (lambda part: part.mapping("f"), "an object", {"an object": {"b": 1}, "nothing": {}}),
        (lambda part: part.part("f").raw, "an object", {"an object": {"b": 1}, "nothing": {}}),
        (lambda part: part.value("f"), "", KINDS),
    ],
    ids=["text", "optional_text", "number", "flag", "flag true", "mapping", "part", "value"],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_field(read: Callable[[Part], Any], expected: str, fine: dict[str, Any], kind: str) -> None:
    part = Part({"f": KINDS[kind]})
    if kind in fine:
        value = read(part)
        assert value == fine[kind]
        assert type(value) is type(fine[kind])
    else:
        assert refused(lambda: read(part)) == f"{kind.strip()} where {expected} was expected at f"


@pytest.mark.parametrize(
    "read",
    [Part.optional_text, Part.number, Part.mapping, Part.parts, Part.texts, Part.has, Part.flag, Part.value, Part.part],
)
def test_a_field_that_is_missing_is_as_good_as_null(read: Callable[[Part, str], Any]) -> None:
    missing, null = read(Part({}), "f"), read(Part({"f": None}), "f")
    if isinstance(missing, Part):
        missing, null = missing.raw, null.raw
    assert missing == null
    assert not missing


@pytest.mark.parametrize("read", [Part.text, Part.required_parts])
@pytest.mark.parametrize("answer", [{}, {"f": None}])
def test_a_field_that_must_be_there(read: Callable[[Part, str], Any], answer: Any) -> None:
    assert refused(lambda: read(Part(answer), "f")).startswith("nothing where a ")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "an object"])
@pytest.mark.parametrize(
    "read",
    [
        *(
            Part.text,
            Part.optional_text,
            Part.number,
            Part.flag,
            Part.mapping,
            Part.part,
            Part.parts,
            Part.required_parts,
        ),
        *(
            Part.texts,
            Part.has,
            Part.value,
            lambda part, dummy_name: part.record(),
            lambda part, dummy_name: document(part),
        ),
    ],
)
def test_nothing_but_an_object_has_fields(read: Callable[[Part, str], Any], kind: str) -> None:
    part = Part(KINDS[kind])
    assert refused(lambda: read(part, "f")) == f"{kind.strip()} where an object was expected"
    part = Part(KINDS[kind], "rows[3].x")
    assert refused(lambda: read(part, "f")) == f"{kind.strip()} where an object was expected at rows[3].x"


@pytest.mark.parametrize(
    ("value", "number"), [(0, 0), (-5, -5), (3.0, 3), (-2.0, -2), (10**30, 10**30), (1e300, int(1e300)), (None, None)]
)
def test_numbers(value: Any, number: int | None) -> None:
    found = Part({"f": value}).number("f")
    assert found == number
    assert type(found) is type(number)


@pytest.mark.parametrize("value", [0, "", False, [], {}, "x", 0.0])
def test_whatever_is_not_null_is_there(value: Any) -> None:
    assert Part({"f": value}).has("f") is True
    assert Part({"f": value}).value("f") == value


@pytest.mark.parametrize("number", [0, -5])
def test_a_number_may_be_a_name(number: int) -> None:
    assert Part({"f": number}).text("f") == str(number)


@pytest.mark.parametrize("value", [True, False])
def test_flags_are_as_they_came(value: bool) -> None:
    assert Part({"f": value}).flag("f", not value) is value


def test_records_of_a_list() -> None:
    first, second = Part({"rows": [{"a": 1}, {"a": 2}]}).parts("rows")
    assert (first.raw, second.raw) == ({"a": 1}, {"a": 2})
    assert (first.place, second.place) == ("rows[0]", "rows[1]")
    assert [row.raw for row in Part({"rows": []}).required_parts("rows")] == []
    assert [row.raw for row in Part([{"a": 1}]).rows()] == [{"a": 1}]
    assert Part([]).rows() == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "a list"])
@pytest.mark.parametrize("read", [Part.parts, Part.required_parts, Part.texts])
def test_what_is_no_list(read: Callable[[Part, str], Any], kind: str) -> None:
    if kind == "nothing" and read is not Part.required_parts:
        return
    assert refused(lambda: read(Part({"f": KINDS[kind]}), "f")) == f"{kind.strip()} where a list was expected at f"
    assert refused(Part(KINDS[kind]).rows) == f"{kind.strip()} where a list was expected"


@pytest.mark.parametrize("row", [None, 1, "x", [], True])
@pytest.mark.parametrize("read", [Part.parts, Part.required_parts])
def test_a_list_of_something_else(read: Callable[[Part, str], Any], row: Any) -> None:
    assert refused(lambda: read(Part({"f": [{}, row]}), "f")).endswith(" where an object was expected at f[1]")
    assert refused(Part([{}, row]).rows).endswith(" where an object was expected at [1]")


def test_texts() -> None:
    assert Part({"f": ["a", ""]}).texts("f") == ("a", "")
    assert Part({"f": []}).texts("f") == ()


@pytest.mark.parametrize("item", [None, 1, True, ["a"], {}])
def test_texts_beside_something_else(item: Any) -> None:
    assert refused(lambda: Part({"f": ["a", item]}).texts("f")).endswith(" where a text was expected at f[1]")


def test_a_place_leads_all_the_way_down() -> None:
    part = Part({"a": {"rows": [{"b": {"c": 1}}]}})
    [row] = part.part("a").parts("rows")
    assert row.place == "a.rows[0]"
    assert refused(lambda: row.part("b").mapping("c")) == "a number where an object was expected at a.rows[0].b.c"
    assert refused(lambda: row.part("b").texts("c")) == "a number where a list was expected at a.rows[0].b.c"


def test_what_is_handed_on_as_it_is() -> None:
    row = {"a": 1}
    assert Part({"f": row}).mapping("f") is row
    assert document(Part(row)) is row
    anything: list[Any] = [row, [], 0, False, ""]
    for value in anything:
        assert whole(Part(value)) is value
    assert refused(lambda: whole(Part(None))) == "nothing where a value was expected"
    assert refused(lambda: document(Part(None))) == "nothing where an object was expected"


@pytest.mark.parametrize("value", [*KINDS.values(), [], {}])
def test_where_nothing_is_documented_anything_is_success(value: Any) -> None:
    nothing(Part(value))


def test_a_record_is_itself() -> None:
    part = Part({}, "a")
    assert part.record() is part
