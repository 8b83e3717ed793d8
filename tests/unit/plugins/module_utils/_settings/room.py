# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What several tests of this room need: schemas, stored objects, and a client that answers from memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.community.dynatrace.plugins.module_utils._http.shape import Part
from ansible_collections.community.dynatrace.plugins.module_utils._lists import grouped
from ansible_collections.community.dynatrace.plugins.module_utils._settings.identity import Index
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_items import (
    ReadObjects,
    SettingsEntry,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.objects_plan import (
    BulkPlan,
    Fence,
    plan_all,
)
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import from_options
from ansible_collections.community.dynatrace.plugins.module_utils._task import Task

TEXT = {"type": "text", "nullable": False}
OPTIONAL = {"type": "text", "nullable": True}


def schema(schema_id: str = "s", *keys: Sequence[str], **document: Any) -> Schema:
    """Of many objects on the environment and on hosts, with the properties name, text and ref; ``keys`` are unique."""
    return Schema(
        {
            "schemaId": schema_id,
            "version": "1",
            "multiObject": True,
            "allowedScopes": ["environment", "HOST"],
            "properties": {"name": TEXT, "text": OPTIONAL, "ref": OPTIONAL},
            "schemaConstraints": [{"type": "UNIQUE", "uniqueProperties": list(key)} for key in keys],
            **document,
        }
    )


def stored(object_id: str, schema_id: str = "s", external_id: str | None = None, **value: Any) -> StoredObject:
    return StoredObject(object_id, schema_id, "environment", value, external_id)


class Memory:
    """Stands in for a client. ``answers``: by method and path; an ApiError is raised. ``requests``: what was asked, with parameters."""

    retries = 3

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = dict(answers)
        self.memory: dict[str, Any] = {}
        self.requests: list[tuple[str, Any]] = []

    def answer(self, method: str, path: str, sent: Any) -> Any:
        self.requests.append((f"{method} {path}", sent))
        answer = self.answers[f"{method} {path}"]
        if isinstance(answer, ApiError):
            raise answer
        return answer

    def url(self, path: str) -> str:
        return path

    def get(self, path: str, params: Any, read: Callable[[Part], Any]) -> Any:
        return read(Part(self.answer("GET", path, params)))

    def post(self, path: str, body: Any, read: Callable[[Part], Any], params: Any = None, is_read: bool = False) -> Any:
        return read(Part(self.answer("POST", path, body)))

    def put(self, path: str, body: Any, read: Callable[[Part], Any], params: Any = None, is_read: bool = False) -> Any:
        return read(Part(self.answer("PUT", path, body)))

    def delete(self, path: str, params: Any) -> None:
        self.answer("DELETE", path, params)

    def pages(self, path: str, params: Any, items: str, read: Callable[[Part], Any]) -> Iterator[Any]:
        for row in self.answer("GET", path, params):
            yield read(Part(row))

    def wait_before_retry(self, attempt: int) -> None:
        """Nobody waits here."""


def task(client: Memory, params: Mapping[str, Any], check_mode: bool = False) -> tuple[Task, list[str]]:
    """A task, and the warnings that it will give."""
    warnings: list[str] = []
    return Task(params, client, check_mode, warnings.append, print), warnings  # type: ignore[arg-type]


def absence(method: str = "GET") -> ApiError:
    return ApiError("not there", method, "u", 404, "not there")


# lists of objects

NO_FENCE = Fence()

PLAIN = schema("s", ["name"])
ORDERED = schema("o", ["name"], ordered=True)
SINGLE = schema("single", multiObject=False)
BY_ELEMENT = {"type": "UNIQUE", "flattenCollections": True, "uniqueProperties": ["members"]}
GROUPS = schema(
    "g",
    properties={"name": TEXT, "members": {"type": "set", "items": {"type": "setting"}}},
    schemaConstraints=[BY_ELEMENT],
)
NOTES = schema("n")
SCHEMAS = [PLAIN, ORDERED, SINGLE, GROUPS, NOTES]


def entry(key: str, name: str | None = None, **options: Any) -> SettingsEntry:
    """An item whose value is a name and what ``value`` says beside it."""
    value = {"name": name or key, **(options.pop("value", None) or {})}
    return SettingsEntry(key, from_options({"schema_id": "s", "value": value, **options}))


def absent(key: str, name: str | None = None, **options: Any) -> SettingsEntry:
    return entry(key, name, state="absent", **options)


def read_objects(there: tuple[StoredObject, ...]) -> ReadObjects:
    schemas: dict[str, Schema] = {document.schema_id: document for document in SCHEMAS}
    by_location = grouped(there, lambda stored_object: (stored_object.schema_id, stored_object.scope))
    indexes = {place: Index(schemas[place[0]], listed) for place, listed in by_location.items()}
    return ReadObjects({(name, None): document for name, document in schemas.items()}, indexes, {})


def planned(
    *entries: SettingsEntry, there: tuple[StoredObject, ...] = (), keep_order: bool = True, fence: Fence = NO_FENCE
) -> BulkPlan:
    return plan_all(entries, read_objects(there), keep_order, fence)


def problems(*entries: SettingsEntry, **more: Any) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        planned(*entries, **more)
    errors: dict[str, str] = caught.value.details["errors"]
    return errors


def ref(name: str) -> dict[str, Any]:
    return {"ref": {"$ref": name}}
