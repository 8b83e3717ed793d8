# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a state is exported, what is left, and what Terraform is to forget. The last by Terraform itself, where it is there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform import (
    finished,
    identified,
    removed,
    state_of,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._terraform_state import read_state

from tests.sandbox.settings.ids import make_object_id
from tests.support.terraform import Resource, is_there, stored, terraform

UUID = "a1b2c3d4-0000-3000-8000-00000000000"
ZONES, PROFILES = "builtin:management-zones", "builtin:alerting.profile"
SECRET = "hush-SECRET-hush"


def object_id(number: int, schema_id: str = ZONES) -> str:
    return make_object_id(schema_id, "environment", f"{UUID}{number}")


def state(*resources: Resource) -> dict[str, Any]:
    return state_of(read_state(json.dumps(stored(resources))))


def zone(name: str, number: int, **more: Any) -> Resource:
    return Resource("dynatrace_management_zone_v2", name, object_id(number), **more)


class TestIdentity:
    @pytest.mark.parametrize("behind", ["", "#MULTI#PART#ID#environment", "#-#environment#-#x"])
    def test_object_ids_alone_and_with_more_behind_them(self, behind: str) -> None:
        read = state(Resource("dynatrace_anything", "x", object_id(1) + behind))
        assert (read["object_ids"], read["schema_ids"], read["legacy_schema_ids"]) == ([object_id(1)], [ZONES], [])

    @pytest.mark.parametrize(
        ("kind", "text", "reason"),
        [
            ("dynatrace_json_dashboard", f"{UUID}1", "it is not a settings object"),
            ("dynatrace_iam_policy", f"{UUID}1#-#account#-#{UUID}2", "it belongs to the account"),
            ("dynatrace_alerting_profile", SECRET, "it is not a settings object"),
            ("dynatrace_settings_permissions", object_id(1), "settings_object_permission"),
            ("dynatrace_hub_extension_config", object_id(1, "ext:com.x"), "extension_monitoring_configuration"),
            ("dynatrace_management_zone_v2", None, "no id"),
        ],
    )
    def test_what_is_left(self, kind: str, text: str | None, reason: str) -> None:
        read = state(Resource(kind, "x", text, values={"token": SECRET}))
        (row,) = read["resources"]
        assert reason in row["reason"]
        assert (row["object_id"], read["object_ids"], read["schema_ids"]) == (None, [], [])
        assert SECRET not in json.dumps(read)

    def test_what_was_replaced(self) -> None:
        read = state(zone("x", 1), zone("x", 2, deposed="4a5b6c7d"))
        assert read["object_ids"] == [object_id(1)]
        assert "Terraform destroys it" in read["resources"][1]["reason"]

    def test_ids_of_classic_apis(self) -> None:
        read = state(
            Resource("dynatrace_alerting_profile", "a", f"{UUID}1"),
            Resource(
                "dynatrace_management_zone",
                "b",
                str(int.from_bytes(bytes.fromhex("a1b2c3d400003000"), "big", signed=True)),
            ),
            Resource("dynatrace_maintenance_window", "c", f"{UUID}3"),
            Resource("dynatrace_slo", "d", f"{UUID}4"),
        )
        assert read["legacy_schema_ids"] == sorted(
            [PROFILES, ZONES, "builtin:alerting.maintenance-window", "builtin:monitoring.slo"]
        )
        assert read["object_ids"] == []
        there = [object_id(2), object_id(1, PROFILES), object_id(3, PROFILES), "what is not an id"]
        known = [PROFILES, ZONES, "builtin:alerting.maintenance-window"]
        done = identified(read, known, there)
        assert [row["object_id"] for row in done["resources"]] == [object_id(1, PROFILES), object_id(2), None, None]
        assert [row["reason"] for row in done["resources"][2:]] == [
            "no object of builtin:alerting.maintenance-window has its id",
            "the environment has no schema builtin:monitoring.slo",
        ]
        assert (done["schema_ids"], done["legacy_schema_ids"]) == ([PROFILES, ZONES], [])

    def test_a_schema_that_the_environment_does_not_have(self) -> None:
        done = identified(state(zone("a", 1)), [PROFILES], [])
        assert (done["object_ids"], done["schema_ids"]) == ([], [])
        assert done["resources"][0]["reason"] == f"the environment has no schema {ZONES}"


