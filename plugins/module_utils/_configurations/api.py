# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The calls for monitoring configurations (API facts, 2.4), with what they take and give in this collection's terms.

To the server they are settings objects of the schema ``ext:NAME``, so what the settings room knows of schemas, values and secrets
holds for them as well.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from .._errors import ApiError, InputError, TransportError, unless_absent
from .._extensions.api import NO_SCHEMA, PAGE_SIZE, Extensions, extension_path
from .._extensions.platform import at_its_api
from .._http.client import Client
from .._http.entries import sent_array
from .._http.shape import Part, Reader, ShapeError, document
from .._settings.schema import ANY, Schema, read_schema
from .._settings.stored import StoredObject
from .._wait import Patience, Tell, untold

# Every configuration names the version of the extension that it is made for, and most have a description.
VERSION, DESCRIPTION = "version", "description"
_VERSION_PROPERTY = {"type": "text", "nullable": False}
# What a value may hold although no schema names it (API facts, 2.4).
_ATTRIBUTES = {"dtAttributes": {"type": ANY, "nullable": True}}
Value = TypeVar("Value")


@dataclass(frozen=True)
class ConfigurationStatus:
    """``word``: OK, WARNING, ERROR, PENDING or UNKNOWN. ``timestamp``: when it was reported, in milliseconds since the epoch."""

    word: str
    timestamp: int | None


