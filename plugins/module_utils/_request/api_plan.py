# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the modules of this collection only; it changes without notice.

"""From what a request asks for and what is there to whether it is sent. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from . import values

_ACTIONS = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}


@dataclass(frozen=True)
class FoundContent:
    """What is there. ``is_known`` False: nobody looked. ``tries``: how often it was sent then without anybody knowing what became of it."""

    is_known: bool
    exists: bool = False
    content: Any = field(default=None, repr=False)
    tries: int = 0


@dataclass(frozen=True)
class RequestPlan:
    """``found`` is what it is about, and ``after`` what is there afterwards, as far as one can tell; both unmasked."""

    action: str
    found: FoundContent
    after: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Comparison:
    """How a request tells that there is nothing to do. ``data``: its body, None without one or for one that is not data."""

    method: str
    data: Any = field(default=None, repr=False)
    compare: str = "subset"
    ignored: Collection[str] = ()

    @property
    def is_exact(self) -> bool:
        """A PATCH never says all there is."""
        if self.compare != "exact":
            return False
        return self.method == "PUT"


def plan(wanted: Comparison, found: FoundContent) -> RequestPlan:
    if wanted.method == "DELETE":
        is_gone = found.is_known and not found.exists
        return RequestPlan("none" if is_gone else "delete", found)
    if not found.is_known:
        return RequestPlan(_ACTIONS[wanted.method], found, wanted.data)
    if not found.exists:
        return RequestPlan("create", found, wanted.data)
    if wanted.method == "POST" or _is_done(wanted, found.content):
        return RequestPlan("none", found, found.content)
    after = wanted.data if wanted.is_exact else values.merged(found.content, wanted.data)
    return RequestPlan("update", found, after)


def _is_done(wanted: Comparison, content: Any) -> bool:
    """What is not data differs from whatever is there."""
    if wanted.data is None:
        return False
    if wanted.is_exact:
        return values.equal(content, wanted.data, wanted.ignored)
    return values.contains(content, wanted.data)
