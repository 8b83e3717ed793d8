# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._configurations.wanted import (
    from_params,
    raise_all,
)
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

VALUE = {"description": "one"}


def params(**given: Any) -> dict[str, Any]:
    """As the module hands them over."""
    return {
        "extension_name": "custom:x",
        "scope": None,
        "value": None,
        "version": None,
        "state": "present",
        "configuration_id": None,
        "match_on": ["description"],
        "value_mode": "merge",
        "update_secrets": "on_create",
        "configurations": None,
        "wait": False,
        "wait_timeout": 300,
        **given,
    }


def test_one() -> None:
    options = from_params(params(value=VALUE, value_mode="replace", update_secrets="always", wait=True))
    assert (options.name, options.is_list, options.wait, options.wait_timeout) == ("custom:x", False, True, 300)
    (wanted,) = options.configurations
    assert (wanted.label, wanted.version, wanted.given) == ("", None, {"value": VALUE})
    of = wanted.object
    assert (of.schema_id, of.scope, of.value, of.match_on) == ("ext:custom:x", "environment", VALUE, ("description",))
    assert (of.replace, of.always_secrets, of.is_present, of.object_id) == (True, True, True, None)


@pytest.mark.parametrize(
    ("match_on", "expected"), [([""], ("description",)), (["a", " "], ("a",)), ([], ()), (["b"], ("b",))]
)
def test_a_blank_match_on_is_not_given(match_on: list[str], expected: tuple[str, ...]) -> None:
    (wanted,) = from_params(params(value=VALUE, match_on=match_on)).configurations
    assert wanted.object.match_on == expected
    (wanted,) = from_params(params(match_on=["c"], configurations=[{"value": VALUE, "match_on": [""]}])).configurations
    assert wanted.object.match_on == ("c",)


def test_many_have_the_options_of_the_top() -> None:
    items = [
        {"value": VALUE, "scope": "", "state": None},
        {"value": {**VALUE, "version": 2}, "scope": "HOST-1", "state": "absent"},
        {"configuration_id": "id", "value": VALUE, "version": "1.0.0"},
    ]
    options = from_params(params(configurations=items, scope="ag_group-a", version="2"))
    assert options.is_list
    assert [wanted.label for wanted in options.configurations] == [
        "configurations[0] (one)",
        "configurations[1] (one)",
        "configurations[2] (one)",
    ]
    assert [wanted.object.scope for wanted in options.configurations] == ["ag_group-a", "HOST-1", None]
    assert [wanted.version for wanted in options.configurations] == ["2", "2", "1.0.0"]
    assert [wanted.is_present for wanted in options.configurations] == [True, False, True]
    assert options.configurations[0].given == {"value": VALUE}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({}, "value is missing"),
        ({"value": {"a": json.loads("[" * 100 + "]" * 100)}}, "value is nested more than 100 levels deep"),
        ({"value": VALUE, "wait_timeout": -1}, "wait_timeout must not be negative"),
        ({"value": VALUE, "extension_name": ".."}, "extension_name has the name '..'"),
        ({"value": VALUE, "configurations": []}, "value belongs to one configuration"),
        ({"configuration_id": "x", "configurations": []}, "configuration_id belongs to one"),
        ({"value": {"version": "1"}, "version": "2"}, "version is 2 and value.version 1"),
    ],
)
def test_what_cannot_be_right(given: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError) as caught:
        from_params(params(**given))
    assert text in caught.value.msg


def test_all_that_is_wrong_comes_out_at_once() -> None:
    with pytest.raises(InputError) as caught:
        from_params(params(configurations=[{}, {"value": VALUE}, {"configuration_id": "id"}]))
    assert list(caught.value.details["errors"]) == ["configurations[0]", "configurations[2] (id)"]
    raise_all({})
