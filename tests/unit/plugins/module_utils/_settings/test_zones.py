# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The number of a management zone inside its object id."""

from __future__ import annotations

import uuid

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.zones import SCHEMA, zone_number

from tests.sandbox.settings.ids import ENVIRONMENT, make_object_id

REST = 0x8123456789ABCDEF


@pytest.mark.parametrize("number", [0, 1, -1, 7, -4292415658385853785, 2**63 - 1, -(2**63)])
def test_the_number_is_the_first_half_of_the_key(number: int) -> None:
    key = uuid.UUID(int=(number % 2**64) << 64 | REST)
    assert zone_number(make_object_id(SCHEMA, ENVIRONMENT, str(key))) == str(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "-7",
        "some zone",
        "ümlaut",
        "a" * 120,
        "vu9U3hXa3q0" * 20,
        "x" * 501,
        make_object_id("builtin:alerting.profile", ENVIRONMENT, str(uuid.UUID(int=1))),
        make_object_id(SCHEMA, ENVIRONMENT, "no-uuid"),
    ],
)
def test_what_is_no_object_id_of_a_zone_stays(text: str) -> None:
    assert zone_number(text) == text
