# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which objects belong to an export, by values."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._settings.export_choice import Choice, chosen_ids
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .room import schema, stored

SCHEMAS = {"s": schema("s", ["name"]), "n": schema("n")}
FIXED = {"can_write": False, "can_delete": False}
ONE = stored("id-of-one", "s", "team-a/one", name="one", ref="id-of-two")
TWO = stored("id-of-two", "n", "team-b/two", name="two", ref="id-of-three")
THREE = stored("id-of-three", "n", name="three")
READ_ONLY = dataclasses.replace(stored("id-of-four", "s", name="four"), **FIXED)
FIVE = stored("id-of-five", "s", name="five", ref="id-of-four")
ON_HOST = StoredObject("id-on-host", "s", "HOST-1", {"name": "one"})
ALL = [ONE, TWO, THREE, READ_ONLY, FIVE, ON_HOST]


def chosen(**choice: Any) -> set[str]:
    return {name.removeprefix("id-") for name in chosen_ids(SCHEMAS, ALL, Choice(**choice))}


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({}, "of-one of-two of-three of-four of-five on-host"),
        ({"object_ids": ["id-of-two", "id-of-five", "unknown"]}, "of-two of-five"),
        ({"object_ids": []}, ""),
        ({"schema_ids": ["n"]}, "of-two of-three"),
        ({"schema_ids": ["s"], "names": ["five"], "with_referenced": True}, "of-five of-four"),
        ({"schema_ids": [], "with_referenced": True}, ""),
        ({"external_id_prefix": "team-a/"}, "of-one"),
        ({"names": ["t*"]}, "of-two of-three"),
        ({"names": ["one", "FIVE"]}, "of-one on-host"),
        ({"names": ["one"], "scopes": ["HOST-1"]}, "on-host"),
        ({"names": ["one"], "external_id_prefix": "team-b/"}, ""),
        ({"names": ["four"]}, ""),
        ({"names": ["four"], "omit_read_only": False}, "of-four"),
        ({"names": ["f*"]}, "of-four of-five"),
        ({"names": ["five"]}, "of-five"),
        ({"names": ["five"], "with_referenced": True}, "of-five of-four"),
        ({"external_id_prefix": "team-a/", "with_referenced": True}, "of-one of-two of-three"),
        ({"scopes": ["HOST-1"], "with_referenced": True}, "on-host"),
    ],
)
def test_what_belongs_to_it(choice: dict[str, Any], expected: str) -> None:
    assert chosen(**choice) == set(expected.split())


def test_objects_that_refer_to_each_other() -> None:
    circle = [stored("a", "n", name="a", ref="b"), stored("b", "n", name="b", ref="a")]
    assert chosen_ids(SCHEMAS, circle, Choice(names=["a"], with_referenced=True)) == {"a", "b"}
