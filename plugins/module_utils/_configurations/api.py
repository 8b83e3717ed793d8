# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The calls for monitoring configurations (FACTS section 2.4), with what they take and give in this collection's terms.

To the server they are settings objects of the schema ``ext:NAME``, so what the settings package knows of schemas, values and
secrets holds for them as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ansible_collections.community.dynatrace.plugins.module_utils._errors import (
    ApiError,
    InputError,
    TransportError,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import (
    PAGE_SIZE,
    active_version,
    extension_path,
)
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Patience
from ansible_collections.community.dynatrace.plugins.module_utils._http import answers
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.wanted import Stored

# Every configuration names the version of the extension that it is made for.
VERSION = "version"
_VERSION_PROPERTY = {"type": "text", "nullable": False}
_NO_SCHEMA = "No schema with identifier"
Answer = TypeVar("Answer")


class Configurations:
    """The monitoring configurations of one extension.

    ``seconds``: how long a request may wait for the schema of configurations, which comes some time after the first activation;
    it is not known which requests fail until then.
    """

    def __init__(self, client: Client, name: str, seconds: float = 0) -> None:
        self._client = client
        self._seconds = seconds
        self.name = name
        self._path = extension_path(name, "monitoringConfigurations")

    def active_version(self) -> str | None:
        """None: the extension is not active, or unknown."""
        return active_version(self._client, self.name)

    def schema(self, version: str) -> Schema:
        """What a configuration for this version may hold. Raises InputError for a version that is not stored."""
        try:
            document = self._when_known(lambda: self._client.get(extension_path(self.name, version, "schema")))
        except ApiError as error:
            if not error.is_absence:
                raise
            raise InputError(
                f"this environment has no extension {self.name} in version {version}: {error.message}. Upload it first, "
                "and quote versions, because YAML reads 1.10 as 1.1"
            ) from error
        if not isinstance(document, Mapping):
            url = self._client.url(extension_path(self.name, version, "schema"))
            raise TransportError(f"GET {url} answered without a schema: is it the API?", "GET", url)
        properties = {VERSION: _VERSION_PROPERTY, **(document.get("properties") or {})}
        return Schema({"schemaId": f"ext:{self.name}", **document, "properties": properties})

    def rows(self, version: str | None = None, active: bool | None = None) -> list[Mapping[str, Any]]:
        """The configurations as the API gives them, all pages; empty for an unknown extension."""
        params: dict[str, Any] = {"pageSize": PAGE_SIZE}
        if version is not None:
            params["version"] = version
        if active is not None:
            params["active"] = active
        try:
            return self._when_known(lambda: list(self._client.pages(self._path, params, "items")))
        except ApiError as error:
            # Also of one that was never active.
            if error.is_absence:
                return []
            raise

    def listed(self) -> list[Stored]:
        return [Stored.read(row, f"ext:{self.name}", "") for row in self.rows()]

    def create(self, items: Sequence[Mapping[str, Any]]) -> list[Any]:
        """One entry an item: what was made, or an error envelope. If all are refused the API answers with an error."""
        answer = self._when_known(lambda: self._client.post(self._path, list(items)))
        return answer if isinstance(answer, list) else []

    def refusal(self, row: Any) -> ApiError | None:
        """What an entry of the answer to ``create`` says that was not accepted, None of one that was."""
        if not isinstance(row, Mapping):
            return None
        error = row.get("error")
        code = error.get("code") if isinstance(error, Mapping) else row.get("code")
        if not isinstance(error, Mapping) and (not isinstance(code, int) or code < 400):
            return None
        return answers.from_decoded("POST", self._client.url(self._path), code if isinstance(code, int) else 400, row)

    def update(self, configuration_id: str, value: Mapping[str, Any]) -> None:
        self._client.put(self._one(configuration_id), {"value": value})

    def delete(self, configuration_id: str) -> None:
        self._client.delete(self._one(configuration_id))

    def status(self, configuration_id: str) -> Mapping[str, Any] | None:
        """``status`` and ``timestamp``; None when the server knows none."""
        try:
            found = self._client.get(f"{self._one(configuration_id)}/status")
        except ApiError as error:
            if error.is_absence:
                return None
            raise
        return found if isinstance(found, Mapping) else None

    def statuses(self, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """By id. One request for all of them; servers of before 1.318 have to be asked for each."""
        if len(ids) > 1:
            try:
                rows = self._client.get(f"{self._path}/status")
                return {str(row.get("configurationId")): row for row in rows if isinstance(row, Mapping)}
            except ApiError as error:
                if error.status not in (400, 404):
                    raise
        found = {one: self.status(one) for one in ids}
        return {one: status for one, status in found.items() if status is not None}

    def _when_known(self, send: Callable[[], Answer]) -> Answer:
        """What ``send`` gives as soon as the schema is there."""
        patience = Patience(self._seconds)
        while True:
            try:
                return send()
            except ApiError as error:
                if not error.is_absence or _NO_SCHEMA not in error.message or self.active_version() is None:
                    raise
                text = f"{self.name} is active, but the schema of its configurations is not there yet: {error.msg}"
                patience.wait(TransportError(text, error.method, error.url))

    def _one(self, configuration_id: str) -> str:
        return extension_path(self.name, "monitoringConfigurations", configuration_id)
