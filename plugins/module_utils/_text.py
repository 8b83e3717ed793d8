# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules and plugins of this collection only; it changes without notice.

"""Sentences that several rooms need. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def listed(texts: Sequence[str], most: int = 5, separator: str = "; ") -> str:
    """The first ``most`` of them, and how many more there are."""
    more = len(texts) - most
    if more <= 0:
        return separator.join(texts)
    return separator.join([*texts[:most], f"and {more} more"])
