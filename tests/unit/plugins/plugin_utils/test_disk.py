# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from pathlib import Path

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible_collections.community.dynatrace.plugins.plugin_utils._disk import read_text


@pytest.mark.timeout(10)
def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "circle").symlink_to("circle")
    reasons = {"pipe": "a named pipe", "/dev/zero": "a device", "circle": "Too many levels", ".": "a folder"}
    for name, reason in reasons.items():
        with pytest.raises(AnsibleError, match=reason):
            read_text(DataLoader(), str(tmp_path / name))
