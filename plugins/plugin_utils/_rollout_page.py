# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The report of a rollout as one HTML page, with a time line of its waves. Pure."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import chain
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._pages import Head, Tile, Verdict, rendered
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import duration
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import (
    FAILED,
    PREDICTED,
    PREDICTS,
    SAYS,
    STATES,
)
from ansible_collections.community.dynatrace.plugins.plugin_utils._words import count

# Bars on the time line are at least this wide, in per cent, so that they can be seen.
_THINNEST = 0.4
_TICKS = 6
# With more rows than this, waves in which all went well are folded.
_MOST_OPEN = 150
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


def page(report: Mapping[str, Any], title: str = "", target_version: str = "") -> str:
    """The whole document. ``title`` names the environment, ``target_version`` is what the user wanted."""
    heading = "Rollout of ActiveGates"
    if target_version:
        heading += f" to {target_version}"
    if title:
        heading += f" in {title}"
    facts = [
        ("Environment", title),
        ("Version", target_version),
        ("Begun", _moment(report["begun"])),
        ("Ended", _moment(report["ended"])),
        ("Took", duration((report["ended"] - report["begun"]) / 1000)),
    ]
    waves = report["waves"]
    scale = _Scale(waves)
    return rendered(
        "rollout.html.j2",
        Head(heading, facts, _verdict(report), _tiles(report)),
        message=report["sentence"],
        failures=report["failures"],
        ticks=list(scale.ticks()),
        waves=_waves(waves, scale, _words(report)),
        left_out=report["left_out"],
    )


def _verdict(report: Mapping[str, Any]) -> Verdict:
    summary = report["summary"]
    fleet = count(summary["fleet"], "ActiveGate")
    if report["outcome"] == FAILED and report["prediction"]:
        return Verdict(f"Predicted: it would stop, with {summary['failures']} of {fleet} refused", "failed")
    if report["outcome"] == FAILED:
        return Verdict(f"Not complete: {summary['done'] - summary['unverified']} of {fleet} done", "failed")
    if report["outcome"] == PREDICTED:
        waves = count(summary["waves"], "wave")
        return Verdict(f"Predicted: {summary['untouched']} of {fleet} would be updated, in {waves}", "running")
    if summary["done"] < summary["fleet"]:
        return Verdict(f"{summary['done']} of {fleet} done; the others are within max_failures", "cancelled")
    if report["changed"]:
        return Verdict(f"Complete: {fleet} done", "done")
    return Verdict(f"Nothing to do: {fleet} up to date", "done")


def _words(report: Mapping[str, Any]) -> Mapping[str, str]:
    if report["prediction"]:
        return PREDICTS
    return SAYS


def _tiles(report: Mapping[str, Any]) -> Iterator[Tile]:
    """Each counts the ActiveGates of a kind, as the rows below show them, and leads to the first one."""
    always = ("done", "failed")
    if report["prediction"]:
        always = ("untouched", "done")
    entries = chain.from_iterable(wave["activegates"] for wave in report["waves"])
    numbers = Counter(map(_kind, entries))
    numbers["left-out"] = len(report["left_out"])
    for kind, says in _words(report).items():
        number = numbers[kind]
        if number or kind in always:
            yield Tile.leading(kind, number, says)


# the time line


@dataclass(frozen=True)
class Tick:
    """``place``: per cent of the width."""

    place: float
    text: str


@dataclass(frozen=True)
class Bar:
    """``left`` and ``width``: per cent of the width."""

    left: float
    width: float
    title: str


@dataclass(frozen=True)
class WaveRow:
    """One ActiveGate. ``kind``: a class of the style."""

    name: str
    title: str
    kind: str
    says: str
    stretch: Bar | None
    why: str


@dataclass(frozen=True)
class ShownWave:
    number: str
    summary: str
    is_folded: bool
    rows: Sequence[WaveRow]


