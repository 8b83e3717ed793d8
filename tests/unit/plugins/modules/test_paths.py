# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that name files and folders: whatever is at the path, the task ends in time, says which path and why, and sends nothing."""

from __future__ import annotations

import importlib
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.community.dynatrace.plugins.module_utils._module import Module

from tests.support.module import PACKAGE, run_in_action
from tests.support.sandbox import TOKEN, RunningSandbox
from tests.unit.plugins.modules.cases import CASES, Case, write_package

MODULES: dict[str, Module] = {case.module: importlib.import_module(PACKAGE + case.module).MODULE for case in CASES}
# What must be beside an option for it to count, in place of what a case gives.
_INSTEAD: dict[tuple[str, str], dict[str, Any]] = {
    ("settings_objects", "path"): {"objects": None},
    ("settings_objects", "values_files"): {"objects": None},
    ("extension_certificate", "path"): {"content": None},
    ("extension_upload", "keep_in"): {"on_mismatch": "replace"},
    ("api", "src"): {"body": None},
}
_CONNECTION = ("ca_path", "client_cert", "client_key")
# Folders that are made where there are none.
_MADE = {("settings_files", "path"), ("sandbox_record", "path")}
_FOLDERS = {*_MADE, ("settings_objects", "path"), ("extension_upload", "keep_in")}
_WRONG_NAMES = {"NUL": "{}/a\0b", "below a file": "{}/empty/x", "long": "{}/" + "x" * 100_000}


def _is_path(option: Mapping[str, Any]) -> bool:
    return "path" in (option.get("type"), option.get("elements"))


def _options() -> Iterator[tuple[Case, str]]:
    cases = {case.module: case for case in reversed(CASES)}
    for case in cases.values():
        declared = MODULES[case.module].options
        yield from ((case, name) for name, option in declared.items() if _is_path(option))
    yield from ((cases["settings_schema_info"], name) for name in _CONNECTION)


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    """Paths by what is there."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "to a device").symlink_to("/dev/zero")
    (tmp_path / "empty").touch()
    # The path of a socket has at most 108 bytes.
    descriptor = os.open(tmp_path, os.O_RDONLY)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"/proc/self/fd/{descriptor}/socket")
    os.close(descriptor)
    there = {name: str(tmp_path / name) for name in ("pipe", "dangling", "circle", "to a device", "socket", "folder")}
    wrong = {name: form.format(tmp_path) for name, form in _WRONG_NAMES.items()}
    return {**there, "device": "/dev/null", **wrong, "nothing": str(tmp_path / "nothing")}


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("case", "name"), list(_options()), ids=str)
def test_what_is_at_a_path(
    sandbox: RunningSandbox, tmp_path: Path, places: dict[str, str], case: Case, name: str
) -> None:
    option = (case.module, name)
    given = {**case.arguments(write_package(tmp_path)), **_INSTEAD.get(option, {})}
    if not MODULES[case.module].is_local:
        given |= {"environment_url": sandbox.url, "api_token": TOKEN}
    if option == ("settings_objects", "values_files"):
        given["path"] = [str(tmp_path / "empty")]
    if name == "client_key":
        given["client_cert"] = str(tmp_path / "empty")
    if name == "ca_path" or option in _FOLDERS:
        del places["folder"]
    if option in _MADE:
        del places["nothing"]
    for place, path in places.items():
        is_list = MODULES[case.module].options.get(name, {}).get("type") == "list"
        arguments = {key: value for key, value in given.items() if value is not None}
        result = run_in_action(case.module, {**arguments, name: [path] if is_list else path}, check=True)
        assert result.get("failed"), (place, result)
        assert len(result["msg"]) < 2_000, place
        assert path[:200] in result["msg"] or "is not a path" in result["msg"], place
        assert sandbox.sent == [], place
