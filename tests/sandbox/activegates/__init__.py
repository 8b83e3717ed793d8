# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""placeholder"""
from __future__ import annotations
from ..http import Endpoint
from ..variants import Variant
VARIANTS: dict[str, Variant] = {}
class ActiveGates:
    def __init__(self, *args) -> None: pass
    def endpoints(self) -> list[Endpoint]: return []
