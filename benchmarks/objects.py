# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that are measured with: as many of each schema, in the form that settings_objects takes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .schemas import SCHEMA_IDS

Item = dict[str, Any]

PLAN = "builtin:bench.plan"
# What is particular to a schema, by the number of the object.
_VALUES: Mapping[str, Callable[[int], Mapping[str, Any]]] = {
    "team": lambda n: {"mail": f"team-{n}@example.com", "tags": [f"area-{n % 7}", "managed", f"site-{n % 3}"]},
    "service": lambda n: {"tier": ("GOLD", "SILVER")[n % 2], "target": 99.5 + n % 5 / 10},
    "alert": lambda n: {"conditions": [{"metric": f"metric.{n}.{i}", "threshold": n + i} for i in range(3)]},
    "link": lambda n: {"url": f"https://example.com/{n}", "order": n},
    "header": lambda n: {},
    "connection": lambda n: {"url": f"https://remote-{n}.example.com", "token": f"secret-of-{n}"},
    "window": lambda n: {"hours": {"start": f"{n % 12:02}:00:00", "end": f"{n % 12 + 6:02}:30:00"}},
    "plan": lambda n: {"window": {"$ref": f"window-{n}"}},
    "event": lambda n: {"limit": 10 * n, "unit": "ms"},
    "naming": lambda n: {"kinds": ["HOST", "SERVICE"]},
}


def objects(count: int) -> list[Item]:
    """``count`` of them, evenly over the ten schemas; those that are referred to come before those that refer."""
    return [
        {"key": f"{short}-{number}", "schema_id": schema_id, "value": _value(short, number)}
        for schema_id in SCHEMA_IDS
        for short in [schema_id.rpartition(".")[2]]
        for number in range(count // len(SCHEMA_IDS))
    ]


def with_one_changed(items: Sequence[Item]) -> list[Item]:
    """The same, but for the description of the first one."""
    changed = copy.deepcopy(list(items))
    changed[0]["value"]["description"] = "Changed since the last run"
    return changed


def _value(short: str, number: int) -> Item:
    common = {
        "name": f"{short} {number}",
        "enabled": number % 10 != 0,
        "description": f"The {short} of number {number}",
    }
    return {**common, **_VALUES[short](number)}
