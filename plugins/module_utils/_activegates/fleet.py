# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""Which ActiveGates a rollout is about, in which order, and in how large waves. Pure."""

from __future__ import annotations

import fnmatch
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._errors import InputError
from .._lists import grouped, is_chosen
from .model import ActiveGate
from .versions import is_version, key

GIVEN, POOL, HOSTNAME, VERSION, CONNECTED_HOSTS = "given", "pool", "hostname", "version", "connected_hosts"
ORDERS = [GIVEN, POOL, HOSTNAME, VERSION, CONNECTED_HOSTS]

_NUMBER = re.compile(r"([0-9]{1,9})(%?)")
_EVERYTHING = 100
# Options of the selector that are lists.
_LISTS = ("groups", "network_zones", "update_statuses", "hostnames")


@dataclass(frozen=True)
class Amount:
    """A number, or a share of the fleet in per cent."""

    number: int
    is_share: bool

    def of(self, fleet: int) -> int:
        """Rounded down: a wave, or what may fail, is never larger than what was allowed."""
        if self.is_share:
            return fleet * self.number // _EVERYTHING
        return self.number


def amount(option: str, text: str) -> Amount:
    """The amount that the user wrote; ``option``: its name, for errors."""
    match = _NUMBER.fullmatch(text.strip())
    if not match:
        raise InputError(f"{option} '{text}' is neither a number such as '3' nor a share of the fleet such as '25%'")
    number, is_share = int(match.group(1)), bool(match.group(2))
    if is_share and number > _EVERYTHING:
        raise InputError(f"{option} '{text}' is more than the whole fleet")
    return Amount(number, is_share)


def batches(texts: Sequence[str]) -> tuple[Amount, ...]:
    """The sizes of the waves as the user gave them; the last one repeats."""
    if not texts:
        raise InputError("batch is empty: give at least one size, such as ['1', '25%']")
    sizes = tuple(amount("batch", text) for text in texts)
    for text, size in zip(texts, sizes):
        if size.number == 0:
            raise InputError(f"batch '{text}' would be an empty wave")
    return sizes


def wave_sizes(fleet: int, sizes: Sequence[Amount]) -> list[int]:
    """The sizes of all waves of a fleet. A share that is less than one ActiveGate is one."""
    waves: list[int] = []
    left = fleet
    while left > 0:
        asked = sizes[min(len(waves), len(sizes) - 1)].of(fleet)
        waves.append(min(left, max(1, asked)))
        left -= waves[-1]
    return waves


@dataclass(frozen=True)
class Selector:
    """Which ActiveGates of an environment are meant. What is None or empty does not matter."""

    groups: tuple[str, ...] = ()
    network_zones: tuple[str, ...] = ()
    update_statuses: tuple[str, ...] = ()
    hostnames: tuple[str, ...] = ()
    os_type: str | None = None
    version_below: str | None = None

    @classmethod
    def given(cls, options: Mapping[str, Any]) -> Selector:
        """From the module's option of this name, of which anything may be missing."""
        below = options.get("version_below")
        if below and not is_version(below):
            raise InputError(
                f"selector.version_below '{below}' is not a version, such as '1.331' or '1.331.24'; quote it"
            )
        return cls(
            **{name: tuple(options.get(name) or ()) for name in _LISTS},
            os_type=options.get("os_type"),
            version_below=below,
        )

    def fits(self, activegate: ActiveGate) -> bool:
        """Whether an ActiveGate passes all of it."""
        return all(
            (
                is_chosen(activegate.group, self.groups),
                is_chosen(activegate.network_zone, self.network_zones),
                is_chosen(activegate.update_status, self.update_statuses),
                not self.hostnames or self._has_name(activegate.hostname or ""),
                not self.os_type or activegate.os_type == self.os_type,
                not self.version_below or key(activegate.version) < key(self.version_below),
            )
        )

    def _has_name(self, hostname: str) -> bool:
        """As a shell matches file names, but host names have no case."""
        return any(fnmatch.fnmatchcase(hostname.lower(), pattern.lower()) for pattern in self.hostnames)


def ordered(activegates: Sequence[ActiveGate], order_by: str) -> list[ActiveGate]:
    """In the order in which they are to be updated, the same for each run: by name where nothing else tells them apart."""
    if order_by == GIVEN:
        return list(activegates)
    named = sorted(activegates, key=_name)
    keys: Mapping[str, Callable[[ActiveGate], Any]] = {
        VERSION: lambda activegate: key(activegate.version),
        CONNECTED_HOSTS: lambda activegate: activegate.connected_hosts,
    }
    if order_by in keys:
        return sorted(named, key=keys[order_by])
    if order_by == HOSTNAME:
        return named
    return _in_turn(named)


def _in_turn(named: Sequence[ActiveGate]) -> list[ActiveGate]:
    """One of each pool, then the next of each: a wave leaves most of a pool alone, and has least to wait for one of it."""
    pools = grouped(named, lambda activegate: activegate.pool)
    turns = itertools.zip_longest(*pools.values())
    return list(filter(None, itertools.chain.from_iterable(turns)))


def _name(activegate: ActiveGate) -> tuple[str, str]:
    return (activegate.hostname or "").lower(), activegate.id
