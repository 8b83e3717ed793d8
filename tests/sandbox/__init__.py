# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An imitation of the Dynatrace API, for tests, demonstration and benchmarks.

It shares no code with ``plugins/``: an imitation that borrows from what it tests proves nothing.
"""
