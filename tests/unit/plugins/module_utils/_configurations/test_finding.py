# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._configurations.finding import Finder
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError
from ansible_collections.community.dynatrace.plugins.module_utils._settings.schema import Schema
from ansible_collections.community.dynatrace.plugins.module_utils._settings.stored import StoredObject

from .test_configuration_plan import many, schema, there, wanted


class Api:
    """``versions``: those that are stored. ``asked``: what was read, but lists."""

    def __init__(self, *versions: str, active: str | None = "1", stored: tuple[StoredObject, ...] = ()) -> None:
        self.schemas = {version: schema() for version in versions}
        self.active = active
        self.stored = stored
        self.asked: list[str] = []

    def listed(self) -> list[StoredObject]:
        return list(self.stored)

    def schema(self, version: str) -> Schema:
        self.asked.append(version)
        if version not in self.schemas:
            raise InputError(f"no {version}")
        return self.schemas[version]

    def active_version(self) -> str | None:
        self.asked.append("active")
        return self.active


def finder(*versions: str, **more: Any) -> tuple[Any, Finder]:
    api: Any = Api(*versions, **more)
    return api, Finder(api)


def test_a_new_one_follows_the_active_version() -> None:
    api, found = finder("1", "2", active="2")
    one = found.found_now(wanted(value={"description": "x"}))
    assert (one.target, one.version, one.schema, one.is_possible) == (None, "2", api.schemas["2"], True)
    assert api.asked == ["active", "2"]


def test_one_that_is_there_keeps_its_own() -> None:
    target = there("a", description="x")
    api, found = finder("1", "2", active="2", stored=(target,))
    one = found.found_now(wanted(value={"description": "x"}))
    assert (one.target, one.version) == (target, "1")
    assert "active" not in api.asked


def test_where_none_is_active() -> None:
    for given in ({}, {"version": "1"}):
        _api, found = finder("1", active=None)
        assert not found.found_now(wanted(value={"description": "x"}, **given)).is_possible


def test_a_version_that_is_gone_does_not_hinder_a_deletion() -> None:
    target = there("a", description="x")
    api, found = finder("2", stored=(target,))
    one = found.found_now(wanted(value={"description": "x"}, state="absent"))
    assert (one.target, one.schema) == (target, None)
    assert api.asked == ["1"]


def test_an_unknown_version_is_asked_for_once() -> None:
    api, found = finder("1")
    first, second = found.all_of(many({"description": "x"}, {"description": "y"}, version="9"))
    assert isinstance(first, InputError)
    assert second is first
    assert api.asked == ["9"]


def test_a_stored_version_that_is_no_text() -> None:
    strange = StoredObject("a", "ext:x", "environment", {"description": "x", "version": ["1"]})
    _api, found = finder("1", stored=(strange,))
    assert found.found_now(wanted(value={"description": "x"}, version="1")).target == strange
