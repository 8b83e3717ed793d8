# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What another version's schema refuses of a value that only changes its version."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.moving import refusals
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import ANY, Schema

PROPERTIES: dict[str, Any] = {
    "version": {"type": "text", "nullable": False},
    "dtAttributes": {"type": ANY},
    "token": {"type": "secret", "constraints": [{"type": "LENGTH", "minLength": 40}]},
    "interval": {"type": "integer", "nullable": False, "default": 5, "constraints": [{"type": "RANGE", "maximum": 60}]},
}


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        # A mask stands for a secret that nobody can check; attributes may be anything.
        ({"interval": 5, "token": "***0123456789abcdef***", "dtAttributes": {"a": [1]}}, []),
        ({"interval": 61}, ["value.interval"]),
        # No default is filled in: nothing but the version changes.
        ({}, ["value.interval is missing"]),
        ({"interval": 5, "gone": 1}, ["has no property gone"]),
        ({"interval": "often"}, ["value.interval must be a number"]),
    ],
)
def test_refusals(value: dict[str, Any], texts: list[str]) -> None:
    schema = Schema({"schemaId": "ext:x", "properties": PROPERTIES})
    refused = refusals(schema, {"version": "1.0.0", **value}, "2.0.0")
    assert len(refused) == len(texts)
    assert all(text in refusal for text, refusal in zip(texts, refused))
