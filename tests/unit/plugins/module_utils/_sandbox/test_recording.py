# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what was read to the content of files."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._sandbox.recording import (
    Recorded,
    RecordedExtension,
    contents,
    index,
    is_whole,
    json_names,
    split_scope,
    text_of,
    without_own_value,
)


def row(number: int, scope: str = "environment", **more: Any) -> dict[str, Any]:
    return {"objectId": f"id{number}", "schemaId": "s:a", "scope": scope, "value": {"n": number}, **more}


SINGLE = {"schemaId": "s:one", "multiObject": False, "allowedScopes": ["HOST", "environment"]}


class TestContents:
    def test_objects_stand_by_scope_and_keep_their_order_there(self) -> None:
        rows = [row(3, "HOST-B"), row(2), row(1, "HOST-A"), row(0)]
        files = contents(Recorded(objects=rows), None)
        kept = files["objects/s_a.json"]
        assert kept["schemaId"] == "s:a"
        assert [one["objectId"] for one in kept["objects"]] == ["id1", "id3", "id2", "id0"]

    def test_of_an_object_only_what_lasts_is_kept(self) -> None:
        passing: dict[str, Any] = {"updateToken": "t", "summary": "s", "author": "x", "externalId": None}
        context = {"operations": ["read"], "modifications": {"movable": False}}
        files = contents(Recorded(objects=[row(1, resourceContext=context, schemaVersion="1", **passing)]), None)
        assert files["objects/s_a.json"]["objects"] == [
            {
                "objectId": "id1",
                "scope": "environment",
                "schemaVersion": "1",
                "resourceContext": context,
                "value": {"n": 1},
            }
        ]

    def test_the_folder_says_that_it_is_not_anonymous(self) -> None:
        plain, replaced = contents(Recorded(), None)["README.md"], contents(Recorded(), "k")["README.md"]
        assert "not anonymous" in plain
        assert "not anonymous" in replaced
        assert "pseudonyms" not in plain
        assert "pseudonyms" in replaced

    def test_with_a_key_nothing_names_anybody(self) -> None:
        configuration = {
            "objectId": "c",
            "scope": "ag_group-Kasse",
            "value": {"description": "of Kasse", "mode": "kasse-mode"},
        }
        recorded = Recorded(
            documents={"s:a": {"enums": {"Mode": {"items": [{"value": "Kasse2"}]}}}},
            objects=[
                row(
                    1,
                    externalId="tf-Kasse",
                    createdBy="Jane Doe",
                    value={"name": "Kasse", "mode": "Kasse2", "mail": "j@kasse.example"},
                )
            ],
            effective=[{"schemaId": "s:one", "origin": "default", "value": {"text": "ask Jane Doe"}}],
            activegates=[{"id": "1", "hostname": "ag.kasse.example", "group": "Kasse", "osType": "LINUX"}],
            extensions=[RecordedExtension("custom:kasse", "1.0.0", (), ("1.0.0",), [configuration])],
        )
        files = contents(recorded, "k")
        assert files["extensions.json"][0]["extensionName"] == "custom:kasse"
        files["extensions.json"][0]["extensionName"] = ""
        written = json.dumps(files)
        assert "Kasse2" in written
        assert "kasse-mode" not in written
        assert "Jane" not in written
        assert "kasse" not in written.replace("Kasse2", "").lower()
        name = files["objects/s_a.json"]["objects"][0]["value"]["name"]
        assert files["activegates.json"]["activeGates"][0]["group"] == name
        assert files["extensions.json"][0]["configurations"][0]["scope"] == f"ag_group-{name}"
        assert files["objects/s_a.json"]["objects"][0]["externalId"] == f"tf-{name}"

    @pytest.mark.parametrize(
        ("environment_id", "is_replaced"),
        [
            ("abc12345", True),
            ("0a1b2c3d-0000-4000-8000-0123456789ab", True),
            ("stage", False),
            ("127.0.0.1:8470", False),
        ],
    )
    def test_the_id_of_the_environment(self, environment_id: str, is_replaced: bool) -> None:
        text = f"see {environment_id} for it"
        recorded = Recorded(environment_id, objects=[row(1, value={"text": text})])
        (kept,) = contents(recorded, "k")["objects/s_a.json"]["objects"]
        assert (environment_id not in kept["value"]["text"]) == is_replaced
        assert contents(recorded, None)["objects/s_a.json"]["objects"][0]["value"]["text"] == text

    def test_what_was_read_is_not_changed_by_it(self) -> None:
        objects = [row(1, value={"name": "Kasse"})]
        contents(Recorded(objects=objects), "k")
        assert objects == [row(1, value={"name": "Kasse"})]

    def test_a_surrogate_and_other_letters_can_be_written(self) -> None:
        text = text_of({"a": "Zürich \ud800"})
        assert "Zürich" in text
        assert json.loads(text) == {"a": "Zürich \ud800"}


class TestIndex:
    def test_it_lists_what_is_missing_in_an_order(self) -> None:
        recorded = Recorded()
        for what in ("b", "a"):
            recorded.leave_out(what, "no")
        assert index(recorded, False)["notRecorded"] == [{"what": "a", "reason": "no"}, {"what": "b", "reason": "no"}]
        assert index(recorded, False)["complete"] is True

    def test_before_the_end_it_is_not_complete(self) -> None:
        assert index(None, True) == {"format": 1, "complete": False, "pseudonyms": True, "notRecorded": []}


class TestEffective:
    def test_where_nothing_is_stored_on_the_environment(self) -> None:
        documents: dict[str, Any] = {
            "s:one": SINGLE,
            "s:two": SINGLE,
            "s:host": {**SINGLE, "allowedScopes": ["HOST"]},
            "s:a": {"multiObject": True},
        }
        stored = [{**row(1), "schemaId": "s:two"}, {**row(2, "HOST-A"), "schemaId": "s:one"}]
        assert without_own_value(Recorded(documents=documents, objects=stored)) == ["s:one"]

    @pytest.mark.parametrize(
        "damaged", [{}, {"multiObject": False}, {**SINGLE, "allowedScopes": None}, {**SINGLE, "allowedScopes": 5}]
    )
    def test_a_document_that_says_less(self, damaged: dict[str, Any]) -> None:
        assert without_own_value(Recorded(documents={"s:x": damaged})) == []


class TestParts:
    def test_the_names_of_files_differ_where_file_systems_would_take_them_for_the_same(self) -> None:
        assert json_names("schemas", ["a:b", "a_b"]) == {"a:b": "schemas/a_b.json", "a_b": "schemas/2.a_b.json"}

    @pytest.mark.parametrize(
        ("scope", "parts"),
        [
            ("ag_group-x-y", ("ag_group-", "x-y")),
            ("management_zone-Shop", ("management_zone-", "Shop")),
            ("environment", ("environment", "")),
            ("HOST-0123", ("HOST-0123", "")),
        ],
    )
    def test_what_of_a_scope_is_a_name(self, scope: str, parts: tuple[str, str]) -> None:
        assert split_scope(scope) == parts

    @pytest.mark.parametrize(
        ("changed", "expected"),
        [({}, True), ({"version": "2"}, False), ({"schema": None}, False), ({"details": None}, False)],
    )
    def test_a_version_that_needs_not_be_read_again(self, changed: dict[str, Any], expected: bool) -> None:
        kept = {"extensionName": "x", "version": "1", "details": {}, "schema": {}, **changed}
        assert is_whole(kept, "x", "1") is expected
