# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the module inside Ansible's own process where that comes to the same."""

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.modules.sandbox_record import MODULE
from ansible_collections.community.dynatrace.plugins.plugin_utils._in_process import InProcessAction


class ActionModule(InProcessAction):
    """Ansible looks for this name."""

    module = MODULE
