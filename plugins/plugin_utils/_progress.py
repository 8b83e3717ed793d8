# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The lines that tell people how a wait goes on.

They end up in log files, and what they say comes from a server: whole lines of printable characters, no colors, nothing overwritten.
"""

from __future__ import annotations

import datetime

from ansible_collections.community.dynatrace.plugins.module_utils._wait import Progress
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import visible

# A sign of life, in seconds, as long as nothing moves.
_SILENCE = 300.0
_LONGEST = 400


class Lines:
    """What is still to be told of one task. ``host``: whose it is. ``is_for_all``: it runs on it for all hosts of the play."""

    def __init__(self, host: str, is_for_all: bool = False) -> None:
        self._host = host
        self._is_for_all = is_for_all
        self._told: set[str] = set()
        self._now = ""
        self._last = float("-inf")

    def of(self, progress: Progress, now: float) -> list[str]:
        """The lines that a look adds: one, and one for each end. ``now``: seconds since the epoch."""
        lines = [text for key, text in progress.ended.items() if key not in self._told]
        self._told.update(progress.ended)
        is_due = progress.now != self._now or now - self._last >= _SILENCE
        if progress.left is not None and (lines or is_due):
            self._now = progress.now
            lines.append(f"{progress.now} (time-out in {duration(progress.left)})")
        if lines:
            self._last = now
        clock = datetime.datetime.fromtimestamp(now).strftime("%H:%M:%S")
        return [_plain(f"{clock} [{self._place(progress.subject)}] {line}") for line in lines]

    def _place(self, subject: str) -> str:
        """A host that only comes first says nothing about a subject that is meant for all."""
        if not subject:
            return self._host
        return subject if self._is_for_all else f"{self._host}: {subject}"


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
    """One line, which no escape sequence of a host's name or an error text can break or color."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 4]} ..."
