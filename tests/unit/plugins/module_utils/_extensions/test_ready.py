# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import StateError
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.api import Assets, StoredVersion
from ansible_collections.community.dynatrace.plugins.module_utils._extensions.ready import Ready
from ansible_collections.community.dynatrace.plugins.module_utils._wait import Patience

IMPORTED = Assets("1.0.0", "SUCCESS", ())


class Stored:
    """What a server shows of custom:x 1.0.0; ``asked`` has the reads."""

    def __init__(self, assets: Assets | None, schema: bool = True, sources: Sequence[str] = ("python",)) -> None:
        self.shown, self.schema, self.sources = assets, schema, sources
        self.asked: list[str] = []

    def assets(self, name: str) -> Assets | None:
        self.asked.append("assets")
        return self.shown

    def schema_document(self, name: str, version: str) -> dict[str, Any] | None:
        self.asked.append("schema")
        return {} if self.schema else None

    def lists_configurations(self, name: str) -> bool:
        self.asked.append("configurations")
        return self.schema

    def version(self, name: str, version: str) -> StoredVersion:
        return StoredVersion(name, version, data_sources=self.sources)


def _ready(stored: Any) -> Ready:
    return Ready(stored, "custom:x", "1.0.0", Patience(10))


def test_assets_schema_and_configurations_are_asked_for_in_this_order() -> None:
    stored = Stored(IMPORTED)
    assert _ready(stored).look() is None
    assert stored.asked == ["assets", "schema", "configurations"]


@pytest.mark.parametrize(
    ("assets", "missing"),
    [
        (None, "does not show it as active yet"),
        (Assets("0.9.0", "SUCCESS", ()), "shows the assets of 0.9.0"),
        (Assets("1.0.0", "IN_PROGRESS", ()), "status IN_PROGRESS"),
    ],
)
def test_what_is_missing_of_the_assets(assets: Assets | None, missing: str) -> None:
    assert missing in str(_ready(Stored(assets)).look())


def test_what_was_found_is_not_asked_for_again() -> None:
    stored = Stored(IMPORTED, schema=False)
    ready = _ready(stored)
    assert ready.look() == "the configuration schema of custom:x 1.0.0 is not there yet"
    stored.schema = True
    assert ready.look() is None
    assert stored.asked == ["assets", "schema", "schema", "configurations"]


@pytest.mark.parametrize("assets", [Assets("1.0.0", "FAILED", ()), Assets("1.0.0", "SUCCESS", ("no dashboard",))])
def test_an_import_that_failed_ends_the_wait(assets: Assets) -> None:
    with pytest.raises(StateError, match=r"its assets were not imported: (FAILED|no dashboard)"):
        _ready(Stored(assets)).look()


def test_an_extension_without_data_sources_has_no_schema() -> None:
    assert _ready(Stored(IMPORTED, schema=False, sources=())).look() is None
