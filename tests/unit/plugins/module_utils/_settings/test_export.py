# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects an export reads, and what it says of those that it may not read."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export import read

from .room import Memory, task

LIST, SCHEMAS = "GET /v2/settings/objects", "GET /v2/settings/schemas"
CATALOG = {"a:one": False, "a:two": False, "a:ordered": True, "b:other": False}
REFUSED = ApiError("no", "GET", "u", 403, "you may not")


class Environment(Memory):
    """``there``: schema and object id of what is stored. ``refused``: schemas that may not be read."""

    def __init__(self, *there: tuple[str, str], refused: tuple[str, ...] = (), status: int = 403) -> None:
        super().__init__()
        self.there = there
        self.refused = refused
        self.error = ApiError("no", "GET", "u", status, "you may not")

    def answer(self, method: str, path: str, sent: Any) -> Any:
        self.requests.append((f"{method} {path}", sent))
        if path == "/v2/settings/schemas":
            return {"items": [{"schemaId": name, "ordered": is_ordered} for name, is_ordered in CATALOG.items()]}
        if path == "/v2/settings/objects":
            names = sent["schemaIds"].split(",")
            if set(names) & set(self.refused):
                raise self.error
            return [
                {"objectId": object_id, "schemaId": name, "scope": "environment", "value": {"name": object_id}}
                for name, object_id in self.there
                if name in names
            ]
        return {
            "schemaId": path.rpartition("/")[2].replace("%3A", ":"),
            "multiObject": True,
            "properties": {"name": {"type": "text"}},
        }

    @property
    def lists(self) -> list[str]:
        return [sent["schemaIds"] for request, sent in self.requests if request == LIST]


def export(client: Memory, *schema_ids: str, **options: Any) -> tuple[Any, list[str]]:
    params = {
        "schema_ids": list(schema_ids),
        "exclude": None,
        "scopes": None,
        "object_ids": None,
        "external_id_prefix": None,
        "names": None,
        "with_referenced": False,
        "omit_read_only": True,
        "omit_defaults": False,
        "values_matching": None,
        "values_of": None,
        "parallel": 1,
        "admin_access": False,
        **options,
    }
    job, warnings = task(client, params)
    return read(job).things, warnings


def test_lists_are_shared_but_by_ordered_schemas() -> None:
    client = Environment(("a:two", "1"))
    things, warnings = export(client, "*")
    assert client.lists == ["a:ordered", "a:one,a:two,b:other"]
    assert [file["schema_id"] for file in things["files"]] == ["a:two"]
    assert things["files"][0]["name"] == "a_two.yml"
    assert things["files"][0]["content"]["value_mode"] == "replace"
    assert warnings == []


def test_lists_are_read_side_by_side() -> None:
    client = Environment()
    export(client, "a:one", "a:two", parallel=8)
    assert sorted(client.lists) == ["a:one", "a:two"]


def test_patterns() -> None:
    client = Environment()
    export(client, "a:*", "b:other", exclude=["*o*e*"])
    assert client.lists == ["a:two"]


@pytest.mark.parametrize("name", ["nobody", "c:*"])
def test_a_name_without_a_schema(name: str) -> None:
    with pytest.raises(InputError, match="this environment has no schema"):
        export(Environment(), "a:one", name)


class TestRefused:
    @pytest.mark.parametrize("status", [403, 404])
    def test_a_pattern_leaves_out_what_may_not_be_read(self, status: int) -> None:
        client = Environment(("a:two", "1"), refused=("a:one",), status=status)
        things, warnings = export(client, "a:*")
        assert [file["schema_id"] for file in things["files"]] == ["a:two"]
        assert warnings == ["a:one is left out: you may not"]
        assert client.lists == ["a:ordered", "a:one,a:two", "a:one", "a:two"]

    def test_a_name_does_not(self) -> None:
        with pytest.raises(ApiError):
            export(Environment(refused=("a:one",)), "a:one", "a:*")

    def test_another_error_is_one(self) -> None:
        with pytest.raises(ApiError):
            export(Environment(refused=("a:one",), status=500), "a:*")

    def test_where_nothing_may_be_read_the_token_lacks_a_scope(self) -> None:
        with pytest.raises(ApiError):
            export(Environment(refused=tuple(CATALOG)), "*")


def test_references_that_lead_out() -> None:
    class Referring(Environment):
        def answer(self, method: str, path: str, sent: Any) -> Any:
            answer = super().answer(method, path, sent)
            if "properties" in answer:
                answer["properties"]["name"] = {"type": "setting", "referencedType": "x:elsewhere"}
            return answer

    things, warnings = export(Referring(("a:one", "1")), "a:one")
    assert [reference["object_id"] for reference in things["outside"]] == ["1"]
    assert "objects of x:elsewhere that are not exported (1, see outside)" in warnings[0]
