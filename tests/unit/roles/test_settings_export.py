# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role settings_export, where there is nothing to export."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.playbook import play
from tests.support.sandbox import TOKEN, RunningSandbox


@pytest.mark.timeout(60)
def test_nothing_to_write(sandbox: RunningSandbox, tmp_path: Path) -> None:
    folder = tmp_path / "exported"
    given = {"settings_export_path": str(folder), "settings_export_schema_ids": ["builtin:sandbox.quota"]}
    plays = [
        {"hosts": "localhost", "gather_facts": False, "vars": given, "roles": ["community.dynatrace.settings_export"]}
    ]
    environment = {"DYNATRACE_ENV_URL": sandbox.url, "DYNATRACE_API_TOKEN": TOKEN}
    played = play(tmp_path, plays, variables=environment)
    assert played.code == 0, played.output[-3000:]
    assert "0 objects in 0 files (nothing to write), 0 secrets to fill in." in played.output
    assert not folder.exists()
    assert sandbox.writes == []
