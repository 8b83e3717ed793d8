# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tasks that are tried with every fault: those of the guards that change something, and some in which more can go wrong."""

from __future__ import annotations

from tests.unit.plugins.modules.cases import CASES, Case

_MORE: list[Case] = []

FAULT_CASES = [case for case in (*CASES, *_MORE) if case.action is not None]
