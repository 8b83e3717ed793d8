# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""States of Terraform in the two documented forms, and the program itself where it is there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# What only the state knows.
PLANTED = "planted-SECRET-of-the-state"
DYNATRACE = "registry.terraform.io/dynatrace-oss/dynatrace"
_KEY = re.compile(r'\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\]')
_STEP = re.compile(r'module\.[\w-]+(?:\[(?:[0-9]+|"(?:[^"\\]|\\.)*")\])?')


@dataclass(frozen=True)
class Resource:
    """An instance of a resource. ``module``: its address with keys. ``key``: of count or for_each."""

    kind: str
    name: str
    object_id: str | None
    module: str = ""
    key: Any = None
    mode: str = "managed"
    provider: str = DYNATRACE
    values: Mapping[str, Any] = field(default_factory=dict)
    is_tainted: bool = False
    deposed: str = ""


def stored(resources: Sequence[Resource]) -> dict[str, Any]:
    """A state file of version 4."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for resource in resources:
        row: dict[str, Any] = {"module": resource.module} if resource.module else {}
        row.update(
            mode=resource.mode,
            type=resource.kind,
            name=resource.name,
            provider=f'provider["{resource.provider}"]',
            instances=[],
        )
        row = rows.setdefault((resource.module, resource.mode, resource.kind, resource.name), row)
        instance: dict[str, Any] = {} if resource.key is None else {"index_key": resource.key}
        if resource.is_tainted:
            instance["status"] = "tainted"
        if resource.deposed:
            instance["deposed"] = resource.deposed
        attributes = {"id": resource.object_id, **resource.values}
        instance.update(schema_version=0, attributes=attributes, sensitive_attributes=[], private="bnVsbA==")
        row["instances"].append(instance)
    outputs = {"secret": {"value": PLANTED, "type": "string", "sensitive": True}}
    top = {"version": 4, "terraform_version": "1.11.4", "serial": 7, "lineage": "d9a9fd9a-3bbb-638c-b7cb-28aef4b70dd1"}
    return {**top, "outputs": outputs if resources else {}, "resources": list(rows.values()), "check_results": None}


def shown(resources: Sequence[Resource]) -> dict[str, Any]:
    """What ``terraform show -json`` prints."""
    top: dict[str, Any] = {"format_version": "1.0", "terraform_version": "1.11.4"}
    if not resources:
        return top
    root: dict[str, Any] = {}
    for resource in resources:
        row: dict[str, Any] = {
            "address": _address(resource),
            "mode": resource.mode,
            "type": resource.kind,
            "name": resource.name,
        }
        if resource.key is not None:
            row["index"] = resource.key
        row.update(
            provider_name=resource.provider, schema_version=0, values={"id": resource.object_id, **resource.values}
        )
        row["sensitive_values"] = {}
        if resource.is_tainted:
            row["tainted"] = True
        if resource.deposed:
            row["deposed_key"] = resource.deposed
        _module(root, resource.module).setdefault("resources", []).append(row)
    outputs = {"secret": {"sensitive": True, "value": PLANTED, "type": "string"}}
    return {**top, "values": {"outputs": outputs, "root_module": root}}


def _module(root: dict[str, Any], address: str) -> dict[str, Any]:
    module, path = root, ""
    for step in _STEP.findall(address):
        path = f"{path}.{step}" if path else step
        children = module.setdefault("child_modules", [])
        module = next((child for child in children if child["address"] == path), {"address": path})
        if module not in children:
            children.append(module)
    return module


def _address(resource: Resource) -> str:
    own = ("data." if resource.mode == "data" else "") + f"{resource.kind}.{resource.name}"
    if resource.key is not None:
        own += f"[{json.dumps(resource.key, ensure_ascii=False)}]"
    return f"{resource.module}.{own}" if resource.module else own


def is_there() -> bool:
    return shutil.which("terraform") is not None


def terraform(folder: Path, *arguments: str) -> str:
    """What the program prints, run in ``folder`` without the user's configuration."""
    (folder / "terraform.rc").touch()
    variables = {"TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"), "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
