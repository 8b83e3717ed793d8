# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the matrix tries (a fault at a request of a task), and what came of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.faults import Kind

FAILED, SUCCEEDED, WRONG = "failed cleanly", "succeeded", "wrong"


@dataclass(frozen=True)
class Spot:
    """One request of the task. ``path``: a regular expression; ``number``: how many like it came before; ``is_last``: none comes after.

    ``is_empty``, ``is_refused``: of its answer without a fault; there are refusals that a task counts on.
    """

    method: str
    path: str
    number: int
    is_last: bool
    is_read: bool
    is_empty: bool
    is_refused: bool

    @property
    def shown(self) -> str:
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", self.path.strip("^$"))
        return f"{self.method} {path}".replace("\\", "")

    def __str__(self) -> str:
        return f"{self.shown} #{self.number + 1}"


@dataclass(frozen=True)
class Trial:
    """``lasts``: from that request on, instead of once."""

    spot: Spot
    kind: Kind
    lasts: bool

    def __str__(self) -> str:
        return f"{self.kind.name} at {self.spot}{', from there on' if self.lasts else ''}"

    @property
    def fault(self) -> dict[str, Any]:
        return {
            **self.kind.fault,
            "method": self.spot.method,
            "path": self.spot.path,
            "after": self.spot.number,
            "times": 0 if self.lasts else 1,
        }

    @property
    def must_succeed(self) -> bool:
        recovers = self.kind.read_recovers if self.spot.is_read else self.kind.write_recovers
        return recovers and not self.lasts and not self.spot.is_refused


@dataclass(frozen=True)
class Verdict:
    trial: Trial
    outcome: str
    problems: Sequence[str] = ()
    result: Mapping[str, Any] = field(default_factory=dict)
    sent: Sequence[str] = ()

    def __str__(self) -> str:
        shown = json.dumps({key: value for key, value in self.result.items() if key != "invocation"}, indent=1)
        return "\n  ".join([str(self.trial), *self.problems, f"sent: {', '.join(self.sent)}", shown[:3000]])
