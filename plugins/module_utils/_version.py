# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""The collection's version, for the User-Agent. A test keeps it equal to the one in galaxy.yml."""

from __future__ import annotations

VERSION = "0.1.0"