class TestAfterwards:
    def test_counts_and_report(self) -> None:
        read = state(zone("a", 1), zone("same", 1), zone("gone", 2), Resource("dynatrace_json_dashboard", "d", "x"))
        outside = [{"key": "zones/a", "path": "owner", "object_id": "vu9", "schema_id": None}]
        done = finished(read, {"object_keys": {object_id(1): "zones/a", object_id(2): None}, "outside": outside})
        assert done["counts"] == {"exported": 1, "left": 2, "other_providers": 0}
        assert [row["key"] for row in done["resources"]] == ["zones/a", "zones/a", None, None]
        report, blocks = done["files"]
        assert report["content"].splitlines() == [
            "Exported: 1 object. Left in Terraform: 2 resources. Of other providers: 0.",
            "left: dynatrace_management_zone_v2.gone: the object is not in the environment",
            "left: dynatrace_json_dashboard.d: it is not a settings object: use community.dynatrace.api",
            "note: zones/a: owner is the id of an object that is not exported; it is valid only in this environment",
            "exported: dynatrace_management_zone_v2.a: zones/a",
            "exported: dynatrace_management_zone_v2.same: zones/a",
        ]
        assert re.findall("from = (.*)", blocks["content"]) == [
            "dynatrace_management_zone_v2.a",
            "dynatrace_management_zone_v2.same",
        ]

    def test_nothing_was_there(self) -> None:
        done = finished(state(), {"skipped": True})
        assert done["counts"] == {"exported": 0, "left": 0, "other_providers": 0}
        assert "removed {" not in done["files"][1]["content"]

    def test_a_block_only_where_nothing_of_a_resource_is_left(self) -> None:
        read = state(
            zone("all", 1, key="a"),
            zone("all", 2, key="b"),
            zone("some", 3, key="it's"),
            zone("some", 4, key="x"),
            zone("none", 5),
        )
        keys = {object_id(number): "key" for number in (1, 2, 3)}
        text = finished(read, {"object_keys": keys})["files"][1]["content"]
        assert re.findall("from = (.*)", text) == ["dynatrace_management_zone_v2.all"]
        assert """#   terraform state rm 'dynatrace_management_zone_v2.some["it'"'"'s"]'\n""" in text
        assert "none" not in text


# Terraform's own provider, which every Terraform has, in the place of Dynatrace's.
MAIN = """
resource "terraform_data" "plain" { input = "hush-SECRET-hush" }
resource "terraform_data" "each" {
  for_each = toset(["a", "b.c \\"q\\" $${x} %%{y}"])
}
resource "terraform_data" "counted" { count = 2 }
module "one" {
  source   = "./inner"
  for_each = toset(["x", "y.z"])
}
module "single" { source = "./inner" }
"""
INNER = """
resource "terraform_data" "inner" { count = 1 }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not is_there():
        pytest.skip("needs the program terraform")
    path = tmp_path_factory.mktemp("terraform")
    (path / "inner").mkdir()
    (path / "inner" / "main.tf").write_text(INNER, encoding="utf-8")
    (path / "main.tf").write_text(MAIN, encoding="utf-8")
    terraform(path, "init", "-no-color")
    terraform(path, "apply", "-auto-approve", "-no-color")
    return path


class TestByTerraformItself:
    """States that Terraform wrote. Its own resources take the place of Dynatrace's."""

    @staticmethod
    def renamed(text: str) -> str:
        """As if Dynatrace's provider had made it."""
        return text.replace("terraform.io/builtin/terraform", "registry.terraform.io/dynatrace-oss/dynatrace")

    def test_both_forms_of_a_real_state(self, folder: Path) -> None:
        from_file = read_state(self.renamed((folder / "terraform.tfstate").read_text(encoding="utf-8")))
        from_program = read_state(self.renamed(terraform(folder, "show", "-json")))
        addresses = set(terraform(folder, "state", "list").splitlines())
        assert {row.address for row in from_file.instances} == addresses
        assert sorted(map(repr, from_file.instances)) == sorted(map(repr, from_program.instances))
        assert len(addresses) == 8
        assert SECRET not in repr(from_file)

    def test_it_forgets_and_does_not_destroy(self, folder: Path, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        text = self.renamed((copy / "terraform.tfstate").read_text(encoding="utf-8"))
        rows = [{**row, "key": "exported"} for row in state_of(read_state(text))["resources"]]
        (copy / "main.tf").write_text("", encoding="utf-8")
        (copy / "removed.tf").write_text(removed(rows), encoding="utf-8")
        terraform(copy, "init", "-no-color")
        planned = terraform(copy, "plan", "-no-color")
        assert planned.count("will no longer be managed by Terraform, but will not be destroyed") == 8
        assert "Plan: 0 to add, 0 to change, 0 to destroy." in planned
        terraform(copy, "apply", "-auto-approve", "-no-color")
        assert terraform(copy, "state", "list") == ""

    def test_single_instances_by_commands(self, folder: Path, tmp_path: Path) -> None:
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        text = self.renamed((copy / "terraform.tfstate").read_text(encoding="utf-8"))
        rows = state_of(read_state(text))["resources"]
        kept = 'module.one["x"].terraform_data.inner[0]'
        rows = [{**row, "key": None if row["address"] == kept else "exported"} for row in rows]
        (command,) = re.findall("#   terraform (state rm) (.*)", removed(rows))[:1]
        terraform(copy, *command[0].split(), *shlex.split(command[1]))
        assert kept in terraform(copy, "state", "list")
        assert len(terraform(copy, "state", "list").splitlines()) == 7
