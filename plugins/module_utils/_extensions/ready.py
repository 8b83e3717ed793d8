# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Whether an active version can be used already: its assets and its configuration schema come later (API facts, 2.3, 2.4)."""

from __future__ import annotations

import re

from .._errors import StateError
from .._wait import Looks, Patience
from .api import Extensions

# The words are not documented. One that is in neither list is taken for the end, since no wait should hang on a word.
_UNFINISHED = re.compile(
    r"pending|progress|importing|installing|processing|queued|waiting|running|started", re.IGNORECASE
)
_FAILED = re.compile(r"fail|error", re.IGNORECASE)


class Ready(Looks):
    """Until the assets of the active version are there, and the schema of its configurations.

    A look raises StateError when the import of assets ended with errors, or when another version is active by now.
    """

    def __init__(self, extensions: Extensions, name: str, version: str, patience: Patience) -> None:
        super().__init__(patience, self.look)
        self._extensions = extensions
        self._name = name
        self._version = version
        self._label = f"{name} {version}"
        # What has not been found yet, in the order in which it comes.
        self._waiting = [self._assets_missing, self._schema_missing, self._configurations_missing]

    def look(self) -> str | None:
        while self._waiting:
            missing = self._waiting[0]()
            if missing is not None:
                return missing
            del self._waiting[0]
        return None

    def _assets_missing(self) -> str | None:
        assets = self._extensions.assets(self._name)
        if assets is None:
            return f"{self._label} was activated, but the server does not show it as active yet"
        if assets.version not in (None, self._version):
            return f"{self._label} was activated, but the server shows the assets of {assets.version}"
        if _UNFINISHED.search(assets.status):
            return f"the assets of {self._label} are not imported yet (status {assets.status})"
        if assets.errors or _FAILED.search(assets.status):
            raise StateError(
                f"{self._label} is active, but its assets were not imported: {'; '.join(assets.errors) or assets.status}. "
                "Correct them and upload a new version, or activate another one"
            )
        return None

    def _schema_missing(self) -> str | None:
        if self._extensions.schema_document(self._name, self._version) is not None:
            return None
        return self._unless_nothing_to_configure()

    def _configurations_missing(self) -> str | None:
        """Nobody says which of the reads needs the schema that is registered at activation, so both are asked."""
        if self._extensions.lists_configurations(self._name):
            return None
        return self._unless_nothing_to_configure()

    def _unless_nothing_to_configure(self) -> str | None:
        """An extension without data sources, such as one of dashboards alone, never gets a configuration schema."""
        stored_version = self._extensions.version(self._name, self._version)
        if stored_version is not None and not stored_version.data_sources:
            return None
        return f"the configuration schema of {self._label} is not there yet"
