# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""A module that waits, run step by step, and the lines that tell people how it goes on.

The lines end up in log files, and what they say comes from a server: whole lines of printable characters, no colours, nothing overwritten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.community.dynatrace.plugins.module_utils._wait import STEP

# A sign of life, in seconds, as long as nothing moves.
_SILENCE = 300.0
_LONGEST = 400


def in_steps(
    run: Callable[[Mapping[str, Any]], dict[str, Any]], tell: Callable[[str], None], name: str
) -> dict[str, Any]:
    """The result of the module, as if it had run by itself: the wait's own loop is ``until_end``, of which this is the other half.

    ``run``: runs the module with what it shall find under STEP. ``tell``: gets the lines. ``name``: of the host.
    The time of the wait is counted here, once, from the end of the first step. Whatever ``run`` gives or raises that
    is no answer of ours, a crash or an unreachable host, ends it and is left as it is.
    """
    lines = Lines(name)
    given: Mapping[str, Any] = {}
    begun: float | None = None
    while True:
        result = run(given)
        answer = result.pop(STEP, None)
        now = time.monotonic()
        for line in lines.of(answer, now) if answer else ():
            tell(line)
        if not answer or "next" not in answer:
            return result
        begun = now if begun is None else begun
        time.sleep(answer["pause"])
        given = {**answer["next"], "elapsed": time.monotonic() - begun}


class Lines:
    """What is still to be told of one wait. ``name``: the host that it is for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: set[str] = set()
        self._now = ""
        self._last = 0.0

    def of(self, answer: Mapping[str, Any], now: float) -> list[str]:
        """The lines that a step's answer adds (``Step.answer``). ``now``: seconds, by any clock that does not go back."""
        ended = answer["ended"]
        texts = [str(text) for key, text in ended.items() if key not in self._told]
        self._told.update(ended)
        if "left" in answer and (texts or answer["now"] != self._now or now - self._last >= _SILENCE):
            self._now = answer["now"]
            texts.append(f"{self._now} (time-out in {duration(answer['left'])})")
        if texts:
            self._last = now
        return [_plain(f"[{self._name}] {text}") for text in texts]


def duration(seconds: float) -> str:
    """In one or two units: ``45 s``, ``12 min``, ``2 h 5 min``."""
    whole = max(0, round(seconds))
    if whole < 100:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def _plain(text: str) -> str:
    """One line, which no escape sequence of a host's name or an error text can break or colour."""
    line = "".join(one if one.isprintable() else " " for one in text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 4]} ..."
