# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role settings_from_terraform by its playbook: from a state to files that change nothing, without a value of the state."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import Played, run
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.support.terraform import PLANTED, Resource, shown, stored
from tests.unit.plugins.modules.test_settings_export_info import NOTE, REMOTE, TAG, make

STORED = "stored-SECRET-of-the-environment"
ZONES, PROFILES = "builtin:management-zones", "builtin:alerting.profile"


def played(sandbox: RunningSandbox, folder: Path, form: Any, resources: Sequence[Resource], *more: str) -> Played:
    (folder / "state.json").write_text(json.dumps(form(resources)), encoding="utf-8")
    return repeated(sandbox, folder, *more)


def repeated(sandbox: RunningSandbox, folder: Path, *more: str) -> Played:
    sandbox.clear()
    variables = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    given = ["-e", "settings_from_terraform_state=state.json", "-e", "settings_from_terraform_path=out", "-vvvv", *more]
    return run(
        folder,
        ["community.dynatrace.settings_from_terraform"],
        "ansible-playbook",
        variables=variables,
        arguments=given,
    )


@pytest.fixture
def resources(sandbox: RunningSandbox) -> list[Resource]:
    """What somebody has made with Terraform, and some objects that nobody has."""
    remote = {"name": "place", "url": "https://place.example.com", "scope": "EXTERNAL", "token": STORED}
    first, second, _other, place, profile, gone = make(
        sandbox,
        {"schemaId": TAG, "value": {"name": "first", "enabled": True, "tags": ["a"]}},
        {"schemaId": TAG, "value": {"name": "second", "enabled": True, "tags": ["b"]}},
        {"schemaId": TAG, "value": {"name": "other", "enabled": True, "tags": ["c"]}},
        {"schemaId": REMOTE, "value": remote},
        {"schemaId": PROFILES, "value": {"name": "by a classic id", "severityRules": [], "eventFilters": []}},
        {"schemaId": NOTE, "value": {"text": "goes away"}},
    )
    store = sandbox.state.settings.store
    classic = store.get(profile)
    store.remove(store.get(gone))
    in_module = 'module.tags["a"]'
    return [
        Resource(
            "dynatrace_tag", "each", first, module=in_module, key="one", values={"name": "first", "hidden": PLANTED}
        ),
        Resource("dynatrace_tag", "each", f"{second}#MULTI#PART#ID#x", module=in_module, key="two"),
        Resource(
            "dynatrace_remote", "place", place, values={"token": PLANTED, "name": "another name than the real one"}
        ),
        Resource("dynatrace_alerting_profile", "classic", classic.key),
        Resource("dynatrace_note", "gone", gone, values={"text": PLANTED}),
        Resource("dynatrace_settings_permissions", "p", first),
        Resource("dynatrace_credentials", "vault", "CREDENTIALS_VAULT-1", values={"password": PLANTED}),
        Resource(
            "aws_db_instance",
            "db",
            "db-1",
            provider="registry.terraform.io/hashicorp/aws",
            values={"password": PLANTED},
        ),
        Resource("dynatrace_tag", "looked_up", first, mode="data", values={"name": PLANTED}),
    ]


@pytest.mark.timeout(100)
@pytest.mark.parametrize("form", [stored, shown])
def test_exactly_what_terraform_manages(
    sandbox: RunningSandbox, tmp_path: Path, resources: list[Resource], form: Any
) -> None:
    done = played(sandbox, tmp_path, form, resources)
    assert done.code == 0, done.output[-3000:]
    assert sandbox.writes == []
    folder = tmp_path / "out"
    names = sorted(path.name for path in folder.iterdir())
    files = [name for name in names if name.startswith("builtin_")]
    assert [name for name in names if name not in files] == ["removed.tf", "report.txt", "secrets.example.yml"]
    objects = [row for name in files for row in yaml.safe_load((folder / name).read_text(encoding="utf-8"))["objects"]]
    assert sorted(row["value"]["name"] for row in objects) == ["by a classic id", "first", "place", "second"]
    report = (folder / "report.txt").read_text(encoding="utf-8").splitlines()
    assert len([line for line in report if line.startswith("exported: ")]) == 4
    assert report[:4] == [
        "Exported: 4 objects. Left in Terraform: 3 resources. Of other providers: 1.",
        "left: dynatrace_note.gone: the object is not in the environment",
        "left: dynatrace_settings_permissions.p: permissions are kept by community.dynatrace.settings_object_permission",
        "left: dynatrace_credentials.vault: it is not a settings object: use community.dynatrace.api",
    ]
    blocks = (folder / "removed.tf").read_text(encoding="utf-8")
    assert sorted(line.split()[-1] for line in blocks.splitlines() if "from =" in line) == [
        "dynatrace_alerting_profile.classic",
        "dynatrace_remote.place",
        "module.tags.dynatrace_tag.each",
    ]

    # Nothing of the values of the state goes anywhere.
    (tmp_path / "state.json").unlink()
    written = [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert not [text for text in (*written, done.output, done.log) if PLANTED in text or STORED in text]
    assert "another name than the real one" not in "".join(written) + done.output

    result = sandbox.run("settings_objects", objects=_items(folder))
    assert not result.get("failed"), result["msg"]
    assert (result["changed"], len(result["objects"])) == (False, 4)


def _items(folder: Path) -> list[dict[str, Any]]:
    """As settings_apply takes them, secrets left out."""
    found = []
    for path in sorted(folder.glob("builtin_*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        shared = {"schema_id": content["schema_id"], "value_mode": content["value_mode"]}
        found += [{**shared, **row} for row in content["objects"]]
    for item in found:
        item["value"].pop("token", None)
    return found


@pytest.mark.timeout(100)
def test_again_in_check_mode_and_with_nothing_left_out(
    sandbox: RunningSandbox, tmp_path: Path, resources: list[Resource]
) -> None:
    checked = played(sandbox, tmp_path, stored, resources, "--check")
    assert checked.code == 0, checked.output[-3000:]
    assert not (tmp_path / "out").exists()
    assert "changed=1" in checked.output
    failed = repeated(sandbox, tmp_path, "-e", "settings_from_terraform_fail=true")
    assert failed.code == 2
    assert "3 resources of the state are left, see report.txt: dynatrace_note.gone, " in failed.output
    assert (tmp_path / "out" / "report.txt").is_file()
    again = repeated(sandbox, tmp_path)
    assert "changed=0" in again.output


@pytest.mark.timeout(100)
def test_an_empty_state_asks_the_environment_nothing(sandbox: RunningSandbox, tmp_path: Path) -> None:
    done = played(sandbox, tmp_path, shown, [])
    assert done.code == 0, done.output[-3000:]
    assert sandbox.sent == []
    assert "Exported: 0 objects. Left in Terraform: 0 resources. Of other providers: 0." in done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["removed.tf", "report.txt"]


@pytest.mark.timeout(100)
def test_what_cannot_be_read_is_said_without_its_content(sandbox: RunningSandbox, tmp_path: Path) -> None:
    for text in (f'{{"password": "{PLANTED}"', f'{{"version": 3, "password": "{PLANTED}"}}'):
        (tmp_path / "state.json").write_text(text, encoding="utf-8")
        done = repeated(sandbox, tmp_path)
        assert done.code == 2
        assert "state.json cannot be read: " in done.output
        assert PLANTED not in done.output + done.log
        assert sandbox.sent == []
