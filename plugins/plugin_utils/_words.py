# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""Words that all reports share. Pure."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Such as "1 object", "2 objects"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
