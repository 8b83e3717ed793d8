# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Query parameters: enums, optional booleans, CONTAINS."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ApiError
from ..http import Call


def choice(call: Call, name: str, choices: Sequence[str]) -> str | None:
    value = call.query.get(name)
    return None if value is None else one_of(name, value, choices)


def one_of(name: str, value: str, choices: Sequence[str], location: str = "QUERY") -> str:
    """API facts, 5.2, "400 query enum"."""
    if value not in choices:
        raise ApiError.violation(name, f"'{value}' must be any of [{', '.join(choices)}]", location)
    return value


def flag(call: Call, name: str) -> bool | None:
    """Unlike ``Call.flag``, not given is neither true nor false."""
    return call.flag(name) if name in call.query else None
