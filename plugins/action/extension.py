# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows how far the server is while the module waits for it."""

from __future__ import annotations

from ansible_collections.community.dynatrace.plugins.plugin_utils._stepwise import StepwiseAction


class ActionModule(StepwiseAction):
    """Ansible looks for this name."""
