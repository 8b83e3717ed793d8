# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether an active version can be used already: its assets and its configuration schema come later (FACTS sections 2.3, 2.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._errors import ApiError, StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions import api as stored
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.patience import Looks, Patience
from ansible_collections.community.dynatrace.plugins.module_utils._http.client import Client

# The words are not documented. One that is in neither list is taken for the end, since no wait should hang on a word.
_UNFINISHED = re.compile(
    r"pending|progress|importing|installing|processing|queued|waiting|running|started", re.IGNORECASE
)
_FAILED = re.compile(r"fail|error", re.IGNORECASE)


class Ready(Looks):
    """Until the assets of the active version are there, and the schema of its configurations.

    A look raises StateError when the import of assets ended with errors, or when another version is active by now.
    """

    def __init__(self, client: Client, name: str, version: str, patience: Patience) -> None:
        super().__init__(patience)
        self._client = client
        self._name = name
        self._version = version
        self._stage = 0  # how many of the looks have found what they look for

    def look(self) -> str | None:
        for missing in (_assets_missing, _schema_missing, _configurations_missing)[self._stage :]:
            text = missing(self._client, self._name, self._version)
            if text is not None:
                return text
            self._stage += 1
        return None

    def state(self) -> dict[str, Any]:
        return {**super().state(), "stage": self._stage}

    def restore(self, state: Mapping[str, Any]) -> None:
        super().restore(state)
        self._stage = state["stage"]


def _assets_missing(client: Client, name: str, version: str) -> str | None:
    shown = stored.found(client, stored.extension_path(name, "environmentConfiguration", "assets"))
    if not isinstance(shown, Mapping):
        return f"{name} {version} was activated, but the server does not show it as active yet"
    if shown.get("version") not in (None, version):
        return f"{name} {version} was activated, but the server shows the assets of {shown['version']}"
    status = str(shown.get("status") or "")
    if _UNFINISHED.search(status):
        return f"the assets of {name} {version} are not imported yet (status {status})"
    errors = [str(error) for error in shown.get("errors") or []]
    if errors or _FAILED.search(status):
        raise StateError(
            f"{name} {version} is active, but its assets were not imported: {'; '.join(errors) or status}. "
            "Correct them and upload a new version, or activate another one"
        )
    return None


def _schema_missing(client: Client, name: str, version: str) -> str | None:
    if stored.found(client, stored.extension_path(name, version, "schema")) is not None:
        return None
    return _unless_nothing_to_configure(client, name, version)


def _configurations_missing(client: Client, name: str, version: str) -> str | None:
    """Nobody says which of the reads needs the schema that is registered at activation, so both are asked."""
    path = stored.extension_path(name, "monitoringConfigurations")
    try:
        client.get(path, {"pageSize": 1})
    except ApiError as error:
        if not error.is_absence:
            raise
        return _unless_nothing_to_configure(client, name, version)
    return None


def _unless_nothing_to_configure(client: Client, name: str, version: str) -> str | None:
    """An extension without data sources, such as one of dashboards alone, never gets a configuration schema."""
    details = stored.version_details(client, name, version)
    if details is not None and not details.get("dataSources"):
        return None
    return f"the configuration schema of {name} {version} is not there yet"