class Configurations:
    """The monitoring configurations of one extension.

    ``seconds``: how long a request may wait for the schema of configurations, which comes some time after the first activation;
    it is not known which requests fail until then.
    """

    def __init__(self, client: Client, name: str, seconds: float = 0, tell: Tell = untold) -> None:
        self._client = at_its_api(client)
        self._extensions = Extensions(client)
        self._seconds = seconds
        self._tell = tell
        self.name = name
        self._path = extension_path(name, "monitoringConfigurations")

    def active_version(self) -> str | None:
        """None: the extension is not active, or unknown."""
        return self._extensions.active_version(self.name)

    def schema(self, version: str) -> Schema:
        """What a configuration for this version may hold. Raises InputError for a version that is not stored.

        It is read once for each client, since a version never changes.
        """
        path = extension_path(self.name, version, "schema")
        key = ("schema", path)
        schema: Schema | None = self._client.memory.get(key)
        if schema is None:
            try:
                schema = self._when_known(lambda: self._client.get(path, None, self._read_schema))
            except ApiError as error:
                if not error.is_absence:
                    raise
                raise InputError(
                    f"this environment has no extension {self.name} in version {version}: {error.message}. Upload it first, "
                    "and quote versions, because YAML reads 1.10 as 1.1"
                ) from error
            self._client.memory[key] = schema
        return schema

    def listed(self, version: str | None = None, active: bool | None = None) -> list[StoredObject]:
        """The configurations in the order of the API, all pages; empty for an unknown extension."""
        params = {"pageSize": PAGE_SIZE, "version": version, "active": active}

        def read() -> list[StoredObject]:
            return list(self._client.pages(self._path, params, "items", self._read))

        return self._extensions.unless_there_are_none(self.name, lambda: self._when_known(read))

    def one(self, configuration_id: str) -> StoredObject | None:
        """None: there is none with this id (any more)."""

        def read(answer: Part) -> StoredObject:
            stored = self._read(answer)
            if stored.object_id != configuration_id:
                raise ShapeError("another configuration than was asked for")
            return stored

        return unless_absent(lambda: self._client.get(self._path_of(configuration_id), None, read))

    def create(self, items: Sequence[Mapping[str, Any]]) -> Sequence[str | ApiError]:
        """For each item the id of what was made, or the refusal. Raises where the answer is about the array as a whole."""

        def send(read: Reader[Value]) -> Value:
            return self._when_known(lambda: self._client.post(self._path, list(items), read))

        return sent_array(send, self._client.url(self._path), len(items), _read_id)

    @property
    def takes_arrays(self) -> bool:
        """Whether ``create`` can be used; the platform takes one at a time."""
        return not self._client.is_platform

    def create_one(self, item: Mapping[str, Any]) -> str:
        """The id of what was made; a refusal is raised."""
        if not self.takes_arrays:
            return self._when_known(lambda: self._client.post(self._path, item, _read_id))
        (row,) = self.create([item])
        if isinstance(row, ApiError):
            raise row
        return row

    def update(self, configuration_id: str, value: Mapping[str, Any]) -> None:
        path = self._path_of(configuration_id)
        self._when_known(lambda: self._client.put(path, {"value": value}, _read_id))

    def delete(self, configuration_id: str) -> None:
        self._client.delete(self._path_of(configuration_id))

    def statuses(self, ids: Sequence[str]) -> dict[str, ConfigurationStatus]:
        """By id, of those that have one. One request for all; servers of before 1.318 have to be asked for each."""
        told = self._all_statuses() if len(ids) > 1 else None
        statuses = {}
        for configuration_id in ids:
            status = self._status(configuration_id) if told is None else told.get(configuration_id)
            if status is not None:
                statuses[configuration_id] = status
        return statuses

    def _all_statuses(self) -> Mapping[str, ConfigurationStatus] | None:
        """None: the server has no such call, and takes the path for that of a configuration."""
        try:
            return self._client.get(f"{self._path}/status", None, _read_statuses)
        except ApiError as error:
            if error.status in (400, 404):
                return None
            raise

    def _status(self, configuration_id: str) -> ConfigurationStatus | None:
        """None when the server knows none."""
        return unless_absent(lambda: self._client.get(f"{self._path_of(configuration_id)}/status", None, _read_status))

    def _when_known(self, send: Callable[[], Value]) -> Value:
        """What ``send`` gives as soon as the schema is there."""
        patience = Patience(self._seconds, self._tell)
        while True:
            try:
                return send()
            except ApiError as error:
                if not error.is_absence or NO_SCHEMA not in error.message or self.active_version() is None:
                    raise
                text = f"{self.name} is active, but the schema of its configurations is not there yet: {error.msg}"
                patience.wait(TransportError(text, error.method, error.url))

    def _path_of(self, configuration_id: str) -> str:
        return extension_path(self.name, "monitoringConfigurations", configuration_id)

    def _read(self, row: Part) -> StoredObject:
        """Without a scope or a value nobody could tell which one it is, and it would be made once more."""
        value = document(Part(row.value("value"), f"{row.place}.value".lstrip(".")))
        return StoredObject(row.text("objectId"), f"ext:{self.name}", row.text("scope"), value)

    def _read_schema(self, answer: Part) -> Schema:
        properties = {
            VERSION: _VERSION_PROPERTY,
            **_ATTRIBUTES,
            **document(Part(answer.value("properties"), "properties")),
        }
        return read_schema(Part({"schemaId": f"ext:{self.name}", **document(answer), "properties": properties}))


def version_of(stored: StoredObject) -> str | None:
    """The version that a configuration is made for."""
    version = stored.value.get(VERSION)
    return version if isinstance(version, str) else None


def _read_id(answer: Part) -> str:
    return answer.text("objectId")


def _read_status(answer: Part) -> ConfigurationStatus:
    return ConfigurationStatus(answer.text("status"), _milliseconds(answer))


def _milliseconds(answer: Part) -> int | None:
    """A number on the classic API; on the platform a text, of which nobody says whether it is that number or a date."""
    if not isinstance(answer.value("timestamp"), str):
        return answer.number("timestamp")
    text = answer.text("timestamp")
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        return round((moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise ShapeError(f"a text where a time was expected at {answer.place}timestamp") from None


def _read_statuses(answer: Part) -> dict[str, ConfigurationStatus]:
    """A list on the classic API, and one in an object on the platform."""
    rows = answer.rows() if isinstance(answer.raw, list) else answer.required_parts("items")
    statuses = {}
    for row in rows:
        statuses[row.text("configurationId")] = _read_status(row)
    return statuses
