# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to an option that a module has under another name, or another module has."""

from __future__ import annotations

import importlib
import itertools
import re
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module
from ansible_collections.community.dynatrace.plugins.module_utils._near import _COMMON, NEAR, advices

PACKAGE = "ansible_collections.community.dynatrace.plugins.modules."
# Modules that are easily taken for each other.
ALIKE = [
    ("activegate_update_job", "activegate_update_jobs"),
    ("settings_object", "settings_objects"),
    ("settings_object_info", "settings_history_info"),
    ("extension", "extension_upload"),
    ("extension_info", "extension_monitoring_configuration_info"),
    ("api", "api_info"),
]
_GIVE = re.compile(r"give (\w+)(?: or (\w+))?")
_ELSEWHERE = re.compile(r"it is an option of (\w+)")


def options(name: str) -> dict[str, Any]:
    module: Module = importlib.import_module(PACKAGE + name).MODULE
    return module.argument_spec


def advice(module: str, *unknown: str) -> list[str]:
    return advices(module, options(module.rpartition(".")[2]), dict.fromkeys(unknown))


@pytest.mark.parametrize(("have", "lack"), [pair for family in ALIKE for pair in itertools.permutations(family, 2)])
def test_what_one_of_two_has_the_other_has_or_names_the_way(have: str, lack: str) -> None:
    there = options(lack)
    assert [name for name in options(have) if name not in there and not advice(lack, name)] == []


@pytest.mark.parametrize("module", sorted(NEAR))
def test_an_entry_is_about_what_the_module_does_not_have(module: str) -> None:
    there = options(module)
    assert sorted(set(NEAR[module]) & set(there)) == []
    for name, text in NEAR[module].items():
        for other in _ELSEWHERE.findall(text):
            assert name in options(other)
        for meant in itertools.chain(*_GIVE.findall(text)):
            assert not meant or meant in there


def test_common_names_lead_to_common_options() -> None:
    there = options("api")
    for text in _COMMON.values():
        assert [name for name in itertools.chain(*_GIVE.findall(text)) if name and name not in there] == []


@pytest.mark.parametrize(
    ("module", "unknown", "expected"),
    [
        ("activegate_update_jobs", "wait", "always waits"),
        ("community.dynatrace.activegate_update_jobs", "activegate_id", "give activegate_ids"),
        ("activegate_update_job", "batch", "activegate_update_jobs"),
        ("settings_object", "schema_ids", "give schema_id"),
        ("settings_object_info", "scope", "give scopes"),
        ("settings_object", "valeu", "give value"),
        ("settings_object", "schemaId", "give schema_id"),
        ("settings_object", "Scope", "give scope"),
        ("settings_object", "verify_ssl", "give validate_certs"),
        ("settings_files", "verify_ssl", None),
        ("settings_object", "color", None),
        ("settings_object", "s", None),
    ],
)
def test_the_way(module: str, unknown: str, expected: str | None) -> None:
    assert (expected is None) == (advice(module, unknown) == [])
    for text in advice(module, unknown):
        assert text.startswith(f"About {unknown}: ")
        assert str(expected) in text


def test_all_of_them_and_those_in_items() -> None:
    given = {"objects": [{"valeu": 1, "schema_id": "s"}, {"valeu": 2}, "text"], "external_id": "e", "path": None}
    assert advices("settings_objects", options("settings_objects"), given) == [
        "About external_id: it belongs to each item: write it into the items of objects.",
        "About objects.valeu: give value.",
    ]
    assert advices("settings_objects", options("settings_objects"), {"objects": None, "prune": 5}) == []
