# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States of Terraform in both documented forms, and what is not a state."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform_state import (
    Instance,
    State,
    TerraformError,
    read_state,
)

from tests.support.terraform import PLANTED, Resource, shown, stored

RESOURCES = [
    Resource("dynatrace_management_zone_v2", "plain", "id-0", values={"name": PLANTED}),
    Resource("dynatrace_management_zone_v2", "counted", "id-1", key=0),
    Resource("dynatrace_management_zone_v2", "counted", "id-2", key=1),
    Resource("dynatrace_alerting", "each", "id-3", key='a.b "c" ${d} %{e} ü\n\\'),
    Resource("dynatrace_alerting", "in_module", "id-4", module="module.one"),
    Resource("dynatrace_alerting", "deep", "id-5", module='module.one["x.y"].module.two[3]', key="k"),
    Resource("dynatrace_alerting", "looked-up", "id-6", mode="data"),
    Resource(
        "aws_instance", "web", "i-123", provider="registry.terraform.io/hashicorp/aws", values={"password": PLANTED}
    ),
    Resource("dynatrace_alerting", "mirrored", "id-7", provider="registry.example.com/mirror/dynatrace"),
    Resource("dynatrace_alerting", "of_tofu", "id-8", provider="registry.opentofu.org/dynatrace-oss/dynatrace"),
    Resource("dynatrace_alerting", "tainted", "id-9", is_tainted=True),
    Resource("dynatrace_alerting", "replaced", "id-10"),
    Resource("dynatrace_alerting", "replaced", "id-11", deposed="4a5b6c7d"),
    Resource("dynatrace_alerting", "without_id", None),
]
EXPECTED = {
    "dynatrace_management_zone_v2.plain": ("dynatrace_management_zone_v2.plain", "id-0"),
    "dynatrace_management_zone_v2.counted[0]": ("dynatrace_management_zone_v2.counted", "id-1"),
    "dynatrace_management_zone_v2.counted[1]": ("dynatrace_management_zone_v2.counted", "id-2"),
    'dynatrace_alerting.each["a.b \\"c\\" $${d} %%{e} ü\\n\\\\"]': ("dynatrace_alerting.each", "id-3"),
    "module.one.dynatrace_alerting.in_module": ("module.one.dynatrace_alerting.in_module", "id-4"),
    'module.one["x.y"].module.two[3].dynatrace_alerting.deep["k"]': (
        "module.one.module.two.dynatrace_alerting.deep",
        "id-5",
    ),
    "dynatrace_alerting.mirrored": ("dynatrace_alerting.mirrored", "id-7"),
    "dynatrace_alerting.of_tofu": ("dynatrace_alerting.of_tofu", "id-8"),
    "dynatrace_alerting.tainted": ("dynatrace_alerting.tainted", "id-9"),
    "dynatrace_alerting.replaced": ("dynatrace_alerting.replaced", "id-10"),
    "dynatrace_alerting.without_id": ("dynatrace_alerting.without_id", None),
}


@pytest.mark.parametrize("form", [stored, shown])
def test_both_forms_say_the_same(form: Any) -> None:
    state = read_state(json.dumps(form(RESOURCES)))
    deposed = [instance for instance in state.instances if instance.is_deposed]
    there = [instance for instance in state.instances if not instance.is_deposed]
    assert {row.address: (row.resource, row.object_id) for row in there} == EXPECTED
    assert [(row.resource, row.object_id) for row in deposed] == [("dynatrace_alerting.replaced", "id-11")]
    assert state.others == 1
    assert PLANTED not in repr(state)


@pytest.mark.parametrize(
    "document",
    [
        stored([]),
        shown([]),
        {"format_version": "1.0"},
        {"format_version": "1.0", "values": {"outputs": {}, "root_module": {}}},
        {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}},
    ],
)
def test_an_empty_state(document: Any) -> None:
    assert read_state("\ufeff" + json.dumps(document)) == State([], 0)


@pytest.mark.parametrize(
    ("provider", "expected"),
    [
        ('provider["registry.terraform.io/dynatrace-oss/dynatrace"]', 1),
        ('provider["registry.terraform.io/dynatrace-oss/dynatrace"].second', 1),
        ('module.a.provider["registry.terraform.io/dynatrace-oss/dynatrace"].second', 1),
        ("provider.dynatrace", 1),
        ("module.a.provider.dynatrace.second", 1),
        ('provider["registry.terraform.io/hashicorp/aws"].dynatrace', 0),
        ("", 0),
    ],
)
def test_providers_of_a_state_file(provider: str, expected: int) -> None:
    document = stored([Resource("other_thing", "x", "id")])
    document["resources"][0]["provider"] = provider
    state = read_state(json.dumps(document))
    assert (len(state.instances), state.others) == (expected, 1 - expected)


def _changed(form: Any, change: Any) -> Any:
    document = form([Resource("dynatrace_alerting", "x", "id", module="module.a", values={"token": PLANTED})])
    change(document)
    return document


def _row(document: Any) -> Any:
    return (
        document["resources"][0] if "resources" in document else document["values"]["root_module"]["child_modules"][0]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        (PLANTED, "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "object at the top"),
        ("{}", "neither a state file"),
        ('{"version": 3, "modules": []}', "only state files of version 4"),
        ('{"version": "4"}', "only state files of version 4"),
        ('{"format_version": "2.0"}', "only the format 1"),
        ('{"format_version": "1.2", "planned_values": {}, "prior_state": {}}', "it is a plan"),
        ('{"format_version": "1.0", "values": []}', "no root_module"),
        # What other commands print has the same beginning.
        (
            '{"format_version": "1.0", "provider_schemas": {}}',
            "it is not what terraform show -json prints: it has no values",
        ),
        ('{"format_version": "1.0", "valid": true, "diagnostics": []}', "it has no values"),
        ('{"meta": {}, "encrypted_data": "x", "encryption_version": "v0"}', "it is encrypted"),
        ('{"version": 4, "resources": {}}', "resources of the state is not a list"),
        ('{"version": 4, "resources": [1]}', "resources of the state is not a list"),
        ('{"version": 4, "resources": [{}]}', "no mode"),
        ('{"version": 4, "resources": [{"mode": "managed", "instances": [1]}]}', "instances of a resource"),
    ],
)
def test_what_is_no_state(text: str, said: str) -> None:
    with pytest.raises(TerraformError, match=said) as caught:
        read_state(text)
    assert PLANTED not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("form", [stored, shown])
@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("type", "x { }\nresource"),
        ("type", None),
        ("name", "a.b"),
        ("name", 7),
        ("mode", None),
        ("module", f"module.{PLANTED} x"),
        ("module", ["module.a"]),
        ("module", 'module.a["x'),
    ],
)
def test_what_would_not_be_an_address(form: Any, part: str, value: Any) -> None:
    def change(document: Any) -> None:
        row = _row(document)
        if form is stored:
            row[part] = value
        elif part == "module":
            row["address"] = value
        else:
            row["resources"][0][part] = value

    with pytest.raises(TerraformError) as caught:
        read_state(json.dumps(_changed(form, change)))
    assert PLANTED not in str(caught.value)


def test_keys_that_are_none() -> None:
    document = stored([Resource("dynatrace_alerting", "x", "id")])
    document["resources"][0]["instances"][0]["index_key"] = {"a": PLANTED}
    assert read_state(json.dumps(document)).instances == [
        Instance("dynatrace_alerting.x[?]", "dynatrace_alerting.x", "dynatrace_alerting", "id")
    ]
