# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which ActiveGates a rollout is about, in which order, and in how large waves. Pure."""

from __future__ import annotations

import fnmatch
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._activegates.model import ActiveGate
from ansible_collections.community.dynatrace.plugins.module_utils._activegates.versions import key
from ansible_collections.community.dynatrace.plugins.module_utils._errors import InputError

GIVEN, POOL, HOSTNAME, VERSION, CONNECTED_HOSTS = "given", "pool", "hostname", "version", "connected_hosts"
ORDERS = [GIVEN, POOL, HOSTNAME, VERSION, CONNECTED_HOSTS]

_NUMBER = re.compile(r"(\d+)(%?)")
_VERSION = re.compile(r"\d+(\.\d+)*([.-]\d+)?")
_EVERYTHING = 100


@dataclass(frozen=True)
class Amount:
    """A number, or a share of the fleet in per cent."""

    number: int
    is_share: bool

    def of(self, fleet: int) -> int:
        """Rounded down: a wave, or what may fail, is never larger than what was allowed."""
        return fleet * self.number // _EVERYTHING if self.is_share else self.number


def amount(option: str, text: str) -> Amount:
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        raise InputError(f"{option} '{text}' is neither a number such as '3' nor a share of the fleet such as '25%'")
    number, is_share = int(found.group(1)), bool(found.group(2))
    if is_share and number > _EVERYTHING:
        raise InputError(f"{option} '{text}' is more than the whole fleet")
    return Amount(number, is_share)


def batches(texts: Sequence[str]) -> list[Amount]:
    """The sizes of the waves as the user gave them; the last one repeats."""
    if not texts:
        raise InputError("batch is empty: give at least one size, such as ['1', '25%']")
    found = [amount("batch", text) for text in texts]
    for text, one in zip(texts, found):
        if one.number == 0:
            raise InputError(f"batch '{text}' would be a wave of none")
    return found


def wave_sizes(fleet: int, sizes: Sequence[Amount]) -> list[int]:
    """The sizes of all waves of a fleet. A share that is less than one ActiveGate is one."""
    found: list[int] = []
    left = fleet
    while left > 0:
        size = min(left, max(1, sizes[min(len(found), len(sizes) - 1)].of(fleet)))
        found.append(size)
        left -= size
    return found


def checked_selector(selector: Mapping[str, Any]) -> None:
    below = selector.get("version_below")
    if below and not _VERSION.fullmatch(below):
        raise InputError(f"selector.version_below '{below}' is no version, such as '1.331' or '1.331.24'; quote it")


def fits(one: ActiveGate, selector: Mapping[str, Any]) -> bool:
    """Whether an ActiveGate passes all of the selector, of which None and an empty list are left out."""
    below = selector.get("version_below")
    return (
        _is_among(one.group, selector.get("groups"))
        and _is_among(one.network_zone, selector.get("network_zones"))
        and _is_among(one.update_status, selector.get("update_statuses"))
        and (not selector.get("os_type") or one.os_type == selector["os_type"])
        and (not below or key(one.version) < key(below))
        and (not selector.get("hostnames") or _has_name(one.hostname or "", selector["hostnames"]))
    )


def _is_among(value: str | None, wanted: Sequence[str] | None) -> bool:
    return not wanted or value in wanted


def _has_name(hostname: str, patterns: Iterable[str]) -> bool:
    """As a shell matches file names, but host names have no case."""
    return any(fnmatch.fnmatchcase(hostname.lower(), pattern.lower()) for pattern in patterns)


def ordered(activegates: Sequence[ActiveGate], order_by: str) -> list[ActiveGate]:
    """In the order in which they are to be updated, the same for each run: by name where nothing else tells them apart."""
    if order_by == GIVEN:
        return list(activegates)
    named = sorted(activegates, key=_name)
    keys: Mapping[str, Callable[[ActiveGate], Any]] = {
        VERSION: lambda one: key(one.version),
        CONNECTED_HOSTS: lambda one: one.connected_hosts,
    }
    if order_by in keys:
        return sorted(named, key=keys[order_by])
    return named if order_by == HOSTNAME else _in_turn(named)


def _in_turn(named: Sequence[ActiveGate]) -> list[ActiveGate]:
    """One of each pool, then the next of each: a wave leaves most of a pool alone, and has least to wait for one of it."""
    pools: dict[Any, list[ActiveGate]] = defaultdict(list)
    for one in named:
        pools[one.pool].append(one)
    return [one for turn in zip_longest(*pools.values()) for one in turn if one is not None]


def _name(one: ActiveGate) -> tuple[str, str]:
    return (one.hostname or "").lower(), one.id
