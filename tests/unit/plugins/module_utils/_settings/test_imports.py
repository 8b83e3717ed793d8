# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules that only read load nothing that plans changes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ROOM = "ansible_collections.community.dynatrace.plugins.module_utils._settings."


@pytest.mark.parametrize(
    ("name", "plans"), [("object_info", []), ("schema_info", []), ("history", []), ("export", ["export_plan"])]
)
def test_modules_that_read_need_no_plans(name: str, plans: list[str]) -> None:
    program = f"import sys, {ROOM}{name}; print(*(name for name in sys.modules if name.endswith('_plan')))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == [ROOM + plan for plan in plans]
