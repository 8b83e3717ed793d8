# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an object id says, and what is none."""

from __future__ import annotations

import base64
import json

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._object_id import ObjectId, read_object_id

from tests.sandbox.settings.ids import make_object_id
from tests.support.sandbox import REAL_SCHEMAS

CAPTURED = REAL_SCHEMAS.parent / "fixtures" / "GET_api_v2_settings_objects_OBJECTID.json"
KEY = "ffffffff-ffff-fffe-8000-000000000001"
ID = make_object_id("builtin:management-zones", "environment", KEY)


@pytest.mark.parametrize("scope", ["environment", "HOST-D3A3C5A146830A79"])
def test_schema_and_key(scope: str) -> None:
    assert read_object_id(make_object_id("app:a.b:c", scope, KEY)) == ObjectId("app:a.b:c", KEY)


@pytest.mark.parametrize("key", [KEY, "00000000-0000-0002-8000-000000000001", "no-uuid"])
def test_the_number_of_a_management_zone(key: str) -> None:
    expected = {KEY: -2, "00000000-0000-0002-8000-000000000001": 2, "no-uuid": None}
    read = read_object_id(make_object_id("s", "environment", key))
    assert read is not None
    assert read.number == expected[key]


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        KEY,
        "-1234567890",
        "HOST-D3A3C5A146830A79",
        "a",
        ID[:-1],
        ID[1:],
        ID + "A",
        f"{ID}#MULTI#PART#ID#x",
        "ä" * 40,
        _encoded(bytes.fromhex("beef54de15dadead00000001beef54de15dadead")),
        _encoded(bytes.fromhex("beef54de15dadead00000001ffffbeef54de15dadead")),
        _encoded(bytes.fromhex("beef54de15dadead0000000100beef54de15dadead")),
        _encoded(bytes.fromhex("beef54de15dadead")),
    ],
)
def test_what_is_no_object_id(text: str) -> None:
    assert read_object_id(text) is None


def test_a_real_one() -> None:
    if not CAPTURED.is_file():
        pytest.skip("needs captured answers, which are not here")
    answer = json.loads(CAPTURED.read_text(encoding="utf-8"))
    read = read_object_id(answer["objectId"])
    assert read is not None
    assert read.schema_id == answer["schemaId"]
