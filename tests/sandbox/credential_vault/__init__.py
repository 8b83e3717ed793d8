# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credential vault (API facts, 4)."""

from __future__ import annotations

from .routes import Credentials
from .switches import VARIANTS

__all__ = ["VARIANTS", "Credentials"]
