# Copyright (c) 2026, the community.dynatrace authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A task whose process is killed at any moment, without a chance to tidy up: the same task again ends in the wanted state."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.app import Options
from tests.support.module import run_in_process
from tests.support.packages import build_package
from tests.support.sandbox import TOKEN, RunningSandbox, running
from tests.support.state import difference, normal

# Seconds for each answer, so that there is a time between two of them.
_LATENCY = 0.02
# Until a process that was started has sent its first request, and until the sandbox has finished what it was asked for.
_START, _REST = 30.0, 0.3
_NOTE = "builtin:sandbox.note"
_EXTENSION = "custom:killed"


@dataclass(frozen=True)
class Long:
    """A task that takes its time. ``args`` is made for a folder; ``stored``: what must not be lost, in the sandbox or in a file."""

    name: str
    module: str
    args: Callable[[Path], Mapping[str, Any]]
    prepare: Callable[[RunningSandbox], None]
    stored: Callable[[], bytes] | None = None


def _nothing(sandbox: RunningSandbox) -> None:
    pass


def _many_objects(folder: Path) -> dict[str, Any]:
    """Half of them can be told from others by their external id only."""
    tags = [
        {"key": f"t{n}", "schema_id": "builtin:sandbox.tag-rule", "value": {"name": f"Rule {n}"}} for n in range(150)
    ]
    notes = [
        {"key": f"n{n}", "schema_id": _NOTE, "external_id": f"note-{n}", "value": {"text": f"Note {n}"}}
        for n in range(150)
    ]
    return {"objects": [*tags, *notes], "batch_size": 10, "parallel": 2}


@functools.cache
def _package(author: str) -> bytes:
    return build_package(_EXTENSION, "1.0.0", author=author)


def _stored_package() -> bytes:
    return _package("before")


def _upload(folder: Path) -> dict[str, Any]:
    path = folder / "extension.zip"
    path.write_bytes(_package("after"))
    return {"path": str(path), "on_mismatch": "replace"}


def _upload_old(sandbox: RunningSandbox) -> None:
    """By a file that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "extension.zip")
        path.write_bytes(_stored_package())
        made = sandbox.run("extension_upload", path=str(path))
        assert not made.get("failed"), made


LONG = (
    Long("settings_objects with 300 objects", "settings_objects", _many_objects, _nothing),
    Long("extension_upload that replaces", "extension_upload", _upload, _upload_old, _stored_package),
)


def run_killed(long: Long, times: int, seed: int) -> Iterator[list[str]]:
    """For each kill what was wrong after it."""
    random_moments = random.Random(seed)
    with running(Options(latency=_LATENCY)) as sandbox, _folder() as folder:
        sandbox.state.reset()
        long.prepare(sandbox)
        sandbox.clear()
        args = long.args(folder)
        started = time.monotonic()
        first = sandbox.run(long.module, **args)
        seconds = time.monotonic() - started
        wanted = normal(sandbox.state.state())
        if first.get("failed"):
            raise AssertionError(f"{long.name}: without a kill: {first}")
        for dummy in range(times):
            sandbox.state.reset()
            long.prepare(sandbox)
            sandbox.clear()
            _kill(sandbox, long.module, args, random_moments.uniform(0, seconds), folder)
            yield _problems(sandbox, long, args, folder, wanted)
            _tidy(folder, keep=args.get("path"))


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="killed-"))
    (folder / "tmp").mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _tidy(folder: Path, keep: str | None) -> None:
    for path in _files(folder):
        if str(path) != keep:
            path.unlink()


def _files(folder: Path) -> Sequence[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _kill(sandbox: RunningSandbox, module: str, args: Mapping[str, Any], seconds: float, folder: Path) -> None:
    """So many seconds after its first request."""
    common = {"environment_url": sandbox.url, "api_token": TOKEN}
    process = multiprocessing.get_context("spawn").Process(
        target=_run, args=(module, {**common, **args}, str(folder / "tmp"))
    )
    process.start()
    deadline = time.monotonic() + _START
    while not sandbox.state.requests and time.monotonic() < deadline:
        time.sleep(0.005)
    time.sleep(seconds)
    if process.pid is not None and process.is_alive():
        os.kill(process.pid, signal.SIGKILL)
    process.join(_START)
    time.sleep(_REST)


def _run(module: str, args: Mapping[str, Any], folder: str) -> None:
    tempfile.tempdir = folder
    run_in_process(module, args)


def _problems(sandbox: RunningSandbox, long: Long, args: Mapping[str, Any], folder: Path, wanted: str) -> list[str]:
    copies = [path for path in _files(folder) if str(path) != args.get("path")]
    problems = []
    if long.stored is not None and not _is_kept(sandbox, long.stored(), copies):
        problems.append("what was stored is lost: it is neither in the sandbox nor on disk")
    second = sandbox.run(long.module, **args)
    if second.get("failed"):
        return [*problems, f"the same task again fails: {second.get('msg')}"]
    there = normal(sandbox.state.state())
    if there != wanted:
        problems.append(f"the same task again does not converge: {difference(wanted, there)}")
    text = json.dumps(second)
    problems += [f"a copy that the killed run left is not named: {path}" for path in copies if str(path) not in text]
    sandbox.clear()
    third = sandbox.run(long.module, **args)
    if third.get("changed") is not False or sandbox.writes:
        problems.append(f"a third run changes something: {third.get('msg') or third.get('action')} {sandbox.writes}")
    return problems


def _is_kept(sandbox: RunningSandbox, stored: bytes, copies: Sequence[Path]) -> bool:
    """In the sandbox, perhaps as the new one already, or on disk."""
    rows = sandbox.state.state()["extensions"]
    return any(row.get("name") == _EXTENSION for row in rows) or any(path.read_bytes() == stored for path in copies)
