# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Layers and values of the roles settings_apply and settings_drift, given as lists, as one text, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.playbook import play
from tests.support.sandbox import TOKEN, RunningSandbox

TAG = "builtin:sandbox.tag-rule"


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


@pytest.mark.timeout(100)
def test_several_folders_and_values(sandbox: RunningSandbox, tmp_path: Path) -> None:
    value = {"name": {"$value": "name"}, "description": {"$value": "about"}, "tags": {"$value": "tags"}}
    write(
        tmp_path / "base" / "tag.yml",
        {"schema_id": TAG, "value_mode": "replace", "objects": [{"key": "a", "value": value}]},
    )
    write(tmp_path / "base" / "values" / "one.yml", {"name": "file", "about": "of the environment", "tags": []})
    write(tmp_path / "team" / "tag.yml", [{"key": "a", "value": {"enabled": False}}])
    write(tmp_path / "more.yml", {"about": "{{ 1 / 0 }}"})
    given = {
        "path": [str(tmp_path / "base"), str(tmp_path / "team")],
        "environment": "one",
        "values_files": str(tmp_path / "more.yml"),
        "values": json.dumps({"tags": ["given"]}),
    }
    # What is not said of drift is as in settings_apply.
    variables = {f"settings_apply_{name}": option for name, option in given.items()}
    folder = str(tmp_path / "drift")
    more = {"settings_drift_fail": True, "settings_drift_report_path": folder, "settings_drift_path": given["path"]}
    (tmp_path / "given.json").write_text(json.dumps({**variables, **more}), encoding="utf-8")
    roles = [f"community.dynatrace.settings_{role}" for role in ("apply", "drift")]
    plays = [{"hosts": "localhost", "gather_facts": False, "roles": roles}]
    environment = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    played = play(tmp_path, plays, variables=environment, arguments=["-e", f"@{tmp_path}/given.json"])
    assert played.code == 0, played.output[-3000:]
    rules = sandbox.run("settings_object_info", schema_ids=[TAG])["objects"]
    (found,) = [rule["value"] for rule in rules if rule["value"]["name"] == "file"]
    assert found == {"name": "file", "description": "{{ 1 / 0 }}", "tags": ["given"], "enabled": False}
    assert (tmp_path / "drift" / "outcome").read_text(encoding="utf-8").strip() == "unchanged"
