# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Reads what there is of wanted monitoring configurations: they themselves, and the schemas that their values follow."""

from __future__ import annotations

from collections.abc import Sequence

from .._errors import CollectionError, InputError, StateError
from .._settings.schema import Schema
from .._settings.stored import StoredObject
from .api import Configurations, version_of
from .configuration_plan import FoundConfiguration, candidates, find
from .wanted import WantedConfiguration


class Finder:
    """Of one run. Which versions there are, and which one is active, is read once."""

    def __init__(self, api: Configurations) -> None:
        self._api = api
        self._missing: dict[str, InputError] = {}
        self._active: list[str | None] = []

    def all_of(self, wanted: Sequence[WantedConfiguration]) -> list[FoundConfiguration | CollectionError]:
        """By one list. For each what there is, or why it cannot be told which one is meant."""
        stored = self._api.listed()
        return [self._tried(configuration, stored) for configuration in wanted]

    def found(self, wanted: WantedConfiguration, stored: Sequence[StoredObject]) -> FoundConfiguration:
        """Raises InputError or StateError where it cannot be told which one is meant, or for an unknown version."""
        here = candidates(wanted, stored)
        known = self._any_schema(wanted, here)
        target = find(known, wanted, here)
        if not wanted.is_present:
            return FoundConfiguration(target, known)
        version = wanted.version or (version_of(target) if target else self._active_version())
        if not version:
            return FoundConfiguration(target, is_possible=False)
        schema = self._schema(version)
        return FoundConfiguration(target, schema, version, bool(target or self._active_version()))

    def found_now(self, wanted: WantedConfiguration) -> FoundConfiguration:
        """By a list of this moment."""
        return self.found(wanted, self._api.listed())

    def _tried(
        self, wanted: WantedConfiguration, stored: Sequence[StoredObject]
    ) -> FoundConfiguration | CollectionError:
        try:
            return self.found(wanted, stored)
        except (InputError, StateError) as error:
            return error

    def _any_schema(self, wanted: WantedConfiguration, here: Sequence[StoredObject]) -> Schema | None:
        """To compare what identifies, and to know what is secret, that of any version does; some may be gone."""
        first = [wanted.version] if here and wanted.is_present else []
        for version in dict.fromkeys([*first, *map(version_of, here)]):
            try:
                if version:
                    return self._schema(version)
            except InputError:
                continue
        return None

    def _schema(self, version: str) -> Schema:
        if version in self._missing:
            raise self._missing[version]
        try:
            return self._api.schema(version)
        except InputError as error:
            self._missing[version] = error
            raise

    def _active_version(self) -> str | None:
        if not self._active:
            self._active.append(self._api.active_version())
        return self._active[0]
