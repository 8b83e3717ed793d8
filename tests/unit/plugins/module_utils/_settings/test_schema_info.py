# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema_info import read

from .room import Memory, absence, task

SCHEMAS = "GET /v2/settings/schemas"


def schemas(client: Memory, schema_id: str | None = None, version: str | None = None) -> Any:
    return read(task(client, {"schema_id": schema_id, "schema_version": version})[0]).things["schemas"]


def test_all() -> None:
    assert schemas(Memory(**{SCHEMAS: {"items": [{"schemaId": "s"}]}})) == [{"schemaId": "s"}]


def test_a_document_as_it_is() -> None:
    client = Memory(**{f"{SCHEMAS}/s": {"odd": [1]}, f"{SCHEMAS}/nobody": absence()})
    assert schemas(client, "s", "1.2") == [{"odd": [1]}]
    assert client.requests == [(f"{SCHEMAS}/s", {"schemaVersion": "1.2"})]
    assert schemas(client, "nobody") == []


def test_a_version_of_nothing() -> None:
    with pytest.raises(InputError, match="give schema_id as well"):
        schemas(Memory(), None, "1")
