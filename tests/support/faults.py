# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that can go wrong with a request, as the matrix tries it (tests/support/matrix.py), and what is right although it looks wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.shapes import SHAPES

LOGIN = "https://sso.example.com/login"
# A late write that the engine can still see, and one that comes after it has given up.
SOON, LATER = 30, 600
_TURNS = 4
# What the module of a write takes for success: the answer that it needs, an empty one, or whatever comes.
NOTHING, EMPTY, ALL = "nothing", "empty", "all"


@dataclass(frozen=True, eq=False)
class Kind:
    """``fault``: what the sandbox is asked for. ``reads``, ``writes``: what it is tried at.

    ``is_lie``: success is claimed of what was not done, in a form that a call believes for which the API documents an empty answer: it
    cannot be told from a server that has done it, but by another look after each write. ``is_any_lie``: only what takes any answer
    believes that.
    ``read_recovers``, ``write_recovers``: when it happens once, the task succeeds all the same.
    """

    name: str
    fault: Mapping[str, Any]
    reads: bool = True
    writes: bool = True
    is_lie: bool = False
    is_any_lie: bool = False
    read_recovers: bool = False
    write_recovers: bool = False

    def fits(self, is_read: bool, believes: str) -> bool:
        """Whether it can be tried at a request. ``believes``: NOTHING, or which answers its module takes for success unseen."""
        if is_read:
            return self.reads
        believed = {NOTHING: False, EMPTY: self.is_lie, ALL: self.is_lie or self.is_any_lie}[believes]
        return self.writes and not believed


def _statuses() -> Iterator[Kind]:
    for status in (429, 503):
        yield Kind(f"{status}", _status(status), read_recovers=True, write_recovers=True)
    retry_after = _status(429, headers={"Retry-After": "7"})
    yield Kind("429 Retry-After", retry_after, read_recovers=True, write_recovers=True)
    for status in (500, 502, 504):
        yield Kind(f"{status}", _status(status), read_recovers=True)
        yield Kind(f"{status}, done", _status(status, done=True), reads=False, write_recovers=True)
    for status in (401, 403, 404):
        yield Kind(f"{status}", _status(status))
    yield Kind("302", _status(302, headers={"Location": LOGIN}))


def _status(status: int, **more: Any) -> dict[str, Any]:
    return {"kind": "status", "status": status, **more}


def _connections() -> Iterator[Kind]:
    yield Kind("reset before", {"kind": "reset_before"}, read_recovers=True)
    yield Kind("reset after", {"kind": "reset_after"}, reads=False, write_recovers=True)
    yield Kind("cut", {"kind": "cut"}, reads=False)
    yield Kind("truncate, done", {"kind": "truncate"}, read_recovers=True, write_recovers=True)
    yield Kind("truncate", {"kind": "truncate", "done": False}, reads=False)
    yield Kind("slow, done", {"kind": "slow", "seconds": SOON}, read_recovers=True, write_recovers=True)
    yield Kind("slow", {"kind": "slow", "seconds": SOON, "done": False}, reads=False)
    yield Kind("late write", {"kind": "late_write", "seconds": SOON}, reads=False, write_recovers=True)
    yield Kind("much later write", {"kind": "late_write", "seconds": LATER}, reads=False)
    yield Kind(
        "504, late write", {"kind": "late_write", "seconds": SOON, "status": 504}, reads=False, write_recovers=True
    )


def _contents() -> Iterator[Kind]:
    page = {"kind": "html", "status": 200}
    yield Kind("html", page)
    yield Kind("html, done", {**page, "done": True}, reads=False, write_recovers=True)
    yield Kind("empty", {"kind": "empty"}, is_lie=True)
    yield Kind("empty, done", {"kind": "empty", "done": True}, reads=False, write_recovers=True)
    for shape in SHAPES:
        asked = {"kind": "shape", "shape": shape}
        yield Kind(f"shape {shape}, done", {**asked, "done": True}, write_recovers=True)
        is_text = shape == "text"
        yield Kind(f"shape {shape}", asked, reads=False, is_lie=not is_text and shape != "deep", is_any_lie=is_text)


KINDS = (*_statuses(), *_connections(), *_contents())


def turn_by_turn(number: int) -> list[Kind]:
    """All kinds, but of the wrong shapes a quarter; those that come next for the next number."""
    shapes = list(SHAPES)
    chosen = {shape for index, shape in enumerate(shapes) if (index + number) % _TURNS == 0}
    return [kind for kind in KINDS if kind.fault["kind"] != "shape" or kind.fault["shape"] in chosen]


# A module that may call anything knows nothing of what an answer must hold: any 2xx is success to it.
BELIEVES_ALL = frozenset({"api"})

# Where 404 says "it is not there", so that a task has nothing to remove, or makes it: by module, action, method and the end of the path.
ABSENT: Mapping[tuple[str, str, str, str], str] = {
    ("activegate_update_job", "cancel", "GET", "/updateJobs"): "an ActiveGate that is gone has no job to cancel",
    ("api", "delete", "GET", "/extensions/{name}/{version}"): "what is gone need not be deleted",
    ("api", "delete", "DELETE", "/extensions/{name}/{version}"): "somebody else deleted it meanwhile",
    ("api", "update", "GET", "/autoUpdate"): "a PUT makes what is not there",
    ("extension", "delete", "GET", "/extensions/{name}"): "an extension without a version is answered like that",
    (
        "extension",
        "update",
        "GET",
        "/environmentConfiguration",
    ): "an extension that is not active is answered like that",
    ("extension_upload", "delete", "GET", "/extensions/{name}/{version}"): "what is gone need not be deleted",
    ("settings_object_permission", "delete", "GET", "/permissions"): "an object that is gone has no permissions",
}
