# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an export comes along, by values."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._copy import copied, refused


def item(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "value": {"name": key}, **more}


def exported(*items: dict[str, Any], outside: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A file for each first letter of a key."""
    files: dict[str, list[dict[str, Any]]] = {}
    for row in items:
        files.setdefault(row["key"][0], []).append(row)
    return {
        "files": [
            {"name": f"{name}.yml", "schema_id": name, "content": {"schema_id": name, "objects": rows}}
            for name, rows in files.items()
        ],
        "secrets": [],
        "outside": outside or [],
    }


def found(export: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"schema_ids": {"a", "b"}, "replacements": {}, "secrets": set(), "refused": {}, **more}
    return copied(export, **given)


def report(result: dict[str, Any], level: str) -> dict[str, str]:
    return {line["name"]: line["message"] for line in result["report"] if line["level"] == level}


class TestStaysBehind:
    def test_all_comes_along(self) -> None:
        export = exported(item("a1"), item("b1"))
        result = found(export)
        assert result["keys"] == ["a1", "b1"]
        assert [file["content"] for file in result["files"]] == [file["content"] for file in export["files"]]
        assert result["report"] == []
        assert result["text"] == "Comes along: 2 objects. Stays behind: 0. Secrets that are not given: 0.\n"

    def test_nothing_is_chosen(self) -> None:
        assert found(exported())["text"].startswith("No object of the source matches what is chosen")

    def test_schemas_of_the_source_alone_and_who_needs_them(self) -> None:
        """However long the way is."""
        chain = [item(f"b{n}", value={"list": [{"deep": {"$ref": f"b{n - 1}" if n else "c1"}}]}) for n in range(2000)]
        result = found(exported(item("a1"), *reversed(chain), item("c1")))
        assert result["keys"] == ["a1"]
        left = report(result, "left")
        assert len(left) == 2001
        assert left["c1"] == "the target has no such schema"
        assert left["b0"] == "it refers to c1, which stays behind"
        assert left["b1999"] == "it refers to b1998, which stays behind"

    def test_what_the_target_refuses(self) -> None:
        result = found(exported(item("a1"), item("a2", value={"x": {"$ref": "a1"}}), item("b1")), refused={"a1": "no"})
        assert result["keys"] == ["b1"]
        assert report(result, "left") == {"a1": "no", "a2": "it refers to a1, which stays behind"}
        assert [file["name"] for file in result["files"]] == ["b.yml"]

    @pytest.mark.parametrize("schema_id", ["builtin:zones", None])
    def test_references_by_id(self, schema_id: str | None) -> None:
        outside = [{"key": "a1", "path": "zone", "object_id": "vu9", "schema_id": schema_id}]
        result = found(exported(item("a1"), outside=outside))
        assert result["keys"] == []
        assert report(result, "left") == {
            "a1": f"its zone refers to an object of {schema_id or 'a schema that is not known'} by an id of the source"
        }

    def test_reasons_of_a_plan(self) -> None:
        violations = [{"path": "name", "message": "must be unique", "parameter_location": None, "location": None}]
        rows = [
            {"key": "a1", "error": {"message": "Validation failed.", "constraint_violations": violations}},
            {"key": "a2", "error": None},
            {"key": "a3", "error": {"message": "", "constraint_violations": []}},
        ]
        assert refused({"objects": rows}) == {"a1": "Validation failed.; name: must be unique", "a3": "it is refused"}
        assert refused({"errors": {"a1": "value.name must be a text"}}) == {"a1": "value.name must be a text"}
        assert refused({}) == {}

    @pytest.mark.parametrize(
        ("error", "says_of_the_object"),
        [
            ({"status": 400, "method": "POST"}, True),
            ({"status": 404, "method": "POST"}, True),
            ({"status": None, "method": None}, True),
            ({"status": None, "method": "POST"}, False),
            ({"status": 403, "method": "POST"}, False),
            ({"status": 503, "method": "POST"}, False),
        ],
    )
    def test_only_what_is_refused_stays_behind(self, error: dict[str, Any], says_of_the_object: bool) -> None:
        """A missing scope, or no answer, would leave everything behind, and nobody would notice."""
        assert bool(refused({"objects": [{"key": "a1", "error": {"message": "no", **error}}]})) == says_of_the_object

    def test_on_a_terminal_equal_reasons_stand_together(self) -> None:
        export = exported(*(item(f"c{number}") for number in range(160)), item("a1"))
        told = found(export)["lines"]
        assert told[0] == "Comes along: 1 object. Stays behind: 160. Secrets that are not given: 0."
        assert "160 × stays behind: the target has no such schema" in told
        assert len(told) < 20


class TestReplacing:
    def test_texts_but_no_names_of_the_export(self) -> None:
        value = {
            "stage": "stage1 and stage",
            "list": ["stage", 1, None, True],
            "reference": {"$ref": "a-stage"},
            "secret": {"$secret": "a-stage/stage"},
        }
        row = item("a-stage", scope="HOST_GROUP-stage", external_id="stage/x", match_on=["stage"], value=value)
        ((file,), export) = (found(exported(row), replacements={"stage": "prod", "stage1": "stage2"})["files"], row)
        assert file["content"]["objects"] == [
            {
                "key": "a-stage",
                "scope": "HOST_GROUP-prod",
                "external_id": "prod/x",
                "match_on": ["stage"],
                "value": {
                    "stage": "stage2 and prod",
                    "list": ["prod", 1, None, True],
                    "reference": {"$ref": "a-stage"},
                    "secret": {"$secret": "a-stage/stage"},
                },
            }
        ]
        assert export["scope"] == "HOST_GROUP-stage"

    def test_what_looks_like_a_pattern(self) -> None:
        ((file,), _dummy) = (
            found(exported(item("a", value={"x": "a.c abc"})), replacements={"a.c": r"\1"})["files"],
            0,
        )
        assert file["content"]["objects"][0]["value"] == {"x": r"\1 abc"}


class TestNotes:
    def test_secrets_that_are_not_given(self) -> None:
        value = {"one": {"$secret": "a1/one"}, "two": [{"$secret": "a1/two"}]}
        result = found(exported(item("a1", value=value), item("c1", value={"$secret": "c1/x"})), secrets={"a1/one"})
        assert result["missing"] == ["a1/two"]
        refused_too = found(exported(item("a1", value=value)), refused={"a1": "two must not be null"})
        assert (refused_too["keys"], refused_too["missing"]) == ([], ["a1/one", "a1/two"])
        assert set(report(result, "secret")) == {"a1/two"}

    def test_ids_of_entities(self) -> None:
        host, other = "HOST-0123456789ABCDEF", "PROCESS_GROUP-FEDCBA9876543210"
        rows = [item("a1", scope=host, value={"x": f"{host} and {other}", "y": {"$ref": other}}), item("a2")]
        rows.append(item("a3", value={"x": [f"entityId({host})"]}))
        lines = [(line["name"], line["message"]) for line in found(exported(*rows))["report"]]
        assert lines == [
            ("a1", f"it lies on {host}, as in the source"),
            ("a1", f"its value names {other}, as in the source"),
            ("a3", f"its value names {host}, as in the source"),
        ]
        replaced = found(exported(*rows), replacements={host: "environment", other: "x"})["report"]
        assert replaced == []