class _Scale:
    """From moments, in milliseconds, to per cent of the width."""

    def __init__(self, waves: Sequence[Mapping[str, Any]]) -> None:
        """By the server's clock alone, which may be another than ours."""
        entries = _timed(chain.from_iterable(wave["activegates"] for wave in waves))
        self.begin, self.end = 0, 0
        if entries:
            self.begin, self.end = _times(entries)
        self.span = max(self.end - self.begin, 1)

    def place(self, moment: int) -> float:
        return 100 * (moment - self.begin) / self.span

    def stretch(self, begin: int, end: int) -> Bar:
        left = min(self.place(begin), 100 - _THINNEST)
        title = f"{_moment(begin)} to {_moment(end)}, {duration((end - begin) / 1000)}"
        return Bar(left, max(self.place(end) - left, _THINNEST), title)

    def ticks(self) -> Iterator[Tick]:
        """Moments that clocks show, and not many of them; none where no time is known."""
        if not self.end:
            return
        step = _step_between(self.span / 1000 / _TICKS)
        form = _clock_form(step)
        first = math.ceil(self.begin / 1000 / step) * step * 1000
        for moment in range(first, self.end + 1, step * 1000):
            yield Tick(self.place(moment), _utc(moment).strftime(form))


def _step_between(seconds: float) -> int:
    """The first of the steps that is as long, or more than one of the longest."""
    index = bisect.bisect_left(_STEPS, seconds)
    if index < len(_STEPS):
        return _STEPS[index]
    return _STEPS[-1] * (1 + int(seconds / _STEPS[-1]))


def _clock_form(seconds: int) -> str:
    """How moments so far apart are written."""
    if seconds < 60:
        return "%H:%M:%S"
    if seconds < 86_400:
        return "%H:%M"
    return "%m-%d"


def _waves(waves: Sequence[Mapping[str, Any]], scale: _Scale, says: Mapping[str, str]) -> list[ShownWave]:
    is_long = sum(len(wave["activegates"]) for wave in waves) > _MOST_OPEN
    return [_wave(wave, scale, says, is_long) for wave in waves]


def _wave(wave: Mapping[str, Any], scale: _Scale, says: Mapping[str, str], is_long: bool) -> ShownWave:
    entries = wave["activegates"]
    kinds = [_kind(entry) for entry in entries]
    counted = []
    for kind in ("unverified", *STATES):
        if kind in kinds:
            counted.append(f"{kinds.count(kind)} {says[kind]}")
    when = ""
    timed = _timed(entries)
    if timed:
        begun, ended = _times(timed)
        when = f"{_utc(begun):%H:%M:%S} to {_utc(ended):%H:%M:%S}, {duration((ended - begun) / 1000)} · "
    is_folded = is_long and set(kinds) == {"done"}
    return ShownWave(
        str(wave["wave"]), when + ", ".join(counted), is_folded, [_row(entry, scale, says) for entry in entries]
    )


def _row(entry: Mapping[str, Any], scale: _Scale, says: Mapping[str, str]) -> WaveRow:
    kind = _kind(entry)
    versions = filter(None, [entry.get("start_version"), entry.get("target_version")])
    title = f"ActiveGate {entry.get('id')}: {' → '.join(map(str, versions))}"
    why = str(entry.get("reason") or "")
    if kind == "unverified":
        why = f"When it was read again, it was not online with {entry.get('target_version')}. {why}"
    stretch = None
    if _has_times(entry):
        stretch = scale.stretch(entry["begun"], entry["ended"])
        # What was done here and is as it should be needs no words.
        if kind == "done":
            why = ""
    return WaveRow(str(entry.get("hostname") or entry.get("id")), title, kind, says[kind], stretch, why)


def _timed(entries: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list(filter(_has_times, entries))


def _has_times(entry: Mapping[str, Any]) -> bool:
    return entry["begun"] is not None and entry["ended"] is not None


def _times(entries: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """When the first of them began, and the last one ended."""
    begun, ended = zip(*((entry["begun"], entry["ended"]) for entry in entries))
    return min(begun), max(ended)


def _kind(entry: Mapping[str, Any]) -> str:
    if entry.get("verified") is False:
        return "unverified"
    if entry.get("state") in STATES:
        return str(entry["state"])
    return "untouched"


def _utc(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, timezone.utc)


def _moment(moment: int) -> str:
    if not moment:
        return ""
    return f"{_utc(moment):%Y-%m-%d %H:%M:%S} UTC"
