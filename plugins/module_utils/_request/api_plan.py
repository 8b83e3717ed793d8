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

# By the method, and by whether there is something: None: nobody looked.
_ACTIONS = {
    "POST": {None: "create", False: "create", True: "none"},
    "PUT": {None: "update", False: "create", True: "update"},
    "PATCH": {None: "update", False: "create", True: "update"},
    "DELETE": {None: "delete", False: "none", True: "delete"},
}


@dataclass(frozen=True)
class FoundContent:
    """What is there. ``exists`` None: nobody looked. ``tries``: how often it was sent then without anybody knowing what became of it."""

    exists: bool | None
    content: Any = field(default=None, repr=False)
    tries: int = 0


@dataclass(frozen=True)
class RequestPlan:
    """``current`` is what it is about, and ``after`` what is there afterwards, as far as one can tell; both unmasked."""

    action: str
    current: FoundContent
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
        return (self.method, self.compare) == ("PUT", "exact")

    def after(self, content: Any) -> Any:
        """What is there when it was sent, as far as one can tell. ``content``: what was there before."""
        return self.data if self.is_exact else values.merged(content, self.data)


def plan(wanted: Comparison, current: FoundContent) -> RequestPlan:
    action = _ACTIONS[wanted.method][current.exists]
    if action == "delete":
        return RequestPlan(action, current)
    if action == "none" or _is_done(wanted, current):
        return RequestPlan("none", current, current.content)
    return RequestPlan(action, current, wanted.after(current.content))


def _is_done(wanted: Comparison, current: FoundContent) -> bool:
    """Never where nobody looked, or nothing was found; and what is not data differs from whatever is there."""
    if not current.exists or wanted.data is None:
        return False
    if wanted.is_exact:
        return values.equal(current.content, wanted.data, wanted.ignored)
    return values.contains(current.content, wanted.data)
