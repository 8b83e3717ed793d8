# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ActiveGates, their update jobs and the deployment API (API facts, 1)."""

from __future__ import annotations

from .routes import ActiveGates
from .switches import VARIANTS

__all__ = ["VARIANTS", "ActiveGates"]
