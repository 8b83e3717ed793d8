# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# PRIVATE: for the plugins of this collection only; it changes without notice.

"""The report of a rollout as one HTML page, with a time line of its waves. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from html import escape
from typing import Any

from ansible_collections.community.dynatrace.plugins.plugin_utils._html import count, document, tiles, verdict
from ansible_collections.community.dynatrace.plugins.plugin_utils._progress import duration
from ansible_collections.community.dynatrace.plugins.plugin_utils._rollout import FAILED, PREDICTED, STATES
from ansible_collections.community.dynatrace.plugins.plugin_utils._style import TIME_LINE

_SAYS = {
    "done": "done",
    "failed": "failed",
    "running": "still running",
    "cancelled": "cancelled",
    "untouched": "not begun",
    "unverified": "done, but not as it should be",
    "left-out": "left out",
}
_KEYS = {"failed": "failures", "left-out": "left_out"}
# Bars on the time line are at least this wide, in per cent, so that they can be seen.
_THINNEST = 0.4
_TICKS = 6
# With more rows than this, waves in which all went well are folded.
_MOST_OPEN = 150
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)


def page(report: Mapping[str, Any], title: str = "", target_version: str = "") -> str:
    """The whole document. ``title`` names the environment, ``target_version`` is what the user wanted."""
    heading = "Rollout of ActiveGates"
    heading += f" to {target_version}" if target_version else ""
    heading += f" in {title}" if title else ""
    facts = [
        ("Environment", title),
        ("Version", target_version),
        ("Begun", _moment(report["begun"])),
        ("Ended", _moment(report["ended"])),
        ("Took", duration((report["ended"] - report["begun"]) / 1000)),
    ]
    message = f'<p class="error">{escape(report["msg"])}</p>' if report["msg"] else ""
    return document(
        heading,
        facts,
        _verdict(report),
        [message, _tiles(report["summary"]), *_waves(report), _left_out(report)],
        TIME_LINE,
    )


def _verdict(report: Mapping[str, Any]) -> str:
    summary = report["summary"]
    fleet = count(summary["fleet"], "ActiveGate")
    if report["outcome"] == FAILED:
        return verdict(f"Not complete: {summary['done'] - summary['unverified']} of {fleet} done", "failed")
    if report["outcome"] == PREDICTED:
        return verdict(
            f"Predicted: {summary['untouched']} of {fleet} would be updated, in {count(summary['waves'], 'wave')}",
            "running",
        )
    if summary["done"] < summary["fleet"]:
        return verdict(f"{summary['done']} of {fleet} done; the others are within what may fail", "cancelled")
    return verdict(f"Complete: {fleet} done" if report["changed"] else f"Nothing to do: {fleet} up to date", "done")


def _tiles(summary: Mapping[str, int]) -> str:
    numbers = ((kind, int(summary.get(_KEYS.get(kind, kind), 0)), says) for kind, says in _SAYS.items())
    return tiles(one for one in numbers if one[1] or one[0] in ("done", "failed"))


# the time line


class _Scale:
    """From moments, in milliseconds, to per cent of the width."""

    def __init__(self, waves: Sequence[Mapping[str, Any]]) -> None:
        """By the server's clock alone, which may be another than ours."""
        rows = [one for wave in waves for one in wave["activegates"] if _has_times(one)]
        self.begin: int = min((one["begun"] for one in rows), default=0)
        self.end: int = max((one["ended"] for one in rows), default=0)
        self.span = max(self.end - self.begin, 1)

    def place(self, moment: int) -> float:
        return 100 * (moment - self.begin) / self.span

    def line(self, begin: int, end: int) -> str:
        left = min(self.place(begin), 100 - _THINNEST)
        return f"left:{left:.2f}%;width:{max(self.place(end) - left, _THINNEST):.2f}%"

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Moments that clocks show, and not many of them."""
        seconds = self.span / 1000
        step = 1000 * next(
            (one for one in _STEPS if seconds / one <= _TICKS), _STEPS[-1] * (1 + int(seconds / _STEPS[-1] / _TICKS))
        )
        form = "%H:%M:%S" if step < 60_000 else "%H:%M" if step < 86_400_000 else "%m-%d"
        for moment in range(-(-self.begin // step) * step, self.end + 1, step):
            yield self.place(moment), _utc(moment).strftime(form)


def _waves(report: Mapping[str, Any]) -> Iterator[str]:
    waves = report["waves"]
    scale = _Scale(waves)
    is_long = sum(len(one["activegates"]) for one in waves) > _MOST_OPEN
    if scale.end:
        marks = "".join(f'<span style="left:{place:.2f}%">{text}</span>' for place, text in scale.ticks())
        yield f'<h2>Time line <small>UTC</small></h2><div class="axis"><div></div><div class="track">{marks}</div></div>'
    for wave in waves:
        yield _wave(wave, scale, is_long and all(_kind(one) == "done" for one in wave["activegates"]))


def _wave(wave: Mapping[str, Any], scale: _Scale, is_folded: bool) -> str:
    rows = wave["activegates"]
    states = {state: sum(1 for one in rows if _kind(one) == state) for state in ("unverified", *STATES)}
    counted = ", ".join(f"{number} {_SAYS[state]}" for state, number in states.items() if number)
    when = ""
    on_line = [one for one in rows if _has_times(one)]
    if on_line:
        begun, ended = min(one["begun"] for one in on_line), max(one["ended"] for one in on_line)
        when = f"{_utc(begun):%H:%M:%S} to {_utc(ended):%H:%M:%S}, {duration((ended - begun) / 1000)} · "
    summary = f"<summary><b>Wave {escape(str(wave['wave']))}</b> <span>{when}{counted}</span></summary>"
    listed = "".join(_row(one, scale) for one in rows)
    return f'<details class="wave"{"" if is_folded else " open"}>{summary}{listed}</details>'


def _row(one: Mapping[str, Any], scale: _Scale) -> str:
    kind = _kind(one)
    name = escape(str(one.get("hostname") or one.get("id")))
    versions = " → ".join(escape(str(one[key])) for key in ("start_version", "target_version") if one.get(key))
    line = ""
    if _has_times(one):
        took = f"{_moment(one['begun'])} to {_moment(one['ended'])}, {duration((one['ended'] - one['begun']) / 1000)}"
        line = f'<i class="{kind}" style="{scale.line(one["begun"], one["ended"])}" title="{took}"></i>'
    # What was done here and is as it should be needs no words.
    why = "" if kind == "done" and line else escape(_why(one, kind))
    reason = f'<p class="why">{why}</p>' if why else ""
    title = f"ActiveGate {escape(str(one.get('id')))}: {versions}"
    return (
        f'<div class="gate"><div class="who" title="{title}"><span class="dot {kind}"></span>{name}</div>'
        f'<div class="track">{line}</div><div class="{kind} state">{_SAYS[kind]}</div>{reason}</div>'
    )


def _why(one: Mapping[str, Any], kind: str) -> str:
    if kind == "unverified":
        return f"When it was read again, it was not online with {one.get('target_version')}. {one.get('reason') or ''}"
    return str(one.get("reason") or "")


def _has_times(one: Mapping[str, Any]) -> bool:
    return one["begun"] is not None and one["ended"] is not None


def _kind(one: Mapping[str, Any]) -> str:
    if one.get("verified") is False:
        return "unverified"
    return str(one["state"]) if one.get("state") in STATES else "untouched"


def _left_out(report: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<li><b>{escape(str(one.get('hostname') or one.get('id')))}</b> {escape(str(one.get('reason') or ''))}</li>"
        for one in report["left_out"]
    )
    return f'<h2>Left out</h2><ul class="plain">{rows}</ul>' if rows else ""


def _utc(moment: int) -> datetime:
    return datetime.fromtimestamp(moment / 1000, timezone.utc)


def _moment(moment: int) -> str:
    return f"{_utc(moment):%Y-%m-%d %H:%M:%S} UTC" if moment else ""
